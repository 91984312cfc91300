// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/pair_entry.hpp>
#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/core/remark.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {

/// Guards that keep a list of penalties for administrators.
template <class G>
concept lists_penalties = requires(G const& g, nanoseconds now) {
    g.each_penalty(now, [](penalty_entry const&) {});
};
/// True where there was something to forget: asked again until there is nothing, for what is too much for one
/// hold of the lock.
template <class G>
concept clears_penalties = requires(G& g, visit const& who, instant now) {
    { g.clear_penalty(who, now) }
    noexcept->std::same_as<bool>;
};
/// Guards that know which devices an account is paired with.
template <class G>
concept keeps_pairs = requires(G& g, G const& c, visit const& who, thumbprint const& id, instant now) {
    c.each_pair(who, nanoseconds{}, [](pair_entry const&) {});
    { g.pair(who, id, pairing_kind{}, now) }
    noexcept->std::same_as<bool>;
    { g.revoke_pair(who, id, now) }
    noexcept->std::same_as<std::size_t>;
    { g.carry_pairs_over(id, id, now) }
    noexcept->std::same_as<std::size_t>;
};
/// Guards that can say of a visitor whether he is paired.
template <class G>
concept tells_pairs = requires(G const& g, visit const& who, instant now) {
    { g.is_pair(who, now) }
    noexcept->std::same_as<bool>;
};
/// Guards that let a device in by a one-time code.
template <class G>
concept takes_codes = requires(G& g, visit const& who, word hash, instant now) {
    { g.issue_code(who, hash, now) }
    noexcept->std::same_as<bool>;
};
/// Guards that notice more than they judge: `take_remark()`, until it has nothing more to say.
template <class G>
concept makes_remarks = requires(G& g) {
    { g.take_remark() }
    noexcept->std::same_as<std::optional<remark>>;
};
/// Guards whose maximum can be set while running.
template <class G>
concept has_maximum = requires(G& g, G const& c, std::uint32_t n) {
    { g.set_maximum(n) }
    noexcept;
    { c.maximum() }
    noexcept->std::convertible_to<std::uint32_t>;
};
/// Guards with work of their own at the upkeep: steady, when it is due next; the far end of time where nothing
/// is.
template <class G>
concept keeps_time = requires(G const& g) {
    { g.next_upkeep() }
    noexcept->std::same_as<nanoseconds>;
};
/// `static constexpr bool wants_fingerprint = true`: the visit then carries the secret's.
template <class G>
concept wants_fingerprint = requires {
    requires G::wants_fingerprint;
};

/// A composition's guards, asked left to right: the first, and the row of all others. Under the gate's lock.
/// Whoever has no word in a matter is left out of it when it is compiled: every stage of every composition
/// goes through here.
template <class... Guards>
class guard_row;

/// Nobody, or nobody any more.
template <>
class guard_row<> {
public:
    static constexpr bool any_wants_fingerprint = false, any_takes_codes = false;

    void attach(blueprint&) noexcept {}
    [[nodiscard]] std::string_view fault() const noexcept { return {}; }
    template <class Stage>
    [[nodiscard]] verdict ask(Stage const&) const noexcept {
        return permit;
    }
    template <class F>
    void make_room(admission const&, F const&) const noexcept {}
    template <class Stage>
    void tell(Stage const&) noexcept {}
    [[nodiscard]] bool kept() const noexcept { return true; }
    [[nodiscard]] std::uint32_t maximum(std::uint32_t else_this) const noexcept { return else_this; }
    [[nodiscard]] nanoseconds delay(visit const&, instant) const noexcept { return {}; }
    [[nodiscard]] bool paired(visit const&, instant) const noexcept { return false; }
    template <class List>
    void list_penalties(nanoseconds, List&) const {}
    template <class List>
    void list_pairs(visit const&, nanoseconds, List&) const {}
    template <class F>
    void remarks(F const&) noexcept {}
    template <class F>
    void each(F const&) {}
    template <class F>
    void each_at_once(F const& f) const {
        f();
    }
};

template <class First, class... Rest>
class guard_row<First, Rest...> {
public:
    explicit guard_row(First first, Rest... rest) : first_{std::move(first)}, rest_{std::move(rest)...} {}

    static constexpr bool any_wants_fingerprint =
                              wants_fingerprint<First> || (wants_fingerprint<Rest> || ...),
                          any_takes_codes = takes_codes<First> || (takes_codes<Rest> || ...);

    void attach(blueprint& b) noexcept {
        if constexpr (keeps_state<First>) first_.attach(b);
        if constexpr ((keeps_state<Rest> || ...)) rest_.attach(b);
    }
    /// The first fault among the guards' options; empty: none.
    [[nodiscard]] std::string_view fault() const noexcept {
        if constexpr (finds_faults<First>)
            if (std::string_view const own = first_.fault(); !own.empty()) return own;
        return rest_.fault();
    }
    /// The first refusal is the answer, but for one: "try again later" speaks of attempts in flight alone, so
    /// a delay that runs elsewhere goes before it. A consent names a session that is to end, if any guard
    /// does.
    template <class Stage>
    [[nodiscard]] verdict ask(Stage const& s) const noexcept {
        verdict own = permit;
        if constexpr (checks<First, Stage>) own = first_.check(s);
        if constexpr ((checks<Rest, Stage> || ...))
            if (own || own.error().why == reason::try_again_later) {
                verdict const others = rest_.ask(s);
                if (own ? !others || others->instead_of != 0
                        : others.error().why == reason::penalty_delay_active)
                    return others;
            }
        return own;
    }
    /// f(number) for each session that a guard would have end to make room, once all have agreed. Each is
    /// asked anew: whom one sends away, the next need not.
    template <class F>
    void make_room(admission const& s, F const& f) const noexcept {
        if constexpr (checks<First, admission>)
            if (verdict const one = first_.check(s); one && one->instead_of != 0) f(one->instead_of);
        if constexpr ((checks<Rest, admission> || ...)) rest_.make_room(s, f);
    }
    template <class Stage>
    void tell(Stage const& s) noexcept {
        if constexpr (notes<First, Stage>) first_.note(s);
        if constexpr ((notes<Rest, Stage> || ...)) rest_.tell(s);
    }
    /// Is what was noted last safe?
    [[nodiscard]] bool kept() const noexcept {
        if constexpr (may_fail_to_keep<First>)
            if (!first_.kept()) return false;
        if constexpr ((may_fail_to_keep<Rest> || ...)) return rest_.kept();
        return true;
    }
    /// The least maximum among the guards that have one; `else_this` where none has.
    [[nodiscard]] std::uint32_t maximum(std::uint32_t else_this) const noexcept {
        if constexpr (has_maximum<First>) {
            std::uint32_t const own = first_.maximum();
            return std::min(own, rest_.maximum(own));
        }
        return rest_.maximum(else_this);
    }
    /// When a guard has work to do next.
    [[nodiscard]] nanoseconds next_upkeep() const noexcept {
        nanoseconds next = nanoseconds::max();
        if constexpr (keeps_time<First>) next = first_.next_upkeep();
        if constexpr ((keeps_time<Rest> || ...)) next = std::min(next, rest_.next_upkeep());
        return next;
    }
    /// The longest delay that a fresh secret of that visitor now meets.
    [[nodiscard]] nanoseconds delay(visit const& who, instant now) const noexcept {
        nanoseconds longest{};
        if constexpr (names_delays<First>) longest = first_.delay(who, now);
        if constexpr ((names_delays<Rest> || ...)) longest = std::max(longest, rest_.delay(who, now));
        return longest;
    }
    /// Does any guard know that visitor for one who is paired with his account?
    [[nodiscard]] bool paired(visit const& who, instant now) const noexcept {
        if constexpr (tells_pairs<First>)
            if (first_.is_pair(who, now)) return true;
        if constexpr ((tells_pairs<Rest> || ...)) return rest_.paired(who, now);
        return false;
    }
    /// Adds the lines of each guard that keeps a list of penalties, or of pairs.
    template <class List>
    void list_penalties(nanoseconds now, List& list) const {
        if constexpr (lists_penalties<First>)
            first_.each_penalty(now, [&](penalty_entry const& line) { list.push_back(line); });
        if constexpr ((lists_penalties<Rest> || ...)) rest_.list_penalties(now, list);
    }
    template <class List>
    void list_pairs(visit const& who, nanoseconds now, List& list) const {
        if constexpr (keeps_pairs<First>)
            first_.each_pair(who, now, [&](pair_entry const& line) { list.push_back(line); });
        if constexpr ((keeps_pairs<Rest> || ...)) rest_.list_pairs(who, now, list);
    }
    /// f(remark) for each that a guard has to make.
    template <class F>
    void remarks(F const& f) noexcept {
        if constexpr (makes_remarks<First>)
            while (auto const r = first_.take_remark()) f(*r);
        if constexpr ((makes_remarks<Rest> || ...)) rest_.remarks(f);
    }
    /// f(guard) for each, in their order.
    template <class F>
    void each(F const& f) {
        f(first_);
        rest_.each(f);
    }
    /// f(guard…)
    template <class F>
    void each_at_once(F const& f) const {
        rest_.each_at_once([&](auto const&... others) { f(first_, others...); });
    }

private:
    [[no_unique_address]] First first_;
    [[no_unique_address]] guard_row<Rest...> rest_;
};

}  // namespace sallyport::inline v0
