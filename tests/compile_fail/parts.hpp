// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the files beside this one share: a directory of one man, and a gate around the part in question.
// Each file does it right under CONTROL and wrong without; the compiler must then refuse it, and what it
// says must match each line "expect".
#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/environment/environment.hpp>

struct one_man {
    sallyport::answer verify(sallyport::attempt const&, sallyport::instant) const {
        return sallyport::denial{};
    }
};

template <class Guard>
void gate_with(Guard guard) {
    sallyport::authenticator const gate{sallyport::environment{}, one_man{}, std::move(guard)};
}
template <class Verifier>
void gate_behind(Verifier verifier) {
    sallyport::authenticator const gate{sallyport::environment{}, std::move(verifier)};
}
