// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/lockable.hpp>
#include <sallyport/concepts/storage.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/environment/no_lock.hpp>
#include <sallyport/environment/random_source.hpp>
#include <sallyport/environment/waiters.hpp>
#include <sallyport/fwd.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <type_traits>

namespace sallyport::inline v0 {

/// State on the heap of one process, gone with it. `at_most` bounds it, in bytes; more than that is not
/// opened.
/// Thread safety: as its mutex; one with a `try_lock` is tried for some microseconds before it blocks.
/// Movable until a gate opens it. Fork: the child's gate refuses to use its copy.
template <lockable Mutex>
class heap_storage {
public:
    /// What `login` waits with, unless the host says otherwise.
    using default_waiter = std::conditional_t<std::same_as<Mutex, no_lock>, no_waiter, condition_waiter>;

    explicit heap_storage(std::size_t at_most = std::size_t{256} << 20) noexcept
        : at_most_{at_most}, seeded_{fill_random(&key_, sizeof key_)} {}
    heap_storage(heap_storage&& o) noexcept : at_most_{o.at_most_}, key_{o.key_}, seeded_{o.seeded_} {}
    heap_storage& operator=(heap_storage&&) = delete;
    ~heap_storage() { std::free(words_); }  // NOLINT(*-no-malloc)

    [[nodiscard]] bool open(blueprint const& plan) noexcept {
        if (!seeded_ || words_ != nullptr || !plan.feasible() || plan.words() > at_most_ / sizeof(word))
            return false;
        // calloc: pages that nobody wrote to cost no memory.
        words_ = static_cast<word*>(std::calloc(plan.words() + 1, sizeof(word)));  // NOLINT(*-no-malloc)
        return words_ != nullptr;
    }
    [[nodiscard]] bool lock() noexcept {
        if constexpr (requires { bool{mutex_.try_lock()}; })
            if (lock_soon()) return true;
        mutex_.lock();
        return true;
    }
    void unlock() noexcept { mutex_.unlock(); }
    [[nodiscard]] region words() noexcept { return region{words_}; }
    [[nodiscard]] sip_key key() const noexcept { return key_; }

private:
    /// A hold lasts a fraction of a microsecond; to fall asleep over it and be woken takes several. So we
    /// look again for about as long as that takes, ever more seldom: whoever is inside keeps the lock and
    /// what it guards in his cache meanwhile. After that the mutex decides, as it would have at once.
    [[nodiscard]] bool lock_soon() noexcept {
        using std::chrono::steady_clock;
        if (mutex_.try_lock()) return true;
        for (nanoseconds pause{500}; pause <= nanoseconds{4000}; pause *= 2) {
            auto const until = steady_clock::now() + pause;
            while (steady_clock::now() < until) continue;
            if (mutex_.try_lock()) return true;
        }
        return false;
    }

    [[no_unique_address]] Mutex mutex_{};
    word* words_ = nullptr;
    std::size_t at_most_;
    sip_key key_{};
    bool seeded_;
};
static_assert(storage<heap_storage<>>);

}  // namespace sallyport::inline v0
