// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// How often this thread has asked for memory so far. Compare two moments:
///   auto const before = allocations();  …;  CHECK(allocations() == before);
[[nodiscard]] std::size_t allocations() noexcept;

/// While one of these lives, this thread is given memory so many times more, and then none: operator new
/// throws. A sanitizer's own operator new does not listen, and without exceptions there is no way to say
/// it: see `works`.
struct memory_for {
    explicit memory_for(std::size_t more) noexcept;
    memory_for(memory_for const&) = delete;
    memory_for& operator=(memory_for const&) = delete;
    ~memory_for();
    static bool const works;
};
