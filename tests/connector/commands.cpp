// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"

#include "support/catch.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

using connector::commands;

namespace {

struct a_pipe {
    std::array<int, 2> ends{};
    a_pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
    a_pipe(a_pipe const&) = delete;
    a_pipe& operator=(a_pipe const&) = delete;
    ~a_pipe() {
        (void)::close(ends[0]);
        shut();
    }
    void say(std::string_view words) const {
        REQUIRE(::write(ends[1], words.data(), words.size()) == static_cast<ssize_t>(words.size()));
    }
    void shut() {
        if (ends[1] >= 0) (void)::close(ends[1]);
        ends[1] = -1;
    }
};
using line = std::optional<std::string>;

}  // namespace

TEST_CASE("commands come line by line, however they arrive", "[connector][commands]") {
    a_pipe p;
    commands c{p.ends[0]};
    p.say("retry");
    c.read();
    CHECK(c.next() == std::nullopt);
    p.say(" now\nquit\n\n  re");
    c.read();
    CHECK(c.next() == line{"retry now"});
    CHECK(c.next() == line{"quit"});
    CHECK(c.next() == line{""});
    CHECK(c.next() == std::nullopt);
    p.say("try now \t\r\n");
    c.read();
    CHECK(c.next() == line{"retry now"});
}

TEST_CASE("when nobody speaks any more there is nothing to wait for", "[connector][commands]") {
    a_pipe p;
    commands c{p.ends[0]};
    CHECK(c.descriptor() == p.ends[0]);
    p.shut();
    c.read();
    CHECK(c.descriptor() == -1);
    CHECK(c.next() == std::nullopt);
    commands none{-1};
    none.read();
    CHECK(none.descriptor() == -1);
}

TEST_CASE("a line without end is not kept", "[connector][commands]") {
    a_pipe p;
    commands c{p.ends[0]};
    for (int i = 0; i < 100; ++i) {
        p.say(std::string(500, 'x'));
        c.read();
        CHECK(c.next() == std::nullopt);
    }
    p.say("\nretry now\n");
    c.read();
    while (auto const l = c.next())
        if (*l == "retry now") return;
    FAIL("the command behind it was lost");
}
