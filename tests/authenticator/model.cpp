// SPDX-License-Identifier: BSL-1.0
// The whole gate of the published rules against a plain model of them, on thousands of random traces:
// penalties, attempts in flight, overdue ones, sessions, time-outs, a maximum that changes, administrators
// that clear.
#include "support/build.hpp"
#include "support/catch.hpp"
#include "support/plant.hpp"
#include "support/words.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using plant::by;

constexpr nanoseconds overdue_after = 60s, idle_after = 20min;

/// The rules as a person would read them aloud: maps without bounds, and whole seconds.
class published_rules {
public:
    denial arrive(std::string const& user, nanoseconds now) {
        record& r = list_[user];
        if (now < r.open_at) {
            fail(r, now);  // counts as the next failure and starts that delay from now
            return {reason::penalty_delay_active, r.open_at - now};
        }
        if (r.in_flight != 0 && delay_after(r.failures + r.in_flight) != 0s)
            return {reason::try_again_later, 0s};
        ++r.in_flight;
        return {reason::none, 0s};
    }
    void fail(std::string const& user, nanoseconds now) {
        --list_[user].in_flight;
        fail(list_[user], now);
    }
    void withdraw(std::string const& user) { --list_[user].in_flight; }
    void prove(std::string const& user) {
        --list_[user].in_flight;
        forget(list_[user]);
    }
    bool clear(std::string const& user) {
        bool const something = list_[user].failures != 0;
        forget(list_[user]);
        return something;
    }
    [[nodiscard]] nanoseconds wait(std::string const& user, nanoseconds now) {
        return std::max<nanoseconds>(list_[user].open_at - now, 0s);
    }
    [[nodiscard]] std::uint64_t in_flight() const {
        std::uint64_t n = 0;
        for (auto const& [user, r] : list_) n += r.in_flight;
        return n;
    }

private:
    struct record {
        std::uint64_t failures = 0, in_flight = 0;
        nanoseconds open_at = 0s;
    };
    static nanoseconds delay_after(std::uint64_t n) {
        return n < 3 ? 0s : std::chrono::seconds{std::min<std::uint64_t>(10 + 30 * (n - 3), 3600)};
    }
    static void fail(record& r, nanoseconds now) {
        ++r.failures;
        if (auto const d = delay_after(r.failures); d > 0s) r.open_at = now + d;
    }
    static void forget(record& r) { r.failures = 0, r.open_at = 0s; }
    std::map<std::string, record> list_;
};

using the_site = decltype(plant::plcnext());
using pending = the_site::gate_type::pending;

/// One random trace, played to a gate and to the model. It ends at the first thing that differs, and says
/// what.
class trace {
public:
    explicit trace(unsigned seed)
        : dice_{seed}, house_{.doors = 256, .kept_doors = 0, .places = 6}, limit_{static_cast<std::uint32_t>(
                                                                               1 + dice_() % 4)},
          here_{house_, penalty::backoff<>{{.known = 8, .unknown = 8}},
                session::session_limit{{.total = limit_}}} {}

    std::string play(int steps) {
        for (int i = 0; i < steps && differs_.empty(); ++i) {
            pass_time();
            switch (dice_() % 10) {
                case 0:
                case 1:
                case 2:
                case 3: knock(); break;
                case 4:
                case 5:
                case 6: settle(); break;
                case 7: leave(); break;
                case 8: stay(); break;
                default: administer(); break;
            }
            compare();
        }
        return differs_;
    }

private:
    struct attempt_in_flight {
        std::unique_ptr<pending> p;
        std::string user;
        bool right;
        nanoseconds until;
        bool settled = false;  // as overdue, by somebody else's visit
    };
    struct sitting {
        std::unique_ptr<session::session> s;
        nanoseconds until;
    };

    [[nodiscard]] nanoseconds now() { return here_.now(); }
    void expect(bool same, std::string const& what) {
        if (!same && differs_.empty()) differs_ = what;
    }
    std::string somebody() {
        static constexpr std::array<std::string_view, 4> users{"amira", "bo", "gone", "nobody"};
        return std::string{users[static_cast<std::size_t>(dice_() % users.size())]};
    }
    static std::string_view right_secret(std::string_view user) {
        return user == "amira" ? "open sesame" : "valve-7";
    }

    /// Nothing, a little, a lot, or to an edge: the instant of an end, or one nanosecond before it.
    void pass_time() {
        std::string const user = somebody();
        nanoseconds by = 0s;
        switch (dice_() % 8) {
            case 0: by = rules_.wait(user, now()); break;
            case 1: by = rules_.wait(user, now()) - 1ns; break;
            case 2: by = std::chrono::milliseconds{dice_() % 30'000}; break;
            case 3:
                by = doing_.empty() ? 0s : doing_.front().until - now();
                break;  // the last instant in time …
            case 4:
                by = doing_.empty() ? 0s : doing_.front().until - now() + 1ns;
                break;  // … and the first that is not
            case 5:
                by = inside_.empty() ? 0s
                                     : inside_.front().until - now() - static_cast<int>(dice_() % 2) * 1ns;
                break;
            default: break;
        }
        here_.advance(std::max<nanoseconds>(by, 0s));
        if (dice_() % 16 == 0)
            here_.clock().set_wall(std::chrono::seconds{dice_() % 4'000'000'000U}, dice_() % 2 == 0);
        // What is overdue is settled by whoever looks next: here at once, all of it.
        for (std::size_t n = 0; n <= doing_.size() / 4 + 1; ++n) (void)here_.gate.tick();
        for (attempt_in_flight& a : doing_)
            if (!a.settled && now() > a.until) {
                a.settled = true;
                rules_.fail(a.user, now());
            }
    }
    void knock() {
        std::string const user = somebody();
        bool const right = dice_() % 3 == 0;
        auto p = here_.gate.begin(by(user, right ? right_secret(user) : "guess", {.source = {}}));
        expect(p.error() == rules_.arrive(user, now()), "what " + user + " was told at the door");
        if (p)
            doing_.push_back({std::make_unique<pending>(std::move(*p)), user, right, now() + overdue_after});
    }
    void settle() {
        if (doing_.empty()) return;
        auto const at = doing_.begin() + static_cast<std::ptrdiff_t>(dice_() % doing_.size());
        attempt_in_flight one = std::move(*at);
        doing_.erase(at);
        auto const how = dice_() % 8;
        bool const in_time = !one.settled, knows = one.user == "amira" || one.user == "bo";
        if (how == 0) {  // dropped
            if (in_time) rules_.fail(one.user, now());
            return;
        }
        if (how == 1) {
            if (in_time) rules_.withdraw(one.user);
            one.p->withdraw();
            return;
        }
        here_.people.down(how == 2);
        one.p->verify(by(one.user, one.right ? right_secret(one.user) : "guess", {.source = {}}));
        here_.people.down(false);
        auto who = one.p->settle();
        denial const told = who.error();
        if (!in_time) {
            expect(told == denial{reason::overdue, rules_.wait(one.user, now())}, "overdue " + one.user);
        } else if (how == 2) {
            rules_.withdraw(one.user);
            expect(told == denial{reason::try_again_later, 0s}, "untested " + one.user);
        } else if (one.right && knows) {
            rules_.prove(one.user);
            bool const room = inside() < limit_;
            expect(told.why == (room ? reason::none : reason::session_limit_reached),
                   "the place of " + one.user);
            expect(told.retry_after == 0s, "a full house names no delay");
        } else {
            rules_.fail(one.user, now());
            expect(told.outward() == denial{reason::invalid_credentials, rules_.wait(one.user, now())},
                   "wrong " + one.user);
        }
        if (who) inside_.push_back({std::make_unique<session::session>(std::move(*who)), now() + idle_after});
    }
    void leave() {
        if (inside_.empty()) return;
        auto const at = inside_.begin() + static_cast<std::ptrdiff_t>(dice_() % inside_.size());
        if (dice_() % 2 == 0) (void)here_.gate.close(at->s->number());
        inside_.erase(at);
    }
    void stay() {
        if (inside_.empty()) return;
        sitting& one = inside_[static_cast<std::size_t>(dice_() % inside_.size())];
        bool const open = now() < one.until;
        expect(one.s->touch() == open, "a touch");
        if (open) one.until = now() + idle_after;
    }
    void administer() {
        auto root = here_.gate.administer("root");
        if (dice_() % 2 == 0) {
            std::string const user = somebody();
            expect(root.clear_penalty(user) == rules_.clear(user), "clearing " + user);
        } else {
            limit_ = static_cast<std::uint32_t>(dice_() % 7);
            expect(root.set_session_maximum(limit_), "setting the maximum");
            expect(root.session_maximum() == limit_, "the maximum");
        }
    }
    [[nodiscard]] std::size_t inside() {
        return static_cast<std::size_t>(
            std::count_if(inside_.begin(), inside_.end(), [&](sitting const& s) { return now() < s.until; }));
    }
    void compare() {
        for (std::string const user : {"amira", "bo", "gone", "nobody"})
            expect(here_.gate.delay(by(user, "")) == rules_.wait(user, now()), "the delay of " + user);
        expect(here_.gate.open_sessions() == inside(), "how many are inside");
        for (sitting const& s : inside_)
            expect(s.s->state() == (now() < s.until ? standing::open : standing::timed_out),
                   "how a session stands");
        auto const in_time = static_cast<std::size_t>(
            std::count_if(doing_.begin(), doing_.end(), [](auto const& a) { return !a.settled; }));
        expect(here_.at_the_door() == in_time, "how many are at the door");
        expect(here_.reserved() == rules_.in_flight() && rules_.in_flight() == in_time,
               "how many are reserved");
    }

    std::mt19937_64 dice_;
    house_options house_;
    std::uint32_t limit_;
    the_site here_;
    published_rules rules_;
    std::vector<attempt_in_flight> doing_;
    std::vector<sitting> inside_;
    std::string differs_;
};

TEST_CASE("the gate agrees with the rules as they are written, on thousands of random traces",
          "[authenticator][model]") {
    int const traces = scaled(4000);
    for (int seed = 0; seed < traces; ++seed) {
        std::string const what = trace{static_cast<unsigned>(seed)}.play(150);
        if (what.empty()) continue;
        CAPTURE(seed, what);
        FAIL();
    }
    SUCCEED();
}

}  // namespace
