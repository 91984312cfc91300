// SPDX-License-Identifier: BSL-1.0
// expect: these_options_contradict_each_other
// expect: session_limit_options
#include "parts.hpp"

#include <sallyport/session/session_limit.hpp>

#ifdef CONTROL
constexpr std::uint32_t reserved = 1;
#else
constexpr std::uint32_t reserved = 33;  // of 32
#endif

int main() {
    constexpr auto administrators = sallyport::role_set{}.with(0);
    gate_with(sallyport::session::session_limit{sallyport::valid(sallyport::session::session_limit_options{
        .total = 32, .reserved = {.any_of = administrators, .places = reserved}})});
}
