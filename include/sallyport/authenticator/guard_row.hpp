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
#include <type_traits>
#include <utility>

namespace sallyport::inline v0 {

/// Guards that keep a list of penalties for administrators.
template <class G>
concept lists_penalties = requires(G const& g, nanoseconds now) {
    g.each_penalty(now, [](penalty_entry const&) {});
};
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
/// `static constexpr bool wants_fingerprint = true`: the visit then carries the secret's.
template <class G>
concept wants_fingerprint = requires {
    requires G::wants_fingerprint;
};

namespace detail {
// What a tuple does, for a fraction of what it costs to compile: every stage of every composition goes
// through it.
template <std::size_t, class Guard>
struct seat {
    [[no_unique_address]] Guard guard;
};
template <class Numbers, class... Guards>
struct seats;
template <std::size_t... Number, class... Guards>
struct seats<std::index_sequence<Number...>, Guards...> : seat<Number, Guards>... {
    template <class F>
    void each(F& f) {
        (f(static_cast<seat<Number, Guards>&>(*this).guard), ...);
    }
    template <class F>
    void each(F& f) const {
        (f(static_cast<seat<Number, Guards> const&>(*this).guard), ...);
    }
    template <class F>
    void at_once(F& f) const {
        f(static_cast<seat<Number, Guards> const&>(*this).guard...);
    }
};
}  // namespace detail

/// A composition's guards, asked left to right. Under the gate's lock.
template <class... Guards>
class guard_row {
public:
    explicit guard_row(Guards... guards) : guards_{{std::move(guards)}...} {}

    static constexpr bool any_wants_fingerprint = (wants_fingerprint<Guards> || ...);

    void attach(blueprint& b) noexcept {
        each([&](auto& g) {
            if constexpr (keeps_state<std::remove_cvref_t<decltype(g)>>) g.attach(b);
        });
    }
    /// The first fault among the guards' options; empty: none.
    [[nodiscard]] std::string_view fault() const noexcept {
        std::string_view first;
        each([&](auto const& g) {
            if constexpr (finds_faults<std::remove_cvref_t<decltype(g)>>)
                if (first.empty()) first = g.fault();
        });
        return first;
    }
    /// The first refusal is the answer. A consent names a session that is to end, if any guard does.
    template <class Stage>
    [[nodiscard]] verdict ask(Stage const& s) const noexcept {
        verdict all = permit;
        each([&](auto const& g) {
            if constexpr (checks<std::remove_cvref_t<decltype(g)>, Stage>) {
                if (!all) return;
                verdict const one = g.check(s);
                if (!one || one->instead_of != 0) all = one;
            }
        });
        return all;
    }
    /// f(number) for each session that a guard would have end to make room, once all have agreed. Each is
    /// asked anew: whom one sends away, the next need not.
    template <class F>
    void make_room(admission const& s, F f) const noexcept {
        each([&](auto const& g) {
            if constexpr (checks<std::remove_cvref_t<decltype(g)>, admission>)
                if (verdict const one = g.check(s); one && one->instead_of != 0) f(one->instead_of);
        });
    }
    template <class Stage>
    void tell(Stage const& s) noexcept {
        each([&](auto& g) {
            if constexpr (notes<std::remove_cvref_t<decltype(g)>, Stage>) g.note(s);
        });
    }
    /// Is what was noted last safe?
    [[nodiscard]] bool kept() const noexcept {
        bool all = true;
        each([&](auto const& g) {
            if constexpr (may_fail_to_keep<std::remove_cvref_t<decltype(g)>>) all = all && g.kept();
        });
        return all;
    }
    /// The least maximum among the guards that have one; `else_this` where none has.
    [[nodiscard]] std::uint32_t maximum(std::uint32_t else_this) const noexcept {
        std::optional<std::uint32_t> least;
        each([&](auto const& g) {
            if constexpr (has_maximum<std::remove_cvref_t<decltype(g)>>)
                least = std::min<std::uint32_t>(least.value_or(g.maximum()), g.maximum());
        });
        return least.value_or(else_this);
    }
    /// The longest delay that a fresh secret of that visitor now meets.
    [[nodiscard]] nanoseconds delay(visit const& who, instant now) const noexcept {
        nanoseconds longest{};
        each([&](auto const& g) {
            if constexpr (names_delays<std::remove_cvref_t<decltype(g)>>)
                longest = std::max(longest, g.delay(who, now));
        });
        return longest;
    }
    /// f(remark) for each that a guard has to make.
    template <class F>
    void remarks(F f) noexcept {
        each([&](auto& g) {
            if constexpr (makes_remarks<std::remove_cvref_t<decltype(g)>>)
                while (auto const r = g.take_remark()) f(*r);
        });
    }
    /// f(guard) for each, in their order.
    template <class F>
    void each(F f) {
        guards_.each(f);
    }
    template <class F>
    void each(F f) const {
        guards_.each(f);
    }
    /// f(guard…)
    template <class F>
    void each_at_once(F f) const {
        guards_.at_once(f);
    }

private:
    [[no_unique_address]] detail::seats<std::index_sequence_for<Guards...>, Guards...> guards_;
};

}  // namespace sallyport::inline v0
