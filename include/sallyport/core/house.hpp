// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/book.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/core/visit.hpp>

#include <array>
#include <cstddef>

namespace sallyport::inline v0 {

/// One who is inside: how he came, as whom, since when, and until when at the latest.
struct guest {
    visit who;
    principal as;
    std::array<word, 2> token;  ///< a keyed hash of it; all zero: not handed out yet
    std::int64_t since;         ///< steady nanoseconds
    std::int64_t since_wall;    ///< wall nanoseconds, for lists
    std::int64_t idle;          ///< nanoseconds without use that end it; 0: never
    std::int64_t last_instant;  ///< steady nanoseconds at which its lifetime is over; int64 max: never

    /// As of a visit.
    static void tidy(unsigned char* bytes) noexcept { visit::tidy(bytes + offsetof(guest, who)); }
    /// In force until then, if used at `now` and never again.
    [[nodiscard]] constexpr nanoseconds deadline(nanoseconds now) const noexcept {
        nanoseconds const rest = idle == 0 ? nanoseconds::max() : saturating_add(now, nanoseconds{idle});
        return rest < nanoseconds{last_instant} ? rest : nanoseconds{last_instant};
    }
};

/// Who is inside.
using house = book<guest, true>;

}  // namespace sallyport::inline v0
