// SPDX-License-Identifier: BSL-1.0
// What an administrator may overlook, and what that hides: nothing.
// (OPC 10000-4 §6.1.3; OPC 10000-12 §7.8.2.10)
// Each case of the other files is overlooked fault by fault as well: rules.hpp does that on the way.
#include "rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rules;

TEST_CASE("the table of the steps is the specification's (Part 4 §6.1.3)", "[trust][rules][suppression]") {
    struct {
        status code;
        std::uint32_t number;
        std::uint8_t step;
        std::uint32_t audit_type;
    } const facts[] = {
        {status::certificate_invalid, 0x80120000, 1, 2086},
        {status::certificate_chain_incomplete, 0x810D0000, 2, 2086},
        {status::certificate_policy_check_failed, 0x81140000, 4, 2086},
        {status::certificate_untrusted, 0x801A0000, 5, 2087},
        {status::certificate_time_invalid, 0x80140000, 6, 2085},
        {status::certificate_issuer_time_invalid, 0x80150000, 6, 2085},
        {status::certificate_host_name_invalid, 0x80160000, 7, 2082},
        {status::certificate_uri_invalid, 0x80170000, 8, 2082},
        {status::certificate_use_not_allowed, 0x80180000, 9, 2089},
        {status::certificate_issuer_use_not_allowed, 0x80190000, 9, 2089},
        {status::certificate_revocation_unknown, 0x801B0000, 10, 2088},
        {status::certificate_issuer_revocation_unknown, 0x801C0000, 10, 2088},
        {status::certificate_revoked, 0x801D0000, 11, 2088},
        {status::certificate_issuer_revoked, 0x801E0000, 11, 2088},
    };
    for (auto const& f : facts) {
        row const& r = row_of(f.code);
        trust::status_rule const& is = trust::rule_of(f.code);
        CAPTURE(r.name);
        CHECK(static_cast<std::uint32_t>(f.code) == f.number);
        CHECK(is.name == "BadCertificate" + std::string{r.name});
        CHECK(is.step == f.step);
        CHECK(is.suppressible == r.suppressible);
        CHECK(is.hidden == r.hidden);
        CHECK(is.audit == r.audit);
        CHECK(is.audit_type == f.audit_type);
        CHECK(trust::status_called(is.name) == f.code);
        CHECK(trust::status_called("Bad_Certificate" + std::string{r.name}) == f.code);
    }
    CHECK(static_cast<std::uint32_t>(status::security_checks_failed) == 0x80130000);
    CHECK(static_cast<std::uint32_t>(status::identity_token_rejected) == 0x80210000);
    CHECK_FALSE(trust::status_called("BadCertificate").has_value());
    CHECK_FALSE(trust::status_called("").has_value());
}
TEST_CASE("nothing is overlooked unless somebody has said so (TrustListValidationOptions, bit 6 alone)",
          "[trust][rules][suppression]") {
    CHECK_FALSE(trust::validator_options{}.overlook.any());
    CHECK(trust::validator_options{}.crl_grace == 0s);
    CHECK(trust::validator_options{}.without_revocation.empty());
}
TEST_CASE(
    "Untrusted, Invalid, ChainIncomplete, Uri and Revoked are never in a set of what is overlooked (Part 4 "
    "§6.1.3)",
    "[trust][rules][suppression]") {
    for (row const& r : table) {
        CAPTURE(r.name);
        trust::suppressions one;
        CHECK(one.add(r.code) == r.suppressible);
        CHECK(one.any() == r.suppressible);
        CHECK(one.has(r.code) == r.suppressible);
    }
    trust::suppressions odd;
    CHECK_FALSE(odd.add(status::good));
    CHECK_FALSE(odd.add(status::security_checks_failed));
    CHECK_FALSE(odd.add(static_cast<status>(0x80AB0000)));
    CHECK_FALSE(odd.any());
}

/// A situation with one fault that may be overlooked.
struct situation {
    status fault;
    store lists;
    std::string shown;
    asking asked{};
};
std::vector<situation> const& situations() {
    static std::vector<situation> const all = [] {
        auto const weak = application("Leaf", pki::rsa(1024)).self_signed();
        auto const late = application("Leaf").valid_until(today - 1s).self_signed();
        auto const old_root = authority("Old Root").valid_until(today - 1s).self_signed();
        auto const under_old = application("Leaf").by(old_root);
        auto const odd = application("Leaf").usage(pki::digital_signature, false).self_signed();
        auto const bare = authority("Bare").usage(pki::cert_sign, false).self_signed();
        auto const under_bare = application("Leaf").by(bare);
        auto const& w = the();
        return std::vector<situation>{
            {status::certificate_policy_check_failed, store{}.trusted({weak}), weak.der(),
             under("Basic256Sha256")},
            {status::certificate_time_invalid, store{}.trusted({late}), late.der()},
            {status::certificate_issuer_time_invalid, store{}.trusted_cas({old_root}), under_old.der()},
            {status::certificate_host_name_invalid,
             store{}.trusted({w.alone}),
             w.alone.der(),
             {.host = "elsewhere"}},
            {status::certificate_use_not_allowed, store{}.trusted({odd}), odd.der()},
            {status::certificate_issuer_use_not_allowed, store{}.trusted_cas({bare}), under_bare.der()},
            {status::certificate_revocation_unknown,
             store{}.trusted({w.pump}).issuers({w.line}).issuer_cas({w.root}), w.pump.der()},
            {status::certificate_issuer_revocation_unknown,
             store{}.trusted({w.pump}).issuers({w.root}).issuer_cas({w.line}), w.pump.der()},
        };
    }();
    return all;
}
TEST_CASE("each status that may be overlooked is, by its own name and by no other (Part 4 §6.1.3)",
          "[trust][rules][suppression]") {
    for (situation const& s : situations())
        for (row const& r : table) {
            CAPTURE(row_of(s.fault).name, r.name);
            asking a = s.asked;
            auto const j = s.lists.judge(peer::server_application, s.shown, a);
            REQUIRE(j.all().size() == 1);
            REQUIRE(j.first() == s.fault);
            a.overlook.add(r.code);
            auto const k = s.lists.judge(peer::server_application, s.shown, a);
            CHECK(k.accepted() == (r.code == s.fault));
            CHECK(k.all().size() == 1);
            CHECK(k.audit_event() == row_of(s.fault).audit);  // audited either way
        }
}
TEST_CASE(
    "who is accepted by what is overlooked is a device like any other, and is remembered with the finding "
    "(Part 4 §6.1.3)",
    "[trust][rules][suppression]") {
    for (situation const& s : situations()) {
        CAPTURE(row_of(s.fault).name);
        asking a = s.asked;
        a.overlook.add(s.fault);
        trust::current_lists lists;
        lists.put(s.lists.list());
        trust::validator const one{lists, store::options(a)};
        for (int round = 0; round < 3; ++round) {
            auto const j =
                one.validate(store::question(peer::server_application, s.shown, a), store::instant(a));
            CHECK(j.accepted());
            CHECK(j.device().known());
            REQUIRE(j.all().size() == 1);
            CHECK(j.all()[0].suppressed);
            CHECK(j.remedy().starts_with(fmt::format("{} is overlooked. ", to_string(s.fault))));
        }
    }
}

/// Everything is wrong with it that may be overlooked, and a revocation beneath.
struct wreck {
    issued root = authority("Bad Root").usage(pki::cert_sign, false).valid_until(today - 1s).self_signed();
    issued sub = authority("Bad Sub").by(root);
    issued leaf = application("Leaf", pki::rsa(1024))
                      .valid_until(today - 1s)
                      .usage(pki::digital_signature, false)
                      .by(sub);
    asking asked = [] {
        asking a = under("Basic256Sha256");
        a.host = "elsewhere";
        return a;
    }();
};
TEST_CASE("one fault after the other comes to light as those before it are overlooked (Part 4 §6.1.3, order)",
          "[trust][rules][suppression]") {
    wreck const w;
    auto const lists = store{}
                           .trusted({w.leaf})
                           .issuers({w.sub, w.root})
                           .issuer_crls({revocations(w.root).until(today - 1s)});
    std::vector<status> const in_order{
        status::certificate_policy_check_failed, status::certificate_time_invalid,
        status::certificate_issuer_time_invalid, status::certificate_host_name_invalid,
        status::certificate_use_not_allowed,     status::certificate_issuer_use_not_allowed,
        status::certificate_revocation_unknown,  status::certificate_issuer_revocation_unknown};
    asking a = w.asked;
    for (status const s : in_order) {
        auto const j = lists.judge(peer::server_application, w.leaf.der(), a);
        CAPTURE(words(j));
        CHECK(j.first() == s);
        REQUIRE(j.all().size() == in_order.size());
        CHECK(a.overlook.add(s));
    }
    auto const last = lists.judge(peer::server_application, w.leaf.der(), a);
    CHECK(last.accepted());
    CHECK(last.all().size() == in_order.size());
    CHECK(last.audit_event() == "AuditCertificateInvalidEventType");  // of the first that was overlooked
}
TEST_CASE(
    "with everything overlooked that may be, a revocation at the end still refuses (Part 4 §6.1.3, unlike "
    "OpenSSL)",
    "[trust][rules][suppression]") {
    wreck const w;
    asking a = w.asked;
    a.overlook = everything_suppressible();
    auto const judge = [&](store const& s) {
        return s.judge(peer::server_application, w.leaf.der(), a).first();
    };
    auto const base = store{}.trusted({w.leaf}).issuers({w.sub, w.root});
    CHECK(judge(base) == status::good);
    CHECK(judge(store{base}.issuer_crls({revocations(w.sub).until(today - 1s).revoke(w.leaf)})) ==
          status::certificate_revoked);
    CHECK(judge(store{base}.issuer_crls({revocations(w.root).revoke(w.sub)})) ==
          status::certificate_issuer_revoked);
}
TEST_CASE("with everything overlooked that may be, a stranger is a stranger (Part 4 §6.1.3)",
          "[trust][rules][suppression]") {
    asking a;
    a.overlook = everything_suppressible();
    struct {
        std::string_view what;
        store lists;
        std::string shown;
        status first;
    } const cases[] = {
        {"untrusted", store{}, the().stranger.der(), status::certificate_untrusted},
        {"of the issuer list alone", store{}.issuers({the().line, the().root}), the().pump.der(),
         status::certificate_untrusted},
        {"without a root", store{}.trusted({the().pump}), the().pump.der(),
         status::certificate_chain_incomplete},
        {"altered", the().usual(), application("Leaf").spoiled().by(the().line).der(),
         status::certificate_invalid},
        {"no certificate", the().usual(), "", status::certificate_invalid},
        {"of somebody who is no CA", store{}.trusted({the().alone}),
         application("Guest").by(the().alone).der(), status::certificate_issuer_use_not_allowed},
    };
    for (auto const& c : cases) {
        CAPTURE(c.what);
        for (peer const p : opc_ua) CHECK(c.lists.judge(p, c.shown, a).first() == c.first);
    }
}
TEST_CASE("what is overlooked does not make a worse path the better one (order among paths)",
          "[trust][rules][suppression]") {
    // One CA key under two roots: by the first it is past its time, by the second all is well.
    auto const late_root = authority("Late Root").valid_until(today - 1s).self_signed();
    auto const by_late = authority("Shared").by(late_root),
               by_good = authority("Shared").serial(2).by(the().root);
    auto const leaf = application("Leaf").by(by_good);
    auto const lists = store{}.trusted_cas({late_root, the().root}).issuer_cas({by_late, by_good});
    asking a = overlooking({status::certificate_issuer_time_invalid});
    a.several_paths = true;
    CHECK(lists.says(everyone, {leaf}, a) ==
          "Good");  // nothing to audit, where a path without a fault is there
}
TEST_CASE("a user is told one thing, whatever the fault (order, wire status)",
          "[trust][rules][suppression]") {
    for (situation const& s : situations()) {
        auto const j = s.lists.judge(peer::user, s.shown, s.asked);
        if (!j.accepted()) CHECK(j.wire() == status::identity_token_rejected);
    }
    CHECK(store{}.judge(peer::user, the().stranger.der()).wire() == status::identity_token_rejected);
    CHECK(store{}.judge(peer::user, "").wire() == status::identity_token_rejected);
}
TEST_CASE("steps 1 to 5 tell a stranger nothing, from step 6 on the peer is told (Part 4 §6.1.3)",
          "[trust][rules][suppression]") {
    auto const wire = [](store const& s, std::string const& shown, asking const& a = {}) {
        return s.judge(peer::client_application, shown, a).wire();
    };
    auto const nothing = status::security_checks_failed;
    CHECK(wire(store{}, "") == nothing);
    CHECK(wire(store{}, the().pump.der()) == nothing);
    CHECK(wire(the().usual(), application("Leaf").spoiled().by(the().line).der()) == nothing);
    CHECK(wire(store{}, the().alone.der(), under("ECC_nistP256")) == nothing);
    CHECK(wire(store{}, the().alone.der()) == nothing);
    for (situation const& s : situations()) {
        if (s.fault == status::certificate_policy_check_failed ||
            s.fault == status::certificate_issuer_revocation_unknown)
            continue;
        CHECK(s.lists.judge(peer::server_application, s.shown, s.asked).wire() == s.fault);
    }
}

}  // namespace
