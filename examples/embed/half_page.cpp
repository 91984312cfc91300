// SPDX-License-Identifier: BSL-1.0
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/sallyport.hpp>

#include <iostream>

namespace sp = sallyport;
constexpr auto engineer = sp::role::plcnext_roles.set({"Engineer"});

// The one voice that can say yes. On a device: sp::identity::accounts, or the directory that is there already.
struct staff {
    sp::answer verify(sp::attempt const& a, sp::instant) const {
        bool const right = a.shown.bytes.equals(sp::secret{"correct horse"});  // in constant time
        if (a.user != "amira" || !right) return sp::denial{sp::reason::invalid_credentials};
        return sp::principal{.is = "amira", .roles = engineer};
    }
};

int main() {
    auto gate =
        sp::presets::resilient(  // 34 guesses a day from the whole world, 32 sessions, a log that says why
            sp::environment{}.with_audit(sp::audit::line_log{sp::audit::to_stream{std::clog}}), staff{},
            // 34 more with each restart that forgets; on a device: sp::penalty::journal, which does not
            sp::penalty::volatile_state{.restarts_per_day = 1});
    auto const knock = [&](std::string_view password, char const* from) {
        return gate.login({.user = "amira",
                           .shown = sp::credential::password(password),
                           .source = sp::address::from(from),
                           .service = "wbm"});
    };

    for (auto const* guess : {"123456", "password", "amira", "qwerty", "letmein", "dragon"})
        std::cout << guess << ": " << to_string(knock(guess, "192.0.2.7").error().outward().why) << '\n';
    auto const early =
        knock("correct horse", "192.0.2.7");  // right, but nothing from there is verified for a while
    std::cout << "the right one: " << to_string(early.error().why) << ", " << early.error().retry_after_ms()
              << " ms to wait\n";

    auto const session =
        knock("correct horse", "192.0.2.8");  // her own desk is not where the guesses came from
    if (!session || !session->may(engineer)) return 1;
    std::cout << session->who().is.view() << " is in, session " << session->number() << '\n';
}  // and out again: the session ends with its handle
