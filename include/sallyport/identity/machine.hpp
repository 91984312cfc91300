// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace sallyport::inline v0 {
namespace identity {

/// What this process may use for hashing.
struct machine {
    unsigned cores = 1;                  ///< that it may run on
    std::uint64_t available_memory = 0;  ///< bytes it could have without swapping
};

namespace detail {
/// The first number behind `key` at the start of a line of a small file; of the file's start where `key` is
/// empty.
[[nodiscard]] inline std::optional<std::uint64_t> number_in(std::string const& path, std::string_view key) {
    struct closes {
        void operator()(std::FILE* f) const noexcept { (void)std::fclose(f); }
    };
    std::unique_ptr<std::FILE, closes> const file{std::fopen(path.c_str(), "re")};
    if (!file) return std::nullopt;
    char line[256];  // NOLINT(modernize-avoid-c-arrays): fgets fills one
    while (std::fgets(line, sizeof line, file.get()) != nullptr) {
        std::string_view s{line};
        if (!s.starts_with(key)) continue;
        s.remove_prefix(std::min(s.find_first_not_of(" \t", key.size()), s.size()));
        std::uint64_t n = 0;
        if (std::from_chars(s.data(), s.data() + s.size(), n).ec == std::errc{}) return n;
        return std::nullopt;
    }
    return std::nullopt;
}

/// What the control groups around this process leave it (version 2; a service with MemoryMax, a container).
[[nodiscard]] inline std::uint64_t memory_left_by_control_groups(std::string folder) {
    constexpr std::string_view root = "/sys/fs/cgroup";
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    for (;;) {
        auto const most = number_in(folder + "/memory.max", {});  // "max" is no number: no limit here
        auto const used = number_in(folder + "/memory.current", {}).value_or(0);
        if (most) left = std::min(left, *most > used ? *most - used : 0);
        auto const up = folder.rfind('/');
        if (folder.size() <= root.size() || up == std::string::npos) return left;
        folder.resize(up);
    }
}
[[nodiscard]] inline std::string control_group_folder() {
    struct closes {
        void operator()(std::FILE* f) const noexcept { (void)std::fclose(f); }
    };
    std::string folder = "/sys/fs/cgroup";
    std::unique_ptr<std::FILE, closes> const file{std::fopen("/proc/self/cgroup", "re")};
    char line[512];  // NOLINT(modernize-avoid-c-arrays): fgets fills one
    while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
        std::string_view s{line};
        if (!s.starts_with("0::/")) continue;
        s.remove_prefix(3);
        s = s.substr(0, s.find('\n'));
        if (s.size() > 1 && s.find("..") == std::string_view::npos) folder += s;
    }
    return folder;
}
}  // namespace detail

/// Reads them now: cores from the scheduler's affinity, memory from MemAvailable of /proc/meminfo, less where
/// a control group says less. Where the system does not say, 256 MiB are assumed.
[[nodiscard]] inline machine this_machine() {
    std::uint64_t const kib = detail::number_in("/proc/meminfo", "MemAvailable:").value_or(256 * 1024);
    return {.cores = std::max(1U, std::thread::hardware_concurrency()),
            .available_memory =
                std::min(kib * 1024, detail::memory_left_by_control_groups(detail::control_group_folder()))};
}

}  // namespace identity
}  // namespace sallyport::inline v0
