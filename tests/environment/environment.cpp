// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/environment/environment.hpp>
#include <sallyport/environment/no_lock.hpp>
#include <sallyport/testing/manual_clock.hpp>
#include <sallyport/testing/recorder.hpp>

#include <concepts>
#include <type_traits>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::testing::manual_clock;
using sallyport::testing::recorder;

static_assert(
    std::same_as<decltype(sallyport::environment{}),
                 sallyport::environment<boot_clock, heap_storage<std::mutex>, no_audit, condition_waiter>>,
    "what stands in fwd.hpp is what one gets");
static_assert(std::is_empty_v<no_audit> && std::is_empty_v<no_lock> && std::is_empty_v<no_waiter>,
              "what is not used costs nothing");

TEST_CASE("each with_… replaces one part and keeps the others, in any order", "[environment]") {
    recorder log;
    auto const one = sallyport::environment{}
                         .with_clock(manual_clock{instant{7s, 8s, true}})
                         .with_audit(log)
                         .with_house({.doors = 32})
                         .with_storage(heap_storage<no_lock>{});
    auto const other = sallyport::environment{}
                           .with_storage(heap_storage<no_lock>{})
                           .with_house({.doors = 32})
                           .with_audit(log)
                           .with_clock(manual_clock{instant{7s, 8s, true}});
    static_assert(std::same_as<decltype(one), decltype(other)>);
    static_assert(
        std::same_as<decltype(one),
                     sallyport::environment<manual_clock, heap_storage<no_lock>, recorder, no_waiter> const>);
    CHECK(one.house.doors == 32);
    CHECK(other.house.doors == 32);
    CHECK(one.clock.now().steady == 7s);
    CHECK(other.clock.now().wall == 8s);
}

TEST_CASE("a storage brings the waiter that suits it, and one named after it stays", "[environment]") {
    static_assert(
        std::same_as<decltype(sallyport::environment{}.with_storage(heap_storage<no_lock>{}).waiter),
                     no_waiter>);
    static_assert(std::same_as<decltype(sallyport::environment{}.with_storage(heap_storage<>{}).waiter),
                               condition_waiter>);
    static_assert(
        std::same_as<
            decltype(
                sallyport::environment{}.with_storage(heap_storage<>{}).with_waiter(polling_waiter{}).waiter),
            polling_waiter>);
    auto e = sallyport::environment{}.with_waiter(polling_waiter{1ms}).with_house({.places = 3});
    CHECK(e.house.places == 3);
    CHECK(e.waiter.wait(0, 1ns));
}

TEST_CASE("nobody's audit and nobody's lock do nothing, and that without a word", "[environment]") {
    no_audit{}.record({});
    no_lock l;
    l.lock();
    l.lock();
    l.unlock();
    SUCCEED();
}

}  // namespace
