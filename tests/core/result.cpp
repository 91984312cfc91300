// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/principal.hpp>
#include <sallyport/core/result.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;
using sallyport::answer;
using sallyport::denial;
using sallyport::permit;
using sallyport::permitted;
using sallyport::reason;
using sallyport::result;
using sallyport::verdict;

static_assert(!verdict{} && !result<int>{} && !result<std::string_view>{}, "silence refuses");
static_assert(denial{}.why == reason::undecided && verdict{permit} && permit.instead_of == 0);
static_assert(!std::is_convertible_v<verdict, bool>, "a verdict is asked, never counted");
static_assert(!std::is_constructible_v<verdict, bool>, "nobody says true and means come in");

TEST_CASE("a result made by default is a refusal that nobody explained", "[core][result]") {
    result<std::string> const nobody_decided;
    CHECK_FALSE(nobody_decided);
    CHECK(nobody_decided.error() == denial{reason::undecided, 0ns});
    CHECK(std::get<denial>(answer{}).why == reason::undecided);  // the verifier's, too
}

TEST_CASE("a consent may name a session that is to end", "[core][result]") {
    verdict const instead{permitted{.instead_of = 7}};
    REQUIRE(instead);
    CHECK(instead->instead_of == 7);
    CHECK(verdict{}.error() == denial{});
}

TEST_CASE("a denial stays a denial, also one that says nothing was refused", "[core][result]") {
    // A guard that hands on another's `error()` without a look must not open the door.
    verdict const careless{verdict{permit}.error()};
    CHECK_FALSE(careless);
    CHECK(careless.error().why == reason::undecided);
    CHECK(result<int>{denial{reason::none, 3s}}.error() == denial{reason::undecided, 3s});
    CHECK(result<int>{denial{reason::missing_role, 0s}}.error().why == reason::missing_role);
}

TEST_CASE("a result holds its value, and then there is nothing to explain", "[core][result]") {
    result<std::string> who{std::string{"amira"}};
    REQUIRE(who);
    CHECK(*who == "amira");
    CHECK(who->size() == 5);
    CHECK(who.error().why == reason::none);
    *who += "!";
    CHECK(std::as_const(who)->back() == '!');
}

TEST_CASE("a result may hold what can only be moved", "[core][result]") {
    result<std::unique_ptr<int>> one{std::make_unique<int>(7)};
    result<std::unique_ptr<int>> const other{std::move(one)};
    REQUIRE(other);
    CHECK(**other == 7);
}

}  // namespace
