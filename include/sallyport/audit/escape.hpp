// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/utf8.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

using sallyport::harmless;

/// How a text that a stranger may have typed is written. What is harmless and not `special` passes as it is;
/// the rest is the style's affair: a code point, or (`well_formed` false) a byte that is no UTF-8. Styles
/// differ in nothing else. Exemplar: plain_style.
/// Models:    plain_style, json_style, structured_data_style.
template <class S>
concept escape_style = requires(code_point c, void (*put)(char)) {
    { S::special(c.value) } -> std::same_as<bool>;
    S::write(c, put);
};

namespace detail {
inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// `digits` hexadecimal digits at least.
template <class Put>
constexpr void put_hex(char32_t value, int digits, Put put) {
    for (int i = 7; i >= 0; --i)
        if (i < digits || value >> 4 * i != 0) put(hex_digits[value >> 4 * i & 0xf]);
}
template <class Put>
constexpr void put_plainly(code_point c, Put put) {
    put('\\');
    if (c.bytes == 1) {
        put('x');
        put_hex(c.value, 2, put);
    } else {
        put('u'), put('{');
        put_hex(c.value, 1, put);
        put('}');
    }
}
}  // namespace detail

/// For lines that people read: `\\xNN` for ASCII and for bytes that are no UTF-8, `\\u{N…}` for the rest;
/// quotes and the backslash too, so that a name between quotes ends where it seems to, and no two names look
/// alike.
struct plain_style {
    [[nodiscard]] static constexpr bool special(char32_t c) noexcept {
        return c == '"' || c == '\'' || c == '\\';
    }
    template <class Put>
    static constexpr void write(code_point c, Put put) {
        detail::put_plainly(c, put);
    }
};

/// For the inside of a JSON string (RFC 8259 §7). Bytes that are no UTF-8 become U+FFFD; all else reads back
/// as it was.
struct json_style {
    [[nodiscard]] static constexpr bool special(char32_t c) noexcept { return c == '"' || c == '\\'; }
    template <class Put>
    static constexpr void write(code_point c, Put put) {
        auto const unit = [&](char32_t u) { put('\\'), put('u'), detail::put_hex(u, 4, put); };
        if (!c.well_formed) return unit(0xfffd);
        if (special(c.value)) return put('\\'), put(static_cast<char>(c.value));
        if (c.value < 0x10000) return unit(c.value);
        unit(0xd7c0 + (c.value >> 10));
        unit(0xdc00 + (c.value & 0x3ff));
    }
};

/// For a value of RFC 5424's structured data (§6.3.3): a backslash before `"`, `\` and `]`. That is all it
/// knows; what may not stand in a log reads back as in plain_style.
struct structured_data_style {
    [[nodiscard]] static constexpr bool special(char32_t c) noexcept {
        return c == '"' || c == '\\' || c == ']';
    }
    template <class Put>
    static constexpr void write(code_point c, Put put) {
        put('\\');
        if (c.well_formed && special(c.value)) return put(static_cast<char>(c.value));
        detail::put_plainly(c, put);  // begins with the second backslash
    }
};
static_assert(escape_style<plain_style> && escape_style<json_style> && escape_style<structured_data_style>);

/// Hands `s` to `put(char)`, char by char, in that style. Never longer than six times its length.
template <escape_style Style, class Put>
constexpr void escape(std::string_view s, Put put) {
    while (!s.empty()) {
        code_point const c = first_code_point(s);
        if (c.well_formed && harmless(c.value) && !Style::special(c.value)) {
            for (char const byte : s.substr(0, c.bytes)) put(byte);
        } else {
            Style::write(c, put);
        }
        s.remove_prefix(c.bytes);
    }
}
/// The same, as a string.
template <escape_style Style = plain_style>
[[nodiscard]] constexpr std::string escaped(std::string_view s) {
    std::string out;
    escape<Style>(s, [&](char c) { out.push_back(c); });
    return out;
}

}  // namespace audit
}  // namespace sallyport::inline v0
