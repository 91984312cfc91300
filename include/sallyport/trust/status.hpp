// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace trust {

/// What a certificate's validation can say: OPC UA status codes (Part 6, StatusCode.csv). The numbers are
/// theirs.
enum class status : std::uint32_t {
    good = 0,
    certificate_invalid = 0x80120000,
    certificate_chain_incomplete = 0x810D0000,
    certificate_policy_check_failed = 0x81140000,
    certificate_untrusted = 0x801A0000,
    certificate_time_invalid = 0x80140000,
    certificate_issuer_time_invalid = 0x80150000,
    certificate_host_name_invalid = 0x80160000,
    certificate_uri_invalid = 0x80170000,
    certificate_use_not_allowed = 0x80180000,
    certificate_issuer_use_not_allowed = 0x80190000,
    certificate_revocation_unknown = 0x801B0000,
    certificate_issuer_revocation_unknown = 0x801C0000,
    certificate_revoked = 0x801D0000,
    certificate_issuer_revoked = 0x801E0000,
    // What a peer is told instead.
    security_checks_failed = 0x80130000,
    identity_token_rejected = 0x80210000,
};

/// Who shows the certificate.
enum class peer : std::uint8_t {
    client_application,  ///< a client at our server's door
    server_application,  ///< a server that we connect to
    user,                ///< a user's X509 identity token
    pkix,                ///< RFC 5280 alone: no usage, ApplicationUri or CA key usage rules of OPC UA
};

/// What OPC UA lays down for one status: OPC 10000-4 Table "Certificate Validation Steps" (§6.1.3).
struct status_rule {
    status code;
    std::string_view name;
    std::uint8_t step;         ///< 1 … 11; 0: no finding of a step
    bool suppressible;         ///< may an administrator overlook it? (a mandatory usage is never overlooked)
    bool hidden;               ///< an application is told Bad_SecurityChecksFailed instead
    std::string_view audit;    ///< the audit event's type (Part 4 §6.5, Part 3 §9)
    std::uint32_t audit_type;  ///< and its NodeId in namespace 0
};

/// The steps in their order. Issuer forms follow those of the leaf.
inline constexpr std::array<status_rule, 17> status_rules{{
    {status::good, "Good", 0, false, false, "", 0},
    {status::certificate_invalid, "BadCertificateInvalid", 1, false, true, "AuditCertificateInvalidEventType",
     2086},
    {status::certificate_chain_incomplete, "BadCertificateChainIncomplete", 2, false, true,
     "AuditCertificateInvalidEventType", 2086},
    {status::certificate_policy_check_failed, "BadCertificatePolicyCheckFailed", 4, true, true,
     "AuditCertificateInvalidEventType", 2086},
    {status::certificate_untrusted, "BadCertificateUntrusted", 5, false, true,
     "AuditCertificateUntrustedEventType", 2087},
    {status::certificate_time_invalid, "BadCertificateTimeInvalid", 6, true, false,
     "AuditCertificateExpiredEventType", 2085},
    {status::certificate_issuer_time_invalid, "BadCertificateIssuerTimeInvalid", 6, true, false,
     "AuditCertificateExpiredEventType", 2085},
    {status::certificate_host_name_invalid, "BadCertificateHostNameInvalid", 7, true, false,
     "AuditCertificateDataMismatchEventType", 2082},
    {status::certificate_uri_invalid, "BadCertificateUriInvalid", 8, false, false,
     "AuditCertificateDataMismatchEventType", 2082},
    {status::certificate_use_not_allowed, "BadCertificateUseNotAllowed", 9, true, false,
     "AuditCertificateMismatchEventType", 2089},
    {status::certificate_issuer_use_not_allowed, "BadCertificateIssuerUseNotAllowed", 9, true, false,
     "AuditCertificateMismatchEventType", 2089},
    {status::certificate_revocation_unknown, "BadCertificateRevocationUnknown", 10, true, false,
     "AuditCertificateRevokedEventType", 2088},
    {status::certificate_issuer_revocation_unknown, "BadCertificateIssuerRevocationUnknown", 10, true, true,
     "AuditCertificateRevokedEventType", 2088},
    {status::certificate_revoked, "BadCertificateRevoked", 11, false, true,
     "AuditCertificateRevokedEventType", 2088},
    {status::certificate_issuer_revoked, "BadCertificateIssuerRevoked", 11, false, true,
     "AuditCertificateRevokedEventType", 2088},
    {status::security_checks_failed, "BadSecurityChecksFailed", 0, false, false, "", 0},
    {status::identity_token_rejected, "BadIdentityTokenRejected", 0, false, false, "", 0},
}};

[[nodiscard]] constexpr std::size_t rank(status s) noexcept {
    for (std::size_t i = 0; i < status_rules.size(); ++i)
        if (status_rules[i].code == s) return i;
    return 1;  // a number that nobody knows is as bad as a certificate can be
}
[[nodiscard]] constexpr status_rule const& rule_of(status s) noexcept { return status_rules[rank(s)]; }
[[nodiscard]] constexpr std::string_view to_string(status s) noexcept { return rule_of(s).name; }

/// The status of this name ("BadCertificateTimeInvalid", also "Bad_CertificateTimeInvalid").
[[nodiscard]] constexpr std::optional<status> status_called(std::string_view name) noexcept {
    for (auto const& r : status_rules)
        if (r.name == name || (name.starts_with("Bad_") && r.name.substr(3) == name.substr(4))) return r.code;
    return std::nullopt;
}

/// A set of statuses that an administrator has decided to overlook. One that may not be overlooked is never
/// in it.
class suppressions {
public:
    constexpr suppressions() = default;
    /// False: this one may not be suppressed, and is not.
    constexpr bool add(status s) noexcept {
        if (!rule_of(s).suppressible) return false;
        bits_ |= bit(s);
        return true;
    }
    [[nodiscard]] constexpr suppressions with(status s) const noexcept {
        suppressions copy = *this;
        copy.add(s);
        return copy;
    }
    [[nodiscard]] constexpr bool has(status s) const noexcept { return (bits_ & bit(s)) != 0; }
    [[nodiscard]] constexpr bool any() const noexcept { return bits_ != 0; }
    [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }
    friend constexpr bool operator==(suppressions const&, suppressions const&) = default;

private:
    static constexpr std::uint32_t bit(status s) noexcept { return std::uint32_t{1} << rank(s); }
    std::uint32_t bits_ = 0;
};
static_assert(!suppressions{}.with(status::certificate_revoked).any());

/// What OPC UA's TrustListValidationOptions (Part 12 §7.8.2.10) overlook: bits 0 to 4. Bit 1 speaks of host
/// name *or* ApplicationUri, but a URI may not be suppressed (Part 4 §6.1.3): only the host name is. Bit 5
/// (online checks) asks for what this library does not do; bit 6 (offline lists) is how it always works.
[[nodiscard]] constexpr suppressions overlooked_by(std::uint32_t trust_list_validation_options) noexcept {
    constexpr std::array<status, 5> by_bit{
        status::certificate_time_invalid, status::certificate_host_name_invalid,
        status::certificate_revocation_unknown, status::certificate_issuer_time_invalid,
        status::certificate_issuer_revocation_unknown};
    suppressions s;
    for (std::size_t bit = 0; bit < by_bit.size(); ++bit)
        if ((trust_list_validation_options >> bit & 1U) != 0) s.add(by_bit[bit]);
    return s;
}
static_assert(!overlooked_by(64).any(), "the default of Part 12 overlooks nothing");

/// What the peer itself is told: from step 6 on it is known to be trusted, and hears the truth; before, a
/// stranger learns nothing about the lists. A user's certificate is answered as any identity token is (Part 4
/// §5.7.3).
[[nodiscard]] constexpr status wire_status(status s, peer shown_by) noexcept {
    if (s == status::good) return s;
    if (shown_by == peer::user) return status::identity_token_rejected;
    return rule_of(s).hidden ? status::security_checks_failed : s;
}

}  // namespace trust
}  // namespace sallyport::inline v0
