// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/escape.hpp>
#include <sallyport/audit/event.hpp>

#include <set>
#include <string>
#include <type_traits>

namespace {

using namespace made;

static_assert(std::is_trivially_copyable_v<audit::event>, "it is copied into rings and across threads");
static_assert(sizeof(audit::event) <= 416, "a ring of a thousand is less than half a megabyte");

TEST_CASE("an event made by default refuses", "[audit][event]") {
    CHECK(audit::event{}.id == audit::event_id::login_refused);
}

TEST_CASE("an event stands for itself, or for those that it repeats", "[audit][event]") {
    audit::event e = refusal();
    CHECK(audit::happenings(e) == 1);
    e.repeated = 4812;
    CHECK(audit::happenings(e) == 4812);
}

TEST_CASE("a nought does not end the name that somebody typed", "[audit][event]") {
    CHECK(audit::as_typed("amira") == name{"amira"});
    CHECK(audit::as_typed("").empty());
    CHECK(audit::escaped(audit::as_typed({"admin\0 of nothing", 17}).view()) == "admin\\xff of nothing");
    CHECK(audit::as_typed({"admin\0", 6}).view() == "admin\xff");
    CHECK(audit::as_typed({"\0admin", 6}).view() == std::string{"\xff"} + "admin");
    std::string const noughts(70, '\0');
    CHECK(audit::as_typed(noughts).view() == std::string(64, '\xff'));
}

TEST_CASE("each event has an id of its own, and the numbers are what they were", "[audit][event]") {
    std::set<std::string_view> ids;
    for (audit::event_id const id : audit::event_ids) ids.insert(to_string(id));
    CHECK(ids.size() == audit::event_ids.size());
    CHECK(ids.size() == 31);
    CHECK(static_cast<int>(audit::event_id::login_refused) == 101);
    CHECK(static_cast<int>(audit::event_id::audit_lost) == 501);
    CHECK(to_string(audit::event_id{77}) == "unknown_event");
}

}  // namespace
