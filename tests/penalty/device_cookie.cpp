// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/device_cookie.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using sallyport::name;
using sallyport::thumbprint;
using sallyport::penalty::device_cookie;

TEST_CASE("a cookie holds for its account, its id and its epoch", "[penalty][cookie]") {
    support::folder const disk;
    auto const signer = device_cookie::from_file(disk.file("device.key"));
    REQUIRE(signer);
    thumbprint const id = device_cookie::fresh_id();
    std::string const value = signer->value_of("amira", 3, id);
    auto const proven = signer->check(value, "amira", 3);
    CHECK(proven.speaks_of("amira"));
    CHECK_FALSE(proven.speaks_of("bo"));
    CHECK(proven.id() == id);
    CHECK_FALSE(signer->check(value, "bo", 3).known());
    CHECK_FALSE(signer->check(value, "amira", 4).known());
    CHECK(value.find("amira") == value.npos);
}

TEST_CASE("a cookie that was tampered with proves nothing", "[penalty][cookie]") {
    support::folder const disk;
    auto const signer = device_cookie::from_file(disk.file("device.key"));
    REQUIRE(signer);
    std::string const value = signer->value_of("amira", 0, device_cookie::fresh_id());
    for (std::size_t n = 0; n < value.size(); ++n) {
        std::string other = value;
        other[n] = other[n] == '0' ? '1' : '0';
        CHECK_FALSE(signer->check(other, "amira", 0).known());
        CHECK_FALSE(signer->check(value.substr(0, n), "amira", 0).known());
    }
    CHECK_FALSE(signer->check(value + "00", "amira", 0).known());
    CHECK_FALSE(signer->check(std::string(128, 'g'), "amira", 0).known());
    auto const another = device_cookie::from_file(disk.file("another.key"));
    REQUIRE(another);
    CHECK_FALSE(another->check(value, "amira", 0).known());
}

TEST_CASE("the key outlives the program, in a file of its own that nobody else reads", "[penalty][cookie]") {
    support::folder const disk;
    std::string const path = disk.file("device.key");
    auto const first = device_cookie::from_file(path), again = device_cookie::from_file(path);
    REQUIRE((first && again));
    CHECK(std::filesystem::file_size(path) == 32);
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(again->check(first->value_of("amira", 0, device_cookie::fresh_id()), "amira", 0).known());
    std::filesystem::permissions(path, std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    CHECK_FALSE(device_cookie::from_file(path));
    CHECK_FALSE(device_cookie::from_file(disk.with("short", "short.key")));
    CHECK_FALSE(device_cookie::from_file(disk.file("no/such/folder")));
    std::filesystem::create_symlink(path, disk.file("link"));
    CHECK_FALSE(device_cookie::from_file(disk.file("link")));
}

TEST_CASE("each account's cookie has a name of its own that tells nobody which", "[penalty][cookie]") {
    support::folder const disk;
    auto const signer = device_cookie::from_file(disk.file("device.key"));
    REQUIRE(signer);
    std::set<std::string> names;
    for (char const* user : {"amira", "bo", "chen"}) names.insert(signer->name_of(user));
    CHECK(names.size() == 3);
    for (std::string const& n : names) {
        CHECK(n.starts_with("__Host-sallyport-device-"));
        CHECK(n.find("amira") == n.npos);
    }
    CHECK(signer->name_of("amira") == signer->name_of("amira"));
}

TEST_CASE("a program that is killed while it makes the key leaves none, or a whole one",
          "[penalty][cookie][fork]") {
    support::folder const disk;
    std::string const path = disk.file("device.key");
    std::fflush(nullptr);
    pid_t const child = fork();
    if (child == 0) {
        rlimit const none{0, 0};  // the first byte that it writes ends it
        if (setrlimit(RLIMIT_CORE, &none) != 0 || setrlimit(RLIMIT_FSIZE, &none) != 0) _exit(2);
        (void)device_cookie::from_file(path);
        _exit(1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ));
    auto const next = device_cookie::from_file(path);
    REQUIRE(next);
    CHECK(device_cookie::from_file(path)->name_of("amira") == next->name_of("amira"));
}

TEST_CASE("of several who start at once one makes the key, and all have it", "[penalty][cookie][threads]") {
    support::folder const disk;
    for (int times = 0; times < 200; ++times) {
        std::string const path = disk.file("key " + std::to_string(times));
        std::atomic<int> here{0};
        std::array<std::string, 3> names;
        auto const start = [&](std::string& told) {
            for (++here; here < 3;) continue;
            if (auto const key = device_cookie::from_file(path)) told = key->name_of("amira");
        };
        {
            std::array<std::thread, 3> all;
            for (std::size_t n = 0; n < all.size(); ++n) all[n] = std::thread{start, std::ref(names[n])};
            for (std::thread& t : all) t.join();
        }
        CAPTURE(times);
        CHECK_FALSE(names[0].empty());
        CHECK((names[0] == names[1] && names[1] == names[2]));
    }
    auto const left = std::distance(std::filesystem::directory_iterator{disk.at}, {});
    CHECK(left == 200);  // and nothing beside them
}

}  // namespace
