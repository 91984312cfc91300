// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/audit/tally.hpp>

#include <utility>

namespace {

TEST_CASE("a tally counts, is taken, and moves along", "[audit][tally]") {
    sallyport::audit::tally t;
    CHECK(t.read() == 0);
    t.add();
    t.add(41);
    sallyport::audit::tally moved{std::move(t)};
    CHECK(moved.read() == 42);
    CHECK(moved.take() == 42);
    CHECK(moved.read() == 0);
}

}  // namespace
