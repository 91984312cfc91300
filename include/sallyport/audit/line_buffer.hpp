// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/escape.hpp>
#include <sallyport/audit/utc.hpp>
#include <sallyport/core/attempt.hpp>
#include <sallyport/core/instant.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sallyport::inline v0 {
namespace audit {

/// What a line is built in: most stay within its own bytes and allocate nothing.
using line_buffer = fmt::basic_memory_buffer<char, 2048>;

template <class T, class... More>
void put(line_buffer& to, fmt::format_string<T, More...> format, T&& value, More&&... more) {
    fmt::format_to(fmt::appender(to), format, std::forward<T>(value), std::forward<More>(more)...);
}
/// Without values nothing is a format: the words stand as they are.
inline void put(line_buffer& to, std::string_view words) {
    to.append(words.data(), words.data() + words.size());
}
template <escape_style Style = plain_style>
void put_escaped(line_buffer& to, std::string_view s) {
    escape<Style>(s, [&](char c) { to.push_back(c); });
}

namespace detail {
/// "4,812": whatever the locale says.
inline void put_grouped(line_buffer& to, std::uint64_t n) {
    if (n >= 1000)
        put_grouped(to, n / 1000), put(to, ",{:03}", n % 1000);
    else
        put(to, "{}", n);
}
inline void put_quoted(line_buffer& to, std::string_view s) {
    put(to, "'");
    put_escaped(to, s);
    put(to, "'");
}

/// "2022-05-12T13:35:33.583Z"
inline void put_iso8601(line_buffer& to, nanoseconds wall) {
    utc const t = utc::from(wall);
    put(to, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.year, t.month, t.day, t.hour, t.minute, t.second,
        t.millisecond);
}
/// Lower-case hexadecimal; nothing where it is unknown.
inline void put_thumbprint(line_buffer& to, thumbprint const& t) {
    if (t.known())
        for (std::uint8_t const b : t.bytes) put_hex(b, 2, [&](char c) { to.push_back(c); });
}
}  // namespace detail

}  // namespace audit
}  // namespace sallyport::inline v0
