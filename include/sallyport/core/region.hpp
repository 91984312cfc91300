// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>
#include <sallyport/core/undo_log.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace sallyport::inline v0 {

static_assert(std::atomic_ref<word>::is_always_lock_free, "an open session is checked without a lock");

/// What may live in a storage: bytes that mean the same wherever they are read, with no padding to leak or to
/// differ.
template <class T>
concept wordy = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> && sizeof(T) %
                    sizeof(word) ==
                0;

template <wordy T>
inline constexpr std::size_t words_of = sizeof(T) / sizeof(word);

template <wordy T>
[[nodiscard]] constexpr std::array<word, words_of<T>> as_words(T const& value) noexcept {
    return std::bit_cast<std::array<word, words_of<T>>>(value);
}

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
        std::array<word, words_of<T>> w;
        for (std::size_t i = 0; i < w.size(); ++i) w[i] = words_[at + i];
        return std::bit_cast<T>(w);
    }
    /// Does this value stand there?
    template <wordy T>
    [[nodiscard]] bool holds(std::size_t at, T const& value) const noexcept {
        word difference = 0;
        word const* const here = words_ + at;
        for (std::size_t i = 0; i < words_of<T>; ++i) difference |= here[i] ^ word_of(value, i);
        return difference == 0;
    }
    template <wordy T>
    void put(std::size_t at, T const& value) noexcept {
        if (undo_ != nullptr) [[unlikely]]
            note_changes(at, value);
        put_afresh(at, value);
    }
    /// For words that nothing in force depends on, since what says that they mean something is yet to come:
    /// they need not be put back, so nothing is noted.
    template <wordy T>
    void put_afresh(std::size_t at, T const& value) noexcept {
        // Relaxed atomics cost nothing here, and a `peek` from another thread stays defined.
        word* const to = words_ + at;
        for (std::size_t i = 0; i < words_of<T>; ++i)
            std::atomic_ref{to[i]}.store(word_of(value, i), std::memory_order_relaxed);
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
    /// The i-th word of a value: where it lies, without a copy of the whole.
    template <wordy T>
    static word word_of(T const& value, std::size_t i) noexcept {
        word w = 0;
        std::memcpy(&w, reinterpret_cast<unsigned char const*>(&value) + i * sizeof w, sizeof w);
        return w;
    }
    template <wordy T>
    void note_changes(std::size_t at, T const& value) noexcept {
        for (std::size_t i = 0; i < words_of<T>; ++i)
            if (words_[at + i] != word_of(value, i)) undo_->remember(words_ + at + i);
    }
    word* words_ = nullptr;
    undo_log* undo_ = nullptr;
};

}  // namespace sallyport::inline v0
