// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/environment/process_lock.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sallyport::process_lock;
using outcome = process_lock::outcome;
using std::chrono::steady_clock;

constexpr auto nobody_is_dead = [](std::uint32_t) { return false; };

TEST_CASE("one at a time has it", "[environment][process_lock]") {
    std::uint32_t word = 0;
    process_lock one{&word}, other{&word};
    CHECK(one.try_acquire(1));
    CHECK_FALSE(other.try_acquire(2));
    CHECK(other.acquire(2, steady_clock::now() + 5ms, nobody_is_dead) == outcome::refused);
    one.release();
    CHECK(other.acquire(2, steady_clock::now() + 5ms, nobody_is_dead) == outcome::taken);
    other.release();
    CHECK(word == 0);
}

TEST_CASE("a dead one's is inherited at once", "[environment][process_lock]") {
    std::uint32_t word = 0;
    process_lock dead{&word}, heir{&word};
    REQUIRE(dead.try_acquire(7));
    auto const asked = steady_clock::now();
    CHECK(heir.acquire(2, asked + 60s, [](std::uint32_t who) { return who == 7; }) == outcome::inherited);
    CHECK(steady_clock::now() - asked < 10s);
    heir.release();
    CHECK(heir.try_acquire(2));
}

TEST_CASE("whatever stands there keeps nobody longer than he is patient", "[environment][process_lock]") {
    for (std::uint32_t const odd : {0x80000000U, 0xffffffffU, 5U, 0x80000005U}) {
        CAPTURE(odd);
        std::uint32_t word = odd;
        process_lock lock{&word};
        auto const got = lock.acquire(5, steady_clock::now() + 5ms, nobody_is_dead);
        // Nobody, or we ourselves, who do not hold it; else it is somebody alive, as far as can be seen.
        CHECK((got != outcome::refused) == (odd != 0xffffffffU));
    }
}

TEST_CASE("who sleeps over it is woken", "[environment][process_lock][threads]") {
    std::uint32_t word = 0;
    int inside = 0;
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (std::uint32_t me = 1; me <= 4; ++me)
        threads.emplace_back([&, me] {
            process_lock lock{&word};
            for (int i = 0; i < 2000; ++i) {
                if (lock.acquire(me, steady_clock::now() + 60s, nobody_is_dead) == outcome::refused)
                    ++refused;
                ++inside;
                if (i % 500 == 0) std::this_thread::sleep_for(100us);
                lock.release();
            }
        });
    for (auto& t : threads) t.join();
    CHECK(refused == 0);
    CHECK(inside == 8000);
}

}  // namespace
