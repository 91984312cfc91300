// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/to.hpp>

#include <utility>
#include <vector>

namespace {

using namespace made;
using audit::to;

static_assert(audit_sink<to<audit::ring>> && ticking<to<audit::ring>>);
static_assert(noexcept(std::declval<to<audit::ring>&>().record({})), "as quiet as its sink");
static_assert(!noexcept(std::declval<to<kept>&>().record({})));

TEST_CASE("a sink that belongs to the host hears what the gate says", "[audit][to]") {
    audit::ring ring{{.capacity = 4}};
    to first{ring};
    to second{std::move(first)};
    second.record(refusal());
    CHECK(ring.recorded() == 1);
    CHECK(second.next_tick(after(0s)) == nanoseconds::max());
    CHECK(second.fault().empty());
}

TEST_CASE("ticks reach it", "[audit][to]") {
    std::vector<audit::event> told;
    audit::folding log{kept{told}, {.window = 5s}};
    to sink{log};
    sink.record(refusal(0s));
    sink.record(refusal(1s));
    CHECK(sink.next_tick(after(1s)) == 5s);
    sink.tick(after(5s));
    CHECK(told.size() == 2);
}

}  // namespace
