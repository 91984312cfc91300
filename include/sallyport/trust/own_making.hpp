// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/environment/random_source.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/own_request.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

namespace sallyport::inline v0 {
namespace trust {

namespace detail {
using owned_request = owned<X509_REQ, X509_REQ_free>;
using owned_octets = owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

inline void free_extensions(STACK_OF(X509_EXTENSION) * s) noexcept {
    sk_X509_EXTENSION_pop_free(s, X509_EXTENSION_free);
}

/// Extensions, one after the other. They are built as values, not from OpenSSL's configuration language:
/// there a comma in a URI would begin another name.
class extension_list {
public:
    extension_list() = default;
    extension_list(extension_list const&) = delete;
    extension_list& operator=(extension_list const&) = delete;
    ~extension_list() { free_extensions(all_); }

    enum class mark : std::uint8_t { plain, critical };
    void add(int nid, void* value, mark m = mark::plain) noexcept {
        fine_ = fine_ && value != nullptr &&
                X509V3_add1_i2d(&all_, nid, value, m == mark::critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1;
    }
    [[nodiscard]] bool fine() const noexcept { return fine_; }
    [[nodiscard]] STACK_OF(X509_EXTENSION) * get() const noexcept { return all_; }

private:
    STACK_OF(X509_EXTENSION) * all_ = nullptr;
    bool fine_ = true;
};

enum class signer : std::uint8_t { itself, authority };

inline void add_names(extension_list& to, own_request const& of) {
    owned<GENERAL_NAMES, GENERAL_NAMES_free> const names{GENERAL_NAMES_new()};
    bool fine = names != nullptr;
    auto const add = [&](int type, ASN1_STRING* held, std::string_view text) {
        owned<GENERAL_NAME, GENERAL_NAME_free> one{GENERAL_NAME_new()};
        fine = fine && one && held != nullptr &&
               ASN1_STRING_set(held, text.data(), static_cast<int>(text.size())) == 1;
        if (!fine) return ASN1_STRING_free(held);
        GENERAL_NAME_set0_value(one.get(), type, held);
        fine = sk_GENERAL_NAME_push(names.get(), one.get()) > 0;
        if (fine) (void)one.release();
    };
    add(GEN_URI, ASN1_IA5STRING_new(), of.application_uri);
    for (auto const& n : of.dns_names) add(GEN_DNS, ASN1_IA5STRING_new(), n);
    for (auto const& a : of.addresses) add(GEN_IPADD, ASN1_OCTET_STRING_new(), address_octets(a));
    to.add(NID_subject_alt_name, fine ? names.get() : nullptr);
}

inline void add_usages(extension_list& to, own_request const& of, signer by) {
    owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> const usage{ASN1_BIT_STRING_new()};
    bool fine = usage != nullptr;
    auto const allow = [&](int bit) { fine = fine && ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) == 1; };
    allow(0);                                          // digitalSignature
    if (is_rsa(of.key)) allow(1), allow(2), allow(3);  // nonRepudiation, keyEncipherment, dataEncipherment
    if (by == signer::itself) allow(5);                // keyCertSign: Part 6 asks it of whoever signs his own
    if (of.constraints != own_constraints::end_entity) allow(6);  // cRLSign
    to.add(NID_key_usage, fine ? usage.get() : nullptr, extension_list::mark::critical);

    owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> const extended{sk_ASN1_OBJECT_new_null()};
    auto const serve_as = [&](own_use u, int nid) {
        if ((static_cast<unsigned>(of.use) & static_cast<unsigned>(u)) != 0)
            fine = fine && extended && sk_ASN1_OBJECT_push(extended.get(), OBJ_nid2obj(nid)) > 0;
    };
    serve_as(own_use::server, NID_server_auth);
    serve_as(own_use::client, NID_client_auth);
    to.add(NID_ext_key_usage, fine ? extended.get() : nullptr);
}

inline void add_constraints(extension_list& to, own_request const& of) {
    owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> const basic{BASIC_CONSTRAINTS_new()};
    bool fine = basic != nullptr;
    if (fine && of.constraints == own_constraints::ca_of_path_length_0) {
        basic->ca = 0xFF;
        basic->pathlen = ASN1_INTEGER_new();
        fine = basic->pathlen != nullptr && ASN1_INTEGER_set(basic->pathlen, 0) == 1;
    }
    to.add(NID_basic_constraints, fine ? basic.get() : nullptr, extension_list::mark::critical);
}

/// SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, the first way): a name for the key, not a proof.
[[nodiscard]] inline owned_octets key_identifier(EVP_PKEY* key) {
    owned<X509_PUBKEY, X509_PUBKEY_free> holder;
    X509_PUBKEY* made = nullptr;
    if (X509_PUBKEY_set(&made, key) != 1) return nullptr;
    holder.reset(made);
    std::uint8_t const* bits = nullptr;
    int n = 0;
    if (X509_PUBKEY_get0_param(nullptr, &bits, &n, nullptr, made) != 1) return nullptr;
    auto const print = sha1({bits, static_cast<std::size_t>(n)});
    owned_octets id{ASN1_OCTET_STRING_new()};
    if (!id || ASN1_OCTET_STRING_set(id.get(), print.data(), static_cast<int>(print.size())) != 1)
        return nullptr;
    return id;
}

/// All that Part 6 §6.2.2 wants. What an authority adds itself (authorityKeyIdentifier) is for the
/// self-signed alone.
inline void add_all(extension_list& to, own_request const& of, EVP_PKEY* key, signer by) {
    add_constraints(to, of);
    add_usages(to, of, by);
    add_names(to, of);
    owned_octets id = key_identifier(key);
    to.add(NID_subject_key_identifier, id.get());
    if (by != signer::itself) return;
    owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> const authority{AUTHORITY_KEYID_new()};
    if (authority) authority->keyid = id.release();
    to.add(NID_authority_key_identifier, authority.get());
}

[[nodiscard]] inline bool name_it(X509_NAME* name, own_request const& of) {
    struct {
        int nid;
        std::string const& text;
    } const parts[] = {{NID_countryName, of.country},
                       {NID_stateOrProvinceName, of.state},
                       {NID_localityName, of.locality},
                       {NID_organizationName, of.organization},
                       {NID_organizationalUnitName, of.organizational_unit},
                       {NID_commonName, of.common_name}};
    return std::all_of(std::begin(parts), std::end(parts), [&](auto const& p) {
        return p.text.empty() ||
               X509_NAME_add_entry_by_NID(name, p.nid, MBSTRING_UTF8, as_bytes(p.text).data(),
                                          static_cast<int>(p.text.size()), -1, 0) == 1;
    });
}

/// 16 octets, positive, 126 of their bits drawn from the kernel (RFC 5280 §4.1.2.2; CA/B Forum §7.1 asks for
/// 64).
[[nodiscard]] inline bool number_it(X509* x) {
    std::array<std::uint8_t, 16> random{};
    if (!fill_random(random.data(), random.size())) return false;
    random[0] = static_cast<std::uint8_t>((random[0] & 0x7FU) | 0x40U);
    owned<BIGNUM, BN_free> const n{BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr)};
    return n && BN_to_ASN1_INTEGER(n.get(), X509_get_serialNumber(x)) != nullptr;
}

[[nodiscard]] inline bool date_it(X509* x, own_request const& of, nanoseconds wall) {
    using namespace std::chrono;
    // ASN1_TIME_adj takes a time_t, which may have 32 bits: days and seconds apart reach further.
    auto const set = [](ASN1_TIME* to, seconds when) {
        auto const day = floor<days>(when);
        return ASN1_TIME_adj(to, 0, static_cast<int>(day.count()), static_cast<long>((when - day).count())) !=
               nullptr;
    };
    auto const now = floor<seconds>(wall);
    return set(X509_getm_notBefore(x), now - of.backdated) &&
           set(X509_getm_notAfter(x), now + days{of.days} - seconds{1});
}

/// ECDSA on P-384 takes SHA-384 (Part 7), all else SHA-256.
[[nodiscard]] inline EVP_MD const* digest_for(own_key k) noexcept {
    return k == own_key::nist_p384 ? EVP_sha384() : EVP_sha256();
}

[[nodiscard]] inline load_error openssl_failed(std::string_view at_what) {
    ERR_clear_error();
    return {.message = fmt::format("OpenSSL could not make {}", at_what)};
}

/// A new key pair. Null: OpenSSL has no chance or no memory.
[[nodiscard]] inline owned_key make_key(own_key k) {
    switch (k) {
        case own_key::rsa_2048: return owned_key{EVP_RSA_gen(2048)};
        case own_key::rsa_3072: return owned_key{EVP_RSA_gen(3072)};
        case own_key::rsa_4096: return owned_key{EVP_RSA_gen(4096)};
        case own_key::nist_p256: return owned_key{EVP_EC_gen("P-256")};
        case own_key::nist_p384: return owned_key{EVP_EC_gen("P-384")};
    }
    return nullptr;
}

/// A certificate of this key, signed by it. `wall`: the time it is made at.
[[nodiscard]] inline loaded<certificate_ptr> make_self_signed(own_request const& of, EVP_PKEY* key,
                                                              nanoseconds wall) {
    owned_x509 const x{X509_new()};
    extension_list extensions;
    add_all(extensions, of, key, signer::itself);
    bool fine = x && extensions.fine() && X509_set_version(x.get(), X509_VERSION_3) == 1 &&
                number_it(x.get()) && date_it(x.get(), of, wall) &&
                name_it(X509_get_subject_name(x.get()), of) &&
                X509_set_issuer_name(x.get(), X509_get_subject_name(x.get())) == 1 &&
                X509_set_pubkey(x.get(), key) == 1;
    for (int i = 0; fine && i < sk_X509_EXTENSION_num(extensions.get()); ++i)
        fine = X509_add_ext(x.get(), sk_X509_EXTENSION_value(extensions.get(), i), -1) == 1;
    if (!fine || X509_sign(x.get(), key, digest_for(of.key)) <= 0) return openssl_failed("a certificate");
    std::vector<std::uint8_t> der(static_cast<std::size_t>(i2d_X509(x.get(), nullptr)));
    std::uint8_t* at = der.data();
    (void)i2d_X509(x.get(), &at);
    auto made = certificate::parse(der);
    if (!made || made->flaws() != 0) return openssl_failed("a certificate that it can read");
    return made;
}

/// The request for a certificate of this key (PKCS #10, RFC 2986), in DER, with the extensions it is to have.
[[nodiscard]] inline loaded<std::vector<std::uint8_t>> make_signing_request(own_request const& of,
                                                                            EVP_PKEY* key) {
    owned_request const r{X509_REQ_new()};
    extension_list extensions;
    add_all(extensions, of, key, signer::authority);
    bool const fine = r && extensions.fine() && X509_REQ_set_version(r.get(), X509_REQ_VERSION_1) == 1 &&
                      name_it(X509_REQ_get_subject_name(r.get()), of) &&
                      X509_REQ_set_pubkey(r.get(), key) == 1 &&
                      X509_REQ_add_extensions(r.get(), extensions.get()) == 1 &&
                      X509_REQ_sign(r.get(), key, digest_for(of.key)) > 0;
    if (!fine) return openssl_failed("a certificate signing request");
    std::vector<std::uint8_t> der(static_cast<std::size_t>(i2d_X509_REQ(r.get(), nullptr)));
    std::uint8_t* at = der.data();
    (void)i2d_X509_REQ(r.get(), &at);
    return der;
}
}  // namespace detail

}  // namespace trust
}  // namespace sallyport::inline v0
