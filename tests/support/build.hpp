// SPDX-License-Identifier: BSL-1.0
#pragma once

// How this program was built, where a test must know: what a sanitizer cannot do, what would take it too
// long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SALLYPORT_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SALLYPORT_TEST_SANITIZED 1
#endif
#endif
#ifndef SALLYPORT_TEST_SANITIZED
#define SALLYPORT_TEST_SANITIZED 0
#endif

/// A sanitizer watches: it has an allocator of its own, and all takes several times as long.
inline constexpr bool sanitized = SALLYPORT_TEST_SANITIZED != 0;
/// So much work here, where a plain build on a plain machine does `n`: an emulated one is slow, too.
constexpr int scaled(int n) { return sanitized || sizeof(void*) == 4 ? (n + 9) / 10 : n; }
