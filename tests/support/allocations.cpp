// SPDX-License-Identifier: BSL-1.0
#include "support/allocations.hpp"

namespace {
thread_local std::size_t asked = 0;
thread_local std::size_t left = ~std::size_t{0};
}  // namespace

std::size_t allocations() noexcept { return asked; }
memory_for::memory_for(std::size_t more) noexcept { left = more; }
memory_for::~memory_for() { left = ~std::size_t{0}; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#ifdef SANITIZED  // a sanitizer has an operator new of its own, and tells who listens

#include <sanitizer/allocator_interface.h>

bool const memory_for::works = false;

namespace {
[[maybe_unused]] int const listening = __sanitizer_install_malloc_and_free_hooks(
    [](void const volatile*, std::size_t) { ++asked; }, [](void const volatile*) {});
}  // namespace

#else

#include <cstdlib>
#include <new>

#if defined(__cpp_exceptions)
bool const memory_for::works = true;
#else
bool const memory_for::works = false;
#endif

namespace {
/// Is there any left for whoever asks?
bool granted() {
    ++asked;
    if (left == ~std::size_t{0}) return true;
    if (left == 0) return false;
    --left;
    return true;
}
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
    return given(granted() ? std::malloc(bytes == 0 ? 1 : bytes) : nullptr);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    auto const a = static_cast<std::size_t>(alignment);
    return given(granted() ? std::aligned_alloc(a, (bytes + a - 1) / a * a) : nullptr);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

#endif
