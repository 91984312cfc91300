// SPDX-License-Identifier: BSL-1.0
// expect: this clock needs instant now\(\) const noexcept; see sallyport/concepts/clock_source.hpp
// expect: sundial
#include "parts.hpp"

struct sundial {
#ifdef CONTROL
    sallyport::instant now() const noexcept { return {}; }
#else
    long now() const noexcept { return 0; }
#endif
};

int main() { sallyport::authenticator const gate{sallyport::environment{}.with_clock(sundial{}), one_man{}}; }
