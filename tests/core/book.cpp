// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/book.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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

/// What a glimpse sees; nullopt: nothing.
template <std::size_t N, class Book>
std::optional<std::array<word, N>> glimpse(Book const& b, place p, std::size_t at, nanoseconds now) {
    std::array<word, N> copy{};
    return b.glimpse(p, at, now, copy) ? std::optional{copy} : std::nullopt;
}

TEST_CASE("a line is in force until its deadline, and at that instant no more", "[core][book]") {
    laid_out here{2};
    auto const p = here.b.enter(text{1, 2, 3, 4}, 100ns, 200ns);
    REQUIRE(p);
    CHECK(p.number == 1);
    CHECK(here.b.look(p, 100ns) == standing::open);
    CHECK(here.b.look(p, 199ns) == standing::open);
    CHECK(here.b.look(p, 200ns) == standing::timed_out);
    CHECK(here.b.look(p, nanoseconds::max()) == standing::timed_out);
    CHECK(here.b.read(p) == text{1, 2, 3, 4});
    CHECK(here.b.read<2>(p, 1) == std::array<word, 2>{2, 3});
    CHECK(here.b.last_seen(p) == 100ns);

    here.b.extend(p, 150ns, 300ns);
    CHECK(here.b.look(p, 299ns) == standing::open);
    CHECK(here.b.look(p, 300ns) == standing::timed_out);
    CHECK(here.b.last_seen(p) == 150ns);
    CHECK(here.b.deadline(p) == 300ns);

    auto const forever = here.b.enter(text{}, 100ns, nanoseconds::max());
    CHECK(here.b.look(forever, nanoseconds::max() - 1ns) == standing::open);
}

TEST_CASE("a locked line is in force, and times out all the same", "[core][book]") {
    laid_out here{1};
    auto const p = here.b.enter(text{}, 0ns, 10ns);
    here.b.mark(p, standing::locked);
    CHECK(here.b.look(p, 9ns) == standing::locked);
    CHECK(here.b.look(p, 10ns) == standing::timed_out);
    CHECK(here.b.size() == 1);
    CHECK(glimpse<1>(here.b, p, 0, 5ns) == std::nullopt);  // it may nothing
}

TEST_CASE("a line that is over says why, until it is given to another", "[core][book]") {
    laid_out here{1};
    for (standing const why : {standing::closed, standing::channel_closed, standing::terminated,
                               standing::evicted, standing::timed_out, standing::revoked}) {
        CAPTURE(to_string(why));
        auto const p = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(p);
        CHECK_FALSE(here.b.enter(text{}, 0ns, 10ns));  // full
        here.b.mark(p, why);
        CHECK(here.b.look(p, 5ns) == why);
        CHECK(here.b.look(p, 50ns) == why);  // the reason outlives the deadline
        CHECK(here.b.size() == 0);
        auto const next = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(next);
        CHECK(next.line == p.line);
        CHECK(next.number == p.number + 1);
        CHECK(here.b.look(p, 5ns) == standing::ended);
        CHECK(glimpse<1>(here.b, p, 0, 5ns) == std::nullopt);
        here.b.mark(next, standing::closed);
    }
}

TEST_CASE("a stale place harms nobody", "[core][book]") {
    laid_out here{2};
    CHECK(here.b.look(place{}, 0ns) == standing::ended);
    CHECK(here.b.look(place{7, 1}, 0ns) == standing::ended);  // of a larger house
    CHECK(glimpse<1>(here.b, place{7, 1}, 0, 0ns) == std::nullopt);
    auto const p = here.b.enter(text{}, 0ns, 10ns);
    CHECK(here.b.look(place{p.line, 0}, 0ns) == standing::ended);
    CHECK(here.b.look(place{p.line, p.number + 1}, 0ns) == standing::ended);
}

TEST_CASE("numbers are never used twice, and an ended line is kept as long as can be", "[core][book]") {
    laid_out here{4};
    std::set<word> numbers;
    std::vector<place> before;
    for (int i = 0; i < 40; ++i) {
        auto const p = here.b.enter(text{}, 0ns, 10ns);
        REQUIRE(p);
        CHECK(numbers.insert(p.number).second);
        here.b.mark(p, standing::closed);
        before.push_back(p);
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
                REQUIRE(static_cast<bool>(p) == (model.size() < lines));
                if (p) model[p.number] = {p, t, until};
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
                REQUIRE(glimpse<2>(here.b, e.at, 2, now).has_value() == open);
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
    here.b.mark(p, standing::closed);
    here.b.review();
    CHECK(here.b.next_deadline() == nanoseconds::max());
}

TEST_CASE("a glimpse while a writer stands still in the midst of amending sees nothing, and does not wait",
          "[core][book]") {
    laid_out here{1};
    auto const p = here.b.enter(text{1, 2, 3, 4}, 0ns, nanoseconds::max());
    REQUIRE(glimpse<4>(here.b, p, 0, 1ns) == text{1, 2, 3, 4});
    // The stamp is the word with our number, revision 0 and `open`; a writer makes its revision odd before
    // he begins.
    auto const stamp =
        std::find(here.words.begin(), here.words.end(), p.number << 16 | static_cast<word>(standing::open));
    REQUIRE(stamp != here.words.end());
    *stamp += word{1} << 8;
    CHECK(glimpse<4>(here.b, p, 0, 1ns) == std::nullopt);
    CHECK(here.b.look(p, 1ns) == standing::open);  // that much is known
    *stamp += word{1} << 8;
    CHECK(glimpse<4>(here.b, p, 0, 1ns) == text{1, 2, 3, 4});
}

TEST_CASE("a glimpse without the lock is whole, while another thread amends", "[core][book][threads]") {
    laid_out here{1};
    auto const p = here.b.enter(text{}, 0ns, nanoseconds::max());
    std::atomic<bool> done{false}, begun{false};
    std::atomic<std::size_t> torn{0}, seen{0};
    std::thread reader{[&] {
        while (!done) {
            if (auto const w = glimpse<4>(here.b, p, 0, 1ns)) {
                ++seen;
                torn += std::adjacent_find(w->begin(), w->end(), std::not_equal_to<>{}) != w->end() ? 1 : 0;
            }
            begun = true;
        }
    }};
    while (!begun) std::this_thread::yield();
    for (word n = 1; n <= 100'000; ++n) here.b.amend(p, text{n, n, n, n});
    done = true;
    reader.join();
    CHECK(torn == 0);
    CHECK(seen > 0);
    CHECK(glimpse<4>(here.b, p, 0, 1ns) == text{100'000, 100'000, 100'000, 100'000});
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
            if (auto const w = glimpse<4>(here.b, place{0, n}, 0, 1ns))  // each line's text is its own number
                mistaken += std::any_of(w->begin(), w->end(), [&](word x) { return x != n; }) ? 1 : 0;
        }
    }};
    for (word n = 1; n <= 50'000; ++n) {
        auto const p = here.b.enter(text{n, n, n, n}, 0ns, nanoseconds::max());
        if (!p) break;
        current[0] = p.number;
        here.b.mark(p, standing::closed);
    }
    done = true;
    reader.join();
    CHECK(mistaken == 0);
    CHECK(current[0] == 50'000);
}

// ---- in a segment that others write to -----------------------------------------------------------------

/// A sealed book of three lines, in words that several processes share.
struct shared_book {
    using line_text = std::array<word, 4>;
    explicit shared_book(sallyport::sip_key key = {1, 2}) {
        blueprint plan;
        b.attach(plan, "book/1", 3);
        words.assign(plan.words(), 0);
        log.assign(sallyport::undo_log::words_for(plan.logged()), 0);
        undo = sallyport::undo_log{log.data(), plan.logged(), words.data(), words.size()};
        blueprint hand_out{sallyport::region{words.data(), &undo}, key};
        b.attach(hand_out, "book/1", 3);
    }
    shared_book(shared_book const&) = delete;
    shared_book& operator=(shared_book const&) = delete;
    std::vector<word> words, log;
    sallyport::undo_log undo;
    book<line_text, true> b{};
};

TEST_CASE("a bit turned anywhere in a sealed line, and it is not in force", "[core][book]") {
    shared_book here;
    auto const p = here.b.enter({1, 2, 3, 4}, 100ns, 200ns, 77);
    REQUIRE(p);
    REQUIRE(here.b.look(p, 150ns) == standing::open);
    CHECK(here.b.owner(p) == 77);
    std::size_t in_force_still = 0;
    for (std::size_t at = 0; at < here.words.size(); ++at)
        for (int bit = 0; bit < 64; ++bit) {
            here.words[at] ^= word{1} << bit;
            shared_book::line_text copy{};
            standing const s = here.b.look(p, 150ns, copy);
            if (in_force(s) && !(s == standing::open && copy == shared_book::line_text{1, 2, 3, 4}))
                FAIL("word " << at << ", bit " << bit);
            if (s == standing::open) ++in_force_still;
            auto const seen = glimpse<1>(here.b, p, 2, 150ns);
            if (seen && (*seen)[0] != 3) FAIL("word " << at << ", bit " << bit << ": a glimpse");
            here.words[at] ^= word{1} << bit;
        }
    // Nine words are this line's: stamp, deadline, last use, owner, seal, and four of text.
    CHECK(in_force_still == (here.words.size() - 9) * 64);
    CHECK(here.b.look(p, 150ns) == standing::open);
}

TEST_CASE("who is over is not revived by a word put back", "[core][book]") {
    shared_book here;
    auto const p = here.b.enter({1, 2, 3, 4}, 100ns, 200ns);
    REQUIRE(p);
    std::vector<word> const before = here.words;
    here.b.mark(p, standing::closed);
    std::vector<word> const after = here.words;
    for (std::size_t at = 0; at < before.size(); ++at) {
        std::copy(after.begin(), after.end(), here.words.begin());
        here.words[at] = before[at];
        CHECK_FALSE(in_force(here.b.look(p, 150ns)));
    }
}

TEST_CASE("a line sealed under another key is nobody's", "[core][book]") {
    shared_book here, other{{1, 3}};
    auto const p = other.b.enter({1, 2, 3, 4}, 100ns, 200ns);
    REQUIRE(p);
    std::copy(other.words.begin(), other.words.end(), here.words.begin());
    here.b.recount();
    CHECK(here.b.look(p, 150ns) == standing::ended);
    CHECK(here.b.size() == 1);  // it takes a place until somebody ends it
    here.b.mark(p, standing::lost);
    CHECK(here.b.size() == 0);
    CHECK(here.b.look(p, 150ns) == standing::lost);
}

TEST_CASE("what is counted in a segment is counted from its lines", "[core][book]") {
    shared_book here;
    auto const one = here.b.enter({1}, 100ns, 300ns), two = here.b.enter({2}, 100ns, 200ns);
    REQUIRE((one && two));
    CHECK(here.b.size() == 2);
    CHECK(here.b.next_deadline() == 200ns);
    here.words[0] = here.words[1] = here.words[2] = 0x5555555555555555;
    here.b.recount();
    CHECK(here.b.size() == 2);
    CHECK(here.b.next_deadline() == 200ns);
    here.b.mark(two, standing::closed);
    here.b.review();
    CHECK(here.b.size() == 1);
    CHECK(here.b.next_deadline() == 300ns);
    here.words[0] = 0;
    here.b.recount();
    auto const three = here.b.enter({3}, 100ns, 400ns);
    REQUIRE(three);
    CHECK(three.number == two.number + 1);  // whatever is said there, none is given twice
}

TEST_CASE("a sealed line that is rewritten, used and locked stays whole", "[core][book]") {
    shared_book here;
    auto const p = here.b.enter({1, 2, 3, 4}, 100ns, 200ns, 7);
    REQUIRE(p);
    shared_book::line_text const fresh{5, 6, 7, 8};
    here.b.amend(p, fresh);
    CHECK(here.b.look(p, 150ns) == standing::open);
    here.b.extend(p, 150ns, 300ns, standing::open, fresh);
    CHECK(here.b.look(p, 250ns) == standing::open);
    CHECK(here.b.look(p, 300ns) == standing::timed_out);
    here.b.mark(p, standing::locked, fresh);
    CHECK(here.b.look(p, 250ns) == standing::locked);
    CHECK_FALSE(glimpse<1>(here.b, p, 0, 250ns));
    here.b.mark(p, standing::open);
    REQUIRE(glimpse<1>(here.b, p, 0, 250ns));
    CHECK((*glimpse<1>(here.b, p, 0, 250ns))[0] == 5);
    // Sealed is what was looked at: what somebody has turned meanwhile is not vouched for.
    std::replace(here.words.begin(), here.words.end(), word{6}, word{66});
    here.b.extend(p, 150ns, 400ns, standing::open, fresh);
    CHECK(here.b.look(p, 250ns) == standing::ended);
}

TEST_CASE("whose owner dies in the middle of a line leaves the line as it was", "[core][book]") {
    shared_book here;
    shared_book::line_text const fresh{5, 6, 7, 8};
    auto const p = here.b.enter({1, 2, 3, 4}, 100ns, 200ns);
    REQUIRE(p);
    here.undo.commit();
    here.b.amend(p, fresh);
    here.b.extend(p, 150ns, 300ns, standing::open, fresh);
    REQUIRE(here.undo.roll_back());
    here.b.recount();
    CHECK(here.b.look(p, 150ns) == standing::open);
    CHECK(here.b.read(p) == shared_book::line_text{1, 2, 3, 4});
    auto const q = here.b.enter(fresh, 100ns, 200ns);
    REQUIRE(q);
    REQUIRE(here.undo.roll_back());
    here.b.recount();
    CHECK_FALSE(in_force(here.b.look(q, 150ns)));
    CHECK(here.b.size() == 1);
    here.b.mark(p, standing::closed);
    REQUIRE(here.undo.roll_back());
    CHECK(here.b.look(p, 150ns) == standing::open);
}

}  // namespace
