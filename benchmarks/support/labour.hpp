// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

// Work that nobody shares, so long as it is asked to be: what stands in for a gate's beside a bare mutex.
namespace figures {

[[nodiscard]] inline double nanoseconds_since(std::chrono::steady_clock::time_point then) noexcept {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - then).count();
}
[[nodiscard]] inline double median(std::vector<double>& of) {
    auto const middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

/// Works for a while on nothing that is shared.
class labour {
public:
    labour() = default;
    labour(double nanoseconds, double per_turn) noexcept : turns_{static_cast<int>(nanoseconds / per_turn)} {}
    /// Each goes on from where the one before left `x`, so that the processor cannot do two at once.
    void operator()(std::uint64_t& x) const noexcept { turn(x, turns_); }

    /// What a turn takes now: a machine that is shared is not always as fast.
    static double per_turn() {
        constexpr int many = 1000;
        std::uint64_t x = seed;
        std::vector<double> tried;
        for (int i = 0; i < 1000; ++i) {
            auto const began = std::chrono::steady_clock::now();
            turn(x, many);
            tried.push_back(nanoseconds_since(began) / many);
        }
        return median(tried);
    }

    static constexpr std::uint64_t seed = 88172645463325252;

private:
    static void turn(std::uint64_t& x, int left) noexcept {
        for (; left > 0; --left) x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        benchmark::DoNotOptimize(x);
    }
    int turns_ = 0;
};

}  // namespace figures
