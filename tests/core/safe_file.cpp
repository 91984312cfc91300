// SPDX-License-Identifier: BSL-1.0
#include <sallyport/core/safe_file.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sallyport;
using namespace support;
using namespace std::chrono_literals;

namespace {

mode_t mode_of(std::string const& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777;
}
std::size_t files_in(folder const& f) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{f.at}, {}));
}
/// Runs it in a child; the child's own verdict.
bool in_a_child(std::function<bool()> const& work) {
    pid_t const child = fork();
    if (child == 0) ::_exit(work() ? 0 : 1);
    int status = 1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a file is read whole, up to its limit", "[core][safe_file]") {
    folder const f;
    std::string const big(10'000, 'x');
    auto const all = read_file(f.with(big), 10'000);
    REQUIRE(all);
    CHECK(*all == big);
    auto const no = read_file(f.file(), 9'999);
    REQUIRE_FALSE(no);
    CHECK(no.error().to_string() == f.file() + ": is larger than 9999 bytes");
    CHECK(*read_file(f.with("", "empty"), 0) == "");
}

TEST_CASE("what is no file is not waited for", "[core][safe_file]") {
    folder const f;
    REQUIRE(::mkfifo(f.file("pipe").c_str(), 0600) == 0);
    CHECK(read_file(f.file("pipe"), 10).error().message == "is no regular file");  // nobody writes into it
    CHECK(read_file("/dev/zero", 10).error().message == "is no regular file");
    CHECK(read_file(f.at.string(), 10).error().message == "is no regular file");
    CHECK(read_file(f.file("missing"), 10).error().message == "cannot be opened: No such file or directory");
}

TEST_CASE("a new file is its owner's alone", "[core][safe_file]") {
    folder const f;
    mode_t const before = ::umask(0);
    CHECK_FALSE(replace_file(f.file(), "one"));
    ::umask(before);
    CHECK(text_of(f.file()) == "one");
    CHECK(mode_of(f.file()) == 0600);
    CHECK(files_in(f) == 1);
}

TEST_CASE("what is replaced keeps its mode and its owner", "[core][safe_file]") {
    folder const f;
    (void)f.with("old");
    REQUIRE(::chmod(f.file().c_str(), 0640) == 0);
    bool const root = ::geteuid() == 0;
    if (root) REQUIRE(::chown(f.file().c_str(), 12345, 23456) == 0);
    CHECK_FALSE(replace_file(f.file(), "new"));
    CHECK(text_of(f.file()) == "new");
    CHECK(mode_of(f.file()) == 0640);
    struct stat about {};
    REQUIRE(::stat(f.file().c_str(), &about) == 0);
    CHECK(about.st_uid == (root ? 12345 : ::geteuid()));
    if (root) CHECK(about.st_gid == 23456);
}

TEST_CASE("a link, a folder and a pipe are not replaced", "[core][safe_file]") {
    folder const f;
    (void)f.with("old", "target");
    REQUIRE(::symlink("target", f.file("link").c_str()) == 0);
    auto const no = replace_file(f.file("link"), "new");
    REQUIRE(no);
    CHECK(no->to_string() == f.file("link") + ": is a symbolic link; name the file that it points to");
    CHECK(text_of(f.file("target")) == "old");
    REQUIRE(::mkdir(f.file("folder").c_str(), 0700) == 0);
    CHECK(replace_file(f.file("folder"), "new")->message == "is no regular file");
    CHECK(replace_file(f.file("nowhere/accounts.toml"), "new")->message ==
          "its folder cannot be opened: No such file or directory");
    CHECK(replace_file(f.at.string() + "/", "new"));
}

TEST_CASE("what a killed writer left is taken away, and nothing is written through it", "[core][safe_file]") {
    folder const f;
    (void)f.with("precious", "elsewhere");
    (void)f.with("old");
    REQUIRE(::symlink("elsewhere", f.file(".accounts.toml.new").c_str()) == 0);
    CHECK_FALSE(replace_file(f.file(), "new"));
    CHECK(text_of(f.file()) == "new");
    CHECK(text_of(f.file("elsewhere")) == "precious");
    CHECK(files_in(f) == 2);
}

TEST_CASE("a full disk leaves the old file as it was", "[core][safe_file]") {
    folder const f;
    (void)f.with("old");
    CHECK(in_a_child([&] {  // the nearest that a test comes to a full disk: a limit on what one file may hold
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const small{.rlim_cur = 100, .rlim_max = 100};
        if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return false;
        auto const no = replace_file(f.file(), std::string(1000, 'x'));
        return no &&
               no->to_string() == f.file() + ": cannot be written, so it stays as it was: File too large" &&
               !replace_file(f.file("other"), std::string(100, 'x'));
    }));
    CHECK(text_of(f.file()) == "old");
    CHECK(files_in(f) == 2);
}

TEST_CASE("where nothing can be written the old file stays as it was", "[core][safe_file]") {
    folder const f;
    (void)f.with("old");
    REQUIRE(::chmod(f.file().c_str(), 0644) == 0);
    REQUIRE(::chmod(f.at.c_str(), 0555) == 0);
    CHECK(in_a_child([&] {
        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return false;
        auto const no = replace_file(f.file(), "new");
        return no &&
               no->to_string() ==
                   f.file() +
                       ": nothing can be written in its folder, so it stays as it was: Permission denied";
    }));
    REQUIRE(::chmod(f.at.c_str(), 0755) == 0);
    CHECK(text_of(f.file()) == "old");
}

TEST_CASE("a file of somebody else's is not taken from him", "[core][safe_file]") {
    if (::geteuid() != 0) return;  // only root can set the scene
    folder const f;
    (void)f.with("old");
    REQUIRE(::chmod(f.file().c_str(), 0644) == 0);
    REQUIRE(::chmod(f.at.c_str(), 0777) == 0);
    CHECK(in_a_child([&] {
        if (::setresuid(65534, 65534, 65534) != 0) return false;
        auto const no = replace_file(f.file(), "new");
        return no && no->message.starts_with("belongs to somebody else");
    }));
    CHECK(text_of(f.file()) == "old");
    CHECK(files_in(f) == 1);
}

TEST_CASE("two writers wait for each other, and not for ever", "[core][safe_file]") {
    folder const f;
    (void)f.with("old");
    {
        auto const mine = folder_lock::of(f.file(), 0ms);
        REQUIRE(mine);
        auto const began = std::chrono::steady_clock::now();
        auto const other = folder_lock::of(f.file(), 30ms);
        CHECK(std::chrono::steady_clock::now() - began >= 30ms);
        REQUIRE_FALSE(other);
        CHECK(other.error().to_string() == f.file() + ": somebody else is writing in its folder; try again");
    }
    CHECK(folder_lock::of(f.file(), 0ms));
    CHECK(folder_lock::of(f.file("nowhere/x"), 0ms).error().message ==
          "its folder cannot be opened: No such file or directory");
    CHECK(files_in(f) == 1);
}

TEST_CASE("a stamp changes with the file", "[core][safe_file]") {
    folder const f;
    CHECK(file_stamp::of(f.file()) == file_stamp{});
    (void)f.with("old");
    auto const old = file_stamp::of(f.file());
    CHECK(old == file_stamp::of(f.file()));
    CHECK_FALSE(replace_file(f.file(), "new"));
    CHECK(file_stamp::of(f.file()) != old);
}
