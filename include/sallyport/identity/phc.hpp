// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace identity {

/// What a hash by Argon2 costs (RFC 9106): memory in KiB, passes over it, lanes in parallel. The default is
/// OWASP's first choice for small machines (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
struct argon2_cost {
    std::uint32_t memory_kib = 19456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;

    friend constexpr bool operator==(argon2_cost const&, argon2_cost const&) = default;
};

/// The costs that a stored hash may ask of us: a hostile string with a huge m or t is refused before anything
/// is hashed, and one so cheap that it protects nobody is refused too. Both ends count as inside.
struct argon2_bounds {
    argon2_cost least{7168, 1,
                      1};  ///< the least memory among OWASP's equivalent settings (7 MiB with 5 passes)
    argon2_cost most{65536, 10, 1};  ///< 64 MiB, ten passes

    [[nodiscard]] constexpr bool hold(argon2_cost c) const noexcept {
        return least.memory_kib <= c.memory_kib && c.memory_kib <= most.memory_kib &&
               least.passes <= c.passes && c.passes <= most.passes && least.lanes <= c.lanes &&
               c.lanes <= most.lanes;
    }
};

/// Standard base64 without padding, held to its one canonical spelling (RFC 4648 §3.5): no length that no
/// octets have, no stray bits at the end. nullopt where it is another, or where `room` is too small; else how
/// many octets it was.
[[nodiscard]] constexpr std::optional<std::size_t> from_base64(std::string_view s,
                                                               std::span<std::uint8_t> room) noexcept {
    std::size_t const octets = s.size() / 4 * 3 + (s.size() % 4 == 0 ? 0 : s.size() % 4 - 1);
    if (s.size() % 4 == 1 || octets > room.size()) return std::nullopt;
    std::uint32_t held = 0;
    unsigned bits = 0;
    std::size_t written = 0;
    for (char const c : s) {
        unsigned digit = 0;
        if (c >= 'A' && c <= 'Z')
            digit = static_cast<unsigned>(c - 'A');
        else if (c >= 'a' && c <= 'z')
            digit = static_cast<unsigned>(c - 'a') + 26;
        else if (c >= '0' && c <= '9')
            digit = static_cast<unsigned>(c - '0') + 52;
        else if (c == '+')
            digit = 62;
        else if (c == '/')
            digit = 63;
        else
            return std::nullopt;
        held = (held << 6 | digit) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            room[written++] = static_cast<std::uint8_t>(held >> bits & 0xff);
        }
    }
    if ((held & ((1U << bits) - 1)) != 0) return std::nullopt;
    return written;
}

/// Appends octets as base64 without padding.
inline void append_base64(std::string& to, std::span<std::uint8_t const> octets) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (std::uint8_t const octet : octets) {
        held = (held << 8 | octet) & 0xffff;
        for (bits += 8; bits >= 6; bits -= 6) to += digits[held >> (bits - 6) & 0x3f];
    }
    if (bits > 0) to += digits[held << (6 - bits) & 0x3f];
}

/// A hash by Argon2id as it is stored: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` (the PHC string
/// format). It has exactly one spelling: what `parse` takes, `to_string` gives back byte for byte.
struct phc_string {
    static constexpr std::size_t shortest_salt = 16, longest_salt = 48;
    static constexpr std::size_t shortest_hash = 32, longest_hash = 64;
    /// No string that is longer can be one: 15 + 38 for the cost + 1 + 64 + 1 + 86 characters.
    static constexpr std::size_t longest = 205;

    argon2_cost cost{};
    std::array<std::uint8_t, longest_salt> salt_octets{};
    std::array<std::uint8_t, longest_hash> hash_octets{};
    std::size_t salt_size = 0, hash_size = 0;

    [[nodiscard]] constexpr std::span<std::uint8_t const> salt() const noexcept {
        return {salt_octets.data(), salt_size};
    }
    [[nodiscard]] constexpr std::span<std::uint8_t const> hash() const noexcept {
        return {hash_octets.data(), hash_size};
    }

    [[nodiscard]] std::string to_string() const {
        std::string s =
            fmt::format("$argon2id$v=19$m={},t={},p={}$", cost.memory_kib, cost.passes, cost.lanes);
        append_base64(s, salt());
        s += '$';
        append_base64(s, hash());
        return s;
    }
    friend constexpr bool operator==(phc_string const&, phc_string const&) = default;
};

/// What `parse_phc` found. `fault` says what was expected where the text is no usable hash; it is empty where
/// it is.
struct parsed_phc {
    phc_string value{};
    std::string_view fault = "expected a hash such as $argon2id$v=19$m=19456,t=2,p=1$…$…";

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return fault.empty(); }
};

namespace detail {
/// Takes `word` off the front of `s`.
[[nodiscard]] constexpr bool take(std::string_view& s, std::string_view word) noexcept {
    if (!s.starts_with(word)) return false;
    s.remove_prefix(word.size());
    return true;
}
/// Takes a decimal number of up to 32 bits without leading zeroes off the front of `s`.
[[nodiscard]] constexpr std::optional<std::uint32_t> take_number(std::string_view& s) noexcept {
    std::uint64_t n = 0;
    std::size_t digits = 0;
    for (; digits < s.size() && s[digits] >= '0' && s[digits] <= '9'; ++digits) {
        n = n * 10 + static_cast<std::uint64_t>(s[digits] - '0');
        if (n > 0xffffffff) return std::nullopt;
    }
    if (digits == 0 || (digits > 1 && s.front() == '0')) return std::nullopt;
    s.remove_prefix(digits);
    return static_cast<std::uint32_t>(n);
}
/// Takes what stands before the next `$`, or all.
[[nodiscard]] constexpr std::string_view take_field(std::string_view& s) noexcept {
    std::string_view const field = s.substr(0, s.find('$'));
    s.remove_prefix(field.size());
    return field;
}
}  // namespace detail

/// Reads a stored hash and holds it to `bounds` before anybody spends memory or time on it: m, t, p in this
/// order, v=19, no leading zeroes, no padding, salt of 16 to 48 octets, hash of 32 to 64. Allocates nothing.
[[nodiscard]] constexpr parsed_phc parse_phc(std::string_view s, argon2_bounds bounds = {}) noexcept {
    auto const wrong = [](std::string_view why) { return parsed_phc{{}, why}; };
    if (s.size() > phc_string::longest) return wrong("longer than any Argon2id hash");
    if (!detail::take(s, "$argon2id$")) return parsed_phc{};
    if (!detail::take(s, "v=19$")) return wrong("expected version 19 of Argon2, written v=19");

    phc_string p;
    struct {
        std::string_view key;
        std::uint32_t& value;
    } const costs[] = {{"m=", p.cost.memory_kib}, {",t=", p.cost.passes}, {",p=", p.cost.lanes}};
    for (auto const& [key, value] : costs) {
        if (!detail::take(s, key)) return wrong("expected the cost as m=…,t=…,p=… in this order");
        auto const number = detail::take_number(s);
        if (!number) return wrong("expected the cost m, t, p in whole numbers without leading zeroes");
        value = *number;
    }
    if (!detail::take(s, "$")) return wrong("expected nothing but m, t and p before the salt");
    if (!bounds.hold(p.cost) || p.cost.memory_kib / 8 < p.cost.lanes)
        return wrong("its cost is out of bounds");

    auto const salt = from_base64(detail::take_field(s), p.salt_octets);
    if (!salt || *salt < phc_string::shortest_salt)
        return wrong("expected a salt of 16 to 48 octets in base64 without padding");
    if (!detail::take(s, "$")) return wrong("expected a hash behind the salt");
    auto const hash = from_base64(s, p.hash_octets);
    if (!hash || *hash < phc_string::shortest_hash)
        return wrong("expected a hash of 32 to 64 octets in base64 without padding");
    p.salt_size = *salt;
    p.hash_size = *hash;
    return {p, {}};
}

}  // namespace identity
}  // namespace sallyport::inline v0
