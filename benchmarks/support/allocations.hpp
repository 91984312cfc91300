// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

// What a program allocates: it is linked with allocations.cpp, which stands in for operator new.
namespace allocations {

/// By operator new, since the program began.
[[nodiscard]] std::size_t count() noexcept;
/// Bytes that are taken from the C library now, by whomever, large blocks included.
[[nodiscard]] std::size_t bytes() noexcept;

}  // namespace allocations
