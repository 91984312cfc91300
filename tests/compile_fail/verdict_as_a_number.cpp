// SPDX-License-Identifier: BSL-1.0
// A verdict is asked, not added up: no silent way from a refusal to a number.
// expect: cannot convert|no viable conversion
// expect: result<
#include <sallyport/core/result.hpp>

bool open(sallyport::verdict const& v) {
#ifdef CONTROL
    return static_cast<bool>(v);
#else
    return v;
#endif
}
