// SPDX-License-Identifier: BSL-1.0
#include "http/cookie.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>

using sallyport::session::session_token;
using wbm::token_in;

namespace {
constexpr std::string_view digits = "0123456789abcdeffedcba9876543210";
constexpr session_token token{{0x0123456789abcdefU, 0xfedcba9876543210U}};
std::string ours(std::string_view value) { return fmt::format("{}={}", wbm::session_cookie, value); }
}  // namespace

TEST_CASE("the cookie is bound to this host, to TLS and to this site, and no script reads it",
          "[wbm][cookie]") {
    CHECK(wbm::set_session_cookie(token) ==
          fmt::format("{}; Path=/; Secure; HttpOnly; SameSite=Strict", ours(digits)));
    CHECK(wbm::forget_session_cookie() ==
          "__Host-sallyport=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_CASE("a cookie that stays is locked as the other, and goes when it is told to", "[wbm][cookie]") {
    CHECK(wbm::set_lasting_cookie("__Host-x", "y") ==
          "__Host-x=y; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000");
    CHECK(wbm::forget_cookie("__Host-x") ==
          "__Host-x=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_CASE("a cookie is found by its whole name, and one that is there twice is none", "[wbm][cookie]") {
    using wbm::cookie_named;
    CHECK(cookie_named("a", "a=1; b=2") == "1");
    CHECK(cookie_named("b", "a=1;b=2") == "2");
    CHECK(cookie_named("b", "a=1; b=") == "");
    CHECK(cookie_named("b", "a=1; b=2=3") == "2=3");
    for (std::string_view const none : {"", "b", "bb=1", "a=b=1", "b=1; b=1", "b =1", "; ;", "B=1"}) {
        CAPTURE(none);
        CHECK_FALSE(cookie_named("b", none));
    }
}

TEST_CASE("the token comes back as it went", "[wbm][cookie]") {
    for (std::string_view const around : {"{}", "a=b; {}", "{}; a=b", "a;{};", "  {}"}) {
        std::string const header = fmt::format(fmt::runtime(around), ours(digits));
        CAPTURE(header);
        auto const t = token_in(header);
        REQUIRE(t);
        CHECK(t->bits == token.bits);
    }
}

TEST_CASE("any other spelling is no token", "[wbm][cookie]") {
    for (std::string_view const value :
         {"", "123456789abcdeffedcba9876543210", "0123456789abcdeffedcba98765432100",
          "0x23456789abcdeffedcba9876543210", " 123456789abcdeffedcba9876543210",
          "-123456789abcdeffedcba9876543210", "0123456789ABCDEFfedcba9876543210"}) {
        CAPTURE(value);
        CHECK_FALSE(token_in(ours(value)));
    }
    for (std::string_view const header :
         {"", "__Host-sallyport", "__Host-sallyport-more=0123456789abcdeffedcba9876543210",
          "sallyport=0123456789abcdeffedcba9876543210",
          "x__Host-sallyport=0123456789abcdeffedcba9876543210"}) {
        CAPTURE(header);
        CHECK_FALSE(token_in(header));
    }
}

TEST_CASE("two cookies of our name are none", "[wbm][cookie]") {
    for (auto const& [first, second] : {std::pair{digits, digits}, {"x", digits}, {digits, "x"}})
        CHECK_FALSE(token_in(fmt::format("{}; {}", ours(first), ours(second))));
}
