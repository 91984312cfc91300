// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/short_list.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/visit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sallyport::inline v0 {

/// One thing in which two processes must agree before they share a segment, and a print of it.
struct aspect {
    text<40> what{};  ///< "options of backoff", "plan of door/1"
    word print = 0;
};
static_assert(wordy<aspect>);

/// Looks after something in a shared segment; true where it had to mend.
struct caretaker {
    void* of = nullptr;
    bool (*mend)(void*) noexcept = nullptr;
};

/// What was stored until now stands, should this process die.
struct milestone {
    void* of = nullptr;
    void (*reach)(void*) noexcept = nullptr;
};

using aspects = short_list<aspect, 64>;
using caretakers = short_list<caretaker, 64>;

/// Whoever keeps state claims it here, in one function `attach(blueprint&)` that runs twice: first to be
/// measured, then to be given its words. So plan and attachment cannot disagree.
class blueprint {
public:
    /// To measure.
    blueprint() = default;
    /// To hand out. `milestone`: where there is more to put back than one transaction may change.
    blueprint(region all, sip_key key, instant now = {}, sallyport::milestone m = {}) noexcept
        : all_{all}, key_{key}, now_{now}, milestone_{m} {}

    /// `words` zeroed words called `what`; not attached while measuring. The name is part of the fingerprint:
    /// change its number ("backoff/1") when the meaning of the words changes. `stored_at_once`: of these, how
    /// many words one login may change at most, counted as often as they change; where nothing is said, four
    /// times as many, up to 4,096. A shared segment keeps as long a log of what stood there before.
    [[nodiscard]] region claim(std::string_view what, std::size_t words,
                               std::size_t stored_at_once = unsaid) noexcept {
        for (char const c : what) mix(static_cast<unsigned char>(c));
        mix(words);
        note("plan of ", what, words);
        logged_ += stored_at_once != unsaid ? stored_at_once : 4 * std::min<std::size_t>(words, 1024);
        if (words > most - words_) too_large_ = true;
        std::size_t const at = std::exchange(words_, too_large_ ? words_ : words_ + words);
        return all_.part(at);
    }
    /// Words of each reservation's slip, from the position that is returned on.
    [[nodiscard]] std::size_t claim_slip(std::size_t words) noexcept {
        if (words > std::tuple_size_v<slip> - slips_) too_large_ = true;
        return std::exchange(slips_, too_large_ ? slips_ : slips_ + words);
    }
    /// Options that must be the same in every process that shares the state: integers, enumerations,
    /// durations, whatever is `wordy`, a text, a role_set, and arrays of these. Two processes whose options
    /// differ do not share a segment, and are told that it is for the options of `whose`.
    template <class... Options>
    void options(std::string_view whose, Options const&... values) noexcept {
        word print = empty_print;
        (mix_option(print, values), ...);
        note("options of ", whose, print);
    }
    /// The same for anything else, by its name.
    void agree_on(std::string_view what, word print) noexcept { note({}, what, print); }
    /// Somebody who looks after words in a shared segment; called under the lock, now and then.
    void look_after(caretaker c) noexcept {
        if (all_.shared()) caretakers_.add(c);
    }

    /// How long an attempt may be in flight, before it is settled as a failure.
    void settles_within(nanoseconds overdue) noexcept { overdue_ = overdue; }
    [[nodiscard]] nanoseconds overdue() const noexcept { return overdue_; }
    /// When the words are handed out, for whoever puts back what was kept over a restart.
    [[nodiscard]] instant now() const noexcept { return now_; }
    /// For him: it is put back up to here. Whoever dies at it leaves the rest to the next, who begins anew.
    void passed_milestone() const noexcept {
        if (milestone_.reach != nullptr) milestone_.reach(milestone_.of);
    }
    [[nodiscard]] sip_key key() const noexcept { return key_; }
    [[nodiscard]] std::size_t words() const noexcept { return words_; }
    /// Words that one transaction may change.
    [[nodiscard]] std::size_t logged() const noexcept { return logged_; }
    /// False where the claims add up to more than a storage may hold; nothing is then opened.
    [[nodiscard]] bool feasible() const noexcept { return !too_large_; }
    /// Tells two plans apart.
    [[nodiscard]] word fingerprint() const noexcept { return print_; }
    /// All in which two processes must agree, in the order in which it was claimed. Beyond the last but one
    /// they are told apart together.
    [[nodiscard]] sallyport::aspects const& aspects() const noexcept { return aspects_; }
    [[nodiscard]] sallyport::caretakers const& caretakers() const noexcept { return caretakers_; }

    /// An eighth of the address space at most, so that sizes in bytes cannot wrap.
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(word) / 8;
    static constexpr std::size_t most_aspects = sallyport::aspects::most;

private:
    static constexpr std::size_t unsaid = std::numeric_limits<std::size_t>::max();
    static constexpr word empty_print = 0xcbf29ce484222325;

    static void mix(word& print, word w) noexcept { print = (print ^ w) * 0x100000001b3; }  // FNV-1a
    void mix(word w) noexcept { mix(print_, w); }

    template <class T>
    static void mix_option(word& print, T const& value) noexcept {
        if constexpr (std::is_enum_v<T> || std::integral<T>)
            mix(print, static_cast<word>(value));
        else if constexpr (requires { value.count(); })
            mix(print, static_cast<word>(value.count()));
        else if constexpr (requires { value.view(); })
            mix_text(print, value.view());
        else if constexpr (wordy<T>)
            for (std::size_t i = 0; i < words_of<T>; ++i) mix(print, nth_word(&value, i));
        else
            for (auto const& one : value) mix_option(print, one);
    }
    static void mix_text(word& print, std::string_view s) noexcept {
        for (char const c : s) mix(print, static_cast<unsigned char>(c));
        mix(print, s.size());
    }
    void note(std::string_view kind, std::string_view what, word print) noexcept {
        aspect a{kind, print};
        what.copy(&a.what.bytes[kind.size()], sizeof a.what - kind.size());
        if (aspects_.add(a)) return;
        aspect& rest = aspects_.back();
        rest.what = "plan or options of later guards";
        mix_text(rest.print, what), mix(rest.print, print);
    }

    region all_{};
    sip_key key_{};
    instant now_{};
    nanoseconds overdue_{};
    sallyport::milestone milestone_{};
    std::size_t words_ = 0, logged_ = 0;
    std::size_t slips_ = 0;
    word print_ = empty_print;
    bool too_large_ = false;
    sallyport::aspects aspects_{};
    sallyport::caretakers caretakers_{};
};

}  // namespace sallyport::inline v0
