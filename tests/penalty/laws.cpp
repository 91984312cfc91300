// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/penalty/laws.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace std::chrono_literals;
using namespace sallyport::penalty;
using sallyport::nanoseconds;

constexpr std::uint32_t very_many = std::numeric_limits<std::uint32_t>::max();

struct bool_law {
    bool operator()(std::uint32_t) const noexcept { return true; }
    [[nodiscard]] std::string_view fault() const noexcept { return {}; }
};
struct throwing_law {
    nanoseconds operator()(std::uint32_t) const { return {}; }
    [[nodiscard]] std::string_view fault() const noexcept { return {}; }
};
struct law_without_fault {
    nanoseconds operator()(std::uint32_t) const noexcept { return {}; }
};
static_assert(!law<bool_law> && !law<throwing_law> && !law<law_without_fault>);
static_assert(exponential_law{}(3) == 30s, "a law can be asked by the compiler");

TEST_CASE("PLCnext: two are free, the third costs 10 s, each further one 30 s more, at most an hour",
          "[penalty][laws]") {
    plcnext_law const l;
    CHECK(l(0) == 0s);
    CHECK(l(1) == 0s);
    CHECK(l(2) == 0s);
    for (std::uint32_t n = 3; n < 1000; ++n) {
        CAPTURE(n);
        CHECK(l(n) == std::min(std::chrono::seconds{10 + 30 * (n - 3)}, 3600s));  // as it is published
    }
    CHECK(l(122) == 3580s);
    CHECK(l(123) == 3600s);  // 3610 s without the ceiling
    CHECK(l(very_many) == 3600s);
}

TEST_CASE("linear: one step more each time", "[penalty][laws]") {
    linear_law const l;
    CHECK(l(2) == 0s);
    CHECK(l(3) == 60s);
    CHECK(l(4) == 120s);
    CHECK(l(16) == 840s);
    CHECK(l(17) == 900s);
    CHECK(l(18) == 900s);
    CHECK(l(very_many) == 900s);
}

TEST_CASE("exponential: twice as long each time", "[penalty][laws]") {
    exponential_law const l;
    CHECK(l(2) == 0s);
    CHECK(l(3) == 30s);
    CHECK(l(4) == 60s);
    CHECK(l(9) == 1920s);
    CHECK(l(10) == 3600s);  // 3840 s without the ceiling
    CHECK(l(very_many) == 3600s);
    CHECK(exponential_law{.first = 1ns, .ceiling = nanoseconds::max()}(2 + 63) ==
          nanoseconds{std::int64_t{1} << 62});
    CHECK(exponential_law{.first = 1ns, .ceiling = nanoseconds::max()}(2 + 64) == nanoseconds::max());
}

TEST_CASE("Fibonacci: as long as the two before together", "[penalty][laws]") {
    fibonacci_law const l;
    nanoseconds const expected[] = {0s,   0s,   0s,   10s,  10s,  20s,   30s,   50s,   80s,
                                    130s, 210s, 340s, 550s, 890s, 1440s, 2330s, 3600s, 3600s};
    for (std::uint32_t n = 0; n < std::size(expected); ++n) {
        CAPTURE(n);
        CHECK(l(n) == expected[n]);
    }
    CHECK(l(very_many) == 3600s);
    CHECK(fibonacci_law{.unit = 1ns, .ceiling = nanoseconds::max()}(very_many) == nanoseconds::max());
}

TEST_CASE("threshold: nothing, and then always the same", "[penalty][laws]") {
    threshold_law const l;
    CHECK(l(0) == 0s);
    CHECK(l(4) == 0s);
    CHECK(l(5) == 900s);
    CHECK(l(6) == 900s);
    CHECK(l(very_many) == 900s);
}

/// What the comment of `law` promises, for whatever options.
template <class L>
void check_promises(L const& l) {
    nanoseconds before{};
    auto const next = [&](std::uint32_t n) {
        nanoseconds const now = l(n);
        CAPTURE(n);
        CHECK(now >= before);  // never less for more failures, so never negative either
        before = now;
    };
    for (std::uint32_t n = 0; n < 400; ++n) next(n);
    for (std::uint32_t n = 400; n < very_many / 3; n *= 3) next(n);
    next(very_many - 1);
    next(very_many);
}

TEST_CASE("no law ever gives less for more, nor overflows", "[penalty][laws]") {
    nanoseconds const lots = nanoseconds::max();
    check_promises(plcnext_law{});
    check_promises(plcnext_law{.free_failures = 0, .first = 1ns, .step = lots / 2, .ceiling = lots});
    check_promises(plcnext_law{.first = lots, .step = lots, .ceiling = lots});
    check_promises(plcnext_law{.free_failures = very_many});
    check_promises(plcnext_law{.step = 0s});
    check_promises(linear_law{});
    check_promises(linear_law{.free_failures = 0, .step = lots, .ceiling = lots});
    check_promises(exponential_law{});
    check_promises(exponential_law{.free_failures = very_many - 1, .first = lots, .ceiling = lots});
    check_promises(exponential_law{.free_failures = 0, .first = lots / 2, .ceiling = lots});
    check_promises(fibonacci_law{});
    check_promises(fibonacci_law{.free_failures = 0, .unit = lots / 3, .ceiling = lots});
    check_promises(threshold_law{});
    check_promises(threshold_law{.failures = very_many, .lock = lots});
}

TEST_CASE("a law says what is wrong with its options", "[penalty][laws]") {
    CHECK(plcnext_law{}.fault().empty());
    CHECK(linear_law{}.fault().empty());
    CHECK(exponential_law{}.fault().empty());
    CHECK(fibonacci_law{}.fault().empty());
    CHECK(threshold_law{}.fault().empty());

    CHECK(plcnext_law{.first = 0s}.fault() == "penalty law: a delay must be positive");
    CHECK(plcnext_law{.first = -1s}.fault() == "penalty law: a delay must be positive");
    CHECK(plcnext_law{.step = -1ns}.fault() == "penalty law: a delay must be positive");
    CHECK(plcnext_law{.step = 0s}.fault().empty());  // a flat law is a law
    CHECK(plcnext_law{.first = 10s, .ceiling = 10s}.fault().empty());
    CHECK(plcnext_law{.first = 10s, .ceiling = 10s - 1ns}.fault() ==
          "penalty law: the first delay is above the ceiling");
    CHECK(linear_law{.step = 0s}.fault() == "penalty law: a delay must be positive");
    CHECK(exponential_law{.first = 0s}.fault() == "penalty law: a delay must be positive");
    CHECK(exponential_law{.ceiling = 29s}.fault() == "penalty law: the first delay is above the ceiling");
    CHECK(fibonacci_law{.unit = 0s}.fault() == "penalty law: a delay must be positive");
    CHECK(threshold_law{.failures = 0}.fault() == "penalty::threshold_law: would lock without a failure");
    CHECK(threshold_law{.lock = 0s}.fault() == "penalty law: a delay must be positive");
}

}  // namespace
