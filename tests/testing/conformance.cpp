// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/testing/conformance.hpp>

#include <map>
#include <string>

namespace {

using namespace sallyport;
using sallyport::testing::conformance;

struct open_door {
    verdict check(arrival const&) const noexcept { return permit; }
};
/// Answers each second question with no.
struct fickle {
    mutable int asked = 0;
    verdict check(arrival const&) const noexcept {
        return ++asked % 2 == 0 ? verdict{denial{reason::missing_role, {}}} : verdict{permit};
    }
};
/// Says no and does not say why.
struct mute {
    verdict check(arrival const&) const noexcept { return {}; }
};
/// Refuses for a reservation that it then forgets to give back.
struct hoarder {
    int held = 0;
    verdict check(arrival const&) const noexcept {
        return held < 3 ? verdict{permit} : verdict{denial{reason::try_again_later, {}}};
    }
    void note(arrival const&) noexcept { ++held; }
    void note(failure const&) noexcept { --held; }
    void note(withdrawn const&) noexcept {}
    void note(proof const&) noexcept { --held; }
};
/// Names another delay each time it is asked.
struct restless {
    mutable int asked = 0;
    verdict check(arrival const&) const noexcept {
        return denial{reason::penalty_delay_active, nanoseconds{++asked}};
    }
};

TEST_CASE("a guard that keeps its promises conforms", "[testing][conformance]") {
    CHECK(conformance([] { return open_door{}; }).empty());
    CHECK(conformance([] { return penalty::backoff<>{}; }).empty());
}

TEST_CASE("a guard that breaks one is told which", "[testing][conformance]") {
    CHECK(conformance([] { return fickle{}; }) == "asked twice, it answers twice");
    CHECK(conformance([] { return restless{}; }) == "asked twice, it answers twice");
    CHECK(conformance([] { return mute{}; }) == "it refuses without a reason");
    CHECK(conformance([] { return hoarder{}; }) == "a reservation was not released");
}

}  // namespace
