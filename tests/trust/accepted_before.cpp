// SPDX-License-Identifier: BSL-1.0
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/validator.hpp>

#include <memory>
#include <string>

using namespace std::chrono_literals;
using sallyport::instant;
using sallyport::nanoseconds;

namespace {
namespace trust = sallyport::trust;

instant at(std::chrono::sys_seconds t, bool trusted = true) { return {1h, t.time_since_epoch(), trusted}; }

/// A plant with one root, its revocation list, and a pump that it issued.
struct plant {
    pki::issued root = pki::authority("Plant Root").self_signed();
    pki::issued pump = pki::application("Pump 7").by(root);
    trust::current_lists lists;
    trust::validator validator{lists};

    plant() { put(list_until(pki::today + 24h)); }
    std::string list_until(std::chrono::sys_seconds until, long long number = 1) const {
        return pki::revocations(root).number(number).from(pki::today - 1h).until(until).made().der();
    }
    void put(std::string const& crl, bool rooted = true) {
        trust::trust_list::content c;
        if (rooted) c.trusted.push_back(root);
        c.trusted_crls.push_back(trust::crl::parse(trust::as_bytes(crl)));
        lists.put(std::make_shared<trust::trust_list const>(std::move(c)));
    }
    trust::status says(std::string const& chain, instant when) const {
        return validator.validate({.chain = trust::as_bytes(chain)}, when).first();
    }
};
}  // namespace

TEST_CASE(
    "an acceptance ends at the second at which a date of path or list does, also when the clock goes back",
    "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der();
    REQUIRE(here.says(blob, at(pki::today)) == trust::status::good);
    CHECK(here.says(blob, at(pki::today + 24h)) ==
          trust::status::good);  // nextUpdate itself is still in time
    CHECK(here.says(blob, at(pki::today + 24h + 1s)) == trust::status::certificate_revocation_unknown);
    CHECK(here.says(blob, at(pki::today)) == trust::status::good);
    CHECK(here.says(blob, at(pki::today - 1h)) == trust::status::good);  // thisUpdate itself
    CHECK(here.says(blob, at(pki::today - 1h - 1s)) == trust::status::certificate_revocation_unknown);
    CHECK(here.says(blob, at(std::chrono::sys_days{std::chrono::year{1990} / 1 / 1})) ==
          trust::status::certificate_time_invalid);
}

TEST_CASE("whatever changes in the lists, what was accepted is asked anew", "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der();
    REQUIRE(here.says(blob, at(pki::today)) == trust::status::good);
    here.put(pki::revocations(here.root).number(2).until(pki::today + 24h).revoke(here.pump).made().der());
    CHECK(here.says(blob, at(pki::today)) == trust::status::certificate_revoked);
    here.put(here.list_until(pki::today + 24h), false);
    CHECK(here.says(blob, at(pki::today)) == trust::status::certificate_chain_incomplete);
    here.put(here.list_until(pki::today + 24h));
    CHECK(here.says(blob, at(pki::today)) == trust::status::good);
}

TEST_CASE("a victim's leaf with a broken chain behind it changes nothing for the victim",
          "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der(), spoiled = blob + here.root.der().substr(0, 100),
                      more = blob + "x";
    for (int round = 0; round < 3; ++round) {
        CHECK(here.says(spoiled, at(pki::today)) == trust::status::certificate_invalid);
        CHECK(here.says(more, at(pki::today)) == trust::status::certificate_invalid);
        CHECK(here.says(blob, at(pki::today)) == trust::status::good);
    }
}

TEST_CASE("one peer's acceptance is nobody else's", "[trust][accepted_before]") {
    plant here;
    auto const sensor = pki::application("Sensor").purposes({pki::id::client_auth}).by(here.root);
    std::string const blob = sensor.der();
    REQUIRE(here.says(blob, at(pki::today)) == trust::status::good);
    auto const as_server = here.validator.validate(
        {.chain = trust::as_bytes(blob), .shown_by = trust::peer::server_application}, at(pki::today));
    CHECK(as_server.first() == trust::status::certificate_use_not_allowed);
    auto const stricter = here.validator.validate(
        {.chain = trust::as_bytes(blob), .policy = trust::policy_called("ECC_nistP256")}, at(pki::today));
    CHECK(stricter.first() == trust::status::certificate_policy_check_failed);
}

TEST_CASE("host and ApplicationUri are compared every time", "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der();
    auto const asks = [&](std::string_view uri) {
        return here.validator
            .validate({.chain = trust::as_bytes(blob), .application_uri = uri}, at(pki::today))
            .first();
    };
    CHECK(asks("urn:plant:pump-7") == trust::status::good);
    CHECK(asks("urn:plant:pump-8") == trust::status::certificate_uri_invalid);
    CHECK(asks("urn:plant:pump-7") == trust::status::good);
}

TEST_CASE("a known certificate costs no allocation but what OpenSSL takes for one digest",
          "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der();
    trust::question const q{.chain = trust::as_bytes(blob),
                            .shown_by = trust::peer::client_application,
                            .application_uri = "urn:plant:pump-7"};
    REQUIRE(here.validator.validate(q, at(pki::today)).accepted());
    auto const at_first = allocations();
    (void)trust::sha256(trust::as_bytes(blob));  // OpenSSL 3.0 takes a block for each, later ones do not
    auto const before = allocations();
    bool const accepted = here.validator.validate(q, at(pki::today)).accepted();
    auto const after = allocations();
    CHECK(after - before == before - at_first);
    CHECK(accepted);
}

TEST_CASE("while the clock is not set nothing is remembered, and the fault says so",
          "[trust][accepted_before]") {
    plant here;
    std::string const blob = here.pump.der();
    auto const said =
        here.validator.validate({.chain = trust::as_bytes(blob)}, at(std::chrono::sys_seconds{}, false));
    CHECK(said.first() == trust::status::certificate_time_invalid);
    CHECK(said.remedy().find("clock") != std::string::npos);
    CHECK(said.because() == "the device's clock is not set");
}

TEST_CASE("a policy of the host's own may change: what was accepted under it is asked anew (2.4)",
          "[trust][accepted_before]") {
    plant here;
    trust::security_policy ours = *trust::policy_called("Basic256Sha256");
    auto const says = [&] {
        return here.validator.validate({.chain = here.pump.bytes(), .policy = &ours}, at(pki::today)).first();
    };
    CHECK(says() == trust::status::good);
    ours.least_bits = 3072;
    CHECK(says() == trust::status::certificate_policy_check_failed);
}
