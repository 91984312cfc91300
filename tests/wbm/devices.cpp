// SPDX-License-Identifier: BSL-1.0
// Browsers that are known, codes for those that are not yet, and machines that nobody told.
#include "house.hpp"

#include <sallyport/penalty/device_cookie.hpp>

#include <chrono>
#include <regex>
#include <string>
#include <thread>

using namespace wbm_test;
using namespace std::chrono_literals;
using sallyport::audit::event_id;

namespace {

/// The pairs of an account, asked without a page.
std::size_t pairs_of(house& at, std::string_view user) {
    return at.device->gate().administer("test").pairs(user).size();
}
/// What stands in the answer's first cookie of that kind, with its attributes.
std::string device_cookie_in(wbm::reply const& r) {
    for (auto const& [name, value] : r.headers)
        if (name == "Set-Cookie" && value.starts_with("__Host-sallyport-device-")) return value;
    return {};
}
std::string code_in(wbm::reply const& page) {
    std::smatch found;
    bool const there = std::regex_search(page.body, found, std::regex{"data-code>([0-9A-Z-]{19})<"});
    return there ? found[1].str() : std::string{};
}
/// The device that the first button to revoke on a page is about.
std::string device_in(wbm::reply const& page) {
    std::smatch found;
    bool const there =
        std::regex_search(page.body, found, std::regex{R"re(name="device" value="([0-9a-f]{64})")re"});
    return there ? found[1].str() : std::string{};
}
constexpr std::string_view home = "/";

}  // namespace

TEST_CASE("a login leaves a cookie that stays, locked to this host and out of scripts' reach",
          "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}};
    person amira{at};
    auto const r = amira.login("amira");
    REQUIRE(r.status == 303);
    CHECK(std::regex_match(device_cookie_in(r),
                           std::regex{"__Host-sallyport-device-[0-9a-f]{16}=[0-9a-f]{128}; Path=/; Secure; "
                                      "HttpOnly; SameSite=Strict; Max-Age=34560000"}));
    CHECK(pairs_of(at, "amira") == 1);
    auto const e = at.last(event_id::device_paired);
    CHECK(e.user.view() == "amira");
    CHECK(e.detail.view() == "cookie");

    // The next login renews it, and makes no other pair.
    auto const before = amira.lasting();
    amira.close();
    auto const again = amira.login("AMIRA");
    CHECK_FALSE(device_cookie_in(again).empty());
    CHECK(amira.lasting() == before);
    CHECK(pairs_of(at, "amira") == 1);
    CHECK(at.count(event_id::device_paired) == 1);

    for (char const* const user : {"amira", "nobody", ""})
        CHECK(device_cookie_in(person{at}.login(user, "wrong")).empty());
}

TEST_CASE("while strangers guess: a browser that is known is let in, one that is new is refused",
          "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}};
    person known{at};
    REQUIRE(known.login("amira").status == 303);
    known.close();
    CHECK(attack(at, "amira", 60) == 10);  // all that strangers have, together

    person fresh{at, place(5000)};
    auto const refused = fresh.login("amira");
    CHECK(refused.status == 429);
    CHECK(header(refused, "Retry-After") == "3600");
    CHECK(says(refused, "<details class=\"more\" open>"));
    CHECK(known.login("amira").status == 303);
    CHECK(known.get(std::string{home}).status == 200);
    // There the password can be changed too, and its screen is not shut by what strangers do.
    std::string const other = "four grey herons waiting";
    CHECK(
        known.act("/password", {{"current", std::string{good_password}}, {"fresh", other}, {"again", other}})
            .status == 303);
}

TEST_CASE("a cookie is forged, another's, twice there or of another device: nothing, and it costs nothing",
          "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}, {"ben", {"Engineer"}}};
    person amira{at}, ben{at, place(1)};
    REQUIRE(amira.login("amira").status == 303);
    REQUIRE(ben.login("ben").status == 303);
    auto const [name, value] = amira.lasting().front();
    std::string const theirs = ben.lasting().front().second;
    folder elsewhere;
    auto const foreign = sallyport::penalty::device_cookie::from_file(elsewhere.path() + "/key");
    REQUIRE(foreign);
    attack(at, "amira", 60);

    std::string tampered = value;
    tampered.back() = tampered.back() == '0' ? '1' : '0';
    std::size_t const verified = at.count(event_id::login_refused);
    for (std::string const& forged :
         {theirs, tampered, std::string(128, '0'), std::string{}, std::string{"x"}, value.substr(1),
          value + "0", value.substr(0, 64) + theirs.substr(64),
          foreign->value_of("amira", 0, foreign->fresh_id()), fmt::format("{}; {}={}", value, name, value)}) {
        CAPTURE(forged);
        person thief{at, place(7000)};
        thief.take(fmt::format("{}={}", name, forged));
        auto const r = thief.login("amira");
        CHECK(r.status == 429);
        CHECK(header(r, "Retry-After") == "3600");  // as for any stranger
    }
    CHECK(at.count(event_id::login_refused) == verified + 10);
    CHECK(amira.login("amira").status == 303);
    // Where there is no attack such a browser is let in as any, and gets a cookie of its own.
    person thief{at, place(8000)};
    thief.take(fmt::format("{}={}", ben.lasting().front().first, value));
    CHECK(thief.login("ben").status == 303);
    CHECK(thief.lasting().front().second != value);
}

TEST_CASE("what is guessed at a known browser is counted for it alone", "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}};
    person known{at}, other{at};
    REQUIRE(known.login("amira").status == 303);
    REQUIRE(other.login("amira").status == 303);
    known.close();
    for (int n = 0; n < 10; ++n) CHECK(known.login("amira", fmt::format("wrong {}", n)).status == 401);
    auto const r = known.login("amira");
    CHECK(r.status == 429);
    CHECK(header(r, "Retry-After") == "300");
    other.close();
    CHECK(other.login("amira").status == 303);
}

TEST_CASE("several operators at one panel have a cookie each", "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}, {"ben", {"Engineer"}}};
    person panel{at};
    for (char const* const who : {"amira", "ben"}) {
        REQUIRE(panel.login(who).status == 303);
        REQUIRE(panel.act("/logout", {}).status == 303);
    }
    CHECK(panel.lasting().size() == 2);
    attack(at, "amira", 60), attack(at, "ben", 60);
    for (char const* const who : {"ben", "amira"}) {
        CHECK(panel.login(who).status == 303);
        REQUIRE(panel.act("/logout", {}).status == 303);
    }
}

TEST_CASE("one browser keeps sixteen, so that its requests do not grow without end; the oldest goes",
          "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}};
    person panel{at};
    for (int n = 0; n < 20; ++n) panel.take(fmt::format("__Host-sallyport-device-{:016x}=x", n));
    panel.take("__Host-sallyport-device-\"not ours\"=x");
    REQUIRE(panel.login("amira").status == 303);
    auto const left = panel.lasting();
    CHECK(left.size() == 17);
    CHECK(left.front().first == "__Host-sallyport-device-0000000000000005");
    CHECK(left[15].first == "__Host-sallyport-device-\"not ours\"");
    CHECK(left.back().second.size() == 128);
}

TEST_CASE("whoever does not ask to be remembered is not: a program pushes no browser out of the list",
          "[wbm][devices][cookie]") {
    house at{{"amira", {"Engineer"}}};
    person panel{at}, program{at};
    REQUIRE(panel.login("amira").status == 303);
    panel.close();
    for (int n = 0; n < 20; ++n) {
        auto const r = program.post("/login", {{"user", "amira"}, {"password", std::string{good_password}}});
        REQUIRE(r.status == 303);
        CHECK(device_cookie_in(r).empty());
        program.close();
    }
    CHECK(pairs_of(at, "amira") == 1);
    attack(at, "amira", 60);
    CHECK(panel.login("amira").status == 303);
    CHECK(says(panel.get("/devices"), "this browser"));
    // The box is ticked from the first, and stays as it was left.
    CHECK(says(program.get("/login"), R"(name="remember" value="yes" checked)"));
    CHECK_FALSE(says(program.post("/login", {{"user", "ben"}, {"password", "x"}}), "value=\"yes\" checked"));
}

TEST_CASE("with a new password the other devices are forgotten, for whoever wants that", "[wbm][devices]") {
    for (bool const forget : {false, true}) {
        CAPTURE(forget);
        house at{{"amira", {"Engineer"}}};
        person here{at}, there{at};
        REQUIRE(there.login("amira").status == 303);
        REQUIRE(here.login("amira").status == 303);
        std::string const fresh = "four grey herons waiting";
        fields change{{"current", std::string{good_password}}, {"fresh", fresh}, {"again", fresh}};
        if (forget) change.emplace_back("forget", "yes");
        REQUIRE(here.act("/password", change).status == 303);
        CHECK(pairs_of(at, "amira") == (forget ? 1U : 2U));
        attack(at, "amira", 60);
        there.close();
        CHECK(there.login("amira", fresh).status == (forget ? 429 : 303));
        here.close();
        CHECK(here.login("amira", fresh).status == 303);
    }
}

TEST_CASE("no more than sixteen browsers an account: the one unused longest leaves", "[wbm][devices]") {
    house at{{"amira", {"Engineer"}}};
    person first{at};
    REQUIRE(first.login("amira").status == 303);
    REQUIRE(first.act("/logout", {}).status == 303);
    for (int n = 0; n < 16; ++n) {
        person p{at};
        REQUIRE(p.login("amira").status == 303);
        REQUIRE(p.act("/logout", {}).status == 303);
    }
    CHECK(pairs_of(at, "amira") == 16);
    attack(at, "amira", 60);
    CHECK(first.login("amira").status == 429);
}

TEST_CASE("a restart keeps who is paired, and what is owed", "[wbm][devices][journal]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    attack(at, "amira", 60);
    at.restart();
    CHECK(pairs_of(at, "amira") == 1);
    CHECK(amira.get(std::string{home}).status == 303);  // sessions end with the process
    CHECK(attack(at, "amira", 60) == 0);
    CHECK(person{at, place(9000)}.login("amira").status == 429);
    CHECK(amira.login("amira").status == 303);
    CHECK(person{at, place(9000)}.login("olga").status == 303);
}

TEST_CASE("a torn journal, or a key that others may read: the device does not start",
          "[wbm][devices][journal]") {
    folder state;
    auto const open = [&] {
        std::ostringstream log;
        auto d = wbm::device::open({.folder = state.path(), .hashing = cheap}, log, [](std::string_view) {});
        return d ? std::string{} : d.error().to_string();
    };
    REQUIRE(open().empty());
    std::filesystem::permissions(state.path() + "/browsers.key", std::filesystem::perms{0640});
    CHECK(open().find("others") != std::string::npos);
    std::filesystem::permissions(state.path() + "/browsers.key", std::filesystem::perms{0600});
    REQUIRE(open().empty());
    std::ofstream{state.path() + "/penalties", std::ios::app} << "torn";
    CHECK(open().find("journal") != std::string::npos);
}

// ---- one's own devices ------------------------------------------------------------------------------------

TEST_CASE("everybody sees the devices of his own, and revokes them", "[wbm][devices]") {
    house at{{"amira", {"Engineer"}}, {"ben", {"Engineer"}}};
    person here{at}, there{at}, ben{at};
    REQUIRE(there.login("amira").status == 303);
    REQUIRE(ben.login("ben").status == 303);
    std::string const ben_s = device_in(ben.get("/devices"));
    std::string const far = device_in(there.get("/devices"));
    REQUIRE(here.login("amira").status == 303);
    REQUIRE((far.size() == 64 && ben_s.size() == 64 && far != ben_s));
    auto const page = here.get("/devices");
    CHECK(page.status == 200);
    CHECK(says(page, "this browser"));
    CHECK(says(page, far));
    CHECK_FALSE(says(page, ben_s));

    for (std::string const& bad : {ben_s, std::string{}, std::string{"x"}, std::string(64, '0'), far + "0"}) {
        CAPTURE(bad);
        CHECK(header(here.act("/devices/revoke", {{"device", bad}}), "Location") == "/devices?done=unpaired");
    }
    CHECK(pairs_of(at, "ben") == 1);
    CHECK(header(here.act("/devices/revoke", {{"device", far}}), "Location") == "/devices?done=revoked");
    CHECK(at.last(event_id::pair_revoked).actor.view() == "amira");
    CHECK_FALSE(says(here.get("/devices"), far));
    attack(at, "amira", 60);
    there.close();
    CHECK(there.login("amira").status == 429);  // its cookie is worth nothing now
    here.close();
    CHECK(here.login("amira").status == 303);
}

TEST_CASE("a browser that was revoked is paired anew by a right password, under another id",
          "[wbm][devices]") {
    house at{{"amira", {"Engineer"}}};
    person here{at}, thief{at};
    REQUIRE(here.login("amira").status == 303);
    auto const stolen = here.lasting().front();
    std::string const id = device_in(here.get("/devices"));
    CHECK(header(here.act("/devices/revoke", {{"device", id}}), "Location") ==
          "/devices?done=forgotten-here");
    CHECK(here.lasting().empty());
    CHECK(here.get("/devices").status == 200);
    here.take(fmt::format("{}={}", stolen.first, stolen.second));  // from a backup of the profile
    here.close();
    REQUIRE(here.login("amira").status == 303);
    CHECK(here.lasting().front().second != stolen.second);
    attack(at, "amira", 60);
    thief.take(fmt::format("{}={}", stolen.first, stolen.second));
    CHECK(thief.login("amira").status == 429);
}

TEST_CASE("all but this browser are revoked at once", "[wbm][devices]") {
    house at{{"amira", {"Engineer"}}};
    person here{at}, one{at}, two{at};
    for (person* p : {&one, &two, &here}) REQUIRE(p->login("amira").status == 303);
    CHECK(header(here.act("/devices/revoke-others", {}), "Location") == "/devices?done=all-revoked");
    CHECK(pairs_of(at, "amira") == 1);
    CHECK(header(here.act("/devices/revoke-others", {}), "Location") == "/devices?done=unpaired");
    attack(at, "amira", 60);
    here.close();
    CHECK(here.login("amira").status == 303);
}

// ---- pairing codes ----------------------------------------------------------------------------------------

TEST_CASE("a pairing code brings in a new browser while strangers guess: once, and with the password",
          "[wbm][devices][code]") {
    house at{{"amira", {"Engineer"}}};
    person inside{at}, fresh{at, place(5000)}, thief{at, place(5001)};
    REQUIRE(inside.login("amira").status == 303);
    attack(at, "amira", 60);

    CHECK(inside.act("/devices/code", {{"password", "wrong"}}).status == 401);
    auto const shown = inside.act("/devices/code", {{"password", std::string{good_password}}});
    REQUIRE(shown.status == 200);
    std::string const code = code_in(shown);
    REQUIRE(code.size() == 19);
    CHECK(says(shown, "good for 10 minutes"));
    CHECK_FALSE(says(inside.get("/devices"), code));  // it was shown once
    CHECK(at.last(event_id::pairing_code_issued).user.view() == "amira");

    CHECK(fresh.login("amira").status == 429);
    CHECK(thief.login_with_code("amira", "wrong", code).status == 401);  // a try of five
    std::string typed = code;
    for (char& c : typed) c = c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    CHECK(fresh.login_with_code("amira", good_password, typed).status == 303);
    CHECK(pairs_of(at, "amira") == 2);
    fresh.close();
    CHECK(fresh.login("amira").status == 303);                                 // it is paired from now on
    CHECK(thief.login_with_code("amira", good_password, code).status == 429);  // and the code has served

    at.device->tick();
    for (std::string const& secret : {code, typed, std::string{good_password}})
        CHECK(at.log.str().find(secret) == std::string::npos);
}

TEST_CASE("wrong codes are tries: five, and the right one is worth nothing", "[wbm][devices][code]") {
    house at{{"amira", {"Engineer"}}};
    person inside{at}, thief{at, place(5000)};
    REQUIRE(inside.login("amira").status == 303);
    std::string const code = code_in(inside.act("/devices/code", {{"password", std::string{good_password}}}));
    REQUIRE(code.size() == 19);
    for (int n = 0; n < 5; ++n) {
        CHECK(at.count(event_id::pairing_code_burned) == 0);
        auto const r = thief.login_with_code("amira", fmt::format("guess {}", n), "0000-0000-0000-000X");
        CHECK(r.status == 401);
        CHECK(says(r, "Name or password is wrong."));
    }
    CHECK(at.count(event_id::pairing_code_burned) == 1);
    attack(at, "amira", 60);
    CHECK(person{at, place(6000)}.login_with_code("amira", good_password, code).status == 429);
    // They were charged as any wrong password is.
    CHECK(thief.login("amira").status == 429);
}

TEST_CASE("a wrong code beside the right password opens no door that is shut, and shuts none that is open",
          "[wbm][devices][code]") {
    house at{{"amira", {"Engineer"}}};
    person p{at};
    CHECK(p.login_with_code("amira", good_password, "0000-0000-0000-0000").status == 303);
    attack(at, "amira", 60);
    CHECK(person{at, place(6000)}.login_with_code("amira", good_password, "not even a code").status == 429);
}

TEST_CASE("the code is asked for with the password once more, and that goes through the gate",
          "[wbm][devices][code]") {
    house at{{"amira", {"Engineer"}}};
    person inside{at};
    REQUIRE(inside.login("amira").status == 303);
    for (int n = 0; n < 10; ++n)
        CHECK(inside.act("/devices/code", {{"password", fmt::format("guess {}", n)}}).status == 401);
    auto const r = inside.act("/devices/code", {{"password", std::string{good_password}}});
    CHECK(r.status == 429);
    CHECK(header(r, "Retry-After") == "300");
    CHECK(code_in(r).empty());
    CHECK(inside.post("/devices/code", {{"password", std::string{good_password}}}).status == 403);  // no seal
}

// ---- the administrator's side -----------------------------------------------------------------------------

TEST_CASE("an administrator sees all pairs, revokes one, and all of a user", "[wbm][devices][penalties]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person olga{at}, one{at}, two{at};
    REQUIRE(one.login("amira").status == 303);
    std::string const first = device_in(one.get("/devices"));
    REQUIRE(two.login("amira").status == 303);
    REQUIRE(olga.login("olga").status == 303);
    auto const page = olga.get("/penalties");
    CHECK(says(page, first));
    CHECK(says(page, "<option>amira</option>"));
    auto const revoke = [&](std::string const& user, std::string const& device) {
        return header(olga.act("/penalties/revoke", {{"user", user}, {"device", device}}), "Location");
    };
    CHECK(revoke("olga", first) == "/penalties?done=unpaired");  // not his
    CHECK(revoke("", first) == "/penalties?done=unpaired");
    CHECK(revoke("amira", "") == "/penalties?done=unpaired");
    CHECK(pairs_of(at, "amira") == 2);
    CHECK(revoke("amira", first) == "/penalties?done=revoked");
    CHECK(pairs_of(at, "amira") == 1);
    CHECK(at.last(event_id::pair_revoked).actor.view() == "olga");
    auto const all = [&](std::string const& user) {
        return header(olga.act("/penalties/revoke-all", {{"user", user}}), "Location");
    };
    CHECK(all("amira") == "/penalties?done=all-revoked");
    CHECK(all("amira") == "/penalties?done=unpaired");
    CHECK(all("") == "/penalties?done=unpaired");
    CHECK(pairs_of(at, "amira") == 0);
    CHECK(pairs_of(at, "olga") == 1);
    CHECK(two.get("/devices").status == 200);  // sessions are another matter
}

TEST_CASE("an auditor sees them, and is offered no button", "[wbm][devices][penalties]") {
    house at{{"ben", {"SecurityAuditor"}}};
    person ben{at};
    REQUIRE(ben.login("ben").status == 303);
    auto const page = ben.get("/penalties");
    CHECK(says(page, "Paired devices"));
    CHECK_FALSE(says(page, "/penalties/revoke"));
}

TEST_CASE("an account that is removed leaves no pairs to whoever is called that next", "[wbm][devices]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person olga{at}, amira{at};
    REQUIRE(olga.login("olga").status == 303);
    REQUIRE(amira.login("amira").status == 303);
    REQUIRE(olga.act("/users/remove", {{"name", "amira"}, {"sure", "yes"}}).status == 303);
    CHECK(pairs_of(at, "amira") == 0);
    REQUIRE(olga.act("/users/add", {{"name", "amira"}, {"role", "Engineer"}}).status == 200);
    attack(at, "amira", 60);
    amira.close();
    CHECK(amira.login("amira").status == 429);
}

// ---- machines that nobody told ----------------------------------------------------------------------------

TEST_CASE("a machine that repeats a wrong password stands on the page: who, where, how often, what to do",
          "[wbm][devices][stale]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person olga{at, place(1)}, machine{at};
    REQUIRE(olga.login("olga").status == 303);
    CHECK_FALSE(says(olga.get("/penalties"), "Machines that nobody told"));
    for (int n = 0; n < 6; ++n, std::this_thread::sleep_for(150ms))
        CHECK(machine.login("amira", "last year's password").status == 401);
    auto const page = olga.get("/penalties");
    CHECK(says(page, "Machines that nobody told"));
    CHECK(std::regex_search(page.body,
                            std::regex{"A client at wbm from 192\\.0\\.2\\.7 sends one wrong password "
                                       "again and again, every 0\\.[12] s since [^<]* UTC"}));
    CHECK(says(page, "give it the present password"));
    CHECK(at.count(event_id::stale_client) == 1);
    CHECK_FALSE(says(page, "last year"));

    CHECK(machine.login("amira").status == 303);
    CHECK(says(olga.get("/penalties"), "it may have been told by now"));
}

TEST_CASE("a machine with an administrator's password is told of as that", "[wbm][devices][stale]") {
    house at{{"olga", {"Admin"}}};
    person olga{at, place(1)}, machine{at};
    REQUIRE(olga.login("olga").status == 303);
    for (int n = 0; n < 6; ++n, std::this_thread::sleep_for(150ms))
        CHECK(machine.login("olga", "an old one").status == 401);
    CHECK(says(olga.get("/penalties"), "should not have an administrator\u2019s password"));
}

TEST_CASE("after a change whoever sends the old password is known for what it is, and delays nobody",
          "[wbm][devices][stale]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person olga{at, place(1)}, amira{at};
    REQUIRE(olga.login("olga").status == 303);
    REQUIRE(amira.login("amira").status == 303);
    std::string const fresh = "four grey herons waiting";
    REQUIRE(
        amira.act("/password", {{"current", std::string{good_password}}, {"fresh", fresh}, {"again", fresh}})
            .status == 303);
    for (unsigned n = 0; n < 20; ++n) CHECK(person{at, place(100 + n)}.login("amira").status == 401);
    CHECK(person{at, place(9000)}.login("amira", fresh).status == 303);
    CHECK(says(olga.get("/penalties"), "the one before the last change, not the present"));
    CHECK(attack(at, "amira", 60) == 10);  // the strangers' budget is whole
}

TEST_CASE("a user who must change the password is paired too, and reaches no page but that one",
          "[wbm][devices]") {
    house at{{"amira", {"Engineer"}, false, true}};
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    CHECK(pairs_of(at, "amira") == 1);
    CHECK(header(amira.get("/devices"), "Location") == "/password");
    CHECK(header(amira.act("/devices/code", {{"password", std::string{good_password}}}), "Location") ==
          "/password");
    attack(at, "amira", 60);
    std::string const fresh = "four grey herons waiting";
    CHECK(
        amira.act("/password", {{"current", std::string{good_password}}, {"fresh", fresh}, {"again", fresh}})
            .status == 303);
}
