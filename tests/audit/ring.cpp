// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/ring.hpp>

#include <atomic>
#include <limits>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace made;
using audit::event_id;
using audit::ring;
using events = std::vector<audit::event>;

static_assert(audit_sink<ring>&& noexcept(std::declval<ring&>().record({})));

/// The n-th event; its session says which it was.
audit::event nth(std::uint64_t n) {
    audit::event e = refusal(std::chrono::seconds{n});
    e.session = n;
    return e;
}
void fill(ring& r, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n <= to; ++n) r.record(nth(n));
}
std::vector<std::uint64_t> shown(ring const& r, audit::filter const& wanted = {}) {
    std::vector<std::uint64_t> numbers;
    r.for_each([&](ring::entry const& e) { numbers.push_back(e.what.session); }, wanted);
    return numbers;
}
/// Session numbers of what is handed on; losses as negative counts.
std::vector<std::int64_t> drained(ring& r, std::size_t at_most = 1000) {
    events handed_on;
    kept sink{handed_on};
    r.drain(sink, at_most);
    std::vector<std::int64_t> numbers;
    for (audit::event const& e : handed_on)
        numbers.push_back(e.id == event_id::audit_lost ? -static_cast<std::int64_t>(e.value)
                                                       : static_cast<std::int64_t>(e.session));
    return numbers;
}

TEST_CASE("the newest events are shown first, and the oldest make room", "[audit][ring]") {
    ring r{{.capacity = 3}};
    CHECK(shown(r).empty());
    fill(r, 1, 2);
    CHECK(shown(r) == std::vector<std::uint64_t>{2, 1});
    fill(r, 3, 3);
    CHECK(shown(r) == std::vector<std::uint64_t>{3, 2, 1});
    fill(r, 4, 8);
    CHECK(shown(r) == std::vector<std::uint64_t>{8, 7, 6});
    CHECK(r.recorded() == 8);
}

TEST_CASE("a page shows what matches, so many, and then the next", "[audit][ring]") {
    ring r{{.capacity = 100}};
    for (std::uint64_t n = 1; n <= 20; ++n) {
        audit::event e = nth(n);
        e.user = n % 2 == 0 ? "amira" : "admin";
        r.record(e);
    }
    auto const page = r.snapshot({.user = "amira"}, 3);
    REQUIRE(page.size() == 3);
    CHECK(page[0].what.session == 20);
    CHECK(page[2].what.session == 16);
    auto const next = r.snapshot({.user = "amira"}, 100, page[2].number);
    REQUIRE(next.size() == 7);
    CHECK(next[0].what.session == 14);
    CHECK(r.snapshot({}, 0).empty());
    CHECK(r.snapshot({}, 100, 1).empty());
    CHECK(r.snapshot({}, 100, 0).empty());
    CHECK(r.snapshot({}, 100, 2).size() == 1);
}

TEST_CASE("each event is handed on once, in order", "[audit][ring]") {
    ring r{{.capacity = 10}};
    fill(r, 1, 4);
    CHECK(drained(r, 3) == std::vector<std::int64_t>{1, 2, 3});
    CHECK(drained(r) == std::vector<std::int64_t>{4});
    CHECK(drained(r).empty());
    fill(r, 5, 6);
    CHECK(drained(r) == std::vector<std::int64_t>{5, 6});
    CHECK(r.lost() == 0);
    CHECK(shown(r).size() == 6);  // what was handed on can still be seen
}

TEST_CASE("an overrun is counted, and told in its place", "[audit][ring]") {
    ring r{{.capacity = 4}};
    fill(r, 1, 4);
    CHECK(r.lost() == 0);
    fill(r, 5, 5);
    CHECK(r.lost() == 1);
    fill(r, 6, 9);
    CHECK(r.lost() == 5);
    events handed_on;
    kept sink{handed_on};
    CHECK(r.drain(sink) == 5);
    REQUIRE(handed_on.size() == 5);
    CHECK(handed_on[0].id == event_id::audit_lost);
    CHECK(handed_on[0].value == 5);
    CHECK(handed_on[0].at.steady == 6s);  // when the first that is left happened
    CHECK(handed_on[1].session == 6);
    CHECK(handed_on[4].session == 9);
    CHECK(r.lost() == 5);
    CHECK(drained(r).empty());
    fill(r, 10, 10);
    CHECK(drained(r) == std::vector<std::int64_t>{10});
}

TEST_CASE("what a sink records while it drains waits for the next time", "[audit][ring]") {
    ring r{{.capacity = 4}};
    struct echo {
        ring& into;
        int heard = 0;
        void record(audit::event const& e) {
            ++heard;
            into.record(e);
        }
    } sink{r};
    fill(r, 1, 2);
    CHECK(r.drain(sink) == 2);
    CHECK(sink.heard == 2);
    CHECK(r.drain(sink) == 2);
}

TEST_CASE("a ring overrun by its own sink ends all the same", "[audit][ring]") {
    ring r{{.capacity = 2}};
    struct flood {
        ring& into;
        void record(audit::event const&) { fill(into, 1, 100); }
    };
    fill(r, 1, 2);
    flood sink{r};
    CHECK(r.drain(sink) == 2);  // the first, and that a hundred were lost
    CHECK(r.recorded() == 202);
}

#if defined(__cpp_exceptions)
TEST_CASE("a sink that throws loses one event, is told so later, and keeps the rest waiting",
          "[audit][ring]") {
    ring r{{.capacity = 10}};
    struct broken {
        bool down = true;
        events heard{};
        void record(audit::event const& e) {
            if (down) throw std::runtime_error{"a disk"};
            heard.push_back(e);
        }
    } sink;
    fill(r, 1, 3);
    CHECK(r.drain(sink) == 0);
    CHECK(r.lost() == 1);
    CHECK(r.drain(sink) == 0);  // now the notice of the loss fails; nothing more is lost
    CHECK(r.lost() == 1);
    sink.down = false;
    CHECK(r.drain(sink) == 3);
    REQUIRE(sink.heard.size() == 3);
    CHECK(sink.heard[0].id == event_id::audit_lost);
    CHECK(sink.heard[0].value == 1);
    CHECK(sink.heard[1].session == 2);
    CHECK(sink.heard[2].session == 3);
}
#endif

TEST_CASE("a ring that can keep nothing says why, and counts what it is given as lost", "[audit][ring]") {
    static_assert(!audit::ring_options{.capacity = 0}.fault().empty());
    static_assert(!audit::ring_options{.capacity = audit::ring_options::most + 1}.fault().empty());
    static_assert(audit::ring_options{.capacity = audit::ring_options::most}.fault().empty());
    auto const capacity =
        GENERATE(std::size_t{0}, std::numeric_limits<std::size_t>::max(), audit::ring_options::most + 1);
    ring r{{.capacity = capacity}};
    CHECK_FALSE(r.fault().empty());
    CHECK(r.capacity() == 0);
    fill(r, 1, 3);
    CHECK(shown(r).empty());
    CHECK(r.lost() == 3);
    CHECK(drained(r) == std::vector<std::int64_t>{-3});
    CHECK(drained(r).empty());
    CHECK(ring{}.fault().empty());
    CHECK(ring{}.capacity() == 1024);
}

TEST_CASE("a ring takes its events along when it moves, and one moved from is harmless", "[audit][ring]") {
    ring first{{.capacity = 4}};
    fill(first, 1, 2);
    ring second{std::move(first)};
    CHECK(shown(second) == std::vector<std::uint64_t>{2, 1});
    CHECK(drained(second) == std::vector<std::int64_t>{1, 2});
    first.record(nth(9));  // NOLINT(bugprone-use-after-move): what a careless host might do
    CHECK(shown(first).empty());
}

TEST_CASE("recording allocates nothing", "[audit][ring]") {
    ring r{{.capacity = 64}};
    audit::event const e = refusal();
    std::size_t const before = allocations();
    for (int i = 0; i < 1000; ++i) r.record(e);
    CHECK(allocations() == before);
}

TEST_CASE("many record, some drain and look: each event is handed on once or counted as lost",
          "[audit][ring][threads]") {
    constexpr std::uint64_t writers = 6, each = 3000;
    ring r{{.capacity = 256}};
    struct counting {
        std::vector<std::uint64_t> seen{};
        std::uint64_t told_lost = 0;
        void record(audit::event const& e) {
            if (e.id == event_id::audit_lost)
                told_lost += e.value;
            else
                seen.push_back(e.session);
        }
    } sinks[2];
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> disorder{0};
    std::vector<std::thread> crowd;
    for (std::uint64_t w = 0; w < writers; ++w)
        crowd.emplace_back([&r, w] { fill(r, w * each + 1, (w + 1) * each); });
    std::vector<std::thread> readers;
    for (auto& sink : sinks)
        readers.emplace_back([&] {
            while (!done) r.drain(sink, 50);
        });
    readers.emplace_back([&] {
        while (!done) {
            std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
            r.for_each([&](ring::entry const& e) {
                if (e.number >= last) ++disorder;
                last = e.number;
            });
        }
    });
    for (auto& t : crowd) t.join();
    done = true;
    for (auto& t : readers) t.join();
    r.drain(sinks[0]);

    std::set<std::uint64_t> distinct;
    for (auto const& sink : sinks) distinct.insert(sink.seen.begin(), sink.seen.end());
    CHECK(distinct.size() == sinks[0].seen.size() + sinks[1].seen.size());
    CHECK(distinct.size() + sinks[0].told_lost + sinks[1].told_lost == writers * each);
    CHECK(r.lost() == sinks[0].told_lost + sinks[1].told_lost);
    CHECK(r.recorded() == writers * each);
    CHECK(disorder == 0);
}

}  // namespace
