// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/concepts/clock_source.hpp>
#include <sallyport/concepts/storage.hpp>
#include <sallyport/concepts/waiter.hpp>
#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/environment/heap_storage.hpp>
#include <sallyport/environment/house_options.hpp>
#include <sallyport/environment/no_audit.hpp>
#include <sallyport/environment/waiters.hpp>
#include <sallyport/fwd.hpp>

#include <utility>

namespace sallyport::inline v0 {

/// What a gate lives in: exactly one clock, storage (with its lock), audit and waiter, and how large the
/// house is. Each `with_…` gives the same environment with one part replaced, in any order, but for a waiter of
/// one's own, which comes after the storage:
///   environment{}.with_audit(journal{}).with_house({.doors = 32})
template <class Clock, class Storage, class Audit, class Waiter>
struct environment {
    static_assert(clock_source<Clock>,
                  "this clock needs instant now() const noexcept; see sallyport/concepts/clock_source.hpp");
    static_assert(sallyport::storage<Storage>,
                  "this storage lacks something; see sallyport/concepts/storage.hpp");
    static_assert(audit_sink<Audit>,
                  "this audit sink needs record(sallyport::audit::event const&); see "
                  "sallyport/concepts/audit_sink.hpp");
    static_assert(sallyport::waiter<Waiter>,
                  "this waiter lacks something; see sallyport/concepts/waiter.hpp");

    [[no_unique_address]] Clock clock{};
    Storage storage{};
    [[no_unique_address]] Audit audit{};
    [[no_unique_address]] Waiter waiter{};
    house_options house{};

    template <class C>
    [[nodiscard]] environment<C, Storage, Audit, Waiter> with_clock(C c) && {
        return {std::move(c), std::move(storage), std::move(audit), std::move(waiter), house};
    }
    /// Brings the waiter that suits this storage; a `with_waiter` after it replaces that.
    template <class S>
    [[nodiscard]] environment<Clock, S, Audit, typename S::default_waiter> with_storage(S s) && {
        return {std::move(clock), std::move(s), std::move(audit), typename S::default_waiter{}, house};
    }
    template <class A>
    [[nodiscard]] environment<Clock, Storage, A, Waiter> with_audit(A a) && {
        return {std::move(clock), std::move(storage), std::move(a), std::move(waiter), house};
    }
    template <class W>
    [[nodiscard]] environment<Clock, Storage, Audit, W> with_waiter(W w) && {
        return {std::move(clock), std::move(storage), std::move(audit), std::move(w), house};
    }
    [[nodiscard]] environment with_house(house_options h) && {
        return {std::move(clock), std::move(storage), std::move(audit), std::move(waiter), h};
    }
};

}  // namespace sallyport::inline v0
