// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/book_lines.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/line_seal.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sallyport::inline v0 {

/// Numbered lines, each with a text, a deadline and an owning process. One book says who is at the door
/// (reservations), another who is inside (sessions). What gives a right (`Sealed`: a session's line) is
/// vouched for, in a shared segment, by a seal under this boot's key: a line that somebody else has written,
/// or changed by a bit, is not in force for anybody who looks at it.
/// Thread safety: under the storage's lock, but for `look` and `glimpse`, which need none.
template <wordy T, bool Sealed = false>
class book : public book_lines {
    static constexpr std::size_t columns = Sealed ? 5 : 4;

public:
    void attach(blueprint& b, std::string_view what, std::uint32_t lines) noexcept {
        lines_ = lines;
        // One login enters a line, one leaves, and of others a few are swept, each on its own.
        words_ = b.claim(what, header + std::size_t{lines} * (columns + words_of<T>), 4 * (16 + words_of<T>));
        if constexpr (Sealed)
            if (words_.shared()) seal_ = seal_type{b.key()};
    }

    /// Writes a new line, in force until `deadline`; none where all are in force. Numbers go round the lines,
    /// so that an old handle learns *why* it ended for about as many entries as there are lines. `owner`: the
    /// process on whose behalf; 0 where there is but one. What a line said that is over is not noted down:
    /// where one may have ended in this very transaction, commit first.
    [[nodiscard]] place enter(T const& t, nanoseconds now, nanoseconds deadline, word owner = 0) noexcept {
        place const p = take_line();
        if (!p) return p;
        words_.put_afresh(text(p.line), t);
        words_.put_afresh(owned(p.line), owner);
        write_times(p, now, deadline);
        settle_stamp(p, pack(p.number, 0, standing::open), t);
        return p;
    }
    /// Used at `now`; in force until `deadline`.
    void extend(place p, nanoseconds now, nanoseconds deadline) noexcept {
        write_times(p, now, deadline);
        if constexpr (Sealed)
            if (words_.shared()) write_seal(p.line, words_.get<word>(stamp(p.line)), read(p));
    }
    /// Used at `now`; in force until `deadline`. `is`, `t`: what it is, as `look` has just found it.
    void extend(place p, nanoseconds now, nanoseconds deadline, standing is, T const& t) noexcept {
        write_times(p, now, deadline);
        write_seal(p.line, with_standing(p, is), t);
    }
    /// The line's standing from now on.
    void mark(place p, standing s) noexcept {
        if (in_force(s)) return mark(p, s, read(p));
        set_stamp(p.line, with_standing(p, s));
        // Nor would a bit turned back in the stamp revive it.
        if constexpr (Sealed)
            if (words_.shared()) words_.publish(sealed(p.line), 0);
    }
    /// The line's standing from now on: in force. `t`: its text, as `look` has just found it.
    void mark(place p, standing s, T const& t) noexcept { settle_stamp(p, with_standing(p, s), t); }
    /// Rewrites the text of a line in force. Its revision is odd meanwhile, so that a `glimpse` without the
    /// lock sees it whole or not.
    void amend(place p, T const& t) noexcept {
        word const s = words_.get<word>(stamp(p.line));
        words_.publish(stamp(p.line), pack(p.number, revision(s) + 1, as_standing(s)));
        std::atomic_thread_fence(std::memory_order_release);
        words_.put(text(p.line), t);
        settle_stamp(p, pack(p.number, revision(s) + 2, as_standing(s)), t);
    }

    /// Lock-free.
    [[nodiscard]] standing look(place p, nanoseconds now) const noexcept {
        if constexpr (Sealed)
            if (words_.shared()) {
                if (p.line >= lines_) return standing::ended;
                text_words unused;
                return look_at_sealed(p, now, unused);
            }
        return book_lines::look(p, now);
    }
    /// The same, and its text as it was looked at, where it is in force. Under the lock, before what is there
    /// is changed and sealed anew.
    [[nodiscard]] standing look(place p, nanoseconds now, T& copy) const noexcept {
        if constexpr (Sealed)
            if (words_.shared()) {
                if (p.line >= lines_) return standing::ended;
                text_words w;
                standing const s = look_at_sealed(p, now, w);
                if (in_force(s)) copy = text_in(w);
                return s;
            }
        standing const s = look(p, now);
        if (in_force(s)) copy = read(p);
        return s;
    }
    /// Lock-free: N words of the text from `at`. True if the line is still ours, open at `now`, and they are
    /// whole; what stands in `w` is worth nothing else.
    template <std::size_t N>
    [[nodiscard]] bool glimpse(place p, std::size_t at, nanoseconds now,
                               std::array<word, N>& w) const noexcept {
        if (p.line >= lines_) return false;
        if constexpr (Sealed)
            if (words_.shared()) {
                text_words all;
                if (look_at_sealed(p, now, all) != standing::open) return false;
                for (std::size_t i = 0; i < N; ++i) w[i] = all[at + i];
                return true;
            }
        for (int tries = 0; tries < patience; ++tries) {
            word const before = words_.peek(stamp(p.line));
            for (std::size_t i = 0; i < N; ++i) w[i] = words_.peek(text(p.line) + at + i);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (look(p, now) != standing::open) return false;
            if (words_.peek(stamp(p.line)) == before && revision(before) % 2 == 0) return true;
        }
        return false;
    }

    /// Lock-free: does the line say that it is ours and in force, where a look has found nobody? Then
    /// somebody was interrupted while he wrote it, or is writing it right now, and a look under the lock
    /// tells.
    [[nodiscard]] bool half_written(place p) const noexcept {
        if (p.line >= lines_) return false;
        word const s = words_.peek(stamp(p.line));
        return number(s) == p.number && in_force(as_standing(s));
    }

    [[nodiscard]] T read(place p) const noexcept {
        if (!words_.shared()) return words_.get<T>(text(p.line));
        return text_in(words_.get<text_words>(text(p.line)));
    }
    /// N words of it, from `at`.
    template <std::size_t N>
    [[nodiscard]] std::array<word, N> read(place p, std::size_t at) const noexcept {
        return words_.get<std::array<word, N>>(text(p.line) + at);
    }
    using book_lines::size;
    /// How many are in force and not overdue. Looks at each line only if one may be.
    [[nodiscard]] std::size_t size(nanoseconds now) const noexcept {
        if (now < next_deadline()) return size();
        std::size_t n = 0;
        for (place const p : *this) n += in_force(look(p, now)) ? 1 : 0;
        return n;
    }

private:
    using text_words = std::array<word, words_of<T>>;
    using seal_type = line_seal<words_of<T>>;
    /// From a segment, where any bits may stand: those that no T could have are taken away.
    [[nodiscard]] static T text_in(text_words w) noexcept {
        if constexpr (requires(unsigned char* bytes) { T::tidy(bytes); })
            T::tidy(reinterpret_cast<unsigned char*>(w.data()));
        return std::bit_cast<T>(w);
    }
    // A writer is done within nanoseconds; one that is not is not waited for.
    static constexpr int patience = 64;

    [[nodiscard]] word seal_of(std::uint32_t line, word s, text_words const& t) const noexcept {
        return seal_(std::array<word, 5>{line, s, words_.peek(until(line)), words_.peek(seen(line)),
                                         words_.peek(owned(line))},
                     t);
    }
    void write_seal([[maybe_unused]] std::uint32_t line, [[maybe_unused]] word s,
                    [[maybe_unused]] T const& t) noexcept {
        if constexpr (Sealed)
            if (words_.shared()) words_.publish(sealed(line), seal_of(line, s, as_words(t)));
    }
    /// The seal and then the stamp: whoever sees the stamp sees what it vouches for.
    void settle_stamp(place p, word to, T const& t) noexcept {
        write_seal(p.line, to, t);
        set_stamp(p.line, to);
    }
    /// Lock-free. A writer may be at it, so a seal that does not fit is looked at again.
    [[nodiscard]] standing look_at_sealed(place p, nanoseconds now, text_words& t) const noexcept {
        for (int tries = 0; tries < patience; ++tries) {
            word const s = words_.peek(stamp(p.line));
            if (number(s) != p.number) return standing::ended;
            if (!in_force(as_standing(s))) return as_standing(s);
            word const limit = words_.peek(until(p.line));
            for (std::size_t i = 0; i < t.size(); ++i) t[i] = words_.peek(text(p.line) + i);
            word const is = words_.peek(sealed(p.line)), ought = seal_of(p.line, s, t);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (is != ought || revision(s) % 2 != 0 || words_.peek(stamp(p.line)) != s ||
                words_.peek(until(p.line)) != limit)
                continue;
            return static_cast<word>(now.count()) >= limit ? standing::timed_out : as_standing(s);
        }
        return standing::ended;
    }

    [[nodiscard]] std::size_t text(std::uint32_t line) const noexcept {
        return header + columns * lines_ + line * words_of<T>;
    }

    struct no_seal {};
    [[no_unique_address]] std::conditional_t<Sealed, seal_type, no_seal> seal_{};
};

}  // namespace sallyport::inline v0
