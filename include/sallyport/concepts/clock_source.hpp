// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <concepts>

namespace sallyport::inline v0 {

/// Tells the time, both kinds. Called from many threads.
/// Exemplar:  struct stopped { instant now() const noexcept { return {}; } };
/// Models:    boot_clock, testing::manual_clock.
template <class C>
concept clock_source = std::move_constructible<C> && requires(C const& c) {
    { c.now() }
    noexcept->std::same_as<instant>;
};

}  // namespace sallyport::inline v0
