// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/pair_entry.hpp>
#include <sallyport/penalty/lane_books.hpp>
#include <sallyport/penalty/lane_options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace sallyport::inline v0 {
namespace penalty {

/// When a pair was made and used.
struct pair_history {
    word last_use = 0;           ///< a count over all pairs; the least has been unused longest
    std::int64_t made_wall = 0;  ///< wall nanoseconds, for lists
    std::int64_t used_wall = 0;  ///< likewise
    pairing_kind kind = pairing_kind::proven;
};

/// Which devices an account is paired with: at most so many, and the one unused longest leaves.
/// Thread safety: under the storage's lock.
class pair_list {
public:
    void attach(blueprint& b, lane_options const& o) noexcept {
        most_ = std::clamp(o.pairs_per_account, std::uint32_t{1}, lane_options::most_pairs_per_account);
        all_ = o.pairs;
        own_rate_ = o.paired, repeat_rate_ = o.repeat;
        shelves_[0] = b.claim("lanes.pairs_of_unknown/1", (o.unknown + lane_books::shared_accounts) * width);
        shelves_[1] = b.claim("lanes.pairs_of_known/1", (o.known + lane_books::shared_accounts) * width);
        histories_ = b.claim("lanes.histories/1", std::size_t{o.pairs} * words_of<pair_history> + 1);
    }
    /// Pairs them; true where they are paired now. `only_resting`: nobody whose budget is spent makes room.
    [[nodiscard]] bool add(lane_books& books, bool known, cell_ref of, thumbprint const& id, instant now,
                           pairing_kind kind = pairing_kind::proven, bool only_resting = false) noexcept {
        auto a = books.accounts[known].at(of);
        if (!a || !id.known()) return false;
        auto p = books.pairs.look(pair_key{pair_key::whose(known, of), id});
        if (p.there()) return used(books, p.ref(), now), true;
        shelf s = shelf_of(known, of);
        auto place = std::find(s.begin(), s.end(), 0U);
        if (a->pairs >= most_ || place == s.end()) {
            place = longest_unused(books, s, now.steady, only_resting);
            if (place == s.end()) return false;
            drop(books, *place);
            --a->pairs;
        }
        p.cell.kept_until = std::numeric_limits<std::int64_t>::max();  // a pair makes room for nobody else's
        if (!books.pairs.take(p, all_, now.steady)) {
            *place = 0;
            save(books, known, of, *a, s);
            return false;
        }
        *place = p.slot;
        ++a->pairs;
        histories_.put(at(p.slot), pair_history{next_use(), now.wall.count(), now.wall.count(), kind});
        save(books, known, of, *a, s);
        return true;
    }
    void used(lane_books const& books, cell_ref pair, instant now) noexcept {
        if (!books.pairs.at(pair)) return;
        auto h = histories_.get<pair_history>(at(pair.slot));
        h.last_use = next_use(), h.used_wall = now.wall.count();
        histories_.put(at(pair.slot), h);
    }
    /// False where there is no such pair.
    bool revoke(lane_books& books, bool known, cell_ref of, thumbprint const& id) noexcept {
        auto a = books.accounts[known].at(of);
        auto const p = books.pairs.look(pair_key{pair_key::whose(known, of), id});
        if (!a || !p.there()) return false;
        shelf s = shelf_of(known, of);
        std::replace(s.begin(), s.end(), p.slot, 0U);
        drop(books, p.slot);
        a->pairs -= a->pairs != 0 ? 1 : 0;
        save(books, known, of, *a, s);
        return true;
    }
    /// Another certificate takes the place of one; what it owes goes with it, and each attempt in flight as
    /// if it had failed: it is settled in a cell that is no more. False where there is no such pair, or the
    /// other is one already.
    bool carry_over(lane_books& books, bool known, cell_ref of, thumbprint const& from, thumbprint const& to,
                    nanoseconds now) noexcept {
        auto const old = books.pairs.look(pair_key{pair_key::whose(known, of), from});
        auto fresh = books.pairs.look(pair_key{pair_key::whose(known, of), to});
        if (!books.accounts[known].at(of) || !old.there() || fresh.there() || !to.known()) return false;
        auto const history = histories_.get<pair_history>(at(old.slot));
        shelf s = shelf_of(known, of);
        auto const place = std::find(s.begin(), s.end(), old.slot);
        if (place == s.end()) return false;
        books.pairs.erase(old);
        fresh.cell = old.cell;
        charge_those_in_flight(fresh.cell.own, own_rate_, now);
        charge_those_in_flight(fresh.cell.repeat, repeat_rate_, now);
        if (!books.pairs.take(fresh, all_, nanoseconds::zero())) return false;
        histories_.put(at(fresh.slot), history);
        *place = fresh.slot;
        shelves_[known].put(shelf_at(of), s);
        return true;
    }
    /// f(pair's line, history) for each pair of an account.
    template <class F>
    void each(lane_books const& books, bool known, cell_ref of, F f) const {
        each_slot(books, known, of, [&](std::uint32_t slot) {
            if (auto const l = books.pairs.in(slot)) f(*l, histories_.get<pair_history>(at(slot)));
        });
    }
    /// How many it has.
    [[nodiscard]] std::size_t count(lane_books const& books, bool known, cell_ref of) const noexcept {
        std::size_t n = 0;
        each_slot(books, known, of, [&](std::uint32_t) { ++n; });
        return n;
    }
    [[nodiscard]] pair_history history(std::uint32_t slot) const noexcept {
        return histories_.get<pair_history>(at(slot));
    }
    void restore(std::uint32_t slot, pair_history const& h) noexcept {
        histories_.put(at(slot), h);
        std::size_t const last = std::size_t{all_} * words_of<pair_history>;
        histories_.put(last, std::max(histories_.get<word>(last), h.last_use));
    }
    /// The account's slot has a new tenant.
    void forget(bool known, std::uint32_t account_slot) noexcept {
        if (account_slot != 0) shelves_[known].put((account_slot - 1) * width, shelf{});
    }

private:
    using shelf = std::array<std::uint32_t, lane_options::most_pairs_per_account>;
    static constexpr std::size_t width = words_of<shelf>;
    static constexpr std::size_t at(std::uint32_t slot) noexcept {
        return (slot - 1) * words_of<pair_history>;
    }
    static constexpr std::size_t shelf_at(cell_ref of) noexcept { return (of.slot - 1) * width; }

    /// f(slot) for each pair of an account; by its key, which is less to read than all of it.
    template <class F>
    void each_slot(lane_books const& books, bool known, cell_ref of, F f) const {
        if (of.slot == 0) return;
        for (std::uint32_t const slot : shelf_of(known, of))
            if (slot != 0 && books.pairs.key_in(slot).account == pair_key::whose(known, of)) f(slot);
    }

    [[nodiscard]] shelf shelf_of(bool known, cell_ref of) const noexcept {
        return shelves_[known].get<shelf>(shelf_at(of));
    }
    void save(lane_books& books, bool known, cell_ref of, account_cell const& a, shelf const& s) noexcept {
        shelves_[known].put(shelf_at(of), s);
        books.accounts[known].write(of, a);
    }
    static void charge_those_in_flight(lane& l, lane_rate const& r, nanoseconds now) noexcept {
        if (l.in_flight == 0) return;
        l.tat = saturating_add(std::max(nanoseconds{l.tat}, now), r.so_many(l.in_flight)).count();
        l.in_flight = 0;
    }
    static void drop(lane_books& books, std::uint32_t slot) noexcept {
        if (auto const l = books.pairs.in(slot)) books.pairs.erase(books.pairs.look(l->key));
    }
    [[nodiscard]] shelf::iterator longest_unused(lane_books const& books, shelf& s, nanoseconds now,
                                                 bool only_resting) const noexcept {
        auto found = s.end();
        word least = std::numeric_limits<word>::max();
        for (auto i = s.begin(); i != s.end(); ++i) {
            auto const l = books.pairs.in(*i);
            if (!l || l->cell.own.in_flight != 0) continue;
            if (only_resting && !l->cell.own.at_rest(now)) continue;
            if (word const use = history(*i).last_use; use < least) least = use, found = i;
        }
        return found;
    }
    [[nodiscard]] word next_use() noexcept {
        std::size_t const last = std::size_t{all_} * words_of<pair_history>;
        word const n = histories_.get<word>(last) + 1;
        histories_.put(last, n);
        return n;
    }

    std::array<region, 2> shelves_{};
    region histories_{};
    std::uint32_t most_ = 1, all_ = 1;
    lane_rate own_rate_{}, repeat_rate_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
