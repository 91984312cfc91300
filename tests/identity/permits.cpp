// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/permits.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace sallyport;
using namespace sallyport::identity;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = 1024 * 1024;
constexpr address from(std::uint8_t n) { return address::ipv4(192, 0, 2, n); }

std::shared_ptr<permits> some(unsigned cores, nanoseconds patience) {
    auto made =
        permits::make(mib, {.patience = patience, .on = {.cores = cores, .available_memory = 1000 * mib}});
    REQUIRE(made);
    return *made;
}
/// Until so many stand in the queue.
void until_queued(permits const& p, std::size_t n) {
    while (p.queued() != n) std::this_thread::sleep_for(1ms);
}

/// Threads that ask for a permit one behind the other, and write down who got one, in order.
struct queue {
    explicit queue(permits& p) : of{p} {}
    ~queue() {
        for (auto& t : threads) t.join();
    }
    void joins(std::uint8_t source, std::string const& as, asker who = asker::stranger) {
        threads.emplace_back([this, source, as, who] {
            auto const held = of.acquire(from(source), who);
            std::lock_guard const hold{mutex};
            (held ? served : sent_away) += as;
        });
    }
    permits& of;
    std::mutex mutex{};
    std::string served{}, sent_away{};
    std::vector<std::thread> threads{};
};

}  // namespace

// a tenth of the memory, no more than the cores, one at least
static_assert(permits_for(19 * mib, {.cores = 4, .available_memory = 8192 * mib}) == 4);
static_assert(permits_for(19 * mib, {.cores = 4, .available_memory = 570 * mib}) == 3);
static_assert(permits_for(19 * mib, {.cores = 4, .available_memory = 569 * mib}) == 2);
static_assert(permits_for(19 * mib, {.cores = 4, .available_memory = 100 * mib}) == 1);
static_assert(permits_for(19 * mib, {.cores = 1, .available_memory = 8192 * mib}) == 1);

TEST_CASE("one hash may take half of the memory, and not a byte more", "[identity][permits]") {
    CHECK(permits::make(19 * mib, {.on = {.cores = 2, .available_memory = 38 * mib}}));
    auto const no = permits::make(19 * mib, {.on = {.cores = 2, .available_memory = 38 * mib - 1}});
    REQUIRE_FALSE(no);
    CHECK(no.error().to_string() ==
          "identity::permits: one hash takes 19456 KiB, more than half of the 38911 KiB of memory that are "
          "available; lower its memory cost");
}

TEST_CASE("a patience that cannot be is refused", "[identity][permits]") {
    for (nanoseconds const patience : {nanoseconds{-1}, nanoseconds{1h} + 1ns, nanoseconds::max()})
        CHECK_FALSE(
            permits::make(mib, {.patience = patience, .on = {.cores = 1, .available_memory = 1000 * mib}}));
    CHECK(permits::make(mib, {.patience = 1h, .on = {.cores = 1, .available_memory = 1000 * mib}}));
}

TEST_CASE("what is not said is asked of the machine, once", "[identity][permits]") {
    auto const p = permits::make(mib);
    REQUIRE(p);
    CHECK((*p)->count() >= 1);
    CHECK((*p)->count() <= std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("permits run out, and come back when their holders go", "[identity][permits]") {
    auto const p = some(2, 0s);
    CHECK(p->count() == 2);
    {
        auto const a = p->acquire(from(1)), b = p->acquire(from(1), asker::proven);
        CHECK((a && b));
        CHECK(p->free() == 0);
        CHECK_FALSE(p->acquire(from(2)));
    }
    CHECK(p->free() == 2);
    auto a = p->acquire(from(1));
    auto moved = std::move(a);
    CHECK(moved);
    CHECK(p->free() == 1);
    moved = permits::permit{};
    CHECK(p->free() == 2);
    CHECK_FALSE(permits::permit{});
}

TEST_CASE("whoever waits goes away at the end of his patience, and leaves his place", "[identity][permits]") {
    auto const p = some(1, 20ms);
    auto const held = p->acquire(from(1));
    auto const began = std::chrono::steady_clock::now();
    CHECK_FALSE(p->acquire(from(2)));
    CHECK(std::chrono::steady_clock::now() - began >= 20ms);
    CHECK(p->queued() == 0);
}

TEST_CASE("whoever waits is served when a permit comes free", "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    {
        queue q{*p};
        {
            auto const held = p->acquire(from(1));
            q.joins(2, "a"), until_queued(*p, 1);
            q.joins(3, "b"), until_queued(*p, 2);
        }
        for (auto& t : q.threads) t.join();
        q.threads.clear();
        CHECK(q.served == "ab");
    }
    CHECK(p->free() == 1);
}

TEST_CASE("a source is served again only after every other that waits", "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    queue q{*p};
    {
        auto const held = p->acquire(from(9));
        for (std::string const name : {"a", "b", "c"}) q.joins(1, name), until_queued(*p, q.threads.size());
        q.joins(2, "x"), until_queued(*p, 4);
        q.joins(3, "y"), until_queued(*p, 5);
        q.joins(2, "z"), until_queued(*p, 6);
    }
    for (auto& t : q.threads) t.join();
    q.threads.clear();
    CHECK(q.served == "axybzc");
    CHECK(q.sent_away.empty());
}

TEST_CASE("when the queue is full the greediest source yields its last place",
          "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    queue q{*p};
    {
        auto const held = p->acquire(from(9));
        for (std::string const name : {"a", "b", "c", "d", "e", "f"})
            q.joins(1, name), until_queued(*p, q.threads.size());
        q.joins(2, "x"), until_queued(*p, 7);
        q.joins(3, "y"), until_queued(*p, 8);

        CHECK_FALSE(p->acquire(from(1)));  // the greediest itself: no more for it
        q.joins(2, "z");                   // another takes the last place of it
        while (true) {
            std::lock_guard const hold{q.mutex};
            if (!q.sent_away.empty()) break;
        }
        CHECK(p->queued() == 8);
        CHECK(q.sent_away == "f");
    }
    for (auto& t : q.threads) t.join();
    q.threads.clear();
    CHECK(q.served == "axybzcde");
}

TEST_CASE("a queue of eight different sources takes no ninth", "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    queue q{*p};
    auto held = p->acquire(from(99));
    for (std::uint8_t n = 1; n <= permits::queue_length; ++n) q.joins(n, "a"), until_queued(*p, n);
    CHECK_FALSE(p->acquire(from(9)));  // at once
    CHECK(p->queued() == permits::queue_length);
    held = permits::permit{};
}

TEST_CASE("of two permits or more strangers get one less", "[identity][permits]") {
    for (unsigned const n : {2U, 3U, 8U}) {
        auto const p = some(n, 0s);
        std::vector<permits::permit> held;
        for (unsigned i = 1; i < n; ++i) {
            held.push_back(p->acquire(from(1)));
            CHECK(held.back());
        }
        CHECK_FALSE(p->acquire(from(2)));
        CHECK(p->free() == 1);
        CHECK(p->acquire(from(2), asker::proven));
    }
    CHECK(some(1, 0s)->acquire(from(1)));  // the only one is everybody's
}

TEST_CASE("with one permit whoever is proven goes before every stranger", "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    queue q{*p};
    {
        auto const held = p->acquire(from(9));
        q.joins(1, "s"), until_queued(*p, 1);
        q.joins(2, "t"), until_queued(*p, 2);
        q.joins(3, "P", asker::proven), until_queued(*p, 3);
        q.joins(3, "Q", asker::proven), until_queued(*p, 4);
    }
    for (auto& t : q.threads) t.join();
    q.threads.clear();
    CHECK(q.served == "PQst");
}

TEST_CASE("a full queue of strangers leaves the proven theirs", "[identity][permits][threads]") {
    auto const p = some(1, 1min);
    queue q{*p};
    {
        auto const held = p->acquire(from(99));
        for (std::uint8_t n = 1; n <= permits::queue_length; ++n) q.joins(n, "s"), until_queued(*p, n);
        CHECK_FALSE(p->acquire(from(50)));
        q.joins(50, "P", asker::proven), until_queued(*p, permits::queue_length + 1);
    }
    for (auto& t : q.threads) t.join();
    q.threads.clear();
    CHECK(q.served == "Pssssssss");
}

TEST_CASE("the permit kept back serves the proven while strangers wait for theirs",
          "[identity][permits][threads]") {
    auto const p = some(2, 1min);
    queue q{*p};
    {
        auto const held = p->acquire(from(1));
        q.joins(2, "s"), until_queued(*p, 1);
        for (int i = 0; i < 3; ++i)
            CHECK(p->acquire(from(3), asker::proven));  // and given back: not to a stranger
        CHECK(p->queued() == 1);
    }
    for (auto& t : q.threads) t.join();
    q.threads.clear();
    CHECK(q.served == "s");
    CHECK(p->free() == 2);
}

TEST_CASE("never more hash than there are permits, and none is lost", "[identity][permits][threads]") {
    auto const p = some(3, 1ms);
    std::atomic<int> inside = 0, most = 0, served = 0, sent_away = 0;
    std::vector<std::thread> crowd;
    for (std::uint8_t n = 0; n < 16; ++n)
        crowd.emplace_back([&, n] {
            for (int i = 0; i < 200; ++i) {
                auto const held = p->acquire(from(n % 5));
                if (!held) {
                    ++sent_away;
                    continue;
                }
                int const now = ++inside;
                for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
                std::this_thread::sleep_for(50us);
                --inside, ++served;
            }
        });
    for (auto& t : crowd) t.join();
    CHECK(most <= 3);
    CHECK(served + sent_away == 16 * 200);
    CHECK(served > 0);
    CHECK(p->free() == 3);
    CHECK(p->queued() == 0);
}
