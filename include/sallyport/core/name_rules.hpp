// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// Is this UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without control characters (C0, DEL, C1)?
[[nodiscard]] constexpr bool printable_utf8(std::string_view s) noexcept {
    for (std::size_t i = 0; i < s.size();) {
        auto const lead = static_cast<unsigned char>(s[i]);
        std::size_t const more = lead < 0x80 ? 0 : lead >= 0xc2 && lead < 0xe0 ? 1 : (lead & 0xf0) == 0xe0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 9;
        if (more == 9 || s.size() - i <= more) return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3fU >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            auto const next = static_cast<unsigned char>(s[i + k]);
            if ((next & 0xc0) != 0x80) return false;
            code = code << 6 | (next & 0x3fU);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000)) return false;
        if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return false;
        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
        i += more + 1;
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

/// What is taken for the same account where a directory does not say: trimmed and ASCII-folded, so that spellings
/// of one name do not multiply guesses (CVE-2025-6004). Well-formed names only.
[[nodiscard]] constexpr name fold_name(std::string_view user) noexcept {
    name folded{trimmed(user)};
    for (char& c : folded.bytes)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
}

}  // namespace sallyport::inline v0
