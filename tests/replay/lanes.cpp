// SPDX-License-Identifier: BSL-1.0
// The lanes behind `--gate resilient` against a plain model of their rules, on random traces: every account, place,
// device and pair with a budget of its own in unbounded maps, nanoseconds, and nothing of the library.
#include "same.hpp"

#include <replay/gates.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace {

using sallyport::reason;
using ns = std::int64_t;
constexpr ns ms = 1'000'000, s = 1000 * ms, minute = 60 * s, hour = 60 * minute;

enum kind { strangers, account_and_source, source, trusted, paired, device, console, repeat };

/// Wrong ones at once, and the time for one more.
struct rate {
    ns burst, every;
};
constexpr rate rates[] = {{10, hour},       {5, 4 * hour}, {20, minute},    {10, hour},
                          {10, 5 * minute}, {20, minute},  {5, 5 * minute}, {20, s}};

struct budget {
    ns tat = 0, flying = 0;
    [[nodiscard]] bool lets(rate r, ns now, ns beside) const {
        return std::max(tat, now) + (beside + 1) * r.every - now <= r.burst * r.every;
    }
    [[nodiscard]] ns wait(rate r, ns now) const {
        return std::max<ns>(0, std::max(tat, now) + r.every - r.burst * r.every - now);
    }
    void fail(rate r, ns now) { --flying, tat = std::max(tat, now) + r.every; }
};
using which = std::tuple<kind, std::string, std::string, std::string>;

class model {
public:
    explicit model(std::size_t total) : total_{total} {}

    void play(replay::entry const& e) {
        settle_until(e.at_ms);
        auto const line = static_cast<std::int64_t>(out.size()) + 1;
        out.push_back({line, e.at_ms});
        std::visit([&](auto const& what) { act(line, hour + e.at_ms * ms, what); }, e.what);
    }
    void settle_until(std::int64_t at_ms) {
        while (!flying_.empty() && flying_.begin()->first.first <= at_ms) {
            auto const next = *flying_.begin();
            flying_.erase(flying_.begin());
            settle(next.first.second, hour + next.first.first * ms, next.second);
        }
    }
    std::vector<replay::outcome> out;
    std::map<std::string, int> seen;  // what the traces came across

private:
    /// What an attempt pays, as found out at its arrival.
    struct bill {
        replay::login what;
        std::vector<which> lanes{};
        std::string place{}, said{};  // from where, and the secret under its epoch
        bool malformed = false;
    };

    static std::string folded(std::string u) {
        std::transform(u.begin(), u.end(), u.begin(), [](unsigned char c) { return std::tolower(c); });
        return u;
    }
    static bool is_malformed(std::string const& u) {
        return u.empty() || u.size() > 64 || u.find('\n') != std::string::npos;
    }
    bill reckon(replay::login const& l, ns now, bool fresh) {
        bill b{.what = l, .malformed = is_malformed(l.user)};
        std::string const u = b.malformed ? "malformed " + l.user : folded(l.user);
        bool const is_pair = !l.device.empty() && pairs_.count({u, l.device}) != 0;
        b.place = is_pair             ? "pair " + l.device
                  : !l.device.empty() ? "device " + l.device
                  : !l.source.empty() ? "source " + l.source
                                      : "";
        b.said = std::to_string(epochs_[u]) + " " + l.secret;
        bool repeated = false, old = false;
        if (!fresh && !b.malformed) {
            auto const& ring = rings_[{u, b.place}];
            repeated = !b.place.empty() && std::find(ring.begin(), ring.end(), b.said) != ring.end();
            for (auto const& [secret, until] : old_[u]) old = old || (secret == l.secret && now < until);
        }
        auto const pays = [&](kind k, std::string const& x = {}, std::string const& y = {}) {
            b.lanes.push_back({k, u, x, y});
        };
        if (repeated) return pays(repeat, b.place), ++seen["repeated"], b;
        if (l.console) {
            if (!old) pays(console);
        } else if (is_pair) {
            if (!old) pays(paired, l.device);
        } else {
            if (!old) pays(l.device.empty() ? strangers : trusted);
            if (l.device.empty() && !l.source.empty()) {
                pays(account_and_source, l.source);
                b.lanes.push_back({source, "", l.source, ""});
            }
        }
        if (!l.device.empty()) b.lanes.push_back({device, "", l.device, ""});
        if (old) ++seen["old"];
        return b;
    }
    ns wait(bill const& b, ns now) {
        ns longest = 0;
        for (auto const& k : b.lanes)
            longest = std::max(longest, budgets_[k].wait(rates[std::get<0>(k)], now));
        return longest;
    }
    std::int64_t retry(bill const& b, ns now) { return (wait(reckon(b.what, now, true), now) + ms - 1) / ms; }

    void act(std::int64_t line, ns now, replay::login const& l) {
        if (l.paired && !l.device.empty() && !is_malformed(l.user)) pairs_.insert({folded(l.user), l.device});
        bill const b = reckon(l, now, false);
        if (wait(b, now) > 0) return say(line, "refused", reason::penalty_delay_active, retry(b, now), false);
        for (auto const& k : b.lanes)
            if (!budgets_[k].lets(rates[std::get<0>(k)], now, budgets_[k].flying))
                return say(line, "refused", reason::try_again_later, 0, false);
        for (auto const& k : b.lanes) ++budgets_[k].flying;
        flying_[{(now - hour) / ms + l.takes_ms, line}] = b;
        settle_until((now - hour) / ms);
    }
    void settle(std::int64_t line, ns now, bill const& b) {
        auto const& l = b.what;
        auto const account = secrets_.find(l.user);
        bool const right = !b.malformed && account != secrets_.end() && account->second == l.secret;
        if (l.unavailable || right)
            for (auto const& k : b.lanes) --budgets_[k].flying;
        if (l.unavailable) return say(line, "refused", reason::try_again_later, 0, false);
        if (!right) {
            for (auto const& k : b.lanes) budgets_[k].fail(rates[std::get<0>(k)], now);
            if (b.malformed) return say(line, "refused", reason::malformed_attempt, 0, false);
            auto& ring = rings_[{folded(l.user), b.place}];
            if (std::find(ring.begin(), ring.end(), b.said) == ring.end()) ring.push_back(b.said);
            if (ring.size() > 4) ring.pop_front();
            return say(line, "refused", reason::invalid_credentials, retry(b, now), true);
        }
        if (!l.device.empty()) pairs_.insert({folded(l.user), l.device});
        if (open_.size() >= total_) return say(line, "refused", reason::session_limit_reached, 0, true);
        open_.insert(line);
        say(line, "admitted", reason::none, 0, true);
    }
    void act(std::int64_t line, ns, replay::close const& c) {
        open_.erase(c.opened_by);
        say(line, "done", reason::none, 0, false);
    }
    void act(std::int64_t line, ns now, replay::change const& c) {
        if (secrets_.count(c.user) != 0) {
            secrets_[c.user] = c.new_secret;
            ++epochs_[c.user];
            auto& known = old_[c.user];
            if (!c.old_secret.empty()) {
                if (!known.empty() && known.front().first == c.old_secret) known.pop_front();
                known.push_front({c.old_secret, now + 30 * 24 * hour});
                if (known.size() > 2) known.pop_back();
            }
        }
        say(line, "done", reason::none, 0, false);
    }
    /// What is in flight counts; accounts' and pairs' budgets outlive a clean restart, and nothing else does.
    void act(std::int64_t line, ns now, replay::restart const&) {
        open_.clear();
        for (auto const& [when, b] : flying_) {
            for (auto const& k : b.lanes) budgets_[k].fail(rates[std::get<0>(k)], now);
            say(when.second, "refused", reason::try_again_later, 0, false);
        }
        flying_.clear(), rings_.clear(), old_.clear();
        for (auto at = budgets_.begin(); at != budgets_.end();) {
            kind const k = std::get<0>(at->first);
            bool const kept = k == strangers || k == trusted || k == console || k == paired;
            at = kept ? std::next(at) : budgets_.erase(at);
        }
        say(line, "done", reason::none, 0, false);
    }
    void say(std::int64_t line, std::string_view verdict, reason why, std::int64_t retry_ms, bool verified) {
        auto& o = out[static_cast<std::size_t>(line) - 1];
        o = {line, o.at_ms, verdict, why, retry_ms, verified, open_.size()};
        ++seen[std::string{to_string(why)}];
    }

    std::size_t total_;
    std::map<std::string, std::string> secrets_{{"admin", "valve-7"}, {"bo", "pump-3"}};
    std::map<std::string, int> epochs_;
    std::map<which, budget> budgets_;
    std::map<std::pair<std::string, std::string>, std::deque<std::string>> rings_;
    std::map<std::string, std::deque<std::pair<std::string, ns>>> old_;
    std::set<std::pair<std::string, std::string>> pairs_;
    std::map<std::pair<std::int64_t, std::int64_t>, bill> flying_;
    std::set<std::int64_t> open_;
};

std::vector<replay::entry> random_trace(std::mt19937& dice, int lines) {
    auto const one_of = [&](std::vector<std::string> const& all) { return all[dice() % all.size()]; };
    auto const in = [&](unsigned n) { return dice() % n == 0; };
    std::vector<replay::entry> trace;
    std::int64_t now = 0;
    bool const slow = in(3);
    for (int i = 0; i < lines; ++i) {
        now += in(3) ? 0 : slow ? dice() % 14'400'000 : in(2) ? dice() % 2'000 : dice() % 600'000;
        std::vector<std::string> const secrets{
            "valve-7", "pump-3", "new", "w1", "w2", "w3", "w4", "w5", "w6", std::to_string(dice() % 500)};
        switch (dice() % 40) {
            case 0: trace.push_back({now, replay::restart{}}); continue;
            case 1:
                trace.push_back({now, replay::change{one_of({"admin", "bo", "nobody"}),
                                                     one_of({"valve-7", "pump-3", "new", "w1", ""}),
                                                     one_of({"valve-7", "pump-3", "new"})}});
                continue;
            case 2: trace.push_back({now, replay::close{static_cast<std::int64_t>(dice() % 200)}}); continue;
            default: break;
        }
        replay::login l;
        l.user =
            in(40) ? one_of({"", std::string(65, 'a'), "x\ny"}) : one_of({"admin", "Admin", "bo", "nobody"});
        l.secret = one_of(secrets);
        l.source = one_of({"192.0.2.1", "192.0.2.2", "2001:db8::1", ""});
        l.service = one_of({"opcua", "wbm"});
        if (in(3)) l.device = one_of({"scada-1", "scada-2", "panel"});
        l.paired = !l.device.empty() && in(5);
        l.console = in(20);
        l.unavailable = in(20);
        if (in(3)) l.takes_ms = std::vector<std::int64_t>{1, 100, 5'000, 60'000}[dice() % 4];
        trace.push_back({now, l});
    }
    return trace;
}

std::vector<replay::outcome> play(std::vector<replay::entry> trace, std::uint32_t total) {
    replay::directory people;
    REQUIRE(people.add("admin", "valve-7", {}));
    REQUIRE(people.add("bo", "pump-3", {}));
    replay::temporary_folder const disk;
    std::vector<replay::outcome> out;
    auto const make = replay::resilient_gate(total, people.size(), disk);
    replay::simulation device{std::move(people), make, [&](replay::outcome const& o) { out.push_back(o); },
                              &disk};
    for (auto& e : trace) device.play(std::move(e));
    device.finish();
    return out;
}

}  // namespace

TEST_CASE("random traces: the lanes and their rules agree, line by line", "[replay]") {
    std::mt19937 dice{20261122};
    std::map<std::string, int> seen;
    for (int round = 0; round < 100; ++round) {
        auto const total = static_cast<std::uint32_t>(1 + dice() % 6);
        auto const trace = random_trace(dice, 300);
        model rules{total};
        for (auto const& e : trace) rules.play(e);
        rules.settle_until(replay::latest_ms);
        check_same(play(trace, total), rules.out);
        for (auto const& [what, times] : rules.seen) seen[what] += times;
    }
    // The traces come everywhere.
    for (auto const* const what : {"none", "invalid_credentials", "penalty_delay_active", "try_again_later",
                                   "malformed_attempt", "session_limit_reached", "repeated", "old"}) {
        CAPTURE(what, seen[what]);
        CHECK(seen[what] > 100);
    }
}

TEST_CASE("a pair that is proven line by line is written once", "[replay]") {
    replay::directory people;
    REQUIRE(people.add("admin", "valve-7", {}));
    replay::temporary_folder const disk;
    int admitted = 0;
    replay::simulation device{std::move(people), replay::resilient_gate(200, 1, disk),
                              [&](replay::outcome const& o) { admitted += o.verdict == "admitted" ? 1 : 0; },
                              &disk};
    replay::login l;
    l.user = "admin", l.secret = "valve-7", l.device = "panel", l.paired = true;
    device.play({0, l});
    auto const written = disk.read();  // each write has a number
    CHECK_FALSE(written.empty());
    for (int i = 1; i < 100; ++i) device.play({i, l});
    CHECK((disk.read() == written));
    l.device = "tablet";
    device.play({100, l});
    CHECK((disk.read() != written));
    CHECK(admitted == 101);
}
