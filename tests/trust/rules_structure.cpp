// SPDX-License-Identifier: BSL-1.0
// Step 1: is it a certificate at all, and one of the kind that OPC UA uses?
// (OPC 10000-4 §6.1.3; OPC 10000-6 §6.2.2; RFC 5280)
#include "rules.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace rules;
namespace der = pki::der;

/// The same octets with the first length written one octet longer than it need be.
std::string long_winded(std::string s) {
    REQUIRE(s[1] == '\x82');
    s[1] = '\x83';
    return s.insert(2, 1, '\0');
}
/// The same with an indefinite length (BER).
std::string endless(std::string s) {
    s.replace(1, 3, 1, '\x80');
    return s.append(2, '\0');
}
std::string pem(std::string_view der_octets) {
    std::string out(4 * ((der_octets.size() + 2) / 3) + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                    reinterpret_cast<unsigned char const*>(der_octets.data()),
                    static_cast<int>(der_octets.size()));
    out.pop_back();
    return "-----BEGIN CERTIFICATE-----\n" + out + "\n-----END CERTIFICATE-----\n";
}

TEST_CASE("what is no certificate to its last octet is invalid, whoever shows it (step 1, unlike OpenSSL)",
          "[trust][rules][structure]") {
    std::string const good = the().pump.der();
    struct {
        std::string_view what;
        std::string blob;
        std::string_view says;
    } const cases[] = {
        {"nothing", "", "Invalid of nobody"},
        {"one octet", "0", "Invalid of nobody"},
        {"text", "please let me in", "Invalid of nobody"},
        {"PEM, which nobody sends", pem(good), "Invalid of nobody"},
        {"an empty SEQUENCE", der::seq({}), "Invalid of nobody"},
        {"a revocation list", the().root_list.der(), "Invalid of nobody"},
        {"one octet short", good.substr(0, good.size() - 1), "Invalid of nobody"},
        {"half of it", good.substr(0, good.size() / 2), "Invalid of nobody"},
        {"BER: a length longer than it need be", long_winded(good), "Invalid of nobody"},
        {"BER: a length without end", endless(good), "Invalid of nobody"},
        {"a stray octet after it", good + '\0', "Invalid of Pump"},
        {"stray text after it", good + "x", "Invalid of Pump"},
        {"stray octets after the chain", good + the().line.der() + std::string(2, '\0'), "Invalid of Pump"},
        {"a chain whose next certificate breaks off", good + the().line.der().substr(0, 400),
         "Invalid of Pump"},
        {"a chain whose next certificate is no certificate", good + der::seq({der::integer(1)}),
         "Invalid of Pump"},
        {"a chain whose last certificate is BER", good + the().line.der() + long_winded(the().root.der()),
         "Invalid of Pump"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.what);
        CHECK(the().usual().says(everyone, c.blob) == c.says);
    }
}

TEST_CASE("a certificate larger than any is refused unread (step 1)", "[trust][rules][structure]") {
    auto const vast = application("Vast")
                          .extension(pki::id::strange, false, der::octet_string(std::string(70'000, 'x')))
                          .self_signed();
    CHECK(store{}.says(everyone, {vast}) == "Invalid of nobody");
}

TEST_CASE("a broken chain that a stranger sends with a victim's leaf changes nothing for the victim (step 1)",
          "[trust][rules][structure]") {
    trust::current_lists lists;
    lists.put(the().usual().list());
    trust::validator const one{lists};
    auto const ask = [&](std::string const& blob) {
        return one.validate({.chain = trust::as_bytes(blob)}, store::instant({})).first();
    };
    std::string const victim = the().pump.der(), attack = victim + the().line.der().substr(0, 300);
    CHECK(ask(attack) == status::certificate_invalid);
    CHECK(ask(victim) == status::good);
    CHECK(ask(attack) == status::certificate_invalid);  // and the victim's acceptance is not the attacker's
    CHECK(ask(victim) == status::good);
}

TEST_CASE("a leaf's form, what OPC UA demands beyond RFC 5280 (step 1, Part 6 §6.2)",
          "[trust][rules][structure]") {
    auto const nameless = der::name({});
    auto const only_organization = der::name({{std::string{pki::id::organization}, "Plant"}});
    struct {
        std::string_view what;
        issued leaf;
        std::string_view for_opc_ua, for_pkix;
    } const cases[] = {
        {"version 3", application("Leaf").by(the().line), "Good", "Good"},
        {"version 2", application("Leaf").version(2).by(the().line), "Invalid of Leaf", "Good"},
        {"an empty subject", application("Leaf").subject(nameless).by(the().line), "Invalid of ", "Good"},
        {"a subject without a common name", application("Leaf").subject(only_organization).by(the().line),
         "Invalid of ", "Good"},
        {"an empty common name", application("Leaf").subject(pki::named("")).by(the().line), "Invalid of ",
         "Good"},
        {"no organization: it should have one, and need not",
         application("Leaf").subject(pki::named("Leaf")).by(the().line), "Good", "Good"},
        {"a common name beyond ASCII", application("Pümpe 7").by(the().line), "Good", "Good"},
        {"a negative serial", application("Leaf").serial(-7).by(the().line), "Invalid of Leaf", "Good"},
        {"a serial of zero", application("Leaf").serial(0).by(the().line), "Good", "Good"},
        {"a serial of twenty octets",
         application("Leaf").serial_octets(std::string(20, '\x7F')).by(the().line), "Good", "Good"},
        {"a positive serial whose first bit is set",
         application("Leaf").serial_octets({"\0\x80", 2}).by(the().line), "Good", "Good"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.what);
        CHECK(said_of(opc_ua, c.leaf) == c.for_opc_ua);
        CHECK(said_of(pkix, c.leaf) == c.for_pkix);
    }
}

TEST_CASE("a leaf of version 1 is invalid for OPC UA; RFC 5280 lets it be (step 1)",
          "[trust][rules][structure]") {
    auto old = application("Leaf").version(1);
    for (auto const oid : {pki::id::alt_name, pki::id::basic_constraints, pki::id::key_usage,
                           pki::id::extended_usage, pki::id::subject_key, pki::id::authority_key})
        old.without(oid);
    auto const leaf = old.by(the().line);
    CHECK(said_of(applications, leaf) == "Invalid of Leaf, UseNotAllowed of Leaf");
    CHECK(said_of(users, leaf) == "Invalid of Leaf");
    CHECK(said_of(pkix, leaf) == "Good");
}

TEST_CASE("a certificate that contradicts itself is invalid for everybody (step 1, RFC 5280 §4)",
          "[trust][rules][structure]") {
    auto const rsa_sha256 = pki::algorithm(pki::rsa(2048), {});
    auto const rsa_sha512 = pki::algorithm(pki::rsa(2048), {.hash = pki::hash::sha512});
    auto const without_null = der::seq({der::oid("1.2.840.113549.1.1.11")});
    REQUIRE(rsa_sha256 != rsa_sha512);
    auto const yes = der::boolean(true);
    struct {
        std::string_view what;
        issued leaf;
    } const cases[] = {
        {"outside SHA-512, inside SHA-256", application("Leaf").outer_algorithm(rsa_sha512).by(the().line)},
        {"the same algorithm with other parameters",
         application("Leaf").outer_algorithm(without_null).by(the().line)},
        {"an unknown critical extension",
         application("Leaf").extension(pki::id::strange, true, yes).by(the().line)},
        {"keyUsage twice", application("Leaf")
                               .also(pki::id::key_usage, true, der::named_bits(pki::rsa_application))
                               .by(the().line)},
        {"a subjectAltName twice", application("Leaf")
                                       .also(pki::id::alt_name, false, der::seq({pki::uri("urn:other")}))
                                       .by(the().line)},
        {"an unknown extension twice", application("Leaf")
                                           .also(pki::id::strange, false, yes)
                                           .also(pki::id::strange, false, yes)
                                           .by(the().line)},
        {"a keyUsage that is none",
         application("Leaf").extension(pki::id::key_usage, false, der::utf8("all")).by(the().line)},
        {"a keyUsage without any usage", application("Leaf").usage(0).by(the().line)},
        {"an extendedKeyUsage that is none",
         application("Leaf").extension(pki::id::extended_usage, false, yes).by(the().line)},
        {"a subjectAltName that is none",
         application("Leaf").extension(pki::id::alt_name, false, der::integer(1)).by(the().line)},
        {"basicConstraints that are none",
         application("Leaf").extension(pki::id::basic_constraints, false, der::utf8("no")).by(the().line)},
        {"certificatePolicies that are none",
         application("Leaf").extension(pki::id::policies, false, der::integer(1)).by(the().line)},
        {"a path length below zero", application("Leaf").ca(true, -1).by(the().line)},
        {"a proxy certificate",
         application("Leaf")
             .extension(pki::id::proxy, true, der::seq({der::seq({der::oid("1.3.6.1.5.5.7.21.1")})}))
             .by(the().line)},
    };
    for (auto const& c : cases) {
        CAPTURE(c.what);
        CHECK(said_of(everyone, c.leaf).starts_with("Invalid of Leaf"));
    }
}

TEST_CASE("an extension that is known is DER to its last octet, and can be read (step 1, RFC 5280 §4.2)",
          "[trust][rules][structure]") {
    std::string const policy = der::seq({der::oid("1.2.3")}),
                      inside_out = std::string("\x30\x80", 2) + policy + std::string(2, '\0');
    struct {
        std::string_view what, oid;
        std::string good;
    } const known[] = {
        {"keyUsage", pki::id::key_usage, der::named_bits(pki::rsa_application)},
        {"extendedKeyUsage", pki::id::extended_usage,
         der::seq({der::oid(pki::id::server_auth), der::oid(pki::id::client_auth)})},
        {"basicConstraints", pki::id::basic_constraints, der::seq({})},
        {"subjectAltName", pki::id::alt_name, der::seq({pki::uri("urn:plant:pump-7")})},
        {"certificatePolicies", pki::id::policies, der::seq({policy})},
        {"policyMappings", pki::id::policy_mappings,
         der::seq({der::seq({der::oid("1.2.3"), der::oid("1.2.4")})})},
        {"policyConstraints", pki::id::policy_constraints, der::seq({der::implicit(1, der::number(1))})},
        {"nameConstraints", pki::id::name_constraints,
         der::seq({der::context(1, der::seq({pki::dns("elsewhere")}))})},
        {"inhibitAnyPolicy", "2.5.29.54", der::integer(0)},
        {"cRLDistributionPoints", "2.5.29.31", der::seq({})},
        {"freshestCRL", "2.5.29.46", der::seq({})},
        {"issuerAltName", "2.5.29.18", der::seq({pki::dns("ca.example")})},
        {"authorityInfoAccess", "1.3.6.1.5.5.7.1.1", der::seq({})},
    };
    asking const any{.several_paths = true};
    auto const says = [&](std::string_view oid, std::string value) {
        return said_of(everyone, application("Leaf").extension(oid, false, std::move(value)).by(the().line),
                       any);
    };
    for (auto const& k : known) {
        CAPTURE(k.what);
        CHECK(says(k.oid, k.good) == "Good");
        CHECK(says(k.oid, k.good + "x").starts_with("Invalid of Leaf"));
        CHECK(says(k.oid, k.good + der::null()).starts_with("Invalid of Leaf"));
        CHECK(says(k.oid, k.good.substr(0, 1) + '\x81' + k.good.substr(1)).starts_with("Invalid of Leaf"));
        CHECK(says(k.oid, der::utf8("what is that?")).starts_with("Invalid of Leaf"));
        CHECK(says(k.oid, "").starts_with("Invalid of Leaf"));
    }
    CHECK(says(pki::id::policies, inside_out).starts_with("Invalid of Leaf"));
    CHECK(says(pki::id::strange, "what is that?") == "Good");
}

TEST_CASE("a date is UTC to the second, as DER has it (step 1, RFC 5280 §4.1.2.5)",
          "[trust][rules][structure]") {
    auto const utc = [](std::string_view s) { return der::tlv(0x17, s); };
    auto const general = [](std::string_view s) { return der::tlv(0x18, s); };
    struct {
        std::string from, until;
        bool good;
    } const dates[] = {
        {utc("240101000000Z"), utc("300101000000Z"), true},
        {utc("240101000000Z"), general("20300101000000Z"), true},  // early for this form, and clear
        {general("20240101000000Z"), general("99991231235959Z"), true},
        {utc("2401010000Z"), utc("300101000000Z"), false},
        {utc("240101000000Z"), utc("3001010000Z"), false},
        {utc("240101000000+0100"), utc("300101000000Z"), false},
        {utc("240101000000Z"), utc("300101000000-0100"), false},
        {utc("24010100+0000"), utc("300101000000Z"), false},
        {utc("240101000000Z"), general("20300101000000.5Z"), false},
        {utc("240101000000Z"), general("20300101000000+0100"), false},
        {utc("240101000000Z"), general("300101000000Z"), false},
        {utc("20240101000000Z"), utc("300101000000Z"), false},
        {utc("240230000000Z"), utc("300101000000Z"), false},
        {utc(""), utc("300101000000Z"), false},
    };
    for (auto const& d : dates) {
        CAPTURE(d.from, d.until);
        auto const leaf = application("Leaf").validity(d.from + d.until).by(the().line);
        CHECK((trust::certificate::parse(leaf.bytes()) != nullptr) == d.good);
    }
}

TEST_CASE("an unknown extension that is not critical is nobody's business (step 1)",
          "[trust][rules][structure]") {
    CHECK(said_of(everyone,
                  application("Leaf").extension(pki::id::strange, false, der::null()).by(the().line)) ==
          "Good");
}

TEST_CASE("an issuer's form is judged like the leaf's (Part 4 §6.1.3, step 1)", "[trust][rules][structure]") {
    auto const under = [](issued const& ca, peers const& who) {
        auto const leaf = application("Leaf").by(ca);
        return store{}.trusted({leaf}).issuer_cas({ca, the().root}).says(who, {leaf});
    };
    auto const strange = authority("Sub").extension(pki::id::strange, true, der::null()).by(the().root);
    CHECK(under(strange, everyone) == "Invalid of Sub");
    auto const negative = authority("Sub").serial(-1).by(the().root);
    CHECK(under(negative, opc_ua) == "Invalid of Sub");
    CHECK(under(negative, pkix) == "Good");
    auto const nameless =
        authority("Sub").subject(der::name({{std::string{pki::id::organization}, "Plant"}})).by(the().root);
    CHECK(under(nameless, opc_ua) == "Invalid of ");
    CHECK(under(nameless, pkix) == "Good");
    auto const twofold = authority("Sub")
                             .outer_algorithm(pki::algorithm(pki::rsa(2048), {.hash = pki::hash::sha512}))
                             .by(the().root);
    CHECK(under(twofold, everyone).starts_with("Invalid of Sub"));
}

TEST_CASE("a root's form is judged like the leaf's (Part 4 §6.1.3, step 1)", "[trust][rules][structure]") {
    auto const root = authority("Odd Root").extension(pki::id::strange, true, der::null()).self_signed();
    auto const leaf = application("Leaf").by(root);
    CHECK(store{}.trusted_cas({root}).says(everyone, {leaf}) == "Invalid of Odd Root");
}

TEST_CASE("the whole chain's form comes before anything else about it, leaf first (order, step-major)",
          "[trust][rules][structure]") {
    auto const root = authority("Odd Root")
                          .extension(pki::id::strange, true, der::null())
                          .valid_until(today - 24h)
                          .self_signed();
    auto const leaf = application("Leaf").serial(-1).valid_until(today - 24h).by(root);
    CHECK(store{}.issuer_cas({root}).says(opc_ua, {leaf}) ==
          "Invalid of Leaf, Invalid of Odd Root, Untrusted of Leaf, TimeInvalid of Leaf, IssuerTimeInvalid "
          "of Odd Root");
    CHECK(store{}.says(opc_ua, {leaf}).starts_with("Invalid of Leaf, ChainIncomplete of Leaf"));
}

TEST_CASE(
    "every certificate is copied into the trusted list as a whole, a broken one there does not help its "
    "bearer (step 1)",
    "[trust][rules][structure]") {
    auto const leaf = application("Leaf").serial(-1).self_signed();
    CHECK(said_of_own(opc_ua, leaf) == "Invalid of Leaf");
}

}  // namespace
