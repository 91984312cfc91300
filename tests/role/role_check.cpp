// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/words.hpp"

#include <sallyport/role/role_check.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/conformance.hpp>

#include <type_traits>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::role::role_check;
using sallyport::role::role_check_options;
using sallyport::testing::at;
using sallyport::testing::knock;

static_assert(guard<role_check> && checks<role_check, admission> && !checks<role_check, arrival>);
static_assert(!keeps_state<role_check> && sizeof(role_check) == sizeof(role_check_options),
              "what is not used costs nothing");
static_assert(!std::is_default_constructible_v<role_check>, "a check for no role is not made by accident");

constexpr role_set viewer = role_set{}.with(0), engineer = role_set{}.with(1), admin = role_set{}.with(127);

verdict asks(role_check_options const& o, role_set held, std::string_view service = "opcua",
             std::uint64_t marks = 0) {
    visit const who = knock("amira", {}, service);
    principal const as{"amira", held, marks};
    house const nobody{};
    return role_check{o}.check(admission{who, as, nobody, at(0s)});
}
constexpr denial no{reason::missing_role, 0s};

TEST_CASE("one of these roles is held, or it is missing", "[role][role_check]") {
    role_check_options const o{.any_of = engineer | admin};
    CHECK(asks(o, engineer));
    CHECK(asks(o, admin | viewer));
    CHECK(asks(o, viewer).error() == no);
    CHECK(asks(o, {}).error() == no);
}

TEST_CASE("all of these roles are held, or one is missing", "[role][role_check]") {
    role_check_options const o{.all_of = engineer | admin};
    CHECK(asks(o, engineer | admin));
    CHECK(asks(o, engineer | admin | viewer));
    CHECK(asks(o, engineer).error() == no);
    CHECK(asks(o, admin).error() == no);
    CHECK(asks(o, {}).error() == no);
}

TEST_CASE("any of some and all of others", "[role][role_check]") {
    role_check_options const o{.any_of = viewer | engineer, .all_of = admin};
    CHECK(asks(o, viewer | admin));
    CHECK(asks(o, admin).error() == no);
    CHECK(asks(o, viewer | engineer).error() == no);
}

TEST_CASE("a check for one service asks nothing at another", "[role][role_check]") {
    role_check_options const o{.any_of = admin, .service = "wbm"};
    CHECK(asks(o, viewer, "wbm").error() == no);
    CHECK(asks(o, viewer, "opcua"));
    CHECK(asks(o, admin, "wbm"));
    CHECK(asks(o, viewer, "wbm2"));
    CHECK(asks(o, viewer, ""));
    CHECK(asks({.any_of = admin}, viewer, "").error() == no);
}

TEST_CASE("whoever must change his password first is let in, to do that and nothing else",
          "[role][role_check]") {
    CHECK(asks({.any_of = admin}, {}, "wbm", principal::must_change_password));
    CHECK(asks({.all_of = admin}, {}, "wbm", principal::must_change_password));
    CHECK_FALSE(asks({.any_of = admin}, {}, "wbm", principal::essential));
    CHECK_FALSE(asks({.any_of = admin}, {}, "wbm", principal::anonymous));
}

TEST_CASE("a check that asks for no role says so", "[role][role_check]") {
    CHECK(role_check_options{}.fault() == "role::role_check: no role is asked for");
    CHECK(role_check{role_check_options{.service = "wbm"}}.fault() ==
          "role::role_check: no role is asked for");
    CHECK(role_check_options{.any_of = viewer}.fault().empty());
    CHECK(role_check_options{.all_of = viewer}.fault().empty());
    CHECK(sallyport::testing::conformance([] { return role_check{{.any_of = viewer}}; }).empty());
}

}  // namespace
