// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/pki.hpp"
#include "support/work.hpp"

#include <sallyport/trust/certificate.hpp>

#include <chrono>
#include <string>

namespace {
namespace trust = sallyport::trust;
using trust::flaw;

pki::certificate_maker with_extensions(int many) {
    auto made = pki::application("Many", pki::p256("many"));
    for (int i = 0; i < many; ++i) made.also("1.2." + std::to_string(128 + i), false, {});
    return made;
}
std::chrono::nanoseconds time_to_read(pki::issued const& c) {
    return work::of([&] { REQUIRE(trust::certificate::parse(c.bytes())); }, 5);
}

}  // namespace

TEST_CASE("an extension that stands there twice is a flaw, wherever the other one is",
          "[trust][certificate]") {
    auto const twice = [](std::string_view oid) {
        return with_extensions(20)
            .also(oid, false, pki::der::null())
            .self_signed()
            .read()
            ->has(flaw::broken_extension);
    };
    CHECK_FALSE(twice("1.2.127"));
    CHECK(twice("1.2.128"));
    CHECK(twice("1.2.147"));
    CHECK_FALSE(twice("1.2.148"));
}

TEST_CASE("a certificate of four times as many extensions takes no more than that to read",
          "[trust][certificate]") {
    // A stranger chooses how many there are: each looked up among all others, it took sixteen times as long.
    auto const some = time_to_read(with_extensions(1000).self_signed());
    auto const four_times = time_to_read(with_extensions(4000).self_signed());
    CHECK(four_times < 8 * some);
}
