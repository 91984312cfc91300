// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/sallyport.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ctime>

// What the figures share: a directory that costs nothing, names, and how they are timed.
namespace figures {

namespace sp = sallyport;

inline constexpr std::string_view right_secret = "correct horse", wrong_secret = "incorrect horse";

inline constexpr sp::role_set engineers = sp::role::plcnext_roles.set({"Engineer"});

/// Names that begin with "k" are on file; one secret opens them all.
struct trivial {
    [[nodiscard]] sp::answer verify(sp::attempt const& a, sp::instant) const noexcept {
        if (!a.shown.bytes.equals(sp::secret{right_secret}))
            return sp::denial{sp::reason::invalid_credentials};
        return sp::principal{.is = a.user, .roles = engineers};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sp::name const& n) const noexcept {
        return n.bytes[0] == 'k' ? std::optional<std::uint64_t>{1} : std::nullopt;
    }
};

/// The n-th name of a kind, with all the 64 bytes that a name may have.
[[nodiscard]] inline std::string long_name(char kind, std::size_t n) {
    std::string s = kind + std::to_string(n);
    return s.append(sizeof(sp::name) - s.size(), '-');
}
[[nodiscard]] inline std::vector<std::string> long_names(char kind, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t n = 0; n < count; ++n) all.push_back(long_name(kind, n));
    return all;
}

[[nodiscard]] inline sp::attempt knock(std::string_view user, std::string_view secret,
                                       sp::trusted_device const& from = {}) noexcept {
    return {.user = user,
            .shown = sp::credential::password(secret),
            .source = sp::address::ipv4(192, 0, 2, 7),
            .service = "opcua",
            .channel = 7,
            .device = from};
}

/// What this thread has worked, in seconds: others who use the machine count in neither of two figures.
[[nodiscard]] inline double worked() noexcept {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Times `each(i)` for i = 0 … `batch` − 1, over and over; `before` and `after` each batch are not timed.
template <class Each, class Before, class After>
void time_batches(benchmark::State& state, std::size_t batch, Each each, Before before, After after) {
    while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch))) {
        before();
        double const began = worked();
        for (std::size_t i = 0; i < batch; ++i) each(i);
        state.SetIterationTime(worked() - began);
        after();
    }
}

}  // namespace figures
