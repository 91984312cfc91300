// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
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
        std::copy_n(s.data(), std::min(s.size(), N), bytes.begin());
    }
    constexpr text(char const* s) noexcept
        : text{std::string_view{s}} {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] constexpr std::string_view view() const noexcept {
        auto const end = std::find(bytes.begin(), bytes.end(), '\0');
        return {bytes.data(), static_cast<std::size_t>(end - bytes.begin())};
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return bytes[0] == '\0'; }

    friend constexpr bool operator==(text const&, text const&) = default;
};

/// An account's name: at most 64 bytes, as PLCnext's User Manager allows.
using name = text<64>;
/// A service of the device: "opcua", "wbm", ….
using service_name = text<16>;

}  // namespace sallyport::inline v0
