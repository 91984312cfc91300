// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/fixed_table.hpp>
#include <sallyport/core/principal.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <set>
#include <vector>

namespace {

using sallyport::blueprint;
using sallyport::fixed_table;
using sallyport::region;
using sallyport::word;

TEST_CASE("what was measured is what is handed out", "[core][blueprint]") {
    auto const attach = [](blueprint& b) {
        return std::vector{b.claim("first", 3), b.claim("second", 0), b.claim("third", 5)};
    };
    blueprint plan;
    for (region const& r : attach(plan)) CHECK_FALSE(r.attached());
    CHECK(plan.words() == 8);
    CHECK(plan.feasible());

    std::vector<word> words(plan.words());
    blueprint hand_out{region{words.data()}, {1, 2}};
    auto parts = attach(hand_out);
    CHECK(hand_out.words() == plan.words());
    CHECK(hand_out.fingerprint() == plan.fingerprint());
    CHECK(hand_out.key().a == 1);
    CHECK(hand_out.key().b == 2);
    parts[0].put(2, word{11});
    parts[2].put(0, word{22});
    parts[2].put(4, word{33});
    CHECK(words == std::vector<word>{0, 0, 11, 22, 0, 0, 0, 33});
}

TEST_CASE("two plans that differ in a name, a size or an order have two fingerprints", "[core][blueprint]") {
    std::set<word> prints;
    auto const print = [&](auto... claims) {
        blueprint b;
        (static_cast<void>(b.claim(claims.first, claims.second)), ...);
        prints.insert(b.fingerprint());
    };
    using claim = std::pair<char const*, std::size_t>;
    print();
    print(claim{"door/1", 4});
    print(claim{"door/2", 4});
    print(claim{"door/1", 5});
    print(claim{"door/1", 4}, claim{"inside/1", 4});
    print(claim{"inside/1", 4}, claim{"door/1", 4});
    CHECK(prints.size() == 6);
}

TEST_CASE("a plan larger than can be held is infeasible, and stays so", "[core][blueprint]") {
    blueprint b;
    (void)b.claim("all there is", blueprint::most);
    CHECK(b.feasible());
    (void)b.claim("nothing", 0);
    CHECK(b.feasible());
    (void)b.claim("one word more", 1);
    CHECK_FALSE(b.feasible());
    (void)b.claim("nothing", 0);
    CHECK_FALSE(b.feasible());
    CHECK(b.words() == blueprint::most);  // it never wraps round

    blueprint at_once;
    (void)at_once.claim("too much", std::numeric_limits<std::size_t>::max());
    CHECK_FALSE(at_once.feasible());
}

TEST_CASE("a table too large for the address space makes its plan infeasible", "[core][blueprint]") {
    struct wide {
        word w[1024];
    };
    blueprint b;
    std::vector<fixed_table<wide, wide>> tables(64);
    for (auto& t : tables) t.attach(b, "wide", fixed_table<wide, wide>::largest);
    // 64 tables of 2^30 slots of 16 KiB are 2^50 bytes: more than 32 bits can address, less than 64 can.
    CHECK(b.feasible() == (sizeof(std::size_t) == 8));
}

TEST_CASE("options are told apart, and it is known whose they are", "[core][blueprint]") {
    using namespace std::chrono_literals;
    enum class choice { one, other };
    std::set<word> prints;
    auto const print = [&](auto const&... values) {
        blueprint b;
        b.options("me", values...);
        CHECK(b.aspects().size() == 1);
        CHECK(b.aspects()[0].what == sallyport::text<40>{"options of me"});
        prints.insert(b.aspects()[0].print);
    };
    print();
    print(1);
    print(2);
    print(1, 2);
    print(2, 1);
    print(5s);
    print(choice::one);
    print(std::array{1s, 2s, 3s});
    print(sallyport::text<16>{"opcua"});
    print(sallyport::text<16>{"wbm"}, 0);
    print(sallyport::role_set{}.with(3));
    CHECK(prints.size() == 11);
    print(choice::other);  // the number 1
    print(std::array{1s, 2s, 3s});
    CHECK(prints.size() == 11);
}

TEST_CASE("aspects beyond the most are told apart together", "[core][blueprint]") {
    auto const of = [](word last) {
        blueprint b;
        for (std::size_t i = 0; i < blueprint::most_aspects + 8; ++i) b.options("me", i);
        b.options("me", last);
        return b;
    };
    blueprint const one = of(1), other = of(2);
    REQUIRE(one.aspects().size() == blueprint::most_aspects);
    for (std::size_t i = 0; i + 1 < blueprint::most_aspects; ++i)
        CHECK(one.aspects()[i].print == other.aspects()[i].print);
    CHECK(one.aspects().back().print != other.aspects().back().print);
}

TEST_CASE("what one login may store is added up", "[core][blueprint]") {
    blueprint b;
    (void)b.claim("a", 10, 3);
    CHECK(b.logged() == 3);
    (void)b.claim("b", 10);
    CHECK(b.logged() == 43);
    (void)b.claim("c", 1'000'000);
    CHECK(b.logged() == 43 + 4096);
}

}  // namespace
