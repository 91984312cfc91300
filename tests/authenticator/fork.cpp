// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace gatehouse;

/// Is it so in a forked child? It leaves without a word: no destructor of the parent's runs in it.
template <class F>
bool in_a_child(F f) {
    std::fflush(nullptr);
    pid_t const child = fork();
    if (child == 0) _exit(f() ? 0 : 1);
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

attempt const right = knock("amira", "valve-7");

TEST_CASE("a forked child's copy of a gate refuses everything", "[authenticator][fork]") {
    auto at = published();
    auto who = at.gate.login(right);
    REQUIRE(who);
    auto const token = who->token();
    REQUIRE(token);
    auto const number = who->number();
    CHECK(in_a_child([&] { return at.gate.login(right).error().why == reason::storage_unavailable; }));
    CHECK(in_a_child([&] { return at.gate.begin(right).error().why == reason::storage_unavailable; }));
    CHECK(in_a_child([&] { return at.gate.present(*token).error().why == reason::storage_unavailable; }));
    CHECK(in_a_child([&] { return !at.gate.close(number) && at.gate.close_all("amira") == 0; }));
    CHECK(in_a_child([&] { return !at.gate.tick() && at.gate.reevaluate() == 0; }));
    CHECK(in_a_child([&] { return at.gate.open_sessions() == 0; }));
    CHECK(who->state() == standing::open);
    CHECK(at.gate.open_sessions() == 1);
    CHECK(at.folk.book->asked == 1);
}

TEST_CASE("a child's session handles may nothing, and let go of nothing", "[authenticator][fork]") {
    auto at = published();
    auto who = at.gate.login(right);
    REQUIRE(who);
    REQUIRE(in_a_child([&] { return who->state() == standing::ended && !who->may(admins); }));
    CHECK(in_a_child([&] { return !who->touch() && !who->lock() && !who->token(); }));
    CHECK(in_a_child([&] { return !who->unlock(secret{"valve-7"}); }));
    CHECK(in_a_child([&] {
        who->close();
        return true;
    }));
    CHECK(who->state() == standing::open);
    CHECK(at.log.count(event_id::session_closed) == 0);
    CHECK(who->touch());
}

TEST_CASE("a child's pending login settles nothing, and the parent's is its own", "[authenticator][fork]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(right);
    CHECK(in_a_child([&] { return p->settle().error().why == reason::storage_unavailable; }));
    CHECK(in_a_child([&] {
        auto dropped = std::move(*p);
        return true;
    }));
    CHECK(at.at_the_door() == 1);
    CHECK(p->settle());
}

TEST_CASE("a child may take its parent's gate down, and make one of its own", "[authenticator][fork]") {
    using the_site = decltype(published());
    auto at = std::make_unique<site<sallyport::penalty::backoff<>>>(house_options{},
                                                                    sallyport::penalty::backoff<>{});
    {
        auto who = at->gate.login(right);
        REQUIRE(who);
        CHECK(in_a_child([&] {
            at.reset();  // though a handle is about: in the parent that ends the program
            auto own = published();
            auto mine = own.gate.login(right);
            return own.gate.ready() && mine && mine->state() == standing::open && mine->may(admins);
        }));
    }
    static_assert(!std::is_move_constructible_v<decltype(the_site::gate)>);
    CHECK(at->gate.open_sessions() == 0);
}

TEST_CASE("a child that makes a gate anew draws other tokens than its parent", "[authenticator][fork]") {
    auto at = published();
    auto one = at.gate.login(right);
    REQUIRE(one);
    int pipe_of[2];
    REQUIRE(pipe(pipe_of) == 0);
    REQUIRE(in_a_child([&] {
        auto own = published();
        auto mine = own.gate.login(right);
        auto const t = mine ? mine->token() : std::nullopt;
        return t && write(pipe_of[1], &t->bits, sizeof t->bits) == static_cast<ssize_t>(sizeof t->bits);
    }));
    std::array<sallyport::word, 2> theirs{};
    REQUIRE(read(pipe_of[0], &theirs, sizeof theirs) == static_cast<ssize_t>(sizeof theirs));
    close(pipe_of[0]), close(pipe_of[1]);
    auto const ours = one->token();
    REQUIRE(ours);
    CHECK(ours->bits != theirs);
    CHECK_FALSE(at.gate.present({theirs}));
}

TEST_CASE("a session that outlives its gate ends the program", "[authenticator][fork]") {
    CHECK_FALSE(in_a_child([] {
        (void)std::signal(SIGABRT, SIG_DFL);  // the test's own framework would tell of it
        (void)std::freopen("/dev/null", "w", stderr);
        std::optional<sallyport::session::session> who;
        {
            auto at = published();  // made in this process, so its handles are its own
            who.emplace(std::move(*at.gate.login(right)));
        }
        return true;
    }));
}

}  // namespace
