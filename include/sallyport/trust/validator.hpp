// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/trusted_device.hpp>
#include <sallyport/trust/accepted_before.hpp>
#include <sallyport/trust/judgement.hpp>
#include <sallyport/trust/path.hpp>
#include <sallyport/trust/path_rules.hpp>
#include <sallyport/trust/presented.hpp>
#include <sallyport/trust/revocation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// What an administrator has decided about validation. By default nothing is overlooked and revocation lists
/// are required (TrustListValidationOptions with bit 6 alone, Part 12 §7.8.2.10).
struct validator_options {
    suppressions overlook{};
    /// How long a revocation list whose time is over still counts for "not revoked". 0 by default; a plant
    /// whose CA is not always within reach does well with 7 days. It is a finding all the same, to be audited
    /// daily.
    nanoseconds crl_grace{0};
    /// While the clock is not set (`wall_trusted` false): judge dates at this time, if it is later than the
    /// clock's. The host keeps it over a restart.
    std::optional<nanoseconds> last_known_time{};
    /// CAs (by SHA-256) for which the administrator has switched revocation checks off (Part 4 §6.1.3, step
    /// 10).
    std::vector<thumbprint> without_revocation{};
    budget most{};
};

/// What is to be judged. What is not given is not checked: without a policy no step 4, without a host no step
/// 7, without an ApplicationUri no step 8.
struct question {
    bytes chain{};  ///< as presented: DER certificates one after the other, leaf first
    peer shown_by = peer::client_application;
    /// One of `security_policies`; the verdicts under one of the host's own are not remembered.
    security_policy const* policy = nullptr;
    std::optional<std::string_view> application_uri{};  ///< of the ApplicationDescription
    std::optional<std::string_view> host{};             ///< that we connected to; only for a server
    policy_inputs const* policies = nullptr;            ///< of RFC 5280
};

/// Judges certificates as OPC UA does (OPC 10000-4 §6.1.3): the eleven steps in their order, over every
/// candidate path, under budgets. Path mathematics and signatures are OpenSSL's; the trust decision,
/// revocation and the order are ours. An acceptance is remembered for exactly these bytes, lists and dates; a
/// refusal never.
/// Thread safety: any number of threads may ask. A fork: each process has its own.
class validator {
public:
    explicit validator(current_lists const& lists, validator_options options = {})
        : lists_{lists}, options_{std::move(options)} {}

    [[nodiscard]] validator_options const& options() const noexcept { return options_; }

    /// The judgement at this instant. A known certificate allocates nothing; others do. Throws only
    /// std::bad_alloc.
    [[nodiscard]] judgement validate(question const& q, instant at) const {
        if (q.policy != nullptr && q.policy->none()) return judgement::nothing_to_judge(q.shown_by);
        nanoseconds const wall = time_of_judgement(at);
        snapshot const now = lists_.get();
        occasion const what{sha256(q.chain), now.generation, q.policy, q.shown_by};
        bool const may_remember =
            at.wall_trusted && q.policies == nullptr && what.chain.known() && stays_as_it_is(q.policy);
        std::shared_ptr<finding const> found = may_remember ? remembered_.find(what, wall) : nullptr;
        if (!found) {
            found = investigate(q, *now.lists, wall, at.wall_trusted);
            if (may_remember && found->found.first() == nullptr)
                remembered_.keep(what, found, now.lists->members().size());
        }
        return name_faults(q, std::move(found));
    }

    /// How much a validation of these bytes costs now: what is left of the budget after it. For tests and
    /// figures.
    [[nodiscard]] budget work_left_after(question const& q, instant at) const {
        return investigate(q, *lists_.get().lists, time_of_judgement(at), at.wall_trusted)->left;
    }

private:
    [[nodiscard]] nanoseconds time_of_judgement(instant at) const noexcept {
        if (at.wall_trusted || !options_.last_known_time) return at.wall;
        return std::max(at.wall, *options_.last_known_time);
    }

    /// A policy is remembered by its place: one of the host's own may be another one there tomorrow.
    [[nodiscard]] static bool stays_as_it_is(security_policy const* policy) noexcept {
        return policy == nullptr || std::any_of(security_policies.begin(), security_policies.end(),
                                                [&](security_policy const& p) { return &p == policy; });
    }

    /// Steps 7 and 8: they depend on what was asked beside the chain, and run every time.
    [[nodiscard]] judgement name_faults(question const& q, std::shared_ptr<finding const> found) const {
        bool wrong_host = false, wrong_uri = false;
        if (found->leaf) {
            bool const server = q.shown_by == peer::server_application || q.shown_by == peer::pkix;
            wrong_host = server && q.host && !holds_host(*found->leaf, *q.host);
            bool const application =
                q.shown_by == peer::server_application || q.shown_by == peer::client_application;
            wrong_uri = application && q.application_uri && !holds_uri(*found->leaf, *q.application_uri);
        }
        if (!wrong_host && !wrong_uri) return judgement{q.shown_by, std::move(found)};
        auto more = std::make_shared<finding>(*found);
        if (wrong_host)
            more->found.add(status::certificate_host_name_invalid, more->leaf,
                            "none of its host names is the one that was connected to");
        if (wrong_uri)
            more->found.add(status::certificate_uri_invalid, more->leaf,
                            more->leaf->uris().empty()
                                ? "it holds no ApplicationUri"
                                : "its ApplicationUri is not the one that was announced");
        return judgement{q.shown_by, std::move(more)};
    }

    [[nodiscard]] std::shared_ptr<finding const> investigate(question const& q, trust_list const& lists,
                                                             nanoseconds wall, bool wall_trusted) const {
        auto best = std::make_shared<finding>();
        best->found = faults{options_.overlook};
        presented const shown = read_chain(q.chain, lists, options_.most.presented, options_.most.octets);
        best->leaf = shown.leaf();
        if (!best->leaf) {
            best->found.add(status::certificate_invalid, nullptr, shown.problem);
            best->left = options_.most;
            return best;
        }
        path_finder finder{lists, shown.certificates, options_.most};
        bool first = true;
        finder.each(best->leaf, [&](certificate_path const& p, path_end end) {
            finding here;
            here.leaf = best->leaf;
            here.found = judge({q, lists, shown, finder, wall, wall_trusted}, p, end, here.holds);
            if (!first && !here.found.later_than(best->found)) return false;
            first = false;
            here.chain = p;
            *best = std::move(here);
            return best->found.all().empty();
        });
        if (first)
            best->found.add(status::certificate_chain_incomplete, best->leaf,
                            "the search for its issuers was given up");
        if (finder.spent() && best->found.first() != nullptr) best->gave_up = true;
        best->left = finder.left();
        return best;
    }

    struct scene {
        question const& q;
        trust_list const& lists;
        presented const& shown;
        path_finder& finder;
        nanoseconds wall;
        bool wall_trusted;
        certificate_path const* above =
            nullptr;  ///< of whom this path vouches for a revocation list; null: of nobody
    };

    /// All findings about one path.
    [[nodiscard]] faults judge(scene const& s, certificate_path const& p, path_end end,
                               time_window& holds) const {
        faults found{options_.overlook};
        peer const who = s.q.shown_by;
        // RFC 5280 ends at an anchor of ours. A lone self-signed certificate lacks no issuer: is it trusted
        // (step 5)?
        bool const to_root = end == path_end::root &&
                             (who != peer::pkix || p.size() == 1 || s.lists.where(p.back()->print()).any());
        rules::structure(p, who, found);
        if (!s.shown.problem.empty()) found.add(status::certificate_invalid, p.front(), s.shown.problem);
        if (end != path_end::bad_signature && !to_root)
            found.add(status::certificate_chain_incomplete, p.back(),
                      "its issuer is neither in the lists nor presented");
        if (end == path_end::bad_signature) found.add_bad_signature(wrongly_signed(s.finder, p));
        if (s.q.policy != nullptr) rules::security(p, *s.q.policy, end == path_end::root, found);
        if (std::none_of(p.begin(), p.end(),
                         [&](auto const& c) { return s.lists.where(c->print()).has(list::trusted); }))
            found.add(status::certificate_untrusted, p.front(),
                      "neither it nor a CA of its chain is in the trusted list");
        rules::validity(p, s.wall, s.wall_trusted, found);
        for (auto const& c : p) {
            holds.begins(c->valid_from(), s.wall);
            holds.ends(c->valid_until(), s.wall);
        }
        rules::usage(
            p, who, to_root, s.above == nullptr ? s.q.policies : nullptr,
            [&](std::size_t names) { return s.finder.may_compare(names); }, found);
        for (std::size_t i = 0; i + 1 < p.size(); ++i) revoked(s, p, i, holds, found);
        return found;
    }

    [[nodiscard]] static certificate_ptr wrongly_signed(path_finder& finder, certificate_path const& p) {
        for (std::size_t i = 0; i + 1 < p.size(); ++i)
            if (!finder.signed_by(*p[i], *p[i + 1])) return p[i];
        return p.back();
    }

    /// Steps 10 and 11 for one certificate of the path that another one issued. What ends a path signed
    /// itself, and is looked up nowhere.
    void revoked(scene const& s, certificate_path const& p, std::size_t i, time_window& holds,
                 faults& found) const {
        certificate const& ca = *p[i + 1];
        if (std::find(options_.without_revocation.begin(), options_.without_revocation.end(), ca.print()) !=
            options_.without_revocation.end())
            return;
        auto const genuine = [&](listed_crl const& l) { return may_speak(s, p, i, l, holds); };
        auto const may_compare = [&](std::size_t names) { return s.finder.may_compare(names); };
        revocation_check const check{s.lists, s.wall, options_.crl_grace, genuine, may_compare};
        unsigned const unanswered = s.finder.unanswered();
        auto const answer = check.ask(*p[i], holds);
        using rules::of_leaf_or_issuer;
        status const unknown = of_leaf_or_issuer(i, status::certificate_revocation_unknown,
                                                 status::certificate_issuer_revocation_unknown);
        // The list that nobody could afford to look at may be the one that revokes: whoever shows a chain
        // chooses what it costs, and what he has used up is not overlooked.
        if (answer.what != revocation::revoked && s.finder.unanswered() != unanswered)
            return found.add(unknown, p[i],
                             "whether it is revoked would cost more to find out than a validation may", true);
        switch (answer.what) {
            case revocation::good: break;
            case revocation::in_grace: found.add_overlooked(unknown, p[i], answer.because); break;
            case revocation::unknown: found.add(unknown, p[i], answer.because); break;
            case revocation::revoked:
                found.add(
                    of_leaf_or_issuer(i, status::certificate_revoked, status::certificate_issuer_revoked),
                    p[i], answer.because);
                break;
        }
    }

    /// Is the list the issuer's own, and where it belongs? For OPC UA it lies in the list that holds the CA
    /// (Part 12 §F.1); a CA that was only presented has no list, so either will do. RFC 5280 knows no such
    /// lists, but other issuers.
    [[nodiscard]] bool may_speak(scene const& s, certificate_path const& p, std::size_t i,
                                 listed_crl const& l, time_window& holds) const {
        if (s.q.shown_by != peer::pkix) {
            certificate const& ca = *p[i + 1];
            lists const home = s.lists.where(ca.print());
            return (!home.any() || home.meets(l.in)) && signed_by(s, l, ca);
        }
        // Any CA further up the path will do: it is being judged together with the path (RFC 5280 §6.3.3 f).
        for (std::size_t above = i + 1; above < p.size(); ++above)
            if (may_sign_lists(*p[above]) && signed_by(s, l, *p[above])) return true;
        return s.above == nullptr && foreign_signer(s, p, l, holds);
    }
    [[nodiscard]] static bool may_sign_lists(certificate const& ca) noexcept {
        auto const usage = ca.key_usage();
        return !usage.present || usage.has(KU_CRL_SIGN);
    }
    [[nodiscard]] static bool signed_by(scene const& s, listed_crl const& l, certificate const& ca) {
        if (!l.crl->issued_in_name_of(ca)) return false;
        if (s.lists.where(ca.print()).any())
            return l.signed_by(ca.print());  // found out when the lists were loaded
        return s.finder.signed_by(*l.crl, ca);
    }
    /// Somebody else of the list's name, under the same root, whose path is in order (RFC 5280 §6.3.3 f).
    [[nodiscard]] bool foreign_signer(scene const& s, certificate_path const& p, listed_crl const& l,
                                      time_window& holds) const {
        bool found = false;
        auto const consider = [&](certificate_ptr const& c) {
            if (found || !may_sign_lists(*c) || !signed_by(s, l, *c)) return !found;
            path_finder finder{s.lists, s.shown.certificates, s.finder.left()};
            finder.each(c, [&](certificate_path const& its, path_end end) {
                scene const there{s.q, s.lists, s.shown, finder, s.wall, s.wall_trusted, &p};
                found = end == path_end::root && its.back()->print() == p.back()->print() &&
                        judge_signer(there, its, holds);
                return found;
            });
            s.finder.take_over(finder);
            return !found;
        };
        for (thumbprint const& print : l.signers)
            if (auto const* const m = s.lists.find(print); m != nullptr) (void)consider(m->certificate);
        for (auto const& c : s.shown.certificates)
            if (!s.lists.where(c->print()).any()) (void)consider(c);
        return found;
    }
    [[nodiscard]] bool judge_signer(scene const& s, certificate_path const& its, time_window& holds) const {
        return judge(s, its, path_end::root, holds).first() == nullptr;
    }

    current_lists const& lists_;
    validator_options options_;
    mutable accepted_before remembered_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
