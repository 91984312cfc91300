// SPDX-License-Identifier: BSL-1.0
// Two numbers in a row say nothing: options are named.
// expect: session_limit
#include "parts.hpp"

#include <sallyport/session/session_limit.hpp>

int main() {
#ifdef CONTROL
    gate_with(sallyport::session::session_limit{{.total = 32, .per_user = 4}});
#else
    gate_with(sallyport::session::session_limit{32, 4});
#endif
}
