// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a rule of OPC UA's certificate validation is asked about: who is in the lists, who shows what, what is
// said.
#include "support/catch.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/validator.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rules {

namespace trust = sallyport::trust;
using pki::application;
using pki::authority;
using pki::issued;
using pki::published;
using pki::revocations;
using pki::today;
using pki::user;
using sallyport::nanoseconds;
using trust::peer;
using trust::status;
using namespace std::chrono_literals;

using peers = std::vector<peer>;
inline peers const clients{peer::client_application};
inline peers const servers{peer::server_application};
inline peers const applications{peer::client_application, peer::server_application};
inline peers const users{peer::user};
inline peers const opc_ua{peer::client_application, peer::server_application, peer::user};
inline peers const pkix{peer::pkix};
inline peers const everyone{peer::client_application, peer::server_application, peer::user, peer::pkix};

/// OPC 10000-4 Table "Certificate Validation Steps", copied out by hand: what the library says is held
/// against it.
struct row {
    status code;
    std::string_view name;
    bool suppressible;
    bool hidden;  ///< an application is told Bad_SecurityChecksFailed
    std::string_view audit;
};
inline constexpr std::array<row, 14> table{{
    {status::certificate_invalid, "Invalid", false, true, "AuditCertificateInvalidEventType"},
    {status::certificate_chain_incomplete, "ChainIncomplete", false, true,
     "AuditCertificateInvalidEventType"},
    {status::certificate_policy_check_failed, "PolicyCheckFailed", true, true,
     "AuditCertificateInvalidEventType"},
    {status::certificate_untrusted, "Untrusted", false, true, "AuditCertificateUntrustedEventType"},
    {status::certificate_time_invalid, "TimeInvalid", true, false, "AuditCertificateExpiredEventType"},
    {status::certificate_issuer_time_invalid, "IssuerTimeInvalid", true, false,
     "AuditCertificateExpiredEventType"},
    {status::certificate_host_name_invalid, "HostNameInvalid", true, false,
     "AuditCertificateDataMismatchEventType"},
    {status::certificate_uri_invalid, "UriInvalid", false, false, "AuditCertificateDataMismatchEventType"},
    {status::certificate_use_not_allowed, "UseNotAllowed", true, false, "AuditCertificateMismatchEventType"},
    {status::certificate_issuer_use_not_allowed, "IssuerUseNotAllowed", true, false,
     "AuditCertificateMismatchEventType"},
    {status::certificate_revocation_unknown, "RevocationUnknown", true, false,
     "AuditCertificateRevokedEventType"},
    {status::certificate_issuer_revocation_unknown, "IssuerRevocationUnknown", true, true,
     "AuditCertificateRevokedEventType"},
    {status::certificate_revoked, "Revoked", false, true, "AuditCertificateRevokedEventType"},
    {status::certificate_issuer_revoked, "IssuerRevoked", false, true, "AuditCertificateRevokedEventType"},
}};
inline row const& row_of(status s) {
    for (row const& r : table)
        if (r.code == s) return r;
    throw std::logic_error{"a status that no step has"};
}
inline trust::suppressions everything_suppressible() {
    trust::suppressions all;
    for (row const& r : table) all.add(r.code);
    return all;
}

/// What is asked beside the chain, and how the validator is set.
struct asking {
    std::string_view policy{};  ///< empty: none is given
    std::optional<std::string_view> uri{}, host{};
    nanoseconds at = today.time_since_epoch();
    trust::suppressions overlook{};
    nanoseconds grace{};
    bool clock_set = true;
    /// Several paths: with another thing overlooked another path may be the best one.
    bool several_paths = false;
};
inline asking under(std::string_view policy) { return {.policy = policy}; }
inline asking at(pki::sys_seconds t) { return {.at = t.time_since_epoch()}; }
inline asking overlooking(std::initializer_list<status> all) {
    asking a;
    for (status const s : all) a.overlook.add(s);
    return a;
}

/// The faults of a judgement, in words: "Untrusted of Pump 7, TimeInvalid of Pump 7 (suppressed)".
inline std::string words(trust::judgement const& j) {
    std::string all;
    for (trust::fault const& f : j.all()) {
        std::string one{row_of(f.what).name};
        one += " of " + (f.certificate ? f.certificate->common_name() : std::string{"nobody"});
        if (f.suppressed) one += " (suppressed)";
        if (!f.suppressible && row_of(f.what).suppressible) one += " (mandatory)";
        all += (all.empty() ? "" : ", ") + one;
    }
    return all.empty() ? "Good" : all;
}

/// The trusted and the issuer list, and who knocks at them.
class store {
public:
    store& trusted(std::initializer_list<issued> all) { return put(content_.trusted, all); }
    store& issuers(std::initializer_list<issued> all) { return put(content_.issuers, all); }
    store& trusted_crls(std::initializer_list<published> all) { return put(content_.trusted_crls, all); }
    store& issuer_crls(std::initializer_list<published> all) { return put(content_.issuer_crls, all); }
    /// Each with its empty revocation list beside it.
    store& trusted_cas(std::initializer_list<issued> all) {
        for (auto const& ca : all) trusted_crls({revocations(ca)});
        return trusted(all);
    }
    store& issuer_cas(std::initializer_list<issued> all) {
        for (auto const& ca : all) issuer_crls({revocations(ca)});
        return issuers(all);
    }

    /// What these peers are told of a chain: the faults in words, if all are told the same. That the first
    /// status, the wire's, the audit's and every suppression fit the faults is checked on the way.
    [[nodiscard]] std::string says(peers const& who, std::initializer_list<issued> shown,
                                   asking const& a = {}) const {
        return says(who, pki::chain(shown), a);
    }
    [[nodiscard]] std::string says(peers const& who, std::string const& blob, asking const& a = {}) const {
        std::string all, first;
        bool same = true;
        for (peer const p : who) {
            std::string const one = examine(p, blob, a);
            all += (all.empty() ? "" : " | ") + one;
            if (p == who.front()) first = one;
            same = same && one == first;
        }
        return same ? first : all;
    }
    [[nodiscard]] trust::judgement judge(peer p, std::string const& blob, asking const& a = {}) const {
        trust::current_lists lists;
        lists.put(list());
        return trust::validator{lists, options(a)}.validate(question(p, blob, a), instant(a));
    }
    [[nodiscard]] trust::trust_list_ptr list() const {
        return std::make_shared<trust::trust_list const>(content_);
    }

    static trust::validator_options options(asking const& a) {
        return {.overlook = a.overlook, .crl_grace = a.grace};
    }
    static sallyport::instant instant(asking const& a) { return {.wall = a.at, .wall_trusted = a.clock_set}; }
    static trust::question question(peer p, std::string const& blob, asking const& a) {
        trust::question q{
            .chain = trust::as_bytes(blob), .shown_by = p, .application_uri = a.uri, .host = a.host};
        if (!a.policy.empty()) {
            q.policy = trust::policy_called(a.policy);
            REQUIRE(q.policy != nullptr);
        }
        return q;
    }

private:
    template <class To, class From>
    store& put(To& to, std::initializer_list<From> all) {
        for (auto const& one : all) to.push_back(one);
        return *this;
    }

    [[nodiscard]] std::string examine(peer p, std::string const& blob, asking const& a) const {
        trust::judgement const j = judge(p, blob, a);
        CAPTURE(static_cast<int>(p), words(j));
        hold_together(p, j);
        if (!a.overlook.any() && a.grace == 0s && !a.several_paths) overlook_more_and_more(p, blob, a, j);
        return words(j);
    }

    /// First status, wire, audit and remedy follow from the faults, as the table has it.
    static void hold_together(peer p, trust::judgement const& j) {
        trust::fault const* decisive = nullptr;
        CHECK(std::is_sorted(j.all().begin(), j.all().end(),
                             [](auto const& a, auto const& b) { return a.step < b.step; }));
        for (trust::fault const& f : j.all()) {
            row const& r = row_of(f.what);
            CHECK_FALSE((f.suppressed && !f.suppressible));
            CHECK_FALSE((f.suppressible && !r.suppressible));
            CHECK_FALSE(f.because.empty());
            if (decisive == nullptr && !f.suppressed) decisive = &f;
        }
        CHECK(j.first() == (decisive == nullptr ? status::good : decisive->what));
        CHECK(j.accepted() == (decisive == nullptr));
        CHECK(j.wire() == (decisive == nullptr             ? status::good
                           : p == peer::user               ? status::identity_token_rejected
                           : row_of(decisive->what).hidden ? status::security_checks_failed
                                                           : decisive->what));
        CHECK(j.audit_event() == (decisive != nullptr ? row_of(decisive->what).audit
                                  : j.all().empty()   ? std::string_view{}
                                                      : row_of(j.all().front().what).audit));
        CHECK_FALSE(j.remedy().empty());
        CHECK(j.device().known() == (decisive == nullptr && p != peer::user && j.leaf() != nullptr));
    }

    /// One status after the other is overlooked: each time the next fault speaks, none is hidden, and what
    /// may not be overlooked never is.
    void overlook_more_and_more(peer p, std::string const& blob, asking a,
                                trust::judgement const& whole) const {
        for (row const& r : table) CHECK(a.overlook.with(r.code).has(r.code) == r.suppressible);
        for (trust::fault const& f : whole.all()) {
            a.overlook.add(f.what);
            trust::judgement const j = judge(p, blob, a);
            CAPTURE(words(j));
            hold_together(p, j);
            REQUIRE(j.all().size() == whole.all().size());
            for (std::size_t i = 0; i < j.all().size(); ++i) {
                auto const &is = j.all()[i], &was = whole.all()[i];
                CHECK(is.what == was.what);
                CHECK(is.suppressible == was.suppressible);
                CHECK(is.suppressed == (was.suppressible && a.overlook.has(was.what)));
            }
        }
    }

    trust::trust_list::content content_;
};

/// The plant of most cases: a root, a line's CA under it, a pump's application under that, and one that
/// signed itself.
struct plant {
    issued root = authority("Root").self_signed();
    issued line = authority("Line").by(root);
    issued pump = application("Pump").by(line);
    issued alone = application("Alone").self_signed();
    issued stranger = application("Stranger").self_signed();
    issued other_root = authority("Other Root").self_signed();
    published root_list = revocations(root), line_list = revocations(line);

    /// The pump in the trusted list, both CAs in the issuer list, and their revocation lists beside them.
    [[nodiscard]] store usual() const {
        return store{}.trusted({pump}).issuers({line, root}).issuer_crls({line_list, root_list});
    }
    /// As usual, but for this leaf.
    [[nodiscard]] store usual(issued const& leaf) const {
        return store{}.trusted({leaf}).issuers({line, root}).issuer_crls({line_list, root_list});
    }
};
inline plant const& the() {
    static plant const all;
    return all;
}

/// This leaf, trusted, under the line's CA as usual.
inline std::string said_of(peers const& who, issued const& leaf, asking const& a = {}) {
    return the().usual(leaf).says(who, {leaf}, a);
}
/// This leaf, which signed itself, trusted.
inline std::string said_of_own(peers const& who, issued const& leaf, asking const& a = {}) {
    return store{}.trusted({leaf}).says(who, {leaf}, a);
}

}  // namespace rules

template <>
struct Catch::StringMaker<sallyport::trust::status> {
    static std::string convert(sallyport::trust::status s) { return std::string{to_string(s)}; }
};
