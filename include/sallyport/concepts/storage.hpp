// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>

#include <concepts>

namespace sallyport::inline v0 {

/// Owns the bytes of a gate's state, and the lock. `lock` may say no: then nothing is known and everything is
/// refused. `open` is called once, with the measured plan, and zeroes what it gives; false leaves the gate
/// shut.
/// Models:    heap_storage.
template <class S>
concept storage = std::move_constructible<S> && requires(S& s, S const& c, blueprint const& plan) {
    { s.open(plan) }
    noexcept->std::same_as<bool>;
    { s.lock() }
    noexcept->std::same_as<bool>;
    { s.unlock() }
    noexcept;
    { s.words() }
    noexcept->std::same_as<region>;
    { c.key() }
    noexcept->std::same_as<sip_key>;
};

}  // namespace sallyport::inline v0
