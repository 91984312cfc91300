// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/options.hpp>
#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/penalty/keys.hpp>
#include <sallyport/penalty/laws.hpp>
#include <sallyport/penalty/ledger.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// What an attempt during the delay does.
enum class early_attempt : std::uint8_t {
    extend,  ///< it counts as the next failure and starts that delay from now (PLCnext)
    freeze,  ///< it changes nothing
};

template <law Law = plcnext_law>
struct backoff_options {
    Law law{};
    early_attempt on_early_attempt = early_attempt::extend;
    std::uint32_t known = 256;     ///< accounts on file that can have a record of their own
    std::uint32_t unknown = 4096;  ///< other names, or sources, that can; beyond that newcomers share one

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (known == 0 || unknown == 0) return "penalty::backoff: a capacity of 0 keeps no penalty";
        if (known > most || unknown > most) return "penalty::backoff: a capacity above 16,777,216";
        return law.fault();
    }
    static constexpr std::uint32_t most = 1U << 24;
};

namespace detail {
/// What a penalty list keeps of one key.
struct failure_record {
    std::uint32_t failures, in_flight;
    std::int64_t open_at;  // steady nanoseconds
    static constexpr bool rests_by_time = false;

    [[nodiscard]] bool at_rest(nanoseconds) const noexcept { return failures == 0 && in_flight == 0; }
    [[nodiscard]] nanoseconds left(nanoseconds now) const noexcept {
        return nanoseconds{open_at} > now ? nanoseconds{open_at} - now : nanoseconds::zero();
    }
    /// More than are at the door cannot be in flight.
    void in_flight_at_most(std::size_t at_door) noexcept {
        if (in_flight > at_door) in_flight = static_cast<std::uint32_t>(at_door);
    }
    void forgive() noexcept { failures = 0, open_at = 0; }
};
[[nodiscard]] constexpr std::uint32_t saturated(std::uint32_t a, std::uint32_t b) noexcept {
    return b > ~a ? ~std::uint32_t{0} : a + b;
}
}  // namespace detail

/// A penalty list, over all services: after failures in a row nothing is verified until a delay is over, the
/// right secret neither. As many attempts may be in flight as could all fail without a delay, or one:
/// parallel guesses do not outrun the count (CVE-2024-4629, CVE-2023-33170). Who is kept out by attempts in
/// flight alone is not early: `try_again_later`, which costs nothing. A proof by what can be guessed erases
/// the record; other reservations stand. Nothing else does, time neither: patience would buy guesses. Unknown
/// names are treated like known ones; full tables: see `ledger`. The cell that newcomers then share is erased
/// by an administrator alone.
/// Source: PLCnext User Manager; IEC 62443-4-2 CR 1.11.
/// Thread safety: under the gate's lock.
template <penalty_key Key = by_account, law Law = plcnext_law>
class backoff {
public:
    explicit backoff(backoff_options<Law> o = {}) noexcept : options_{o} {}

    void attach(blueprint& b) noexcept {
        describe(b);
        list_.attach(b, Key::keeps_known_apart ? options_.known : 0, options_.unknown);
    }
    [[nodiscard]] std::string_view fault() const noexcept { return options_.fault(); }

    [[nodiscard]] verdict check(arrival const& a) const noexcept {
        if (!Key::applies(a.who)) return permit;
        auto r = met_by(a.who, a.now.steady).record;
        if (nanoseconds const left = r.left(a.now.steady); left > nanoseconds::zero())
            return denial{reason::penalty_delay_active, left};
        r.in_flight_at_most(a.at_door);
        if (r.in_flight > 0 && options_.law(detail::saturated(r.failures, r.in_flight)) > nanoseconds::zero())
            return denial{reason::try_again_later, {}};
        return permit;
    }
    void note(arrival const& a) noexcept {
        if (!Key::applies(a.who)) return;
        auto c = met_by(a.who, a.now.steady);
        c.record.in_flight_at_most(a.at_door);
        ++c.record.in_flight;
        list_.write(c, a.now.steady);
    }
    void note(rebuff const& r) noexcept {
        if (r.why.why == reason::try_again_later) return;  // it was asked to come again, and may
        if (!Key::applies(r.who)) return;
        auto c = met_by(r.who, r.now.steady);
        if (c.record.left(r.now.steady) == nanoseconds::zero())
            return;  // not early here: another guard refused
        // Frozen, it is written all the same: what was cut must run down.
        if (options_.on_early_attempt == early_attempt::extend) count(c.record, r.now.steady);
        list_.write(c, r.now.steady);
    }
    void note(failure const& f) noexcept {
        if (!Key::applies(f.who)) return;
        auto c = settled(f.who);
        count(c.record, f.now.steady);
        list_.write(c, f.now.steady);
    }
    void note(withdrawn const& w) noexcept {
        if (Key::applies(w.who)) list_.write(settled(w.who), w.now.steady);
    }
    void note(proof const& p) noexcept {
        if (!Key::applies(p.who)) return;
        auto c = settled(p.who);
        // The shared cell is not his alone: else whoever owns one account clears it between guesses at
        // others.
        if (guessable(p.who.shown) && c.key != key{}) c.record.forgive();
        list_.write(c, p.now.steady);
    }
    [[nodiscard]] nanoseconds delay(visit const& who, instant now) const noexcept {
        return Key::applies(who) ? met_by(who, now.steady).record.left(now.steady) : nanoseconds::zero();
    }

    /// f(penalty_entry) for each record that has a failure or an attempt in flight. Under the lock: f calls
    /// nobody.
    template <class F>
    void each_penalty(nanoseconds now, F f) const {
        list_.each([&](key const& k, detail::failure_record const& r, bool known) {
            penalty_entry line{.policy = "penalty::backoff",
                               .known = known,
                               .shared = k == key{},
                               .failures = r.failures,
                               .in_flight = r.in_flight,
                               .delay = r.left(now)};
            Key::describe(k, line);
            f(line);
        });
    }
    /// Forgets the failures of the visitor's record; attempts in flight stay reserved. True where there was
    /// something to forget. A visitor without account and source stands for the cell that newcomers share;
    /// one without source for his account's records from all of them, where it has several: a bounded share
    /// of those a call.
    bool clear_penalty(visit const& who, instant now) noexcept {
        bool const nobody = who.account.empty() && !who.source.known();
        if constexpr (many_per_account<Key>)
            if (!nobody && !who.source.known()) return clear_some_of(who, now);
        if (!nobody && !Key::applies(who)) return false;
        key const k = nobody ? key{} : Key::of(who);
        word const h = nobody ? list_.hash(k) : hash(k, who);
        auto c = list_.find(k, h, who.known && Key::keeps_known_apart);
        if (!c || c->record.failures == 0) return false;
        c->record.forgive();
        list_.write(*c, now.steady);
        return true;
    }

private:
    using key = typename Key::type;
    using list = ledger<key, detail::failure_record>;

    bool clear_some_of(visit const& who, instant now) noexcept {
        return list_.amend(who.known && Key::keeps_known_apart, now.steady, [&](auto& c) {
            if (c.record.failures == 0 || !Key::is_of(c.key, who.account)) return false;
            c.record.forgive();
            return true;
        });
    }
    /// A law is known by what it does.
    void describe(blueprint& b) const noexcept {
        std::array<nanoseconds, 64> delays{};
        for (std::uint32_t n = 0; n < delays.size(); ++n) delays[n] = options_.law(n + 1);
        b.options("backoff", options_.on_early_attempt, options_.known, options_.unknown, delays, longest_);
    }
    [[nodiscard]] word hash(key const& k, visit const& who) const noexcept {
        if constexpr (Key::hashed_as_account)
            return who.account_hash;
        else
            return list_.hash(k);
    }
    [[nodiscard]] typename list::cell met_by(visit const& who, nanoseconds now) const noexcept {
        key const k = Key::of(who);
        auto c = list_.at_arrival(k, hash(k, who), who.known && Key::keeps_known_apart, now);
        // Later than the law can have put it: somebody else has written to a shared segment. Who may do that
        // may erase a penalty as well; what he may not do is to keep an owner out for ever. It is cut and not
        // dropped, and with room to spare: whoever read his clock before the last failure was settled, and
        // had to wait for the lock, meets a delay that is longer than the longest, too.
        nanoseconds const at_most = saturating_add(longest_, std::chrono::minutes{5});
        c.record.open_at = std::min(c.record.open_at, saturating_add(now, at_most).count());
        return c;
    }
    /// The record that the visitor's attempt was reserved in, without that reservation.
    [[nodiscard]] typename list::cell settled(visit const& who) const noexcept {
        key const k = Key::of(who);
        auto c = list_.at_settling(k, hash(k, who), who.known && Key::keeps_known_apart);
        if (c.record.in_flight > 0) --c.record.in_flight;
        return c;
    }
    void count(detail::failure_record& r, nanoseconds now) const noexcept {
        r.failures = detail::saturated(r.failures, 1);
        // No delay leaves no instant behind: whoever read his clock a moment before this one settled, and got
        // the lock a moment after, would else be early by that moment.
        if (nanoseconds const delay = options_.law(r.failures); delay > nanoseconds::zero())
            r.open_at = std::max(r.open_at, saturating_add(now, delay).count());
    }

    backoff_options<Law> options_;
    nanoseconds longest_ = options_.law(std::numeric_limits<std::uint32_t>::max());
    list list_{};
};
static_assert(guard<backoff<>> && guard<backoff<by_source, exponential_law>> && names_delays<backoff<>>);

}  // namespace penalty
}  // namespace sallyport::inline v0
