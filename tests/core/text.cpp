// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/region.hpp>
#include <sallyport/core/text.hpp>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using sallyport::name;
using sallyport::service_name;
using sallyport::text;

static_assert(sizeof(name) == 64 && sizeof(service_name) == 16, "names lie inline");
static_assert(sallyport::wordy<name> && sallyport::wordy<service_name>);
static_assert(name{"amira"}.view() == "amira"sv && name{}.empty() && !name{"a"}.empty());

TEST_CASE("equal texts are equal bytes", "[core][text]") {
    name longer{"amira the second"};
    longer = name{"amira"};
    CHECK(longer == name{"amira"});
    CHECK(longer.bytes == name{"amira"}.bytes);
    CHECK(name{"amira"} != name{"amirA"});
    CHECK(name{""} == name{});
    CHECK(name{std::string_view{}} == name{});
}

TEST_CASE("a text is as long as it can be, and cut beyond", "[core][text]") {
    CHECK(text<8>{"12345678"}.view() == "12345678");
    CHECK(text<8>{"123456789"}.view() == "12345678");
    CHECK(text<8>{"1234567"}.view().size() == 7);
    CHECK(name{std::string(64, 'x')}.view().size() == 64);
    CHECK(name{std::string(65, 'x')} == name{std::string(64, 'x')});
}

TEST_CASE("a text ends at its first nought", "[core][text]") {
    CHECK(text<8>{"ab\0cd"sv}.view() == "ab");
    CHECK(text<8>{"ab\0cd"sv} != text<8>{"ab"});  // its bytes are others all the same: a key is not shared
}

}  // namespace
