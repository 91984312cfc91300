// SPDX-License-Identifier: BSL-1.0
// What has worked on others, by the name under which it is known: to come as somebody else each time, and to
// shut out whoever belongs in. Each is driven against both gates, whole.
#include "authenticator/attacked.hpp"
#include "support/catch.hpp"

#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace attacked;

constexpr lane_options small{
    .known = 8, .unknown = 64, .visitors = 64, .sources = 64, .devices = 16, .pairs = 16};

TEST_CASE("attack: sprayed names flush the table, and who is watched is free again",
          "[authenticator][attack]") {
    auto const spray = [](auto& at) {
        for (unsigned n = 0; n < 3000; ++n)
            (void)at.gate.login(knock("sprayed" + std::to_string(n), fresh_guess(), host(1000 + n)));
    };
    auto wanted = resilient(small, {.doors = 1024});
    CHECK(guess(wanted, "amira", 20) == 10);
    spray(wanted);
    CHECK(guess(wanted, "amira", 20, 100) == 0);
    CHECK(wanted.gate.delay(knock("amira", "", host(5000))) == 1h);
    CHECK(wanted.gate.login(at_panel("bo", "pump-3")));  // who never failed is not locked out by the spray
    CHECK(wanted.gate.administer("test").penalties().size() <= 8 + 64 + 4 * 64);

    attacked::device<published_rules> plc{{{.penalties = {.known = 4, .unknown = 64}}}, {.doors = 1024}};
    CHECK(guess(plc, "amira", 3) == 3);
    CHECK(guess(plc, "nobody", 3) == 3);
    spray(plc);
    CHECK(plc.gate.delay(knock("amira", "")) == 10s);
    CHECK(plc.gate.login(knock("bo", "pump-3")));
    CHECK(plc.gate.administer("test").penalties().size() <= 4 + 64 + 2);
}

// A client's own words have no way to become a device.
static_assert(!std::is_constructible_v<sallyport::trusted_device, thumbprint> &&
              !std::is_constructible_v<sallyport::trusted_device, std::string_view> &&
              !std::is_constructible_v<sallyport::proven_pairing, sallyport::name, thumbprint>);

TEST_CASE("attack: a rotated ApplicationUri, service, channel or certificate is a new client each time",
          "[authenticator][attack]") {
    auto const rotate = [](auto& at, bool with_certificate) {
        int const before = at.asked();
        for (std::uint16_t n = 1; n <= 1000; ++n) {
            std::string const service = "urn:client:" + std::to_string(n), password = fresh_guess();
            attempt a = with_certificate ? at_panel("amira", password, n, host(n)) : knock("amira", password);
            a.service = service, a.channel = n;
            (void)at.gate.login(a);
        }
        return at.asked() - before;
    };
    auto wanted = resilient();
    CHECK(rotate(wanted, false) == 5);  // from one source, whatever it calls itself
    CHECK(rotate(wanted, true) == 10);  // all trusted devices that are not hers, together
    auto plc = plcnext();
    CHECK(rotate(plc, false) == 3);
    CHECK(rotate(plc, true) == 0);
}

TEST_CASE("attack: a rotated X-Forwarded-For is a new source each time", "[authenticator][attack]") {
    // The worst case: a host that believes the header.
    auto wanted = resilient();
    CHECK(guess(wanted, "amira", 1000) == 10);
    auto plc = plcnext();
    CHECK(guess(plc, "amira", 1000) == 3);

    // And one that knows no address at all is not one source that all share.
    auto blind = resilient();
    for (unsigned n = 0; n < 100; ++n)
        (void)blind.gate.login(knock("user" + std::to_string(n), fresh_guess(), address{}));
    CHECK(blind.gate.login(knock("bo", "pump-3", address{})));
}

TEST_CASE("attack: the victim's own address in X-Forwarded-For earns her trust, or locks her out",
          "[authenticator][attack]") {
    auto wanted = resilient();
    CHECK(wanted.gate.login(at_panel("amira", "valve-7", 1, here)));
    CHECK(wanted.gate.login(knock("amira", "valve-7", here)));
    int verified = 0;
    for (int n = 0; n < 100; ++n)
        verified +=
            wanted.refused(knock("amira", fresh_guess(), here)).why == reason::invalid_credentials ? 1 : 0;
    CHECK(verified == 5);  // as from any other
    for (int n = 0; n < 100; ++n) (void)wanted.gate.login(knock("x" + std::to_string(n), "guess", here));
    CHECK(wanted.gate.login(at_panel("amira", "valve-7", 1, here)));  // her device is not her address
    auto plc = plcnext();
    CHECK(plc.gate.login(knock("amira", "valve-7", here)));
    for (int n = 0; n < 3; ++n) (void)plc.gate.login(knock("amira", fresh_guess(), here));
    CHECK(plc.refused(knock("amira", fresh_guess(), here)).why == reason::penalty_delay_active);
    CHECK(plc.gate.login(knock("bo", "pump-3", here)));
}

TEST_CASE("attack: a stranger's whole IPv6 network, a source for each of its addresses",
          "[authenticator][attack]") {
    auto const verified = [](auto& at, std::string const& user, bool many) {
        int const before = at.asked();
        for (int n = 1; n <= 100; ++n)
            (void)at.gate.login(knock(many ? user + std::to_string(n) : user, fresh_guess(),
                                      address::from("2001:db8:1:2::" + std::to_string(n))));
        return at.asked() - before;
    };
    auto one = resilient();
    CHECK(verified(one, "amira", false) == 5);
    auto many = resilient();
    CHECK(verified(many, "user", true) == 20);
    CHECK(many.gate.login(knock("amira", "valve-7", address::from("2001:db8:1:3::1"))));

    // And IPv4 in IPv6's clothes is IPv4.
    auto mapped = resilient();
    int as_two = 0;
    for (int n = 0; n < 10; ++n)
        for (auto const* from : {"192.0.2.9", "::ffff:192.0.2.9"}) {
            int const before = mapped.asked();
            (void)mapped.gate.login(knock("amira", fresh_guess(), address::from(from)));
            as_two += mapped.asked() - before;
        }
    CHECK(as_two == 5);
    auto plc = plcnext();
    CHECK(verified(plc, "amira", false) == 3);
}

TEST_CASE("attack: a victim is locked out on purpose", "[authenticator][attack]") {
    auto wanted = resilient();
    CHECK(wanted.gate.login(at_panel("bo", "pump-3")));
    for (unsigned hour = 0; hour < 48; ++hour, wanted.pass(1h)) {
        guess(wanted, "bo", 30, hour * 30);
        for (std::uint16_t n = 100; n < 120; ++n) (void)wanted.gate.login(at_panel("bo", fresh_guess(), n));
        CHECK(wanted.gate.login(at_panel("bo", "pump-3")));
    }
    // The published rules let anybody do that to a name; whoever is inside stays there.
    auto plc = plcnext();
    auto inside = plc.gate.login(knock("bo", "pump-3"));
    guess(plc, "bo", 100);
    CHECK(plc.refused(knock("bo", "pump-3")).why == reason::penalty_delay_active);
    CHECK(inside->touch());
}

TEST_CASE("attack: the last administrator is locked out on purpose (CVE-2024-1722)",
          "[authenticator][attack]") {
    auto const by_certificate = [](auto& at) {
        attempt a = knock("amira", "", host(7));
        a.shown = credential::certificate("DER");
        auto p = at.gate.begin(a);
        REQUIRE(p);
        p->verified(principal{"amira", admins});
        return p->settle();
    };
    auto wanted = resilient({.panel = sallyport::penalty::console::composed}, {.idle = 0s},
                            {.reserved = {.any_of = admins, .places = 1}});
    CHECK(wanted.gate.login(at_panel("amira", "valve-7")));
    std::vector<sallyport::result<sallyport::session::session>> crowd;
    for (int n = 0; n < 40; ++n)
        if (auto who = wanted.gate.login(at_panel("bo", "pump-3", 2))) crowd.push_back(std::move(who));
    CHECK(crowd.size() == 31);
    for (unsigned hour = 0; hour < 20; ++hour, wanted.pass(1h)) {
        guess(wanted, "amira", 30, hour * 30);
        CHECK(wanted.gate.login(at_panel("amira", "valve-7")));
        CHECK(wanted.gate.login(at_console("amira", "valve-7")));
        CHECK(by_certificate(wanted));
    }

    auto plc = plcnext();
    auto inside = plc.gate.login(knock("amira", "valve-7"));
    guess(plc, "amira", 100);
    CHECK(plc.refused(knock("amira", "valve-7")).why == reason::penalty_delay_active);
    CHECK(inside->may(admins));                                  // whoever is inside goes on …
    CHECK(by_certificate(plc));                                  // … a certificate is let in …
    CHECK(plc.gate.administer("amira").clear_penalty("amira"));  // … and may clear the list
    CHECK(plc.gate.login(knock("amira", "valve-7")));
}

TEST_CASE("attack: a public certificate with a wrong signature locks its owner out",
          "[authenticator][attack]") {
    auto const present = [](auto& at) {
        for (unsigned n = 0; n < 100; ++n) {
            attempt a = knock("amira", {}, host(n));
            a.shown = credential::certificate("public, and signed by nobody");
            CHECK(at.refused(a).why == reason::invalid_credentials);
        }
        CHECK(at.gate.login(knock("amira", "valve-7")));
        // It pays where it comes from.
        attempt a = knock("amira", {}, there);
        a.shown = credential::certificate("public, and signed by nobody");
        int verified = 0;
        for (int n = 0; n < 100; ++n) verified += at.refused(a).why == reason::invalid_credentials ? 1 : 0;
        return verified;
    };
    auto wanted = resilient();
    CHECK(present(wanted) == 20);
    auto plc = plcnext();
    CHECK(present(plc) == 100);  // the published list knows names alone
}

}  // namespace
