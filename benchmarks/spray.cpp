// SPDX-License-Identifier: BSL-1.0
// Somebody sprays a million names: what does the last of them cost beside
// the first, and what the owner of an account who logs in meanwhile? Does memory grow?
#include "support/logins.hpp"

namespace {

using namespace figures;

constexpr std::size_t sprayed_at_once = 1024;
constexpr std::size_t many = 1'000'000;

template <class Gate>
void try_wrong(Gate& gate, std::string_view user) {
    benchmark::DoNotOptimize(go_through(gate, knock(user, wrong_secret)));
}

/// The first names of all, in a table whose pages have been touched before: what a fresh page costs is not
/// ours.
void first_names(benchmark::State& state) {
    auto gate = sp::presets::plcnext(sp::environment{}, trivial{});
    auto const names = long_names('u', sprayed_at_once);
    auto const forget = [&] {
        for (std::string const& n : names) (void)gate.administer("figures").clear_penalty(n);
    };
    for (std::string const& n : names) try_wrong(gate, n);
    forget();
    time_batches(
        state, sprayed_at_once, [&](std::size_t i) { try_wrong(gate, names[i]); }, [] {}, forget);
}

/// The same after a million others, each name a new one.
void names_after_a_million(benchmark::State& state) {
    auto gate = sp::presets::plcnext(sp::environment{}, trivial{});
    std::size_t next = 0;
    std::vector<std::string> names(sprayed_at_once, long_name('u', 0));
    auto const fresh = [&] {
        for (std::string& n : names) n.replace(1, 8, std::to_string(10'000'000 + next++));
    };
    fresh();
    std::size_t const taken = allocations::bytes(), made = allocations::count();
    std::size_t ours = 0;  // what the names themselves take is not the gate's
    while (next < many) {
        for (std::string const& n : names) try_wrong(gate, n);
        ours -= allocations::count();
        fresh();
        ours += allocations::count();
    }
    std::size_t const made_by_us = allocations::count() - made - ours, grown = allocations::bytes() - taken;
    state.counters["allocations"] = static_cast<double>(made_by_us);
    state.counters["grown_bytes"] = static_cast<double>(grown);
    time_batches(
        state, sprayed_at_once, [&](std::size_t i) { try_wrong(gate, names[i]); }, fresh, [] {});
}

/// An owner logs in and out, before and after.
void owner(benchmark::State& state, std::size_t sprayed) {
    auto gate = sp::presets::plcnext(sp::environment{}, trivial{});
    for (std::size_t n = 0; n < sprayed; ++n) try_wrong(gate, long_name('u', n));
    auto const names = long_names('k', 32);
    bool always = true;
    time_batches(
        state, names.size(),
        [&](std::size_t i) { always = go_through(gate, knock(names[i], right_secret)) && always; }, [] {},
        [] {});
    if (!always) state.SkipWithError("the owner was refused");
}

BENCHMARK(first_names)->UseManualTime();
BENCHMARK(names_after_a_million)->UseManualTime();
BENCHMARK_CAPTURE(owner, before, 0)->UseManualTime();
BENCHMARK_CAPTURE(owner, after_a_million, many)->UseManualTime();

}  // namespace
