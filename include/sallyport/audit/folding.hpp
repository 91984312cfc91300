// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/fresh_mutex.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/audit/tee.hpp>
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
#include <type_traits>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

struct folding_options {
    /// For so long the repetitions of an event are counted, not told.
    nanoseconds window = std::chrono::seconds{60};

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return window <= nanoseconds::zero() ? "audit::folding: a window of no length folds nothing" : "";
    }
};

/// Do they tell the same but for time, delay and count? What comes by itself (ids below 300) is the same for
/// the same user, source, device and service, whatever the session's number; an act of administration only if
/// it is the same act on the same thing.
[[nodiscard]] constexpr bool alike(event const& a, event const& b) noexcept {
    bool const whole = static_cast<unsigned>(a.id) >= 300;
    return a.id == b.id && a.why.why == b.why.why && a.ending == b.ending && a.user == b.user &&
           a.source == b.source && a.service == b.service && a.device == b.device &&
           a.presence == b.presence &&
           (!whole ||
            (a.session == b.session && a.value == b.value && a.actor == b.actor && a.detail == b.detail));
}

/// Folds floods before they reach a sink: of events that are alike the first passes at once; those that
/// follow within the window are counted, and told as one when it is over: the last of them, with their number
/// in `repeated` (" … 4,812 more in 60 s"). The table holds 64 such windows; the oldest one makes room.
/// Windows end by `tick`, or by whatever comes next. Nothing is forgotten: what `happenings` says of the
/// events that pass adds up to what was recorded.
/// Thread safety: any thread; the sink is called without the lock. Movable until it is first used. Fork: the
/// child makes its own.
template <audit_sink Sink>
class folding {
public:
    explicit folding(Sink sink, folding_options o = {})
        : options_{o}, table_{new (std::nothrow) table}, sink_{std::move(sink)} {}
    folding(folding&&) noexcept(std::is_nothrow_move_constructible_v<Sink>) = default;
    /// Tells what it still holds.
    ~folding() { flush(latest_); }

    static constexpr std::size_t windows = 64;

    [[nodiscard]] std::string_view fault() const noexcept {
        if (!options_.fault().empty()) return options_.fault();
        return table_ ? detail::fault_of(sink_) : "audit::folding: no memory for its table";
    }

    void record(event const& e) noexcept {
        if (!table_) return pass(e);
        tell(e.at, [&](window const& w) { return is_over(w, e.at); });
        std::optional<event> made_room;
        {
            std::scoped_lock const hold{mutex_};
            latest_ = e.at;
            if (window* const w = find(e)) {
                w->more += happenings(e);
                w->last = e;
                return;
            }
            made_room = open(e);
        }
        if (made_room) pass(*made_room);
        pass(e);
    }
    /// Tells of the windows that are over.
    void tick(instant now) noexcept {
        tell(now, [&](window const& w) { return is_over(w, now); });
        if (!contained([&] { detail::tick_if_ticking(sink_, now); })) lost_.add();
    }
    /// When the first window with something to tell is over, in steady time.
    [[nodiscard]] nanoseconds next_tick(instant now) noexcept {
        nanoseconds next = nanoseconds::max();
        contained([&] { next = detail::next_tick_of(sink_, now); });
        std::scoped_lock const hold{mutex_};
        for (std::size_t i = 0; table_ && i < table_->used; ++i)
            if (window const& w = table_->of[i]; w.more != 0) next = std::min(next, end_of(w));
        return next;
    }
    /// Tells of all windows now, whether they are over or not: before the device goes down.
    void flush(instant now) noexcept {
        tell(now, [](window const&) { return true; });
    }
    /// How often the sink threw.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

    [[nodiscard]] Sink& behind() noexcept { return sink_; }
    [[nodiscard]] Sink const& behind() const noexcept { return sink_; }

private:
    struct window {
        event last;
        nanoseconds opened;
        std::uint64_t more;  // after the first, which has been told
    };
    struct table {
        std::array<window, windows> of;
        std::size_t used = 0;
    };

    [[nodiscard]] nanoseconds end_of(window const& w) const noexcept {
        return saturating_add(w.opened, options_.window);
    }
    [[nodiscard]] bool is_over(window const& w, instant now) const noexcept {
        return now.steady >= end_of(w);
    }

    void pass(event const& e) noexcept {
        if (!contained([&] { sink_.record(e); })) lost_.add();
    }
    /// Ends the windows for which `ends` holds, and tells of those with something to tell; as many as there
    /// can be, and no more.
    template <class Ends>
    void tell(instant now, Ends ends) noexcept {
        for (std::size_t i = 0; i < windows; ++i) {
            std::optional<event> const told = end_one(now, ends);
            if (!told) return;
            pass(*told);
        }
    }
    template <class Ends>
    [[nodiscard]] std::optional<event> end_one(instant now, Ends const& ends) noexcept {
        std::scoped_lock const hold{mutex_};
        for (std::size_t i = 0; table_ && i < table_->used;) {
            if (!ends(table_->of[i]))
                ++i;
            else if (auto const told = close(i, now))
                return told;
        }
        return std::nullopt;
    }

    // Under the lock.
    [[nodiscard]] window* find(event const& e) noexcept {
        auto const begin = table_->of.begin(), end = begin + static_cast<std::ptrdiff_t>(table_->used);
        auto const found = std::find_if(begin, end, [&](window const& w) { return alike(w.last, e); });
        return found == end ? nullptr : &*found;
    }
    /// Opens a window; what was told of another that made room for it.
    [[nodiscard]] std::optional<event> open(event const& e) noexcept {
        std::optional<event> told;
        if (table_->used == windows) {
            auto const oldest =
                std::min_element(table_->of.begin(), table_->of.end(),
                                 [](window const& a, window const& b) { return a.opened < b.opened; });
            told = close(static_cast<std::size_t>(oldest - table_->of.begin()), e.at);
        }
        table_->of[table_->used++] = {e, e.at.steady, 0};
        return told;
    }
    /// Takes a window out; the event that tells of it, if there was more than the first.
    [[nodiscard]] std::optional<event> close(std::size_t i, instant now) noexcept {
        window const w = std::exchange(table_->of[i], table_->of[table_->used - 1]);
        --table_->used;
        if (w.more == 0) return std::nullopt;
        event told = w.last;
        told.at = now;
        told.repeated = w.more;
        told.within = std::max(nanoseconds::zero(), std::min(now.steady - w.opened, options_.window));
        return told;
    }

    folding_options options_;
    std::unique_ptr<table> table_;
    Sink sink_;
    fresh_mutex mutex_;
    instant latest_{};
    tally lost_;
};
static_assert(audit_sink<folding<tee<>>> && ticking<folding<tee<>>>);

}  // namespace audit
}  // namespace sallyport::inline v0
