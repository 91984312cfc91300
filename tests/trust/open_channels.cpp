// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/sallyport.hpp>
#include <sallyport/trust/open_channels.hpp>
#include <sallyport/trust/trusted_application.hpp>

#include <memory>
#include <string>

using namespace std::chrono_literals;

namespace {
namespace sp = sallyport;
namespace trust = sallyport::trust;

struct directory {
    sp::answer verify(sp::attempt const& a, sp::instant) const {
        if (a.user == "amira" && a.shown.bytes.equals(sp::secret{"valve-7"}))
            return sp::principal{.is = "amira"};
        return sp::denial{sp::reason::invalid_credentials, {}};
    }
};
sp::attempt knock(std::uint64_t channel, sp::trusted_device device, std::string_view service = "opcua") {
    return {.user = "amira",
            .shown = sp::credential::password("valve-7"),
            .service = service,
            .channel = channel,
            .device = device};
}
sp::instant const noon{1h, pki::today.time_since_epoch(), true};
}  // namespace

TEST_CASE("without a trusted application there is no session where the service asks for one, and no penalty",
          "[trust][trusted_application]") {
    sp::authenticator gate{sp::environment{}, directory{}, trust::trusted_application{{.service = "opcua"}},
                           sp::penalty::backoff{}};
    for (int i = 0; i < 10; ++i) {
        auto const no = gate.login(knock(1, {}));
        REQUIRE_FALSE(no);
        CHECK(no.error().why == sp::reason::untrusted_application);
        CHECK(no.error().retry_after == 0ns);
    }
    CHECK(gate.login(knock(1, {}, "wbm")));
    auto const root = pki::authority("Plant Root").self_signed();
    trust::trust_list::content c;
    auto const pump = pki::application("Pump 7").self_signed();
    c.trusted.push_back(pump);
    trust::current_lists lists;
    lists.put(std::make_shared<trust::trust_list const>(std::move(c)));
    std::string const blob = pump.der();
    auto const said = trust::validator{lists}.validate({.chain = trust::as_bytes(blob)}, noon);
    REQUIRE(said.accepted());
    CHECK(said.device().print() == pump.read()->print());
    CHECK(gate.login(knock(2, said.device())));
}

TEST_CASE("a refusal makes no device, nor does a user's certificate, nor SecurityPolicy None",
          "[trust][trusted_application]") {
    trust::current_lists lists;
    auto const pump = pki::application("Pump 7").self_signed();
    std::string const blob = pump.der();
    CHECK_FALSE(trust::validator{lists}.validate({.chain = trust::as_bytes(blob)}, noon).device().known());
    auto const none = trust::validator{lists}.validate(
        {.chain = trust::as_bytes(blob), .policy = trust::policy_called("None")}, noon);
    CHECK(none.accepted());
    CHECK_FALSE(none.device().known());
    trust::trust_list::content c;
    auto const amira = pki::user("Amira").self_signed();
    c.trusted.push_back(amira);
    lists.put(std::make_shared<trust::trust_list const>(std::move(c)));
    std::string const hers = amira.der();
    auto const user = trust::validator{lists}.validate(
        {.chain = trust::as_bytes(hers), .shown_by = trust::peer::user}, noon);
    CHECK(user.accepted());
    CHECK_FALSE(user.device().known());
}

TEST_CASE(
    "a change of the lists closes the channels whose certificates would be refused now, and their sessions",
    "[trust][open_channels]") {
    auto const root = pki::authority("Plant Root").self_signed();
    auto const pump = pki::application("Pump 7").by(root), press = pki::application("Press 2").by(root);
    trust::current_lists lists;
    auto const put = [&](std::string const& crl) {
        trust::trust_list::content c;
        c.trusted.push_back(root);
        c.trusted_crls.push_back(trust::crl::parse(trust::as_bytes(crl)));
        lists.put(std::make_shared<trust::trust_list const>(std::move(c)));
    };
    put(pki::revocations(root).made().der());
    trust::validator const validator{lists};
    sp::authenticator gate{sp::environment{}, directory{}, trust::trusted_application{}};
    trust::open_channels channels{2};
    std::string const pumps = pump.der(), presses = press.der();
    std::vector<sp::session::session> sessions;
    auto const open = [&](std::uint64_t number, std::string const& blob) {
        trust::question const q{.chain = trust::as_bytes(blob)};
        auto const said = validator.validate(q, noon);
        REQUIRE(channels.add(number, q, said));
        auto s = gate.login(knock(number, said.device()));
        REQUIRE(s);
        sessions.push_back(std::move(*s));
    };
    open(1, pumps);
    open(2, presses);
    trust::question const q{.chain = trust::as_bytes(presses)};
    CHECK_FALSE(channels.add(3, q, validator.validate(q, noon)));  // there are as many as are allowed
    CHECK(channels.reevaluate(validator, noon).empty());

    put(pki::revocations(root).number(2).revoke(pump).made().der());
    auto const over = channels.reevaluate(validator, noon);
    REQUIRE(over.size() == 1);
    CHECK(over[0].channel == 1);
    CHECK(over[0].why.first() == trust::status::certificate_revoked);
    CHECK(channels.size() == 1);
    gate.close_channel("opcua", over[0].channel);
    CHECK(sessions[0].state() == sp::standing::channel_closed);
    CHECK(sessions[1].state() == sp::standing::open);

    auto const late = channels.reevaluate(validator, {1h, noon.wall + 24h * 36'500, true});
    REQUIRE(late.size() == 1);
    CHECK(late[0].why.first() == trust::status::certificate_time_invalid);
    CHECK(channels.size() == 0);
}

TEST_CASE("a channel is judged anew by all that was asked of it, certificate policies too",
          "[trust][open_channels]") {
    auto const root = pki::authority("Plant Root").self_signed();
    auto const stated = pki::application("Pump 7").policies({"1.2.3.4"}).by(root);
    trust::trust_list::content c;
    c.trusted.push_back(root);
    c.trusted_crls.push_back(pki::revocations(root).made());
    trust::current_lists lists;
    lists.put(std::make_shared<trust::trust_list const>(c));
    trust::validator const judge{lists};
    trust::open_channels open;
    {
        trust::policy_inputs const wanted{.acceptable = {"1.2.3.4"}, .require_explicit = true};
        trust::question const asked{
            .chain = stated.bytes(), .shown_by = trust::peer::pkix, .policies = &wanted};
        REQUIRE(open.add(1, asked, judge.validate(asked, noon)));
    }
    CHECK(open.reevaluate(judge, noon).empty());
    // A channel that was asked for another policy than its certificate states.
    trust::policy_inputs const other{.acceptable = {"1.2.3.5"}, .require_explicit = true};
    trust::question asked{.chain = stated.bytes(), .shown_by = trust::peer::pkix};
    auto const lenient = judge.validate(asked, noon);
    asked.policies = &other;
    REQUIRE(open.add(2, asked, lenient));
    auto const closing = open.reevaluate(judge, noon);
    REQUIRE(closing.size() == 1);
    CHECK(closing[0].channel == 2);
    CHECK(closing[0].why.first() == trust::status::certificate_use_not_allowed);
}
