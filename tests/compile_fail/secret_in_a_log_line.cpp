// SPDX-License-Identifier: BSL-1.0
// expect: sallyport::(v0::)?secret
// expect: formatter
#include <sallyport/core/secret.hpp>

#include <fmt/format.h>

std::string log_line(sallyport::secret s) {
#ifdef CONTROL
    return fmt::format("a secret of {} bytes", s.size());
#else
    return fmt::format("a secret: {}", s);
#endif
}
