// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

enum class revocation : std::uint8_t {
    good,      ///< every reason is answered by a list in its time: not revoked
    in_grace,  ///< as above, but by a list whose time ran out within the grace
    unknown,   ///< nobody can say
    revoked,
};
struct revocation_answer {
    revocation what = revocation::unknown;
    std::string_view because{};
};

/// The instants between which an answer stays as it is: the dates that lie on either side of now.
struct time_window {
    nanoseconds from = nanoseconds::min(), until = nanoseconds::max();
    /// A date from which on the answer may be another.
    constexpr void begins(nanoseconds at, nanoseconds now) noexcept {
        if (at <= now)
            from = std::max(from, at);
        else
            until = std::min(until, at - nanoseconds{1});
    }
    /// A last instant, after which the answer may be another.
    constexpr void ends(nanoseconds at, nanoseconds now) noexcept {
        if (at != nanoseconds::max()) begins(at + nanoseconds{1}, now);
    }
    [[nodiscard]] constexpr bool holds(nanoseconds now) const noexcept { return from <= now && now <= until; }
};

namespace detail {
[[nodiscard]] inline bool names_meet(GENERAL_NAMES const* a, GENERAL_NAMES const* b) noexcept {
    for (int i = 0; i < sk_GENERAL_NAME_num(a); ++i)
        for (int j = 0; j < sk_GENERAL_NAME_num(b); ++j)
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i), sk_GENERAL_NAME_value(b, j)) == 0) return true;
    return false;
}
[[nodiscard]] inline bool holds_directory_name(GENERAL_NAMES const* names, X509_NAME const* wanted) noexcept {
    for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i)
        if (GENERAL_NAME const* const g = sk_GENERAL_NAME_value(names, i);
            g->type == GEN_DIRNAME && X509_NAME_cmp(g->d.directoryName, wanted) == 0)
            return true;
    return false;
}
/// Do two distribution points have a name in common? Relative ones have been completed (`dpname`).
[[nodiscard]] inline bool points_meet(DIST_POINT_NAME const* a, DIST_POINT_NAME const* b) noexcept {
    bool const a_full = a->type == 0, b_full = b->type == 0;
    if (a_full && b_full) return names_meet(a->name.fullname, b->name.fullname);
    if (a_full != b_full) {
        DIST_POINT_NAME const* const full = a_full ? a : b;
        DIST_POINT_NAME const* const relative = a_full ? b : a;
        return relative->dpname != nullptr && holds_directory_name(full->name.fullname, relative->dpname);
    }
    return a->dpname != nullptr && b->dpname != nullptr && X509_NAME_cmp(a->dpname, b->dpname) == 0;
}
}  // namespace detail

/// Where a certificate says that its revocation is announced (RFC 5280 §4.2.1.13).
class distribution_points {
public:
    explicit distribution_points(certificate const& c) noexcept : c_{c}, points_{c.distribution_points()} {}

    /// How many names there are to compare before it is known what a list covers.
    [[nodiscard]] std::size_t names_to_compare(crl const& l) const noexcept {
        ISSUING_DIST_POINT const* const scope = l.scope();
        std::size_t in_scope = 1;
        if (scope != nullptr && scope->distpoint != nullptr && scope->distpoint->type == 0)
            in_scope += static_cast<std::size_t>(sk_GENERAL_NAME_num(scope->distpoint->name.fullname));
        return (1 + c_.point_names()) * in_scope;
    }

    /// For which reasons may this list speak of the certificate? None: it does not (RFC 5280 §6.3.3 b).
    [[nodiscard]] reason_set reasons_covered_by(crl const& l) const noexcept {
        ISSUING_DIST_POINT const* const scope = l.scope();
        bool const own_issuer = X509_NAME_cmp(l.issuer_name(), c_.issuer_name()) == 0;
        if (scope != nullptr) {
            bool const ca = c_.constraints().ca;
            if (scope->onlyattr > 0 || (scope->onlyuser > 0 && ca) || (scope->onlyCA > 0 && !ca)) return 0;
        }
        reason_set covered = 0;
        bool const anywhere = scope == nullptr || scope->distpoint == nullptr;
        for (int i = 0; points_ != nullptr && i < sk_DIST_POINT_num(points_); ++i) {
            DIST_POINT const* const p = sk_DIST_POINT_value(points_, i);
            bool const by = p->CRLissuer == nullptr
                                ? own_issuer
                                : l.indirect() && detail::holds_directory_name(p->CRLissuer, l.issuer_name());
            if (!by) continue;
            bool const here =
                anywhere || (p->distpoint != nullptr
                                 ? detail::points_meet(p->distpoint, scope->distpoint)
                                 : scope->distpoint->type == 0 &&
                                       detail::names_meet(p->CRLissuer, scope->distpoint->name.fullname));
            if (here) covered |= l.reasons() & detail::reasons_of(p->reasons);
        }
        // The point that every certificate has without saying so: its issuer's name (RFC 5280 §6.3.3, last
        // paragraph).
        if (own_issuer &&
            (anywhere || (scope->distpoint->type == 0 &&
                          detail::holds_directory_name(scope->distpoint->name.fullname, c_.issuer_name()))))
            covered |= l.reasons();
        return covered;
    }

private:
    certificate const& c_;
    CRL_DIST_POINTS const* points_;
};

/// Asks the revocation lists about one certificate (RFC 5280 §6.3; OPC 10000-4 §6.1.3 steps 10 and 11).
/// - What is forged, of another CA, from the future or holds an unknown critical extension does not count at all.
/// - A list whose time is over cannot say "not revoked", but what it lists stays revoked.
/// - Of several lists of one scope the one with the highest cRLNumber speaks; without numbers any listing revokes,
///   also of several with the same one.
/// `Genuine`: `bool(listed_crl const&)`, is the list its issuer's, and may it speak here? Asked last: it may
/// cost a signature. `May`: `bool(std::size_t names)`, may so many names be compared? What was not compared
/// says nothing.
template <class Genuine, class May>
class revocation_check {
public:
    revocation_check(trust_list const& lists, nanoseconds now, nanoseconds grace, Genuine genuine,
                     May may_compare)
        : lists_{lists}, now_{now}, grace_{grace}, genuine_{std::move(genuine)}, may_compare_{std::move(
                                                                                     may_compare)} {}

    [[nodiscard]] revocation_answer ask(certificate const& c, time_window& window) const {
        distribution_points const points{c};
        progress p;
        judge(c, points, lists_.crls_of(c.issuer_hash()), window, p);
        for (unsigned long const who : c.list_issuers()) judge(c, points, lists_.crls_of(who), window, p);
        if (p.revoked) return {revocation::revoked, "the CA has revoked it"};
        if (p.current == every_reason) return {revocation::good, {}};
        if ((p.current | p.in_grace) == every_reason)
            return {revocation::in_grace,
                    "the CA's revocation list is out of date, within the grace that is granted"};
        return {revocation::unknown, p.because};
    }

private:
    struct progress {
        reason_set current = 0, in_grace = 0;
        bool revoked = false;
        std::string_view because = "no revocation list of its CA is in the store";
        int told = 0;  ///< how close the list came to which `because` belongs
    };

    static void tell(progress& p, int how_close, std::string_view because) noexcept {
        if (how_close > p.told) p.told = how_close, p.because = because;
    }

    void judge(certificate const& c, distribution_points const& points,
               std::span<listed_crl const> of_this_name, time_window& window, progress& p) const {
        std::vector<listed_crl const*> spoken;
        for (auto const& l : of_this_name) {
            crl const& list = *l.crl;
            if (list.base()) continue;
            if (!may_compare_(points.names_to_compare(list))) {
                tell(p, 5, "it names more places for revocation lists than anybody looks through");
                continue;
            }
            reason_set const covers = points.reasons_covered_by(list);
            if (covers == 0) continue;
            window.begins(list.from(), now_);
            window.ends(list.until(), now_);
            window.ends(saturating_add(list.until(), grace_), now_);
            if (!list.sound()) {
                tell(p, 1, "the CA's revocation list has a critical extension that nobody here understands");
                continue;
            }
            if (std::any_of(spoken.begin(), spoken.end(),
                            [&](listed_crl const* other) { return supersedes(*other, l); }))
                continue;
            if (!genuine_(l)) {
                tell(p, 2,
                     "the revocation list in the CA's name is not signed by it, or lies in another list");
                continue;
            }
            if (now_ < list.from()) {
                tell(p, 3, "the CA's revocation list is from the future");
                continue;
            }
            spoken.push_back(&l);
            speak(c, l, covers, of_this_name, window, p);
        }
    }

    /// Are both of one CA, by name and key, and about the same certificates? Two CAs of one name count for
    /// themselves: none of them may take the other's revocations back.
    [[nodiscard]] static bool of_one_row(listed_crl const& a, listed_crl const& b) noexcept {
        return a.crl->same_scope(*b.crl) && a.crl->same_key_id(*b.crl) && a.signers == b.signers &&
               X509_NAME_cmp(a.crl->issuer_name(), b.crl->issuer_name()) == 0;
    }
    [[nodiscard]] static bool supersedes(listed_crl const& newer, listed_crl const& l) noexcept {
        auto const higher = newer.crl->number(), number = l.crl->number();
        return higher && number && *number < *higher && of_one_row(newer, l);
    }

    void speak(certificate const& c, listed_crl const& l, reason_set covers,
               std::span<listed_crl const> of_this_name, time_window& window, progress& p) const {
        crl const& list = *l.crl;
        bool revoked = list.look_up(c) == crl::listed::revoked;
        nanoseconds until = list.until();
        // Of several deltas of one number none is newer: any of them revokes, and all have to take it off.
        // One whose time is over takes nobody off any more.
        bool any = false, all_take_off = true, listed = false;
        each_newest_delta(l, of_this_name, window, [&](crl const& delta) {
            auto const said = delta.look_up(c);
            any = true;
            listed = listed || said == crl::listed::revoked;
            all_take_off = all_take_off && said == crl::listed::removed && now_ <= delta.until();
            until = std::max(until, delta.until());
        });
        revoked = listed || (revoked && !(any && all_take_off));
        p.revoked = p.revoked || revoked;
        if (now_ <= until)
            p.current |= covers;
        else if (now_ <= saturating_add(until, grace_))
            p.in_grace |= covers;
        else
            tell(p, 4, "the CA's revocation list is out of date");
    }

    /// Calls `f` with the delta that amends this list, if one is there (RFC 5280 §5.2.4); with each, where
    /// several bear the highest number. One whose time is over still revokes.
    template <class F>
    void each_newest_delta(listed_crl const& list, std::span<listed_crl const> of_this_name,
                           time_window& window, F f) const {
        auto const number = list.crl->number();
        if (!number) return;
        std::optional<big_number> highest;
        for (auto const& l : of_this_name) {  // highest number first
            crl const& d = *l.crl;
            auto const base = d.base(), own = d.number();
            if (highest && own && *own < *highest) return;
            if (!base || !own || *number < *base || !(*number < *own) || !of_one_row(l, list)) continue;
            window.begins(d.from(), now_);
            window.ends(d.until(), now_);
            window.ends(saturating_add(d.until(), grace_), now_);
            if (!d.sound() || d.from() > now_ || !genuine_(l)) continue;
            highest = own;
            f(d);
        }
    }

    trust_list const& lists_;
    nanoseconds now_, grace_;
    Genuine genuine_;
    May may_compare_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
