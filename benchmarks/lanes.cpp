// SPDX-License-Identifier: BSL-1.0
// What an attempt through all of its lanes costs, over the simple backoff of presets::plcnext: begin, verify
// and settle with a verifier that costs nothing. The lanes' rates are set so high that nobody is refused:
// the work is the same at every rate, and no batch depends on the one before it.
#include "support/logins.hpp"

#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <fmt/format.h>

namespace {

using namespace figures;

auto simple() { return sp::presets::plcnext(sp::environment{}, trivial{}); }
auto with_lanes() {
    constexpr sp::penalty::lane_rate wide{1'000'000, sp::nanoseconds{1}};
    return sp::presets::resilient(sp::environment{}, trivial{}, sp::penalty::volatile_state{},
                                  {.lanes = {.strangers = wide,
                                             .account_and_source = wide,
                                             .source = wide,
                                             .trusted = wide,
                                             .paired = wide,
                                             .device = wide,
                                             .repeat = wide}});
}
/// A device that has proven itself; it is paired with each account by its first right secret.
sp::trusted_device scada() {
    sp::thumbprint print;
    print.bytes.fill(7);
    return sp::testing::device_forge::make(print);
}

template <class Make>
void right(benchmark::State& state, Make make, sp::trusted_device const& from) {
    auto gate = make();
    auto const names = long_names('k', batch);
    time_right(state, gate, [&](std::size_t i) { return knock(names[i], right_secret, from); });
}

template <class Make>
void wrong(benchmark::State& state, Make make, sp::trusted_device const& from, char kind) {
    auto gate = make();
    auto const names = long_names(kind, batch);
    if (from.known())
        for (std::string const& n : names) (void)gate.login(knock(n, right_secret, from));  // pairs them
    std::vector<std::string> secrets(batch);
    std::size_t guess = 0;
    time_wrong(
        state, gate, [&](std::size_t i) { return knock(names[i], secrets[i], from); },
        [&] {
            for (auto& s : secrets) s = fmt::format("a guess, {}", ++guess);  // another one each time
        },
        [&] {
            for (std::string const& n : names) gate.administer("figures").clear_penalty(n);
        });
}
void repeated(benchmark::State& state) {
    auto gate = with_lanes();
    auto const names = long_names('k', batch);
    auto const nothing = [] {};
    time_wrong(
        state, gate, [&](std::size_t i) { return knock(names[i], wrong_secret); }, nothing, nothing);
}

sp::trusted_device const nobody{};

BENCHMARK_CAPTURE(right, backoff, simple, nobody)->UseManualTime();
BENCHMARK_CAPTURE(right, stranger, with_lanes, nobody)->UseManualTime();
BENCHMARK_CAPTURE(right, paired, with_lanes, scada())->UseManualTime();
BENCHMARK_CAPTURE(wrong, backoff, simple, nobody, 'k')->UseManualTime();
BENCHMARK_CAPTURE(wrong, stranger, with_lanes, nobody, 'k')->UseManualTime();
BENCHMARK_CAPTURE(wrong, unknown, with_lanes, nobody, 'u')->UseManualTime();
BENCHMARK_CAPTURE(wrong, paired, with_lanes, scada(), 'k')->UseManualTime();
BENCHMARK(repeated)->UseManualTime();

}  // namespace
