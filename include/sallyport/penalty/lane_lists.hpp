// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/pair_entry.hpp>
#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/penalty/lane_house.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// What administrators see of the lanes, and what they may clear.
/// Thread safety: under the storage's lock.
class lane_lists {
public:
    explicit lane_lists(lane_house const& of) noexcept : at_{of} {}

    /// f(penalty_entry) for each lane that owes something or has an attempt in flight.
    template <class F>
    void each_penalty(nanoseconds now, F f) const {
        for (bool const known : {false, true}) {
            at_.books.accounts[known].each([&](auto const& l) {
                penalty_entry const whose = entry_of(l.key, known);
                tell(whose, "strangers", l.cell.strangers, at_.options.strangers, now, f);
                tell(whose, "trusted", l.cell.trusted, at_.options.trusted, now, f);
                tell(whose, "console", l.cell.at_console, at_.options.at_console, now, f);
            });
            at_.books.places[known].each([&](auto const& l) {
                penalty_entry whose = account_of(known, l.key.account);
                whose.source = l.key.from.source();
                bool const device = l.key.from.kind == mesh::device;
                tell(whose, "account_and_source", l.cell.own, at_.options.account_and_source, now, f);
                tell(whose, device ? "repeat_of_device" : "repeat_of_source", l.cell.repeat,
                     at_.options.repeat, now, f);
            });
        }
        at_.books.pairs.each([&](auto const& l) {
            bool const known = (l.key.account & pair_key::on_file) != 0;
            penalty_entry whose = account_of(known, l.key.account & ~pair_key::on_file);
            whose.device = l.key.id;
            tell(whose, "paired", l.cell.own, at_.options.paired, now, f);
            tell(whose, "repeat_of_pair", l.cell.repeat, at_.options.repeat, now, f);
        });
        for (auto const* const table : {&at_.books.sources, &at_.books.devices})
            table->each([&](auto const& l) {
                penalty_entry whose{.policy = policy, .source = l.key.source()};
                whose.shared = l.key.kind != mesh::fine && l.key.kind != mesh::device;
                tell(whose, lane_name(l.key.kind), l.cell.own, at_.origin_rate(l.key.kind), now, f);
            });
    }
    /// f(pair_entry) for each pair of the visitor's account; of all where it has no name.
    template <class F>
    void each_pair(visit const& who, nanoseconds now, F f) const {
        for (bool const known : {true, false})
            at_.books.accounts[known].each([&](auto const& a) {
                if (a.cell.pairs == 0 || (!who.account.empty() && a.key != who.account)) return;
                at_.pairs.each(at_.books, known, a.ref, [&](auto const& l, pair_history const& h) {
                    f(pair_entry{.account = a.key,
                                 .device = l.key.id,
                                 .how = h.kind,
                                 .made_wall = nanoseconds{h.made_wall},
                                 .used_wall = nanoseconds{h.used_wall},
                                 .failures = count(l.cell.own.spent(at_.options.paired, now)),
                                 .delay = l.cell.own.retry_after(at_.options.paired, now)});
                });
            });
    }

private:
    static constexpr std::string_view policy = "penalty::lanes";

    static constexpr std::string_view lane_name(mesh m) noexcept {
        switch (m) {
            case mesh::fine: return "source";
            case mesh::near: return "network";
            case mesh::wide: return "wide_network";
            case mesh::elsewhere: return "elsewhere";
            case mesh::device: return "device";
        }
        return "source";
    }
    static constexpr std::uint32_t count(std::uint64_t n) noexcept {
        return static_cast<std::uint32_t>(
            std::min<std::uint64_t>(n, std::numeric_limits<std::uint32_t>::max()));
    }
    static penalty_entry entry_of(name const& account, bool known) noexcept {
        bool const shared = account.bytes[0] == '\xff' && account.bytes[1] == '\xff';
        return {.policy = policy, .account = shared ? name{} : account, .known = known, .shared = shared};
    }
    [[nodiscard]] penalty_entry account_of(bool known, word ref) const noexcept {
        cell_ref const r = cell_ref::unpacked(ref);
        auto const l = at_.books.accounts[known].in(r.slot);
        bool const there = l && l->ref.generation == r.generation;
        return there ? entry_of(l->key, known) : penalty_entry{.policy = policy, .known = known};
    }
    template <class F>
    static void tell(penalty_entry whose, std::string_view name_of_lane, lane const& l, lane_rate const& r,
                     nanoseconds now, F& f) {
        if (l.at_rest(now)) return;
        whose.lane = name_of_lane;
        whose.failures = count(l.spent(r, now));
        whose.in_flight = count(l.in_flight);
        whose.delay = l.retry_after(r, now);
        f(whose);
    }

    lane_house const& at_;
};

}  // namespace penalty
}  // namespace sallyport::inline v0
