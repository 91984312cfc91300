// SPDX-License-Identifier: BSL-1.0
#include <sallyport/trust/tls.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

using namespace sallyport::trust;
using namespace std::chrono_literals;
using sallyport::instant;

namespace {

struct noon {
    [[nodiscard]] instant now() const noexcept {
        return {.steady = 1h, .wall = pki::today.time_since_epoch(), .wall_trusted = true};
    }
};
using observer = std::function<void(tls_seen const&)>;
using judge_of_tests = tls_judge<noon, observer>;
using context = detail::owned<SSL_CTX, SSL_CTX_free>;
using connection = detail::owned<SSL, SSL_free>;

/// What one side heard of the other.
struct hearing {
    std::vector<status> said;
    std::string because, chain, remedy;
    void operator()(tls_seen const& s) {
        said.push_back(s.found.first());
        because = s.found.because();
        remedy = s.found.remedy();
        chain = as_text(s.chain);
    }
};

/// One end of a connection: its lists, its judge, its context.
struct side {
    current_lists lists;
    validator judges{lists};
    hearing heard;
    context ctx{SSL_CTX_new(TLS_method())};
    std::unique_ptr<judge_of_tests> judge;

    void trusts(trust_list::content c) { lists.put(std::make_shared<trust_list const>(std::move(c))); }
    void trusts(pki::issued const& c) {
        trusts({.trusted = {c.read()}, .issuers = {}, .trusted_crls = {}, .issuer_crls = {}});
    }
    side& expects(tls_options o = {}, observer also = {}) {
        judge =
            std::make_unique<judge_of_tests>(judges, std::move(o), noon{}, [this, also](tls_seen const& s) {
                heard(s);
                if (also) also(s);
            });
        REQUIRE(judge->guard(ctx.get()));
        return *this;
    }
    side& shows(pki::issued const& leaf, std::initializer_list<pki::issued> rest = {}) {
        REQUIRE(SSL_CTX_use_certificate(ctx.get(), leaf.read()->x509()) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey(ctx.get(), leaf.key.get()) == 1);
        for (auto const& ca : rest) REQUIRE(SSL_CTX_add1_chain_cert(ctx.get(), ca.read()->x509()) == 1);
        return *this;
    }
};

/// How a handshake ended at one end: well, or with an alert that it sent or received.
struct ending {
    bool well = false;
    int alert = 0;  ///< that was received
    int verdict = X509_V_OK;
};
struct outcome {
    ending client, server;
    [[nodiscard]] bool well() const { return client.well && server.well; }
};

/// Two ends in one room: no socket, no thread, no waiting. `before`: what a client says of its connection.
/// `after`: what he does with it when it stands.
outcome meet(side& client, side& server, std::function<void(SSL*)> const& before = {},
             std::function<void(SSL*)> const& after = {}) {
    connection c{SSL_new(client.ctx.get())}, s{SSL_new(server.ctx.get())};
    REQUIRE(c);
    REQUIRE(s);
    BIO *at_client = nullptr, *at_server = nullptr;
    REQUIRE(BIO_new_bio_pair(&at_client, 1 << 20, &at_server, 1 << 20) == 1);
    SSL_set_bio(c.get(), at_client, at_client);
    SSL_set_bio(s.get(), at_server, at_server);
    SSL_set_connect_state(c.get());
    SSL_set_accept_state(s.get());
    if (before) before(c.get());

    outcome out;
    bool client_over = false, server_over = false;
    auto const go_on = [](SSL* on, ending& e, bool& over) {
        if (over) return;
        ERR_clear_error();
        char unused = 0;
        // With TLS 1.3 a client is through before the server has looked at it: only reading tells.
        int const n = SSL_is_init_finished(on) == 0 ? SSL_do_handshake(on) : SSL_read(on, &unused, 1);
        e.well = SSL_is_init_finished(on) != 0;
        int const why = SSL_get_error(on, n);
        if (n > 0 || why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return;
        over = true;
        e.well = false;
        e.verdict = static_cast<int>(SSL_get_verify_result(on));
        int const reason = ERR_GET_REASON(ERR_peek_last_error());
        if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256)
            e.alert = reason - SSL_AD_REASON_OFFSET;
    };
    for (int i = 0; i < 20; ++i) {
        go_on(c.get(), out.client, client_over);
        go_on(s.get(), out.server, server_over);
    }
    if (!client_over) out.client.verdict = static_cast<int>(SSL_get_verify_result(c.get()));
    if (after && out.well()) after(c.get());
    ERR_clear_error();
    return out;
}

/// A plant of two CAs and two applications that know each other.
struct plant {
    pki::issued root = pki::authority("Plant Root", pki::p256("root")).self_signed();
    pki::issued broker =
        pki::application("Broker", pki::p256("broker"))
            .names({pki::uri("urn:plant:broker"), pki::dns("broker.plant.example"), pki::ip({192, 0, 2, 9})})
            .self_signed();
    pki::issued pump = pki::application("Pump 7", pki::p256("pump")).self_signed();
    side client, server;
    plant() {
        client.trusts(broker);
        client.shows(pump);
        server.trusts(pump);
        server.shows(broker);
    }
    void expect(tls_options of_client = {.host = "broker.plant.example"}, tls_options of_server = {}) {
        client.expects(std::move(of_client));
        server.expects(std::move(of_server));
    }
};

}  // namespace

TEST_CASE("two applications that trust each other shake hands", "[trust][tls]") {
    plant p;
    p.expect();
    outcome const o = meet(p.client, p.server);
    CHECK(o.well());
    CHECK(p.client.heard.said == std::vector{status::good});
    CHECK(p.server.heard.said == std::vector{status::good});
    CHECK(p.client.heard.chain == p.broker.der());
    CHECK(p.server.heard.chain == p.pump.der());
    CHECK(o.client.verdict == X509_V_OK);
}

TEST_CASE("with either version of TLS", "[trust][tls]") {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        plant p;
        p.expect();
        REQUIRE(SSL_CTX_set_max_proto_version(p.client.ctx.get(), version) == 1);
        CHECK(meet(p.client, p.server).well());
        p.server.trusts(trust_list::content{});
        auto const refused = meet(p.client, p.server);
        CHECK_FALSE(refused.well());
        CHECK(refused.client.alert == SSL_AD_BAD_CERTIFICATE);
    }
}

TEST_CASE("older versions are not spoken", "[trust][tls]") {
    plant p;
    SSL_CTX_set_min_proto_version(p.client.ctx.get(), TLS1_VERSION);
    p.expect();
    CHECK(SSL_CTX_get_min_proto_version(p.client.ctx.get()) == TLS1_2_VERSION);
    plant stricter;
    SSL_CTX_set_min_proto_version(stricter.client.ctx.get(), TLS1_3_VERSION);
    stricter.expect();
    CHECK(SSL_CTX_get_min_proto_version(stricter.client.ctx.get()) == TLS1_3_VERSION);
}

TEST_CASE("a server that nobody trusts is refused, and the reason told to us alone", "[trust][tls]") {
    plant p;
    p.client.trusts(trust_list::content{});
    p.expect();
    outcome const o = meet(p.client, p.server);
    CHECK_FALSE(o.client.well);
    CHECK_FALSE(o.server.well);
    CHECK(p.client.heard.said == std::vector{status::certificate_untrusted});
    CHECK(p.client.heard.remedy.find("approve the certificate from the rejected list") != std::string::npos);
    CHECK(p.client.heard.chain == p.broker.der());
    CHECK(o.client.verdict == X509_V_ERR_CERT_REJECTED);
    CHECK(o.server.alert == SSL_AD_BAD_CERTIFICATE);
    CHECK(p.server.heard.said.empty());
}

TEST_CASE("a client that nobody trusts is refused by the server", "[trust][tls]") {
    plant p;
    p.server.trusts(trust_list::content{});
    p.expect();
    outcome const o = meet(p.client, p.server);
    CHECK_FALSE(o.server.well);
    CHECK(p.server.heard.said == std::vector{status::certificate_untrusted});
    CHECK(p.server.heard.chain == p.pump.der());
    CHECK(o.client.alert == SSL_AD_BAD_CERTIFICATE);
}

TEST_CASE("a server is asked for by the name or the address that was connected to", "[trust][tls]") {
    struct {
        std::string host;
        bool well;
    } const each[] = {{"broker.plant.example", true},
                      {"BROKER.plant.example.", true},
                      {"192.0.2.9", true},
                      {"other.plant.example", false},
                      {"plant.example", false},
                      {"192.0.2.10", false},
                      {"x.broker.plant.example", false},
                      {"Broker", false}};
    for (auto const& e : each) {
        CAPTURE(e.host);
        plant p;
        p.expect({.host = e.host});
        outcome const o = meet(p.client, p.server);
        CHECK(o.well() == e.well);
        if (e.well) continue;
        CHECK(p.client.heard.said == std::vector{status::certificate_host_name_invalid});
        CHECK(o.client.verdict == X509_V_ERR_HOSTNAME_MISMATCH);
        CHECK(o.server.alert == SSL_AD_BAD_CERTIFICATE);
    }
}

TEST_CASE("a target that nobody named is no target", "[trust][tls]") {
    plant p;
    p.expect({});
    CHECK_FALSE(meet(p.client, p.server).well());
    CHECK(p.client.heard.said == std::vector{status::certificate_host_name_invalid});
    plant anywhere;
    anywhere.expect({.hosts = host_check::skipped});
    CHECK(meet(anywhere.client, anywhere.server).well());
}

TEST_CASE("what a connection says of its target goes before the context's", "[trust][tls]") {
    plant p;
    p.expect({.host = "other.plant.example"});
    CHECK(meet(p.client, p.server, [](SSL* c) { SSL_set1_host(c, "broker.plant.example"); }).well());
    CHECK(meet(p.client, p.server, [](SSL* c) {
              X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(c), "192.0.2.9");
          }).well());
    plant q;
    q.expect();
    CHECK_FALSE(meet(q.client, q.server, [](SSL* c) { SSL_set1_host(c, "other.plant.example"); }).well());
}

TEST_CASE("a revoked certificate is refused, on either side", "[trust][tls]") {
    auto const issued = [](plant const& p, std::string_view name) {
        return pki::application(name, pki::p256(name))
            .names({pki::uri("urn:plant:x"), pki::dns("broker.plant.example")})
            .by(p.root);
    };
    struct {
        bool broker, pump;
    } const each[] = {{false, false}, {true, false}, {false, true}};
    for (auto const& revoked : each) {
        plant p;
        auto const broker = issued(p, "broker"), pump = issued(p, "pump");
        auto list = pki::revocations(p.root);
        if (revoked.broker) list.revoke(broker);
        if (revoked.pump) list.revoke(pump);
        trust_list::content const lists{.trusted = {p.root.read()},
                                        .issuers = {},
                                        .trusted_crls = {list.made().read()},
                                        .issuer_crls = {}};
        p.client.trusts(lists);
        p.server.trusts(lists);
        p.client.shows(pump);
        p.server.shows(broker, {p.root});
        p.expect();
        outcome const o = meet(p.client, p.server);
        CHECK(o.well() == (!revoked.broker && !revoked.pump));
        CHECK(p.client.heard.said ==
              std::vector{revoked.broker ? status::certificate_revoked : status::good});
        if (!revoked.broker)
            CHECK(p.server.heard.said ==
                  std::vector{revoked.pump ? status::certificate_revoked : status::good});
        if (!revoked.broker && !revoked.pump) CHECK(p.client.heard.chain == pki::chain({broker, p.root}));
    }
}

TEST_CASE("a CA without its revocation list is no help", "[trust][tls]") {
    plant p;
    auto const broker = pki::application("Broker", pki::p256("broker"))
                            .names({pki::uri("urn:plant:broker"), pki::dns("broker.plant.example")})
                            .by(p.root);
    p.client.trusts(p.root);
    p.server.shows(broker, {p.root});
    p.expect();
    outcome const o = meet(p.client, p.server);
    CHECK(p.client.heard.said == std::vector{status::certificate_revocation_unknown});
    CHECK(o.server.alert == SSL_AD_UNKNOWN_CA);
}

TEST_CASE("an end of validity is told to the peer", "[trust][tls]") {
    plant p;
    auto const late =
        pki::application("Pump 7", pki::p256("pump")).valid_until(pki::today - 1s).self_signed();
    p.client.shows(late);
    p.server.trusts(late);
    p.expect();
    CHECK(meet(p.client, p.server).client.alert == SSL_AD_CERTIFICATE_EXPIRED);
    CHECK(p.server.heard.said == std::vector{status::certificate_time_invalid});
}

TEST_CASE("who shows no certificate is refused, unless the server can do without", "[trust][tls]") {
    plant p;
    p.client.ctx.reset(SSL_CTX_new(TLS_method()));
    p.expect();
    outcome const o = meet(p.client, p.server);
    CHECK_FALSE(o.server.well);
    CHECK(o.client.alert == 116);  // certificate_required (RFC 8446)
    CHECK(p.server.heard.said.empty());

    plant q;
    q.client.ctx.reset(SSL_CTX_new(TLS_method()));
    q.expect({.host = "broker.plant.example"}, {.clients = client_certificate::optional});
    CHECK(meet(q.client, q.server).well());
    CHECK(q.server.heard.said.empty());
    plant r;  // but one that is shown is judged
    r.server.trusts(trust_list::content{});
    r.expect({.host = "broker.plant.example"}, {.clients = client_certificate::optional});
    CHECK_FALSE(meet(r.client, r.server).server.well);
}

TEST_CASE("whatever is thrown refuses the peer", "[trust][tls]") {
    struct {
        observer throws;
        int verdict;
    } const each[] = {
        {[](tls_seen const&) { throw std::runtime_error{"a full disk"}; }, X509_V_ERR_UNSPECIFIED},
        {[](tls_seen const&) { throw 7; }, X509_V_ERR_UNSPECIFIED},
        {[](tls_seen const&) { throw std::bad_alloc{}; }, X509_V_ERR_OUT_OF_MEM}};
    for (auto const& e : each) {
        plant p;
        p.client.expects({.host = "broker.plant.example"}, e.throws);
        p.server.expects();
        outcome const o = meet(p.client, p.server);
        CHECK_FALSE(o.client.well);
        CHECK(p.client.heard.said == std::vector{status::good});  // it would have been accepted
        CHECK(o.client.verdict == e.verdict);
        CHECK(o.server.alert == SSL_AD_INTERNAL_ERROR);
        CHECK(p.client.judge->failures() == 1);
        CHECK(p.server.judge->failures() == 0);
    }
}

TEST_CASE("TLS's own usages hold for a peer that is no OPC UA application", "[trust][tls]") {
    plant p;
    SECTION("a client's certificate does not make a server") {
        auto const device = pki::application("Broker", pki::p256("broker"))
                                .names({pki::dns("broker.plant.example")})
                                .purposes({pki::id::client_auth})
                                .self_signed();
        p.client.trusts(device);
        p.server.shows(device);
        p.expect();
        outcome const o = meet(p.client, p.server);
        CHECK(p.client.heard.said == std::vector{status::certificate_use_not_allowed});
        CHECK(p.client.heard.because == "its usages do not let it be a TLS server");
        CHECK(o.server.alert == SSL_AD_UNSUPPORTED_CERTIFICATE);
    }
    SECTION("a server's does not make a client") {
        auto const other =
            pki::application("Pump 7", pki::p256("pump")).purposes({pki::id::server_auth}).self_signed();
        p.server.trusts(other);
        p.client.shows(other);
        p.expect();
        (void)meet(p.client, p.server);
        CHECK(p.server.heard.because == "its usages do not let it be a TLS client");
    }
    SECTION("no usages: no limits (RFC 5280)") {
        auto const plain = pki::certificate_maker("Broker", pki::p256("broker"))
                               .names({pki::dns("broker.plant.example")})
                               .self_signed();
        p.client.trusts(plain);
        p.server.shows(plain);
        p.expect();
        CHECK(meet(p.client, p.server).well());
    }
}

TEST_CASE("a key below the connection's security level is refused", "[trust][tls]") {
    plant p;
    auto const weak = pki::application("Broker", pki::rsa(1024, "weak"))
                          .names({pki::uri("urn:plant:broker"), pki::dns("broker.plant.example")})
                          .self_signed();
    p.server.ctx.reset(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_security_level(p.server.ctx.get(), 0);  // whoever has such a key shows it
    p.server.shows(weak);
    p.client.trusts(weak);
    p.expect();
    CHECK_FALSE(meet(p.client, p.server).well());
    REQUIRE(p.client.heard.said == std::vector{status::certificate_policy_check_failed});
    CHECK(p.client.heard.because == "its key or signature is weaker than the connection's security level");
}

TEST_CASE("an OPC UA peer is held to OPC UA's rules", "[trust][tls]") {
    plant p;
    p.expect({.shown_by = peer::server_application,
              .host = "broker.plant.example",
              .application_uri = "urn:plant:broker"},
             {.shown_by = peer::client_application, .policy = policy_called("ECC_nistP256")});
    CHECK(meet(p.client, p.server).well());
    plant q;
    q.expect({.shown_by = peer::server_application,
              .host = "broker.plant.example",
              .application_uri = "urn:plant:other"},
             {.shown_by = peer::client_application});
    CHECK_FALSE(meet(q.client, q.server).well());
    CHECK(q.client.heard.said == std::vector{status::certificate_uri_invalid});
    plant r;
    r.expect({.host = "broker.plant.example"},
             {.shown_by = peer::client_application, .policy = policy_called("Basic256Sha256")});
    CHECK_FALSE(meet(r.client, r.server).server.well);
    CHECK(r.server.heard.said == std::vector{status::certificate_policy_check_failed});
}

TEST_CASE("a judge that was set up to look at nothing refuses", "[trust][tls]") {
    plant p;
    p.expect({.host = "broker.plant.example", .policy = policy_called("None")});
    CHECK_FALSE(meet(p.client, p.server).well());
    CHECK(p.client.heard.said == std::vector{status::certificate_policy_check_failed});
    for (peer const who : {peer::client_application, peer::user}) {  // whose rules know no host
        plant q;
        q.expect({.shown_by = who, .host = "broker.plant.example"});
        CHECK_FALSE(meet(q.client, q.server).well());
        CHECK(q.client.heard.because == "a server is to be judged as one (tls_options::shown_by)");
    }
}

TEST_CASE("no session is resumed: everybody is judged anew", "[trust][tls]") {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        plant p;
        p.expect();
        REQUIRE(SSL_CTX_set_max_proto_version(p.client.ctx.get(), version) == 1);
        detail::owned<SSL_SESSION, SSL_SESSION_free> kept;
        auto const keep = [&](SSL* c) { kept.reset(SSL_get1_session(c)); };
        CHECK(meet(p.client, p.server, {}, keep).well());
        REQUIRE(kept);
        CHECK(SSL_SESSION_is_resumable(kept.get()) == 0);

        bool resumed = true;
        auto const bring_it_back = [&](SSL* c) { (void)SSL_set_session(c, kept.get()); };
        CHECK(meet(p.client, p.server, bring_it_back, [&](SSL* c) {
                  resumed = SSL_session_reused(c) == 1;
              }).well());
        CHECK_FALSE(resumed);
        CHECK(p.server.heard.said == std::vector{status::good, status::good});
        p.server.trusts(trust_list::content{});  // removed
        CHECK_FALSE(meet(p.client, p.server, bring_it_back).server.well);
        CHECK(p.server.heard.said == std::vector{status::good, status::good, status::certificate_untrusted});
    }
}

TEST_CASE("a server that would resume gets nobody past our judge", "[trust][tls]") {
    // The other side is not ours: a server that hands out tickets, and a client of ours that brings one back.
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        plant p;
        p.client.expects({.host = "broker.plant.example"});
        SSL_CTX_set_session_id_context(p.server.ctx.get(), reinterpret_cast<unsigned char const*>("x"), 1);
        REQUIRE(SSL_CTX_set_max_proto_version(p.client.ctx.get(), version) == 1);
        detail::owned<SSL_SESSION, SSL_SESSION_free> kept;
        CHECK(meet(p.client, p.server, {}, [&](SSL* c) { kept.reset(SSL_get1_session(c)); }).well());
        CHECK(SSL_CTX_sess_number(p.client.ctx.get()) == 0);  // nothing is brought back by itself
        CHECK(meet(p.client, p.server).well());
        CHECK(p.client.heard.said == std::vector{status::good, status::good});
    }
}

TEST_CASE("nothing is read before a peer has been judged", "[trust][tls]") {
    plant p;
    SSL_CTX_set_max_early_data(p.server.ctx.get(), 16'384);
    SSL_CTX_set_recv_max_early_data(p.server.ctx.get(), 16'384);
    p.expect();
    CHECK(SSL_CTX_get_max_early_data(p.server.ctx.get()) == 0);
    CHECK((SSL_CTX_get_options(p.server.ctx.get()) & SSL_OP_NO_TICKET) != 0);
    CHECK((SSL_CTX_get_options(p.server.ctx.get()) & SSL_OP_NO_RENEGOTIATION) != 0);
    CHECK(SSL_CTX_get_num_tickets(p.server.ctx.get()) == 0);
    CHECK(SSL_CTX_get_session_cache_mode(p.server.ctx.get()) == SSL_SESS_CACHE_OFF);
}

TEST_CASE("a trusted peer with more certificates than any chain needs is refused, cheaply", "[trust][tls]") {
    plant p;
    p.expect();
    for (int i = 0; i < 100; ++i) {
        auto const ca = pki::authority("CA " + std::to_string(i), pki::p256("root")).self_signed();
        REQUIRE(SSL_CTX_add1_chain_cert(p.server.ctx.get(), ca.read()->x509()) == 1);
    }
    CHECK_FALSE(meet(p.client, p.server).well());
    REQUIRE(p.client.heard.said == std::vector{status::certificate_invalid});
    CHECK(p.client.heard.because == "more certificates are presented than any chain needs");
}

TEST_CASE("a client that was told to verify nobody verifies all the same", "[trust][tls]") {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        plant p;
        p.client.trusts(trust_list::content{});
        p.expect();
        REQUIRE(SSL_CTX_set_max_proto_version(p.client.ctx.get(), version) == 1);
        auto const o = meet(p.client, p.server, [](SSL* c) { SSL_set_verify(c, SSL_VERIFY_NONE, nullptr); });
        CHECK_FALSE(o.client.well);
        CHECK(p.client.heard.said == std::vector{status::certificate_untrusted});
    }
}

TEST_CASE("nobody gets in without a certificate: not by a cipher without, not by a shared key",
          "[trust][tls]") {
    SECTION("a context that would take anonymous peers is not guarded") {
        plant p;
        REQUIRE(SSL_CTX_set_cipher_list(p.client.ctx.get(), "ALL:aNULL:@SECLEVEL=0") == 1);
        tls_judge<noon> judge{p.client.judges, {.host = "broker.plant.example"}};
        CHECK_FALSE(judge.guard(p.client.ctx.get()));
        connection const c{SSL_new(p.client.ctx.get())};
        CHECK_FALSE(judge.guard(c.get()));
        REQUIRE(SSL_CTX_set_cipher_list(p.client.ctx.get(), "DEFAULT") == 1);
        CHECK(judge.guard(p.client.ctx.get()));
    }
    SECTION("a key that both share opens nothing") {
        plant p;
        SSL_CTX_set_psk_server_callback(p.server.ctx.get(),
                                        [](SSL*, char const*, unsigned char* key, unsigned) -> unsigned {
                                            std::fill_n(key, 32, std::uint8_t{7});
                                            return 32;
                                        });
        SSL_CTX_set_psk_client_callback(
            p.client.ctx.get(),
            [](SSL*, char const*, char* who, unsigned, unsigned char* key, unsigned) -> unsigned {
                *std::copy_n("pump", 4, who) = '\0';
                std::fill_n(key, 32, std::uint8_t{7});
                return 32;
            });
        REQUIRE(SSL_CTX_set_max_proto_version(p.client.ctx.get(), TLS1_2_VERSION) == 1);
        REQUIRE(SSL_CTX_set_cipher_list(p.client.ctx.get(), "PSK-AES256-GCM-SHA384") == 1);
        REQUIRE(SSL_CTX_set_cipher_list(p.server.ctx.get(), "PSK-AES256-GCM-SHA384") == 1);
        CHECK(meet(p.client, p.server).well());  // it would
        p.server.expects();
        CHECK_FALSE(meet(p.client, p.server).well());
    }
}

TEST_CASE("a host that gets hold of a connection alone can have it guarded", "[trust][tls]") {
    plant p;
    p.server.trusts(trust_list::content{});
    p.client.expects({.host = "broker.plant.example"});
    SSL_CTX_set_session_cache_mode(p.server.ctx.get(), SSL_SESS_CACHE_SERVER);
    tls_judge<noon, observer> judge{
        p.server.judges, {}, noon{}, [&](tls_seen const& s) { p.server.heard(s); }};
    connection s{SSL_new(p.server.ctx.get())};  // made before anybody has guarded its context
    REQUIRE(judge.guard(s.get()));
    CHECK(SSL_get_verify_mode(s.get()) == (SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT));
    CHECK((SSL_get_options(s.get()) & SSL_OP_NO_TICKET) != 0);
    CHECK((SSL_get_options(s.get()) & SSL_OP_NO_RENEGOTIATION) != 0);
    CHECK(SSL_get_num_tickets(s.get()) == 0);
    CHECK(SSL_get_max_early_data(s.get()) == 0);
    CHECK(SSL_get_min_proto_version(s.get()) == TLS1_2_VERSION);
    CHECK(SSL_CTX_get_session_cache_mode(p.server.ctx.get()) == SSL_SESS_CACHE_OFF);
    CHECK_FALSE(meet(p.client, p.server).server.well);  // and so are those to come
    CHECK(p.server.heard.said == std::vector{status::certificate_untrusted});
    CHECK_FALSE(judge.guard(static_cast<SSL*>(nullptr)));
}

TEST_CASE("the system's clock and nobody to tell are enough", "[trust][tls]") {
    current_lists const lists;
    validator const judges{lists};
    tls_judge judge{judges, tls_options{.host = "broker.plant.example"}};
    context const ctx{SSL_CTX_new(TLS_client_method())};
    CHECK(judge.guard(ctx.get()));
    CHECK(judge.options().host == "broker.plant.example");
    CHECK(judge.failures() == 0);
}

TEST_CASE("a peer's address is that of its socket", "[trust][tls]") {
    struct {
        int family;
        char const* at;
    } const each[] = {{AF_INET, "127.0.0.1"}, {AF_INET6, "::1"}};
    for (auto const& e : each) {
        CAPTURE(e.at);
        sallyport::open_file const door{::socket(e.family, SOCK_STREAM | SOCK_CLOEXEC, 0)},
            guest{::socket(e.family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_storage at{};
        at.ss_family = static_cast<sa_family_t>(e.family);
        if (e.family == AF_INET)
            REQUIRE(inet_pton(AF_INET, e.at, &reinterpret_cast<sockaddr_in&>(at).sin_addr) == 1);
        else
            REQUIRE(inet_pton(AF_INET6, e.at, &reinterpret_cast<sockaddr_in6&>(at).sin6_addr) == 1);
        socklen_t size = e.family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        auto* const name = reinterpret_cast<sockaddr*>(&at);
        if (::bind(door.get(), name, size) != 0 && e.family == AF_INET6) continue;  // a machine without IPv6
        REQUIRE(::listen(door.get(), 1) == 0);
        REQUIRE(::getsockname(door.get(), name, &size) == 0);
        REQUIRE(::connect(guest.get(), name, size) == 0);
        side one;
        connection const c{SSL_new(one.ctx.get())};
        REQUIRE(SSL_set_fd(c.get(), guest.get()) == 1);
        CHECK(peer_address(c.get()) == sallyport::address::from(e.at));
    }
    side nowhere;
    connection const c{SSL_new(nowhere.ctx.get())};
    CHECK_FALSE(peer_address(c.get()).known());
    CHECK_FALSE(peer_address(nullptr).known());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("the path that was found is the connection's verified chain", "[trust][tls]") {
    plant p;
    auto const broker = pki::application("Broker", pki::p256("broker"))
                            .names({pki::uri("urn:plant:broker"), pki::dns("broker.plant.example")})
                            .by(p.root);
    p.client.trusts({.trusted = {p.root.read()},
                     .issuers = {},
                     .trusted_crls = {pki::revocations(p.root).made().read()},
                     .issuer_crls = {}});
    p.server.shows(broker);  // the root is ours
    int seen = -1;
    p.expect();
    SSL* kept = nullptr;
    outcome const o = meet(p.client, p.server, [&](SSL* c) {
        kept = c;
        SSL_set_info_callback(c, [](SSL const* on, int where, int) {
            if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
            auto* const chain = SSL_get0_verified_chain(on);
            *static_cast<int*>(SSL_get_app_data(on)) = chain == nullptr ? 0 : sk_X509_num(chain);
        });
        SSL_set_app_data(c, &seen);
    });
    CHECK(o.well());
    CHECK(seen == 2);
}

TEST_CASE("our own pair is shown as it is in force at each handshake", "[trust][tls]") {
    support::folder const f;
    auto ours = own::open(f.file("store"));
    REQUIRE(ours);
    plant p;
    p.client.ctx.reset(SSL_CTX_new(TLS_method()));
    judge_of_tests::show(p.client.ctx.get(), *ours);
    p.expect();
    CHECK(meet(p.client, p.server).client.alert == 116);  // there is none yet

    own_request const who{.common_name = "Pump 7",
                          .organization = "Plant",
                          .application_uri = "urn:plant:pump-7",
                          .dns_names = {"pump-7"},
                          .key = own_key::nist_p256};
    REQUIRE(ours->create(who, noon{}.now()));
    auto const first = ours->current()->leaf();
    p.server.trusts({.trusted = {first}, .issuers = {}, .trusted_crls = {}, .issuer_crls = {}});
    CHECK(meet(p.client, p.server).well());

    REQUIRE(ours->stage_self_signed(who, noon{}.now()));
    CHECK(meet(p.client, p.server).well());
    REQUIRE(ours->switch_to_next());
    CHECK_FALSE(meet(p.client, p.server).server.well);  // another certificate, which nobody has approved
    CHECK(p.server.heard.chain == as_text(ours->current()->chain()));
    p.server.trusts(
        {.trusted = {first, ours->current()->leaf()}, .issuers = {}, .trusted_crls = {}, .issuer_crls = {}});
    CHECK(meet(p.client, p.server).well());
}

TEST_CASE("a context that is none is not guarded", "[trust][tls]") {
    plant p;
    p.expect();
    CHECK_FALSE(p.client.judge->guard(static_cast<SSL_CTX*>(nullptr)));
}
