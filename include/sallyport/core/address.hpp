// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>

namespace sallyport::inline v0 {

/// Where an attempt comes from, as penalties and limits see it: an IPv4 host (/32; mapped IPv6 is unwrapped),
/// an IPv6 network (/64, since a stranger owns all of his; link-local /128), no port. Anything else by its
/// bytes. All zero: the host knows no peer address; source policies are then skipped, never shared by all. A
/// host behind a proxy takes X-Forwarded-For from configured proxies only: the header is the client's own
/// word.
struct address {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] static constexpr address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                                std::uint8_t d) noexcept {
        return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
    }
    /// An IPv6 address in network order, cut to what one stranger owns.
    [[nodiscard]] static constexpr address ipv6(std::array<std::uint8_t, 16> const& ip) noexcept {
        address a{ip};
        bool const link_local = ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
        bool const whole = a.is_ipv4() || link_local;
        for (std::size_t i = 8; i < a.bytes.size() && !whole; ++i) a.bytes[i] = 0;
        // The loopback ::1 and the rest of ::/64 would read as "unknown" once cut.
        if (!a.known() && ip != address{}.bytes) a.bytes = ip;
        return a;
    }
    /// From text: IPv4 or IPv6, or any other name of a peer. Empty: unknown. A zone (%eth0), brackets and a
    /// port are passed over: with its port each connection would be a source of its own.
    [[nodiscard]] static address from(std::string_view peer) noexcept;

    [[nodiscard]] constexpr bool known() const noexcept {
        auto const w = std::bit_cast<std::array<word, 2>>(bytes);
        return (w[0] | w[1]) != 0;
    }
    /// For logs: "192.0.2.7", "2001:db8:1:2::/64", or the name; empty where unknown. A name may hold any
    /// byte: escape it.
    [[nodiscard]] std::string to_string() const;

    friend constexpr bool operator==(address const&, address const&) = default;

private:
    /// Is it the one that its last four bytes are?
    [[nodiscard]] constexpr bool is_ipv4() const noexcept {
        return *this == ipv4(bytes[12], bytes[13], bytes[14], bytes[15]);
    }
    /// The address in "192.0.2.7:50001", "[2001:db8::1]:50001" or "fe80::1%eth0".
    [[nodiscard]] static constexpr std::string_view without_port(std::string_view peer) noexcept {
        if (peer.front() == '[') peer = peer.substr(1, peer.find(']') - 1);
        if (auto const colon = peer.find(':'); colon == peer.rfind(':')) peer = peer.substr(0, colon);
        return peer.substr(0, peer.find('%'));
    }
    static constexpr std::uint8_t by_name = 0xff;  // ff00::/8 is multicast: never a peer's address
};

inline address address::from(std::string_view peer) noexcept {
    if (peer.empty()) return {};
    std::string_view const ip = without_port(peer);
    std::array<char, INET6_ADDRSTRLEN> zero_ended{};
    if (ip.size() < zero_ended.size()) {
        ip.copy(zero_ended.data(), ip.size());
        std::array<std::uint8_t, 16> raw{};
        if (inet_pton(AF_INET, zero_ended.data(), raw.data()) == 1)
            return ipv4(raw[0], raw[1], raw[2], raw[3]);
        if (inet_pton(AF_INET6, zero_ended.data(), raw.data()) == 1 && raw[0] != by_name) return ipv6(raw);
    }
    address a{};
    a.bytes[0] = by_name;
    if (peer.size() < a.bytes.size()) {
        std::memcpy(&a.bytes[1], peer.data(), peer.size());
    } else {  // a long name is told from another by its hash; the host chose it, so no secret key is needed
        for (std::size_t i = 0; i < 15; ++i) {
            word const h = siphash({i / 8, 0}, peer);
            a.bytes[i + 1] = static_cast<std::uint8_t>(h >> i % 8 * 8);
        }
    }
    return a;
}

inline std::string address::to_string() const {
    if (!known()) return {};
    std::array<char, INET6_ADDRSTRLEN + 4> out{};
    if (bytes[0] == by_name) {
        std::string called;
        for (std::size_t i = 1; i < bytes.size() && bytes[i] != 0; ++i) called += static_cast<char>(bytes[i]);
        return called;
    }
    if (is_ipv4()) return inet_ntop(AF_INET, bytes.data() + 12, out.data(), INET6_ADDRSTRLEN);
    bool host = false;
    for (std::size_t i = 8; i < bytes.size(); ++i) host = host || bytes[i] != 0;
    std::string s = inet_ntop(AF_INET6, bytes.data(), out.data(), INET6_ADDRSTRLEN);
    if (!host) s += "/64";
    return s;
}

}  // namespace sallyport::inline v0
