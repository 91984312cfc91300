// SPDX-License-Identifier: BSL-1.0
#include "support/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::size_t> made{0};

}  // namespace

namespace allocations {

std::size_t count() noexcept { return made.load(std::memory_order_relaxed); }
std::size_t bytes() noexcept {
    auto const m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

}  // namespace allocations

void* operator new(std::size_t n) {
    made.fetch_add(1, std::memory_order_relaxed);
    if (void* const p = std::malloc(n == 0 ? 1 : n)) return p;  // NOLINT(*-no-malloc)
    throw std::bad_alloc{};
}
void* operator new(std::size_t n, std::nothrow_t const&) noexcept {
    made.fetch_add(1, std::memory_order_relaxed);
    return std::malloc(n == 0 ? 1 : n);  // NOLINT(*-no-malloc)
}
void operator delete(void* p) noexcept { std::free(p); }               // NOLINT(*-no-malloc)
void operator delete(void* p, std::size_t) noexcept { std::free(p); }  // NOLINT(*-no-malloc)
