// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace sallyport::inline v0 {
namespace trust {

/// Bytes as they came from a file or a peer: DER, or what claims to be.
using bytes = std::span<std::uint8_t const>;

[[nodiscard]] inline bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(bytes b) noexcept {
    return {reinterpret_cast<char const*>(b.data()), b.size()};
}

namespace detail {
/// What OpenSSL gives us to keep, let go by its own function.
template <auto Free>
struct let_go {
    template <class T>
    void operator()(T* p) const noexcept {
        Free(p);
    }
};
template <class T, auto Free>
using owned = std::unique_ptr<T, let_go<Free>>;

using owned_x509 = owned<X509, X509_free>;
using owned_crl = owned<X509_CRL, X509_CRL_free>;
using owned_bio = owned<BIO, BIO_free_all>;
using owned_key = owned<EVP_PKEY, EVP_PKEY_free>;
using owned_digest_context = owned<EVP_MD_CTX, EVP_MD_CTX_free>;

[[nodiscard]] inline bytes view(ASN1_STRING const* s) noexcept {
    if (s == nullptr || ASN1_STRING_length(s) <= 0) return {};
    return {ASN1_STRING_get0_data(s), static_cast<std::size_t>(ASN1_STRING_length(s))};
}
[[nodiscard]] inline std::string_view text_of(ASN1_STRING const* s) noexcept { return as_text(view(s)); }

/// A digest that is looked up once: OpenSSL 3 fetches `EVP_sha256()` anew at every use, which costs as much
/// as hashing a certificate.
class digest {
public:
    explicit digest(char const* name) noexcept : md_{EVP_MD_fetch(nullptr, name, nullptr)} {}

    /// False: nothing was computed, and `out` is not to be used.
    [[nodiscard]] bool operator()(bytes of, std::uint8_t* out) const noexcept {
        if (!md_) return false;
        thread_local owned_digest_context context{EVP_MD_CTX_new()};  // one a thread
        return context && EVP_DigestInit_ex2(context.get(), md_.get(), nullptr) == 1 &&
               EVP_DigestUpdate(context.get(), of.data(), of.size()) == 1 &&
               EVP_DigestFinal_ex(context.get(), out, nullptr) == 1;
    }

private:
    owned<EVP_MD, EVP_MD_free> md_;
};
}  // namespace detail

/// SHA-256 of these bytes; all zero, which is no thumbprint, where OpenSSL could not compute it.
/// Thread safety: as a plain function. It allocates in a thread's first call alone; OpenSSL 3.0 itself takes a
/// small block for each digest and gives it back, later ones keep it.
[[nodiscard]] inline thumbprint sha256(bytes of) noexcept {
    static detail::digest const digest{"SHA256"};
    thumbprint out;
    if (!digest(of, out.bytes.data())) out = {};
    return out;
}

/// SHA-1 of these bytes: the name by which OPC UA lists a certificate (Part 4 §7.2). It proves nothing.
[[nodiscard]] inline std::array<std::uint8_t, 20> sha1(bytes of) noexcept {
    static detail::digest const digest{"SHA1"};
    std::array<std::uint8_t, 20> out{};
    if (!digest(of, out.data())) out = {};
    return out;
}

/// Upper-case hexadecimal digits, as thumbprints are written.
[[nodiscard]] inline std::string hex(bytes of) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(2 * of.size());
    for (std::uint8_t const b : of) out.append({digits[b >> 4U], digits[b & 15U]});
    return out;
}

}  // namespace trust
}  // namespace sallyport::inline v0
