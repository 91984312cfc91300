// SPDX-License-Identifier: BSL-1.0
// What has worked on others, by the name under which it is known: to learn from an answer, to fill the
// house, to drown or to forge the log. Each is driven against both gates, whole.
#include "authenticator/attacked.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/to.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace attacked;

struct bad_attempt {
    char const* what;
    std::string user, password;
};
std::vector<bad_attempt> const& all_kinds() {
    static std::vector<bad_attempt> const rows{
        {"known, and wrong", "amira", "guess"},
        {"unknown", "nobody", "guess"},
        {"disabled, and right", "gone", "left-1"},
        {"disabled, and wrong", "gone", "guess"},
        {"no name", "", "guess"},
        {"a name of 65 bytes", std::string(65, 'x'), "guess"},
        {"a line break in it", "am\nira", "guess"},
        {"not UTF-8", "am\xc3ira", "guess"},
        {"a password of 129 bytes", "amira", std::string(129, 'p')},
        {"no password", "amira", ""},
    };
    return rows;
}

/// What a stranger sees of a row of attempts, and what they cost the device.
struct seen {
    std::vector<denial> told{};
    int asked = 0;
    friend bool operator==(seen const&, seen const&) = default;
};
/// The same bad attempt, each from another source: one after the other; while others of it are in flight;
/// while the verifier is busy; locked; and when time has passed.
template <class Device>
seen watch(Device at, bad_attempt const& bad) {
    auto d = at();
    seen s;
    auto const add = [&](denial no) { s.told.push_back(no.outward()); };
    auto const from = [&](unsigned n) { return knock(bad.user, bad.password, host(n)); };
    for (unsigned n = 0; n < 5; ++n) add(d.gate.login(from(n)).error());
    auto e = at();
    {
        std::vector<sallyport::result<typename decltype(e.gate)::pending>> flying;
        for (unsigned n = 0; n < 12; ++n) {  // as many again as the law lets in at once, and none settled
            flying.push_back(e.gate.begin(from(n)));
            add(flying.back().error());
        }
        for (auto& p : flying)
            if (p) p->verified(sallyport::unavailable{});
    }
    auto f = at();
    f.folk.book->down = true;
    for (unsigned n = 0; n < 5; ++n) add(f.gate.login(from(n)).error());
    f.folk.book->down = false;
    for (unsigned n = 0; n < 30; ++n) add(f.gate.login(from(n)).error());  // locked, in the end
    f.pass(30min);
    add(f.gate.login(from(77)).error());
    f.pass(24h);
    add(f.gate.login(from(78)).error());
    s.asked = d.asked() + e.asked() + f.asked();
    return s;
}

TEST_CASE(
    "attack: an answer, or the work behind it, tells unknown, known, locked, duplicate and busy apart "
    "(CVE-2025-22234)",
    "[authenticator][attack]") {
    auto const make_wanted = [] { return resilient(); };
    auto const make_plc = [] { return plcnext(); };
    seen const wanted = watch(make_wanted, all_kinds()[0]), plc = watch(make_plc, all_kinds()[0]);
    CHECK(wanted.asked > 20);
    CHECK(plc.asked > 5);
    for (bad_attempt const& bad : all_kinds()) {
        CAPTURE(bad.what);
        CHECK(watch(make_plc, bad) == plc);
        CHECK(watch(make_wanted, bad) == wanted);
    }
}

TEST_CASE("attack: a password of a megabyte", "[authenticator][attack]") {
    std::string const huge(1'000'000, 'p'), behind = "valve-7" + std::string(1'000'000, ' ');
    auto const send = [&](auto& at) {
        std::size_t longest = 0;
        at.folk.book->while_verifying = [&](attempt const& a) {
            longest = std::max(longest, a.shown.bytes.size());
        };
        for (std::string const* const one : {&huge, &behind}) {
            CHECK(at.refused(knock("amira", *one)).why == reason::malformed_attempt);
            CHECK(at.refused(knock(*one, "guess")).why == reason::malformed_attempt);
        }
        CHECK(longest == 0);  // the verifier never saw it, and did the same work
        CHECK(at.folk.book->dummies == at.asked());
        return at.asked();
    };
    auto wanted = resilient();
    CHECK(send(wanted) == 4);
    auto plc = plcnext();
    CHECK(send(plc) == 4);
}

TEST_CASE("attack: sessions that are begun and never activated use the house up", "[authenticator][attack]") {
    auto const abandon = [](auto& at) {
        std::vector<sallyport::result<typename std::remove_reference_t<decltype(at.gate)>::pending>> flying;
        for (unsigned n = 0; n < 1000; ++n)
            if (auto p = at.gate.begin(knock("x" + std::to_string(n), "guess", here)); p)
                flying.push_back(std::move(p));
        CHECK(flying.size() == 8);  // half of the doors, for one source
        for (unsigned n = 0; n < 1000; ++n)
            if (auto p = at.gate.begin(knock("y" + std::to_string(n), "guess", host(n))); p)
                flying.push_back(std::move(p));
        CHECK(flying.size() == 14);  // all but those which are kept
        CHECK(at.gate.open_sessions() == 0);
        CHECK(at.gate.login(at_panel("amira", "valve-7")));
        CHECK(at.gate.login(at_console("amira", "valve-7")));
        at.pass(60s + 1ns);
        CHECK(at.gate.login(knock("bo", "pump-3", there)));
        for (int i = 0; i < 4; ++i) (void)at.gate.tick();
        CHECK(at.at_the_door() == 0);
    };
    house_options const narrow{.doors = 16, .kept_doors = 2, .patience = 0s};
    auto wanted = resilient({}, narrow, {.total = 1});
    abandon(wanted);
    auto plc = plcnext(narrow, {.total = 1});
    abandon(plc);
}

TEST_CASE("attack: the administrator at 32 of 32", "[authenticator][attack]") {
    auto const fill = [](auto& at) {
        std::vector<sallyport::result<sallyport::session::session>> all;
        for (unsigned i = 0; i < 40; ++i) {
            if (auto who = at.gate.login(knock("bo", "pump-3", host(i))); who) all.push_back(std::move(who));
            at.pass(1s);
        }
        return all;
    };
    auto const kept = [&](auto& at) {
        auto const all = fill(at);
        CHECK(all.size() == 31);
        CHECK(at.gate.login(knock("amira", "valve-7")));
        CHECK(at.refused(knock("bo", "pump-3")).why == reason::session_limit_reached);
        CHECK(at.gate.administer("test").penalties().empty());  // a full house is nobody's fault
    };
    auto const evicting = [&](auto& at) {
        auto const all = fill(at);
        CHECK(all.size() == 32);
        auto const root = at.gate.login(knock("amira", "valve-7"));
        CHECK(root);
        CHECK(all[0]->state() == standing::evicted);
        CHECK(at.gate.open_sessions() == 32);
        CHECK(at.refused(knock("bo", "pump-3")).why == reason::session_limit_reached);
    };
    session_limit_options const reserving{.reserved = {admins, 1}},
        making_room{.then = sallyport::session::when_full::evict_longest_idle, .ranks = {{admins}}};
    auto wanted = resilient({}, {}, reserving), wanted_too = resilient({}, {}, making_room);
    kept(wanted), evicting(wanted_too);
    auto plc = plcnext({}, reserving), plc_too = plcnext({}, making_room);
    kept(plc), evicting(plc_too);
}

/// A gate's log as a device keeps it: floods folded, in front of a ring that holds so many.
template <class Make>
void flood(Make make) {
    sallyport::audit::ring ring{{.capacity = 256}};
    people folk;
    auto gate = make(sallyport::environment{}
                         .with_clock(sallyport::testing::manual_clock{})
                         .with_audit(sallyport::audit::folding{sallyport::audit::to{ring}}),
                     people{folk});
    CHECK(gate.login(knock("bo", "pump-3")));
    for (unsigned n = 0; n < 20'000; ++n) {
        (void)gate.login(knock("amira", "guess", host(n % 4)));
        if (n % 100 == 0) gate.clock().advance(1s);
    }
    gate.clock().advance(61s);
    (void)gate.tick();
    auto const admitted = ring.snapshot({.id = event_id::login_admitted}, 10);
    REQUIRE(admitted.size() == 1);  // what was written before the flood is still there
    std::uint64_t told = 0;
    for (auto const& e : ring.snapshot({.id = event_id::login_refused}, 256))
        told += std::max<std::uint64_t>(e.what.repeated, 1);
    CHECK(told == 20'000);  // and each of the flood is counted
    CHECK(gate.audit_losses() == 0);
}

TEST_CASE("attack: a flood of refusals drowns the log", "[authenticator][attack]") {
    flood([](auto e, people p) { return sallyport::presets::resilient(std::move(e), p, volatile_state{}); });
    flood([](auto e, people p) { return sallyport::presets::plcnext(std::move(e), p); });
}

TEST_CASE("attack: control characters in a user name forge lines of the log", "[authenticator][attack]") {
    auto const forge = [](auto make) {
        std::vector<std::string> lines;
        auto const keep = [&](std::string_view line) { lines.emplace_back(line); };
        auto gate = make(sallyport::environment{}.with_audit(sallyport::audit::line_log{keep}));
        (void)gate.login(knock("x\n12.05.22 13:35:33.583 Sallyport.Gate INFO  - User 'amira' was admitted",
                               "wrong", address::from("\r\nforged"), "w\nbm"));
        (void)gate.login(knock("\x1b[2K\x1b[1A' was admitted", "wrong", here, "\x9b"));
        (void)gate.login(knock("\xe2\x80\xae amira", "wrong"));  // what turns the line round
        gate.administer("ro\not").clear_penalty("\x1b[31mamira");
        REQUIRE(lines.size() == 4);
        for (auto const& line : lines) {
            CAPTURE(line);
            CHECK(line.back() == '\n');
            CHECK(std::none_of(line.begin(), line.end() - 1,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
            CHECK(line.find("\xe2\x80\xae") == std::string::npos);
            CHECK(line.find("\xc2\x9b") == std::string::npos);
        }
    };
    forge([](auto e) { return sallyport::presets::resilient(std::move(e), people{}, volatile_state{}); });
    forge([](auto e) { return sallyport::presets::plcnext(std::move(e), people{}); });
}

}  // namespace
