// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/options.hpp>
#include <sallyport/environment/house_options.hpp>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;

static_assert(valid(house_options{}).idle == 20min && options_with_fault<house_options>);

TEST_CASE("a house that cannot be lived in says why", "[environment][house_options]") {
    CHECK(house_options{}.fault().empty());
    CHECK(house_options{.doors = 0, .kept_doors = 0}.fault() ==
          "house_options: no doors, so nobody could arrive");
    CHECK(house_options{.doors = 4, .kept_doors = 4}.fault() ==
          "house_options: every door is kept for devices and the console");
    CHECK(house_options{.doors = 5, .kept_doors = 4}.fault().empty());
    CHECK(house_options{.doors = 1, .kept_doors = 0}.fault().empty());
    CHECK(house_options{.places = 0}.fault() == "house_options: no places, so nobody could be admitted");
    CHECK(house_options{.doors = 65536, .places = 65536}.fault().empty());
    CHECK(house_options{.doors = 65537}.fault() == "house_options: more than 65,536 doors or places");
    CHECK(house_options{.places = 65537}.fault() == "house_options: more than 65,536 doors or places");
    CHECK(house_options{.overdue = 0ns}.fault() == "house_options: every attempt would be overdue at once");
    CHECK(house_options{.overdue = 1ns}.fault().empty());
    CHECK(house_options{.patience = 0ns, .idle = 0ns, .lifetime = 0ns}.fault().empty());
    for (auto const& o : {house_options{.patience = -1ns}, house_options{.idle = -1ns},
                          house_options{.lifetime = -1ns}, house_options{.idle_at = {{{"wbm", -1ns}}}}})
        CHECK(o.fault() == "house_options: a time is negative");
}

TEST_CASE("the idle time-out: the general one, a service's own, or none", "[environment][house_options]") {
    house_options const o{.idle_at = {{{"opcua", 1h}, {"wbm", 0ns}, {}}}};
    principal const amira{.is = "amira"};
    CHECK(o.idle_for(amira, "ssh") == 20min);
    CHECK(o.idle_for(amira, "opcua") == 1h);
    CHECK(o.idle_for(amira, "wbm") == 0ns);
    CHECK(o.idle_for(amira, "") == 20min);  // an empty line names no service
    CHECK(o.idle_for(amira, "OPCUA") == 20min);
    CHECK(house_options{.idle = 0ns}.idle_for(amira, "ssh") == 0ns);
}

TEST_CASE("roles and accounts can be exempt from the idle time-out, at every service",
          "[environment][house_options]") {
    house_options const o{.idle_at = {{{"opcua", 1h}}},
                          .never_idle = role_set{}.with(1).with(2),
                          .never_idle_accounts = {{"scada"}}};
    CHECK(o.idle_for({.is = "amira", .roles = role_set{}.with(2)}, "opcua") == 0ns);
    CHECK(o.idle_for({.is = "amira", .roles = role_set{}.with(3)}, "opcua") == 1h);
    CHECK(o.idle_for({.is = "scada"}, "opcua") == 0ns);
    CHECK(o.idle_for({.is = "scada"}, "wbm") == 0ns);
    CHECK(o.idle_for({.is = "scada2"}, "wbm") == 20min);
    CHECK(o.idle_for({.is = ""}, "wbm") == 20min);  // nobody's name stands on the empty lines
}

}  // namespace
