// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/tee.hpp>
#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/role/role_table.hpp>
#include <sallyport/sallyport.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace wbm {

/// Who may log in, and as what: an accounts file, Argon2id, and the roles of a PLCnext device.
using people = sallyport::identity::accounts<sallyport::identity::argon2id, sallyport::role::role_table>;

/// What is remembered of what happened: the last events, for the log page, and how often each happened.
struct records {
    sallyport::audit::ring recent{{.capacity = 4096}};
    sallyport::audit::counters totals{};
};
using told_to = sallyport::audit::tee<sallyport::audit::to<sallyport::audit::ring>,
                                      sallyport::audit::to<sallyport::audit::counters>>;

struct gate_options {
    std::uint32_t sessions = 32;  ///< at once, over all services; an administrator may change it
    sallyport::nanoseconds idle = std::chrono::minutes{20};  ///< a session unused for so long ends
};

/// The login path of this device. It stands here once: every page that lets somebody in, or asks who somebody
/// is, asks this gate. Penalty list and session limit are those that a PLCnext device publishes.
[[nodiscard]] inline auto compose(people who, records& told, gate_options const& o) {
    return sallyport::presets::plcnext(
        sallyport::environment{}
            .with_audit(told_to{sallyport::audit::to{told.recent}, sallyport::audit::to{told.totals}})
            .with_house({.idle = o.idle}),
        std::move(who), {.sessions = {.total = o.sessions}});
}
/// Its type, so that it is compiled once, in device.cpp.
using login_gate = sallyport::authenticator<
    sallyport::environment<sallyport::boot_clock, sallyport::heap_storage<>, told_to>, people,
    sallyport::penalty::backoff<>, sallyport::session::session_limit>;
static_assert(
    std::same_as<login_gate, decltype(compose(std::declval<people>(), std::declval<records&>(), {}))>);

/// What attempts and sessions of ours are called at the gate, and in its log.
inline constexpr std::string_view service = "wbm";

}  // namespace wbm

extern template class sallyport::authenticator<
    sallyport::environment<sallyport::boot_clock, sallyport::heap_storage<>, wbm::told_to>, wbm::people,
    sallyport::penalty::backoff<>, sallyport::session::session_limit>;
