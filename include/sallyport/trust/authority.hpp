// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>

#include <openssl/x509v3.h>

namespace sallyport::inline v0 {
namespace trust {

/// May it issue certificates that an application then trusts along with it? A self-signed application may say
/// cA TRUE (Part 6 §6.2.2); as long as its keyUsage lets it sign no certificates or no revocation lists,
/// nothing that it issues is accepted, and it stands for itself alone. Whoever else is a CA counts as one.
[[nodiscard]] inline bool may_issue(certificate const& c) noexcept {
    if (!c.constraints().ca) return false;
    bool const application = c.looks_self_signed() && !c.uris().empty();
    auto const usage = c.key_usage();
    return !application || !usage.present || usage.has(KU_KEY_CERT_SIGN | KU_CRL_SIGN);
}

}  // namespace trust
}  // namespace sallyport::inline v0
