// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/penalty/keys.hpp>

namespace {

using namespace sallyport::penalty;
using sallyport::address;
using sallyport::name;
using sallyport::penalty_entry;
using sallyport::proof_kind;
using sallyport::visit;

struct by_nothing {
    using type = name;
};
struct by_throwing {
    using type = name;
    [[maybe_unused]] static constexpr bool keeps_known_apart = true, hashed_as_account = true;
    static bool applies(visit const&) noexcept { return true; }
    static type of(visit const& v) { return v.account; }
    static void describe(type const&, penalty_entry&) noexcept {}
};
struct by_pointer {
    struct type {
        name const* where;
        bool what;
    };
    [[maybe_unused]] static constexpr bool keeps_known_apart = true, hashed_as_account = false;
    static bool applies(visit const&) noexcept { return true; }
    static type of(visit const&) noexcept { return {}; }
    static void describe(type const&, penalty_entry&) noexcept {}
};
static_assert(!penalty_key<by_nothing> && !penalty_key<by_throwing> && !penalty_key<by_pointer>);

visit from(address source, proof_kind shown = proof_kind::password) {
    return {.account = "amira", .source = source, .shown = shown};
}
constexpr address here = address::ipv4(192, 0, 2, 7);

TEST_CASE("what cannot be guessed pays no account's penalty, but its source's", "[penalty][keys]") {
    for (proof_kind const shown : {proof_kind::none, proof_kind::certificate, proof_kind::token}) {
        CHECK_FALSE(by_account::applies(from(here, shown)));
        CHECK_FALSE(by_account_and_source::applies(from(here, shown)));
        REQUIRE(by_source::applies(from(here, shown)));
        CHECK(by_source::of(from(here, shown)) == here);
    }
    REQUIRE((by_account::applies(from(here)) && by_account_and_source::applies(from(here))));
    CHECK(by_account::of(from(here)) == name{"amira"});
    CHECK(by_account_and_source::of(from(here)).account == name{"amira"});
    CHECK(by_account_and_source::of(from(here)).source == here);
}

TEST_CASE("an unknown source is skipped, never shared by all", "[penalty][keys]") {
    CHECK_FALSE(by_source::applies(from({})));
    CHECK_FALSE(by_account_and_source::applies(from({})));
    REQUIRE(by_account::applies(from({})));
    CHECK(by_account::of(from({})) == name{"amira"});
}

TEST_CASE("by both, an account has a key for each source", "[penalty][keys]") {
    CHECK(by_account_and_source::is_of({"amira", here}, "amira"));
    CHECK_FALSE(by_account_and_source::is_of({"bo", here}, "amira"));
    CHECK_FALSE(by_account_and_source::is_of({}, "amira"));
}

TEST_CASE("a line of the list names what the key is made of, and no more", "[penalty][keys]") {
    penalty_entry line;
    by_account::describe("amira", line);
    CHECK(line.account == name{"amira"});
    CHECK_FALSE(line.source.known());
    line = {};
    by_source::describe(here, line);
    CHECK(line.account.empty());
    CHECK(line.source == here);
    line = {};
    by_account_and_source::describe({"amira", here}, line);
    CHECK(line.account == name{"amira"});
    CHECK(line.source == here);
}

}  // namespace
