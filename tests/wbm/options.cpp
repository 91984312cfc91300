// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;

namespace {
std::string fault_of(std::vector<std::string_view> const& words) {
    std::string fault;
    auto const o = wbm::read_options(words, fault);
    CHECK(o.has_value() == fault.empty());
    return fault;
}
}  // namespace

TEST_CASE("without options it listens to this machine alone, with the limits that are published",
          "[wbm][options]") {
    std::string fault;
    auto const o = wbm::read_options({"--state", "/tmp/x"}, fault);
    REQUIRE(o);
    CHECK(o->server.address == "127.0.0.1");
    CHECK(o->server.port == 8443);
    CHECK_FALSE(o->machines);  // no second door that nobody has asked for
    CHECK(o->device.gate.sessions == 32);
    CHECK(o->device.gate.idle == 20min);
    CHECK(o->device.gate.lanes == wbm::lanes_of_a_device);
    CHECK(o->device.hashing.cost == sallyport::identity::argon2_cost{19456, 2, 1});
}

TEST_CASE("both sides of every edge", "[wbm][options]") {
    for (std::vector<std::string_view> const& good :
         {std::vector<std::string_view>{"--state", "x", "--port", "0"},
          {"--state", "x", "--port", "65535", "--sessions", "1"},
          {"--state", "x", "--sessions", "128", "--idle-minutes", "0", "--machines", "0"},
          {"--state", "x", "--from-one-place", "1/1"},
          {"--state", "x", "--from-one-place", "1000/86400"},
          {"--state", "x", "--idle-minutes", "127", "--hash-memory", "65536", "--hash-passes", "10"}})
        CHECK(fault_of(good).empty());
    for (std::vector<std::string_view> const& bad : {std::vector<std::string_view>{"--port"},
                                                     {"--port", ""},
                                                     {"--port", "65536"},
                                                     {"--port", "-1"},
                                                     {"--port", "80x"},
                                                     {"--sessions", "0"},
                                                     {"--sessions", "129"},
                                                     {"--idle-minutes", "128"},
                                                     {"--from-one-place", "5"},
                                                     {"--from-one-place", "0/10"},
                                                     {"--from-one-place", "1001/10"},
                                                     {"--from-one-place", "5/0"},
                                                     {"--from-one-place", "5/86401"},
                                                     {"--from-one-place", "5/"},
                                                     {"--from-one-place", "/5"},
                                                     {"--from-one-place", "5/1/1"},
                                                     {"--hash-memory", "1"},
                                                     {"--hash-passes", "11"},
                                                     {"--name", ""},
                                                     {"--certificate", "x"},
                                                     {"--key", "x"},
                                                     {"--use-notification", "/nowhere"},
                                                     {"--faster-penalties", "1"},
                                                     {"state", "x"}}) {
        CAPTURE(bad.front());
        CHECK_FALSE(fault_of(bad).empty());
    }
}

TEST_CASE("what one place may try is the owner's affair, and moves no bound", "[wbm][options]") {
    std::string fault;
    auto const o = wbm::read_options({"--state", "x", "--from-one-place", "3/10"}, fault);
    REQUIRE(o);
    CHECK(o->device.gate.lanes.account_and_source == sallyport::penalty::lane_rate{3, 10s});
    CHECK(sallyport::penalty::worst_case_guesses(24h, 0, 0, o->device.gate.lanes).strangers == 34);
}
