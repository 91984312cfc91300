// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/fixed_table.hpp>
#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sallyport::inline v0 {
namespace penalty {

/// A record of a ledger: `in_flight` reservations, and `at_rest(now)`: worth no more than a fresh one.
/// `rests_by_time`: can it come to rest by waiting? If not, nothing that is kept is ever at rest, and no one
/// looks for it.
template <class R>
concept ledger_record = wordy<R> && requires(R r, nanoseconds now) {
    { r.in_flight } -> std::convertible_to<std::uint64_t>;
    { r.at_rest(now) }
    noexcept->std::same_as<bool>;
    { R::rests_by_time } -> std::convertible_to<bool>;
};

/// Who owes what. Accounts on file have a table to themselves, all other names another, so that spraying
/// names evicts no owner. Only what is at rest is ever cleared. Full: newcomers share one cell, which errs
/// upward (more failures, never fewer); whoever has a cell of his own keeps it.
/// Thread safety: under the storage's lock.
template <wordy Key, ledger_record Record>
class ledger {
public:
    /// A record taken out to be looked at or changed, and where it belongs.
    struct cell {
        Key key;
        word hash;
        Record record;
        std::uint32_t slot;  // where it lies; 0: not on record yet
        bool known;
    };

    void attach(blueprint& b, std::uint32_t known, std::uint32_t unknown) noexcept {
        // One more each: the shared cell.
        owners_.attach(b, "ledger.known/1", known == 0 ? 1 : known + 1);
        others_.attach(b, "ledger.unknown/1", unknown + 1);
        shared_ = hash(Key{});
    }
    [[nodiscard]] word hash(Key const& k) const noexcept { return others_.hash(k); }

    /// The record that an attempt meets when it arrives.
    [[nodiscard]] cell at_arrival(Key const& k, word h, bool known, nanoseconds now) const noexcept {
        table const& t = known ? owners_ : others_;
        if (auto const n = t.locate(h, k); n != 0) return {k, h, t.value(n), n, known};
        if (has_room(t) || resting(known, now) != 0) return {k, h, Record{}, 0, known};
        return shared_cell(known);
    }
    /// The record that a settlement belongs to. Finest first: with that rule reservations are conserved
    /// though no ticket says which cell was charged.
    [[nodiscard]] cell at_settling(Key const& k, word h, bool known) const noexcept {
        table const& t = known ? owners_ : others_;
        if (auto const n = t.locate(h, k); n != 0)
            if (Record const r = t.value(n); r.in_flight > 0) return {k, h, r, n, known};
        return shared_cell(known);
    }
    /// The record itself, for administrators; nullopt where there is none.
    [[nodiscard]] std::optional<cell> find(Key const& k, word h, bool known) const noexcept {
        table const& t = known ? owners_ : others_;
        auto const n = t.locate(h, k);
        return n != 0 ? std::optional{cell{k, h, t.value(n), n, known}} : std::nullopt;
    }
    /// Puts a cell back as it is now; nothing was written since it was taken out.
    void write(cell const& c, nanoseconds now) noexcept {
        table& t = c.known ? owners_ : others_;
        if (c.record.at_rest(now)) return t.erase(c.hash, c.key);
        if constexpr (Record::rests_by_time) {
            if (!has_room(t) && c.key != Key{} && c.slot == 0)
                if (auto const n = resting(c.known, now); n != 0) {
                    Key const gone = t.key(n);
                    t.erase(t.hash(gone), gone);
                }
            hand_[c.known] += reach;
        }
        if (c.slot != 0) return t.replace(c.slot, c.record);
        // There is room: `at_arrival` saw to it, and the shared cell has its own.
        (void)t.store(c.hash, c.key, c.record);
    }
    /// f(key, record, known) for each record.
    template <class F>
    void each(F f) const {
        for (std::uint32_t n = 1; n <= others_.used(); ++n)
            if (others_.taken(n)) f(others_.key(n), others_.value(n), false);
        for (std::uint32_t n = 1; n <= owners_.used(); ++n)
            if (owners_.taken(n)) f(owners_.key(n), owners_.value(n), true);
    }
    /// Shows f the cells of a table, and puts back those of which it says by true that it has changed them: a
    /// few a call, as many as the storage can take back at once. True where there was any; then ask again.
    template <class F>
    bool amend(bool known, nanoseconds now, F f) noexcept {
        constexpr int at_once = 8;
        table const& t = known ? owners_ : others_;
        int done = 0;
        for (std::uint32_t n = 1; n <= t.used() && done < at_once; ++n) {
            if (!t.taken(n)) continue;
            Key const k = t.key(n);
            cell c{k, t.hash(k), t.value(n), n, known};
            if (f(c)) write(c, now), ++done;
        }
        return done != 0;
    }

private:
    using table = fixed_table<Key, Record>;
    static constexpr std::uint32_t reach =
        16;  // how far one look goes round among strangers; among owners all the way

    [[nodiscard]] static bool has_room(table const& t) noexcept { return t.size() + 1 < t.capacity(); }
    [[nodiscard]] cell shared_cell(bool known) const noexcept {
        table const& t = known ? owners_ : others_;
        auto const n = t.locate(shared_, Key{});
        return {Key{}, shared_, n != 0 ? t.value(n) : Record{}, n, known};
    }
    /// A slot whose record time alone has brought to rest, for a newcomer to have; 0: none within reach.
    [[nodiscard]] std::uint32_t resting([[maybe_unused]] bool known,
                                        [[maybe_unused]] nanoseconds now) const noexcept {
        if constexpr (Record::rests_by_time) {
            table const& t = known ? owners_ : others_;
            std::uint32_t const far = known ? t.used() : std::min(reach, t.used());
            for (std::uint32_t i = 0; i < far; ++i) {
                std::uint32_t const n = (hand_[known] + i) % t.used() + 1;
                if (t.taken(n) && t.key(n) != Key{} && t.value(n).at_rest(now)) return n;
            }
        }
        return 0;
    }

    table owners_{}, others_{};
    word shared_ = 0;                      // the hash of the shared cell's key, in both
    std::array<std::uint32_t, 2> hand_{};  // where the next look begins
};

}  // namespace penalty
}  // namespace sallyport::inline v0
