// SPDX-License-Identifier: BSL-1.0
// Where a rule of OPC 10000-4 §6.1.3 or RFC 5280 §6.1 meets its edge: keys that nobody should verify with,
// names that are read in two ways, policies that may not be mapped, budgets that end between two paths.
#include "rules.hpp"

#include <sallyport/trust/signature_effort.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rules;
using namespace std::string_literals;

/// A curve's key whose certificate spells the curve out instead of naming it.
pki::key spelled_out(pki::key const& k) {
    EVP_PKEY* const copy = EVP_PKEY_dup(k.get());
    REQUIRE(EVP_PKEY_set_utf8_string_param(copy, OSSL_PKEY_PARAM_EC_ENCODING, "explicit") == 1);
    return pki::key{copy, "spelled out"};
}

}  // namespace

TEST_CASE("a CA's curve that is spelled out, not named, verifies nothing (RFC 5480 §2.1.1, CVE-2020-0601)",
          "[trust][rules][chain]") {
    auto const key = pki::p256("CA");
    auto const named = authority("CA", key).by(the().root);
    auto const spelled = authority("CA", spelled_out(key)).by(the().root);
    auto const leaf = application("Leaf").by(named);
    auto const says = [&](issued const& ca) {
        return store{}
            .trusted_cas({the().root})
            .issuers({ca})
            .issuer_crls({revocations(named)})
            .says(everyone, {leaf});
    };
    CHECK(says(named) == "Good");
    CHECK(says(spelled).starts_with("Invalid of Leaf"));
    // Nor does one that signed itself, be it trusted.
    auto const own = application("Own", spelled_out(pki::p256("Own"))).self_signed();
    CHECK(said_of_own(everyone, own).starts_with("Invalid of Own"));
    CHECK(said_of_own(everyone, application("Own", pki::p256("Own")).self_signed()) == "Good");
}

TEST_CASE("what a signature costs is told by its key", "[trust][rules][budget]") {
    auto const of = [](pki::key const& k) { return trust::signature_effort::of(k.get(), 8192); };
    constexpr unsigned never = trust::signature_effort::never;
    auto const exponent = [](std::size_t octets) { return "\x10"s + std::string(octets - 1, '\x31'); };
    CHECK(of(pki::hollow_rsa(2048)) == 1);
    CHECK(of(pki::hollow_rsa(4096)) == 1);
    CHECK(of(pki::hollow_rsa(8192)) == 4);
    CHECK(of(pki::hollow_rsa(8200)) == never);
    CHECK(of(pki::hollow_rsa(2048, 3)) == 1);
    CHECK(of(pki::hollow_rsa(2048, exponent(8))) == 6);
    CHECK(of(pki::hollow_rsa(2048, "\0"s + std::string(8, '\xFF'))) == 7);
    CHECK(of(pki::hollow_rsa(2048, exponent(9))) == never);
    CHECK(of(pki::hollow_rsa(8200, "\x01\0\x01"s, pki::rsa_pss_alone)) == never);
    CHECK(of(pki::p256()) == 1);
    CHECK(of(pki::p384()) > of(pki::p256()));
    CHECK(trust::signature_effort::of(
              application("Leaf", spelled_out(pki::p256())).self_signed().read()->public_key(), 8192) ==
          never);
    CHECK(of(pki::ed25519()) == 1);
    CHECK(trust::signature_effort::of(nullptr, 8192) == never);
}

TEST_CASE("a zone belongs to an address, and a host that hides a NUL is none (2.7)",
          "[trust][rules][names]") {
    auto const local =
        application("Leaf")
            .names({pki::uri("urn:plant:leaf"), pki::dns("leaf.example"), pki::ip({192, 0, 2, 7}),
                    pki::ip({0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})})
            .self_signed();
    struct {
        std::string_view host;
        bool holds;
    } const hosts[] = {
        {"fe80::1", true},
        {"[fe80::1%eth0]", true},
        {"fe80::1%25eth0", true},
        {"fe80::2%eth0", false},
        {"leaf.example", true},
        {"leaf.example.", true},
        {"leaf.example%x", false},
        {"192.0.2.7", true},
        {"192.0.2.7%eth0", false},
        {{"192.0.2.7\0x", 11}, false},
        {{"leaf.example\0", 13}, false},
        {"", false},
    };
    for (auto const& [host, holds] : hosts) {
        CAPTURE(host);
        asking a;
        a.host = host;
        CHECK(said_of_own(servers, local, a) == (holds ? "Good" : "HostNameInvalid of Leaf"));
    }
}

TEST_CASE("no policy is mapped from or to anyPolicy, also where none is required (RFC 5280 §6.1.4 a)",
          "[trust][rules][usage]") {
    auto const mapping = [](std::string_view from, std::string_view to) {
        auto const ca =
            authority("CA", pki::p256("CA"))
                .policies({"1.2.3.4"})
                .extension(pki::id::policy_mappings, true,
                           pki::der::seq({pki::der::seq({pki::der::oid(from), pki::der::oid(to)})}))
                .by(the().root);
        return store{}
            .trusted_cas({the().root})
            .issuer_cas({ca})
            .says(everyone, {application("Leaf").by(ca)});
    };
    CHECK(mapping("1.2.3.4", "1.2.3.5") == "Good");
    CHECK(mapping("1.2.3.4", "2.5.29.32.0").find("UseNotAllowed of ") != std::string::npos);
    CHECK(mapping("2.5.29.32.0", "1.2.3.4").find("UseNotAllowed of ") != std::string::npos);
}

TEST_CASE("a short way to a root is found before the long ones have spent the budget (2.2, budget)",
          "[trust][rules][chain]") {
    // Two hundred ways lead nowhere, by CAs that the administrator has listed as well.
    auto const key = pki::p256("Line");
    std::vector<issued> nowhere;
    auto const lost =
        authority("Lost", pki::p256("Lost")).by(authority("Gone", pki::p256("Gone")).self_signed());
    for (int i = 0; i < 200; ++i) nowhere.push_back(authority("Line", key).serial(i + 1).by(lost));
    auto const line = authority("Line", key).serial(1000).by(the().root);
    store held;
    held.trusted_cas({the().root}).issuers({lost});
    for (auto const& ca : nowhere) held.issuers({ca});
    held.issuers({line}).issuer_crls({revocations(line)});
    asking several;
    several.several_paths = true;
    CHECK(held.says(everyone, {application("Leaf").by(line)}, several) == "Good");
}

TEST_CASE("a budget that ends refuses, and the remedy says so (budget)", "[trust][rules][budget]") {
    auto const ca = authority("CA", pki::p256("CA")).by(the().root);
    auto const leaf = application("Leaf").by(ca);
    auto const lists = store{}.trusted_cas({the().root}).issuer_cas({ca}).list();
    trust::current_lists in_force;
    in_force.put(lists);
    auto const says = [&](trust::budget const& most) {
        return trust::validator{in_force, {.most = most}}.validate({.chain = leaf.bytes()},
                                                                   store::instant({}));
    };
    CHECK(says({}).accepted());
    CHECK(says({.signatures = 3}).accepted());  // leaf, CA, root
    trust::budget const too_small[] = {{.depth = 2},  {.paths = 0},     {.signatures = 2},
                                       {.effort = 2}, {.presented = 0}, {.octets = 1}};
    for (auto const& most : too_small) {
        auto const said = says(most);
        if (most.octets == 1) {
            CHECK(said.accepted());  // one certificate is always read
            continue;
        }
        CHECK_FALSE(said.accepted());
        if (most.presented > 0) CHECK(said.remedy().find("budget") != std::string::npos);
    }
}

TEST_CASE("names are compared up to the budget, and what was not compared is not accepted (budget)",
          "[trust][rules][budget]") {
    auto const ca =
        authority("CA", pki::p256("CA")).name_constraints({pki::dns("plant.example")}).by(the().root);
    auto const leaf = application("Leaf").names({pki::uri("urn:a"), pki::dns("a.plant.example")}).by(ca);
    trust::current_lists in_force;
    in_force.put(store{}.trusted_cas({the().root}).issuer_cas({ca}).list());
    auto const says = [&](std::size_t comparisons) {
        return trust::validator{in_force, {.most = {.comparisons = comparisons}}}
            .validate({.chain = leaf.bytes()}, store::instant({}))
            .accepted();
    };
    CHECK(says(250'000));
    CHECK(says(7));  // a subject of two parts, two other names; and each certificate's one place for lists
    CHECK_FALSE(says(6));
    CHECK_FALSE(says(0));
}
