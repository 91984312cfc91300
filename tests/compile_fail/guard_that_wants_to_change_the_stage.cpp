// SPDX-License-Identifier: BSL-1.0
// A stage is shown to every guard: nobody may change it on the way.
// expect: this guard's note\(stage\) must take its stage by const&, return void and be noexcept
// expect: meddler
#include "parts.hpp"

struct meddler {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#ifdef CONTROL
    void note(sallyport::failure const&) noexcept {}
#else
    void note(sallyport::failure&) noexcept {}
#endif
};

int main() { gate_with(meddler{}); }
