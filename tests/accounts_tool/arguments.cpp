// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

using namespace accounts;

namespace {
struct reading {
    std::string fault{};
    arguments a;
    reading(std::initializer_list<char const*> words)
        : a{read_arguments(std::vector<char const*>{words}, fault)} {}
};
}  // namespace

TEST_CASE("a command line says what is to be done to which account", "[accounts_tool]") {
    reading const r{"add",
                    "f.toml",
                    "amira",
                    "--roles",
                    "Engineer,Viewer",
                    "--must-change",
                    "--not-after",
                    "1970-01-01T01:00:01+01:00"};
    CHECK(r.fault.empty());
    CHECK(r.a.what == command::add);
    CHECK(r.a.file == "f.toml");
    CHECK(r.a.name == "amira");
    CHECK(r.a.roles == std::vector<std::string>{"Engineer", "Viewer"});
    CHECK((r.a.must_change && !r.a.essential && !r.a.disabled));
    CHECK(r.a.not_after == std::chrono::seconds{1});
    CHECK_FALSE(r.a.not_before);

    CHECK(reading{"roles", "f", "amira", "none"}.a.roles.empty());
    CHECK(reading{"passwd", "f", "amira", "--remember", "24"}.a.remember == 24U);
    CHECK(reading{"list", "f"}.a.what == command::list);
    for (auto const* const word : {"help", "--help", "-h"}) CHECK(reading{word}.a.what == command::help);
    CHECK(reading{"add", "--help"}.a.what == command::help);
}

TEST_CASE("a command line at fault says what is wrong with it", "[accounts_tool]") {
    struct {
        reading r;
        std::string_view fault;
    } const wrong[] = {
        {{}, "what is to be done?"},
        {{"frob"}, "there is no command \"frob\""},
        {{"init"}, "init takes FILE"},
        {{"init", "a", "b"}, "init takes FILE"},
        {{"add", "f"}, "add takes FILE NAME"},
        {{"roles", "f", "amira"}, "roles takes FILE NAME ROLE,ROLE…|none"},
        {{"add", "f", "amira", "secret"}, "add takes FILE NAME"},  // nobody gives a password away here
        {{"add", "f", "amira", "--password", "secret"}, "there is no --password here"},
        {{"list", "f", "--must-change"}, "there is no --must-change here"},
        {{"add", "f", "amira", "--roles"}, "--roles needs a value"},
        {{"passwd", "f", "amira", "--remember", "25"}, "--remember needs a number from 0 to 24"},
        {{"passwd", "f", "amira", "--remember", "-1"}, "--remember needs a number from 0 to 24"},
        {{"passwd", "f", "amira", "--remember", "3x"}, "--remember needs a number from 0 to 24"},
        {{"add", "f", "amira", "--not-before", "2026-01-01"},
         "--not-before needs a date with its offset, such as 2026-01-31T08:00:00Z"},
        {{"add", "f", "amira", "--not-before", "2026-02-30T00:00:00Z"},
         "--not-before needs a date with its offset, such as 2026-01-31T08:00:00Z"},
        {{"add", "f", "amira", "--not-after", "2026-01-31T08:00:00Z\nx = 1"},
         "--not-after needs a date with its offset, such as 2026-01-31T08:00:00Z"},
        {{"list", "f", "--memory-kib", "7"}, "Argon2 needs 8 KiB at least"},
        {{"list", "f", "--passes", "0"}, "its own cost is outside of what it accepts"},
        {{"list", "f", "--memory-kib", "4294967295"}, "more than 2 GiB for one hash"},
        {{"list", "f", "--memory-kib", "4294967296"}, "--memory-kib needs a number"},
    };
    for (auto const& [r, fault] : wrong) CHECK(r.fault == fault);
}

TEST_CASE("a cost that is asked for is one that is read again", "[accounts_tool]") {
    reading const cheap{"list", "f", "--memory-kib", "8", "--passes", "1"},
        dear{"list", "f", "--memory-kib", "131072", "--passes", "20"};
    CHECK((cheap.fault.empty() && cheap.a.hashing.accepted.hold({8, 1, 1})));
    CHECK(cheap.a.hashing.accepted.hold({19456, 2, 1}));
    CHECK((dear.fault.empty() && dear.a.hashing.accepted.hold({131072, 20, 1})));
}
