// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/pki_der.hpp"
#include "support/pki_keys.hpp"

#include <sallyport/trust/certificate.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Real certificates for tests. What is made by default is right in every respect; a test writes down what is
/// not:
///
///     auto const root = pki::authority("Plant Root").self_signed();
///     auto const line = pki::authority("Line 3").by(root);
///     auto const pump = pki::application("Pump 7").uri("urn:plant:pump-7").by(line);
///     auto const late = pki::application("Pump 8").valid(2020y / 1 / 1, 2025y / 1 / 1).by(line);
///     validator.validate({.chain = as_bytes(pki::chain({pump, line}))}, ...)
namespace pki {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;
using namespace std::chrono_literals;

/// The day of every test, at noon; certificates are valid for years around it, revocation lists for weeks.
inline constexpr sys_seconds today = sys_days{2026y / 6 / 15} + 12h;

/// Object identifiers of what stands in certificates and revocation lists.
namespace id {
inline constexpr std::string_view common_name = "2.5.4.3", organization = "2.5.4.10", unit = "2.5.4.11",
                                  country = "2.5.4.6";
inline constexpr std::string_view subject_key = "2.5.29.14", key_usage = "2.5.29.15", alt_name = "2.5.29.17",
                                  basic_constraints = "2.5.29.19", crl_number = "2.5.29.20",
                                  delta = "2.5.29.27", issuing_point = "2.5.29.28",
                                  name_constraints = "2.5.29.30", policies = "2.5.29.32",
                                  policy_mappings = "2.5.29.33", authority_key = "2.5.29.35",
                                  policy_constraints = "2.5.29.36", extended_usage = "2.5.29.37",
                                  inhibit_any_policy = "2.5.29.54", proxy = "1.3.6.1.5.5.7.1.14",
                                  strange = "1.3.6.1.4.1.54321.1";
inline constexpr std::string_view server_auth = "1.3.6.1.5.5.7.3.1", client_auth = "1.3.6.1.5.5.7.3.2",
                                  code_signing = "1.3.6.1.5.5.7.3.3", any_purpose = "2.5.29.37.0";
}  // namespace id

/// keyUsage, by its bit numbers in RFC 5280 §4.2.1.3.
enum usage : std::uint32_t {
    digital_signature = 1,
    non_repudiation = 2,
    key_encipherment = 4,
    data_encipherment = 8,
    key_agreement = 16,
    cert_sign = 32,
    crl_sign = 64
};
inline constexpr std::uint32_t rsa_application =
    digital_signature | non_repudiation | key_encipherment | data_encipherment;

/// GeneralNames.
inline std::string uri(std::string_view s) { return der::implicit(6, s); }
inline std::string dns(std::string_view s) { return der::implicit(2, s); }
inline std::string email(std::string_view s) { return der::implicit(1, s); }
inline std::string directory(std::string_view name) { return der::context(4, name); }
inline std::string ip(std::initializer_list<std::uint8_t> octets) {
    return der::implicit(7, std::string(octets.begin(), octets.end()));
}
/// A distinguished name that is a common name, and perhaps an organization, alone.
inline std::string named(std::string_view common_name, std::string_view organization = {}) {
    der::attributes all{{std::string{id::common_name}, std::string{common_name}}};
    if (!organization.empty())
        all.insert(all.begin(), {std::string{id::organization}, std::string{organization}});
    return der::name(all);
}

struct extra {
    std::string oid;
    bool critical = false;
    std::string value;  ///< DER
    [[nodiscard]] std::string der() const {
        using namespace pki::der;
        return critical ? seq({pki::der::oid(oid), boolean(true), octet_string(value)})
                        : seq({pki::der::oid(oid), octet_string(value)});
    }
};

/// A certificate that was made, with what it takes to issue others. Copies share the key.
class issued {
public:
    issued(std::string whole, pki::key k, std::string name, std::string number, std::string id)
        : key{std::move(k)}, subject{std::move(name)}, serial{std::move(number)}, key_id{std::move(id)},
          der_{std::move(whole)} {}

    [[nodiscard]] std::string const& der() const noexcept { return der_; }
    [[nodiscard]] sallyport::trust::bytes bytes() const noexcept { return sallyport::trust::as_bytes(der_); }
    /// As the library reads it; the same object at each call. Throws where it cannot be read.
    [[nodiscard]] sallyport::trust::certificate_ptr const& read() const {
        if (!read_) {
            std::string why;
            read_ = sallyport::trust::certificate::parse(bytes(), &why);
            if (!read_) throw std::runtime_error{"the certificate that was made " + why};
        }
        return read_;
    }
    operator sallyport::trust::certificate_ptr const&() const { return read(); }

    pki::key key;
    std::string subject;  ///< DER of the name
    std::string serial;   ///< content of the INTEGER
    std::string key_id;   ///< as in its subjectKeyIdentifier, there or not

private:
    std::string der_;
    mutable sallyport::trust::certificate_ptr read_;
};

/// A certificate in the making. Each word changes one thing; `self_signed` and `by` make it.
class certificate_maker {
public:
    certificate_maker(std::string_view common_name, pki::key k)
        : key_{std::move(k)}, name_{named(common_name, "Plant")} {
        serial_ = der::number(
            1000 + static_cast<long long>(std::hash<std::string_view>{}(common_name) % 1'000'000'000));
    }

    // who
    certificate_maker& subject(std::string der_name) { return name_ = std::move(der_name), *this; }
    certificate_maker& keyed(pki::key k) { return key_ = std::move(k), *this; }
    certificate_maker& issuer_name(std::string der_name) { return issuer_name_ = std::move(der_name), *this; }

    // the frame
    certificate_maker& version(int v) { return version_ = v, *this; }
    certificate_maker& serial(long long n) { return serial_ = der::number(n), *this; }
    certificate_maker& serial_octets(std::string content) { return serial_ = std::move(content), *this; }
    certificate_maker& valid(sys_seconds from, sys_seconds until) {
        return from_ = from, until_ = until, *this;
    }
    certificate_maker& valid(year_month_day from, year_month_day until) {
        return valid(sys_seconds{sys_days{from}}, sys_seconds{sys_days{until}});
    }
    certificate_maker& valid_from(sys_seconds t) { return from_ = t, *this; }
    /// Both Times, as they are to stand there.
    certificate_maker& validity(std::string times) { return validity_ = std::move(times), *this; }
    certificate_maker& valid_until(sys_seconds t) { return until_ = t, *this; }

    // the signature
    certificate_maker& hashed(pki::hash h) { return manner_.hash = h, *this; }
    certificate_maker& pss(bool is = true) { return manner_.pss = is, *this; }
    /// With another key than the issuer's: the signature is bad.
    certificate_maker& signed_with(pki::key k) { return signer_ = std::move(k), *this; }
    /// The algorithm that stands outside of what is signed: RFC 5280 wants the same as inside.
    certificate_maker& outer_algorithm(std::string der) { return outer_ = std::move(der), *this; }
    /// One bit of the signature turned.
    certificate_maker& spoiled() { return spoiled_ = true, *this; }

    // extensions
    certificate_maker& without(std::string_view oid) {
        std::erase_if(extensions_, [&](extra const& e) { return e.oid == oid; });
        if (oid == id::subject_key) subject_key_ = false;
        if (oid == id::authority_key) authority_key_ = false;
        return *this;
    }
    certificate_maker& critical(std::string_view oid, bool is = true) {
        for (auto& e : extensions_)
            if (e.oid == oid) e.critical = is;
        return *this;
    }
    /// In place of what had this identifier.
    certificate_maker& extension(std::string_view oid, bool is_critical, std::string value) {
        without(oid);
        return also(oid, is_critical, std::move(value));
    }
    /// Beside what may have this identifier already.
    certificate_maker& also(std::string_view oid, bool is_critical, std::string value) {
        return extensions_.push_back({std::string{oid}, is_critical, std::move(value)}), *this;
    }
    certificate_maker& usage(std::uint32_t bits, bool is_critical = true) {
        return extension(id::key_usage, is_critical, der::named_bits(bits));
    }
    certificate_maker& purposes(std::initializer_list<std::string_view> oids, bool is_critical = false) {
        std::string all;
        for (auto const o : oids) all += der::oid(o);
        return extension(id::extended_usage, is_critical, der::tlv(0x30, all));
    }
    certificate_maker& ca(bool is, std::optional<long> path_length = {}, bool is_critical = true) {
        std::string all;
        if (is) all += der::boolean(true);
        if (path_length) all += der::integer(*path_length);
        return extension(id::basic_constraints, is_critical, der::tlv(0x30, all));
    }
    certificate_maker& names(std::initializer_list<std::string> general, bool is_critical = false) {
        return extension(id::alt_name, is_critical, der::seq(general));
    }
    /// The one ApplicationUri, and a host of that name beside it.
    certificate_maker& uri(std::string_view s) {
        return names({pki::uri(s), pki::dns("pump-7.plant.example")});
    }
    certificate_maker& policies(std::initializer_list<std::string_view> oids) {
        std::string all;
        for (auto const o : oids) all += der::seq({der::oid(o)});
        return extension(id::policies, false, der::tlv(0x30, all));
    }
    certificate_maker& name_constraints(std::initializer_list<std::string> permitted,
                                        std::initializer_list<std::string> excluded = {}) {
        auto const trees = [](std::initializer_list<std::string> names, unsigned tag) {
            std::string all;
            for (auto const& n : names) all += der::seq({n});
            return all.empty() ? all : der::context(tag, all);
        };
        return extension(id::name_constraints, true, der::seq({trees(permitted, 0), trees(excluded, 1)}));
    }
    certificate_maker& subject_key_id(std::string octets) { return key_id_ = std::move(octets), *this; }
    certificate_maker& authority_key_id(std::string octets) {
        return issuer_key_id_ = std::move(octets), *this;
    }

    [[nodiscard]] issued self_signed() const {
        auto const* const usage = find(id::key_usage);
        certificate_maker own{*this};
        if (!ca_ && usage != nullptr && usage->value == der::named_bits(rsa_application))
            own.usage(rsa_application | cert_sign, usage->critical);  // it signs itself: Part 6 §6.2.2
        return own.make(key_, name_, own_key_id());
    }
    [[nodiscard]] issued by(issued const& issuer) const {
        return make(issuer.key, issuer.subject, issuer.key_id);
    }

private:
    friend certificate_maker authority(std::string_view, pki::key);
    friend certificate_maker authority(std::string_view);

    [[nodiscard]] std::string own_key_id() const { return key_id_.empty() ? key_.id() : key_id_; }
    [[nodiscard]] extra const* find(std::string_view oid) const {
        auto const at =
            std::find_if(extensions_.begin(), extensions_.end(), [&](auto const& e) { return e.oid == oid; });
        return at == extensions_.end() ? nullptr : &*at;
    }

    [[nodiscard]] issued make(pki::key const& issuing, std::string const& issuer,
                              std::string const& issuer_id) const {
        using namespace der;
        pki::key const& signer = signer_ ? *signer_ : issuing;
        std::string const inner = algorithm(issuing, manner_);
        std::string all;
        for (auto const& e : extensions_) all += e.der();
        if (subject_key_) all += extra{std::string{id::subject_key}, false, octet_string(own_key_id())}.der();
        if (authority_key_)
            all += extra{std::string{id::authority_key}, false,
                         seq({implicit(0, issuer_key_id_.empty() ? issuer_id : issuer_key_id_)})}
                       .der();
        std::string const body =
            seq({version_ == 1 ? std::string{} : context(0, integer(version_ - 1)), tlv(0x02, serial_), inner,
                 issuer_name_.empty() ? issuer : issuer_name_,
                 validity_.empty() ? seq({time(from_), time(until_)}) : tlv(0x30, validity_), name_,
                 key_.spki(), all.empty() ? std::string{} : context(3, tlv(0x30, all))});
        std::string proof = signature(signer, manner_, body);
        if (spoiled_) proof[proof.size() / 2] = static_cast<char>(proof[proof.size() / 2] ^ 1);
        return {seq({body, outer_.empty() ? inner : outer_, bit_string(proof)}), key_, name_, serial_,
                own_key_id()};
    }

    pki::key key_;
    std::string name_, issuer_name_, serial_, key_id_, issuer_key_id_, outer_, validity_;
    std::optional<pki::key> signer_;
    std::vector<extra> extensions_;
    sys_seconds from_ = sys_days{2024y / 1 / 1}, until_ = sys_days{2036y / 1 / 1};
    manner manner_{};
    int version_ = 3;
    bool ca_ = false, subject_key_ = true, authority_key_ = true, spoiled_ = false;
};

/// An application's certificate as Part 6 §6.2.2 has it: RSA 2048, SHA-256, to serve and to connect. Whose
/// key it has is told by its common name.
inline certificate_maker application(std::string_view common_name, pki::key k) {
    bool const is_rsa =
        EVP_PKEY_get_base_id(k.get()) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(k.get()) == EVP_PKEY_RSA_PSS;
    certificate_maker m{common_name, std::move(k)};
    m.uri("urn:plant:pump-7")
        .ca(false)
        .usage(is_rsa ? std::uint32_t{rsa_application} : std::uint32_t{digital_signature});
    return m.purposes({id::server_auth, id::client_auth});
}
inline certificate_maker application(std::string_view common_name = "Pump 7") {
    return application(common_name, rsa(2048, common_name));
}

/// A user's certificate as Part 6 §6.2.3 has it.
inline certificate_maker user(std::string_view common_name, pki::key k) {
    return certificate_maker{common_name, std::move(k)}.ca(false).usage(digital_signature);
}
inline certificate_maker user(std::string_view common_name = "Amira") {
    return user(common_name, rsa(2048, common_name));
}

/// A certification authority as Part 6 §6.2.4 has it.
inline certificate_maker authority(std::string_view common_name, pki::key k) {
    certificate_maker m{common_name, std::move(k)};
    m.ca_ = true;
    return m.ca(true).usage(cert_sign | crl_sign);
}
inline certificate_maker authority(std::string_view common_name) {
    return authority(common_name, rsa(2048, common_name));
}

/// As a peer sends them: DER after DER, the leaf first.
inline std::string chain(std::initializer_list<issued> all) {
    std::string blob;
    for (auto const& c : all) blob += c.der();
    return blob;
}

}  // namespace pki
