// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/allocations.hpp"
#include "support/measure.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/validator.hpp>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <openssl/crypto.h>

// Certificates for the figures, made as tests make them: RSA 2048, SHA-256, with every field that OPC UA wants.
namespace figures {

namespace trust = sp::trust;

inline sp::instant const today{{}, pki::today.time_since_epoch(), true};
inline constexpr std::string_view uri = "urn:plant:pump-7", host = "pump-7.plant.example";

/// Applications that differ in name and serial alone; one key serves them all, for keys are slow to make.
[[nodiscard]] inline pki::certificate_maker application(std::size_t n) {
    return pki::application("Pump " + std::to_string(n), pki::rsa(2048, "pumps"))
        .serial(static_cast<long long>(1'000'000 + n));
}
/// The first `n` of them, self-signed as most are. Made once, and never fewer than before.
[[nodiscard]] inline std::vector<pki::issued> const& self_signed(std::size_t n) {
    static std::vector<pki::issued> all;
    while (all.size() < n) all.push_back(application(all.size()).self_signed());
    return all;
}

/// A root, a CA below it, an application below that; each CA has a revocation list of that many others.
struct plant {
    explicit plant(std::size_t revoked)
        : root_list{pki::revocations(root).revoke_serials(5'000'000, revoked)},
          line_list{pki::revocations(line).revoke_serials(5'000'000, revoked)} {}

    pki::issued root = pki::authority("Plant Root").self_signed();
    pki::issued line = pki::authority("Line 3").by(root);
    pki::issued pump = application(7).by(line);
    pki::published root_list, line_list;
    std::string shown = pki::chain({pump, line});

    /// With the CA in the issuer list, or known by what is presented alone.
    [[nodiscard]] trust::trust_list_ptr lists(bool with_line) const {
        trust::trust_list::content c{
            .trusted = {root}, .trusted_crls = {root_list}, .issuer_crls = {line_list}};
        if (with_line) c.issuers.push_back(line);
        return std::make_shared<trust::trust_list const>(std::move(c));
    }
    [[nodiscard]] static plant const& with(std::size_t revoked) {
        static plant const few{1}, many{100'000};
        return revoked == 1 ? few : many;
    }
};

[[nodiscard]] inline trust::detail::owned_x509 read_by_openssl(trust::bytes der) {
    auto const* at = der.data();
    return trust::detail::owned_x509{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
}

}  // namespace figures
