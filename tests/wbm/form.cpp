// SPDX-License-Identifier: BSL-1.0
#include "http/form.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

using wbm::form;

TEST_CASE("a form is decoded as browsers encode it", "[wbm][form]") {
    auto const f = form::parse("user=amira+k%C3%A4fer&password=a%26b%3Dc%25&empty=&flag");
    REQUIRE(f);
    CHECK(f->size() == 4);
    CHECK((*f)["user"] ==
          "amira k\xc3\xa4"
          "fer");
    CHECK((*f)["password"] == "a&b=c%");
    CHECK((*f)["empty"].empty());
    CHECK((*f)["flag"].empty());
    CHECK((*f)["absent"].empty());
}

TEST_CASE("no fields make a form too", "[wbm][form]") {
    for (std::string_view const text : {"", "&", "&&&"}) {
        auto const f = form::parse(text);
        REQUIRE(f);
        CHECK(f->size() == 0);
    }
}

TEST_CASE("a field that stands twice has no one value, and all of them when asked for all", "[wbm][form]") {
    auto const f = form::parse("role=Engineer&user=x&role=Viewer&user=y");
    REQUIRE(f);
    CHECK((*f)["user"].empty());
    std::vector<std::string> roles;
    f->each("role", [&](std::string_view r) { roles.emplace_back(r); });
    CHECK(roles == std::vector<std::string>{"Engineer", "Viewer"});
}

TEST_CASE("what cannot be decoded spoils the whole form", "[wbm][form]") {
    for (std::string_view const text :
         {"a=%", "a=%4", "a=%4g", "a=%g4", "%=a", "a=b&c=%zz", "a=%+1", "a=%%20"}) {
        CAPTURE(text);
        CHECK_FALSE(form::parse(text));
    }
    CHECK(form::parse("a=%41%7a%7A"));
}

TEST_CASE("a form is bounded in bytes and in fields", "[wbm][form]") {
    CHECK(form::parse(std::string(100, 'a'), {.bytes = 100}));
    CHECK_FALSE(form::parse(std::string(101, 'a'), {.bytes = 100}));
    CHECK(form::parse("a&b&c", {.fields = 3}));
    CHECK_FALSE(form::parse("a&b&c&d", {.fields = 3}));
}

TEST_CASE("a form that is moved leaves nothing behind", "[wbm][form]") {
    auto f = form::parse("password=hunter2");
    REQUIRE(f);
    form const other = std::move(*f);
    CHECK(other["password"] == "hunter2");
    CHECK(f->size() == 0);  // NOLINT(bugprone-use-after-move): that is the question
}

TEST_CASE("a value in an address is percent-encoded", "[wbm][form]") {
    CHECK(wbm::in_address("Az09-_.~") == "Az09-_.~");
    CHECK(wbm::in_address("a b&c=d/\"\xc3\xa4") == "a%20b%26c%3Dd%2F%22%C3%A4");
}
