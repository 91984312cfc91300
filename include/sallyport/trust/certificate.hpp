// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/der.hpp>
#include <sallyport/trust/openssl.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/objects.h>

namespace sallyport::inline v0 {
namespace trust {

/// What is wrong with a certificate by itself, before anybody asks who issued it (Part 4 §6.1.3, step 1).
enum class flaw : std::uint16_t {
    not_der = 1,            ///< BER, or lengths written longer than they are
    not_version_3 = 2,      ///< Part 6 §6.2.2
    no_common_name = 4,     ///< Part 6 §6.2.2: empty subject, or one without a CN
    negative_serial = 8,    ///< RFC 5280 §4.1.2.2
    two_algorithms = 16,    ///< the signed and the unsigned algorithm differ: RFC 5280 §4.1.1.2
    unknown_critical = 32,  ///< a critical extension that nobody here understands: RFC 5280 §4.2
    broken_extension = 64,  ///< is not DER or unreadable, contradicts another, or stands there twice
    proxy = 128,            ///< a proxy certificate (RFC 3820): never accepted
};
/// What RFC 5280 alone would mind as well.
inline constexpr std::uint16_t flaws_in_rfc_5280 =
    static_cast<std::uint16_t>(flaw::not_der) | static_cast<std::uint16_t>(flaw::two_algorithms) |
    static_cast<std::uint16_t>(flaw::unknown_critical) | static_cast<std::uint16_t>(flaw::broken_extension) |
    static_cast<std::uint16_t>(flaw::proxy);

enum class key_kind : std::uint8_t {
    other,
    rsa,
    nist_p256,
    nist_p384,
    brainpool_p256r1,
    brainpool_p384r1,
    ed25519,
    ed448
};
enum class signature_kind : std::uint8_t { other, rsa_pkcs1, rsa_pss, ecdsa, ed25519, ed448 };

/// Which usages an extension names, and whether the certificate marks it critical.
struct stated_usage {
    bool present = false, critical = false;
    std::uint32_t bits = 0;
    [[nodiscard]] constexpr bool has(std::uint32_t all) const noexcept { return (bits & all) == all; }
};
struct stated_constraints {
    bool present = false, critical = false, ca = false;
    std::optional<long> path_length{};
};

namespace detail {
/// Nanoseconds since 1970, saturated: "99991231235959Z" (no well-defined end, RFC 5280 §4.1.2.5) is the end
/// of time.
[[nodiscard]] inline std::optional<nanoseconds> time_of(ASN1_TIME const* t) noexcept {
    std::tm tm{};
    if (t == nullptr || ASN1_TIME_to_tm(t, &tm) != 1) return std::nullopt;
    using namespace std::chrono;
    auto const day = sys_days{year{tm.tm_year + 1900} / (tm.tm_mon + 1) / tm.tm_mday}.time_since_epoch();
    std::int64_t const since_1970 = std::int64_t{day.count()} * 86'400 + std::int64_t{tm.tm_hour} * 3'600 +
                                    std::int64_t{tm.tm_min} * 60 + tm.tm_sec;
    constexpr std::int64_t most = nanoseconds::max().count() / 1'000'000'000;
    if (since_1970 >= most) return nanoseconds::max();
    if (since_1970 <= -most) return nanoseconds::min();
    return nanoseconds{seconds{since_1970}};
}
/// The same of what is UTC to the second, "240101000000Z" or "20240101000000Z", as RFC 5280 §4.1.2.5 has it.
/// OpenSSL reads more.
[[nodiscard]] inline std::optional<nanoseconds> der_time_of(ASN1_TIME const* t) noexcept {
    std::string_view const s = text_of(t);
    bool const whole =
        !s.empty() && s.back() == 'Z' && s.size() == (ASN1_STRING_type(t) == V_ASN1_UTCTIME ? 13U : 15U);
    return whole ? time_of(t) : std::nullopt;
}
[[nodiscard]] inline std::string printed(X509_NAME const* name) {
    owned_bio const out{BIO_new(BIO_s_mem())};
    if (!out) return {};
    // RFC 2253 escapes control characters and everything that is not ASCII: nothing here can break a
    // terminal.
    (void)X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}
[[nodiscard]] inline unsigned long hash_of(X509_NAME const* name) noexcept {
    int ok = 0;
    unsigned long const h = X509_NAME_hash_ex(name, nullptr, nullptr, &ok);
    return ok == 1 ? h : 0;  // a wrong bucket finds nobody
}
[[nodiscard]] inline key_kind kind_of(EVP_PKEY* key) noexcept {
    if (key == nullptr) return key_kind::other;
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA: return key_kind::rsa;
        case EVP_PKEY_ED25519: return key_kind::ed25519;
        case EVP_PKEY_ED448: return key_kind::ed448;
        case EVP_PKEY_EC: break;
        default: return key_kind::other;
    }
    std::array<char, 64> name{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) return key_kind::other;
    switch (OBJ_sn2nid(name.data())) {
        case NID_X9_62_prime256v1: return key_kind::nist_p256;
        case NID_secp384r1: return key_kind::nist_p384;
        case NID_brainpoolP256r1: return key_kind::brainpool_p256r1;
        case NID_brainpoolP384r1: return key_kind::brainpool_p384r1;
        default: return key_kind::other;
    }
}
[[nodiscard]] inline signature_kind signature_of(int key_nid) noexcept {
    switch (key_nid) {
        case NID_rsaEncryption: return signature_kind::rsa_pkcs1;
        case NID_rsassaPss: return signature_kind::rsa_pss;
        case NID_X9_62_id_ecPublicKey: return signature_kind::ecdsa;
        case NID_ED25519: return signature_kind::ed25519;
        case NID_ED448: return signature_kind::ed448;
        default: return signature_kind::other;
    }
}
[[nodiscard]] constexpr int sha2_bits(int digest_nid) noexcept {
    switch (digest_nid) {
        case NID_sha224: return 224;
        case NID_sha256: return 256;
        case NID_sha384: return 384;
        case NID_sha512: return 512;
        default: return 0;
    }
}
}  // namespace detail

/// One X.509 certificate, read once: everything that the steps of a validation ask for, and its octets.
/// Thread safety: never changes once made; share it by `certificate_ptr`.
class certificate {
    struct token {};

public:
    /// Larger is refused unread: a certificate of 4096-bit RSA with every field takes 3 KiB, and a stranger
    /// chooses.
    static constexpr std::size_t largest = 65'536;

    /// Reads exactly one DER certificate, to the last octet. Null where that is not what these bytes are;
    /// `why` then gets a sentence. What can be read but breaks a rule is in `flaws()`.
    [[nodiscard]] static std::shared_ptr<certificate const> parse(bytes der, std::string* why = nullptr) {
        std::string unheard;
        std::string& reason = why != nullptr ? *why : unheard;
        auto x = detail::read_whole<detail::owned_x509, d2i_X509>(der, largest, "certificate", reason);
        if (!x) return nullptr;
        auto made = std::make_shared<certificate>(token{}, std::move(x), der);
        if (!made->from_ || !made->until_) {
            reason = "has a validity that is no date";
            return nullptr;
        }
        return made;
    }

    certificate(token, detail::owned_x509 x, bytes der) : x_{std::move(x)}, der_(der.begin(), der.end()) {
        read();
    }
    certificate(certificate const&) = delete;
    certificate& operator=(certificate const&) = delete;
    ~certificate() = default;

    [[nodiscard]] bytes der() const noexcept { return der_; }
    /// SHA-256 of the whole DER: what makes it this certificate and no other.
    [[nodiscard]] thumbprint const& print() const noexcept { return print_; }
    /// SHA-1 of the whole DER, as OPC UA names certificates (`[THUMBPRINT]` in file names).
    [[nodiscard]] std::array<std::uint8_t, 20> thumb() const noexcept { return sha1(der_); }

    [[nodiscard]] std::string subject() const { return detail::printed(subject_name()); }  ///< RFC 2253
    [[nodiscard]] std::string issuer() const { return detail::printed(issuer_name()); }
    /// UTF-8, as it stands.
    [[nodiscard]] std::string const& common_name() const noexcept { return common_name_; }
    [[nodiscard]] std::string serial() const {  ///< hexadecimal, with a minus where negative
        return (serial_negative_ ? "-" : "") + hex(serial_octets());
    }
    [[nodiscard]] std::vector<std::string> const& uris() const noexcept { return uris_; }
    [[nodiscard]] std::vector<std::string> const& dns_names() const noexcept { return dns_; }
    /// 4 or 16 octets each.
    [[nodiscard]] std::vector<std::string> const& addresses() const noexcept { return ips_; }

    [[nodiscard]] stated_usage key_usage() const noexcept { return usage_; }              ///< KU_… bits
    [[nodiscard]] stated_usage extended_key_usage() const noexcept { return extended_; }  ///< XKU_… bits
    [[nodiscard]] stated_constraints constraints() const noexcept { return constraints_; }
    [[nodiscard]] key_kind key() const noexcept { return key_; }
    [[nodiscard]] int key_bits() const noexcept { return key_bits_; }
    [[nodiscard]] signature_kind signature() const noexcept { return signature_; }
    /// Of the SHA-2 hash that was signed; 0: another hash, or none.
    [[nodiscard]] int signature_sha2_bits() const noexcept { return detail::sha2_bits(digest_nid_); }
    [[nodiscard]] bool signature_sha1() const noexcept { return digest_nid_ == NID_sha1; }
    [[nodiscard]] char const* signature_name() const noexcept {
        return OBJ_nid2ln(X509_get_signature_nid(x_.get()));
    }

    [[nodiscard]] nanoseconds valid_from() const noexcept { return *from_; }  ///< wall clock, since 1970 UTC
    [[nodiscard]] nanoseconds valid_until() const noexcept { return *until_; }  ///< the last instant
    [[nodiscard]] bool covers(nanoseconds wall) const noexcept { return *from_ <= wall && wall <= *until_; }

    [[nodiscard]] std::uint16_t flaws() const noexcept { return flaws_; }
    [[nodiscard]] bool has(flaw f) const noexcept { return (flaws_ & static_cast<std::uint16_t>(f)) != 0; }

    /// Has it name constraints, or policy constraints, that a path through it must keep (RFC 5280 §4.2.1.10,
    /// §4.2.1.11)?
    [[nodiscard]] bool constrains_paths() const noexcept { return constrains_; }

    /// How much there is to compare where a path's names and policies are judged (RFC 5280 §6.1.3, §6.1.4).
    [[nodiscard]] std::size_t names_stated() const noexcept { return names_stated_; }
    [[nodiscard]] std::size_t names_constrained() const noexcept { return names_constrained_; }
    [[nodiscard]] std::size_t policies_stated() const noexcept { return policies_stated_; }

    /// Where it says that its revocation is announced (RFC 5280 §4.2.1.13), names relative to an issuer
    /// completed. Null: nowhere. Not to be changed.
    [[nodiscard]] CRL_DIST_POINTS* distribution_points() const noexcept { return points_.get(); }
    [[nodiscard]] std::size_t point_names() const noexcept { return point_names_; }  ///< in all of these
    /// The hashes of those whom it names as issuers of lists about it, other than its own issuer.
    [[nodiscard]] std::vector<unsigned long> const& list_issuers() const noexcept { return list_issuers_; }

    /// Issuer and subject are the same name (RFC 5280 "self-issued"; perhaps under another key).
    [[nodiscard]] bool self_issued() const noexcept { return self_issued_; }
    /// Self-issued, and nothing in it says that another key signed it. Whether its own key did is for step 3.
    [[nodiscard]] bool looks_self_signed() const noexcept { return self_signed_; }
    [[nodiscard]] bool issued_in_name_by(certificate const& ca) const noexcept {
        return issuer_hash_ == ca.subject_hash_ && X509_NAME_cmp(issuer_name(), ca.subject_name()) == 0;
    }
    /// Do the key identifiers contradict? They help to choose among issuers of one name (RFC 5280 §4.2.1.1).
    [[nodiscard]] bool key_id_contradicts(certificate const& ca) const noexcept {
        ASN1_OCTET_STRING const* const wanted = X509_get0_authority_key_id(x_.get());
        ASN1_OCTET_STRING const* const is = X509_get0_subject_key_id(ca.x_.get());
        return wanted != nullptr && is != nullptr && ASN1_OCTET_STRING_cmp(wanted, is) != 0;
    }
    [[nodiscard]] unsigned long subject_hash() const noexcept { return subject_hash_; }
    [[nodiscard]] unsigned long issuer_hash() const noexcept { return issuer_hash_; }

    [[nodiscard]] X509* x509() const noexcept { return x_.get(); }  ///< for OpenSSL; not to be changed
    [[nodiscard]] X509_NAME const* subject_name() const noexcept { return X509_get_subject_name(x_.get()); }
    [[nodiscard]] X509_NAME const* issuer_name() const noexcept { return X509_get_issuer_name(x_.get()); }
    [[nodiscard]] EVP_PKEY* public_key() const noexcept { return X509_get0_pubkey(x_.get()); }
    [[nodiscard]] bytes serial_octets() const noexcept {
        return detail::view(X509_get0_serialNumber(x_.get()));
    }
    [[nodiscard]] bool serial_negative() const noexcept { return serial_negative_; }

private:
    using stated_policies = detail::owned<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;

    void mark(flaw f, bool there = true) noexcept {
        if (there) flaws_ = static_cast<std::uint16_t>(flaws_ | static_cast<std::uint16_t>(f));
    }

    void read() {
        X509* const x = x_.get();
        print_ = sha256(der_);
        subject_hash_ = detail::hash_of(subject_name());
        self_issued_ = X509_NAME_cmp(subject_name(), issuer_name()) == 0;
        issuer_hash_ = self_issued_ ? subject_hash_ : detail::hash_of(issuer_name());
        from_ = detail::der_time_of(X509_get0_notBefore(x));
        until_ = detail::der_time_of(X509_get0_notAfter(x));
        serial_negative_ = ASN1_STRING_type(X509_get0_serialNumber(x)) == V_ASN1_NEG_INTEGER;

        std::uint32_t const flags = X509_get_extension_flags(x);
        self_signed_ = self_issued_ && (flags & EXFLAG_SS) != 0;
        read_extensions();
        read_common_name();
        read_algorithms();

        ASN1_BIT_STRING const* unused = nullptr;
        X509_ALGOR const* outer = nullptr;
        X509_get0_signature(&unused, &outer, x);
        mark(flaw::not_der, !is_der(der_));
        mark(flaw::not_version_3, X509_get_version(x) != X509_VERSION_3);
        mark(flaw::no_common_name, common_name_.empty());
        mark(flaw::negative_serial, serial_negative_);
        mark(flaw::two_algorithms, X509_ALGOR_cmp(X509_get0_tbs_sigalg(x), outer) != 0);
        mark(flaw::unknown_critical, (flags & EXFLAG_CRITICAL) != 0);
        mark(flaw::proxy, (flags & EXFLAG_PROXY) != 0);
        mark(flaw::broken_extension, (flags & EXFLAG_INVALID) != 0 && !only_path_length_is_odd());
        ERR_clear_error();
    }

    void read_extensions() {
        X509* const x = x_.get();
        int const count = X509_get_ext_count(x);
        std::vector<std::string_view> known;
        known.reserve(static_cast<std::size_t>(std::max(count, 0)));
        names_stated_ = 1 + static_cast<std::size_t>(X509_NAME_entry_count(subject_name()));
        for (int i = 0; i < count; ++i) {
            X509_EXTENSION* const e = X509_get_ext(x, i);
            ASN1_OBJECT const* const what = X509_EXTENSION_get_object(e);
            bool const critical = X509_EXTENSION_get_critical(e) != 0;
            bytes const value = detail::view(X509_EXTENSION_get_data(e));
            known.emplace_back(reinterpret_cast<char const*>(OBJ_get0_data(what)), OBJ_length(what));
            if (X509V3_EXT_get(e) != nullptr) mark(flaw::broken_extension, !is_der_element(value));
            switch (OBJ_obj2nid(what)) {
                // What can be read of these OpenSSL has read: EXFLAG_INVALID says so.
                case NID_subject_key_identifier:
                case NID_authority_key_identifier: break;
                case NID_key_usage: usage_ = {true, critical, X509_get_key_usage(x)}; break;
                case NID_ext_key_usage: extended_ = {true, critical, X509_get_extended_key_usage(x)}; break;
                case NID_basic_constraints: read_constraints(e, critical); break;
                case NID_subject_alt_name:
                    names_stated_ += elements_in(value);
                    read_names(e);
                    break;
                case NID_name_constraints: constrains_ = true, names_constrained_ = subtrees_in(value); break;
                case NID_policy_mappings:  // none may be of anyPolicy: RFC 5280 §6.1.4 a
                case NID_policy_constraints:
                    constrains_ = true;
                    policies_stated_ += elements_in(value);
                    mark(flaw::broken_extension, !can_be_read(e));
                    break;
                case NID_certificate_policies:
                    // Nobody else looks into them where no CA of the path constrains policies.
                    policies_stated_ += elements_in(value);
                    mark(flaw::broken_extension,
                         !stated_policies{static_cast<CERTIFICATEPOLICIES*>(X509V3_EXT_d2i(e))});
                    break;
                case NID_crl_distribution_points: read_points(e); break;
                // OpenSSL takes these for known, yet judges them only where it was built to.
                case NID_sbgp_ipAddrBlock:
                case NID_sbgp_autonomousSysNum:
                case NID_netscape_cert_type: mark(flaw::unknown_critical, critical); break;
                default: mark(flaw::broken_extension, !can_be_read(e));
            }
        }
        std::sort(known.begin(), known.end());
        mark(flaw::broken_extension,  // one stands there twice: RFC 5280 §4.2
             std::adjacent_find(known.begin(), known.end()) != known.end());
    }
    [[nodiscard]] static std::size_t subtrees_in(bytes constraints) noexcept {
        auto const outer = frame_of(constraints);
        std::size_t n = 0;
        for (bytes rest = outer ? constraints.subspan(outer->content) : bytes{}; !rest.empty();) {
            auto const f = frame_of(rest);
            if (!f) break;
            n += elements_in(rest.first(f->end));
            rest = rest.subspan(f->end);
        }
        return n;
    }
    void read_points(X509_EXTENSION* e) {
        points_.reset(static_cast<CRL_DIST_POINTS*>(X509V3_EXT_d2i(e)));
        for (int i = 0; points_ && i < sk_DIST_POINT_num(points_.get()); ++i) {
            DIST_POINT* const p = sk_DIST_POINT_value(points_.get(), i);
            ++point_names_;
            if (p->distpoint != nullptr && p->distpoint->type == 0)
                point_names_ += static_cast<std::size_t>(sk_GENERAL_NAME_num(p->distpoint->name.fullname));
            if (p->CRLissuer != nullptr)
                point_names_ += static_cast<std::size_t>(sk_GENERAL_NAME_num(p->CRLissuer));
            X509_NAME const* whose = nullptr;
            for (int n = 0; p->CRLissuer != nullptr && n < sk_GENERAL_NAME_num(p->CRLissuer); ++n)
                if (GENERAL_NAME const* const g = sk_GENERAL_NAME_value(p->CRLissuer, n);
                    g->type == GEN_DIRNAME) {
                    if (whose == nullptr) whose = g->d.directoryName;
                    if (auto const hash = detail::hash_of(g->d.directoryName); hash != issuer_hash_)
                        list_issuers_.push_back(hash);
                }
            // A relative name is relative to who issues the list.
            if (p->distpoint != nullptr)
                (void)DIST_POINT_set_dpname(p->distpoint, whose == nullptr ? issuer_name() : whose);
        }
        std::sort(list_issuers_.begin(), list_issuers_.end());
        list_issuers_.erase(std::unique(list_issuers_.begin(), list_issuers_.end()), list_issuers_.end());
    }
    void read_constraints(X509_EXTENSION* e, bool critical) {
        detail::owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> const b{
            static_cast<BASIC_CONSTRAINTS*>(X509V3_EXT_d2i(e))};
        constraints_ = {true, critical, b && b->ca != 0, {}};
        if (b && b->pathlen != nullptr) {
            long const length = ASN1_INTEGER_get(b->pathlen);
            constraints_.path_length = length < 0 ? 0 : length;
            mark(flaw::broken_extension, length < 0);
        }
        mark(flaw::broken_extension, !b);
    }
    void read_names(X509_EXTENSION* e) {
        detail::owned<GENERAL_NAMES, GENERAL_NAMES_free> const names{
            static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(e))};
        if (!names) return mark(flaw::broken_extension);
        for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
            int type = 0;
            auto const* const s = static_cast<ASN1_STRING const*>(
                GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
            if (type == GEN_URI) uris_.emplace_back(detail::text_of(s));
            if (type == GEN_DNS) dns_.emplace_back(detail::text_of(s));
            if (type == GEN_IPADD) ips_.emplace_back(detail::text_of(s));
        }
    }
    void read_common_name() {
        int const at = X509_NAME_get_index_by_NID(subject_name(), NID_commonName, -1);
        if (at < 0) return;
        std::uint8_t* utf8 = nullptr;
        int const n =
            ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject_name(), at)));
        if (n > 0) common_name_.assign(reinterpret_cast<char const*>(utf8), static_cast<std::size_t>(n));
        OPENSSL_free(utf8);
    }
    void read_algorithms() {
        EVP_PKEY* const key = public_key();
        key_ = detail::kind_of(key);
        key_bits_ = key == nullptr ? 0 : EVP_PKEY_get_bits(key);
        if (key_ == key_kind::ed25519) key_bits_ = 256;  // OpenSSL counts 253, the field's tables 256
        if (key_ == key_kind::ed448) key_bits_ = 456;
        int const nid = X509_get_signature_nid(x_.get());
        int key_nid = NID_undef;
        if (OBJ_find_sigid_algs(nid, &digest_nid_, &key_nid) != 1) digest_nid_ = NID_undef;
        signature_ = detail::signature_of(nid == NID_rsassaPss ? nid : key_nid);
    }
    /// OpenSSL calls a certificate invalid, too, for a path length without cA; OPC UA has a step of its own
    /// for that.
    [[nodiscard]] bool only_path_length_is_odd() const {
        if (constraints_.ca || !constraints_.path_length.has_value()) return false;
        int const count = X509_get_ext_count(x_.get());
        for (int i = 0; i < count; ++i)
            if (!can_be_read(X509_get_ext(x_.get(), i))) return false;
        return true;
    }
    /// One that OpenSSL does not know is nobody's business, unless it is critical.
    [[nodiscard]] static bool can_be_read(X509_EXTENSION* e) {
        X509V3_EXT_METHOD const* const method = X509V3_EXT_get(e);
        if (method == nullptr) return true;
        void* const value = X509V3_EXT_d2i(e);
        if (value == nullptr) return false;
        if (method->it != nullptr)
            ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(method->it));
        else
            method->ext_free(value);
        return true;
    }

    detail::owned_x509 x_;
    std::vector<std::uint8_t> der_;
    thumbprint print_{};
    unsigned long subject_hash_ = 0, issuer_hash_ = 0;
    std::string common_name_;
    std::vector<std::string> uris_, dns_, ips_;
    detail::owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> points_;
    std::vector<unsigned long> list_issuers_;
    std::size_t names_stated_ = 0, names_constrained_ = 0, policies_stated_ = 0, point_names_ = 0;
    std::optional<nanoseconds> from_, until_;
    stated_usage usage_{}, extended_{};
    stated_constraints constraints_{};
    std::uint16_t flaws_ = 0;
    int key_bits_ = 0, digest_nid_ = NID_undef;
    key_kind key_ = key_kind::other;
    signature_kind signature_ = signature_kind::other;
    bool self_issued_ = false, self_signed_ = false, serial_negative_ = false, constrains_ = false;
};
using certificate_ptr = std::shared_ptr<certificate const>;

}  // namespace trust
}  // namespace sallyport::inline v0
