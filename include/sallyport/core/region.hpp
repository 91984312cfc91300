// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/undo_log.hpp>
#include <sallyport/core/words.hpp>

#include <atomic>
#include <cstddef>
#include <cstring>

namespace sallyport::inline v0 {

static_assert(std::atomic_ref<word>::is_always_lock_free, "an open session is checked without a lock");

/// A run of words in a storage. Values go in and come out whole; nobody ever holds a pointer into it. Where
/// the storage is shared by processes, each word that changes is noted in the undo log first.
/// Thread safety: `get` and `put` under the storage's lock; `peek` and `publish` are for words read without
/// it.
class region {
public:
    region() = default;
    explicit region(word* words, undo_log* undo = nullptr) noexcept : words_{words}, undo_{undo} {}

    [[nodiscard]] region part(std::size_t at) const noexcept {
        return words_ == nullptr ? region{} : region{words_ + at, undo_};
    }
    [[nodiscard]] bool attached() const noexcept { return words_ != nullptr; }
    /// Do other processes write here as well? Then what is read is checked before it is used.
    [[nodiscard]] bool shared() const noexcept { return undo_ != nullptr; }

    template <wordy T>
    [[nodiscard]] T get(std::size_t at) const noexcept {
        T value;
        load(at, &value, words_of<T>);
        return value;
    }
    /// Does this value stand there?
    template <wordy T>
    [[nodiscard]] bool holds(std::size_t at, T const& value) const noexcept {
        return same(words_ + at, &value, words_of<T>);
    }
    template <wordy T>
    void put(std::size_t at, T const& value) noexcept {
        if (undo_ != nullptr) [[unlikely]]
            note_changes(at, &value, words_of<T>);
        store(at, &value, words_of<T>);
    }
    /// For words that nothing in force depends on, since what says that they mean something is yet to come:
    /// they need not be put back, so nothing is noted.
    template <wordy T>
    void put_afresh(std::size_t at, T const& value) noexcept {
        store(at, &value, words_of<T>);
    }
    [[nodiscard]] word peek(std::size_t at) const noexcept {
        return std::atomic_ref{words_[at]}.load(std::memory_order_acquire);
    }
    void publish(std::size_t at, word w) noexcept {
        if (undo_ != nullptr) [[unlikely]]
            undo_->remember(words_ + at);
        std::atomic_ref{words_[at]}.store(w, std::memory_order_release);
    }

private:
    // Once for all types: what of them is copied is words.
    void load(std::size_t at, void* value, std::size_t count) const noexcept {
        std::memcpy(value, words_ + at, count * sizeof(word));
    }
    static bool same(word const* words, void const* value, std::size_t count) noexcept {
        word difference = 0;
        for (std::size_t i = 0; i < count; ++i) difference |= words[i] ^ nth_word(value, i);
        return difference == 0;
    }
    void note_changes(std::size_t at, void const* value, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (words_[at + i] != nth_word(value, i)) undo_->remember(words_ + at + i);
    }
    void store(std::size_t at, void const* value, std::size_t count) noexcept {
        // Relaxed atomics cost nothing here, and a `peek` from another thread stays defined.
        for (std::size_t i = 0; i < count; ++i)
            std::atomic_ref{words_[at + i]}.store(nth_word(value, i), std::memory_order_relaxed);
    }
    word* words_ = nullptr;
    undo_log* undo_ = nullptr;
};

}  // namespace sallyport::inline v0
