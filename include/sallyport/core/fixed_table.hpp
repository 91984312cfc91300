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
/// whoever asks twice hashes once.
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
        words_ = b.claim(what, capacity_ > (blueprint::most - first) / width ? blueprint::most
                                                                             : first + capacity_ * width);
    }

    [[nodiscard]] word hash(Key const& k) const noexcept { return siphash(sip_, as_words(k)); }

    [[nodiscard]] std::optional<Value> find(word h, Key const& k) const noexcept {
        std::uint32_t const n = locate(h, k);
        return n == 0 ? std::nullopt : std::optional{value(n)};
    }
    /// The number of the key's slot, 0: none. It is good until something is erased.
    [[nodiscard]] std::uint32_t locate(word h, Key const& k) const noexcept { return seek(h | 1, k); }
    /// The value in a slot that `locate` has named.
    [[nodiscard]] Value value(std::uint32_t n) const noexcept {
        return words_.get<Value>(slot(n) + value_at);
    }
    /// Puts another value in its place.
    void replace(std::uint32_t n, Value const& v) noexcept { words_.put(slot(n) + value_at, v); }
    /// Puts or replaces; false where a new key finds no place.
    [[nodiscard]] bool store(word h, Key const& k, Value const& v) noexcept { return put(h, k, v) != 0; }
    /// Likewise; the number of the slot, 0 where there is none.
    [[nodiscard]] std::uint32_t put(word h, Key const& k, Value const& v) noexcept {
        h |= 1;
        std::uint32_t n = seek(h, k);
        if (n == 0) {
            n = take_slot();
            if (n == 0) return 0;
            words_.put(slot(n) + mark, h), words_.put(slot(n) + key_at, k);
            link(n, head(bucket(h))), lead(bucket(h), n);
        }
        words_.put(slot(n) + value_at, v);
        return n;
    }
    void erase(word h, Key const& k) noexcept {
        h |= 1;
        std::uint32_t const n = seek(h, k);
        if (n == 0) return;
        if (std::uint32_t before = head(bucket(h)); before == n) {
            lead(bucket(h), next(n));
        } else {
            while (next(before) != n) before = next(before);
            link(before, next(n));
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
        if (words_.get<word>(slot(i + 1) + mark) == 0) return std::nullopt;
        return entry{words_.get<Key>(slot(i + 1) + key_at), words_.get<Value>(slot(i + 1) + value_at)};
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(words_.get<summary>(0).size);
    }
    [[nodiscard]] std::uint32_t used() const noexcept { return words_.get<summary>(0).fresh; }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

private:
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
        auto top = words_.get<summary>(0);
        if (top.free == 0 && top.fresh >= capacity_) return 0;
        std::uint32_t n = top.free;
        if (n != 0) {
            top.free = next(n);
        } else {
            n = ++top.fresh;
        }
        ++top.size;
        words_.put(0, top);
        return n;
    }
    [[nodiscard]] std::uint32_t seek(word h, Key const& k) const noexcept {
        std::uint32_t left = capacity_;  // a torn chain must not hang every login of the device
        for (std::uint32_t n = head(bucket(h)); n - 1 < capacity_ && left != 0; n = next(n), --left)
            if (words_.get<word>(slot(n) + mark) == h && words_.holds(slot(n) + key_at, k)) return n;
        return 0;
    }

    region words_{};
    sip_key sip_{};
    std::uint32_t capacity_ = 1;
};

}  // namespace sallyport::inline v0
