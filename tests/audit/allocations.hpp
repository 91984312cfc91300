// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// How often this thread has asked for memory so far; this program's operator new counts.
[[nodiscard]] std::size_t allocations() noexcept;
