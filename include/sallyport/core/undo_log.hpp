// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/words.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace sallyport::inline v0 {

/// What stood in a shared segment before it was changed: noted down first, so that the heir of a dead owner
/// can put it back. A transaction runs from one `commit` to the next. The log lies in the segment, for the
/// heir; its owner counts for himself and never reads it back. Whoever reads it takes it for untrusted:
/// counts and places are checked. Signal fences are enough: the one reader of a half-done log is the heir of
/// a process that the kernel has already ended, and what that process had stored by then it had stored in the
/// order of its program.
/// Thread safety: under the storage's lock.
class undo_log {
public:
    undo_log() = default;
    /// `log`: `words_for(entries)` words; `base`: the `words` words that it speaks of.
    undo_log(word* log, std::size_t entries, word* base, std::size_t words) noexcept
        : log_{log}, base_{base}, entries_{entries}, words_{words} {}

    [[nodiscard]] static constexpr std::size_t words_for(std::size_t entries) noexcept {
        return first + 2 * entries;
    }

    /// Before `*at` changes. A transaction longer than the log loses the way back, and says so in the log:
    /// should its owner die now, nobody may go on from there (see `roll_back`).
    void remember(word const* at) noexcept {
        if (count_ == entries_) {
            put(lost, 1);
        } else {
            log_[first + 2 * count_] = static_cast<word>(at - base_);
            log_[first + 2 * count_ + 1] = *at;
            std::atomic_signal_fence(std::memory_order_seq_cst);
            put(how_many, ++count_);  // the entry, then the count, and only then the store
        }
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    /// What was stored until now stands.
    void commit() noexcept {
        std::atomic_signal_fence(std::memory_order_seq_cst);
        put(how_many, 0), put(lost, 0);
        count_ = 0;
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    /// Puts everything back, newest first; one who dies at it leaves the log whole for the next. False: the
    /// transaction was longer than the log, and what stands there is neither old nor new.
    [[nodiscard]] bool roll_back() noexcept {
        if (get(lost) != 0) return false;
        auto n = static_cast<std::size_t>(std::min<word>(get(how_many), entries_));
        for (; n-- > 0;) {
            word const at = get(first + 2 * n);
            if (at < words_)
                std::atomic_ref{base_[at]}.store(get(first + 2 * n + 1), std::memory_order_release);
        }
        commit();
        return true;
    }
    /// Has the dead one left anything to put back?
    [[nodiscard]] bool pending() const noexcept { return get(how_many) != 0 || get(lost) != 0; }

private:
    static constexpr std::size_t how_many = 0, lost = 1, first = 2;  // then pairs: where, what

    void put(std::size_t at, word w) noexcept {
        std::atomic_ref{log_[at]}.store(w, std::memory_order_relaxed);
    }
    [[nodiscard]] word get(std::size_t at) const noexcept {
        return std::atomic_ref{log_[at]}.load(std::memory_order_relaxed);
    }

    word* log_ = nullptr;
    word* base_ = nullptr;
    std::size_t entries_ = 0, words_ = 0, count_ = 0;
};

}  // namespace sallyport::inline v0
