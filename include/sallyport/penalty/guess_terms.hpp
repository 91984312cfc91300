// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>

namespace sallyport::inline v0 {
namespace penalty {

/// No policy caps it.
inline constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();

namespace detail {
constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) noexcept {
    return a > unbounded - b ? unbounded : a + b;
}
constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) noexcept {
    return b != 0 && a > unbounded / b ? unbounded : a * b;
}
}  // namespace detail

/// What is granted to those who guess at one account. They pace themselves as they like, wait to the very
/// instant, knock in parallel and from everywhere.
struct attack {
    nanoseconds lasts = std::chrono::hours{24};  ///< any window of that length, both ends included
    std::uint64_t stolen_devices = 0;            ///< paired with the account, and in the wrong hands
    std::uint64_t owner_successes = 0;  ///< of the owner within the window, each when it suits them best
};

/// At most so many wrong secrets of one account are verified, and who they are that try them. Repeated
/// secrets, and the old one after a change, are no new guesses and are not counted. Nor are the five tries of
/// a pairing code: who has them has seen the code that the owner was shown.
/// Thread safety: as a plain value.
struct guess_terms {
    attack granted{};
    std::uint64_t strangers = unbounded;    ///< all of the world together
    std::uint64_t trusted = unbounded;      ///< all trusted devices that are not paired with the account
    std::uint64_t each_device = unbounded;  ///< each stolen device that is
    std::uint64_t console = unbounded;      ///< at the panel; 0 where the panel has no budget of its own
    std::uint64_t unpaired = unbounded;     ///< strangers and trusted together, where that is less
    std::uint64_t together = unbounded;     ///< everybody together, where that is less
    std::uint64_t lives = 1;                ///< between restarts; each has what is said above

    /// All of them together, over all lives.
    [[nodiscard]] constexpr std::uint64_t total() const noexcept {
        std::uint64_t all = std::min(detail::sum(strangers, trusted), unpaired);
        all = detail::sum(all, detail::product(each_device, granted.stolen_devices));
        return detail::product(std::min(detail::sum(all, console), together), lives);
    }
    constexpr operator std::uint64_t() const noexcept {  // NOLINT(google-explicit-constructor)
        return total();
    }
    /// Both hold: term by term the lesser.
    [[nodiscard]] constexpr guess_terms operator&(guess_terms const& o) const noexcept {
        return {granted,
                std::min(strangers, o.strangers),
                std::min(trusted, o.trusted),
                std::min(each_device, o.each_device),
                std::min(console, o.console),
                std::min(unpaired, o.unpaired),
                std::min(together, o.together),
                std::max(lives, o.lives)};
    }
    /// `at most 68 wrong secrets in 24 h: strangers 34, trusted unpaired 34, paired stolen 0 x 298,
    /// console 0`, written to `out`; a term that is capped by nothing is `unbounded`.
    template <std::output_iterator<char> Out>
    Out print(Out out) const {  // NOLINT(modernize-use-nodiscard): where it ended is for who goes on writing
        out = put(fmt::format_to(out, "at most "), total());
        out = fmt::format_to(out, " wrong secrets in {:g} h", hours());
        out = put(fmt::format_to(out, ": strangers "), strangers);
        out = put(fmt::format_to(out, ", trusted unpaired "), trusted);
        if (unpaired < detail::sum(strangers, trusted))
            out = put(fmt::format_to(out, ", these two together "), unpaired);
        out = put(fmt::format_to(out, ", paired stolen {} x ", granted.stolen_devices), each_device);
        out = put(fmt::format_to(out, ", console "), console);
        if (together != unbounded) out = put(fmt::format_to(out, ", all together "), together);
        if (granted.owner_successes != 0)
            out = fmt::format_to(out, ", {} success{} of the owner between", granted.owner_successes,
                                 granted.owner_successes == 1 ? "" : "es");
        return lives > 1 ? fmt::format_to(out, "; in each of {} lives between restarts", lives) : out;
    }
    [[nodiscard]] std::string to_string() const {
        std::string s;
        print(std::back_inserter(s));
        return s;
    }

private:
    [[nodiscard]] double hours() const noexcept {
        return std::chrono::duration<double, std::ratio<3600>>{granted.lasts}.count();
    }
    template <class Out>
    static Out put(Out out, std::uint64_t n) {
        return n == unbounded ? fmt::format_to(out, "unbounded") : fmt::format_to(out, "{}", n);
    }
};

}  // namespace penalty
}  // namespace sallyport::inline v0

/// \cond the same for fmt, of which the reference knows nothing
template <>
struct fmt::formatter<sallyport::penalty::guess_terms> {
    template <class Context>
    constexpr auto parse(Context& c) {
        return c.begin();
    }
    template <class Context>
    auto format(sallyport::penalty::guess_terms const& t, Context& c) const {
        return t.print(c.out());
    }
};
/// \endcond
