// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace sallyport::inline v0 {

/// What a heap_storage locks (the standard's BasicLockable).
/// Exemplar:  struct no_lock { void lock() noexcept {} void unlock() noexcept {} };
/// Models:    std::mutex, no_lock.
template <class L>
concept lockable = requires(L& l) {
    l.lock();
    l.unlock();
};

}  // namespace sallyport::inline v0
