// SPDX-License-Identifier: BSL-1.0
#include "support/allocations.hpp"

namespace {
thread_local std::size_t asked = 0;
}  // namespace

std::size_t allocations() noexcept { return asked; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#ifdef SANITIZED  // a sanitizer has an operator new of its own, and tells who listens

#include <sanitizer/allocator_interface.h>

namespace {
[[maybe_unused]] int const listening = __sanitizer_install_malloc_and_free_hooks(
    [](void const volatile*, std::size_t) { ++asked; }, [](void const volatile*) {});
}  // namespace

#else

#include <cstdlib>
#include <new>

namespace {
void* given(void* p) {
    if (p != nullptr) return p;
#if defined(__cpp_exceptions)
    throw std::bad_alloc{};
#else
    std::abort();
#endif
}
}  // namespace

void* operator new(std::size_t bytes) {
    ++asked;
    return given(std::malloc(bytes == 0 ? 1 : bytes));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    ++asked;
    auto const a = static_cast<std::size_t>(alignment);
    return given(std::aligned_alloc(a, (bytes + a - 1) / a * a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

#endif
