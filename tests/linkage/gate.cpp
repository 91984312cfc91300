// SPDX-License-Identifier: BSL-1.0
// Compiled twice: against this version (GATE is v0_gate) and against the next (v1_gate), for one program.
#include "gate.hpp"

#include <sallyport/sallyport.hpp>

namespace GATE {

struct one_man {
    sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        if (a.user == "amira" && a.shown.bytes.equals(sallyport::secret{"open sesame"}))
            return sallyport::principal{.is = "amira"};
        return sallyport::denial{sallyport::reason::invalid_credentials};
    }
};

struct login_path {
    sallyport::authenticator<sallyport::environment<>, one_man, sallyport::penalty::backoff<>> gate{
        sallyport::environment{}, one_man{}, sallyport::penalty::backoff{}};

    auto knock(std::string_view with) {
        return gate.login(
            {.user = "amira", .shown = sallyport::credential::password(with), .service = "opcua"});
    }
};

int wrong_secrets_until_refused() {
    login_path path;
    for (int tried = 1; tried <= 100; ++tried)
        if (path.knock("guess").error().why == sallyport::reason::penalty_delay_active) return tried - 1;
    return 100;
}

bool admits_the_right_one() {
    login_path path;
    return static_cast<bool>(path.knock("open sesame"));
}

std::string_view version() { return sallyport::version; }

}  // namespace GATE
