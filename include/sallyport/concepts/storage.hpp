// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>

#include <concepts>
#include <string_view>

namespace sallyport::inline v0 {

/// Owns the bytes of a gate's state, and the lock. `lock` may say no: then nothing is known and everything is
/// refused. `open` is called once, with the measured plan, and zeroes what it gives, unless another process
/// has state there already; false leaves the gate shut. One that can say why offers `fault()`.
/// Models:    heap_storage, shared_memory_storage.
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

/// `std::string_view fault() const noexcept`: why it could not be opened, in words.
template <class S>
concept tells_its_fault = requires(S const& s) {
    { s.fault() }
    noexcept->std::same_as<std::string_view>;
};

/// A storage that several processes share. A hold of its lock is one transaction, and `commit` divides it:
/// what was stored until then stands, should this process die before it unlocks; the rest is put back.
///
/// | expression       | when           | returns                                                      |
/// | ---------------- | -------------- | ------------------------------------------------------------ |
/// | `s.commit()`     | under the lock | –                                                            |
/// | `s.self()`       | once opened    | this process among those that share it; never 0, never again |
/// | `s.alive(owner)` | under the lock | does the process that was called so live?                    |
/// | `s.undisturbed()`| under the lock | has nobody else held it since this process last did?         |
/// | `s.fault()`      | at any time    | why it could not be opened                                   |
///
/// Models:    shared_memory_storage.
template <class S>
concept shared_storage = storage<S> && tells_its_fault<S> && requires(S& s, S const& c, word owner) {
    { s.commit() }
    noexcept;
    { c.self() }
    noexcept->std::same_as<word>;
    { c.undisturbed() }
    noexcept->std::same_as<bool>;
    { c.alive(owner) }
    noexcept->std::same_as<bool>;
};

}  // namespace sallyport::inline v0
