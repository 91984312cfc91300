// SPDX-License-Identifier: BSL-1.0
#include "gate.hpp"

int main() {
    // Three free tries each (PLCnext's law), in one process, whichever version keeps the count.
    bool const first = v0_gate::admits_the_right_one() && v0_gate::wrong_secrets_until_refused() == 3;
    bool const next = v1_gate::admits_the_right_one() && v1_gate::wrong_secrets_until_refused() == 3;
    bool const apart = v0_gate::version() != v1_gate::version() && v1_gate::version() == "999.0.0";
    return first && next && apart ? 0 : 1;
}
