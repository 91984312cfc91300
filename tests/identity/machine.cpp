// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/machine.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <string>

using namespace sallyport::identity;

TEST_CASE("the machine says what it has", "[identity][machine]") {
    machine const m = this_machine();
    CHECK(m.cores >= 1);
    CHECK(m.available_memory > (1 << 20));
    CHECK(m.available_memory < (std::uint64_t{1} << 50));
}

TEST_CASE("a number is found behind its key", "[identity][machine]") {
    people::folder const f;
    std::string const path =
        f.with("MemTotal:       16332892 kB\nMemFree:  12 kB\nMemAvailable:   7654321 kB\n", "meminfo");
    CHECK(detail::number_in(path, "MemAvailable:") == 7654321U);
    CHECK(detail::number_in(path, "MemFree:") == 12U);
    CHECK_FALSE(detail::number_in(path, "SwapTotal:"));
    CHECK_FALSE(detail::number_in(f.file("nowhere"), "MemFree:"));
}

TEST_CASE("a control group's limit counts, less what is used already", "[identity][machine]") {
    people::folder const f;
    (void)f.with("67108864\n", "memory.max");
    (void)f.with("4194304\n", "memory.current");
    CHECK(detail::memory_left_by_control_groups(f.at.string()) <= 62914560);
    (void)f.with("4194304\n", "memory.max");
    CHECK(detail::memory_left_by_control_groups(f.at.string()) == 0);
    (void)f.with("max\n", "memory.max");
    CHECK(detail::memory_left_by_control_groups(f.at.string()) > 62914560);
}
