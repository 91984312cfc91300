// SPDX-License-Identifier: BSL-1.0
#include "authenticator/house.hpp"
#include "support/catch.hpp"

#include <sallyport/host/plcnext.hpp>
#include <sallyport/presets/plcnext.hpp>

#include <string>

namespace {

using namespace gatehouse;
using sallyport::host::plcnext::authentication_error;
using sallyport::host::plcnext::to_authentication_error;
using sallyport::host::plcnext::user_manager;

attempt const channel{.source = here, .service = "opcua", .channel = 7};

bool is_zero(sallyport::session::session_token const& t) { return (t.bits[0] | t.bits[1]) == 0; }

TEST_CASE("the numbers of AuthenticationError are those of a PLCnext User Manager", "[host][plcnext]") {
    CHECK(static_cast<int>(authentication_error::none) == 0);
    CHECK(static_cast<int>(authentication_error::invalid_credentials) == 1);
    CHECK(static_cast<int>(authentication_error::penalty_delay_active) == 2);
    CHECK(static_cast<int>(authentication_error::session_limit_reached) == 3);
    CHECK(static_cast<int>(authentication_error::user_password_expired) == 4);
    CHECK(static_cast<int>(authentication_error::try_again_later) == 5);
}

TEST_CASE("each reason has an answer that tells a stranger nothing", "[host][plcnext]") {
    struct {
        reason why;
        authentication_error is;
    } const answers[] = {
        {reason::undecided, authentication_error::invalid_credentials},
        {reason::invalid_credentials, authentication_error::invalid_credentials},
        {reason::unknown_account, authentication_error::invalid_credentials},
        {reason::account_disabled, authentication_error::invalid_credentials},
        {reason::account_not_yet_valid, authentication_error::invalid_credentials},
        {reason::account_expired, authentication_error::invalid_credentials},
        {reason::malformed_attempt, authentication_error::invalid_credentials},
        {reason::missing_role, authentication_error::invalid_credentials},
        {reason::overdue, authentication_error::invalid_credentials},
        {reason::untrusted_application, authentication_error::invalid_credentials},
        {reason::account_changed, authentication_error::invalid_credentials},
        {reason::penalty_delay_active, authentication_error::penalty_delay_active},
        {reason::session_limit_reached, authentication_error::session_limit_reached},
        {reason::try_again_later, authentication_error::try_again_later},
        {reason::storage_unavailable, authentication_error::try_again_later},
    };
    for (auto const& a : answers) {
        CAPTURE(to_string(a.why));
        CHECK(to_authentication_error({a.why, 5s}) == a.is);
    }
}

TEST_CASE("a session is made, prolonged and closed by its token", "[host][plcnext]") {
    auto at = published();
    user_manager um{at.gate};
    auto const made = um.create_session("amira", secret{"valve-7"}, channel);
    CHECK(made.error == authentication_error::none);
    CHECK_FALSE(is_zero(made.security_token));
    CHECK(made.penalty_delay_millis == 0);
    CHECK(made.initial_time_out_millis == 1'200'000);
    CHECK(at.gate.open_sessions() == 1);
    CHECK(at.gate.present(made.security_token)->channel == 7);

    at.wait(19min);
    CHECK(um.prolong_session(made.security_token));
    at.wait(19min);
    CHECK(um.prolong_session(made.security_token));
    CHECK(um.close_session(made.security_token));
    CHECK_FALSE(um.close_session(made.security_token));
    CHECK_FALSE(um.prolong_session(made.security_token));
    CHECK_FALSE(um.prolong_session({}));
    CHECK_FALSE(um.close_session({}));
    CHECK(at.gate.open_sessions() == 0);
}

TEST_CASE("a session that is not prolonged ends", "[host][plcnext]") {
    auto at = published();
    user_manager um{at.gate};
    auto const made = um.create_session("amira", secret{"valve-7"}, channel);
    at.wait(20min);
    CHECK_FALSE(um.prolong_session(made.security_token));
    auto const gone = at.gate.tick();
    REQUIRE(gone);
    CHECK(gone->channel == 7);
}

TEST_CASE("without an idle time-out none is named", "[host][plcnext]") {
    auto at = published({.idle = 0s});
    user_manager um{at.gate};
    auto const made = um.create_session("amira", secret{"valve-7"}, channel);
    CHECK(made.error == authentication_error::none);
    CHECK(made.initial_time_out_millis == 0);
}

TEST_CASE("a refusal has no token, and names the delay in milliseconds", "[host][plcnext]") {
    auto at = published();
    user_manager um{at.gate};
    for (std::uint32_t const delay : {0U, 0U, 10'000U}) {
        auto const no = um.create_session("amira", secret{"wrong"}, channel);
        CHECK(no.error == authentication_error::invalid_credentials);
        CHECK(no.penalty_delay_millis == delay);
        CHECK(is_zero(no.security_token));
    }
    at.wait(1s);
    auto const early = um.create_session("amira", secret{"valve-7"}, channel);
    CHECK(early.error == authentication_error::penalty_delay_active);
    CHECK(early.penalty_delay_millis == 40'000);  // it has extended it
    CHECK(is_zero(early.security_token));
    at.wait(40s);
    CHECK(um.create_session("amira", secret{"valve-7"}, channel).error == authentication_error::none);
}

TEST_CASE("a delay beyond what 32 bits hold is not cut to a short one", "[host][plcnext]") {
    auto at =
        site{house_options{},
             sallyport::penalty::backoff<>{{.law = {.first = 24h * 365, .step = 0s, .ceiling = 24h * 365}}}};
    user_manager um{at.gate};
    sallyport::host::plcnext::created_session last;
    for (int i = 0; i < 3; ++i) last = um.create_session("amira", secret{"wrong"}, channel);
    CHECK(last.penalty_delay_millis == 4'294'967'295U);
}

TEST_CASE("a full house is told as such", "[host][plcnext]") {
    auto at = published({}, {.total = 1});
    user_manager um{at.gate};
    auto const one = um.create_session("amira", secret{"valve-7"}, channel);
    CHECK(one.error == authentication_error::none);
    auto const two = um.create_session("bo", secret{"pump-3"}, channel);
    CHECK(two.error == authentication_error::session_limit_reached);
    CHECK(is_zero(two.security_token));
    CHECK(um.close_session(one.security_token));
    CHECK(um.create_session("bo", secret{"pump-3"}, channel).error == authentication_error::none);
}

TEST_CASE("a password that must be changed is told, and opens no session", "[host][plcnext]") {
    auto at = published();
    at.folk.book->mark("bo", principal::must_change_password);
    user_manager um{at.gate};
    auto const expired = um.create_session("bo", secret{"pump-3"}, channel);
    CHECK(expired.error == authentication_error::user_password_expired);
    CHECK(is_zero(expired.security_token));
    CHECK(at.gate.open_sessions() == 0);
    CHECK(um.create_session("bo", secret{"wrong"}, channel).error ==
          authentication_error::invalid_credentials);
}

TEST_CASE("a directory that is down, and a malformed attempt", "[host][plcnext]") {
    auto at = published();
    user_manager um{at.gate};
    CHECK(um.create_session(std::string(65, 'a'), secret{"x"}, channel).error ==
          authentication_error::invalid_credentials);
    CHECK(um.create_session("amira", secret{std::string(129, 'x')}, channel).error ==
          authentication_error::invalid_credentials);
    at.folk.book->down = true;
    auto const later = um.create_session("amira", secret{"valve-7"}, channel);
    CHECK(later.error == authentication_error::try_again_later);
    CHECK(later.penalty_delay_millis == 0);
}

TEST_CASE("a locked session is not prolonged", "[host][plcnext]") {
    auto at = published();
    user_manager um{at.gate};
    auto const made = um.create_session("amira", secret{"valve-7"}, channel);
    auto const number = at.gate.present(made.security_token)->number;
    REQUIRE(at.gate.lock(number));
    CHECK_FALSE(um.prolong_session(made.security_token));
    CHECK(um.close_session(made.security_token));
}

TEST_CASE("what is made by default is a refusal", "[host][plcnext]") {
    sallyport::host::plcnext::created_session const nobody;
    CHECK(nobody.error == authentication_error::invalid_credentials);
    CHECK(is_zero(nobody.security_token));
}

}  // namespace
