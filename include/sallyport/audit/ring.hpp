// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/filter.hpp>
#include <sallyport/audit/fresh_mutex.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace audit {

struct ring_options {
    std::size_t capacity = 1024;  ///< events, about 400 bytes each; they are taken at once

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (capacity == 0) return "audit::ring: a capacity of 0 keeps no event";
        return capacity > most ? "audit::ring: a capacity above 1,048,576" : "";
    }
    static constexpr std::size_t most = std::size_t{1} << 20;
};

/// The last events, in memory: for a page that shows them, and for slow sinks, which the host drains it into.
/// `record` copies one event under a mutex of its own and allocates nothing; neither page nor slow sink is
/// waited for. A new event takes the place of the oldest. What nobody had drained by then is a loss: counted,
/// and handed on as `audit_lost`.
/// Source: IEC 62443-4-2 CR 2.9, 2.10, 6.1.
/// Thread safety: any thread may call anything. Movable until it is first used. Fork: the child makes its
/// own.
class ring {
public:
    /// An event, and how many there were up to it: newer ones have higher numbers.
    struct entry {
        std::uint64_t number = 0;
        event what{};
    };

    explicit ring(ring_options o = {}) noexcept
        : capacity_{o.fault().empty() ? o.capacity : 0}, fault_{o.fault()},
          slots_{capacity_ == 0 ? nullptr : new (std::nothrow) event[capacity_]} {
        if (slots_) return;
        capacity_ = 0;
        if (fault_.empty()) fault_ = "audit::ring: no memory for that capacity";
    }
    ring(ring&& other) noexcept
        : capacity_{std::exchange(other.capacity_, 0)}, fault_{other.fault_}, slots_{std::move(other.slots_)},
          recorded_{other.recorded_}, drained_{other.drained_}, untold_{other.untold_}, lost_{other.lost_} {}

    /// Why it keeps nothing; empty where it does. Such a ring counts all it is given as lost.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    void record(event const& e) noexcept {
        std::scoped_lock const hold{mutex_};
        if (capacity_ != 0) place(recorded_) = e;
        ++recorded_;
    }

    /// How many events it was given so far.
    [[nodiscard]] std::uint64_t recorded() const noexcept {
        std::scoped_lock const hold{mutex_};
        return recorded_;
    }
    /// How many of them were overwritten before anybody drained them, or failed in the sink that they were
    /// handed to.
    [[nodiscard]] std::uint64_t lost() const noexcept {
        std::scoped_lock const hold{mutex_};
        return lost_ + overrun();
    }

    /// f(entry const&) for each event that matches, newest first, until f answers false (it may answer
    /// nothing). Events that come meanwhile are not shown, those overwritten meanwhile are passed over.
    /// `before`: older than that number only, for a next page.
    template <class F>
    void for_each(F f, filter const& wanted = {},
                  std::uint64_t before = std::numeric_limits<std::uint64_t>::max()) const {
        for (auto next = older_than(before); next; next = older_than(next->number)) {
            if (!wanted.matches(next->what)) continue;
            if constexpr (std::is_void_v<std::invoke_result_t<F&, entry const&>>)
                f(*next);
            else if (!f(*next))
                return;
        }
    }
    /// The same, as a list of at most so many.
    [[nodiscard]] std::vector<entry> snapshot(
        filter const& wanted = {}, std::size_t at_most = 100,
        std::uint64_t before = std::numeric_limits<std::uint64_t>::max()) const {
        std::vector<entry> seen;
        if (at_most == 0) return seen;
        for_each(
            [&](entry const& e) {
                seen.push_back(e);
                return seen.size() < at_most;
            },
            wanted, before);
        return seen;
    }

    /// Hands on what came since it was last drained, oldest first, each event once, whoever drains; at most
    /// so many. Returns how many were handed on. An overrun comes as an `audit_lost` event in its place, with
    /// the number of those lost. The sink is called without a lock; it may be as slow as it likes, and what
    /// comes meanwhile waits for the next call. If it throws, that event is lost, and the rest stays for the
    /// next call.
    template <audit_sink Sink>
    std::size_t drain(Sink& sink, std::size_t at_most = std::numeric_limits<std::size_t>::max()) noexcept {
        std::uint64_t const end = recorded();
        std::size_t handed_on = 0;
        while (handed_on < at_most) {
            std::optional<event> const next = take(end);
            if (!next) break;
            if (!contained([&] { sink.record(*next); })) {
                lose(*next);
                break;
            }
            ++handed_on;
        }
        return handed_on;
    }

private:
    // Under the mutex.
    [[nodiscard]] event& place(std::uint64_t i) const noexcept {
        return slots_[static_cast<std::size_t>(i % capacity_)];
    }
    [[nodiscard]] std::uint64_t oldest() const noexcept {
        return recorded_ > capacity_ ? recorded_ - capacity_ : 0;
    }
    [[nodiscard]] std::uint64_t overrun() const noexcept {
        return drained_ < oldest() ? oldest() - drained_ : 0;
    }

    [[nodiscard]] std::optional<entry> older_than(std::uint64_t number) const noexcept {
        std::scoped_lock const hold{mutex_};
        // Numbers begin with 1, places in the ring with 0.
        std::uint64_t const at = number > recorded_ ? recorded_ : number == 0 ? 0 : number - 1;
        if (at == 0 || at <= oldest() || capacity_ == 0) return std::nullopt;
        return entry{at, place(at - 1)};
    }
    [[nodiscard]] std::optional<event> take(std::uint64_t end) noexcept {
        std::scoped_lock const hold{mutex_};
        // What overruns the ring while it is drained is the next call's affair: so this one ends.
        if (std::uint64_t const gap = overrun(); gap != 0 && drained_ < end) {
            drained_ += gap;
            lost_ += gap;
            untold_ += gap;
        }
        if (untold_ != 0) {
            instant const when = capacity_ != 0 ? place(oldest()).at : instant{};
            return event{.id = event_id::audit_lost,
                         .value = std::exchange(untold_, 0),
                         .detail = "they could not be handed on",
                         .at = when};
        }
        if (drained_ >= end) return std::nullopt;
        return place(drained_++);
    }
    void lose(event const& e) noexcept {
        std::scoped_lock const hold{mutex_};
        bool const counted = e.id == event_id::audit_lost;  // then what it tells of is only to be told again
        untold_ += counted ? e.value : 1;
        lost_ += counted ? 0 : 1;
    }

    std::size_t capacity_;
    std::string_view fault_;
    std::unique_ptr<event[]> slots_;  // NOLINT(*-avoid-c-arrays)
    std::uint64_t recorded_ = 0;      // the next event goes to place(recorded_)
    std::uint64_t drained_ = 0;       // and the next one to hand on is in place(drained_)
    std::uint64_t untold_ = 0;        // losses that no audit_lost event has told of
    std::uint64_t lost_ = 0;
    mutable fresh_mutex mutex_;
};
static_assert(audit_sink<ring> && std::is_nothrow_move_constructible_v<ring>);

}  // namespace audit
}  // namespace sallyport::inline v0
