// SPDX-License-Identifier: BSL-1.0
// A failure is told, not asked about: a `check` for it would never be heard.
// expect: this guard's check\(stage\) must be const and noexcept, return sallyport::verdict, and be asked at arrival or admission only
// expect: hindsight
#include "parts.hpp"

struct hindsight {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#ifndef CONTROL
    sallyport::verdict check(sallyport::failure const&) const noexcept { return sallyport::permit; }
#endif
};

int main() { gate_with(hindsight{}); }
