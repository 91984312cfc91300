// SPDX-License-Identifier: BSL-1.0
// What throws under the lock is nobody's answer.
// expect: this guard's check\(stage\) must be const and noexcept, return sallyport::verdict
// expect: touchy
#include "parts.hpp"

struct touchy {
#ifdef CONTROL
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#else
    sallyport::verdict check(sallyport::arrival const&) const { return sallyport::permit; }
#endif
};

int main() { gate_with(touchy{}); }
