// SPDX-License-Identifier: BSL-1.0
// Two threads at one gate, beside two threads at one bare mutex that is held
// as long and left alone as long: does the gate lose anything to what its threads share but the lock?
#include "support/lock_watch.hpp"

#include <memory>
#include <optional>
#include <thread>

namespace {

using namespace figures;

/// While two threads go in and out.
lengths measure() {
    constexpr std::size_t logins = 20'000;
    using storage = watched<sp::heap_storage<>>;
    auto gate =
        sp::presets::plcnext(sp::environment{}.with_storage(storage{sp::heap_storage<>{}}), trivial{});
    auto const names = long_names('k', 2);
    std::optional<watched_logins> theirs;
    std::thread other{[&] { theirs.emplace(gate, names[1], logins); }};
    watched_logins mine{gate, names[0], logins};
    other.join();
    mine.add(*theirs);
    return mine.medians();
}

void ours(benchmark::State& state) {
    static std::unique_ptr<decltype(sp::presets::plcnext(sp::environment{}, trivial{}))> gate;
    if (state.thread_index() == 0) gate.reset(new auto(sp::presets::plcnext(sp::environment{}, trivial{})));
    auto const name = long_name('k', static_cast<std::size_t>(state.thread_index()));
    bool always = true;
    for (auto _ : state) always = come_and_go(*gate, name) && always;
    if (!always) state.SkipWithError("somebody was refused");
    state.SetItemsProcessed(state.iterations());
}
void bare_mutex(benchmark::State& state) {
    static std::mutex mutex;
    static labour held, outside;
    if (state.thread_index() == 0) {
        lengths const of_ours = measure();
        double const turn = labour::per_turn();
        held = {of_ours.held / rounds, turn}, outside = {of_ours.outside / rounds, turn};
        state.counters["held_ns"] = of_ours.held, state.counters["outside_ns"] = of_ours.outside;
    }
    std::uint64_t x = labour::seed;
    for (auto _ : state)
        for (int i = 0; i < rounds; ++i) {
            outside(x);
            std::lock_guard const hold{mutex};
            held(x);
        }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(ours)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(bare_mutex)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
