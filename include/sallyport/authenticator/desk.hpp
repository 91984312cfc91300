// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>
#include <sallyport/core/instant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sallyport::inline v0 {

/// Hands events to a sink, outside the lock. A sink that throws costs an event, never a login.
template <class Audit>
class audit_desk {
public:
    /// Events that the sink did not take.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

    void hand_over(Audit& sink, audit::event const& e) noexcept {
        if (!contained([&] { sink.record(e); })) {
            lost_.add(), untold_.add();
            return;
        }
        // What was lost is reported as soon as the sink takes something again: each loss once, so that whoever
        // adds the reports up has the sum. A report that is lost is told of with the next.
        if (untold_.read() == 0) return;
        std::uint64_t const n = untold_.take();
        if (n != 0 && !contained([&] {
                sink.record(audit::event{.id = audit::event_id::audit_lost, .value = n, .at = e.at});
            }))
            untold_.add(n);
    }
    /// Its own work, where it has any. Should that throw, who called the gate still gets his answer.
    void tick(Audit& sink, instant now) noexcept {
        if constexpr (ticking<Audit>)
            if (!contained([&] { sink.tick(now); })) lost_.add(), untold_.add();
    }
    /// When that is next needed.
    [[nodiscard]] nanoseconds next_tick(Audit& sink, instant now) noexcept {
        nanoseconds next = nanoseconds::max();
        if constexpr (ticking<Audit>) contained([&] { next = sink.next_tick(now); });
        return next;
    }

private:
    audit::tally lost_, untold_;
};

/// What happened under the lock and is told once it is free: a bounded share of the overdue work.
template <std::size_t Most>
class outbox {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool full() const noexcept { return size_ == Most; }
    void put(audit::event const& e) noexcept {
        if (!full()) std::construct_at(&mail_[size_++].e, e);
    }
    template <class F>
    void empty(F f) noexcept {
        for (std::size_t i = 0; i < size_; ++i) f(mail_[i].e);
        size_ = 0;
    }

private:
    // One is made for each call and mostly stays empty: until something is put in, it costs nothing.
    union slot {
        slot() noexcept {}  // NOLINT(modernize-use-equals-default): that would be deleted
        audit::event e;
    };
    std::array<slot, Most> mail_;
    std::size_t size_ = 0;
};

}  // namespace sallyport::inline v0
