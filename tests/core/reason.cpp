// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/reason.hpp>

#include <string_view>

namespace {

using sallyport::reason;

TEST_CASE("a reason's number and name are stable: they stand in logs", "[core][reason]") {
    struct {
        reason why;
        int number;
        std::string_view name;
    } const stable[] = {
        {reason::undecided, 0, "undecided"},
        {reason::invalid_credentials, 1, "invalid_credentials"},
        {reason::unknown_account, 2, "unknown_account"},
        {reason::account_disabled, 3, "account_disabled"},
        {reason::account_not_yet_valid, 4, "account_not_yet_valid"},
        {reason::account_expired, 5, "account_expired"},
        {reason::malformed_attempt, 6, "malformed_attempt"},
        {reason::penalty_delay_active, 7, "penalty_delay_active"},
        {reason::try_again_later, 8, "try_again_later"},
        {reason::session_limit_reached, 9, "session_limit_reached"},
        {reason::missing_role, 10, "missing_role"},
        {reason::overdue, 11, "overdue"},
        {reason::storage_unavailable, 12, "storage_unavailable"},
        {reason::account_changed, 13, "account_changed"},
        {reason::none, 255, "none"},
    };
    for (auto const& row : stable) {
        CHECK(static_cast<int>(row.why) == row.number);
        CHECK(to_string(row.why) == row.name);
    }
    CHECK(to_string(static_cast<reason>(200)) == "undecided");  // from a newer log
}

}  // namespace
