// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// The reasons for which a list may speak (RFC 5280 §4.2.1.13), as OpenSSL numbers the bits.
using reason_set = std::uint32_t;
inline constexpr reason_set every_reason = 0x807F;

namespace detail {
[[nodiscard]] inline reason_set reasons_of(ASN1_BIT_STRING const* some) noexcept {
    if (some == nullptr) return every_reason;
    bytes const b = view(some);
    reason_set out = 0;
    if (!b.empty()) out = b[0];
    if (b.size() > 1) out |= static_cast<reason_set>(b[1]) << 8U;
    return out & every_reason;
}
}  // namespace detail

/// A number of any length, as it stands in a certificate or list: serials and cRLNumbers have up to 20
/// octets.
struct big_number {
    std::string_view octets{};  ///< without leading zeros
    bool negative = false;

    [[nodiscard]] static big_number of(ASN1_INTEGER const* i) noexcept {
        std::string_view s = detail::text_of(i);
        while (!s.empty() && s.front() == '\0') s.remove_prefix(1);
        return {s, i != nullptr && ASN1_STRING_type(i) == V_ASN1_NEG_INTEGER};
    }
    /// By size: shorter is less, whatever its sign; that orders non-negative numbers, and any for a search.
    [[nodiscard]] friend std::strong_ordering operator<=>(big_number const& a, big_number const& b) noexcept {
        if (a.negative != b.negative) return b.negative <=> a.negative;
        if (a.octets.size() != b.octets.size()) return a.octets.size() <=> b.octets.size();
        return a.octets.compare(b.octets) <=> 0;
    }
    [[nodiscard]] friend bool operator==(big_number const& a, big_number const& b) noexcept {
        return std::is_eq(a <=> b);
    }
};

/// One certificate revocation list, read once; serials are found by search.
/// Thread safety: never changes once made; share it by `crl_ptr`.
class crl {
    struct token {};

public:
    /// Larger is refused unread: a million revocations take about 40 MiB.
    static constexpr std::size_t largest = std::size_t{64} << 20;

    /// Reads exactly one DER list, to the last octet. Null where that is not what these bytes are; `why` then
    /// gets a sentence.
    [[nodiscard]] static std::shared_ptr<crl const> parse(bytes der, std::string* why = nullptr) {
        std::string unheard;
        std::string& reason = why != nullptr ? *why : unheard;
        auto x = detail::read_whole<detail::owned_crl, d2i_X509_CRL>(der, largest, "revocation list", reason);
        if (!x) return nullptr;
        auto made = std::make_shared<crl>(token{}, std::move(x), der);
        if (!made->from_) {
            reason = "has a thisUpdate that is no date";
            return nullptr;
        }
        return made;
    }

    crl(token, detail::owned_crl x, bytes der) : x_{std::move(x)}, print_{sha256(der)} {
        read();
        read_digest(der);
    }
    crl(crl const&) = delete;
    crl& operator=(crl const&) = delete;
    ~crl() = default;

    [[nodiscard]] thumbprint const& print() const noexcept { return print_; }
    [[nodiscard]] std::string issuer() const { return detail::printed(issuer_name()); }
    [[nodiscard]] X509_NAME const* issuer_name() const noexcept { return X509_CRL_get_issuer(x_.get()); }
    [[nodiscard]] unsigned long issuer_hash() const noexcept { return issuer_hash_; }
    [[nodiscard]] bool issued_in_name_of(certificate const& ca) const noexcept {
        return issuer_hash_ == ca.subject_hash() && X509_NAME_cmp(issuer_name(), ca.subject_name()) == 0;
    }
    [[nodiscard]] bool key_id_contradicts(certificate const& ca) const noexcept {
        ASN1_OCTET_STRING const* const is = X509_get0_subject_key_id(ca.x509());
        return key_id_ && key_id_->keyid != nullptr && is != nullptr &&
               ASN1_OCTET_STRING_cmp(key_id_->keyid, is) != 0;
    }
    [[nodiscard]] bool same_key_id(crl const& o) const noexcept {
        bool const here = key_id_ && key_id_->keyid != nullptr,
                   there = o.key_id_ && o.key_id_->keyid != nullptr;
        return here == there && (!here || ASN1_OCTET_STRING_cmp(key_id_->keyid, o.key_id_->keyid) == 0);
    }
    [[nodiscard]] nanoseconds from() const noexcept { return *from_; }  ///< thisUpdate
    /// nextUpdate. RFC 5280 §5.1.2.5 demands one: a list without is stale from its first day.
    [[nodiscard]] nanoseconds until() const noexcept { return until_.value_or(*from_); }
    [[nodiscard]] std::optional<big_number> number() const noexcept {
        if (!number_) return std::nullopt;
        return big_number::of(number_.get());
    }
    /// The number of the list that this one amends: it is a delta (RFC 5280 §5.2.4).
    [[nodiscard]] std::optional<big_number> base() const noexcept {
        if (!base_) return std::nullopt;
        return big_number::of(base_.get());
    }
    /// False: forged in its frame, or holds a critical extension that nobody here understands. It says
    /// nothing.
    [[nodiscard]] bool sound() const noexcept { return sound_; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    [[nodiscard]] ISSUING_DIST_POINT const* scope() const noexcept { return scope_.get(); }
    [[nodiscard]] bool indirect() const noexcept { return scope_ && scope_->indirectCRL > 0; }
    [[nodiscard]] reason_set reasons() const noexcept { return reasons_; }
    /// Do both speak of the same certificates for the same reasons?
    [[nodiscard]] bool same_scope(crl const& o) const noexcept { return scope_print_ == o.scope_print_; }

    enum class listed : std::uint8_t { no, revoked, removed };  ///< removed: a delta takes it off its base
    /// What stands here about this certificate, by its serial and its issuer's name.
    [[nodiscard]] listed look_up(certificate const& c) const noexcept {
        big_number const serial = serial_of(c);
        auto const [first, last] =
            std::equal_range(entries_.begin(), entries_.end(), entry{serial, 0, 0},
                             [](entry const& a, entry const& b) noexcept { return a.serial < b.serial; });
        for (auto e = first; e != last; ++e) {
            X509_NAME const* const whose = e->issuer == 0 ? issuer_name() : issuers_[e->issuer - 1];
            if (X509_NAME_cmp(whose, c.issuer_name()) != 0) continue;
            return base_ && taken_off(e->at) ? listed::removed : listed::revoked;
        }
        return listed::no;
    }

    [[nodiscard]] X509_CRL* x509() const noexcept { return x_.get(); }  ///< for OpenSSL; not to be changed
    /// Is it this key's? A signature: tens of microseconds, for the list was hashed when it was read (but for
    /// EdDSA and PSS).
    [[nodiscard]] bool signed_by(certificate const& ca) const noexcept {
        EVP_PKEY* const key = ca.public_key();
        bool const yes = key != nullptr &&
                         (digest_size_ > 0 ? digest_signed_by(key) : X509_CRL_verify(x_.get(), key) == 1);
        ERR_clear_error();
        return yes;
    }

private:
    struct entry {
        big_number serial;
        std::uint32_t issuer;  ///< 0: the list's own; else one of `issuers_`, from 1
        std::uint32_t at;      ///< where it stood
    };

    [[nodiscard]] static big_number serial_of(certificate const& c) noexcept {
        return big_number::of(X509_get0_serialNumber(c.x509()));
    }
    [[nodiscard]] bool taken_off(std::uint32_t at) const noexcept {
        X509_REVOKED* const r = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(x_.get()), static_cast<int>(at));
        detail::owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> const why{
            static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(r, NID_crl_reason, nullptr, nullptr))};
        return why && ASN1_ENUMERATED_get(why.get()) == CRL_REASON_REMOVE_FROM_CRL;
    }

    /// Where an extension may stand once, reads it; `at` says where it stood, -1: nowhere.
    template <class T>
    [[nodiscard]] T* once(int nid) noexcept {
        int critical = 0;
        auto* const value = static_cast<T*>(X509_CRL_get_ext_d2i(x_.get(), nid, &critical, nullptr));
        if (value == nullptr && critical != -1) sound_ = false;  // unreadable, or twice
        return value;
    }

    void read() {
        X509_CRL* const x = x_.get();
        issuer_hash_ = detail::hash_of(issuer_name());
        from_ = detail::time_of(X509_CRL_get0_lastUpdate(x));
        until_ = detail::time_of(X509_CRL_get0_nextUpdate(x));
        number_.reset(once<ASN1_INTEGER>(NID_crl_number));
        base_.reset(once<ASN1_INTEGER>(NID_delta_crl));
        key_id_.reset(once<AUTHORITY_KEYID>(NID_authority_key_identifier));
        scope_.reset(once<ISSUING_DIST_POINT>(NID_issuing_distribution_point));
        for (int i = 0; i < X509_CRL_get_ext_count(x); ++i) {
            X509_EXTENSION* const e = X509_CRL_get_ext(x, i);
            int const nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
            if (nid == NID_issuing_distribution_point)
                scope_print_ = sha256(detail::view(X509_EXTENSION_get_data(e)));
            if (X509_EXTENSION_get_critical(e) != 0 && nid != NID_issuing_distribution_point &&
                nid != NID_delta_crl && nid != NID_crl_number && nid != NID_authority_key_identifier)
                sound_ = false;
        }
        read_scope();
        read_entries();
        ERR_clear_error();
    }
    /// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }; the algorithm stands
    /// in what is signed as well, and has to be the same (RFC 5280 §5.1.1.2).
    void read_digest(bytes der) noexcept {
        auto const next = [](bytes& rest) -> bytes {
            auto const f = frame_of(rest);
            bytes const one = f ? rest.first(f->end) : bytes{};
            rest = f ? rest.subspan(f->end) : bytes{};
            return one;
        };
        auto const inside = [](bytes one) {
            auto const f = frame_of(one);
            return f ? one.subspan(f->content, f->end - f->content) : bytes{};
        };
        bytes list = inside(der);
        bytes const body = next(list), outer = next(list);
        bytes fields = inside(body);
        bytes inner = next(fields);
        if (!inner.empty() && inner[0] == 0x02) inner = next(fields);  // a version stands before it
        int hash = NID_undef;
        if (outer.empty() || !std::equal(inner.begin(), inner.end(), outer.begin(), outer.end()) ||
            OBJ_find_sigid_algs(X509_CRL_get_signature_nid(x_.get()), &hash, &key_nid_) != 1 ||
            (key_nid_ != EVP_PKEY_RSA && key_nid_ != EVP_PKEY_EC && key_nid_ != EVP_PKEY_DSA))
            return;
        hash_ = EVP_get_digestbynid(hash);
        unsigned size = 0;
        if (hash_ != nullptr &&
            EVP_Digest(body.data(), body.size(), digest_.data(), &size, hash_, nullptr) == 1)
            digest_size_ = size;
    }
    [[nodiscard]] bool digest_signed_by(EVP_PKEY* key) const noexcept {
        if (EVP_PKEY_get_base_id(key) != key_nid_) return false;
        ASN1_BIT_STRING const* proof = nullptr;
        X509_CRL_get0_signature(x_.get(), &proof, nullptr);
        bytes const octets = detail::view(proof);
        detail::owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> const of{
            EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
        return of && EVP_PKEY_verify_init(of.get()) == 1 &&
               EVP_PKEY_CTX_set_signature_md(of.get(), hash_) == 1 &&
               EVP_PKEY_verify(of.get(), octets.data(), octets.size(), digest_.data(), digest_size_) == 1;
    }
    void read_scope() noexcept {
        if (!scope_) return;
        reasons_ = detail::reasons_of(scope_->onlysomereasons);
        if ((scope_->onlyuser > 0) + (scope_->onlyCA > 0) + (scope_->onlyattr > 0) > 1) sound_ = false;
        if (scope_->distpoint != nullptr && DIST_POINT_set_dpname(scope_->distpoint, issuer_name()) != 1)
            sound_ = false;
    }
    void read_entries() {
        STACK_OF(X509_REVOKED)* const revoked = X509_CRL_get_REVOKED(x_.get());
        int const count = revoked == nullptr ? 0 : sk_X509_REVOKED_num(revoked);
        entries_.reserve(static_cast<std::size_t>(count));
        std::uint32_t whose = 0;
        bool sorted = true;
        for (int i = 0; i < count; ++i) {
            X509_REVOKED* const r = sk_X509_REVOKED_value(revoked, i);
            if (X509_REVOKED_get_ext_count(r) > 0) read_extensions_of(r, whose);
            entry const fresh{big_number::of(X509_REVOKED_get0_serialNumber(r)), whose,
                              static_cast<std::uint32_t>(i)};
            sorted = sorted && (entries_.empty() || entries_.back().serial <= fresh.serial);
            entries_.push_back(fresh);
        }
        if (!sorted)
            std::sort(entries_.begin(), entries_.end(),
                      [](entry const& a, entry const& b) noexcept { return a.serial < b.serial; });
    }
    void read_extensions_of(X509_REVOKED* r, std::uint32_t& whose) {
        for (int i = 0; i < X509_REVOKED_get_ext_count(r); ++i) {
            X509_EXTENSION* const e = X509_REVOKED_get_ext(r, i);
            int const nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
            if (nid == NID_certificate_issuer) {  // holds for the entries that follow, too (RFC 5280 §5.3.3)
                GENERAL_NAMES* const names = static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(e));
                names_.emplace_back(names);
                X509_NAME const* directory = nullptr;
                for (int n = 0; names != nullptr && n < sk_GENERAL_NAME_num(names); ++n)
                    if (GENERAL_NAME const* const g = sk_GENERAL_NAME_value(names, n); g->type == GEN_DIRNAME)
                        directory = directory == nullptr ? g->d.directoryName : directory;
                if (directory == nullptr || !indirect()) {
                    sound_ = false;
                } else {
                    issuers_.push_back(directory);
                    whose = static_cast<std::uint32_t>(issuers_.size());
                }
            } else if (X509_EXTENSION_get_critical(e) != 0 && nid != NID_crl_reason &&
                       nid != NID_invalidity_date) {
                sound_ = false;
            }
        }
    }

    detail::owned_crl x_;
    thumbprint print_{}, scope_print_{};
    unsigned long issuer_hash_ = 0;
    std::optional<nanoseconds> from_, until_;
    detail::owned<ASN1_INTEGER, ASN1_INTEGER_free> number_, base_;
    detail::owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> key_id_;
    detail::owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> scope_;
    std::vector<detail::owned<GENERAL_NAMES, GENERAL_NAMES_free>> names_;  ///< what `issuers_` points into
    std::vector<X509_NAME const*> issuers_;
    std::vector<entry> entries_;
    reason_set reasons_ = every_reason;
    EVP_MD const* hash_ = nullptr;
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest_{};  ///< of what is signed
    unsigned digest_size_ = 0;                            ///< 0: to be hashed for each key
    int key_nid_ = NID_undef;
    bool sound_ = true;
};
using crl_ptr = std::shared_ptr<crl const>;

}  // namespace trust
}  // namespace sallyport::inline v0
