// SPDX-License-Identifier: BSL-1.0
#include "http/cookie.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>

using sallyport::session::session_token;
using wbm::token_in;

namespace {
constexpr std::string_view digits = "0123456789abcdeffedcba9876543210";
constexpr session_token token{{0x0123456789abcdefU, 0xfedcba9876543210U}};
std::string ours(std::string_view value) { return std::string{wbm::session_cookie} + '=' + std::string{value}; }
}  // namespace

TEST_CASE("the cookie is bound to this host, to TLS and to this site, and no script reads it", "[wbm][cookie]") {
    CHECK(wbm::set_session_cookie(token) == ours(digits) + "; Path=/; Secure; HttpOnly; SameSite=Strict");
    CHECK(wbm::forget_session_cookie() == "__Host-sallyport=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_CASE("the token comes back as it went", "[wbm][cookie]") {
    for (std::string const& header : {ours(digits), "a=b; " + ours(digits), ours(digits) + "; a=b", "a;" + ours(digits) + ";"}) {
        CAPTURE(header);
        auto const t = token_in(header);
        REQUIRE(t);
        CHECK(t->bits == token.bits);
    }
}

TEST_CASE("any other spelling is no token", "[wbm][cookie]") {
    std::string const d{digits};
    for (std::string const& header :
         {std::string{}, ours(""), ours(d.substr(1)), ours(d + "0"), ours("0X" + d.substr(2)), ours(" " + d.substr(1)), ours("-" + d.substr(1)),
          ours("ABCDEF" + d.substr(6)), "x" + ours(d), std::string{wbm::session_cookie}, "__Host-sallyport-more=" + d, "sallyport=" + d}) {
        CAPTURE(header);
        CHECK_FALSE(token_in(header));
    }
}

TEST_CASE("two cookies of our name are none", "[wbm][cookie]") {
    CHECK_FALSE(token_in(ours(digits) + "; " + ours(digits)));
    CHECK_FALSE(token_in(ours("x") + "; " + ours(digits)));
    CHECK_FALSE(token_in(ours(digits) + "; " + ours("x")));
}
