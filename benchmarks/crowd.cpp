// SPDX-License-Identifier: BSL-1.0
// A crowd at the door: 1,000 sources try unknown names as fast as the gate lets them, each a hash of Argon2id, and
// meanwhile a paired device logs in. How long does it wait, beside how long one hash takes in the same crowd?
#include "support/measure.hpp"
#include "support/people.hpp"

#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace {

using namespace figures;

using stopwatch = std::chrono::steady_clock;
double since(stopwatch::time_point began) {
    return std::chrono::duration<double>(stopwatch::now() - began).count();
}

auto gate_over(figures::people const& file) {
    auto voice =
        sp::identity::open_accounts(file.path().string(), sp::identity::argon2id{}, sp::role::plcnext_roles);
    if (!voice) throw std::runtime_error{voice.error().to_string()};
    return sp::presets::resilient(sp::environment{}, std::move(*voice), sp::penalty::volatile_state{});
}
using gate_type = decltype(gate_over(std::declval<figures::people const&>()));

/// Threads that keep every permit and every place in the strangers' queue taken.
class crowd {
public:
    explicit crowd(gate_type& gate) {
        for (unsigned n = 0; n < 24; ++n) threads_.emplace_back([this, &gate] { push(gate); });
        while (hashed_ == 0) std::this_thread::yield();
    }
    crowd(crowd const&) = delete;
    crowd& operator=(crowd const&) = delete;
    ~crowd() {
        go_on_ = false;
        for (auto& t : threads_) t.join();
    }
    [[nodiscard]] unsigned hashed() const noexcept { return hashed_; }

private:
    void push(gate_type& gate) {
        while (go_on_) {
            unsigned const n = turn_++, source = n % 1000;
            std::string const name = fmt::format("nobody {}", n % 4000);
            sp::attempt a = knock(name, wrong_secret);
            a.source = sp::address::ipv4(198, 51, static_cast<std::uint8_t>(source / 250),
                                         static_cast<std::uint8_t>(source % 250));
            if (gate.login(a).error().why == sp::reason::unknown_account) ++hashed_;
        }
    }
    std::atomic<bool> go_on_ = true;
    std::atomic<unsigned> turn_ = 0, hashed_ = 0;
    std::vector<std::thread> threads_;
};

void one_hash(benchmark::State& state) {
    static figures::people const file;
    auto gate = gate_over(file);
    crowd const others{gate};
    sp::identity::argon2id const hasher;
    std::string const hash = hasher.hash(sp::secret{right_secret}).value();
    for (auto _ : state) {
        auto const began = stopwatch::now();
        benchmark::DoNotOptimize(hasher.verify(sp::secret{right_secret}, hash));
        state.SetIterationTime(since(began));
    }
}

void paired_device(benchmark::State& state) {
    static figures::people const file;
    auto gate = gate_over(file);
    sp::thumbprint print;
    print.bytes.fill(7);
    sp::attempt a = knock("amira", right_secret);
    a.device = sp::testing::device_forge::make(print);
    (void)gate.login(a);  // its first right secret pairs it
    crowd const others{gate};
    bool inside = true;
    unsigned const before = others.hashed();
    for (auto _ : state) {
        auto const began = stopwatch::now();
        auto const who = gate.login(a);
        state.SetIterationTime(since(began));
        inside = inside && static_cast<bool>(who);
    }
    state.counters["hashed_meanwhile"] = others.hashed() - before;
    if (!inside) state.SkipWithError("the paired device was refused");
}

constexpr int few = 15;
BENCHMARK(one_hash)->UseManualTime()->Iterations(few);
BENCHMARK(paired_device)->UseManualTime()->Iterations(few);

}  // namespace
