// SPDX-License-Identifier: BSL-1.0
#pragma once

// A composition as a program names it once and shows it to its other files.
#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/environment/environment.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/session/session_limit.hpp>

struct extern_template_people {
    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        if (a.shown.bytes.equals(sallyport::secret{"valve-7"})) return sallyport::principal{.is = a.user};
        return sallyport::denial{sallyport::reason::invalid_credentials, {}};
    }
};

extern template class sallyport::authenticator<sallyport::environment<>, extern_template_people,
                                               sallyport::penalty::backoff<>,
                                               sallyport::session::session_limit>;

using extern_template_gate =
    sallyport::authenticator<sallyport::environment<>, extern_template_people, sallyport::penalty::backoff<>,
                             sallyport::session::session_limit>;
