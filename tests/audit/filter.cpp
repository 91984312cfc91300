// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/filter.hpp>

namespace {

using namespace made;
using audit::event_id;
using audit::filter;

TEST_CASE("a filter made by default shows everything", "[audit][filter]") {
    for (audit::event const& e : everything()) CHECK(filter{}.matches(e));
    CHECK(filter{}.matches({}));
}

TEST_CASE("a user is found by a part of his name, as user and as actor", "[audit][filter]") {
    audit::event e = refusal();
    e.actor = "Amira";
    CHECK(filter{.user = "admin"}.matches(e));
    CHECK(filter{.user = "DMI"}.matches(e));
    CHECK(filter{.user = "amira"}.matches(e));
    CHECK_FALSE(filter{.user = "admin2"}.matches(e));
    CHECK_FALSE(filter{.user = "x"}.matches({}));
}

TEST_CASE("every part of a filter must match", "[audit][filter]") {
    audit::event const e = refusal();
    CHECK(filter{.id = event_id::login_refused, .why = reason::penalty_delay_active, .service = "opcua"}
              .matches(e));
    CHECK_FALSE(filter{.id = event_id::login_admitted}.matches(e));
    CHECK_FALSE(filter{.why = reason::missing_role}.matches(e));
    CHECK_FALSE(filter{.service = "opc"}.matches(e));
    CHECK(filter{.least = audit::severity::warning}.matches(e));
    CHECK_FALSE(filter{.least = audit::severity::error}.matches(e));
}

}  // namespace
