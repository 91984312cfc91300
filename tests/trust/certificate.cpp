// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/pki.hpp"

#include <sallyport/trust/certificate.hpp>

#include <algorithm>
#include <chrono>
#include <string>

#include <time.h>

namespace {
namespace trust = sallyport::trust;
using trust::flaw;

pki::certificate_maker with_extensions(int many) {
    auto made = pki::application("Many", pki::p256("many"));
    for (int i = 0; i < many; ++i) made.also("1.2." + std::to_string(128 + i), false, {});
    return made;
}
/// The best of some readings, in this thread's own time.
std::chrono::nanoseconds time_to_read(pki::issued const& c) {
    auto const now = [] {
        timespec t{};
        (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
    };
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 5; ++i) {
        auto const began = now();
        REQUIRE(trust::certificate::parse(c.bytes()));
        best = std::min<std::chrono::nanoseconds>(best, now() - began);
    }
    return best;
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

TEST_CASE("a certificate of thousands of extensions is read in a tenth of a second", "[trust][certificate]") {
    // A stranger chooses how many there are: each looked up among all others, four thousand took 210 ms.
    CHECK(time_to_read(with_extensions(4000).self_signed()) < std::chrono::milliseconds{100});
}
