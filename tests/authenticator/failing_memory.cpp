// SPDX-License-Identifier: BSL-1.0
// Memory that cannot be had leaves no place taken and no reservation forgotten.
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/plant.hpp"
#include "support/words.hpp"

#include <new>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using plant::by;
using sallyport::audit::event_id;

#if defined(__cpp_exceptions)
/// Needs some memory to say anything.
struct hungry_directory {
    plant::directory people;
    answer verify(attempt const& a, instant now) const {
        std::string const copy(1000 + a.user.size(), 'x');
        return copy.empty() ? answer{} : people.verify(a, now);
    }
};

TEST_CASE("a verifier without memory: a failure, and nothing is left behind", "[authenticator][memory]") {
    if (!memory_for::works) return;
    sallyport::authenticator gate{sallyport::environment{}.with_clock(testing::manual_clock{}),
                                  hungry_directory{}, penalty::backoff<>{}, session::session_limit{}};
    for (int i = 0; i < 3; ++i) {
        memory_for const none{0};
        CHECK_THROWS_AS(gate.login(by("amira", "open sesame")), std::bad_alloc);
    }
    CHECK(gate.open_sessions() == 0);
    CHECK(gate.delay(by("amira", "")) == 10s);
    gate.inspect([](auto const& door, auto const& inside, auto const&...) {
        CHECK(door.size() == 0);
        CHECK(inside.size() == 0);
    });
    gate.clock().advance(10s);
    CHECK(gate.login(by("amira", "open sesame")));
}

TEST_CASE("a sink without memory: the login goes on, and the loss is told", "[authenticator][memory]") {
    if (!memory_for::works) return;
    auto here = plant::plcnext();
    {
        memory_for const none{0};
        auto const who = here.gate.begin(by("amira", "open sesame"));
        CHECK(static_cast<bool>(who));
    }
    CHECK(here.gate.audit_losses() == 1);  // the dropped one's event
    CHECK(here.log.events().empty());
    CHECK(here.login("bo", "valve-7"));
    CHECK(here.log.count(event_id::audit_lost) == 1);
    CHECK(here.last(event_id::audit_lost).value == 1);
    CHECK(here.reserved() == 0);
}

TEST_CASE("an administrator's list without memory: nothing has happened, and nothing is locked",
          "[authenticator][memory]") {
    if (!memory_for::works) return;
    auto here = plant::plcnext();
    here.fail_times(3, "amira");
    auto const who = here.login("bo", "valve-7");
    here.log.clear();
    for (std::size_t more = 0; more < 1; ++more) {
        memory_for const none{more};
        CHECK_THROWS_AS(here.gate.administer("root").sessions(), std::bad_alloc);
        CHECK_THROWS_AS(here.gate.administer("root").penalties(), std::bad_alloc);
    }
    CHECK(here.log.events().empty());
    CHECK(here.gate.administer("root").sessions().size() == 1);  // the lock is free
    CHECK(here.gate.administer("root").penalties().size() == 1);
}
#endif

TEST_CASE("a gate for which there is no memory is made, and refuses everything", "[authenticator][memory]") {
    if (!memory_for::works) return;
    auto e = sallyport::environment{}.with_house({.places = 65536});
    plant::directory const people;
    memory_for const none{0};
    sallyport::authenticator gate{std::move(e), people, penalty::backoff<>{}};
    CHECK_FALSE(gate.ready());
    CHECK(gate.fault() == "out of memory");
    CHECK(gate.begin(by("amira", "open sesame")).error().why == reason::storage_unavailable);
}

TEST_CASE("login, touch, lock, present, close: none asks for memory", "[authenticator][memory]") {
    sallyport::authenticator gate{sallyport::environment{}.with_clock(testing::manual_clock{}),
                                  plant::directory{}, penalty::backoff<>{},
                                  penalty::backoff<penalty::by_source>{}, session::session_limit{}};
    auto const everything = [&] {
        auto who = gate.login(by("amira", "open sesame", {.channel = 7}));
        bool all = who && who->touch() && who->may(plant::role("Engineer"));
        auto const token = who->token();
        all = all && token && gate.present(*token) && who->lock() && who->unlock(secret{"open sesame"});
        (void)gate.login(by("amira", "guess"));
        (void)gate.login(by("bad\nname", "guess"));
        auto p = gate.begin(by("bo", "valve-7"));
        p->withdraw();
        (void)gate.delay(by("amira", ""));
        gate.clock().advance(61s);
        (void)gate.tick();
        (void)gate.next_tick();
        return all && gate.close_channel("opcua", 7) == 1 && gate.reevaluate() == 0;
    };
    CHECK(everything());  // whatever is set up once
    auto const before = allocations();
    bool const all = everything();
    CHECK(allocations() == before);
    CHECK(all);
}

}  // namespace
