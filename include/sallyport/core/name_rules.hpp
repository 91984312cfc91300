// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/region.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/utf8.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

namespace sallyport::inline v0 {

namespace detail {
// Eight characters in a word: names are looked at twice a login, so they are not looked at one by one.
inline constexpr word ones = 0x0101010101010101, tops = 0x80 * ones;

constexpr word first_eight(std::string_view s) noexcept {
    std::array<char, sizeof(word)> eight{};
    for (std::size_t i = 0; i < eight.size(); ++i) eight[i] = s[i];
    return std::bit_cast<word>(eight);
}
/// Are all eight printable ASCII?
constexpr bool plain(word w) noexcept { return ((w | (w - 0x20 * ones) | (w + ones)) & tops) == 0; }
/// A to Z in lower case; all else as it is.
constexpr word lower(word w) noexcept {
    word const low = w & ~tops, from_a = low + (0x80 - 'A') * ones, beyond_z = low + (0x80 - 'Z' - 1) * ones;
    return w | ((from_a ^ beyond_z) & ~w & tops) >> 2;
}
/// The same for one character.
[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// Are they one text, were it not for the case of A to Z?
[[nodiscard]] constexpr bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
    return true;
}
}  // namespace detail

/// Is this UTF-8 (RFC 3629) without control characters (C0, DEL, C1)?
[[nodiscard]] constexpr bool printable_utf8(std::string_view s) noexcept {
    while (!s.empty()) {
        if (s.size() >= sizeof(word) && detail::plain(detail::first_eight(s))) {
            s.remove_prefix(sizeof(word));
            continue;
        }
        code_point const c = first_code_point(s);
        bool const control = c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0);
        if (!c.well_formed || control) return false;
        s.remove_prefix(c.bytes);
    }
    return true;
}

/// Without blanks before and behind.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view s) noexcept {
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    return s;
}

/// May this be the name of an account? 1 to 64 bytes of printable UTF-8, and more than blanks.
[[nodiscard]] constexpr bool well_formed_name(std::string_view user) noexcept {
    return user.size() <= sizeof(name) && !trimmed(user).empty() && printable_utf8(user);
}

/// What is taken for the same account where a directory does not say: trimmed and ASCII-folded, so that
/// spellings of one name do not multiply guesses (CVE-2025-6004). Well-formed names only.
[[nodiscard]] constexpr name fold_name(std::string_view user) noexcept {
    auto words = as_words(name{trimmed(user)});
    for (word& w : words) w = detail::lower(w);
    return std::bit_cast<name>(words);
}

/// What the penalties of a malformed name are kept by: the hash of its bytes, spelled out. 0xff stands in no
/// UTF-8, so no account can bear that name.
[[nodiscard]] constexpr name made_up_name(word hash) noexcept {
    name made{"\xff"};
    for (std::size_t i = 0; i < 16; ++i) made.bytes[i + 1] = "0123456789abcdef"[hash >> 4 * i & 15];
    return made;
}
/// Is it one of those? Lists show them as they are, and they are cleared by what a list shows.
[[nodiscard]] constexpr bool is_made_up(std::string_view account) noexcept {
    return account.size() == 17 && account.front() == '\xff' &&
           account.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

}  // namespace sallyport::inline v0
