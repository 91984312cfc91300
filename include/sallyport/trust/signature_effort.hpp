// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/openssl.hpp>

#include <algorithm>
#include <limits>

#include <openssl/bn.h>
#include <openssl/core_names.h>

namespace sallyport::inline v0 {
namespace trust {

/// What it takes to verify one signature with a key: 1 for RSA 4096 with the exponent 65537, which is some 70
/// µs where P-256 takes 80, P-384 and the Brainpool curves 400 to 1,100, a binary curve 3,400 (OpenSSL 3.0,
/// one core of 2023). Who shows a certificate chooses its key, and so what it costs. `never`: a key that
/// nobody should verify with. An RSA key of more bits than `longest_rsa`, or with an exponent of more than 64
/// (OpenSSL's own limit, which it applies above 3072 bits alone: CVE-2006-2940); a curve by its parameters
/// instead of its name (RFC 5480 §2.1.1 forbids it; CVE-2020-0601); a DSA key of more than 4096 bits.
struct signature_effort {
    static constexpr unsigned never = std::numeric_limits<unsigned>::max();

    [[nodiscard]] static unsigned of(EVP_PKEY* key, int longest_rsa) noexcept {
        if (key == nullptr) return never;
        int const bits = EVP_PKEY_get_bits(key);
        switch (EVP_PKEY_get_base_id(key)) {
            case EVP_PKEY_RSA:
            case EVP_PKEY_RSA_PSS: return bits > longest_rsa ? never : of_rsa(key, bits);
            case EVP_PKEY_EC: return of_curve(key, bits);
            case EVP_PKEY_DSA: return bits > 4096 ? never : squared(bits, 1024);
            case EVP_PKEY_ED25519: return 1;
            case EVP_PKEY_ED448: return 3;
            default: return 50;  // who knows
        }
    }

private:
    [[nodiscard]] static unsigned squared(int bits, int unit) noexcept {
        auto const n = static_cast<unsigned>((std::max(bits, 1) + unit - 1) / unit);
        return n * n;
    }
    [[nodiscard]] static unsigned of_rsa(EVP_PKEY* key, int bits) noexcept {
        BIGNUM* raw = nullptr;
        if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) != 1) return never;
        detail::owned<BIGNUM, BN_free> const e{raw};
        int const exponent = BN_num_bits(e.get());
        // 65537 takes 17 multiplications, an exponent full of ones two for each of its bits.
        return exponent > 64 ? never : squared(bits, 4096) * static_cast<unsigned>(std::max(1, exponent / 9));
    }
    [[nodiscard]] static unsigned of_curve(EVP_PKEY* key, int bits) noexcept {
        char name[64];
        std::size_t length = 0;
        int by_parameters = 0;
        if (EVP_PKEY_get_group_name(key, name, sizeof name, &length) != 1 ||
            EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &by_parameters) !=
                1 ||
            by_parameters != 0)
            return never;
        if (OBJ_sn2nid(name) == NID_X9_62_prime256v1) return 1;
        char field[64];
        bool const prime = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_FIELD_TYPE, field,
                                                          sizeof field, &length) == 1 &&
                           std::string_view{field, length} == SN_X9_62_prime_field;
        return prime ? squared(bits, 128) : 50;
    }
};

}  // namespace trust
}  // namespace sallyport::inline v0
