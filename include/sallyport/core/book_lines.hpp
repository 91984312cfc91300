// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/standing.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {

/// A line, and the number that it bore when it was written: a stale place recognizes itself.
struct place {
    std::uint32_t line = 0;
    word number = 0;  ///< 0: none

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return number != 0; }
};

/// The lines of a `book`, whatever is written in them: which are in force, until when, and on whose behalf.
/// The only count kept is that of the lines in force, by the one function that writes a stamp: what is kept
/// nowhere else cannot drift or leak. In a shared segment none is kept: the lines are counted as soon as
/// somebody else may have written there (`recount`).
/// Thread safety: under the storage's lock, but for `look`, which needs none.
class book_lines {
public:
    /// The places of those in force: for (place const p : inside) …
    class iterator {
    public:
        iterator(book_lines const& of, std::uint32_t line) noexcept : of_{&of}, line_{line} { find(); }
        [[nodiscard]] place operator*() const noexcept { return place{line_, number_}; }
        iterator& operator++() noexcept {
            ++line_;
            find();
            return *this;
        }
        [[nodiscard]] bool operator!=(iterator const& o) const noexcept { return line_ != o.line_; }

    private:
        void find() noexcept {
            for (; line_ < of_->lines_; ++line_)
                if (place const p = of_->at(line_)) {
                    number_ = p.number;
                    return;
                }
        }
        book_lines const* of_;
        std::uint32_t line_;
        word number_ = 0;
    };
    [[nodiscard]] iterator begin() const noexcept { return iterator{*this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return iterator{*this, lines_}; }
    /// f(place) for those in force.
    template <class F>
    void each(F f) const {
        for (place const p : *this) f(p);
    }
    /// The line itself, if it is in force; else none.
    [[nodiscard]] place at(std::uint32_t line) const noexcept {
        word const s = words_.get<word>(stamp(line));
        return stands(s) ? place{line, number(s)} : place{};
    }

    /// Lock-free: the deadline first, then the stamp. While the number is still ours, so was the deadline.
    [[nodiscard]] standing look(place p, nanoseconds now) const noexcept {
        if (p.line >= lines_) return standing::ended;
        word const limit = words_.peek(until(p.line)), s = words_.peek(stamp(p.line));
        if (!p || number(s) != p.number) return standing::ended;
        return stands(s) && static_cast<word>(now.count()) >= limit ? standing::timed_out : as_standing(s);
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
        if (!words_.shared()) words_.put(earliest, count().earliest);
    }
    /// Somebody else may have written: what was counted in a shared segment is forgotten.
    void recount() noexcept { counts_.fresh = false; }
    /// How many are in force.
    [[nodiscard]] std::size_t size() const noexcept {
        return words_.shared() ? counted().in_force
                               : static_cast<std::size_t>(words_.get<word>(in_force_now));
    }
    [[nodiscard]] std::uint32_t lines() const noexcept { return lines_; }

protected:
    // A header; then per line a stamp, a deadline, when it was last used, its owner and, in some books, its
    // seal, each kind together so that a scan stays in few cache lines; then the texts.
    static constexpr std::size_t header = 3, last_number = 0, earliest = 1, in_force_now = 2;
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

    // stamp: 48 bits of number, 8 of revision, 8 of standing. 2^48 logins at one a microsecond are nine years
    // without a boot.
    static constexpr word pack(word n, word rev, standing s) noexcept {
        return n << 16 | (rev & 0xff) << 8 | static_cast<word>(s);
    }
    static constexpr word number(word s) noexcept { return s >> 16; }
    static constexpr word revision(word s) noexcept { return s >> 8 & 0xff; }
    static constexpr standing as_standing(word s) noexcept {
        return (s & 0xff) <= static_cast<word>(standing::lost) ? static_cast<standing>(s & 0xff)
                                                               : standing::ended;
    }
    /// Is it in force? Asked of each line in each hold. No line bears the number 0.
    static constexpr bool stands(word s) noexcept {
        static_assert(static_cast<word>(standing::open) == 1 && static_cast<word>(standing::locked) == 2);
        return (s & 0xff) - 1 <= 1 && number(s) != 0;
    }

    /// A line for a new entry, under a new number, and over until it is settled; none where all are in force.
    [[nodiscard]] place take_line() noexcept {
        if (lines_ == 0) return {};
        word const n = next_number();
        auto line = static_cast<std::uint32_t>(n % lines_);
        for (std::uint32_t left = lines_; at(line); line = line + 1 == lines_ ? 0 : line + 1)
            if (--left == 0) return {};
        words_.put(last_number, n);
        // No longer the old line before its text changes: a glimpse at it then sees that it is over.
        set_stamp(line, pack(n, 1, standing::ended));
        std::atomic_thread_fence(std::memory_order_release);
        return place{line, n};
    }
    [[nodiscard]] word with_standing(place p, standing s) const noexcept {
        return pack(p.number, revision(words_.get<word>(stamp(p.line))), s);
    }
    void set_stamp(std::uint32_t line, word to) noexcept {
        bool const was = stands(words_.get<word>(stamp(line))), is = stands(to);
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

    region words_{};
    std::uint32_t lines_ = 0;

private:
    static constexpr word largest_number = word{1} << 47;
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
        if (!counts_.fresh) counts_ = count();
        return counts_;
    }
    [[nodiscard]] counts count() const noexcept {
        counts c{.fresh = true};
        for (std::uint32_t i = 0; i < lines_; ++i) {
            if (!stands(words_.get<word>(stamp(i)))) continue;
            ++c.in_force;
            if (word const d = words_.get<word>(until(i)); c.earliest == 0 || d < c.earliest) c.earliest = d;
        }
        return c;
    }
    mutable counts counts_{};
    word given_ = 0;  // the highest number that was given from here, or seen
};

}  // namespace sallyport::inline v0
