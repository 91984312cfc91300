// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sodium.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wbm {

/// Sixteen random letters and digits in groups of four, without those that look like one another: 80 bits
/// that a person can copy from a console, or tell another over the telephone: "7KQD-2M9X-4TPA-ZR8W".
[[nodiscard]] inline std::string readable_secret() {
    constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base32
    std::string out;
    for (int i = 0; i < 16; ++i) {
        if (i % 4 == 0 && i != 0) out += '-';
        out += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
    }
    return out;
}

/// As it was meant, however it was typed: in capitals, without blanks and dashes, O for 0 and I or L for 1.
[[nodiscard]] inline std::string as_meant(std::string_view typed) {
    std::string out;
    for (char c : typed) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (c != ' ' && c != '-') out += c;
    }
    return out;
}

}  // namespace wbm
