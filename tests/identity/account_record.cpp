// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/account_record.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::identity;
using people::counting_hasher;

namespace {

loaded<std::vector<account_record>> read(std::string_view text, account_limits limits = {}) {
    return read_accounts(text, "accounts.toml", counting_hasher{}, role::plcnext_roles, limits);
}
/// An account with one more line.
std::string amira(std::string_view line) {
    return "[[account]]\nname = \"amira\"\npassword = \"plain$2$x\"\n" + std::string{line} + "\n";
}

}  // namespace

TEST_CASE("an account is read as it is written", "[identity][accounts]") {
    auto const all = read(R"(
        # the plant's people
        [[account]]
        name = "Amira"
        roles = ["Engineer", "SecurityAdmin"]  # the second by its former name
        password = "plain$2$valve-7"
        disabled = true
        essential = true
        must_change_password = true
        not_before = 1970-01-01T01:00:00.5+01:00
        not_after = 2026-12-31T23:59:59Z
        previous = ["plain$1$old", 'plain$2$older']

        [[account]]
        name = "bö"
        password = "plain$2$"
    )");
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    account_record const& a = (*all)[0];
    CHECK(a.name == "Amira");
    CHECK(a.roles == std::vector<std::string>{"Engineer", "SecurityAdmin"});
    CHECK(a.password == "plain$2$valve-7");
    CHECK((a.disabled && a.essential && a.must_change_password));
    CHECK(a.not_before == nanoseconds{500'000'000});
    CHECK(a.not_after == std::chrono::seconds{1798761599});
    CHECK(a.previous == std::vector<std::string>{"plain$1$old", "plain$2$older"});
    CHECK((*all)[1] == account_record{.name = "bö", .password = "plain$2$"});
    CHECK(roles_of(a, role::plcnext_roles) == role::plcnext_roles.set({"Engineer", "SecurityEngineer"}));
}

TEST_CASE("a file without accounts is a file", "[identity][accounts]") {
    for (std::string_view const text : {"", "\n", "# nobody yet\n"}) {
        auto const all = read(text);
        REQUIRE(all);
        CHECK(all->empty());
    }
}

TEST_CASE("an error says where it is and what is expected", "[identity][accounts]") {
    struct {
        std::string text;
        std::string_view said;
    } const wrong[] = {
        {"[[account]]\nname = \"amira", "accounts.toml:2:"},
        {"[[account]]\nname = \"amira\"\nname = \"bo\"\n", "accounts.toml:3:"},
        {"[[account]]\n\xff\xfe\n", "this is not TOML: "},
        {"[=", "accounts.toml:1:"},
        {"# ours\n  [[[account]]]\n", "accounts.toml:2:"},
        {"account = [}\n", "accounts.toml:1:"},
        {"accounts = 1\n",
         "accounts.toml:1:1: unknown key \"accounts\"; expected accounts as tables of their own, each under "
         "[[account]]"},
        {"account = []\n", "accounts.toml:1:1: expected accounts as tables"},
        {"[account]\nname = \"amira\"\n", "accounts.toml:1:2: expected accounts as tables"},
        {"account = [{name = \"amira\", password = \"plain$2$x\"}]\n",
         "accounts.toml:1:12: expected accounts as tables"},
        {"account = \"amira\"\n", "accounts.toml:1:1: expected accounts as tables"},
        {"[[account]]\npassword = \"plain$2$x\"\n",
         "accounts.toml:1:1: this account has no name; expected name = "},
        {"[[account]]\nname = \"amira\"\n",
         "accounts.toml:1:1: this account has no password; expected password = "},
        {amira("pasword = \"x\""),
         "accounts.toml:4:1: unknown key \"pasword\"; expected name, roles, password, "},
        {amira("[account.more]\nkey = 1"), "unknown key \"more\""},
        {amira("roles = \"Admin\""), "accounts.toml:4:9: roles is no list; expected roles = ["},
        {amira("roles = [\"Admin\", 7]"), "accounts.toml:4:19: expected texts in roles"},
        {amira("roles = [\"Admin\",\n\n  \"Admn\"]"),
         "accounts.toml:6:3: unknown role \"Admn\"; expected one of Admin, SecurityEngineer, "},
        {amira("roles = [\"admin\"]"),
         "accounts.toml:4:10: unknown role \"admin\""},  // roles are spelled, not guessed
        {amira("roles = [\"Admin\", \"Admin\"]"), "accounts.toml:4:19: the role \"Admin\" is named twice"},
        {amira("disabled = 1"), "accounts.toml:4:12: expected disabled = true or disabled = false"},
        {amira("essential = \"yes\""), "accounts.toml:4:13: expected essential = true or essential = false"},
        {amira("must_change_password = []"), "accounts.toml:4:24: expected must_change_password = true or "},
        {amira("not_before = \"2026-01-01T00:00:00Z\""),
         "accounts.toml:4:14: expected not_before as a date and time with its offset"},
        {amira("not_before = 2026-01-01T00:00:00"),
         "accounts.toml:4:14: expected not_before as a date and time with its offset"},
        {amira("not_after = 2026-01-01"),
         "accounts.toml:4:13: expected not_after as a date and time with its offset"},
        {amira("not_after = 2026-02-30T00:00:00Z"), "accounts.toml:4:"},
        {amira("not_before = 2026-01-02T00:00:00Z\nnot_after = 2026-01-01T00:00:00Z"),
         "accounts.toml:5:13: never valid; "},
        {amira("previous = [\"x\"]"), "accounts.toml:4:13: previous is no usable hash: expected plain$n$"},
        {"[[account]]\nname = \"amira\"\npassword = \"hunter2hunter2\"\n",
         "accounts.toml:3:12: password is no usable hash: expected plain$n$"},
        {"[[account]]\nname = \"amira\"\npassword = \"plain$9$x\"\n",
         "accounts.toml:3:12: password is no usable hash: its cost is out of bounds: expected 0 to 5"},
        {"[[account]]\nname = \"amira\"\npassword = 7\n",
         "accounts.toml:3:12: password is no text; expected a hash"},
        {amira("") + amira(""),
         "accounts.toml:6:8: the name \"amira\" stands in line 2 already; expected each account once"},
        {amira("") + "[[account]]\nname = \"AMIRA\"\npassword = \"plain$2$x\"\n",
         "accounts.toml:6:8: the name \"AMIRA\" stands in line 2 already"},
    };
    for (auto const& [text, said] : wrong) {
        CAPTURE(text);
        auto const no = read(text);
        REQUIRE_FALSE(no);
        CAPTURE(no.error().to_string());
        CHECK(no.error().to_string().find(said) != std::string::npos);
        CHECK(no.error().message.find("hunter2") ==
              std::string::npos);  // what stands for a hash may be a password
    }
}

TEST_CASE("a name is one that can be typed, and one that can be told apart", "[identity][accounts]") {
    struct {
        std::string name;
        bool fits;
    } const names[] = {
        {"a", true},
        {std::string(64, 'a'), true},
        {std::string(65, 'a'), false},
        {"", false},
        {"   ", false},
        {" amira", false},
        {"amira ", false},
        {"am ira", true},
        {"amira\\n", false},
        {"amira\\u0000", false},
        {"amira\\u0085", false},
        {"zoë", true},
        {"O'Neil \\\"Jo\\\"", true},
    };
    for (auto const& [name, fits] : names) {
        CAPTURE(name);
        auto const all = read(fmt::format("[[account]]\nname = \"{}\"\npassword = \"plain$2$x\"\n", name));
        CHECK(static_cast<bool>(all) == fits);
        if (!all)
            CHECK(all.error().to_string().find("accounts.toml:2:8: expected a name of 1 to 64 bytes") == 0);
    }
}

TEST_CASE("there is an end to what is read", "[identity][accounts]") {
    std::string text;
    for (int i = 0; i < 3; ++i)
        text += fmt::format("[[account]]\nname = \"u{}\"\npassword = \"plain$2$x\"\n", i);
    CHECK(read(text, {.accounts = 3}));
    auto const no = read(text, {.accounts = 2});
    REQUIRE_FALSE(no);
    CHECK(no.error().to_string() == "accounts.toml:7:1: too many accounts; expected at most 2");

    CHECK(read(amira("previous = [\"plain$2$a\", \"plain$2$b\"]"), {.previous = 2}));
    auto const many = read(amira("previous = [\"plain$2$a\", \"plain$2$b\"]"), {.previous = 1});
    REQUIRE_FALSE(many);
    CHECK(many.error().to_string() == "accounts.toml:4:12: too many former passwords; expected at most 1");

    std::string deep = "x = ";
    deep += std::string(100'000, '[');
    CHECK_FALSE(read(deep));  // nested without end: refused, no stack overrun
}

TEST_CASE("a date beyond the clock's range is the end of time", "[identity][accounts]") {
    auto const all = read(amira("not_before = 0001-01-01T00:00:00Z\nnot_after = 9999-12-31T23:59:59-12:00"));
    REQUIRE(all);
    CHECK((*all)[0].not_before == -last_second);
    CHECK((*all)[0].not_after == last_second);
}
