// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace sallyport::inline v0 {

namespace trust {
class judgement;
}  // namespace trust
namespace testing {
class device_forge;
}  // namespace testing

/// SHA-256 of a whole certificate; all zero: none.
struct thumbprint {
    std::array<std::uint8_t, 32> bytes{};
    [[nodiscard]] constexpr bool known() const noexcept {
        // By words: asked a dozen times a login, and a comparison of bytes is a call into the C library.
        auto const w = std::bit_cast<std::array<std::uint64_t, 4>>(bytes);
        return (w[0] | w[1] | w[2] | w[3]) != 0;
    }
    friend constexpr bool operator==(thumbprint const&, thumbprint const&) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the zero is of <=> itself
    friend constexpr auto operator<=>(thumbprint const&, thumbprint const&) = default;
};

/// An application that proved itself on the channel: its certificate was accepted. Only an accepted judgement
/// of a `trust::validator` makes one, so what a client merely claims cannot become one. Made by default: no
/// device. The host hands it on only once the channel's handshake has shown that the peer holds the private
/// key.
/// Thread safety: as a plain value.
class trusted_device {
public:
    constexpr trusted_device() = default;
    [[nodiscard]] constexpr bool known() const noexcept { return print_.known(); }
    [[nodiscard]] constexpr thumbprint const& print() const noexcept { return print_; }
    friend constexpr bool operator==(trusted_device const&, trusted_device const&) = default;

private:
    friend class trust::judgement;
    friend class testing::device_forge;
    constexpr explicit trusted_device(thumbprint const& of) noexcept : print_{of} {}

    thumbprint print_{};
};

}  // namespace sallyport::inline v0
