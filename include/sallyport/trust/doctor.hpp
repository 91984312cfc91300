// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/authority.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/doctor_finding.hpp>
#include <sallyport/trust/doctor_rights.hpp>
#include <sallyport/trust/namesake.hpp>
#include <sallyport/trust/own.hpp>
#include <sallyport/trust/remedy.hpp>
#include <sallyport/trust/replacement.hpp>
#include <sallyport/trust/security_policy.hpp>
#include <sallyport/trust/validator.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// What the doctor should know about the host of a store.
struct doctor_options {
    nanoseconds soon = std::chrono::days{30};     ///< a certificate that ends within this is a warning
    nanoseconds crl_soon = std::chrono::days{3};  ///< and a revocation list; many live for a week alone
    std::string application_uri{};                ///< as the application announces itself; empty: nobody said
    bool expects_own = true;  ///< false: this store's application needs no certificate of its own
    peer shown_by = peer::client_application;  ///< `user`: the store holds users' certificates
    validator_options validation{};            ///< as the host validates
};

namespace detail {
class examination {
public:
    examination(directory const& store, instant const& now, doctor_options const& o)
        : store_{store}, now_{now}, o_{o}, held_{store.lists().get()}, lists_{*held_.lists},
          judge_{store.lists(), o.validation} {}

    [[nodiscard]] std::vector<store_finding> run() {
        if (auto const no = store_.fault())
            say(severity::fault, no->file, no->message,
                "Until then the lists are as they last were; what is changed in the folders counts for "
                "nothing.");
        if (!now_.wall_trusted)
            say(severity::warning, store_.root(), "was looked at without a clock: no date was judged",
                "Set this device's clock, or its time server, and look again.");
        doctor_rights{store_.root(), store_.where(), to_}.examine();
        for (auto const& s : store_.skipped())
            say(severity::warning, s.file, s.reason + ", and counts for nothing",
                "Put a DER file in its place, or take it away.");
        for (place const p : {place::trusted_crl, place::issuer_crl}) revocation_lists(p);
        for (place const p : {place::trusted, place::issuers}) certificates(p);
        for (auto const& e : applications_) application(path(place::trusted, e.file), e.certificate);
        twins();
        own_certificate();
        waiting();
        return std::move(to_).sorted();
    }

private:
    [[nodiscard]] std::string path(place p, std::string const& file) const {
        return fmt::format("{}/{}/{}", store_.root(), store_.where().of(p).view(), file);
    }
    void say(severity how, std::string_view where, std::string what, std::string_view remedy,
             certificate_ptr about = {}) {
        to_.add(how, where, std::move(what), remedy, std::move(about));
    }
    [[nodiscard]] static list list_of(place p) noexcept {
        return p == place::trusted || p == place::trusted_crl ? list::trusted : list::issuers;
    }

    // Certificates --------------------------------------------------------------------------------------

    void certificates(place p) {
        std::set<thumbprint> seen;
        auto const all = store_.entries(p);
        if (p == place::trusted && all.empty())
            say(severity::notice, path(p, {}), "is empty: nobody is trusted, and everybody is refused",
                "Approve what you know from the rejected list, or add a CA.");
        for (auto const& e : all) {
            certificate_ptr const& c = e.certificate;
            std::string const at = path(p, e.file);
            if (!seen.insert(c->print()).second) {
                say(severity::notice, at, "is there a second time, under another name",
                    "Remove one of both files.", c);
                continue;
            }
            dates(at, c,
                  may_issue(*c) ? "Get the CA's renewed certificate and add it; what it issued is refused "
                                  "until then."
                                : "Let its owner make a new one, approve that, and remove this one.");
            weakness(at, c);
            if (c->flaws() != 0)
                say(severity::fault, at, "breaks the form of certificates, and is refused always",
                    remedy_of(status::certificate_invalid), c);
            if (may_issue(*c))
                authority(at, c);
            else if (p == place::trusted)
                applications_.push_back(e);
            else
                say(severity::warning, at,
                    fmt::format("is no CA: in the issuer list {} helps nobody and is not trusted",
                                called(*c)),
                    "Move it to the trusted list if it is to connect; else remove it.", c);
            if (p == place::issuers && lists_.where(c->print()).has(list::trusted))
                say(severity::notice, at, "is in the trusted list, too, and serves from there as an issuer",
                    "Remove it here, and put its revocation lists beside those of the trusted list.", c);
        }
    }

    /// Is it over, or soon so? What has no own sentence about it is told alike everywhere.
    void dates(std::string const& at, certificate_ptr const& c, std::string_view remedy) {
        if (!now_.wall_trusted) return;
        if (c->valid_until() < now_.wall)
            say(severity::fault, at, fmt::format("ended on {}, and is refused", day_of(c->valid_until())),
                remedy, c);
        else if (now_.wall < c->valid_from())
            say(severity::warning, at,
                fmt::format("is valid from {} on, and refused before", day_of(c->valid_from())),
                "Wait, or check this device's clock.", c);
        else if (c->valid_until() < saturating_add(now_.wall, o_.soon))
            say(severity::warning, at,
                fmt::format("ends on {}, {}", day_of(c->valid_until()), in_days(c->valid_until())), remedy,
                c);
    }
    [[nodiscard]] std::string in_days(nanoseconds until) const {
        auto const n = std::chrono::floor<std::chrono::days>(until - now_.wall).count();
        return n == 0 ? std::string{"within a day"} : n == 1 ? "in a day" : fmt::format("in {} days", n);
    }
    /// By the policies in use today.
    void weakness(std::string const& at, certificate_ptr const& c) {
        bool key = false, signature = false;
        for (auto const& p : security_policies) {
            if (p.standing != standing_of_policy::current) continue;
            key = key || p.takes_key(c->key(), c->key_bits());
            signature = signature || p.takes_signature(*c);
        }
        std::string_view const remedy = remedy_of(status::certificate_policy_check_failed);
        if (!key)
            say(severity::warning, at,
                c->key() == key_kind::rsa
                    ? fmt::format("has an RSA key of {} bits; no current policy takes it", c->key_bits())
                    : std::string{"has a key of a kind that no current policy takes"},
                remedy, c);
        // A root that issues is believed because it lies here; its own signature proves nothing.
        if (!signature && !(c->looks_self_signed() && may_issue(*c)))
            say(severity::warning, at,
                fmt::format("is signed by {}, which no current policy takes", printable(c->signature_name())),
                remedy, c);
    }

    void authority(std::string const& at, certificate_ptr const& ca) {
        lists const home = lists_.where(ca->print());
        for (auto const& l : lists_.crls_of(ca->subject_hash()))
            if (l.signed_by(ca->print()) && l.in.meets(home) && l.crl->sound() && !l.crl->base()) return;
        bool const off =
            std::find(o_.validation.without_revocation.begin(), o_.validation.without_revocation.end(),
                      ca->print()) != o_.validation.without_revocation.end();
        troubled_.insert(ca->print());
        if (off)
            say(severity::notice, at,
                fmt::format("is the CA {}, whose revocations nobody checks: an administrator decided so",
                            called(*ca)),
                "Let checks be switched on again as soon as the CA publishes lists.", ca);
        else
            say(severity::fault, at,
                fmt::format(
                    "is the CA {}, and no revocation list of it lies beside this list: what it issued "
                    "is refused ({})",
                    called(*ca), to_string(status::certificate_revocation_unknown)),
                remedy_of(status::certificate_revocation_unknown), ca);
    }

    /// Would it be let in? Asked of the one who decides; what is told elsewhere already (dates, lists of CAs)
    /// is not told again.
    void application(std::string const& at, certificate_ptr const& c) {
        auto said = judged(c, o_.shown_by);
        bool const server_may =
            o_.shown_by == peer::client_application && finds(said, status::certificate_use_not_allowed) &&
            !finds(judged(c, peer::server_application), status::certificate_use_not_allowed);
        for (auto const& f : said.all()) {
            if (f.suppressed || (server_may && f.what == status::certificate_use_not_allowed)) continue;
            switch (f.what) {
                case status::certificate_invalid:
                    if (f.certificate && f.certificate->flaws() != 0) continue;
                    break;
                case status::certificate_time_invalid:
                case status::certificate_issuer_time_invalid: continue;
                case status::certificate_revocation_unknown:
                case status::certificate_issuer_revocation_unknown:
                    if (std::any_of(said.chain().begin(), said.chain().end(),
                                    [&](auto const& ca) { return troubled_.contains(ca->print()); }))
                        continue;
                    break;
                default: break;
            }
            say(severity::fault, at,
                fmt::format("is trusted, and refused all the same: {} ({}{})", to_string(f.what), f.because,
                            f.certificate && f.certificate != c ? ": " + called(*f.certificate) : ""),
                remedy_of(f.what, f.because), c);
        }
    }
    [[nodiscard]] judgement judged(certificate_ptr const& c, peer as) const {
        return judge_.validate({.chain = c->der(), .shown_by = as}, now_);
    }
    [[nodiscard]] static bool finds(judgement const& j, status s) {
        return std::any_of(j.all().begin(), j.all().end(), [&](fault const& f) { return f.what == s; });
    }

    // Revocation lists ----------------------------------------------------------------------------------

    void revocation_lists(place p) {
        std::map<thumbprint, listed_crl const*> by_print;
        for (auto const& l : lists_.crls()) by_print.emplace(l.crl->print(), &l);
        for (auto const& e : store_.entries(p)) {
            auto const found = by_print.find(e.revocations->print());
            if (found != by_print.end()) revocation_list(path(p, e.file), *found->second, list_of(p));
        }
    }
    void revocation_list(std::string const& at, listed_crl const& l, list beside) {
        std::string const issuer = printable(l.crl->issuer(), 160);
        if (!l.crl->sound())
            return say(
                severity::fault, at,
                fmt::format("of {} cannot be believed: it breaks the form of revocation lists, or holds "
                            "a critical extension that nobody here understands",
                            issuer),
                "Get the CA's list anew.");
        if (l.signers.empty()) {
            bool named = false;
            lists_.each_called(l.crl->issuer_hash(), [&](auto const& m) {
                named = named || l.crl->issued_in_name_of(*m.certificate);
                return !named;
            });
            return named ? say(severity::fault, at,
                               fmt::format("bears the name of {}, but not its signature: it counts for "
                                           "nothing",
                                           issuer),
                               "Find out who put it there; get the CA's list from the CA.")
                         : say(severity::warning, at,
                               fmt::format("is of {}, who is in neither list: it counts for nothing", issuer),
                               "Add the CA to the issuer list, or remove this file.");
        }
        bool const at_home = std::any_of(l.signers.begin(), l.signers.end(),
                                         [&](auto const& ca) { return lists_.where(ca).has(beside); });
        if (!at_home)
            return say(severity::fault, at,
                       fmt::format("is of {}, who is in the other list: here it counts for nothing", issuer),
                       fmt::format("Move it to {}.",
                                   printable(store_.path(beside == list::trusted ? place::issuer_crl
                                                                                 : place::trusted_crl))));
        times(at, l, issuer, beside);
    }
    void times(std::string const& at, listed_crl const& l, std::string const& issuer, list beside) {
        if (!now_.wall_trusted) return;
        constexpr std::string_view renew =
            "Get the CA's current revocation list and add it; this one goes then.";
        bool const newer = std::any_of(lists_.crls().begin(), lists_.crls().end(), [&](listed_crl const& o) {
            return o.crl != l.crl && o.in.has(beside) && o.crl->sound() && !o.crl->base() &&
                   o.crl->same_scope(*l.crl) && l.crl->until() < o.crl->until() &&
                   o.crl->from() <= now_.wall &&
                   std::any_of(l.signers.begin(), l.signers.end(),
                               [&](auto const& ca) { return o.signed_by(ca); });
        });
        if (newer)
            return say(severity::notice, at, fmt::format("of {} has a newer one beside it", issuer),
                       "Remove it.");
        if (now_.wall < l.crl->from()) {
            troubled_.insert(l.signers.begin(), l.signers.end());
            return say(severity::fault, at,
                       fmt::format("of {} begins on {} only, and does not count before", issuer,
                                   day_of(l.crl->from())),
                       "Check this device's clock, or get the list that counts today.");
        }
        if (l.crl->until() < now_.wall) {
            bool const grace = now_.wall <= saturating_add(l.crl->until(), o_.validation.crl_grace);
            troubled_.insert(l.signers.begin(), l.signers.end());
            return say(grace ? severity::warning : severity::fault, at,
                       fmt::format("of {} was to be renewed by {}: {}", issuer, day_of(l.crl->until()),
                                   grace ? "it counts during the grace alone"
                                         : "what it lists stays revoked, all else that the CA issued is "
                                           "refused"),
                       renew);
        }
        if (l.crl->until() < saturating_add(now_.wall, o_.crl_soon))
            say(severity::warning, at,
                fmt::format("of {} is to be renewed by {}, {}", issuer, day_of(l.crl->until()),
                            in_days(l.crl->until())),
                renew);
    }

    // One against the others ----------------------------------------------------------------------------

    void twins() {
        std::map<std::string, std::vector<store_entry>> by_uri, by_name;
        for (auto const& e : applications_) {
            for (auto const& u : e.certificate->uris()) by_uri[u].push_back(e);
            if (!e.certificate->common_name().empty()) by_name[e.certificate->common_name()].push_back(e);
        }
        std::set<thumbprint> told;
        for (auto* const all : {&by_uri, &by_name})
            for (auto& [same, group] : *all)
                older_than_the_newest(group, all == &by_uri ? "ApplicationUri" : "common name", same, told);
    }
    void older_than_the_newest(std::vector<store_entry>& group, std::string_view what,
                               std::string const& same, std::set<thumbprint>& told) {
        std::stable_sort(group.begin(), group.end(), [&](auto const& a, auto const& b) {
            bool const a_goes = replaced_until(a.certificate->print()).has_value(),
                       b_goes = replaced_until(b.certificate->print()).has_value();
            return a_goes != b_goes ? b_goes : a.certificate->valid_from() > b.certificate->valid_from();
        });
        for (std::size_t i = 1; i < group.size(); ++i) {
            certificate_ptr const& c = group[i].certificate;
            if (c->print() == group[0].certificate->print() || !told.insert(c->print()).second) continue;
            if (auto const until = replaced_until(c->print())) {
                say(severity::notice, path(place::trusted, group[i].file),
                    fmt::format("is being replaced, and trusted until {} at most", day_of(*until)),
                    "Let its owner change over until then.", c);
                continue;
            }
            say(severity::warning, path(place::trusted, group[i].file),
                fmt::format("has the {} {} in common with {}", what, printable(same, 160),
                            printable(group[0].file)),
                "If the other one replaced it, remove it; if both are in use, find out which of both "
                "applications is the one that you trust.",
                c);
        }
    }

    [[nodiscard]] std::optional<nanoseconds> replaced_until(thumbprint const& print) const {
        for (auto const& r : replacements_)
            if (r.old == print) return r.until;
        return std::nullopt;
    }

    // The application's own ------------------------------------------------------------------------------

    void own_certificate() {
        auto const mine = own::open(store_.root(), store_.where());
        if (!mine)
            return say(severity::fault, mine.error().file, mine.error().message,
                       "Without it this application cannot prove itself to others.");
        for (auto const& p : mine->problems())
            if (!to_.about(p.file))
                say(severity::warning, p.file, printable(p.message), "Until then it is not used.");
        auto const pair = mine->current();
        std::string const folder = path(place::own, {});
        if (!pair) {
            if (o_.expects_own)
                say(severity::warning, folder, "holds no certificate of this application whose key is here",
                    "Create one, or ask a CA for it; others can trust this application only then.");
            return;
        }
        certificate_ptr const& c = pair->leaf();
        std::string const at = path(place::own, file_name_of(*c));
        dates(at, c,
              mine->next() ? "The next one is staged: switch to it as soon as others trust it."
                           : "Stage the next one now, have others trust it, and switch to it.");
        weakness(at, c);
        if (!o_.application_uri.empty() &&
            std::find(c->uris().begin(), c->uris().end(), o_.application_uri) == c->uris().end())
            say(severity::fault, at,
                fmt::format("holds the ApplicationUri {}, but the application announces {}: others refuse it",
                            c->uris().empty() ? "nowhere" : printable(c->uris().front(), 160),
                            printable(o_.application_uri, 160)),
                remedy_of(status::certificate_uri_invalid), c);
        if (auto const next = mine->next())
            say(severity::notice, path(place::own, file_name_of(*next->leaf())),
                "is the next certificate of this application, not in force yet",
                "Switch to it as soon as others trust it.", next->leaf());
    }

    void waiting() {
        auto const all = store_.rejected();
        if (all.empty()) return;
        auto const& newest = all.front();
        std::string const at = path(place::rejected, {});
        say(severity::notice, at,
            fmt::format("{} for an administrator; the newest is {}, last seen on {}",
                        all.size() == 1 ? std::string{"a certificate waits"}
                                        : fmt::format("{} certificates wait", all.size()),
                        called(*newest.certificate), day_of(newest.last_seen)),
            "Approve what you know; leave the rest where it is.", newest.certificate);
        auto const trusted = store_.entries(place::trusted);
        for (auto const& r : all)
            for (auto const& e : trusted) {
                auto const n = likeness_of(*r.certificate, *e.certificate);
                if (!n.any()) continue;
                say(severity::warning, r.file.empty() ? at : path(place::rejected, r.file),
                    fmt::format("was refused, and has the {} of the trusted {}",
                                n.same_uri ? "ApplicationUri" : "common name", printable(e.file)),
                    "Its successor, or somebody who claims to be: compare the thumbprint with its owner's.",
                    r.certificate);
                break;
            }
    }

    directory const& store_;
    instant now_;
    doctor_options const& o_;
    snapshot held_;
    trust_list const& lists_;
    validator judge_;
    findings to_{};
    std::vector<replacement> const replacements_ = store_.replacements();
    std::vector<store_entry> applications_{};  ///< that are trusted; each once
    std::set<thumbprint> troubled_{};          ///< CAs whose revocation lists were spoken of
};
}  // namespace detail

/// What is wrong with a store, or soon will be, and how to mend it; the worst first. Nothing: all is well.
/// Reads files and judges each trusted certificate: milliseconds for a hundred of them. Changes nothing.
/// Thread safety: any; it sees the lists as they were at the store's last look.
[[nodiscard]] inline std::vector<store_finding> examine(directory const& store, instant const& now,
                                                        doctor_options const& o = {}) {
    return detail::examination{store, now, o}.run();
}

}  // namespace trust
}  // namespace sallyport::inline v0
