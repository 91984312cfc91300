// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <concepts>
#include <cstdint>

namespace sallyport::inline v0 {

/// Lets `login` wait until somebody else's attempt has settled. `ticket` is taken before the look at the
/// door; `wait(ticket, at_most)` comes back as soon as there has been a `notify` since, at the latest after
/// `at_most`; false: it waits for nobody.
/// Models:    condition_waiter, polling_waiter, no_waiter.
template <class W>
concept waiter = std::move_constructible<W> && requires(W& w, std::uint64_t ticket, nanoseconds at_most) {
    { w.ticket() }
    noexcept->std::same_as<std::uint64_t>;
    { w.wait(ticket, at_most) }
    noexcept->std::same_as<bool>;
    { w.notify() }
    noexcept->std::same_as<void>;
};

}  // namespace sallyport::inline v0
