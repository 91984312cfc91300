// SPDX-License-Identifier: BSL-1.0
#include "words.hpp"

#include <sallyport/audit/escape.hpp>
#include <sallyport/trust/openssl.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include <arpa/inet.h>

namespace trust_tool {

namespace {

/// Only what harms is escaped: this is text between blanks, not between quotes.
struct terminal_style {
    [[nodiscard]] static constexpr bool special(char32_t) noexcept { return false; }
    template <class Put>
    static constexpr void write(sallyport::code_point c, Put put) {
        sallyport::audit::plain_style::write(c, put);
    }
};

std::size_t width(char32_t c) noexcept {
    if (c >= 0x300 && c < 0x370) return 0;
    constexpr std::array<std::pair<char32_t, char32_t>, 8> wide{{{0x1100, 0x115f},
                                                                 {0x2e80, 0xa4cf},
                                                                 {0xac00, 0xd7a3},
                                                                 {0xf900, 0xfaff},
                                                                 {0xfe30, 0xfe6f},
                                                                 {0xff00, 0xff60},
                                                                 {0x1f300, 0x1faff},
                                                                 {0x20000, 0x3fffd}}};
    return std::any_of(wide.begin(), wide.end(), [c](auto const& r) { return r.first <= c && c <= r.second; })
               ? 2
               : 1;
}

std::vector<std::string> named(std::uint32_t bits,
                               std::initializer_list<std::pair<std::uint32_t, char const*>> names) {
    std::vector<std::string> all;
    for (auto const& [bit, name] : names)
        if ((bits & bit) != 0) all.emplace_back(name);
    return all;
}

std::string date_and_time(sallyport::nanoseconds wall, char const* between, char const* behind) {
    using namespace std::chrono;
    auto const s = floor<seconds>(wall);
    auto const d = floor<days>(s);
    hh_mm_ss const clock{s - d};
    return fmt::format("{}{}{:02}:{:02}:{:02}{}", day(wall), between, clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), behind);
}

}  // namespace

std::string safe(std::string_view text) { return sallyport::audit::escaped<terminal_style>(text); }

std::size_t width(std::string_view text) {
    std::size_t all = 0;
    while (!text.empty()) {
        auto const c = sallyport::first_code_point(text);
        all += width(c.value);
        text.remove_prefix(c.bytes);
    }
    return all;
}

std::string shortened(std::string_view text, std::size_t most) {
    std::string const whole = safe(text.substr(0, 16 * most));  // no more is looked at than could be shown
    if (width(std::string_view{whole}) <= most && text.size() <= 16 * most) return whole;
    std::string out;
    std::size_t taken = 0;
    for (std::string_view rest = whole; !rest.empty();) {
        auto const c = sallyport::first_code_point(rest);
        if (taken + width(c.value) + 1 > most) break;
        taken += width(c.value);
        out += rest.substr(0, c.bytes);
        rest.remove_prefix(c.bytes);
    }
    return out + "…";
}

std::string cell(std::string_view text, std::size_t wide) {
    std::string s = shortened(text, wide);
    return s.append(wide - std::min(wide, width(std::string_view{s})), ' ');
}

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    std::size_t at = indent;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (at > indent && at + 1 + width(word) > columns) {
            out += '\n';
            out.append(indent, ' ');
            at = indent;
        } else if (at > indent) {
            out += ' ', ++at;
        }
        out += word, at += width(word);
    }
    return out;
}

std::string day(sallyport::nanoseconds wall) {
    using namespace std::chrono;
    if (wall == sallyport::nanoseconds::max()) return "never";
    year_month_day const d{floor<days>(sys_time<sallyport::nanoseconds>{wall})};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                       static_cast<unsigned>(d.day()));
}
std::string time(sallyport::nanoseconds wall) {
    return wall == sallyport::nanoseconds::max() ? day(wall) : date_and_time(wall, " ", " UTC");
}
std::string iso(sallyport::nanoseconds wall) {
    return wall == sallyport::nanoseconds::max() ? "9999-12-31T23:59:59Z" : date_and_time(wall, "T", "Z");
}

std::string away(sallyport::nanoseconds wall, sallyport::nanoseconds now) {
    bool const over = wall < now;
    // Unsigned: the end of time less the beginning of it is more than nanoseconds hold.
    auto const apart =
        over ? static_cast<std::uint64_t>(now.count()) - static_cast<std::uint64_t>(wall.count())
             : static_cast<std::uint64_t>(wall.count()) - static_cast<std::uint64_t>(now.count());
    auto const n = apart / 86'400'000'000'000U;
    if (n == 0) return over ? "less than a day ago" : "in less than a day";
    auto const days = n == 1 ? std::string{"a day"} : fmt::format("{} days", n);
    return over ? days + " ago" : "in " + days;
}

std::string validity(sallyport::nanoseconds from, sallyport::nanoseconds until, sallyport::nanoseconds now) {
    if (until < now) return "ended " + day(until);
    return now < from ? "from " + day(from) : "until " + day(until);
}

std::string counted(std::size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string name_of(trust::certificate const& c) {
    return c.common_name().empty() ? "(no name)" : shortened(c.common_name(), 80);
}

std::string printed(X509_NAME const* name) {
    trust::detail::owned_bio const out{BIO_new(BIO_s_mem())};
    if (!out) return {};
    unsigned long const as_utf8 = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    (void)X509_NAME_print_ex(out.get(), name, 0, as_utf8);
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    return size > 0 ? safe({data, static_cast<std::size_t>(size)}) : std::string{"(empty)"};
}

std::string key_of(trust::certificate const& c) {
    switch (c.key()) {
        case trust::key_kind::rsa: return fmt::format("RSA, {} bits", c.key_bits());
        case trust::key_kind::nist_p256: return "ECC nistP256";
        case trust::key_kind::nist_p384: return "ECC nistP384";
        case trust::key_kind::brainpool_p256r1: return "ECC brainpoolP256r1";
        case trust::key_kind::brainpool_p384r1: return "ECC brainpoolP384r1";
        case trust::key_kind::ed25519: return "Ed25519";
        case trust::key_kind::ed448: return "Ed448";
        case trust::key_kind::other: break;
    }
    return c.key_bits() > 0 ? fmt::format("of another kind, {} bits", c.key_bits()) : "none that can be read";
}

std::vector<std::string> key_usages_of(trust::certificate const& c) {
    return named(c.key_usage().bits, {{KU_DIGITAL_SIGNATURE, "digitalSignature"},
                                      {KU_NON_REPUDIATION, "nonRepudiation"},
                                      {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
                                      {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
                                      {KU_KEY_AGREEMENT, "keyAgreement"},
                                      {KU_KEY_CERT_SIGN, "keyCertSign"},
                                      {KU_CRL_SIGN, "cRLSign"}});
}
std::vector<std::string> purposes_of(trust::certificate const& c) {
    return named(c.extended_key_usage().bits, {{XKU_SSL_SERVER, "serverAuth"},
                                               {XKU_SSL_CLIENT, "clientAuth"},
                                               {XKU_CODE_SIGN, "codeSigning"},
                                               {XKU_SMIME, "emailProtection"},
                                               {XKU_TIMESTAMP, "timeStamping"},
                                               {XKU_OCSP_SIGN, "OCSPSigning"},
                                               {XKU_ANYEKU, "any"}});
}

std::string address_of(std::string_view octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (octets.size() == 4 && inet_ntop(AF_INET, octets.data(), text.data(), text.size()) != nullptr)
        return text.data();
    if (octets.size() == 16 && inet_ntop(AF_INET6, octets.data(), text.data(), text.size()) != nullptr)
        return text.data();
    return trust::hex(trust::as_bytes(octets));
}

std::string brief(sallyport::thumbprint const& print) { return trust::hex(print.bytes).substr(0, 16); }

}  // namespace trust_tool
