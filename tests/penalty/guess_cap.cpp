// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/penalty/guess_cap.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using namespace sallyport::penalty;

struct nobody {
    answer verify(attempt const&, instant) const { return denial{reason::unknown_account, {}}; }
};

TEST_CASE("options over their cap are refused with the numbers", "[penalty][guess_cap]") {
    lane_options const o{.strangers = {50, 1h}};
    CHECK_FALSE(over_cap(108, worst_case_guesses(24h, 0, 0, o)));
    auto const why = over_cap(107, worst_case_guesses(24h, 0, 0, o));
    REQUIRE(why);
    CHECK(why->message ==
          "these penalties are over the cap of 107: at most 108 wrong secrets in 24 h: strangers 74, trusted "
          "unpaired 34, paired stolen 0 x 298, console 0");
    CHECK(over_cap(unbounded - 1, worst_case_guesses(24h, 0, 0)));
    CHECK_FALSE(over_cap(unbounded, worst_case_guesses(24h, 0, 0)));
}

TEST_CASE("a gate over its cap stays shut and says why; one within it opens", "[penalty][guess_cap]") {
    backoff_options<> const o{};
    auto const bound = worst_case_guesses(24h, 0, 0, o, volatile_state{.restarts_per_day = 1});
    auto const knock_at = [&](auto& gate) {
        return gate.login({.user = "amira", .shown = credential::password("1"), .service = "wbm"})
            .error()
            .why;
    };

    authenticator open{environment{}, nobody{}, backoff<>{o}, guess_cap{158, bound}};
    CHECK(open.ready());
    CHECK(knock_at(open) == reason::unknown_account);

    authenticator shut{environment{}, nobody{}, backoff<>{o}, guess_cap{157, bound}};
    CHECK_FALSE(shut.ready());
    CHECK(shut.fault() ==
          "these penalties are over the cap of 157: at most 158 wrong secrets in 24 h: strangers 79, trusted "
          "unpaired 79, paired stolen 0 x 79, console 79, all together 79; in each of 2 lives between "
          "restarts");
    CHECK(knock_at(shut) == reason::storage_unavailable);
}

TEST_CASE("the longest words fit, and a cap by itself lets nobody in", "[penalty][guess_cap]") {
    auto const huge = worst_case_guesses(nanoseconds::max(), unbounded - 1, unbounded - 1, lane_options{},
                                         backoff_options<>{}, volatile_state{4'294'967'295});
    guess_cap const cap{1, huge};
    CHECK(std::string{cap.fault()} == over_cap(1, huge)->message);

    sallyport::visit const who{};
    CHECK(cap.check(arrival{who, {}}).error().why == reason::storage_unavailable);
    guess_cap const kept{1, worst_case_guesses(24h, 0, 0, lane_options{}) & guess_terms{.together = 1}};
    CHECK(kept.fault().empty());
    CHECK(kept.check(arrival{who, {}}));
}

}  // namespace
