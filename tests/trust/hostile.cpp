// SPDX-License-Identifier: BSL-1.0
// What a stranger may show to make a judgement long, or wrong: a thousand certificates, circles, ladders
// with more paths than anybody can walk, keys and names out of all proportion. Each is judged soon (how soon, a
// benchmark says), and nothing is accepted that nobody trusts.
#include "rules.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace rules;
using namespace std::string_literals;

/// As a client's and as RFC 5280 has it: enough where only the work is asked about.
peers const two_of_them{peer::client_application, peer::pkix};

std::string blob_of(std::vector<issued> const& all) {
    std::string blob;
    for (auto const& c : all) blob += c.der();
    return blob;
}
std::vector<issued> operator+(std::vector<issued> a, std::vector<issued> const& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// What the peers are told first of all, if each is told in time: one word where all are told the same.
std::string told(peers const& who, trust::trust_list_ptr const& held, std::string const& blob) {
    trust::current_lists lists;
    lists.put(held);
    std::string all, first;
    bool same = true;
    for (peer const p : who) {
        trust::question const asked{.chain = trust::as_bytes(blob), .shown_by = p};
        std::string one;
        trust::validator const judge{lists};
        nanoseconds const took = work::of([&] {
            auto const said = judge.validate(asked, store::instant({}));
            one = said.accepted() ? "Good" : row_of(said.first()).name;
        });
        CAPTURE(static_cast<int>(p), one, took.count());
        CHECK(took < work::at_most(1s));
        if (p == who.front()) first = one;
        same = same && one == first;
        all += (all.empty() ? "" : " | ") + one;
    }
    return same ? first : all;
}
std::string told(peers const& who, store const& s, std::string const& blob) {
    return told(who, s.list(), blob);
}

pki::key const& one_key() {
    static pki::key const k = pki::p256("everybody");
    return k;
}
issued leaf_of(issued const& ca) { return application("Leaf", one_key()).by(ca); }
std::string rung(std::size_t level) { return "Level " + std::to_string(level); }

/// `wide` CAs on each of `levels` levels, of one name and one key: each of a level has issued each of the
/// next lower one, and there are wide^levels paths. The highest level comes first; its issuer is `top`.
std::vector<issued> ladder(std::size_t levels, std::size_t wide, issued const& top) {
    std::vector<issued> all;
    for (std::size_t level = levels; level-- > 0;)
        for (std::size_t i = 0; i < wide; ++i)
            all.push_back(authority(rung(level), one_key())
                              .serial(static_cast<long long>(1000 * level + i + 1))
                              .by(level + 1 == levels ? top : all[(levels - level - 2) * wide]));
    return all;
}

}  // namespace

// --- many certificates
// ----------------------------------------------------------------------------------------------

TEST_CASE("a thousand presented certificates are not read to the end", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    std::vector<issued> crowd;
    for (int i = 0; i < 1000; ++i)
        crowd.push_back(application("Pump " + std::to_string(i), one_key()).by(root));
    CHECK(told(everyone, store{}.trusted_cas({root}), blob_of(crowd)) == "Invalid");
    CHECK(told(everyone, store{}.trusted({crowd.front()}).issuer_cas({root}), blob_of(crowd)) == "Invalid");

    // The same one a thousand times is no less: it is read each time.
    CHECK(told(everyone, store{}.trusted_cas({root}), blob_of(std::vector<issued>(1000, crowd.front()))) ==
          "Invalid");
    // Large ones are few.
    std::vector<std::string> many;
    std::string names;
    for (int i = 0; i < 3000; ++i) names += pki::dns("pump-" + std::to_string(i) + ".example");
    auto large = application("Large", one_key());
    large.extension(pki::id::alt_name, false, pki::der::tlv(0x30, names));
    std::vector<issued> heavy;
    for (int i = 0; i < 99; ++i) heavy.push_back(large.serial(i + 1).by(root));
    CHECK(told(everyone, store{}.trusted_cas({root}), blob_of(heavy)) == "Invalid");
    CHECK(told(everyone, store{}.trusted_cas({root}), blob_of({heavy.front()})) == "Good");
}

// --- graphs
// ---------------------------------------------------------------------------------------------------------

TEST_CASE("a ladder has more paths than anybody walks", "[trust][hostile]") {
    auto const root = authority("Top", one_key()).self_signed();
    auto const nobody = authority("Nobody", one_key()).self_signed();
    for (auto const& [levels, wide] : {std::pair{8, 12}, {3, 32}, {2, 45}, {8, 2}}) {
        CAPTURE(levels, wide);
        auto const rungs = ladder(static_cast<std::size_t>(levels), static_cast<std::size_t>(wide), root);
        std::vector<issued> const shown = std::vector{leaf_of(rungs.back())} + rungs;

        // Nobody knows the top.
        CHECK(told(two_of_them, store{}, blob_of(shown)) == "ChainIncomplete");
        CHECK(told(two_of_them, store{}.trusted_cas({nobody}), blob_of(shown)) == "ChainIncomplete");
        // The stranger has brought it.
        CHECK(told(clients, store{}, blob_of(shown + std::vector{root})) == "Untrusted");
        CHECK(told(pkix, store{}, blob_of(shown + std::vector{root})) == "ChainIncomplete");
        // It is known, as an issuer or as one to be trusted, and says nothing about revocation.
        CHECK(told(two_of_them, store{}.issuers({root}), blob_of(shown)) == "Untrusted");
        CHECK(told(two_of_them, store{}.trusted({root}), blob_of(shown)) == "RevocationUnknown");
        // Every CA has its list.
        store full;
        full.trusted_cas({root});
        for (std::size_t level = 0; level < static_cast<std::size_t>(levels); ++level)
            full.trusted_crls({revocations(rungs[level * static_cast<std::size_t>(wide)])});
        CHECK(told(two_of_them, full, blob_of(shown)) == "Good");
    }
}

TEST_CASE("CAs that all certify each other lead nowhere, and not for long", "[trust][hostile]") {
    std::vector<issued> own, web;
    for (std::size_t i = 0; i < 10; ++i) own.push_back(authority(rung(i), one_key()).self_signed());
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t j = 0; j < 10; ++j)
            if (i != j)
                web.push_back(
                    authority(rung(i), one_key()).serial(static_cast<long long>(100 * i + j)).by(own[j]));
    auto const shown = std::vector{leaf_of(own[0])} + web;
    CHECK(told(everyone, store{}, blob_of(shown)) == "ChainIncomplete");
    CHECK(told(opc_ua, store{}, blob_of(shown + std::vector{own[9]})) == "Untrusted");

    // The lists hold such a web as well, by an administrator's hand; each CA has its list.
    store held;
    for (auto const& c : web) held.issuers({c});
    for (auto const& c : own) held.issuer_crls({revocations(c)});
    CHECK(told(everyone, held, shown.front().der()) == "ChainIncomplete");
    store way_out = held;
    way_out.trusted({own[9]});
    way_out.trusted_crls({revocations(own[9])});
    CHECK(told(everyone, way_out, shown.front().der()) == "Good");
}

TEST_CASE("a CA that issued itself, again and again, is no chain", "[trust][hostile]") {
    std::vector<issued> again;
    auto const first = authority("Again", one_key()).self_signed();
    for (int i = 0; i < 90; ++i) again.push_back(authority("Again", one_key()).serial(i + 2).by(first));
    CHECK(told(opc_ua, store{}, blob_of(std::vector{leaf_of(first)} + again)) == "Untrusted");
    // Without key identifiers nobody sees at once that another one signed.
    std::vector<issued> other;
    auto const signer = pki::p256("another");
    for (int i = 0; i < 90; ++i)
        other.push_back(authority("Again", one_key())
                            .serial(i + 2)
                            .without(pki::id::authority_key)
                            .without(pki::id::subject_key)
                            .signed_with(signer)
                            .self_signed());
    CHECK(told(everyone, store{}, blob_of(std::vector{leaf_of(first)} + other)) == "Invalid");
}

// --- keys
// -----------------------------------------------------------------------------------------------------------

TEST_CASE("nothing is verified with a key out of all proportion", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    std::string const as_long = "\x10" + std::string(383, '\x31'),
                      of_64_bits = std::string(1, '\0') + std::string(8, '\xF1');
    struct {
        char const* what;
        pki::key key;
        std::optional<pki::key> another;  ///< of the same kind; none: nobody can sign with it
    } const keys[] = {
        {"16384 bits", pki::hollow_rsa(16384), {}},
        {"16384 bits for PSS alone", pki::hollow_rsa(16384, "\x01\x00\x01"s, pki::rsa_pss_alone), {}},
        {"8192 bits", pki::hollow_rsa(8192), {}},
        {"8192 bits, and an exponent of 64", pki::hollow_rsa(8192, of_64_bits), {}},
        {"4096 bits, and an exponent of 64", pki::hollow_rsa(4096, of_64_bits), {}},
        {"3072 bits, and an exponent as long", pki::hollow_rsa(3072, as_long), {}},
        {"a curve of 571 bits", pki::curve(NID_sect571r1, "a"), pki::curve(NID_sect571r1, "b")},
        {"a curve of 512 bits", pki::curve(NID_brainpoolP512r1, "a"), pki::curve(NID_brainpoolP512r1, "b")},
    };
    for (auto const& [what, key, another] : keys) {
        CAPTURE(what);
        if (!another) {
            auto const own = application("Leaf", key).self_signed();
            CHECK(told(clients, store{}.trusted({own}), own.der()) == "Invalid");
        }
        // A crowd of one name may have issued it.
        std::vector<issued> crowd;
        for (int i = 0; i < 64; ++i) crowd.push_back(authority("CA", key).serial(i + 1).by(root));
        auto maker = application("Leaf", one_key());
        if (another) maker.signed_with(*another);
        auto const leaf = maker.by(crowd.front());
        auto const blob = blob_of(std::vector{leaf} + crowd);
        CHECK(told(two_of_them, store{}.trusted_cas({root}), blob) == "Invalid");
        CHECK(told(two_of_them, store{}.trusted_cas({root}).trusted({leaf}), blob) == "Invalid");
        // Each of a tower has issued the next one.
        std::vector<issued> tower{root};
        for (std::size_t i = 0; i < 8; ++i) tower.push_back(authority(rung(i), key).by(tower.back()));
        std::reverse(tower.begin(), tower.end());
        CHECK(told(two_of_them, store{}.trusted_cas({root}),
                   blob_of(std::vector{leaf_of(tower.front())} + tower)) != "Good");
    }
}

// --- names, policies, extensions
// ------------------------------------------------------------------------------------

namespace {
std::string many_names(std::size_t n, std::string const& below) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) all += pki::dns(std::to_string(i) + below);
    return all;
}
std::string constraints(std::size_t permitted, std::size_t excluded) {
    std::string a, b;
    for (std::size_t i = 0; i < permitted; ++i) a += pki::der::seq({pki::dns(std::to_string(i) + "p")});
    for (std::size_t i = 0; i < excluded; ++i) b += pki::der::seq({pki::dns(std::to_string(i) + "x")});
    return pki::der::seq({a.empty() ? a : pki::der::context(0, a), b.empty() ? b : pki::der::context(1, b)});
}
}  // namespace

TEST_CASE("name constraints by the thousand, and names to match", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    auto const none = constraints(0, 4000), some = constraints(4000, 0);
    std::string const names = pki::uri("urn:plant:pump-7") + many_names(3000, ".pump.example");
    for (auto const& trees : {none, some}) {
        auto const ca = authority("CA", one_key()).extension(pki::id::name_constraints, true, trees).by(root);
        auto const leaf = application("Leaf", one_key())
                              .extension(pki::id::alt_name, false, pki::der::tlv(0x30, names))
                              .by(ca);
        // 12 million comparisons: nobody makes them, and what nobody has compared is not accepted.
        CHECK(told(opc_ua,
                   store{}
                       .trusted({root})
                       .issuers({ca})
                       .trusted_crls({revocations(root)})
                       .issuer_crls({revocations(ca)}),
                   leaf.der()) == "UseNotAllowed");
        CHECK(told(opc_ua, store{}, blob_of({leaf, ca, root})) == "Untrusted");
        // A single name is compared with all of them.
        auto const plain = application("Plain", one_key()).by(ca);
        CHECK(told(opc_ua,
                   store{}
                       .trusted({root})
                       .issuers({ca})
                       .trusted_crls({revocations(root)})
                       .issuer_crls({revocations(ca)}),
                   plain.der()) == (trees == none ? "Good" : "UseNotAllowed"));
    }
    // A ladder of them: each path would be long enough.
    std::vector<issued> rungs;
    auto const trees = constraints(0, 60);
    for (std::size_t level = 4; level-- > 0;)
        for (std::size_t i = 0; i < 12; ++i)
            rungs.push_back(authority(rung(level), one_key())
                                .extension(pki::id::name_constraints, true, trees)
                                .serial(static_cast<long long>(1000 * level + i + 1))
                                .by(level == 3 ? root : rungs[(2 - level) * 12]));
    auto const leaf = application("Leaf", one_key())
                          .extension(pki::id::alt_name, false, pki::der::tlv(0x30, names))
                          .by(rungs.back());
    CHECK(told(opc_ua, store{}, blob_of(std::vector{leaf} + rungs + std::vector{root})) == "Untrusted");
    CHECK(told(everyone, store{}.trusted({root}), blob_of(std::vector{leaf} + rungs)) != "Good");
}

TEST_CASE("policies and mappings by the thousand", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    std::string all, mapped;
    for (int i = 0; i < 4000; ++i) {
        auto const id = pki::der::oid("1.2.3." + std::to_string(i));
        all += pki::der::seq({id});
        if (i < 2000) mapped += pki::der::seq({id, pki::der::oid("1.2.3." + std::to_string(i * 7 % 4000))});
    }
    std::string const demand = pki::der::seq({pki::der::implicit(0, std::string(1, '\0'))});
    std::vector<issued> tower{root};
    for (std::size_t i = 0; i < 3; ++i)
        tower.push_back(authority(rung(i), one_key())
                            .extension(pki::id::policies, false, pki::der::tlv(0x30, all))
                            .extension(pki::id::policy_mappings, true, pki::der::tlv(0x30, mapped))
                            .extension(pki::id::policy_constraints, true, demand)
                            .by(tower.back()));
    auto const leaf = application("Leaf", one_key())
                          .extension(pki::id::policies, false, pki::der::tlv(0x30, all))
                          .by(tower.back());
    store held;
    held.trusted({root}).trusted_crls({revocations(root)});
    for (std::size_t i = 1; i < tower.size(); ++i)
        held.issuers({tower[i]}).issuer_crls({revocations(tower[i])});
    CHECK(told(opc_ua, held, leaf.der()) == "UseNotAllowed");
    std::reverse(tower.begin(), tower.end());
    CHECK(told(opc_ua, store{}, blob_of(std::vector{leaf} + tower)) == "Untrusted");
    CHECK(told(everyone, store{}.trusted({root}), blob_of(std::vector{leaf} + tower)) != "Good");
}

TEST_CASE("a certificate may be full of extensions, names or attributes", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    store const held = store{}.trusted_cas({root});
    auto extended = application("Extended", one_key());
    for (int i = 0; i < 2500; ++i)
        extended.also("1.3.6.1.4.1.54321." + std::to_string(i + 1), false, pki::der::null());
    CHECK(told(everyone, held, extended.by(root).der()) == "Good");
    extended.also("1.3.6.1.4.1.54321.1", false, pki::der::null());
    CHECK(told(everyone, held, extended.by(root).der()) == "Invalid");  // one stands there twice

    pki::der::attributes attributes{{std::string{pki::id::common_name}, "Many"}};
    for (int i = 0; i < 3000; ++i) attributes.emplace_back(pki::id::unit, std::to_string(i));
    auto const of_many_names = application("Many", one_key()).subject(pki::der::name(attributes)).by(root);
    CHECK(told(everyone, held, of_many_names.der()) == "Good");
    auto const wide_ca = authority("Wide", one_key()).subject(pki::der::name(attributes)).by(root);
    std::vector<issued> shown{leaf_of(wide_ca)};
    for (int i = 0; i < 3; ++i)
        shown.push_back(
            authority("Wide", one_key()).subject(pki::der::name(attributes)).serial(i + 2).by(root));
    CHECK(told(everyone, held, blob_of(shown)) == "RevocationUnknown");

    std::string purposes;
    for (int i = 0; i < 4000; ++i) purposes += pki::der::oid("1.2.3." + std::to_string(i));
    auto const of_many_uses =
        application("Uses", one_key())
            .extension(pki::id::extended_usage, false,
                       pki::der::tlv(0x30, purposes + pki::der::oid(pki::id::server_auth) +
                                               pki::der::oid(pki::id::client_auth)))
            .by(root);
    CHECK(told(everyone, held, of_many_uses.der()) == "Good");
}

// --- revocation
// -----------------------------------------------------------------------------------------------------

TEST_CASE("distribution points by the thousand, with names and issuers of their own", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    std::string points, places;
    for (int i = 0; i < 500; ++i) {
        auto const place = pki::uri("http://plant.example/" + std::to_string(i));
        auto const who = pki::directory(pki::named("Somebody " + std::to_string(i)));
        points +=
            pki::der::seq({pki::der::context(0, pki::der::context(0, place)), pki::der::context(2, who)});
        places += pki::uri("http://other.example/" + std::to_string(i));
    }
    auto const pointing = [&](pki::certificate_maker m) {
        return m.extension("2.5.29.31", false, pki::der::tlv(0x30, points));
    };
    std::vector<issued> rungs;
    for (std::size_t level = 2; level-- > 0;)
        rungs.push_back(pointing(authority(rung(level), one_key())).by(level == 1 ? root : rungs.back()));
    auto const leaf = pointing(application("Leaf", one_key())).by(rungs.back());
    std::reverse(rungs.begin(), rungs.end());
    store held;
    held.trusted_cas({root});
    for (auto const& c : rungs) held.trusted_crls({revocations(c)});
    CHECK(told(everyone, held, blob_of(std::vector{leaf} + rungs)) == "Good");

    // The lists are as long, and speak of none of them.
    store beside;
    beside.trusted({root});
    for (auto const& c : std::vector{root} + rungs)
        for (int i = 0; i < 10; ++i)
            beside.trusted_crls({revocations(c).number(i + 1).of({.indirect = i % 2 == 0, .point = places})});
    CHECK(told(everyone, beside, blob_of(std::vector{leaf} + rungs)) == "RevocationUnknown");

    // And many paths lead past them.
    std::vector<issued> wide;
    for (int i = 0; i < 2; ++i) wide.push_back(pointing(authority("Wide", one_key())).serial(i + 2).by(root));
    std::vector<issued> below;
    for (long i = 0; i < 90; ++i)
        below.push_back(authority("Below", one_key()).serial(i + 2).by(wide.front()));
    CHECK(told(everyone, beside, blob_of(std::vector{leaf_of(below.front())} + wide + below)) ==
          "RevocationUnknown");
}

TEST_CASE("a long list is not hashed again for each stranger who bears its CA's name", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    auto const line = authority("Line", one_key()).by(root);
    auto const list = revocations(line).revoke_serials(5'000'000, 200'000).made();
    auto const false_key = pki::p256("a stranger");
    std::vector<issued> crowd;
    for (int i = 0; i < 90; ++i)
        crowd.push_back(authority("Line", i % 2 == 0 ? false_key : one_key()).serial(i + 2).by(root));
    for (peers const& who : {opc_ua, pkix}) {
        auto const held = store{}.trusted_cas({root}).trusted_crls({list}).list();
        // For RFC 5280 (§6.3.3 f) whoever has the name and the root may publish the list; for OPC UA the CA
        // itself.
        auto const strange = application("Leaf", one_key()).signed_with(false_key).by(line);
        CHECK(told(who, held, blob_of(std::vector{strange} + crowd)) ==
              (who == pkix ? "Good" : "RevocationUnknown"));
        CHECK(told(who, held, blob_of(std::vector{leaf_of(line)} + crowd)) == "Good");
        auto const revoked = application("Leaf", one_key()).serial(5'100'000).by(line);
        CHECK(told(who, held, blob_of(std::vector{revoked} + crowd)) == "Revoked");
    }
}

TEST_CASE("a list of others, by the thousand, is searched soon (RFC 5280 5.3.3)", "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    auto maker = revocations(root).of({.indirect = true});
    for (int i = 0; i < 5000; ++i)
        maker.revoke_of(authority("CA " + std::to_string(i), one_key()).self_signed(),
                        application("Pump", one_key()).serial(77).self_signed());
    auto const held = store{}.trusted({root}).trusted_crls({maker}).list();
    CHECK(told(everyone, held, application("Pump", one_key()).serial(77).by(root).der()) == "Good");
    CHECK(told(everyone, held, application("Pump", one_key()).serial(78).by(root).der()) == "Good");
}

// --- lists
// ----------------------------------------------------------------------------------------------------------

TEST_CASE("ten thousand roots of one name", "[trust][hostile]") {
    std::vector<issued> roots;
    for (int i = 0; i < scaled(9'999); ++i)
        roots.push_back(authority("Root", pki::p256("another " + std::to_string(i % 50)))
                            .serial(i + 1)
                            .subject_key_id(std::to_string(i))
                            .self_signed());
    auto const right = authority("Root", one_key()).self_signed();
    auto const list = revocations(right).made();
    for (bool const identified : {true, false}) {
        CAPTURE(identified);
        trust::trust_list::content c;
        for (auto const& r : roots) c.trusted.push_back(r);
        c.trusted.push_back(right);
        c.trusted_crls.push_back(list);
        trust::trust_list_ptr held;
        CHECK(work::of([&] { held = std::make_shared<trust::trust_list const>(std::move(c)); }) <
              work::at_most(5s));
        auto maker = application("Leaf", one_key());
        if (!identified) maker.without(pki::id::authority_key);
        auto const leaf = maker.by(right);
        // With key identifiers the one is found; without, the search ends somewhere, and then it was not.
        std::string const said = told(two_of_them, held, leaf.der());
        CHECK(said == (identified ? "Good" : "Invalid"));
        // A stranger behind such names does not make it longer.
        auto const stranger = application("Leaf", one_key()).signed_with(pki::p256("a stranger")).by(right);
        CHECK(told(two_of_them, held, stranger.der()) == "Invalid");
        auto const rungs = ladder(4, 20, authority("Root", pki::p256("nobody's")).self_signed());
        CHECK(told(two_of_them, held, blob_of(std::vector{leaf_of(rungs.back())} + rungs)) == "Invalid");
    }
}

TEST_CASE("a stranger who shows a victim's certificate changes nothing for the victim, whoever comes first",
          "[trust][hostile]") {
    auto const root = authority("Root", one_key()).self_signed();
    auto const line = authority("Line", one_key()).by(root);
    auto const victim = leaf_of(line);
    auto const false_line = authority("Line", pki::p256("a stranger")).self_signed();
    std::string const honest = blob_of({victim, line});
    std::string const spoiled[] = {
        victim.der(),                               // what is needed is missing
        blob_of({victim, false_line}),              // another CA of that name
        blob_of({victim, line, false_line}),        // and as well as the right one
        honest + "?",                               // stray octets
        honest.substr(0, honest.size() - 1),        // cut
        blob_of({line, victim}),                    // the CA in place of the leaf
        blob_of(std::vector<issued>(101, victim)),  // out of all proportion
        leaf_of(false_line).der() + line.der(),     // another's leaf
    };
    std::string const wanted[] = {"ChainIncomplete", "Invalid",       "Good",    "Invalid",
                                  "Invalid",         "UseNotAllowed", "Invalid", "Invalid"};
    for (bool const stranger_first : {true, false}) {
        store const held = store{}.trusted_cas({root}).trusted_crls({revocations(line)});
        trust::current_lists lists;
        lists.put(held.list());
        trust::validator const judge{lists};
        auto const ask = [&](std::string const& blob) {
            auto const said = judge.validate({.chain = trust::as_bytes(blob)}, store::instant({}));
            return std::string{said.accepted() ? "Good" : row_of(said.first()).name};
        };
        if (!stranger_first) CHECK(ask(honest) == "Good");
        for (std::size_t i = 0; i < std::size(spoiled); ++i) {
            CAPTURE(stranger_first, i);
            CHECK(ask(spoiled[i]) == wanted[i]);
            CHECK(ask(honest) == "Good");
            CHECK(ask(spoiled[i]) == wanted[i]);
        }
    }
}
