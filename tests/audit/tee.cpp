// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/tee.hpp>
#include <sallyport/audit/to.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using namespace made;
using audit::tee;
using audit::to;
using events = std::vector<audit::event>;

static_assert(
    audit_sink<tee<audit::ring, audit::counters>>&& noexcept(std::declval<tee<kept>&>().record({})));

TEST_CASE("every sink hears every event, in order", "[audit][tee]") {
    events heard;
    audit::ring ring{{.capacity = 4}};
    tee both{kept{heard}, to{ring}, audit::counters{}};
    both.record(refusal());
    CHECK(heard.size() == 1);
    CHECK(ring.recorded() == 1);
    CHECK(both.get<2>().of(reason::penalty_delay_active) == 1);
    CHECK(std::as_const(both).get<2>().of(audit::event_id::login_refused) == 1);
    CHECK(both.lost() == 0);
}

#if defined(__cpp_exceptions)
TEST_CASE("one that throws does not rob the next", "[audit][tee]") {
    struct broken {
        void record(audit::event const&) { throw std::runtime_error{"a disk"}; }
        void tick(instant) { throw 7; }
        nanoseconds next_tick(instant) { throw 7; }
    };
    events heard;
    tee three{broken{}, kept{heard}, broken{}};
    three.record(refusal());
    CHECK(heard.size() == 1);
    CHECK(three.lost() == 2);
    three.tick(after(0s));
    CHECK(three.lost() == 4);
    CHECK(three.next_tick(after(0s)) == nanoseconds::max());
}
#endif

TEST_CASE("those that tick are ticked, and the earliest is next", "[audit][tee]") {
    events heard;
    tee log{audit::folding{kept{heard}, {.window = 9s}}, audit::counters{},
            audit::folding{kept{heard}, {.window = 5s}}};
    CHECK(log.next_tick(after(0s)) == nanoseconds::max());
    log.record(refusal(0s));
    log.record(refusal(1s));
    CHECK(heard.size() == 2);
    CHECK(log.next_tick(after(1s)) == 5s);
    log.tick(after(5s));
    CHECK(heard.size() == 3);
    CHECK(log.next_tick(after(5s)) == 9s);
}

TEST_CASE("a fault of one is a fault of all", "[audit][tee]") {
    audit::ring none{{.capacity = 0}};
    CHECK(tee{audit::counters{}, to{none}}.fault() == none.fault());
    CHECK(tee{audit::counters{}, audit::ring{}}.fault().empty());
    CHECK(tee<>{}.fault().empty());
}

}  // namespace
