// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/lockable.hpp>

namespace sallyport::inline v0 {

/// For a gate that one thread uses, and no other.
struct no_lock {
    void lock() noexcept {}
    void unlock() noexcept {}
};
static_assert(lockable<no_lock>);

}  // namespace sallyport::inline v0
