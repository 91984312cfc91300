// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/text.hpp>
#include <sallyport/penalty/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sallyport::blueprint;
using sallyport::name;
using sallyport::nanoseconds;
using sallyport::region;
using sallyport::word;
using sallyport::penalty::ledger;

struct debt {
    std::uint32_t owes, in_flight;
    std::int64_t until;
    static constexpr bool rests_by_time = true;
    [[nodiscard]] bool at_rest(nanoseconds now) const noexcept {
        return in_flight == 0 && (owes == 0 || nanoseconds{until} <= now);
    }
};
struct debt_for_ever {
    std::uint32_t owes, in_flight;
    static constexpr bool rests_by_time = false;
    [[nodiscard]] bool at_rest(nanoseconds) const noexcept { return owes == 0 && in_flight == 0; }
};

template <class Record>
struct laid_out {
    laid_out(std::uint32_t known, std::uint32_t unknown) {
        blueprint plan;
        list.attach(plan, known, unknown);
        words.assign(plan.words(), 0);
        blueprint hand_out{region{words.data()}, {1, 2}};
        list.attach(hand_out, known, unknown);
    }
    auto arrive(name const& n, bool known, nanoseconds now = 0s) {
        auto c = list.at_arrival(n, list.hash(n), known, now);
        ++c.record.in_flight;
        list.write(c, now);
        return c.key;
    }
    auto settle(name const& n, bool known, bool owes, nanoseconds now = 0s) {
        auto c = list.at_settling(n, list.hash(n), known);
        --c.record.in_flight;
        c.record.owes += owes ? 1 : 0;
        list.write(c, now);
        return c.key;
    }
    [[nodiscard]] std::size_t in_flight() const {
        std::size_t n = 0;
        list.each([&](name const&, Record const& r, bool) { n += r.in_flight; });
        return n;
    }
    [[nodiscard]] std::size_t records() const {
        std::size_t n = 0;
        list.each([&](name const&, Record const&, bool) { ++n; });
        return n;
    }
    ledger<name, Record> list{};
    std::vector<word> words;
};
name user(std::size_t n) { return name{"user" + std::to_string(n)}; }
name const shared{};

TEST_CASE("names on file and other names have a table each", "[penalty][ledger]") {
    laid_out<debt_for_ever> here{2, 4};
    for (std::size_t i = 0; i < 10; ++i) {
        here.arrive(user(i), false);
        here.settle(user(i), false, true);
    }
    CHECK(here.arrive("amira", true) == name{"amira"});  // sprayed names took nothing of hers
    CHECK(here.arrive("bo", true) == name{"bo"});
    CHECK(here.arrive("chen", true) == shared);
}

TEST_CASE("a full table: newcomers share one cell, whoever has his own keeps it", "[penalty][ledger]") {
    laid_out<debt_for_ever> here{1, 4};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(here.arrive(user(i), false) == user(i));
        CHECK(here.settle(user(i), false, true) == user(i));
    }
    CHECK(here.arrive(user(4), false) == shared);
    CHECK(here.settle(user(4), false, true) == shared);
    CHECK(here.arrive(user(5), false) == shared);
    CHECK(here.settle(user(5), false, true) == shared);
    CHECK(here.list.at_arrival(user(6), here.list.hash(user(6)), false, 0s).record.owes ==
          2);  // upward, never downward
    CHECK(here.arrive(user(2), false) == user(2));
    CHECK(here.records() == 5);
}

TEST_CASE("only what is at rest makes room", "[penalty][ledger]") {
    laid_out<debt> here{1, 2};
    auto const owe = [&](name const& n, nanoseconds until) {
        auto c = here.list.at_arrival(n, here.list.hash(n), false, 0s);
        REQUIRE(c.key == n);
        c.record.owes = 1;
        c.record.until = until.count();
        here.list.write(c, 0s);
    };
    owe("amira", 10s);
    owe("bo", 20s);
    CHECK(here.list.at_arrival("chen", here.list.hash("chen"), false, 10s - 1ns).key == shared);
    CHECK(here.list.at_arrival("chen", here.list.hash("chen"), false, 10s).key == name{"chen"});
    CHECK(here.arrive("chen", false, 10s) == name{"chen"});  // in amira's place
    CHECK_FALSE(here.list.find("amira", here.list.hash("amira"), false));
    CHECK(here.list.find("bo", here.list.hash("bo"), false));
    CHECK(here.arrive("dana", false, 20s - 1ns) == shared);  // bo is not at rest, chen is in flight
}

TEST_CASE("a record at rest is no record", "[penalty][ledger]") {
    laid_out<debt_for_ever> here{1, 2};
    here.arrive("amira", true);
    CHECK(here.records() == 1);
    here.settle("amira", true, false);
    CHECK(here.records() == 0);
    auto const empty = std::vector<word>(here.words.size());
    laid_out<debt_for_ever> fresh{1, 2};
    CHECK(fresh.words == empty);
}

TEST_CASE("reservations are conserved, though no ticket says which cell was charged", "[penalty][ledger]") {
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 dice{seed};
        laid_out<debt_for_ever> here{2, 3};  // full most of the time
        std::multimap<std::string, bool> doing;
        std::size_t owed = 0, forgiven = 0;
        for (int step = 0; step < 3000; ++step) {
            if (dice() % 2 == 0) {
                name const n = user(dice() % 8);
                bool const known = dice() % 2 == 0;
                here.arrive(n, known);
                doing.emplace(n.view(), known);
            } else if (!doing.empty()) {
                auto const one = std::next(doing.begin(), static_cast<std::ptrdiff_t>(dice() % doing.size()));
                bool const fails = dice() % 4 == 0;
                here.settle(name{one->first}, one->second, fails);
                owed += fails ? 1 : 0;
                doing.erase(one);
            } else {  // an administrator clears somebody
                name const n = user(dice() % 8);
                for (bool const known : {false, true})
                    if (auto c = here.list.find(n, here.list.hash(n), known)) {
                        forgiven += c->record.owes;
                        c->record.owes = 0;
                        here.list.write(*c, 0s);
                    }
            }
            CAPTURE(seed, step);
            REQUIRE(here.in_flight() == doing.size());
            std::size_t books = 0;
            here.list.each([&](name const&, debt_for_ever const& r, bool) { books += r.owes; });
            REQUIRE(books == owed - forgiven);  // no failure is lost either
            REQUIRE(here.records() <= 2 + 3 + 2);
        }
    }
}

}  // namespace
