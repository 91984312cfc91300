// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// One code point of a text that claims to be UTF-8, or a byte that belongs to none.
struct code_point {
    char32_t value = 0;      ///< of an ill-formed byte: the byte
    std::uint8_t bytes = 0;  ///< how many it takes: 1 to 4
    bool well_formed = false;
};

/// The first code point of `s`, which is not empty. UTF-8 as in RFC 3629: no overlong forms, no surrogates,
/// at most U+10FFFF. Where it is ill-formed one byte is taken, so that a reader finds its way back at the
/// next code point.
[[nodiscard]] constexpr code_point first_code_point(std::string_view s) noexcept {
    auto const lead = static_cast<unsigned char>(s[0]);
    if (lead < 0x80) return {lead, 1, true};
    code_point const ill{lead, 1, false};
    std::uint8_t const bytes = lead >= 0xc2 && lead < 0xe0   ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (bytes == 0 || s.size() < bytes) return ill;
    char32_t value = lead & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        auto const next = static_cast<unsigned char>(s[i]);
        if ((next & 0xc0U) != 0x80) return ill;
        value = value << 6 | (next & 0x3fU);
    }
    bool const overlong = value < (bytes == 3 ? 0x800U : bytes == 4 ? 0x10000U : 0x80U);
    bool const surrogate = value >= 0xd800 && value < 0xe000;
    return overlong || surrogate || value > 0x10ffff ? ill : code_point{value, bytes, true};
}

/// May it stand in a log, or in the name of a file, as it is? Not what ends a line (C0, C1, U+2028/9), drives a
/// terminal (C0, DEL, C1), turns the direction of what follows or cannot be seen (CVE-2021-42574, "Trojan
/// Source"; Unicode TR 36 §2.5), or is no character.
[[nodiscard]] constexpr bool harmless(char32_t c) noexcept {
    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
    if (c < 0xad) return true;
    return c != 0xad && c != 0x61c && c != 0x180e && !(c >= 0x200b && c <= 0x200f) &&
           !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff &&
           !(c >= 0xfff9 && c <= 0xfffb) && !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xfffe) != 0xfffe &&
           (c >> 8) != 0xe00;
}

}  // namespace sallyport::inline v0
