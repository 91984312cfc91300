// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

#include <sallyport/trust/own.hpp>

using namespace trust_tool;

namespace {
auto const both_layouts = {trust::layout::annex_f, trust::layout::plural_issuers};

std::size_t widest(std::string_view text) {
    std::size_t most = 0, here = 0;
    for (char const c : text) {
        here = c == '\n' ? 0 : here + ((static_cast<unsigned char>(c) & 0xc0U) != 0x80 ? 1 : 0);
        most = std::max(most, here);
    }
    return most;
}
}  // namespace

TEST_CASE("list tells each list, its dates and what is not used", "[trust_tool][look]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        one.add(the().panel, trust::list::trusted);
        one.add(the().line, trust::list::issuers);
        one.publish(current(the().line).revoke(the().pump));
        one.knock(the().pump, "opc.tcp://192.0.2.7", the().line.der());
        std::ofstream{one.root + "/trusted/certs/notes.txt"} << "do not forget";
        auto const a = one.run("list");
        CHECK(a.code == 0);
        CHECK(a.says("trusted: 1 certificate\n  Panel 2 "));
        CHECK(a.says("issuers: 1 certificate\n  Line 3 "));
        CHECK(a.says("  CRL of Line 3 "));
        CHECK(a.says("1 revoked"));
        CHECK(a.says("rejected: 1 certificate\n  Pump 7 "));
        CHECK(a.says("BadCertificateUntrusted, by opc.tcp://192.0.2.7, from 192.0.2.7"));
        CHECK(a.says("own: none"));
        CHECK(a.says("notes.txt is no DER certificate"));
        CHECK(a.says(print_of(the().panel).substr(0, 16)));

        auto const j = json::parse(one.run("list", {"--format", "json"}).out);
        REQUIRE(j["trusted"].size() == 1);
        CHECK(j["trusted"][0]["sha256"] == print_of(the().panel));
        CHECK(j["trusted"][0]["application_uris"][0] == "urn:plant:panel-2");
        CHECK(j["issuer_crls"][0]["revoked"] == 1);
        CHECK(j["issuer_crls"][0]["signed_by"][0] == print_of(the().line));
        CHECK(j["rejected"][0]["rejected"]["status"] == "BadCertificateUntrusted");
        CHECK(j["rejected"][0]["rejected"]["shown_with"][0] == print_of(the().line));
        CHECK(j["skipped"].size() == 1);
    }
}

TEST_CASE("lines of the list keep to a hundred columns", "[trust_tool][look]") {
    store const one;
    one.add(pki::application(std::string(80, 'n')).uri("urn:" + std::string(300, 'u')).self_signed(),
            trust::list::trusted);
    one.add(pki::application("泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵泵", pki::rsa(2048)).self_signed(),
            trust::list::trusted);
    CHECK(widest(one.run("list").out) <= 100);
    CHECK(widest(one.run("expiring", {"--within", "36500d"}).out) <= 100);
}

TEST_CASE("show tells all that the rules ask about", "[trust_tool][look]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto const c = pki::application("Pump 9", pki::p256("Pump 9"))
                           .serial(0x1234)
                           .names({pki::uri("urn:plant:pump-9"), pki::dns("pump-9.plant.example"),
                                   pki::ip({192, 0, 2, 9})})
                           .by(the().line);
        one.knock(c, "opc.tcp client", the().line.der(), trust::status::certificate_chain_incomplete);
        one.knock(c, "opc.tcp client");
        auto const a = one.run("show", {print_of(c).substr(0, 8)});
        CHECK(a.code == 0);
        for (std::string const& what : {std::string{"Pump 9\n"},
                                        std::string{"rejected"},
                                        one.root + "/rejected",
                                        std::string{"CN=Pump 9,O=Plant"},
                                        std::string{"CN=Line 3,O=Plant"},
                                        std::string{"1234"},
                                        std::string{"urn:plant:pump-9"},
                                        std::string{"pump-9.plant.example"},
                                        std::string{"192.0.2.9"},
                                        std::string{"2024-01-01 00:00:00 UTC"},
                                        std::string{"2036-01-01 00:00:00 UTC (in "},
                                        std::string{"ECC nistP256"},
                                        std::string{"sha256WithRSAEncryption"},
                                        std::string{"no CA"},
                                        std::string{"digitalSignature"},
                                        std::string{"serverAuth, clientAuth"},
                                        print_of(c),
                                        trust::hex(c.read()->thumb()),
                                        std::string{"2 times"},
                                        std::string{"opc.tcp client, from 192.0.2.7"},
                                        std::string{"BadCertificateUntrusted. Compare"},
                                        "Line 3 [" + print_of(the().line)}) {
            CAPTURE(what);
            CHECK(a.says(what));
        }
        auto const j = json::parse(one.run("show", {print_of(c), "--format", "json"}).out);
        CHECK(j["serial"] == "1234");
        CHECK(j["valid_to"] == "2036-01-01T00:00:00Z");
        CHECK(j["rejected"]["count"] == 2);
        CHECK(j["addresses"][0] == "192.0.2.9");
    }
}

TEST_CASE("a revocation list that is not in the store yet is told by its signer", "[trust_tool][look]") {
    store const one;
    one.add(the().line, trust::list::issuers);
    auto const by_line = one.file("line.crl", current(the().line).made().der());
    CHECK(one.run("show", {by_line}).says("signed by          Line 3 ["));
    auto const j = json::parse(one.run("show", {by_line, "--format", "json"}).out);
    CHECK(j["signed_by"][0] == print_of(the().line));
    auto const forged = one.file("forged.crl", current(the().line).spoiled().made().der());
    CHECK(one.run("show", {forged}).says("no CA of these lists"));
}

TEST_CASE("what begins as DER is DER, whatever words of PEM stand in it or behind it", "[trust_tool][look]") {
    store const one;
    // Other programs show the pump of this file, and compare the pump's thumbprint.
    auto const pump = pki::application("Pump 7")
                          .extension(pki::id::strange, false, pki::der::utf8(pem(the().panel.der())))
                          .self_signed();
    auto const file = one.file("pump.der", pump.der());
    auto const shown = one.run("show", {file});
    CHECK(shown.says(print_of(pump)));
    CHECK_FALSE(shown.says("Panel 2"));
    CHECK(one.run("add", {file, "--to", "trusted"}).code == 0);
    CHECK(one.where(pump) == trust::place::trusted);
    CHECK_FALSE(one.where(the().panel));

    auto const two = one.file("two.der", the().pump.der() + pem(the().panel.der()));
    auto const no = one.run("add", {two, "--to", "trusted"});
    CHECK(no.code == 1);
    CHECK(no.complains("begins with a certificate, and what follows is none"));
    CHECK_FALSE(one.where(the().panel));
}

TEST_CASE("show takes a file as well, and says whether it is known", "[trust_tool][look]") {
    store const one;
    one.add(the().panel, trust::list::trusted);
    auto const known = one.run("show", {one.file("a.der", the().panel.der())});
    CHECK(known.says("list               trusted"));
    auto const strange = one.run("show", {one.file("b.pem", pem(the().pump.der()) + pem(the().line.der()))});
    CHECK(strange.code == 0);
    CHECK(strange.says("in no list"));
    CHECK(strange.says("\nLine 3\n"));
    auto const list = one.run("show", {one.file("c.crl", current(the().root).number(258).made().der())});
    CHECK(list.says("Revocation list\n"));
    CHECK(list.says("258"));
    CHECK(list.says("no CA of these lists"));
    CHECK(one.run("show", {one.file("d", "nonsense")}).code == 1);
    CHECK(one.run("show", {one.folder.file("missing")}).code == 1);
    CHECK(one.run("show", {one.root}).code == 2);
    CHECK(one.run("show", {print_of(the().panel).substr(0, 7)}).complains("too short"));
    CHECK(one.run("show", {"0123456789"}).complains("nothing here has the thumbprint"));
}

TEST_CASE("a thumbprint that fits several things names none", "[trust_tool][look]") {
    store const one;
    one.add(the().panel, trust::list::trusted);
    // The same certificate in two lists is one thing all the same.
    std::filesystem::create_directories(one.root + "/issuer/certs");
    std::ofstream{one.root + "/issuer/certs/again.der", std::ios::binary} << the().panel.der();
    CHECK(one.run("show", {print_of(the().panel)}).code == 0);
}

TEST_CASE("expiring tells certificates and lists, what has ended first", "[trust_tool][look]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto const until = [&](char const* cn, std::chrono::sys_seconds t) {
            one.add(pki::application(cn).valid_until(t).self_signed(), trust::list::trusted);
        };
        until("Gone", this_second() - 48h - 1min);
        until("Soon", this_second() + 10 * 24h + 1h);
        until("Later", this_second() + 40 * 24h);
        one.add(the().line, trust::list::issuers);
        one.publish(current(the().line).until(this_second() + 5 * 24h + 1h));
        auto const a = one.run("expiring");
        CHECK(a.code == 0);
        auto const gone = a.out.find("Gone"), crl = a.out.find("CRL of Line 3"), soon = a.out.find("Soon");
        CHECK(gone < crl);
        CHECK(crl < soon);
        CHECK(soon != std::string::npos);
        CHECK(a.says("ended 2 days ago"));
        CHECK(a.says("in 10 days"));
        CHECK_FALSE(a.says("Later"));
        CHECK(one.run("expiring", {"--within", "60d"}).says("Later"));
        CHECK_FALSE(one.run("expiring", {"--within", "7d"}).says("Soon"));
        CHECK(one.run("expiring", {"--within", "0d"}).says("Gone"));
        auto const j = json::parse(one.run("expiring", {"--within=20", "--format=json"}).out);
        REQUIRE(j.size() == 3);
        CHECK(j[0]["ended"] == true);
        CHECK(j[1]["kind"] == "crl");
        CHECK(one.run("expiring", {"--within", "soon"}).code == 2);
    }
    store const empty;
    CHECK(empty.run("expiring").says("Nothing ends within 30 days."));
    CHECK(empty.run("expiring", {"--within", "1d", "--format", "json"}).out == "[]\n");
}

TEST_CASE("doctor finds what is wrong and says how to mend it", "[trust_tool][look]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto own = trust::own::open(one.root, one.layout);
        REQUIRE(own);
        REQUIRE(one.run("create-own", {"--application-uri", "urn:plant:gate", "--host", "gate.plant.example"})
                    .code == 0);
        one.add(the().panel, trust::list::trusted);
        auto const well = one.run("doctor");
        CAPTURE(well.out);
        CHECK(well.code == 0);
        CHECK(well.says("Nothing is wrong"));
        CHECK(one.run("doctor", {"--application-uri", "urn:plant:gate"}).code == 0);
        CHECK(one.run("doctor", {"--application-uri", "urn:plant:other"}).code == 1);

        one.add(the().line, trust::list::trusted);  // no root, and no list
        auto const ill = one.run("doctor");
        CHECK(ill.code == 1);
        CHECK(ill.out.starts_with("fault    " + one.root));
        CHECK(ill.says("Get the CA's current revocation list"));
        CHECK(widest(ill.out) <= std::max<std::size_t>(100, one.root.size() + 150));
        auto const j = json::parse(one.run("doctor", {"--format", "json"}).out);
        CHECK(j[0]["severity"] == "fault");
        CHECK_FALSE(j[0]["remedy"].get<std::string>().empty());
    }
}

TEST_CASE("doctor --paths names each file that is written", "[trust_tool][look]") {
    store const one;
    auto const a = one.run("doctor", {"--paths"});
    CHECK(a.code == 0);
    for (char const* what :
         {"trusted/certs/<CommonName> [<SHA-1>].der", "own/private/", ".sallyport/replacements",
          ".sallyport/rejected", ".sallyport/change", "Only while something is being written:"})
        CHECK(a.says(what));
    auto const j = json::parse(one.run("doctor", {"--paths", "--format", "json"}).out);
    CHECK(j.size() > 10);
    CHECK(j[0]["path"].get<std::string>().starts_with(one.root));
}

TEST_CASE("create-own makes a certificate that others accept", "[trust_tool][look]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto const a =
            one.run("create-own",
                    {"--application-uri", "urn:plant:gate", "--common-name", "Gate", "--organization",
                     "Plant", "--host", "gate.plant.example,192.0.2.1", "--key", "nistP256", "--days", "90"});
        CHECK(a.code == 0);
        CHECK(a.says("CN=Gate,O=Plant"));
        CHECK(a.says("gate.plant.example, 192.0.2.1"));
        auto const own = trust::own::open(one.root, one.layout);
        REQUIRE(own);
        REQUIRE(own->current());
        auto const& leaf = *own->current()->leaf();
        CHECK(a.says(trust::hex(leaf.print().bytes)));
        CHECK(leaf.key() == trust::key_kind::nist_p256);
        CHECK(one.run("list").says("own: 1 certificate\n  Gate "));

        // Another store that trusts it lets it in, by its name and URI.
        store const other{l};
        auto const file = other.file("gate.der", trust::as_text(leaf.der()));
        CHECK(other.run("add", {file, "--to", "trusted"}).code == 0);
        auto const verdict = other.run(
            "verify", {"--peer", "server-application", "--policy", "ECC_nistP256", "--application-uri",
                       "urn:plant:gate", "--endpoint-url", "opc.tcp://gate.plant.example:4840", file});
        CHECK(verdict.code == 0);

        auto const again = one.run("create-own", {"--application-uri", "urn:plant:gate", "--host", "x"});
        CHECK(again.code == 1);
        CHECK(again.complains("--next"));
        CHECK(one.run("create-own", {"--switch"}).code == 1);
        auto const next =
            one.run("create-own", {"--application-uri", "urn:plant:gate", "--host", "gate", "--next"});
        CHECK(next.code == 0);
        CHECK(next.says(".der.next"));
        CHECK(one.run("list").says("own: 2 certificates"));
        CHECK(one.run("create-own", {"--switch"}).says("in force now"));
        // What is left out of the next one is as in the one that it follows.
        auto const alike = one.run("create-own", {"--application-uri", "urn:plant:gate", "--next"});
        CHECK(alike.code == 0);
        CHECK(alike.says("Gate is the next certificate"));
        CHECK(alike.says("reached at         gate\n"));
        CHECK(one.run("create-own", {"--switch"}).code == 0);
        CHECK(one.run("list").says("own: 1 certificate"));
    }
}

TEST_CASE("create-own says which option is wrong", "[trust_tool][look]") {
    store const one;
    auto const no = [&](words const& w, char const* which) {
        auto const a = one.run("create-own", w);
        CAPTURE(w, a.err);
        CHECK(a.code == 2);
        CHECK(a.complains(which));
    };
    no({}, "--application-uri");
    no({"--application-uri", "no uri"}, "--application-uri");
    no({"--application-uri", "urn:x", "--host", "a b"}, "--host");
    no({"--application-uri", "urn:x", "--host", "h", "--common-name", "a\nb"}, "--common-name");
    no({"--application-uri", "urn:x", "--host", "h", "--days", "0"}, "--days");
    no({"--application-uri", "urn:x", "--host", "h", "--key", "rsa1024"}, "--key");
    CHECK(one.run("list").says("own: none"));
}
