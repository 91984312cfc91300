// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {

/// A hash table of fixed size, chained by number, keyed under this boot's key *and* the full name. Zeroed
/// words are an empty table. It changes solely by storing and erasing whole values. Full: `store` says false
/// and changes nothing; what that means is its owner's to decide. Each look-up takes the key's hash, so that
/// whoever asks twice hashes once. In a shared segment no number is taken on trust: one out of range, a chain
/// that goes round, a slot that is not free and stands among the free ones are found out at their use, and
/// the table is put in order again from what its slots say; `mend` does so for what no use would find.
/// Thread safety: under the storage's lock.
template <wordy Key, wordy Value>
class fixed_table {
    struct links {
        std::uint32_t head,
            next;  // head of the bucket with this number; next in the chain. Numbers start at 1; 0 is none
    };
    struct summary {
        std::uint32_t free, fresh;  // head of the list of freed slots; how many were ever used
        word size;
    };
    static constexpr std::size_t first = words_of<summary>, mark = 1, key_at = 2,
                                 value_at = key_at + words_of<Key>, width = value_at + words_of<Value>;

public:
    struct entry {
        Key key;
        Value value;
    };
    static constexpr std::uint32_t largest = std::uint32_t{1} << 30;

    void attach(blueprint& b, std::string_view what, std::uint32_t capacity) noexcept {
        capacity_ = std::clamp(capacity, 1U, largest);
        sip_ = b.key();
        // One login stores or erases a key a few times: the value, and now and then the links.
        words_ = b.claim(
            what, capacity_ > (blueprint::most - first) / width ? blueprint::most : first + capacity_ * width,
            8 * (width + 8));
        b.look_after(
            {this, [](void* table) noexcept { return static_cast<fixed_table*>(table)->mend_if_unsound(); }});
    }

    [[nodiscard]] word hash(Key const& k) const noexcept { return siphash(sip_, as_words(k)); }

    [[nodiscard]] std::optional<Value> find(word h, Key const& k) const noexcept {
        std::uint32_t const n = locate(h, k);
        return n == 0 ? std::nullopt : std::optional{value(n)};
    }
    /// The number of the key's slot, 0: none. It is good until something is erased.
    [[nodiscard]] std::uint32_t locate(word h, Key const& k) const noexcept { return seek(h | 1, k); }
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
        h |= 1;
        std::uint32_t n = seek(h, k);
        if (n != 0) {
            words_.put(slot(n) + value_at, v);
            return n;
        }
        n = take_slot();
        if (n == 0) return 0;
        words_.put(slot(n) + key_at, k), words_.put(slot(n) + value_at, v);
        words_.put(slot(n) + mark, h);
        link(n, head(bucket(h))), lead(bucket(h), n);
        return n;
    }
    void erase(word h, Key const& k) noexcept {
        h |= 1;
        std::uint32_t const n = seek(h, k);
        if (n == 0) return;
        if (std::uint32_t before = head(bucket(h)); before == n) {
            lead(bucket(h), next(n));
        } else {
            while (is_slot(before) && next(before) != n) before = next(before);
            if (is_slot(before)) link(before, next(n));
        }
        auto top = words_.get<summary>(0);
        link(n, top.free);
        top.free = n, --top.size;
        words_.put(0, top);
        words_.put(slot(n) + mark, word{0}), words_.put(slot(n) + key_at, Key{}),
            words_.put(slot(n) + value_at, Value{});
    }
    /// By position, 0 … `used()` − 1, for those who list or clear up; nullopt where the slot is free.
    [[nodiscard]] std::optional<entry> at(std::uint32_t i) const noexcept {
        if (i >= capacity_ || words_.get<word>(slot(i + 1) + mark) == 0) return std::nullopt;
        return entry{words_.get<Key>(slot(i + 1) + key_at), words_.get<Value>(slot(i + 1) + value_at)};
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(std::min<word>(words_.get<summary>(0).size, capacity_));
    }
    [[nodiscard]] std::uint32_t used() const noexcept {
        return std::min(words_.get<summary>(0).fresh, capacity_);
    }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

    /// Do links, free list and counts agree with what the slots say? Looks at each slot, so it is asked now
    /// and then, in a shared segment; not of a table with more than 65,536 slots, which would take too long.
    [[nodiscard]] bool sound() const noexcept {
        auto const top = words_.get<summary>(0);
        if (top.fresh > capacity_) return false;
        word taken = 0, free = 0;
        for (std::uint32_t n = 1; n <= capacity_; ++n) {
            word const h = words_.get<word>(slot(n) + mark);
            if (h == 0) continue;
            auto const k = words_.get<Key>(slot(n) + key_at);
            if (n > top.fresh || (hash(k) | 1) != h || seek(h, k) != n) return false;
            ++taken;
        }
        for (std::uint32_t n = top.free; n != 0 && free <= capacity_; n = next(n), ++free)
            if (n > top.fresh || words_.get<word>(slot(n) + mark) != 0) return false;
        return taken == top.size && taken + free == top.fresh;
    }
    /// Links, free list and counts anew, from the slots. What a slot says is kept if its mark fits its key;
    /// of two slots with one key the first. Nothing is noted for an heir: he would find the table unsound,
    /// and mend it as well.
    void mend() noexcept {
        for (std::uint32_t n = 1; n <= capacity_; ++n) words_.put_afresh(slot(n), links{0, 0});
        summary top{};
        for (std::uint32_t n = 1; n <= capacity_; ++n) {
            word const h = words_.get<word>(slot(n) + mark);
            if (h == 0) continue;
            auto const k = words_.get<Key>(slot(n) + key_at);
            if ((hash(k) | 1) != h || seek(h, k) != 0) {
                words_.put_afresh(slot(n) + mark, word{0});
                continue;
            }
            auto const b = bucket(h);
            words_.put_afresh(slot(n), links{head(n), head(b)});
            words_.put_afresh(slot(b), links{n, next(b)});
            top.fresh = n, ++top.size;
        }
        for (std::uint32_t n = top.fresh; n > 0; --n)
            if (words_.get<word>(slot(n) + mark) == 0) {
                words_.put_afresh(slot(n), links{head(n), top.free});
                top.free = n;
            }
        words_.put_afresh(0, top);
    }
    bool mend_if_unsound() noexcept {
        constexpr std::uint32_t too_many = 65'536;
        if (capacity_ > too_many || sound()) return false;
        mend();
        return true;
    }

private:
    [[nodiscard]] bool is_slot(std::uint32_t n) const noexcept { return n - 1 < capacity_; }
    static constexpr std::size_t slot(std::uint32_t n) noexcept { return first + std::size_t{n - 1} * width; }
    [[nodiscard]] std::uint32_t bucket(word h) const noexcept {
        return 1 + static_cast<std::uint32_t>((h >> 32) * capacity_ >> 32);
    }
    [[nodiscard]] std::uint32_t head(std::uint32_t n) const noexcept {
        return words_.get<links>(slot(n)).head;
    }
    [[nodiscard]] std::uint32_t next(std::uint32_t n) const noexcept {
        return words_.get<links>(slot(n)).next;
    }
    void lead(std::uint32_t n, std::uint32_t to) noexcept { words_.put(slot(n), links{to, next(n)}); }
    void link(std::uint32_t n, std::uint32_t to) noexcept { words_.put(slot(n), links{head(n), to}); }

    [[nodiscard]] std::uint32_t take_slot() noexcept {
        for (bool mended = false;; mended = true) {
            auto top = words_.get<summary>(0);
            if (top.free == 0 && top.fresh >= capacity_) return 0;
            std::uint32_t const n = top.free != 0 ? top.free : top.fresh + 1;
            if (is_slot(n) && words_.get<word>(slot(n) + mark) == 0) {
                if (top.free != 0)
                    top.free = next(n);
                else
                    top.fresh = n;
                ++top.size;
                words_.put(0, top);
                return n;
            }
            if (mended) return 0;
            mend();  // somebody else has written here
        }
    }
    [[nodiscard]] std::uint32_t seek(word h, Key const& k) const noexcept {
        // A torn chain must not hang every login of the device. With a slot for each key and a hash that
        // nobody can aim, one in 10^14 tables has a chain of 16.
        std::uint32_t left = std::min(capacity_, 256U);
        for (std::uint32_t n = head(bucket(h)); is_slot(n) && left != 0; n = next(n), --left)
            if (words_.get<word>(slot(n) + mark) == h && words_.holds(slot(n) + key_at, k)) return n;
        return 0;
    }

    region words_{};
    sip_key sip_{};
    std::uint32_t capacity_ = 1;
};

}  // namespace sallyport::inline v0
