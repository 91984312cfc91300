// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/line_seal.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace sallyport::inline v0 {

/// How a line of a book stands. All but `open` and `locked` are over.
enum class standing : std::uint8_t {
    ended,           ///< over, and its line has been given to another: nobody knows why any more
    open,            ///< in force
    locked,          ///< in force, but nothing may be done until it is unlocked
    closed,          ///< by its own handle, or by the user
    channel_closed,  ///< died with its channel
    terminated,      ///< by an administrator
    evicted,         ///< made room for another
    timed_out,       ///< idle too long, or past its lifetime
    revoked,         ///< its account was changed, disabled or deleted
    lost,            ///< the process that let it in has died, or its line in the segment was tampered with
};

[[nodiscard]] constexpr std::string_view to_string(standing s) noexcept {
    switch (s) {
        case standing::ended: return "ended";
        case standing::open: return "open";
        case standing::locked: return "locked";
        case standing::closed: return "closed";
        case standing::channel_closed: return "channel_closed";
        case standing::terminated: return "terminated";
        case standing::evicted: return "evicted";
        case standing::timed_out: return "timed_out";
        case standing::revoked: return "revoked";
        case standing::lost: return "lost";
    }
    return "ended";
}
[[nodiscard]] constexpr bool in_force(standing s) noexcept {
    return s == standing::open || s == standing::locked;
}

/// A line, and the number that it bore when it was written: a stale place recognizes itself.
struct place {
    std::uint32_t line = 0;
    word number = 0;  ///< 0: none
};

/// Numbered lines, each with a deadline and an owning process. One book says who is at the door
/// (reservations), another who is inside (sessions). The only count kept is that of the lines in force, by
/// the one function that writes a stamp: what is kept nowhere else cannot drift or leak. In a shared segment
/// none is kept: the lines are counted as soon as somebody else may have written there (`recount`). And what
/// gives a right (`Sealed`: a session's line) is vouched for by a seal under this boot's key: a line that
/// somebody else has written, or changed by a bit, is not in force for anybody who looks at it.
/// Thread safety: under the storage's lock, but for `look` and `glimpse`, which need none.
template <wordy T, bool Sealed = false>
class book {
    // Per line a stamp, a deadline, when it was last used, its owner and its seal, each kind together so that
    // a scan stays in few cache lines.
    static constexpr std::size_t columns = Sealed ? 5 : 4, header = 3, last_number = 0, earliest = 1,
                                 in_force_now = 2;

public:
    void attach(blueprint& b, std::string_view what, std::uint32_t lines) noexcept {
        lines_ = lines;
        // One login enters a line, one leaves, and of others a few are swept, each on its own.
        words_ = b.claim(what, header + std::size_t{lines} * (columns + words_of<T>), 4 * (16 + words_of<T>));
        if constexpr (Sealed)
            if (words_.shared()) seal_ = seal_type{b.key()};
    }

    /// Writes a new line, in force until `deadline`; nullopt where all are in force. Numbers go round the
    /// lines, so that an old handle learns *why* it ended for about as many entries as there are lines.
    /// `owner`: the process on whose behalf; 0 where there is but one. What a line said that is over is not
    /// noted down: where one may have ended in this very transaction, commit first.
    [[nodiscard]] std::optional<place> enter(T const& t, nanoseconds now, nanoseconds deadline,
                                             word owner = 0) noexcept {
        if (lines_ == 0) return std::nullopt;
        word const n = next_number();
        auto line = static_cast<std::uint32_t>(n % lines_);
        for (std::uint32_t left = lines_; at(line); line = line + 1 == lines_ ? 0 : line + 1)
            if (--left == 0) return std::nullopt;
        place const p{line, n};
        words_.put(last_number, n);
        // No longer the old line before its text changes: a glimpse at it then sees that it is over.
        set_stamp(line, pack(n, 1, standing::ended));
        std::atomic_thread_fence(std::memory_order_release);
        words_.put_afresh(text(line), t);
        words_.put_afresh(owned(line), owner);
        write_times(p, now, deadline);
        settle_stamp(p, pack(n, 0, standing::open), t);
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

    /// Lock-free: the deadline first, then the stamp. While the number is still ours, so was the deadline.
    [[nodiscard]] standing look(place p, nanoseconds now) const noexcept {
        if (p.line >= lines_) return standing::ended;
        if constexpr (Sealed)
            if (words_.shared()) {
                text_words unused;
                return look_at_sealed(p, now, unused);
            }
        word const limit = words_.peek(until(p.line)), s = words_.peek(stamp(p.line));
        if (number(s) != p.number) return standing::ended;
        return in_force(as_standing(s)) && static_cast<word>(now.count()) >= limit ? standing::timed_out
                                                                                   : as_standing(s);
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
    /// Lock-free: N words of the text from `at`, if the line is still ours, open at `now`, and they are
    /// whole.
    template <std::size_t N>
    [[nodiscard]] std::optional<std::array<word, N>> glimpse(place p, std::size_t at,
                                                             nanoseconds now) const noexcept {
        if (p.line >= lines_) return std::nullopt;
        std::array<word, N> w;
        if constexpr (Sealed)
            if (words_.shared()) {
                text_words all;
                if (look_at_sealed(p, now, all) != standing::open) return std::nullopt;
                std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(at), N, w.begin());
                return w;
            }
        for (int tries = 0; tries < patience; ++tries) {
            word const before = words_.peek(stamp(p.line));
            for (std::size_t i = 0; i < N; ++i) w[i] = words_.peek(text(p.line) + at + i);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (look(p, now) != standing::open) return std::nullopt;
            if (words_.peek(stamp(p.line)) == before && revision(before) % 2 == 0) return w;
        }
        return std::nullopt;
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
    /// When the line was last used.
    [[nodiscard]] nanoseconds last_seen(place p) const noexcept {
        return time(words_.get<word>(seen(p.line)));
    }
    [[nodiscard]] nanoseconds deadline(place p) const noexcept {
        return time(words_.get<word>(until(p.line)));
    }
    /// On behalf of which process; 0 where there is but one.
    [[nodiscard]] word owner(place p) const noexcept { return words_.get<word>(owned(p.line)); }
    /// No line is overdue before this instant; may be earlier than need be. `nanoseconds::max()`: none is in
    /// force.
    [[nodiscard]] nanoseconds next_deadline() const noexcept {
        word const e = words_.shared() ? counted().earliest : words_.get<word>(earliest);
        return e == 0 ? nanoseconds::max() : time(e);
    }
    /// Looks the next deadline up anew.
    void review() noexcept {
        counts_.fresh = false;
        if (!words_.shared()) words_.put(earliest, look_up_earliest());
    }
    /// Somebody else may have written: what was counted in a shared segment is forgotten.
    void recount() noexcept { counts_.fresh = false; }
    /// f(place) for those in force.
    template <class F>
    void each(F f) const {
        for (std::uint32_t i = 0; i < lines_; ++i)
            if (word const s = words_.get<word>(stamp(i)); in_force(as_standing(s))) f(place{i, number(s)});
    }
    /// The line itself, if it is in force.
    [[nodiscard]] std::optional<place> at(std::uint32_t line) const noexcept {
        word const s = words_.get<word>(stamp(line));
        return in_force(as_standing(s)) ? std::optional{place{line, number(s)}} : std::nullopt;
    }
    /// How many are in force.
    [[nodiscard]] std::size_t size() const noexcept {
        return words_.shared() ? counted().in_force
                               : static_cast<std::size_t>(words_.get<word>(in_force_now));
    }
    /// How many are in force and not overdue. Looks at each line only if one may be.
    [[nodiscard]] std::size_t size(nanoseconds now) const noexcept {
        if (now < next_deadline()) return size();
        std::size_t n = 0;
        each([&](place p) { n += sallyport::in_force(look(p, now)) ? 1 : 0; });
        return n;
    }
    [[nodiscard]] std::uint32_t lines() const noexcept { return lines_; }

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

    // stamp: 48 bits of number, 8 of revision, 8 of standing. 2^48 logins at one a microsecond are nine years
    // without a boot.
    static constexpr word largest_number = word{1} << 47;
    static constexpr word pack(word n, word rev, standing s) noexcept {
        return n << 16 | (rev & 0xff) << 8 | static_cast<word>(s);
    }
    static constexpr word number(word s) noexcept { return s >> 16; }
    static constexpr word revision(word s) noexcept { return s >> 8 & 0xff; }
    static constexpr standing as_standing(word s) noexcept {
        return (s & 0xff) <= static_cast<word>(standing::lost) ? static_cast<standing>(s & 0xff)
                                                               : standing::ended;
    }
    static constexpr nanoseconds time(word w) noexcept { return nanoseconds{static_cast<std::int64_t>(w)}; }

    /// Never one that was given before: in a shared segment more than the last, than any that stands there,
    /// and than any that was given from here.
    [[nodiscard]] word next_number() noexcept {
        word last = words_.get<word>(last_number);
        if (!words_.shared()) return last + 1;
        if (last > largest_number) last = 0;
        if (counts& c = counted(); !c.numbered) {
            for (std::uint32_t i = 0; i < lines_; ++i)
                if (word const n = number(words_.get<word>(stamp(i))); n > given_ && n < largest_number)
                    given_ = n;
            c.numbered = true;
        }
        return given_ = std::max(last, given_) + 1;
    }
    struct counts {
        bool fresh = false, numbered = false;
        std::size_t in_force = 0;
        word earliest = 0;
    };
    /// One look at all lines of a shared segment.
    [[nodiscard]] counts& counted() const noexcept {
        if (counts_.fresh) return counts_;
        counts c{.fresh = true};
        for (std::uint32_t i = 0; i < lines_; ++i) {
            word const s = words_.get<word>(stamp(i));
            // As in `in_force`, in one comparison: this is done for each line in each hold.
            static_assert(static_cast<word>(standing::open) == 1 && static_cast<word>(standing::locked) == 2);
            if ((s & 0xff) - 1 > 1) continue;
            ++c.in_force;
            if (word const d = words_.get<word>(until(i)); c.earliest == 0 || d < c.earliest) c.earliest = d;
        }
        return counts_ = c;
    }
    [[nodiscard]] word with_standing(place p, standing s) const noexcept {
        return pack(p.number, revision(words_.get<word>(stamp(p.line))), s);
    }
    void set_stamp(std::uint32_t line, word to) noexcept {
        bool const was = in_force(as_standing(words_.get<word>(stamp(line)))), is = in_force(as_standing(to));
        if (was != is) {
            if (words_.shared())
                counts_.in_force += is ? std::size_t{1} : ~std::size_t{0};
            else
                words_.put(in_force_now, words_.get<word>(in_force_now) + (is ? word{1} : ~word{0}));
        }
        words_.publish(stamp(line), to);
    }
    void write_times(place p, nanoseconds now, nanoseconds deadline) noexcept {
        words_.publish(seen(p.line), static_cast<word>(now.count()));
        words_.publish(until(p.line), static_cast<word>(deadline.count()));
        auto const d = static_cast<word>(deadline.count());
        if (words_.shared()) {
            if (counts_.earliest == 0 || d < counts_.earliest) counts_.earliest = d;
            return;
        }
        if (d < words_.get<word>(earliest) || words_.get<word>(earliest) == 0) words_.put(earliest, d);
    }
    [[nodiscard]] word look_up_earliest() const noexcept {
        word e = 0;
        each([&](place p) {
            if (word const d = words_.get<word>(until(p.line)); e == 0 || d < e) e = d;
        });
        return e;
    }
    // -- seals
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

    [[nodiscard]] std::size_t stamp(std::uint32_t line) const noexcept { return header + line; }
    [[nodiscard]] std::size_t until(std::uint32_t line) const noexcept { return header + lines_ + line; }
    [[nodiscard]] std::size_t seen(std::uint32_t line) const noexcept {
        return header + std::size_t{2} * lines_ + line;
    }
    [[nodiscard]] std::size_t owned(std::uint32_t line) const noexcept {
        return header + std::size_t{3} * lines_ + line;
    }
    [[nodiscard]] std::size_t sealed(std::uint32_t line) const noexcept {
        return header + std::size_t{4} * lines_ + line;
    }
    [[nodiscard]] std::size_t text(std::uint32_t line) const noexcept {
        return header + columns * lines_ + line * words_of<T>;
    }

    struct no_seal {};
    region words_{};
    std::uint32_t lines_ = 0;
    mutable counts counts_{};
    word given_ = 0;  // the highest number that was given from here, or seen
    [[no_unique_address]] std::conditional_t<Sealed, seal_type, no_seal> seal_{};
};

}  // namespace sallyport::inline v0
