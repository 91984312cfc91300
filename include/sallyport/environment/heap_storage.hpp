// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/lockable.hpp>
#include <sallyport/concepts/storage.hpp>
#include <sallyport/environment/no_lock.hpp>
#include <sallyport/environment/random_source.hpp>
#include <sallyport/environment/waiters.hpp>
#include <sallyport/fwd.hpp>

#include <concepts>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace sallyport::inline v0 {

/// State on the heap of one process, gone with it. `at_most` bounds it, in bytes; more than that is not
/// opened.
/// Thread safety: as its mutex. Movable until a gate opens it. Fork: the child's gate refuses to use its
/// copy.
template <lockable Mutex>
class heap_storage {
public:
    /// What `login` waits with, unless the host says otherwise.
    using default_waiter = std::conditional_t<std::same_as<Mutex, no_lock>, no_waiter, condition_waiter>;

    explicit heap_storage(std::size_t at_most = std::size_t{256} << 20) noexcept
        : at_most_{at_most}, seeded_{fill_random(&key_, sizeof key_)} {}
    heap_storage(heap_storage&& o) noexcept : at_most_{o.at_most_}, key_{o.key_}, seeded_{o.seeded_} {}

    [[nodiscard]] bool open(blueprint const& plan) noexcept {
        if (!seeded_ || bytes_ || !plan.feasible() || plan.words() > at_most_ / sizeof(word)) return false;
        // calloc: pages that nobody wrote to cost no memory.
        bytes_.reset(static_cast<word*>(std::calloc(plan.words() + 1, sizeof(word))));  // NOLINT(*-no-malloc)
        return bytes_ != nullptr;
    }
    [[nodiscard]] bool lock() noexcept {
        mutex_.lock();
        return true;
    }
    void unlock() noexcept { mutex_.unlock(); }
    [[nodiscard]] region words() noexcept { return region{bytes_.get()}; }
    [[nodiscard]] sip_key key() const noexcept { return key_; }

private:
    struct release {
        void operator()(word* p) const noexcept { std::free(p); }  // NOLINT(*-no-malloc)
    };
    [[no_unique_address]] Mutex mutex_{};
    std::unique_ptr<word[], release> bytes_;
    std::size_t at_most_;
    sip_key key_{};
    bool seeded_;
};
static_assert(storage<heap_storage<>> && storage<heap_storage<no_lock>>);

}  // namespace sallyport::inline v0
