// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/secret.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

using namespace std::string_view_literals;
using sallyport::secret;
using sallyport::secret_text;

template <class T>
concept streamed = requires(std::ostream& out, T const& t) {
    out << t;
};
template <class T>
concept compared_in_haste = requires(T const& t) {
    t == t;
};

static_assert(!streamed<secret> && !streamed<secret_text<>>);
static_assert(!fmt::is_formattable<secret>::value && !fmt::is_formattable<secret_text<>>::value);
static_assert(!compared_in_haste<secret> && !compared_in_haste<secret_text<>>);
static_assert(!std::is_convertible_v<secret, std::string_view> &&
              !std::is_convertible_v<std::string_view, secret>);
static_assert(!std::is_copy_constructible_v<secret_text<>> && !std::is_copy_assignable_v<secret_text<>>);
static_assert(secret{"a"}.equals(secret{"a"}) && !secret{"a"}.equals(secret{"b"}));

TEST_CASE("secrets are equal when each of their bytes is", "[core][secret]") {
    std::string const right = "open sesame";
    CHECK(secret{right}.equals(secret{"open sesame"}));
    for (std::size_t i = 0; i < right.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            std::string wrong = right;
            wrong[i] = static_cast<char>(wrong[i] ^ (1 << bit));
            CAPTURE(i, bit);
            CHECK_FALSE(secret{right}.equals(secret{wrong}));
            CHECK_FALSE(secret{wrong}.equals(secret{right}));
        }
}

TEST_CASE("a part of a secret is not the secret", "[core][secret]") {
    CHECK_FALSE(secret{"open"}.equals(secret{"open sesame"}));
    CHECK_FALSE(secret{"open sesame"}.equals(secret{"open"}));
    CHECK_FALSE(secret{}.equals(secret{"x"}));
    CHECK_FALSE(secret{"x"}.equals(secret{}));
    CHECK(secret{}.equals(secret{""}));
    CHECK_FALSE(secret{"a"}.equals(secret{"a\0"sv}));  // a nought counts
    CHECK_FALSE(secret{"a\0"sv}.equals(secret{"a"}));
    CHECK_FALSE(secret{"\0"sv}.equals(secret{}));
}

/// Storage that outlives what lies in it, so that one can see what was left behind.
template <class T>
struct grave {
    alignas(T) std::array<unsigned char, sizeof(T)> bytes{};
    T* bury() { return new (bytes.data()) T; }
    [[nodiscard]] bool shows(std::string_view what) const {
        // Through a volatile read: the compiler must not conclude from the end of a life what the bytes are.
        std::string seen;
        for (unsigned char const volatile& b : bytes) seen.push_back(static_cast<char>(b));
        return seen.find(what) != std::string::npos;
    }
};

TEST_CASE("a secret that goes leaves nothing behind", "[core][secret]") {
    static grave<secret_text<>> there;
    auto* const s = there.bury();
    REQUIRE(s->assign("open sesame"));
    REQUIRE(there.shows("open sesame"));
    s->~secret_text();
    CHECK_FALSE(there.shows("open"));
    CHECK_FALSE(there.shows("same"));
}

TEST_CASE("a secret that is moved from, replaced or cleared leaves nothing behind", "[core][secret]") {
    static grave<secret_text<16>> here, there;
    auto* const from = here.bury();
    auto* const to = there.bury();
    REQUIRE(to->assign("the former one"));
    REQUIRE(from->assign("open sesame"));

    *to = std::move(*from);
    CHECK_FALSE(here.shows("open"));
    CHECK_FALSE(there.shows("one"));  // longer than what replaced it
    CHECK(to->view().equals(secret{"open sesame"}));

    REQUIRE(to->assign("x"));
    CHECK_FALSE(there.shows("sesame"));
    to->clear();
    CHECK_FALSE(there.shows("x"));
    CHECK(to->view().empty());
    from->~secret_text();
    to->~secret_text();
}

TEST_CASE("a secret too long is refused whole, never cut", "[core][secret]") {
    secret_text<4> s;
    CHECK(s.assign("1234"));
    CHECK_FALSE(s.assign("12345"));
    CHECK(s.view().empty());
    CHECK(s.assign(""));
    CHECK(s.view().empty());
    secret_text<128> usual;
    CHECK(usual.assign(std::string(128, 'p')));
    CHECK_FALSE(usual.assign(std::string(129, 'p')));
}

TEST_CASE("a secret given to itself stays", "[core][secret]") {
    secret_text<8> s;
    REQUIRE(s.assign("abc"));
    auto& same = s;
    s = std::move(same);
    CHECK(s.view().equals(secret{"abc"}));
}

TEST_CASE("wiping nothing is fine", "[core][secret]") {
    sallyport::wipe(nullptr, 0);
    std::array<char, 4> bytes{'a', 'b', 'c', 'd'};
    sallyport::wipe(bytes.data(), 2);
    CHECK(bytes == std::array<char, 4>{'\0', '\0', 'c', 'd'});
}

}  // namespace
