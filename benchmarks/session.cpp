// SPDX-License-Identifier: BSL-1.0
// What a session costs that is open, in a house as full as a PLCnext
// device's: is it in force, may it, touch it, and whose is this token?
#include "support/allocations.hpp"
#include "support/measure.hpp"

namespace {

using namespace figures;

constexpr std::size_t full = 32;

/// A gate with all its places taken, and the session in the middle.
class full_house {
public:
    full_house() {
        for (std::string const& n : long_names('k', full)) {
            auto s = gate_.login(knock(n, right_secret));
            if (!s) std::abort();
            tokens_.push_back(s->token().value());
            inside_.push_back(std::move(*s));
        }
    }
    auto& gate() noexcept { return gate_; }
    sp::session::session& one() noexcept { return inside_[full / 2]; }
    sp::session::session_token const& token() const noexcept { return tokens_[full / 2]; }

private:
    decltype(sp::presets::plcnext(sp::environment{}, trivial{})) gate_ =
        sp::presets::plcnext(sp::environment{}, trivial{});
    std::vector<sp::session::session> inside_;
    std::vector<sp::session::session_token> tokens_;
};

// ---- the peers: what nobody could do without ----

void clock_alone(benchmark::State& state) {
    sp::boot_clock const clock;
    for (auto _ : state) benchmark::DoNotOptimize(clock.now());
}
void clock_and_mutex(benchmark::State& state) {
    sp::boot_clock const clock;
    std::mutex mutex;
    for (auto _ : state) {
        benchmark::DoNotOptimize(clock.now());
        std::lock_guard const hold{mutex};
        benchmark::ClobberMemory();
    }
}
void clock_mutex_and_hashes(benchmark::State& state) {
    sp::boot_clock const clock;
    std::mutex mutex;
    std::array<sp::word, 2> token{1, 2};
    for (auto _ : state) {
        benchmark::DoNotOptimize(token);
        benchmark::DoNotOptimize(sp::siphash_of(sp::sip_key{1, 2}, token));
        benchmark::DoNotOptimize(sp::siphash_of(sp::sip_key{3, 4}, token));
        benchmark::DoNotOptimize(clock.now());
        std::lock_guard const hold{mutex};
        benchmark::ClobberMemory();
    }
}

// ---- ours ----

/// `ask(house)` must be true each time.
template <class Ask>
void ask_again(benchmark::State& state, Ask ask) {
    full_house house;
    bool always = true;
    std::size_t const before = allocations::count();
    for (auto _ : state) always = ask(house) && always;
    state.counters["allocations"] = static_cast<double>(allocations::count() - before);
    if (!always) state.SkipWithError("the session was not open");
}
void state(benchmark::State& s) {
    ask_again(s, [](full_house& h) { return h.one().state() == sp::standing::open; });
}
void may(benchmark::State& s) {
    ask_again(s, [](full_house& h) { return h.one().may(engineers); });
}
void touch(benchmark::State& s) {
    ask_again(s, [](full_house& h) { return h.one().touch(); });
}
void present(benchmark::State& s) {
    ask_again(s, [](full_house& h) { return static_cast<bool>(h.gate().present(h.token())); });
}

BENCHMARK(clock_alone);
BENCHMARK(state);
BENCHMARK(may);
BENCHMARK(clock_and_mutex);
BENCHMARK(touch);
BENCHMARK(clock_mutex_and_hashes);
BENCHMARK(present);

}  // namespace
