// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/region.hpp>
#include <sallyport/core/visit.hpp>
#include <sallyport/testing/device_forge.hpp>

namespace {

using sallyport::address;
using sallyport::proof_kind;
using sallyport::visit;
using sallyport::whereabouts;

static_assert(sallyport::wordy<visit>, "a visit lies in a storage as it is");

TEST_CASE("a visit that differs in who, whence or how is another", "[core][visit]") {
    visit const v{.account = "amira",
                  .source = address::ipv4(192, 0, 2, 7),
                  .service = "opcua",
                  .channel = 7,
                  .shown = proof_kind::password};
    CHECK(v.same_as(v));
    auto const differs = [&](auto change) {
        visit other = v;
        change(other);
        return !v.same_as(other) && !other.same_as(v);
    };
    CHECK(differs([](visit& o) { o.account = "bo"; }));
    CHECK(differs([](visit& o) { o.source = {}; }));
    CHECK(differs([](visit& o) { o.device = sallyport::testing::device_forge::make({{1}}); }));
    CHECK(differs([](visit& o) { o.service = "wbm"; }));
    CHECK(differs([](visit& o) { o.channel = 8; }));
    CHECK(differs([](visit& o) { o.shown = proof_kind::token; }));
    CHECK(differs([](visit& o) { o.presence = whereabouts::console; }));
    CHECK(differs([](visit& o) { o.malformed = true; }));
}

TEST_CASE("what may change between two looks makes no other visit", "[core][visit]") {
    visit const v{.account = "amira"};
    visit later = v;
    later.known = true;
    later.epoch = 3;
    later.account_hash = 4;
    later.fingerprint = 5;
    CHECK(v.same_as(later));
}

}  // namespace
