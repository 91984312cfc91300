// SPDX-License-Identifier: BSL-1.0
// The replayed gate against a plain model of the published rules, on random traces; and the edges by hand.
#include "same.hpp"

#include <replay/simulation.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using sallyport::reason;

replay::directory people() {
    replay::directory d;
    REQUIRE(d.add("admin", "valve-7", {}));
    REQUIRE(d.add("bo", "pump-3", {}));
    return d;
}

/// Plays entries through a gate of the given preset; one outcome for each.
std::vector<replay::outcome> play(std::vector<replay::entry> trace, bool resilient = false,
                                  std::uint32_t total = 32) {
    std::vector<replay::outcome> out;
    sallyport::presets::plcnext_options rules;
    rules.sessions.total = total;
    if (resilient) rules.penalties.on_early_attempt = sallyport::penalty::early_attempt::freeze;
    auto const make = [rules](replay::trace_clock clock, replay::shared_directory accounts) {
        auto env = sallyport::environment{}.with_clock(clock).with_house({.doors = 256, .idle = {}});
        return sallyport::presets::plcnext(std::move(env), accounts, rules);
    };
    replay::simulation device{people(), make, [&](replay::outcome const& o) { out.push_back(o); }};
    for (auto& e : trace) device.play(std::move(e));
    device.finish();
    return out;
}

replay::entry at(std::int64_t ms, std::string user, std::string secret, std::int64_t takes = 0) {
    replay::login l;
    l.user = std::move(user), l.secret = std::move(secret), l.source = "192.0.2.7", l.service = "opcua",
    l.takes_ms = takes;
    return {ms, l};
}

/// The published rules, as plainly as they can be written: unbounded maps, milliseconds, no library.
class model {
public:
    model(bool freeze, std::size_t total) : freeze_{freeze}, total_{total} {}

    void play(replay::entry const& e) {
        settle_until(e.at_ms);
        auto const line = static_cast<std::int64_t>(out.size()) + 1;
        out.push_back({line, e.at_ms});
        if (auto const* c = std::get_if<replay::close>(&e.what)) {
            open_.erase(c->opened_by);
            return done(line);
        }
        if (std::get_if<replay::restart>(&e.what) != nullptr) {
            open_.clear();
            for (auto const& [when, l] : flying_)
                say(when.second, "refused", reason::try_again_later, 0, false);
            flying_.clear(), records_.clear();
            return done(line);
        }
        if (auto const* c = std::get_if<replay::change>(&e.what)) {
            if (secrets_.count(c->user) != 0) secrets_[c->user] = c->new_secret;
            return done(line);
        }
        auto const& l = std::get<replay::login>(e.what);
        auto& r = records_[l.user];
        if (e.at_ms < r.open_at) {
            if (!freeze_) fail(r, e.at_ms);
            return say(line, "refused", reason::penalty_delay_active, r.open_at - e.at_ms, false);
        }
        if (r.flying > 0 && delay(r.failures + r.flying) > 0)
            return say(line, "refused", reason::try_again_later, 0, false);
        ++r.flying;
        flying_[{e.at_ms + l.takes_ms, line}] = l;
        if (l.takes_ms == 0) settle_until(e.at_ms);
    }
    void settle_until(std::int64_t now) {
        while (!flying_.empty() && flying_.begin()->first.first <= now) {
            auto const [when, line] = flying_.begin()->first;
            auto const l = flying_.begin()->second;
            flying_.erase(flying_.begin());
            auto& r = records_[l.user];
            --r.flying;
            if (l.unavailable) {
                say(line, "refused", reason::try_again_later, 0, false);
            } else if (auto const s = secrets_.find(l.user); s == secrets_.end() || s->second != l.secret) {
                fail(r, when);
                say(line, "refused", reason::invalid_credentials, std::max<std::int64_t>(r.open_at - when, 0),
                    true);
            } else {
                r.failures = 0, r.open_at = 0;
                if (open_.size() >= total_)
                    say(line, "refused", reason::session_limit_reached, 0, true);
                else
                    open_[line] = true, say(line, "admitted", reason::none, 0, true);
            }
        }
    }
    std::vector<replay::outcome> out;

private:
    struct record {
        std::int64_t failures = 0, flying = 0, open_at = 0;
    };
    static std::int64_t delay(std::int64_t n) {
        return n < 3 ? 0 : std::min<std::int64_t>(10'000 + 30'000 * (n - 3), 3'600'000);
    }
    static void fail(record& r, std::int64_t now) {
        ++r.failures, r.open_at = std::max(r.open_at, now + delay(r.failures));
    }
    void say(std::int64_t line, std::string_view verdict, reason why, std::int64_t retry, bool verified) {
        auto& o = out[static_cast<std::size_t>(line) - 1];
        o = {line, o.at_ms, verdict, why, retry, verified, open_.size()};
    }
    void done(std::int64_t line) { say(line, "done", reason::none, 0, false); }

    bool freeze_;
    std::size_t total_;
    std::map<std::string, record> records_;
    std::map<std::string, std::string> secrets_{{"admin", "valve-7"}, {"bo", "pump-3"}};
    std::map<std::pair<std::int64_t, std::int64_t>, replay::login> flying_;
    std::map<std::int64_t, bool> open_;
};

std::vector<replay::entry> random_trace(std::mt19937& dice, int lines) {
    static char const* const users[] = {"admin", "bo", "nobody"};
    static char const* const secrets[] = {"valve-7", "pump-3", "wrong", "old"};
    std::vector<replay::entry> trace;
    std::int64_t now = 0;
    for (int i = 0; i < lines; ++i) {
        now += dice() % 4 == 0   ? 0
               : dice() % 3 == 0 ? 10'000 * (dice() % 4)
               : dice() % 3 == 0 ? dice() % 200'000
                                 : dice() % 2'000;
        switch (dice() % 40) {
            case 0: trace.push_back({now, replay::restart{dice() % 2 == 0}}); break;
            case 1: trace.push_back({now, replay::change{users[dice() % 3], "", secrets[dice() % 4]}}); break;
            case 2:
            case 3:
            case 4:
                trace.push_back(
                    {now, replay::close{static_cast<std::int64_t>(dice() % static_cast<unsigned>(i + 2))}});
                break;
            default: {
                auto e =
                    at(now, users[dice() % 3], secrets[dice() % 4], dice() % 3 == 0 ? dice() % 20'000 : 0);
                std::get<replay::login>(e.what).unavailable = dice() % 10 == 0;
                trace.push_back(std::move(e));
            }
        }
    }
    return trace;
}

}  // namespace

TEST_CASE("random traces: the gate and the published rules agree, line by line", "[replay]") {
    std::mt19937 dice{20261121};
    for (int round = 0; round < 600; ++round) {
        bool const freeze = round % 2 != 0;
        auto const total = static_cast<std::uint32_t>(1 + dice() % 4);
        auto const trace = random_trace(dice, 120);
        model rules{freeze, total};
        for (auto const& e : trace) rules.play(e);
        rules.settle_until(replay::latest_ms);
        check_same(play(trace, freeze, total), rules.out);
    }
}

TEST_CASE("a known and an unknown name give the same line in every field", "[replay]") {
    std::vector<replay::entry> known, unknown;
    for (int i = 0; i < 12; ++i) {
        known.push_back(at(i * 9'000, "admin", "wrong", i % 3 * 100));
        unknown.push_back(at(i * 9'000, "nobody", "wrong", i % 3 * 100));
    }
    check_same(play(known), play(unknown));
}

TEST_CASE("a malformed name is refused, and no verification ran", "[replay]") {
    for (std::string const& user :
         {std::string{}, std::string(65, 'a'), std::string{"\x07"}, std::string{"\xff"}}) {
        auto const out = play({at(0, user, "valve-7")});
        CHECK(out[0].why == reason::malformed_attempt);
        CHECK((out[0].verdict == "refused" && !out[0].verified && out[0].retry_after_ms == 0));
    }
    CHECK(play({at(0, std::string(64, 'a'), "x")})[0].why == reason::invalid_credentials);
}

TEST_CASE("a verification may last sixty seconds, and not a millisecond more", "[replay]") {
    CHECK(play({at(0, "admin", "valve-7", 60'000)})[0].verdict == "admitted");
    CHECK(play({at(0, "admin", "valve-7", 60'001)})[0].why == reason::overdue);
}

TEST_CASE("spellings of one name share one penalty", "[replay]") {
    auto const out =
        play({at(0, "admin", "x"), at(1, "ADMIN", "x"), at(2, " Admin ", "x"), at(3, "admin", "valve-7")});
    CHECK(out[2].retry_after_ms == 10'000);
    CHECK(out[3].why == reason::penalty_delay_active);
}
