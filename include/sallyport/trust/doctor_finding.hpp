// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/certificate.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

enum class severity : std::uint8_t {
    notice,   ///< good to know
    warning,  ///< works still, or is weaker than it should be
    fault,    ///< somebody is refused for it, or a stranger could let himself in
};
[[nodiscard]] constexpr std::string_view to_string(severity s) noexcept {
    constexpr std::array<std::string_view, 3> words{"notice", "warning", "fault"};
    return words[static_cast<std::size_t>(s)];
}

/// One thing about a store that its administrator should know. What strangers wrote (names, URIs, names of
/// files) is made harmless in every text: it can be printed as it is.
struct store_finding {
    severity how = severity::notice;
    std::string path{};             ///< of the file or folder
    std::string what{};             ///< half a sentence about it: "ended on 2026-05-31, and is refused …"
    std::string remedy{};           ///< a sentence or two: what to do
    certificate_ptr certificate{};  ///< where it is about one
};

namespace detail {
/// For a screen: what could drive a terminal or turn the direction of a line becomes `+`; cut at `most`
/// bytes.
[[nodiscard]] inline std::string printable(std::string_view s, std::size_t most = 512) {
    std::string out;
    while (!s.empty()) {
        code_point const c = first_code_point(s);
        bool const good = c.well_formed && harmless(c.value);
        if (out.size() + c.bytes > most) return out + "...";
        out += good ? s.substr(0, c.bytes) : std::string_view{"+"};
        s.remove_prefix(c.bytes);
    }
    return out;
}
/// "Pump 7", as a sentence names a certificate.
[[nodiscard]] inline std::string called(certificate const& c) {
    std::string const name = printable(c.common_name(), 96);
    return name.empty() ? std::string{"without a name"} : fmt::format("\"{}\"", name);
}
/// "2026-06-15": the day in UTC.
[[nodiscard]] inline std::string day_of(nanoseconds wall) {
    using namespace std::chrono;
    if (wall == nanoseconds::max()) return "never";
    year_month_day const d{sys_days{floor<days>(wall)}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                       static_cast<unsigned>(d.day()));
}

/// Findings as they come.
class findings {
public:
    void add(severity how, std::string_view path, std::string what, std::string_view remedy,
             certificate_ptr about = {}) {
        all_.push_back({how, printable(path, 4096), std::move(what), std::string{remedy}, std::move(about)});
    }
    [[nodiscard]] bool about(std::string_view path) const {
        std::string const safe = printable(path, 4096);
        return std::any_of(all_.begin(), all_.end(), [&](auto const& f) { return f.path == safe; });
    }
    /// The worst first, else as they came.
    [[nodiscard]] std::vector<store_finding> sorted() && {
        std::stable_sort(all_.begin(), all_.end(),
                         [](auto const& a, auto const& b) { return a.how > b.how; });
        return std::move(all_);
    }

private:
    std::vector<store_finding> all_;
};
}  // namespace detail

}  // namespace trust
}  // namespace sallyport::inline v0
