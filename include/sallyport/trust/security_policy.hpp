// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace trust {

enum class standing_of_policy : std::uint8_t { none, current, deprecated };

/// What a SecurityPolicy asks of certificates (OPC 10000-7; the limits as UA-.NETStandard, S2OPC and
/// open62541 implement them). Nonces and ciphers are the channel's affair.
struct security_policy {
    std::string_view name{};  ///< as it follows the '#' of its URI
    standing_of_policy standing = standing_of_policy::none;
    key_kind key = key_kind::other;
    int least_bits = 0, most_bits = 0;
    signature_kind signature = signature_kind::other;
    int sha2_bits = 0;                   ///< the hash; a longer SHA-2 does as well
    bool sha1 = false;                   ///< SHA-1 does as well
    std::uint32_t certificate_type = 0;  ///< the certificate type's NodeId in namespace 0; 0: none

    /// SecurityPolicy None, by its name: one that somebody has begun and not finished takes no key, and is not
    /// one under which nothing is looked at.
    [[nodiscard]] constexpr bool none() const noexcept {
        return standing == standing_of_policy::none && name == "None";
    }
    [[nodiscard]] constexpr bool is_rsa() const noexcept { return key == key_kind::rsa; }

    /// Is the key of the kind and length that this policy takes?
    [[nodiscard]] constexpr bool takes_key(key_kind kind, int bits) const noexcept {
        return kind == key && (kind != key_kind::rsa || (least_bits <= bits && bits <= most_bits));
    }
    /// Is the signature, by kind and hash, one that this policy takes?
    [[nodiscard]] bool takes_signature(certificate const& c) const noexcept {
        if (c.signature() != signature) return false;
        if (signature == signature_kind::ed25519 || signature == signature_kind::ed448) return true;
        return c.signature_sha2_bits() >= sha2_bits || (sha1 && c.signature_sha1());
    }
};

inline constexpr std::string_view security_policy_prefix = "http://opcfoundation.org/UA/SecurityPolicy#";

namespace detail {
[[nodiscard]] constexpr security_policy rsa_policy(std::string_view name, standing_of_policy standing,
                                                   int least, int most, bool sha1,
                                                   std::uint32_t type) noexcept {
    return {name, standing, key_kind::rsa, least, most, signature_kind::rsa_pkcs1, 256, sha1, type};
}
[[nodiscard]] constexpr security_policy curve_policy(std::string_view name, key_kind key, int bits,
                                                     signature_kind s, int sha2,
                                                     std::uint32_t type) noexcept {
    return {name, standing_of_policy::current, key, bits, bits, s, sha2, false, type};
}
}  // namespace detail

/// The policies that are known. Aes256_Sha256_RsaPss names the channel's signature: its certificates are
/// signed with PKCS #1 v1.5 all the same.
inline constexpr std::array<security_policy, 12> security_policies{{
    {.name = "None"},
    detail::rsa_policy("Basic128Rsa15", standing_of_policy::deprecated, 1024, 2048, true, 12559),
    detail::rsa_policy("Basic256", standing_of_policy::deprecated, 1024, 2048, true, 12559),
    detail::rsa_policy("Basic256Sha256", standing_of_policy::current, 2048, 4096, false, 12560),
    detail::rsa_policy("Aes128_Sha256_RsaOaep", standing_of_policy::current, 2048, 4096, false, 12560),
    detail::rsa_policy("Aes256_Sha256_RsaPss", standing_of_policy::current, 2048, 4096, false, 12560),
    detail::curve_policy("ECC_nistP256", key_kind::nist_p256, 256, signature_kind::ecdsa, 256, 23538),
    detail::curve_policy("ECC_nistP384", key_kind::nist_p384, 384, signature_kind::ecdsa, 384, 23539),
    detail::curve_policy("ECC_brainpoolP256r1", key_kind::brainpool_p256r1, 256, signature_kind::ecdsa, 256,
                         23540),
    detail::curve_policy("ECC_brainpoolP384r1", key_kind::brainpool_p384r1, 384, signature_kind::ecdsa, 384,
                         23541),
    detail::curve_policy("ECC_curve25519", key_kind::ed25519, 256, signature_kind::ed25519, 0, 23542),
    detail::curve_policy("ECC_curve448", key_kind::ed448, 456, signature_kind::ed448, 0, 23543),
}};

/// The policy of this name or URI. Null: not known, and so not to be used. A suffix that changes only the
/// channel's cipher (`_AesGcm`, `_ChaChaPoly`) leaves a curve's certificates as they are.
[[nodiscard]] constexpr security_policy const* policy_called(std::string_view name) noexcept {
    if (name.starts_with(security_policy_prefix)) name.remove_prefix(security_policy_prefix.size());
    for (std::string_view const suffix : {"_AesGcm", "_ChaChaPoly"})
        if (name.starts_with("ECC_") && name.ends_with(suffix)) {
            name.remove_suffix(suffix.size());
            break;
        }
    for (auto const& p : security_policies)
        if (p.name == name) return &p;
    return nullptr;
}
static_assert(policy_called("Basic256Sha256")->least_bits == 2048);

}  // namespace trust
}  // namespace sallyport::inline v0
