// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/stale_clients.hpp>
#include <sallyport/audit/tee.hpp>
#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/penalty/guess_bound.hpp>
#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/role/role_table.hpp>
#include <sallyport/sallyport.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace wbm {

/// Who may log in, and as what: an accounts file, Argon2id, and the roles of a PLCnext device.
using people = sallyport::identity::accounts<sallyport::identity::argon2id, sallyport::role::role_table>;

/// What is remembered of what happened: the last events, for the log page; how often each happened; and the
/// machines that repeat a secret which is wrong.
struct records {
    sallyport::audit::ring recent{{.capacity = 4096}};
    sallyport::audit::counters totals{};
    sallyport::audit::stale_clients stale{};
};
using told_to = sallyport::audit::tee<sallyport::audit::to<sallyport::audit::ring>,
                                      sallyport::audit::to<sallyport::audit::counters>,
                                      sallyport::audit::to<sallyport::audit::stale_clients>>;
[[nodiscard]] inline told_to telling(records& told) {
    return told_to{sallyport::audit::to{told.recent}, sallyport::audit::to{told.totals},
                   sallyport::audit::to{told.stale}};
}

/// Who is made to wait, and how long: the library's own numbers. How many wrong passwords one place may try
/// before the others that share the account's budget is the owner's affair (`--from-one-place`): it moves no
/// bound. What strangers can guess in a day is the compiler's.
inline constexpr sallyport::penalty::lane_options lanes_of_a_device{
    .administrators = sallyport::role::plcnext_roles.set({"Admin"})};
inline constexpr auto guesses_a_day =
    sallyport::penalty::worst_case_guesses(std::chrono::hours{24}, 0, 0, lanes_of_a_device);
static_assert(guesses_a_day.strangers <= 34);

struct gate_options {
    std::uint32_t sessions = 32;  ///< at once, over all services; an administrator may change it
    sallyport::nanoseconds idle = std::chrono::minutes{20};  ///< a session unused for so long ends
    sallyport::penalty::lane_options lanes = lanes_of_a_device;
};

/// The login path of this device. It stands here once: every page that lets somebody in, or asks who somebody
/// is, asks this gate. Whoever guesses is made to wait, and nobody else: not at a restart either, for what is
/// owed lies in `journal`, and not on a browser that has logged in before.
[[nodiscard]] inline auto compose(people who, records& told, gate_options const& o, std::string journal) {
    return sallyport::presets::resilient(
        sallyport::environment{}.with_audit(telling(told)).with_house({.idle = o.idle}), std::move(who),
        sallyport::penalty::journal{{.path = std::move(journal)}},
        {.lanes = o.lanes, .sessions = {.total = o.sessions}});
}
/// Its type, so that it is compiled once, in device.cpp.
using login_gate = sallyport::authenticator<
    sallyport::environment<sallyport::boot_clock, sallyport::heap_storage<>, told_to>, people,
    sallyport::penalty::lanes<sallyport::penalty::journal>, sallyport::session::session_limit>;
static_assert(
    std::same_as<login_gate, decltype(compose(std::declval<people>(), std::declval<records&>(), {}, {}))>);

/// What attempts and sessions of ours are called at the gate, and in its log.
inline constexpr std::string_view service = "wbm";

}  // namespace wbm

extern template class sallyport::authenticator<
    sallyport::environment<sallyport::boot_clock, sallyport::heap_storage<>, wbm::told_to>, wbm::people,
    sallyport::penalty::lanes<sallyport::penalty::journal>, sallyport::session::session_limit>;
