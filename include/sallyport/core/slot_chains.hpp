// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// The slots of a `fixed_table`, whatever their keys and values are: how they are chained, which are free,
/// how many are taken. Slots have numbers from 1 on; 0 is none. In a shared segment no number is taken on
/// trust: one out of range, a chain that goes round, a slot that is not free and stands among the free ones
/// are found out at their use, and the table is put in order again from what its slots say; `mend` does so
/// for what no use would find.
/// Thread safety: under the storage's lock.
class slot_chains {
public:
    static constexpr std::uint32_t largest = std::uint32_t{1} << 30;

    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(std::min<word>(words_.get<summary>(0).size, capacity_));
    }
    /// How many were ever used: those that are taken are among the slots 1 … `used()`.
    [[nodiscard]] std::uint32_t used() const noexcept {
        return std::min(words_.get<summary>(0).fresh, capacity_);
    }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
    /// Does a key stand in this slot?
    [[nodiscard]] bool taken(std::uint32_t n) const noexcept { return is_slot(n) && mark_of(n) != 0; }

    /// Do links, free list and counts agree with what the slots say? Looks at each slot, so it is asked now
    /// and then, in a shared segment; not of a table with more than 65,536 slots, which would take too long.
    [[nodiscard]] bool sound() const noexcept {
        auto const top = words_.get<summary>(0);
        if (top.fresh > capacity_) return false;
        word taken = 0, free = 0;
        for (std::uint32_t n = 1; n <= capacity_; ++n) {
            if (mark_of(n) == 0) continue;
            if (n > top.fresh || !marked_well(n) || first_like(n) != n) return false;
            ++taken;
        }
        for (std::uint32_t n = top.free; n != 0 && free <= capacity_; n = next(n), ++free)
            if (n > top.fresh || mark_of(n) != 0) return false;
        return taken == top.size && taken + free == top.fresh;
    }
    /// Links, free list and counts anew, from the slots. What a slot says is kept if its mark fits its key;
    /// of two slots with one key the first. Nothing is noted for an heir: he would find the table unsound,
    /// and mend it as well.
    void mend() noexcept {
        for (std::uint32_t n = 1; n <= capacity_; ++n) words_.put_afresh(slot(n), links{0, 0});
        summary top{};
        for (std::uint32_t n = 1; n <= capacity_; ++n) {
            word const h = mark_of(n);
            if (h == 0) continue;
            if (!marked_well(n) || first_like(n) != 0) {
                words_.put_afresh(slot(n) + mark, word{0});
                continue;
            }
            auto const b = bucket(h);
            words_.put_afresh(slot(n), links{head(n), head(b)});
            words_.put_afresh(slot(b), links{n, next(b)});
            top.fresh = n, ++top.size;
        }
        for (std::uint32_t n = top.fresh; n > 0; --n)
            if (mark_of(n) == 0) {
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

protected:
    struct links {
        std::uint32_t head,
            next;  // head of the bucket with this number; next in the chain. Numbers start at 1; 0 is none
    };
    struct summary {
        std::uint32_t free, fresh;  // head of the list of freed slots; how many were ever used
        word size;
    };
    // A slot: its links, a mark (of its key; 0: it is free), key, value.
    static constexpr std::size_t first = words_of<summary>, mark = 1, key_at = 2;

    constexpr slot_chains(std::size_t key_words, std::size_t value_words) noexcept
        : key_words_{key_words}, width_{key_at + key_words + value_words} {}

    void attach(blueprint& b, std::string_view what, std::uint32_t capacity) noexcept {
        capacity_ = std::clamp(capacity, 1U, largest);
        sip_ = b.key();
        // One login stores or erases a key a few times: the value, and now and then the links.
        words_ = b.claim(
            what,
            capacity_ > (blueprint::most - first) / width_ ? blueprint::most : first + capacity_ * width_,
            8 * (width_ + 8));
        b.look_after({this, [](void* chains) noexcept {
                          return static_cast<slot_chains*>(chains)->mend_if_unsound();
                      }});
    }

    [[nodiscard]] bool is_slot(std::uint32_t n) const noexcept { return n - 1 < capacity_; }
    [[nodiscard]] std::size_t slot(std::uint32_t n) const noexcept {
        return first + std::size_t{n - 1} * width_;
    }
    [[nodiscard]] word mark_of(std::uint32_t n) const noexcept { return words_.get<word>(slot(n) + mark); }
    [[nodiscard]] std::uint32_t bucket(word h) const noexcept {
        return 1 + static_cast<std::uint32_t>((h >> 32) * capacity_ >> 32);
    }
    [[nodiscard]] std::uint32_t head(std::uint32_t n) const noexcept {
        return words_.get<links>(slot(n)).head;
    }
    [[nodiscard]] std::uint32_t next(std::uint32_t n) const noexcept {
        return words_.get<links>(slot(n)).next;
    }
    /// How far a chain is followed: a torn one must not hang every login of the device. With a slot for each
    /// key and a hash that nobody can aim, one in 10^14 tables has a chain of 16.
    [[nodiscard]] std::uint32_t longest_chain() const noexcept { return std::min(capacity_, 256U); }

    /// A free slot, which then counts as taken; 0 where there is none.
    [[nodiscard]] std::uint32_t take_slot() noexcept {
        for (bool mended = false;; mended = true) {
            auto top = words_.get<summary>(0);
            if (top.free == 0 && top.fresh >= capacity_) return 0;
            std::uint32_t const n = top.free != 0 ? top.free : top.fresh + 1;
            if (is_slot(n) && mark_of(n) == 0) {
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
    /// The slot's key and value are there: found from now on.
    void enchain(std::uint32_t n, word h) noexcept {
        words_.put(slot(n) + mark, h);
        link(n, head(bucket(h))), lead(bucket(h), n);
    }
    /// Not found any more, and free.
    void unchain(std::uint32_t n, word h) noexcept {
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
        words_.put(slot(n) + mark, word{0});
    }

    region words_{};
    sip_key sip_{};

private:
    void lead(std::uint32_t n, std::uint32_t to) noexcept { words_.put(slot(n), links{to, next(n)}); }
    void link(std::uint32_t n, std::uint32_t to) noexcept { words_.put(slot(n), links{head(n), to}); }

    [[nodiscard]] word key_word(std::uint32_t n, std::size_t i) const noexcept {
        return words_.get<word>(slot(n) + key_at + i);
    }
    /// Is its mark that of its key?
    [[nodiscard]] bool marked_well(std::uint32_t n) const noexcept {
        siphasher h{sip_};
        for (std::size_t i = 0; i < key_words_; ++i) h.feed(key_word(n, i));
        return (h.finish() | 1) == mark_of(n);
    }
    [[nodiscard]] bool same_key(std::uint32_t a, std::uint32_t b) const noexcept {
        for (std::size_t i = 0; i < key_words_; ++i)
            if (key_word(a, i) != key_word(b, i)) return false;
        return true;
    }
    /// The first in its chain that has the key of slot `n`; 0: none is in the chain.
    [[nodiscard]] std::uint32_t first_like(std::uint32_t n) const noexcept {
        std::uint32_t left = longest_chain();
        for (std::uint32_t m = head(bucket(mark_of(n))); is_slot(m) && left != 0; m = next(m), --left)
            if (mark_of(m) == mark_of(n) && same_key(m, n)) return m;
        return 0;
    }

    std::uint32_t capacity_ = 1;
    std::size_t key_words_, width_;
};

}  // namespace sallyport::inline v0
