// SPDX-License-Identifier: BSL-1.0
// A guard stands where the voice that says yes belongs: no number of guards can let anyone in.
// expect: this is no verifier: it needs answer verify\(sallyport::attempt const&, sallyport::instant\) const
// expect: open_door
#include "parts.hpp"

struct open_door {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
};

int main() {
#ifdef CONTROL
    sallyport::authenticator const gate{sallyport::environment{}, one_man{}, open_door{}};
#else
    sallyport::authenticator const gate{sallyport::environment{}, open_door{}};
#endif
}
