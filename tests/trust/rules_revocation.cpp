// SPDX-License-Identifier: BSL-1.0
// Steps 10 and 11: what the revocation lists say, and whether they may say it.
// (OPC 10000-4 §6.1.3; OPC 10000-12 §F.1; RFC 5280 §5 and §6.3)
#include "rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rules;
using pki::scope;

constexpr std::string_view good = "Good", unknown = "RevocationUnknown of Leaf", revoked = "Revoked of Leaf";

/// A leaf under a root that is trusted, and what the root has published.
issued const& root() { return the().root; }
issued const& leaf() {
    static issued const one = application("Leaf").by(the().root);
    return one;
}
std::string with(std::initializer_list<published> lists, peers const& who = everyone, asking const& a = {}) {
    return store{}.trusted({root()}).trusted_crls(lists).says(who, {leaf()}, a);
}
pki::list_maker list() { return revocations(root()); }

// --- which lists are needed
// ---------------------------------------------------------------------------------------

TEST_CASE("a leaf whose CA has published no list is RevocationUnknown, lists are required (steps 10 and 11)",
          "[trust][rules][revocation]") {
    CHECK(with({}) == unknown);
    CHECK(with({list()}) == good);
}
TEST_CASE("no list at all is no reason to skip the check (steps 10 and 11, how other stacks failed)",
          "[trust][rules][revocation]") {
    CHECK(store{}.trusted({the().pump}).issuers({the().line, the().root}).says(everyone, {the().pump}) ==
          "RevocationUnknown of Pump, IssuerRevocationUnknown of Line");
}
TEST_CASE("a sub CA whose root has published no list is IssuerRevocationUnknown (steps 10 and 11)",
          "[trust][rules][revocation]") {
    CHECK(store{}
              .trusted({the().pump})
              .issuers({the().line, the().root})
              .issuer_crls({the().line_list})
              .says(everyone, {the().pump}) == "IssuerRevocationUnknown of Line");
    CHECK(store{}
              .trusted({the().pump})
              .issuers({the().line, the().root})
              .issuer_crls({the().root_list})
              .says(everyone, {the().pump}) == "RevocationUnknown of Pump");
}
TEST_CASE("RevocationUnknown is told to the peer, its issuer form is not (order, wire status)",
          "[trust][rules][revocation]") {
    auto const j = store{}.trusted({root()}).judge(peer::client_application, leaf().der());
    CHECK(j.wire() == status::certificate_revocation_unknown);
    auto const i = store{}
                       .trusted({the().pump})
                       .issuers({the().line, the().root})
                       .issuer_crls({the().line_list})
                       .judge(peer::client_application, the().pump.der());
    CHECK(i.first() == status::certificate_issuer_revocation_unknown);
    CHECK(i.wire() == status::security_checks_failed);
    CHECK(store{}.trusted({root()}).judge(peer::user, leaf().der()).wire() ==
          status::identity_token_rejected);
}
TEST_CASE("a root is looked up in no list, not even in its own (steps 10 and 11, unlike OpenSSL)",
          "[trust][rules][revocation]") {
    CHECK(with({list().revoke(root())}) == good);
}
TEST_CASE("a self-signed leaf is looked up in no list (steps 10 and 11, unlike OpenSSL)",
          "[trust][rules][revocation]") {
    CHECK(store{}
              .trusted({the().alone})
              .trusted_crls({revocations(the().alone).revoke(the().alone)})
              .says(everyone, {the().alone}) == good);
}
TEST_CASE("where an administrator has switched the check off for a CA, nothing is unknown (step 10)",
          "[trust][rules][revocation]") {
    trust::current_lists lists;
    auto const first = [&](store const& s, issued const& shown, std::vector<issued> const& off) {
        lists.put(s.list());
        trust::validator_options o;
        for (auto const& ca : off) o.without_revocation.push_back(ca.read()->print());
        return trust::validator{lists, o}.validate({.chain = shown.bytes()}, store::instant({})).first();
    };
    auto const bare = store{}.trusted({the().pump}).issuers({the().line, the().root});
    CHECK(first(bare, the().pump, {the().line, the().root}) == status::good);
    CHECK(first(bare, the().pump, {the().line}) == status::certificate_issuer_revocation_unknown);
    CHECK(first(bare, the().pump, {the().root}) == status::certificate_revocation_unknown);
}

// --- where they lie
// -----------------------------------------------------------------------------------------------

TEST_CASE("a list lies in the store of its CA; RFC 5280 knows one store (steps 10 and 11, unlike OpenSSL)",
          "[trust][rules][revocation]") {
    auto const l = list().made();
    CHECK(store{}.trusted({root()}).issuer_crls({l}).says(opc_ua, {leaf()}) == unknown);
    CHECK(store{}.trusted({root()}).issuer_crls({l}).says(pkix, {leaf()}) == good);
    CHECK(store{}.trusted({leaf()}).issuers({root()}).trusted_crls({l}).says(opc_ua, {leaf()}) == unknown);
    CHECK(store{}.trusted({leaf()}).issuers({root()}).issuer_crls({l}).says(everyone, {leaf()}) == good);
}
TEST_CASE("a list in the wrong store revokes nobody either (steps 10 and 11)", "[trust][rules][revocation]") {
    CHECK(store{}
              .trusted({root()})
              .trusted_crls({list()})
              .issuer_crls({list().number(2).revoke(leaf())})
              .says(opc_ua, {leaf()}) == good);
    CHECK(store{}
              .trusted({root()})
              .trusted_crls({list()})
              .issuer_crls({list().number(2).revoke(leaf())})
              .says(pkix, {leaf()}) == revoked);
}
TEST_CASE("of a CA in both lists, the revocation list may lie in either (steps 10 and 11)",
          "[trust][rules][revocation]") {
    CHECK(store{}.trusted({root()}).issuers({root()}).issuer_crls({list()}).says(everyone, {leaf()}) == good);
    CHECK(store{}.trusted({root()}).issuers({root()}).trusted_crls({list()}).says(everyone, {leaf()}) ==
          good);
}
TEST_CASE("of a CA that the peer brings, the revocation list may lie in either (our choice)",
          "[trust][rules][revocation]") {
    auto const trusting_root = store{}.trusted_cas({the().root});
    CHECK(store{trusting_root}.trusted_crls({the().line_list}).says(everyone, {the().pump, the().line}) ==
          good);
    CHECK(store{trusting_root}.issuer_crls({the().line_list}).says(everyone, {the().pump, the().line}) ==
          good);
    CHECK(store{trusting_root}
              .issuer_crls({revocations(the().line).revoke(the().pump)})
              .says(everyone, {the().pump, the().line}) == "Revoked of Pump");
    CHECK(trusting_root.says(everyone, {the().pump, the().line}) == "RevocationUnknown of Pump");
}

// --- what they say
// ------------------------------------------------------------------------------------------------

TEST_CASE("a leaf that its CA has revoked is Revoked, for whatever reason (step 11)",
          "[trust][rules][revocation]") {
    CHECK(with({list().revoke(leaf())}) == revoked);
    for (int const reason : {0, 1, 2, 3, 4, 5, 6, 9, 10}) {  // 6 is certificateHold
        CAPTURE(reason);
        CHECK(with({list().revoke_for(leaf(), reason)}) == revoked);
    }
}
TEST_CASE("a CA that its root has revoked is IssuerRevoked (step 11)", "[trust][rules][revocation]") {
    auto const lists = store{}
                           .trusted({the().pump})
                           .issuers({the().line, the().root})
                           .issuer_crls({the().line_list, revocations(the().root).revoke(the().line)});
    CHECK(lists.says(everyone, {the().pump}) == "IssuerRevoked of Line");
}
TEST_CASE("a leaf and its CA both revoked, the leaf is named first (order, leaf first)",
          "[trust][rules][revocation]") {
    auto const lists = store{}
                           .trusted({the().pump})
                           .issuers({the().line, the().root})
                           .issuer_crls({revocations(the().line).revoke(the().pump),
                                         revocations(the().root).revoke(the().line)});
    CHECK(lists.says(everyone, {the().pump}) == "Revoked of Pump, IssuerRevoked of Line");
}
TEST_CASE("unknown of the CA comes before revoked of the leaf (order, 10 before 11, step-major)",
          "[trust][rules][revocation]") {
    auto const lists = store{}
                           .trusted({the().pump})
                           .issuers({the().line, the().root})
                           .issuer_crls({revocations(the().line).revoke(the().pump)});
    CHECK(lists.says(everyone, {the().pump}) == "IssuerRevocationUnknown of Line, Revoked of Pump");
    CHECK(lists.says(everyone, {the().pump}, overlooking({status::certificate_issuer_revocation_unknown})) ==
          "IssuerRevocationUnknown of Line (suppressed), Revoked of Pump");
}
TEST_CASE("Revoked is overlooked for nobody (step 11)", "[trust][rules][revocation]") {
    asking a;
    a.overlook = everything_suppressible();
    CHECK_FALSE(a.overlook.has(status::certificate_revoked));
    CHECK_FALSE(a.overlook.has(status::certificate_issuer_revoked));
    CHECK(with({list().revoke(leaf())}, everyone, a) == revoked);
}
TEST_CASE("a revoked certificate is refused though it lies in the trusted list itself (Part 4 §6.1.3)",
          "[trust][rules][revocation]") {
    CHECK(store{}
              .trusted({leaf()})
              .issuers({root()})
              .issuer_crls({list().revoke(leaf())})
              .says(everyone, {leaf()}) == revoked);
}
TEST_CASE("the serials of others are the others' (step 11)", "[trust][rules][revocation]") {
    auto const other = application("Other").by(root());
    REQUIRE(other.serial != leaf().serial);
    CHECK(with({list().revoke(other)}) == good);
    // The same serial under another CA, whose list is in the store as well.
    CHECK(store{}
              .trusted_cas({root()})
              .trusted({the().other_root})
              .trusted_crls({revocations(the().other_root).revoke(leaf())})
              .says(everyone, {leaf()}) == good);
}
TEST_CASE("serials are compared as numbers of any length and sign (step 11)", "[trust][rules][revocation]") {
    struct {
        std::string_view what;
        std::string serial, listed;
        bool hit;
    } const cases[] = {
        {"twenty octets", std::string(20, '\x11'), std::string(20, '\x11'), true},
        {"one octet more", std::string(20, '\x11'), std::string(19, '\x11'), false},
        {"the last octet differs", std::string(19, '\x11') + '\x12', std::string(20, '\x11'), false},
        {"first bit set", {"\0\x80", 2}, {"\0\x80", 2}, true},
        {"positive and negative of one octet", {"\0\x80", 2}, "\x80", false},
        {"zero", std::string(1, '\0'), std::string(1, '\0'), true},
        {"256 is not 1", {"\1\0", 2}, "\1", false},
    };
    for (auto const& c : cases) {
        CAPTURE(c.what);
        auto const one = application("Leaf").serial_octets(c.serial).by(root());
        auto const lists =
            store{}.trusted({root()}).trusted_crls({list().entry(c.listed).revoke_serials(2000, 10)});
        CHECK(lists.says(everyone, {one}) == (c.hit ? revoked : good));
    }
}
TEST_CASE(
    "one serial among a hundred thousand is found, first, middle and last; its neighbours are not (step 11)",
    "[trust][rules][revocation]") {
    auto const big = list().revoke_serials(1'000'000, 100'000).made();
    for (long long const serial : {1'000'000LL, 1'050'001LL, 1'099'999LL})
        CHECK(store{}.trusted({root()}).trusted_crls({big}).says(
                  clients, {application("Leaf").serial(serial).by(root())}) == revoked);
    for (long long const serial : {999'999LL, 1'100'000LL, 1LL})
        CHECK(store{}.trusted({root()}).trusted_crls({big}).says(
                  clients, {application("Leaf").serial(serial).by(root())}) == good);
}
TEST_CASE("serials out of order are found all the same (step 11)", "[trust][rules][revocation]") {
    CHECK(with({list().revoke_serials(900'000'000'000, 5).revoke(leaf()).revoke_serials(5, 5)}) == revoked);
}

// --- whose they are
// -----------------------------------------------------------------------------------------------

TEST_CASE(
    "a list signed by another key does not count, it neither clears nor revokes (steps 10 and 11, how other "
    "stacks failed)",
    "[trust][rules][revocation]") {
    CHECK(with({list().signed_with(pki::rsa(2048, "forger"))}) == unknown);
    CHECK(with({list().spoiled()}) == unknown);
    CHECK(with({list().revoke(leaf()).signed_with(pki::rsa(2048, "forger"))}) == unknown);
    CHECK(with({list(), list().number(2).revoke(leaf()).signed_with(pki::rsa(2048, "forger"))}) == good);
    CHECK(with({list().revoke(leaf()), list().number(2).signed_with(pki::rsa(2048, "forger"))}) == revoked);
    CHECK(with({list().revoke(leaf()), list().number(2).spoiled()}) == revoked);
}
TEST_CASE("a list of another CA does not count (steps 10 and 11)", "[trust][rules][revocation]") {
    CHECK(with({revocations(the().other_root)}) == unknown);
    CHECK(with({list(), revocations(the().other_root).revoke(leaf())}) == good);
    CHECK(with({revocations(the().other_root).named(root().subject)}) ==
          unknown);                                                    // by its key, in our CA's name
    CHECK(with({list().named(the().other_root.subject)}) == unknown);  // by our CA's key, in another's name
}
TEST_CASE("a list of a CA of the same name and another key does not count (steps 10 and 11)",
          "[trust][rules][revocation]") {
    auto const twin = authority("Root", pki::rsa(2048, "twin")).self_signed();
    CHECK(with({revocations(twin)}) == unknown);
    CHECK(with({list(), revocations(twin).number(9).revoke(leaf())}) == good);
    CHECK(store{}
              .trusted({root(), twin})
              .trusted_crls({list().revoke(leaf()), revocations(twin).number(9)})
              .says(everyone, {leaf()}) == revoked);
    CHECK(store{}.trusted({root(), twin}).trusted_crls({revocations(twin)}).says(everyone, {leaf()}) ==
          unknown);
}
TEST_CASE("a leaf that signs lists in its CA's name revokes nobody (steps 10 and 11)",
          "[trust][rules][revocation]") {
    CHECK(with({list(), list().number(9).revoke(leaf()).signed_with(leaf().key)}) == good);
}
TEST_CASE(
    "a CA of a renewed certificate, same name and key, answers with the lists of before (steps 10 and 11)",
    "[trust][rules][revocation]") {
    auto const renewed = authority("Root").serial(77).self_signed();
    CHECK(store{}.trusted({renewed}).trusted_crls({list()}).says(everyone, {leaf()}) == good);
    CHECK(store{}.trusted({renewed}).trusted_crls({list().revoke(leaf())}).says(everyone, {leaf()}) ==
          revoked);
}

// --- their dates
// --------------------------------------------------------------------------------------------------

TEST_CASE("a list speaks from its first second to its last (step 10)", "[trust][rules][revocation]") {
    auto const l = list().from(today - 1h).until(today + 1h).made();
    CHECK(with({l}, everyone, at(today - 1h)) == good);
    CHECK(with({l}, everyone, at(today + 1h)) == good);
    CHECK(with({l}, everyone, {.at = (today - 1h).time_since_epoch() - 1ns}) == unknown);
    CHECK(with({l}, everyone, {.at = (today + 1h).time_since_epoch() + 1ns}) == unknown);
}
TEST_CASE("a stale list cannot answer \"not revoked\", and still revokes what it lists (steps 10 and 11)",
          "[trust][rules][revocation]") {
    auto const stale = [] { return list().until(today - 1s); };
    CHECK(with({stale()}) == unknown);
    CHECK(with({stale().revoke(leaf())}) == "Revoked of Leaf");
    auto const overlooked = overlooking({status::certificate_revocation_unknown});
    CHECK(with({stale()}, everyone, overlooked) == "RevocationUnknown of Leaf (suppressed)");
    CHECK(with({stale().revoke(leaf())}, everyone, overlooked) == "Revoked of Leaf");
}
TEST_CASE("a list from the future does not count at all (Part 4 §6.1.3, a CRL from the future)",
          "[trust][rules][revocation]") {
    auto const future = [] { return list().from(today + 1s); };
    CHECK(with({future()}) == unknown);
    CHECK(with({future().revoke(leaf())}) == unknown);
    CHECK(with({list(), future().number(2).revoke(leaf())}) == good);
    CHECK(with({list().revoke(leaf()), future().number(2)}) == revoked);  // nor does it supersede
}
TEST_CASE("a list without nextUpdate is stale from its first day (our choice, RFC 5280 §5.1.2.5)",
          "[trust][rules][revocation]") {
    CHECK(with({list().without_end()}) == unknown);
    CHECK(with({list().without_end().revoke(leaf())}) == "Revoked of Leaf");
}
TEST_CASE(
    "within the grace a stale list's silence is overlooked and reported, and what it lists is revoked "
    "(crl_grace)",
    "[trust][rules][revocation]") {
    auto const stale = list().until(today - 3 * 24h).made(),
               listing = list().until(today - 3 * 24h).revoke(leaf()).made();
    CHECK(with({stale}, everyone, {.grace = 7 * 24h}) == "RevocationUnknown of Leaf (suppressed)");
    CHECK(with({stale}, everyone, {.grace = 3 * 24h}) == "RevocationUnknown of Leaf (suppressed)");
    CHECK(with({stale}, everyone, {.grace = 3 * 24h - 1ns}) == unknown);
    CHECK(with({listing}, everyone, {.grace = 7 * 24h}).ends_with(revoked));
    CHECK(with({}, everyone, {.grace = 7 * 24h}) == unknown);  // there is grace for lists, not for none
    CHECK(store{}
              .trusted({root()})
              .trusted_crls({stale})
              .judge(peer::client_application, leaf().der(), {.grace = 7 * 24h})
              .audit_event() == "AuditCertificateRevokedEventType");
}

// --- extensions
// ---------------------------------------------------------------------------------------------------

TEST_CASE(
    "a list with an unknown critical extension does not count (Part 4 §6.1.3, unknown critical extension)",
    "[trust][rules][revocation]") {
    CHECK(with({list().extension(pki::id::strange, true, pki::der::null())}) == unknown);
    CHECK(with({list().revoke(leaf()).extension(pki::id::strange, true, pki::der::null())}) == unknown);
    CHECK(with({list().extension(pki::id::strange, false, pki::der::null())}) == good);
    CHECK(with({list().revoke(leaf()),
                list().number(2).extension(pki::id::strange, true, pki::der::null())}) == revoked);
}
TEST_CASE(
    "a list with an unknown critical extension in an entry does not count (Part 4 §6.1.3, RFC 5280 §5.3)",
    "[trust][rules][revocation]") {
    auto const strange = [](bool critical) {
        return pki::extra{std::string{pki::id::strange}, critical, pki::der::null()}.der();
    };
    CHECK(with({list().entry("\x05", strange(true))}) == unknown);
    CHECK(with({list().entry("\x05", strange(false))}) == good);
    CHECK(with({list().entry(leaf().serial, strange(false))}) == revoked);
}

// --- several lists
// ------------------------------------------------------------------------------------------------

TEST_CASE(
    "the list with the higher cRLNumber supersedes the lower, in whatever order they were found (our choice)",
    "[trust][rules][revocation]") {
    auto const first = list().number(1).revoke(leaf()).made(), second = list().number(2).made();
    auto const held = list().number(1).made(), taken = list().number(2).revoke(leaf()).made();
    CHECK(with({first, second}) == good);
    CHECK(with({second, first}) == good);
    CHECK(with({held, taken}) == revoked);
    CHECK(with({taken, held}) == revoked);
    CHECK(with({list().number(255).revoke(leaf()), list().number(256)}) ==
          good);  // as numbers, not as octets
    CHECK(with({list().number_octets("\x7F" + std::string(18, '\0')).revoke(leaf()), list().number(2)}) ==
          revoked);
}
TEST_CASE(
    "without numbers any list that names it revokes it, and one in its time suffices (steps 10 and 11, our "
    "choice)",
    "[trust][rules][revocation]") {
    CHECK(with({list().without_number(), list().without_number().revoke(leaf()).from(today - 48h)}) ==
          revoked);
    CHECK(with({list().without_number(), list().without_number().until(today - 1s)}) == good);
    CHECK(with({list().without_number().revoke(leaf()), list().number(5)}) == revoked);
}
TEST_CASE("a list that speaks of users alone says nothing of CAs, and the reverse (RFC 5280 §6.3.3)",
          "[trust][rules][revocation]") {
    CHECK(with({list().of({.only_users = true})}) == good);
    CHECK(with({list().of({.only_users = true}).revoke(leaf())}) == revoked);
    CHECK(with({list().of({.only_authorities = true})}) == unknown);
    CHECK(with({list().of({.only_authorities = true}).revoke(leaf()), list().number(1)}) == good);
    CHECK(with({list().of({.only_attributes = true})}) == unknown);
    auto const lists = [](scope const& s) {
        return store{}
            .trusted({the().pump})
            .issuers({the().line, the().root})
            .issuer_crls({the().line_list, revocations(the().root).of(s)});
    };
    CHECK(lists({.only_authorities = true}).says(everyone, {the().pump}) == good);
    CHECK(lists({.only_users = true}).says(everyone, {the().pump}) == "IssuerRevocationUnknown of Line");
}
TEST_CASE("a newer list of another scope supersedes nothing (our choice, same CA and scope)",
          "[trust][rules][revocation]") {
    CHECK(with({list().number(1).revoke(leaf()), list().number(2).of({.only_authorities = true})}) ==
          revoked);
    CHECK(with({list().number(1).revoke(leaf()), list().number(2).of({.only_users = true})}) == revoked);
}
TEST_CASE("a list for some reasons leaves the others open; together they answer (RFC 5280 §6.3.3)",
          "[trust][rules][revocation]") {
    constexpr std::uint32_t compromise = 2, all_others = 0x1FC;
    CHECK(with({list().of({.only_reasons = compromise})}) == unknown);
    CHECK(with({list().of({.only_reasons = compromise}), list().of({.only_reasons = all_others})}) == good);
    CHECK(with({list().of({.only_reasons = compromise}).revoke(leaf()),
                list().of({.only_reasons = all_others})}) == revoked);
    CHECK(with({list().of({.only_reasons = compromise}).revoke(leaf())}).ends_with(revoked));
}
TEST_CASE(
    "a list for a distribution point that the certificate does not name says nothing of it (RFC 5280 §6.3.3)",
    "[trust][rules][revocation]") {
    CHECK(with({list().of({.point = pki::uri("http://plant.example/1.crl")})}) == unknown);
    CHECK(with({list().of({.point = pki::uri("http://plant.example/1.crl")}).revoke(leaf()), list()}) ==
          good);
}
TEST_CASE("a delta adds to its base and takes from it; without a base it answers nothing (RFC 5280 §5.2.4)",
          "[trust][rules][revocation]") {
    CHECK(with({list().number(1), list().number(2).delta_of(1).revoke(leaf())}) == revoked);
    CHECK(with({list().number(1), list().number(2).delta_of(1)}) == good);
    CHECK(with({list().number(1).revoke_for(leaf(), 6), list().number(2).delta_of(1).restore(leaf())}) ==
          good);
    CHECK(with({list().number(1).revoke(leaf()), list().number(2).delta_of(1)}) == revoked);
    CHECK(with({list().number(2).delta_of(1)}) == unknown);
    CHECK(with({list().number(1), list().number(9).delta_of(5).revoke(leaf())}) ==
          good);  // its base is another
    CHECK(with({list().number(1).revoke_for(leaf(), 6),
                list().number(2).delta_of(1).restore(leaf()).spoiled()}) == revoked);
}
TEST_CASE(
    "of two deltas of one number any revokes, and both have to take it off (our choice, in doubt revoked)",
    "[trust][rules][revocation]") {
    auto const base = list().number(1).made(), held = list().number(1).revoke_for(leaf(), 6).made();
    auto const naming = list().number(2).delta_of(1).revoke(leaf()).made(),
               silent = list().number(2).delta_of(1).from(today - 20h).made(),
               restoring = list().number(2).delta_of(1).restore(leaf()).from(today - 22h).made(),
               again = list().number(2).delta_of(1).restore(leaf()).from(today - 21h).made(),
               newer = list().number(3).delta_of(1).made();
    CHECK(with({base, naming, silent}) == revoked);
    CHECK(with({base, silent, naming}) == revoked);
    CHECK(with({base, silent, restoring}) == good);
    CHECK(with({held, restoring, naming}) == revoked);
    CHECK(with({held, naming, restoring}) == revoked);
    CHECK(with({held, restoring, silent}) == revoked);
    CHECK(with({held, silent, restoring}) == revoked);
    CHECK(with({held, restoring, again}) == good);
    CHECK(with({base, naming, newer, silent}) == good);  // a higher number is newer than both
}
TEST_CASE("a stale base with a delta in its time answers (RFC 5280 §5.2.4)", "[trust][rules][revocation]") {
    CHECK(with({list().number(1).until(today - 1s), list().number(2).delta_of(1)}) == good);
    CHECK(with({list().number(1).until(today - 1s), list().number(2).delta_of(1).until(today - 1s)}) ==
          unknown);
}

// --- indirect lists (RFC 5280 alone)
// ------------------------------------------------------------------------------

/// Somebody under the root who publishes the root's revocations of users for it.
struct indirect {
    issued signer = authority("List Signer").valid_until(today + 1h).by(root());
    issued guest =
        application("Leaf")
            .extension("2.5.29.31", false,
                       pki::der::seq({pki::der::seq({pki::der::context(2, pki::directory(signer.subject))})}))
            .by(root());
    pki::list_maker by_signer = revocations(signer).of({.indirect = true});
    store lists(published const& of_signer) const {
        return store{}.trusted({root()}).issuers({signer}).trusted_crls(
            {list().of({.only_authorities = true}), of_signer});
    }
};

TEST_CASE("another than the CA may publish for it, where certificate and list both say so (RFC 5280 §6.3.3)",
          "[trust][rules][revocation]") {
    indirect const i;
    CHECK(i.lists(i.by_signer).says(pkix, {i.guest}) == good);
    CHECK(i.lists(pki::list_maker{i.by_signer}.revoke_of(root(), i.guest)).says(pkix, {i.guest}) == revoked);
    CHECK(i.lists(pki::list_maker{i.by_signer}.revoke(i.guest)).says(pkix, {i.guest}) ==
          good);                                                             // of its own, that serial
    CHECK(i.lists(revocations(i.signer)).says(pkix, {i.guest}) == unknown);  // it does not say so
    CHECK(i.lists(pki::list_maker{i.by_signer}.signed_with(pki::rsa(2048, "forger"))).says(pkix, {i.guest}) ==
          unknown);
    CHECK(i.lists(i.by_signer).says(pkix, {leaf()}) == unknown);  // this certificate does not
}
TEST_CASE("an acceptance by another's list ends with the certificate of who published it",
          "[trust][rules][revocation][remembered]") {
    indirect const i;
    trust::current_lists now;
    now.put(i.lists(i.by_signer).list());
    trust::validator const one{now};
    auto const ask = [&](pki::sys_seconds wall) {
        return one
            .validate({.chain = i.guest.bytes(), .shown_by = peer::pkix},
                      {.wall = wall.time_since_epoch(), .wall_trusted = true})
            .first();
    };
    CHECK(ask(today + 2h) == status::certificate_revocation_unknown);
    CHECK(ask(today) == status::good);
    CHECK(ask(today + 1h) == status::good);
    CHECK(ask(today + 2h) == status::certificate_revocation_unknown);
}

}  // namespace
