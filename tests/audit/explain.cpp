// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/wording.hpp>

#include <set>
#include <string>
#include <string_view>

namespace {

using namespace made;
using audit::event_id;
using audit::explain;

TEST_CASE("a refusal says who, where, from where, why, how long, and what to do", "[audit][explain]") {
    CHECK(explain(refusal()) ==
          "User 'admin' was refused at opcua from 192.0.2.7: a penalty delay of 40000 ms is running, the "
          "password was not looked at. "
          "Wait, or clear the penalty in the user management.");
}

TEST_CASE("the third failure names the delay that it starts, rounded up", "[audit][explain]") {
    CHECK(explain(refusal(0s, reason::invalid_credentials, 10s)) ==
          "User 'admin' was refused at opcua from 192.0.2.7: the password was wrong; a penalty delay of "
          "10000 ms runs from now. Wait, or "
          "clear the penalty in the user management; find out who is trying.");
    CHECK(explain(refusal(0s, reason::invalid_credentials, 1ns)).find("delay of 1 ms") != std::string::npos);
    CHECK(explain(refusal(0s, reason::invalid_credentials, 0s)).find("delay") == std::string::npos);
}

TEST_CASE("an admission names its session", "[audit][explain]") {
    CHECK(explain(full(event_id::login_admitted)) ==
          "User 'admin' was admitted at opcua from 192.0.2.7 as session 7. If nobody expected this, close "
          "the session and change the "
          "password.");
}

TEST_CASE("the end of a session says why", "[audit][explain]") {
    CHECK(explain(full(event_id::session_closed)) ==
          "Session 7 of user 'admin' at opcua from 192.0.2.7 is over: it was idle for too long, or past its "
          "lifetime. Log in again; the "
          "times are set in the session configuration.");
}

TEST_CASE("an act of administration names who did it", "[audit][explain]") {
    CHECK(explain(full(event_id::penalty_cleared))
              .find("'amira' cleared the penalty of user 'admin' at opcua") == 0);
    audit::event nothing = full(event_id::penalty_cleared);
    nothing.value = 0;
    CHECK(explain(nothing).find("'amira' found no penalty of user 'admin' to clear") == 0);
    nothing.user = {}, nothing.service = {};
    CHECK(explain(nothing).find("'amira' found no penalty to clear of whoever comes from 192.0.2.7: ") == 0);
    nothing.value = 1;
    CHECK(explain(nothing).find("'amira' cleared the penalty of whoever comes from 192.0.2.7: ") == 0);
    nothing.source = {};
    CHECK(explain(nothing).find("'amira' cleared the penalty that newcomers share: ") == 0);
    nothing.value = 0;
    CHECK(explain(nothing).find("'amira' found no penalty to clear that newcomers share: ") == 0);
    CHECK(explain(full(event_id::session_terminated)).find("'amira' closed session 7 of user 'admin'") == 0);
    CHECK(explain(full(event_id::session_maximum_set)).find("'amira' set the maximum of sessions to 16") ==
          0);
    audit::event e = full(event_id::accounts_rejected);
    CHECK(explain(e) ==
          "New accounts were rejected, the old ones stay in force: accounts.toml:3:5. Mend the accounts at "
          "the place that is named, and load "
          "them again.");
    e = full(event_id::sessions_listed);
    e.actor = {};
    CHECK(explain(e).find("The device itself listed the sessions") == 0);
}

TEST_CASE("whoever has no name is called what he is", "[audit][explain]") {
    audit::event e = refusal();
    e.user = {};
    CHECK(explain(e).find("A user without a name was refused") == 0);
    e.shown = proof_kind::certificate;
    CHECK(explain(e).find("The holder of a certificate was refused") == 0);
    e.shown = proof_kind::token;
    CHECK(explain(e).find("The holder of a token was refused") == 0);
    e.shown = proof_kind::none;
    CHECK(explain(e).find("An anonymous user was refused") == 0);
}

TEST_CASE("a place that nobody knows is left out; the console is a place", "[audit][explain]") {
    audit::event e = refusal();
    e.service = {};
    e.source = {};
    CHECK(explain(e).find("User 'admin' was refused: a penalty") == 0);
    e.presence = whereabouts::console;
    CHECK(explain(e).find("User 'admin' was refused from the device's own console: a penalty") == 0);
    e = refusal();
    e.source = address::from("2001:db8:1:2::7");
    CHECK(explain(e).find(" from 2001:db8:1:2::/64: ") != std::string::npos);
}

TEST_CASE("nobody writes a sentence of his own", "[audit][explain]") {
    audit::event e = refusal();
    e.user = "x' was admitted at wbm. User 'y";
    e.source = address::from("ok: all's\n well");
    CHECK(explain(e).find(
              "User 'x\\x27 was admitted at wbm. User \\x27y' was refused at opcua from 'ok: all\\x27s\\x0a "
              "well': ") == 0);
    e.user = "{user}{actor}{detail}";
    e.actor = "amira";
    CHECK(explain(e).find("User '{user}{actor}{detail}' was refused") == 0);
}

TEST_CASE("a flood is told as one", "[audit][explain]") {
    audit::event e = refusal();
    e.repeated = 4812;
    e.within = 60s;
    CHECK(explain(e).find("the password was not looked at … 4,812 more in 60 s. Wait") != std::string::npos);
    e.within = 350ms;
    CHECK(explain(e).find(" … 4,812 more in 350 ms. ") != std::string::npos);
    e.within = 1s;
    CHECK(explain(e).find(" … 4,812 more in 1 s. ") != std::string::npos);
}

TEST_CASE("numbers are grouped by thousands", "[audit][explain]") {
    struct {
        std::uint64_t n;
        std::string_view words;
    } const cases[] = {{0, "0 "},
                       {1, "1 "},
                       {999, "999 "},
                       {1000, "1,000 "},
                       {1'002'003, "1,002,003 "},
                       {18'446'744'073'709'551'615U, "18,446,744,073,709,551,615 "}};
    for (auto const& c : cases) {
        audit::event e{.id = event_id::audit_lost, .value = c.n};
        CHECK(explain(e).find(c.words) == 0);
    }
    CHECK(explain({.id = event_id::audit_lost, .value = 1}).find("1 audit event was lost.") == 0);
    CHECK(explain({.id = event_id::audit_lost, .value = 2}).find("2 audit events were lost.") == 0);
}

TEST_CASE("a date that a wrong clock may have made up says so", "[audit][explain]") {
    audit::event e = refusal(0s, reason::account_expired, 0s);
    CHECK(audit::remedy(e).find("Change the account's dates") == 0);
    e.at.wall_trusted = false;
    CHECK(audit::remedy(e).find("The device's clock is not set") == 0);
}

TEST_CASE("every event has a sentence and a remedy, with no word left open", "[audit][explain]") {
    std::set<std::string> sentences;
    for (audit::event const& e : everything()) {
        audit::line_buffer line;
        audit::put_sentence(line, e);
        std::string const sentence{line.data(), line.size()};
        CAPTURE(to_string(e.id), to_string(e.why.why), to_string(e.ending), sentence);
        CHECK(sentence.size() > 20);
        CHECK(sentence.back() == '.');
        CHECK((sentence[0] == '\'' || (sentence[0] >= 'A' && sentence[0] <= 'Z') ||
               (sentence[0] >= '0' && sentence[0] <= '9')));
        CHECK(sentence.find_first_of("{}") == std::string::npos);
        CHECK(sentence.find("  ") == std::string::npos);
        CHECK(audit::remedy(e).size() > 20);
        CHECK(audit::remedy(e).back() == '.');
        CHECK(explain(e) == sentence + " " + std::string{audit::remedy(e)});
        sentences.insert(sentence);
    }
    // Each id, and each other reason and ending than those with which the ids came: no two say the same.
    CHECK(sentences.size() == audit::event_ids.size() + audit::refusals.size() + audit::endings.size() - 2);
}

TEST_CASE("whatever stands in an event, its line is one line and stays in bounds", "[audit][explain]") {
    audit::event e = full(event_id::login_refused);
    e.user.bytes.fill('\n');
    e.actor.bytes.fill('\x1b');
    e.detail.bytes.fill('\xff');
    e.service.bytes.fill('\r');
    e.source = address::from(std::string(15, '\n'));
    for (event_id const id : audit::event_ids) {
        e.id = id;
        std::string const line = explain(e);
        CHECK(line.size() < 1500);
        CHECK(line.find_first_of("\n\r\x1b\xff") == std::string::npos);
    }
}

}  // namespace
