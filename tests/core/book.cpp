// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/book.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sallyport::blueprint;
using sallyport::book;
using sallyport::nanoseconds;
using sallyport::place;
using sallyport::region;
using sallyport::standing;
using sallyport::word;

using text = std::array<word, 4>;

struct laid_out {
    explicit laid_out(std::uint32_t lines) {
        blueprint plan;
        b.attach(plan, "book/1", lines);
        words.assign(plan.words(), 0);
        blueprint hand_out{region{words.data()}, {}};
        b.attach(hand_out, "book/1", lines);
    }
    book<text> b{};
    std::vector<word> words;
};

TEST_CASE("a line is in force until its deadline, and at that instant no more", "[core][book]") {
    laid_out here{2};
    auto const p = here.b.enter(text{1, 2, 3, 4}, 100ns, 200ns);
    REQUIRE(p);
    CHECK(p->number == 1);
    CHECK(here.b.look(*p, 100ns) == standing::open);
    CHECK(here.b.look(*p, 199ns) == standing::open);
    CHECK(here.b.look(*p, 200ns) == standing::timed_out);
    CHECK(here.b.look(*p, nanoseconds::max()) == standing::timed_out);
    CHECK(here.b.read(*p) == text{1, 2, 3, 4});
    CHECK(here.b.read<2>(*p, 1) == std::array<word, 2>{2, 3});
    CHECK(here.b.last_seen(*p) == 100ns);

    here.b.extend(*p, 150ns, 300ns);
    CHECK(here.b.look(*p, 299ns) == standing::open);
    CHECK(here.b.look(*p, 300ns) == standing::timed_out);
    CHECK(here.b.last_seen(*p) == 150ns);
    CHECK(here.b.deadline(*p) == 300ns);

    auto const forever = here.b.enter(text{}, 100ns, nanoseconds::max());
    CHECK(here.b.look(*forever, nanoseconds::max() - 1ns) == standing::open);
}

TEST_CASE("a locked line is in force, and times out all the same", "[core][book]") {
    laid_out here{1};
    auto const p = here.b.enter(text{}, 0ns, 10ns);
    here.b.mark(*p, standing::locked);
    CHECK(here.b.look(*p, 9ns) == standing::locked);
    CHECK(here.b.look(*p, 10ns) == standing::timed_out);
    CHECK(here.b.size() == 1);
    CHECK(here.b.glimpse<1>(*p, 0, 5ns) == std::nullopt);  // it may nothing
}

TEST_CASE("a line that is over says why, until it is given to another", "[core][book]") {
    laid_out here{1};
    for (standing const why : {standing::closed, standing::channel_closed, standing::terminated,
                               standing::evicted, standing::timed_out, standing::revoked}) {
        CAPTURE(to_string(why));
        auto const p = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(p);
        CHECK_FALSE(here.b.enter(text{}, 0ns, 10ns));  // full
        here.b.mark(*p, why);
        CHECK(here.b.look(*p, 5ns) == why);
        CHECK(here.b.look(*p, 50ns) == why);  // the reason outlives the deadline
        CHECK(here.b.size() == 0);
        auto const next = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(next);
        CHECK(next->line == p->line);
        CHECK(next->number == p->number + 1);
        CHECK(here.b.look(*p, 5ns) == standing::ended);
        CHECK(here.b.glimpse<1>(*p, 0, 5ns) == std::nullopt);
        here.b.mark(*next, standing::closed);
    }
}

TEST_CASE("a stale place harms nobody", "[core][book]") {
    laid_out here{2};
    CHECK(here.b.look(place{}, 0ns) == standing::ended);
    CHECK(here.b.look(place{7, 1}, 0ns) == standing::ended);  // of a larger house
    CHECK(here.b.glimpse<1>(place{7, 1}, 0, 0ns) == std::nullopt);
    auto const p = here.b.enter(text{}, 0ns, 10ns);
    CHECK(here.b.look(place{p->line, 0}, 0ns) == standing::ended);
    CHECK(here.b.look(place{p->line, p->number + 1}, 0ns) == standing::ended);
}

TEST_CASE("numbers are never used twice, and an ended line is kept as long as can be", "[core][book]") {
    laid_out here{4};
    std::set<word> numbers;
    std::vector<place> before;
    for (int i = 0; i < 40; ++i) {
        auto const p = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(p);
        CHECK(numbers.insert(p->number).second);
        here.b.mark(*p, standing::closed);
        before.push_back(*p);
        std::size_t remembered = 0;
        for (place const& old : before) remembered += here.b.look(old, 0ns) == standing::closed ? 1 : 0;
        CHECK(remembered == std::min<std::size_t>(before.size(), 4));
    }
}

TEST_CASE("a book agrees with a plain list on random entries and endings", "[core][book]") {
    constexpr standing endings[] = {standing::closed, standing::evicted, standing::timed_out,
                                    standing::revoked};
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 dice{seed};
        auto const lines = 1 + static_cast<std::uint32_t>(dice() % 9);
        laid_out here{lines};
        struct entry {
            place at;
            text t;
            nanoseconds until;
        };
        std::map<word, entry> model;
        nanoseconds now = 1s;
        for (int step = 0; step < 2000; ++step) {
            now += nanoseconds{dice() % 5};
            CAPTURE(seed, step);
            if (dice() % 2 == 0) {
                text const t{dice(), dice(), dice(), dice()};
                nanoseconds const until = now + nanoseconds{1 + dice() % 50};
                auto const p = here.b.enter(t, now, until);
                REQUIRE(p.has_value() == (model.size() < lines));
                if (p) model[p->number] = {*p, t, until};
            } else if (!model.empty()) {
                auto one = std::next(model.begin(), static_cast<std::ptrdiff_t>(dice() % model.size()));
                switch (dice() % 3) {
                    case 0:
                        one->second.until = now + nanoseconds{1 + dice() % 50};
                        here.b.extend(one->second.at, now, one->second.until);
                        break;
                    case 1:
                        one->second.t[2] = dice();
                        here.b.amend(one->second.at, one->second.t);
                        break;
                    default:
                        here.b.mark(one->second.at, endings[dice() % 4]);
                        model.erase(one);
                        break;
                }
            }
            if (dice() % 16 == 0) here.b.review();
            nanoseconds earliest = nanoseconds::max();
            std::size_t alive = 0;
            for (auto const& [number, e] : model) {
                bool const open = now < e.until;
                alive += open ? 1 : 0;
                earliest = std::min(earliest, e.until);
                REQUIRE(here.b.look(e.at, now) == (open ? standing::open : standing::timed_out));
                REQUIRE(here.b.read(e.at) == e.t);
                REQUIRE(here.b.glimpse<2>(e.at, 2, now).has_value() == open);
            }
            REQUIRE(here.b.size() == model.size());
            REQUIRE(here.b.size(now) == alive);
            REQUIRE(here.b.next_deadline() <= earliest);
            std::size_t seen = 0;
            here.b.each([&](place p) { seen += model.contains(p.number) ? 1 : 0; });
            REQUIRE(seen == model.size());
        }
        here.b.review();
        nanoseconds earliest = nanoseconds::max();
        for (auto const& [number, e] : model) earliest = std::min(earliest, e.until);
        CHECK(here.b.next_deadline() == earliest);
    }
}

TEST_CASE("with nobody in force there is no next deadline", "[core][book]") {
    laid_out here{2};
    CHECK(here.b.next_deadline() == nanoseconds::max());
    auto const p = here.b.enter(text{}, 0ns, 10ns);
    CHECK(here.b.next_deadline() == 10ns);
    here.b.mark(*p, standing::closed);
    here.b.review();
    CHECK(here.b.next_deadline() == nanoseconds::max());
}

TEST_CASE("a glimpse while a writer stands still in the midst of amending sees nothing, and does not wait",
          "[core][book]") {
    laid_out here{1};
    auto const p = here.b.enter(text{1, 2, 3, 4}, 0ns, nanoseconds::max());
    REQUIRE(here.b.glimpse<4>(*p, 0, 1ns) == text{1, 2, 3, 4});
    // The stamp is the word with our number, revision 0 and `open`; a writer makes its revision odd before
    // he begins.
    auto const stamp =
        std::find(here.words.begin(), here.words.end(), p->number << 16 | static_cast<word>(standing::open));
    REQUIRE(stamp != here.words.end());
    *stamp += word{1} << 8;
    CHECK(here.b.glimpse<4>(*p, 0, 1ns) == std::nullopt);
    CHECK(here.b.look(*p, 1ns) == standing::open);  // that much is known
    *stamp += word{1} << 8;
    CHECK(here.b.glimpse<4>(*p, 0, 1ns) == text{1, 2, 3, 4});
}

TEST_CASE("a glimpse without the lock is whole, while another thread amends", "[core][book][threads]") {
    laid_out here{1};
    auto const p = here.b.enter(text{}, 0ns, nanoseconds::max());
    std::atomic<bool> done{false}, begun{false};
    std::atomic<std::size_t> torn{0}, seen{0};
    std::thread reader{[&] {
        while (!done) {
            if (auto const w = here.b.glimpse<4>(*p, 0, 1ns)) {
                ++seen;
                torn += std::adjacent_find(w->begin(), w->end(), std::not_equal_to<>{}) != w->end() ? 1 : 0;
            }
            begun = true;
        }
    }};
    while (!begun) std::this_thread::yield();
    for (word n = 1; n <= 100'000; ++n) here.b.amend(*p, text{n, n, n, n});
    done = true;
    reader.join();
    CHECK(torn == 0);
    CHECK(seen > 0);
    CHECK(here.b.glimpse<4>(*p, 0, 1ns) == text{100'000, 100'000, 100'000, 100'000});
}

TEST_CASE("an old handle never sees the text of whoever has its line now", "[core][book][threads]") {
    laid_out here{1};
    std::array<std::atomic<word>, 1> current{};
    std::atomic<bool> done{false};
    std::atomic<std::size_t> mistaken{0};
    std::thread reader{[&] {
        while (!done) {
            word const n = current[0];
            if (n == 0) continue;
            if (auto const w = here.b.glimpse<4>(place{0, n}, 0, 1ns))  // each line's text is its own number
                mistaken += std::any_of(w->begin(), w->end(), [&](word x) { return x != n; }) ? 1 : 0;
        }
    }};
    for (word n = 1; n <= 50'000; ++n) {
        auto const p = here.b.enter(text{n, n, n, n}, 0ns, nanoseconds::max());
        if (!p) break;
        current[0] = p->number;
        here.b.mark(*p, standing::closed);
    }
    done = true;
    reader.join();
    CHECK(mistaken == 0);
    CHECK(current[0] == 50'000);
}

}  // namespace
