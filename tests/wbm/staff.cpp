// SPDX-License-Identifier: BSL-1.0
#include "staff.hpp"

#include "house.hpp"

#include <filesystem>
#include <string>

#include <sys/stat.h>

using namespace wbm_test;
using sallyport::audit::event_id;

namespace {
constexpr auto const& roles = sallyport::role::plcnext_roles;
wbm::actor const an_admin{"olga", roles.set({"Admin"}), {}}, a_manager{"uma", roles.set({"UserManager"}), {}};
}  // namespace

TEST_CASE("nobody changes himself, and watchers are changed by administrators alone", "[wbm][staff]") {
    auto const none = sallyport::role_set{};
    auto const plain = roles.set({"Engineer", "EHmiLevel3"});
    CHECK(wbm::objection(an_admin, "OLGA", none, none) != "");
    CHECK(wbm::objection(a_manager, "uma", none, none) != "");
    CHECK(wbm::objection(a_manager, "amira", plain, plain) == "");
    for (auto const watcher :
         {"Admin", "SecurityEngineer", "SecurityAuditor", "CertificateManager", "UserManager"}) {
        CAPTURE(watcher);
        auto const w = roles.set({watcher});
        CHECK(wbm::objection(a_manager, "amira", w, none) != "");
        CHECK(wbm::objection(a_manager, "amira", plain, w) != "");
        CHECK(wbm::objection(an_admin, "amira", w, none) == "");
        CHECK(wbm::objection(an_admin, "amira", plain, w) == "");
    }
}

TEST_CASE("a new account has a temporary password, and its file stays its owner's alone", "[wbm][staff]") {
    house at{{"olga", {"Admin"}}};
    auto& staff = at.device->accounts();
    auto const added = staff.add(an_admin, "amira", {"Engineer"});
    REQUIRE(added);
    CHECK(at.state.text().find(added.password) == std::string::npos);
    struct stat about {};
    REQUIRE(stat(at.state.accounts().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    auto const e = at.last(event_id::account_changed);
    CHECK(e.actor.view() == "olga");
    CHECK(e.user.view() == "amira");

    person amira{at};
    CHECK(amira.login("amira", added.password).status == 303);
    CHECK(header(amira.get("/"), "Location") == "/password");

    CHECK_FALSE(staff.add(an_admin, "AMIRA", {}));  // it is the same name
    CHECK_FALSE(staff.add(an_admin, "", {}));
    CHECK_FALSE(staff.add(an_admin, " x", {}));
    CHECK_FALSE(staff.add(an_admin, std::string(65, 'x'), {}));
    CHECK_FALSE(staff.add(an_admin, "x", {"NoSuchRole"}));
    CHECK_FALSE(staff.add(a_manager, "x", {"Admin"}));
    CHECK(at.device->who().size() == 2);
}

TEST_CASE("disabling, removing and resetting end what is open; the last administrator stays",
          "[wbm][staff]") {
    house at{{"olga", {"Admin"}}, {"ben", {"Admin"}}, {"amira", {"Engineer"}}};
    auto& staff = at.device->accounts();
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    REQUIRE(staff.set_disabled(an_admin, "amira", true));
    CHECK(amira.get("/").status == 303);
    REQUIRE(staff.set_disabled(an_admin, "amira", false));
    REQUIRE(amira.login("amira").status == 303);
    auto const reset = staff.reset(an_admin, "amira");
    REQUIRE(reset);
    CHECK(amira.get("/").status == 303);
    CHECK(amira.login("amira").status == 401);
    REQUIRE(amira.login("amira", reset.password).status == 303);
    REQUIRE(staff.remove(an_admin, "amira"));
    CHECK(amira.get("/").status == 303);
    CHECK_FALSE(staff.remove(an_admin, "amira"));

    REQUIRE(staff.set_roles(an_admin, "ben", {"Viewer"}));
    wbm::actor const somebody{"root", roles.set({"Admin"}), {}};  // whose own account is gone meanwhile
    CHECK_FALSE(staff.set_roles(somebody, "olga", {}));
    CHECK_FALSE(staff.set_disabled(somebody, "olga", true));
    CHECK_FALSE(staff.remove(somebody, "olga"));
    CHECK(person{at}.login("olga").status == 303);
}

TEST_CASE("roles that change count in the session that is open", "[wbm][staff]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    CHECK(amira.get("/log").status == 403);
    REQUIRE(at.device->accounts().set_roles(an_admin, "amira", {"SecurityAuditor"}));
    CHECK(amira.get("/log").status == 200);
    REQUIRE(at.device->accounts().set_roles(an_admin, "amira", {}));
    CHECK(amira.get("/log").status == 403);
    CHECK(amira.get("/").status == 200);
}

TEST_CASE("what cannot be written is not changed, and is said once", "[wbm][staff]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    std::string const before = at.state.text();
    // Where the writer needs a file stands a folder with something in it: neither root nor anybody else gets
    // past that.
    std::filesystem::create_directories(fmt::format("{}/.accounts.toml.new/x", at.state.path()));
    auto const out = at.device->accounts().set_disabled(an_admin, "amira", true);
    CHECK_FALSE(out);
    CHECK(out.problem.find(at.state.path()) == std::string::npos);
    CHECK(at.state.text() == before);
    CHECK(at.count(event_id::accounts_unsaved) == 1);
    CHECK(person{at}.login("amira").status == 303);
}

TEST_CASE(
    "a file that somebody else changes is taken in; one that is broken leaves what was, and is told once",
    "[wbm][staff]") {
    house at{{"olga", {"Admin"}}, {"amira", {"Engineer"}}};
    person amira{at};
    REQUIRE(amira.login("amira").status == 303);
    std::string const good = at.state.text();
    at.state.write(fmt::format("{}\n[[account]]\nname = 5\n", good));
    for (int i = 0; i < 3; ++i) at.device->accounts().tick();
    CHECK(at.count(event_id::accounts_rejected) == 1);
    auto const why = at.last(event_id::accounts_rejected).detail;
    CHECK(why.view().find("accounts.toml:") != std::string_view::npos);
    CHECK(amira.get("/").status == 200);
    CHECK(person{at}.login("amira").status == 303);

    std::string shorter = good.substr(0, good.find("[[account]]\nname = \"amira\""));
    at.state.write(shorter);
    for (int i = 0; i < 3; ++i) at.device->accounts().tick();
    CHECK(at.count(event_id::accounts_loaded) == 2);  // at the start, and now
    CHECK(amira.get("/").status == 303);
    CHECK(person{at}.login("amira").status == 401);
}

TEST_CASE("a hash of another cost is made anew at a login, and written down", "[wbm][staff]") {
    house at{{{"olga", {"Admin"}}}, {}, {.cost = {8192, 1, 1}}};
    CHECK(at.state.text().find("m=7168,") != std::string::npos);
    person olga{at};
    REQUIRE(olga.login("olga").status == 303);
    at.device->accounts().tick();
    CHECK(at.state.text().find("m=7168,") == std::string::npos);
    CHECK(at.state.text().find("m=8192,") != std::string::npos);
    CHECK(olga.get("/").status == 200);
    CHECK(person{at}.login("olga").status == 303);
}

TEST_CASE("a device whose accounts cannot be read does not start, and says where", "[wbm][device]") {
    folder const state;
    state.write("[[account]]\nname = \"x\"\npassword = \"plain text\"\n");
    std::ostringstream log;
    auto const opened = wbm::device::open({.folder = state.path()}, log, [](std::string_view) {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().line == 3);
    CHECK(opened.error().to_string().find("plain text") == std::string::npos);
}

TEST_CASE("lines for the log hang behind the ring", "[wbm][device]") {
    house at{{"olga", {"Admin"}}};
    (void)person{at}.login("olga", "wrong");
    CHECK(at.log.str().empty());
    at.device->tick();
    CHECK(at.log.str().find("User 'olga' was refused at wbm from 192.0.2.7: the password was wrong.") !=
          std::string::npos);
}
