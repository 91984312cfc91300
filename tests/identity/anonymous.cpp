// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/anonymous.hpp>

#include "people.hpp"
#include "support/catch.hpp"

using namespace sallyport;
using namespace sallyport::identity;
using namespace people;

namespace {
constexpr role_set viewer = role::plcnext_roles.set({"Viewer"});
anonymous const nobody{{.roles = viewer}};
}  // namespace

TEST_CASE("whoever shows nothing is nobody in particular", "[identity][anonymous]") {
    auto const said = nobody.verify({}, at(some_day));
    REQUIRE(admitted(said));
    auto const& who = std::get<principal>(said);
    CHECK(who.is == name{"anonymous"});
    CHECK(who.roles == viewer);
    CHECK(who.marks == principal::anonymous);
    CHECK(admitted(nobody.verify({.user = "  "}, at(some_day))));
}

TEST_CASE("whoever shows anything is not", "[identity][anonymous]") {
    attempt with_bytes{};
    with_bytes.shown.bytes = secret{"x"};
    for (attempt const& a :
         {by("", ""), by("", "x"), by("amira", "x"), attempt{.user = "amira"}, with_bytes,
          attempt{.shown = credential::certificate("der")}, attempt{.shown = credential::token("t")}})
        CHECK(why(nobody.verify(a, at(some_day))) == reason::invalid_credentials);
    CHECK(anonymous::takes(proof_kind::none));
    for (proof_kind const k : {proof_kind::password, proof_kind::certificate, proof_kind::token})
        CHECK_FALSE(anonymous::takes(k));
}

TEST_CASE("nobody's session follows the roles that nobody has now", "[identity][anonymous]") {
    auto const who = std::get<principal>(nobody.verify({}, at(some_day)));
    anonymous const stricter{{}};
    CHECK(
        admitted_as(stricter.current(who, at(some_day)), {.is = "anonymous", .marks = principal::anonymous}));
    CHECK(why(nobody.current({.is = "amira"}, at(some_day))) == reason::account_changed);
}
