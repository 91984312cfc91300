// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/denial.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace std::chrono_literals;
using sallyport::denial;
using sallyport::nanoseconds;
using sallyport::reason;

constexpr reason every_reason[] = {
    reason::undecided,
    reason::invalid_credentials,
    reason::unknown_account,
    reason::account_disabled,
    reason::account_not_yet_valid,
    reason::account_expired,
    reason::malformed_attempt,
    reason::penalty_delay_active,
    reason::try_again_later,
    reason::session_limit_reached,
    reason::missing_role,
    reason::overdue,
    reason::storage_unavailable,
    reason::account_changed,
    reason::untrusted_application,
    reason::none,
};

TEST_CASE("a wait is rounded up, so that who waits so long does not come early", "[core][denial]") {
    struct {
        nanoseconds wait;
        std::int64_t ms, s;
    } const rows[] = {
        {0ns, 0, 0},
        {1ns, 1, 1},
        {999'999ns, 1, 1},
        {1ms, 1, 1},
        {1ms + 1ns, 2, 1},
        {999ms + 1ns, 1000, 1},
        {1s, 1000, 1},
        {1s + 1ns, 1001, 2},
        {10s, 10'000, 10},
        {3600s, 3'600'000, 3600},
        {-1ns, 0, 0},
        {-5s, 0, 0},
        {nanoseconds::max(), 9'223'372'036'855, 9'223'372'037},
        {nanoseconds::min(), 0, 0},
    };
    for (auto const& row : rows) {
        CAPTURE(row.wait.count());
        denial const no{reason::penalty_delay_active, row.wait};
        CHECK(no.retry_after_ms() == row.ms);
        CHECK(no.retry_after_s() == row.s);
        if (row.wait > 0ns && row.wait < 1h) {
            CHECK(std::chrono::milliseconds{no.retry_after_ms()} >= row.wait);
            CHECK(std::chrono::milliseconds{no.retry_after_ms() - 1} < row.wait);
        }
    }
}

TEST_CASE("a stranger is told the same for wrong, unknown, disabled and malformed", "[core][denial]") {
    for (reason const why : every_reason) {
        CAPTURE(to_string(why));
        denial const told = denial{why, 3s}.outward();
        CHECK(told.retry_after == 3s);  // known and unknown names wait alike
        switch (why) {
            case reason::penalty_delay_active:
            case reason::session_limit_reached:
            case reason::missing_role:
            case reason::try_again_later: CHECK(told.why == why); break;
            case reason::storage_unavailable: CHECK(told.why == reason::try_again_later); break;
            default: CHECK(told.why == reason::invalid_credentials); break;
        }
        CHECK(told.outward() == told);
    }
}

}  // namespace
