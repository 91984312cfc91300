// SPDX-License-Identifier: BSL-1.0
// What a login costs the gate, over what nobody could do without: begin,
// verify and settle of presets::plcnext with a verifier that costs nothing, and a floor of clock reads, mutex
// rounds, hashes and look-ups.
#include "support/logins.hpp"

namespace {

using namespace figures;

/// The same number of names in a table of the same size as the ledger's.
class floor {
public:
    floor(std::vector<std::string> const& names, std::uint32_t capacity) {
        sp::blueprint plan;
        table_.attach(plan, "floor", capacity);
        words_.resize(plan.words());
        sp::blueprint hand_out{sp::region{words_.data()}, sp::sip_key{1, 2}};
        table_.attach(hand_out, "floor", capacity);
        for (std::string const& n : names) {
            sp::name const k{n};
            if (!table_.store(table_.hash(k), k, record{1, 0, 0})) std::abort();
        }
    }
    void read_clock() noexcept { benchmark::DoNotOptimize(clock_.now()); }
    void lock_once() noexcept {
        mutex_.lock();
        benchmark::ClobberMemory();
        mutex_.unlock();
    }
    void look_up(sp::name const& n) noexcept { benchmark::DoNotOptimize(table_.find(table_.hash(n), n)); }

private:
    struct record {
        std::uint32_t failures, in_flight;
        std::int64_t open_at;
    };
    sp::boot_clock clock_;
    std::mutex mutex_;
    sp::fixed_table<sp::name, record> table_;
    std::vector<sp::word> words_;
};

std::vector<sp::name> as_names(std::vector<std::string> const& names) { return {names.begin(), names.end()}; }

void floor_of_a_login(benchmark::State& state, char kind, std::uint32_t capacity) {
    auto const names = long_names(kind, batch);
    auto const keys = as_names(names);
    floor f{names, capacity};
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) {
            for (int n = 0; n < 3; ++n) f.read_clock();
            for (int n = 0; n < 2; ++n) f.lock_once();
            f.look_up(keys[i]);
        },
        nothing, nothing);
}
void floor_of_a_refusal(benchmark::State& state) {
    auto const names = long_names('k', batch);
    auto const keys = as_names(names);
    floor f{names, 257};
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) {
            f.read_clock();
            f.lock_once();
            f.look_up(keys[i]);
        },
        nothing, nothing);
}

auto make_gate() { return sp::presets::plcnext(sp::environment{}, trivial{}); }

void right(benchmark::State& state) {
    auto gate = make_gate();
    auto const names = long_names('k', batch);
    time_right(state, gate, [&](std::size_t i) { return knock(names[i], right_secret); });
}

void wrong(benchmark::State& state, char kind) {
    auto gate = make_gate();
    auto const names = long_names(kind, batch);
    bool cleared = true;
    time_wrong(
        state, gate, [&](std::size_t i) { return knock(names[i], wrong_secret); }, [] {},
        [&] {
            for (std::string const& n : names)
                cleared = gate.administer("figures").clear_penalty(n) && cleared;
        });
    if (!cleared) state.SkipWithError("there was no penalty to be cleared");
}

void early(benchmark::State& state) {
    auto gate = make_gate();
    auto const names = long_names('k', batch);
    for (std::string const& n : names)
        for (int failures = 0; failures < 3; ++failures) (void)gate.login(knock(n, wrong_secret));
    time_and_count(
        state, "not every one came too early",
        [&](std::size_t i) {
            auto const p = gate.begin(knock(names[i], right_secret));
            return p.error().why == sp::reason::penalty_delay_active;
        },
        [] {}, [] {});
}

BENCHMARK_CAPTURE(floor_of_a_login, known, 'k', 257)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_a_login, unknown, 'u', 4097)->UseManualTime();
BENCHMARK(floor_of_a_refusal)->UseManualTime();
BENCHMARK(right)->UseManualTime();
BENCHMARK_CAPTURE(wrong, known, 'k')->UseManualTime();
BENCHMARK_CAPTURE(wrong, unknown, 'u')->UseManualTime();
BENCHMARK(early)->UseManualTime();

}  // namespace
