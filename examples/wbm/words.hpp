// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/utc.hpp>
#include <sallyport/core/instant.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace wbm {

/// "21 Nov 2025, 13:35:33 UTC"
[[nodiscard]] inline std::string moment(sallyport::nanoseconds wall) {
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const t = sallyport::audit::utc::from(wall);
    return fmt::format("{} {} {}, {:02}:{:02}:{:02} UTC", t.day, months[t.month - 1], t.year, t.hour,
                       t.minute, t.second);
}

/// "45 s", "3 min", "1 h 20 min": rounded up below a minute, down above it.
[[nodiscard]] inline std::string span(sallyport::nanoseconds t) {
    using namespace std::chrono;
    t = std::max(t, sallyport::nanoseconds::zero());
    if (t <= 60s) return fmt::format("{} s", ceil<seconds>(t).count());
    auto const m = floor<minutes>(t).count();
    if (m < 60) return fmt::format("{} min", m);
    return m % 60 == 0 ? fmt::format("{} h", m / 60) : fmt::format("{} h {} min", m / 60, m % 60);
}

/// "0.3 s", "5 s", "20 min": between two happenings.
[[nodiscard]] inline std::string interval(sallyport::nanoseconds t) {
    using namespace std::chrono_literals;
    if (t < 10s && t % 1s >= 100ms) return fmt::format("{}.{} s", t / 1s, t % 1s / 100ms);
    return t < 60s ? fmt::format("{} s", t / 1s) : span(t);
}

/// What happened, in one sentence; names in it are escaped for logs, not for HTML.
[[nodiscard]] inline std::string sentence(sallyport::audit::event const& e) {
    sallyport::audit::line_buffer words;
    put_sentence(words, e);
    return {words.data(), words.size()};
}

}  // namespace wbm
