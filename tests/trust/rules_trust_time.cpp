// SPDX-License-Identifier: BSL-1.0
// Steps 5 and 6 side by side: trust, then time; and what a clock that is not set, or goes back, changes.
// (OPC 10000-4 §6.1.3; RFC 5280 §4.1.2.5; how other stacks failed)
#include "rules.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace {

using namespace rules;

TEST_CASE("a certificate is valid from its first second to its last (step 6, RFC 5280 §4.1.2.5)",
          "[trust][rules][time]") {
    auto const from = today - 24h, until = today + 24h;
    auto const leaf = application("Leaf").valid(from, until).self_signed();
    struct {
        std::string_view when;
        nanoseconds at;
        std::string_view says;
    } const instants[] = {
        {"the nanosecond before its first", from.time_since_epoch() - 1ns, "TimeInvalid of Leaf"},
        {"its first", from.time_since_epoch(), "Good"},
        {"between", today.time_since_epoch(), "Good"},
        {"its last", until.time_since_epoch(), "Good"},
        {"the nanosecond after its last", until.time_since_epoch() + 1ns, "TimeInvalid of Leaf"},
        {"long before", nanoseconds{1s}, "TimeInvalid of Leaf"},
        {"the end of time", nanoseconds::max(), "TimeInvalid of Leaf"},
    };
    for (auto const& i : instants) {
        CAPTURE(i.when);
        CHECK(said_of_own(everyone, leaf, {.at = i.at}) == i.says);
    }
}
TEST_CASE("a leaf past its time is TimeInvalid, and the peer is told so (step 6)", "[trust][rules][time]") {
    auto const leaf = application("Leaf").valid_until(today - 1s).by(the().line);
    CHECK(said_of(everyone, leaf) == "TimeInvalid of Leaf");
    CHECK(the().usual(leaf).judge(peer::client_application, leaf.der()).wire() ==
          status::certificate_time_invalid);
}
TEST_CASE("a leaf before its time is TimeInvalid (step 6)", "[trust][rules][time]") {
    CHECK(said_of(everyone, application("Leaf").valid_from(today + 1s).by(the().line)) ==
          "TimeInvalid of Leaf");
}
TEST_CASE("a certificate that never ends has not ended (RFC 5280 §4.1.2.5)", "[trust][rules][time]") {
    using namespace std::chrono;
    auto const forever =
        application("Leaf").valid_until(sys_days{9999y / 12 / 31} + 23h + 59min + 59s).self_signed();
    CHECK(said_of_own(everyone, forever) == "Good");
    CHECK(said_of_own(everyone, forever, {.at = nanoseconds::max()}) == "Good");
    auto const since_1950 = application("Leaf").valid(1950y / 1 / 1, 2050y / 1 / 1).self_signed();
    CHECK(said_of_own(everyone, since_1950) == "Good");
}
TEST_CASE("a CA outside its validity is IssuerTimeInvalid, sub or root (step 6, Part 4 §6.1.3)",
          "[trust][rules][time]") {
    auto const old_sub = authority("Sub").valid_until(today - 1s).by(the().root);
    auto const under_sub = application("Leaf").by(old_sub);
    CHECK(store{}.trusted({under_sub}).issuer_cas({old_sub, the().root}).says(everyone, {under_sub}) ==
          "IssuerTimeInvalid of Sub");
    auto const young_root = authority("Young Root").valid_from(today + 1s).self_signed();
    auto const under_root = application("Leaf").by(young_root);
    CHECK(store{}.trusted_cas({young_root}).says(everyone, {under_root}) ==
          "IssuerTimeInvalid of Young Root");
}
TEST_CASE("the validities of leaf and CAs need not nest (step 6, each for itself)", "[trust][rules][time]") {
    auto const young_root =
        authority("Root of 2025").valid_from(pki::sys_days{std::chrono::year{2025} / 1 / 1}).self_signed();
    auto const leaf = application("Leaf").by(young_root);  // since 2024
    CHECK(store{}.trusted_cas({young_root}).says(everyone, {leaf}) == "Good");
}
TEST_CASE("leaf and CAs past their time are all named, the leaf first (order, leaf first)",
          "[trust][rules][time]") {
    auto const root = authority("Old Root").valid_until(today - 1s).self_signed();
    auto const sub = authority("Old Sub").valid_until(today - 1s).by(root);
    auto const leaf = application("Leaf").valid_until(today - 1s).by(sub);
    auto const lists = store{}.trusted({leaf}).issuer_cas({sub, root});
    CHECK(lists.says(everyone, {leaf}) ==
          "TimeInvalid of Leaf, IssuerTimeInvalid of Old Sub, IssuerTimeInvalid of Old Root");
    CHECK(lists.says(everyone, {leaf}, overlooking({status::certificate_time_invalid})) ==
          "TimeInvalid of Leaf (suppressed), IssuerTimeInvalid of Old Sub, IssuerTimeInvalid of Old Root");
    CHECK(lists
              .judge(peer::user, leaf.der(),
                     overlooking({status::certificate_time_invalid, status::certificate_issuer_time_invalid}))
              .accepted());
}
TEST_CASE("past its time and untrusted is Untrusted, a stranger learns nothing (unlike OpenSSL)",
          "[trust][rules][time]") {
    auto const leaf = application("Leaf").valid_until(today - 1s).self_signed();
    CHECK(store{}.says(opc_ua, {leaf}) == "Untrusted of Leaf, TimeInvalid of Leaf");
    CHECK(store{}.judge(peer::client_application, leaf.der()).wire() == status::security_checks_failed);
}
TEST_CASE(
    "past its time and revoked is TimeInvalid, and overlooking the time does not hide the revocation (unlike "
    "OpenSSL)",
    "[trust][rules][time]") {
    auto const leaf = application("Leaf").valid_until(today - 1s).by(the().root);
    auto const lists =
        store{}.trusted({the().root, leaf}).trusted_crls({revocations(the().root).revoke(leaf)});
    CHECK(lists.says(everyone, {leaf}) == "TimeInvalid of Leaf, Revoked of Leaf");
    auto const overlooked = overlooking({status::certificate_time_invalid});
    CHECK(lists.says(everyone, {leaf}, overlooked) == "TimeInvalid of Leaf (suppressed), Revoked of Leaf");
    CHECK(lists.judge(peer::client_application, leaf.der(), overlooked).first() ==
          status::certificate_revoked);
}
TEST_CASE("an overlooked date is audited all the same (Part 4 §6.1.3)", "[trust][rules][time]") {
    auto const leaf = application("Leaf").valid_until(today - 1s).self_signed();
    auto const j = store{}.trusted({leaf}).judge(peer::client_application, leaf.der(),
                                                 overlooking({status::certificate_time_invalid}));
    CHECK(j.accepted());
    CHECK(j.audit_event() == "AuditCertificateExpiredEventType");
    REQUIRE(j.all().size() == 1);
    CHECK(j.all()[0].suppressed);
}
TEST_CASE("Untrusted is overlooked for nobody (step 5, neither)", "[trust][rules][time]") {
    asking a;
    CHECK_FALSE(a.overlook.add(status::certificate_untrusted));
    a.overlook = everything_suppressible();
    CHECK(store{}.says(opc_ua, {the().stranger}, a) == "Untrusted of Stranger");
}

// --- the clock
// ---------------------------------------------------------------------------------------------------

TEST_CASE("while the clock is not set, the fault says so, and so does the remedy", "[trust][rules][time]") {
    asking a{.at = nanoseconds{5s}, .clock_set = false};
    auto const j = store{}.trusted({the().alone}).judge(peer::client_application, the().alone.der(), a);
    CHECK(j.first() == status::certificate_time_invalid);
    CHECK(j.because() == "the device's clock is not set");
    CHECK(j.remedy().find("clock") != std::string::npos);
    a.clock_set = true;
    auto const set = store{}.trusted({the().alone}).judge(peer::client_application, the().alone.der(), a);
    CHECK(set.because() == "its validity has not begun");
}
TEST_CASE("while the clock is not set, the last stored time may stand in for it, and never turns it back",
          "[trust][rules][time]") {
    trust::current_lists lists;
    lists.put(store{}.trusted({the().alone}).list());
    auto const says = [&](std::optional<nanoseconds> stored, nanoseconds wall, bool set) {
        trust::validator const one{lists, {.last_known_time = stored}};
        return one.validate({.chain = the().alone.bytes()}, {.wall = wall, .wall_trusted = set}).first();
    };
    auto const now = today.time_since_epoch(), after_its_end = now + 100 * 365 * 24h;
    CHECK(says({}, 5s, false) == status::certificate_time_invalid);
    CHECK(says(now, 5s, false) == status::good);
    CHECK(says(now, after_its_end, false) == status::certificate_time_invalid);  // the later of both
    CHECK(says(after_its_end, now, false) == status::certificate_time_invalid);
    CHECK(says(after_its_end, now, true) == status::good);  // a clock that is set needs no help
    CHECK(says(now, 5s, true) == status::certificate_time_invalid);
}

// --- what is remembered
// ------------------------------------------------------------------------------------------

/// One validator that lives on while time and lists change.
class gate {
public:
    explicit gate(store const& s, trust::validator_options o = {}) : validator_{lists_, o} {
        lists_.put(s.list());
    }
    void change(store const& s) { lists_.put(s.list()); }
    status ask(std::string const& blob, nanoseconds wall = today.time_since_epoch(),
               peer p = peer::client_application) {
        return validator_
            .validate({.chain = trust::as_bytes(blob), .shown_by = p}, {.wall = wall, .wall_trusted = true})
            .first();
    }

private:
    trust::current_lists lists_;
    trust::validator validator_;
};

TEST_CASE("an acceptance ends with the certificate's last second, also when the clock went back in between",
          "[trust][rules][time][remembered]") {
    auto const leaf = application("Leaf").valid(today - 24h, today + 24h).self_signed();
    gate g{store{}.trusted({leaf})};
    auto const last = (today + 24h).time_since_epoch(), first = (today - 24h).time_since_epoch();
    for (int round = 0; round < 3; ++round) {
        CHECK(g.ask(leaf.der()) == status::good);
        CHECK(g.ask(leaf.der(), last) == status::good);
        CHECK(g.ask(leaf.der(), last + 1ns) == status::certificate_time_invalid);
        CHECK(g.ask(leaf.der(), first) == status::good);
        CHECK(g.ask(leaf.der(), first - 1ns) == status::certificate_time_invalid);
    }
}
TEST_CASE("an acceptance ends with the first of its issuers' dates and its revocation lists'",
          "[trust][rules][time][remembered]") {
    auto const root = authority("Brief Root").valid_until(today + 3h).self_signed();
    auto const leaf = application("Leaf").by(root);
    gate g{store{}.trusted({root}).trusted_crls({revocations(root).until(today + 2h)})};
    CHECK(g.ask(leaf.der()) == status::good);
    CHECK(g.ask(leaf.der(), (today + 2h).time_since_epoch()) == status::good);
    CHECK(g.ask(leaf.der(), (today + 2h).time_since_epoch() + 1ns) == status::certificate_revocation_unknown);
    CHECK(g.ask(leaf.der(), (today - 25h).time_since_epoch()) ==
          status::certificate_revocation_unknown);  // from the future
    CHECK(g.ask(leaf.der(), (today + 4h).time_since_epoch()) == status::certificate_issuer_time_invalid);
    CHECK(g.ask(leaf.der()) == status::good);
}
TEST_CASE("an acceptance ends when a revocation list's first second comes (a list of tomorrow)",
          "[trust][rules][time][remembered]") {
    auto const leaf = application("Leaf").by(the().root);
    gate g{store{}
               .trusted({the().root})
               .trusted_crls({revocations(the().root),
                              revocations(the().root).number(2).from(today + 1h).revoke(leaf)})};
    CHECK(g.ask(leaf.der()) == status::good);
    CHECK(g.ask(leaf.der(), (today + 1h).time_since_epoch() - 1ns) == status::good);
    CHECK(g.ask(leaf.der(), (today + 1h).time_since_epoch()) == status::certificate_revoked);
    CHECK(g.ask(leaf.der()) == status::good);
}
TEST_CASE(
    "an acceptance ends with any change of the lists, a revocation, a removal (how other stacks failed)",
    "[trust][rules][time][remembered]") {
    gate g{the().usual()};
    CHECK(g.ask(the().pump.der()) == status::good);
    CHECK(g.ask(the().pump.der()) == status::good);
    g.change(the().usual().issuer_crls({revocations(the().line).number(2).revoke(the().pump)}));
    CHECK(g.ask(the().pump.der()) == status::certificate_revoked);
    g.change(the().usual());
    CHECK(g.ask(the().pump.der()) == status::good);
    g.change(store{}.issuer_cas({the().line, the().root}));
    CHECK(g.ask(the().pump.der()) == status::certificate_untrusted);
    g.change(store{});
    CHECK(g.ask(the().pump.der()) == status::certificate_chain_incomplete);
}
TEST_CASE(
    "an acceptance in one part is none in another, client, server, user, policy (remembered by who and what "
    "for)",
    "[trust][rules][time][remembered]") {
    auto const only_client =
        application("Leaf", pki::rsa(1024)).purposes({pki::id::client_auth}).self_signed();
    trust::current_lists lists;
    lists.put(store{}.trusted({only_client}).list());
    trust::validator const one{lists};
    auto const ask = [&](peer p, std::string_view policy, std::optional<std::string_view> uri = {}) {
        return one
            .validate({.chain = only_client.bytes(),
                       .shown_by = p,
                       .policy = trust::policy_called(policy),
                       .application_uri = uri},
                      store::instant({}))
            .first();
    };
    for (int round = 0; round < 2; ++round) {
        CHECK(ask(peer::client_application, "") == status::good);
        CHECK(ask(peer::server_application, "") == status::certificate_use_not_allowed);
        CHECK(ask(peer::user, "") == status::good);
        CHECK(ask(peer::client_application, "Basic256") == status::good);
        CHECK(ask(peer::client_application, "Basic256Sha256") == status::certificate_policy_check_failed);
        CHECK(ask(peer::client_application, "", "urn:plant:pump-7") == status::good);
        CHECK(ask(peer::client_application, "", "urn:plant:pump-8") == status::certificate_uri_invalid);
    }
}
TEST_CASE("an acceptance is of the whole blob, the same leaf with another chain is looked at anew",
          "[trust][rules][time][remembered]") {
    gate g{the().usual()};
    CHECK(g.ask(the().pump.der()) == status::good);
    CHECK(g.ask(the().pump.der() + "x") == status::certificate_invalid);
    CHECK(g.ask(pki::chain({the().pump, the().stranger})) == status::good);
}

}  // namespace
