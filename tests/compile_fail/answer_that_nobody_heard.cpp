// SPDX-License-Identifier: BSL-1.0
// A login whose answer is dropped is a fault in the program.
// expect: ignoring return(ed)? value
// expect: nodiscard
#include "parts.hpp"

int main() {
    sallyport::authenticator gate{sallyport::environment{}, one_man{}};
#ifdef CONTROL
    return gate.login({.user = "amira"}) ? 0 : 1;
#else
    gate.login({.user = "amira"});
#endif
}
