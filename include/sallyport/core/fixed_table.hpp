// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/slot_chains.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace sallyport::inline v0 {

/// A hash table of fixed size, chained by number, keyed under this boot's key *and* the full name. Zeroed
/// words are an empty table. It changes solely by storing and erasing whole values. Full: `store` says false
/// and changes nothing; what that means is its owner's to decide. Each look-up takes the key's hash, so that
/// whoever asks twice hashes once. What somebody else has torn in a shared segment: see `slot_chains`.
/// Thread safety: under the storage's lock.
template <wordy Key, wordy Value>
class fixed_table : public slot_chains {
    static constexpr std::size_t value_at = key_at + words_of<Key>;

public:
    struct entry {
        Key key;
        Value value;
    };

    fixed_table() noexcept : slot_chains{words_of<Key>, words_of<Value>} {}
    using slot_chains::attach;

    [[nodiscard]] word hash(Key const& k) const noexcept { return siphash_of(sip_, k); }

    [[nodiscard]] std::optional<Value> find(word h, Key const& k) const noexcept {
        std::uint32_t const n = locate(h, k);
        return n == 0 ? std::nullopt : std::optional{value(n)};
    }
    /// The number of the key's slot, 0: none. It is good until something is erased.
    [[nodiscard]] std::uint32_t locate(word h, Key const& k) const noexcept {
        h |= 1;
        std::uint32_t left = longest_chain();
        for (std::uint32_t n = head(bucket(h)); is_slot(n) && left != 0; n = next(n), --left)
            if (mark_of(n) == h && words_.holds(slot(n) + key_at, k)) return n;
        return 0;
    }
    /// The key in a slot that is taken; a fresh one for a number that is none.
    [[nodiscard]] Key key(std::uint32_t n) const noexcept {
        return is_slot(n) ? words_.get<Key>(slot(n) + key_at) : Key{};
    }
    /// The value in a slot that `locate` has named; a fresh one for a number that is none.
    [[nodiscard]] Value value(std::uint32_t n) const noexcept {
        return is_slot(n) ? words_.get<Value>(slot(n) + value_at) : Value{};
    }
    /// Puts another value in its place; nothing for a number that is none.
    void replace(std::uint32_t n, Value const& v) noexcept {
        if (is_slot(n)) words_.put(slot(n) + value_at, v);
    }
    /// Puts or replaces; false where a new key finds no place.
    [[nodiscard]] bool store(word h, Key const& k, Value const& v) noexcept { return put(h, k, v) != 0; }
    /// Likewise; the number of the slot, 0 where there is none.
    [[nodiscard]] std::uint32_t put(word h, Key const& k, Value const& v) noexcept {
        std::uint32_t n = locate(h, k);
        if (n == 0) {
            n = take_slot();
            if (n == 0) return 0;
            words_.put(slot(n) + key_at, k), words_.put(slot(n) + value_at, v);
            enchain(n, h | 1);
        } else {
            words_.put(slot(n) + value_at, v);
        }
        return n;
    }
    void erase(word h, Key const& k) noexcept {
        std::uint32_t const n = locate(h, k);
        if (n == 0) return;
        unchain(n, h | 1);
        words_.put(slot(n) + key_at, Key{}), words_.put(slot(n) + value_at, Value{});
    }
    /// By position, 0 … `used()` − 1, for those who list or clear up; nullopt where the slot is free.
    [[nodiscard]] std::optional<entry> at(std::uint32_t i) const noexcept {
        if (!taken(i + 1)) return std::nullopt;
        return entry{key(i + 1), value(i + 1)};
    }
};

}  // namespace sallyport::inline v0
