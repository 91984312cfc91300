// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/house.hpp>

#include <cstdint>

namespace sallyport::inline v0 {
namespace session {

/// One line of the list of sessions.
struct session_info {
    std::uint64_t number = 0;
    principal as{};
    address source{};
    service_name service{};
    std::uint64_t channel = 0;
    standing state = standing::ended;
    nanoseconds since{};       ///< steady
    nanoseconds since_wall{};  ///< wall
    nanoseconds last_seen{};   ///< steady
    nanoseconds ends{};        ///< steady: when it ends if nobody uses it; `nanoseconds::max()`: never
};

/// A session that is over without its handle's doing; the host closes its channel.
struct departed {
    std::uint64_t number = 0;
    standing why = standing::ended;
    service_name service{};
    std::uint64_t channel = 0;
};

}  // namespace session
}  // namespace sallyport::inline v0
