// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// The two lists of OPC UA (Part 12 §7.8.2): what is in `issuers` helps to build chains, and grants nothing.
enum class list : std::uint8_t { trusted = 1, issuers = 2 };

/// Which of the lists hold something: neither, one or both.
struct lists {
    std::uint8_t bits = 0;
    [[nodiscard]] constexpr bool has(list l) const noexcept {
        return (bits & static_cast<std::uint8_t>(l)) != 0;
    }
    [[nodiscard]] constexpr bool any() const noexcept { return bits != 0; }
    constexpr void add(list l) noexcept {
        bits = static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(l));
    }
    [[nodiscard]] constexpr bool meets(lists o) const noexcept { return (bits & o.bits) != 0; }
    friend constexpr bool operator==(lists const&, lists const&) = default;
};

namespace detail {
struct print_hash {
    /// A thumbprint is a hash already, and one that nobody can choose.
    [[nodiscard]] std::size_t operator()(thumbprint const& t) const noexcept {
        std::size_t h = 0;
        std::memcpy(&h, t.bytes.data(), sizeof h);
        return h;
    }
};
}  // namespace detail

/// A revocation list with the lists that hold it, and the listed CAs whose signature it bears.
struct listed_crl {
    crl_ptr crl;
    lists in{};
    std::vector<thumbprint> signers{};  ///< sorted

    [[nodiscard]] bool signed_by(thumbprint const& ca) const noexcept {
        return std::binary_search(signers.begin(), signers.end(), ca);
    }
};

/// The certificates and revocation lists that administrators have put into the trusted and the issuer list.
/// Everything that does not depend on who is asking is judged here, once: the signatures of the revocation
/// lists.
/// Thread safety: never changes once made; share it.
class trust_list {
public:
    struct content {
        std::vector<certificate_ptr> trusted{}, issuers{};
        std::vector<crl_ptr> trusted_crls{}, issuer_crls{};
    };
    struct member {
        certificate_ptr certificate;
        lists in{};
    };

    trust_list() = default;
    /// `before`: lists of an earlier time; what they found out about revocation lists that are still here is
    /// taken over.
    explicit trust_list(content c, trust_list const* before = nullptr) {
        members_.reserve(c.trusted.size() + c.issuers.size());
        by_print_.reserve(c.trusted.size() + c.issuers.size());
        for (auto& m : c.trusted) add(std::move(m), list::trusted);
        for (auto& m : c.issuers) add(std::move(m), list::issuers);
        by_subject_.reserve(members_.size());
        for (std::uint32_t i = 0; i < members_.size(); ++i)
            by_subject_.push_back({members_[i].certificate->subject_hash(), i});
        std::sort(by_subject_.begin(), by_subject_.end());
        for (auto& l : c.trusted_crls) add(std::move(l), list::trusted);
        for (auto& l : c.issuer_crls) add(std::move(l), list::issuers);
        // A newer list of the same CA and scope stands before an older one.
        std::stable_sort(crls_.begin(), crls_.end(), [](listed_crl const& a, listed_crl const& b) noexcept {
            if (a.crl->issuer_hash() != b.crl->issuer_hash())
                return a.crl->issuer_hash() < b.crl->issuer_hash();
            auto const x = a.crl->number(), y = b.crl->number();
            if (!x || !y) return x.has_value() && !y.has_value();
            return *y < *x;
        });
        for (auto& l : crls_) find_signers(l, before);
    }

    [[nodiscard]] std::span<member const> members() const noexcept { return members_; }
    [[nodiscard]] std::span<listed_crl const> crls() const noexcept { return crls_; }

    /// In which lists is it? By its whole DER: a partial compare is CVE-2026-9758.
    [[nodiscard]] lists where(thumbprint const& print) const noexcept {
        member const* const m = find(print);
        return m == nullptr ? lists{} : m->in;
    }
    [[nodiscard]] member const* find(thumbprint const& print) const noexcept {
        auto const at = by_print_.find(print);
        return at == by_print_.end() ? nullptr : &members_[at->second];
    }
    /// Calls `f(member)` for each whose subject may be this name; false from `f` ends the round.
    template <class F>
    void each_called(unsigned long subject_hash, F&& f) const {
        auto at = std::lower_bound(by_subject_.begin(), by_subject_.end(), named{subject_hash, 0});
        for (; at != by_subject_.end() && at->hash == subject_hash; ++at)
            if (!f(members_[at->index])) return;
    }
    /// The revocation lists whose issuer may be this name, newest number first.
    [[nodiscard]] std::span<listed_crl const> crls_of(unsigned long issuer_hash) const noexcept {
        auto const [first, last] = std::equal_range(crls_.begin(), crls_.end(), issuer_hash, by_issuer{});
        return {first, last};
    }

private:
    struct named {
        unsigned long hash;
        std::uint32_t index;
        // NOLINTNEXTLINE(modernize-use-nullptr): the zero is of <=> itself
        friend auto operator<=>(named const&, named const&) = default;
    };
    struct by_issuer {
        bool operator()(listed_crl const& l, unsigned long h) const noexcept {
            return l.crl->issuer_hash() < h;
        }
        bool operator()(unsigned long h, listed_crl const& l) const noexcept {
            return h < l.crl->issuer_hash();
        }
    };

    void add(certificate_ptr c, list l) {
        auto const [at, fresh] =
            by_print_.try_emplace(c->print(), static_cast<std::uint32_t>(members_.size()));
        if (fresh) members_.push_back({std::move(c), {}});
        members_[at->second].in.add(l);
    }
    void add(crl_ptr c, list l) {
        auto const [at, fresh] =
            crl_by_print_.try_emplace(c->print(), static_cast<std::uint32_t>(crls_.size()));
        if (fresh) crls_.push_back({std::move(c), {}, {}});
        crls_[at->second].in.add(l);
    }
    void find_signers(listed_crl& l, trust_list const* before) const {
        listed_crl const* known = nullptr;
        if (before != nullptr)
            for (auto const& old : before->crls_of(l.crl->issuer_hash()))
                if (old.crl == l.crl) known = &old;
        // One key has signed it: once that is found, of many CAs of one name, no other is tried.
        EVP_PKEY* its_key = nullptr;
        auto const ask = [&](certificate const& ca) {
            if (its_key != nullptr) return EVP_PKEY_eq(its_key, ca.public_key()) == 1;
            bool const asked = known != nullptr && before->find(ca.print()) != nullptr;
            if (!(asked ? known->signed_by(ca.print()) : l.crl->signed_by(ca))) return false;
            its_key = ca.public_key();
            return true;
        };
        for (bool const contradicts : {false, true})
            each_called(l.crl->issuer_hash(), [&](member const& m) {
                certificate const& ca = *m.certificate;
                if (l.crl->key_id_contradicts(ca) == contradicts && l.crl->issued_in_name_of(ca) && ask(ca))
                    l.signers.push_back(ca.print());
                return true;
            });
        std::sort(l.signers.begin(), l.signers.end());
    }

    std::vector<member> members_;
    std::vector<listed_crl> crls_;
    std::vector<named> by_subject_;
    std::unordered_map<thumbprint, std::uint32_t, detail::print_hash> by_print_;
    std::unordered_map<thumbprint, std::uint32_t, detail::print_hash> crl_by_print_;
};
using trust_list_ptr = std::shared_ptr<trust_list const>;

/// The lists in force, and their number: every change gives another.
struct snapshot {
    trust_list_ptr lists;  ///< never null
    std::uint64_t generation = 0;
};

/// Where the lists in force stand. Whoever reads them keeps what he has read; whoever changes them puts
/// others there.
/// Thread safety: any.
class current_lists {
public:
    [[nodiscard]] snapshot get() const {
        std::lock_guard const hold{mutex_};
        return now_;
    }
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    void put(trust_list_ptr fresh) {  // what it held goes with the argument: after the lock
        std::lock_guard const hold{mutex_};
        now_.lists.swap(fresh);
        generation_.store(++now_.generation, std::memory_order_release);
    }

private:
    mutable std::mutex mutex_;
    snapshot now_{std::make_shared<trust_list const>(), 0};
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace trust
}  // namespace sallyport::inline v0
