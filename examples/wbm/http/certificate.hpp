// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace wbm {

struct free_certificate {
    void operator()(X509* c) const noexcept { X509_free(c); }
};
struct free_key {
    void operator()(EVP_PKEY* k) const noexcept { EVP_PKEY_free(k); }
};

/// Who the server says it is.
struct tls_identity {
    std::unique_ptr<X509, free_certificate> certificate{};
    std::unique_ptr<EVP_PKEY, free_key> key{};

    /// "AB:CD:…", as browsers show it: for a person to compare.
    [[nodiscard]] std::string fingerprint() const;
};

/// A certificate of our own making (P-256, valid for a year from now) for that host; its key never leaves
/// this process. nullopt: OpenSSL could not make one.
[[nodiscard]] std::optional<tls_identity> self_signed(std::string const& host);
/// From PEM files. nullopt: they cannot be read, or do not belong together.
[[nodiscard]] std::optional<tls_identity> from_files(std::string const& certificate, std::string const& key);

}  // namespace wbm
