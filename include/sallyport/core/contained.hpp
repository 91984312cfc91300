// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <utility>

namespace sallyport::inline v0 {

/// Runs `f`; false where it threw, and nothing of that gets out. The one place that knows whether exceptions
/// are compiled in: without them `f` simply runs.
template <class F>
bool contained(F&& f) noexcept {
#if defined(__cpp_exceptions)
    try {
        std::forward<F>(f)();
        return true;
    } catch (...) { return false; }
#else
    std::forward<F>(f)();
    return true;
#endif
}

}  // namespace sallyport::inline v0
