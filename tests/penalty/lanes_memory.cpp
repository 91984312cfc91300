// SPDX-License-Identifier: BSL-1.0
// Fixed memory: whatever strangers bring, nobody who is watched is forgotten and nobody who is known is
// folded.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/lane_cells.hpp>

#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace at_work;
using desk = lanes_at_work<>;

constexpr lane_options small{
    .known = 4, .unknown = 16, .visitors = 32, .sources = 16, .devices = 8, .pairs = 8};

visit nobody(std::uint32_t n, address from) {
    visit v = knock("nobody" + std::to_string(n), from);
    v.known = false;
    return v;
}

TEST_CASE("a million names and sources change no watched account's budget", "[penalty][lanes][memory]") {
    desk d{small};
    REQUIRE(d.log_in(from_device("amira", 1)));
    CHECK(d.guess_as_strangers("amira", 7) == 7);
    std::size_t const bytes = d.bytes();
    // Quick form: every cell is contended thousands of times over.
    for (std::uint32_t n = 0; n < 40'000; ++n) d.guess(nobody(n, host(n * 7919)));
    CHECK(d.bytes() == bytes);
    CHECK(d.guess_as_strangers("amira", 20, 5000) == 3);
    CHECK(d.log_in(from_device("amira", 1)));
    CHECK(d.delay(from_device("amira", 1)) == 0s);
}

TEST_CASE("a million names and a million sources, to the last", "[penalty][lanes][memory][.long]") {
    desk d;
    REQUIRE(d.log_in(from_device("amira", 1)));
    CHECK(d.guess_as_strangers("amira", 7) == 7);
    for (std::uint32_t n = 0; n < 1'000'000; ++n) d.guess(nobody(n, host(n)));
    CHECK(d.guess_as_strangers("amira", 20, 5000) == 0);  // no source has a cell: all pay one elsewhere
    d.now += 30min;                                       // and now sources and networks are at rest again
    CHECK(d.guess_as_strangers("amira", 20, 5000) == 3);
    CHECK(d.log_in(from_device("amira", 1)));
}

TEST_CASE("names beyond the slots share cells that err upward", "[penalty][lanes][memory]") {
    desk d{small};
    int verified = 0;
    for (std::uint32_t n = 0; n < 10'000; ++n) verified += d.guess(nobody(n, address{})) ? 1 : 0;
    CHECK(verified >= 16 + 10);
    CHECK(verified <= 16 + 16 * 10);  // sixteen of their own, once each, and sixteen that are shared
    for (int i = 0; i < 9; ++i) CHECK(d.guess(nobody(3, address{})));  // who has a slot keeps it
    CHECK_FALSE(d.guess(nobody(3, address{})));
}

TEST_CASE("sources beyond the cells are charged to their networks, last to one elsewhere",
          "[penalty][lanes][memory]") {
    lane_options o = small;
    o.elsewhere = {40, 1min};
    desk d{o};
    int verified = 0;
    for (std::uint32_t n = 0; n < 2000; ++n)
        verified += d.guess(nobody(n, address::ipv4(static_cast<std::uint8_t>(1 + n % 200),
                                                    static_cast<std::uint8_t>(n / 200), 0, 1)))
                        ? 1
                        : 0;
    // Sixteen alone, a few networks of twenty each, and forty from elsewhere; then all of them wait.
    CHECK(verified >= 16 + 40);
    CHECK(verified <= 16 + 5 * 20 + 40 + 16 * 10);
    CHECK_FALSE(d.guess(nobody(9999, address::ipv4(230, 0, 0, 1))));
    CHECK(d.log_in(from_device("amira", 1)));  // a device asks no source
    d.now += 24h * 2;
    CHECK(d.guess(nobody(9998, address::ipv4(230, 0, 0, 1))));
}

TEST_CASE("a source that its network pays for gets no fresh budget while that owes",
          "[penalty][lanes][memory]") {
    lane_options o = small;
    o.sources = 1;
    desk d{o};
    REQUIRE(d.guess(knock("first", address::ipv4(9, 9, 9, 9))));
    int verified = 0;
    for (std::uint8_t n = 1; n <= 60; ++n)
        verified += d.guess(knock("user" + std::to_string(n), address::ipv4(10, 1, 1, n))) ? 1 : 0;
    CHECK(verified == 20);  // all of 10.1.1.0/24 together
    d.now += 70s;           // the first cell is at rest and makes room; the network still owes
    CHECK(d.guess(knock("a", address::ipv4(10, 1, 1, 99))));
    CHECK_FALSE(d.guess(knock("b", address::ipv4(10, 1, 1, 100))));
}

TEST_CASE("sources: a /32, a /64, a link-local host; then /24 and /16, /56 and /48",
          "[penalty][lanes][memory]") {
    using sallyport::penalty::coarser;
    using sallyport::penalty::mesh;
    auto const cut = [](char const* text, mesh m) {
        auto const a = coarser(address::from(text), m);
        return a ? a->to_string() : std::string{"none"};
    };
    CHECK(cut("192.0.2.7", mesh::fine) == "192.0.2.7");
    CHECK(cut("192.0.2.7", mesh::near) == "192.0.2.0");
    CHECK(cut("192.0.2.7", mesh::wide) == "192.0.0.0");
    CHECK(cut("::ffff:192.0.2.7", mesh::near) == "192.0.2.0");
    CHECK(cut("2001:db8:1:2233::9", mesh::fine) == "2001:db8:1:2233::/64");
    CHECK(cut("2001:db8:1:2233::9", mesh::near) == "2001:db8:1:2200::/64");
    CHECK(cut("2001:db8:1:2233::9", mesh::wide) == "2001:db8:1::/64");
    CHECK(cut("fe80::1%eth0", mesh::near) == "none");
    CHECK(cut("pump.example", mesh::wide) == "none");
}

TEST_CASE("an account on file keeps its slot while other names are sprayed", "[penalty][lanes][memory]") {
    desk d{small};
    for (char const* user : {"amira", "bo", "chen", "dana"}) CHECK(d.guess_as_strangers(user, 9) == 9);
    for (std::uint32_t n = 0; n < 5000; ++n) d.guess(nobody(n, address{}));
    for (char const* user : {"amira", "bo", "chen", "dana"}) {
        CHECK(d.guess_as_strangers(user, 9, 900) == 1);
        CHECK(d.delay(knock(user, host(2000))) == 1h);
    }
}

TEST_CASE("devices beyond the cells share one, which errs upward", "[penalty][lanes][memory]") {
    desk d{small};
    int verified = 0;
    for (std::uint8_t n = 1; n <= 100; ++n)
        verified += d.guess(from_device("user" + std::to_string(n), n)) ? 1 : 0;
    CHECK(verified <= 8 + 20);
    CHECK(verified >= 20);
}

TEST_CASE("an account is paired with so many devices; the one unused longest leaves",
          "[penalty][lanes][memory]") {
    desk d{{.pairs_per_account = 3}};
    auto const pairs = [&] {
        std::set<int> seen;
        d->each_pair(knock("amira"), d.now,
                     [&](sallyport::pair_entry const& e) { seen.insert(e.device.bytes[0]); });
        return seen;
    };
    for (std::uint8_t n = 1; n <= 3; ++n) CHECK(d.log_in(from_device("amira", n)));
    CHECK(d.log_in(from_device("amira", 1)));
    CHECK(d.log_in(from_device("amira", 4)));
    CHECK(pairs() == std::set<int>{1, 3, 4});
    visit flying = from_device("amira", 3);
    REQUIRE(d.begin(flying).why == reason::none);
    CHECK(d.log_in(from_device("amira", 5)));  // 3 is unused longest, but at the door
    CHECK(pairs() == std::set<int>{3, 4, 5});
    d.right(flying);
    CHECK(d->revoke_pair(knock("amira"), device(4), at(d.now)) == 1);
    CHECK(d->revoke_pair(knock("amira"), device(4), at(d.now)) == 0);
    CHECK(pairs() == std::set<int>{3, 5});
    CHECK(d->carry_pairs_over(device(5), device(6), at(d.now)) == 1);
    CHECK(pairs() == std::set<int>{3, 6});
    CHECK(d->revoke_pair(knock("amira"), {}, at(d.now)) == 2);
    CHECK(pairs().empty());
}

TEST_CASE("another certificate of a paired device owes what the one before owed", "[penalty][lanes]") {
    desk d;
    REQUIRE(d.log_in(from_device("amira", 1)));
    for (int i = 0; i < 10; ++i) REQUIRE(d.guess(from_device("amira", 1)));
    REQUIRE(d->carry_pairs_over(device(1), device(2), at(d.now)) == 1);
    CHECK(d.delay(from_device("amira", 2)) == 5min);
    CHECK(d.delay(from_device("amira", 1)) == 0s);  // a trusted device as any
}

TEST_CASE("pairs make room for no other account's", "[penalty][lanes][memory]") {
    desk d{small};  // eight in all
    for (std::uint8_t n = 1; n <= 8; ++n) CHECK(d.log_in(from_device(n <= 4 ? "amira" : "bo", n)));
    CHECK(d.log_in(from_device("chen", 9)));  // let in, but not paired
    int pairs = 0;
    d->each_pair(visit{}, d.now, [&](sallyport::pair_entry const& e) {
        CHECK(e.account != sallyport::name{"chen"});
        ++pairs;
    });
    CHECK(pairs == 8);
}

TEST_CASE("more devices than cells: none that is paired owes for them", "[penalty][lanes][memory]") {
    lane_options o = small;
    o.device = {2, 1h};
    desk d{o};
    REQUIRE(d.log_in(from_device("amira", 1)));
    for (std::uint8_t n = 10; n < 40; ++n)
        for (int i = 0; i < 3; ++i) {
            visit v = from_device("nobody" + std::to_string(n % 15), n);
            v.known = false;
            d.guess(v);
        }
    CHECK(d.delay(from_device("chen", 200)) > 0s);  // a newcomer shares the one cell
    CHECK(d.delay(from_device("amira", 1)) == 0s);
    for (int i = 0; i < 10; ++i) CHECK(d.guess(from_device("amira", 1)));  // and pays its pair's lane alone
    CHECK_FALSE(d.guess(from_device("amira", 1)));
}

TEST_CASE("a renewed certificate owes what was in flight from the one before", "[penalty][lanes][memory]") {
    lanes_at_work<> d;
    REQUIRE(d.log_in(from_device("amira", 1)));
    int verified = 0;
    std::vector<visit> flying;
    for (int n = 0; n < 20; ++n)
        if (visit v = from_device("amira", 1); d.begin(v).why == reason::none) flying.push_back(v);
    CHECK(flying.size() == 10);
    REQUIRE(d->carry_pairs_over(device(1), device(2), at(d.now)) == 1);
    for (visit const& v : flying) d.wrong(v), ++verified;
    for (int n = 0; n < 20; ++n) verified += d.guess(from_device("amira", 2)) ? 1 : 0;
    CHECK(verified == 10);
    CHECK(d.delay(from_device("amira", 2)) == 5min);
    d.now += 50min;
    CHECK(d.delay(from_device("amira", 2)) == 0s);
}

TEST_CASE("an administrator clears the cells that newcomers share", "[penalty][lanes][memory]") {
    for (bool const known : {false, true}) {
        lanes_at_work<> d{{.consecutive_cap = 20, .known = 16, .unknown = 16}};
        CAPTURE(known);
        auto const somebody = [&](int n, std::uint32_t from) {
            visit v = knock("name " + std::to_string(n), host(from));
            v.known = known;
            return v;
        };
        for (std::uint32_t round = 0; round < 2; ++round)
            for (int n = 0; n < 400; ++n)
                (void)d.guess(somebody(n, round * 500'000 + static_cast<std::uint32_t>(n) * 256));
        visit const newcomer = somebody(1000, 77);
        CHECK(d.look(newcomer).error().why == reason::penalty_delay_active);
        visit nobody = knock("", address{});
        nobody.known = known;
        CHECK(d->clear_penalty(nobody, at(d.now)));
        CHECK_FALSE(d->clear_penalty(nobody, at(d.now)));
        CHECK(d.log_in(newcomer));
        CHECK(d.delay(somebody(0, 77)) == 0s);
        int owed = 0;  // whoever has a cell of his own owes as before
        d->each_penalty(d.now,
                        [&](sallyport::penalty_entry const& e) { owed += e.lane == "strangers" ? 1 : 0; });
        CHECK(owed == 16);
    }
}

TEST_CASE("the room of shared cells is never eaten: nobody is without one", "[penalty][lanes][memory]") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937_64 dice{seed};
        desk d{small};
        std::vector<visit> flying;
        for (int i = 0; i < 2000; ++i) {
            auto const n = static_cast<std::uint32_t>(dice() % 200);
            visit v = nobody(n, dice() % 4 == 0 ? address{} : host(n * 7919));
            if (dice() % 3 == 0) v = from_device("nobody", static_cast<std::uint8_t>(n)), v.known = false;
            if (dice() % 16 == 0) d.now += std::chrono::seconds{dice() % 4000};
            auto const no = d.begin(v);
            CAPTURE(seed, i);
            REQUIRE(no.why != reason::storage_unavailable);
            if (no.why == reason::none) flying.push_back(v);
            while (flying.size() > dice() % 12) {
                if (dice() % 2 == 0)
                    d.wrong(flying.back());
                else
                    d.withdraw(flying.back());
                flying.pop_back();
            }
        }
    }
}

}  // namespace
