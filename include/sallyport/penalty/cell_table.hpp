// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/fixed_table.hpp>
#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// A slot, and which of its tenants is meant: what was charged is found again, or is known to be gone.
struct cell_ref {
    std::uint32_t slot = 0;  ///< 0: none
    std::uint32_t generation = 0;

    [[nodiscard]] constexpr word packed() const noexcept { return word{generation} << 32 | slot; }
    [[nodiscard]] static constexpr cell_ref unpacked(word w) noexcept {
        return {static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(w >> 32)};
    }
    friend constexpr bool operator==(cell_ref const&, cell_ref const&) = default;
};

/// What lies in a `cell_table`: `at_rest(now)` says that it is worth no more than a fresh one.
template <class C>
concept resting_cell = wordy<C> && requires(C c, nanoseconds now) {
    requires std::same_as<decltype(c.generation), std::uint32_t>;
    { c.at_rest(now) }
    noexcept->std::same_as<bool>;
};

/// How coarse a key is, where they are all alike.
struct alike {
    template <class Key>
    [[nodiscard]] static constexpr std::uint32_t of(Key const&) noexcept {
        return 0;
    }
};

/// Cells of fixed number, each found by its key. Only what is at rest ever makes room for another; who is
/// watched stays. Where nothing is free, its owner has a coarser key to try: `can_take` and `take` are given
/// how full the table may get for this one, so that some room is left for those; and so that it stays theirs
/// no coarser cell makes room for a finer one (`Coarse::of(key)`).
/// Thread safety: under the storage's lock.
template <wordy Key, resting_cell Cell, class Coarse = alike>
class cell_table {
public:
    /// A cell taken out to be looked at or changed.
    struct found {
        Key key{};
        word hash = 0;
        std::uint32_t slot = 0;  ///< 0: it has no place yet
        Cell cell{};

        [[nodiscard]] bool there() const noexcept { return slot != 0; }
        [[nodiscard]] cell_ref ref() const noexcept { return {slot, cell.generation}; }
    };
    struct line {
        Key key;
        Cell cell;
        cell_ref ref;
    };

    void attach(blueprint& b, std::string_view what, std::uint32_t capacity) noexcept {
        table_.attach(b, what, capacity);
        last_generation_ = b.claim("generation/1", 1);
    }
    [[nodiscard]] word hash(Key const& k) const noexcept { return table_.hash(k); }

    [[nodiscard]] found look(word h, Key const& k) const noexcept {
        std::uint32_t const n = table_.locate(h, k);
        return {k, h, n, n != 0 ? table_.value(n) : Cell{}};
    }
    [[nodiscard]] found look(Key const& k) const noexcept { return look(hash(k), k); }

    /// Is there a place for this one, where the table may hold at most `limit`?
    [[nodiscard]] bool can_take(Key const& k, std::uint32_t limit, nanoseconds now) const noexcept {
        return table_.size() < limit || resting(Coarse::of(k), now).has_value();
    }
    /// Gives it a place; false where there is none.
    [[nodiscard]] bool take(found& f, std::uint32_t limit, nanoseconds now) noexcept {
        if (f.there()) return true;
        if (table_.size() >= limit) {
            auto const gone = resting(Coarse::of(f.key), now);
            if (!gone) return false;
            table_.erase(table_.hash(*gone), *gone);
        }
        hand_ += reach;
        word const g = last_generation_.template get<word>(0) + 1;
        last_generation_.put(0, g);
        f.cell.generation = static_cast<std::uint32_t>(g);
        if (f.cell.generation == 0) f.cell.generation = 1;
        f.slot = table_.put(f.hash, f.key, f.cell);
        return f.there();
    }
    void write(found const& f) noexcept {
        if (f.there()) table_.replace(f.slot, f.cell);
    }
    void erase(found const& f) noexcept { table_.erase(f.hash, f.key); }

    /// The cell that was meant, if it is still there.
    [[nodiscard]] std::optional<Cell> at(cell_ref r) const noexcept {
        if (!is_slot(r.slot)) return std::nullopt;
        Cell const c = table_.value(r.slot);
        return c.generation == r.generation && r.generation != 0 ? std::optional{c} : std::nullopt;
    }
    void write(cell_ref r, Cell const& c) noexcept {
        if (is_slot(r.slot)) table_.replace(r.slot, c);
    }
    /// By slot, for those who list; nullopt where it is free.
    [[nodiscard]] std::optional<line> in(std::uint32_t slot) const noexcept {
        if (!is_slot(slot)) return std::nullopt;
        auto const e = table_.at(slot - 1);
        return e ? std::optional{line{e->key, e->value, {slot, e->value.generation}}} : std::nullopt;
    }
    /// The key in a slot; a fresh one where it is free.
    [[nodiscard]] Key key_in(std::uint32_t slot) const noexcept {
        return is_slot(slot) ? table_.key(slot) : Key{};
    }
    /// f(reference, cell) for each; its key is there to be asked for (see `key_in`).
    template <class F>
    void each_cell(F f) const {
        for (std::uint32_t n = 1; is_slot(n); ++n)
            if (Cell const c = table_.value(n); c.generation != 0) f(cell_ref{n, c.generation}, c);
    }
    /// f(line) for each.
    template <class F>
    void each(F f) const {
        for (std::uint32_t n = 1; is_slot(n); ++n)
            if (auto const l = in(n)) f(*l);
    }
    [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return table_.capacity(); }

private:
    static constexpr std::uint32_t reach = 16;  // how far one look goes round

    /// A segment that others write to is no witness: a slot is one only where there can be one.
    [[nodiscard]] bool is_slot(std::uint32_t n) const noexcept {
        return n != 0 && n <= table_.used() && n <= table_.capacity();
    }
    /// One that is at rest and no coarser than that.
    [[nodiscard]] std::optional<Key> resting(std::uint32_t coarse, nanoseconds now) const noexcept {
        std::uint32_t const used = table_.used();
        for (std::uint32_t i = 0; i < std::min(reach, used); ++i)
            if (auto const e = table_.at((hand_ + i) % used);
                e && Coarse::of(e->key) <= coarse && e->value.at_rest(now))
                return e->key;
        return std::nullopt;
    }

    fixed_table<Key, Cell> table_{};
    region last_generation_{};
    std::uint32_t hand_ = 0;  // where the next look begins; each process has its own
};

}  // namespace penalty
}  // namespace sallyport::inline v0
