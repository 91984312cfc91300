// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/principal.hpp>
#include <sallyport/core/region.hpp>

#include <variant>

namespace {

using sallyport::answer;
using sallyport::denial;
using sallyport::principal;
using sallyport::role_set;

static_assert(std::holds_alternative<denial>(answer{}), "a verifier that says nothing says no");
static_assert(role_set{}.empty() && principal{}.roles.empty() && principal{}.marks == 0);
static_assert(sallyport::wordy<principal> && sizeof(role_set) == 16);

TEST_CASE("a set of roles has 128 places, and nothing beyond", "[core][principal]") {
    role_set all;
    for (unsigned role = 0; role < 128; ++role) {
        CAPTURE(role);
        CHECK_FALSE(all.has(role));
        all = all.with(role);
        CHECK(all.has(role));
        role_set const one = role_set{}.with(role);
        CHECK_FALSE(one.empty());
        CHECK(one.has(role));
        CHECK_FALSE(one.has(role ^ 1));
        CHECK_FALSE(one.has(role ^ 64));
        CHECK(all.meets(one));
        CHECK(all.covers(one));
    }
    for (unsigned const role : {128U, 129U, 192U, 256U, ~0U}) {
        CHECK_FALSE(all.has(role));
        CHECK(role_set{}.with(role).empty());
    }
}

TEST_CASE("meeting is sharing one, covering is holding all", "[core][principal]") {
    role_set const a = role_set{}.with(1).with(100), b = role_set{}.with(100), c = role_set{}.with(2);
    CHECK(a.meets(b));
    CHECK(b.meets(a));
    CHECK_FALSE(a.meets(c));
    CHECK_FALSE(a.meets({}));  // nothing is held in common with nobody …
    CHECK_FALSE(role_set{}.meets(role_set{}));
    CHECK(a.covers(b));
    CHECK_FALSE(b.covers(a));
    CHECK(a.covers({}));  // … and nothing is missing
    CHECK((a | c).covers(role_set{}.with(1).with(2).with(100)));
    CHECK((a | c) != a);
    CHECK((a | b) == a);
}

TEST_CASE("marks are apart from each other", "[core][principal]") {
    principal const p{.is = "amira", .marks = principal::essential};
    CHECK(p.marked(principal::essential));
    CHECK_FALSE(p.marked(principal::must_change_password));
    CHECK_FALSE(p.marked(principal::anonymous));
    CHECK(p.marked(principal::essential | principal::anonymous));  // any of them
}

}  // namespace
