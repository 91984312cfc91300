// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mutex>

namespace sallyport::inline v0 {
namespace audit {

/// A mutex for sinks that are made, then moved to their place: moving makes a fresh one, since nobody holds
/// the old one yet.
class fresh_mutex : public std::mutex {
public:
    fresh_mutex() = default;
    fresh_mutex(fresh_mutex&&) noexcept {}
};

}  // namespace audit
}  // namespace sallyport::inline v0
