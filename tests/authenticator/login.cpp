// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <sallyport/environment/no_lock.hpp>

#include <string>
#include <variant>

namespace {

using namespace gatehouse;

TEST_CASE("the right secret opens a session, and the log says whose", "[authenticator]") {
    auto at = published();
    auto who = at.gate.login(knock(" Amira ", "valve-7", here, "wbm", 5));
    REQUIRE(who);
    CHECK(who->who().is == "amira");
    CHECK(who->number() != 0);
    CHECK(who->state() == standing::open);
    CHECK(who->may(admins));
    CHECK_FALSE(who->may(operators));
    CHECK(at.gate.open_sessions() == 1);

    auto const told = at.last();
    CHECK(told.id == event_id::login_admitted);
    CHECK(told.why.why == reason::none);
    CHECK(told.user == "amira");  // the directory's spelling
    CHECK(told.source == here);
    CHECK(told.service == "wbm");
    CHECK(told.session == who->number());
    CHECK(told.at.steady == at.gate.clock().now().steady);
}

TEST_CASE("a session ends with its handle", "[authenticator]") {
    auto at = published();
    { auto const who = at.gate.login(knock("amira", "valve-7")); }
    CHECK(at.gate.open_sessions() == 0);
    CHECK(at.last().id == event_id::session_closed);
    CHECK(at.last().ending == standing::closed);
}

TEST_CASE("wrong, unknown and disabled look alike outside, and differ in the log", "[authenticator]") {
    auto at = published();
    struct {
        std::string_view user, password;
        reason exact;
    } const tried[] = {{"amira", "wrong", reason::invalid_credentials},
                       {"nobody", "wrong", reason::unknown_account},
                       {"gone", "left-1", reason::account_disabled}};
    for (auto const& t : tried) {
        CAPTURE(t.user);
        for (int n = 1; n <= 4; ++n) {
            auto const no = at.gate.login(knock(t.user, t.password)).error();
            auto const seconds = n < 3 ? 0s : n == 3 ? 10s : 40s;
            CHECK(no.outward() ==
                  denial{n < 4 ? reason::invalid_credentials : reason::penalty_delay_active, seconds});
            CHECK(at.last().why == denial{n < 4 ? t.exact : reason::penalty_delay_active, seconds});
        }
    }
    CHECK(at.folk.book->asked == 9);  // each of them was verified as often as the others
}

TEST_CASE("during the delay the right secret is not looked at, at any service", "[authenticator]") {
    auto at =
        site{house_options{},
             sallyport::penalty::backoff<>{{.on_early_attempt = sallyport::penalty::early_attempt::freeze}}};
    CHECK(fail(at.gate, "amira", 3).retry_after_ms() == 10'000);
    for (char const* service : {"opcua", "wbm", "ssh", ""}) {
        auto const no = at.gate.login(knock("amira", "valve-7", there, service)).error();
        CHECK(no == denial{reason::penalty_delay_active, 10s});
        CHECK(at.gate.confirm(knock("amira", "valve-7", there, service)).error() == no);
    }
    CHECK(at.folk.book->asked == 3);
    CHECK(at.gate.delay(knock("amira", "")) == 10s);

    at.wait(10s - 1ns);
    CHECK(at.gate.login(knock("amira", "valve-7")).error().retry_after == 1ns);
    CHECK(at.gate.login(knock("amira", "valve-7")).error().retry_after_ms() == 1);  // rounded up
    at.wait(1ns);
    CHECK(at.gate.login(knock("amira", "valve-7")));     // at that very instant
    CHECK(fail(at.gate, "amira", 2).retry_after == 0s);  // and the proof erased what was
}

TEST_CASE("a right secret at a full house costs no penalty", "[authenticator]") {
    auto at = published({}, {.total = 1});
    auto const inside = at.gate.login(knock("bo", "pump-3"));
    REQUIRE(inside);
    fail(at.gate, "amira", 2);
    for (int i = 0; i < 50; ++i)
        CHECK(at.gate.login(knock("amira", "valve-7")).error() == denial{reason::session_limit_reached, {}});
    CHECK(at.gate.delay(knock("amira", "")) == 0s);
    CHECK(at.at_the_door() == 0);
    CHECK(fail(at.gate, "amira", 2).retry_after == 0s);  // it was a proof, though no session came of it
    CHECK(fail(at.gate, "amira", 1).retry_after == 10s);
}

TEST_CASE("a missing role costs no penalty", "[authenticator]") {
    auto at = site{house_options{}, sallyport::penalty::backoff<>{},
                   sallyport::role::role_check{{.any_of = admins, .service = "wbm"}}};
    for (int i = 0; i < 50; ++i)
        CHECK(at.gate.login(knock("bo", "pump-3", here, "wbm")).error() == denial{reason::missing_role, {}});
    CHECK(at.gate.delay(knock("bo", "")) == 0s);
    CHECK(at.gate.open_sessions() == 0);
    CHECK(at.gate.login(knock("bo", "pump-3", here, "opcua")));
}

TEST_CASE("a directory that is down is never a penalty", "[authenticator]") {
    auto at = published();
    fail(at.gate, "amira", 2);
    at.folk.book->down = true;
    for (int i = 0; i < 100; ++i) {
        CHECK(at.gate.login(knock("amira", "wrong")).error() == denial{reason::try_again_later, {}});
        CHECK(at.gate.login(knock("nobody", "wrong")).error() == denial{reason::try_again_later, {}});
    }
    CHECK_FALSE(at.last().detail.empty());  // an operator learns that it was not the person's fault
    at.folk.book->down = false;
    CHECK(at.gate.delay(knock("amira", "")) == 0s);
    CHECK(fail(at.gate, "amira").retry_after == 10s);  // neither a failure nor a proof
    CHECK(fail(at.gate, "nobody").retry_after == 0s);
}

TEST_CASE("confirm proves without a session, and a wrong one counts", "[authenticator]") {
    auto at = published({}, {.total = 1});
    auto const inside = at.gate.login(knock("amira", "valve-7"));
    REQUIRE(inside);
    auto const who = at.gate.confirm(knock("amira", "valve-7"));
    REQUIRE(who);  // a full house has nothing against it
    CHECK(who->is == "amira");
    CHECK(at.last().id == event_id::identity_confirmed);
    CHECK(at.gate.open_sessions() == 1);
    for (auto const delay : {0s, 0s, 10s}) {
        CHECK(at.gate.confirm(knock("amira", "wrong")).error() == denial{reason::invalid_credentials, delay});
        CHECK(at.last().id == event_id::login_refused);
    }
    CHECK(at.gate.login(knock("amira", "valve-7")).error().why == reason::penalty_delay_active);
}

TEST_CASE("who must change his password is admitted with no role", "[authenticator]") {
    auto at = site{house_options{}, sallyport::role::role_check{{.any_of = operators}}};
    at.folk.book->at("chen") = {"first-1", {}, principal::must_change_password};
    auto const who = at.gate.login(knock("chen", "first-1"));
    REQUIRE(who);
    CHECK(who->who().marked(principal::must_change_password));
    CHECK_FALSE(who->may(operators | admins));
}

TEST_CASE("a verifier that explains nothing refuses, and counts", "[authenticator]") {
    sallyport::authenticator gate{sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}),
                                  voice{[](attempt const&, instant) { return answer{}; }},
                                  sallyport::penalty::backoff<>{}};
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::undecided, {}});
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::undecided, {}});
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::undecided, 10s});
}

TEST_CASE("a denial that says 'none' lets nobody in", "[authenticator]") {
    sallyport::authenticator gate{sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}),
                                  voice{[](attempt const&, instant) {
                                      return answer{denial{reason::none, {}}};
                                  }},
                                  sallyport::penalty::backoff<>{}};
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::undecided);
    CHECK(gate.confirm(knock("amira", "valve-7")).error().why == reason::undecided);
    CHECK(gate.delay(knock("amira", "")) == 0s);
    CHECK(gate.login(knock("amira", "valve-7")).error().retry_after == 10s);
}

TEST_CASE("a gate without guards still asks its verifier", "[authenticator]") {
    auto at = site{house_options{}};
    CHECK(at.gate.login(knock("amira", "valve-7")));
    for (int i = 0; i < 50; ++i)
        CHECK(at.gate.login(knock("amira", "wrong")).error() == denial{reason::invalid_credentials, {}});
    CHECK(at.gate.administer("root").session_maximum() == 128);
}

TEST_CASE("the first guard's refusal is the answer", "[authenticator]") {
    auto at = site{house_options{}, sallyport::role::role_check{{.any_of = admins}},
                   sallyport::session::session_limit{{.total = 1}}};
    auto const inside = at.gate.login(knock("amira", "valve-7"));
    REQUIRE(inside);
    CHECK(at.gate.login(knock("bo", "pump-3")).error().why == reason::missing_role);
    CHECK(at.gate.login(knock("amira", "valve-7")).error().why == reason::session_limit_reached);
}

TEST_CASE("two gates in one process know nothing of each other", "[authenticator]") {
    auto one = published({}, {.total = 1}), other = published({}, {.total = 1});
    CHECK(fail(one.gate, "amira", 3).retry_after == 10s);
    auto mine = one.gate.login(knock("bo", "pump-3"));
    REQUIRE(mine);
    CHECK(other.gate.delay(knock("amira", "")) == 0s);
    auto theirs = other.gate.login(knock("amira", "valve-7"));
    REQUIRE(theirs);
    CHECK(one.gate.close(mine->number()));
    CHECK(mine->state() == standing::closed);
    CHECK(theirs->state() == standing::open);
    auto const token = theirs->token();
    REQUIRE(token);
    CHECK_FALSE(one.gate.present(*token));
    CHECK(other.gate.present(*token));
}

TEST_CASE("one thread's gate needs no lock", "[authenticator]") {
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_storage(sallyport::heap_storage<sallyport::no_lock>{}),
                                  people{}, sallyport::penalty::backoff<>{},
                                  sallyport::session::session_limit{}};
    REQUIRE(gate.ready());
    CHECK(gate.login(knock("amira", "valve-7")));
    CHECK(fail(gate, "amira", 3).retry_after == 10s);
    gate.clock().advance(10s);
    auto waiting = gate.begin(knock("amira", "valve-7"));
    REQUIRE(waiting);
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::try_again_later);  // at once
    waiting->verify(knock("amira", "valve-7"));
    CHECK(waiting->settle());
}

TEST_CASE("begin, settle and every guard ask for no memory", "[authenticator]") {
    sallyport::authenticator gate{sallyport::environment{},
                                  voice{[](attempt const& a, instant) -> answer {
                                      if (a.shown.bytes.equals(secret{"valve-7"}))
                                          return principal{.is = a.user, .roles = admins};
                                      return denial{reason::invalid_credentials, {}};
                                  }},
                                  sallyport::penalty::backoff<>{},
                                  sallyport::penalty::backoff<sallyport::penalty::by_source>{},
                                  sallyport::session::session_limit{{.reserved = {admins, 2}}},
                                  sallyport::role::role_check{{.any_of = admins}}};
    REQUIRE(gate.ready());
    auto const once = [&](std::string_view user, std::string_view password) {
        if (auto p = gate.begin(knock(user, password))) {
            p->verify(knock(user, password));
            if (auto who = p->settle()) {
                who->touch();
                return who->may(admins) && who->state() == standing::open && who->token().has_value();
            }
        }
        return false;
    };
    std::string const sprayed(40, 'x');
    auto const before = allocations();
    bool const in = once("amira", "valve-7");
    bool const out = once("amira", "wrong") || once(sprayed, "wrong") || once("", "wrong") ||
                     once("amira", "wrong") || once("amira", "wrong") || once("amira", "valve-7");
    auto const spent = allocations() - before;
    CHECK(in);
    CHECK_FALSE(out);
    CHECK(spent == 0);
}

// ---- what the directory takes for the same account ------------------------------------------------------

/// A directory with realms and an alias: "CORP\amira", "amira@corp" and "ami" are all the same account.
struct folding_directory {
    [[nodiscard]] answer verify(attempt const& a, instant) const {
        if (a.shown.bytes.equals(secret{"valve-7"})) return principal{.is = "amira@corp"};
        return denial{reason::invalid_credentials, {}};
    }
    [[nodiscard]] std::optional<sallyport::name> account_key(std::string_view user) const noexcept {
        sallyport::name const folded = sallyport::fold_name(user);
        if (folded.view().find('/') != std::string_view::npos)
            return std::nullopt;  // no account can be called so
        for (std::string_view const his : {"corp\\amira", "amira@corp", "ami", "amira"})
            if (folded.view() == his) return sallyport::name{"amira@corp"};
        return folded;
    }
};

TEST_CASE("spellings that a directory takes for one account share its penalty", "[authenticator]") {
    sallyport::testing::recorder log;
    sallyport::authenticator gate{
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}).with_audit(log),
        folding_directory{}, sallyport::penalty::backoff<>{}};
    CHECK(fail(gate, "CORP\\amira").retry_after == 0s);
    CHECK(fail(gate, "amira@corp").retry_after == 0s);
    CHECK(fail(gate, "Ami").retry_after == 10s);
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::penalty_delay_active);
    CHECK(gate.delay(knock("bo", "")) == 0s);
    CHECK(gate.login(knock("no/body", "x")).error().why == reason::malformed_attempt);
    CHECK(gate.administer("root").clear_penalty("ami"));
    auto who = gate.login(knock("amira", "valve-7"));
    REQUIRE(who);
    CHECK(gate.close_all("CORP\\Amira") == 1);
    CHECK(who->state() == standing::closed);
}

TEST_CASE("without a word from the directory names are trimmed and folded in ASCII", "[authenticator]") {
    auto at = published();
    CHECK(fail(at.gate, "Amira").retry_after == 0s);
    CHECK(fail(at.gate, " AMIRA  ").retry_after == 0s);
    CHECK(fail(at.gate, "aMiRa").retry_after == 10s);
    CHECK(at.last().user == "aMiRa");  // the log keeps what was typed
    CHECK(at.gate.delay(knock("amira", "")) == 10s);
    CHECK(at.gate.delay(knock("\xc3\xa4mira", "")) == 0s);
}

// ---- calling back ---------------------------------------------------------------------------------------

/// A sink that calls the gate it belongs to.
struct curious_sink {
    std::function<void(sallyport::audit::event const&)>* ask;
    void record(sallyport::audit::event const& e) {
        if (*ask) (*ask)(e);
    }
};

TEST_CASE("verifier and sink may call the gate back", "[authenticator]") {
    std::function<void(sallyport::audit::event const&)> when_told;
    people folk;
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_audit(curious_sink{&when_told}),
                                  people{folk}, sallyport::penalty::backoff<>{},
                                  sallyport::session::session_limit{}};
    int told = 0, asked = 0;
    std::size_t inside = 99;
    when_told = [&](sallyport::audit::event const& e) {
        ++told;
        inside = gate.open_sessions();
        (void)gate.delay(knock("amira", ""));
        (void)gate.next_tick();
        if (e.id == event_id::login_refused && e.user == "amira") (void)gate.login(knock("echo", "wrong"));
    };
    folk.book->while_verifying = [&](attempt const& a) {
        if (a.user != "amira") return;
        ++asked;
        CHECK(gate.open_sessions() == 0);
        CHECK(gate.login(knock("bo", "pump-3")));
        (void)gate.tick();
    };
    CHECK(gate.login(knock("amira", "wrong")).error().why == reason::invalid_credentials);
    CHECK(gate.login(knock("amira", "valve-7")));
    CHECK(asked == 2);
    CHECK(inside == 0);
    CHECK(told >= 7);
}

}  // namespace
