// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/options.hpp>
#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/penalty/lane_house.hpp>
#include <sallyport/penalty/lane_lists.hpp>
#include <sallyport/penalty/lane_options.hpp>
#include <sallyport/penalty/lane_watch.hpp>
#include <sallyport/penalty/toll.hpp>
#include <sallyport/penalty/volatile_state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {
namespace penalty {

/// A penalty for who guesses, and for nobody else. Every attempt reserves in all of its lanes, or in none,
/// before it is verified: an account's strangers share one, a source has its own, a paired device another; so
/// the wrong secrets verified against an account in any window are capped by numbers that the compiler can
/// prove, and nothing that happens elsewhere refuses a paired device. An attempt during the wait changes
/// nothing. The same wrong secret repeated from the same place is verified all the same and delays nobody. A
/// right secret releases its own reservation and nothing else. What cannot be guessed pays its source or
/// device alone.
/// Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies; ITU-T I.371; IEC 62443-4-2 CR 1.11.
/// Thread safety: under the gate's lock.
template <class Memory = volatile_state>
class lanes {
public:
    static constexpr bool wants_fingerprint = true;

    explicit lanes(lane_options o = {},
                   Memory memory = {}) noexcept(std::is_nothrow_move_constructible_v<Memory>)
        : at_{.options = o}, memory_{std::move(memory)} {}

    void attach(blueprint& b) noexcept {
        at_.attach(b);
        watch_.attach(b, at_.books);
        if constexpr (Memory::lasting) memory_.attach(b, at_);
        slip_at_ = b.claim_slip(receipt::words);
    }
    /// What is kept over a restart, and how.
    [[nodiscard]] Memory const& memory() const noexcept { return memory_; }
    /// What it has noticed beside its verdicts, one at a time; nullopt: nothing more.
    [[nodiscard]] std::optional<remark> take_remark() noexcept { return watch_.take(); }
    [[nodiscard]] std::string_view fault() const noexcept {
        return !at_.options.fault().empty() ? at_.options.fault() : memory_.fault();
    }

    [[nodiscard]] verdict check(arrival const& a) const noexcept {
        toll const& t = look_at(a);
        nanoseconds const wait = at_.longest_wait(t, a.now.steady);
        if (wait > nanoseconds::zero() || at_.capped(t)) return denial{reason::penalty_delay_active, wait};
        if (!at_.admissible(t, a.now.steady)) return denial{reason::try_again_later, {}};
        return permit;
    }
    void note(arrival const& a) noexcept {
        nanoseconds const now = a.now.steady;
        toll& t = look_at(a);
        forget_what_was_seen();
        kept_ = a.charged != nullptr && take(t, a.who, now);
        if (!kept_) return;
        if (t.account_pays()) lane_of(t.account.cell, t.by).reserve();
        if (t.own_pays()) t.cell().own.reserve();
        if (t.repeat_pays()) t.cell().repeat.reserve();
        if (t.origin_pays()) t.origin.cell.own.reserve();
        if (t.has_place && !t.is_pair) t.cell().kept_until = ring_kept_until(now);
        write(t);
        receipt::of(t, a.who).put(*a.charged, slip_at_);
        // A wrong one is a try as well, and so is a right one with a wrong password.
        if (takes_try(a.who, t.with_code, t.secret) && at_.codes.take_try(t.known, t.account.ref(), now) &&
            !t.with_code)
            watch_.code_burned(a.who, now);
        // Written ahead: nothing is verified whose failure a power loss would forget.
        if constexpr (Memory::lasting) kept_ = memory_.keep(t, a.now);
    }
    /// Could the last arrival be reserved in all of its lanes?
    [[nodiscard]] bool kept() const noexcept { return kept_; }

    void note(failure const& f) noexcept { settle(f.who, f.now.steady, true); }
    void note(withdrawn const& w) noexcept {
        settle(w.who, w.now.steady, false);
        receipt const r = receipt::of(w.who.charged, slip_at_);
        if (r.reserved && takes_try(w.who, r.with_code, r.secret) &&
            at_.books.accounts[r.known].at(r.account))
            at_.codes.give_back(r.known, r.account);
    }
    void note(proof const& p) noexcept {
        settle(p.who, p.now.steady, false);
        if (guessable(p.who.shown)) welcome(p.who, p.as.roles, p.now);
        if constexpr (Memory::lasting) {
            receipt const r = receipt::of(p.who.charged, slip_at_);
            if (r.reserved && guessable(p.who.shown)) memory_.proven(r.known, r.account, p.now);
        }
    }
    /// When what is kept over a restart is written next.
    [[nodiscard]] nanoseconds next_upkeep() const noexcept requires(Memory::lasting) {
        return memory_.next_upkeep();
    }
    void note([[maybe_unused]] upkeep const& u) noexcept {
        if constexpr (Memory::lasting) memory_.note(u);
    }
    /// The secret before a change is known from now on: whoever still sends it does not pay the account's
    /// lanes.
    void note(renewal const& r) noexcept {
        forget_what_was_seen();
        if (r.who.lasting_print == 0) return;
        auto a = at_.books.account_at(r.who, r.now.steady);
        bool const fresh = !a.there();
        if (a.key != r.who.account || !at_.books.take(a, r.who.known, r.now.steady)) return;
        if (fresh) forget_tenant(r.who.known, a.slot);
        at_.old.remember(r.who.known, a.ref(), r.who.lasting_print,
                         saturating_add(r.now.steady, at_.options.old_secret_for));
        a.cell.old_secrets = a.cell.old_secrets != 0 ? 2 : 1;
        at_.books.accounts[r.who.known].write(a);
    }

    /// For administrators: see `lane_lists`.
    template <class F>
    void each_penalty(nanoseconds now, F f) const {
        lane_lists{at_}.each_penalty(now, f);
    }
    template <class F>
    void each_pair(visit const& who, nanoseconds now, F f) const {
        lane_lists{at_}.each_pair(who, now, f);
    }
    /// Forgets what is owed: with an account and a source that of the account from there and of the source;
    /// with an account alone all that is the account's, from wherever; with a source alone that of the
    /// source; with neither that of the cells which newcomers share. Attempts in flight stay reserved. True
    /// where there was something to forget.
    bool clear_penalty(visit const& who, instant now) noexcept {
        forget_what_was_seen();
        forgiver clear{now.steady};
        bool& some = clear.some;
        if (who.source.known()) {
            auto s = at_.books.sources.look(origin_key::of(who.source, mesh::fine));
            clear(s.cell.own), at_.books.sources.write(s);
        }
        if (who.account.empty() && !who.source.known()) {
            clear_shared(who.known, clear);
            if (some) remember(now);
            return some;
        }
        auto a = at_.books.accounts[who.known].look(who.account_hash, who.account);
        if (who.account.empty() || !a.there()) return some;
        at_.books.places[who.known].each([&](auto l) {
            bool const from_there =
                !who.source.known() || l.key.from == origin_key::of(who.source, mesh::fine);
            if (l.key.account != a.ref().packed() || !from_there) return;
            clear(l.cell.own), clear(l.cell.repeat);
            at_.books.places[who.known].write(l.ref, l.cell);
        });
        if (who.source.known()) return some;
        clear(a.cell);
        at_.books.accounts[who.known].write(a);
        at_.pairs.each(at_.books, who.known, a.ref(), [&](auto l, pair_history const&) {
            clear(l.cell.own), clear(l.cell.repeat);
            at_.books.pairs.write(l.ref, l.cell);
        });
        if (some) remember(now);
        return some;
    }
    /// Pairs a device with an account that the host, or an administrator, vouches for; where the account has
    /// as many as it may, one that owes nothing makes room. True where they are paired now.
    bool pair(visit const& who, thumbprint const& id, pairing_kind how, instant now) noexcept {
        forget_what_was_seen();
        auto a = at_.books.account_at(who, now.steady);
        if (a.key != who.account) return false;
        bool const fresh = !a.there();
        if (!at_.books.take(a, who.known, now.steady)) return false;
        if (fresh) forget_tenant(who.known, a.slot);
        bool const paired =
            at_.pairs.add(at_.books, who.known, a.ref(), id, now, how, how == pairing_kind::appointed);
        remember(now);
        return paired;
    }
    /// Is that visitor paired with the account that he names?
    [[nodiscard]] bool is_pair(visit const& who, instant now) const noexcept {
        return at_.survey(who, now.steady, 0).is_pair;
    }
    /// A pairing code is out for that account, in place of any that was. False where it has no cell of its
    /// own.
    bool issue_code(visit const& who, word code_hash, instant now) noexcept {
        forget_what_was_seen();
        auto a = at_.books.account_at(who, now.steady);
        bool const fresh = !a.there();
        if (a.key != who.account || !at_.books.take(a, who.known, now.steady)) return false;
        if (fresh) forget_tenant(who.known, a.slot);
        at_.codes.issue(who.known, a.ref(), code_hash, now.steady);
        return true;
    }
    /// Ends a pair; all of the account's where no device is named. How many.
    std::size_t revoke_pair(visit const& who, thumbprint const& id, instant now) noexcept {
        forget_what_was_seen();
        auto const a = at_.books.accounts[who.known].look(who.account_hash, who.account);
        if (!a.there()) return 0;
        std::size_t n = 0;
        at_.pairs.each(at_.books, who.known, a.ref(), [&](auto const& l, pair_history const&) {
            if (id.known() && l.key.id != id) return;
            n += at_.pairs.revoke(at_.books, who.known, a.ref(), l.key.id) ? 1 : 0;
        });
        if (n != 0) remember(now);
        return n;
    }
    /// A device has another certificate: whoever was paired with the one is with the other. How many pairs: a
    /// bounded share of them; ask again until there are none.
    std::size_t carry_pairs_over(thumbprint const& from, thumbprint const& to, instant now) noexcept {
        forget_what_was_seen();
        std::size_t n = 0;
        for (bool const known : {false, true})
            at_.books.accounts[known].each([&](auto const& a) {
                if (a.cell.pairs != 0 && n < 16)
                    n += at_.pairs.carry_over(at_.books, known, a.ref, from, to, now.steady) ? 1 : 0;
            });
        if (n != 0) remember(now);
        return n;
    }

    /// What a fresh secret of that visitor must wait now.
    [[nodiscard]] nanoseconds delay(visit const& who, instant now) const noexcept {
        // A failure has just settled the very lanes that a fresh secret meets: they are not looked up again.
        if (owed_.of.reserved && owed_.now == now.steady && owed_.of == receipt::of(who.charged, slip_at_))
            return owed_.wait;
        return at_.longest_wait(at_.survey(who, now.steady, 0), now.steady);
    }

private:
    /// What an arrival costs. It is asked twice under one hold of the lock, by `check` and by `note`, and
    /// looked up once.
    toll& look_at(arrival const& a) const noexcept {
        look const l{
            &a.who, a.now.steady, a.at_door, a.who.account_hash, a.who.fingerprint, a.charged != nullptr};
        bool const same = l.noting && looked_.who == l.who && looked_.now == l.now &&
                          looked_.at_door == l.at_door && looked_.account == l.account &&
                          looked_.fingerprint == l.fingerprint;
        if (!same) seen_ = at_.survey(a.who, a.now.steady, a.who.fingerprint, a.at_door);
        looked_ = l;
        return seen_;
    }
    /// What was looked up is about to change.
    void forget_what_was_seen() noexcept {
        looked_.who = nullptr;
        owed_.of.reserved = false;
    }
    /// Not a wrong code with a secret that the account's lanes let through unpaid, again and again: else
    /// whoever they keep out would burn the owner's codes from there.
    [[nodiscard]] static bool takes_try(visit const& who, bool with_code, secret_kind secret) noexcept {
        return who.code != 0 && (with_code || secret == secret_kind::fresh);
    }
    /// What was owed is forgotten.
    struct forgiver {
        nanoseconds now;
        bool some = false;  // was there anything?

        void operator()(lane& l) noexcept {
            if (l.tat > now.count()) some = true, l.tat = 0;
        }
        void operator()(account_cell& c) noexcept {
            (*this)(c.strangers), (*this)(c.trusted), (*this)(c.at_console);
            some = some || c.consecutive != 0;
            c.consecutive = 0;
        }
    };
    void clear_shared(bool known, forgiver& clear) noexcept {
        auto& accounts = at_.books.accounts[known];
        accounts.each_cell([&](cell_ref of, account_cell c) {
            if (!coarseness::shared(accounts.key_in(of.slot))) return;
            clear(c);
            accounts.write(of, c);
        });
        at_.books.places[known].each([&](auto l) {
            if (!coarseness::shared(accounts.key_in(cell_ref::unpacked(l.key.account).slot))) return;
            clear(l.cell.own), clear(l.cell.repeat);
            at_.books.places[known].write(l.ref, l.cell);
        });
    }
    /// On disk now, where there is one.
    void remember([[maybe_unused]] instant now) noexcept {
        if constexpr (Memory::lasting) (void)memory_.changed(now);
    }

    // ---- reserve and settle ----

    /// The slot has a new tenant.
    void forget_tenant(bool known, std::uint32_t slot) noexcept {
        at_.old.forget(known, slot);
        at_.pairs.forget(known, slot);
    }

    /// Gives each cell that is new its place.
    [[nodiscard]] bool take(toll& t, visit const& who, nanoseconds now) noexcept {
        if (guessable(who.shown)) {
            bool const fresh = !t.account.there();
            if (!at_.books.take(t.account, t.known, now)) return false;
            if (fresh) forget_tenant(t.known, t.account.slot);
            if (t.has_place && !t.is_pair) {
                if (fresh) t.place = at_.books.renamed(t.place, t.known, t.account.ref());
                if (!at_.books.take(t.place, t.known, now)) return false;
            }
        }
        return !t.origin_pays() || at_.books.take(t.origin, now);
    }
    void write(toll const& t) noexcept {
        if (t.account.there()) at_.books.accounts[t.known].write(t.account);
        if (t.has_place && t.is_pair) at_.books.pairs.write(t.pair);
        if (t.has_place && !t.is_pair) at_.books.places[t.known].write(t.place);
        if (t.origin_pays())
            (t.origin.key.kind == mesh::device ? at_.books.devices : at_.books.sources).write(t.origin);
    }
    /// What becomes of a reservation, lane by lane.
    struct settlement {
        receipt const& of;
        visit const& who;
        nanoseconds now;
        bool failed;
        nanoseconds wait{};         // the longest of the lanes that were settled
        bool as_at_arrival = true;  // would the same visitor meet the same lanes now?

        void settle(lane& l, lane_rate const& r) noexcept {
            if (!failed) return l.release();
            l.fail(r, now);
            wait = std::max(wait, l.retry_after(r, now));
        }
    };
    /// What was reserved is settled in the very cells that it was reserved in.
    void settle(visit const& who, nanoseconds now, bool failed) noexcept {
        forget_what_was_seen();
        receipt const r = receipt::of(who.charged, slip_at_);
        if (!r.reserved) return;
        settlement s{r, who, now, failed};
        settle_account(s);
        if (r.is_pair)
            settle_place(s, at_.books.pairs);
        else
            settle_place(s, at_.books.places[r.known]);
        if (failed && r.secret == secret_kind::old) watch_.heard_old(who, now);
        settle_origin(s);
        if (failed && s.as_at_arrival && r.all_its_own) owed_ = {r, now, s.wait};
    }
    void settle_account(settlement& s) noexcept {
        receipt const& r = s.of;
        auto c = at_.books.accounts[r.known].at(r.account);
        s.as_at_arrival =
            c && (r.is_pair || c->pairs == 0 || !(s.who.device.known() || s.who.pairing.known()));
        if (!c || r.secret != secret_kind::fresh) return;
        if (r.by != account_lane::none) s.settle(lane_of(*c, r.by), rate_of(at_.options, r.by));
        if (s.failed && at_.options.consecutive_cap != 0 &&
            c->consecutive != std::numeric_limits<std::uint32_t>::max())
            ++c->consecutive;
        at_.books.accounts[r.known].write(r.account, *c);
    }
    template <class Table>
    void settle_place(settlement& s, Table& table) noexcept {
        receipt const& r = s.of;
        auto c = table.at(r.place);
        if (!c) {
            s.as_at_arrival = s.as_at_arrival && r.place.slot == 0;
            return;
        }
        if (r.own_pays) s.settle(c->own, r.is_pair ? at_.options.paired : at_.options.account_and_source);
        if (r.secret == secret_kind::repeated) s.settle(c->repeat, at_.options.repeat);
        if (s.failed && r.has_ring) {
            c->remember(s.who.fingerprint);
            auto const where = r.is_pair ? lane_watch::table::pairs
                               : r.known ? lane_watch::table::known
                                         : lane_watch::table::unknown;
            watch_.heard(where, r.place, s.who, s.now, [&] { return administers(r); });
        }
        table.write(r.place, *c);
    }
    void settle_origin(settlement& s) noexcept {
        receipt const& r = s.of;
        if (r.origin.slot == 0) return;
        auto& t = r.origin_mesh == mesh::device ? at_.books.devices : at_.books.sources;
        auto c = t.at(r.origin);
        s.as_at_arrival = s.as_at_arrival && c;
        if (!c) return;
        s.settle(c->own, at_.origin_rate(r.origin_mesh));
        t.write(r.origin, *c);
    }
    [[nodiscard]] bool administers(receipt const& r) const noexcept {
        auto const c = at_.books.accounts[r.known].at(r.account);
        return c && c->administers != 0;
    }
    [[nodiscard]] nanoseconds::rep ring_kept_until(nanoseconds now) const noexcept {
        return saturating_add(now, at_.options.account_and_source.every).count();
    }

    /// A right password: the device that it came from is the account's own from now on.
    void welcome(visit const& who, role_set const& roles, instant now) noexcept {
        receipt const r = receipt::of(who.charged, slip_at_);
        if (!r.reserved) return;
        auto c = at_.books.accounts[r.known].at(r.account);
        if (!c) return;
        bool const acts = r.is_pair || r.by == account_lane::at_console || at_.options.consecutive_cap == 0 ||
                          c->consecutive < at_.options.consecutive_cap;
        if (acts) c->consecutive = 0;
        c->administers = roles.meets(at_.options.administrators) ? 1 : 0;
        at_.books.accounts[r.known].write(r.account, *c);
        if (r.with_code) at_.codes.use_up(r.known, r.account);
        auto const how = r.with_code ? pairing_kind::by_code : pairing_kind::proven;
        if (r.is_pair)
            at_.pairs.used(at_.books, r.place, now);
        else if (who.device.known() && !at_.books.is_shared(who, r.known, r.account) &&
                 at_.pairs.add(at_.books, r.known, r.account, who.device.print(), now, how))
            remember(now);
    }

    lane_house at_;
    [[no_unique_address]] Memory memory_;
    lane_watch watch_{};
    struct look {
        visit const* who = nullptr;  // compared, never followed
        nanoseconds now{};
        std::size_t at_door = 0;
        word account = 0, fingerprint = 0;
        bool noting = false;
    };
    mutable look looked_{};  // for whom `seen_` was looked up
    mutable toll seen_{};
    struct debt {
        receipt of{};  // nothing is reserved in it: of nobody
        nanoseconds now{}, wait{};
    };
    debt owed_{};  // what the last failure left behind
    std::size_t slip_at_ = 0;
    bool kept_ = true;
};
static_assert(guard<lanes<>> && names_delays<lanes<>> && may_fail_to_keep<lanes<>>);

}  // namespace penalty
}  // namespace sallyport::inline v0
