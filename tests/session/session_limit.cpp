// SPDX-License-Identifier: BSL-1.0
// No gate: a guard, a house with guests in it, one question each.
#include "support/catch.hpp"
#include "support/words.hpp"

#include <sallyport/session/session_limit.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/conformance.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::session::session_limit;
using sallyport::session::session_limit_options;
using sallyport::session::when_full;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

static_assert(guard<session_limit> && checks<session_limit, admission> && !checks<session_limit, arrival>);
static_assert(!notes<session_limit, admission>, "it counts the house and keeps no number that could drift");

constexpr role_set viewer = role_set{}.with(0), engineer = role_set{}.with(1), admin = role_set{}.with(2);
address const panel = address::ipv4(192, 0, 2, 1), office = address::ipv4(192, 0, 2, 2);

struct newcomer {
    std::string_view user;
    role_set roles = viewer;
    std::string_view service = "opcua";
    address source = panel;
    std::uint64_t marks = 0;
};

/// A session limit, and a house of 16 places whose guests come and go by hand.
class inn {
public:
    explicit inn(session_limit_options o) : limit_{session_limit{o}} {
        blueprint plan;
        inside_.attach(plan, "inside", 16);
        words_.assign(plan.words(), 0);
        blueprint hand_out{region{words_.data()}, {}};
        inside_.attach(hand_out, "inside", 16);
    }
    verdict ask(newcomer const& who, nanoseconds now = 0s) const {
        visit const v = knock(who.user, who.source, who.service);
        principal const as{who.user, who.roles, who.marks};
        return limit_.check(admission{v, as, inside_, at(now)});
    }
    [[nodiscard]] bool admits(newcomer const& who, nanoseconds now = 0s) const {
        return static_cast<bool>(ask(who, now));
    }
    /// In, whatever the limit says; until `until`.
    place let_in(newcomer const& who, nanoseconds now = 0s, nanoseconds until = nanoseconds::max()) {
        guest g{};
        g.who = knock(who.user, who.source, who.service);
        g.as = {who.user, who.roles, who.marks};
        auto const p = inside_.enter(g, now, until);
        REQUIRE(p);
        return p;
    }
    void let_in_times(int n, newcomer const& who) {
        for (; n > 0; --n) let_in(who);
    }
    void use(place p, nanoseconds now) { inside_.extend(p, now, nanoseconds::max()); }
    void end(place p) { inside_.mark(p, standing::closed); }
    void sweep(nanoseconds now) {
        for (place const p : inside_)
            if (!in_force(inside_.look(p, now))) inside_.mark(p, standing::timed_out);
    }
    [[nodiscard]] std::size_t size(nanoseconds now) const { return inside_.size(now); }
    session_limit& limit() { return *limit_; }

private:
    mutable bench<session_limit> limit_;
    house inside_{};
    std::vector<word> words_;
};
constexpr denial full_house{reason::session_limit_reached, 0s};

TEST_CASE("thirty-two by default, and no other limit", "[session][session_limit]") {
    constexpr session_limit_options o{};
    static_assert(o.total == 32 && o.then == when_full::refuse);
    static_assert(o.per_user == 0 && o.per_source == 0 && o.anonymous == 0 && o.reserved.places == 0);
    CHECK(std::all_of(o.per_service.begin(), o.per_service.end(),
                      [](auto const& l) { return l.at_most == 0; }));
    CHECK(std::all_of(o.per_role.begin(), o.per_role.end(), [](auto const& l) { return l.at_most == 0; }));
    CHECK(std::all_of(o.ranks.begin(), o.ranks.end(), [](role_set r) { return r.empty(); }));
    inn house{{}};
    house.let_in_times(16, {"amira"});
    CHECK(house.admits({"amira"}));
}

TEST_CASE("the total: one below, and at it", "[session][session_limit]") {
    inn house{{.total = 3}};
    house.let_in({"amira"});
    house.let_in({"bo", engineer, "wbm", office});
    CHECK(house.admits({"chen"}));
    place const third = house.let_in({"nobody", {}, "opcua", {}, principal::anonymous});
    CHECK(house.ask({"chen"}).error() == full_house);
    CHECK(house.ask({"dana", admin, "ssh", {}}).error() == full_house);  // whoever it is
    house.end(third);
    CHECK(house.admits({"chen"}));
}

TEST_CASE("who is overdue and not yet swept never counts", "[session][session_limit]") {
    inn house{{.total = 1}};
    house.let_in({"amira"}, 0s, 20min);
    CHECK_FALSE(house.admits({"bo"}, 20min - 1ns));
    CHECK(house.admits({"bo"}, 20min));

    inn each{{.total = 8,
              .per_user = 1,
              .per_source = 1,
              .per_service = {{{"opcua", 1}}},
              .per_role = {{{viewer, 1}}}}};
    each.let_in({"amira"}, 0s, 20min);
    CHECK_FALSE(each.admits({"amira"}, 20min - 1ns));
    CHECK(each.admits({"amira"}, 20min));
}

TEST_CASE("per user: at every service together, and Anonymous is no user", "[session][session_limit]") {
    inn house{{.per_user = 2}};
    house.let_in({"amira", viewer, "opcua"});
    CHECK(house.admits({"amira", viewer, "wbm"}));
    house.let_in({"amira", viewer, "wbm"});
    CHECK(house.ask({"amira", viewer, "ssh", office}).error() == full_house);
    CHECK(house.admits({"bo"}));
    newcomer const nobody{"anonymous", {}, "opcua", panel, principal::anonymous};
    house.let_in_times(5, nobody);
    CHECK(house.admits(nobody));

    inn one{{.per_user = 1}};
    one.let_in(
        {"amira", {}, "opcua", panel, principal::anonymous});  // whatever a host calls nobody in particular
    CHECK(one.admits({"amira"}));
}

TEST_CASE("per source: one stranger's network together, and unknown sources are skipped",
          "[session][session_limit]") {
    inn house{{.per_source = 2}};
    house.let_in({"amira"});
    CHECK(house.admits({"bo"}));
    house.let_in({"bo", engineer, "wbm"});
    CHECK(house.ask({"chen"}).error() == full_house);
    CHECK(house.admits({"chen", viewer, "opcua", office}));
    house.let_in_times(6, {"chen", viewer, "opcua", {}});
    CHECK(house.admits({"chen", viewer, "opcua", {}}));
}

TEST_CASE("per service: the one that is named", "[session][session_limit]") {
    inn house{{.per_service = {{{"opcua", 2}, {"wbm", 1}}}}};
    house.let_in_times(2, {"amira", viewer, "opcua"});
    CHECK(house.ask({"bo", viewer, "opcua"}).error() == full_house);
    CHECK(house.admits({"bo", viewer, "wbm"}));
    house.let_in({"bo", viewer, "wbm"});
    CHECK(house.ask({"chen", viewer, "wbm"}).error() == full_house);
    CHECK(house.admits({"chen", viewer, "ssh"}));
    house.let_in_times(9, {"chen", viewer, "ssh"});
    CHECK(house.admits({"chen", viewer, "ssh"}));
}

TEST_CASE("the last line of a list is read as well as the first", "[session][session_limit]") {
    session_limit_options o;
    o.per_service[7] = {"opcua", 1};
    o.per_role[7] = {engineer, 1};
    inn house{o};
    house.let_in({"amira", viewer, "opcua"});
    CHECK_FALSE(house.admits({"bo", viewer, "opcua"}));
    CHECK(house.admits({"bo", engineer, "wbm"}));
    house.let_in({"bo", engineer, "wbm"});
    CHECK_FALSE(house.admits({"chen", engineer, "wbm"}));
    CHECK(house.admits({"chen", viewer, "wbm"}));
}

TEST_CASE("per role: whoever holds one of them", "[session][session_limit]") {
    inn house{{.per_role = {{{viewer | engineer, 2}}}}};
    house.let_in({"amira", viewer});
    house.let_in({"bo", engineer | admin});
    CHECK(house.ask({"chen", viewer}).error() == full_house);
    CHECK(house.ask({"dana", engineer}).error() == full_house);
    CHECK(house.admits({"erik", admin}));
    CHECK(house.admits({"fay", {}}));
}

TEST_CASE("Anonymous has a limit of its own", "[session][session_limit]") {
    inn house{{.total = 8, .anonymous = 1}};
    newcomer const nobody{"anonymous", {}, "opcua", panel, principal::anonymous};
    CHECK(house.admits(nobody));
    house.let_in(nobody);
    CHECK(house.ask(nobody).error() == full_house);
    CHECK(house.ask({"anonymous", {}, "wbm", office, principal::anonymous}).error() == full_house);
    house.let_in_times(5, {"amira"});
    CHECK(house.admits({"amira"}));  // it limits nobody else
}

TEST_CASE("places kept for a role: an administrator always gets in", "[session][session_limit]") {
    inn house{{.total = 4, .reserved = {admin, 1}}};
    house.let_in_times(2, {"amira"});
    CHECK(house.admits({"amira"}));
    house.let_in({"amira"});
    CHECK(house.ask({"amira"}).error() == full_house);  // the fourth is kept
    CHECK(house.admits({"root", admin}));
    place const root = house.let_in({"root", admin});
    CHECK_FALSE(house.admits({"root", admin}));  // four are four
    CHECK_FALSE(house.admits({"amira"}));
    house.end(root);
    CHECK_FALSE(house.admits({"amira"}));  // kept again
    CHECK(house.admits({"root", admin}));
}

TEST_CASE("a kept place that is taken is kept no longer", "[session][session_limit]") {
    inn house{{.total = 4, .reserved = {admin, 1}}};
    house.let_in({"root", admin});
    house.let_in_times(2, {"amira"});
    CHECK(house.admits({"amira"}));  // three for her and one for root
    house.let_in({"amira"});
    CHECK_FALSE(house.admits({"root", admin}));  // a second administrator has no place kept
}

TEST_CASE("every place may be kept", "[session][session_limit]") {
    inn house{{.total = 2, .reserved = {admin, 2}}};
    CHECK_FALSE(house.admits({"amira"}));
    house.let_in({"root", admin});
    CHECK_FALSE(house.admits({"amira"}));
    CHECK(house.admits({"root", admin}));
}

TEST_CASE("the maximum can be set, also below what is open", "[session][session_limit]") {
    inn house{{.total = 4}};
    CHECK(house.limit().maximum() == 4);
    house.let_in_times(3, {"amira"});
    house.limit().set_maximum(2);
    CHECK(house.limit().maximum() == 2);
    CHECK(house.size(0s) == 3);  // open sessions stay
    CHECK(house.ask({"bo"}).error() == full_house);
    house.limit().set_maximum(3);
    CHECK_FALSE(house.admits({"bo"}));
    house.limit().set_maximum(4);
    CHECK(house.admits({"bo"}));
    house.limit().set_maximum(0);
    CHECK(house.limit().maximum() == 0);
    CHECK_FALSE(house.admits({"root", admin}));
}

TEST_CASE("a maximum below what is kept leaves the kept places alone", "[session][session_limit]") {
    inn house{{.total = 4, .reserved = {admin, 2}}};
    house.limit().set_maximum(1);
    CHECK_FALSE(house.admits({"amira"}));
    CHECK(house.admits({"root", admin}));
    house.let_in({"root", admin});
    CHECK_FALSE(house.admits({"root", admin}));
}

session_limit_options evicting(std::uint32_t total) {
    return {.total = total, .then = when_full::evict_longest_idle, .ranks = {{admin, engineer, viewer}}};
}

TEST_CASE("evict: the longest idle of lower rank makes room", "[session][session_limit]") {
    inn house{evicting(3)};
    place const first = house.let_in({"amira"}, 1s);
    place const second = house.let_in({"bo"}, 2s);
    place const third = house.let_in({"chen"}, 3s);
    house.use(first, 10s);
    auto const v = house.ask({"root", admin}, 20s);
    REQUIRE(v);
    CHECK(v->instead_of == second.number);
    house.use(second, 11s);
    CHECK(house.ask({"root", admin}, 20s)->instead_of == third.number);
    house.end(first);
    CHECK(house.ask({"root", admin}, 20s)->instead_of == 0);  // there is room
}

TEST_CASE("evict: the longest idle goes, of whichever lower rank", "[session][session_limit]") {
    inn house{evicting(2)};
    place const longest = house.let_in({"amira", engineer}, 1s);
    place const other = house.let_in({"bo", viewer}, 2s);
    CHECK(house.ask({"root", admin}, 9s)->instead_of == longest.number);
    CHECK(house.ask({"chen", engineer}, 9s)->instead_of == other.number);  // an equal stays
}

TEST_CASE("evict: never one's equal, never one's better", "[session][session_limit]") {
    inn house{evicting(2)};
    house.let_in({"amira", engineer}, 1s);
    house.let_in({"root", admin}, 2s);
    CHECK(house.ask({"bo", engineer}, 9s).error() == full_house);
    CHECK(house.ask({"bo", viewer}, 9s).error() == full_house);
    CHECK(house.ask({"bo", {}}, 9s).error() == full_house);
    CHECK(house.ask({"boss", admin}, 9s)->instead_of == 1);
}

TEST_CASE("evict: whoever holds no ranked role is of the lowest rank", "[session][session_limit]") {
    inn house{evicting(2)};
    house.let_in({"amira", viewer}, 1s);
    place const guest = house.let_in({"guest", role_set{}.with(99)}, 2s);
    CHECK(house.ask({"bo", viewer}, 9s)->instead_of == guest.number);
    CHECK(house.ask({"other", role_set{}.with(98)}, 9s).error() == full_house);
}

TEST_CASE("evict: never an essential account", "[session][session_limit]") {
    inn house{evicting(2)};
    house.let_in({"scada", viewer, "opcua", panel, principal::essential}, 1s);
    place const other = house.let_in({"bo"}, 2s);
    CHECK(house.ask({"root", admin}, 9s)->instead_of == other.number);
    house.end(other);
    house.let_in({"historian", viewer, "opcua", panel, principal::essential}, 3s);
    CHECK(house.ask({"root", admin}, 9s).error() == full_house);
}

TEST_CASE("evict: who is overdue already makes no room by being evicted", "[session][session_limit]") {
    inn house{evicting(1)};
    house.let_in({"gone"}, 0s, 5s);
    place const here = house.let_in({"bo"}, 6s);
    auto const v = house.ask({"root", admin}, 10s);
    REQUIRE(v);
    CHECK(v->instead_of == here.number);
}

TEST_CASE("evict: who goes must make room where room is wanting", "[session][session_limit]") {
    session_limit_options o = evicting(8);
    o.per_service = {{{"wbm", 1}}};
    inn house{o};
    house.let_in({"amira", viewer, "opcua"}, 1s);
    place const web = house.let_in({"bo", viewer, "wbm"}, 2s);
    CHECK(house.ask({"root", admin, "wbm"}, 9s)->instead_of == web.number);
    CHECK(house.ask({"root", admin, "opcua"}, 9s)->instead_of == 0);

    o.per_source = 1;
    inn both{o};
    both.let_in({"amira", viewer, "opcua", panel}, 1s);
    both.let_in({"bo", viewer, "wbm", office}, 2s);
    CHECK(both.ask({"root", admin, "wbm", panel}, 9s).error() ==
          full_house);  // no one's end would do for both
}

TEST_CASE("evict: one's own sessions are no lower than oneself", "[session][session_limit]") {
    session_limit_options o = evicting(8);
    o.per_user = 1;
    inn house{o};
    house.let_in({"amira", engineer}, 1s);
    CHECK(house.ask({"amira", engineer}, 9s).error() == full_house);
}

TEST_CASE("evict: a kept place is not made free for those it is kept from", "[session][session_limit]") {
    session_limit_options o = evicting(2);
    o.ranks = {{engineer, admin}};  // an odd house: engineers above administrators
    o.reserved = {admin, 1};
    inn house{o};
    house.let_in({"root", admin}, 1s);
    place const second = house.let_in({"guest", {}}, 2s);
    CHECK(house.ask({"amira", engineer}, 9s)->instead_of == second.number);
    house.end(second);
    house.let_in({"bo", engineer}, 3s);
    CHECK(house.ask({"amira", engineer}, 9s).error() == full_house);
}

TEST_CASE("evict: below what is open, new ones are refused", "[session][session_limit]") {
    inn house{evicting(4)};
    house.let_in_times(4, {"amira"});
    CHECK(house.ask({"root", admin})->instead_of != 0);
    house.limit().set_maximum(3);
    CHECK(house.ask({"root", admin}).error() == full_house);  // one out and one in would still be four
}

/// Options at random, most of them possible.
session_limit_options some_options(std::mt19937& dice) {
    auto const below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(dice() % n); };
    session_limit_options o{.total = 1 + below(10)};
    auto const some = [&] { return below(2) * (1 + below(o.total)); };
    o.per_user = some(), o.per_source = some(), o.anonymous = some();
    o.per_service = {{{"opcua", some()}, {"wbm", some()}}};
    o.per_role = {{{viewer, some()}, {engineer | admin, some()}}};
    o.reserved = {admin, below(2) * below(o.total + 1)};
    o.then = below(2) == 0 ? when_full::refuse : when_full::evict_longest_idle;
    o.ranks = {{admin, engineer}};
    return o;
}
struct sitting {
    newcomer who;
    place at;
    nanoseconds until;
};
/// Which limit is broken now that `last` is in, in words.
std::string broken(session_limit_options const& o, std::vector<sitting> const& inside, newcomer const& last) {
    auto const too_many = [&](std::uint32_t at_most, auto const& is) {
        auto const count =
            std::count_if(inside.begin(), inside.end(), [&](sitting const& s) { return is(s.who); });
        return at_most != 0 && count > std::int64_t{at_most};
    };
    bool const nobody = last.marks == principal::anonymous;
    if (inside.size() > o.total) return "total";
    if (!nobody &&
        too_many(o.per_user, [&](newcomer const& n) { return n.user == last.user && n.marks == 0; }))
        return "user";
    if (nobody && too_many(o.anonymous, [](newcomer const& n) { return n.marks != 0; })) return "anonymous";
    if (last.source.known() &&
        too_many(o.per_source, [&](newcomer const& n) { return n.source == last.source; }))
        return "source";
    for (auto const& l : o.per_service)
        if (l.service == service_name{last.service} &&
            too_many(l.at_most, [&](newcomer const& n) { return n.service == last.service; }))
            return "service";
    for (auto const& l : o.per_role)
        if (last.roles.meets(l.any_of) &&
            too_many(l.at_most, [&](newcomer const& n) { return n.roles.meets(l.any_of); }))
            return "role";
    auto const theirs = std::count_if(inside.begin(), inside.end(),
                                      [&](sitting const& s) { return s.who.roles.meets(o.reserved.any_of); });
    bool const kept = o.total - inside.size() + static_cast<std::size_t>(theirs) >= o.reserved.places;
    return last.roles.meets(o.reserved.any_of) || kept ? "" : "reserve";
}

TEST_CASE("the house never holds more than its limits allow, on random comings and goings",
          "[session][session_limit]") {
    static constexpr std::string_view users[] = {"amira", "bo", "chen"}, services[] = {"opcua", "wbm", "ssh"};
    static constexpr role_set roles[] = {viewer, engineer, admin, {}};
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 dice{seed};
        session_limit_options const o = some_options(dice);
        REQUIRE(o.fault().empty());
        inn house{o};
        std::vector<sitting> inside;
        nanoseconds now = 1s;
        for (int step = 0; step < 300; ++step) {
            CAPTURE(seed, step);
            now += nanoseconds{dice() % 3};
            std::erase_if(inside, [&](sitting const& s) { return s.until <= now; });
            if (dice() % 3 == 0 && !inside.empty()) {
                auto const one = inside.begin() + static_cast<std::ptrdiff_t>(dice() % inside.size());
                house.end(one->at);
                inside.erase(one);
                continue;
            }
            newcomer const who{users[dice() % 3], roles[dice() % 4], services[dice() % 3],
                               dice() % 2 == 0 ? panel : address{},
                               dice() % 5 == 0 ? principal::anonymous : std::uint64_t{0}};
            verdict const v = house.ask(who, now);
            if (!v) {
                REQUIRE(v.error() == full_house);
                continue;
            }
            if (v->instead_of != 0) {
                auto const out = std::find_if(inside.begin(), inside.end(),
                                              [&](sitting const& s) { return s.at.number == v->instead_of; });
                REQUIRE(out != inside.end());
                house.end(out->at);
                inside.erase(out);
            }
            nanoseconds const until = now + nanoseconds{1 + dice() % 40};
            house.sweep(now);  // as the gate does; it has 16 places
            inside.push_back({who, house.let_in(who, now, until), until});
            REQUIRE(broken(o, inside, who) == "");
        }
    }
}

TEST_CASE("options that contradict each other say so", "[session][session_limit]") {
    using options = session_limit_options;
    CHECK(options{}.fault().empty());
    CHECK(options{.total = 0}.fault() == "session::session_limit: a total of 0 admits nobody");
    CHECK(options{.total = 4, .reserved = {admin, 5}}.fault() ==
          "session::session_limit: more places are reserved than there are");
    CHECK(options{.total = 4, .reserved = {admin, 4}}.fault().empty());
    CHECK(options{.reserved = {{}, 1}}.fault() == "session::session_limit: places are reserved for no role");
    for (auto const& o : {options{.total = 4, .per_user = 5}, options{.total = 4, .per_source = 5},
                          options{.total = 4, .anonymous = 5}})
        CHECK(o.fault() == "session::session_limit: a single maximum is above the total");
    CHECK(options{.total = 4, .per_user = 4, .per_source = 4, .anonymous = 4}.fault().empty());
    CHECK_FALSE(options{.total = 4, .per_service = {{{"wbm", 5}}}}.fault().empty());
    CHECK_FALSE(options{.total = 4, .per_service = {{{"", 1}}}}.fault().empty());
    CHECK(options{.total = 4, .per_service = {{{"wbm", 4}}}}.fault().empty());
    CHECK_FALSE(options{.total = 4, .per_role = {{{viewer, 5}}}}.fault().empty());
    CHECK_FALSE(options{.total = 4, .per_role = {{{{}, 1}}}}.fault().empty());
    CHECK(options{.total = 4, .per_role = {{{viewer, 4}}}}.fault().empty());
    CHECK(session_limit{{.total = 0}}.fault() == options{.total = 0}.fault());
    static_assert(valid(options{.total = 8, .per_user = 2}).per_user == 2);
}

TEST_CASE("a session limit keeps a guard's promises", "[session][session_limit]") {
    CHECK(sallyport::testing::conformance([] { return session_limit{}; }).empty());
}

}  // namespace
