// SPDX-License-Identifier: BSL-1.0
#include <sallyport/trust/own.hpp>
#include <sallyport/trust/validator.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sallyport::trust;
using namespace std::chrono_literals;
using sallyport::instant;
using sallyport::nanoseconds;
using support::folder;
using support::text_of;

namespace {

instant at(pki::sys_seconds when) {
    return {.steady = 1h, .wall = when.time_since_epoch(), .wall_trusted = true};
}
instant const today = at(pki::today);

/// A curve's key: made in no time.
own_request pump(own_key key = own_key::nist_p256) {
    return {.common_name = "Pump 7",
            .organization = "Plant",
            .application_uri = "urn:plant.example:pump-7",
            .dns_names = {"pump-7.plant.example", "pump-7"},
            .addresses = {"192.0.2.7", "2001:db8::7"},
            .key = key};
}
own opened(folder const& f, own_options options = {}) {
    auto o = own::open(f.file("store"), layout::annex_f, options);
    REQUIRE(o);
    return std::move(*o);
}
std::vector<std::string> names_in(folder const& f, std::string_view sub) {
    std::vector<std::string> all;
    std::error_code none;
    for (auto const& e : std::filesystem::directory_iterator{f.at / "store" / sub, none})
        all.push_back(e.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
}
std::vector<std::string> certificates(folder const& f) { return names_in(f, "own/certs"); }
std::vector<std::string> keys(folder const& f) { return names_in(f, "own/private"); }
mode_t mode_of(std::filesystem::path const& p) {
    struct stat about {};
    REQUIRE(::stat(p.c_str(), &about) == 0);
    return about.st_mode & 07777;
}
own_pair_ptr created(own& o, own_request const& r = pump(), instant now = today) {
    auto made = o.create(r, now);
    if (!made) FAIL(made.error().to_string());
    REQUIRE(*made);
    return *made;
}

/// A CA as it works: takes the request apart and issues what it asks for.
struct asked {
    detail::owned<X509_REQ, X509_REQ_free> request;
    explicit asked(std::vector<std::uint8_t> const& der) {
        auto const* p = der.data();
        request.reset(d2i_X509_REQ(nullptr, &p, static_cast<long>(der.size())));
        REQUIRE(request);
        REQUIRE(p == der.data() + der.size());
    }
    [[nodiscard]] pki::key key() const {
        return pki::key{X509_REQ_get_pubkey(request.get()), "the requester"};
    }
    [[nodiscard]] pki::certificate_maker granted() const {
        return pki::application("Pump 7", key()).uri("urn:plant.example:pump-7");
    }
};

bool accepted(certificate const& c, security_policy const& policy, peer who) {
    current_lists lists;
    lists.put(std::make_shared<trust_list const>(trust_list::content{
        .trusted = {certificate::parse(c.der())}, .issuers = {}, .trusted_crls = {}, .issuer_crls = {}}));
    validator const judge{lists};
    auto const j = judge.validate({.chain = c.der(),
                                   .shown_by = who,
                                   .policy = &policy,
                                   .application_uri = "urn:plant.example:pump-7",
                                   .host = "pump-7.plant.example"},
                                  today);
    INFO(to_string(j.first()) << ": " << j.because());
    CHECK(j.all().empty());
    return j.accepted();
}

}  // namespace

// ---- what is made -----------------------------------------------------------------------------------------

TEST_CASE("a certificate of our own says all that Part 6 §6.2.2 wants", "[trust][own]") {
    folder const f;
    own o = opened(f);
    struct {
        own_key key;
        key_kind kind;
        int bits, sha2;
        std::string_view policy;
    } const each[] = {{own_key::rsa_2048, key_kind::rsa, 2048, 256, "Basic256Sha256"},
                      {own_key::nist_p256, key_kind::nist_p256, 256, 256, "ECC_nistP256"},
                      {own_key::nist_p384, key_kind::nist_p384, 384, 384, "ECC_nistP384"}};
    for (auto const& e : each) {
        CAPTURE(e.policy);
        REQUIRE(o.stage_self_signed(pump(e.key), today));
        auto const made = o.switch_to_next();
        REQUIRE(made);
        certificate const& c = *(*made)->leaf();
        CHECK(c.flaws() == 0);
        CHECK(c.subject() == "CN=Pump 7,O=Plant");
        CHECK(c.issuer() == c.subject());
        CHECK(c.looks_self_signed());
        CHECK(c.uris() == std::vector<std::string>{"urn:plant.example:pump-7"});
        CHECK(c.dns_names() == std::vector<std::string>{"pump-7.plant.example", "pump-7"});
        REQUIRE(c.addresses().size() == 2);
        CHECK(c.addresses()[0] == std::string{"\xC0\x00\x02\x07", 4});
        CHECK(c.addresses()[1].size() == 16);
        CHECK(c.key() == e.kind);
        CHECK(c.key_bits() == e.bits);
        CHECK(c.signature_sha2_bits() == e.sha2);
        std::uint32_t const usages = is_rsa(e.key)
                                         ? KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT |
                                               KU_DATA_ENCIPHERMENT | KU_KEY_CERT_SIGN
                                         : KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN;
        CHECK(c.key_usage().bits == usages);
        CHECK(c.key_usage().critical);
        CHECK(c.extended_key_usage().bits == (XKU_SSL_SERVER | XKU_SSL_CLIENT));
        CHECK(c.constraints().present);
        CHECK_FALSE(c.constraints().ca);
        CHECK_FALSE(c.constraints().path_length);
        CHECK(X509_get0_subject_key_id(c.x509()) != nullptr);
        REQUIRE(X509_get0_authority_key_id(c.x509()) != nullptr);
        CHECK_FALSE(c.key_id_contradicts(c));
        CHECK(c.valid_from() == today.wall - 1h);
        CHECK(c.valid_until() == today.wall + 365 * 24h - 1s);
        CHECK(accepted(c, *policy_called(e.policy), peer::client_application));
        CHECK(accepted(c, *policy_called(e.policy), peer::server_application));
    }
}

TEST_CASE("longer RSA keys are made as asked for", "[trust][own]") {
    CHECK(EVP_PKEY_get_bits(detail::make_key(own_key::rsa_3072).get()) == 3072);
    CHECK(EVP_PKEY_get_bits(detail::make_key(own_key::rsa_4096).get()) == 4096);
}

TEST_CASE("the key identifier is SHA-1 of the key's bits", "[trust][own]") {
    auto const key = pki::p256("somebody");
    auto const id = detail::key_identifier(key.get());
    REQUIRE(id);
    CHECK(detail::text_of(id.get()) == key.id());
}

TEST_CASE("serial numbers are positive, of 16 octets, and never the same", "[trust][own]") {
    auto const key = detail::make_key(own_key::nist_p256);
    std::vector<std::string> seen;
    for (int i = 0; i < 50; ++i) {
        auto const c = detail::make_self_signed(pump(), key.get(), today.wall);
        REQUIRE(c);
        CHECK((*c)->serial_octets().size() == 16);
        CHECK_FALSE((*c)->serial_negative());
        seen.push_back((*c)->serial());
    }
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("a client's certificate is no server's, and the other way round", "[trust][own]") {
    auto const key = detail::make_key(own_key::nist_p256);
    own_request r = pump();
    r.use = own_use::client;
    CHECK((*detail::make_self_signed(r, key.get(), today.wall))->extended_key_usage().bits == XKU_SSL_CLIENT);
    r.use = own_use::server;
    CHECK((*detail::make_self_signed(r, key.get(), today.wall))->extended_key_usage().bits == XKU_SSL_SERVER);
}

TEST_CASE("for peers of old a certificate may be a CA that issues to nobody", "[trust][own]") {
    auto const key = detail::make_key(own_key::nist_p256);
    own_request r = pump();
    r.constraints = own_constraints::ca_of_path_length_0;
    auto const c = detail::make_self_signed(r, key.get(), today.wall);
    REQUIRE(c);
    CHECK((*c)->constraints().ca);
    CHECK((*c)->constraints().path_length == 0);
    CHECK((*c)->key_usage().has(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
}

TEST_CASE("names go into a certificate as they are written, whatever they are made of", "[trust][own]") {
    auto const key = detail::make_key(own_key::nist_p256);
    own_request r = pump();
    r.common_name = "Überlauf, O=Elsewhere/CN=root\"";
    r.application_uri = "urn:plant,DNS:evil.example";  // a comma begins nothing new
    r.country = "DE";
    r.locality = "Blomberg";
    auto const c = detail::make_self_signed(r, key.get(), today.wall);
    REQUIRE(c);
    CHECK((*c)->common_name() == r.common_name);
    CHECK((*c)->uris() == std::vector<std::string>{r.application_uri});
    CHECK((*c)->dns_names() == r.dns_names);
    CHECK((*c)->subject().find("O=Plant,L=Blomberg,C=DE") != std::string::npos);
}

TEST_CASE("validity reaches beyond 2049, and beyond 32 bits of time", "[trust][own]") {
    auto const key = detail::make_key(own_key::nist_p256);
    own_request r = pump();
    r.days = 36'500;
    auto const c = detail::make_self_signed(r, key.get(), today.wall);
    REQUIRE(c);
    CHECK((*c)->valid_until() == today.wall + 36'500 * 24h - 1s);
    r.backdated = 0min;
    r.days = 1;
    CHECK((*detail::make_self_signed(r, key.get(), today.wall))->valid_from() == today.wall);
}

TEST_CASE("a request at fault makes nothing", "[trust][own]") {
    std::string const long_name(65, 'x'), longest_name(64, 'x');
    struct {
        std::string_view member;
        std::function<void(own_request&)> spoil;
    } const faults[] = {
        {"common_name", [](own_request& r) { r.common_name.clear(); }},
        {"common_name", [&](own_request& r) { r.common_name = long_name; }},
        {"common_name", [](own_request& r) { r.common_name = "a\nb"; }},
        {"common_name", [](own_request& r) { r.common_name = "\xFF"; }},
        {"common_name", [](own_request& r) { r.common_name = " Pump"; }},
        {"organization", [](own_request& r) { r.organization.clear(); }},
        {"state", [&](own_request& r) { r.state = long_name; }},
        {"country", [](own_request& r) { r.country = "Germany"; }},
        {"country", [](own_request& r) { r.country = "de"; }},
        {"application_uri", [](own_request& r) { r.application_uri.clear(); }},
        {"application_uri", [](own_request& r) { r.application_uri = "pump-7"; }},
        {"application_uri", [](own_request& r) { r.application_uri = "urn:"; }},
        {"application_uri", [](own_request& r) { r.application_uri = "urn:a b"; }},
        {"application_uri", [](own_request& r) { r.application_uri = "7:pump"; }},
        {"application_uri",
         [](own_request& r) {
             r.application_uri = std::string{"urn:a\0b", 7};
         }},
        {"application_uri", [](own_request& r) { r.application_uri = "urn:pümp"; }},
        {"dns_names", [](own_request& r) { r.dns_names = {"a..b"}; }},
        {"dns_names", [](own_request& r) { r.dns_names = {"-a"}; }},
        {"dns_names", [](own_request& r) { r.dns_names = {"*.plant.example"}; }},
        {"dns_names", [](own_request& r) { r.dns_names = {"192.0.2.7"}; }},
        {"dns_names", [](own_request& r) { r.dns_names.clear(), r.addresses.clear(); }},
        {"addresses", [](own_request& r) { r.addresses = {"pump-7"}; }},
        {"addresses", [](own_request& r) { r.addresses = {"192.0.2.256"}; }},
        {"dns_names, addresses", [](own_request& r) { r.dns_names.assign(65, "a"); }},
        {"days", [](own_request& r) { r.days = 0; }},
        {"days", [](own_request& r) { r.days = 36'501; }},
        {"backdated", [](own_request& r) { r.backdated = -1min; }},
        {"backdated", [](own_request& r) { r.backdated = 24h + 1min; }},
    };
    CHECK(pump().fault().empty());
    folder const f;
    own o = opened(f);
    for (auto const& [member, spoil] : faults) {
        own_request r = pump();
        spoil(r);
        CAPTURE(member, r.fault());
        CHECK(r.fault().starts_with(member));
        auto const no = o.create(r, today);
        REQUIRE_FALSE(no);
        CHECK(no.error().message == r.fault());
        CHECK_FALSE(o.request(r));
    }
    CHECK(keys(f).empty());
    CHECK(certificates(f).empty());

    own_request edge = pump();
    edge.common_name = longest_name;
    edge.use = own_use::client;  // nobody connects to a client
    edge.dns_names.clear();
    edge.addresses.clear();
    CHECK(edge.fault().empty());
}

TEST_CASE("without a clock no certificate is made", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const no = o.create(pump(), {.steady = 1h, .wall = 1h, .wall_trusted = false});
    REQUIRE_FALSE(no);
    CHECK(no.error().message ==
          "the device's clock is not set: a certificate made now would have wrong dates");
    CHECK(keys(f).empty());
}

// ---- the folders ------------------------------------------------------------------------------------------

TEST_CASE("the first certificate is in force at once, and after a restart", "[trust][own]") {
    folder const f;
    own o = opened(f);
    CHECK_FALSE(o.current());
    CHECK_FALSE(std::filesystem::exists(f.at / "store"));  // to look changes nothing
    auto const made = created(o);
    CHECK(o.current() == made);
    CHECK_FALSE(o.next());
    CHECK(o.problems().empty());

    std::string const stem = "Pump 7 [" + hex(made->leaf()->thumb()) + "]";
    CHECK(certificates(f) == std::vector{stem + ".der"});
    CHECK(keys(f) == std::vector{stem + ".pem"});
    CHECK(text_of((f.at / "store/own/certs" / (stem + ".der")).string()) == as_text(made->leaf()->der()));
    CHECK(text_of((f.at / "store/own/private" / (stem + ".pem")).string())
              .starts_with("-----BEGIN PRIVATE KEY-----"));
    CHECK(mode_of(f.at / "store/own/private" / (stem + ".pem")) == 0600);
    for (auto const* const folder_of_ours : {"store", "store/own", "store/own/certs", "store/own/private"})
        CHECK(mode_of(f.at / folder_of_ours) == 0700);

    own const again = opened(f);
    REQUIRE(again.current());
    CHECK(again.current()->leaf()->print() == made->leaf()->print());
    auto const second = o.create(pump(), today);
    REQUIRE_FALSE(second);
    CHECK(second.error().message == "is in force already; stage the next one, and switch to it");
}

TEST_CASE("both layouts have the same place for what is ours; no layout, no store", "[trust][own]") {
    folder const f;
    auto o = own::open(f.file("store"), layout::plural_issuers);
    REQUIRE(o);
    (void)created(*o);
    CHECK(opened(f).current());
    CHECK(own::open(f.file("store"), layout{}).error().message == "a folder has no name");
}

TEST_CASE("the next certificate waits beside the one in force, and takes its place", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const first = created(o);
    CHECK_FALSE(o.switch_to_next());
    auto const staged = o.stage_self_signed(pump(), at(pki::today + 1h));
    REQUIRE(staged);
    CHECK(o.next() == *staged);
    CHECK(o.current() == first);
    CHECK(opened(f).current()->leaf()->print() == first->leaf()->print());  // a restart does not switch
    CHECK(certificates(f).size() == 2);

    auto const now = o.switch_to_next();
    REQUIRE(now);
    CHECK(o.current()->leaf()->print() == (*staged)->leaf()->print());
    CHECK_FALSE(o.next());
    CHECK(certificates(f) == std::vector{file_name_of(*(*now)->leaf())});
    CHECK(keys(f).size() == 1);      // the old key is gone with its certificate
    CHECK(first->key() != nullptr);  // and whoever still holds it can finish what he began
    CHECK(detail::belong_together(*first->leaf(), first->key()));
}

TEST_CASE("what is staged can be replaced, and dropped", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const first = created(o);
    REQUIRE(o.stage_self_signed(pump(), today));
    auto const second = o.stage_self_signed(pump(), today);
    REQUIRE(second);
    CHECK(certificates(f).size() == 2);
    CHECK(keys(f).size() == 2);
    CHECK_FALSE(o.drop_next());
    CHECK_FALSE(o.next());
    CHECK(o.current() == first);
    CHECK(certificates(f).size() == 1);
    CHECK(keys(f).size() == 1);
    CHECK_FALSE(o.drop_next());  // nothing there: nothing to do
}

TEST_CASE("another process's switch is seen at the next look", "[trust][own]") {
    folder const f;
    own server = opened(f), pages = opened(f);
    auto const first = created(server);
    CHECK_FALSE(pages.current());
    CHECK_FALSE(pages.refresh());
    REQUIRE(pages.current());
    auto const seen = pages.current();
    CHECK_FALSE(pages.refresh());
    CHECK(pages.current() == seen);  // the same certificate stays the same object
    REQUIRE(pages.stage_self_signed(pump(), at(pki::today + 1h)));
    REQUIRE(pages.switch_to_next());
    CHECK_FALSE(server.refresh());
    CHECK(server.current()->leaf()->print() == pages.current()->leaf()->print());
}

TEST_CASE("an administrator's own pair is taken as it lies there, by content", "[trust][own]") {
    folder const f;
    std::filesystem::create_directories(f.at / "store/own/certs");
    std::filesystem::create_directories(f.at / "store/own/private");
    auto const pump_7 = pki::application("Pump 7").self_signed();
    auto const other = pki::application("Pump 8").self_signed();
    auto const put_key = [&](pki::issued const& whose, std::string const& file) {
        REQUIRE_FALSE(detail::write_key(f.file("store/own/private/" + file), whose.key.get()));
    };
    SECTION("whatever the files are called") {
        (void)f.with(pump_7.der(), "store/own/certs/zzz");
        put_key(other, "a.pem");
        put_key(pump_7, "b.pem");
        own const o = opened(f);
        REQUIRE(o.current());
        CHECK(o.current()->leaf()->print() == pump_7.read()->print());
    }
    SECTION("a key in DER") {
        std::string der(4096, '\0');
        auto* p = reinterpret_cast<unsigned char*>(der.data());
        der.resize(static_cast<std::size_t>(i2d_PrivateKey(pump_7.key.get(), &p)));
        (void)f.with(pump_7.der(), "store/own/certs/pump.der");
        (void)f.with(der, "store/own/private/pump.der");
        std::filesystem::permissions(f.at / "store/own/private/pump.der", std::filesystem::perms{0600});
        CHECK(opened(f).current());
    }
    SECTION("a certificate in PEM, where the layout reads it") {
        detail::owned_bio const out{BIO_new(BIO_s_mem())};
        REQUIRE(PEM_write_bio_X509(out.get(), pump_7.read()->x509()) == 1);
        char* data = nullptr;
        auto const n = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &data));
        (void)f.with({data, n}, "store/own/certs/pump.pem");
        put_key(pump_7, "pump.pem");
        CHECK_FALSE(opened(f).current());
        REQUIRE(opened(f).problems().size() == 1);
        CHECK(opened(f).problems()[0].message.find("holds PEM") == 0);
        CHECK(own::open(f.file("store"), layout::plural_issuers)->current());
    }
    SECTION("a certificate without its key is nobody's") {
        (void)f.with(pump_7.der(), "store/own/certs/pump.der");
        put_key(other, "pump.pem");
        CHECK_FALSE(opened(f).current());
    }
    SECTION("of two pairs the one that begins later, and the other is named") {
        auto const renewed = pki::application("Pump 7").valid_from(pki::today - 24h).self_signed();
        (void)f.with(pump_7.der(), "store/own/certs/a.der");
        (void)f.with(renewed.der(), "store/own/certs/b.der");
        put_key(pump_7, "pump.pem");
        own const o = opened(f);
        CHECK(o.current()->leaf()->print() == renewed.read()->print());
        REQUIRE(o.problems().size() == 1);
        CHECK(o.problems()[0].file.ends_with("/a.der"));
        CHECK(o.problems()[0].message.find("is not in use: b.der came later") == 0);
    }
    SECTION("two kinds of key in one folder: one `own` for each") {
        auto const curved =
            pki::application("Pump 7", pki::p256("pump")).valid_from(pki::today).self_signed();
        (void)f.with(pump_7.der(), "store/own/certs/a.der");
        (void)f.with(curved.der(), "store/own/certs/b.der");
        put_key(pump_7, "a.pem");
        put_key(curved, "b.pem");
        CHECK(opened(f, {.kind = key_kind::rsa}).current()->leaf()->print() == pump_7.read()->print());
        CHECK(opened(f, {.kind = key_kind::nist_p256}).current()->leaf()->print() == curved.read()->print());
        CHECK_FALSE(opened(f, {.kind = key_kind::nist_p384}).current());
    }
}

TEST_CASE("what is no secret, or no key, is not used, and said so", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    auto const key = f.at / "store/own/private" / keys(f).front();
    auto const only_problem = [&] {
        CHECK_FALSE(o.refresh());
        CHECK_FALSE(o.current());
        REQUIRE(o.problems().size() == 1);
        CHECK(o.problems()[0].file == key.string());
        return o.problems()[0].message;
    };
    SECTION("others may read it") {
        for (unsigned const mode : {0640U, 0604U, 0620U}) {
            std::filesystem::permissions(key, std::filesystem::perms{mode});
            CHECK(only_problem().find("others may read or change this key (mode 06") == 0);
        }
        std::filesystem::permissions(key, std::filesystem::perms{0400});
        CHECK_FALSE(o.refresh());
        CHECK(o.current());
    }
    SECTION("a link") {
        std::filesystem::rename(key, f.at / "elsewhere");
        std::filesystem::create_symlink(f.at / "elsewhere", key);
        CHECK(only_problem() == "is a symbolic link; put the file itself here");
    }
    SECTION("a folder, a pipe") {
        std::filesystem::remove(key);
        std::filesystem::create_directory(key);
        CHECK(only_problem() == "is no regular file");
        std::filesystem::remove(key);
        REQUIRE(::mkfifo(key.c_str(), 0600) == 0);
        CHECK(only_problem() == "is no regular file");
    }
    SECTION("no key at all, or too much of one") {
        std::filesystem::resize_file(key, 0);
        CHECK(only_problem() == "expected 1 to 16384 bytes");
        std::filesystem::resize_file(key, 16'385);
        CHECK(only_problem() == "expected 1 to 16384 bytes");
        std::filesystem::resize_file(key, 16'384);
        CHECK(only_problem() == "is no private key; expected PKCS #8 in PEM or DER");
    }
    SECTION("one behind a password: nobody is asked for it") {
        detail::owned_bio const out{BIO_new(BIO_s_mem())};
        auto const p256 = pki::p256("somebody");
        REQUIRE(PEM_write_bio_PKCS8PrivateKey(out.get(), p256.get(), EVP_aes_128_cbc(), "valve", 5, nullptr,
                                              nullptr) == 1);
        char* data = nullptr;
        auto const n = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &data));
        (void)f.with({data, n}, key.string());
        CHECK(only_problem() == "lies behind a password; expected a key without one");
    }
}

TEST_CASE("no key is used from a folder that others may change", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    auto const at = f.at / "store/own/private";
    for (unsigned const mode : {0770U, 0707U, 0777U, 01777U}) {
        std::filesystem::permissions(at, std::filesystem::perms{mode});
        CHECK_FALSE(o.refresh());
        CHECK_FALSE(o.current());
        REQUIRE(o.problems().size() == 1);
        CHECK(o.problems()[0].file == at.string());
        CHECK(o.problems()[0].message.starts_with("others may change this folder (mode "));
        CHECK_FALSE(o.create(pump(), today));  // nor is one put there
        CHECK_FALSE(o.request(pump()));
        CHECK(keys(f).size() == 1);
    }
    std::filesystem::permissions(at, std::filesystem::perms{0755});  // to look is not to change
    CHECK_FALSE(o.refresh());
    CHECK(o.current());
}

TEST_CASE("a key is written over no other file", "[trust][own]") {
    folder const f;
    auto const key = detail::make_key(own_key::nist_p256);
    std::string const path = f.with("something else", "key.pem");
    auto const why = detail::write_key(path, key.get());
    REQUIRE(why);
    CHECK(why->message == "is there already; a key is written over no other file");
    CHECK(text_of(path) == "something else");
    std::filesystem::remove(path);
    std::filesystem::create_symlink(f.at / "elsewhere", path);
    CHECK(detail::write_key(path, key.get()));
    CHECK_FALSE(std::filesystem::exists(f.at / "elsewhere"));
    mode_t const before = ::umask(0);
    CHECK_FALSE(detail::write_key(f.file("fresh.pem"), key.get()));
    (void)::umask(before);
    CHECK(mode_of(f.at / "fresh.pem") == 0600);
}

TEST_CASE("what a killed writer has left is cleared away by the next", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    (void)f.with("half a key", "store/own/private/.Pump 7 [00].pem.new");
    (void)f.with("half a certificate", "store/own/certs/.Pump 7 [00].der.next.new");
    (void)f.with("an editor's", "store/own/private/.notes.swp");
    CHECK_FALSE(o.refresh());
    CHECK(keys(f).size() == 3);  // to look changes nothing
    REQUIRE(o.stage_self_signed(pump(), today));
    CHECK(certificates(f).size() == 2);
    CHECK(keys(f).size() == 3);
    CHECK(keys(f).front() == ".notes.swp");
}

TEST_CASE("a key whose halves do not belong together is found out", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const pair = created(o, pump(own_key::nist_p256));
    // The public half of ours, the private half of another: as a damaged file could hold it.
    detail::owned_key const other = detail::make_key(own_key::nist_p256);
    BIGNUM* secret = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(other.get(), "priv", &secret) == 1);
    std::array<unsigned char, 65> point{};
    std::size_t length = 0;
    REQUIRE(EVP_PKEY_get_octet_string_param(pair->key(), "pub", point.data(), point.size(), &length) == 1);
    detail::owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> const parts{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(parts.get(), "group", "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(parts.get(), "pub", point.data(), length);
    OSSL_PARAM_BLD_push_BN(parts.get(), "priv", secret);
    detail::owned<OSSL_PARAM, OSSL_PARAM_free> const all{OSSL_PARAM_BLD_to_param(parts.get())};
    detail::owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> const make{
        EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* made = nullptr;
    REQUIRE(EVP_PKEY_fromdata_init(make.get()) == 1);
    REQUIRE(EVP_PKEY_fromdata(make.get(), &made, EVP_PKEY_KEYPAIR, all.get()) == 1);
    detail::owned_key const crossed{made};
    BN_clear_free(secret);
    CHECK(EVP_PKEY_eq(pair->leaf()->public_key(), crossed.get()) == 1);
    CHECK_FALSE(detail::belong_together(*pair->leaf(), crossed.get()));
    CHECK_FALSE(own_pair::of(pair->leaf(), detail::owned_key{EVP_PKEY_dup(other.get())}));
    CHECK_FALSE(own_pair::of(nullptr, nullptr));
}

TEST_CASE("a folder that cannot be read leaves what was read in force", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const made = created(o);
    std::filesystem::rename(f.at / "store/own/private", f.at / "kept");
    (void)f.with("", "store/own/private");
    auto const why = o.refresh();
    REQUIRE(why);
    CHECK(why->to_string() == f.file("store/own/private") + ": cannot be read: Not a directory");
    CHECK(o.current() == made);
    CHECK_FALSE(o.stage_self_signed(pump(), today));
    std::filesystem::remove(f.at / "store/own/private");
    std::filesystem::rename(f.at / "kept", f.at / "store/own/private");
    CHECK_FALSE(o.refresh());
}

TEST_CASE("folders are looked at up to a limit", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    for (int i = 0; i < 70; ++i) (void)f.with("junk", "store/own/certs/0" + std::to_string(i));
    CHECK_FALSE(o.refresh());
    auto const problems = o.problems();
    CHECK(problems.size() >= 64);  // whatever came first: all junk, or ours among it
    CHECK(problems.size() <= 65);
    CHECK(problems[0].message == "holds more than 64 files; expected a few, so the rest is not looked at");
}

// ---- a CA issues it ---------------------------------------------------------------------------------------

TEST_CASE("a signing request asks for all that the certificate is to have", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const der = o.request(pump());
    if (!der) FAIL(der.error().to_string());
    asked const ca{*der};
    CHECK(X509_REQ_verify(ca.request.get(), ca.key().get()) == 1);
    CHECK(X509_REQ_get_version(ca.request.get()) == 0);
    CHECK(detail::printed(X509_REQ_get_subject_name(ca.request.get())) == "CN=Pump 7,O=Plant");
    STACK_OF(X509_EXTENSION)* const wanted = X509_REQ_get_extensions(ca.request.get());
    std::vector<int> nids;
    for (int i = 0; i < sk_X509_EXTENSION_num(wanted); ++i)
        nids.push_back(OBJ_obj2nid(X509_EXTENSION_get_object(sk_X509_EXTENSION_value(wanted, i))));
    CHECK(nids == std::vector<int>{NID_basic_constraints, NID_key_usage, NID_ext_key_usage,
                                   NID_subject_alt_name, NID_subject_key_identifier});
    detail::free_extensions(wanted);
    REQUIRE(keys(f).size() == 1);
    CHECK(keys(f)[0] == "request [" + hex(as_bytes(ca.key().id())) + "].pem");
    CHECK(mode_of(f.at / "store/own/private" / keys(f)[0]) == 0600);
    CHECK(certificates(f).empty());
    CHECK_FALSE(o.current());
}

TEST_CASE("an issued certificate is staged with its CAs, and shown with them once in force", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const first = created(o);
    auto const root = pki::authority("Plant Root", pki::p256("root")).self_signed();
    auto const line = pki::authority("Line 3", pki::p256("line")).by(root);
    auto const der = o.request(pump());
    REQUIRE(der);
    auto const issued = asked{*der}.granted().by(line);
    std::string const blob = pki::chain({issued, line, root});

    auto const staged = o.accept(as_bytes(blob), today);
    if (!staged) FAIL(staged.error().to_string());
    CHECK(o.current() == first);
    CHECK((*staged)->leaf()->print() == issued.read()->print());
    CHECK(as_text((*staged)->chain()) == blob);
    REQUIRE(o.switch_to_next());
    CHECK(as_text(o.current()->chain()) == blob);
    CHECK(keys(f) ==
          std::vector{"Pump 7 [" + hex(issued.read()->thumb()) + "].pem"});  // no longer a request's
    CHECK(certificates(f).size() == 3);
    CHECK(as_text(opened(f).current()->chain()) == blob);

    SECTION("renewed for the same key") {
        auto const again = o.request(pump(), request_key::current);
        REQUIRE(again);
        CHECK(keys(f).size() == 1);
        auto const renewed = asked{*again}.granted().serial(77).valid_from(pki::today).by(line);
        REQUIRE(o.accept(renewed.bytes(), today));
        REQUIRE(o.switch_to_next());
        CHECK(o.current()->leaf()->print() == renewed.read()->print());
        CHECK(as_text(o.current()->chain()) ==
              pki::chain({renewed, line, root}));  // its CAs lie here from before
        CHECK(keys(f).size() == 1);
        CHECK(opened(f).current()->leaf()->print() == renewed.read()->print());
        CHECK_FALSE(o.accept(renewed.bytes(), today));
    }
    SECTION("dropped before it came into force, its key still waits") {
        auto const again = o.request(pump());
        auto const other = asked{*again}.granted().serial(78).by(line);
        REQUIRE(o.accept(other.bytes(), today));
        CHECK_FALSE(o.drop_next());
        CHECK(keys(f).size() == 2);
        CHECK(o.accept(other.bytes(), today));
    }
}

TEST_CASE("PEM from a CA does as well", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const root = pki::authority("Plant Root", pki::p256("root")).self_signed();
    auto const der = o.request(pump());
    auto const issued = asked{*der}.granted().by(root);
    detail::owned_bio const out{BIO_new(BIO_s_mem())};
    REQUIRE(PEM_write_bio_X509(out.get(), issued.read()->x509()) == 1);
    REQUIRE(PEM_write_bio_X509(out.get(), root.read()->x509()) == 1);
    char* data = nullptr;
    auto const n = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &data));
    auto const staged = o.accept(as_bytes({data, n}), today);
    REQUIRE(staged);
    CHECK(as_text((*staged)->chain()) == pki::chain({issued, root}));
}

TEST_CASE("a new request takes the place of the one before", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const one = o.request(pump()), two = o.request(pump());
    REQUIRE(one);
    REQUIRE(two);
    CHECK(keys(f).size() == 1);
    auto const root = pki::authority("Plant Root", pki::p256("root")).self_signed();
    CHECK_FALSE(o.accept(asked{*one}.granted().by(root).bytes(), today));
    auto const issued = asked{*two}.granted().by(root);
    REQUIRE(o.accept(issued.bytes(), today));
    REQUIRE(o.request(pump()));  // what is staged keeps its key
    CHECK(keys(f).size() == 2);
    REQUIRE(o.switch_to_next());
    CHECK(o.current()->leaf()->print() == issued.read()->print());
}

TEST_CASE("what is not for us is not accepted", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    auto const root = pki::authority("Plant Root", pki::p256("root")).self_signed();
    auto const stranger = pki::authority("Plant Root", pki::p256("stranger")).self_signed();
    auto const der = o.request(pump());
    asked const ca{*der};
    auto const before = certificates(f);
    auto const refused = [&](std::string_view blob) {
        auto const no = o.accept(as_bytes(blob), today);
        REQUIRE_FALSE(no);
        CHECK_FALSE(o.next());
        CHECK(certificates(f) == before);
        return no.error().message;
    };
    CHECK(refused("") == "no certificate was given");
    CHECK(refused("junk").find("what was given is no DER certificate") == 0);
    CHECK(refused(ca.granted().by(root).der() + "x").find("what was given ") == 0);
    CHECK(refused(pki::application("Pump 7").by(root).der()).find("no key here belongs") == 0);
    CHECK(refused(ca.granted().without(pki::id::alt_name).by(root).der())
              .find("the certificate must hold exactly one") == 0);
    CHECK(refused(ca.granted().names({pki::uri("urn:a:b"), pki::uri("urn:a:c")}).by(root).der())
              .find("the certificate must hold exactly one") == 0);
    CHECK(refused(ca.granted().uri("urn:plant.example:pump-8").by(root).der())
              .find("the certificate holds another") == 0);
    CHECK(refused(ca.granted().valid_until(pki::today - 1s).by(root).der()) ==
          "the certificate has ended already");
    CHECK(refused(ca.granted().ca(true).by(root).der()).find("the certificate is a CA's") == 0);
    CHECK(refused(ca.granted().version(1).by(root).der()).find("the certificate breaks the form") == 0);
    CHECK(refused(pki::chain({ca.granted().by(root), stranger}))
              .find("a certificate of the chain did not issue") == 0);
    CHECK(o.accept(as_bytes(ca.granted().valid_until(pki::today).by(root).der()), today));  // its last second
}

// ---- in the midst of things -------------------------------------------------------------------------------

TEST_CASE("a staging that was interrupted counts for nothing, and is cleared away", "[trust][own]") {
    folder const f;
    own o = opened(f);
    auto const first = created(o);
    REQUIRE(o.stage_self_signed(pump(), today));
    for (auto const& k : keys(f))
        if (k.find(hex(first->leaf()->thumb())) == std::string::npos)
            std::filesystem::remove(f.at / "store/own/private" / k);
    CHECK_FALSE(o.refresh());
    CHECK_FALSE(o.next());
    REQUIRE(o.problems().size() == 1);
    CHECK(o.problems()[0].message.find("is the next certificate, and its key is not here") == 0);
    REQUIRE(o.stage_self_signed(pump(), today));
    CHECK(certificates(f).size() == 2);
    CHECK(o.problems().empty());
}

TEST_CASE("killed at any moment, what is left is a certificate with its own key", "[trust][own]") {
    folder const f;
    std::chrono::microseconds a_change{};
    {
        own o = opened(f);
        (void)created(o);
        auto const began = std::chrono::steady_clock::now();
        REQUIRE(o.stage_self_signed(pump(), today));
        REQUIRE(o.switch_to_next());
        a_change =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    }
    std::uint64_t dice = 7;
    int switched = 0;
    for (int round = 0; round < 60; ++round) {
        auto const before = opened(f).current();
        REQUIRE(before);
        pid_t const child = fork();
        if (child == 0) {
            auto o = own::open(f.file("store"));
            for (int i = 0; o; ++i) {
                if (!o->stage_self_signed(pump(), at(pki::today + std::chrono::seconds{round * 1000 + i})))
                    break;
                if (!o->switch_to_next()) break;
            }
            ::_exit(1);
        }
        dice = dice * 6364136223846793005U + 1442695040888963407U;
        std::this_thread::sleep_for(a_change * ((dice >> 40) % 300) / 100);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));

        own o = opened(f);
        auto const after = o.current();
        REQUIRE(after);
        CHECK(detail::belong_together(*after->leaf(), after->key()));
        switched += after->leaf()->print() != before->leaf()->print() ? 1 : 0;
    }
    CHECK(switched > 0);
    own o = opened(f);
    REQUIRE(o.stage_self_signed(pump(), at(pki::today + 1000h)));
    REQUIRE(o.switch_to_next());
}

TEST_CASE("the pair is handed out while it is changed", "[trust][own]") {
    folder const f;
    own o = opened(f);
    (void)created(o);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0}, seen{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!done) {
                auto const pair = o.current();
                if (!pair || EVP_PKEY_eq(pair->leaf()->public_key(), pair->key()) != 1) ++wrong;
                ++seen;
            }
        });
    for (int i = 1; i <= 10; ++i) {
        CHECK(o.stage_self_signed(pump(), at(pki::today + std::chrono::seconds{i})));
        CHECK(o.switch_to_next());
    }
    done = true;
    for (auto& r : readers) r.join();
    CHECK(wrong == 0);
    CHECK(seen > 0);
}

TEST_CASE("two writers wait for each other", "[trust][own]") {
    folder const f;
    own o = opened(f, {.patience = 20ms});
    (void)created(o);
    auto const elsewhere = sallyport::folder_lock::of(f.file("store/own/certs/x"), 1s);
    REQUIRE(elsewhere);
    auto const no = o.stage_self_signed(pump(), today);
    REQUIRE_FALSE(no);
    CHECK(no.error().message == "somebody else is writing in its folder; try again");
}
