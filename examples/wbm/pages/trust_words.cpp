// SPDX-License-Identifier: BSL-1.0
#include "trust_words.hpp"

#include <array>
#include <span>
#include <utility>

#include <arpa/inet.h>
#include <openssl/x509v3.h>

namespace wbm {
namespace {

struct named_bit {
    std::uint32_t bit;
    std::string_view name;
};
std::string listed(trust::stated_usage const& u, std::span<named_bit const> names) {
    if (!u.present) return "not said";
    std::string all;
    for (auto const& [bit, name] : names)
        if ((u.bits & bit) != 0) all += (all.empty() ? "" : ", ") + std::string{name};
    if (all.empty()) all = "none that is known";
    return u.critical ? all + " (critical)" : all;
}

}  // namespace

markup grouped(std::string_view digits) {
    markup all;
    for (std::size_t i = 0; i < digits.size(); i += 4)
        all += html("<span>{}</span>{}", digits.substr(i, 4), i + 4 < digits.size() ? " " : "");
    return html(R"(<code class="print">{}</code>)", all);
}
markup short_print(thumbprint const& print) {
    return grouped(trust::hex(print.bytes).substr(0, 16)) + faint(" …");
}
std::string called(trust::certificate const& c) {
    std::string const name = c.common_name().empty() ? c.subject() : c.common_name();
    return name.empty() ? "a certificate without a name" : trust::detail::printable(name, 96);
}
markup link_to(trust::certificate const& c) {
    return html(R"(<a href="/trust/one?print={}">{}</a>)", trust::hex(c.print().bytes), name_of(called(c)));
}

markup until_chip(sallyport::nanoseconds from, sallyport::nanoseconds until, sallyport::instant const& now) {
    std::string const day = trust::detail::day_of(until);
    if (!now.wall_trusted) return html("{}", day);
    if (until < now.wall) return chip("ended " + day, "error");
    if (now.wall < from) return chip("from " + trust::detail::day_of(from), "warn");
    if (until - now.wall < std::chrono::days{30}) return chip("until " + day, "warn");
    return html("{}", day);
}

std::string key_words(trust::certificate const& c) {
    using kind = trust::key_kind;
    switch (c.key()) {
        case kind::rsa: return fmt::format("RSA, {} bits", c.key_bits());
        case kind::nist_p256: return "ECC, nistP256";
        case kind::nist_p384: return "ECC, nistP384";
        case kind::brainpool_p256r1: return "ECC, brainpoolP256r1";
        case kind::brainpool_p384r1: return "ECC, brainpoolP384r1";
        case kind::ed25519: return "Ed25519";
        case kind::ed448: return "Ed448";
        case kind::other: break;
    }
    return fmt::format("of a kind that is not known, {} bits", c.key_bits());
}
std::string usage_words(trust::certificate const& c) {
    static constexpr std::array<named_bit, 9> names{{{KU_DIGITAL_SIGNATURE, "digitalSignature"},
                                                     {KU_NON_REPUDIATION, "nonRepudiation"},
                                                     {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
                                                     {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
                                                     {KU_KEY_AGREEMENT, "keyAgreement"},
                                                     {KU_KEY_CERT_SIGN, "keyCertSign"},
                                                     {KU_CRL_SIGN, "cRLSign"},
                                                     {KU_ENCIPHER_ONLY, "encipherOnly"},
                                                     {KU_DECIPHER_ONLY, "decipherOnly"}}};
    return listed(c.key_usage(), names);
}
std::string extended_usage_words(trust::certificate const& c) {
    static constexpr std::array<named_bit, 6> names{{{XKU_SSL_SERVER, "serverAuth"},
                                                     {XKU_SSL_CLIENT, "clientAuth"},
                                                     {XKU_CODE_SIGN, "codeSigning"},
                                                     {XKU_SMIME, "emailProtection"},
                                                     {XKU_OCSP_SIGN, "OCSPSigning"},
                                                     {XKU_ANYEKU, "any"}}};
    return listed(c.extended_key_usage(), names);
}
std::string constraint_words(trust::certificate const& c) {
    auto const said = c.constraints();
    if (!said.present) return "not said";
    std::string words = said.ca ? "it may issue certificates (cA)" : "it issues none";
    if (said.path_length) words += fmt::format(", path length {}", *said.path_length);
    return said.critical ? words + " (critical)" : words;
}
std::string address_words(std::string_view octets) {
    std::array<char, INET6_ADDRSTRLEN> words{};
    int const family = octets.size() == 4 ? AF_INET : AF_INET6;
    bool const good = (octets.size() == 4 || octets.size() == 16) &&
                      ::inet_ntop(family, octets.data(), words.data(), words.size()) != nullptr;
    return good ? words.data() : std::string{"an address of a length that none has"};
}

}  // namespace wbm
