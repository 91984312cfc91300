// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/environment/random_source.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <new>
#include <optional>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace sallyport;
using draw = std::array<word, 2>;

std::optional<draw> drawn_from(random_source& chance) {
    draw bits{};
    return chance.draw(bits) ? std::optional{bits} : std::nullopt;
}

TEST_CASE("no two draws are alike, and none is nought", "[environment][random_source]") {
    random_source chance;
    std::set<draw> seen;
    std::size_t ones = 0;
    constexpr std::size_t draws = 2000;
    for (std::size_t i = 0; i < draws; ++i) {
        auto const d = drawn_from(chance);
        REQUIRE(d);
        REQUIRE((*d)[0] != 0);
        REQUIRE((*d)[1] != 0);
        ones += static_cast<std::size_t>(std::popcount((*d)[0]) + std::popcount((*d)[1]));
        seen.insert(*d);
    }
    CHECK(seen.size() == draws);
    // Half of all bits, give or take eight standard deviations of 253.
    CHECK(ones > draws * 64 - 2024);
    CHECK(ones < draws * 64 + 2024);
}

TEST_CASE("two sources are two", "[environment][random_source]") {
    random_source one, other;
    CHECK(drawn_from(one) != drawn_from(other));
}

TEST_CASE("what was not handed out is wiped when the source goes", "[environment][random_source]") {
    alignas(random_source) static std::array<unsigned char, sizeof(random_source)> there{};
    auto* const chance = new (there.data()) random_source;
    auto const d = drawn_from(*chance);
    REQUIRE(d);
    auto const words_left = [] {  // of words, those that look random: many bits set
        std::size_t n = 0;
        for (std::size_t i = 0; i + sizeof(word) <= there.size(); i += sizeof(word)) {
            int bits = 0;
            for (std::size_t k = 0; k < sizeof(word); ++k)
                bits += std::popcount(static_cast<unsigned char const volatile&>(there[i + k]));
            n += bits > 12 ? 1 : 0;
        }
        return n;
    };
    CHECK(words_left() >= 28);  // the draws to come lie ready …
    for (std::size_t i = 0; i + sizeof(word) <= there.size(); ++i)
        CHECK(std::bit_cast<word>(std::array<unsigned char, 8>{
                  there[i], there[i + 1], there[i + 2], there[i + 3], there[i + 4], there[i + 5],
                  there[i + 6], there[i + 7]}) != (*d)[0]);  // … what was drawn does not
    chance->~random_source();
    CHECK(words_left() < 4);
}

TEST_CASE("the kernel's generator fills what it is given and no more", "[environment][random_source]") {
    std::array<unsigned char, 1024> bytes{};
    REQUIRE(fill_random(bytes.data(), 1000));
    std::size_t noughts = 0;
    for (std::size_t i = 0; i < 1000; ++i) noughts += bytes[i] == 0 ? 1 : 0;
    CHECK(noughts < 50);
    for (std::size_t i = 1000; i < bytes.size(); ++i) CHECK(bytes[i] == 0);
    CHECK(fill_random(nullptr, 0));
}

/// What a forked child answers, 0 … 127.
template <class F>
int in_a_child(F f) {
    pid_t const pid = fork();
    if (pid == 0) _exit(f());
    int status = -1;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("a forked copy knows itself, and its parent stays what it was",
          "[environment][random_source][fork]") {
    fork_mark const mark;
    CHECK(mark.ours());
    CHECK(in_a_child([&] { return mark.ours() ? 1 : 0; }) == 0);
    CHECK(mark.ours());
    CHECK(in_a_child([] { return fork_mark{}.ours() ? 1 : 0; }) ==
          1);  // made anew in the child, it is the child's
}

TEST_CASE("a forked child never draws what its parent draws", "[environment][random_source][fork]") {
    random_source chance;
    REQUIRE(drawn_from(chance));  // the buffer is full of what comes next
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe(pipe_ends.data()) == 0);
    CHECK(in_a_child([&] {
              std::array<draw, 8> drawn{};
              for (draw& d : drawn) d = drawn_from(chance).value_or(draw{});
              return write(pipe_ends[1], drawn.data(), sizeof drawn) == sizeof drawn ? 0 : 1;
          }) == 0);
    std::array<draw, 8> childs{};
    REQUIRE(read(pipe_ends[0], childs.data(), sizeof childs) == static_cast<ssize_t>(sizeof childs));
    close(pipe_ends[0]), close(pipe_ends[1]);
    std::set<draw> all(childs.begin(), childs.end());
    for (int i = 0; i < 20; ++i) all.insert(drawn_from(chance).value_or(draw{}));
    CHECK(all.size() == 28);
    CHECK_FALSE(all.contains(draw{}));
}

}  // namespace
