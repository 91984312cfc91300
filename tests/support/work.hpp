// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/build.hpp"

#include <algorithm>
#include <chrono>

#include <time.h>

// Whether work is in proportion. Figures are the benchmarks'; what a stranger blows up takes minutes.
namespace work {

/// What this thread has worked: others who use the machine do not count.
inline std::chrono::nanoseconds done() {
    timespec t{};
    (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}
/// What `f()` takes of it, the least of some tries: a machine may be slow for a moment.
template <class F>
std::chrono::nanoseconds of(F f, int tries = 1) {
    auto least = std::chrono::nanoseconds::max();
    for (; tries > 0; --tries) {
        auto const began = done();
        f();
        least = std::min(least, done() - began);
    }
    return least;
}
/// A bound that a slow machine, busy with other things, keeps as well: some ten times what it takes on a plain one.
constexpr std::chrono::nanoseconds at_most(std::chrono::nanoseconds d) { return d * (sanitized ? 20 : 1); }

}  // namespace work
