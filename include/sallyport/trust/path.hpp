// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
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
    unsigned depth = 10;        ///< certificates on a path: rustls-webpki allows 6 CAs, PKITS needs 7
    unsigned paths = 64;        ///< candidate paths that are looked at
    unsigned signatures = 100;  ///< that are verified: Go crypto/x509 and rustls-webpki allow as many
    int longest_rsa_key =
        8192;  ///< bits of a key that a signature is verified with; the policies end at 4096
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
        for (auto const& e : edges_)
            if (e.child == &c && e.issuer == &ca) return e.good;
        bool const good = may_verify_with(ca) && X509_verify(c.x509(), ca.public_key()) == 1;
        ERR_clear_error();
        edges_.push_back({&c, &ca, good});
        return good;
    }
    /// Draws a signature on the budget. False: there is none left, or the key is out of all proportion.
    [[nodiscard]] bool may_verify_with(certificate const& ca) noexcept {
        if (ca.public_key() == nullptr) return false;
        if (ca.key() == key_kind::rsa && ca.key_bits() > left_.longest_rsa_key) return false;
        if (left_.signatures == 0) {
            spent_ = true;
            return false;
        }
        --left_.signatures;
        return true;
    }

private:
    struct edge {
        certificate const* child;
        certificate const* issuer;
        bool good;
    };
    struct candidate {
        certificate_ptr ca;
        int order;
    };

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

    [[nodiscard]] std::vector<candidate> issuers_of(certificate const& c) const {
        std::vector<candidate> found;
        auto const consider = [&](certificate_ptr const& ca, int order) {
            // A key identifier that contradicts makes an issuer unlikely, not impossible: it comes last.
            if (c.issued_in_name_by(*ca)) found.push_back({ca, order + (c.key_id_contradicts(*ca) ? 4 : 0)});
        };
        lists_.each_called(c.issuer_hash(), [&](trust_list::member const& m) {
            consider(m.certificate, m.in.has(list::trusted) ? 0 : 1);
            return true;
        });
        for (auto const& ca : presented_)
            if (!lists_.where(ca->print()).any()) consider(ca, 2);
        std::stable_sort(found.begin(), found.end(),
                         [](candidate const& a, candidate const& b) noexcept { return a.order < b.order; });
        return found;
    }

    trust_list const& lists_;
    std::span<certificate_ptr const> presented_;
    budget left_;
    std::vector<edge> edges_;
    bool spent_ = false;
};

}  // namespace trust
}  // namespace sallyport::inline v0
