// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace sallyport::inline v0 {

/// Up to N bytes held inline with zeroes behind: equal texts are equal bytes, nothing dangles, nothing is
/// allocated. A longer text is cut; whoever may not cut asks for the size first.
template <std::size_t N>
struct text {
    std::array<char, N> bytes{};

    constexpr text() = default;
    constexpr text(
        std::string_view s) noexcept {  // NOLINT(google-explicit-constructor): a name is written as a literal
        s.copy(bytes.data(), N);
    }
    constexpr text(char const* s) noexcept
        : text{std::string_view{s}} {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] constexpr std::string_view view() const noexcept {
        std::size_t size = 0;
        while (size < N && bytes[size] != '\0') ++size;
        return {bytes.data(), size};
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return bytes[0] == '\0'; }

    friend constexpr bool operator==(text const&, text const&) = default;
};

/// An account's name: at most 64 bytes, as PLCnext's User Manager allows.
using name = text<64>;
/// A service of the device: "opcua", "wbm", ….
using service_name = text<16>;

}  // namespace sallyport::inline v0
