// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/name_rules.hpp>
#include <sallyport/trust/openssl.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>

namespace sallyport::inline v0 {
namespace trust {

/// The key of an application's own certificate. RSA is what every SecurityPolicy in use takes; a curve serves
/// its own policies alone.
enum class own_key : std::uint8_t { rsa_2048, rsa_3072, rsa_4096, nist_p256, nist_p384 };

[[nodiscard]] constexpr bool is_rsa(own_key k) noexcept { return k <= own_key::rsa_4096; }

/// On which side of a connection the certificate is shown: its extendedKeyUsage (clientAuth, serverAuth).
enum class own_use : std::uint8_t { client = 1, server = 2, client_and_server = 3 };

/// What basicConstraints say. A certificate that may issue others is a larger prize: peers are free to refuse
/// it (Part 6 §6.2.2), and should.
enum class own_constraints : std::uint8_t {
    end_entity,           ///< cA FALSE
    ca_of_path_length_0,  ///< cA TRUE, as peers of before 1.05 expect it of a self-signed certificate
};

namespace detail {
/// The octets of an IP address as a certificate holds them: 4 or 16; none: that is no address.
[[nodiscard]] inline std::string address_octets(std::string const& text) {
    std::array<char, 16> raw{};
    if (::inet_pton(AF_INET, text.c_str(), raw.data()) == 1) return {raw.data(), 4};
    if (::inet_pton(AF_INET6, text.c_str(), raw.data()) == 1) return {raw.data(), 16};
    return {};
}
/// A URI as a certificate may hold it (RFC 3986): a scheme, a colon, and more; ASCII that needs no escape.
[[nodiscard]] constexpr bool is_uri(std::string_view s) noexcept {
    constexpr std::string_view never = "<>\"{}|\\^`";
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto const in_scheme = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    auto const colon = s.find(':');
    if (colon == std::string_view::npos || colon + 1 == s.size() || !letter(s.front())) return false;
    return std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme) &&
           std::all_of(s.begin(), s.end(), [&](char c) {
               return c > ' ' && c < '\x7f' && never.find(c) == std::string_view::npos;
           });
}
/// A host's name (RFC 1123 §2.1), whole or its first part; no wildcard: a certificate of ours names whom it
/// serves.
[[nodiscard]] constexpr bool is_host_name(std::string_view s) noexcept {
    auto const alnum = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (s.empty() || s.size() > 253) return false;
    for (;;) {
        auto const label = s.substr(0, s.find('.'));
        if (label.empty() || label.size() > 63 || !alnum(label.front()) || !alnum(label.back())) return false;
        if (!std::all_of(label.begin(), label.end(),
                         [&](char c) { return alnum(c) || c == '-' || c == '_'; }))
            return false;
        if (label.size() == s.size()) return true;
        s.remove_prefix(label.size() + 1);
    }
}
[[nodiscard]] constexpr std::size_t characters_in(std::string_view s) noexcept {
    return static_cast<std::size_t>(std::count_if(
        s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}
}  // namespace detail

/// What an application's own certificate is to say (OPC 10000-6 §6.2.2).
/// Thread safety: as a plain value.
struct own_request {
    std::string common_name{};   ///< what administrators know the application by; 1 to 64 characters
    std::string organization{};  ///< who runs it; 1 to 64 characters
    std::string organizational_unit{}, locality{}, state{};  ///< empty: not said
    std::string country{};                                   ///< two letters (ISO 3166); empty: not said
    std::string application_uri{};  ///< the one that its ApplicationDescription tells; no other is in it
    std::vector<std::string>
        dns_names{};  ///< under which it is reached; a server has one of these or an address
    std::vector<std::string> addresses{};  ///< "192.0.2.7", "2001:db8::7"
    own_key key = own_key::rsa_2048;
    own_use use = own_use::client_and_server;
    own_constraints constraints = own_constraints::end_entity;
    unsigned days = 365;  ///< from now; 1 to 36,500. An issued certificate's are its CA's affair
    std::chrono::minutes backdated{60};  ///< valid from so long ago: peers' clocks are behind. At most a day

    /// What is wrong with it: the member, and what is expected there. Empty: nothing.
    [[nodiscard]] std::string fault() const {
        if (auto why = fault_of_name(); !why.empty()) return why;
        if (application_uri.size() > 2048 || !detail::is_uri(application_uri))
            return "application_uri: expected a URI such as urn:plant.example:line-4:pump, in ASCII";
        for (auto const& n : dns_names)
            if (!detail::is_host_name(n) || !detail::address_octets(n).empty())
                return "dns_names: expected host names such as pump-7.plant.example; addresses have a place "
                       "of their own";
        for (auto const& a : addresses)
            if (detail::address_octets(a).empty())
                return "addresses: expected IP addresses such as 192.0.2.7 or 2001:db8::7";
        if (dns_names.size() + addresses.size() > 64) return "dns_names, addresses: expected 64 at most";
        bool const serves = (static_cast<unsigned>(use) & static_cast<unsigned>(own_use::server)) != 0;
        if (serves && dns_names.empty() && addresses.empty())
            return "dns_names: a server is reached somewhere; expected a name, or an address in addresses";
        if (days < 1 || days > 36'500) return "days: expected 1 to 36500";
        if (backdated < std::chrono::minutes{0} || backdated > std::chrono::hours{24})
            return "backdated: expected nothing to a day";
        return {};
    }

private:
    [[nodiscard]] std::string fault_of_name() const {
        struct {
            std::string_view member;
            std::string const& text;
            std::size_t least;
        } const parts[] = {{"common_name", common_name, 1},
                           {"organization", organization, 1},
                           {"organizational_unit", organizational_unit, 0},
                           {"locality", locality, 0},
                           {"state", state, 0}};
        for (auto const& p : parts) {  // 64: the least upper bound of X.520 among these
            auto const n = detail::characters_in(p.text);
            if (n < p.least || n > 64 || !printable_utf8(p.text) || (n > 0 && trimmed(p.text) != p.text))
                return fmt::format(
                    "{}: expected {} to 64 characters of UTF-8, no control characters, no blanks around",
                    p.member, p.least);
        }
        bool const two = country.size() == 2 && std::all_of(country.begin(), country.end(),
                                                            [](char c) { return c >= 'A' && c <= 'Z'; });
        return country.empty() || two ? std::string{} : "country: expected two letters, A to Z";
    }
};

}  // namespace trust
}  // namespace sallyport::inline v0
