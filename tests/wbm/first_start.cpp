// SPDX-License-Identifier: BSL-1.0
#include "first_start.hpp"

#include "house.hpp"

#include <set>
#include <string>
#include <variant>

using namespace wbm_test;

namespace {
sallyport::answer try_it(wbm::console_secret const& c, std::string_view typed) {
    return c.verify({.user = wbm::first_start_user, .shown = sallyport::credential::password(typed)}, {});
}
bool right(sallyport::answer const& a) { return std::holds_alternative<sallyport::principal>(a); }

fields first(std::string secret, std::string_view password = good_password) {
    return {{"secret", std::move(secret)},
            {"user", "olga"},
            {"fresh", std::string{password}},
            {"again", std::string{password}}};
}
}  // namespace

TEST_CASE("a readable secret has eighty bits and no letter that looks like another", "[wbm][first_start]") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        std::string const s = wbm::readable_secret();
        CHECK(s.size() == 19);
        CHECK(s.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == std::string::npos);
        CHECK(seen.insert(s).second);
        CHECK(sallyport::identity::password_policy{}.check(sallyport::secret{s}, "amira").empty());
    }
    CHECK(wbm::as_meant("7kqd 2m9x-4TPA-ilo0") == "7KQD2M9X4TPA1100");
}

TEST_CASE("the console's secret is right however it is typed, and after five wrong ones it is another",
          "[wbm][first_start]") {
    std::vector<std::string> shown;
    wbm::console_secret const c{[&](std::string_view s) { shown.emplace_back(s); }};
    REQUIRE(shown.size() == 1);
    CHECK(right(try_it(c, shown[0])));
    CHECK(right(try_it(c, wbm::as_meant(shown[0]))));
    CHECK_FALSE(right(try_it(c, "")));
    CHECK_FALSE(right(try_it(c, shown[0].substr(1))));
    CHECK_FALSE(right(try_it(c, fmt::format("{}0", shown[0]))));
    CHECK_FALSE(right(try_it(c, "wrong")));
    CHECK(shown.size() == 1);
    CHECK_FALSE(right(try_it(c, "the fifth")));
    REQUIRE(shown.size() == 2);
    CHECK_FALSE(right(try_it(c, shown[0])));
    CHECK(right(try_it(c, shown[1])));
}

TEST_CASE("an empty device lets its first administrator in, once", "[wbm][first_start]") {
    house at{};
    REQUIRE(at.secrets.size() == 1);
    person stranger{at};
    for (std::string path : {"/", "/login", "/users", "/metrics"}) {
        CHECK(stranger.get(path).status == 303);
        CHECK(header(stranger.get(path), "Location") == "/first-start");
        CHECK(header(stranger.post(path, {{"user", "x"}}), "Location") == "/first-start");
    }
    CHECK(stranger.post("/first-start", first("wrong")).status == 401);
    CHECK(header(stranger.post("/first-start", first(at.secrets[0])), "Location").starts_with("/login"));
    CHECK(stranger.login("olga").status == 303);
    CHECK(stranger.get("/users").status == 200);

    person second{at};
    CHECK(header(second.post("/first-start", first(at.secrets[0])), "Location") == "/login");
    CHECK(at.device->who().size() == 1);
    CHECK(at.secrets.size() == 1);
}

TEST_CASE("the gate of the first start makes guessers wait, and a slip in the password costs no try",
          "[wbm][first_start]") {
    house at{};
    person stranger{at};
    for (int i = 0; i < 5; ++i)
        CHECK(stranger.post("/first-start", first("wrong", "too short")).status == 422);
    CHECK(stranger.post("/first-start", first("wrong")).status == 401);
    CHECK(stranger.post("/first-start", first("wrong")).status == 401);
    auto const third = stranger.post("/first-start", first("wrong"));
    CHECK(third.status == 401);
    CHECK(header(third, "Retry-After") == "10");
    // Too early, and so neither the right one is looked at nor the wait made longer.
    auto const early = stranger.post("/first-start", first(at.secrets[0]));
    CHECK(early.status == 429);
    CHECK(header(early, "Retry-After") == "10");
    CHECK(at.device->who().size() == 0);
    CHECK(at.last(sallyport::audit::event_id::login_refused).user.view() == wbm::first_start_user);
}
