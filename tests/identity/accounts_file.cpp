// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/accounts_file.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

#include <csignal>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sallyport;
using namespace sallyport::identity;
using namespace people;

using book = accounts_file<counting_hasher, role::role_table>;

namespace {

book edited(std::string const& path) {
    auto file = edit_accounts(path, counting_hasher{}, role::plcnext_roles);
    if (!file) FAIL(file.error().to_string());
    return std::move(*file);
}
account_record amira() {
    return {.name = "Amira", .roles = {"Engineer", "Viewer"}, .password = "plain$2$valve-7"};
}

constexpr std::string_view by_hand = R"(# the plant's people, by hand

# maintenance, extension 4711
[[account]]  # since 2019
name = "Amira"   # the engineer
roles = [
  "Engineer",  # of the line
  "Viewer"
]
password = '''plain$2$valve-7'''  # set in May

# the night shift
[[account]]
password = "plain$2$valve-7"
name = "bö"
disabled = true
# the end
)";

}  // namespace

TEST_CASE("a new file holds nobody, and is its owner's alone", "[identity][accounts_file]") {
    folder const f;
    CHECK_FALSE(book::create(f.file()));
    struct stat about {};
    REQUIRE(::stat(f.file().c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(edited(f.file()).records().empty());
    auto const no = book::create(f.file());
    REQUIRE(no);
    CHECK(no->to_string() == f.file() + ": is there already; it stays as it is");
    REQUIRE(::symlink("nowhere", f.file("link").c_str()) == 0);
    CHECK(book::create(f.file("link")));
}

TEST_CASE("a change leaves nothing of the file to others, and the group its reading",
          "[identity][accounts_file]") {
    folder const f;
    REQUIRE_FALSE(book::create(f.file()));
    {
        auto file = edited(f.file());
        REQUIRE_FALSE(file.add(amira()));
        REQUIRE_FALSE(file.save());
        CHECK(file.taken_away() == 0);
    }
    bool disabled = false;
    struct {
        mode_t had, has;
    } const modes[] = {{0600, 0600}, {0640, 0640}, {0644, 0640}, {0604, 0600}, {0660, 0640}, {0777, 0750}};
    for (auto const& [had, has] : modes) {
        CAPTURE(had);
        REQUIRE(::chmod(f.file().c_str(), had) == 0);
        auto file = edited(f.file());
        REQUIRE_FALSE(file.set_disabled("amira", disabled = !disabled));
        REQUIRE_FALSE(file.save());
        CHECK(file.taken_away() == (had & ~has));
        struct stat about {};
        REQUIRE(::stat(f.file().c_str(), &about) == 0);
        CHECK((about.st_mode & 07777) == has);
    }
}

TEST_CASE("accounts are added, changed and removed", "[identity][accounts_file]") {
    folder const f;
    REQUIRE_FALSE(book::create(f.file()));
    {
        auto file = edited(f.file());
        CHECK_FALSE(file.add(amira()));
        CHECK_FALSE(file.add({.name = "O'Neil \"Jo\" \\",
                              .password = "plain$2$x",
                              .not_before = 1500ms,
                              .not_after = 24h,
                              .essential = true}));
        CHECK(file.add(amira())->to_string() == f.file() + ": has an account \"Amira\" already");
        CHECK(file.add({.name = "AMIRA", .password = "plain$2$x"}));
        for (char const* const name :
             {"", "a\nb", " a", "\xff", "a\"\\\x01"})  // of which the file knows nothing
            CHECK(file.add({.name = name, .password = "plain$2$x"})->to_string().find("expected a name of") ==
                  0);
        CHECK(file.add({.name = "x", .roles = {"Emperor"}, .password = "plain$2$x"})
                  ->message.find("unknown role") == 0);
        CHECK(file.add({.name = "x", .password = "hunter2"})->message.find("no usable hash") !=
              std::string::npos);
        CHECK(file.records().size() == 2);
        CHECK_FALSE(file.save());
    }
    {
        auto file = edited(f.file());
        REQUIRE(file.records().size() == 2);
        CHECK(file.records()[0] == amira());
        CHECK(file.records()[1].not_before == 1500ms);
        CHECK(file.records()[1].name == "O'Neil \"Jo\" \\");
        CHECK_FALSE(file.set_disabled("amira", true));
        CHECK_FALSE(file.set_roles("AMIRA", {"Admin"}));
        CHECK_FALSE(file.set_password("amira", "plain$2$new", {.must_change = true}));
        CHECK_FALSE(file.change("amira", [](account_record& a) { a.not_after = 1h, a.name = "mallory"; }));
        CHECK_FALSE(file.remove("o'neil \"jo\" \\"));
        CHECK_FALSE(file.save());
    }
    auto const file = edited(f.file());
    REQUIRE(file.records().size() == 1);
    account_record const& a = file.records()[0];
    CHECK(a.name == "Amira");  // a name is never changed
    CHECK(a.roles == std::vector<std::string>{"Admin"});
    CHECK(a.password == "plain$2$new");
    CHECK((a.disabled && a.must_change_password && !a.essential));
    CHECK(a.not_after == 1h);
    CHECK(file.find(" amira ") == &a);
    CHECK(file.find("nobody") == nullptr);
}

TEST_CASE("what was written by hand stays as it was written", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(by_hand);
    {
        auto file = edited(f.file());
        CHECK_FALSE(file.set_password("amira", "plain$2$another", {.must_change = true}));
        CHECK_FALSE(file.set_roles("amira", {"Admin"}));
        CHECK(file.set_disabled("BÖ", false));  // only ASCII letters fold
        CHECK_FALSE(file.set_disabled("Bö", false));
        CHECK_FALSE(file.save());
    }
    CHECK(text_of(f.file()) == R"(# the plant's people, by hand

# maintenance, extension 4711
[[account]]  # since 2019
name = "Amira"   # the engineer
roles = ["Admin"]
password = "plain$2$another"  # set in May
must_change_password = true

# the night shift
[[account]]
password = "plain$2$valve-7"
name = "bö"
disabled = false
# the end
)");
    {
        auto file = edited(f.file());
        CHECK_FALSE(file.remove("amira"));
        CHECK_FALSE(file.save());
    }
    CHECK(text_of(f.file()) == R"(# the plant's people, by hand

# the night shift
[[account]]
password = "plain$2$valve-7"
name = "bö"
disabled = false
# the end
)");
    {
        auto file = edited(f.file());
        CHECK_FALSE(file.remove("bö"));
        CHECK_FALSE(file.save());
    }
    CHECK(text_of(f.file()) == "# the plant's people, by hand\n\n");
}

TEST_CASE("dates are set and taken out again", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(
        "[[account]]\r\nname = \"amira\"\r\nnot_after = 2026-01-31T08:00:00+01:00\r\npassword = "
        "\"plain$2$x\"");  // no line end
    auto file = edited(f.file());
    CHECK_FALSE(
        file.change("amira", [](account_record& a) { a.not_before = a.not_after, a.not_after.reset(); }));
    CHECK_FALSE(file.save());
    CHECK(text_of(f.file()) ==
          "[[account]]\r\nname = \"amira\"\r\npassword = \"plain$2$x\"\nnot_before = 2026-01-31T07:00:00Z\n");
}

TEST_CASE("former passwords are remembered as far as asked", "[identity][accounts_file]") {
    folder const f;
    (void)f.with("[[account]]\nname = \"amira\"\npassword = \"plain$2$1\"\n");
    auto file = edited(f.file());
    for (std::string const next : {"2", "3", "4"})
        CHECK_FALSE(file.set_password("amira", fmt::format("plain$2${}", next), {.remember = 2}));
    CHECK(file.find("amira")->previous == std::vector<std::string>{"plain$2$3", "plain$2$2"});
    CHECK_FALSE(file.set_password("amira", "plain$2$5", {.remember = 1}));
    CHECK(file.find("amira")->previous == std::vector<std::string>{"plain$2$4"});
    CHECK_FALSE(file.set_password("amira", "plain$2$6"));
    CHECK(file.find("amira")->previous.empty());
}

TEST_CASE("a rehashed password is written if nobody was quicker", "[identity][accounts_file]") {
    folder const f;
    (void)f.with("[[account]]\nname = \"amira\"\npassword = \"plain$1$x\"\nmust_change_password = true\n");
    auto file = edited(f.file());
    CHECK_FALSE(file.replace_password("amira", "plain$1$y", "plain$2$y"));
    CHECK_FALSE(file.replace_password("nobody", "plain$1$x", "plain$2$x"));
    CHECK(file.find("amira")->password == "plain$1$x");
    CHECK(file.replace_password("amira", "plain$1$x", "plain$2$x"));
    CHECK(file.find("amira")->password == "plain$2$x");
    CHECK(file.find("amira")->must_change_password);
}

TEST_CASE("a change that cannot be is none at all", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(by_hand);
    auto file = edited(f.file());
    CHECK(file.set_roles("amira", {"Emperor"})->message.find("unknown role \"Emperor\"") == 0);
    CHECK(file.set_roles("amira", {"Admin", "Admin"}));
    CHECK(file.set_password("amira", "hunter2")->message.find("hunter2") == std::string::npos);
    CHECK(file.set_password("nobody", "plain$2$x")->to_string() == f.file() + ": has no account \"nobody\"");
    CHECK(file.remove("forged\nline")->to_string() == f.file() + ": has no account \"…\"");
    CHECK(file.change("amira", [](account_record& a) { a.not_before = 2h, a.not_after = 1h; }));
    CHECK_FALSE(file.save());
    CHECK(text_of(f.file()) == by_hand);
}

TEST_CASE("a file does not grow beyond what can be read again", "[identity][accounts_file]") {
    folder const f;
    (void)f.with("[[account]]\nname = \"amira\"\npassword = \"plain$2$x\"\n");
    auto few = edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles, {.limits = {.accounts = 1}});
    REQUIRE(few);
    CHECK(few->add({.name = "bo", .password = "plain$2$x"})->message ==
          "too many accounts; expected at most 1");
    { auto const let_go = std::move(few); }
    auto small =
        edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles, {.limits = {.file_bytes = 80}});
    REQUIRE(small);
    CHECK(small->add({.name = "bo", .password = "plain$2$x"})->message ==
          "would grow too large; nothing was changed");
}

TEST_CASE("two writers never undo each other's work", "[identity][accounts_file][threads]") {
    folder const f;
    REQUIRE_FALSE(book::create(f.file()));
    std::vector<std::thread> writers;
    for (int w = 0; w < 4; ++w)
        writers.emplace_back([&, w] {
            for (int i = 0; i < 10; ++i) {
                auto file =
                    edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles, {.patience = 1min});
                if (file && !file->add({.name = fmt::format("u{}-{}", w, i), .password = "plain$2$x"}))
                    (void)file->save();
            }
        });
    for (auto& t : writers) t.join();
    CHECK(edited(f.file()).records().size() == 40);

    auto const holder = edited(f.file());
    auto const other = edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles, {.patience = 20ms});
    REQUIRE_FALSE(other);
    CHECK(other.error().message == "somebody else is writing in its folder; try again");
}

TEST_CASE("a hand that did not lock is noticed", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(by_hand);
    auto file = edited(f.file());
    CHECK_FALSE(file.set_disabled("amira", true));
    (void)f.with("# another hand\n");
    auto const no = file.save();
    REQUIRE(no);
    CHECK(no->message == "was changed meanwhile by somebody who did not lock it; nothing is written");
    CHECK(text_of(f.file()) == "# another hand\n");
}

TEST_CASE("a symbolic link is named, not followed", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(by_hand, "target");
    REQUIRE(::symlink("target", f.file().c_str()) == 0);
    auto const no = edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles);
    REQUIRE_FALSE(no);
    CHECK(no.error().message == "is a symbolic link; name the file that it points to");
    CHECK(open_accounts(f.file(), counting_hasher{}, role::plcnext_roles,
                        small_house()));  // to read it is harmless
}

TEST_CASE("a writer killed at any moment leaves a whole file", "[identity][accounts_file]") {
    folder const f;
    REQUIRE_FALSE(book::create(f.file()));
    {
        auto file = edited(f.file());
        for (int i = 0; i < 20; ++i)
            REQUIRE_FALSE(file.add({.name = fmt::format("u{}", i), .password = "plain$2$0"}));
        REQUIRE_FALSE(file.save());
    }
    std::mt19937 dice{5};
    std::string last;
    for (unsigned round = 1; round <= 60; ++round) {
        int begun[2] = {-1, -1};
        REQUIRE(::pipe(begun) == 0);
        pid_t const child = fork();
        if (child == 0) {
            for (unsigned n = round * 100'000;; ++n) {
                auto file = edit_accounts(f.file(), counting_hasher{}, role::plcnext_roles);
                if (!file) ::_exit(1);
                for (int i = 0; i < 20; ++i)
                    if (file->set_password(fmt::format("u{}", i), fmt::format("plain$2${}", n))) ::_exit(2);
                if (file->save() || ::write(begun[1], "!", 1) != 1) ::_exit(3);
            }
        }
        char once = 0;
        REQUIRE(::read(begun[0], &once, 1) == 1);  // it has saved once, and goes on
        std::this_thread::sleep_for(std::chrono::microseconds{dice() % 8000});
        REQUIRE(::kill(child, SIGKILL) == 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));  // it was at work to the end: no error of its own
        (void)::close(begun[0]), (void)::close(begun[1]);

        auto const file = edited(f.file());  // whole, and the dead one's lock is gone
        REQUIRE(file.records().size() == 20);
        std::string const now = file.records()[0].password;
        for (auto const& a : file.records()) REQUIRE(a.password == now);  // one saving, never a mixture
        REQUIRE(now != last);
        last = now;
    }
    auto file = edited(f.file());
    CHECK_FALSE(file.set_disabled("u0", true));
    CHECK_FALSE(file.save());
    CHECK(std::distance(std::filesystem::directory_iterator{f.at}, {}) == 1);  // what the killed left is gone
}

TEST_CASE("the ends of time can be written and read", "[identity][accounts_file]") {
    folder const f;
    (void)f.with(
        "[[account]]\nname = \"amira\"\npassword = \"plain$2$x\"\nnot_before = 0001-01-01T00:00:00Z\n");
    auto file = edited(f.file());
    CHECK(file.find("amira")->not_before == -last_second);
    CHECK_FALSE(file.change(
        "amira", [](account_record& a) { a.not_after = last_second, a.not_before = -last_second + 1ns; }));
    CHECK_FALSE(file.change("amira", [](account_record& a) { a.not_after = -1ns; }));
    CHECK(file.find("amira")->not_after == -1ns);
    // further than a file can say: refused, not bent
    CHECK(file.change("amira", [](account_record& a) { a.not_before = nanoseconds::min(); }));
    CHECK(file.change("amira", [](account_record& a) { a.not_after = nanoseconds::max(); }));
}
