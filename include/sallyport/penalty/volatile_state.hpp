// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// In place of a journal: what was spent and who was paired is forgotten at a restart, so that each one gives
/// every lane its burst anew. The composition says how many restarts a day it reckons with, and
/// `worst_case_guesses` counts them.
struct volatile_state {
    std::uint32_t restarts_per_day = 1;  ///< 0: the device runs for ever
    static constexpr bool lasting = false;
    [[nodiscard]] constexpr std::string_view fault() const noexcept { return {}; }
};

}  // namespace penalty
}  // namespace sallyport::inline v0
