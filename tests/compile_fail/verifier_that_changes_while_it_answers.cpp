// SPDX-License-Identifier: BSL-1.0
// It is called from many threads at once, and const means it.
// expect: this is no verifier: it needs answer verify\(sallyport::attempt const&, sallyport::instant\) const
// expect: counting_clerk
#include "parts.hpp"

struct counting_clerk {
#ifdef CONTROL
    sallyport::answer verify(sallyport::attempt const&, sallyport::instant) const {
        return sallyport::denial{};
    }
#else
    sallyport::answer verify(sallyport::attempt const&, sallyport::instant) {
        return ++asked, sallyport::denial{};
    }
#endif
    int asked = 0;
};

int main() { gate_behind(counting_clerk{}); }
