// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/text.hpp>
#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/certificate.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace trust {

/// The folders of a store.
enum class place : std::uint8_t { trusted, trusted_crl, issuers, issuer_crl, rejected, own, own_private };
inline constexpr std::size_t places = 7;
/// Those whose files the store itself reads: all but its own.
inline constexpr std::array<place, 5> places_read{place::trusted_crl, place::issuer_crl, place::trusted,
                                                  place::issuers, place::rejected};

/// As it is said to an administrator.
[[nodiscard]] constexpr std::string_view to_string(place p) noexcept {
    constexpr std::array<std::string_view, places> words{
        "trusted", "trusted CRLs", "issuers", "issuer CRLs", "rejected", "own", "own private"};
    return words[static_cast<std::size_t>(p)];
}

/// The name of a folder, seen from the root of its store; at most 95 bytes.
using folder_name = text<96>;

/// Which folder of a store holds what. A value: a plant that lays its stores out otherwise writes its own.
/// Thread safety: as a plain value.
struct layout {
    folder_name trusted{}, trusted_crl{}, issuers{}, issuer_crl{}, rejected{}, own{}, own_private{};
    bool reads_pem = false;  ///< files that end in .pem hold PEM; all others, and all without it, hold DER

    /// OPC 10000-12 Annex F.1, as UA-.NETStandard and open62541 have it.
    static layout const annex_f;
    /// As S2OPC, node-opcua and many connectors have it: `issuers`, a flat `rejected`, PEM beside DER.
    static layout const plural_issuers;

    [[nodiscard]] constexpr folder_name const& of(place p) const noexcept {
        switch (p) {
            case place::trusted: return trusted;
            case place::trusted_crl: return trusted_crl;
            case place::issuers: return issuers;
            case place::issuer_crl: return issuer_crl;
            case place::rejected: return rejected;
            case place::own: return own;
            case place::own_private: break;
        }
        return own_private;
    }
    /// Empty, or what is wrong: every folder has a name of its own below the root, so that no list is
    /// another.
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        for (std::size_t i = 0; i < places; ++i) {
            auto const& name = of(static_cast<place>(i));
            if (name.empty()) return "a folder has no name";
            if (name.bytes.back() != '\0') return "the name of a folder has more than 95 bytes";
            if (!stays_below(name.view())) return "a folder is not below the store's root";
            for (std::size_t j = 0; j < i; ++j)
                if (of(static_cast<place>(j)) == name) return "two folders have the same name";
        }
        return {};
    }
    friend constexpr bool operator==(layout const&, layout const&) = default;

private:
    /// Words between single slashes; none begins with a dot, which covers "." and "..", too.
    [[nodiscard]] static constexpr bool stays_below(std::string_view below) noexcept {
        bool begins = true;
        for (char const c : below) {
            if (begins && (c == '/' || c == '.')) return false;
            begins = c == '/';
        }
        return !begins;
    }
};
inline constexpr layout layout::annex_f{.trusted = "trusted/certs",
                                        .trusted_crl = "trusted/crl",
                                        .issuers = "issuer/certs",
                                        .issuer_crl = "issuer/crl",
                                        .rejected = "rejected/certs",
                                        .own = "own/certs",
                                        .own_private = "own/private"};
inline constexpr layout layout::plural_issuers{.trusted = "trusted/certs",
                                               .trusted_crl = "trusted/crl",
                                               .issuers = "issuers/certs",
                                               .issuer_crl = "issuers/crl",
                                               .rejected = "rejected",
                                               .own = "own/certs",
                                               .own_private = "own/private",
                                               .reads_pem = true};
static_assert(layout::annex_f.fault().empty() && layout::plural_issuers.fault().empty());

namespace detail {
/// What an administrator's shell, another system's disk or a reader of names takes for something else.
[[nodiscard]] constexpr bool plain_in_a_name(code_point c) noexcept {
    constexpr std::string_view no = "/\\<>:\"|?*[]'`$;&!%~";
    return c.well_formed && harmless(c.value) &&
           (c.value >= 0x80 || no.find(static_cast<char>(c.value)) == std::string_view::npos);
}
/// The first CN of a name, in UTF-8.
[[nodiscard]] inline std::string common_name_of(X509_NAME const* name) {
    int const at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    std::uint8_t* utf8 = nullptr;
    int const n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    std::string out;
    if (n > 0) out.assign(reinterpret_cast<char const*>(utf8), static_cast<std::size_t>(n));
    OPENSSL_free(utf8);
    return out;
}
}  // namespace detail

/// How much of a common name goes into the name of a file, in bytes. RFC 5280 allows 64 characters; with all
/// that is put behind them the name stays below the 143 bytes that the narrowest file system in use takes
/// (eCryptfs), so that nobody's name is one that cannot be written.
inline constexpr std::size_t longest_stem = 64;

/// A part of a file's name, made of what a stranger called himself. Whatever could leave the folder, hide the
/// file, be taken for an option, drive a terminal or turn its direction becomes `+`; too long is cut between
/// characters; never empty.
[[nodiscard]] inline std::string safe_stem(std::string_view called) {
    std::string out;
    while (!called.empty()) {
        code_point const c = first_code_point(called);
        std::string_view const as_it_is = called.substr(0, c.bytes);
        std::string_view const written = detail::plain_in_a_name(c) ? as_it_is : std::string_view{"+"};
        if (out.size() + written.size() > longest_stem) break;
        out += written;
        called.remove_prefix(c.bytes);
    }
    if (auto const end = out.find_last_not_of(' '); end == std::string::npos)
        out.clear();
    else
        out.resize(end + 1);
    if (out.empty()) return "unnamed";
    if (out.front() == '.' || out.front() == '-' || out.front() == ' ' || out.front() == '#')
        out.front() = '+';
    return out;
}

/// `CommonName [THUMBPRINT].der`, as OPC UA stores name certificates. It helps people; nobody here believes a
/// name.
[[nodiscard]] inline std::string file_name_of(certificate const& c) {
    return safe_stem(c.common_name()) + " [" + hex(c.thumb()) + "].der";
}
/// `CommonName of the issuer [THUMBPRINT].crl`; the thumbprint is the list's own, so that two CAs that bear
/// one name, and two lists of one CA, lie side by side until one takes the other's place.
[[nodiscard]] inline std::string file_name_of_crl(X509_NAME const* issuer, bytes der) {
    return safe_stem(detail::common_name_of(issuer)) + " [" + hex(sha1(der)) + "].crl";
}
/// Another name for the same, where a file of the first lies there already and holds something else: SHA-1
/// collides for whoever wants it to. `n` from 1.
[[nodiscard]] inline std::string other_file_name(std::string_view name, thumbprint const& print, unsigned n) {
    std::string_view const stem = name.substr(0, name.rfind('.'));
    return std::string{stem} + " [" + hex(print.bytes).substr(0, 16) + "]" +
           (n > 1 ? "+" + std::to_string(n) : "") + std::string{name.substr(stem.size())};
}

}  // namespace trust
}  // namespace sallyport::inline v0
