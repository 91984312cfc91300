// SPDX-License-Identifier: BSL-1.0
// Several processes behind one penalty list that outlives a restart: each of them writes to the journal, and
// none of them shuts out the others by dying.
#include "shared_house.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace shared_house;
using sallyport::reason;

/// A device with a segment and a disk. Its storage can be one that a test has made.
template <class Storage = sallyport::shared_memory_storage>
struct shared_device {
    place_for_segment const here{};
    support::folder const disk{};
    [[nodiscard]] std::string journal() const { return disk.file("lanes.journal"); }
    [[nodiscard]] auto gate(std::string const& boot = "boot", std::string const& path = {}) const {
        return sallyport::presets::resilient(
            sallyport::environment{}.with_storage(Storage{{.path = here.segment()}}), anybody{},
            sallyport::penalty::journal{
                {.path = path.empty() ? journal() : path, .device = "device", .boot_id = boot}});
    }
};
[[nodiscard]] sallyport::attempt from_device(std::string_view user, std::uint8_t n) {
    sallyport::thumbprint id;
    id.bytes.fill(n);
    auto a = knock(user, "right");
    a.device = sallyport::testing::device_forge::make(id);
    return a;
}

TEST_CASE("shared journal: every program of a segment writes to it, and the one after a restart",
          "[environment][shared_memory][journal][fork]") {
    shared_device<> const d;
    REQUIRE(true_in_a_child([&] {
        auto first = d.gate();
        return first.login(knock("amira", "right")) && true_in_a_child([&] {
                   auto second = d.gate();
                   return second.ready() && second.login(knock("bo", "right")) &&
                          second.login(from_device("root", 3));
               });
    }));
    auto again = d.gate();  // the programs have gone, the segment has not
    REQUIRE(again.ready());
    CHECK(again.login(knock("carla", "right")));
    CHECK(again.administer("root").pair("root", from_device("root", 9).device.print()));
    CHECK(again.login(from_device("root", 9)));
    auto lost = d.gate("boot", "/nowhere/at/all/lanes.journal");
    CHECK_FALSE(lost.ready());
    CHECK(lost.fault() == "penalty::journal: its folder cannot be opened");
    CHECK(again.login(knock("dora", "right")));  // the fault is that program's alone
}

}  // namespace
