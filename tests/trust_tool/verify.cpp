// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

using namespace trust_tool;

namespace {

std::string const when = "2026-06-15T12:00:00Z";  // pki::today

/// A plant where Pump 7's root is trusted; `more` behind the store and the moment.
struct plant : store {
    explicit plant(trust::layout l = trust::layout::annex_f) : store{l} {
        add(the().root, trust::list::trusted);
        add(the().line, trust::list::issuers);
        publish(pki::revocations(the().root));
        publish(pki::revocations(the().line));
    }
    [[nodiscard]] answer verify(words const& more) const {
        words all{"--at", when};
        all.insert(all.end(), more.begin(), more.end());
        return run("verify", all);
    }
    [[nodiscard]] json judged(words const& more) const {
        auto const a = verify(more);
        CAPTURE(a.out, a.err);
        auto const j = json::parse(a.out);
        CHECK(a.code == (j["accepted"] == true ? 0 : 1));
        CHECK(a.out.back() == '\n');
        CHECK(a.out.find('\n') == a.out.size() - 1);
        return j;
    }
    [[nodiscard]] std::string chain() const {
        return file("chain.der", pki::chain({the().pump, the().line}));
    }
};

}  // namespace

TEST_CASE("a verdict is one JSON object, its fields in their order", "[trust_tool][verify]") {
    plant const one;
    auto const good = one.verify({"--peer", "client-application", one.chain()});
    CHECK(good.code == 0);
    CHECK(good.err.empty());
    CHECK(good.out ==
          R"({"status":"Good","code":"0x00000000","accepted":true,"faults":[],"wire_status":"Good",)"
          R"("audit_event":"","remedy":"Nothing is to be done."})"
          "\n");

    auto const panel = one.file("panel.der", the().panel.der());
    auto const no = one.verify({"--peer", "client-application", panel});
    CHECK(no.code == 1);
    std::string const thumb = trust::hex(the().panel.read()->thumb());
    CHECK(no.out.starts_with(
        R"({"status":"BadCertificateUntrusted","code":"0x801A0000","accepted":false,"faults":[)"
        R"({"status":"BadCertificateUntrusted","certificate":")" +
        thumb +
        R"(","suppressible":false,"suppressed":false}],"wire_status":"BadSecurityChecksFailed",)"
        R"("audit_event":"AuditCertificateUntrustedEventType","remedy":")"));
}

TEST_CASE("both layouts give the same verdicts, each its own", "[trust_tool][verify]") {
    for (auto const& l : {trust::layout::annex_f, trust::layout::plural_issuers}) {
        plant const one{l};
        CAPTURE(one.plural());
        CHECK(one.judged({"--peer", "client-application", one.chain()})["status"] == "Good");
        // By the other layout's eyes the issuers are missing.
        auto const other =
            run({"verify", one.root, "--layout", one.plural() ? "annex-f" : "issuers", "--peer",
                 "client-application", "--at", when, one.file("pump.der", the().pump.der())});
        CHECK(other.code == 1);
        CHECK(other.says("BadCertificateChainIncomplete"));
        CHECK(other.complains(one.plural() ? "looks as --layout issuers has it"
                                           : "looks as --layout annex-f has it"));
    }
}

TEST_CASE("what the store holds and does not count is said beside the verdict", "[trust_tool][verify]") {
    plant const one;
    words const ask{"--peer", "client-application", one.chain()};
    std::ofstream{one.root + "/rejected/certs/note"} << "not looked at by anybody";
    CHECK(one.verify(ask).err.empty());
    std::ofstream{one.root + "/trusted/crl/new.crl"} << "half of a list";
    auto const a = one.verify(ask);
    CHECK(a.code == 0);
    CHECK(json::parse(a.out)["status"] == "Good");
    CHECK(
        a.complains("1 file of this store counts for nothing: " + one.root + "/trusted/crl/new.crl is no "));
    std::ofstream{one.root + "/trusted/crl/newer.crl"} << "half of another";
    CHECK(one.verify(ask).complains("2 files of this store count for nothing: "));
}

TEST_CASE("each peer is asked what is its own", "[trust_tool][verify]") {
    plant const one;
    auto const user = one.file("user.der", pki::user("Amira").by(the().line).der());
    CHECK(one.judged({"--peer", "user", user})["status"] == "Good");
    CHECK(one.judged({"--peer", "client-application", user})["accepted"] == false);
    CHECK(one.judged({"--peer", "pkix", user})["status"] == "Good");

    auto const stranger = one.file("x.der", pki::user("X").self_signed().der());
    CHECK(one.judged({"--peer", "user", stranger})["wire_status"] == "BadIdentityTokenRejected");

    // A host counts for a server alone, a URI for applications.
    auto const chain = one.chain();
    words const elsewhere{"--endpoint-url", "opc.tcp://elsewhere:4840"};
    CHECK(one.judged({"--peer", "client-application", elsewhere[0], elsewhere[1], chain})["status"] ==
          "Good");
    CHECK(one.judged({"--peer", "server-application", elsewhere[0], elsewhere[1], chain})["status"] ==
          "BadCertificateHostNameInvalid");
    CHECK(one.judged({"--peer", "server-application", "--endpoint-url",
                      "opc.tcp://user@PUMP-7.plant.Example:4840/x", chain})["status"] == "Good");
    for (char const* peer : {"client-application", "server-application"}) {
        CHECK(one.judged({"--peer", peer, "--application-uri", "urn:plant:pump-7", chain})["status"] ==
              "Good");
        CHECK(one.judged({"--peer", peer, "--application-uri", "urn:plant:Pump-7", chain})["status"] ==
              "BadCertificateUriInvalid");
    }
    CHECK(one.judged({"--peer", "user", "--application-uri", "urn:x", user})["status"] == "Good");
}

TEST_CASE("a policy by name and by URI; None looks at nothing", "[trust_tool][verify]") {
    plant const one;
    auto const chain = one.chain();
    for (char const* policy : {"Basic256Sha256", "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"})
        CHECK(one.judged({"--peer", "client-application", "--policy", policy, chain})["status"] == "Good");
    CHECK(one.judged({"--peer", "client-application", "--policy", "ECC_nistP256", chain})["status"] ==
          "BadCertificatePolicyCheckFailed");
    auto const nothing = one.file("nothing.der", "");
    CHECK(one.judged({"--peer", "client-application", "--policy", "None", nothing})["status"] == "Good");
    CHECK(one.judged({"--peer", "client-application", nothing})["status"] == "BadCertificateInvalid");
}

TEST_CASE("suppression hides what may be hidden and nothing after it", "[trust_tool][verify]") {
    plant const one;
    auto const chain = one.chain();
    words const late{"--peer", "client-application", "--at", "2036-06-01T00:00:00Z", chain};
    auto const with = [&](char const* list) {
        words w = late;
        w.insert(w.begin(), {"--suppress", list});
        return w;
    };
    auto const plain = one.judged(late);
    CHECK(plain["status"] == "BadCertificateTimeInvalid");
    auto const some = one.judged(with("BadCertificateTimeInvalid"));
    CHECK(some["status"] == "BadCertificateIssuerTimeInvalid");
    CHECK(some["faults"][0]["status"] == "BadCertificateTimeInvalid");
    CHECK(some["faults"][0]["suppressible"] == true);
    CHECK(some["faults"][0]["suppressed"] == true);
    auto const more = one.judged(with("BadCertificateTimeInvalid,BadCertificateIssuerTimeInvalid"));
    CHECK(more["status"] == "BadCertificateRevocationUnknown");
    char const* const all =
        "BadCertificateTimeInvalid, Bad_CertificateIssuerTimeInvalid,CertificateRevocationUnknown,,"
        "BadCertificateIssuerRevocationUnknown";
    auto const good = one.judged(with(all));
    CHECK(good["status"] == "Good");
    CHECK(good["faults"].size() == plain["faults"].size());
    CHECK(good["audit_event"] == "AuditCertificateExpiredEventType");  // audited all the same
    CHECK(good["remedy"].get<std::string>().starts_with(
        "BadCertificateTimeInvalid is overlooked. Renew the certificate"));
}

TEST_CASE("what may not be suppressed is not, and that is said", "[trust_tool][verify]") {
    plant const one;
    auto const panel = one.file("panel.der", the().panel.der());
    auto const a = one.verify({"--peer", "client-application", "--suppress",
                               "BadCertificateUntrusted,BadCertificateRevoked", panel});
    CHECK(a.code == 1);
    CHECK(json::parse(a.out)["status"] == "BadCertificateUntrusted");
    CHECK(json::parse(a.out)["faults"][0]["suppressed"] == false);
    CHECK(a.complains("BadCertificateUntrusted may not be suppressed"));
    CHECK(a.complains("BadCertificateRevoked may not be suppressed"));
    for (char const* unknown : {"Good", "BadNothing", "BadSecurityChecksFailed", "0x801A0000"}) {
        CAPTURE(unknown);
        auto const no = one.verify({"--peer", "client-application", "--suppress", unknown, panel});
        CHECK(no.code == 2);
        CHECK(no.out.empty());
    }
}

TEST_CASE("a file that can be opened always gets a verdict", "[trust_tool][verify]") {
    plant const one;
    std::string const der = the().pump.der();
    auto const status = [&](std::string_view name, std::string_view bytes) {
        return one.judged({"--peer", "client-application", one.file(name, bytes)})["status"]
            .get<std::string>();
    };
    std::string const invalid = "BadCertificateInvalid";
    CHECK(status("empty.der", "") == invalid);
    CHECK(status("empty.pem", "") == invalid);
    CHECK(status("text.der", "hello\n") == invalid);
    CHECK(status("text.pem", "hello\n") == invalid);
    CHECK(status("short.der", der.substr(0, der.size() / 2)) == invalid);
    CHECK(status("long.der", der + "x") == invalid);
    CHECK(status("zeros.der", std::string(5000, '\0')) == invalid);
    CHECK(status("pem.der", pem(der)) == invalid);
    CHECK(status("der.pem", der) == invalid);
    CHECK(status("huge.der", std::string(std::size_t{9} << 20, 'a')) == invalid);
    CHECK(status("crl.der", pki::revocations(the().line).made().der()) == invalid);
    CHECK(status("broken chain.der", der + the().line.der().substr(0, 100)) == invalid);
    CHECK(status("pump.der", der) == "Good");

    CHECK(status("pump.pem", pem(der)) == "Good");
    CHECK(status("PUMP.PEM", pem(der)) == "Good");
    CHECK(status("chain.pem", "Pump 7\n" + pem(der) + "\nits CA:\n" + pem(the().line.der()) +
                                  "\nthat is all\n") == "Good");
    CHECK(status("key first.pem", pem("no key at all", "PRIVATE KEY") + pem(der)) == "Good");
    CHECK(status("crlf.pem", [&] {
              std::string windows;
              for (char const c : pem(der)) windows += c == '\n' ? std::string{"\r\n"} : std::string(1, c);
              return windows;
          }()) == "Good");
    // Of two blocks the second is torn: what came was not the first alone.
    std::string const both = pem(der) + pem(the().line.der());
    CHECK(status("torn.pem", both.substr(0, both.size() - 40)) == invalid);
    CHECK(status("spoilt.pem", both.substr(0, both.size() - 60) + "****" + both.substr(both.size() - 56)) ==
          invalid);
}

TEST_CASE("a pipe is read like a file", "[trust_tool][verify]") {
    plant const one;
    words const how = one.line("verify", {"--peer", "client-application", "--at", when, "-"});
    CHECK(run(how, the().pump.der()).code == 0);
    CHECK(run(how, "").code == 1);
    auto const pipe = one.folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    pid_t const writer = ::fork();
    if (writer == 0) {
        std::ofstream{pipe, std::ios::binary} << the().pump.der();
        ::_exit(0);
    }
    CHECK(one.judged({"--peer", "client-application", pipe})["status"] == "Good");
    CHECK(code_of(writer) == 0);
    auto const nobody =
        one.verify({"--peer", "client-application", pipe});  // would else be waited for for ever
    CHECK(nobody.code == 2);
    CHECK(nobody.complains(pipe + ": cannot be opened: it is a pipe, and nobody writes into it"));
}

TEST_CASE("files and stores that cannot be opened are no verdict", "[trust_tool][verify]") {
    plant const one;
    auto const chain = one.chain();
    auto const no = [&](words const& w) {
        auto const a = run(w);
        CAPTURE(a.err);
        CHECK(a.code == 2);
        CHECK(a.out.empty());
        CHECK(a.complains("sallyport-trust: "));
    };
    no(one.line("verify", {"--peer", "user", one.folder.file("missing.der")}));
    no(one.line("verify", {"--peer", "user", one.root}));  // a folder
    no({"verify", one.folder.file("nowhere"), "--peer", "user", chain});
    no({"verify", chain, "--peer", "user", chain});
    std::filesystem::remove_all(one.root + "/issuer/certs");
    std::ofstream{one.root + "/issuer/certs"} << "a file";
    no(one.line("verify", {"--peer", "user", chain}));
}

TEST_CASE("a command line at fault shows how it is meant", "[trust_tool][verify]") {
    plant const one;
    auto const chain = one.chain();
    std::vector<words> const wrong{{"--peer", "user"},
                                   {chain},
                                   {"--peer", "nobody", chain},
                                   {"--peer", "user", chain, chain},
                                   {"--peer", "user", "--frob", chain},
                                   {"--peer", "user", chain, "--policy"},
                                   {"--peer", "user", "--policy", "Basic257", chain},
                                   {"--peer", "user", "--at", "yesterday", chain},
                                   {"--peer", "user", "--format", "xml", chain},
                                   {"--peer", "user", "--layout", "annex-g", chain},
                                   {"--peer", "server-application", "--endpoint-url", "plc-7", chain},
                                   {"--peer", "user", "--yes", chain}};
    for (auto const& w : wrong) {
        auto const a = one.run("verify", w);
        CAPTURE(w, a.err);
        CHECK(a.code == 2);
        CHECK(a.out.empty());
        CHECK(a.complains("sallyport-trust verify DIR --layout annex-f|issuers\n"));
    }
    for (words const& w : {words{}, words{"frob"}, words{"--frob"}}) {
        auto const a = run(w);
        CHECK(a.code == 2);
        CHECK(a.out.empty());
        CHECK(a.complains("sallyport-trust init DIR"));
    }
    for (words const& w : {words{"help"}, words{"--help"}, words{"-h"}, words{"verify", "--help"}}) {
        auto const a = run(w);
        CHECK(a.code == 0);
        CHECK(a.err.empty());
        CHECK(a.says("Exit code:"));
    }
    auto const hostile = run({"\x1b[2J\nfrob"});
    CHECK(harmless(hostile.err));
}

TEST_CASE("missing folders are empty lists", "[trust_tool][verify]") {
    support::folder const folder;
    auto const panel = folder.with(the().panel.der(), "panel.der");
    for (char const* layout : {"annex-f", "issuers"}) {
        auto const a = run({"verify", folder.at.string(), "--layout", layout, "--peer", "client-application",
                            "--at", when, panel});
        CHECK(a.code == 1);
        CHECK(json::parse(a.out)["status"] == "BadCertificateUntrusted");
    }
    CHECK(tree(folder.at.string()).size() == 1);  // and none was made
}

TEST_CASE("verify changes nothing", "[trust_tool][verify]") {
    plant const one;
    one.knock(the().panel);
    // A change that another process was killed in, too: whoever only looks leaves it as it is.
    std::ofstream{one.root + "/trusted/certs/.sallyport-0.new"} << "half";
    auto const chain = one.chain(), panel = one.file("panel.der", the().panel.der());
    auto const before = tree(one.folder.at.string());
    CHECK(one.verify({"--peer", "client-application", chain}).code == 0);
    CHECK(one.verify({"--peer", "client-application", panel}).code == 1);
    CHECK(one.run("list").code == 0);
    CHECK(one.run("show", {print_of(the().panel)}).code == 0);
    CHECK(one.run("expiring").code == 0);
    (void)one.run("doctor");
    CHECK(tree(one.folder.at.string()) == before);
}

TEST_CASE("verify works where nothing can be written", "[trust_tool][verify]") {
    plant const one;
    auto const chain = one.chain();
    for (auto const& e : std::filesystem::recursive_directory_iterator{one.root})
        if (e.is_directory()) REQUIRE(::chmod(e.path().c_str(), 0500) == 0);
    CHECK(one.verify({"--peer", "client-application", chain}).code == 0);
    for (auto const& e : std::filesystem::recursive_directory_iterator{one.root})
        if (e.is_directory()) REQUIRE(::chmod(e.path().c_str(), 0700) == 0);
}

TEST_CASE("an answer that cannot be written was not given", "[trust_tool][verify]") {
    plant const one;
    words const how = one.line("verify", {"--peer", "client-application", "--at", when, one.chain()});
    pid_t const child = ::fork();
    if (child == 0) {
        int const full = ::open("/dev/full", O_WRONLY), nowhere = ::open("/dev/null", O_WRONLY);
        if (::dup2(full, 1) < 0 || ::dup2(nowhere, 2) < 0) ::_exit(126);
        become(how);
    }
    CHECK(code_of(child) == 2);
}

TEST_CASE("in text a verdict says what was found and what to do", "[trust_tool][verify]") {
    plant const one;
    auto const evil = pki::application(
                          "A\x1b[31m\n\xE2\x80\xAE"
                          "B",
                          pki::rsa(2048, "evil"))
                          .self_signed();
    auto const a =
        one.verify({"--peer", "client-application", "--format", "text", one.file("evil.der", evil.der())});
    CHECK(a.code == 1);
    CHECK(a.out.starts_with("refused: BadCertificateUntrusted (0x801A0000)\n"));
    CHECK(a.says("the peer is told: BadSecurityChecksFailed"));
    CHECK(a.says("what to do: Compare the SHA-256"));
    CHECK(harmless(a.out));
    CHECK(one.verify({"--peer", "client-application", "--format", "text", one.chain()})
              .out.starts_with("accepted: Good"));
}

TEST_CASE("a certificate that another has taken over from is refused from then on", "[trust_tool][verify]") {
    plant const one;
    one.add(the().panel, trust::list::trusted);
    one.knock(the().next_panel);
    auto const until = [&] {
        auto s = one.open();
        sallyport::instant const then{
            .steady = {}, .wall = pki::today.time_since_epoch(), .wall_trusted = true};
        REQUIRE_FALSE(
            s.approve_in_place_of(the().panel.read()->print(), the().next_panel.read()->print(), then));
        return pki::today + 30 * 24h;
    }();
    REQUIRE(until == pki::sys_days{std::chrono::year{2026} / 7 / 15} + 12h);
    auto const panel = one.file("panel.der", the().panel.der()),
               next = one.file("next.der", the().next_panel.der());
    auto const at = [&](std::string const& t, std::string const& f) {
        return one.run("verify", {"--peer", "client-application", "--at", t, f}).code;
    };
    CHECK(at("2026-07-15T11:59:59Z", panel) == 0);
    CHECK(at("2026-07-15T12:00:00Z", panel) == 1);
    CHECK(at("2026-07-15T12:00:00Z", next) == 0);
    CHECK(at("2026-07-15T11:59:59Z", panel) == 0);  // nothing was written meanwhile
}
