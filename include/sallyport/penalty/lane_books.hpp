// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/visit.hpp>
#include <sallyport/penalty/cell_table.hpp>
#include <sallyport/penalty/lane_cells.hpp>
#include <sallyport/penalty/lane_options.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// Which cells are for those who find no other: the higher, the later.
struct coarseness {
    [[nodiscard]] static constexpr bool shared(name const& n) noexcept {
        return n.bytes[0] == '\xff' && n.bytes[1] == '\xff';
    }
    [[nodiscard]] static constexpr bool shared(origin_key const& k) noexcept {
        return k == origin_key{{}, mesh::device};
    }
    [[nodiscard]] static constexpr std::uint32_t of(name const& n) noexcept { return shared(n) ? 1 : 0; }
    [[nodiscard]] static constexpr std::uint32_t of(origin_key const& k) noexcept {
        return k.kind != mesh::device ? static_cast<std::uint32_t>(k.kind) : shared(k) ? 1 : 0;
    }
    [[nodiscard]] static constexpr std::uint32_t of(place_key const& k) noexcept {
        return static_cast<std::uint32_t>(k.from.kind == mesh::device ? mesh::near : k.from.kind);
    }
};

/// Where the lanes lie, in fixed memory. Accounts on file own a slot for ever; other names have as many as
/// the options say, and share sixteen cells, which err upward, only once all of those are live. Sources that
/// find no cell go to their network's, then to that of a larger one, last to one that is called elsewhere; an
/// account's places likewise, but that last of all nothing stands beside the account's own lane. A device
/// that finds no cell shares one. Nothing that is watched is ever folded or evicted.
/// Thread safety: under the storage's lock.
class lane_books {
public:
    using account_table = cell_table<name, account_cell, coarseness>;
    using place_table = cell_table<place_key, place_cell, coarseness>;
    using pair_table = cell_table<pair_key, place_cell>;
    using origin_table = cell_table<origin_key, origin_cell, coarseness>;
    using account = account_table::found;
    using place = place_table::found;
    using pair = pair_table::found;
    using origin = origin_table::found;

    void attach(blueprint& b, lane_options const& o) noexcept {
        options_ = o;
        accounts[0].attach(b, "lanes.unknown/1", o.unknown + shared_accounts);
        accounts[1].attach(b, "lanes.known/1", o.known + shared_accounts);
        places[0].attach(b, "lanes.places_of_unknown/1", limit(o.visitors, mesh::wide));
        places[1].attach(b, "lanes.places/1", limit(o.visitors, mesh::wide));
        sources.attach(b, "lanes.sources/1", limit(o.sources, mesh::elsewhere));
        devices.attach(b, "lanes.devices/1", o.devices + 1);
        pairs.attach(b, "lanes.pairs/1", o.pairs);
        // Not every guard pays for knowing how many coarse cells there are: a count, no search.
        coarse_ = b.claim("lanes.coarse/1", 3);
    }

    /// The account's cell, or one of those that newcomers share once all are live.
    [[nodiscard]] account account_at(visit const& who, nanoseconds now) const noexcept {
        auto const& t = accounts[who.known];
        auto const own = t.look(who.account_hash, who.account);
        if (own.there() || t.can_take(who.account, accounts_limit(who.known), now)) return own;
        name shared{
            "\xff\xff"
            "0"};
        shared.bytes[2] = static_cast<char>('a' + who.account_hash % shared_accounts);
        return t.look(shared);
    }
    [[nodiscard]] bool take(account& a, bool known, nanoseconds now) noexcept {
        std::uint32_t const more = coarseness::shared(a.key) ? shared_accounts : 0;
        return accounts[known].take(a, accounts_limit(known) + more, now);
    }

    /// The cell of an account and a source; nullopt where all are watched: the account's own lane stands
    /// alone.
    [[nodiscard]] std::optional<place> place_at(bool known, cell_ref of, address const& from,
                                                nanoseconds now) const noexcept {
        auto const& t = places[known];
        auto const key = [&](address const& a, mesh m) {
            return place_key{of.packed(), origin_key::of(a, m)};
        };
        return finest(t, from, coarse_.get<word>(known), options_.visitors, now, key);
    }
    /// The cell of an account and a device that is not paired with it.
    [[nodiscard]] std::optional<place> place_at(bool known, cell_ref of, thumbprint const& device,
                                                nanoseconds now) const noexcept {
        auto const own = places[known].look(place_key{of.packed(), origin_key::of(device)});
        bool const room =
            own.there() || places[known].can_take(own.key, limit(options_.visitors, mesh::near), now);
        return room ? std::optional{own} : std::nullopt;
    }
    /// The same place of an account that has just got its slot.
    [[nodiscard]] place renamed(place p, bool known, cell_ref of) const noexcept {
        p.key.account = of.packed();
        p.hash = places[known].hash(p.key);
        return p;
    }
    /// Is it one of the cells that newcomers share?
    [[nodiscard]] bool is_shared(visit const& who, bool known, cell_ref of) const noexcept {
        auto const l = accounts[known].in(of.slot);
        return !l || l->key != who.account;
    }
    [[nodiscard]] bool take(place& p, bool known, nanoseconds now) noexcept {
        bool const fresh = !p.there();
        mesh const m = p.key.from.kind;
        bool const taken =
            places[known].take(p, limit(options_.visitors, m == mesh::device ? mesh::near : m), now);
        if (fresh && taken) count_coarse(known, m);
        return taken;
    }

    /// The cell of a source; there is always one.
    [[nodiscard]] origin source_at(address const& from, nanoseconds now) const noexcept {
        auto const key = [](address const& a, mesh m) { return origin_key::of(a, m); };
        auto const own = finest(sources, from, coarse_.get<word>(2), options_.sources, now, key);
        return own ? *own : sources.look(origin_key{{}, mesh::elsewhere});
    }
    /// The cell of a device; there is always one.
    [[nodiscard]] origin device_at(thumbprint const& id, nanoseconds now) const noexcept {
        auto const own = devices.look(origin_key::of(id));
        return own.there() || devices.can_take(own.key, options_.devices, now)
                   ? own
                   : devices.look(origin_key{{}, mesh::device});
    }
    [[nodiscard]] bool take(origin& o, nanoseconds now) noexcept {
        bool const fresh = !o.there();
        if (o.key.kind == mesh::device) {
            std::uint32_t const more = coarseness::shared(o.key) ? 1 : 0;
            return devices.take(o, options_.devices + more, now);
        }
        bool const taken = sources.take(o, limit(options_.sources, o.key.kind), now);
        if (fresh && taken) count_coarse(2, o.key.kind);
        return taken;
    }

    std::array<account_table, 2> accounts{};  // [0] other names, [1] on file
    std::array<place_table, 2> places{};      // likewise
    origin_table sources{}, devices{};
    pair_table pairs{};

    static constexpr std::uint32_t shared_accounts = 16;

private:
    /// How full a table may get for a cell of that mesh: the coarser, the more is left.
    static constexpr std::uint32_t limit(std::uint32_t fine, mesh m) noexcept {
        std::uint32_t const near = fine + fine / 8 + 1, wide = near + fine / 16 + 1;
        return m == mesh::fine ? fine : m == mesh::near ? near : m == mesh::wide ? wide : wide + 1;
    }
    [[nodiscard]] std::uint32_t accounts_limit(bool known) const noexcept {
        return known ? options_.known : options_.unknown;
    }
    void count_coarse(std::size_t which, mesh m) noexcept {
        if (m == mesh::near || m == mesh::wide) coarse_.put(which, coarse_.get<word>(which) + 1);
    }
    /// Its own cell; else one that its network already uses up, so that nobody gets a fresh budget for having
    /// been folded; else the finest that finds room. `ever`: were there any coarse cells at all?
    template <class Table, class MakeKey>
    static auto finest(Table const& t, address const& from, word ever, std::uint32_t fine, nanoseconds now,
                       MakeKey key) noexcept -> std::optional<decltype(t.look(key(from, mesh::fine)))> {
        auto const own = t.look(key(from, mesh::fine));
        if (own.there()) return own;
        if (ever != 0)
            for (mesh const m : {mesh::near, mesh::wide})
                if (auto const a = coarser(from, m))
                    if (auto const c = t.look(key(*a, m)); c.there() && !c.cell.at_rest(now)) return c;
        if (t.can_take(own.key, limit(fine, mesh::fine), now)) return own;
        for (mesh const m : {mesh::near, mesh::wide})
            if (auto const a = coarser(from, m))
                if (auto const c = key(*a, m); t.can_take(c, limit(fine, m), now)) return t.look(c);
        return std::nullopt;
    }

    lane_options options_{};
    region coarse_{};  // how often coarse cells were ever made: places of unknown and known names, sources
};

}  // namespace penalty
}  // namespace sallyport::inline v0
