// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/labour.hpp"
#include "support/logins.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

// How long a login takes on either side of the gate's lock: a bare mutex that is held as long and left alone
// as long is what the gate is measured against.
namespace figures {

/// How long this thread has held the lock, and how long it waited for it, since it last asked.
struct lock_times {
    double held = 0, waited = 0;
    std::chrono::steady_clock::time_point since{};
};
inline thread_local lock_times times;

/// A storage with a watch on its lock.
template <class Storage>
class watched : public Storage {
public:
    explicit watched(Storage s) : Storage{std::move(s)} {}
    [[nodiscard]] bool lock() noexcept {
        auto const asked = std::chrono::steady_clock::now();
        bool const in = Storage::lock();
        times.waited += nanoseconds_since(asked);
        times.since = std::chrono::steady_clock::now();
        return in;
    }
    void unlock() noexcept {
        times.held += nanoseconds_since(times.since);
        Storage::unlock();
    }
};

inline constexpr int rounds = 3;  // begin, settle and close each hold the lock once

/// A login and its end. False where anything was refused.
template <class Gate>
bool come_and_go(Gate& gate, std::string_view user) {
    return static_cast<bool>(go_through(gate, knock(user, right_secret)));
}

/// What one login takes on either side of the lock, in nanoseconds.
struct lengths {
    double held, outside;
};
/// Logins at a gate over a watched storage.
class watched_logins {
public:
    template <class Gate>
    watched_logins(Gate& gate, std::string_view user, std::size_t logins) {
        held_.reserve(logins), outside_.reserve(logins);
        for (std::size_t i = 0; i < logins; ++i) {
            times = {};
            auto const began = std::chrono::steady_clock::now();
            if (!come_and_go(gate, user)) std::abort();
            double const all = nanoseconds_since(began);
            held_.push_back(times.held);
            outside_.push_back(all - times.held - times.waited);
        }
    }
    /// Those of another thread as well.
    void add(watched_logins const& o) {
        held_.insert(held_.end(), o.held_.begin(), o.held_.end());
        outside_.insert(outside_.end(), o.outside_.begin(), o.outside_.end());
    }
    [[nodiscard]] lengths medians() {
        // The watch itself takes time: within a round one reading is held, one waited for, and two are
        // outside.
        std::vector<double> readings;
        for (int i = 0; i < 10'000; ++i)
            readings.push_back(nanoseconds_since(std::chrono::steady_clock::now()));
        double const reading = median(readings);
        return {median(held_) - rounds * reading, median(outside_) - (2 * rounds + 1) * reading};
    }

private:
    std::vector<double> held_, outside_;
};

}  // namespace figures
