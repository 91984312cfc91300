// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/visit.hpp>
#include <sallyport/penalty/lane_books.hpp>
#include <sallyport/penalty/lane_options.hpp>
#include <sallyport/penalty/old_secrets.hpp>
#include <sallyport/penalty/pair_list.hpp>
#include <sallyport/penalty/pairing_codes.hpp>
#include <sallyport/penalty/toll.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sallyport::inline v0 {
namespace penalty {

/// All that the lanes keep, and who pays what: looks, and changes nothing.
/// Thread safety: under the storage's lock.
struct lane_house {
    lane_options options{};
    lane_books books{};
    pair_list pairs{};
    old_secrets old{};
    pairing_codes codes{};

    void attach(blueprint& b) noexcept {
        auto const& o = options;
        auto const each = [](lane_rate const& r) {
            return std::array{std::uint64_t{r.burst}, static_cast<std::uint64_t>(r.every.count())};
        };
        b.options("lanes", each(o.strangers), each(o.account_and_source), each(o.source), each(o.trusted),
                  each(o.paired), each(o.device), each(o.at_console), each(o.repeat), each(o.elsewhere),
                  o.panel, o.consecutive_cap, o.old_secret_for, o.administrators, o.known, o.unknown,
                  o.visitors, o.sources, o.devices, o.pairs, o.pairs_per_account);
        books.attach(b, options);
        pairs.attach(b, options);
        old.attach(b, options);
        codes.attach(b, options);
    }

    /// What this attempt costs, and where.
    [[nodiscard]] toll survey(visit const& who, nanoseconds now, word fingerprint) const noexcept {
        toll t;
        t.known = who.known;
        bool const device = who.device.known();
        if (!guessable(who.shown)) {
            charge_origin(t, who, device ? who.device.print() : thumbprint{}, true, now);
            return t;
        }
        bool const console = options.panel == console::composed && who.presence == whereabouts::console;
        t.account = books.account_at(who, now);
        thumbprint bearer = device ? who.device.print() : thumbprint{};
        if (t.account.cell.pairs != 0) find_pair(t, who);
        if (t.is_pair && !device) bearer = t.pair.key.id;
        t.by = console     ? account_lane::at_console
               : t.is_pair ? account_lane::none
               : device    ? account_lane::trusted
                           : account_lane::strangers;
        if (!t.is_pair) {
            auto const at = device               ? books.place_at(t.known, t.account.ref(), bearer, now)
                            : who.source.known() ? books.place_at(t.known, t.account.ref(), who.source, now)
                                                 : std::nullopt;
            t.has_place = at.has_value();
            if (at) t.place = *at;
        }
        t.place_pays = !console && t.has_place && (t.is_pair || !device);
        charge_origin(t, who, bearer, !console, now);
        t.with_code = who.code != 0 && codes.right(t.known, t.account.ref(), who.code, now);
        if (t.with_code) {
            t.by = account_lane::none, t.place_pays = false;
            t.has_origin = t.has_origin && t.origin.key.kind == mesh::device;
        } else if (t.has_ring() && t.cell().heard(fingerprint))
            t.secret = secret_kind::repeated;
        else if (fingerprint != 0 && t.account.cell.old_secrets != 0 &&
                 old.knows(t.known, t.account.ref(), who.lasting_print, now))
            t.secret = secret_kind::old;
        return t;
    }
    /// The same, of what lies in a storage that others write to.
    [[nodiscard]] toll survey(visit const& who, nanoseconds now, word fingerprint,
                              std::size_t at_door) const noexcept {
        toll t = survey(who, now, fingerprint);
        auto const hold = [&](lane& l, lane_rate const& r) { l.hold_to(r, now, at_door); };
        if (t.account.there()) {
            hold(t.account.cell.strangers, options.strangers), hold(t.account.cell.trusted, options.trusted);
            hold(t.account.cell.at_console, options.at_console);
        }
        if (t.has_place) hold(t.cell().own, own_rate(t)), hold(t.cell().repeat, options.repeat);
        if (t.has_origin) hold(t.origin.cell.own, origin_rate(t.origin.key.kind));
        return t;
    }
    [[nodiscard]] lane_rate const& own_rate(toll const& t) const noexcept {
        return t.is_pair ? options.paired : options.account_and_source;
    }
    [[nodiscard]] lane_rate const& origin_rate(mesh m) const noexcept {
        return m == mesh::device ? options.device : m == mesh::elsewhere ? options.elsewhere : options.source;
    }
    [[nodiscard]] nanoseconds longest_wait(toll const& t, nanoseconds now) const noexcept {
        nanoseconds longest{};
        each_lane(t, [&](lane const& l, lane_rate const& r) {
            longest = std::max(longest, l.retry_after(r, now));
        });
        return longest;
    }
    [[nodiscard]] bool admissible(toll const& t, nanoseconds now) const noexcept {
        bool all = !capped(t, true);
        each_lane(t, [&](lane const& l, lane_rate const& r) { all = all && l.admissible(r, now); });
        return all;
    }
    /// Has the account heard so many wrong secrets in a row that strangers and unpaired devices stay out?
    [[nodiscard]] bool capped(toll const& t, bool with_those_in_flight = false) const noexcept {
        if (options.consecutive_cap == 0 || !t.account_pays() || t.by == account_lane::at_console)
            return false;
        std::uint64_t const flying = t.account.cell.strangers.in_flight + t.account.cell.trusted.in_flight;
        return t.account.cell.consecutive + (with_those_in_flight ? flying : 0) >= options.consecutive_cap;
    }

private:
    /// A paired device is known by its certificate, or by a cookie that was given for this very account.
    void find_pair(toll& t, visit const& who) const noexcept {
        for (thumbprint const& id : {who.pairing, who.device.print()}) {
            if (t.is_pair || !id.known()) continue;
            t.pair = books.pairs.look(pair_key{pair_key::whose(t.known, t.account.ref()), id});
            t.is_pair = t.has_place = t.pair.there();
        }
    }
    void charge_origin(toll& t, visit const& who, thumbprint const& device, bool source_pays,
                       nanoseconds now) const noexcept {
        t.has_origin = device.known() || (source_pays && who.source.known());
        if (!t.has_origin) return;
        t.origin = device.known() ? books.device_at(device, now) : books.source_at(who.source, now);
        // No other device's debts refuse one that is paired: where it finds no cell, its pair's lane stands
        // alone.
        if (t.is_pair && coarseness::shared(t.origin.key)) t.has_origin = false;
    }
    /// f(lane, rate) for each lane that pays.
    template <class F>
    void each_lane(toll const& t, F f) const noexcept {
        if (t.account_pays()) f(lane_of(t.account.cell, t.by), rate_of(options, t.by));
        if (t.own_pays()) f(t.cell().own, own_rate(t));
        if (t.repeat_pays()) f(t.cell().repeat, options.repeat);
        if (t.origin_pays()) f(t.origin.cell.own, origin_rate(t.origin.key.kind));
    }
};

}  // namespace penalty
}  // namespace sallyport::inline v0
