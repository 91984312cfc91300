// SPDX-License-Identifier: BSL-1.0
// Every way into this host by which somebody may try a secret, and that a wrong one is charged there; and
// what may not count as a way in. A page without its row here fails, and so does a row that is not charged.
#include "http/server.hpp"

#include "house.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace wbm_test;

namespace {

/// What a route does with a secret that is posted to it.
enum class entry : std::uint8_t {
    none,     ///< it takes none: whoever has no session sees nothing of it
    charged,  ///< it asks the gate, and the gate charges a wrong one
};
struct route {
    std::string_view path;
    entry is;
};

// Before anybody is logged in. (The login takes a pairing code and a browser's cookie, too:
// tests/wbm/devices.cpp.)
constexpr std::array outside{route{"/login", entry::charged}, route{"/first-start", entry::charged}};
// With a session: as in site.cpp, and in no other order.
constexpr std::array inside{
    route{"/", entry::none},
    route{"/sessions", entry::none},
    route{"/sessions/close", entry::none},
    route{"/sessions/maximum", entry::none},
    route{"/penalties", entry::none},
    route{"/penalties/clear", entry::none},
    route{"/penalties/revoke", entry::none},
    route{"/penalties/revoke-all", entry::none},
    route{"/users", entry::none},
    route{"/users/one", entry::none},
    route{"/users/add", entry::none},
    route{"/users/roles", entry::none},
    route{"/users/disable", entry::none},
    route{"/users/reset", entry::none},
    route{"/users/remove", entry::none},
    route{"/trust", entry::none},
    route{"/trust/one", entry::none},
    route{"/trust/approve", entry::none},
    route{"/trust/issuer", entry::none},
    route{"/trust/reject", entry::none},
    route{"/trust/remove", entry::none},
    route{"/trust/add", entry::none},
    route{"/log", entry::none},
    route{"/counters", entry::none},
    route{"/metrics", entry::none},
    route{"/devices", entry::none},
    route{"/devices/revoke", entry::none},
    route{"/devices/revoke-others", entry::none},
    route{"/devices/code", entry::charged},
    route{"/password", entry::charged},
    route{"/logout", entry::none},
};
// What the door for programs answers; a client's certificate cannot be guessed, and who shows none, or one
// that is not trusted, does not get through the handshake: tests/wbm/machines.cpp.
constexpr std::array machines{std::string_view{"/"}, std::string_view{"/metrics"}};

std::string source_of(std::string_view file) {
    std::ifstream in{std::filesystem::path{__FILE__}.parent_path() / "../../examples/wbm" / file};
    return {std::istreambuf_iterator<char>{in}, {}};
}
/// The paths that a file compares a request's with.
std::vector<std::string> paths_in(std::string_view file) {
    std::string const text = source_of(file);
    REQUIRE_FALSE(text.empty());
    std::regex const compared{"asked\\.path [!=]= \"([^\"]+)\""};
    std::vector<std::string> all;
    for (std::sregex_iterator at{text.begin(), text.end(), compared}, end; at != end; ++at)
        all.push_back((*at)[1]);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

/// How much is owed at a gate, over all that is kept there.
template <class Gate>
std::uint64_t owed(Gate& gate) {
    std::uint64_t n = 0;
    for (auto const& e : gate.administer("test").penalties()) n += e.failures;
    return n;
}
/// Whatever a form may call a secret, each of them wrong; `n` makes them differ from the ones before.
fields wrong_secrets(int n) {
    std::string const wrong = fmt::format("nine wrong lanterns {}", n), fresh = "four grey herons waiting";
    return {{"user", "olga"},
            {"password", wrong},
            {"current", wrong},
            {"secret", wrong},
            {"code", wrong},
            {"fresh", fresh},
            {"again", fresh},
            {"name", "olga"},
            {"account", "olga"},
            {"number", "1"},
            {"device", fmt::format("{:064x}", n)}};
}

TEST_CASE("the pages that there are, are those which are listed here", "[wbm][entries]") {
    std::vector<std::string_view> there, listed;
    for (wbm::page const& p : wbm::pages()) there.push_back(p.path);
    for (route const& r : inside) listed.push_back(r.path);
    CHECK(there == listed);
    std::vector<std::string> early, asked = paths_in("site.cpp");
    for (route const& r : outside) early.emplace_back(r.path);
    std::sort(early.begin(), early.end());
    CHECK(asked == early);
    std::vector<std::string> const programs(machines.begin(), machines.end());
    CHECK(paths_in("machines.cpp") == programs);
}

TEST_CASE("without a session there is nothing but the login", "[wbm][entries]") {
    house at{{"olga", {"Admin"}}};
    for (route const& r : inside) {
        CAPTURE(r.path);
        for (std::string const& cookie :
             {std::string{}, std::string{wbm::session_cookie} + "=" + std::string(32, 'a')})
            for (bool const posts : {false, true}) {
                person stranger{at};
                stranger.take(cookie);
                auto const said = posts ? stranger.post(std::string{r.path}, wrong_secrets(1))
                                        : stranger.get(std::string{r.path}, wrong_secrets(1));
                CHECK(said.status == 303);
                CHECK(header(said, "Location").starts_with("/login"));
            }
    }
    CHECK(owed(at.device->gate()) == 0);  // a token of 128 bits cannot be guessed, and costs nobody anything
    CHECK(at.device->gate().open_sessions() == 0);
    // A login is a form that is posted: what stands in an address is not looked at.
    CHECK(person{at}.get("/login", {{"user", "olga"}, {"password", std::string{good_password}}}).status ==
          200);
    CHECK(owed(at.device->gate()) == 0);
    CHECK(at.device->gate().open_sessions() == 0);
}

TEST_CASE("a wrong secret is charged at each entry that takes one, and at no other", "[wbm][entries]") {
    for (route const& r : inside) {
        CAPTURE(r.path);
        house at{{"olga", {"Admin"}}, {"ben", {"Admin"}}};
        person olga{at};
        REQUIRE(olga.login("olga").status == 303);
        std::uint64_t const before = owed(at.device->gate());
        (void)olga.get(std::string{r.path}, wrong_secrets(0));
        CHECK(owed(at.device->gate()) == before);
        (void)olga.act(std::string{r.path}, wrong_secrets(1));
        CHECK((owed(at.device->gate()) > before) == (r.is == entry::charged));
    }
    for (route const& r : outside) {
        CAPTURE(r.path);
        if (r.path == "/first-start") continue;  // below
        house at{{"olga", {"Admin"}}};
        (void)person{at}.post(std::string{r.path}, wrong_secrets(1));
        CHECK((owed(at.device->gate()) > 0) == (r.is == entry::charged));
    }
    house fresh{};
    REQUIRE(fresh.device->first_start() != nullptr);
    CHECK(person{fresh}.post("/first-start", wrong_secrets(1)).status == 401);
    CHECK(owed(*fresh.device->first_start()) > 0);
}

TEST_CASE("whoever goes on guessing at an entry is refused there, and from there at every other",
          "[wbm][entries]") {
    auto const until_refused = [](auto ask) {
        for (int n = 0; n < 64; ++n)
            if (ask(n).status == 429) return n;
        return -1;
    };
    {
        house at{{"olga", {"Admin"}}};
        int const n = until_refused([&](int i) { return person{at}.post("/login", wrong_secrets(i)); });
        CHECK(n >= 3);
        CHECK(n <= 10);
        CHECK(person{at}.login("olga").status == 429);
    }
    for (route const& r : inside) {
        if (r.is != entry::charged) continue;
        CAPTURE(r.path);
        house at{{"olga", {"Admin"}}};
        person olga{at};
        REQUIRE(olga.login("olga").status == 303);
        int const n = until_refused([&](int i) { return olga.act(std::string{r.path}, wrong_secrets(i)); });
        CHECK(n >= 3);
        CHECK(n <= 10);
        for (route const& other : inside)
            if (other.is == entry::charged)
                CHECK(olga.act(std::string{other.path}, wrong_secrets(100)).status == 429);
        CHECK(olga.get("/").status == 200);  // and her session goes on
        olga.close();
        CHECK(olga.login("olga").status == 429);
        CHECK(person{at}.login("olga").status == 303);  // it is counted for that browser, and for no other
    }
    house fresh{};
    int const n = until_refused([&](int i) { return person{fresh}.post("/first-start", wrong_secrets(i)); });
    CHECK(n >= 3);
    CHECK(n <= 10);
}

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
    for (char const* const name : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via"})
        for (char const* const claim : {"192.0.2.7", "for=192.0.2.7", "192.0.2.7, 127.0.0.1"})
            for (bool const posts : {false, true}) {
                httplib::Headers const claims{{name, claim}};
                auto const r = posts ? stranger.Post("/login", claims, httplib::Params{{"user", "amira"}})
                                     : stranger.Get("/login", claims);
                answered += r && r->status == 200 ? 1 : 0;
            }
    server.stop();
    CHECK(answered == 30);
    CHECK(believed == 0);
}

}  // namespace
