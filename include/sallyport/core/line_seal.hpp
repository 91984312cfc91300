// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {

/// A keyed checksum over a line of N words and what stands beside it, for lines that anybody with the segment
/// but without its keys could write: who changes a bit of one, or puts one together, is found out but for a
/// chance of about 2^-60. A universal hash first (NH with a Toeplitz shift: Black, Halevi, Krawczyk, Krovetz,
/// Rogaway, "UMAC", 1999; RFC 4418), since it takes a tenth of the time, then SipHash-2-4 over its value. It
/// does not tell an old copy of a line, put back whole, from the line itself.
/// Thread safety: immutable once made.
template <std::size_t N>
class line_seal {
public:
    line_seal() = default;
    explicit line_seal(sip_key boot) noexcept
        : key_{siphash(boot, "line seal, a"), siphash(boot, "line seal, b")} {
        for (std::size_t i = 0; i < 2 * N + 2; ++i)
            pad_[i] = static_cast<std::uint32_t>(siphash_of(key_, word{i}));
    }
    template <std::size_t Beside>
    [[nodiscard]] word operator()(std::array<word, Beside> const& beside,
                                  std::array<word, N> const& text) const noexcept {
        word a = 0, b = 0;
        for (std::size_t i = 0; i < N; ++i) {
            auto const low = static_cast<std::uint32_t>(text[i]),
                       high = static_cast<std::uint32_t>(text[i] >> 32);
            a += word{low + pad_[2 * i]} * word{high + pad_[2 * i + 1]};
            b += word{low + pad_[2 * i + 2]} * word{high + pad_[2 * i + 3]};
        }
        siphasher h{key_};
        for (word const w : beside) h.feed(w);
        h.feed(a), h.feed(b);
        return h.finish();
    }

private:
    sip_key key_{};
    std::uint32_t pad_[2 * N + 2]{};
};

}  // namespace sallyport::inline v0
