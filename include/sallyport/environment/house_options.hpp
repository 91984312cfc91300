// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/house.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/core/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// An idle time-out of one service, in place of the general one.
struct service_idle {
    service_name service{};
    nanoseconds idle{};  ///< 0: none
};

/// How much the house holds and how long it holds it.
struct house_options {
    std::uint32_t doors = 64;      ///< attempts between arrival and settlement, over all services
    std::uint32_t kept_doors = 4;  ///< of those, kept for proven devices and the console
    std::uint32_t places =
        128;  ///< sessions that can ever be open at once: the highest maximum that can be set
    nanoseconds overdue = std::chrono::seconds{60};  ///< an attempt not settled within this is a failure
    nanoseconds patience =
        std::chrono::seconds{2};  ///< how long `login` waits for attempts in flight; `begin` never does
    nanoseconds idle = std::chrono::minutes{20};  ///< a session unused for so long ends (PLCnext); 0: none
    nanoseconds lifetime{};                       ///< a session ends after so long in any case; 0: never
    std::array<service_idle, 8> idle_at{};        ///< per service, where `service` is not empty
    role_set never_idle{};  ///< whoever holds one of these is exempt from the idle time-out
    std::array<name, 8> never_idle_accounts{};  ///< and so are these accounts, in the directory's spelling

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (doors == 0) return "house_options: no doors, so nobody could arrive";
        if (kept_doors >= doors) return "house_options: every door is kept for devices and the console";
        if (places == 0) return "house_options: no places, so nobody could be admitted";
        if (doors > 65536 || places > 65536) return "house_options: more than 65,536 doors or places";
        if (overdue <= nanoseconds::zero()) return "house_options: every attempt would be overdue at once";
        if (patience < nanoseconds::zero() || idle < nanoseconds::zero() || lifetime < nanoseconds::zero())
            return "house_options: a time is negative";
        for (service_idle const& s : idle_at)
            if (s.idle < nanoseconds::zero()) return "house_options: a time is negative";
        return {};
    }
    /// What of it must be the same in every process that shares the house.
    void describe(blueprint& b) const noexcept {
        b.settles_within(overdue);
        b.options("the house", doors, kept_doors, places, overdue, idle, lifetime, never_idle,
                  never_idle_accounts);
        for (service_idle const& s : idle_at) b.options("the house", s.service, s.idle);
    }
    /// The idle time-out for one who logs in at that service; 0: none.
    [[nodiscard]] constexpr nanoseconds idle_for(principal const& as,
                                                 service_name const& service) const noexcept {
        if (as.roles.meets(never_idle)) return nanoseconds::zero();
        for (name const& exempt : never_idle_accounts)
            if (!exempt.empty() && exempt == as.is) return nanoseconds::zero();
        for (service_idle const& s : idle_at)
            if (!s.service.empty() && s.service == service) return s.idle;
        return idle;
    }
};

}  // namespace sallyport::inline v0
