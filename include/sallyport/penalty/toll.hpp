// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/visit.hpp>
#include <sallyport/penalty/lane_books.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {
namespace penalty {

/// Which of an account's own lanes pays.
enum class account_lane : std::uint8_t { none, strangers, trusted, at_console };

/// What a secret is to the account.
enum class secret_kind : std::uint8_t {
    fresh,     ///< nobody has heard it here: every lane pays
    old,       ///< that from before a change: all lanes but the account's
    repeated,  ///< the same wrong one from the same place: the repeat lane pays instead
};

/// What an attempt costs, and where.
struct toll {
    bool known = false;                    ///< is the account on file?
    account_lane by = account_lane::none;  ///< which lane of the account would pay, were the secret fresh
    secret_kind secret = secret_kind::fresh;
    bool has_place = false;   ///< is it remembered what was heard from there?
    bool is_pair = false;     ///< then the place is a pair
    bool place_pays = false;  ///< and has a lane of its own
    bool has_origin = false;  ///< does a source or a device pay?
    bool with_code = false;   ///< a right pairing code: its tries pay in place of the account
    lane_books::account account{};
    lane_books::place place{};
    lane_books::pair pair{};
    lane_books::origin origin{};

    [[nodiscard]] place_cell& cell() noexcept { return is_pair ? pair.cell : place.cell; }
    [[nodiscard]] place_cell const& cell() const noexcept { return is_pair ? pair.cell : place.cell; }
    [[nodiscard]] bool account_pays() const noexcept {
        return by != account_lane::none && secret == secret_kind::fresh;
    }
    /// A pair's own lane is the account's as well: an old secret does not pay it.
    [[nodiscard]] bool own_pays() const noexcept {
        return place_pays && (secret == secret_kind::fresh || (secret == secret_kind::old && !is_pair));
    }
    [[nodiscard]] bool repeat_pays() const noexcept { return secret == secret_kind::repeated; }
    [[nodiscard]] bool origin_pays() const noexcept { return has_origin && secret != secret_kind::repeated; }
    /// A cell that a whole network shares has no ring: see `place_cell`.
    [[nodiscard]] bool has_ring() const noexcept {
        mesh const m = place.key.from.kind;
        return has_place && (is_pair || m == mesh::fine || m == mesh::device);
    }
    /// Does nobody else pay into the source's or the device's cell? Not so where a device found none.
    [[nodiscard]] bool origin_is_its_own(bool from_device) const noexcept {
        return has_origin ? coarseness::of(origin.key) == 0 : !from_device && !is_pair;
    }
};

[[nodiscard]] constexpr lane& lane_of(account_cell& a, account_lane l) noexcept {
    return l == account_lane::trusted      ? a.trusted
           : l == account_lane::at_console ? a.at_console
                                           : a.strangers;
}
[[nodiscard]] constexpr lane const& lane_of(account_cell const& a, account_lane l) noexcept {
    return l == account_lane::trusted      ? a.trusted
           : l == account_lane::at_console ? a.at_console
                                           : a.strangers;
}
[[nodiscard]] constexpr lane_rate const& rate_of(lane_options const& o, account_lane l) noexcept {
    return l == account_lane::trusted      ? o.trusted
           : l == account_lane::at_console ? o.at_console
                                           : o.strangers;
}

/// What is written into an attempt's slip: which cells it has reserved in.
struct receipt {
    static constexpr std::size_t words = 4;
    cell_ref account{}, place{}, origin{};
    bool reserved = false, known = false, is_pair = false, own_pays = false, has_ring = false,
         with_code = false;
    bool all_its_own = false;  ///< a fresh secret, of a visitor who shares no cell and brings no code
    account_lane by = account_lane::none;
    secret_kind secret = secret_kind::fresh;
    mesh origin_mesh = mesh::fine;

    /// Of what has been reserved.
    [[nodiscard]] static receipt of(toll const& t, visit const& who) noexcept {
        receipt r{.account = t.account.ref(),
                  .place = t.is_pair ? t.pair.ref() : t.place.ref(),
                  .origin = t.origin_pays() ? t.origin.ref() : cell_ref{},
                  .reserved = true,
                  .known = t.known,
                  .is_pair = t.is_pair,
                  .own_pays = t.own_pays(),
                  .has_ring = t.has_ring(),
                  .with_code = t.with_code,
                  .by = t.by,
                  .secret = t.secret,
                  .origin_mesh = t.origin.key.kind};
        bool const from_somewhere = who.device.known() || who.source.known();
        bool const one_pair_at_most = !who.device.known() || !who.pairing.known();
        r.all_its_own = t.secret == secret_kind::fresh && who.code == 0 && one_pair_at_most &&
                        t.account.there() && t.account.key == who.account &&
                        (t.has_ring() || !from_somewhere) && t.origin_is_its_own(who.device.known());
        return r;
    }
    friend constexpr bool operator==(receipt const&, receipt const&) = default;
    void put(slip& s, std::size_t at) const noexcept {
        word const flags = word{reserved} | word{known} << 1 | word{is_pair} << 2 | word{own_pays} << 3 |
                           word{has_ring} << 4 | word{with_code} << 5 | word{all_its_own} << 6 |
                           static_cast<word>(by) << 8 | static_cast<word>(secret) << 16 |
                           static_cast<word>(origin_mesh) << 24;
        std::array<word, words> const w{account.packed(), place.packed(), origin.packed(), flags};
        if (at + words <= s.size())
            std::copy(w.begin(), w.end(), s.begin() + static_cast<std::ptrdiff_t>(at));
    }
    [[nodiscard]] static receipt of(slip const& s, std::size_t at) noexcept {
        if (at + words > s.size()) return {};
        word const f = s[at + 3];
        return {cell_ref::unpacked(s[at]),
                cell_ref::unpacked(s[at + 1]),
                cell_ref::unpacked(s[at + 2]),
                (f & 1) != 0,
                (f & 2) != 0,
                (f & 4) != 0,
                (f & 8) != 0,
                (f & 16) != 0,
                (f & 32) != 0,
                (f & 64) != 0,
                static_cast<account_lane>(f >> 8 & 3),
                static_cast<secret_kind>(std::min<word>(f >> 16 & 3, 2)),
                static_cast<mesh>(std::min<word>(f >> 24 & 7, static_cast<word>(mesh::device)))};
    }
};

}  // namespace penalty
}  // namespace sallyport::inline v0
