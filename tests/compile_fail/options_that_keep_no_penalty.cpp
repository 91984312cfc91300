// SPDX-License-Identifier: BSL-1.0
// expect: these_options_contradict_each_other
// expect: penalty::backoff
#include "parts.hpp"

#include <sallyport/penalty/backoff.hpp>

#ifdef CONTROL
constexpr std::uint32_t capacity = 16;
#else
constexpr std::uint32_t capacity = 0;
#endif

int main() {
    gate_with(sallyport::penalty::backoff<>{
        sallyport::valid(sallyport::penalty::backoff_options<>{.known = capacity})});
}
