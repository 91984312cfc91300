// SPDX-License-Identifier: BSL-1.0
// "Yes" must say who; and "the directory is down" is neither yes nor no.
// expect: this is no verifier: it needs answer verify\(sallyport::attempt const&, sallyport::instant\) const
// expect: yes_man
#include "parts.hpp"

struct yes_man {
#ifdef CONTROL
    sallyport::answer verify(sallyport::attempt const&, sallyport::instant) const {
        return sallyport::principal{};
    }
#else
    bool verify(sallyport::attempt const&, sallyport::instant) const { return true; }
#endif
};

int main() { gate_behind(yes_man{}); }
