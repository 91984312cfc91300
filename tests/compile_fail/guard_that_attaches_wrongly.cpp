// SPDX-License-Identifier: BSL-1.0
// A blueprint taken by value is a copy: what is claimed there is never given.
// expect: this guard's attach must be: void attach\(sallyport::blueprint&\) noexcept
// expect: squatter
#include "parts.hpp"

struct squatter {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#ifdef CONTROL
    void attach(sallyport::blueprint& b) noexcept { words_ = b.claim("squatter/1", 1); }
#else
    int attach(sallyport::blueprint b) noexcept {
        return (words_ = b.claim("squatter/1", 1)).attached() ? 1 : 0;
    }
#endif
    sallyport::region words_{};
};

int main() { gate_with(squatter{}); }
