// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/fault.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace trust {

/// What an administrator can do about a finding. Static text; for the one who curates the lists, not for the
/// peer.
[[nodiscard]] constexpr std::string_view remedy_of(status s, std::string_view because = {}) noexcept {
    if (because == "the device's clock is not set")
        return "Set the device's clock (or its time server): before that no validity can be judged.";
    switch (s) {
        case status::good: return "Nothing is to be done.";
        case status::certificate_invalid:
            return "The certificate itself is unusable or altered: let its owner create a new one and "
                   "present that.";
        case status::certificate_chain_incomplete:
            return "A CA of the chain is missing: add the CA certificates up to the root to the issuer list, "
                   "or let the peer "
                   "send its whole chain.";
        case status::certificate_policy_check_failed:
            return "Key or signature are weaker than the security policy allows: let the owner create a "
                   "certificate that fits, "
                   "or connect with a policy that this one fits.";
        case status::certificate_untrusted:
            return "Compare the SHA-256 thumbprint with the one that the peer's own display shows; if it is "
                   "the same, approve "
                   "the certificate from the rejected list, or add its CA to the trusted list.";
        case status::certificate_time_invalid:
            return "Renew the certificate; if its dates are right, check this device's clock.";
        case status::certificate_issuer_time_invalid:
            return "The CA's certificate is outside its validity: get the renewed CA certificate and add it "
                   "to the list.";
        case status::certificate_host_name_invalid:
            return "Connect by a name that the certificate holds, or let the server's owner create a "
                   "certificate with the name "
                   "that is used.";
        case status::certificate_uri_invalid:
            return "The ApplicationUri that the application announces is not the one in its certificate: "
                   "correct its "
                   "configuration, or create a new certificate for it.";
        case status::certificate_use_not_allowed:
            return "The certificate is not made for this use: let its owner create one with the usages of "
                   "OPC UA Part 6.";
        case status::certificate_issuer_use_not_allowed:
            return "A certificate of the chain may not issue certificates: let the CA be set up with cA, "
                   "keyCertSign and cRLSign.";
        case status::certificate_revocation_unknown:
        case status::certificate_issuer_revocation_unknown:
            return "Get the CA's current revocation list and add it to the list that holds the CA (an empty "
                   "one will do).";
        case status::certificate_revoked:
            return "The CA has revoked this certificate: remove it from the lists, and let its owner get a "
                   "new one.";
        case status::certificate_issuer_revoked:
            return "A CA of the chain has been revoked: remove it, and let every certificate that it issued "
                   "be replaced.";
        case status::security_checks_failed:
        case status::identity_token_rejected: break;
    }
    return "See the log of the device that refused.";
}

}  // namespace trust
}  // namespace sallyport::inline v0
