// SPDX-License-Identifier: BSL-1.0
// expect: this guard's fault must be: std::string_view fault\(\) const noexcept
// expect: mumbler
#include "parts.hpp"

struct mumbler {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#ifdef CONTROL
    std::string_view fault() const noexcept { return {}; }
#else
    int fault() const noexcept { return 0; }
#endif
};

int main() { gate_with(mumbler{}); }
