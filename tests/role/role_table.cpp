// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/role/role_table.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace {

using sallyport::role_set;
using sallyport::role::plcnext_roles;
using sallyport::role::role_table;

constexpr role_table three{"Viewer", "Engineer", "Admin"};
static_assert(three.size() == 3 && three.find("Viewer") == 0U && three.find("Admin") == 2U);
static_assert(three.set({"Viewer", "Admin"}) == role_set{}.with(0).with(2),
              "a table can be asked by the compiler");

TEST_CASE("the first name is bit 0, and a name is exactly as spelled", "[role][role_table]") {
    CHECK(three.find("Engineer") == 1U);
    CHECK_FALSE(three.find("engineer"));
    CHECK_FALSE(three.find("Engineer "));
    CHECK_FALSE(three.find("Engin"));
    CHECK_FALSE(three.find(""));
    CHECK(three.name(1) == "Engineer");
    CHECK(three.name(3).empty());
    CHECK(three.name(~0U).empty());
    CHECK(three.fault().empty());
}

TEST_CASE("a name that is not in the table grants nothing", "[role][role_table]") {
    CHECK(three.set({"Root"}).empty());
    CHECK(three.set({"Root", "Viewer"}) == role_set{}.with(0));
    CHECK(three.set({}).empty());
}

TEST_CASE("a table holds 128 roles and says so when it should hold more", "[role][role_table]") {
    role_table t;
    for (unsigned n = 0; n < 128; ++n) CHECK(t.add("role" + std::to_string(n)) == n);
    CHECK(t.fault().empty());
    CHECK(t.find("role127") == 127U);
    CHECK_FALSE(t.add("one too many"));
    CHECK_FALSE(t.fault().empty());
    CHECK(t.size() == 128);
}

TEST_CASE("a name that is empty, too long or double is not taken", "[role][role_table]") {
    for (auto const& wrong : {std::string{}, std::string(33, 'r'), std::string{"Viewer"}}) {
        role_table t{"Viewer"};
        CHECK_FALSE(t.add(wrong));
        CHECK(t.size() == 1);
        CHECK(t.fault() == "role::role_table: a role name is empty, too long, double or one too many");
    }
    role_table t{"Viewer"};
    CHECK(t.add(std::string(32, 'r')) == 1U);
    CHECK(t.fault().empty());
    CHECK_FALSE(role_table{"Viewer", "Viewer"}.fault().empty());
}

TEST_CASE("a former name is read as the one of now, and never written", "[role][role_table]") {
    role_table t = role_table{"Viewer", "Engineer"}.with_alias("Technician", "Engineer");
    CHECK(t.find("Technician") == 1U);
    CHECK(t.find("Engineer") == 1U);
    CHECK(t.name(1) == "Engineer");
    CHECK(t.size() == 2);
    CHECK_FALSE(t.add("Technician"));  // taken
    CHECK_FALSE(role_table{"Viewer"}.with_alias("Old", "Gone").find("Old"));
}

TEST_CASE("PLCnext's roles are all there, under the names of its WBM", "[role][role_table]") {
    std::set<unsigned> bits;
    for (auto const* const n :
         {"Admin", "SecurityEngineer", "SecurityAuditor", "CertificateManager", "UserManager", "Engineer",
          "Commissioner", "Service", "DataViewer", "DataChanger", "Viewer", "EHmiViewer", "EHmiChanger"}) {
        CAPTURE(n);
        REQUIRE(plcnext_roles.find(n));
        bits.insert(*plcnext_roles.find(n));
    }
    for (int level = 1; level <= 10; ++level) {
        auto const bit = plcnext_roles.find("EHmiLevel" + std::to_string(level));
        REQUIRE(bit);
        bits.insert(*bit);
    }
    CHECK(bits.size() == 23);
    CHECK(plcnext_roles.size() == 23);
    CHECK_FALSE(plcnext_roles.find("EHmiLevel11"));
    CHECK_FALSE(plcnext_roles.find("EHmiLevel0"));
    CHECK(plcnext_roles.find("SecurityAdmin") == plcnext_roles.find("SecurityEngineer"));
}

}  // namespace
