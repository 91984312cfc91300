// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/testing/bench.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace testing {

/// What every guard promises beyond its types, tried on random schedules of visitors. `make` gives a fresh
/// guard. Returns what went wrong, in words; empty: it conforms.
///  - a `check` changes nothing: asked twice, it gives the same answer;
///  - a refusal has a reason;
///  - whoever is refused for attempts in flight alone (`try_again_later`) is no longer once they are
///    withdrawn.
template <class Make>
[[nodiscard]] std::string_view conformance(Make make, std::uint64_t seed = 1, int rounds = 2000) {
    using namespace std::chrono_literals;
    using G = decltype(make());
    bench<G> tried{make()};
    auto const dice = [&](std::uint64_t sides) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;  // xorshift64
        return seed % sides;
    };
    static constexpr std::array<std::string_view, 5> users{"amira", "bo", "chen", "dana", "nobody"};
    nanoseconds now = 1h;
    std::vector<visit> doing;
    auto const somebody = [&] {
        auto const n = dice(users.size());
        return knock(users[static_cast<std::size_t>(n)],
                     address::ipv4(192, 0, 2, static_cast<std::uint8_t>(dice(4))),
                     dice(2) != 0 ? "opcua" : "wbm", n != 4);
    };
    auto const settle = [&](visit const& who, std::uint64_t how) {
        if constexpr (notes<G, failure>) {
            if (how == 0) tried.note(failure{who, {reason::invalid_credentials, {}}, at(now)});
        }
        if constexpr (notes<G, withdrawn>) {
            if (how == 1) tried.note(withdrawn{who, at(now)});
        }
        if constexpr (notes<G, proof>) {
            principal const as{who.account, {}, 0};
            if (how == 2) tried.note(proof{who, as, at(now)});
        }
    };
    if constexpr (checks<G, arrival>) {
        for (int i = 0; i < rounds; ++i) {
            now += std::chrono::milliseconds{dice(20'000)};
            visit who = somebody();
            verdict const once = tried.check(arrival{who, at(now)}),
                          again = tried.check(arrival{who, at(now)});
            if (static_cast<bool>(once) != static_cast<bool>(again) || !(once.error() == again.error()))
                return "asked twice, it answers twice";
            if (once) {
                if constexpr (notes<G, arrival>) {
                    tried.note(arrival{who, at(now)});
                    doing.push_back(who);
                }
            } else {
                if (once.error().why == reason::none || once.error().why == reason::undecided)
                    return "it refuses without a reason";
                if constexpr (notes<G, rebuff>) tried.note(rebuff{who, once.error(), at(now)});
            }
            while (!doing.empty() && dice(3) != 0) {
                settle(doing.back(), dice(3));
                doing.pop_back();
            }
            if (once || once.error().why != reason::try_again_later) continue;
            for (visit const& v : doing) settle(v, 1);
            doing.clear();
            if (verdict const freed = tried.check(arrival{who, at(now)});
                !freed && freed.error().why == reason::try_again_later)
                return "a reservation was not released";
        }
        for (visit const& v : doing) settle(v, 1);
    }
    return {};
}

}  // namespace testing
}  // namespace sallyport::inline v0
