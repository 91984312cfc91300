// SPDX-License-Identifier: BSL-1.0
#include "audit/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t asked = 0;
}  // namespace

std::size_t allocations() noexcept { return asked; }

void* operator new(std::size_t bytes) {
    ++asked;
    void* const p = std::malloc(bytes == 0 ? 1 : bytes);
    if (p == nullptr) {
#if defined(__cpp_exceptions)
        throw std::bad_alloc{};
#else
        std::abort();
#endif
    }
    return p;
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
