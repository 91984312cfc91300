// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/stale_clients.hpp>

#include <string>
#include <utility>

namespace {

using namespace made;
using audit::event_id;
using audit::stale_clients;

static_assert(audit_sink<stale_clients>&& noexcept(std::declval<stale_clients&>().record({})));

/// A machine has sent an old secret of that user for the n-th time, in so long.
audit::event heard(name const& user, std::uint64_t times, nanoseconds within, nanoseconds at,
                   event_id id = event_id::stale_client) {
    return {.id = id,
            .user = user,
            .source = address::ipv4(192, 0, 2, 7),
            .service = "opcua",
            .value = times,
            .at = after(at),
            .within = within};
}
audit::event let_in(audit::event e, nanoseconds at) {
    e.id = event_id::login_admitted;
    e.at = after(at);
    return e;
}

TEST_CASE("who it is, where, how often and since when", "[audit][stale_clients]") {
    stale_clients all;
    CHECK(all.list(after(0s)).empty());
    all.record(heard("amira", 5, 20s, 100s));
    auto const list = all.list(after(100s));
    REQUIRE(list.size() == 1);
    auto const& m = list.front();
    CHECK(m.user == name{"amira"});
    CHECK(m.source == address::ipv4(192, 0, 2, 7));
    CHECK(m.service == service_name{"opcua"});
    CHECK(m.times == 5);
    CHECK(m.every == 5s);
    CHECK(m.since_wall == that_afternoon + 80s);
    CHECK(m.told.steady == 100s);
    CHECK_FALSE(m.administers);
    CHECK_FALSE(m.sends_old_secret);
    CHECK_FALSE(m.let_in_since);
}

TEST_CASE("one line for each user, source, service and device, however the name is spelt",
          "[audit][stale_clients]") {
    stale_clients all;
    auto const first = heard("amira", 5, 20s, 100s);
    all.record(first);
    all.record(heard(" Amira", 17'285, 24h, 24h));
    CHECK(all.list(after(24h)).size() == 1);
    CHECK(all.list(after(24h)).front().times == 17'285);
    for (auto change : {+[](audit::event& e) { e.user = "bo"; }, +[](audit::event& e) { e.service = "wbm"; },
                        +[](audit::event& e) { e.source = address::ipv4(192, 0, 2, 8); },
                        +[](audit::event& e) { e.device.bytes[0] = 1; }}) {
        auto other = first;
        change(other);
        auto const before = all.list(after(100s)).size();
        all.record(other);
        CHECK(all.list(after(100s)).size() == before + 1);
    }
}

TEST_CASE("an administrator's account and an old secret are said, and numbers that are known stay",
          "[audit][stale_clients]") {
    stale_clients all;
    all.record(heard("olga", 5, 20s, 100s));
    all.record(heard("olga", 5, 20s, 100s, event_id::stale_administrator));
    all.record(heard("olga", 1, 0s, 160s, event_id::old_secret_in_use));
    auto const list = all.list(after(160s));
    REQUIRE(list.size() == 1);
    CHECK(list.front().administers);
    CHECK(list.front().sends_old_secret);
    CHECK(list.front().times == 5);
    CHECK(list.front().every == 5s);
    CHECK(list.front().told.steady == 160s);
}

TEST_CASE("a right secret from there is noted until it is heard again", "[audit][stale_clients]") {
    stale_clients all;
    auto const e = heard("amira", 5, 20s, 100s);
    all.record(e);
    auto elsewhere = let_in(e, 101s);
    elsewhere.source = address::ipv4(192, 0, 2, 8);
    all.record(elsewhere);
    CHECK_FALSE(all.list(after(101s)).front().let_in_since);
    all.record(let_in(e, 102s));
    CHECK(all.list(after(102s)).front().let_in_since);
    all.record(heard("amira", 9, 1h, 1h));
    CHECK_FALSE(all.list(after(1h)).front().let_in_since);
}

TEST_CASE("what has not been told of for 26 hours is over", "[audit][stale_clients]") {
    stale_clients all;
    all.record(heard("amira", 5, 20s, 100s));
    CHECK(all.list(after(100s + 26h - 1ns)).size() == 1);
    CHECK(all.list(after(100s + 26h)).empty());
}

TEST_CASE("the newest stand first; no more than sixty-four, and the one told of longest ago goes",
          "[audit][stale_clients]") {
    stale_clients all;
    for (int n = 0; n < 65; ++n)
        all.record(heard(std::string_view{"user" + std::to_string(n)}, 5, 20s, std::chrono::seconds{n + 1}));
    auto const list = all.list(after(65s));
    REQUIRE(list.size() == stale_clients::capacity);
    CHECK(list.front().user == name{"user64"});
    CHECK(list.back().user == name{"user1"});
}

TEST_CASE("other events and nameless ones make no line, and nothing is allocated", "[audit][stale_clients]") {
    stale_clients all;
    auto const before = allocations();
    for (event_id const id : audit::event_ids)
        if (id != event_id::stale_client && id != event_id::stale_administrator &&
            id != event_id::old_secret_in_use)
            all.record(full(id));
    all.record(heard("", 5, 20s, 100s));
    all.record(heard("amira", 5, 20s, 100s));
    CHECK(allocations() == before);
    CHECK(all.list(after(100s)).size() == 1);
}

}  // namespace
