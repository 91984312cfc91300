// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/attempt.hpp>

namespace {

using sallyport::attempt;
using sallyport::credential;
using sallyport::guessable;
using sallyport::proof_kind;
using sallyport::secret;
using sallyport::thumbprint;
using sallyport::whereabouts;

static_assert(guessable(proof_kind::password));
static_assert(!guessable(proof_kind::none) && !guessable(proof_kind::certificate) &&
              !guessable(proof_kind::token));
static_assert(attempt{}.shown.kind == proof_kind::none && attempt{}.shown.bytes.empty(),
              "made by default: Anonymous");
static_assert(!attempt{}.source.known() && !attempt{}.device.known() &&
              attempt{}.presence == whereabouts::remote);
static_assert(sallyport::longest_password == 128);

TEST_CASE("a credential says of what kind it is", "[core][attempt]") {
    CHECK(credential::password("p").kind == proof_kind::password);
    CHECK(credential::certificate("c").kind == proof_kind::certificate);
    CHECK(credential::token("t").kind == proof_kind::token);
    CHECK(credential::password("p").bytes.equals(secret{"p"}));
    CHECK(credential::password("").bytes.empty());
}

TEST_CASE("a thumbprint is known where one octet is not nought", "[core][attempt]") {
    CHECK_FALSE(thumbprint{}.known());
    for (std::size_t i = 0; i < 32; ++i) {
        thumbprint t{};
        t.bytes[i] = 1;
        CHECK(t.known());
    }
}

}  // namespace
