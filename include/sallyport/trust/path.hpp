// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>
#include <sallyport/trust/signature_effort.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// How much work one validation may cost, whatever a stranger presents.
struct budget {
    /// Certificates that are read from a presented chain. A message of OPC UA's default size (64 KiB, Part 6
    /// §6.7.1) holds fewer with RSA keys.
    unsigned presented = 100;
    std::size_t octets = 262'144;  ///< of them: a hundred with RSA 2048, fifty with RSA 4096 and every field
    unsigned depth = 10;           ///< certificates on a path: rustls-webpki allows 6 CAs, PKITS needs 7
    unsigned paths = 64;           ///< candidate paths that are looked at
    unsigned signatures = 100;     ///< that are verified: Go crypto/x509 and rustls-webpki allow as many
    /// What they cost together (see `signature_effort`), some 40 ms: a hundred of RSA 4096 or P-256, fifty of
    /// P-384.
    unsigned effort = 600;
    int longest_rsa_key =
        8192;  ///< bits of a key that a signature is verified with; the policies end at 4096
    /// Names and policies that are compared: Go crypto/x509's remedy for long name constraints allows as
    /// many.
    std::size_t comparisons = 250'000;
};

/// From the leaf to where it ended.
using certificate_path = std::vector<certificate_ptr>;

enum class path_end : std::uint8_t {
    root,           ///< a self-signed certificate, its signature good
    nobody,         ///< no issuer of the last one is known
    bad_signature,  ///< the last one's signature is not its issuer's
};

/// Finds candidate paths from a leaf to self-signed roots, through the lists and what was presented: depth
/// first, trusted issuers first. Loops end: no certificate stands twice on a path (CVE-2022-37013), and every
/// step draws on the budget.
/// Thread safety: one validation, one thread.
class path_finder {
public:
    path_finder(trust_list const& lists, std::span<certificate_ptr const> presented, budget most) noexcept
        : lists_{lists}, presented_{presented}, left_{most} {}

    /// Calls `f(path, path_end)` for each candidate, until `f` says true or the budget ends.
    template <class F>
    void each(certificate_ptr const& leaf, F&& f) {
        certificate_path p{leaf};
        (void)extend(p, f);
    }
    /// Was there more to look at than the budget allowed?
    [[nodiscard]] bool spent() const noexcept { return spent_; }
    [[nodiscard]] budget const& left() const noexcept { return left_; }

    /// Is the certificate signed by this key? Each pair is asked once, and costs a signature of the budget.
    [[nodiscard]] bool signed_by(certificate const& c, certificate const& ca) {
        return found_out(&c, ca, [&] { return X509_verify(c.x509(), ca.public_key()) == 1; });
    }
    /// The same of a revocation list.
    [[nodiscard]] bool signed_by(crl const& l, certificate const& ca) {
        return found_out(&l, ca, [&] { return l.signed_by(ca); });
    }
    /// Draws so many comparisons of names on the budget. False: there are not as many left.
    [[nodiscard]] bool may_compare(std::size_t names) noexcept {
        if (left_.comparisons < names) return cannot_afford();
        left_.comparisons -= names;
        return true;
    }
    /// How often there was too little left to find out what was asked. The answer was no, and proves nothing.
    [[nodiscard]] unsigned unanswered() const noexcept { return unanswered_; }
    /// Another search has spent of the same budget.
    void take_over(path_finder const& other) noexcept {
        left_ = other.left_;
        unanswered_ += other.unanswered_ + (other.spent_ ? 1U : 0U);
        spent_ = spent_ || other.spent_;
    }

private:
    struct edge {
        void const* child;  ///< a certificate or a revocation list
        certificate const* issuer;
        bool good;
    };
    struct candidate {
        certificate_ptr ca;
        int order;
    };

    template <class F>
    [[nodiscard]] bool found_out(void const* child, certificate const& ca, F verify) {
        for (auto const& e : edges_)
            if (e.child == child && e.issuer == &ca) return e.good;
        unsigned const effort = signature_effort::of(ca.public_key(), left_.longest_rsa_key);
        bool good = false;
        if (effort != signature_effort::never) {  // else the key is out of all proportion
            if (left_.signatures == 0 || left_.effort < effort) return cannot_afford();
            --left_.signatures;
            left_.effort -= effort;
            good = verify();
            ERR_clear_error();
        }
        edges_.push_back({child, &ca, good});
        return good;
    }
    [[nodiscard]] bool cannot_afford() noexcept {
        ++unanswered_;
        spent_ = true;
        return false;
    }

    template <class F>
    [[nodiscard]] bool tell(certificate_path const& p, path_end end, F& f) {
        if (left_.paths == 0) return spent_ = true;
        --left_.paths;
        return f(p, end);
    }

    template <class F>
    [[nodiscard]] bool extend(certificate_path& p, F& f) {
        certificate_ptr const tip = p.back();
        if (tip->looks_self_signed()) {
            bool const good = signed_by(*tip, *tip);
            if (tell(p, good ? path_end::root : path_end::bad_signature, f)) return true;
            if (good) return false;
        }
        if (p.size() >= left_.depth) {
            spent_ = true;
            return tell(p, path_end::nobody, f);
        }
        bool any = tip->looks_self_signed();
        for (auto const& c : issuers_of(*tip)) {
            if (std::any_of(p.begin(), p.end(), [&](auto const& on) { return on->print() == c.ca->print(); }))
                continue;
            if (left_.paths == 0 || left_.signatures == 0) return spent_ = true;
            any = true;
            p.push_back(c.ca);
            bool const done = signed_by(*tip, *c.ca) ? extend(p, f) : tell(p, path_end::bad_signature, f);
            p.pop_back();
            if (done) return true;
        }
        return any ? false : tell(p, path_end::nobody, f);
    }

    [[nodiscard]] std::vector<candidate> issuers_of(certificate const& c) {
        std::vector<candidate> found;
        auto const consider = [&](certificate_ptr const& ca, int order) {
            // A key identifier that contradicts makes an issuer unlikely, not impossible: it comes last.
            found.push_back({ca, order + (c.key_id_contradicts(*ca) ? 4 : 0)});
        };
        lists_.each_called(c.issuer_hash(), [&](trust_list::member const& m) {
            if (c.issued_in_name_by(*m.certificate)) consider(m.certificate, m.in.has(list::trusted) ? 0 : 1);
            return true;
        });
        for (std::size_t i = 0; i < presented_.size(); ++i)
            if (certificate_ptr const& ca = presented_[i];
                c.issued_in_name_by(*ca) && !lists_.where(ca->print()).any() && !listed_already(i))
                consider(ca, 2);
        // The short way first: a root, or who is below one that is known. What is left of the budget may not
        // do for the long ones.
        if (found.size() > 1)
            for (candidate& one : found) one.order = 3 * one.order + steps_to_a_root(*one.ca);
        std::stable_sort(found.begin(), found.end(),
                         [](candidate const& a, candidate const& b) noexcept { return a.order < b.order; });
        return found;
    }
    /// Is a CA of this name and key in the lists? Then it is judged as it is listed: another certificate of
    /// it that the peer brings would lead past what its own issuer says of it. Found out once for each.
    [[nodiscard]] bool listed_already(std::size_t presented) {
        enum : char { not_asked, no, yes };
        if (twins_.empty()) twins_.resize(presented_.size(), not_asked);
        char& known = twins_[presented];
        if (known == not_asked) {
            certificate const& ca = *presented_[presented];
            known = no;
            lists_.each_called(ca.subject_hash(), [&](trust_list::member const& m) {
                certificate const& listed = *m.certificate;
                if (X509_NAME_cmp(listed.subject_name(), ca.subject_name()) == 0 &&
                    same_key(listed.public_key(), ca.public_key()))
                    known = yes;
                return known == no;
            });
            ERR_clear_error();
        }
        return known == yes;
    }
    /// Also where one of them says that it is for PSS alone: it verifies the same signatures.
    [[nodiscard]] static bool same_key(EVP_PKEY* a, EVP_PKEY* b) noexcept {
        if (EVP_PKEY_eq(a, b) == 1) return true;
        auto const is_rsa = [](EVP_PKEY* k) {
            int const kind = k == nullptr ? 0 : EVP_PKEY_get_base_id(k);
            return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS;
        };
        if (!is_rsa(a) || !is_rsa(b) || EVP_PKEY_get_base_id(a) == EVP_PKEY_get_base_id(b)) return false;
        auto const part = [](EVP_PKEY* k, char const* which) {
            BIGNUM* n = nullptr;
            (void)EVP_PKEY_get_bn_param(k, which, &n);
            return detail::owned<BIGNUM, BN_free>{n};
        };
        auto const same = [&](char const* which) {
            auto const x = part(a, which), y = part(b, which);
            return x && y && BN_cmp(x.get(), y.get()) == 0;
        };
        return same(OSSL_PKEY_PARAM_RSA_N) && same(OSSL_PKEY_PARAM_RSA_E);
    }
    /// 0: it seems to be one; 1: one seems to have issued it; 2: neither.
    [[nodiscard]] int steps_to_a_root(certificate const& ca) const {
        if (ca.looks_self_signed()) return 0;
        bool root = false;
        int looked_at = 0;  // a hint alone: nobody looks through thousands for it
        lists_.each_called(ca.issuer_hash(), [&](trust_list::member const& m) {
            root = m.certificate->looks_self_signed();
            return !root && ++looked_at < 8;
        });
        root = root || std::any_of(presented_.begin(), presented_.end(), [&](certificate_ptr const& c) {
                   return c->looks_self_signed() && c->subject_hash() == ca.issuer_hash();
               });
        return root ? 1 : 2;
    }

    trust_list const& lists_;
    std::span<certificate_ptr const> presented_;
    budget left_;
    std::vector<edge> edges_;
    std::vector<char> twins_;  ///< of each that was presented, what `listed_already` has found out
    unsigned unanswered_ = 0;
    bool spent_ = false;
};

}  // namespace trust
}  // namespace sallyport::inline v0
