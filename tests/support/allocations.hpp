// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// How often this thread has asked for memory so far. Compare two moments:
///   auto const before = allocations();  …;  CHECK(allocations() == before);
[[nodiscard]] std::size_t allocations() noexcept;
