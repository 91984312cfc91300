// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>

#include <array>
#include <cerrno>
#include <cstddef>

#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

namespace sallyport::inline v0 {

/// Fills `bytes` from the kernel's generator; false where it fails. Blocks only until the kernel is seeded,
/// once a boot.
[[nodiscard]] inline bool fill_random(void* at, std::size_t bytes) noexcept {
    auto* p = static_cast<unsigned char*>(at);
    while (bytes != 0) {
        ssize_t const got = getrandom(p, bytes, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        p += got, bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

/// A page that the kernel wipes in a child (MADV_WIPEONFORK): a forked copy knows itself without a system
/// call. Where the kernel (before 4.14) has no such page, the process id tells, at the price of a system
/// call.
class fork_mark {
public:
    fork_mark() noexcept
        : page_{mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)} {
        wiped_by_kernel_ = page_ != MAP_FAILED && madvise(page_, bytes, MADV_WIPEONFORK) == 0;
        if (wiped_by_kernel_) *static_cast<char volatile*>(page_) = 1;
    }
    fork_mark(fork_mark const&) = delete;
    fork_mark& operator=(fork_mark const&) = delete;
    ~fork_mark() {
        if (page_ != MAP_FAILED) munmap(page_, bytes);
    }
    /// Is this the process that made it?
    [[nodiscard]] bool ours() const noexcept {
        return wiped_by_kernel_ ? *static_cast<char const volatile*>(page_) == 1 : getpid() == maker_;
    }

private:
    static constexpr std::size_t bytes = 4096;
    void* page_;
    bool wiped_by_kernel_ = false;
    pid_t maker_ = getpid();
};

/// Random words, drawn from getrandom 32 at a time and wiped as they are handed out; a forked child never
/// hands out its parent's.
/// Thread safety: none; used under the gate's lock.
class random_source {
public:
    random_source() = default;
    random_source(random_source const&) = delete;
    random_source& operator=(random_source const&) = delete;
    ~random_source();

    /// 128 bits, not all zero; false, and `bits` all zero, where there is no chance to be had.
    [[nodiscard]] bool draw(std::array<word, 2>& bits) noexcept {
        bits = {};
        for (int tries = 0; tries < 4; ++tries) {
            if (left_ < 2 || !mark_.ours()) {
                if (!fill_random(buffer_, sizeof buffer_)) return false;
                left_ = words;
            }
            for (word& w : bits) {
                w = buffer_[--left_];
                buffer_[left_] = 0;
            }
            if ((bits[0] | bits[1]) != 0) return true;
        }
        return false;
    }

private:
    fork_mark mark_{};  // in a child never ours: it draws afresh each time
    static constexpr std::size_t words = 32;
    word buffer_[words]{};
    std::size_t left_ = 0;
};

inline random_source::~random_source() {
    for (word volatile& w : buffer_) w = 0;
}

}  // namespace sallyport::inline v0
