// SPDX-License-Identifier: BSL-1.0
// Revocation lists that contradict, or whose signer is not who he seems: none may take another's revocations
// back.
#include "rules.hpp"
#include "support/allocations.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rules;

constexpr std::string_view good = "Good", unknown = "RevocationUnknown of Leaf", revoked = "Revoked of Leaf";

issued const& root() { return the().root; }
issued const& leaf() {
    static issued const one = application("Leaf").by(the().root);
    return one;
}
pki::list_maker list() { return revocations(root()); }
std::string with(std::initializer_list<published> lists, peers const& who = everyone) {
    return store{}.trusted({root()}).trusted_crls(lists).says(who, {leaf()});
}

}  // namespace

TEST_CASE(
    "of two lists with one cRLNumber neither is newer, and any of them revokes (choices, RFC 5280 §5.2.3)",
    "[trust][rules][revocation]") {
    CHECK(with({list().number(5), list().number(5).revoke(leaf())}) == revoked);
    CHECK(with({list().number(5).revoke(leaf()), list().number(5)}) == revoked);
    CHECK(with({list().number(5).revoke(leaf()), list().number(6)}) == good);
    CHECK(with({list().number(5), list().without_number().revoke(leaf())}) == revoked);
}

TEST_CASE("a higher number of another CA of that name supersedes nothing (choices, same CA)",
          "[trust][rules][revocation]") {
    // The root's name is also that of a CA below it, with a key of its own: RFC 5280 (§6.3.3 f) lets both
    // publish.
    auto const namesake = authority("Root", pki::p256("namesake")).by(root());
    auto const below = application("Leaf").by(namesake);
    auto const held = [&](std::initializer_list<published> lists) {
        return store{}.trusted({root()}).issuers({namesake}).trusted_crls(lists).issuer_crls(lists);
    };
    asking several;
    several.several_paths = true;
    published const its_own = revocations(namesake).number(2).revoke(below), of_the_root = list().number(9);
    CHECK(held({its_own, of_the_root}).says(everyone, {below}, several) == revoked);
    CHECK(held({revocations(namesake).number(2), of_the_root}).says(everyone, {below}, several) == good);
}

TEST_CASE("a delta takes a certificate off its base while it is in its time, and not later (RFC 5280 §5.2.4)",
          "[trust][rules][revocation]") {
    published const base = list().number(1).revoke_for(leaf(), 6);
    CHECK(with({base, list().number(2).delta_of(1).restore(leaf())}) == good);
    CHECK(with({base, list().number(2).delta_of(1).restore(leaf()).until(today - 1s)}) == revoked);
    // One whose time is over still adds.
    CHECK(with({list().number(1), list().number(2).delta_of(1).revoke(leaf()).until(today - 1s)}) == revoked);
}

TEST_CASE("an acceptance within the grace of a delta ends with that grace (2.10, the remembered verdict)",
          "[trust][rules][revocation]") {
    trust::current_lists lists;
    lists.put(store{}
                  .trusted({root()})
                  .trusted_crls({list().number(1).until(today + 24h),
                                 list().number(2).delta_of(1).until(today + 5 * 24h)})
                  .list());
    trust::validator const judge{lists, {.crl_grace = 7 * 24h}};
    auto const after = [&](nanoseconds later) {
        asking const a{.at = (today + 24h).time_since_epoch() + later};
        return judge.validate({.chain = leaf().bytes()}, store::instant(a)).first();
    };
    CHECK(after(8 * 24h) == status::good);  // the base's own grace is over, and this is remembered
    CHECK(after(11 * 24h) == status::good);
    CHECK(after(11 * 24h + 1s) == status::certificate_revocation_unknown);
    CHECK(after(8 * 24h) == status::good);
}

TEST_CASE("however little of the budget is left, a revoked certificate is not accepted (2.10, 2.11)",
          "[trust][rules][revocation][budget]") {
    // Whoever shows a chain fills it with what costs signatures and comparisons, until what is left does for
    // the path, and perhaps for the base of his CA's list, but not for the delta that revokes him.
    auto const line = authority("Line").by(root());
    auto const pump = application("Pump").by(line);
    published const base = revocations(line).number(1),
                    delta = revocations(line).number(2).delta_of(1).revoke(pump);
    auto const blob = pki::chain({pump, line});
    auto const first_of = [&](std::initializer_list<published> lists_of_line, asking const& a,
                              trust::budget const& most) {
        trust::current_lists lists;
        lists.put(store{}.trusted({root()}).trusted_crls({list()}).trusted_crls(lists_of_line).list());
        trust::validator const judge{lists, {.overlook = a.overlook, .most = most}};
        return judge.validate(store::question(peer::client_application, blob, a), store::instant(a)).first();
    };
    auto const overlooked =
        overlooking({status::certificate_revocation_unknown, status::certificate_issuer_revocation_unknown});
    published const whole = revocations(line).revoke(pump);
    for (auto const& a : {asking{}, overlooked})
        for (unsigned left = 0; left < 8; ++left) {
            CAPTURE(left, a.overlook.bits());
            for (trust::budget const& most :
                 {trust::budget{.signatures = left}, trust::budget{.effort = left},
                  trust::budget{.comparisons = left}}) {
                CHECK(first_of({whole}, a, most) != status::good);
                CHECK(first_of({base, delta}, a, most) != status::good);
            }
        }
    // What nobody could afford to look at is not to be overlooked; what nobody has is.
    CHECK(first_of({whole}, overlooked, {.signatures = 3}) == status::certificate_revocation_unknown);
    CHECK(first_of({base, delta}, {}, {.signatures = 4}) == status::certificate_revocation_unknown);
    CHECK(first_of({}, overlooked, {.signatures = 3}) == status::good);
    CHECK(first_of({base}, {}, {.signatures = 4}) == status::good);
}

TEST_CASE("a delta of another CA of that name takes nobody off (RFC 5280 §5.2.4, same key)",
          "[trust][rules][revocation]") {
    auto const namesake = authority("Root", pki::p256("namesake")).by(root());
    published const base = list().number(1).revoke_for(leaf(), 6);
    published const delta = revocations(namesake).number(2).delta_of(1).restore(leaf());
    asking several;
    several.several_paths = true;
    CHECK(store{}
              .trusted({root()})
              .issuers({namesake})
              .trusted_crls({base, delta})
              .issuer_crls({base, delta})
              .says(everyone, {leaf()}, several) == revoked);
}

TEST_CASE("removeFromCRL in a whole list takes nobody off: it is a word of deltas (RFC 5280 §5.3.1)",
          "[trust][rules][revocation]") {
    CHECK(with({list().revoke_for(leaf(), 8)}) == revoked);
}

TEST_CASE("a list counts by its signature, whatever it is signed with (2.10, 3)",
          "[trust][rules][revocation]") {
    struct {
        std::string_view what;
        pki::key right, wrong;
    } const keys[] = {
        {"RSA", pki::rsa(2048, "a CA"), pki::rsa(2048, "another CA")},
        {"RSA for PSS alone", pki::rsa_pss("a CA"), pki::rsa_pss("another CA")},
        {"P-256", pki::p256("a CA"), pki::p256("another CA")},
        {"P-384", pki::p384("a CA"), pki::p384("another CA")},
        {"brainpoolP256r1", pki::brainpool256("a CA"), pki::brainpool256("another CA")},
        {"Ed25519", pki::ed25519("a CA"), pki::ed25519("another CA")},
        {"Ed448", pki::ed448("a CA"), pki::ed448("another CA")},
    };
    for (auto const& [what, right, wrong] : keys) {
        CAPTURE(what);
        auto const ca = authority("CA", right).self_signed();
        auto const one = application("Leaf").by(ca);
        auto const by = [&](published const& l) {
            return store{}.trusted({ca}).trusted_crls({l}).says(everyone, {one});
        };
        CHECK(by(revocations(ca)) == good);
        CHECK(by(revocations(ca).revoke(one)) == revoked);
        CHECK(by(revocations(ca).spoiled()) == unknown);
        CHECK(by(revocations(ca).signed_with(wrong)) == unknown);
        CHECK(by(revocations(ca).signed_with(wrong).revoke(one)) == unknown);
    }
    // By a key of another kind than the algorithm says.
    auto const ca = authority("CA", pki::rsa(2048, "a CA")).self_signed();
    auto const one = application("Leaf").by(ca);
    CHECK(store{}
              .trusted({ca})
              .trusted_crls({revocations(ca).signed_with(pki::p256("a CA"))})
              .says(everyone, {one}) == unknown);
}

TEST_CASE("a list that names two signature algorithms does not count (RFC 5280 §5.1.1.2)",
          "[trust][rules][revocation]") {
    // The outer algorithm is no part of what is signed: SHA-256 with RSA becomes SHA-512, in place.
    std::string whole = list().revoke(leaf()).made().der();
    std::string const algorithm = pki::der::oid("1.2.840.113549.1.1.11");
    auto const outer = whole.rfind(algorithm);
    REQUIRE(outer != whole.find(algorithm));
    whole[outer + algorithm.size() - 1] = '\x0D';
    CHECK(with({published{whole}}) == unknown);
    CHECK(with({published{whole}, list()}) == good);
}

TEST_CASE(
    "key identifiers that contradict make an issuer unlikely, and a good signature makes him it (2.2, 3)",
    "[trust][rules][chain]") {
    auto const odd = application("Leaf").authority_key_id("somebody else's").by(root());
    CHECK(store{}.trusted_cas({root()}).says(everyone, {odd}) == good);
    CHECK(with({list().key_id("somebody else's")}) == good);
    CHECK(with({list().key_id("somebody else's").revoke(leaf())}) == revoked);
}

TEST_CASE("however many listed peers there are, each is known again without being judged again",
          "[trust][accepted_before]") {
    std::vector<issued> all;
    trust::trust_list::content c;
    for (int i = 0; i < 4096; ++i) {  // the memory is half full then, which is as full as it gets
        all.push_back(
            application("Pump " + std::to_string(i), pki::p256("pumps")).serial(i + 1).self_signed());
        c.trusted.push_back(all.back());
    }
    trust::current_lists lists;
    lists.put(std::make_shared<trust::trust_list const>(std::move(c)));
    trust::validator const judge{lists};
    auto const ask = [&](issued const& one) {
        return judge.validate({.chain = one.bytes()}, store::instant({})).accepted();
    };
    std::size_t accepted = 0, judged = 0;
    for (auto const& one : all) accepted += ask(one) ? 1U : 0U;
    CHECK(accepted == all.size());
    for (auto const& one : all) {
        auto const at_first = allocations();
        (void)trust::sha256(one.bytes());  // OpenSSL 3.0 takes a block for each, and a sanitizer counts it
        auto const before = allocations();
        (void)ask(one);
        judged += allocations() - before == before - at_first ? 0U : 1U;
    }
    CHECK(judged == 0);
}
