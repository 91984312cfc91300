// SPDX-License-Identifier: BSL-1.0
// Accounts behind a gate: what the two make of an attempt together.
#include <sallyport/identity/accounts_file.hpp>
#include <sallyport/identity/anonymous.hpp>
#include <sallyport/identity/any_of.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/testing/manual_clock.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace sallyport;
using namespace sallyport::identity;
using namespace people;

namespace {

using plant_accounts = accounts<counting_hasher, role::role_table>;

auto gate_of(plant_accounts who) {
    return presets::plcnext(environment{}.with_clock(testing::manual_clock{}),
                            any_of{std::move(who), anonymous{{}}});
}

struct plant {
    folder f{};
    counting_hasher hasher{};
    plant_accounts people;
    decltype(gate_of(std::declval<plant_accounts>())) gate;

    explicit plant(accounts_options o = small_house())
        : people{*open_accounts(f.with(R"(
              [[account]]
              name = "amira"
              roles = ["Engineer"]
              password = "plain$2$valve-7"
              [[account]]
              name = "bo"
              disabled = true
              password = "plain$2$valve-7"
              [[account]]
              name = "cleo"
              roles = ["Admin"]
              must_change_password = true
              password = "plain$2$initial"
          )"),
                                hasher, role::plcnext_roles, o)},
          gate{gate_of(people)} {}

    /// Changes the file, and lets everybody know.
    template <class F>
    void change(F f_) {
        auto file = edit_accounts(people.path(), hasher, role::plcnext_roles);
        REQUIRE(file);
        REQUIRE_FALSE(f_(*file));
        REQUIRE_FALSE(file->save());
        REQUIRE_FALSE(people.reload());
    }
};

}  // namespace

TEST_CASE("unknown, wrong, disabled and malformed ones cost one hash and get one answer",
          "[identity][gate]") {
    plant p;
    std::string const long_name(65, 'a'), long_password(129, 'x'), megabyte(1 << 20, 'x');
    struct {
        std::string_view user, password;
        reason because;
    } const attempts[] = {
        {"amira", "wrong", reason::invalid_credentials},
        {"nobody", "valve-7", reason::unknown_account},
        {"bo", "valve-7", reason::account_disabled},
        {"", "valve-7", reason::malformed_attempt},
        {long_name, "valve-7", reason::malformed_attempt},
        {"a\nb", "valve-7", reason::malformed_attempt},
        {"\xff", "valve-7", reason::malformed_attempt},
        {"amira", long_password, reason::malformed_attempt},
        {"amira", megabyte, reason::malformed_attempt},
    };
    for (auto const& [user, password, because] : attempts) {
        CAPTURE(user, password.size());
        int const before = p.hasher.done->hashes;
        auto const no = p.gate.login(by(user, password));
        REQUIRE_FALSE(no);
        CHECK(no.error().why == because);
        CHECK(no.error().outward() == denial{reason::invalid_credentials, {}});
        CHECK(p.hasher.done->hashes == before + 1);
        CHECK(p.hasher.done->last_cost == 2);
    }
}

TEST_CASE("a name is one account however it is spelt", "[identity][gate]") {
    plant p;
    for (std::string_view const spelt : {"amira", " AMIRA", "Amira "})
        CHECK_FALSE(p.gate.login(by(spelt, "wrong")));
    CHECK(p.gate.login(by("aMiRa", "valve-7")).error().why == reason::penalty_delay_active);
    CHECK(p.hasher.done->hashes == 3);
}

TEST_CASE("too many at once are sent away, and nobody is charged", "[identity][gate][threads]") {
    auto o = small_house();
    o.hashing.on.cores = 1;
    plant p{o};
    {
        auto const busy = p.people.hashing()->acquire(elsewhere);
        for (int i = 0; i < 10; ++i)
            for (std::string_view const user : {"amira", "nobody", "bo"})
                CHECK(p.gate.login(by(user, "wrong")).error() == denial{reason::try_again_later, {}});
    }
    CHECK(p.hasher.done->hashes == 0);
    CHECK(p.gate.login(by("amira", "valve-7")));
}

TEST_CASE("whoever must change his password is inside with no role, until he has", "[identity][gate]") {
    plant p;
    auto session = p.gate.login(by("cleo", "initial"));
    REQUIRE(session);
    role_set const admin = role::plcnext_roles.set({"Admin"});
    CHECK_FALSE(session->may(admin));
    p.change([](auto& f) { return f.set_password("cleo", "plain$2$a new one"); });
    CHECK_FALSE(session->may(admin));
    CHECK(p.gate.reevaluate(session->number()) == 0);
    CHECK(session->may(admin));
    CHECK(session->state() == standing::open);
}

TEST_CASE("accounts that are disabled or deleted lose their sessions, changed roles apply at once",
          "[identity][gate]") {
    plant p;
    auto one = p.gate.login(by("amira", "valve-7")), two = p.gate.login(by("amira", "valve-7"));
    auto someone = p.gate.login({});
    REQUIRE((one && two && someone));
    p.change([](auto& f) { return f.set_roles("amira", {"Viewer"}); });
    CHECK(p.gate.reevaluate() == 0);
    CHECK_FALSE(one->may(role::plcnext_roles.set({"Engineer"})));
    CHECK(one->may(role::plcnext_roles.set({"Viewer"})));
    p.change([](auto& f) { return f.set_disabled("amira", true); });
    CHECK(p.gate.reevaluate() == 2);
    CHECK(one->state() != standing::open);
    CHECK(two->state() != standing::open);
    CHECK(someone->state() == standing::open);  // nobody in particular is no account
}

TEST_CASE("accounts that change in mid-login are the ones that count", "[identity][gate]") {
    plant p;
    auto pending = p.gate.begin(by("amira", "valve-7"));
    REQUIRE(pending);
    pending->verify(by("amira", "valve-7"));
    p.change([](auto& f) { return f.set_disabled("amira", true); });
    CHECK(p.gate.reevaluate() == 0);
    CHECK(pending->settle().error().why == reason::account_disabled);
}

TEST_CASE("an attempt that throws is a failure and leaves no permit held", "[identity][gate]") {
    plant p;
    p.hasher.done->throws = true;
    for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(p.gate.login(by("amira", "valve-7")), std::bad_alloc);
    p.hasher.done->throws = false;
    CHECK(p.people.hashing()->free() == 2);
    CHECK(p.gate.login(by("amira", "valve-7")).error().why == reason::penalty_delay_active);
    p.gate.clock().advance(40s);  // that one was early
    CHECK(p.gate.login(by("amira", "valve-7")));
}
