// SPDX-License-Identifier: BSL-1.0
// A type without a `check` is left out by leaving it out, not by being asked nothing.
// expect: this is no guard: see sallyport/concepts/guard.hpp
// expect: bystander
#include "parts.hpp"

struct bystander {
#ifdef CONTROL
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#endif
};

int main() { gate_with(bystander{}); }
