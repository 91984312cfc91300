// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/instant.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

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

/// Numbered lines, each with a deadline. One book says who is at the door (reservations), another who is
/// inside (sessions). The only count kept is that of the lines in force, by the one function that writes a
/// stamp: what is kept nowhere else cannot drift or leak.
/// Thread safety: under the storage's lock, but for `look` and `glimpse`, which need none.
template <wordy T>
class book {
    // Per line a stamp, a deadline and when it was last used, each kind together so that a scan stays in few
    // cache lines.
    static constexpr std::size_t columns = 3, header = 3, last_number = 0, earliest = 1, in_force_now = 2;

public:
    void attach(blueprint& b, std::string_view what, std::uint32_t lines) noexcept {
        lines_ = lines;
        words_ = b.claim(what, header + std::size_t{lines} * (columns + words_of<T>));
    }

    /// Writes a new line, in force until `deadline`; nullopt where all are in force. Numbers go round the
    /// lines, so that an old handle learns *why* it ended for about as many entries as there are lines.
    [[nodiscard]] std::optional<place> enter(T const& t, nanoseconds now, nanoseconds deadline) noexcept {
        if (lines_ == 0) return std::nullopt;
        word const n = words_.get<word>(last_number) + 1;
        auto line = static_cast<std::uint32_t>(n % lines_);
        for (std::uint32_t left = lines_; at(line); line = line + 1 == lines_ ? 0 : line + 1)
            if (--left == 0) return std::nullopt;
        place const p{line, n};
        words_.put(last_number, n);
        // No longer the old line before its text changes: a glimpse at it then sees that it is over.
        set_stamp(line, pack(n, 1, standing::ended));
        std::atomic_thread_fence(std::memory_order_release);
        words_.put(text(line), t);
        extend(p, now, deadline);
        set_stamp(line, pack(n, 0, standing::open));
        return p;
    }
    /// Used at `now`; in force until `deadline`.
    void extend(place p, nanoseconds now, nanoseconds deadline) noexcept {
        words_.publish(seen(p.line), static_cast<word>(now.count()));
        words_.publish(until(p.line), static_cast<word>(deadline.count()));
        if (auto const d = static_cast<word>(deadline.count());
            d < words_.get<word>(earliest) || words_.get<word>(earliest) == 0)
            words_.put(earliest, d);
    }
    /// The line's standing from now on.
    void mark(place p, standing s) noexcept {
        set_stamp(p.line, pack(p.number, revision(words_.get<word>(stamp(p.line))), s));
    }
    /// Rewrites the text of a line in force. Its revision is odd meanwhile, so that a `glimpse` without the
    /// lock sees it whole or not.
    void amend(place p, T const& t) noexcept {
        word const s = words_.get<word>(stamp(p.line));
        words_.publish(stamp(p.line), pack(p.number, revision(s) + 1, as_standing(s)));
        std::atomic_thread_fence(std::memory_order_release);
        words_.put(text(p.line), t);
        words_.publish(stamp(p.line), pack(p.number, revision(s) + 2, as_standing(s)));
    }

    /// Lock-free: the deadline first, then the stamp. While the number is still ours, so was the deadline.
    [[nodiscard]] standing look(place p, nanoseconds now) const noexcept {
        if (p.line >= lines_) return standing::ended;
        word const limit = words_.peek(until(p.line)), s = words_.peek(stamp(p.line));
        if (number(s) != p.number) return standing::ended;
        return in_force(as_standing(s)) && static_cast<word>(now.count()) >= limit ? standing::timed_out
                                                                                   : as_standing(s);
    }
    /// Lock-free: N words of the text from `at`, if the line is still ours, open at `now`, and they are
    /// whole.
    template <std::size_t N>
    [[nodiscard]] std::optional<std::array<word, N>> glimpse(place p, std::size_t at,
                                                             nanoseconds now) const noexcept {
        if (p.line >= lines_) return std::nullopt;
        for (int tries = 0; tries < 64;
             ++tries) {  // a writer is done within nanoseconds; one that is not is not waited for
            word const before = words_.peek(stamp(p.line));
            std::array<word, N> w;
            for (std::size_t i = 0; i < N; ++i) w[i] = words_.peek(text(p.line) + at + i);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (look(p, now) != standing::open) return std::nullopt;
            if (words_.peek(stamp(p.line)) == before && revision(before) % 2 == 0) return w;
        }
        return std::nullopt;
    }

    [[nodiscard]] T read(place p) const noexcept { return words_.get<T>(text(p.line)); }
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
    /// No line is overdue before this instant; may be earlier than need be. `nanoseconds::max()`: none is in
    /// force.
    [[nodiscard]] nanoseconds next_deadline() const noexcept {
        word const e = words_.get<word>(earliest);
        return e == 0 ? nanoseconds::max() : time(e);
    }
    /// Looks the next deadline up anew.
    void review() noexcept {
        word e = 0;
        each([&](place p) {
            if (word const d = words_.get<word>(until(p.line)); e == 0 || d < e) e = d;
        });
        words_.put(earliest, e);
    }
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
        return static_cast<std::size_t>(words_.get<word>(in_force_now));
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
    // stamp: 48 bits of number, 8 of revision, 8 of standing. 2^48 logins at one a microsecond are nine years
    // without a boot.
    static constexpr word pack(word n, word rev, standing s) noexcept {
        return n << 16 | (rev & 0xff) << 8 | static_cast<word>(s);
    }
    static constexpr word number(word s) noexcept { return s >> 16; }
    static constexpr word revision(word s) noexcept { return s >> 8 & 0xff; }
    static constexpr standing as_standing(word s) noexcept { return static_cast<standing>(s & 0xff); }
    void set_stamp(std::uint32_t line, word to) noexcept {
        bool const was = in_force(as_standing(words_.get<word>(stamp(line)))), is = in_force(as_standing(to));
        if (was != is) words_.put(in_force_now, words_.get<word>(in_force_now) + (is ? word{1} : ~word{0}));
        words_.publish(stamp(line), to);
    }
    static constexpr nanoseconds time(word w) noexcept { return nanoseconds{static_cast<std::int64_t>(w)}; }

    [[nodiscard]] std::size_t stamp(std::uint32_t line) const noexcept { return header + line; }
    [[nodiscard]] std::size_t until(std::uint32_t line) const noexcept { return header + lines_ + line; }
    [[nodiscard]] std::size_t seen(std::uint32_t line) const noexcept {
        return header + std::size_t{2} * lines_ + line;
    }
    [[nodiscard]] std::size_t text(std::uint32_t line) const noexcept {
        return header + columns * lines_ + line * words_of<T>;
    }

    region words_{};
    std::uint32_t lines_ = 0;
};

}  // namespace sallyport::inline v0
