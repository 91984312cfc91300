// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/to.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace made;
using audit::counters;
using audit::event_id;

static_assert(audit_sink<counters>&& noexcept(std::declval<counters&>().record({})));

TEST_CASE("events, refusals and endings are counted, each by its kind", "[audit][counters]") {
    counters c;
    c.record(full(event_id::login_admitted));
    c.record(refusal());
    c.record(refusal(0s, reason::missing_role));
    c.record(refusal(0s, reason::missing_role));
    c.record(full(event_id::session_closed));
    CHECK(c.of(event_id::login_admitted) == 1);
    CHECK(c.of(event_id::login_refused) == 3);
    CHECK(c.of(reason::penalty_delay_active) == 1);
    CHECK(c.of(reason::missing_role) == 2);
    CHECK(c.of(reason::invalid_credentials) == 0);
    CHECK(c.of(standing::timed_out) == 1);
    c.record(full(event_id::session_terminated));
    CHECK(c.of(standing::terminated) == 1);
    CHECK(c.of(standing::closed) == 0);
}

TEST_CASE("a refusal that nobody explained is counted as undecided", "[audit][counters]") {
    counters c;
    c.record(refusal(0s, reason::none));
    c.record(refusal(0s, reason::undecided));
    c.record(refusal(0s, reason{99}));
    CHECK(c.of(reason::undecided) == 2);
    CHECK(c.of(event_id::login_refused) == 3);
    c.record(full(event_id{77}));
    CHECK(c.of(event_id{77}) == 0);
}

TEST_CASE("folded and lost events count for what they stand for", "[audit][counters]") {
    counters c;
    audit::event e = refusal();
    c.record(e);
    e.repeated = 4812;
    c.record(e);
    CHECK(c.of(reason::penalty_delay_active) == 4813);
    c.record({.id = event_id::audit_lost, .value = 30});
    c.record({.id = event_id::audit_lost, .value = 12});
    CHECK(c.lost() == 42);
    CHECK(c.of(event_id::audit_lost) == 2);
    audit::folding folded{audit::to{c}};
    for (int i = 0; i < 5; ++i) folded.record({.id = event_id::audit_lost, .value = 7, .at = after(0s)});
    folded.flush(after(1s));
    CHECK(c.lost() == 42 + 5 * 7);
    CHECK(c.of(event_id::audit_lost) == 2 + 5);
}

TEST_CASE("the page is Prometheus' text format", "[audit][counters]") {
    counters c;
    c.record(full(event_id::login_admitted));
    c.record(refusal(0s, reason::missing_role));
    c.record(refusal(0s, reason::missing_role));
    std::string const page = c.prometheus();
    CHECK(page.back() == '\n');

    // Exposition format 0.0.4: HELP and TYPE once and before the samples of their family; families stay
    // together; no sample twice.
    static std::regex const help{R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) [^\n]+)"},
        type{R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) counter)"},
        sample{R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="[a-z_]*"(,[a-z_]+="[a-z_]*")*\})? ([0-9]+))"};
    std::istringstream lines{page};
    std::string line, family;
    std::set<std::string> families;
    std::map<std::string, std::string> samples;
    std::smatch m;
    while (std::getline(lines, line)) {
        CAPTURE(line);
        if (std::regex_match(line, m, help)) {
            family = m[1];
            CHECK(families.insert(family).second);
            CHECK(family.substr(0, 10) == "sallyport_");
            CHECK(family.substr(family.size() - 6) == "_total");
            REQUIRE(std::getline(lines, line));
            REQUIRE(std::regex_match(line, m, type));
            CHECK(m[1] == family);
        } else {
            REQUIRE(std::regex_match(line, m, sample));
            CHECK(m[1] == family);
            CHECK(samples.emplace(m[1].str() + m[2].str(), m[4].str()).second);
        }
    }
    CHECK(families.size() == 4);
    CHECK(samples.size() == 1 + audit::refusals.size() + audit::endings.size() + audit::event_ids.size() + 1);
    CHECK(samples.at(R"(sallyport_logins_total{result="admitted",reason="none"})") == "1");
    CHECK(samples.at(R"(sallyport_logins_total{result="refused",reason="missing_role"})") == "2");
    CHECK(samples.at(R"(sallyport_logins_total{result="refused",reason="invalid_credentials"})") == "0");
    CHECK(samples.at(R"(sallyport_sessions_closed_total{ending="timed_out"})") == "0");
    CHECK(samples.at(R"(sallyport_audit_events_total{event="login_refused"})") == "2");
    CHECK(samples.at("sallyport_audit_lost_total") == "0");
}

TEST_CASE("nothing that a stranger types makes the page grow", "[audit][counters]") {
    counters c;
    std::size_t const lines = [](std::string const& s) {
        return static_cast<std::size_t>(std::count(s.begin(), s.end(), '\n'));
    }(c.prometheus());
    for (int i = 0; i < 1000; ++i) {
        audit::event e = refusal();
        e.user = name{"user" + std::to_string(i)};
        e.source =
            address::ipv4(10, 0, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i % 256));
        c.record(e);
    }
    std::string const page = c.prometheus();
    CHECK(static_cast<std::size_t>(std::count(page.begin(), page.end(), '\n')) == lines);
    CHECK(page.find("user1") == std::string::npos);
}

TEST_CASE("counting allocates nothing", "[audit][counters]") {
    counters c;
    auto const all = everything();
    std::size_t const before = allocations();
    for (audit::event const& e : all) c.record(e);
    CHECK(allocations() == before);
}

TEST_CASE("counts move along", "[audit][counters]") {
    counters c;
    c.record(refusal());
    counters const moved{std::move(c)};
    CHECK(moved.of(reason::penalty_delay_active) == 1);
}

TEST_CASE("many threads count, none is missed", "[audit][counters][threads]") {
    counters c;
    std::vector<std::thread> crowd;
    for (int t = 0; t < 8; ++t)
        crowd.emplace_back([&c] {
            for (int i = 0; i < 5000; ++i) c.record(refusal());
        });
    for (auto& t : crowd) t.join();
    CHECK(c.of(reason::penalty_delay_active) == 40'000);
}

}  // namespace
