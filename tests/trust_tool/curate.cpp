// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

using namespace trust_tool;

namespace {
auto const both_layouts = {trust::layout::annex_f, trust::layout::plural_issuers};
}  // namespace

TEST_CASE("init makes a store, for its owner alone", "[trust_tool][curate]") {
    for (char const* layout : {"annex-f", "issuers"}) {
        support::folder const folder;
        auto const root = folder.file("pki");
        auto const a = run({"init", root, "--layout", layout});
        CHECK(a.code == 0);
        CHECK(a.says(layout == std::string_view{"issuers"} ? "issuers/certs" : "issuer/certs"));
        for (auto const& e : std::filesystem::recursive_directory_iterator{root}) {
            CHECK(e.is_directory());
            CHECK((e.status().permissions() & std::filesystem::perms::mask) ==
                  std::filesystem::perms::owner_all);
        }
        CHECK(run({"init", root, "--layout", layout}).code == 0);  // again: all is there
        CHECK(run({"list", root, "--layout", layout}).says("trusted: none"));
        CHECK(run({"list", root, "--layout", layout == std::string_view{"issuers"} ? "annex-f" : "issuers"})
                  .complains("mind that"));
    }
    support::folder const folder;
    CHECK(run({"init", folder.with("x", "file")}).code == 2);
    CHECK(run({"init", folder.file("missing/pki")}).code == 2);
    CHECK(run({"init"}).code == 2);
}

TEST_CASE("a store that is not there is no store", "[trust_tool][curate]") {
    support::folder const folder;
    auto const file = folder.with(the().panel.der(), "panel.der"), nowhere = folder.file("nowhere");
    auto const print = print_of(the().panel);
    for (words const& w :
         {words{"list", nowhere}, words{"show", nowhere, print}, words{"approve", nowhere, print, "--yes"},
          words{"reject", nowhere, print}, words{"remove", nowhere, print, "--yes"},
          words{"add", nowhere, file, "--to", "trusted"}, words{"add-crl", nowhere, file},
          words{"expiring", nowhere}, words{"doctor", nowhere},
          words{"create-own", nowhere, "--application-uri", "urn:x"}}) {
        auto const a = run(w);
        CAPTURE(w, a.err);
        CHECK(a.code == 2);
        CHECK(a.complains("sallyport-trust init"));
    }
    CHECK_FALSE(std::filesystem::exists(nowhere));
}

TEST_CASE("add puts a certificate into a list, and says from where it came", "[trust_tool][curate]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto const panel = one.file("panel.der", the().panel.der());
        auto const a = one.run("add", {panel, "--to", "trusted"});
        CHECK(a.code == 0);
        CHECK(a.says("Panel 2 is trusted now."));
        CHECK(a.says(print_of(the().panel)));
        CHECK(one.where(the().panel) == trust::place::trusted);
        CHECK(one.run("add", {panel, "--to=trusted"}).says("is there already"));

        one.knock(the().next_panel);
        auto const moved = one.run("add", {one.file("next.der", the().next_panel.der()), "--to", "trusted"});
        CHECK(moved.says("no more in the list: rejected"));
        CHECK(moved.complains("ANOTHER CERTIFICATE HAS THE SAME"));
        CHECK(one.open().rejected().empty());
        // PEM is PEM, whatever the file is called.
        one.knock(the().pump);
        CHECK(one.run("add", {one.file("pump.crt", pem(the().pump.der())), "--to", "trusted"}).code == 0);
        CHECK(one.where(the().pump) == trust::place::trusted);
    }
}

TEST_CASE("add of a CA: to the issuers, or to be trusted with all that it issues", "[trust_tool][curate]") {
    store const one;
    auto const root = one.file("root.der", the().root.der());
    auto const no = one.run("add", {root, "--to", "trusted"});
    CHECK(no.code == 1);
    CHECK(no.complains("--as-ca"));
    CHECK_FALSE(one.where(the().root));
    auto const issuer = one.run("add", {root, "--to", "issuer"});
    CHECK(issuer.code == 0);
    CHECK(issuer.says("until its revocation list is here"));
    CHECK(one.where(the().root) == trust::place::issuers);
    CHECK(one.run("add", {root, "--to", "trusted", "--as-ca"}).code == 0);
    CHECK(one.where(the().root) == trust::place::trusted);

    // All CAs of a bundle go to the issuers; what is no CA does not.
    auto const bundle = one.file("cas.pem", pem(the().line.der()) + pem(the().root.der()));
    CHECK(one.run("add", {bundle, "--to", "issuer"}).code == 0);
    CHECK(one.where(the().line) == trust::place::issuers);
    auto const chain = one.file("chain.der", pki::chain({the().pump, the().line}));
    CHECK(one.run("add", {chain, "--to", "issuer"}).complains("Pump 7 is no CA"));
    CHECK(one.run("add", {chain, "--to", "trusted"}).complains("holds 2 certificates"));
    CHECK_FALSE(one.where(the().pump));
}

TEST_CASE("add takes nothing that is no certificate", "[trust_tool][curate]") {
    store const one;
    auto const before = tree(one.root);
    for (auto const& [name, bytes] : {std::pair<char const*, std::string>{"empty", ""},
                                      {"text", "hello"},
                                      {"torn.der", the().panel.der().substr(0, 99)},
                                      {"stray.der", the().panel.der() + "x"},
                                      {"empty.pem", "-----BEGIN CERTIFICATE-----\n"},
                                      {"list.crl", current(the().root).made().der()}}) {
        auto const a = one.run("add", {one.file(name, bytes), "--to", "trusted"});
        CAPTURE(name, a.err);
        CHECK(a.code == 1);
        CHECK(a.complains(name));
    }
    CHECK(one.run("add", {one.folder.file("missing"), "--to", "trusted"}).code == 2);
    CHECK(one.run("add", {one.root, "--to", "trusted"}).code == 2);
    CHECK(one.run("add", {one.folder.file("empty"), "--to", "nobody"}).code == 2);
    CHECK(one.run("add", {one.folder.file("empty")}).code == 2);
    CHECK(tree(one.root) == before);
}

TEST_CASE("add-crl goes beside its CA, and never backwards", "[trust_tool][curate]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        auto const list = [&](pki::list_maker const& m) { return one.file("list.crl", m.made().der()); };
        auto const early = one.run("add-crl", {list(current(the().root))});
        CHECK(early.code == 1);
        CHECK(early.complains("add its CA first"));
        one.add(the().root, trust::list::issuers);
        auto const a = one.run("add-crl", {list(current(the().root).number(7).revoke(the().line))});
        CHECK(a.code == 0);
        CHECK(a.says("in force: 1 certificate revoked"));
        CHECK(one.open().entries(trust::place::issuer_crl).size() == 1);
        auto const older = one.run("add-crl", {list(current(the().root).number(6))});
        CHECK(older.code == 1);
        CHECK(older.complains("newer revocation list"));
        CHECK(one.run("add-crl", {list(current(the().root).number(7).revoke(the().line))}).code == 0);
        CHECK(one.run("add-crl",
                      {one.file("x.pem", pem(current(the().root).number(8).made().der(), "X509 CRL"))})
                  .code == 0);
        CHECK(one.open().entries(trust::place::issuer_crl).size() == 1);
        CHECK(one.run("add-crl", {list(current(the().root).number(9).signed_with(pki::rsa(2048, "forger")))})
                  .code == 1);
        auto const stale =
            one.run("add-crl", {list(current(the().root).number(10).until(this_second() - 1h))});
        CHECK(stale.code == 0);
        CHECK(stale.complains("should have been renewed"));
        CHECK(one.run("add-crl", {one.file("c.der", the().panel.der())}).complains("is a certificate"));
        CHECK(one.run("add-crl", {one.file("t.der", "text")}).code == 1);
        CHECK(one.run("add-crl", {one.folder.file("missing")}).code == 2);
    }
}

TEST_CASE("reject takes trust away and keeps the evidence", "[trust_tool][curate]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        one.add(the().panel, trust::list::trusted);
        auto const a = one.run("reject", {print_of(the().panel).substr(0, 8)});
        CHECK(a.code == 0);
        CHECK(one.where(the().panel) == trust::place::rejected);
        CHECK(one.run("reject", {print_of(the().panel)}).says("is rejected already"));
        CHECK(one.run("reject", {"0123456789ABCDEF"}).code == 1);
        CHECK(one.run("reject", {print_of(the().panel).substr(0, 7)}).complains("too short"));

        one.add(the().line, trust::list::trusted);
        one.add(the().pump, trust::list::trusted);
        one.publish(current(the().line));
        CHECK(one.run("reject", {print_of(the().line)}).says("1 certificate here is issued by it"));
        CHECK(one.open().entries(trust::place::trusted_crl).empty());
    }
}

TEST_CASE("remove asks, and takes a CA's lists along", "[trust_tool][curate]") {
    store const one;
    one.add(the().line, trust::list::issuers);
    one.publish(current(the().line));
    auto const print = print_of(the().line);
    CHECK(one.run("remove", {print}).complains("say --yes"));
    CHECK(one.asked("remove", {print}, "n\n").code == 1);
    CHECK(one.where(the().line) == trust::place::issuers);
    auto const a = one.asked("remove", {print}, "y\n");
    CHECK(a.code == 0);
    CHECK(a.says("Remove Line 3, for good?"));
    CHECK(a.says("1 revocation list of it went with it"));
    CHECK_FALSE(one.where(the().line));
    CHECK(one.run("remove", {print, "--yes"}).code == 1);

    // A rejected one, and a list by itself.
    one.knock(the().panel);
    CHECK(one.run("remove", {print_of(the().panel), "--yes"}).code == 0);
    CHECK(one.open().rejected().empty());
    one.add(the().line, trust::list::issuers);
    one.publish(current(the().line));
    auto const crl =
        trust::hex(one.open().entries(trust::place::issuer_crl).at(0).revocations->print().bytes);
    CHECK(one.run("reject", {crl}).code == 1);
    CHECK(one.run("remove", {crl, "--yes"}).code == 0);
    CHECK(one.open().entries(trust::place::issuer_crl).empty());
    CHECK(one.where(the().line) == trust::place::issuers);
}

TEST_CASE("a change waits for another writer, and gives up with a sentence", "[trust_tool][curate]") {
    store const one;
    auto const lock = sallyport::folder_lock::of(one.root + "/.", 0ms);
    REQUIRE(lock);
    auto const a = one.run("add", {one.file("panel.der", the().panel.der()), "--to", "trusted"});
    CHECK(a.code == 1);
    CHECK(a.complains("somebody else is writing"));
    CHECK(one.run("list").code == 0);
}
