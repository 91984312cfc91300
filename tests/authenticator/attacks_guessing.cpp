// SPDX-License-Identifier: BSL-1.0
// What has worked on others, by the name under which it is known: ways to be heard more often than the law
// allows. Each is driven against both gates, whole.
#include "authenticator/attacked.hpp"
#include "support/catch.hpp"

#include <sallyport/host/plcnext.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace attacked;

TEST_CASE("attack: parallel guesses outrun the count (CVE-2024-4629, CVE-2023-33170)",
          "[authenticator][attack][threads]") {
    // Verifying takes its time, and that is the window which is raced for.
    auto const storm = [](auto& at) {
        at.folk.book->while_verifying = [](attempt const&) { std::this_thread::sleep_for(1ms); };
        int const before = at.asked();
        together(64, [&](unsigned n) { (void)at.gate.login(knock("amira", fresh_guess(), host(n))); });
        CHECK(at.at_the_door() == 0);
        return at.asked() - before;
    };
    house_options const wide{.doors = 256, .patience = 5s};
    auto wanted = resilient({}, wide);
    CHECK(storm(wanted) == 10);
    wanted.pass(1h);
    CHECK(storm(wanted) == 1);
    auto plc = plcnext(wide);
    CHECK(storm(plc) == 3);
    plc.pass(plc.gate.delay(knock("amira", "")));
    CHECK(storm(plc) == 1);

    // Nobody is settled while all of them knock.
    auto again = resilient({}, wide);
    std::vector<decltype(again.gate)::pending> flying;
    int told_later = 0;
    for (unsigned n = 0; n < 64; ++n) {
        auto p = again.gate.begin(knock("amira", fresh_guess(), host(n)));
        if (p)
            flying.push_back(std::move(*p));
        else
            told_later += p.error() == denial{reason::try_again_later, {}} ? 1 : 0;
    }
    CHECK(flying.size() == 10);
    CHECK(told_later == 54);
}

TEST_CASE("attack: counting first and denying the rest refuses parallel logins that are right",
          "[authenticator][attack][threads]") {
    auto const rush = [](auto& at) {
        at.folk.book->while_verifying = [](attempt const&) { std::this_thread::sleep_for(200us); };
        std::vector<std::optional<sallyport::result<sallyport::session::session>>> all(64);
        together(64, [&](unsigned n) { all[n].emplace(at.gate.login(knock("amira", "valve-7", host(n)))); });
        int in = 0;
        for (auto const& who : all) in += *who ? 1 : 0;
        CHECK(at.gate.open_sessions() == 64);
        CHECK(at.gate.administer("test").penalties().empty());
        return in;
    };
    house_options const patient{.patience = 1min};
    auto wanted = resilient({}, patient, {.total = 64});
    CHECK(rush(wanted) == 64);
    auto plc = plcnext(patient, {.total = 64});
    CHECK(rush(plc) == 64);
}

/// A directory in which one account has many spellings: realms, an alias, and the forms that Unicode has of
/// one letter.
struct folding_directory {
    std::shared_ptr<int> asked = std::make_shared<int>(0);

    static constexpr std::array<std::string_view, 7> spellings{
        "\xc3\xa1mira",              // one code point
        "a\xcc\x81mira",             // a letter, and its accent
        "\xef\xbd\x81\xcc\x81mira",  // a letter that is as wide as an ideograph
        "plant\\\xc3\xa1mira",
        "\xc3\xa1mira@plant",
        "ami",
        "amira"};

    [[nodiscard]] answer verify(attempt const& a, instant) const {
        ++*asked;
        if (a.shown.bytes.equals(secret{"valve-7"})) return principal{.is = spellings[0]};
        return denial{reason::invalid_credentials, {}};
    }
    [[nodiscard]] std::optional<sallyport::name> account_key(std::string_view user) const noexcept {
        sallyport::name const folded = sallyport::fold_name(user);
        bool const hers = std::find(spellings.begin(), spellings.end(), folded.view()) != spellings.end();
        return hers ? sallyport::name{spellings[0]} : folded;
    }
};

TEST_CASE(
    "attack: spellings of one name, by case, blanks, Unicode form or alias, multiply the guesses "
    "(CVE-2025-6004)",
    "[authenticator][attack]") {
    auto const spell = [](auto& at) {
        int verified = 0;
        for (unsigned round = 0; round < 10; ++round)
            for (auto const* spelling : {"amira", "AMIRA", " amira", "Amira ", "  aMiRa  "})
                verified += guess(at, spelling, 1, 10 * round);
        // Another code point is another name here: what is tried there is no guess at hers.
        CHECK(at.refused(knock("\xc3\xa1mira", "valve-7")).why == reason::unknown_account);
        return verified;
    };
    auto wanted = resilient();
    CHECK(spell(wanted) == 10);
    auto plc = plcnext();
    CHECK(spell(plc) == 3);

    // Where the directory takes them for one, so does the gate.
    auto const fold = [](auto& gate, folding_directory const& folk) {
        for (unsigned n = 0; n < 70; ++n)
            (void)gate.login(
                knock(folding_directory::spellings[n % 7], fresh_guess(), host(n), n % 2 == 0 ? "wbm" : ""));
        return *folk.asked;
    };
    folding_directory one, other;
    auto const env = [] { return sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}); };
    auto gate = sallyport::presets::resilient(env(), one, volatile_state{});
    CHECK(fold(gate, one) == 10);
    auto plc_gate = sallyport::presets::plcnext(env(), other);
    CHECK(fold(plc_gate, other) == 3);
}

TEST_CASE("attack: the attacker's own successes between guesses clear the count", "[authenticator][attack]") {
    auto const own = [](auto& at) {
        return [&](unsigned n) { CHECK(at.gate.login(knock("bo", "pump-3", host(n)))); };
    };
    auto wanted = resilient();
    CHECK(guesses_a_day(wanted, "amira", own(wanted)) == 34);
    auto plc = plcnext();
    CHECK(guesses_a_day(plc, "amira", own(plc)) == 79);

    // The victim's successes clear nothing either, where it is ours to say. (The published rules forget all
    // at a success: see `worst_case_guesses`.)
    auto busy = resilient();
    CHECK(guesses_a_day(busy, "amira",
                        [&](unsigned) { CHECK(busy.gate.login(at_panel("amira", "valve-7"))); }) == 34);
}

TEST_CASE("attack: an anonymous success, or one by token, clears the count", "[authenticator][attack]") {
    auto const nobody = [](auto& at) {
        return [&](unsigned n) {
            for (credential const& shown :
                 {credential{}, credential::certificate("hers, which is public"), credential::token("t")}) {
                attempt a = knock("amira", "", host(n));
                a.shown = shown;
                auto p = at.gate.begin(a);
                REQUIRE(p);
                p->verified(principal{.is = "amira", .marks = principal::anonymous});
                CHECK(p->settle());
            }
        };
    };
    auto wanted = resilient();
    CHECK(guesses_a_day(wanted, "amira", nobody(wanted)) == 34);
    auto plc = plcnext();
    CHECK(guesses_a_day(plc, "amira", nobody(plc)) == 79);
}

TEST_CASE("attack: the attacker stops one short of the threshold", "[authenticator][attack]") {
    auto wanted = resilient();
    int verified = 0;
    for (int day = 0; day < 10; ++day, wanted.pass(24h)) verified += guess(wanted, "amira", 9);
    CHECK(verified == 90);  // 24 a day come back, and nine of them were used
    for (int day = 0; day < 10; ++day, wanted.pass(9h)) (void)guess(wanted, "amira", 9);
    CHECK(guess(wanted, "amira", 30) <= 10);
    CHECK(guess(wanted, "amira", 30) == 0);

    auto plc = plcnext();
    CHECK(guess(plc, "amira", 2) == 2);
    CHECK(plc.gate.delay(knock("amira", "")) == 0s);
    CHECK(plc.refused(knock("amira", fresh_guess())) == denial{reason::invalid_credentials, 10s});
}

TEST_CASE("attack: the attacker waits out the quiet window", "[authenticator][attack]") {
    // Evenly, every few minutes: nothing is forgotten but what the law gives back.
    auto wanted = resilient();
    int verified = 0;
    for (unsigned n = 0; n < 24 * 12; ++n, wanted.pass(5min)) verified += guess(wanted, "amira", 1, n);
    CHECK(verified <= 34);
    CHECK(verified >= 33);

    auto plc = plcnext();
    CHECK(guess(plc, "amira", 2) == 2);
    for (nanoseconds const quiet : {nanoseconds{1h}, nanoseconds{24h}, nanoseconds{24h * 365}})
        plc.pass(quiet);
    CHECK(plc.refused(knock("amira", fresh_guess())) == denial{reason::invalid_credentials, 10s});
    plc.pass(24h * 365);
    CHECK(plc.refused(knock("amira", fresh_guess())) == denial{reason::invalid_credentials, 40s});
}

/// Every way in which this library lets somebody try a secret, one after the other; what each of them said.
template <class Device>
std::vector<denial> all_ways(Device& at, sallyport::session::session& locked, std::uint64_t open) {
    sallyport::host::plcnext::user_manager manager{at.gate};
    std::vector<denial> said;
    auto const wrong = [] { return fresh_guess(); };
    for (auto const* service : {"opcua", "wbm", "ssh"})
        said.push_back(at.refused(knock("amira", wrong(), here, service)));
    said.push_back(at.gate.confirm(knock("amira", wrong())).error());
    said.push_back(locked.unlock(secret{wrong()}).error());
    said.push_back(at.gate.unlock(locked.number(), secret{wrong()}).error());
    said.push_back(at.gate.issue_pairing_code(open, secret{wrong()}).error());
    if (auto const password = wrong(); auto p = at.gate.begin(knock("amira", password))) {
        p->verify(knock("amira", password));
        said.push_back(p->settle().error());
    } else {
        said.push_back(p.error());
    }
    auto const created = manager.create_session("amira", secret{wrong()}, knock("", ""));
    CHECK(created.error != sallyport::host::plcnext::authentication_error::none);
    return said;
}

TEST_CASE("attack: a second way in is not counted (CVE-2026-7820, CVE-2026-9798)",
          "[authenticator][attack]") {
    auto const try_all = [](auto& at) {
        auto locked = at.gate.login(knock("amira", "valve-7")),
             open = at.gate.login(knock("amira", "valve-7"));
        REQUIRE((locked && open));
        REQUIRE(locked->lock());
        int const before = at.asked();
        for (int round = 0; round < 3; ++round) (void)all_ways(at, *locked, open->number());
        int const verified = at.asked() - before;
        for (denial const& no : all_ways(at, *locked, open->number()))
            CHECK(no.why == reason::penalty_delay_active);
        CHECK(at.asked() == before + verified);
        CHECK(locked->state() == standing::locked);
        return verified;
    };
    auto wanted = resilient();
    CHECK(try_all(wanted) == 5);  // from one source
    auto plc = plcnext();
    CHECK(try_all(plc) == 3);
}

}  // namespace
