// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/allocations.hpp"
#include "support/measure.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

// Logins by the batch, and what they allocate.
namespace figures {

inline constexpr std::size_t batch = 32;  // as many as fit into the house of a PLCnext device

/// Begin, verify and settle.
template <class Gate>
[[nodiscard]] sp::result<sp::session::session> go_through(Gate& gate, sp::attempt const& a) {
    auto p = gate.begin(a);
    if (!p) return p.error();
    p->verify(a);
    return p->settle();
}

/// Times batches as `time_batches` does and counts what they allocate. `each(i)` is true, or the figure is
/// none: `complaint`.
template <class Each, class Before, class After>
void time_and_count(benchmark::State& state, char const* complaint, Each each, Before before, After after) {
    std::size_t allocated = 0, failed = 0;
    time_batches(
        state, batch, [&](std::size_t i) { failed += each(i) ? 0 : 1; },
        [&] {
            before();
            allocated -= allocations::count();
        },
        [&] {
            allocated += allocations::count();
            after();
        });
    state.counters["allocations"] = static_cast<double>(allocated);
    if (failed != 0) state.SkipWithError(complaint);
}

/// `attempt_of(i)` for i = 0 … `batch` − 1 are let in; they leave once all are inside.
template <class Gate, class AttemptOf>
void time_right(benchmark::State& state, Gate& gate, AttemptOf attempt_of) {
    std::vector<sp::session::session> inside;
    inside.reserve(batch);
    time_and_count(
        state, "somebody was not let in",
        [&](std::size_t i) {
            auto s = go_through(gate, attempt_of(i));
            if (s) inside.push_back(std::move(*s));
            return static_cast<bool>(s);
        },
        [] {}, [&] { inside.clear(); });
}
/// `attempt_of(i)` are refused for their secrets. `before` and `after` each batch are not timed.
template <class Gate, class AttemptOf, class Before, class After>
void time_wrong(benchmark::State& state, Gate& gate, AttemptOf attempt_of, Before before, After after) {
    time_and_count(
        state, "not every one was refused for its secret",
        [&](std::size_t i) {
            return go_through(gate, attempt_of(i)).error().why == sp::reason::invalid_credentials;
        },
        before, after);
}

}  // namespace figures
