// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/testing/recorder.hpp>

namespace {

using namespace sallyport;
using sallyport::audit::event_id;
using sallyport::testing::recorder;

TEST_CASE("a recorder keeps every event in its order, and copies share one list", "[testing][recorder]") {
    recorder one;
    recorder other = one;
    one.record({.id = event_id::login_refused, .user = "amira"});
    other.record({.id = event_id::login_admitted, .user = "bo"});
    other.record({.id = event_id::login_refused, .user = "chen"});
    auto const all = one.events();
    REQUIRE(all.size() == 3);
    CHECK(all[0].user == name{"amira"});
    CHECK(all[1].user == name{"bo"});
    CHECK(one.count(event_id::login_refused) == 2);
    CHECK(other.count(event_id::session_closed) == 0);
    other.clear();
    CHECK(one.events().empty());
    CHECK(recorder{}.events().empty());
}

}  // namespace
