// SPDX-License-Identifier: BSL-1.0
// The pages without a socket: who gets what, in which words, with which status.
#include "house.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <thread>

using namespace wbm_test;
using sallyport::audit::event_id;
using sallyport::reason;

TEST_CASE("nobody sees anything before he has logged in", "[wbm][site]") {
    house at{{"olga", {"Admin"}}};
    person stranger{at};
    for (wbm::page const& p : wbm::pages()) {
        CAPTURE(p.path);
        for (auto const& r : {stranger.get(std::string{p.path}), stranger.post(std::string{p.path}, {})}) {
            CHECK(r.status == 303);
            CHECK(header(r, "Location") == "/login");
            CHECK(r.body.empty());
        }
    }
    CHECK(stranger.get("/nowhere").status == 303);
    CHECK(says(stranger.get("/login"), "authorised persons only"));
}

TEST_CASE("wrong, unknown, disabled and malformed look and weigh the same from outside",
          "[wbm][site][login]") {
    house at{{"olga", {"Admin"}}, {"karim", {"Viewer"}, true}};
    struct {
        std::string user, password;
        reason why;
    } const cases[] = {
        {"olga", "wrong", reason::invalid_credentials},
        {"nobody", std::string{good_password}, reason::unknown_account},
        {"karim", std::string{good_password}, reason::account_disabled},
        {"", std::string{good_password}, reason::malformed_attempt},
        {"   ", std::string{good_password}, reason::malformed_attempt},
        {std::string(65, 'a'), std::string{good_password}, reason::malformed_attempt},
        {"\xff\xfe", std::string{good_password}, reason::malformed_attempt},
        {"new\nline", std::string{good_password}, reason::malformed_attempt},
        {"ol\x01ga", std::string{good_password}, reason::malformed_attempt},
        {"olga2", std::string(129, 'p'), reason::malformed_attempt},
    };
    for (auto const& [user, password, why] : cases) {
        CAPTURE(user, password);
        auto const r = person{at}.login(user, password);
        CHECK(r.status == 401);
        CHECK(says(r, "Name or password is wrong."));
        CHECK(header(r, "Retry-After").empty());
        CHECK(header(r, "Set-Cookie").empty());
        // Exactly, for the audit; and it was charged to whoever it was.
        auto const e = at.last(event_id::login_refused);
        CHECK(to_string(e.why.why) == to_string(why));
        CHECK(e.user.view() == user.substr(0, 64));
    }
    CHECK(names_charged(at).size() == std::size(cases));
}

TEST_CASE("five wrong ones from one place: 401 with the wait; then 429 there, for the right password too",
          "[wbm][site][login]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person inside{at, place(1)}, desk{at};
    REQUIRE(inside.login("amira").status == 303);

    for (int n = 1; n < 5; ++n)
        CHECK(header(desk.login("amira", fmt::format("wrong {}", n)), "Retry-After").empty());
    auto const fifth = desk.login("amira", "wrong 5");
    CHECK(fifth.status == 401);
    CHECK(header(fifth, "Retry-After") == "14400");  // six a day
    CHECK(says(fifth, "data-wait-ms=\"1439"));

    auto const early = person{at}.login("AMIRA");
    CHECK(early.status == 429);
    CHECK(header(early, "Retry-After") == "14400");  // as before: to come too early changes nothing
    CHECK(says(early, "in <strong data-count>3 h 59 min</strong>"));
    CHECK(says(early, "<details class=\"more\" open>"));       // a pairing code would let it in
    CHECK(inside.get("/").status == 200);                      // a session that is open goes on
    CHECK(person{at, place(2)}.login("amira").status == 303);  // and nobody elsewhere is kept out

    // For an unknown name the same, to the letter.
    person other{at};
    for (int n = 1; n < 6; ++n) (void)other.login("nobody", fmt::format("wrong {}", n));
    auto const unknown = other.login("nobody", "wrong");
    CHECK(unknown.status == 429);
    CHECK(header(unknown, "Retry-After") == "14400");

    person admin{at};
    REQUIRE(admin.login("olga").status == 303);
    CHECK(says(admin.get("/penalties"), "<bdi>amira</bdi>"));
    CHECK(header(admin.act("/penalties/clear", {{"user", "amira"}}), "Location") ==
          "/penalties?done=cleared");
    CHECK(header(admin.act("/penalties/clear", {{"user", "amira"}}), "Location") ==
          "/penalties?done=nothing");
    CHECK(desk.login("amira").status == 303);
    CHECK(at.last(event_id::penalty_cleared).actor.view() == "olga");
}

TEST_CASE("the same wrong one again and again makes nobody wait", "[wbm][site][login]") {
    house at{{"amira", {"Engineer"}}};
    person machine{at};
    for (int n = 0; n < 15; ++n) {
        auto const r = machine.login("amira", "last year's password");
        CHECK(r.status == 401);
        CHECK(header(r, "Retry-After").empty());
    }
    CHECK(person{at}.login("amira").status == 303);
}

TEST_CASE("a place that tries many names waits, and an administrator clears that too", "[wbm][site][login]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person sprayer{at};
    for (int n = 0; n < 20; ++n) CHECK(sprayer.login(fmt::format("name{}", n), "guess").status == 401);
    CHECK(sprayer.login("amira").status == 429);
    person admin{at, place(1)};
    REQUIRE(admin.login("olga").status == 303);
    CHECK(says(admin.get("/penalties"), "Any name, from 192.0.2.7"));
    CHECK(header(admin.act("/penalties/clear", {{"source", "192.0.2.8"}}), "Location") ==
          "/penalties?done=nothing");
    CHECK(header(admin.act("/penalties/clear", {{"source", "192.0.2.7"}}), "Location") ==
          "/penalties?done=cleared");
    CHECK(sprayer.login("amira").status == 303);
}

TEST_CASE("a full house is 503 and costs no penalty", "[wbm][site][login]") {
    house at{{{"olga", {"Admin"}}}, {.sessions = 1}};
    person first{at}, second{at};
    REQUIRE(first.login("olga").status == 303);
    auto const r = second.login("olga");
    CHECK(r.status == 503);
    CHECK(says(r, "As many sessions are open as are allowed at once."));
    CHECK(at.device->gate().administer("test").penalties().empty());
    CHECK(first.act("/logout", {}).status == 303);
    CHECK(second.login("olga").status == 303);
}

TEST_CASE("each role sees its pages and no others; what it may not see is not in its menu",
          "[wbm][site][roles]") {
    std::map<std::string, std::set<std::string>> const may{
        {"Admin",
         {"/", "/sessions", "/penalties", "/users", "/trust", "/log", "/counters", "/metrics", "/devices",
          "/password"}},
        {"SecurityEngineer",
         {"/", "/sessions", "/penalties", "/trust", "/log", "/counters", "/metrics", "/devices",
          "/password"}},
        {"SecurityAuditor",
         {"/", "/sessions", "/penalties", "/log", "/counters", "/metrics", "/devices", "/password"}},
        {"UserManager", {"/", "/penalties", "/users", "/devices", "/password"}},
        {"CertificateManager", {"/", "/trust", "/devices", "/password"}},
        {"Engineer", {"/", "/devices", "/password"}},
        {"Viewer", {"/", "/devices", "/password"}},
        {"EHmiLevel10", {"/", "/devices", "/password"}},
    };
    for (auto const& [role, pages] : may) {
        house at{{"somebody", {role}}};
        person p{at};
        REQUIRE(p.login("somebody").status == 303);
        std::string const home = p.get("/").body;
        for (std::string path : {"/", "/sessions", "/penalties", "/users", "/trust", "/log", "/counters",
                                 "/metrics", "/devices", "/password"}) {
            CAPTURE(role, path);
            CHECK(p.get(path).status == (pages.contains(path) ? 200 : 403));
            if (path != "/metrics")
                CHECK((home.find(fmt::format(R"(<li><a href="{}")", path)) != std::string::npos) ==
                      pages.contains(path));
        }
    }
}

TEST_CASE("acts ask for roles of their own: an auditor looks and does not touch", "[wbm][site][roles]") {
    std::map<std::string, std::set<std::string>> const may{
        {"Admin",
         {"/sessions/close", "/sessions/maximum", "/penalties/clear", "/penalties/revoke",
          "/penalties/revoke-all", "/users/add", "/users/roles", "/users/disable", "/users/reset",
          "/users/remove", "/trust/approve", "/trust/issuer", "/trust/reject", "/trust/remove",
          "/trust/add"}},
        {"SecurityEngineer",
         {"/sessions/close", "/sessions/maximum", "/penalties/clear", "/penalties/revoke",
          "/penalties/revoke-all", "/trust/approve", "/trust/issuer", "/trust/reject", "/trust/remove",
          "/trust/add"}},
        {"CertificateManager",
         {"/trust/approve", "/trust/issuer", "/trust/reject", "/trust/remove", "/trust/add"}},
        {"UserManager",
         {"/penalties/clear", "/penalties/revoke", "/penalties/revoke-all", "/users/add", "/users/roles",
          "/users/disable", "/users/reset", "/users/remove"}},
        {"SecurityAuditor", {}},
        {"Engineer", {}},
    };
    for (auto const& [role, acts] : may) {
        house at{{"somebody", {role}}};
        person p{at};
        REQUIRE(p.login("somebody").status == 303);
        for (std::string const& path : may.at("Admin")) {
            CAPTURE(role, path);
            CHECK((p.act(path, {{"name", "nobody"}}).status == 403) == !acts.contains(path));
            CHECK(p.get(path).status == 404);  // nothing is changed by looking
        }
    }
}

TEST_CASE("a form without the seal of its own session does nothing", "[wbm][site][csrf]") {
    house at{{"olga", {"Admin"}}, {"ben", {"Admin"}}};
    person olga{at}, ben{at};
    REQUIRE(olga.login("olga").status == 303);
    REQUIRE(ben.login("ben").status == 303);
    std::string const own = olga.seal();
    for (std::string const& seal :
         {std::string{}, std::string(32, '0'), ben.seal(), own.substr(1), fmt::format("{}0", own)}) {
        CAPTURE(seal);
        CHECK(olga.post("/sessions/maximum", {{"maximum", "7"}, {"seal", seal}}).status == 403);
        CHECK(olga.post("/logout", {{"seal", seal}}).status == 403);
    }
    CHECK(olga.post("/sessions/maximum", {{"maximum", "7"}}).status == 403);
    CHECK(olga.post("/sessions/maximum", {{"maximum", "7"}, {"seal", own}, {"seal", own}}).status == 403);
    CHECK(at.device->gate().administer("test").session_maximum() == 32);
    CHECK(olga.post("/sessions/maximum", {{"maximum", "7"}, {"seal", own}}).status == 303);
    CHECK(at.device->gate().administer("test").session_maximum() == 7);
}

TEST_CASE("another site can post nothing, not even a login", "[wbm][site][csrf]") {
    house at{{"olga", {"Admin"}}};
    auto const r =
        at.site->answer({.method = "POST",
                         .path = "/login",
                         .posted = form_of({{"user", "olga"}, {"password", std::string{good_password}}}),
                         .host = "device:8443",
                         .origin = "https://evil.example"});
    CHECK(r.status == 403);
    CHECK(at.count(event_id::login_admitted) == 0);
    CHECK(at.count(event_id::login_refused) == 0);  // nor can it drive a visitor's name into a penalty
}

TEST_CASE("whoever must change the password can do that, and log out, and nothing else",
          "[wbm][site][password]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Admin"}, false, true}};
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    for (wbm::page const& p : wbm::pages()) {
        if (p.path == "/password" || p.path == "/logout") continue;
        CAPTURE(p.path);
        auto const r = p.show != nullptr ? amira.get(std::string{p.path})
                                         : amira.act(std::string{p.path}, {{"name", "olga"}});
        CHECK(r.status == 303);
        CHECK(header(r, "Location") == "/password");
    }
    std::string const fresh = "four grey herons waiting";
    auto const change = [&](std::string current, std::string to, std::string again) {
        return amira.act(
            "/password",
            {{"current", std::move(current)}, {"fresh", std::move(to)}, {"again", std::move(again)}});
    };
    CHECK(says(change(std::string{good_password}, fresh, "another"), "not the same"));
    CHECK(change("wrong", fresh, fresh).status == 401);
    CHECK(says(change(std::string{good_password}, "short", "short"), "too short"));
    CHECK(says(change(std::string{good_password}, std::string{good_password}, std::string{good_password}),
               "used for this account before"));
    CHECK(amira.get("/users").status == 303);
    CHECK(change(std::string{good_password}, fresh, fresh).status == 303);
    CHECK(amira.get("/users").status == 200);  // the same session, with its roles
    CHECK(at.last(event_id::password_changed).user.view() == "amira");
    CHECK(person{at}.login("amira").status == 401);
    CHECK(person{at}.login("amira", fresh).status == 303);
}

TEST_CASE("the old password on a change goes through the gate: guessing there is guessing",
          "[wbm][site][password]") {
    house at{{"amira", {"Engineer"}}};
    person inside{at}, other{at};
    REQUIRE(inside.login("amira").status == 303);
    REQUIRE(other.login("amira").status == 303);
    std::string const fresh = "four grey herons waiting";
    auto const change = [&](std::string current) {
        return inside.act("/password", {{"current", std::move(current)}, {"fresh", fresh}, {"again", fresh}});
    };
    for (int n = 0; n < 10; ++n) CHECK(change(fmt::format("guess {}", n)).status == 401);
    auto const late = change(std::string{good_password});
    CHECK(late.status == 429);
    CHECK(header(late, "Retry-After") == "300");  // what a paired device regains: 12 an hour
    CHECK(inside.get("/").status == 200);
    inside.close();
    CHECK(inside.login("amira").status == 429);      // it is counted for that very browser,
    CHECK(person{at}.login("amira").status == 303);  // and for no other
    CHECK(other.get("/").status == 200);
}

TEST_CASE("a changed password ends the other sessions of that account", "[wbm][site][password]") {
    house at{{"amira", {"Engineer"}}};
    person here{at}, there{at};
    REQUIRE(here.login("amira").status == 303);
    REQUIRE(there.login("amira").status == 303);
    std::string const fresh = "four grey herons waiting";
    CHECK(here.act("/password", {{"current", std::string{good_password}}, {"fresh", fresh}, {"again", fresh}})
              .status == 303);
    CHECK(here.get("/").status == 200);
    CHECK(there.get("/").status == 303);
}

TEST_CASE("a session that an administrator closes is over at the next click", "[wbm][site][sessions]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person olga{at}, amira{at};
    REQUIRE(olga.login("olga").status == 303);
    REQUIRE(amira.login("amira").status == 303);
    CHECK(header(olga.act("/sessions/close", {{"number", "2"}}), "Location") == "/sessions?done=closed");
    CHECK(header(olga.act("/sessions/close", {{"number", "2"}}), "Location") == "/sessions?done=gone");
    for (char const* const no_number : {"", "x", "-1", "2x", "99999999999999999999"})
        CHECK(header(olga.act("/sessions/close", {{"number", no_number}}), "Location") ==
              "/sessions?done=gone");
    auto const r = amira.get("/");
    CHECK(header(r, "Location") == "/login?done=over");
    CHECK(header(r, "Set-Cookie") == wbm::forget_session_cookie());
    CHECK(at.last(event_id::session_terminated).actor.view() == "olga");
}

TEST_CASE("the maximum has bounds", "[wbm][site][sessions]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    for (char const* const n : {"0", "129", "-1", "", "x", "4294967297"}) {
        CAPTURE(n);
        CHECK(olga.act("/sessions/maximum", {{"maximum", n}}).status == 422);
    }
    for (char const* const n : {"1", "128"})
        CHECK(olga.act("/sessions/maximum", {{"maximum", n}}).status == 303);
}

TEST_CASE("a token that is not ours, or over, opens nothing", "[wbm][site][sessions]") {
    house at{{"olga", {"Admin"}}};
    person olga{at}, thief{at};
    REQUIRE(olga.login("olga").status == 303);
    std::string const cookie = olga.cookie();
    REQUIRE(olga.act("/logout", {}).status == 303);
    for (std::string const& c :
         {cookie, fmt::format("__Host-sallyport={:032}", 0), std::string{"__Host-sallyport=x"}}) {
        thief.take(c);
        CHECK(thief.get("/").status == 303);
    }
}

TEST_CASE("a session that nobody uses ends by itself", "[wbm][site][sessions]") {
    using namespace std::chrono_literals;
    house at{{{"olga", {"Admin"}}}, {.idle = 60ms}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    for (int i = 0; i < 4; ++i, std::this_thread::sleep_for(20ms)) CHECK(olga.get("/").status == 200);
    std::this_thread::sleep_for(80ms);
    CHECK(header(olga.get("/"), "Location") == "/login?done=over");
    at.device->tick();
    CHECK(at.last(event_id::session_closed).ending == sallyport::standing::timed_out);
}

TEST_CASE("a login gives a fresh token, whatever was brought along", "[wbm][site][sessions]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    olga.take("__Host-sallyport=00000000000000000000000000000001");
    REQUIRE(olga.login("olga").status == 303);
    CHECK(olga.cookie() != "__Host-sallyport=00000000000000000000000000000001");
    CHECK(olga.get("/").status == 200);
}

TEST_CASE("the log is filtered, and escaped", "[wbm][site][log]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    (void)person{at}.login("<script>alert(1)</script>", "x");
    (void)person{at}.login("two\nlines", "x");
    auto const all = olga.get("/log");
    CHECK_FALSE(says(all, "<script>alert"));
    CHECK(says(all, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(says(all, "two\\x0alines"));
    CHECK(says(olga.get("/log", {{"user", "SCRIPT"}}), "&lt;script&gt;alert"));
    CHECK_FALSE(says(olga.get("/log", {{"user", "olga"}}), "alert(1)"));
    CHECK(says(olga.get("/log", {{"reason", "malformed_attempt"}}), "two\\x0alines"));
    CHECK_FALSE(says(olga.get("/log", {{"reason", "malformed_attempt"}}), "alert(1)"));
    CHECK(says(olga.get("/log", {{"reason", "missing_role"}}), "Nothing of that kind has happened."));
    CHECK_FALSE(says(olga.get("/log", {{"least", "warning"}}), "was admitted"));
    CHECK(olga.get("/log", {{"reason", "\"><x"}, {"least", "?"}, {"before", "-1"}}).status == 200);
}

TEST_CASE("the log shows nothing, rather than everything, of what there is not", "[wbm][site][log]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    CHECK(says(olga.get("/log", {{"reason", ""}, {"least", "info"}, {"before", ""}}), "was admitted"));
    for (fields const& query :
         {fields{{"reason", "bogus"}}, fields{{"least", "bogus"}}, fields{{"before", "bogus"}},
          fields{{"before", "9x"}}, fields{{"before", "-1"}}}) {
        CAPTURE(query.front().first, query.front().second);
        auto const r = olga.get("/log", query);
        CHECK(r.status == 200);
        CHECK_FALSE(says(r, "was admitted"));
        CHECK(says(r, "Nothing of that kind has happened."));
    }
}

TEST_CASE("an account is enabled and disabled by exact words alone", "[wbm][site]") {
    house at{{"olga", {"Admin"}}, {"karim", {"Viewer"}, true}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    for (fields const& how : {fields{}, fields{{"disabled", ""}}, fields{{"disabled", "No"}},
                              fields{{"disabled", "no"}, {"disabled", "yes"}}}) {
        fields posted = how;
        posted.emplace_back("name", "karim");
        auto const r = olga.act("/users/disable", posted);
        CHECK(r.status == 422);
        CHECK(says(r, "whether to disable or to enable"));
        CHECK(at.device->accounts().find("karim")->disabled);
    }
    CHECK(header(olga.act("/users/disable", {{"name", "karim"}, {"disabled", "no"}}), "Location") ==
          "/users?done=enabled");
    CHECK_FALSE(at.device->accounts().find("karim")->disabled);
    CHECK(header(olga.act("/users/disable", {{"name", "karim"}, {"disabled", "yes"}}), "Location") ==
          "/users?done=disabled");
    CHECK(at.device->accounts().find("karim")->disabled);
}

TEST_CASE("a penalty is cleared for whom the form names, and for nobody else", "[wbm][site]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    auto const cleared = at.count(event_id::penalty_cleared);
    for (fields const& whom :
         {fields{}, fields{{"user", ""}}, fields{{"user", "amira"}, {"source", "192.0.2.7"}}})
        CHECK(header(olga.act("/penalties/clear", whom), "Location") == "/penalties?done=nothing");
    CHECK(at.count(event_id::penalty_cleared) == cleared);  // nobody was even asked for
}

TEST_CASE("the log goes back page by page, and shows each event once", "[wbm][site][log]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    for (int i = 0; i < 60; ++i)
        at.device->gate().record(
            {.id = event_id::session_maximum_set, .value = static_cast<std::uint64_t>(1000 + i)});
    auto const count = [](std::string const& body) {
        std::size_t n = 0;
        for (std::size_t at_ = 0;
             (at_ = body.find("set the maximum of sessions to 1,0", at_)) != std::string::npos; ++at_)
            ++n;
        return n;
    };
    std::string const newest = olga.get("/log", {{"user", ""}}).body;
    CHECK(count(newest) == 50);
    std::size_t const link = newest.find("before=");
    REQUIRE(link != std::string::npos);
    std::string const before = newest.substr(link + 7, newest.find('"', link) - link - 7);
    std::string const older = olga.get("/log", {{"before", before}}).body;
    CHECK(count(older) == 10);
    CHECK(older.find("before=") == std::string::npos);
}

TEST_CASE("counters for programs", "[wbm][site]") {
    house at{{"olga", {"Admin"}}};
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    auto const r = olga.get("/metrics");
    CHECK(r.type == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(says(r, "sallyport_logins_total{result=\"admitted\",reason=\"none\"} 1\n"));
}
