// SPDX-License-Identifier: BSL-1.0
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>
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
    auto gate = sp::presets::plcnext(  // three failures cost 10 s, 32 sessions at most, a log that says why
        sp::environment{}.with_audit(sp::audit::line_log{sp::audit::to_stream{std::clog}}), staff{});
    auto const knock = [&](std::string_view password) {
        return gate.login({.user = "amira",
                           .shown = sp::credential::password(password),
                           .source = sp::address::from("192.0.2.7"),
                           .service = "wbm"});
    };

    for (auto const* guess : {"123456", "password", "amira"})
        std::cout << guess << ": " << to_string(knock(guess).error().outward().why) << '\n';
    auto const early = knock("correct horse");  // right, but nothing is verified before the delay is over
    std::cout << "the right one: " << to_string(early.error().why) << ", " << early.error().retry_after_ms()
              << " ms to wait\n";

    gate.administer("admin").clear_penalty("amira");
    auto const session = knock("correct horse");
    if (!session || !session->may(engineer)) return 1;
    std::cout << session->who().is.view() << " is in, session " << session->number() << '\n';
}  // and out again: the session ends with its handle
