// SPDX-License-Identifier: BSL-1.0
// compiled alone: what it uses is instantiated in another file
#include "extern_template.hpp"
#include "support/catch.hpp"

TEST_CASE("a composition is compiled in one file and used in another", "[authenticator]") {
    extern_template_gate gate{sallyport::environment{}, extern_template_people{},
                              sallyport::penalty::backoff<>{}, sallyport::session::session_limit{}};
    auto const knock = [](std::string_view password) {
        return sallyport::attempt{.user = "amira", .shown = sallyport::credential::password(password)};
    };
    auto p = gate.begin(knock("valve-7"));
    REQUIRE(p);
    p->verify(knock("valve-7"));
    auto who = p->settle();
    REQUIRE(who);
    CHECK(who->lock());
    CHECK(who->unlock(sallyport::secret{"valve-7"}));
    CHECK(gate.administer("root").sessions().size() == 1);
    CHECK_FALSE(gate.login(knock("wrong")));
    CHECK_FALSE(gate.tick());
    CHECK(gate.reevaluate() == 0);
}
