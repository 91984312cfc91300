// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/identity/machine.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

namespace sallyport::inline v0 {
namespace identity {

struct permits_options {
    nanoseconds patience =
        std::chrono::seconds{2};  ///< how long somebody waits for a permit; at most an hour; 0: not at all
    machine on{.cores = 0, .available_memory = 0};  ///< what to reckon with; 0: ask the system, once
};

/// How many hashes of `bytes` each may run at once: a tenth of the memory, no more than there are cores, at
/// least one.
[[nodiscard]] constexpr unsigned permits_for(std::size_t bytes, machine m) noexcept {
    std::uint64_t const by_memory = m.available_memory / 10 / std::max<std::size_t>(bytes, 1);
    return static_cast<unsigned>(std::max<std::uint64_t>(1, std::min<std::uint64_t>(m.cores, by_memory)));
}

/// Who asks for a permit: somebody of whom nothing is known, or a device that has proven itself, the bearer of
/// the account's own pairing, or somebody at the console.
enum class asker : std::uint8_t { stranger, proven };

/// Bounds the hashes that run at once, so that a flood of logins can neither eat the memory nor starve the
/// controller. A permit is held by the worker until its hash has ended, also when the peer has gone. Who
/// finds none waits in a queue of eight, for `patience` at most; a source is served again only after every
/// other source that waits. Where the queue is full, the source with most places in it yields its last;
/// without such a one the newcomer goes. Whoever gets no permit has not been tested: `try_again_later`,
/// charged to nobody. Peers without an address are one source together.
/// Whoever is proven has a queue of his own that goes first, and where there are two permits or more, one that
/// no stranger gets: a flood of strangers costs him the rest of one hash at most, and his own.
/// Thread safety: all of it, from any thread. Acquiring allocates nothing. Fork: a child must not use its
/// parent's.
class permits {
public:
    static constexpr std::size_t queue_length = 8;

    /// Held by whoever hashes; gives itself back.
    class [[nodiscard]] permit {
    public:
        permit() = default;
        permit(permit&& other) noexcept : of_{std::exchange(other.of_, nullptr)} {}
        permit& operator=(permit&& other) noexcept {
            std::swap(of_, other.of_);
            return *this;
        }
        ~permit() {
            if (of_ != nullptr) of_->give_back();
        }
        /// Is this one? Made by default it is none.
        [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

    private:
        friend class permits;
        explicit permit(permits* of) noexcept : of_{of} {}
        permits* of_ = nullptr;
    };

    /// An error where one hash of `bytes` would take more than half of the memory, or where options cannot
    /// be.
    [[nodiscard]] static loaded<std::shared_ptr<permits>> make(std::size_t bytes, permits_options o = {}) {
        if (o.on.cores == 0 || o.on.available_memory == 0) {
            machine const here = this_machine();
            if (o.on.cores == 0) o.on.cores = here.cores;
            if (o.on.available_memory == 0) o.on.available_memory = here.available_memory;
        }
        if (o.patience < nanoseconds::zero() || o.patience > std::chrono::hours{1})
            return load_error{.message = "identity::permits: expected a patience from 0 to an hour"};
        if (bytes > o.on.available_memory / 2)
            return load_error{.message = fmt::format(
                                  "identity::permits: one hash takes {} KiB, more than half of the {} KiB of "
                                  "memory that are available; lower its memory cost",
                                  bytes / 1024, o.on.available_memory / 1024)};
        return std::make_shared<permits>(key{}, permits_for(bytes, o.on), o.patience);
    }

    /// Waits for its turn, for the patience at most. An empty permit: try again later.
    [[nodiscard]] permit acquire(address const& source, asker who = asker::stranger) noexcept {
        std::unique_lock lock{mutex_};
        if (free_ > kept_from(who)) {  // then no peer waits: a permit is handed on, never over anybody's head
            --free_;
            return permit{this};
        }
        queue& line = who == asker::proven ? proven_ : strangers_;
        if (patience_ == nanoseconds::zero() || !line.place_for(source)) return permit{};
        waiting me{.source = source, .round = line.next_round(source), .ticket = ++tickets_};
        line.join(me);
        me.wake.wait_for(lock, patience_, [&] { return me.is != waiting::still; });
        if (me.is == waiting::still) line.remove(me);
        return me.is == waiting::granted ? permit{this} : permit{};
    }

    /// How many there are in all.
    [[nodiscard]] unsigned count() const noexcept { return count_; }
    /// How many are free now; one of them may be kept from strangers.
    [[nodiscard]] unsigned free() const noexcept {
        std::lock_guard const hold{mutex_};
        return free_;
    }
    /// How many wait now.
    [[nodiscard]] std::size_t queued() const noexcept {
        std::lock_guard const hold{mutex_};
        return strangers_.size() + proven_.size();
    }

private:
    struct key {};
    struct waiting {  // lies on the stack of the thread that waits
        address source;
        std::uint64_t round, ticket;
        enum : std::uint8_t { still, granted, yielded } is = still;
        std::condition_variable wake{};
    };

public:
    /// For `make` alone.
    permits(key, unsigned count, nanoseconds patience) noexcept
        : count_{count}, free_{count}, patience_{patience} {}
    permits(permits const&) = delete;
    permits& operator=(permits const&) = delete;
    ~permits() = default;

private:
    /// Those who wait, fair by source.
    class queue {
    public:
        [[nodiscard]] std::size_t size() const noexcept { return size_; }
        void join(waiting& w) noexcept { places_[size_++] = &w; }
        void remove(waiting const& w) noexcept {
            auto const first = places_.begin(), last = first + static_cast<std::ptrdiff_t>(size_);
            size_ = static_cast<std::size_t>(std::remove(first, last, &w) - first);
        }
        /// Is there a place, or does a source that holds more of them than this one then would yield its last?
        [[nodiscard]] bool place_for(address const& source) noexcept {
            if (size_ < places_.size()) return true;
            auto const everybody = all();
            waiting& last = **std::max_element(everybody.begin(), everybody.end(),
                                               [&](waiting const* a, waiting const* b) {
                                                   return std::pair{places_of(a->source), a->ticket} <
                                                          std::pair{places_of(b->source), b->ticket};
                                               });
            if (places_of(last.source) <= places_of(source) + 1) return false;
            tell(last, waiting::yielded);
            return true;
        }
        /// Round robin: the n-th place of a source is served in the n-th round from now.
        [[nodiscard]] std::uint64_t next_round(address const& source) const noexcept {
            std::uint64_t round = round_;
            for (waiting const* const w : all())
                if (w->source == source) round = std::max(round, w->round + 1);
            return round;
        }
        /// Somebody waits here: the permit is his whose turn it is.
        void serve() noexcept {
            auto const everybody = all();
            waiting& next = **std::min_element(
                everybody.begin(), everybody.end(), [](waiting const* a, waiting const* b) {
                    return std::pair{a->round, a->ticket} < std::pair{b->round, b->ticket};
                });
            round_ = next.round;
            tell(next, waiting::granted);
        }

    private:
        [[nodiscard]] std::span<waiting* const> all() const noexcept { return {places_.data(), size_}; }
        [[nodiscard]] std::size_t places_of(address const& source) const noexcept {
            auto const everybody = all();
            return static_cast<std::size_t>(std::count_if(
                everybody.begin(), everybody.end(), [&](waiting const* w) { return w->source == source; }));
        }
        void tell(waiting& w, decltype(waiting::is) what) noexcept {
            w.is = what;
            w.wake.notify_one();  // under the lock: w goes as soon as its thread has it
            remove(w);
        }

        std::array<waiting*, queue_length> places_{};
        std::size_t size_ = 0;
        std::uint64_t round_ = 0;
    };

    /// How many of the free ones this one does not get.
    [[nodiscard]] unsigned kept_from(asker who) const noexcept {
        return who == asker::stranger && count_ > 1 ? 1 : 0;
    }
    void give_back() noexcept {
        std::lock_guard const hold{mutex_};
        ++free_;
        bool const for_a_stranger = strangers_.size() > 0 && free_ > kept_from(asker::stranger);
        if (proven_.size() == 0 && !for_a_stranger) return;
        --free_;
        (proven_.size() > 0 ? proven_ : strangers_).serve();
    }

    mutable std::mutex mutex_{};
    queue strangers_{}, proven_{};
    std::uint64_t tickets_ = 0;
    unsigned count_, free_;
    nanoseconds patience_;
};

}  // namespace identity
}  // namespace sallyport::inline v0
