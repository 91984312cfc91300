// SPDX-License-Identifier: BSL-1.0
// The pages of the trust lists, without a socket: who is let in, who may change that, and what is said.
#include "house.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/openssl.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <openssl/pem.h>

using namespace wbm_test;
using sallyport::audit::event_id;
namespace trust = sallyport::trust;

namespace {

constexpr auto from = sallyport::address::ipv4(192, 0, 2, 44);

/// Real time counts here: certificates are valid around it, lists for a month.
pki::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}
pki::issued const& pump() {
    static auto const made = pki::application("Pump 7").uri("urn:plant:pump-7").self_signed();
    return made;
}
pki::issued const& impostor() {
    static auto const made =
        pki::application("Pump 7", pki::rsa(2048, "impostor")).uri("urn:plant:pump-7").self_signed();
    return made;
}
pki::issued const& root() {
    static auto const made = pki::authority("Plant Root").self_signed();
    return made;
}
pki::issued const& valve() {
    static auto const made = pki::application("Valve").uri("urn:plant:valve").by(root());
    return made;
}
std::string hex_of(pki::issued const& c) { return trust::hex(c.read()->print().bytes); }
/// As a page writes it, for people to compare.
std::string spelled(pki::issued const& c) {
    std::string all;
    std::string const digits = hex_of(c);
    for (std::size_t i = 0; i < digits.size(); i += 4)
        all += fmt::format("<span>{}</span>{}", digits.substr(i, 4), i + 4 < digits.size() ? " " : "");
    return all;
}
std::string pem(std::string_view label, std::string const& der) {
    trust::detail::owned_bio const out{BIO_new(BIO_s_mem())};
    PEM_write_bio(out.get(), std::string{label}.c_str(), "", trust::as_bytes(der).data(),
                  static_cast<long>(der.size()));
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// A device with one who looks after certificates.
struct plant : house {
    plant() : house{{"cleo", {"CertificateManager"}}} { REQUIRE(cleo.login("cleo").status == 303); }

    trust::status knock(std::string const& chain) {
        return device->trust().knock(trust::as_bytes(chain), from, "machines").first();
    }
    trust::status knock(pki::issued const& c) { return knock(c.der()); }
    [[nodiscard]] std::string where(pki::issued const& c) const {
        auto const it = device->trust().find(c.read()->print());
        return it ? std::string{to_string(it->where)} : "nowhere";
    }
    wbm::reply one(pki::issued const& c) { return cleo.get("/trust/one", {{"print", hex_of(c)}}); }
    wbm::reply approve(pki::issued const& c, fields more = {}) {
        more.insert(more.begin(), {"print", hex_of(c)});
        if (std::none_of(more.begin(), more.end(), [](auto const& f) { return f.first == "to"; }))
            more.emplace_back("to", "trusted");
        return cleo.act("/trust/approve", more);
    }
    person cleo{*this};
};

}  // namespace

TEST_CASE("from an empty store to an application that is let in", "[wbm][trust]") {
    plant at;
    CHECK(says(at.cleo.get("/trust"), "Nobody waits."));
    CHECK(at.knock(pump()) == trust::status::certificate_untrusted);
    CHECK(at.where(pump()) == "rejected");
    CHECK(at.last(event_id::certificate_refused).user.view() == "Pump 7");

    auto const list = at.cleo.get("/trust");
    CHECK(says(list, "Pump 7"));
    CHECK(says(list, "BadCertificateUntrusted"));
    CHECK(says(list, "192.0.2.44"));
    CHECK(says(list, "urn:plant:pump-7"));
    CHECK(says(list, "/trust/one?print=" + hex_of(pump())));

    auto const page = at.one(pump());
    CHECK(page.status == 200);
    for (std::string const& words :
         {spelled(pump()), std::string{"RSA, 2048 bits"}, std::string{"urn:plant:pump-7"},
          std::string{"pump-7.plant.example"}, std::string{"sha256WithRSAEncryption"},
          std::string{"1 Jan 2036"}, std::string{"digitalSignature"}, std::string{"serverAuth, clientAuth"},
          std::string{"CN=Pump 7"}, pump().read()->serial(), std::string{"Pump 7 ["}}) {
        CAPTURE(words);
        CHECK(says(page, words));
    }
    CHECK(header(at.approve(pump()), "Location") == "/trust?done=approved");
    CHECK(at.where(pump()) == "trusted");
    CHECK(at.knock(pump()) == trust::status::good);

    auto const told = at.last(event_id::trust_list_changed);
    CHECK(told.actor.view() == "cleo");
    CHECK(told.user.view() == "Pump 7");
    CHECK(told.device == pump().read()->print());
    CHECK(told.service.view() == "wbm");
    CHECK(told.source == sallyport::address::ipv4(192, 0, 2, 7));
    CHECK(told.detail.view() == "approved: Pump 7, SHA-256 " + hex_of(pump()).substr(0, 16));
}

TEST_CASE("trusted no more: rejected again, or gone", "[wbm][trust]") {
    plant at;
    at.knock(pump());
    REQUIRE(at.approve(pump()).status == 303);
    CHECK(header(at.cleo.act("/trust/reject", {{"print", hex_of(pump())}}), "Location") ==
          "/trust?done=distrusted");
    CHECK(at.where(pump()) == "rejected");
    CHECK(at.knock(pump()) == trust::status::certificate_untrusted);
    CHECK(at.cleo.act("/trust/reject", {{"print", hex_of(pump())}}).status == 422);

    REQUIRE(at.approve(pump()).status == 303);
    auto const unsure = at.cleo.act("/trust/remove", {{"print", hex_of(pump())}});
    CHECK(unsure.status == 422);
    CHECK(says(unsure, "Say that you are sure."));
    CHECK(at.where(pump()) == "trusted");
    CHECK(at.cleo.act("/trust/remove", {{"print", hex_of(pump())}, {"sure", "yes"}}).status == 303);
    CHECK(at.where(pump()) == "nowhere");
    CHECK(at.last(event_id::trust_list_changed).detail.view().starts_with("removed: Pump 7, "));
    CHECK(at.cleo.act("/trust/remove", {{"print", hex_of(pump())}, {"sure", "yes"}}).status == 422);
    CHECK(at.one(pump()).status == 404);
    CHECK(at.cleo.get("/trust/one", {{"print", "12"}}).status == 404);
}

TEST_CASE("who does not look after certificates sees none of it, and changes nothing",
          "[wbm][trust][roles]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer", "UserManager", "SecurityAuditor"}}};
    (void)at.device->trust().knock(pump().bytes(), from, "machines");
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    CHECK_FALSE(says(amira.get("/"), "/trust"));
    CHECK(amira.get("/trust").status == 403);
    CHECK(amira.get("/trust/one", {{"print", hex_of(pump())}}).status == 403);
    for (std::string const act :
         {"/trust/approve", "/trust/reject", "/trust/remove", "/trust/issuer", "/trust/add"}) {
        CAPTURE(act);
        CHECK(amira.act(act, {{"print", hex_of(pump())}, {"to", "trusted"}, {"sure", "yes"}}).status == 403);
    }
    CHECK(at.device->trust().store().entries(trust::place::trusted).empty());
    CHECK(at.device->trust().store().rejected().size() == 1);

    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    CHECK(olga.post("/trust/approve", {{"print", hex_of(pump())}, {"to", "trusted"}}).status == 403);
    CHECK(at.device->trust().store().entries(trust::place::trusted).empty());
    CHECK(olga.act("/trust/approve", {{"print", hex_of(pump())}, {"to", "trusted"}}).status == 303);
    CHECK(at.device->trust().store().entries(trust::place::trusted).size() == 1);
}

TEST_CASE("two that claim to be one: said loudly, and nothing without a comparison", "[wbm][trust]") {
    plant at;
    at.knock(pump());
    REQUIRE(at.approve(pump()).status == 303);
    at.knock(impostor());
    auto const page = at.one(impostor());
    CHECK(says(page, "Another certificate claims to be this\none."));
    CHECK(says(page, "the same name and the same ApplicationUri"));
    CHECK(says(page, spelled(pump())));
    CHECK(says(page, spelled(impostor())));

    auto const no = at.approve(impostor());
    CHECK(no.status == 422);
    CHECK(says(no, "Compare the thumbprint, and say that you have."));
    CHECK(at.where(impostor()) == "rejected");

    SECTION("both stay") {
        CHECK(at.approve(impostor(), {{"compared", "yes"}}).status == 303);
        CHECK(at.where(impostor()) == "trusted");
        CHECK(says(at.cleo.get("/trust"), "has the ApplicationUri urn:plant:pump-7 in common"));
    }
    SECTION("it takes the place of the older one") {
        CHECK(at.approve(impostor(), {{"compared", "yes"}, {"replaces", hex_of(pump())}}).status == 303);
        CHECK(at.device->trust().store().replacements().size() == 1);
        CHECK(says(at.cleo.get("/trust"), "is being replaced"));
        CHECK(
            at.last(event_id::trust_list_changed).detail.view().starts_with("approved as successor: Pump 7"));
    }
}

TEST_CASE("a CA needs a tick of its own; as an issuer it is trusted for nothing", "[wbm][trust]") {
    plant at;
    CHECK(at.knock(pki::chain({valve(), root()})) == trust::status::certificate_untrusted);
    CHECK(at.knock(root()) != trust::status::good);
    auto const page = at.one(root());
    CHECK(says(page, "It may issue certificates: trust everything that it issues, too"));
    auto const no = at.approve(root());
    CHECK(no.status == 422);
    CHECK(says(no, "all of those would be trusted"));
    CHECK(at.where(root()) == "rejected");

    SECTION("trusted, with its list: whatever it issued is let in") {
        CHECK(at.approve(root(), {{"ca", "yes"}}).status == 303);
        CHECK(at.where(root()) == "trusted");
        CHECK(says(at.cleo.get("/trust"), "no revocation list of it lies beside"));
        CHECK(at.knock(valve()) == trust::status::certificate_revocation_unknown);
        auto const list = pki::revocations(root())
                              .from(today() - std::chrono::hours{1})
                              .until(today() + std::chrono::hours{99})
                              .made();
        CHECK(at.cleo.act("/trust/add", {{"pem", pem("X509 CRL", list.der())}, {"to", "trusted"}}).status ==
              303);
        CHECK(at.knock(valve()) == trust::status::good);
        CHECK(says(at.cleo.get("/trust"), "Revocation lists"));
        // and without it again
        CHECK(at.cleo.act("/trust/remove", {{"print", trust::hex(list.read()->print().bytes)}}).status ==
              303);
        CHECK(at.knock(valve()) == trust::status::certificate_revocation_unknown);
    }
    SECTION("as an issuer: the chain is complete, and the leaf still to be approved") {
        CHECK(header(at.approve(root(), {{"to", "issuers"}}), "Location") == "/trust?done=issuer");
        CHECK(at.where(root()) == "issuers");
        CHECK(at.knock(valve()) == trust::status::certificate_untrusted);
    }
    SECTION("it came with a leaf, and is taken from there") {
        auto const leaf = at.one(valve());
        CHECK(says(leaf, "What came with it"));
        CHECK(says(leaf, spelled(root())));
        CHECK(at.cleo.act("/trust/issuer", {{"print", hex_of(pump())}, {"with", hex_of(valve())}}).status ==
              422);
        CHECK(at.cleo.act("/trust/issuer", {{"print", hex_of(root())}, {"with", hex_of(valve())}}).status ==
              303);
        CHECK(at.where(root()) == "issuers");
        CHECK(
            says(at.one(valve()), "BadCertificateRevocationUnknown"));  // what approval alone would not mend
    }
}

TEST_CASE("what is pasted is a certificate, a list, or is told what it is", "[wbm][trust]") {
    plant at;
    auto const add = [&](std::string text, std::string to = "trusted") {
        return at.cleo.act("/trust/add", {{"pem", std::move(text)}, {"to", std::move(to)}});
    };
    CHECK(add(pem("CERTIFICATE", pump().der())).status == 303);
    CHECK(at.where(pump()) == "trusted");
    CHECK(says(add(pem("CERTIFICATE", impostor().der())), "Compare the thumbprint"));
    CHECK(says(add(pem("CERTIFICATE", root().der())), "all of those would be trusted"));
    CHECK(add(pem("CERTIFICATE", root().der()), "issuers").status == 303);
    CHECK(at.where(root()) == "issuers");
    CHECK(says(add("hello <b>"), "holds no PEM certificate"));
    CHECK(says(add("hello <b>"), "hello &lt;b&gt;"));  // as it was typed, to be mended
    CHECK(says(add(pem("CERTIFICATE", "nonsense")), "is no DER certificate"));
    CHECK(says(add(pem("X509 CRL", "nonsense")), "is no DER revocation list"));
    auto const stranger = pki::authority("Stranger").self_signed();
    CHECK(add(pem("X509 CRL", pki::revocations(stranger).made().der())).status == 422);
}

TEST_CASE("a form that lost a field on its way changes nothing", "[wbm][trust]") {
    plant at;
    CHECK(at.knock(pump()) == trust::status::certificate_untrusted);
    for (fields const& how : {fields{}, fields{{"to", ""}}, fields{{"to", "Trusted"}},
                              fields{{"to", "trusted"}, {"to", "issuers"}},
                              fields{{"to", "trusted"}, {"replaces", hex_of(pump()).substr(1)}}}) {
        fields approval = how, addition = how;
        approval.emplace_back("print", hex_of(pump()));
        auto const no = at.cleo.act("/trust/approve", approval);
        CHECK(no.status == 422);
        CHECK(says(no, "The form is not whole."));
        addition.emplace_back("pem", pem("CERTIFICATE", pump().der()));
        CHECK(at.cleo.act("/trust/add", addition).status == 422);
        CHECK(at.where(pump()) == "rejected");
    }
    CHECK(at.approve(pump()).status == 303);
}

TEST_CASE("nothing that a stranger put into his certificate becomes a page's own", "[wbm][trust]") {
    plant at;
    auto const nasty = pki::application("<script>alert(1)</script>\xe2\x80\xae")
                           .uri("urn:x:\"><img src=x onerror=alert(2)>")
                           .self_signed();
    at.knock(nasty);
    for (auto const& page : {at.cleo.get("/trust"), at.one(nasty), at.approve(pump())}) {
        CHECK_FALSE(says(page, "<script>alert"));
        CHECK_FALSE(says(page, "<img src=x"));
        CHECK_FALSE(says(page, "\xe2\x80\xae"));
    }
    CHECK(says(at.one(nasty), "&lt;script&gt;alert(1)&lt;/script&gt;+"));
}

TEST_CASE("dates, flaws and the doctor's words are seen where they belong", "[wbm][trust]") {
    plant at;
    auto const old = pki::application("Old")
                         .uri("urn:plant:old")
                         .valid_until(today() - std::chrono::hours{48})
                         .self_signed();
    auto const soon = pki::application("Soon")
                          .uri("urn:plant:soon")
                          .valid_until(today() + std::chrono::hours{48})
                          .self_signed();
    at.knock(old);
    CHECK(says(at.one(old), "Trust alone does not let it in:"));
    CHECK(says(at.one(old), "BadCertificateTimeInvalid"));
    REQUIRE(at.approve(old).status == 303);
    at.knock(soon);
    REQUIRE(at.approve(soon).status == 303);
    auto const page = at.cleo.get("/trust");
    CHECK(says(page, R"(<span class="chip error">ended )"));
    CHECK(says(page, R"(<span class="chip warn">until )"));
    CHECK(says(page, "What the doctor found"));
    CHECK(says(page, "and is refused."));
    CHECK(says(page, "in a day."));
    CHECK(at.knock(old) == trust::status::certificate_time_invalid);
}

TEST_CASE("somebody else changes the store: it counts, and is told", "[wbm][trust]") {
    plant at;
    at.knock(pump());
    REQUIRE(at.approve(pump()).status == 303);
    auto const before = at.count(event_id::trust_list_changed);
    auto const until = [&](event_id what, std::uint64_t count) {
        for (int i = 0; i < 60 && at.count(what) < count; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            at.device->tick();
        }
    };
    std::string const folder = at.state.path() + "/pki/trusted/certs";
    for (auto const& e : std::filesystem::directory_iterator{folder}) std::filesystem::remove(e);
    until(event_id::trust_list_changed, before + 1);
    CHECK(at.count(event_id::trust_list_changed) == before + 1);
    CHECK(at.last(event_id::trust_list_changed).actor.empty());
    std::filesystem::remove(at.state.path() + "/pki/trusted/crl");
    std::filesystem::create_symlink("/", at.state.path() + "/pki/trusted/crl");
    until(event_id::trust_store_unreadable, 1);
    CHECK(at.count(event_id::trust_store_unreadable) == 1);
    CHECK(says(at.cleo.get("/trust"), "is a link and is not followed"));
    CHECK(at.knock(pump()) == trust::status::certificate_untrusted);
}
