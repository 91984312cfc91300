// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/pki.hpp"

#include <sallyport/trust/crl.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pki {

/// A revocation list that was made.
class published {
public:
    explicit published(std::string der) : der_{std::move(der)} {}
    [[nodiscard]] std::string const& der() const noexcept { return der_; }
    [[nodiscard]] sallyport::trust::bytes bytes() const noexcept { return sallyport::trust::as_bytes(der_); }
    /// As the library reads it; the same object at each call. Throws where it cannot be read.
    [[nodiscard]] sallyport::trust::crl_ptr const& read() const {
        if (!read_) {
            std::string why;
            read_ = sallyport::trust::crl::parse(bytes(), &why);
            if (!read_) throw std::runtime_error{"the list that was made " + why};
        }
        return read_;
    }
    operator sallyport::trust::crl_ptr const&() const { return read(); }

private:
    std::string der_;
    mutable sallyport::trust::crl_ptr read_;
};

/// What an issuingDistributionPoint says (RFC 5280 §5.2.5).
struct scope {
    bool only_users = false, only_authorities = false, only_attributes = false, indirect = false;
    std::uint32_t only_reasons = 0;  ///< bit numbers of ReasonFlags: 1 is keyCompromise
    std::string point{};             ///< GeneralNames of its fullName

    [[nodiscard]] std::string der() const {
        using namespace pki::der;
        auto const flag = [](unsigned n, bool is) { return is ? implicit(n, "\xFF") : std::string{}; };
        std::string const reasons = only_reasons == 0 ? std::string{} : named_bits(only_reasons);
        return seq({point.empty() ? std::string{} : context(0, context(0, point)), flag(1, only_users),
                    flag(2, only_authorities), reasons.empty() ? reasons : implicit(3, inside(reasons)),
                    flag(4, indirect), flag(5, only_attributes)});
    }
};

/// A revocation list in the making: by default version 2, number 1, of yesterday, good for a month, empty.
class list_maker {
public:
    explicit list_maker(issued const& ca) : key_{ca.key}, name_{ca.subject}, key_id_{ca.key_id} {}

    list_maker& revoke(issued const& c) { return entry(c.serial); }
    list_maker& revoke(std::initializer_list<issued> all) {
        for (auto const& c : all) revoke(c);
        return *this;
    }
    /// `count` serials from `first` on; a hundred thousand take some milliseconds.
    list_maker& revoke_serials(long long first, std::size_t count) {
        std::string const when = der::time(from_);
        entries_.reserve(entries_.size() + 40 * count);
        for (std::size_t i = 0; i < count; ++i)
            entries_ += der::tlv(0x30, der::integer(first + static_cast<long long>(i)) + when);
        return *this;
    }
    /// In a delta: no longer revoked.
    list_maker& restore(issued const& c) { return entry(c.serial, reason(8)); }
    /// With a reason of RFC 5280 §5.3.1.
    list_maker& revoke_for(issued const& c, int why) { return entry(c.serial, reason(why)); }
    /// In an indirect list: of another authority.
    list_maker& revoke_of(issued const& authority, issued const& c) {
        extra const e{"2.5.29.29", true, der::seq({directory(authority.subject)})};
        return entry(c.serial, e.der());
    }
    list_maker& entry(std::string_view serial, std::string_view extensions = {}) {
        using namespace der;
        entries_ +=
            seq({tlv(0x02, serial), time(from_), extensions.empty() ? std::string{} : tlv(0x30, extensions)});
        return *this;
    }

    list_maker& number(long long n) { return number_ = der::integer(n), *this; }
    list_maker& number_octets(std::string content) { return number_ = der::tlv(0x02, content), *this; }
    list_maker& without_number() { return number_.clear(), *this; }
    list_maker& from(sys_seconds t) { return from_ = t, *this; }
    list_maker& until(sys_seconds t) { return until_ = t, *this; }
    list_maker& without_end() { return until_.reset(), *this; }
    list_maker& delta_of(long long base) { return extension(id::delta, true, der::integer(base)); }
    list_maker& of(scope const& s) { return extension(id::issuing_point, true, s.der()); }
    list_maker& extension(std::string_view oid, bool critical, std::string value) {
        return extensions_ += extra{std::string{oid}, critical, std::move(value)}.der(), *this;
    }
    list_maker& named(std::string der_name) { return name_ = std::move(der_name), *this; }
    list_maker& without_key_id() { return key_id_.clear(), *this; }
    list_maker& key_id(std::string octets) { return key_id_ = std::move(octets), *this; }
    /// With another key than the authority's: the signature is bad.
    list_maker& signed_with(pki::key k) { return signer_ = std::move(k), *this; }
    list_maker& hashed(pki::hash h) { return manner_.hash = h, *this; }
    list_maker& spoiled() { return spoiled_ = true, *this; }

    [[nodiscard]] published made() const {
        using namespace der;
        std::string all;
        if (!key_id_.empty())
            all += extra{std::string{id::authority_key}, false, seq({implicit(0, key_id_)})}.der();
        if (!number_.empty()) all += extra{std::string{id::crl_number}, false, number_}.der();
        all += extensions_;
        std::string const how = algorithm(key_, manner_);
        std::string const body =
            seq({integer(1), how, name_, time(from_), until_ ? time(*until_) : std::string{},
                 entries_.empty() ? std::string{} : tlv(0x30, entries_),
                 all.empty() ? std::string{} : context(0, tlv(0x30, all))});
        std::string proof = signature(signer_ ? *signer_ : key_, manner_, body);
        if (spoiled_) proof[proof.size() / 2] = static_cast<char>(proof[proof.size() / 2] ^ 1);
        return published{seq({body, how, bit_string(proof)})};
    }
    operator published() const { return made(); }
    operator sallyport::trust::crl_ptr() const { return made().read(); }

private:
    static std::string reason(int why) { return extra{"2.5.29.21", false, der::enumerated(why)}.der(); }

    pki::key key_;
    std::string name_, key_id_, number_ = der::integer(1), entries_, extensions_;
    std::optional<pki::key> signer_;
    sys_seconds from_ = today - 24h;
    std::optional<sys_seconds> until_ = today + 30 * 24h;
    manner manner_{};
    bool spoiled_ = false;
};

/// The revocation list of this authority; nothing is on it but what a test puts there.
inline list_maker revocations(issued const& ca) { return list_maker{ca}; }

}  // namespace pki
