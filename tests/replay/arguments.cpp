// SPDX-License-Identifier: BSL-1.0
#include <replay/arguments.hpp>

#include <support/catch.hpp>

#include <string>

namespace {

std::string fault_of(std::vector<std::string_view> const& words) {
    std::string fault;
    auto const given = replay::read_arguments(words, fault);
    CHECK(given.has_value() == fault.empty());
    return fault;
}

}  // namespace

TEST_CASE("what a command line may say", "[replay]") {
    std::string fault;
    auto const given = replay::read_arguments({"--account", "bo:p:Admin,Shift Leader", "--gate", "resilient",
                                               "--max-sessions", "4", "--account", "c:"},
                                              fault);
    REQUIRE(given);
    CHECK((given->gate == replay::policy::resilient && given->max_sessions == 4));
    CHECK(given->accounts.knows(sallyport::fold_name("bo")).has_value());
    CHECK(given->accounts.knows(sallyport::fold_name("c")).has_value());
    CHECK(fault_of({"--gate", "plcnext", "--account", "bo:p:"}).empty());
}

TEST_CASE("what it may not say, and no secret in the answer", "[replay]") {
    CHECK(fault_of({}) == "--gate is missing");
    CHECK(fault_of({"--gate"}) == "--gate needs a value");
    CHECK(fault_of({"--gate", "open"}) == "there is no gate 'open'");
    CHECK(fault_of({"--door", "x"}) == "unknown option '--door'");
    CHECK(fault_of({"--gate", "plcnext", "--max-sessions", "0"}).find("from 1 to 65536") !=
          std::string::npos);
    CHECK(fault_of({"--gate", "plcnext", "--max-sessions", "4x"}).find("from 1 to 65536") !=
          std::string::npos);
    CHECK(fault_of({"--account", "bo"}) == "--account wants USER:SECRET or USER:SECRET:ROLE,ROLE...");
    CHECK(fault_of({"--account", ":p"}).find("user name") != std::string::npos);
    CHECK(fault_of({"--account", "bo:hush", "--account", "bo:hush"}) == "--account: 'bo' is given twice");
    CHECK(fault_of({"--account", "bo:hush:a,,b"}).find("hush") == std::string::npos);
}
