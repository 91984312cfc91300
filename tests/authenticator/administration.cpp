// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <algorithm>

namespace {

using namespace gatehouse;

TEST_CASE("an administrator lists and ends sessions, and it is written down who",
          "[authenticator][administration]") {
    auto at = published();
    auto a = at.gate.login(knock("amira", "valve-7", here, "wbm", 5)),
         b = at.gate.login(knock("bo", "pump-3", there, "opcua")),
         c = at.gate.login(knock("bo", "pump-3", there, "opcua"));
    REQUIRE((a && b && c));
    at.wait(1min);
    REQUIRE(b->lock());
    auto root = at.gate.administer("root");

    auto const list = root.sessions();
    CHECK(at.last().id == event_id::sessions_listed);
    CHECK(at.last().actor == "root");
    CHECK(at.last().value == 3);
    REQUIRE(list.size() == 3);
    auto const line = [&](std::uint64_t n) {
        auto const found =
            std::find_if(list.begin(), list.end(), [&](auto const& s) { return s.number == n; });
        REQUIRE(found != list.end());
        return *found;
    };
    CHECK(line(a->number()).as.is == "amira");
    CHECK(line(a->number()).channel == 5);
    CHECK(line(a->number()).ends == at.gate.clock().now().steady + 19min);
    CHECK(line(b->number()).state == standing::locked);
    CHECK(line(c->number()).source == there);

    CHECK(root.close(a->number()));
    CHECK(at.last().id == event_id::session_terminated);
    CHECK(at.last().actor == "root");
    CHECK(at.last().user == "amira");
    CHECK(at.last().session == a->number());
    CHECK(at.last().ending == standing::terminated);
    CHECK_FALSE(root.close(a->number()));
    CHECK_FALSE(root.close(0));

    CHECK(root.close_all("bo") == 2);  // the locked one too
    CHECK(at.log.count(event_id::session_terminated) == 3);
    CHECK(at.last().actor == "root");
    CHECK(root.sessions().empty());
}

TEST_CASE("an administrator lists and clears penalties, and it is written down who",
          "[authenticator][administration]") {
    auto at = published();
    fail(at.gate, "amira", 4);
    fail(at.gate, "nobody", 1);
    auto waiting = at.gate.begin(knock("bo", "pump-3"));
    REQUIRE(waiting);
    auto root = at.gate.administer("root");

    auto const list = root.penalties();
    CHECK(at.last().id == event_id::penalties_listed);
    CHECK(at.last().actor == "root");
    CHECK(at.last().value == 3);
    REQUIRE(list.size() == 3);
    auto const line = [&](std::string_view user) {
        auto const found =
            std::find_if(list.begin(), list.end(), [&](auto const& p) { return p.account == user; });
        REQUIRE(found != list.end());
        return *found;
    };
    CHECK(line("amira").failures == 4);
    CHECK(line("amira").delay == 40s);
    CHECK(line("amira").known);
    CHECK(line("nobody").failures == 1);
    CHECK_FALSE(line("nobody").known);
    CHECK(line("bo").in_flight == 1);
    CHECK(line("bo").failures == 0);

    CHECK(root.clear_penalty("Amira"));
    CHECK(at.last().id == event_id::penalty_cleared);
    CHECK(at.last().actor == "root");
    CHECK(at.last().user == "Amira");
    CHECK(at.last().value == 1);
    CHECK_FALSE(root.clear_penalty("amira"));
    CHECK(at.last().value == 0);  // what was tried in vain is written down, too
    CHECK(at.gate.login(knock("amira", "valve-7")));
    CHECK(root.clear_penalty("nobody"));
    CHECK_FALSE(root.clear_penalty("bo"));
    CHECK_FALSE(root.clear_penalty(""));
    waiting->withdraw();
}

TEST_CASE("clearing a penalty does not clear attempts in flight", "[authenticator][administration]") {
    auto at = published();
    fail(at.gate, "amira", 1);
    auto one = at.gate.begin(knock("amira", "valve-7")), two = at.gate.begin(knock("amira", "valve-7"));
    REQUIRE((one && two));
    CHECK(at.gate.begin(knock("amira", "valve-7")).error().why == reason::try_again_later);
    CHECK(at.gate.administer("root").clear_penalty("amira"));
    auto three = at.gate.begin(knock("amira", "valve-7"));
    REQUIRE(three);
    CHECK(at.gate.begin(knock("amira", "valve-7")).error().why == reason::try_again_later);
    CHECK_FALSE(one->settle());
    CHECK_FALSE(two->settle());
    CHECK(three->settle().error().retry_after == 10s);
}

TEST_CASE("a penalty kept by source is cleared by its source", "[authenticator][administration]") {
    auto at = site{house_options{}, sallyport::penalty::backoff<sallyport::penalty::by_source>{},
                   sallyport::penalty::backoff<sallyport::penalty::by_account_and_source>{}};
    CHECK(fail(at.gate, "amira", 3).retry_after == 10s);
    auto root = at.gate.administer("root");
    CHECK_FALSE(root.clear_penalty("amira"));
    CHECK_FALSE(root.clear_penalty("amira", there));
    CHECK(root.clear_penalty("amira", here));
    CHECK(at.gate.login(knock("amira", "valve-7")));
}

TEST_CASE("somebody who waits is let in as soon as a penalty is cleared",
          "[authenticator][administration][threads]") {
    auto at = published({.patience = 60s});
    fail(at.gate, "amira", 2);
    auto in_flight = at.gate.begin(knock("amira", "valve-7"));
    REQUIRE(in_flight);
    std::atomic<bool> in{false};
    std::thread patient{[&] { in = static_cast<bool>(at.gate.login(knock("amira", "valve-7"))); }};
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(in);
    CHECK(at.gate.administer("root").clear_penalty("amira"));
    patient.join();
    CHECK(in);
}

TEST_CASE("the maximum is set while running, also below what is open", "[authenticator][administration]") {
    auto at = published();
    auto root = at.gate.administer("root");
    CHECK(root.session_maximum() == 32);
    auto a = at.gate.login(knock("amira", "valve-7")), b = at.gate.login(knock("bo", "pump-3"));
    REQUIRE((a && b));
    CHECK(root.set_session_maximum(1));
    CHECK(at.last().id == event_id::session_maximum_set);
    CHECK(at.last().actor == "root");
    CHECK(at.last().value == 1);
    CHECK(root.session_maximum() == 1);
    CHECK(a->state() == standing::open);
    CHECK(b->state() == standing::open);
    CHECK(at.gate.login(knock("bo", "pump-3")).error().why == reason::session_limit_reached);
    a->close();
    CHECK(at.gate.login(knock("bo", "pump-3")).error().why == reason::session_limit_reached);
    b->close();
    CHECK(at.gate.login(knock("bo", "pump-3")));
    CHECK(root.set_session_maximum(0));
    CHECK(at.gate.login(knock("bo", "pump-3")).error().why == reason::session_limit_reached);
    CHECK(root.set_session_maximum(128));
    auto const before = at.log.events().size();
    CHECK_FALSE(root.set_session_maximum(129));  // more than there are places
    CHECK(at.log.events().size() == before);
    CHECK(root.session_maximum() == 128);
}

TEST_CASE("where no guard has a maximum there is none to set", "[authenticator][administration]") {
    auto at = site{house_options{.places = 7}, sallyport::penalty::backoff<>{}};
    auto root = at.gate.administer("root");
    CHECK_FALSE(root.set_session_maximum(3));
    CHECK(root.session_maximum() == 7);
}

TEST_CASE("a host writes events of its own into the same log", "[authenticator][administration]") {
    auto at = published();
    at.gate.record({.id = event_id::password_changed, .user = "amira", .actor = "root"});
    CHECK(at.last().id == event_id::password_changed);
    CHECK(at.last().at.steady == at.gate.clock().now().steady);
    CHECK(at.last().at.wall_trusted);
    at.gate.record({.id = event_id::accounts_loaded, .at = {5s, 6s, false}});
    CHECK(at.last().at.steady == 5s);
}

}  // namespace
