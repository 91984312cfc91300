// SPDX-License-Identifier: BSL-1.0
// `==` stops at the first difference and so tells how far a guess was right.
// expect: use of deleted function|overload resolution selected deleted operator
#include <sallyport/core/secret.hpp>

bool same(sallyport::secret a, sallyport::secret b) {
#ifdef CONTROL
    return a.equals(b);
#else
    return a == b;
#endif
}
