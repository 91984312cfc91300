// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/trust/certificate.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <openssl/err.h>

namespace sallyport::inline v0 {
namespace trust {

namespace detail {
/// Does what this key signs verify with that certificate? Halves that merely look alike (a damaged file) are
/// found out.
[[nodiscard]] inline bool belong_together(certificate const& c, EVP_PKEY* key) {
    if (key == nullptr || c.public_key() == nullptr || EVP_PKEY_eq(c.public_key(), key) != 1) {
        ERR_clear_error();
        return false;
    }
    bool const hashes_itself = c.key() == key_kind::ed25519 || c.key() == key_kind::ed448;
    char const* const hash = hashes_itself ? nullptr : "SHA256";
    constexpr std::array<std::uint8_t, 16> said{'s', 'a', 'l', 'l', 'y', 'p', 'o', 'r', 't'};
    std::array<std::uint8_t, 2048> signature{};  // RSA of 16,384 bits
    std::size_t n = signature.size();
    owned_digest_context const sign{EVP_MD_CTX_new()}, verify{EVP_MD_CTX_new()};
    bool const fine = sign && verify && EVP_PKEY_get_size(key) <= static_cast<int>(signature.size()) &&
                      EVP_DigestSignInit_ex(sign.get(), nullptr, hash, nullptr, nullptr, key, nullptr) == 1 &&
                      EVP_DigestSign(sign.get(), signature.data(), &n, said.data(), said.size()) == 1 &&
                      EVP_DigestVerifyInit_ex(verify.get(), nullptr, hash, nullptr, nullptr, c.public_key(),
                                              nullptr) == 1 &&
                      EVP_DigestVerify(verify.get(), signature.data(), n, said.data(), said.size()) == 1;
    ERR_clear_error();
    return fine;
}
}  // namespace detail

/// An application's own certificate, the private key that belongs to it (tried, not believed), and the CA
/// certificates that are shown with it. Its key is wiped when the last holder lets go.
/// Thread safety: never changes once made; share it by `own_pair_ptr`.
class own_pair {
    struct token {};

public:
    /// Null where the two do not belong together.
    [[nodiscard]] static std::shared_ptr<own_pair const> of(certificate_ptr leaf, detail::owned_key key,
                                                            std::vector<certificate_ptr> issuers = {}) {
        if (!leaf || !detail::belong_together(*leaf, key.get())) return nullptr;
        return std::make_shared<own_pair const>(token{}, std::move(leaf), std::move(key), std::move(issuers));
    }
    own_pair(token, certificate_ptr leaf, detail::owned_key key, std::vector<certificate_ptr> issuers)
        : leaf_{std::move(leaf)}, key_{std::move(key)}, issuers_{std::move(issuers)} {
        chain_.assign(leaf_->der().begin(), leaf_->der().end());
        for (auto const& ca : issuers_) chain_.insert(chain_.end(), ca->der().begin(), ca->der().end());
    }

    [[nodiscard]] certificate_ptr const& leaf() const noexcept { return leaf_; }
    /// From the leaf's issuer upwards; empty for a self-signed certificate.
    [[nodiscard]] std::vector<certificate_ptr> const& issuers() const noexcept { return issuers_; }
    /// As OPC UA shows it (Part 6 §6.2.6): DER one after the other, leaf first.
    [[nodiscard]] bytes chain() const noexcept { return chain_; }
    /// For OpenSSL to sign and decrypt with; not to be changed, and never to be written anywhere.
    [[nodiscard]] EVP_PKEY* key() const noexcept { return key_.get(); }

private:
    certificate_ptr leaf_;
    detail::owned_key key_;
    std::vector<certificate_ptr> issuers_;
    std::vector<std::uint8_t> chain_;
};
using own_pair_ptr = std::shared_ptr<own_pair const>;

}  // namespace trust
}  // namespace sallyport::inline v0
