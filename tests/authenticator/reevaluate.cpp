// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace gatehouse;

attempt const amira = knock("amira", "valve-7"), bo = knock("bo", "pump-3", there, "wbm", 3);

TEST_CASE("sessions of accounts that are disabled or deleted end", "[authenticator][reevaluate]") {
    auto at = published();
    at.folk.book->at("chen") = {"x"};
    auto a = at.gate.login(amira), b = at.gate.login(bo), c = at.gate.login(knock("chen", "x"));
    REQUIRE((a && b && c));
    REQUIRE(b->lock());
    CHECK(at.gate.reevaluate() == 0);
    at.folk.book->disable("bo");
    at.folk.book->remove("chen");
    CHECK(at.gate.reevaluate() == 2);
    CHECK(a->state() == standing::open);
    CHECK(b->state() == standing::revoked);  // locked is inside, too
    CHECK(c->state() == standing::revoked);
    CHECK(at.last().id == event_id::session_closed);
    CHECK(at.last().ending == standing::revoked);
    CHECK(at.last().why.why == reason::account_changed);
    auto const gone = at.gate.tick();
    REQUIRE(gone);
    CHECK(gone->why == standing::revoked);
    CHECK(at.gate.reevaluate() == 0);
}

TEST_CASE("changed roles apply at once, without a new login", "[authenticator][reevaluate]") {
    auto at = published();
    auto who = at.gate.login(bo);
    REQUIRE(who);
    auto const token = who->token();
    REQUIRE(token);
    at.folk.book->give("bo", admins);
    CHECK_FALSE(who->may(admins));
    CHECK(at.gate.reevaluate() == 0);
    CHECK(who->may(admins));
    CHECK_FALSE(who->may(operators));
    CHECK(at.gate.present(*token)->as.roles == admins);
    CHECK(who->who().roles == operators);  // who it was that logged in
    CHECK(at.log.count(event_id::session_changed) == 1);
    CHECK(at.last().session == who->number());
    CHECK(at.gate.reevaluate() == 0);
    CHECK(at.log.count(event_id::session_changed) == 1);  // nothing changed
    at.folk.book->give("bo", {});
    at.gate.reevaluate();
    CHECK_FALSE(who->may(admins | operators));
    CHECK(who->state() == standing::open);
}

TEST_CASE("whoever came in by a password that had to be changed goes when it is changed",
          "[authenticator][reevaluate]") {
    auto at = published();
    at.folk.book->give("bo", {});
    at.folk.book->mark("bo", principal::must_change_password);
    auto thief = at.gate.login(bo), owner = at.gate.login(bo);
    REQUIRE((thief && owner));
    CHECK(at.gate.reevaluate() == 0);  // nothing changed
    at.folk.book->give("bo", admins);
    at.folk.book->mark("bo", 0);
    CHECK(at.gate.reevaluate(owner->number()) == 1);
    CHECK(thief->state() == standing::revoked);
    CHECK_FALSE(thief->may(admins));
    CHECK(owner->may(admins));

    at.folk.book->mark("bo", principal::must_change_password);
    auto both = at.gate.login(bo);
    REQUIRE(both);
    at.folk.book->mark("bo", 0);
    CHECK(at.gate.reevaluate() == 1);  // nobody says in which it was changed: he logs in once more
    CHECK(both->state() == standing::revoked);
    CHECK(owner->may(admins));  // he came in by a password of his own
}

TEST_CASE("a locked session's roles change, and it stays locked", "[authenticator][reevaluate]") {
    auto at = published();
    auto who = at.gate.login(bo);
    REQUIRE(who);
    REQUIRE(who->lock());
    at.folk.book->give("bo", admins);
    CHECK(at.gate.reevaluate() == 0);
    CHECK(who->state() == standing::locked);
    CHECK_FALSE(who->may(admins));
    CHECK(who->unlock(secret{"pump-3"}));
    CHECK(who->may(admins));
}

TEST_CASE("a directory that is down changes nobody", "[authenticator][reevaluate]") {
    auto at = published();
    auto const who = at.gate.login(bo);
    REQUIRE(who);
    at.folk.book->disable("bo");
    at.folk.book->down = true;
    CHECK(at.gate.reevaluate() == 0);
    CHECK(who->may(operators));
    at.folk.book->down = false;
    CHECK(at.gate.reevaluate() == 1);
}

TEST_CASE("a role that exempts from the idle time-out, given and taken", "[authenticator][reevaluate]") {
    auto at = published({.idle = 20min, .never_idle = admins});
    auto who = at.gate.login(bo);
    REQUIRE(who);
    at.wait(15min);
    at.folk.book->give("bo", admins);
    at.gate.reevaluate();
    at.wait(24h);
    CHECK(who->state() == standing::open);
    at.folk.book->give("bo", operators);
    CHECK(who->touch());
    at.gate.reevaluate();
    at.wait(20min - 1ns);
    CHECK(who->state() == standing::open);
    at.wait(1ns);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("a verifier that cannot say what has changed changes nothing", "[authenticator][reevaluate]") {
    sallyport::authenticator gate{sallyport::environment{}, voice{[](attempt const&, instant) {
                                      return answer{principal{.is = "amira"}};
                                  }}};
    auto const who = gate.login(amira);
    REQUIRE(who);
    CHECK(gate.reevaluate() == 0);
    CHECK(who->state() == standing::open);
}

// ---- between the verifier's word and the verdict -------------------------------------------------------

TEST_CASE("an account that is disabled between verify and settle is not let in",
          "[authenticator][reevaluate]") {
    auto at = published();
    for (bool const confirm : {false, true}) {
        auto p = at.gate.begin(bo);
        REQUIRE(p);
        p->verify(bo);
        at.folk.book->disable("bo");
        CHECK(at.gate.reevaluate() == 0);  // nobody is inside yet
        if (confirm)
            CHECK(p->confirm().error().why == reason::account_disabled);
        else
            CHECK(p->settle().error().why == reason::account_disabled);
        CHECK(at.last().why.why == reason::account_disabled);
        at.folk.book->disable("bo", false);
    }
    CHECK(at.gate.open_sessions() == 0);
}

TEST_CASE("roles that change between verify and settle are those that he gets",
          "[authenticator][reevaluate]") {
    auto at = site{house_options{}, sallyport::role::role_check{{.any_of = operators}}};
    {
        auto p = at.gate.begin(bo);
        REQUIRE(p);
        p->verify(bo);
        at.folk.book->give("bo", operators | admins);
        at.gate.reevaluate();
        auto const who = p->settle();
        REQUIRE(who);
        CHECK(who->may(admins));
    }
    auto p = at.gate.begin(bo);
    REQUIRE(p);
    p->verify(bo);
    at.folk.book->give("bo", admins);
    at.gate.reevaluate();
    CHECK(p->settle().error().why == reason::missing_role);
}

/// Reads the accounts, and something happens before it has said what it read.
struct late_voice : people {
    std::shared_ptr<std::function<void()>> meanwhile = std::make_shared<std::function<void()>>();
    [[nodiscard]] answer verify(attempt const& a, instant now) const {
        answer said = people::verify(a, now);
        if (*meanwhile) (*meanwhile)();
        return said;
    }
};

TEST_CASE("accounts that change while the verifier speaks are asked about again",
          "[authenticator][reevaluate]") {
    late_voice verifier;
    sallyport::authenticator gate{sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}),
                                  late_voice{verifier}, sallyport::penalty::backoff<>{}};
    *verifier.meanwhile = [&] {
        verifier.book->disable("bo");
        gate.reevaluate();
    };
    CHECK(gate.login(bo).error().why == reason::account_disabled);
    CHECK(gate.confirm(bo).error().why == reason::account_disabled);
    verifier.book->disable("bo", false);
    *verifier.meanwhile = [&] {
        verifier.book->give("bo", admins);
        gate.reevaluate();
    };
    auto const who = gate.login(bo);
    REQUIRE(who);
    CHECK(who->may(admins));
    CHECK_FALSE(who->may(operators));
}

TEST_CASE("a directory that is down at that moment lets nobody in, and charges nobody",
          "[authenticator][reevaluate]") {
    auto at = published();
    for (int i = 0; i < 5; ++i) {
        auto p = at.gate.begin(bo);
        REQUIRE(p);
        p->verify(bo);
        at.gate.reevaluate();
        at.folk.book->down = true;
        CHECK(p->settle().error() == denial{reason::try_again_later, {}});
        at.folk.book->down = false;
    }
    CHECK(at.gate.delay(bo) == 0s);
}

TEST_CASE("disabled while many log in: in the end nobody is inside", "[authenticator][reevaluate][threads]") {
    auto at = published({.patience = 0s});
    std::atomic<int> still_inside{0};
    std::atomic<unsigned> done{0};
    std::atomic<bool> disabled{false};
    together(5, [&](unsigned n) {
        if (n == 0) {
            for (int i = 0; i < 200; ++i) {
                at.folk.book->disable("bo", i % 2 == 0);
                at.gate.reevaluate();
            }
            at.folk.book->disable("bo");
            at.gate.reevaluate();
            disabled = true;
            while (done < 4) std::this_thread::yield();
            still_inside = static_cast<int>(at.gate.open_sessions());
            return;
        }
        bool last_round = false;
        std::vector<sallyport::session::session> mine;
        while (!last_round) {
            last_round = disabled;
            at.gate.administer("root").clear_penalty("bo");
            if (auto who = at.gate.login(bo)) {
                if (last_round) ++still_inside;
                if (mine.size() > 4) mine.clear();
                mine.push_back(std::move(*who));
            }
        }
        ++done;
        while (done < 4) std::this_thread::yield();
        for (auto const& s : mine)
            if (s.state() == standing::open || s.may(operators)) ++still_inside;
    });
    CHECK(still_inside == 0);
}

}  // namespace
