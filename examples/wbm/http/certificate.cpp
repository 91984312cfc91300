// SPDX-License-Identifier: BSL-1.0
#include "certificate.hpp"

#include <sallyport/core/address.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace wbm {
namespace {

struct close_file {
    void operator()(std::FILE* f) const noexcept { (void)std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, close_file>;

bool is_ip(std::string const& host) {
    std::array<unsigned char, sizeof(in6_addr)> raw{};
    return inet_pton(AF_INET, host.c_str(), raw.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), raw.data()) == 1;
}

bool add_extension(X509* c, int what, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, c, c, nullptr, nullptr, 0);
    struct free_extension {
        void operator()(X509_EXTENSION* e) const noexcept { X509_EXTENSION_free(e); }
    };
    std::unique_ptr<X509_EXTENSION, free_extension> const e{
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str())};
    return e && X509_add_ext(c, e.get(), -1) == 1;
}

bool number_it(X509* c) {
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return false;
    random[0] &= 0x7f;  // positive (RFC 5280 §4.1.2.2)
    struct free_number {
        void operator()(BIGNUM* n) const noexcept { BN_free(n); }
    };
    std::unique_ptr<BIGNUM, free_number> const n{
        BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr)};
    return n && BN_to_ASN1_INTEGER(n.get(), X509_get_serialNumber(c)) != nullptr;
}

}  // namespace

std::optional<tls_identity> self_signed(std::string const& host) {
    constexpr long a_minute = 60, a_year = 365L * 24 * 60 * a_minute;
    tls_identity me;
    me.key.reset(EVP_EC_gen("P-256"));
    me.certificate.reset(X509_new());
    X509* const c = me.certificate.get();
    if (!me.key || c == nullptr || X509_set_version(c, X509_VERSION_3) != 1 || !number_it(c))
        return std::nullopt;
    // From a minute ago: the person's clock may be a little behind ours.
    if (X509_gmtime_adj(X509_getm_notBefore(c), -a_minute) == nullptr ||
        X509_gmtime_adj(X509_getm_notAfter(c), a_year) == nullptr)
        return std::nullopt;

    X509_NAME* const name = X509_get_subject_name(c);
    auto const* const text =
        reinterpret_cast<unsigned char const*>("sallyport-wbm");  // NOLINT(*-reinterpret-cast)
    if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) != 1 ||
        X509_set_issuer_name(c, name) != 1)
        return std::nullopt;
    std::string const names = fmt::format("DNS:localhost,{}:{}", is_ip(host) ? "IP" : "DNS", host);
    bool const fine = X509_set_pubkey(c, me.key.get()) == 1 &&
                      add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(c, NID_key_usage, "critical,digitalSignature") &&
                      add_extension(c, NID_ext_key_usage, "serverAuth") &&
                      add_extension(c, NID_subject_alt_name, names) &&
                      X509_sign(c, me.key.get(), EVP_sha256()) > 0;
    if (!fine) return std::nullopt;
    return me;
}

std::optional<tls_identity> from_files(std::string const& certificate, std::string const& key) {
    file const c{std::fopen(certificate.c_str(), "re")}, k{std::fopen(key.c_str(), "re")};
    if (!c || !k) return std::nullopt;
    tls_identity me;
    me.certificate.reset(PEM_read_X509(c.get(), nullptr, nullptr, nullptr));
    me.key.reset(PEM_read_PrivateKey(k.get(), nullptr, nullptr, nullptr));
    if (!me.certificate || !me.key || X509_check_private_key(me.certificate.get(), me.key.get()) != 1)
        return std::nullopt;
    return me;
}

std::string tls_identity::fingerprint() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string out;
    if (certificate && X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) == 1)
        for (unsigned i = 0; i < size; ++i) out += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
    return out;
}

}  // namespace wbm
