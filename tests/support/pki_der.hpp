// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// DER, written by hand: what no library agrees to write must be shown to the one under test, too.
namespace pki::der {

using octets = std::string;

/// One element. Lengths go up to what a list of a hundred thousand revocations needs.
inline octets tlv(unsigned tag, std::string_view content) {
    octets out(1, static_cast<char>(tag));
    std::size_t const n = content.size();
    if (n < 0x80) {
        out += static_cast<char>(n);
    } else {
        int const bytes = n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x1000000 ? 3 : 4;
        out += static_cast<char>(0x80 + bytes);
        for (int i = bytes; i-- > 0;) out += static_cast<char>(n >> (8 * static_cast<unsigned>(i)) & 0xFF);
    }
    return out.append(content);
}
inline octets joined(std::initializer_list<octets> parts) {
    octets all;
    for (auto const& p : parts) all += p;
    return all;
}
inline octets seq(std::initializer_list<octets> parts) { return tlv(0x30, joined(parts)); }
inline octets set(std::initializer_list<octets> parts) { return tlv(0x31, joined(parts)); }
/// `[n]`, constructed around an element, or in place of its tag.
inline octets context(unsigned n, std::string_view content) { return tlv(0xA0 + n, content); }
/// `[n]` in place of a primitive's tag.
inline octets implicit(unsigned n, std::string_view content) { return tlv(0x80 + n, content); }

inline octets boolean(bool b) { return tlv(0x01, b ? std::string_view{"\xFF"} : std::string_view{"\0", 1}); }
/// The content of an INTEGER: as short as two's complement allows.
inline octets number(long long v) {
    octets out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(v >> shift & 0xFF);
    auto const spare = [&] {
        auto const a = static_cast<unsigned char>(out[0]), b = static_cast<unsigned char>(out[1]);
        return (a == 0 && b < 0x80) || (a == 0xFF && b >= 0x80);
    };
    while (out.size() > 1 && spare()) out.erase(0, 1);
    return out;
}
inline octets integer(long long v) { return tlv(0x02, number(v)); }
inline octets enumerated(long long v) { return tlv(0x0A, number(v)); }
inline octets octet_string(std::string_view s) { return tlv(0x04, s); }
inline octets bit_string(std::string_view s, unsigned unused = 0) {
    return tlv(0x03, octets(1, static_cast<char>(unused)).append(s));
}
inline octets utf8(std::string_view s) { return tlv(0x0C, s); }
inline octets printable(std::string_view s) { return tlv(0x13, s); }
inline octets null() { return tlv(0x05, {}); }

/// OBJECT IDENTIFIER from its dotted form.
inline octets oid(std::string_view dotted) {
    std::vector<unsigned long> arcs;
    for (char const *at = dotted.data(), *const end = at + dotted.size(); at < end; ++at) {
        unsigned long arc = 0;
        at = std::from_chars(at, end, arc).ptr;
        arcs.push_back(arc);
    }
    octets out;
    auto const put = [&](unsigned long arc) {
        octets groups(1, static_cast<char>(arc & 0x7F));
        while ((arc >>= 7) != 0) groups.insert(groups.begin(), static_cast<char>((arc & 0x7F) | 0x80));
        out += groups;
    };
    put(40 * arcs[0] + arcs[1]);
    for (std::size_t i = 2; i < arcs.size(); ++i) put(arcs[i]);
    return tlv(0x06, out);
}

/// Named bits, the first one first: the last octet without its trailing zeros (X.690 §11.2.2).
inline octets named_bits(std::uint32_t bits) {
    octets out;
    unsigned unused = 0;
    for (unsigned i = 0; i < 32 && (bits >> i) != 0; ++i) {
        if (i % 8 == 0) out += '\0';
        if ((bits >> i & 1) != 0) out.back() = static_cast<char>(out.back() | 0x80 >> i % 8);
        unused = 7 - i % 8;
    }
    return bit_string(out, unused);
}

/// UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5).
inline octets time(std::chrono::sys_seconds t) {
    auto const day = std::chrono::floor<std::chrono::days>(t);
    std::chrono::year_month_day const ymd{day};
    std::chrono::hh_mm_ss const of_day{t - day};
    auto const digits = [](auto n, std::size_t width) {
        std::string s = std::to_string(n);
        return s.insert(0, width > s.size() ? width - s.size() : 0, '0');
    };
    int const year = static_cast<int>(ymd.year());
    bool const utc = year >= 1950 && year < 2050;
    return tlv(utc ? 0x17 : 0x18,
               digits(utc ? year % 100 : year, utc ? 2 : 4) + digits(static_cast<unsigned>(ymd.month()), 2) +
                   digits(static_cast<unsigned>(ymd.day()), 2) + digits(of_day.hours().count(), 2) +
                   digits(of_day.minutes().count(), 2) + digits(of_day.seconds().count(), 2) + "Z");
}

/// A distinguished name of these attributes, in their order: {"2.5.4.3", "Pump 7"} is its common name.
using attributes = std::vector<std::pair<std::string, std::string>>;
inline octets name(attributes const& parts) {
    octets all;
    for (auto const& [type, value] : parts)
        all += set({seq({oid(type), type == "2.5.4.6" ? printable(value) : utf8(value)})});
    return tlv(0x30, all);
}

/// What one element holds: `inside(seq({x})) == x`.
inline std::string_view inside(std::string_view element) {
    auto const first = static_cast<unsigned char>(element[1]);
    return element.substr(first < 0x80 ? 2 : 2 + (first & 0x7FU));
}

}  // namespace pki::der
