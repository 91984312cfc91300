// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/trusted_device.hpp>

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// A line of a penalty list, for administrators. What a guard does not key by is empty.
struct penalty_entry {
    std::string_view policy{};  ///< which guard keeps it, e.g. "penalty::backoff"
    name account{};
    address source{};
    bool known = false;           ///< is the account on file?
    bool shared = false;          ///< the cell that newcomers share once the table is full
    std::uint32_t failures = 0;   ///< in a row
    std::uint32_t in_flight = 0;  ///< being verified right now
    nanoseconds delay{};          ///< what is left of it; 0: the door is open
    std::string_view lane{};      ///< whose budget it is, where a policy keeps several: "strangers"
    thumbprint device{};
};

}  // namespace sallyport::inline v0
