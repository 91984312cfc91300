// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/trusted_device.hpp>
#include <sallyport/penalty/cell_table.hpp>
#include <sallyport/penalty/lane.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// How near the mesh is: a source by itself, then the networks that it is part of.
enum class mesh : std::uint64_t { fine, near, wide, elsewhere, device };

/// The source as a coarser mesh sees it: /24 and /16 of IPv4, /56 and /48 of IPv6; nullopt where it belongs
/// to no network: a link-local address, or a peer that is known by its name.
[[nodiscard]] constexpr std::optional<address> coarser(address const& a, mesh m) noexcept {
    if (m == mesh::fine) return a;
    auto const v4 = address::ipv4(0, 0, 0, 0).bytes;
    bool const is_v4 = std::equal(v4.begin(), v4.begin() + 12, a.bytes.begin());
    bool const global = a.bytes[0] != 0xff && !(a.bytes[0] == 0xfe && (a.bytes[1] & 0xc0) == 0x80);
    if (!is_v4 && !global) return std::nullopt;
    address c = a;
    std::size_t const keep = (is_v4 ? 15U : 7U) - (m == mesh::wide ? 1U : 0U);
    std::fill(c.bytes.begin() + static_cast<std::ptrdiff_t>(keep), c.bytes.end(), std::uint8_t{0});
    return c;
}

/// Where an attempt comes from, whichever account it tries: a source, a network, or a device.
struct origin_key {
    std::array<word, 2> bytes{};
    mesh kind = mesh::fine;

    [[nodiscard]] static constexpr origin_key of(address const& a, mesh m) noexcept {
        return {std::bit_cast<std::array<word, 2>>(a.bytes), m};
    }
    /// Half of a SHA-256 tells devices apart well enough; whoever finds two of one half shares a budget.
    [[nodiscard]] static constexpr origin_key of(thumbprint const& t) noexcept {
        auto const all = std::bit_cast<std::array<word, 4>>(t.bytes);
        return {{all[0], all[1]}, mesh::device};
    }
    [[nodiscard]] constexpr address source() const noexcept {
        return kind == mesh::device ? address{} : address{std::bit_cast<std::array<std::uint8_t, 16>>(bytes)};
    }
    friend constexpr bool operator==(origin_key const&, origin_key const&) = default;
};

/// An account as tried from one place. The account is meant by its slot and generation.
struct place_key {
    word account = 0;
    origin_key from{};
    friend constexpr bool operator==(place_key const&, place_key const&) = default;
};

/// An account and a device that it has logged in on; or the bearer of a cookie that it was given.
struct pair_key {
    word account = 0;  ///< see `whose`
    thumbprint id{};

    static constexpr word on_file = word{1} << 31;  // no slot has so high a number
    [[nodiscard]] static constexpr word whose(bool known, cell_ref account) noexcept {
        return account.packed() | (known ? on_file : 0);
    }
    friend constexpr bool operator==(pair_key const&, pair_key const&) = default;
};

/// What an account owes: the lanes in which no source and no device stands.
struct account_cell {
    lane strangers{}, trusted{}, at_console{};
    std::uint32_t generation = 0;
    std::uint32_t consecutive = 0;  ///< wrong secrets since the last right one; kept where there is a cap
    std::uint32_t pairs = 0;        ///< how many it has
    std::uint16_t old_secrets = 0;  ///< how many are remembered from before a change
    std::uint16_t administers = 0;  ///< has somebody with such a role logged in under that name? 0: no

    [[nodiscard]] constexpr bool at_rest(nanoseconds now) const noexcept {
        return strangers.at_rest(now) && trusted.at_rest(now) && at_console.at_rest(now) &&
               consecutive == 0 && pairs == 0 && old_secrets == 0;
    }
};

/// What an account owes from one place, and which wrong secrets it heard from there last. Never one ring for
/// all places: it would tell a stranger the owner's slips of the finger.
struct place_cell {
    lane own{}, repeat{};
    std::array<word, 4> ring{};   ///< fingerprints of wrong secrets; 0: none
    std::int64_t kept_until = 0;  ///< steady nanoseconds: the ring is worth keeping until then
    std::uint32_t generation = 0;
    std::uint32_t next = 0;  ///< where the ring goes on

    [[nodiscard]] constexpr bool at_rest(nanoseconds now) const noexcept {
        return own.at_rest(now) && repeat.at_rest(now) && nanoseconds{kept_until} <= now;
    }
    [[nodiscard]] constexpr bool heard(word fingerprint) const noexcept {
        return fingerprint != 0 && std::find(ring.begin(), ring.end(), fingerprint) != ring.end();
    }
    constexpr void remember(word fingerprint) noexcept {
        if (fingerprint == 0 || heard(fingerprint)) return;
        ring[next % ring.size()] = fingerprint;
        next = static_cast<std::uint32_t>((next + 1) % ring.size());
    }
};

/// What a source, a network or a device owes, over all accounts.
struct origin_cell {
    lane own{};
    std::uint32_t generation = 0;
    std::uint32_t spare = 0;
    [[nodiscard]] constexpr bool at_rest(nanoseconds now) const noexcept { return own.at_rest(now); }
};
static_assert(wordy<origin_key> && wordy<place_key> && wordy<pair_key> && wordy<account_cell> &&
              wordy<place_cell> && wordy<origin_cell>);

}  // namespace penalty
}  // namespace sallyport::inline v0
