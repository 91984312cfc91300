// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/core/contained.hpp>
#include <sallyport/core/instant.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sallyport::inline v0 {

/// Hands events to a sink, outside the lock. A sink that throws costs an event, never a login.
template <class Audit>
class audit_desk {
public:
    /// Events that the sink did not take.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

    void hand_over(Audit& sink, audit::event const& e) noexcept {
        deliver(sink, e);
        // What was lost is reported as soon as the sink takes something again.
        if (std::uint64_t const n = lost();
            n != reported_.load(std::memory_order_relaxed) && !failing_.load(std::memory_order_relaxed)) {
            reported_.store(n, std::memory_order_relaxed);
            deliver(sink, audit::event{.id = audit::event_id::audit_lost, .value = n, .at = e.at});
        }
    }

private:
    void deliver(Audit& sink, audit::event const& e) noexcept {
        bool const taken = contained([&] { sink.record(e); });
        failing_.store(!taken, std::memory_order_relaxed);
        if (!taken) lost_.fetch_add(1, std::memory_order_relaxed);
    }
    std::atomic<std::uint64_t> lost_{0}, reported_{0};
    std::atomic<bool> failing_{false};
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
