// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

#include <cctype>

using namespace trust_tool;

namespace {

auto const both_layouts = {trust::layout::annex_f, trust::layout::plural_issuers};

}  // namespace

TEST_CASE("approve shows the certificate and asks", "[trust_tool][approve]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        one.knock(the().panel);
        CAPTURE(one.plural());
        auto const print = print_of(the().panel);

        for (char const* no : {"n\n", "\n", "no\n", "maybe\n", "\x04"}) {
            auto const a = one.asked("approve", {print.substr(0, 16)}, no);
            CAPTURE(no, a.out);
            CHECK(a.code == 1);
            CHECK(a.says("SHA-256  " + print));  // all of it
            CHECK(a.says("urn:plant:panel-2"));
            CHECK(a.says("[y/N]"));
            CHECK(a.says("nothing was changed"));
            CHECK(one.where(the().panel) == trust::place::rejected);
        }
        auto const yes = one.asked("approve", {print.substr(0, 16)}, "y\n");
        CHECK(yes.code == 0);
        CHECK(yes.says("Panel 2 is trusted now."));
        CHECK(one.where(the().panel) == trust::place::trusted);
        CHECK(one.run("approve", {print}).code == 0);  // again: it is trusted already
    }
}

TEST_CASE("where nobody can be asked nothing is approved without --yes", "[trust_tool][approve]") {
    store const one;
    one.knock(the().panel);
    auto const print = print_of(the().panel);
    auto const no = run(one.line("approve", {print}), "y\n");  // a pipe is nobody
    CHECK(no.code == 1);
    CHECK(no.complains("say --yes"));
    CHECK(one.where(the().panel) == trust::place::rejected);
    auto const yes = one.run("approve", {print, "--yes"});
    CHECK(yes.code == 0);
    CHECK(one.where(the().panel) == trust::place::trusted);
}

TEST_CASE("sixteen digits at least, of either thumbprint, however they are written",
          "[trust_tool][approve]") {
    store const one;
    auto const sha256 = print_of(the().panel), sha1 = trust::hex(the().panel.read()->thumb());
    std::string lower = sha256, colons;
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    for (std::size_t i = 0; i < 40; i += 2) colons += (i > 0 ? ":" : "") + sha1.substr(i, 2);

    one.knock(the().panel);
    for (std::string const& no :
         {sha256.substr(0, 15), sha1.substr(0, 15), std::string{}, std::string{"Panel 2"},
          sha256.substr(0, 15) + "G", sha256 + "0", "0123456789ABCDEF" + sha256.substr(0, 8)}) {
        auto const a = one.run("approve", {no, "--yes"});
        CAPTURE(no, a.err);
        CHECK(a.code == 1);
        CHECK(one.where(the().panel) == trust::place::rejected);
    }
    for (std::string const& yes : {sha256.substr(0, 16), sha256, sha1.substr(0, 16), sha1, lower, colons}) {
        auto const a = one.run("approve", {yes, "--yes"});
        CAPTURE(yes, a.err);
        CHECK(a.code == 0);
        CHECK(one.where(the().panel) == trust::place::trusted);
        REQUIRE_FALSE(one.open().reject(the().panel.read()->print()));
    }
}

TEST_CASE("only what waits among the rejected is approved", "[trust_tool][approve]") {
    store const one;
    one.add(the().root, trust::list::issuers);
    CHECK(one.run("approve", {print_of(the().panel), "--yes"}).complains("nothing here has the thumbprint"));
    auto const issuer = one.run("approve", {print_of(the().root), "--yes", "--as-ca"});
    CHECK(issuer.code == 1);
    CHECK(issuer.complains("add --to trusted"));
    one.publish(current(the().root));
    auto const crl = one.open().entries(trust::place::issuer_crl).at(0).revocations;
    CHECK(one.run("approve", {trust::hex(crl->print().bytes), "--yes"}).complains("revocation list"));
    CHECK(one.open().entries(trust::place::trusted).empty());
}

TEST_CASE("a CA is not approved as if it were an application", "[trust_tool][approve]") {
    store const one;
    one.knock(the().root);
    auto const print = print_of(the().root);
    auto const no = one.run("approve", {print, "--yes"});
    CHECK(no.code == 1);
    CHECK(no.complains("Plant Root is a CA"));
    CHECK(no.complains("--as-ca"));
    CHECK(one.where(the().root) == trust::place::rejected);
    auto const at_the_terminal = one.asked("approve", {print}, "y\n");
    CHECK(at_the_terminal.code == 1);
    CHECK_FALSE(at_the_terminal.says("[y/N]"));  // there is nothing to say yes to
    auto const yes = one.asked("approve", {print, "--as-ca"}, "yes\n");
    CHECK(yes.code == 0);
    CHECK(yes.says("Trust this CA, and all that it issues"));
    CHECK(yes.says("is refused until its revocation list is here: sallyport-trust add-crl " + one.root));
    CHECK(one.where(the().root) == trust::place::trusted);
}

TEST_CASE("another certificate of the same name or ApplicationUri is warned of loudly",
          "[trust_tool][approve]") {
    struct {
        char const* cn;
        char const* uri;
        char const* same;  // nullptr: nothing to warn of
    } const knocks[] = {{"Panel 2", "urn:plant:panel-2", "common name and ApplicationUri"},
                        {"panel 2", "urn:plant:other", "common name"},
                        {"Other", "urn:plant:panel-2", "ApplicationUri"},
                        {"Other", "urn:plant:PANEL-2", "ApplicationUri"},
                        {"Other", "urn:plant:other", nullptr}};
    for (auto const& k : knocks) {
        CAPTURE(k.cn, k.uri);
        store const one;
        one.add(the().panel, trust::list::trusted);
        auto const knocking = pki::application(k.cn, pki::rsa(2048, "knocking")).uri(k.uri).self_signed();
        one.knock(knocking);
        auto const a = one.run("approve", {print_of(knocking)});
        CHECK(a.code == 1);
        CHECK(a.complains("ANOTHER CERTIFICATE") == (k.same != nullptr));
        if (k.same == nullptr) continue;
        CHECK(a.complains(std::string{"HAS THE SAME "} + k.same + ": "));
        std::string flat = a.err;
        std::replace(flat.begin(), flat.end(), '\n', ' ');
        CHECK(flat.find(print_of(the().panel)) != std::string::npos);
        CHECK(flat.find("--replaces") != std::string::npos);
    }
}

TEST_CASE("two strangers of one name are both warned of", "[trust_tool][approve]") {
    store const one;
    one.knock(the().panel);
    one.knock(the().next_panel);
    auto const a = one.run("approve", {print_of(the().next_panel)});
    CHECK(a.complains("also waiting among"));
    CHECK(a.code == 1);
}

TEST_CASE("approve --replaces: both are trusted, the old one for thirty days", "[trust_tool][approve]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        one.add(the().panel, trust::list::trusted);
        one.knock(the().next_panel);
        auto const old = print_of(the().panel), fresh = print_of(the().next_panel);
        auto const a = one.run("approve", {fresh, "--replaces", old, "--yes"});
        CAPTURE(a.err);
        CHECK(a.code == 0);
        CHECK_FALSE(a.complains("ANOTHER CERTIFICATE"));
        CHECK(a.says("is trusted until"));
        CHECK(one.where(the().panel) == trust::place::trusted);
        CHECK(one.where(the().next_panel) == trust::place::trusted);
        CHECK(one.run("list").says("then " + fresh.substr(0, 16)));
        CHECK(one.run("show", {old}).says("until"));
        auto s = one.open();
        REQUIRE(s.replacements().size() == 1);
        auto const left = s.replacements()[0].until - this_second().time_since_epoch();
        CHECK(left > 30 * 24h - 5min);
        CHECK(left <= 30 * 24h + 1s);
        // The next command after the end puts it away.
        auto now = sallyport::boot_clock{}.now();
        now.wall += 31 * 24h;
        s.tick(now);
        CHECK(one.where(the().panel) == trust::place::rejected);
    }
}

TEST_CASE("approve --replaces names something that can be replaced", "[trust_tool][approve]") {
    store const one;
    one.add(the().panel, trust::list::trusted);
    one.add(the().line, trust::list::issuers);
    one.knock(the().next_panel);
    auto const fresh = print_of(the().next_panel);
    for (std::string const& old : {print_of(the().panel).substr(0, 15), std::string{"0123456789ABCDEF"},
                                   fresh, print_of(the().line), std::string{"x"}}) {
        auto const a = one.run("approve", {fresh, "--replaces", old, "--yes"});
        CAPTURE(old, a.err);
        CHECK(a.code == 1);
        CHECK(a.complains("--replaces: "));
        CHECK(one.where(the().next_panel) == trust::place::rejected);
    }
    // Another application's successor is no successor.
    one.add(the().pump, trust::list::trusted);
    auto const a = one.run("approve", {fresh, "--replaces", print_of(the().pump)});
    CHECK(a.complains("HAS ANOTHER ApplicationUri"));
    CHECK(a.complains("ANOTHER CERTIFICATE HAS THE SAME"));
}

TEST_CASE("what is approved and refused all the same is said to be, and why", "[trust_tool][approve]") {
    store const one;
    one.knock(the().pump, "a client", the().line.der() + the().root.der());
    auto const a = one.run("approve", {print_of(the().pump), "--yes"});
    CHECK(a.code == 0);
    CHECK(a.says("Pump 7 is trusted now."));
    CHECK(a.says("Line 3 came with it"));
    CHECK(a.says("It is refused all the same: BadCertificateRevocationUnknown.\n  Get the CA's"));

    auto const old = pki::application("Old").valid_until(this_second() - 24h).self_signed();
    one.knock(old);
    CHECK(
        one.run("approve", {print_of(old), "--yes"}).says("refused all the same: BadCertificateTimeInvalid"));
    one.knock(the().panel);
    CHECK_FALSE(one.run("approve", {print_of(the().panel), "--yes"}).says("all the same"));
    auto const server =
        pki::application("Server").uri("urn:plant:server").purposes({pki::id::server_auth}).self_signed();
    auto const person = pki::user("Amira").self_signed();
    for (auto const& c : {server, person}) {
        one.knock(c);
        CHECK_FALSE(one.run("approve", {print_of(c), "--yes"}).says("all the same"));
    }
}

TEST_CASE("approve --with-issuers takes the CAs that came with it, and grants them nothing",
          "[trust_tool][approve]") {
    for (auto const& l : both_layouts) {
        store const one{l};
        one.knock(the().pump, "a client", the().line.der() + the().root.der() + the().panel.der());
        auto const a = one.run("approve", {print_of(the().pump), "--with-issuers", "--yes"});
        CHECK(a.code == 0);
        CHECK(a.says("Line 3 is among the issuers now."));
        CHECK(one.where(the().line) == trust::place::issuers);
        CHECK(one.where(the().root) == trust::place::issuers);
        CHECK_FALSE(one.where(the().panel));  // no CA
        one.publish(current(the().root));
        one.publish(current(the().line));
        auto const verdict =
            one.run("verify", {"--peer", "client-application", one.file("pump.der", the().pump.der())});
        CHECK(verdict.code == 0);
        // Another of the same CA is as untrusted as before.
        auto const other = pki::application("Pump 8").uri("urn:plant:pump-8").by(the().line);
        CHECK(one.run("verify", {"--peer", "client-application", one.file("other.der", other.der())})
                  .says("BadCertificateUntrusted"));
    }
}

TEST_CASE("names that strangers chose break no terminal", "[trust_tool][approve][hostile]") {
    std::vector<std::string> const names{"\x1b[2J\x1b[31mroot",
                                         "../../../etc/passwd",
                                         "/absolute",
                                         "line one\nline two\r\n",
                                         "\xE2\x80\xAE"
                                         "red.gpj",
                                         "-rf *; $(reboot) `x`",
                                         std::string(10'000, 'A'),
                                         std::string(3'000, '\x1b'),
                                         "\xC2\x9b"
                                         "31m",
                                         "x,O=Trusted Corporation",
                                         "."};
    int serial = 100;
    for (auto const& l : both_layouts) {
        store const one{l};
        std::vector<pki::issued> all;
        for (auto const& n : names)
            all.push_back(pki::application(n, pki::rsa(2048, "hostile"))
                              .serial(++serial)
                              .uri("urn:\x1b[31m" + n)
                              .self_signed());
        for (auto const& c : all) one.knock(c, "peer\x1b[2J\n" + std::string(500, 'p'));
        CHECK(harmless(one.run("list").out));
        for (auto const& c : all) {
            CAPTURE(trust::hex(trust::as_bytes(c.subject)).substr(0, 100));
            auto const print = print_of(c);
            auto const shown = one.run("show", {print});
            CHECK(shown.code == 0);
            CHECK(harmless(shown.out));
            CHECK(shown.out.size() < 6'000);  // nothing scrolls out of sight
            auto const no = one.asked("approve", {print}, "n\n");
            CHECK(no.code == 1);
            std::string lines = no.out;
            std::erase(lines, '\r');
            CHECK(harmless(lines));
            auto const yes = one.run("approve", {print, "--yes"});
            CHECK(yes.code == 0);
            CHECK(harmless(yes.out + yes.err));
            CHECK(one.where(c) == trust::place::trusted);
        }
        for (char const* command : {"list", "expiring", "doctor"}) {
            auto const text = one.run(command);
            CHECK(harmless(text.out + text.err));
            auto const js = one.run(command, {"--format", "json"});
            CHECK(harmless(js.out));
            CHECK(json::accept(js.out));
        }
        for (auto const& c : all) {
            CHECK(harmless(one.run("reject", {print_of(c)}).out));
            auto const gone = one.run("remove", {print_of(c), "--yes"});
            CHECK(gone.code == 0);
            CHECK(harmless(gone.out + gone.err));
        }
        CHECK(one.open().entries(trust::place::trusted).empty());
        CHECK(one.open().rejected().empty());
        for (auto const& e : std::filesystem::recursive_directory_iterator{one.folder.at})
            CHECK(e.path().string().starts_with(one.root));
    }
}
