// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/pki_der.hpp"

#include <sallyport/trust/openssl.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

namespace pki {

/// What a key is made by; `rsa_pss` is bound to that padding.
enum class kind : std::uint8_t { rsa, rsa_pss, curve, ed25519, ed448 };

/// A key pair, or the public half of one. Copies share it.
class key {
public:
    explicit key(EVP_PKEY* made, std::string_view whose) : pair_{made, EVP_PKEY_free} {
        if (made == nullptr) throw std::runtime_error{"no key for " + std::string{whose}};
        int const n = i2d_PUBKEY(made, nullptr);
        spki_.resize(static_cast<std::size_t>(n));
        auto* at = reinterpret_cast<unsigned char*>(spki_.data());
        i2d_PUBKEY(made, &at);
    }
    [[nodiscard]] EVP_PKEY* get() const noexcept { return pair_.get(); }
    [[nodiscard]] std::string const& spki() const noexcept { return spki_; }  ///< SubjectPublicKeyInfo, DER
    /// RFC 5280 §4.2.1.2, the first way: SHA-1 of the key's bits.
    [[nodiscard]] std::string id() const {
        // SEQUENCE { SEQUENCE algorithm, BIT STRING { no bit unused, the key } }
        std::string_view const body = der::inside(spki_);
        std::string_view const algorithm = der::inside(body);
        auto const skip = static_cast<std::size_t>(algorithm.data() - body.data());
        std::size_t const length = static_cast<unsigned char>(body[1]);  // no algorithm takes 128 octets
        auto const digest = sallyport::trust::sha1(
            sallyport::trust::as_bytes(der::inside(body.substr(skip + length)).substr(1)));
        return {digest.begin(), digest.end()};
    }

private:
    std::shared_ptr<EVP_PKEY> pair_;
    std::string spki_;
};

namespace detail {
inline EVP_PKEY* generate(kind k, int bits_or_curve) {
    using sallyport::trust::detail::owned;
    int const id = k == kind::rsa       ? EVP_PKEY_RSA
                   : k == kind::rsa_pss ? EVP_PKEY_RSA_PSS
                   : k == kind::curve   ? EVP_PKEY_EC
                   : k == kind::ed25519 ? EVP_PKEY_ED25519
                                        : EVP_PKEY_ED448;
    owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> const context{EVP_PKEY_CTX_new_id(id, nullptr)};
    if (!context || EVP_PKEY_keygen_init(context.get()) != 1) return nullptr;
    if (k == kind::rsa || k == kind::rsa_pss) {
        // Many primes make long keys in a fraction of the time; nobody can tell by the public half.
        int const primes = bits_or_curve < 1024 ? 2 : bits_or_curve < 4096 ? 3 : bits_or_curve < 8192 ? 4 : 5;
        if (EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits_or_curve) != 1 ||
            (k == kind::rsa && EVP_PKEY_CTX_set_rsa_keygen_primes(context.get(), primes) != 1))
            return nullptr;
    }
    if (k == kind::curve && EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), bits_or_curve) != 1)
        return nullptr;
    EVP_PKEY* made = nullptr;
    return EVP_PKEY_keygen(context.get(), &made) == 1 ? made : nullptr;
}
/// One key for each owner, made when first asked for and kept for the process.
inline key pooled(kind k, int bits_or_curve, std::string_view whose) {
    static std::mutex mutex;
    static std::map<std::tuple<kind, int, std::string>, key> pool;
    std::lock_guard const hold{mutex};
    auto at = pool.find({k, bits_or_curve, std::string{whose}});
    if (at == pool.end())
        at = pool.emplace(std::tuple{k, bits_or_curve, std::string{whose}},
                          key{generate(k, bits_or_curve), whose})
                 .first;
    return at->second;
}
}  // namespace detail

/// The key of this owner: the same at every call. 1024 and 2048 bits take some tens of milliseconds once.
inline key rsa(int bits, std::string_view whose = "somebody") {
    return detail::pooled(kind::rsa, bits, whose);
}
inline key rsa_pss(std::string_view whose = "somebody") { return detail::pooled(kind::rsa_pss, 2048, whose); }
inline key curve(int nid, std::string_view whose = "somebody") {
    return detail::pooled(kind::curve, nid, whose);
}
inline key p256(std::string_view whose = "somebody") { return curve(NID_X9_62_prime256v1, whose); }
inline key p384(std::string_view whose = "somebody") { return curve(NID_secp384r1, whose); }
inline key brainpool256(std::string_view whose = "somebody") { return curve(NID_brainpoolP256r1, whose); }
inline key brainpool384(std::string_view whose = "somebody") { return curve(NID_brainpoolP384r1, whose); }
inline key ed25519(std::string_view whose = "somebody") { return detail::pooled(kind::ed25519, 0, whose); }
inline key ed448(std::string_view whose = "somebody") { return detail::pooled(kind::ed448, 0, whose); }

/// An RSA key of any length that nobody can sign with: a modulus that was never multiplied. For certificates
/// whose own key is not used, or whose signatures are to fail. `exponent`: the octets of the public one.
inline constexpr std::string_view any_padding = "1.2.840.113549.1.1.1",
                                  rsa_pss_alone = "1.2.840.113549.1.1.10";
inline key hollow_rsa(int bits, std::string_view exponent, std::string_view algorithm = any_padding) {
    std::string modulus(static_cast<std::size_t>(bits / 8) + 1, '\xA5');
    modulus[0] = '\0';
    auto const parameters = algorithm == any_padding ? der::null() : std::string{};
    auto const whole =
        der::seq({der::seq({der::oid(algorithm), parameters}),
                  der::bit_string(der::seq({der::tlv(0x02, modulus), der::tlv(0x02, exponent)}))});
    auto const* at = reinterpret_cast<unsigned char const*>(whole.data());
    return key{d2i_PUBKEY(nullptr, &at, static_cast<long>(whole.size())), "nobody"};
}
inline key hollow_rsa(int bits, long long exponent = 65537) {
    return hollow_rsa(bits, der::number(exponent));
}

enum class hash : std::uint8_t { md5, sha1, sha224, sha256, sha384, sha512 };

/// How something is signed: the hash, and for RSA the padding.
struct manner {
    std::optional<pki::hash> hash{};  ///< else as long as the curve, and SHA-256
    bool pss = false;
};

namespace detail {
struct hash_facts {
    char const* name;
    char const *oid, *with_rsa, *with_ecdsa;
    int octets;
};
inline hash_facts const& facts(key const& k, manner const& m) {
    static constexpr std::array<hash_facts, 6> all{{
        {"MD5", "1.2.840.113549.2.5", "1.2.840.113549.1.1.4", "", 16},
        {"SHA1", "1.3.14.3.2.26", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1", 20},
        {"SHA224", "2.16.840.1.101.3.4.2.4", "1.2.840.113549.1.1.14", "1.2.840.10045.4.3.1", 28},
        {"SHA256", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", 32},
        {"SHA384", "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3", 48},
        {"SHA512", "2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4", 64},
    }};
    bool const long_curve = EVP_PKEY_get_base_id(k.get()) == EVP_PKEY_EC && EVP_PKEY_get_bits(k.get()) > 256;
    return all[static_cast<std::size_t>(m.hash.value_or(long_curve ? hash::sha384 : hash::sha256))];
}
}  // namespace detail

/// The AlgorithmIdentifier of this key signing in this manner.
inline std::string algorithm(key const& k, manner m) {
    using namespace der;
    auto const& f = detail::facts(k, m);
    switch (EVP_PKEY_get_base_id(k.get())) {
        case EVP_PKEY_ED25519: return seq({oid("1.3.101.112")});
        case EVP_PKEY_ED448: return seq({oid("1.3.101.113")});
        case EVP_PKEY_EC: return seq({oid(f.with_ecdsa)});
        case EVP_PKEY_RSA_PSS: m.pss = true; break;
        default: break;
    }
    if (!m.pss) return seq({oid(f.with_rsa), null()});
    auto const h = seq({oid(f.oid), null()});
    return seq(
        {oid("1.2.840.113549.1.1.10"), seq({context(0, h), context(1, seq({oid("1.2.840.113549.1.1.8"), h})),
                                            context(2, integer(f.octets))})});
}

/// This key's signature; a key that cannot sign gives octets of the right length.
inline std::string signature(key const& k, manner m, std::string_view what) {
    using sallyport::trust::detail::owned_digest_context;
    owned_digest_context const context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* padding = nullptr;
    int const id = EVP_PKEY_get_base_id(k.get());
    m.pss = m.pss || id == EVP_PKEY_RSA_PSS;
    bool const own_hash = id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448;
    std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(k.get())), '\x5A');
    std::size_t n = out.size();
    auto const* const from = reinterpret_cast<unsigned char const*>(what.data());
    auto* const to = reinterpret_cast<unsigned char*>(out.data());
    bool const signed_it =
        EVP_DigestSignInit_ex(context.get(), &padding, own_hash ? nullptr : detail::facts(k, m).name, nullptr,
                              nullptr, k.get(), nullptr) == 1 &&
        (!m.pss || (EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
        EVP_DigestSign(context.get(), to, &n, from, what.size()) == 1;
    ERR_clear_error();
    if (signed_it) out.resize(n);
    return out;
}

}  // namespace pki
