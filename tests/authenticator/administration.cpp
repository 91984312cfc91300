// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/folding.hpp>

#include <algorithm>
#include <string>
#include <string_view>

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
    CHECK_FALSE(root.clear_penalty("amira", there));
    CHECK(root.clear_penalty("amira", here));
    CHECK(at.gate.login(knock("amira", "valve-7")));
}

TEST_CASE("which penalty was cleared is written down, its source too", "[authenticator][administration]") {
    auto at = site{house_options{}, sallyport::penalty::backoff<sallyport::penalty::by_source>{}};
    fail(at.gate, "amira", 3, here);
    fail(at.gate, "amira", 3, there);
    auto root = at.gate.administer("root");
    CHECK(root.clear_penalty("", here));
    auto const one = at.last();
    CHECK(one.id == event_id::penalty_cleared);
    CHECK(one.user.empty());
    CHECK(one.source == here);
    CHECK(explain(one).find("'root' cleared the penalty of whoever comes from 192.0.2.7.") == 0);
    CHECK(root.clear_penalty("", there));
    CHECK(at.last().source == there);
    CHECK_FALSE(alike(one, at.last()));  // else a fold would make one of them
    CHECK_FALSE(root.clear_penalty("bo", there));
    CHECK(at.last().user == "bo");
    CHECK(at.last().source == there);
}

TEST_CASE("an account is forgiven whatever source its penalties are kept by",
          "[authenticator][administration]") {
    auto at = site{house_options{}, sallyport::penalty::backoff<sallyport::penalty::by_account_and_source>{}};
    for (std::string_view const user : {"amira", "nobody"})
        for (address const from : {here, there}) CHECK(fail(at.gate, user, 3, from).retry_after == 10s);
    auto root = at.gate.administer("root");
    CHECK(root.clear_penalty("Amira"));
    CHECK_FALSE(root.clear_penalty("amira"));
    CHECK(at.gate.login(knock("amira", "valve-7", here)));
    CHECK(at.gate.login(knock("amira", "valve-7", there)));
    CHECK(root.penalties().size() == 2);
    CHECK(root.clear_penalty("nobody"));
    CHECK(root.penalties().empty());
    for (unsigned n = 0; n < 100; ++n) fail(at.gate, n % 2 == 0 ? "amira" : "bo", 1, host(n));
    CHECK(root.clear_penalty("amira"));  // more than are cleared in one hold of the lock
    CHECK(root.penalties().size() == 50);
    CHECK_FALSE(root.clear_penalty("amira"));
}

TEST_CASE("the penalty of a malformed name is cleared as it was typed, and as the list shows it",
          "[authenticator][administration]") {
    auto at = published();
    auto root = at.gate.administer("root");
    for (bool const as_listed : {true, false}) {
        CAPTURE(as_listed);
        fail(at.gate, "ami\tra", 3);
        fail(at.gate, "b\to", 1);
        auto const list = root.penalties();
        REQUIRE(list.size() == 2);
        auto const& hers = list[list[0].failures == 3 ? 0 : 1];
        CHECK(root.clear_penalty(as_listed ? hers.account.view() : "ami\tra"));
        REQUIRE(root.penalties().size() == 1);
        CHECK(root.penalties()[0].failures == 1);
        CHECK(root.clear_penalty("b\to"));
    }
    // A key that somebody types to log in is a malformed name as any other.
    std::string const key = std::string{"\xff"} + "0123456789abcdef";
    fail(at.gate, key, 1);
    CHECK_FALSE(root.clear_penalty(key));
    REQUIRE(root.penalties().size() == 1);
    CHECK(root.clear_penalty(root.penalties()[0].account.view()));
}

TEST_CASE("a nought makes no other name of what an administrator is told to have done",
          "[authenticator][administration]") {
    auto at = published();
    auto root = at.gate.administer({"root\0not", 8});
    std::string const amira{"amira\0not", 9};
    auto const told_of = [&] {
        CHECK(at.last().actor == "root\xffnot");
        return at.last().user;
    };
    (void)root.clear_penalty(amira);
    CHECK(told_of() == "amira\xffnot");
    (void)root.revoke_pairs(amira);
    CHECK(told_of() == "amira\xffnot");
    (void)root.pairs(amira);
    CHECK(told_of() == "amira\xffnot");
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
