// SPDX-License-Identifier: BSL-1.0
// Who notes an admission has taken something; the departure gives it back.
// expect: this guard notes admission, so it must also note departure
// expect: hoarder
#include "parts.hpp"

struct hoarder {
    sallyport::verdict check(sallyport::admission const&) const noexcept { return sallyport::permit; }
    void note(sallyport::admission const&) noexcept {}
#ifdef CONTROL
    void note(sallyport::departure const&) noexcept {}
#endif
};

int main() { gate_with(hoarder{}); }
