// SPDX-License-Identifier: BSL-1.0
// A machine that nobody told of the new password is told of, once, and no person is taken for one.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/stale_client.hpp>

#include <vector>

namespace {

using namespace at_work;
using sallyport::remark;
using sallyport::remark_kind;
using sallyport::penalty::habit;

/// Heard at these intervals: was it remarked upon, and at which?
int remarked_at(std::vector<nanoseconds> const& gaps) {
    habit h;
    nanoseconds now = 1h;
    if (h.heard(7, now)) return 0;
    for (std::size_t n = 0; n < gaps.size(); ++n)
        if (now += gaps[n]; h.heard(7, now)) return static_cast<int>(n) + 1;
    return -1;
}

TEST_CASE("five times at regular intervals is a machine", "[penalty][stale]") {
    CHECK(remarked_at({5s, 5s, 5s}) == -1);
    CHECK(remarked_at({5s, 5s, 5s, 5s}) == 4);
    CHECK(remarked_at({12h, 12h, 12h, 12h}) == 4);
    CHECK(remarked_at({5s, 5100ms, 4900ms, 5s}) == 4);
}

TEST_CASE("irregular intervals are a person's, and a burst is no habit", "[penalty][stale]") {
    CHECK(remarked_at({2s, 9s, 4s, 30s, 3s, 14s, 8s}) == -1);
    CHECK(remarked_at({1ms, 1ms, 1ms, 1ms, 1ms}) == -1);
    CHECK(remarked_at({4s, 6s, 4s, 6s, 4s, 6s}) == -1);              // CV = 0.2: not below it
    CHECK(remarked_at({40s, 59s, 40s, 59s, 40s, 59s, 40s}) == 4);    // CV = 0.19
    CHECK(remarked_at({2s, 60s, 5s, 5s, 5s, 5s, 5s, 5s, 5s}) == 8);  // once the last six are regular
}

TEST_CASE("another secret begins anew", "[penalty][stale]") {
    habit h;
    for (int n = 0; n < 4; ++n) CHECK_FALSE(h.heard(7, 1h + n * 5s));
    CHECK_FALSE(h.heard(8, 1h + 20s));
    CHECK(h.times == 1);
    CHECK_FALSE(h.heard(0, 1h + 25s));
}

TEST_CASE("a machine is remarked upon once a day", "[penalty][stale]") {
    habit h;
    int remarks = 0;
    for (int n = 0; n < 3 * 24 * 60; ++n) remarks += h.heard(7, 1h + n * 1min) ? 1 : 0;
    CHECK(remarks == 3);
    CHECK(h.every() == 1min);
}

TEST_CASE("the lanes remark upon a client that repeats one outdated secret", "[penalty][stale][lanes]") {
    lanes_at_work<> d;
    for (int n = 0; n < 100; ++n, d.now += 5s) REQUIRE(d.guess(knock("amira", here, 4711)));
    auto const r = d->take_remark();
    REQUIRE(r);
    CHECK(r->what == remark_kind::stale_client);
    CHECK(r->who.account == sallyport::name{"amira"});
    CHECK(r->who.source == here);
    CHECK(r->who.service == sallyport::service_name{"opcua"});
    CHECK(r->times == 5);
    CHECK(r->every == 5s);
    CHECK(r->for_so_long == 20s);
    CHECK_FALSE(d->take_remark());
}

TEST_CASE("an administrator's account in a machine's hands is remarked upon in particular",
          "[penalty][stale][lanes]") {
    constexpr auto admins = sallyport::role_set{}.with(3);
    lanes_at_work<> d{{.administrators = admins}};
    visit owner = knock("amira", host(1));
    REQUIRE(d.begin(owner).why == reason::none);
    d->note(sallyport::proof{owner, {owner.account, admins, 0}, at(d.now)});
    for (int n = 0; n < 10; ++n, d.now += 5s) REQUIRE(d.guess(knock("amira", here, 4711)));
    int particular = 0, others = 0;
    while (auto const r = d->take_remark())
        ++(r->what == remark_kind::stale_administrator ? particular : others);
    CHECK(particular == 1);
    CHECK(others == 1);
}

TEST_CASE("who still sends the old secret is listed, once for each place", "[penalty][stale][lanes]") {
    lanes_at_work<> d;
    d->note(sallyport::renewal{knock("amira", here, 4711), at(d.now)});
    int told = 0;
    for (int n = 0; n < 3; ++n)
        for (std::uint32_t from = 0; from < 3; ++from) {
            REQUIRE(d.guess(knock("amira", host(from), 4711)));
            while (auto const r = d->take_remark()) told += r->what == remark_kind::old_secret ? 1 : 0;
        }
    CHECK(told == 3);
}

TEST_CASE("remarks are few, whatever strangers do", "[penalty][stale][lanes]") {
    lanes_at_work<> d;
    int told = 0;
    for (std::uint32_t n = 0; n < 300; ++n)
        d->note(sallyport::renewal{knock("u" + std::to_string(n), here, 9), at(d.now)});
    for (std::uint32_t n = 0; n < 200; ++n) {
        d.guess(knock("u" + std::to_string(n), host(n), 9));
        while (d->take_remark()) ++told;
    }
    CHECK(told == 20);
}

}  // namespace
