// SPDX-License-Identifier: BSL-1.0
// Every default of every option, against tests/snapshot/defaults.txt. A structured binding counts the
// members: who adds one is reminded of its line.
#include "support/defaults.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/rfc5424.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/environment/shared_memory_storage.hpp>
#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/role/role_check.hpp>
#include <sallyport/sallyport.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace sallyport;
using defaults::room;

std::string_view shown(penalty::early_attempt e) {
    return e == penalty::early_attempt::extend ? "extend" : "freeze";
}
std::string_view shown(session::when_full w) {
    return w == session::when_full::refuse ? "refuse" : "evict_longest_idle";
}
std::string_view shown(role_set r) { return r.empty() ? "none" : "some"; }
template <class List>
std::string_view all_empty(List const& list) {
    return list == List{} ? "none" : "some";
}

TEST_CASE("the defaults of core and environment are those of the snapshot", "[presets][snapshot]") {
    room{"core"}
        .has("longest_name", sizeof(name), "bytes")
        .has("longest_password", longest_password, "bytes")
        .has("longest_service", sizeof(service_name), "bytes")
        .check();
    room{"boot_clock"}.has("released", boot_clock::released).check();

    auto const& [doors, kept_doors, places, overdue, patience, idle, lifetime, idle_at, never_idle,
                 accounts] = house_options{};
    bool const none_at =
        std::all_of(idle_at.begin(), idle_at.end(), [](service_idle const& s) { return s.service.empty(); });
    room{"house_options"}
        .has("doors", doors)
        .has("kept_doors", kept_doors)
        .has("places", places)
        .has("overdue", overdue)
        .has("patience", patience)
        .has("idle", idle)
        .has("lifetime", lifetime)
        .says("idle_at", none_at ? "none" : "some")
        .says("never_idle", shown(never_idle))
        .says("never_idle_accounts", all_empty(accounts))
        .check();

    auto const& [path, group, makers, shared_patience, roles] = shared_memory_options{};
    bool const no_makers = std::all_of(makers.begin(), makers.end(),
                                       [](uid_t who) { return who == shared_memory_options::nobody; });
    room{"shared_memory_options"}
        .says("path", path.empty() ? "none" : "some")
        .says("group", group ? "one" : "none")
        .says("makers", no_makers ? "none" : "some")
        .has("patience", shared_patience)
        .says("roles", roles == 0 ? "not said" : "said")
        .check();
}

void check_law(std::string const& within, penalty::plcnext_law const& law) {
    auto const& [free, first, step, ceiling] = law;
    room{within}
        .has("free_failures", free)
        .has("first", first)
        .has("step", step)
        .has("ceiling", ceiling)
        .check();
}
void check_backoff(std::string const& within, penalty::backoff_options<> const& o) {
    auto const& [law, early, known, unknown] = o;
    room{within}
        .says("on_early_attempt", shown(early))
        .has("known", known, "records")
        .has("unknown", unknown, "records")
        .check();
}
std::string shown(penalty::lane_rate const& r) {
    return std::to_string(r.burst) + ", then 1 in " + std::to_string(r.every / std::chrono::seconds{1}) +
           " s";
}
void check_lanes(std::string const& within, penalty::lane_options const& o) {
    auto const& [strangers, account_and_source, source, trusted, paired, device, at_console, repeat,
                 elsewhere, panel, consecutive_cap, old_secret_for, administrators, known, unknown, visitors,
                 sources, devices, pairs, pairs_per_account] = o;
    room{within}
        .says("strangers", shown(strangers))
        .says("account_and_source", shown(account_and_source))
        .says("source", shown(source))
        .says("trusted", shown(trusted))
        .says("paired", shown(paired))
        .says("device", shown(device))
        .says("at_console", shown(at_console))
        .says("repeat", shown(repeat))
        .says("elsewhere", shown(elsewhere))
        .says("panel", panel == penalty::console::none ? "none" : "composed")
        .has("consecutive_cap", consecutive_cap)
        .has("old_secret_for", old_secret_for)
        .says("administrators", shown(administrators))
        .has("known", known, "accounts")
        .has("unknown", unknown, "names")
        .has("visitors", visitors, "places")
        .has("sources", sources)
        .has("devices", devices)
        .has("pairs", pairs)
        .has("pairs_per_account", pairs_per_account)
        .check();
}
void check_session_limit(std::string const& within, session::session_limit_options const& o) {
    auto const& [total, per_user, per_source, anonymous, per_service, per_role, reserved, then, ranks] = o;
    auto const off = [](auto const& lines) {
        return std::all_of(lines.begin(), lines.end(), [](auto const& l) { return l.at_most == 0; }) ? "none"
                                                                                                     : "some";
    };
    room{within}
        .has("total", total, "sessions")
        .has("per_user", per_user)
        .has("per_source", per_source)
        .has("anonymous", anonymous)
        .says("per_service", off(per_service))
        .says("per_role", off(per_role))
        .has("reserved", reserved.places)
        .says("then", shown(then))
        .says("ranks", all_empty(ranks))
        .check();
}

TEST_CASE("the defaults of the policies are those of the snapshot", "[presets][snapshot]") {
    check_backoff("penalty_backoff_options", {});
    check_law("penalty_plcnext_law", {});
    {
        auto const& [free, step, ceiling] = penalty::linear_law{};
        room{"penalty_linear_law"}
            .has("free_failures", free)
            .has("step", step)
            .has("ceiling", ceiling)
            .check();
    }
    {
        auto const& [free, first, ceiling] = penalty::exponential_law{};
        room{"penalty_exponential_law"}
            .has("free_failures", free)
            .has("first", first)
            .has("ceiling", ceiling)
            .check();
    }
    {
        auto const& [free, unit, ceiling] = penalty::fibonacci_law{};
        room{"penalty_fibonacci_law"}
            .has("free_failures", free)
            .has("unit", unit)
            .has("ceiling", ceiling)
            .check();
    }
    {
        auto const& [failures, lock] = penalty::threshold_law{};
        room{"penalty_threshold_law"}.has("failures", failures).has("lock", lock).check();
    }
    check_lanes("penalty_lane_options", {});
    {
        auto const& [restarts_per_day] = penalty::volatile_state{};
        room{"penalty_volatile_state"}.has("restarts_per_day", restarts_per_day).check();
    }
    {
        auto const& [path, device, boot_id, chunk, unknown_writes_per_day] = penalty::journal_options{};
        room{"penalty_journal_options"}
            .says("path", path.empty() ? "none" : "some")
            .says("device", device.empty() ? "asked" : "given")
            .says("boot_id", boot_id.empty() ? "asked" : "given")
            .has("chunk", chunk, "charges")
            .has("unknown_writes_per_day", unknown_writes_per_day)
            .check();
    }
    check_session_limit("session_limit_options", {});
    auto const& [any_of, all_of, service] = role::role_check_options{};
    room{"role_check_options"}
        .says("any_of", shown(any_of))
        .says("all_of", shown(all_of))
        .says("service", service.empty() ? "every" : "one")
        .check();
}

TEST_CASE("what no option changes is that of the snapshot", "[presets][snapshot]") {
    room{"penalty_habit"}
        .has("enough", penalty::habit::enough, "times")
        .has("pause", penalty::habit::pause)
        .check();
    room{"penalty_place_cell"}.has("ring", penalty::place_cell{}.ring.size(), "fingerprints").check();
    room{"penalty_pairing_codes"}
        .has("longest", penalty::pairing_codes::longest)
        .has("most_tries", penalty::pairing_codes::most_tries)
        .check();
    room{"pairing_code"}.has("characters", pairing_code::characters).check();
    room{"shared_memory_storage"}.has("most_processes", shared_memory_storage::most_processes).check();
}

TEST_CASE("the presets take the defaults, and say where they do not", "[presets][snapshot]") {
    auto const& [penalties, sessions] = presets::plcnext_options{};
    check_backoff("presets_plcnext.penalties", penalties);
    check_law("presets_plcnext.penalties.law", penalties.law);
    check_session_limit("presets_plcnext.sessions", sessions);
    presets::resilient_options const resilient;
    CHECK(resilient.lanes == penalty::lane_options{});
    check_session_limit("presets_resilient.sessions", resilient.sessions);
}

TEST_CASE("the defaults of the audit are those of the snapshot", "[presets][snapshot]") {
    auto const& [capacity] = audit::ring_options{};
    room{"audit_ring_options"}.has("capacity", capacity, "events").check();
    auto const& [window] = audit::folding_options{};
    room{"audit_folding_options"}.has("window", window).check();
    auto const& [component, column] = audit::line_log_options{};
    room{"audit_line_log_options"}
        .has("component", std::string_view{component})
        .has("column", column)
        .check();
    auto const& [host, application, process, facility, enterprise, most] = audit::rfc5424_options{};
    room{"audit_rfc5424_options"}
        .has("host", std::string_view{host})
        .has("application", std::string_view{application})
        .has("process", std::string_view{process})
        .has("facility", facility)
        .has("enterprise", enterprise)
        .has("most", most, "bytes")
        .check();
}

}  // namespace
