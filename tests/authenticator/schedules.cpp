// SPDX-License-Identifier: BSL-1.0
// What holds on every schedule, asked of random ones through whole gates: nothing that happens elsewhere
// refuses a paired device; an administrator gets in; nobody learns from an answer which names there are.
#include "authenticator/attacked.hpp"
#include "support/build.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace attacked;
using sallyport::penalty::lane_rate;

/// One lane as a person would reckon it: how much is owed, and until when.
struct purse {
    lane_rate rate{};
    nanoseconds owed_until{};
    void spend(nanoseconds now) { owed_until = std::max(owed_until, now) + rate.every; }
    [[nodiscard]] nanoseconds wait(nanoseconds now) const {
        nanoseconds const free = static_cast<std::int64_t>(rate.burst - 1) * rate.every;
        return std::max<nanoseconds>(0s, owed_until - now - free);
    }
};

struct siege_rules {
    bool own_mistakes = false;  ///< the owner mistypes, too
    bool crowded = true;        ///< every table is full sooner or later
};

/// An account under attack from everywhere but from her own device and from her panel; she comes at every
/// step. It ends at the first thing that is not so, and says what.
class siege {
public:
    siege(std::uint64_t seed, siege_rules rules)
        : dice_{seed}, rules_{rules},
          here_{resilient(
              lanes_of(rules, seed),
              {.doors = seed % 4 == 0 ? 12U : 48U, .kept_doors = 8, .places = 16, .patience = 0s, .idle = 0s},
              {.total = 5, .reserved = {admins, 1}})} {
        purse_[0].rate = lanes_of(rules, seed).paired, purse_[1].rate = lanes_of(rules, seed).device;
        for (std::uint16_t const own : {owners, stolen})
            expect(in(at_panel("amira", "valve-7", own)), "pairing");
        expect(in(at_panel("bo", "pump-3", bos)), "pairing bo");
    }
    std::string play(int steps) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) {
            for (auto n = dice_() % 6; n > 0; --n) attack();
            owner_comes();
        }
        return wrong_;
    }
    [[nodiscard]] int verified() const { return here_.asked(); }

private:
    using gate_type = device<resilient_rules>::gate_type;
    static constexpr std::uint16_t owners = 1, stolen = 2, bos = 3;
    struct flight {
        std::optional<gate_type::pending> p;
        std::string user, password;
        attempt a;
        bool kept_door;
    };

    static lane_options lanes_of(siege_rules rules, std::uint64_t seed) {
        lane_options o{.panel = sallyport::penalty::console::composed};
        if (seed % 2 == 1) o.paired = {3, 20s}, o.device = {4, 7s}, o.at_console = {2, 15s};
        if (seed % 3 == 1) o.consecutive_cap = 4;
        o.known = 4, o.unknown = 16, o.pairs = 16;
        o.visitors = rules.crowded ? 12 : 512, o.sources = rules.crowded ? 8 : 512;
        o.devices = rules.crowded ? 4 : 64;
        return o;
    }
    void expect(bool so, std::string_view what) {
        if (!so && wrong_.empty()) wrong_ = what;
    }
    [[nodiscard]] nanoseconds now() { return here_.gate.clock().now().steady; }
    bool in(attempt const& a) { return static_cast<bool>(here_.gate.login(a)); }

    // ---- elsewhere ----

    std::string somebody() {
        switch (dice_() % 6) {
            case 0: return "bo";
            case 1: return "nobody" + std::to_string(dice_() % 40);
            case 2: return "mal\nformed";
            default: return dice_() % 2 == 0 ? "amira" : " AMIRA";
        }
    }
    address somewhere() {
        auto const n = static_cast<unsigned>(dice_() % 60);
        if (n < 4) return here;  // also hers
        if (n < 8) return {};
        if (n < 20) return address::from("2001:db8:" + std::to_string(n % 3) + "::" + std::to_string(n));
        return host(n * 257);
    }
    /// By many faces; never by her device, never at her panel.
    void guess() {
        flight f{std::nullopt, somebody(), dice_() % 5 == 0 ? "the same" : fresh_guess(), {}, false};
        f.a = knock(f.user, f.password, somewhere(), dice_() % 2 == 0 ? "opcua" : "wbm", dice_() % 9);
        auto const face = dice_() % 8;
        if (face == 0) f.a.device = device_forge::make(print_of(stolen));
        if (face == 1)
            f.a.device = device_forge::make(print_of(static_cast<std::uint16_t>(100 + dice_() % 30)));
        if (face == 2 && f.user == "bo") f.a.presence = whereabouts::console;
        if (face == 3) f.a.shown = credential::certificate(f.password);
        if (face == 4) f.a.code = secret{"0000-1111-2222-3333"};
        if (face == 5 && f.user == "bo") f.a.device = device_forge::make(print_of(bos));
        f.kept_door = f.a.device.known() || f.a.presence == whereabouts::console;
        // One stolen device may hold as many doors as it can; but many of them, together, can fill the house.
        if (f.kept_door && face != 0) {
            auto const others = std::count_if(flying_.begin(), flying_.end(), [](auto const& o) {
                return o->kept_door && !(o->a.device == device_forge::make(print_of(stolen)));
            });
            if (others >= 2) return;
        }
        auto p = here_.gate.begin(f.a);
        if (!p) return;
        f.p.emplace(std::move(*p));
        flying_.push_back(std::make_unique<flight>(std::move(f)));
        if (dice_() % 2 == 0) land();
    }
    void land() {
        if (flying_.empty()) return;
        auto const at = flying_.begin() + static_cast<std::ptrdiff_t>(dice_() % flying_.size());
        auto const one = std::move(*at);
        flying_.erase(at);
        attempt a = one->a;
        a.user = one->user, a.shown.bytes = secret{one->password};  // they moved
        switch (dice_() % 8) {
            case 0: return;  // dropped
            case 1: return one->p->withdraw();
            case 2: one->p->verified(sallyport::unavailable{}); break;
            default: one->p->verify(a); break;
        }
        (void)one->p->settle();
    }
    void attack() {
        switch (dice_() % 12) {
            case 0: return here_.pass(std::chrono::milliseconds{dice_() % 90'000});
            case 1:
                if (dice_() % 8 == 0) return here_.pass(std::chrono::minutes{dice_() % 90});
                return here_.pass(here_.gate.delay(knock("amira", "", host(1))) % 61s);
            case 2: return bo_at_work();
            case 3: return administration();
            case 4: return land();
            default: return guess();
        }
    }
    /// Whoever may come in fills the house.
    void bo_at_work() {
        if (dice_() % 3 == 0 && !inside_.empty()) return void(inside_.pop_back());
        auto who = here_.gate.login(knock("bo", "pump-3", somewhere()));
        if (!who) return;
        if (dice_() % 4 == 0 && who->lock()) (void)who->unlock(secret{fresh_guess()});
        if (dice_() % 4 == 0) (void)here_.gate.issue_pairing_code(who->number(), secret{fresh_guess()});
        inside_.push_back(std::make_unique<sallyport::session::session>(std::move(*who)));
    }
    void administration() {
        auto root = here_.gate.administer("root");
        switch (dice_() % 6) {
            case 0: (void)root.clear_penalty("bo"); break;
            case 1: (void)root.clear_penalty("", somewhere()); break;
            case 2: here_.gate.renewed("bo", secret{"pump-2"}); break;
            case 3: (void)here_.gate.tick(); break;
            case 4: (void)here_.gate.close_channel("wbm", dice_() % 9); break;
            default: (void)root.penalties(); break;
        }
    }

    // ---- the owner ----

    void owner_comes() {
        auto const wait = std::max(purse_[0].wait(now()), purse_[1].wait(now()));
        auto const mine = at_panel("amira", "valve-7", owners, somewhere());
        expect(here_.gate.delay(mine) == wait, "the delay of her own device");
        auto const no = here_.gate.login(mine).error();
        if (wait == 0s)
            expect(no.why == reason::none, "refused at her own device: " + std::string{to_string(no.why)});
        else
            expect(no == denial{reason::penalty_delay_active, wait}, "what her own device was told");
        expect(in(at_console("amira", "valve-7")), "refused at her panel");
        auto const bo = here_.gate.login(at_panel("bo", "pump-3", bos)).error().why;
        // He has attackers at his own device and panel, and no place that is kept for him.
        expect(bo == reason::none || bo == reason::session_limit_reached ||
                   bo == reason::penalty_delay_active || bo == reason::try_again_later,
               "bo was told something else");
        if (!rules_.own_mistakes || dice_() % 3 != 0) return;
        std::string const slip = fresh_guess();
        auto const told = here_.gate.login(at_panel("amira", slip, owners)).error().why;
        expect(told == (wait == 0s ? reason::invalid_credentials : reason::penalty_delay_active),
               "her slip of the finger");
        if (wait == 0s) purse_[0].spend(now()), purse_[1].spend(now());
    }

    std::mt19937_64 dice_;
    siege_rules rules_;
    device<resilient_rules> here_;
    std::array<purse, 2> purse_{};
    std::vector<std::unique_ptr<flight>> flying_;
    std::vector<std::unique_ptr<sallyport::session::session>> inside_;
    std::string wrong_;
};

void besiege(std::uint64_t schedules, int steps, siege_rules rules) {
    std::uint64_t verified = 0;
    for (std::uint64_t seed = 0; seed < schedules; ++seed) {
        siege s{seed, rules};
        if (std::string const wrong = s.play(steps); !wrong.empty()) {
            CAPTURE(seed, wrong);
            FAIL();
        }
        verified += static_cast<std::uint64_t>(s.verified());
    }
    CHECK(verified > schedules * static_cast<std::uint64_t>(steps));  // it was no idle siege
}

TEST_CASE("whatever happens elsewhere, a paired device with the right secret is let in",
          "[authenticator][schedules]") {
    besiege(static_cast<std::uint64_t>(scaled(400)), 60, {});
}
TEST_CASE("a paired device pays for its own wrong secrets, to the nanosecond, and for nobody else's",
          "[authenticator][schedules]") {
    besiege(static_cast<std::uint64_t>(scaled(400)), 60, {.own_mistakes = true, .crowded = false});
}

// ---- twins ----------------------------------------------------------------------------------------------

/// Two names to whom everything happens alike; one is on file.
class twins_base {
public:
    static constexpr std::array<std::array<std::string_view, 2>, 3> names{
        {{"amira", "nadia"}, {"bo", "no"}, {"gone", "none"}}};
};

template <class Device>
class twins : twins_base {
public:
    twins(std::uint64_t seed, Device (*make)()) : dice_{seed}, here_{make()} {}

    std::string play(int steps) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) {
            auto const what = dice_() % 10;
            if (what < 6) {
                arrive();
            } else if (what < 8) {
                settle();
            } else {
                pass();
            }
            for (auto const& two : names)
                for (unsigned n = 0; n < 3; ++n)
                    expect(here_.gate.delay(of(two, 0, n, "", 0)) == here_.gate.delay(of(two, 1, n, "", 0)),
                           "the delay of " + std::string{two[0]});
        }
        return wrong_;
    }
    [[nodiscard]] int verified() const { return here_.asked(); }

private:
    using gate_type = typename Device::gate_type;
    struct flight {
        std::array<std::string, 2> user;
        std::string password;
        std::array<attempt, 2> a;
        std::array<std::optional<typename gate_type::pending>, 2> p;
    };

    void expect(bool so, std::string const& what) {
        if (!so && wrong_.empty()) wrong_ = what;
    }
    /// What the one or the other sends; from places that are like each other.
    static attempt of(std::array<std::string_view, 2> const& two, std::size_t which, unsigned face,
                      std::string_view password, unsigned channel) {
        auto const n = face + (which == 0 ? 0 : 1000);
        attempt a = knock(two[which], password, host(n * 65536 / 16), "opcua", channel);
        if (face % 5 == 4) a.device = device_forge::make(print_of(static_cast<std::uint16_t>(n)));
        if (face % 7 == 6) a.source = {};
        return a;
    }
    void arrive() {
        auto const& two = names[static_cast<std::size_t>(dice_() % names.size())];
        auto const face = static_cast<unsigned>(dice_() % 12), channel = static_cast<unsigned>(dice_() % 3);
        auto f = std::make_unique<flight>();
        f->password = dice_() % 3 == 0 ? std::string{"the same"} : fresh_guess();
        if (dice_() % 12 == 0) f->password = std::string(200, 'x');
        if (dice_() % 12 == 0) f->password.clear();
        std::string const blanks(static_cast<std::size_t>(dice_() % 3), ' ');
        std::array<denial, 2> told{};
        bool flies = true;
        for (std::size_t const which : {0U, 1U}) {
            f->user[which] = blanks + std::string{two[which]};
            f->a[which] = of(two, which, face, f->password, channel);
            f->a[which].user = f->user[which];
            if (two[0] == "gone" && channel == 0) f->a[which].shown = credential::password("left-1");
            auto p = here_.gate.begin(f->a[which]);
            told[which] = p.error();
            if (p) f->p[which].emplace(std::move(*p));
            flies = flies && static_cast<bool>(p);
        }
        expect(told[0].outward() == told[1].outward(),
               "what " + std::string{two[0]} + " was told at the door");
        if (flies) flying_.push_back(std::move(f));
    }
    void settle() {
        if (flying_.empty()) return;
        auto const at = flying_.begin() + static_cast<std::ptrdiff_t>(dice_() % flying_.size());
        auto const one = std::move(*at);
        flying_.erase(at);
        auto const how = dice_() % 8;
        if (how == 0) return;  // dropped
        std::array<denial, 2> told{};
        std::array<int, 2> asked{};
        for (std::size_t const which : {0U, 1U}) {
            if (how == 1) {
                one->p[which]->withdraw();
                continue;
            }
            here_.folk.book->down = how == 2;
            int const before = here_.asked();
            one->p[which]->verify(one->a[which]);
            asked[which] = here_.asked() - before;
            here_.folk.book->down = false;
            told[which] = one->p[which]->settle().error();
        }
        expect(told[0].outward() == told[1].outward(), "what " + one->user[0] + " was told in the end");
        expect(to_string(told[0].outward().why) == to_string(told[1].outward().why), "the words");
        expect(asked[0] == asked[1], "the work for " + one->user[0]);
    }
    void pass() {
        nanoseconds by{};
        switch (dice_() % 5) {
            case 0: by = here_.gate.delay(of(names[0], 0, 1, "", 0)); break;
            case 1: by = std::max<nanoseconds>(0s, here_.gate.delay(of(names[0], 0, 1, "", 0)) - 1ns); break;
            case 2: by = std::chrono::hours{dice_() % 30}; break;
            case 3: by = 60s + 1ns; break;
            default: by = std::chrono::milliseconds{dice_() % 50'000}; break;
        }
        here_.pass(by);
        while (here_.at_the_door() > 0 && overdue()) {}  // settled by whoever looks next: all of it, now
    }
    /// One share of what is overdue; false once there is no more.
    bool overdue() {
        std::size_t const before = here_.at_the_door();
        (void)here_.gate.tick();
        return here_.at_the_door() < before;
    }

    std::mt19937_64 dice_;
    Device here_;
    std::vector<std::unique_ptr<flight>> flying_;
    std::string wrong_;
};

lane_options const few{
    .known = 8, .unknown = 16, .visitors = 256, .sources = 256, .devices = 64, .pairs = 16};
house_options const wide{.doors = 1024, .places = 8, .patience = 0s};
session_limit_options const eight{.total = 8};
auto twin_lanes() { return resilient(few, wide, eight); }
auto twin_capped() {
    lane_options o = few;
    o.consecutive_cap = 7, o.panel = sallyport::penalty::console::composed;
    return resilient(o, wide, eight);
}
auto twin_published() {
    return device<published_rules>{{{.penalties = {.known = 8, .unknown = 16}, .sessions = eight}}, wide};
}

template <class Device>
void compare(std::uint64_t schedules, int steps, Device (*make)()) {
    std::uint64_t verified = 0;
    for (std::uint64_t seed = 0; seed < schedules; ++seed) {
        twins<Device> t{seed, make};
        if (std::string const wrong = t.play(steps); !wrong.empty()) {
            CAPTURE(seed, wrong);
            FAIL();
        }
        verified += static_cast<std::uint64_t>(t.verified());
    }
    CHECK(verified > schedules * 8);
}

TEST_CASE("a name that is on file and one that is not are answered alike, whatever happens to them",
          "[authenticator][schedules]") {
    auto const schedules = static_cast<std::uint64_t>(scaled(200));
    compare(schedules, 80, twin_lanes);
    compare(schedules, 80, twin_capped);
    compare(schedules, 80, twin_published);
}

TEST_CASE("millions of random schedules: a paired device, an administrator, twins",
          "[.long][authenticator][schedules]") {
    besiege(1'000'000, 10, {});
    besiege(500'000, 10, {.own_mistakes = true, .crowded = false});
    compare(200'000, 40, twin_lanes);
    compare(200'000, 40, twin_capped);
    compare(200'000, 40, twin_published);
}

}  // namespace
