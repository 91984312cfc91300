// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/fresh_mutex.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/audit/to.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

struct folding_options {
    nanoseconds window = std::chrono::seconds{60};  ///< for so long the repetitions of an event are counted, not told

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return window <= nanoseconds::zero() ? "audit::folding: a window of no length folds nothing" : "";
    }
};

/// Do they tell the same but for time, delay and count? What comes by itself (ids below 300) is the same for the same user, source,
/// device and service, whatever the session's number; an act of administration only if it is the same act on the same thing.
[[nodiscard]] constexpr bool alike(event const& a, event const& b) noexcept {
    bool const whole = static_cast<unsigned>(a.id) >= 300;
    return a.id == b.id && a.why.why == b.why.why && a.ending == b.ending && a.user == b.user && a.source == b.source &&
           a.service == b.service && a.device == b.device && a.presence == b.presence &&
           (!whole || (a.session == b.session && a.value == b.value && a.actor == b.actor && a.detail == b.detail));
}

/// Folds floods before they reach a sink: of events that are alike the first passes at once; those that follow within the window
/// are counted, and told as one when it is over: the last of them, with their number in `repeated` (" … 4,812 more in 60 s").
/// The table holds 64 such windows; the oldest one makes room. Windows end by `tick`, or by whatever comes next.
/// Nothing is forgotten: what `happenings` says of the events that pass adds up to what was recorded.
/// Thread safety: any thread; the sink is called without the lock. Movable until it is first used. Fork: the child makes its own.
template <audit_sink Sink>
class folding {
public:
    explicit folding(Sink sink, folding_options o = {})
        : options_{o}, table_{new (std::nothrow) table}, sink_{std::move(sink)} {}
    folding(folding&&) = default;
    /// Tells what it still holds.
    ~folding() {
        if (table_) flush(latest_);
    }

    static constexpr std::size_t windows = 64;

    [[nodiscard]] std::string_view fault() const noexcept {
        if (!options_.fault().empty()) return options_.fault();
        return table_ ? fault_of(sink_) : "audit::folding: no memory for its table";
    }

    void record(event const& e) noexcept {
        if (!fold(e)) pass(e);
    }
    /// Tells of the windows that are over.
    void tick(instant now) noexcept {
        while (auto const told = end_one(now, [&](window const& w) { return over(w, now); })) pass(*told);
        if (!contained([&] { tick_if_ticking(sink_, now); })) lost_.add();
    }
    /// When the first window with something to tell is over, in steady time.
    [[nodiscard]] nanoseconds next_tick(instant now) noexcept {
        nanoseconds next = nanoseconds::max();
        contained([&] { next = next_tick_of(sink_, now); });
        std::scoped_lock const hold{mutex_};
        for (std::size_t i = 0; table_ && i < table_->used; ++i)
            if (window const& w = table_->of[i]; w.more != 0) next = std::min(next, end_of(w));
        return next;
    }
    /// Tells of all windows now, whether they are over or not: before the device goes down.
    void flush(instant now) noexcept {
        while (auto const told = end_one(now, [](window const&) { return true; })) pass(*told);
    }
    /// How often the sink threw.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

    [[nodiscard]] Sink& behind() noexcept { return sink_; }
    [[nodiscard]] Sink const& behind() const noexcept { return sink_; }
