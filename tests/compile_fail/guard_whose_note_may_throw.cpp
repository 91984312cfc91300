// SPDX-License-Identifier: BSL-1.0
// `note` records what was decided; there is no way back from it.
// expect: this guard's note\(stage\) must take its stage by const&, return void and be noexcept
// expect: clumsy
#include "parts.hpp"

struct clumsy {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#ifdef CONTROL
    void note(sallyport::rebuff const&) noexcept {}
#else
    void note(sallyport::rebuff const&) {}
#endif
};

int main() { gate_with(clumsy{}); }
