// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/environment/waiters.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using clock_of_test = std::chrono::steady_clock;

TEST_CASE("a condition waiter comes back when something happens", "[environment][waiters][threads]") {
    condition_waiter w;
    std::atomic<bool> woken{false};
    auto const ticket = w.ticket();
    std::thread sleeper{[&] { woken = w.wait(ticket, 1min); }};
    std::this_thread::sleep_for(5ms);  // most likely it sleeps by now; if not, the ticket tells it
    w.notify();
    sleeper.join();
    CHECK(woken);
}

TEST_CASE("what happened since the ticket was taken is not waited for", "[environment][waiters]") {
    condition_waiter w;
    auto const ticket = w.ticket();
    w.notify();
    auto const before = clock_of_test::now();
    CHECK(w.wait(ticket, 1min));
    CHECK(clock_of_test::now() - before < 30s);
}

TEST_CASE("a condition waiter gives up in time", "[environment][waiters]") {
    condition_waiter w;
    auto const before = clock_of_test::now();
    CHECK_FALSE(w.wait(w.ticket(), 10ms));
    CHECK(clock_of_test::now() - before >= 10ms);
    CHECK_FALSE(w.wait(w.ticket(), 0ns));
    CHECK_FALSE(w.wait(w.ticket(), -1h));
}

TEST_CASE("to wait until the end of time does not overflow", "[environment][waiters][threads]") {
    condition_waiter w;
    auto const ticket = w.ticket();
    std::thread waker{[&] {
        std::this_thread::sleep_for(5ms);
        w.notify();
    }};
    CHECK(w.wait(ticket, nanoseconds::max()));
    waker.join();
}

TEST_CASE("no wake-up is lost between many who wait and many who tell", "[environment][waiters][threads]") {
    condition_waiter w;
    std::atomic<int> stock{0}, taken{0}, gave_up{0};
    constexpr int each = 200;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < each;) {
                auto const ticket = w.ticket();
                int n = stock;
                if (n > 0 && stock.compare_exchange_strong(n, n - 1)) {
                    ++i, ++taken;
                } else if (n <= 0 && !w.wait(ticket, 1min)) {
                    ++gave_up, ++i;
                }
            }
        });
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < each; ++i) {
                ++stock;
                w.notify();
            }
        });
    for (auto& t : threads) t.join();
    CHECK(taken == 4 * each);
    CHECK(gave_up == 0);
}

TEST_CASE("a waiter can be moved until it is used", "[environment][waiters]") {
    condition_waiter from;
    condition_waiter to{std::move(from)};
    auto const ticket = to.ticket();
    to.notify();
    CHECK(to.wait(ticket, 1s));
}

TEST_CASE("no waiter waits for nobody", "[environment][waiters]") {
    no_waiter w;
    w.notify();
    CHECK_FALSE(w.wait(w.ticket(), 1min));
}

TEST_CASE("a polling waiter looks again now and then, until there is no time left",
          "[environment][waiters]") {
    polling_waiter w{2ms};
    auto before = clock_of_test::now();
    CHECK(w.wait(w.ticket(), 1min));
    CHECK(clock_of_test::now() - before >= 2ms);
    before = clock_of_test::now();
    CHECK(w.wait(w.ticket(), 1ns));  // no longer than asked
    CHECK(clock_of_test::now() - before < 30s);
    CHECK_FALSE(w.wait(w.ticket(), 0ns));
    CHECK_FALSE(w.wait(w.ticket(), -1ns));
}

}  // namespace
