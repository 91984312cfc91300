// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/penalty/lane.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// Has the device a panel of its own, at which the host asserts presence from hardware?
enum class console : std::uint8_t { none, composed };

/// Every lane, what it lets through, and how much is kept. A literal type: `worst_case_guesses` reckons with
/// it in the compiler, and `valid(lane_options{…})` holds it to its rules there.
/// The defaults let 34 wrong secrets a day through to one account from all strangers together.
struct lane_options {
    /// An account, all strangers together.
    lane_rate strangers{10, std::chrono::hours{1}};
    /// An account from one source: so that one source cannot use up what all share. 6 a day.
    lane_rate account_and_source{5, std::chrono::hours{4}};
    /// A source over all accounts. 60 an hour.
    lane_rate source{20, std::chrono::minutes{1}};
    /// An account, all trusted but unpaired devices together.
    lane_rate trusted{10, std::chrono::hours{1}};
    /// An account from one paired device. 12 an hour.
    lane_rate paired{10, std::chrono::minutes{5}};
    /// A device over all accounts; every attempt from one, in addition. 60 an hour.
    lane_rate device{20, std::chrono::minutes{1}};
    /// An account at the device's own panel, where there is one. 12 an hour.
    lane_rate at_console{5, std::chrono::minutes{5}};
    /// The same wrong secret once more, from the same place: instead of every other lane.
    lane_rate repeat{20, std::chrono::seconds{1}};
    /// What sources share that no longer find a cell of their own, nor one of their network's. 600 an hour.
    lane_rate elsewhere{200, std::chrono::seconds{6}};

    console panel = console::none;
    /// After so many wrong secrets without a right one, strangers and unpaired devices are refused until a
    /// paired device, the console or an administrator acts; 0: never. (NIST SP 800-63B: at most 100.)
    std::uint32_t consecutive_cap = 0;
    /// How long the secret before a change is recognized, where the change supplied it.
    nanoseconds old_secret_for = std::chrono::hours{24 * 30};

    /// Whoever logs in with one of these roles is an administrator: a machine that uses his account is told
    /// of in an event of its own.
    role_set administrators{};

    std::uint32_t known = 256;      ///< accounts on file, each with a slot for ever
    std::uint32_t unknown = 4096;   ///< other names that have cells of their own while under attack
    std::uint32_t visitors = 8192;  ///< places from which accounts on file are tried; as many for other names
    std::uint32_t sources = 4096;   ///< sources with a cell of their own; then their networks'
    std::uint32_t devices = 512;    ///< devices with a cell of their own
    std::uint32_t pairs = 2048;     ///< pairs over all accounts
    std::uint32_t pairs_per_account = 16;  ///< at most 16; the one unused longest leaves

    static constexpr std::uint32_t most_pairs_per_account = 16;
    static constexpr std::uint32_t fewest_unknown = 16, most = 1U << 24;

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        for (lane_rate const& r : std::array{strangers, account_and_source, source, trusted, paired, device,
                                             at_console, repeat, elsewhere})
            if (!r.fault().empty()) return r.fault();
        for (std::uint32_t const n : std::array{known, visitors, sources, devices, pairs})
            if (n == 0 || n > most) return "penalty::lanes: a capacity must be from 1 to 16,777,216";
        if (unknown < fewest_unknown || unknown > most)
            return "penalty::lanes: slots for unknown names must be from 16 to 16,777,216";
        if (pairs_per_account == 0 || pairs_per_account > most_pairs_per_account)
            return "penalty::lanes: pairs an account must be from 1 to 16";
        if (old_secret_for < nanoseconds::zero()) return "penalty::lanes: a time is negative";
        return {};
    }
    friend constexpr bool operator==(lane_options const&, lane_options const&) = default;
};
static_assert(lane_options{}.fault().empty());
static_assert(lane_options{}.strangers.most_within(std::chrono::hours{24}) == 34 &&
              lane_options{}.paired.most_within(std::chrono::hours{24}) == 298 &&
              lane_options{}.at_console.most_within(std::chrono::hours{24}) == 293);

}  // namespace penalty
}  // namespace sallyport::inline v0
