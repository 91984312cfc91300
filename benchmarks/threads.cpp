// SPDX-License-Identifier: BSL-1.0
// Two threads at one gate, beside two threads at one bare mutex that is held
// as long and left alone as long: does the gate lose anything to what its threads share but the lock?
#include "support/labour.hpp"
#include "support/measure.hpp"

#include <chrono>
#include <memory>
#include <thread>

namespace {

using namespace figures;
using std::chrono::steady_clock;

/// How long this thread has held the lock, and how long it waited for it, since it last asked.
struct lock_times {
    double held = 0, waited = 0;
    steady_clock::time_point since{};
};
thread_local lock_times times;

/// The default storage, with a watch on its lock.
class watched_storage : public sp::heap_storage<> {
public:
    using sp::heap_storage<>::heap_storage;
    [[nodiscard]] bool lock() noexcept {
        auto const asked = steady_clock::now();
        bool const in = sp::heap_storage<>::lock();
        times.waited += nanoseconds_since(asked);
        times.since = steady_clock::now();
        return in;
    }
    void unlock() noexcept {
        times.held += nanoseconds_since(times.since);
        sp::heap_storage<>::unlock();
    }
};

constexpr int rounds = 3;  // begin, settle and close each hold the lock once

/// A login and its end, by one of a thread's own users. False where anything was refused.
template <class Gate>
bool come_and_go(Gate& gate, std::string_view user) {
    sp::attempt const a = knock(user, right_secret);
    auto p = gate.begin(a);
    if (!p) return false;
    p->verify(a);
    return static_cast<bool>(p->settle());
}

/// What one login takes on either side of the lock, while two threads go in and out: medians, in nanoseconds.
struct lengths {
    double held, outside;
};
lengths measure() {
    constexpr std::size_t logins = 20'000;
    auto gate = sp::presets::plcnext(sp::environment{}.with_storage(watched_storage{}), trivial{});
    auto const names = long_names('k', 2);
    std::array<std::vector<double>, 2> held, outside;
    auto const work = [&](std::size_t me) {
        for (std::size_t i = 0; i < logins; ++i) {
            times = {};
            auto const began = steady_clock::now();
            if (!come_and_go(gate, names[me])) std::abort();
            double const all = nanoseconds_since(began);
            held[me].push_back(times.held);
            outside[me].push_back(all - times.held - times.waited);
        }
    };
    for (std::size_t me = 0; me < 2; ++me) held[me].reserve(logins), outside[me].reserve(logins);
    std::thread other{work, 1U};
    work(0);
    other.join();

    // The watch itself takes time: within a round one reading is held, one waited for, and two are outside.
    std::vector<double> readings;
    for (int i = 0; i < 10'000; ++i) readings.push_back(nanoseconds_since(steady_clock::now()));
    double const reading = median(readings);
    held[0].insert(held[0].end(), held[1].begin(), held[1].end());
    outside[0].insert(outside[0].end(), outside[1].begin(), outside[1].end());
    return {median(held[0]) - rounds * reading, median(outside[0]) - (2 * rounds + 1) * reading};
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
