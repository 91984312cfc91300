// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation.hpp"
#include "temporary_folder.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace replay {

/// A device that is simulated has room for whatever a log holds: many names, and many attempts at once. What
/// is not touched costs nothing. No idle time-out and no lifetime runs.
[[nodiscard]] inline auto surroundings(trace_clock clock, std::uint32_t max_sessions) {
    sallyport::house_options house;
    house.doors = 2048;
    house.places = std::max(house.places, max_sessions);
    house.idle = house.lifetime = {};
    return sallyport::environment{}
        .with_clock(clock)
        .with_storage(sallyport::heap_storage<sallyport::no_lock>{})
        .with_house(house);
}

/// How many names on file have a record of their own: all that the command line gives.
[[nodiscard]] constexpr std::uint32_t room_for(std::size_t accounts) noexcept {
    constexpr std::size_t least = 256, most = sallyport::penalty::lane_options::most;
    return static_cast<std::uint32_t>(std::clamp(accounts, least, most));
}

/// Makes the gate `--gate plcnext`, anew after each restart.
[[nodiscard]] inline auto plcnext_gate(std::uint32_t max_sessions, std::size_t accounts) {
    return [=](trace_clock clock, shared_directory people) {
        sallyport::presets::plcnext_options rules;
        rules.sessions.total = max_sessions;
        rules.penalties.known = room_for(accounts);
        rules.penalties.unknown = 1U << 20;
        return sallyport::presets::plcnext(surroundings(clock, max_sessions), people, rules);
    };
}

/// Makes the gate `--gate resilient`, anew after each restart, on the journal that lies in that folder.
[[nodiscard]] inline auto resilient_gate(std::uint32_t max_sessions, std::size_t accounts,
                                         temporary_folder const& disk) {
    auto boots = std::make_shared<int>(0);
    return [=, file = disk.file()](trace_clock clock, shared_directory people) {
        sallyport::presets::resilient_options rules;
        rules.sessions.total = max_sessions;
        rules.lanes.known = room_for(accounts);
        rules.lanes.unknown = 1U << 16;
        rules.lanes.visitors = rules.lanes.sources = 1U << 18;
        rules.lanes.panel = sallyport::penalty::console::composed;
        sallyport::penalty::journal_options kept{.path = file};
        kept.boot_id = fmt::format("boot {}", ++*boots);  // each restart is one of the device
        return sallyport::presets::resilient(surroundings(clock, max_sessions), people,
                                             sallyport::penalty::journal{std::move(kept)}, rules);
    };
}

}  // namespace replay
