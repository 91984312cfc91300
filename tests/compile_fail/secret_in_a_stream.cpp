// SPDX-License-Identifier: BSL-1.0
// expect: no match for .operator<<.|invalid operands to binary expression
// expect: sallyport::(v0::)?secret
#include <sallyport/core/secret.hpp>

#include <ostream>

void show(std::ostream& out, sallyport::secret s) {
#ifdef CONTROL
    out << s.size();
#else
    out << s;
#endif
}
