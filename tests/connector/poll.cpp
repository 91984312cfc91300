// SPDX-License-Identifier: BSL-1.0
#include "poll.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>

using connector::poll;
using connector::poll_options;
using namespace std::chrono_literals;
using sallyport::nanoseconds;

namespace {

constexpr std::uint64_t least = 0;
/// The largest draw of a span: its whole half.
constexpr std::uint64_t most(nanoseconds span) { return static_cast<std::uint64_t>(span.count() / 2); }

}  // namespace

TEST_CASE("the first contact is due at once", "[connector][poll]") {
    poll const p;
    CHECK(p.due(nanoseconds::zero()));
    CHECK(p.due(5h));
    CHECK(p.failures() == 0);
}

TEST_CASE("waits double up to the longest, and are drawn from the upper half", "[connector][poll]") {
    for (bool const late : {false, true}) {
        poll p{{.first = 2s, .longest = 5min}};
        nanoseconds now = 1h;
        for (nanoseconds const span : {2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s, 300s}) {
            CAPTURE(late, span.count());
            p.begins(now);
            CHECK_FALSE(p.due(now + 24h));  // it is under way
            p.failed(now + 1ms, late ? most(span) : least);
            nanoseconds const wait = p.next() - (now + 1ms);
            CHECK(wait == (late ? span : span / 2));
            CHECK_FALSE(p.due(p.next() - 1ns));
            CHECK(p.due(p.next()));
            now = p.next();
        }
    }
}

TEST_CASE("no draw leads out of the span", "[connector][poll]") {
    for (std::uint64_t const chance :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{123456789}, UINT64_MAX}) {
        poll p{{.first = 10s, .longest = 10s}};
        p.begins(0s);
        p.failed(0s, chance);
        CHECK(p.next() >= 5s);
        CHECK(p.next() <= 10s);
    }
}

TEST_CASE("connectors that lost their broker together do not come back together", "[connector][poll]") {
    poll one, other;
    for (poll* const p : {&one, &other}) p->begins(0s);
    one.failed(0s, 17);
    other.failed(0s, 900'000'000);
    CHECK(one.next() != other.next());
}

TEST_CASE("a day without a broker costs few contacts", "[connector][poll]") {
    poll p;
    int contacts = 0;
    for (nanoseconds now = 0s; now < 24h; now = p.next()) {
        p.begins(now);
        p.failed(now, least);  // the worst draw there is
        ++contacts;
    }
    CHECK(contacts <= 24 * 60 * 60 / 150 + 9);
}

TEST_CASE("retry now is at once, and still no hammer", "[connector][poll]") {
    poll p{{.first = 1min, .longest = 1h, .closest = 1s}};
    p.begins(10s);
    p.failed(10s, least);
    REQUIRE(p.next() == 40s);
    SECTION("after a while: at once") {
        p.hurry(20s);
        CHECK(p.next() == 20s);
    }
    SECTION("too soon: a second after the last contact began, however often it is asked for") {
        for (int i = 0; i < 1000; ++i) p.hurry(10s + std::chrono::microseconds{i});
        CHECK(p.next() == 11s);
        int contacts = 0;
        for (nanoseconds now = 11s; now < 71s; now += 1ms) {
            p.hurry(now);
            if (!p.due(now)) continue;
            p.begins(now);
            p.failed(now, least);
            ++contacts;
        }
        CHECK(contacts == 60);
    }
    SECTION("when it is due anyway: no later") {
        p.hurry(50s);
        CHECK(p.next() == 40s);
    }
    SECTION("while a contact is under way: nothing") {
        p.begins(40s);
        p.hurry(41s);
        CHECK_FALSE(p.due(24h));
    }
}

TEST_CASE("only a connection that held starts afresh", "[connector][poll]") {
    poll p{{.first = 2s, .longest = 5min, .good_after = 1min}};
    auto const a_failure_after = [&](nanoseconds held) {
        nanoseconds const now = p.failures() == 0 ? 0s : p.next();
        p.begins(now);
        p.connected(now);
        p.failed(now + held, most(5min));
    };
    for (int i = 1; i <= 5; ++i) {  // taken and lost, taken and lost: as good as refused
        a_failure_after(59s);
        CHECK(p.failures() == static_cast<std::uint32_t>(i));
    }
    a_failure_after(1min);
    CHECK(p.failures() == 1);
}

TEST_CASE("a contact that did not come to stand is no good one, however long it took", "[connector][poll]") {
    poll p;
    p.begins(0s);
    p.connected(1s);
    p.failed(10min, least);
    CHECK(p.failures() == 1);
    p.begins(20min);
    p.failed(40min, least);
    CHECK(p.failures() == 2);
}

TEST_CASE("numbers end somewhere, and waits do not wrap", "[connector][poll]") {
    poll p{{.first = nanoseconds::max() / 2, .longest = nanoseconds::max()}};
    p.begins(nanoseconds::max() - 1s);
    p.failed(nanoseconds::max() - 1s, UINT64_MAX);
    CHECK(p.next() == nanoseconds::max());
    poll none{{.first = 0s, .longest = 0s, .closest = 1s}};  // nobody means that: a second it is
    none.begins(0s);
    none.failed(0s, 7);
    CHECK(none.next() == 1s);
}
