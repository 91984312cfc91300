// SPDX-License-Identifier: BSL-1.0
// Bad input: refused outwardly like any wrong one; the verifier is asked for its dummy and is given neither
// name nor secret.
#include "support/catch.hpp"
#include "support/plant.hpp"
#include "support/words.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using namespace sallyport;
using plant::by;
using plant::host;
using sallyport::audit::event_id;

struct bad_input {
    std::string what, user, password;
};
std::vector<bad_input> const& all_of_it() {
    static std::vector<bad_input> const rows{
        {"no name", "", "open sesame"},
        {"blanks for a name", "   ", "open sesame"},
        {"a name of 65 bytes", std::string(65, 'a'), "open sesame"},
        {"a name of a megabyte", std::string(1'000'000, 'a'), "open sesame"},
        {"a name that is not UTF-8", "am\xc3(ra", "open sesame"},
        {"a name in Latin-1", "am\xefra", "open sesame"},
        {"an overlong form", "amir\xc1\xa1", "open sesame"},
        {"a surrogate", "amira\xed\xa0\x80", "open sesame"},
        {"a line break", "amira\nlogin_admitted", "open sesame"},
        {"an escape sequence", "amira\x1b[2K", "open sesame"},
        {"a nought", std::string{"amira\0", 6}, "open sesame"},
        {"a nought, and more", std::string{"amira\0 of nothing", 17}, "open sesame"},
        {"nothing but a nought", std::string(1, '\0'), "open sesame"},
        {"a delete", "amira\x7f", "open sesame"},
        {"a C1 control", "amira\xc2\x85", "open sesame"},
        {"a password of 129 bytes", "amira", std::string(129, 'p')},
        {"a password of a megabyte", "amira", std::string(1'000'000, 'p')},
        {"the right password, and too much behind it", "amira", "open sesame" + std::string(128, ' ')},
    };
    return rows;
}

TEST_CASE("bad input is refused outwardly like any wrong one, and by its name in the log",
          "[authenticator][malformed]") {
    for (bad_input const& bad : all_of_it()) {
        CAPTURE(bad.what);
        auto here = plant::plcnext();
        denial const no = here.refused(bad.user, bad.password), wrong = here.refused("bo", "guess");
        CHECK(no.why == reason::malformed_attempt);
        CHECK(no.outward() == wrong.outward());
        auto const events = here.log.events();
        REQUIRE(events.size() == 2);
        CHECK(events[0].why.why == reason::malformed_attempt);
        CHECK(events[0].user == audit::as_typed(bad.user));  // cut: a sink escapes it
        CHECK((events[0].user == name{"amira"}) == (bad.user == "amira"));
        CHECK(here.gate.open_sessions() == 0);
        CHECK(here.at_the_door() == 0);
    }
}

TEST_CASE("bad input costs the verifier's work once, and tells it neither name nor secret",
          "[authenticator][malformed]") {
    for (bad_input const& bad : all_of_it()) {
        CAPTURE(bad.what);
        auto here = plant::plcnext();
        here.people.on_verify([](attempt const& a) {
            CHECK(a.user.empty());
            CHECK(a.shown.bytes.empty());
            CHECK(a.shown.kind == proof_kind::password);
            CHECK(a.source == plant::way{}.source);
            CHECK(a.service == "opcua");
        });
        (void)here.login(bad.user, bad.password);
        CHECK(here.people.asked() == 1);
        CHECK(here.people.dummies() == 1);
    }
}

/// Says yes to whatever it is asked: also for its dummy.
struct credulous {
    answer verify(attempt const&, instant) const { return principal{"anybody"}; }
};

TEST_CASE("what a verifier says of its dummy is not heard", "[authenticator][malformed]") {
    sallyport::authenticator gate{sallyport::environment{}, credulous{}};
    for (bad_input const& bad : all_of_it()) {
        CAPTURE(bad.what);
        CHECK(gate.login(by(bad.user, bad.password)).error().why == reason::malformed_attempt);
        auto p = gate.begin(by(bad.user, bad.password));
        REQUIRE(p);
        p->verified(principal{"anybody"});  // not even from the host's own directory
        CHECK(p->settle().error().why == reason::malformed_attempt);
    }
    CHECK(gate.open_sessions() == 0);
}

TEST_CASE("bad input is charged to the hash of its bytes: the third costs ten seconds",
          "[authenticator][malformed]") {
    for (bad_input const& bad : all_of_it()) {
        CAPTURE(bad.what);
        auto here = plant::plcnext();
        CHECK(here.refused(bad.user, bad.password).retry_after == 0s);
        CHECK(here.refused(bad.user, bad.password).retry_after == 0s);
        CHECK(here.refused(bad.user, bad.password) == denial{reason::malformed_attempt, 10s});
        std::size_t const asked = here.people.asked();
        CHECK(here.refused(bad.user, bad.password) ==
              denial{reason::penalty_delay_active, 40s});  // like any other name
        CHECK(here.people.asked() == asked);
        CHECK(here.login("amira", "open sesame"));  // and to nobody else: she has not been guessed at
        here.advance(40s);
        CHECK(here.refused(bad.user, bad.password).retry_after == 70s);
    }
}

TEST_CASE("two names that are both bad are two", "[authenticator][malformed]") {
    auto here = plant::plcnext();
    here.fail_times(3, "bad\n1");
    CHECK(here.refused_at_once("bad\n1", "x").why == reason::penalty_delay_active);
    CHECK(here.begin("bad\n2", "x"));
}

TEST_CASE("bad input is charged to its source", "[authenticator][malformed]") {
    plant::site here{house_options{}, penalty::backoff<penalty::by_source>{}};
    for (std::size_t i = 0; i < 3; ++i)
        (void)here.login(all_of_it()[i].user, all_of_it()[i].password, host(1));
    CHECK(here.wait("amira", host(1)) == 10s);
    CHECK(here.wait("amira", host(2)) == 0s);
}

TEST_CASE("bad input is charged to nobody while the directory is down", "[authenticator][malformed]") {
    auto here = plant::plcnext();
    here.people.down(true);
    for (int i = 0; i < 5; ++i) CHECK(here.refused("bad\n", "x") == denial{reason::try_again_later, 0s});
    CHECK(here.gate.administer("test").penalties().empty());
}

TEST_CASE("nobody's name is mistaken for the hash of a bad one", "[authenticator][malformed]") {
    auto here = plant::plcnext();
    here.fail_times(3, "bad\n1");
    auto const list = here.gate.administer("test").penalties();
    REQUIRE(list.size() == 1);
    std::string const made_up{list[0].account.view()};
    CHECK(made_up.front() == '\xff');  // it stands in no UTF-8
    CHECK(made_up.find("bad") == std::string::npos);
    CHECK(here.refused(made_up, "x").why == reason::malformed_attempt);  // and this is another one's hash
    CHECK(here.wait(made_up) == 0s);
}

TEST_CASE("the longest that is well formed is looked at", "[authenticator][malformed]") {
    auto here = plant::plcnext();
    std::string const longest_name(64, 'n'), longest(128, 'p');
    here.people.put({.is = name{longest_name}, .secret = longest});
    CHECK(here.login(longest_name, longest));
    CHECK(here.refused(longest_name, longest + "p").why == reason::malformed_attempt);
    CHECK(here.refused("amira", "").why == reason::invalid_credentials);  // an empty password is a wrong one
    CHECK(here.people.dummies() == 1);
}

TEST_CASE("an empty password with a name is that name's attempt, not a dummy", "[authenticator][malformed]") {
    auto here = plant::plcnext();
    here.fail_times(2, "amira");
    CHECK(here.refused("amira", "") == denial{reason::invalid_credentials, 10s});
    CHECK(here.people.dummies() == 0);
}

}  // namespace
