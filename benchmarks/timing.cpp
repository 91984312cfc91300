// SPDX-License-Identifier: BSL-1.0
// A report, not a race: does the time of an answer tell who has an account?
// Each kind of name goes through a gate over an accounts file with Argon2id; the medians should stand close
// together.
#include "support/people.hpp"

namespace {

using namespace figures;

auto make_gate() {
    static people const file;
    auto verifier =
        sp::identity::open_accounts(file.path().string(), sp::identity::argon2id{}, sp::role::plcnext_roles);
    if (!verifier) throw std::runtime_error{verifier.error().to_string()};
    // A law without delays: each answer shall come from a verification.
    return sp::presets::plcnext(sp::environment{}, std::move(*verifier),
                                {.penalties = {.law = {.free_failures = 1U << 30}}});
}

void answer(benchmark::State& state, std::string_view user, std::string_view secret, sp::reason expected) {
    auto gate = make_gate();
    bool as_expected = true;
    time_batches(
        state, 1,
        [&](std::size_t) {
            auto const who = gate.login(knock(user, secret));
            as_expected = who.error().why == expected && as_expected;
        },
        [] {}, [] {});
    if (!as_expected) state.SkipWithError("another answer than expected");
}

constexpr int few = 5;  // a hash takes tens of milliseconds
BENCHMARK_CAPTURE(answer, right, "amira", right_secret, sp::reason::none)->UseManualTime()->Iterations(few);
BENCHMARK_CAPTURE(answer, wrong, "amira", wrong_secret, sp::reason::invalid_credentials)
    ->UseManualTime()
    ->Iterations(few);
BENCHMARK_CAPTURE(answer, unknown, "chloe", wrong_secret, sp::reason::unknown_account)
    ->UseManualTime()
    ->Iterations(few);
BENCHMARK_CAPTURE(answer, disabled, "boris", right_secret, sp::reason::account_disabled)
    ->UseManualTime()
    ->Iterations(few);
BENCHMARK_CAPTURE(answer, malformed, "a\nmira", wrong_secret, sp::reason::malformed_attempt)
    ->UseManualTime()
    ->Iterations(few);

}  // namespace
