// SPDX-License-Identifier: BSL-1.0
#include "support/build.hpp"
#include "support/catch.hpp"

#include <sallyport/environment/heap_storage.hpp>
#include <sallyport/environment/random_source.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace sallyport;

static_assert(storage<heap_storage<no_lock>>);
static_assert(std::same_as<heap_storage<>::default_waiter, condition_waiter>);
static_assert(std::same_as<heap_storage<no_lock>::default_waiter, no_waiter>,
              "one thread would wait for itself");

blueprint of(std::size_t words) {
    blueprint plan;
    (void)plan.claim("words", words);
    return plan;
}

TEST_CASE("a storage gives the zeroed words that were measured", "[environment][heap_storage]") {
    heap_storage<> s;
    CHECK_FALSE(s.words().attached());
    REQUIRE(s.open(of(100)));
    REQUIRE(s.words().attached());
    region all = s.words();
    for (std::size_t i = 0; i < 100; ++i) CHECK(all.get<word>(i) == 0);
    all.put(99, word{7});
    CHECK(s.words().get<word>(99) == 7);
    CHECK_FALSE(s.open(of(100)));  // once
    CHECK(s.words().get<word>(99) == 7);
}

TEST_CASE("a storage holds what it may, and not a word more", "[environment][heap_storage]") {
    CHECK(heap_storage<>{800}.open(of(100)));
    CHECK_FALSE(heap_storage<>{799}.open(of(100)));
    CHECK_FALSE(heap_storage<>{0}.open(of(1)));
    CHECK(heap_storage<>{0}.open(of(0)));
    CHECK_FALSE(heap_storage<>{}.open(of((std::size_t{256} << 20) / sizeof(word) + 1)));
}

TEST_CASE("a plan that cannot be is not opened, however large the storage", "[environment][heap_storage]") {
    blueprint plan = of(blueprint::most);
    (void)plan.claim("more", 1);
    REQUIRE_FALSE(plan.feasible());
    CHECK_FALSE(heap_storage<>{~std::size_t{0}}.open(plan));
}

TEST_CASE("memory that cannot be had is a no, not an end", "[environment][heap_storage]") {
    // An eighth of the address space. A sanitizer's allocator would end the program in place of saying no.
    if constexpr (sizeof(std::size_t) == 8 && !sanitized)
        CHECK_FALSE(heap_storage<>{~std::size_t{0}}.open(of(blueprint::most)));
    CHECK(heap_storage<>{}.open(of(1)));
}

TEST_CASE("each storage hashes under a key of its own", "[environment][heap_storage]") {
    heap_storage<> one, other;
    CHECK((one.key().a != other.key().a || one.key().b != other.key().b));
    CHECK((one.key().a | one.key().b) != 0);
    auto const key = one.key();
    heap_storage<> moved{std::move(one)};
    CHECK(moved.key().a == key.a);
    CHECK(moved.key().b == key.b);
    CHECK(moved.open(of(1)));
}

TEST_CASE("the lock lets one in at a time", "[environment][heap_storage][threads]") {
    heap_storage<> s;
    REQUIRE(s.open(of(1)));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i)
                if (s.lock()) {
                    region all = s.words();
                    all.put(0, all.get<word>(0) + 1);
                    s.unlock();
                }
        });
    for (auto& t : threads) t.join();
    CHECK(s.words().get<word>(0) == 20'000);
}

/// Held by somebody else until it has been tried so many times.
struct busy_mutex {
    static inline int free_after = 0, tried = 0, waited_for = 0;
    bool try_lock() { return ++tried > free_after; }
    void lock() { ++waited_for; }
    void unlock() {}
};

TEST_CASE("a lock that is soon free is not slept over; one that is not is waited for",
          "[environment][heap_storage]") {
    heap_storage<busy_mutex> s;
    CHECK(s.lock());
    CHECK(busy_mutex::tried == 1);
    busy_mutex::tried = 0, busy_mutex::free_after = 2;
    CHECK(s.lock());
    CHECK(busy_mutex::tried == 3);
    CHECK(busy_mutex::waited_for == 0);
    busy_mutex::tried = 0, busy_mutex::free_after = 1'000'000;
    CHECK(s.lock());
    CHECK(busy_mutex::tried < 10);
    CHECK(busy_mutex::waited_for == 1);
}

}  // namespace
