// SPDX-License-Identifier: BSL-1.0
// Every way into this host, by which somebody may try a secret; and what may not count as a way in.
#include "http/server.hpp"

#include "house.hpp"

#include <httplib.h>

#include <atomic>
#include <string>
#include <thread>

using namespace wbm_test;

namespace {

TEST_CASE("attack: X-Forwarded-For is not believed by pages that stand behind no proxy", "[wbm][attack]") {
    auto const me = wbm::self_signed("127.0.0.1");
    REQUIRE(me);
    std::atomic<int> believed{0};
    wbm::server server{*me, {.port = 0}, [&](wbm::request const& asked) {
                           if (asked.source != sallyport::address::ipv4(127, 0, 0, 1)) ++believed;
                           return wbm::reply{};
                       }};
    auto const port = server.bind();
    REQUIRE(port);
    std::jthread const serving{[&] { server.run(); }};
    httplib::SSLClient stranger{"127.0.0.1", *port};
    stranger.enable_server_certificate_verification(false);
    int answered = 0;
    for (char const* const header : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via"})
        for (char const* const claim : {"192.0.2.7", "for=192.0.2.7", "192.0.2.7, 127.0.0.1"})
            for (bool const posts : {false, true}) {
                httplib::Headers const claims{{header, claim}};
                auto const r = posts ? stranger.Post("/login", claims, httplib::Params{{"user", "amira"}})
                                     : stranger.Get("/login", claims);
                answered += r && r->status == 200 ? 1 : 0;
            }
    server.stop();
    CHECK(answered == 30);
    CHECK(believed == 0);
}

}  // namespace
