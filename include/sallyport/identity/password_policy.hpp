// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/core/attempt.hpp>
#include <sallyport/core/name_rules.hpp>
#include <sallyport/core/secret.hpp>
#include <sallyport/identity/common_passwords.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace identity {

/// What a new password may be found to be. The numbers are stable.
enum class weakness : std::uint8_t {
    too_short = 0,
    too_long = 1,
    not_text = 2,         ///< not UTF-8, or with control characters: it could not be typed everywhere
    common = 3,           ///< one of the commonest, alone, doubled, or with digits and signs around it
    repetitive = 4,       ///< one short piece over and over, a run such as 123456789012, or a keyboard walk
    holds_name = 5,       ///< the account's name stands in it, plainly or behind the usual substitutions
    too_few_classes = 6,  ///< of lower case, upper case, digits and signs
    used_before = 7,      ///< the account had it already
};

/// For a person, in one sentence.
[[nodiscard]] constexpr std::string_view explain(weakness w) noexcept {
    switch (w) {
        case weakness::too_short: return "It is too short.";
        case weakness::too_long: return "It is too long.";
        case weakness::not_text: return "It holds characters that cannot be typed everywhere.";
        case weakness::common: return "It is one of the commonest passwords, or made of them.";
        case weakness::repetitive:
            return "It repeats itself, or runs along the alphabet, the digits or the keyboard.";
        case weakness::holds_name: return "The name of the account stands in it.";
        case weakness::too_few_classes:
            return "It needs more kinds of characters: lower case, upper case, digits, signs.";
        case weakness::used_before: return "It was used for this account before.";
    }
    return {};
}

/// What was found in a password: a few reasons, or none. A range of `weakness`, in their order.
class findings {
public:
    constexpr void add(weakness w) noexcept {
        if (!has(w)) found_[size_++] = w;
        std::sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(size_));
    }
    [[nodiscard]] constexpr bool has(weakness w) const noexcept {
        return std::find(begin(), end(), w) != end();
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr weakness const* begin() const noexcept { return found_.data(); }
    [[nodiscard]] constexpr weakness const* end() const noexcept { return found_.data() + size_; }

private:
    std::array<weakness, 8> found_{};
    std::size_t size_ = 0;
};

/// A literal type: a host's policy may be `constexpr`, and is then checked by the compiler through
/// `valid(…)`.
struct password_policy_options {
    std::size_t shortest =
        12;  ///< in characters (code points); NIST SP 800-63B asks for 8, and for 15 without a second factor
    std::size_t longest = longest_password;  ///< in bytes; 128 is what PLCnext's CreateSession takes
    unsigned classes = 0;  ///< kinds of characters asked for, of 4; 0: NIST SP 800-63B advises against asking
    bool refuse_common = true;  ///< see `common_passwords`
    std::span<std::string_view const>
        also_common{};  ///< a host's own stems, in lower case: its company, its plant; viewed, not copied

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (shortest == 0) return "identity::password_policy: an empty password proves nothing";
        if (longest > longest_password)
            return "identity::password_policy: no gate looks at more than 128 bytes";
        if (shortest > longest) return "identity::password_policy: the shortest is longer than the longest";
        if (classes > 4) return "identity::password_policy: there are four classes";
        return {};
    }
};

/// Judges passwords that are about to be set; never one that is being verified.
/// Source: NIST SP 800-63B §5.1.1.2 (length, block list, no composition by default), IEC 62443-4-2 CR 1.7.
/// Thread safety: immutable. Nothing of the password is kept; copies made on the way are wiped.
class password_policy {
public:
    constexpr explicit password_policy(password_policy_options o = {}) noexcept : options_{o} {}

    [[nodiscard]] constexpr password_policy_options const& options() const noexcept { return options_; }
    [[nodiscard]] constexpr std::string_view fault() const noexcept { return options_.fault(); }

    /// All that is wrong with `fresh` for that account; empty: it may be set.
    [[nodiscard]] findings check(secret fresh, std::string_view user) const noexcept {
        findings all;
        std::string_view const typed = fresh.reveal();
        if (typed.size() > std::min(options_.longest, longest_password)) {  // and no more of it is looked at
            all.add(weakness::too_long);
            return all;
        }
        if (!printable_utf8(typed)) all.add(weakness::not_text);
        if (characters(typed) < options_.shortest) all.add(weakness::too_short);
        if (classes_of(typed) < options_.classes) all.add(weakness::too_few_classes);
        plain_copy const lowered{typed};
        if (holds_name(lowered.view(), user)) all.add(weakness::holds_name);
        if (options_.refuse_common) {
            if (repeats_itself(lowered.view()) || runs_along(lowered.view()) || walks(lowered.view()))
                all.add(weakness::repetitive);
            if (made_of_common(lowered.view())) all.add(weakness::common);
        }
        return all;
    }

    /// The same, and whether it is one of the account's present and former passwords. Each costs a hash: hold
    /// a permit.
    template <password_hasher Hasher>
    [[nodiscard]] findings check(secret fresh, std::string_view user, std::span<std::string const> had,
                                 Hasher const& hasher) const {
        findings all = check(fresh, user);
        if (all.has(weakness::too_long)) return all;
        for (std::string const& stored : had) {
            if (hasher.verify(fresh, stored) != match::right) continue;
            all.add(weakness::used_before);
            break;
        }
        return all;
    }

private:
    /// The password in lower case, wiped when it goes.
    struct plain_copy {
        std::array<char, longest_password> bytes{};
        std::size_t from = 0, size = 0;

        explicit plain_copy(std::string_view s) noexcept : size{s.size()} {
            std::transform(s.begin(), s.end(), bytes.begin(), sallyport::detail::ascii_lower);
        }
        plain_copy(plain_copy const&) = delete;
        plain_copy& operator=(plain_copy const&) = delete;
        ~plain_copy() { wipe(bytes.data(), bytes.size()); }
        [[nodiscard]] std::string_view view() const noexcept { return {bytes.data() + from, size}; }
        void strip(bool front, bool back) noexcept {
            for (; front && size > 0 && !letter(bytes[from]); ++from) --size;
            while (back && size > 0 && !letter(bytes[from + size - 1])) --size;
        }
        void undo_substitutions(char one) noexcept {
            for (char& c : bytes) c = plain(c, one);
        }
    };

    [[nodiscard]] static bool letter(char c) noexcept {
        return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    }
    [[nodiscard]] static char plain(char c, char one) noexcept {
        switch (c) {
            case '0': return 'o';
            case '1':
            case '!':
            case '|': return one;
            case '3': return 'e';
            case '4':
            case '@': return 'a';
            case '5':
            case '$': return 's';
            case '7':
            case '+': return 't';
            case '8': return 'b';
            default: return c;
        }
    }
    [[nodiscard]] static std::size_t characters(std::string_view s) noexcept {
        return static_cast<std::size_t>(std::count_if(
            s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    }
    [[nodiscard]] static unsigned classes_of(std::string_view s) noexcept {
        bool small = false, large = false, digit = false, sign = false;
        for (char const c : s) {
            if (c >= 'a' && c <= 'z')
                small = true;
            else if (c >= 'A' && c <= 'Z')
                large = true;
            else if (c >= '0' && c <= '9')
                digit = true;
            else
                sign = true;
        }
        return unsigned{small} + unsigned{large} + unsigned{digit} + unsigned{sign};
    }
    /// Names of one or two letters stand in too many words to say anything. Also looked for with the usual
    /// substitutions undone, in both: 4m1ra is amira, and us3r7 is user7.
    [[nodiscard]] static bool holds_name(std::string_view lowered, std::string_view user) noexcept {
        if (!well_formed_name(user)) return false;
        name const folded = fold_name(user);
        if (characters(folded.view()) < 3) return false;
        for (char const one : {'1', 'i', 'l'}) {  // '1': nothing is undone
            plain_copy typed{lowered}, account{folded.view()};
            if (one != '1') typed.undo_substitutions(one), account.undo_substitutions(one);
            if (typed.view().find(account.view()) != std::string_view::npos) return true;
        }
        return false;
    }
    /// Is it one piece over and over: at least twice, of a piece that would be too short by itself, or at
    /// least three times, of up to four bytes?
    [[nodiscard]] bool repeats_itself(std::string_view s) const noexcept {
        for (std::size_t piece = 1; piece * 2 <= s.size(); ++piece) {
            bool const counts =
                characters(s.substr(0, piece)) < options_.shortest || (piece <= 4 && piece * 3 <= s.size());
            if (counts && s.substr(piece) == s.substr(0, s.size() - piece)) return true;
        }
        return false;
    }
    /// Is each character the one before, or its neighbour in the alphabet or among the digits (9 is followed
    /// by 0)?
    [[nodiscard]] static bool runs_along(std::string_view s) noexcept {
        if (s.size() < 3) return false;
        for (int const step : {1, -1}) {
            bool all = true;
            for (std::size_t i = 1; i < s.size() && all; ++i) {
                int const gap = s[i] - s[i - 1];
                all = gap == step || gap == 0 || (s[i - 1] == '9' && s[i] == '0') ||
                      (s[i - 1] == '0' && s[i] == '9');
            }
            if (all) return true;
        }
        return false;
    }

    /// Keys as they lie, row under row.
    struct keyboard {
        std::string_view keys;
        int width;

        /// The longest straight piece at the beginning of s: along a row, a column or a slant, or on one key.
        [[nodiscard]] std::size_t straight(std::string_view s) const noexcept {
            int row_step = 0, column_step = 0;
            for (std::size_t i = 1; i < s.size(); ++i) {
                auto const from = keys.find(s[i - 1]), to = keys.find(s[i]);
                if (from == std::string_view::npos || to == std::string_view::npos) return i;
                int const rows = static_cast<int>(to) / width - static_cast<int>(from) / width;
                int const columns = static_cast<int>(to) % width - static_cast<int>(from) % width;
                if (i == 1) row_step = rows, column_step = columns;
                bool const near = rows >= -1 && rows <= 1 && columns >= -1 && columns <= 1;
                if (!near || rows != row_step || columns != column_step) return i;
            }
            return s.size();
        }
    };
    static constexpr std::array<keyboard, 4> keyboards{{
        {"1234567890qwertyuiopasdfghjkl;zxcvbnm,./", 10},
        {"1234567890qwertzuiopasdfghjkl;yxcvbnm,.-", 10},
        {"1234567890azertyuiopqsdfghjklmwxcvbn,;:!", 10},
        {"abcdefghijklmnopqrstuvwxyz", 26},
    }};
    /// Is it made of straight pieces along the keyboard or the alphabet, of three characters and more on the
    /// average? Taking the longest each time makes the fewest.
    [[nodiscard]] static bool walks(std::string_view s) noexcept {
        std::size_t pieces = 0;
        for (std::string_view rest = s; !rest.empty(); ++pieces) {
            std::size_t longest = 1;
            for (keyboard const& k : keyboards) longest = std::max(longest, k.straight(rest));
            rest.remove_prefix(longest);
        }
        return pieces != 0 && pieces * 3 <= s.size();
    }

    /// Does f(stem) hold for one of the stems?
    template <class F>
    [[nodiscard]] bool any_stem(F f) const noexcept {
        for (std::string_view rest = common_passwords; rest.size() > 1;) {
            rest.remove_prefix(1);
            std::string_view const stem = rest.substr(0, rest.find(' '));
            if (f(stem)) return true;
            rest.remove_prefix(stem.size());
        }
        return std::any_of(options_.also_common.begin(), options_.also_common.end(), f);
    }
    /// One stem, two in a row, or one over and over; and at most one character more behind it.
    [[nodiscard]] bool stems(std::string_view s) const noexcept {
        return any_stem([&](std::string_view first) {
            if (first.empty() || !s.starts_with(first)) return false;
            std::string_view behind = s.substr(first.size());
            if (characters(behind) <= 1 || behind == s.substr(0, behind.size())) return true;
            bool const two = any_stem([&](std::string_view second) {
                return !second.empty() && behind.starts_with(second) &&
                       characters(behind.substr(second.size())) <= 1;
            });
            while (behind.starts_with(first)) behind.remove_prefix(first.size());
            return two || characters(behind) <= 1;
        });
    }
    /// As typed, or without the digits and signs before it, behind it, or both; each also with the usual
    /// substitutions undone.
    [[nodiscard]] bool made_of_common(std::string_view lowered) const noexcept {
        for (bool const front : {false, true})
            for (bool const back : {false, true})
                for (char const one : {'1', 'i', 'l'}) {  // '1': nothing is undone
                    plain_copy part{lowered};
                    part.strip(front, back);
                    if (one != '1') part.undo_substitutions(one);
                    if (stems(part.view())) return true;
                }
        return false;
    }

    password_policy_options options_;
};
static_assert(password_policy_options{}.fault().empty());

}  // namespace identity
}  // namespace sallyport::inline v0
