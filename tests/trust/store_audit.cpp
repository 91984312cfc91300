// SPDX-License-Identifier: BSL-1.0
#include <sallyport/audit/explain.hpp>
#include <sallyport/host/store_audit.hpp>

#include "support/catch.hpp"
#include "support/pki.hpp"

#include <chrono>
#include <string>

using namespace sallyport::trust;
using namespace std::chrono_literals;
using sallyport::host::event_of;
using sallyport::instant;
using kind = store_event::kind;
using sallyport::audit::event_id;

namespace {
instant const noon{.steady = 1h, .wall = pki::today.time_since_epoch(), .wall_trusted = true};
}  // namespace

TEST_CASE("a change of the lists is audited: what, about whom, which lists are in force now",
          "[host][trust_audit]") {
    auto const pump = pki::application("Pump 7", pki::p256("pump")).self_signed().read();
    auto const e = event_of({kind::changed, "added to trusted", pump, 7}, noon, "opcua", "olga");
    REQUIRE(e);
    CHECK(e->id == event_id::trust_list_changed);
    CHECK(e->actor.view() == "olga");
    CHECK(e->service.view() == "opcua");
    CHECK(e->user.view() == "Pump 7");
    CHECK(e->device == pump->print());
    CHECK(e->value == 7);
    CHECK(e->detail.view() == "added to trusted");
    CHECK(e->at.wall == noon.wall);
    CHECK(sallyport::audit::explain(*e).find("'olga' changed the trust lists at opcua: added to trusted") ==
          0);
}

TEST_CASE("who has changed files behind our back nobody knows", "[host][trust_audit]") {
    auto const e = event_of({kind::noticed, "files were changed", {}, 8}, noon);
    REQUIRE(e);
    CHECK(e->id == event_id::trust_list_changed);
    CHECK(e->actor.view() == "another process");
    CHECK_FALSE(e->device.known());
    CHECK(event_of({kind::noticed, "files were changed", {}, 8}, noon, "", "olga")->actor.view() == "olga");
}

TEST_CASE("a store that cannot be read is an alarm; that it can be again is none", "[host][trust_audit]") {
    auto const e = event_of({kind::fault, "/pki/trusted: cannot be read", {}, 8}, noon);
    REQUIRE(e);
    CHECK(e->id == event_id::trust_store_unreadable);
    CHECK(e->detail.view() == "/pki/trusted: cannot be read");
    CHECK_FALSE(event_of({kind::mended, "", {}, 9}, noon));
}

TEST_CASE("a change that was interrupted is audited once it is whole", "[host][trust_audit]") {
    auto const e = event_of({kind::recovered, "", {}, 9}, noon);
    REQUIRE(e);
    CHECK(e->id == event_id::trust_list_changed);
    CHECK(e->detail.view() == "a change that was interrupted has been completed");
    CHECK(event_of({kind::recovered, "taken back", {}, 9}, noon)->detail.view() == "taken back");
}

TEST_CASE("a refused certificate has been audited with its judgement", "[host][trust_audit]") {
    CHECK_FALSE(event_of({kind::rejected, "BadCertificateUntrusted", {}, 0}, noon));
}
