// SPDX-License-Identifier: BSL-1.0
// Steps 2, 3 and 5: a chain to a root, every signature on it, and somebody on it whom an administrator
// trusts. (OPC 10000-4 §6.1.3; what OpenSSL's X509_verify_cert does otherwise; how other stacks failed)
#include "rules.hpp"

#include <string>
#include <vector>

namespace {

using namespace rules;
namespace id = pki::id;

// --- 1: what trust means
// -------------------------------------------------------------------------------------------

TEST_CASE(
    "a trusted leaf under a known root is accepted, with its CAs in the issuer list alone (Part 4 §6.1.3)",
    "[trust][rules][chain]") {
    CHECK(the().usual().says(everyone, {the().pump}) == "Good");
}
TEST_CASE("a trusted leaf whose issuer is unknown is not accepted (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    CHECK(store{}.trusted({the().pump}).says(everyone, {the().pump}) == "ChainIncomplete of Pump");
}
TEST_CASE("a trusted leaf whose root is unknown is not accepted (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    CHECK(store{}.trusted({the().pump}).issuer_cas({the().line}).says(everyone, {the().pump}) ==
          "ChainIncomplete of Line");
}
TEST_CASE("a trusted sub CA with an unknown root is not accepted (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    CHECK(store{}.trusted_cas({the().line}).says(everyone, {the().pump}) == "ChainIncomplete of Line");
}
TEST_CASE(
    "a trusted sub CA vouches for its leaves, with its root in the issuer list (Part 4 §6.1.3, unlike "
    "OpenSSL)",
    "[trust][rules][chain]") {
    CHECK(store{}.trusted_cas({the().line}).issuer_cas({the().root}).says(everyone, {the().pump}) == "Good");
}
TEST_CASE("a trusted root vouches for everybody below (Part 4 §6.1.3)", "[trust][rules][chain]") {
    CHECK(store{}.trusted_cas({the().root}).issuer_cas({the().line}).says(everyone, {the().pump}) == "Good");
}
TEST_CASE("a trusted root vouches for a leaf that it issued itself (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    auto const leaf = application("Leaf").by(the().root);
    CHECK(store{}.trusted_cas({the().root}).says(everyone, {leaf}) == "Good");
}
TEST_CASE("being in the issuer list grants nothing to the leaves below (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    CHECK(store{}.issuer_cas({the().line, the().root}).says(everyone, {the().pump}) == "Untrusted of Pump");
}
TEST_CASE("being in the issuer list grants nothing to a leaf that lies there itself (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    CHECK(store{}.issuers({the().pump}).issuer_cas({the().line, the().root}).says(everyone, {the().pump}) ==
          "Untrusted of Pump");
    CHECK(store{}.issuers({the().alone}).says(everyone, {the().alone}) == "Untrusted of Alone");
}
TEST_CASE(
    "a self-signed leaf in the trusted list is accepted, and needs no revocation list (Part 4 §6.1.3, steps "
    "10 and 11, unlike OpenSSL)",
    "[trust][rules][chain]") {
    CHECK(store{}.trusted({the().alone}).says(everyone, {the().alone}) == "Good");
}
TEST_CASE("a self-signed leaf that nobody has approved is untrusted (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    CHECK(store{}.trusted({the().alone}).says(opc_ua, {the().stranger}) == "Untrusted of Stranger");
}
TEST_CASE(
    "two empty lists trust nobody, they never switch the check off (Part 4 §6.1.3, how other stacks failed)",
    "[trust][rules][chain]") {
    CHECK(store{}.says(opc_ua, {the().alone}) == "Untrusted of Alone");
    CHECK_FALSE(store{}.judge(peer::pkix, the().alone.der()).accepted());
    CHECK(store{}.says(everyone, {the().pump}).starts_with("ChainIncomplete of Pump"));
}
TEST_CASE("a leaf that is trusted and revoked by nobody is trusted in both lists, too (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    CHECK(the().usual().issuers({the().pump}).says(everyone, {the().pump}) == "Good");
}

// --- 1.3: from where the chain may come
// ----------------------------------------------------------------------------

TEST_CASE("the peer may bring the CAs of its chain (Part 4 §6.1.3)", "[trust][rules][chain]") {
    auto const trusting_leaf = store{}.trusted({the().pump}).issuer_crls({the().line_list, the().root_list});
    CHECK(trusting_leaf.says(opc_ua, {the().pump, the().line, the().root}) == "Good");
    auto const trusting_root = store{}.trusted_cas({the().root}).issuer_crls({the().line_list});
    CHECK(trusting_root.says(everyone, {the().pump, the().line}) == "Good");
    CHECK(trusting_root.says(everyone, {the().pump, the().line, the().root}) == "Good");
}
TEST_CASE(
    "a root that the peer brings completes a chain, yet is no anchor of RFC 5280 (Part 4 §6.1.3, unlike "
    "OpenSSL)",
    "[trust][rules][chain]") {
    auto const lists = store{}.trusted({the().pump}).issuer_cas({the().line}).issuer_crls({the().root_list});
    CHECK(lists.says(opc_ua, {the().pump, the().root}) == "Good");
    CHECK(lists.says(pkix, {the().pump, the().root}).starts_with("ChainIncomplete of "));
}
TEST_CASE(
    "a whole chain that the peer brings, and nobody knows, is untrusted rather than incomplete (Part 4 "
    "§6.1.3)",
    "[trust][rules][chain]") {
    CHECK(store{}
              .issuer_crls({the().line_list, the().root_list})
              .says(opc_ua, {the().pump, the().line, the().root}) == "Untrusted of Pump");
}
TEST_CASE(
    "a chain presented out of order, twice over, or with somebody foreign in it, is the same chain (Part 4 "
    "§6.1.3)",
    "[trust][rules][chain]") {
    auto const lists = store{}.trusted_cas({the().root}).issuer_crls({the().line_list});
    auto const& [root, line, pump, alone, stranger, other_root, l, r] = the();
    CHECK(lists.says(everyone, {pump, root, line}) == "Good");
    CHECK(lists.says(everyone, {pump, line, line, pump, root, root}) == "Good");
    CHECK(lists.says(everyone, {pump, stranger, other_root, line}) == "Good");
    CHECK(lists.says(everyone, {pump, pump, line}) == "Good");
}
TEST_CASE("the first certificate is the leaf, whatever follows (Part 6 §6.2.6, leaf first)",
          "[trust][rules][chain]") {
    auto const lists = store{}.trusted_cas({the().root}).issuer_cas({the().line});
    CHECK(lists.says(applications, {the().line, the().pump}) == "UseNotAllowed of Line (mandatory)");
    CHECK(lists.says(users, {the().line, the().pump}) == "UseNotAllowed of Line (mandatory)");
    CHECK(lists.says(clients, {the().stranger, the().pump, the().line}).starts_with("Untrusted of Stranger"));
}

// --- 1.5: a trusted certificate does not end the checks
// ------------------------------------------------------------

TEST_CASE("a trusted CA is still checked for what its own issuers say of it (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    auto const trusting_line =
        store{}.trusted({the().line}).trusted_crls({the().line_list}).issuers({the().root});
    CHECK(store{trusting_line}
              .issuer_crls({revocations(the().root).revoke(the().line)})
              .says(everyone, {the().pump}) == "IssuerRevoked of Line");
    CHECK(trusting_line.says(everyone, {the().pump}) == "IssuerRevocationUnknown of Line");
}
TEST_CASE("a trusted leaf is still checked up to its root (Part 4 §6.1.3, unlike OpenSSL)",
          "[trust][rules][chain]") {
    auto const old_root = authority("Old Root").valid_until(today - 24h).self_signed();
    auto const leaf = application("Leaf").by(old_root);
    CHECK(store{}.trusted({leaf}).issuer_cas({old_root}).says(everyone, {leaf}) ==
          "IssuerTimeInvalid of Old Root");
    auto const revoked = store{}
                             .trusted({the().pump})
                             .issuers({the().line, the().root})
                             .issuer_crls({revocations(the().line).revoke(the().pump), the().root_list});
    CHECK(revoked.says(everyone, {the().pump}) == "Revoked of Pump");
}

// --- 5: the trust list itself
// --------------------------------------------------------------------------------------

TEST_CASE("trust is in the whole certificate, not in a name, key or first octets of it (CVE-2026-9758)",
          "[trust][rules][chain]") {
    auto const twin = application("Alone").serial(2).self_signed();     // the same key and names
    auto const altered = application("Alone").spoiled().self_signed();  // the same to the last octets
    REQUIRE(altered.der().size() == the().alone.der().size());
    REQUIRE(altered.der().substr(0, 600) == the().alone.der().substr(0, 600));
    auto const lists = store{}.trusted({the().alone});
    CHECK(lists.says(opc_ua, {twin}) == "Untrusted of Alone");
    CHECK(lists.says(opc_ua, {altered}).starts_with("Invalid of Alone, Untrusted of Alone"));
}
TEST_CASE("a renewed leaf of the same key is another certificate, until it is approved (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    auto const renewed = application("Pump").serial(99).by(the().line);
    CHECK(the().usual().says(everyone, {renewed}) == "Untrusted of Pump");
    CHECK(the().usual().trusted({renewed}).says(everyone, {renewed}) == "Good");
}
TEST_CASE("a trusted application vouches for nobody else (how other stacks failed)",
          "[trust][rules][chain]") {
    auto const guest = application("Guest").by(the().alone);
    auto const lists = store{}.trusted({the().alone}).trusted_crls({revocations(the().alone)});
    CHECK(lists.says(opc_ua, {guest, the().alone}) == "IssuerUseNotAllowed of Alone (mandatory)");
    CHECK(lists.says(opc_ua, {guest}) == "IssuerUseNotAllowed of Alone (mandatory)");
    CHECK(lists.says(pkix, {guest}).starts_with("IssuerUseNotAllowed of Alone (mandatory)"));
    auto const by_pump = application("Guest").by(the().pump);
    CHECK(the().usual().trusted_crls({revocations(the().pump)}).says(opc_ua, {by_pump, the().pump}) ==
          "IssuerUseNotAllowed of Pump (mandatory)");
}
TEST_CASE(
    "a trusted application of the CTT's kind (cA TRUE, keyCertSign, no cRLSign) vouches for nobody else (how "
    "other stacks failed, Part 6 §6.2)",
    "[trust][rules][chain]") {
    auto const ctt = application("CTT").ca(true).usage(pki::rsa_application | pki::cert_sign).self_signed();
    auto const guest = application("Guest").by(ctt);
    CHECK(said_of_own(applications, ctt) == "Good");
    CHECK(store{}.trusted({ctt}).says(opc_ua, {guest}) ==
          "IssuerUseNotAllowed of CTT (mandatory), RevocationUnknown of Guest");
    CHECK(store{}.trusted_cas({ctt}).says(opc_ua, {guest}) == "IssuerUseNotAllowed of CTT (mandatory)");
}

// --- 3: signatures
// ------------------------------------------------------------------------------------------------

TEST_CASE("a bad signature is invalid wherever on the path it is (step 3)", "[trust][rules][chain]") {
    auto const& [root, line, pump, alone, stranger, other_root, line_list, root_list] = the();
    auto const begins = [](store const& s, issued const& leaf, std::string_view with) {
        CHECK(s.says(everyone, {leaf}).starts_with(with));
    };
    auto const forged = application("Leaf").signed_with(pki::rsa(2048, "forger")).by(line);
    begins(the().usual(forged), forged, "Invalid of Leaf");
    auto const spoiled = application("Leaf").spoiled().by(line);
    begins(the().usual(spoiled), spoiled, "Invalid of Leaf");

    auto const forged_line = authority("Forged").signed_with(pki::rsa(2048, "forger")).by(root);
    auto const under_forged = application("Leaf").by(forged_line);
    begins(store{}.trusted({under_forged}).issuer_cas({forged_line, root}), under_forged,
           "Invalid of Forged");
    begins(store{}.trusted_cas({forged_line, root}), under_forged, "Invalid of Forged");

    auto const false_root = authority("False Root").spoiled().self_signed();
    auto const under_false = application("Leaf").by(false_root);
    begins(store{}.trusted_cas({false_root}), under_false, "Invalid of False Root");
}
TEST_CASE(
    "a self-signed certificate is its own issuer, its signature is judged even if it is trusted (step 3)",
    "[trust][rules][chain]") {
    CHECK(said_of_own(everyone, application("Leaf").spoiled().self_signed()) == "Invalid of Leaf");
    CHECK(said_of_own(everyone, application("Leaf").signed_with(pki::rsa(2048, "forger")).self_signed()) ==
          "Invalid of Leaf");
}
TEST_CASE("a bad signature by an unknown issuer is an incomplete chain first (step 2 before step 3)",
          "[trust][rules][chain]") {
    auto const spoiled = application("Leaf").spoiled().by(the().line);
    CHECK(store{}.trusted({spoiled}).says(everyone, {spoiled}) == "ChainIncomplete of Leaf");
}
TEST_CASE("a signature in each algorithm that the policies know is verified (step 3, Part 7)",
          "[trust][rules][chain]") {
    struct {
        std::string_view what;
        pki::key key;
    } const keys[] = {{"RSA", pki::rsa(2048)},        {"P-256", pki::p256()},
                      {"P-384", pki::p384()},         {"bp256", pki::brainpool256()},
                      {"bp384", pki::brainpool384()}, {"Ed25519", pki::ed25519()},
                      {"Ed448", pki::ed448()}};
    for (auto const& k : keys) {
        CAPTURE(k.what);
        CHECK(said_of_own(everyone, application("Leaf", k.key).self_signed()) == "Good");
        CHECK(said_of_own(everyone, application("Leaf", k.key).spoiled().self_signed())
                  .starts_with("Invalid of Leaf"));
        auto const root = authority("Root of it", k.key).self_signed();
        auto const leaf = application("Leaf").by(root);
        CHECK(store{}.trusted_cas({root}).says(everyone, {leaf}) == "Good");
        CHECK(store{}.trusted({root}).trusted_crls({revocations(root).spoiled()}).says(everyone, {leaf}) ==
              "RevocationUnknown of Leaf");
    }
}

// --- 12.7 and the order among several paths
// -----------------------------------------------------------------------

TEST_CASE("of two roots of one name, the one that issued it is found (unlike OpenSSL)",
          "[trust][rules][chain]") {
    for (bool const key_ids : {true, false})
        for (bool const right_first : {true, false}) {
            CAPTURE(key_ids, right_first);
            auto const make = [&](std::string_view whose) {
                auto m = authority("Twin Root", pki::rsa(2048, whose));
                m.serial(static_cast<long long>(whose.size()));
                if (!key_ids) m.without(pki::id::subject_key).without(pki::id::authority_key);
                return m.self_signed();
            };
            auto const right = make("right"), wrong = make("left");
            auto m = application("Leaf");
            if (!key_ids) m.without(pki::id::authority_key);
            auto const leaf = m.by(right);
            auto const lists =
                right_first ? store{}.issuer_cas({right, wrong}) : store{}.issuer_cas({wrong, right});
            CHECK(store{lists}.trusted({leaf}).says(everyone, {leaf}) == "Good");
            CHECK(store{}.trusted_cas({right}).says(everyone, {leaf, wrong}) == "Good");
        }
}
TEST_CASE("a twin root that only the peer brings cannot stand in for the trusted one (unlike OpenSSL)",
          "[trust][rules][chain]") {
    auto const twin = authority("Root", pki::rsa(2048, "twin")).self_signed();
    auto const guest = application("Guest").by(twin);
    CHECK(store{}.trusted_cas({the().root}).trusted_crls({revocations(twin)}).says(opc_ua, {guest, twin}) ==
          "Untrusted of Guest");
    // Without the twin there is one of that name left, and it did not sign.
    CHECK(store{}.trusted_cas({the().root}).says(everyone, {guest}).starts_with("Invalid of Guest"));
}
TEST_CASE(
    "a CA that is listed is judged as it is listed, whichever other certificate of its name and key the peer "
    "brings (Part 4 §6.1.3, step 11)",
    "[trust][rules][chain]") {
    auto const root = authority("Root").self_signed(), line = authority("Line").by(root);
    auto const pump = application("Pump").by(line);
    auto const evil = authority("Evil Root").self_signed();
    auto const own = authority("Line").without(id::authority_key).self_signed(),  // with the line's key
        foreign = authority("Line").serial(666).by(evil),                         // with its public key
        unlike = authority("Line").serial(667).without(id::subject_key).by(evil);
    asking const any{.several_paths = true};
    auto const revoked = store{}
                             .trusted({pump})
                             .issuers({line, root})
                             .issuer_crls({revocations(line), revocations(root).revoke(line)});
    for (auto const& lists : {revoked, store{revoked}.trusted({line})}) {
        CHECK(lists.says(opc_ua, {pump}, any) == "IssuerRevoked of Line");
        CHECK(lists.says(opc_ua, {pump, own}, any) == "IssuerRevoked of Line");
        CHECK(lists.says(opc_ua, {pump, foreign, evil}, any) == "IssuerRevoked of Line");
        CHECK(lists.says(opc_ua, {pump, unlike, evil}, any) == "IssuerRevoked of Line");
        CHECK(lists.says(opc_ua, {pump, foreign, evil},
                         overlooking({status::certificate_issuer_revocation_unknown})) ==
              "IssuerRevoked of Line");
    }
    // Nor is it younger, nor may it more, than it is listed.
    auto const late = authority("Line").valid_until(today - 24h).by(root);
    auto const expired = store{}.trusted({pump}).issuer_cas({late, root});
    CHECK(expired.says(opc_ua, {pump}, any) == "IssuerTimeInvalid of Line");
    CHECK(expired.says(opc_ua, {pump, own}, any) == "IssuerTimeInvalid of Line");
    CHECK(expired.says(opc_ua, {pump, line}, any) == "IssuerTimeInvalid of Line");
    // Further up the path neither.
    auto const cell = authority("Cell").by(line);
    auto const valve = application("Valve").by(cell);
    CHECK(store{revoked}.trusted({valve}).issuer_cas({cell}).says(opc_ua, {valve, own}, any) ==
          "IssuerRevoked of Line");
    CHECK(store{revoked}
              .trusted({valve})
              .issuer_crls({revocations(cell)})
              .says(opc_ua, {valve, cell, own}, any) == "IssuerRevoked of Line");
    // One of its name and another key is another CA.
    auto const twin = authority("Line", pki::rsa(2048, "twin")).by(root);
    auto const guest = application("Guest").by(twin);
    CHECK(store{}
              .trusted({guest})
              .issuer_cas({line, root})
              .issuer_crls({revocations(twin)})
              .says(opc_ua, {guest, twin}, any) == "Good");
}
TEST_CASE("key identifiers help to choose, and decide nothing (RFC 5280 §4.2.1.1)", "[trust][rules][chain]") {
    auto const misled = application("Leaf").authority_key_id("somebody else's").by(the().line);
    CHECK(said_of(everyone, misled) == "Good");
}

/// One CA key, certified by two roots.
struct crossed {
    issued good_root = authority("Good Root").self_signed();
    issued other = authority("Other Root").self_signed();
    issued by_good = authority("Shared").by(good_root);
    issued by_other = authority("Shared").serial(2).by(other);
    issued leaf = application("Leaf").by(by_good);
};

TEST_CASE("of a cross-certified CA's paths, one that is in order suffices (order among paths)",
          "[trust][rules][chain]") {
    crossed const x;
    CHECK(store{}
              .trusted_cas({x.good_root})
              .issuer_cas({x.by_good, x.by_other, x.other})
              .says(everyone, {x.leaf}, {.several_paths = true}) == "Good");
    CHECK(store{}
              .trusted_cas({x.other})
              .issuer_cas({x.by_good, x.by_other, x.good_root})
              .says(everyone, {x.leaf}, {.several_paths = true}) == "Good");
    CHECK(store{}
              .trusted_cas({x.good_root})
              .issuer_crls({revocations(x.by_good)})
              .says(everyone, {x.leaf, x.by_other, x.by_good}, {.several_paths = true}) == "Good");
}
TEST_CASE("an expired cross-certificate spoils nothing while another is in order (order among paths)",
          "[trust][rules][chain]") {
    crossed const x;
    auto const late = authority("Shared").serial(3).valid_until(today - 24h).by(x.good_root);
    for (bool const late_first : {true, false}) {
        auto const lists =
            late_first ? store{}.issuer_cas({late, x.by_good}) : store{}.issuer_cas({x.by_good, late});
        CHECK(store{lists}.trusted_cas({x.good_root}).says(everyone, {x.leaf}, {.several_paths = true}) ==
              "Good");
    }
}
TEST_CASE("a revoked cross-certificate spoils nothing while another is in order (order among paths)",
          "[trust][rules][chain]") {
    crossed const x;
    auto const lists = store{}
                           .trusted({x.good_root, x.other})
                           .trusted_crls({revocations(x.good_root).revoke(x.by_good), revocations(x.other)})
                           .issuers({x.by_good, x.by_other})
                           .issuer_crls({revocations(x.by_good)});
    CHECK(lists.says(everyone, {x.leaf}, {.several_paths = true}) == "Good");
}
TEST_CASE("of several paths that fail, the one is told whose first fault comes latest (order among paths)",
          "[trust][rules][chain]") {
    crossed const x;
    auto const tells = [&](store const& lists) {
        return lists.says(opc_ua, {x.leaf}, {.several_paths = true});
    };
    auto const late_root = authority("Good Root").valid_until(today - 24h).self_signed();
    // Untrusted (5) by one root, past its time (6) by the other.
    CHECK(tells(store{}.trusted_cas({late_root}).issuer_cas({x.by_good, x.by_other, x.other})) ==
          "IssuerTimeInvalid of Good Root");
    // Without a root (2) by one, untrusted (5) by the other.
    CHECK(tells(store{}.issuer_cas({x.by_good, x.by_other, x.other})) == "Untrusted of Leaf");
    // Past its time (6) by one, revoked (11) by the other.
    CHECK(tells(store{}
                    .trusted_cas({late_root})
                    .trusted({x.other})
                    .trusted_crls({revocations(x.other).revoke(x.by_other)})
                    .issuer_cas({x.by_good, x.by_other})) == "IssuerRevoked of Shared");
}
TEST_CASE(
    "a bad signature (3) on one path comes later than a missing root (2) on another (order among paths)",
    "[trust][rules][chain]") {
    // Two of the CA's name and key: one altered, the other under a root that nobody knows.
    auto const root = authority("Good Root").self_signed();
    auto const altered = authority("Shared").spoiled().by(root);
    auto const orphan = authority("Shared").serial(2).by(authority("Nobody's Root").self_signed());
    auto const leaf = application("Leaf").by(altered);
    CHECK(store{}
              .trusted({leaf})
              .issuer_cas({root, altered, orphan})
              .says(everyone, {leaf}, {.several_paths = true})
              .starts_with("Invalid of Shared"));
}
TEST_CASE("a root's new key is trusted through the old one's certificate for it (key rollover)",
          "[trust][rules][chain]") {
    auto const old_root = authority("Rolling", pki::rsa(2048, "old")).self_signed();
    auto const new_root = authority("Rolling", pki::rsa(2048, "new")).serial(2).self_signed();
    auto const link = authority("Rolling", pki::rsa(2048, "new")).serial(3).by(old_root);
    auto const leaf = application("Leaf").by(new_root);
    asking const any{.several_paths = true};
    CHECK(store{}.trusted_cas({old_root}).issuer_cas({link}).says(everyone, {leaf}, any) == "Good");
    CHECK(
        store{}.trusted_cas({old_root}).issuer_crls({revocations(link)}).says(everyone, {leaf, link}, any) ==
        "Good");
    CHECK(store{}.trusted_cas({new_root}).says(everyone, {leaf, link}, any) == "Good");
    CHECK_FALSE(store{}.trusted_cas({old_root}).judge(peer::client_application, leaf.der()).accepted());
}
TEST_CASE(
    "a self-issued CA without key identifiers is revoked like any other (steps 10 and 11, only what signed "
    "itself is not looked up)",
    "[trust][rules][chain]") {
    auto const old_root = authority("Rolling", pki::rsa(2048, "old")).self_signed();
    auto const link = authority("Rolling", pki::rsa(2048, "new"))
                          .serial(3)
                          .without(pki::id::subject_key)
                          .without(pki::id::authority_key)
                          .by(old_root);
    auto const leaf = application("Leaf").by(link);
    auto const lists = [&](published const& of_old) {
        return store{}
            .trusted({old_root})
            .issuers({link})
            .trusted_crls({of_old})
            .issuer_crls({revocations(link)});
    };
    asking const any{.several_paths = true};
    CHECK(lists(revocations(old_root)).says(opc_ua, {leaf}, any) == "Good");
    CHECK(lists(revocations(old_root).revoke(link)).says(opc_ua, {leaf}, any) == "IssuerRevoked of Rolling");
    CHECK(store{}.trusted({old_root}).issuer_cas({link}).says(opc_ua, {leaf}, any) ==
          "IssuerRevocationUnknown of Rolling");
}
TEST_CASE(
    "a leaf that bears its CA's name is revoked like any other (steps 10 and 11, only what signed itself is "
    "not looked up)",
    "[trust][rules][chain]") {
    auto const root = authority("Namesake", pki::rsa(2048, "root of that name")).self_signed();
    auto const leaf = application("Namesake")
                          .serial(2)
                          .without(pki::id::subject_key)
                          .without(pki::id::authority_key)
                          .by(root);
    CHECK(store{}
              .trusted({root})
              .trusted_crls({revocations(root)})
              .says(opc_ua, {leaf}, {.several_paths = true}) == "Good");
    CHECK(store{}
              .trusted({root})
              .trusted_crls({revocations(root).revoke(leaf)})
              .says(opc_ua, {leaf}, {.several_paths = true}) == "Revoked of Namesake");
}

// --- loops and lengths
// --------------------------------------------------------------------------------------------

TEST_CASE("CAs that certify each other in a circle end, incomplete (CVE-2022-37013)",
          "[trust][rules][chain]") {
    auto const first_a = authority("A").self_signed();
    auto const b = authority("B").by(first_a);
    auto const a = authority("A").serial(2).by(b);
    auto const leaf = application("Leaf").by(b);
    auto const says = [&](store const& s) { return s.says(everyone, {leaf, a, b}, {.several_paths = true}); };
    CHECK(says(store{}.trusted({leaf})).starts_with("ChainIncomplete of "));
    CHECK(says(store{}.trusted_cas({a, b})).starts_with("ChainIncomplete of "));
    CHECK(says(store{}.trusted_cas({first_a, b})) == "Good");  // and a way out of the circle is found
}
TEST_CASE("a chain of ten certificates is judged, a longer one is not (budget)", "[trust][rules][chain]") {
    std::vector<issued> cas{authority("CA 0").self_signed()};
    store lists;
    lists.trusted_cas({cas[0]});
    for (int i = 1; i < 10; ++i) {
        cas.push_back(
            authority("CA " + std::to_string(i), pki::p256("CA " + std::to_string(i))).by(cas.back()));
        lists.issuer_cas({cas.back()});
    }
    CHECK(lists.says(everyone, {application("Leaf").by(cas[8])}) == "Good");
    CHECK(lists.says(everyone, {application("Leaf").by(cas[9])}).starts_with("ChainIncomplete of "));
}

// --- SecurityPolicy None
// -------------------------------------------------------------------------------------------

TEST_CASE("with SecurityPolicy None the certificate is not looked at (Part 4 §6.1.3)",
          "[trust][rules][chain]") {
    for (std::string const& blob :
         {the().pump.der(), the().stranger.der(), std::string{"no certificate"}, std::string{}}) {
        for (peer const p : opc_ua) {
            auto const j = store{}.judge(p, blob, under("None"));
            CHECK(j.accepted());
            CHECK(j.first() == status::good);
            CHECK(j.wire() == status::good);
            CHECK(j.all().empty());
            CHECK(j.audit_event().empty());
            CHECK_FALSE(j.device().known());  // nobody has proven to be anybody
        }
    }
}

}  // namespace
