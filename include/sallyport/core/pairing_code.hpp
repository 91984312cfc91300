// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {

/// A one-time code by which an account's owner brings in a new device: 80 random bits as four groups of four
/// characters that are hard to mistake ("7KQM-0D3F-XW9R-5TAB"; Crockford's base 32). Shown once to the owner,
/// entered together with the password, never logged.
struct pairing_code {
    static constexpr std::size_t characters = 16, shown = 19;
    std::array<char, shown> text{};

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), text.size()}; }

    /// From random bits, of which it takes 80.
    [[nodiscard]] static constexpr pairing_code from(std::array<word, 2> const& bits) noexcept {
        pairing_code c;
        std::size_t at = 0;
        for (std::size_t n = 0; n < characters; ++n) {
            if (n != 0 && n % 4 == 0) c.text[at++] = '-';
            c.text[at++] = alphabet[static_cast<std::size_t>(bits[n / 8] >> n % 8 * 5 & 31)];
        }
        return c;
    }
    /// As a person typed it: blanks, dashes and case do not matter, o is 0, i and l are 1. nullopt: no code
    /// can look like that.
    [[nodiscard]] static constexpr std::optional<std::array<char, characters>> read(
        std::string_view typed) noexcept {
        std::array<char, characters> plain{};
        std::size_t n = 0;
        for (char c : typed) {
            if (c == ' ' || c == '-') continue;
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
            c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
            if (n == characters || alphabet.find(c) == std::string_view::npos) return std::nullopt;
            plain[n++] = c;
        }
        return n == characters ? std::optional{plain} : std::nullopt;
    }

private:
    static constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
};
static_assert(pairing_code::read(pairing_code::from({0x0123456789abcdef, 0xfedcba9876543210}).view()));

}  // namespace sallyport::inline v0
