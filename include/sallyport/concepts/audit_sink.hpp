// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <concepts>

namespace sallyport::inline v0 {

namespace audit {
struct event;
}  // namespace audit

/// Takes events. Called without the lock and from many threads; it should be quick and noexcept, and may call
/// the gate. If it throws all the same, the login goes on and the gate counts the loss.
/// Optional: `tick(instant)` for overdue work (folded lines), `next_tick(instant)`: when it is next needed;
/// `std::string_view fault() const noexcept`: why its options cannot be, empty where all is well. A gate asks
/// that once, when it is made, and then refuses everything: nothing that may pass belongs there (a full disk,
/// a network that is down).
/// Exemplar:  struct no_audit { void record(audit::event const&) noexcept {} };
/// Models:    no_audit, audit::ring, audit::line_log, audit::json_lines, audit::counters, testing::recorder.
template <class A>
concept audit_sink = std::move_constructible<A> && requires(A& a, audit::event const& e) {
    a.record(e);
};

/// Sinks with work of their own to do now and then.
template <class A>
concept ticking = requires(A& a, instant now) {
    a.tick(now);
    { a.next_tick(now) } -> std::same_as<nanoseconds>;
};

}  // namespace sallyport::inline v0
