// SPDX-License-Identifier: BSL-1.0
// Who reserves at arrival must hear how it ended, each way there is; this one forgets the withdrawn.
// expect: this guard notes arrival, so it reserves: it must also note failure, withdrawn and proof
// expect: forgetful
#include "parts.hpp"

struct forgetful {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
    void note(sallyport::arrival const&) noexcept {}
    void note(sallyport::failure const&) noexcept {}
    void note(sallyport::proof const&) noexcept {}
#ifdef CONTROL
    void note(sallyport::withdrawn const&) noexcept {}
#endif
};

int main() { gate_with(forgetful{}); }
