// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/fault.hpp>
#include <sallyport/trust/path.hpp>
#include <sallyport/trust/security_policy.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/x509_vfy.h>

namespace sallyport::inline v0 {
namespace trust {

/// What RFC 5280 §6.1.1 lets a user of `peer::pkix` ask for; by default any policy will do, and none is
/// required.
struct policy_inputs {
    std::vector<std::string> acceptable{};  ///< dotted object identifiers; empty: any
    bool require_explicit = false, inhibit_mapping = false, inhibit_any = false;
};

/// The steps that look at a path alone, without lists, names or revocation. Each adds what it finds.
namespace rules {

/// The form of a finding: of the leaf, or of one of its issuers.
[[nodiscard]] constexpr status of_leaf_or_issuer(std::size_t depth, status leaf, status issuer) noexcept {
    return depth == 0 ? leaf : issuer;
}

[[nodiscard]] constexpr std::string_view explain(flaw f) noexcept {
    switch (f) {
        case flaw::not_der: return "it is not written in DER";
        case flaw::not_version_3: return "it is not of version 3";
        case flaw::no_common_name: return "its subject has no common name";
        case flaw::negative_serial: return "its serial number is negative";
        case flaw::two_algorithms: return "it names two different signature algorithms";
        case flaw::unknown_critical: return "it has a critical extension that nobody here understands";
        case flaw::broken_extension: return "one of its extensions cannot be read, or stands there twice";
        case flaw::proxy: return "it is a proxy certificate";
    }
    return "it breaks the form of certificates";
}

/// Step 1.
inline void structure(certificate_path const& p, peer who, faults& found) {
    for (auto const& c : p)
        for (unsigned bit = 1; bit <= static_cast<unsigned>(flaw::proxy); bit <<= 1U) {
            if (who == peer::pkix && (bit & flaws_in_rfc_5280) == 0) continue;
            if (c->has(static_cast<flaw>(bit)))
                found.add(status::certificate_invalid, c, explain(static_cast<flaw>(bit)));
        }
}

/// Step 4. The self-signature of an issuing root proves nothing, so its hash is not judged; a self-signed
/// leaf's is.
inline void security(certificate_path const& p, security_policy const& policy, bool to_root, faults& found) {
    constexpr auto failed = status::certificate_policy_check_failed;
    for (std::size_t i = 0; i < p.size(); ++i) {
        certificate const& c = *p[i];
        if (!policy.takes_key(c.key(), c.key_bits()))
            found.add(failed, p[i], "its key is not of the kind or length that the security policy takes");
        bool const issuing_root = to_root && i > 0 && i + 1 == p.size();
        if (!issuing_root && !policy.takes_signature(c))
            found.add(failed, p[i], "its signature algorithm is not one that the security policy takes");
        if (i + 1 < p.size() && c.key() == key_kind::rsa && p[i + 1]->key() == key_kind::rsa &&
            c.key_bits() > p[i + 1]->key_bits())
            found.add(failed, p[i], "its key is longer than its issuer's");
    }
}

/// Step 6.
inline void validity(certificate_path const& p, nanoseconds wall, bool wall_trusted, faults& found) {
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i]->covers(wall)) continue;
        found.add(
            of_leaf_or_issuer(i, status::certificate_time_invalid, status::certificate_issuer_time_invalid),
            p[i],
            !wall_trusted               ? "the device's clock is not set"
            : wall < p[i]->valid_from() ? "its validity has not begun"
                                        : "its validity has ended");
    }
}

namespace detail {
/// Steps 9 for what a leaf itself may be used for.
inline void application_usage(certificate_path const& p, bool client, faults& found) {
    certificate const& c = *p[0];
    constexpr auto not_allowed = status::certificate_use_not_allowed;
    auto const usage = c.key_usage(), extended = c.extended_key_usage();
    bool const rsa = c.key() == key_kind::rsa;
    std::uint32_t const wanted =
        rsa ? KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT
            : KU_DIGITAL_SIGNATURE;
    if (!usage.present || !usage.has(wanted))
        found.add(
            not_allowed, p[0],
            rsa ? "its keyUsage lacks digitalSignature, nonRepudiation, keyEncipherment or dataEncipherment"
                : "its keyUsage lacks digitalSignature",
            usage.critical);
    std::uint32_t const role = client ? XKU_SSL_CLIENT : XKU_SSL_SERVER;
    if (extended.present ? !extended.has(role) : rsa)
        found.add(not_allowed, p[0],
                  client ? "its extendedKeyUsage lacks clientAuth" : "its extendedKeyUsage lacks serverAuth",
                  extended.critical);
    if (p.size() > 1 && c.constraints().ca)
        found.add(not_allowed, p[0], "a CA issued it as a CA, not as an application",
                  c.constraints().critical);
    if (!c.constraints().ca && c.constraints().path_length)
        found.add(not_allowed, p[0], "it has a path length and is no CA", c.constraints().critical);
}
inline void user_usage(certificate_path const& p, faults& found) {
    certificate const& c = *p[0];
    constexpr auto not_allowed = status::certificate_use_not_allowed;
    if (auto const usage = c.key_usage(); usage.present && !usage.has(KU_DIGITAL_SIGNATURE))
        found.add(not_allowed, p[0], "its keyUsage lacks digitalSignature", usage.critical);
    if (p.size() > 1 && c.constraints().ca)
        found.add(not_allowed, p[0], "a CA issued it as a CA, not to a user", true);
    if (c.constraints().path_length && (p.size() > 1 || !c.constraints().ca))
        found.add(not_allowed, p[0], "it has a path length, which a user's certificate must not",
                  c.constraints().critical);
}
inline void issuer_usage(certificate_path const& p, peer who, faults& found) {
    constexpr auto not_allowed = status::certificate_issuer_use_not_allowed;
    long below = 0;  // CAs between this one and the leaf, self-issued ones not counted (RFC 5280 §4.2.1.9)
    for (std::size_t i = 1; i < p.size(); ++i) {
        certificate const& ca = *p[i];
        auto const is = ca.constraints();
        auto const usage = ca.key_usage();
        // Whoever is no CA vouches for nobody, whatever an administrator overlooks.
        if (!is.ca) found.add(not_allowed, p[i], "it is not a CA, yet it issued a certificate", true);
        std::uint32_t const wanted = who == peer::pkix ? KU_KEY_CERT_SIGN : KU_KEY_CERT_SIGN | KU_CRL_SIGN;
        if (usage.present ? !usage.has(wanted) : who != peer::pkix)
            found.add(not_allowed, p[i], "its keyUsage lacks keyCertSign or cRLSign", usage.critical);
        if (is.path_length && below > *is.path_length)
            found.add(not_allowed, p[i], "more CAs follow it than its path length allows", is.critical);
        if (!ca.self_issued()) ++below;
    }
}

/// What OpenSSL's path mathematics says about names and policies; everything else that it would judge is
/// ours.
struct constraint_check {
    certificate_path const& on;
    std::vector<std::pair<std::size_t, int>> seen{};

    /// These are judged by our own steps, in OPC UA's order and with the administrator's suppressions.
    [[nodiscard]] static bool ours(int error) noexcept {
        switch (error) {
            case X509_V_OK:
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            case X509_V_ERR_CERT_CHAIN_TOO_LONG:
            case X509_V_ERR_CERT_UNTRUSTED:
            case X509_V_ERR_INVALID_CA:
            case X509_V_ERR_INVALID_NON_CA:
            case X509_V_ERR_PATH_LENGTH_EXCEEDED:
            case X509_V_ERR_INVALID_PURPOSE:
            case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
            case X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED: return true;
            default: return false;
        }
    }
    static int issuer_of(X509** out, X509_STORE_CTX* of, X509* c) noexcept {
        auto const* const self = static_cast<constraint_check const*>(X509_STORE_CTX_get_app_data(of));
        for (std::size_t i = 0; i < self->on.size(); ++i)
            if (self->on[i]->x509() == c) {
                X509* const next = self->on[std::min(i + 1, self->on.size() - 1)]->x509();
                return X509_up_ref(next) == 1 ? (*out = next, 1) : 0;
            }
        return 0;
    }
    static int no_signatures(X509_STORE_CTX*) noexcept { return 1; }  // verified already, each once
    static int hear(int ok, X509_STORE_CTX* of) noexcept try {
        if (ok == 1) return 1;
        auto* const self = static_cast<constraint_check*>(X509_STORE_CTX_get_app_data(of));
        if (int const error = X509_STORE_CTX_get_error(of); !ours(error))
            self->seen.emplace_back(static_cast<std::size_t>(std::max(0, X509_STORE_CTX_get_error_depth(of))),
                                    error);
        return 1;
    } catch (...) { return 0; }

    /// False: OpenSSL could not do it at all, or not for the whole path.
    [[nodiscard]] bool run(policy_inputs const* inputs) {
        using namespace trust::detail;
        owned<X509_STORE, X509_STORE_free> const store{X509_STORE_new()};
        owned<X509_STORE_CTX, X509_STORE_CTX_free> const of{X509_STORE_CTX_new()};
        if (!store || !of) return false;
        X509_STORE_set_get_issuer(store.get(), &issuer_of);
        X509_STORE_set_verify(store.get(), &no_signatures);
        if (X509_STORE_CTX_init(of.get(), store.get(), on.front()->x509(), nullptr) != 1) return false;
        X509_STORE_CTX_set_app_data(of.get(), this);
        X509_STORE_CTX_set_verify_cb(of.get(), &hear);
        X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(of.get());
        X509_VERIFY_PARAM_set_depth(param, static_cast<int>(on.size()) + 1);
        unsigned long flags =
            X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_TRUSTED_FIRST;
        if (inputs != nullptr) {
            if (inputs->require_explicit) flags |= X509_V_FLAG_EXPLICIT_POLICY;
            if (inputs->inhibit_mapping) flags |= X509_V_FLAG_INHIBIT_MAP;
            if (inputs->inhibit_any) flags |= X509_V_FLAG_INHIBIT_ANY;
        }
        if (X509_VERIFY_PARAM_set_flags(param, flags) != 1) return false;
        // OpenSSL with a policy check and no set of policies refuses where one is required: any is
        // `anyPolicy`.
        std::vector<std::string> const any{"2.5.29.32.0"};
        for (std::string const& id :
             inputs == nullptr || inputs->acceptable.empty() ? any : inputs->acceptable) {
            ASN1_OBJECT* const policy = OBJ_txt2obj(id.c_str(), 1);
            if (policy == nullptr || X509_VERIFY_PARAM_add0_policy(param, policy) != 1) {
                ASN1_OBJECT_free(policy);
                return false;
            }
        }
        int const said = X509_verify_cert(of.get());
        int const error = X509_STORE_CTX_get_error(of.get());
        // OpenSSL ends a chain at what looks self-signed to it (one name, and no key identifier that
        // contradicts), also where another key has signed it. What stands above would constrain nothing.
        STACK_OF(X509) const* const judged = X509_STORE_CTX_get0_chain(of.get());
        bool const whole = judged != nullptr && static_cast<std::size_t>(sk_X509_num(judged)) == on.size();
        ERR_clear_error();
        if (said < 0 || !whole) return false;
        if (said == 0 && !ours(error) && seen.empty()) seen.emplace_back(0, error);
        return said == 1 || !seen.empty() || ours(error);
    }
};

/// How many names and policies are compared on this path: each name below with each subtree above; policies
/// with each other, for OpenSSL sorts them anew with each that it adds.
[[nodiscard]] inline std::size_t comparisons_on(certificate_path const& p) noexcept {
    std::size_t all = 0, names_below = 0;
    for (auto const& c : p) {
        all += c->names_constrained() * names_below + c->policies_stated() * c->policies_stated();
        names_below += c->names_stated();
    }
    return all;
}

template <class May>
void constraints(certificate_path const& p, policy_inputs const* inputs, May& may_compare, faults& found) {
    bool const asked = inputs != nullptr && (inputs->require_explicit || inputs->inhibit_any ||
                                             inputs->inhibit_mapping || !inputs->acceptable.empty());
    if (!asked && std::none_of(p.begin(), p.end(), [](auto const& c) { return c->constrains_paths(); }))
        return;
    if (!may_compare(comparisons_on(p)))
        return found.add(status::certificate_use_not_allowed, p.front(),
                         "its path has more names and policies than anybody compares", true);
    constraint_check check{p};
    if (!check.run(inputs)) check.seen.emplace_back(0, X509_V_ERR_UNSPECIFIED);
    for (auto const& [depth, error] : check.seen) {
        std::size_t const at = std::min(depth, p.size() - 1);
        bool const policy =
            error == X509_V_ERR_NO_EXPLICIT_POLICY || error == X509_V_ERR_INVALID_POLICY_EXTENSION;
        found.add(of_leaf_or_issuer(at, status::certificate_use_not_allowed,
                                    status::certificate_issuer_use_not_allowed),
                  p[at],
                  policy ? "its certificate policies are not those that the path demands"
                  : error == X509_V_ERR_UNSPECIFIED ? "nobody here can judge what the CAs of its path allow"
                                                    : "a name in it is not one that its CAs may issue",
                  true);
    }
}
}  // namespace detail

/// Step 9. `may_compare`: `bool(std::size_t names)`, is there so much left of the budget?
template <class May>
void usage(certificate_path const& p, peer who, bool to_root, policy_inputs const* inputs, May may_compare,
           faults& found) {
    if (who == peer::user) detail::user_usage(p, found);
    if (who == peer::client_application || who == peer::server_application)
        detail::application_usage(p, who == peer::client_application, found);
    detail::issuer_usage(p, who, found);
    if (to_root) detail::constraints(p, inputs, may_compare, found);
}

}  // namespace rules
}  // namespace trust
}  // namespace sallyport::inline v0
