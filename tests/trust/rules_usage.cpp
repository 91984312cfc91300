// SPDX-License-Identifier: BSL-1.0
// Step 9: may the certificate be used for this?
// (OPC 10000-4 §6.1.3; OPC 10000-6 §6.2.2–6.2.4; RFC 5280 §4.2.1)
#include "rules.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace rules;
namespace id = pki::id;

constexpr std::string_view good = "Good", wrong = "UseNotAllowed of Leaf",
                           mandatory = "UseNotAllowed of Leaf (mandatory)";

// --- keyUsage of applications
// -------------------------------------------------------------------------------------

TEST_CASE(
    "an RSA application needs digitalSignature, nonRepudiation, keyEncipherment and dataEncipherment (Part 6 "
    "§6.2)",
    "[trust][rules][usage]") {
    for (std::uint32_t bits = 1; bits <= pki::rsa_application; ++bits) {
        CAPTURE(bits);
        bool const all = bits == pki::rsa_application;
        CHECK(said_of(applications, application("Leaf").usage(bits, true).by(the().line)) ==
              (all ? good : mandatory));
    }
}
TEST_CASE("each of the four usages that is missing may be overlooked, unless keyUsage is critical (step 9)",
          "[trust][rules][usage]") {
    for (std::uint32_t const one :
         {pki::digital_signature, pki::non_repudiation, pki::key_encipherment, pki::data_encipherment}) {
        CAPTURE(one);
        auto const leaf = [&](bool critical) {
            return application("Leaf").usage(pki::rsa_application & ~one, critical).by(the().line);
        };
        auto const overlook = overlooking({status::certificate_use_not_allowed});
        CHECK(said_of(applications, leaf(false)) == wrong);
        CHECK(said_of(applications, leaf(true)) == mandatory);
        CHECK(said_of(applications, leaf(false), overlook) == "UseNotAllowed of Leaf (suppressed)");
        CHECK(said_of(applications, leaf(true), overlook) == mandatory);
    }
}
TEST_CASE("an RSA application without keyUsage may not be used as one (Part 6 §6.2)",
          "[trust][rules][usage]") {
    CHECK(said_of(applications, application("Leaf").without(id::key_usage).by(the().line)) == wrong);
    CHECK(said_of_own(applications, application("Leaf").without(id::key_usage).self_signed()) == wrong);
}
TEST_CASE("usages beyond the four do not harm (Part 6 §6.2, others are allowed)", "[trust][rules][usage]") {
    auto const more = pki::rsa_application | pki::key_agreement | pki::cert_sign | pki::crl_sign;
    CHECK(said_of(applications, application("Leaf").usage(more).by(the().line)) == good);
}
TEST_CASE("a curve's application needs digitalSignature alone (Part 6 §6.2)", "[trust][rules][usage]") {
    auto const leaf = [](std::uint32_t bits) {
        return application("Leaf", pki::p256()).usage(bits).self_signed();
    };
    CHECK(said_of_own(applications, leaf(pki::digital_signature)) == good);
    CHECK(said_of_own(applications, leaf(pki::rsa_application)) == good);
    CHECK(said_of_own(applications, leaf(pki::key_agreement)) == mandatory);
    CHECK(said_of_own(applications, leaf(pki::non_repudiation | pki::cert_sign)) == mandatory);
    CHECK(said_of_own(applications,
                      application("Leaf", pki::ed25519()).usage(pki::non_repudiation, false).self_signed()) ==
          wrong);
    CHECK(said_of_own(applications, application("Leaf", pki::p256()).without(id::key_usage).self_signed()) ==
          wrong);
}

// --- extendedKeyUsage of applications
// -----------------------------------------------------------------------------

TEST_CASE("an RSA application needs clientAuth to knock and serverAuth to serve (Part 6 §6.2)",
          "[trust][rules][usage]") {
    auto const leaf = [](std::initializer_list<std::string_view> purposes) {
        return application("Leaf").purposes(purposes).by(the().line);
    };
    CHECK(said_of(applications, leaf({id::client_auth, id::server_auth})) == good);
    CHECK(said_of(clients, leaf({id::client_auth})) == good);
    CHECK(said_of(servers, leaf({id::client_auth})) == wrong);
    CHECK(said_of(clients, leaf({id::server_auth})) == wrong);
    CHECK(said_of(servers, leaf({id::server_auth})) == good);
    CHECK(said_of(applications, leaf({id::code_signing})) == wrong);
    CHECK(said_of(clients, leaf({id::code_signing, id::client_auth, "1.3.6.1.4.1.54321.2"})) == good);
    CHECK(said_of(applications, application("Leaf").without(id::extended_usage).by(the().line)) == wrong);
}
TEST_CASE(
    "a purpose that fits everything fits nothing, anyExtendedKeyUsage does not count (Part 6 §6.2, our "
    "choice)",
    "[trust][rules][usage]") {
    CHECK(said_of(applications, application("Leaf").purposes({id::any_purpose}).by(the().line)) == wrong);
    CHECK(said_of(clients, application("Leaf").purposes({id::any_purpose, id::client_auth}).by(the().line)) ==
          good);
}
TEST_CASE("a wrong purpose is mandatory where the extension is critical (step 9)", "[trust][rules][usage]") {
    CHECK(said_of(clients, application("Leaf").purposes({id::server_auth}, true).by(the().line)) ==
          mandatory);
    CHECK(said_of(clients, application("Leaf").purposes({id::server_auth}, true).by(the().line),
                  overlooking({status::certificate_use_not_allowed})) == mandatory);
    CHECK(said_of(clients, application("Leaf").purposes({id::server_auth}, false).by(the().line),
                  overlooking({status::certificate_use_not_allowed})) ==
          "UseNotAllowed of Leaf (suppressed)");
}
TEST_CASE(
    "a curve's application may leave the purposes out, and is held to those that it states (Part 6 §6.2, our "
    "choice)",
    "[trust][rules][usage]") {
    auto const leaf = [] { return application("Leaf", pki::p256()); };
    CHECK(said_of_own(applications, leaf().without(id::extended_usage).self_signed()) == good);
    CHECK(said_of_own(clients, leaf().purposes({id::client_auth}).self_signed()) == good);
    CHECK(said_of_own(servers, leaf().purposes({id::client_auth}).self_signed()) == wrong);
    CHECK(said_of_own(servers, leaf().purposes({id::client_auth}, true).self_signed()) == mandatory);
}

// --- basicConstraints of applications
// -----------------------------------------------------------------------------

TEST_CASE("a leaf without basicConstraints is no CA, and accepted (Part 6 §6.2, our choice)",
          "[trust][rules][usage]") {
    CHECK(said_of(everyone, application("Leaf").without(id::basic_constraints).by(the().line)) == good);
    CHECK(said_of_own(everyone, application("Leaf").without(id::basic_constraints).self_signed()) == good);
}
TEST_CASE(
    "an application that a CA issued as a CA may not be used as an application (Part 6 §6.2, our choice)",
    "[trust][rules][usage]") {
    CHECK(said_of(applications, application("Leaf").ca(true).by(the().line)) == mandatory);
    CHECK(said_of(applications, application("Leaf").ca(true, {}, false).by(the().line)) == wrong);
    CHECK(said_of(pkix, application("Leaf").ca(true).by(the().line)) == good);
}
TEST_CASE(
    "an application that signed itself may call itself a CA, with or without a path length (Part 6 §6.2, "
    "CTT)",
    "[trust][rules][usage]") {
    auto const with = [](std::optional<long> length, std::uint32_t more) {
        return application("Leaf").ca(true, length).usage(pki::rsa_application | more).self_signed();
    };
    CHECK(said_of_own(everyone, with({}, pki::cert_sign)) == good);  // the CTT's own
    CHECK(said_of_own(everyone, with(0, pki::cert_sign)) == good);
    CHECK(said_of_own(everyone, with(3, pki::cert_sign | pki::crl_sign)) == good);
    CHECK(said_of_own(everyone, with({}, 0)) == good);
}
TEST_CASE("a CA shown as an application is not one, a trusted root neither (step 9)",
          "[trust][rules][usage]") {
    CHECK(store{}.trusted_cas({the().root}).issuer_cas({the().line}).says(applications, {the().line}) ==
          "UseNotAllowed of Line (mandatory)");
    CHECK(store{}.trusted_cas({the().root}).says(applications, {the().root}) ==
          "UseNotAllowed of Root (mandatory)");
    CHECK(store{}.trusted_cas({the().root}).says(users, {the().root}) == "UseNotAllowed of Root (mandatory)");
}

// --- users
// --------------------------------------------------------------------------------------------------------

TEST_CASE("a user's certificate needs no purposes, names or encipherment (Part 6 §6.2.3)",
          "[trust][rules][usage]") {
    CHECK(said_of(users, user("Leaf").by(the().line)) == good);
    CHECK(said_of_own(users, user("Leaf").self_signed()) == good);
    CHECK(said_of(users, user("Leaf").without(id::key_usage).by(the().line)) == good);
    CHECK(said_of(users, user("Leaf").purposes({id::code_signing}, true).by(the().line)) == good);
    CHECK(said_of(users, user("Leaf", pki::p256()).by(the().line)) == good);
    CHECK(said_of(users, user("Leaf").without(id::authority_key).by(the().line)) == good);
}
TEST_CASE("a user's keyUsage, if there, has digitalSignature (our choice)", "[trust][rules][usage]") {
    CHECK(said_of(users, user("Leaf").usage(pki::key_encipherment, false).by(the().line)) == wrong);
    CHECK(said_of(users, user("Leaf").usage(pki::non_repudiation, true).by(the().line)) == mandatory);
    CHECK(said_of(users, user("Leaf").usage(pki::digital_signature | pki::key_agreement).by(the().line)) ==
          good);
}
TEST_CASE("a user whom a CA issued as a CA is refused, and nobody may overlook it (step 9)",
          "[trust][rules][usage]") {
    for (bool const critical : {true, false}) {
        CAPTURE(critical);
        auto const leaf = user("Leaf").ca(true, {}, critical).by(the().line);
        CHECK(said_of(users, leaf) == mandatory);
        asking a;
        a.overlook = everything_suppressible();
        CHECK(said_of(users, leaf, a) == mandatory);
    }
}
TEST_CASE("a user's certificate has no path length (Part 6 §6.2.3)", "[trust][rules][usage]") {
    CHECK(said_of(users, user("Leaf").ca(false, 0).by(the().line)) == mandatory);
    CHECK(said_of(users, user("Leaf").ca(false, 1, false).by(the().line)) == wrong);
    CHECK(said_of_own(users, user("Leaf").ca(false, 0).self_signed()) == mandatory);
}
TEST_CASE("an application's certificate does for a user whose key it is (Part 6 §6.2)",
          "[trust][rules][usage]") {
    CHECK(the().usual().says(users, {the().pump}) == good);
}

// --- issuers
// ------------------------------------------------------------------------------------------------------

std::string under(issued const& sub, peers const& who, asking const& a = {}) {
    auto const leaf = application("Leaf").by(sub);
    return store{}.trusted({leaf}).issuer_cas({sub, the().root}).says(who, {leaf}, a);
}
std::string under_root(issued const& root, peers const& who, asking const& a = {}) {
    auto const leaf = application("Leaf").by(root);
    return store{}.trusted_cas({root}).says(who, {leaf}, a);
}

TEST_CASE(
    "an issuer is a CA, or vouches for nobody, whatever is overlooked (Part 6 §6.2, unlike OpenSSL, our "
    "choice)",
    "[trust][rules][usage]") {
    asking lenient;
    lenient.overlook = everything_suppressible();
    for (bool const critical : {true, false}) {
        auto const no_ca = authority("Sub").ca(false, {}, critical).by(the().root);
        CHECK(under(no_ca, everyone) == "IssuerUseNotAllowed of Sub (mandatory)");
        CHECK(under(no_ca, everyone, lenient) == "IssuerUseNotAllowed of Sub (mandatory)");
    }
    auto const silent = authority("Sub").without(id::basic_constraints).by(the().root);
    CHECK(under(silent, everyone) == "IssuerUseNotAllowed of Sub (mandatory)");
    CHECK(under(silent, everyone, lenient) == "IssuerUseNotAllowed of Sub (mandatory)");
    auto const root = authority("No Root").ca(false).self_signed();
    CHECK(under_root(root, everyone) == "IssuerUseNotAllowed of No Root (mandatory)");
}
TEST_CASE(
    "an issuer has keyCertSign and cRLSign; RFC 5280 asks for the first, where keyUsage is there (Part 6 "
    "§6.2, unlike OpenSSL)",
    "[trust][rules][usage]") {
    auto const sub = [](std::uint32_t bits, bool critical) {
        return authority("Sub").usage(bits, critical).by(the().root);
    };
    CHECK(under(sub(pki::cert_sign, false), opc_ua) == "IssuerUseNotAllowed of Sub");
    CHECK(under(sub(pki::cert_sign, true), opc_ua) == "IssuerUseNotAllowed of Sub (mandatory)");
    CHECK(under(sub(pki::crl_sign, false), everyone) == "IssuerUseNotAllowed of Sub");
    CHECK(under(sub(pki::crl_sign, true), everyone) == "IssuerUseNotAllowed of Sub (mandatory)");
    CHECK(under(sub(pki::digital_signature, false), opc_ua) == "IssuerUseNotAllowed of Sub");
    CHECK(under(sub(pki::cert_sign | pki::crl_sign | pki::digital_signature, true), everyone) == good);
    auto const silent = authority("Sub").without(id::key_usage).by(the().root);
    CHECK(under(silent, opc_ua) == "IssuerUseNotAllowed of Sub");
    CHECK(under(silent, pkix) == good);
    CHECK(under(sub(pki::cert_sign, false), opc_ua,
                overlooking({status::certificate_issuer_use_not_allowed})) ==
          "IssuerUseNotAllowed of Sub (suppressed)");
}
TEST_CASE(
    "for RFC 5280 a CA without cRLSign may issue certificates, and its revocation list says nothing (RFC "
    "5280 §6.3.3 f)",
    "[trust][rules][usage]") {
    CHECK(under(authority("Sub").usage(pki::cert_sign).by(the().root), pkix) == "RevocationUnknown of Leaf");
}
TEST_CASE("a root has keyCertSign and cRLSign like any other CA (Part 6 §6.2, unlike OpenSSL)",
          "[trust][rules][usage]") {
    CHECK(under_root(authority("Bare Root").usage(pki::cert_sign, false).self_signed(), opc_ua) ==
          "IssuerUseNotAllowed of Bare Root");
    CHECK(under_root(authority("Bare Root").without(id::key_usage).self_signed(), opc_ua) ==
          "IssuerUseNotAllowed of Bare Root");
    CHECK(under_root(authority("Bare Root").without(id::key_usage).self_signed(), pkix) == good);
}
TEST_CASE("a CA of a curve is held to the same usages (Part 6 §6.2)", "[trust][rules][usage]") {
    CHECK(under(authority("Sub", pki::p256()).usage(pki::cert_sign, false).by(the().root), opc_ua) ==
          "IssuerUseNotAllowed of Sub");
    CHECK(under(authority("Sub", pki::p256()).by(the().root), opc_ua) == good);
}
TEST_CASE("a missing cRLSign is a matter of use alone, the list counts, and revokes (order, step 9 only)",
          "[trust][rules][usage]") {
    auto const sub = authority("Sub").usage(pki::cert_sign, false).by(the().root);
    auto const leaf = application("Leaf").by(sub);
    auto const lists = [&](published const& l) {
        return store{}.trusted({leaf}).issuers({sub}).issuer_crls({l}).issuer_cas({the().root});
    };
    CHECK(lists(revocations(sub)).says(opc_ua, {leaf}) == "IssuerUseNotAllowed of Sub");
    CHECK(lists(revocations(sub).revoke(leaf)).says(opc_ua, {leaf}) ==
          "IssuerUseNotAllowed of Sub, Revoked of Leaf");
}
TEST_CASE("no more CAs follow one than its path length allows (step 9, RFC 5280 §4.2.1.9)",
          "[trust][rules][usage]") {
    auto const chain_of = [](std::optional<long> root_length, std::optional<long> sub_length, bool critical) {
        auto const root = authority("Short Root").ca(true, root_length, critical).self_signed();
        auto const sub = authority("Sub").ca(true, sub_length, critical).by(root);
        auto const subsub = authority("Subsub").by(sub);
        auto const leaf = application("Leaf").by(subsub);
        return store{}.trusted_cas({root}).issuer_cas({sub, subsub}).says(everyone, {leaf});
    };
    CHECK(chain_of({}, {}, true) == good);
    CHECK(chain_of(2, 1, true) == good);
    CHECK(chain_of(1, 1, true) == "IssuerUseNotAllowed of Short Root (mandatory)");
    CHECK(chain_of(1, 1, false) == "IssuerUseNotAllowed of Short Root");
    CHECK(chain_of(2, 0, true) == "IssuerUseNotAllowed of Sub (mandatory)");
    CHECK(chain_of(0, 0, true) ==
          "IssuerUseNotAllowed of Sub (mandatory), IssuerUseNotAllowed of Short Root (mandatory)");
    CHECK(chain_of(100, {}, true) == good);
}
TEST_CASE("a path length of zero allows leaves, and a CA shown as a leaf (RFC 5280 §4.2.1.9)",
          "[trust][rules][usage]") {
    auto const root = authority("Short Root").ca(true, 0).self_signed();
    CHECK(under_root(root, everyone) == good);
    CHECK(store{}.trusted_cas({root}).says(pkix, {authority("Sub").by(root)}) == good);
}
TEST_CASE("a self-issued CA does not count against the path length (RFC 5280 §4.2.1.9)",
          "[trust][rules][usage]") {
    auto const root = authority("Rolling", pki::rsa(2048, "old")).ca(true, 0).self_signed();
    auto const link = authority("Rolling", pki::rsa(2048, "new")).serial(3).by(root);
    auto const leaf = application("Leaf").by(link);
    CHECK(store{}.trusted_cas({root}).issuer_cas({link}).says(everyone, {leaf}, {.several_paths = true}) ==
          good);
}

// --- names and policies (RFC 5280)
// --------------------------------------------------------------------------------

bool is_step_nine(std::string_view said) {
    return said.starts_with("UseNotAllowed of ") || said.starts_with("IssuerUseNotAllowed of ");
}

TEST_CASE("a CA issues the names that it may (Part 6 §6.2, RFC 5280 §4.2.1.10)", "[trust][rules][usage]") {
    auto const by = [](issued const& sub, std::initializer_list<std::string> names,
                       peers const& who = everyone) {
        auto const leaf = application("Leaf").names(names).by(sub);
        return store{}.trusted({leaf}).issuer_cas({sub, the().root}).says(who, {leaf});
    };
    auto const plant_only = authority("Sub").name_constraints({pki::dns("plant.example")}).by(the().root);
    CHECK(by(plant_only, {pki::uri("urn:a"), pki::dns("pump.plant.example")}) == good);
    CHECK(by(plant_only, {pki::uri("urn:a"), pki::dns("plant.example")}) == good);
    CHECK(by(plant_only, {pki::uri("urn:a")}) == good);
    CHECK(is_step_nine(by(plant_only, {pki::uri("urn:a"), pki::dns("pump.elsewhere.example")})));
    CHECK(is_step_nine(by(plant_only, {pki::uri("urn:a"), pki::dns("evilplant.example")})));
    CHECK(is_step_nine(
        by(plant_only, {pki::uri("urn:a"), pki::dns("pump.plant.example"), pki::dns("elsewhere")})));
    auto const not_there =
        authority("Sub").name_constraints({}, {pki::ip({10, 0, 0, 0, 255, 0, 0, 0})}).by(the().root);
    CHECK(by(not_there, {pki::uri("urn:a"), pki::ip({192, 0, 2, 7})}) == good);
    CHECK(is_step_nine(by(not_there, {pki::uri("urn:a"), pki::ip({10, 1, 2, 3})})));
    auto const that_organization =
        authority("Sub")
            .name_constraints({pki::directory(pki::der::name({{std::string{id::organization}, "Plant"}}))})
            .by(the().root);
    CHECK(by(that_organization, {pki::uri("urn:a")}) == good);
    auto const other_organization =
        authority("Sub")
            .name_constraints({pki::directory(pki::der::name({{std::string{id::organization}, "Other"}}))})
            .by(the().root);
    CHECK(is_step_nine(by(other_organization, {pki::uri("urn:a")})));
}
TEST_CASE("name constraints are no more than their critical mark says, mandatory (step 9)",
          "[trust][rules][usage]") {
    auto const sub = authority("Sub").name_constraints({pki::dns("plant.example")}).by(the().root);
    auto const leaf = application("Leaf").names({pki::uri("urn:a"), pki::dns("elsewhere")}).by(sub);
    asking a;
    a.overlook = everything_suppressible();
    CHECK_FALSE(store{}
                    .trusted({leaf})
                    .issuer_cas({sub, the().root})
                    .judge(peer::client_application, leaf.der(), a)
                    .accepted());
}
TEST_CASE("a CA that demands a policy gets one (Part 6 §6.2, RFC 5280 §4.2.1.11)", "[trust][rules][usage]") {
    namespace der = pki::der;
    auto const demanding =
        authority("Sub")
            .policies({"1.3.6.1.4.1.54321.10"})
            .extension(id::policy_constraints, true, der::seq({der::implicit(0, der::number(0))}))
            .by(the().root);
    auto const says = [&](issued const& leaf) {
        return store{}.trusted({leaf}).issuer_cas({demanding, the().root}).says(everyone, {leaf});
    };
    CHECK(says(application("Leaf").policies({"1.3.6.1.4.1.54321.10"}).by(demanding)) == good);
    CHECK(is_step_nine(says(application("Leaf").policies({"1.3.6.1.4.1.54321.11"}).by(demanding))));
    CHECK(is_step_nine(says(application("Leaf").by(demanding))));
    CHECK(said_of(everyone, application("Leaf").policies({"1.3.6.1.4.1.54321.11"}).by(the().line)) ==
          good);  // nobody asked
}
TEST_CASE("what a CA may issue holds for a certificate in the CA's own name, too (RFC 5280 §6.1.4)",
          "[trust][rules][usage]") {
    namespace der = pki::der;
    auto const plant_only = authority("Sub").name_constraints({pki::dns("plant.example")}).by(the().root);
    auto const demanding =
        authority("Sub")
            .policies({"1.3.6.1.4.1.54321.10"})
            .extension(id::policy_constraints, true, der::seq({der::implicit(0, der::number(0))}))
            .by(the().root);
    auto const elsewhere = application("Leaf").names({pki::uri("urn:a"), pki::dns("elsewhere.example")});
    asking const any{.several_paths = true};
    auto const says = [&](issued const& sub, issued const& leaf) {
        return store{}
            .trusted({sub})
            .trusted_crls({revocations(sub)})
            .issuer_cas({the().root})
            .says(everyone, {leaf}, any);
    };
    for (issued const& sub : {plant_only, demanding}) {
        auto namesake = elsewhere;
        namesake.subject(sub.subject);
        // With a key identifier it is seen that another key signed it; without one it looks self-signed.
        CHECK(is_step_nine(says(sub, namesake.by(sub))));
        CHECK(is_step_nine(says(sub, namesake.without(id::authority_key).by(sub))));
    }
    // A CA between them in that name hides nothing either.
    auto const rolled = authority("Sub", pki::rsa(2048, "rolled")).without(id::authority_key).by(plant_only);
    auto const leaf = elsewhere.by(rolled);
    CHECK(is_step_nine(
        store{}.trusted({leaf}).issuer_cas({rolled, plant_only, the().root}).says(everyone, {leaf}, any)));
    // Where nobody constrains anything such a name is no fault.
    CHECK(said_of(everyone,
                  application("Leaf").subject(the().line.subject).without(id::authority_key).by(the().line),
                  any) == good);
}

// --- order
// --------------------------------------------------------------------------------------------------------

TEST_CASE("usage comes after time and names, and before revocation (order)", "[trust][rules][usage]") {
    auto const leaf =
        application("Leaf").usage(pki::digital_signature, false).valid_until(today - 1s).by(the().root);
    auto const lists =
        store{}.trusted({leaf}).issuers({the().root}).issuer_crls({revocations(the().root).revoke(leaf)});
    CHECK(lists.says(applications, {leaf}) == "TimeInvalid of Leaf, UseNotAllowed of Leaf, Revoked of Leaf");
    CHECK(lists.judge(peer::client_application, leaf.der(), overlooking({status::certificate_time_invalid}))
              .first() == status::certificate_use_not_allowed);
    CHECK(lists
              .judge(peer::client_application, leaf.der(),
                     overlooking({status::certificate_time_invalid, status::certificate_use_not_allowed}))
              .first() == status::certificate_revoked);
}
TEST_CASE("a mandatory usage among those that may be overlooked still refuses (step 9)",
          "[trust][rules][usage]") {
    auto const leaf = application("Leaf")
                          .usage(pki::digital_signature, false)
                          .purposes({id::code_signing}, true)
                          .by(the().line);
    CHECK(said_of(clients, leaf, overlooking({status::certificate_use_not_allowed})) == mandatory);
}
TEST_CASE("RFC 5280 alone asks nothing of a leaf's usage, names or purposes (unlike OpenSSL, turned round)",
          "[trust][rules][usage]") {
    auto const bare = application("Leaf")
                          .without(id::key_usage)
                          .without(id::extended_usage)
                          .without(id::alt_name)
                          .by(the().line);
    CHECK(said_of(pkix, bare) == good);
    CHECK(said_of(pkix, application("Leaf")
                            .usage(pki::key_agreement)
                            .purposes({id::code_signing}, true)
                            .by(the().line)) == good);
}

}  // namespace
