// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "policy.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <security/pam_appl.h>
#include <unistd.h>

namespace lockout {

/// pam_faillock itself, in a folder of its own. It reads the clock of the machine, so a day would take a day:
/// instead the times in its tally are moved, before each call, to where they would be had that time gone by.
class real_faillock final : public policy {
public:
    /// Why it cannot be asked here; nullopt where it can.
    [[nodiscard]] static std::optional<std::string> missing() {
        if (geteuid() != 0) return "its tally is root's";
        if (!std::filesystem::exists(tool)) return std::string{tool} + " is not there";
        real_faillock tried;
        int const said = tried.call("preauth");
        if (said == PAM_SUCCESS) return std::nullopt;
        return std::string{"PAM says: "} + pam_strerror(nullptr, said);
    }

    real_faillock() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-faillock-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        folder_ = name;
        // `authfail` is asked where the secret was wrong, `authsucc` where it was right, `preauth` before.
        for (std::string const step : {"preauth", "authfail", "authsucc"})
            std::ofstream{folder_ / step}
                << "auth required pam_faillock.so " << step
                << " silent nodelay no_log_info deny=3 fail_interval=900 unlock_time=600 dir="
                << (folder_ / "tally").string() << '\n';
        std::filesystem::create_directory(folder_ / "tally");
    }
    ~real_faillock() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        at(now, k.secret == right ? "authsucc" : "authfail");
    }
    /// 0, or "not yet": it does not say how long.
    nanoseconds wait(knock const&, nanoseconds now) override {
        return at(now, "preauth") == PAM_SUCCESS ? nanoseconds{0} : nanoseconds{1};
    }
    void restart(nanoseconds) override { std::filesystem::remove(tally()); }

private:
    static constexpr char const* tool = "/usr/sbin/faillock";
    static constexpr char const* user = "nobody";  // it counts for users that there are
    struct record {                                // of the tally; see faillock.h of Linux-PAM
        std::array<char, 52> source;
        std::uint16_t reserved, status;
        std::uint64_t time;
    };
    static_assert(sizeof(record) == 64);

    [[nodiscard]] std::filesystem::path tally() const { return folder_ / "tally" / user; }
    [[nodiscard]] std::vector<record> read() const {
        std::ifstream in{tally(), std::ios::binary};
        std::string const bytes{std::istreambuf_iterator<char>{in}, {}};
        std::vector<record> all(bytes.size() / sizeof(record));
        if (!all.empty()) std::memcpy(all.data(), bytes.data(), all.size() * sizeof(record));
        return all;
    }
    void write(std::vector<record> all, std::int64_t shift) const {
        if (all.empty() && !std::filesystem::exists(tally())) return;
        for (record& r : all) r.time += static_cast<std::uint64_t>(shift);
        std::fstream out{tally(), std::ios::binary | std::ios::in | std::ios::out | std::ios::trunc};
        // NOLINTNEXTLINE(*-reinterpret-cast): bytes of a file
        out.write(reinterpret_cast<char const*>(all.data()),
                  static_cast<std::streamsize>(all.size() * sizeof(record)));
    }
    /// One step as of then.
    int at(nanoseconds now, char const* step) {
        auto const before = read();  // in our time
        for (;;) {
            std::int64_t const real = std::time(nullptr),
                               ours = std::chrono::floor<std::chrono::seconds>(now + epoch).count();
            write(before, real - ours);
            int const said = call(step);
            if (std::time(nullptr) != real) {  // the clock has struck in between: once more
                write(before, 0);
                continue;
            }
            write(read(), ours - real);
            return said;
        }
    }
    [[nodiscard]] int call(char const* step) const {
        auto const nothing_to_say = [](int, pam_message const**, pam_response**, void*) {
            return PAM_CONV_ERR;
        };
        pam_conv const talk{nothing_to_say, nullptr};
        pam_handle_t* handle = nullptr;
        int said = pam_start_confdir(step, user, &talk, folder_.c_str(), &handle);
        if (said != PAM_SUCCESS) return said;
        auto const at_once = [](int, unsigned, void*) {};
        pam_set_item(handle, PAM_FAIL_DELAY, reinterpret_cast<void const*>(+at_once));
        said = pam_authenticate(handle, PAM_SILENT);
        pam_end(handle, said);
        return said;
    }

    static constexpr nanoseconds epoch = 24h * 365 * 30;  // so that no time is before the tally's first day
    std::filesystem::path folder_;
};

}  // namespace lockout
