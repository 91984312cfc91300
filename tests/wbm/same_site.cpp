// SPDX-License-Identifier: BSL-1.0
#include "http/same_site.hpp"

#include "support/catch.hpp"

#include <string_view>

using sallyport::session::session_token;

TEST_CASE("a seal belongs to one session of one start", "[wbm][csrf]") {
    wbm::form_seal const seals, of_another_start;
    session_token const a{{1, 2}}, b{{1, 3}};
    CHECK(seals.of(a) == seals.of(a));
    CHECK(seals.of(a).size() == 32);
    CHECK(seals.of(a) != seals.of(b));
    CHECK(seals.of(a) != of_another_start.of(a));
}

TEST_CASE("a browser that says where a form comes from is believed", "[wbm][csrf]") {
    struct {
        std::string_view origin, fetch_site;
        bool elsewhere;
    } const cases[] = {
        {"", "", false},  // no browser
        {"https://device:8443", "same-origin", false},
        {"https://device:8443", "", false},
        {"", "none", false},
        {"https://device", "", true},
        {"http://device:8443", "", true},
        {"https://evil.example", "", true},
        {"https://device:8443.evil.example", "", true},
        {"null", "", true},
        {"", "cross-site", true},
        {"", "same-site", true},
        {"https://device:8443", "cross-site", true},
    };
    for (auto const& [origin, fetch_site, elsewhere] : cases) {
        CAPTURE(origin, fetch_site);
        CHECK(wbm::from_elsewhere({.host = "device:8443", .origin = origin, .fetch_site = fetch_site}) ==
              elsewhere);
    }
}
