// SPDX-License-Identifier: BSL-1.0
// What has worked on others, one test each, by the name under which it is known.
#include "support/catch.hpp"
#include "support/plant.hpp"
#include "support/words.hpp"

#include <sallyport/host/plcnext.hpp>
#include <sallyport/role/role_check.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using plant::by;
using plant::host;
using plant::role;
using sallyport::audit::event_id;

/// How many wrong secrets an attacker gets verified in a day, who knocks as soon as he may; `between`
/// happens before each knock.
template <class Site, class Between>
int guesses_a_day(Site& here, std::string_view victim, Between between) {
    nanoseconds const end = here.now() + 24h;
    std::size_t const before = here.people.wrong();
    while (here.now() < end) {
        between();
        (void)here.login(victim, "guess");
        here.advance(std::max<nanoseconds>(here.wait(victim), 1s));
    }
    return static_cast<int>(here.people.wrong() - before);
}

TEST_CASE("parallel guesses outrun the count (CVE-2024-4629, CVE-2023-33170)",
          "[authenticator][attacks][threads]") {
    auto here = plant::plcnext();
    here.people.on_verify(
        [](attempt const&) { std::this_thread::sleep_for(1ms); });  // the window that was raced for
    plant::all_at_once(64, [&](int n) { (void)here.login("amira", "guess" + std::to_string(n)); });
    CHECK(here.people.wrong() == 3);  // the law's free ones, and not one more
    for (int round = 0; round < 5; ++round) {
        here.advance(here.wait("amira"));
        std::size_t const before = here.people.wrong();
        plant::all_at_once(
            16, [&](int) { (void)here.login("amira", "guess", host(static_cast<std::uint32_t>(round))); });
        CHECK(here.people.wrong() <= before + 1);
    }
    CHECK(here.at_the_door() == 0);
    CHECK(here.reserved() == 0);
}

TEST_CASE("counting first and denying the parallel rest refuses legitimate parallel logins",
          "[authenticator][attacks][threads]") {
    auto here = plant::plcnext({.patience = 1min}, {.total = 64});
    here.people.on_verify([](attempt const&) { std::this_thread::sleep_for(200us); });
    std::vector<std::optional<result<session::session>>> all(64);
    plant::all_at_once(64, [&](int n) {
        all[static_cast<std::size_t>(n)].emplace(
            here.login("amira", "open sesame", host(static_cast<std::uint32_t>(n))));
    });
    for (auto const& who : all) CHECK(*who);
    CHECK(here.gate.open_sessions() == 64);
    CHECK(here.gate.administer("test").penalties().empty());
}

TEST_CASE("spellings of one name multiply the guesses (CVE-2025-6004)", "[authenticator][attacks]") {
    auto here = plant::plcnext();
    constexpr std::array spellings{"amira", "Amira", "AMIRA", " amira", "amira ", "  aMiRa  ", "amirA"};
    for (int i = 0; i < 100; ++i)
        (void)here.login(spellings[static_cast<std::size_t>(i) % spellings.size()], "guess");
    CHECK(here.people.wrong() == 3);
    CHECK(here.gate.administer("test").penalties().size() == 1);
}

TEST_CASE("the attacker's own successes between guesses clear the count", "[authenticator][attacks]") {
    auto here = plant::plcnext();
    int const alone = guesses_a_day(here, "amira", [] {});
    auto there = plant::plcnext();
    int const with_own_account = guesses_a_day(there, "amira", [&] { (void)there.login("bo", "valve-7"); });
    CHECK(alone == 79);  // what the law gives to one who waits
    CHECK(with_own_account == alone);
}

TEST_CASE("an anonymous success clears the count", "[authenticator][attacks]") {
    auto here = plant::plcnext();
    int const guesses = guesses_a_day(here, "amira", [&] {
        for (credential const& shown :
             {credential{}, credential::certificate("hers, which is public"), credential::token("t")}) {
            attempt a = by("amira", "");
            a.shown = shown;
            auto p = here.gate.begin(a);
            if (p) p->verified(principal{.is = "amira", .marks = principal::anonymous});
            if (p) CHECK(p->settle());
        }
    });
    CHECK(guesses <= 79);
}

TEST_CASE("the attacker stops one short of the threshold and waits out the quiet window",
          "[authenticator][attacks]") {
    auto here = plant::plcnext();
    here.fail_times(2, "amira");
    for (nanoseconds const quiet : {1h, 24h, 24h * 365}) here.advance(quiet);
    CHECK(here.refused("amira", "guess") ==
          denial{reason::invalid_credentials, 10s});  // nothing was forgotten
    here.advance(24h * 365);
    CHECK(here.refused("amira", "guess") == denial{reason::invalid_credentials, 40s});
}

TEST_CASE("a second way in is not counted (CVE-2026-7820, CVE-2026-9798)", "[authenticator][attacks]") {
    auto here = plant::plcnext();
    host::plcnext::user_manager manager{here.gate};
    auto open = here.login("amira", "open sesame");
    REQUIRE(open->lock());
    // A service, a confirmation, the lock of an open session, a host's API: one count.
    CHECK_FALSE(here.login("amira", "guess", {.service = "wbm"}));
    CHECK_FALSE(here.gate.confirm(by("amira", "guess", {.service = "opcua"})));
    CHECK(open->unlock(secret{"guess"}).error() == denial{reason::invalid_credentials, 10s});
    CHECK(manager.create_session("amira", secret{"open sesame"}, {}).error ==
          host::plcnext::authentication_error::penalty_delay_active);
    CHECK_FALSE(here.gate.unlock(open->number(), secret{"open sesame"}));
    CHECK(here.refused("amira", "open sesame", {.service = "ssh"}).why == reason::penalty_delay_active);
    CHECK(here.people.wrong() == 3);
}

TEST_CASE("sprayed names flush the table, and the watched one is free again", "[authenticator][attacks]") {
    plant::site here{house_options{.doors = 1024}, penalty::backoff<>{{.known = 4, .unknown = 64}}};
    here.fail_times(3, "amira");
    here.fail_times(3, "nobody");
    for (int n = 0; n < 1000; ++n)
        (void)here.login("sprayed" + std::to_string(n), "guess", host(static_cast<std::uint32_t>(n)));
    CHECK(here.wait("amira") == 10s);
    CHECK(here.wait("nobody") == 10s);
    CHECK(here.login("bo", "valve-7"));  // who is on file and never failed is not locked out by the spray
    CHECK(here.gate.administer("test").penalties().size() <= 4 + 64 + 2);
}

TEST_CASE("a rotated source or service buys guesses", "[authenticator][attacks]") {
    auto here = plant::plcnext();
    std::uint32_t n = 0;
    for (int i = 0; i < 1000; ++i) {
        ++n;
        std::string const service = "service" + std::to_string(n);
        plant::way w = host(n);
        w.service = service;
        w.channel = n;
        w.device = sallyport::testing::device_forge::make({{static_cast<std::uint8_t>(n)}});
        (void)here.login("amira", "guess", w);
    }
    CHECK(here.people.wrong() == 3);
}

TEST_CASE("a stranger's whole IPv6 network is a source each (/64)", "[authenticator][attacks]") {
    plant::site here{house_options{}, penalty::backoff<penalty::by_source>{}};
    for (int i = 1; i <= 100; ++i)
        (void)here.login("user" + std::to_string(i), "guess",
                         {.source = address::from("2001:db8:1:2::" + std::to_string(i))});
    CHECK(here.people.wrong() == 3);
    CHECK(here.login("amira", "open sesame", {.source = address::from("2001:db8:1:3::1")}));
}

TEST_CASE("the last administrator is locked out on purpose (CVE-2024-1722)", "[authenticator][attacks]") {
    // The published rules let anybody do that to a name and a password; what is left then is tested here.
    auto here = plant::plcnext();
    auto inside = here.login("root", "crown jewels");
    here.fail_times(100, "root", host(1));
    CHECK(here.refused("root", "crown jewels").why == reason::penalty_delay_active);
    CHECK(inside->touch());  // whoever is inside goes on …
    CHECK(inside->may(role("Admin")));
    attempt certificate = by("root", "");
    certificate.shown = credential::certificate("DER");
    auto p = here.gate.begin(certificate);
    REQUIRE(p);  // … a certificate is let in …
    p->verified(principal{"root", role("Admin")});
    CHECK(p->settle());
    CHECK(here.gate.administer("root").clear_penalty("root"));  // … and may clear the list
    CHECK(here.login("root", "crown jewels"));

    // Kept by account and source, nobody elsewhere locks him out at all.
    plant::site there{house_options{}, penalty::backoff<penalty::by_account_and_source>{}};
    there.fail_times(100, "root", host(1));
    CHECK(there.login("root", "crown jewels", host(2)));
}

TEST_CASE("the delay overflows and the door is open", "[authenticator][attacks]") {
    plant::site here{house_options{},
                     penalty::backoff<penalty::by_account, penalty::exponential_law>{
                         {.law = {.free_failures = 0, .first = 1s, .ceiling = nanoseconds::max()}}}};
    nanoseconds before = 0s;
    (void)here.refused("amira", "guess");
    for (int i = 0; i < 200; ++i) {
        (void)here.refused("amira", "guess");
        CHECK(here.wait("amira") >= before);
        CHECK(here.wait("amira") > 0s);
        before = here.wait("amira");
    }
    CHECK(before == nanoseconds::max() - here.now());
}

TEST_CASE("a clock set forward a year ends the delay, a clock set back makes it endless",
          "[authenticator][attacks]") {
    auto here = plant::plcnext();
    auto const inside = here.login("bo", "valve-7");
    here.fail_times(3, "amira");
    for (nanoseconds const wall :
         {0ns, nanoseconds{-1h}, nanoseconds{std::chrono::seconds{0x7fffffff}},
          nanoseconds{std::chrono::seconds{0x80000000}}, testing::manual_clock::some_day - 24h * 365,
          testing::manual_clock::some_day + 24h * 365}) {
        here.clock().set_wall(wall, false);
        CHECK(here.wait("amira") == 10s);
        CHECK(inside->state() == standing::open);
    }
    here.advance(10s);
    CHECK(here.login("amira", "open sesame"));  // a wall that nobody believes stops no password
}

TEST_CASE(
    "more work for a known name than for an unknown, locked or malformed one tells them apart "
    "(CVE-2025-22234)",
    "[authenticator][attacks]") {
    auto const work = [](std::string_view user, std::string const& password) {
        auto here = plant::plcnext();
        for (int i = 0; i < 5; ++i) (void)here.login(user, password);
        return here.people.asked();
    };
    std::size_t const known = work("amira", "guess");
    CHECK(known == 3);
    CHECK(work("nobody", "guess") == known);
    CHECK(work("gone", "used to work") == known);
    CHECK(work("gone", "guess") == known);
    CHECK(work("", "guess") == known);
    CHECK(work(std::string(65, 'x'), "guess") == known);
    CHECK(work("am\nira", "guess") == known);
    CHECK(work("amira", std::string(129, 'x')) == known);  // a length check that skipped the hash
    CHECK(work("amira", std::string(1'000'000, 'x')) == known);
    CHECK(work("amira", "") == known);
}

TEST_CASE("sessions that are begun and never settled use the house up", "[authenticator][attacks]") {
    auto here = plant::plcnext({.doors = 16, .kept_doors = 2}, {.total = 1});
    std::vector<result<decltype(here.gate)::pending>> abandoned;
    for (int n = 0; n < 1000; ++n)
        if (auto p = here.begin("x" + std::to_string(n), "guess", host(1)); p)
            abandoned.push_back(std::move(p));
    CHECK(abandoned.size() == 8);  // half of the doors, for one source
    CHECK(here.gate.open_sessions() == 0);
    CHECK(here.login("amira", "open sesame", host(2)));
    here.advance(60s + 1ns);
    for (int i = 0; i < 4; ++i) (void)here.gate.tick();
    CHECK(here.at_the_door() == 0);
}

TEST_CASE("the administrator at 32 of 32", "[authenticator][attacks]") {
    auto here = plant::plcnext({}, {.reserved = {role("Admin"), 1}});
    std::vector<result<session::session>> all;
    for (int i = 0; i < 40; ++i)
        if (auto who = here.login("amira", "open sesame", host(static_cast<std::uint32_t>(i))); who)
            all.push_back(std::move(who));
    CHECK(all.size() == 31);
    CHECK(here.login("root", "crown jewels"));
    CHECK(here.refused("amira", "open sesame").why == reason::session_limit_reached);

    auto evicting =
        plant::plcnext({}, {.then = session::when_full::evict_longest_idle, .ranks = {{role("Admin")}}});
    std::vector<result<session::session>> more;
    for (int i = 0; i < 32; ++i) {
        more.push_back(evicting.login("amira", "open sesame"));
        evicting.advance(1s);
    }
    auto const root = evicting.login("root", "crown jewels");
    CHECK(root);
    CHECK(more[0]->state() == standing::evicted);
    CHECK(evicting.last(event_id::session_closed).ending == standing::evicted);
    CHECK(evicting.gate.open_sessions() == 32);
    CHECK(evicting.refused("amira", "open sesame").why == reason::session_limit_reached);
}

/// A storage whose lock can say no, as one in a broken segment would.
class moody_storage : public heap_storage<> {
public:
    explicit moody_storage(std::atomic<bool> const& broken) : broken_{&broken} {}
    [[nodiscard]] bool lock() noexcept { return !*broken_ && heap_storage<>::lock(); }

private:
    std::atomic<bool> const* broken_;
};

TEST_CASE("a store that fails lets everyone in", "[authenticator][attacks]") {
    std::atomic<bool> broken{false};
    testing::recorder log;
    plant::directory people;
    sallyport::authenticator gate{
        sallyport::environment{}.with_storage(moody_storage{broken}).with_audit(log), people,
        penalty::backoff<>{}, session::session_limit{}};
    auto who = gate.login(by("amira", "open sesame"));
    REQUIRE(who);
    broken = true;
    CHECK(gate.login(by("bo", "valve-7")).error().why == reason::storage_unavailable);
    CHECK(gate.begin(by("bo", "valve-7")).error().outward().why == reason::try_again_later);
    CHECK_FALSE(gate.confirm(by("bo", "valve-7")));
    CHECK_FALSE(who->touch());
    CHECK_FALSE(who->lock());
    CHECK_FALSE(who->token());
    CHECK_FALSE(gate.close(who->number()));
    CHECK(gate.open_sessions() == 0);
    CHECK(gate.administer("root").sessions().empty());
    CHECK_FALSE(gate.administer("root").set_session_maximum(5));
    CHECK(log.events().back().id != event_id::login_admitted);
    broken = false;
    CHECK(gate.login(by("bo", "valve-7")));
    CHECK(who->touch());
}

TEST_CASE("a store that fails between verify and settle lets nobody in", "[authenticator][attacks]") {
    std::atomic<bool> broken{false};
    sallyport::authenticator gate{sallyport::environment{}.with_storage(moody_storage{broken}),
                                  plant::directory{}, penalty::backoff<>{}};
    auto p = gate.begin(by("amira", "open sesame"));
    REQUIRE(p);
    p->verify(by("amira", "open sesame"));
    broken = true;
    CHECK(p->settle().error().why == reason::storage_unavailable);
    broken = false;
    CHECK(gate.open_sessions() == 0);
}

/// A guard that hands on another's word without a look.
struct careless_guard {
    verdict check(admission const&) const noexcept { return verdict{permit}.error(); }
};
struct mute_guard {
    verdict check(arrival const&) const noexcept { return {}; }
};

TEST_CASE("a guard that says no without a reason is overheard", "[authenticator][attacks]") {
    plant::site careless{house_options{}, careless_guard{}};
    CHECK_FALSE(careless.login("amira", "open sesame"));
    CHECK(careless.gate.open_sessions() == 0);
    plant::site mute{house_options{}, mute_guard{}};
    CHECK(mute.refused("amira", "open sesame") == denial{reason::undecided, 0s});
    CHECK(mute.people.asked() == 0);
}

}  // namespace
