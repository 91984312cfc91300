// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/catalogue.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace made;
using audit::event_id;

TEST_CASE("the lists hold every value of their enums", "[audit][catalogue]") {
    auto const holds = [](auto const& list, auto value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    };
    CHECK(holds(audit::event_ids, event_id::login_admitted));
    CHECK(holds(audit::event_ids, event_id::audit_lost));
    CHECK(audit::refusals.front() == reason::undecided);
    CHECK(holds(audit::refusals, reason::account_changed));
    CHECK_FALSE(holds(audit::refusals, reason::none));
    CHECK(audit::endings.front() == standing::ended);
    CHECK(holds(audit::endings, standing::revoked));
    CHECK_FALSE(holds(audit::endings, standing::open));
    CHECK_FALSE(holds(audit::endings, standing::locked));
}

TEST_CASE("each event answers to a component requirement of IEC 62443-4-2", "[audit][catalogue]") {
    for (audit::event const& e : everything()) {
        std::string const id{audit::requirement_of(e)};
        CAPTURE(to_string(e.id), to_string(e.why.why), id);
        REQUIRE(id.substr(0, 3) == "CR ");
        CHECK((id[3] >= '1' && id[3] <= '7'));
        CHECK(id[4] == '.');
        CHECK(id.find_first_not_of("0123456789", 5) == std::string::npos);
    }
}

TEST_CASE("the requirement follows what was found", "[audit][catalogue]") {
    auto const of_refusal = [](reason why) { return audit::requirement_of(refusal(0s, why)); };
    CHECK(of_refusal(reason::penalty_delay_active) == "CR 1.11");
    CHECK(of_refusal(reason::invalid_credentials) == "CR 1.11");
    CHECK(of_refusal(reason::session_limit_reached) == "CR 2.7");
    CHECK(of_refusal(reason::missing_role) == "CR 2.1");
    CHECK(of_refusal(reason::account_disabled) == "CR 1.3");
    CHECK(audit::requirement_of(full(event_id::session_locked)) == "CR 2.5");
    CHECK(audit::requirement_of(full(event_id::session_terminated)) == "CR 2.6");
    CHECK(audit::requirement_of(full(event_id::session_maximum_set)) == "CR 2.7");
    CHECK(audit::requirement_of(full(event_id::password_changed)) == "CR 1.5");
    CHECK(audit::requirement_of(full(event_id::audit_lost)) == "CR 2.10");
}

TEST_CASE("who is kept out is a warning, what does not work an error", "[audit][catalogue]") {
    using audit::severity, audit::severity_of;
    CHECK(severity_of(full(event_id::login_admitted)) == severity::info);
    CHECK(severity_of(full(event_id::password_changed)) == severity::notice);
    CHECK(severity_of(refusal()) == severity::warning);
    CHECK(severity_of(refusal(0s, reason::try_again_later)) == severity::notice);
    CHECK(severity_of(refusal(0s, reason::storage_unavailable)) == severity::error);
    CHECK(severity_of(full(event_id::gate_unavailable)) == severity::error);
    CHECK(severity_of(full(event_id{77})) == severity::error);
}

}  // namespace
