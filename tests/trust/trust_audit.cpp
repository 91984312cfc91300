// SPDX-License-Identifier: BSL-1.0
#include "rules.hpp"

#include <sallyport/host/trust_audit.hpp>

namespace {

using namespace sallyport;
using namespace std::chrono_literals;
using rules::status;

struct plant {
    rules::issued ca = rules::authority("Line 3").self_signed();  // with no revocation list in the store
    rules::issued pump = rules::application().by(ca);
    rules::store store = rules::store{}.trusted({ca});

    trust::judgement judged(rules::issued const& who, rules::asking const& how) const {
        return store.judge(rules::peer::client_application, pki::chain({who}), how);
    }
};
rules::asking unknown_overlooked() { return rules::overlooking({status::certificate_revocation_unknown}); }

instant after(nanoseconds steady) {
    return {.steady = steady, .wall = rules::today.time_since_epoch(), .wall_trusted = true};
}

}  // namespace

TEST_CASE("what was overlooked in an acceptance is told once a day, for each certificate",
          "[host][trust_audit]") {
    plant const here;
    auto const pump = here.judged(here.pump, unknown_overlooked());
    auto const valve = here.judged(rules::application("Valve 4").by(here.ca), unknown_overlooked());
    REQUIRE(pump.accepted());
    REQUIRE(valve.accepted());

    host::trust_audit audit;
    auto const first = audit.event_of(pump, after(1h), {}, "opcua");
    REQUIRE(first);
    CHECK(first->id == audit::event_id::certificate_overlooked);
    CHECK(first->value == static_cast<std::uint32_t>(status::certificate_revocation_unknown));
    CHECK(first->device == here.pump.read()->print());
    CHECK(first->service == "opcua");
    CHECK_FALSE(audit.event_of(pump, after(1h + 1s)));
    CHECK(audit.event_of(valve, after(1h + 1s)));
    CHECK_FALSE(audit.event_of(pump, after(25h - 1ns)));
    CHECK(audit.event_of(pump, after(25h)));
    CHECK_FALSE(audit.event_of(pump, after(26h)));
}

TEST_CASE("each fault that is overlooked is audited, also behind another one (1.4)", "[host][trust_audit]") {
    plant const here;
    auto const old = rules::application("Old").valid_until(rules::today - 1s).by(here.ca);
    auto how = rules::overlooking({status::certificate_time_invalid, status::certificate_revocation_unknown});
    auto listed = here.store;
    listed.trusted_crls({rules::revocations(here.ca)});
    auto const expired = listed.judge(rules::peer::client_application, pki::chain({old}), how);
    auto const both = here.judged(old, how);
    REQUIRE(expired.all().size() == 1);
    REQUIRE(both.all().size() == 2);

    host::trust_audit audit;
    auto const first = audit.event_of(expired, after(1h));
    REQUIRE(first);
    CHECK(first->detail == "BadCertificateTimeInvalid: its validity has ended");
    auto const more = audit.event_of(both, after(2h));  // meanwhile the revocation list is gone, too
    REQUIRE(more);
    CHECK(more->detail == "BadCertificateTimeInvalid, BadCertificateRevocationUnknown");
    CHECK(more->value == static_cast<std::uint32_t>(status::certificate_time_invalid));
    CHECK_FALSE(audit.event_of(both, after(3h)));
    CHECK_FALSE(audit.event_of(expired, after(3h)));
    CHECK(audit.event_of(both, after(26h)));
}

TEST_CASE("a refusal is told each time, and a clean acceptance never", "[host][trust_audit]") {
    plant const here;
    auto const refused = here.judged(here.pump, {});
    REQUIRE(refused.first() == status::certificate_revocation_unknown);
    host::trust_audit audit;
    for (int i = 0; i < 3; ++i) {
        auto const e = audit.event_of(refused, after(1h));
        REQUIRE(e);
        CHECK(e->id == audit::event_id::certificate_refused);
    }
    CHECK_FALSE(
        audit.event_of(trust::judgement::nothing_to_judge(trust::peer::client_application), after(1h)));
}

TEST_CASE("of more certificates than it remembers the one told longest ago is told again",
          "[host][trust_audit]") {
    plant const here;
    auto const key = pki::rsa(2048);  // one for all: making them is slow
    std::vector<trust::judgement> all;
    for (std::size_t i = 0; i <= host::trust_audit::capacity; ++i)
        all.push_back(here.judged(rules::application("Pump " + std::to_string(i), key).by(here.ca),
                                  unknown_overlooked()));
    host::trust_audit audit;
    nanoseconds now{1h};
    for (auto const& j : all) CHECK(audit.event_of(j, after(now += 1s)));
    CHECK_FALSE(audit.event_of(all.back(), after(now += 1s)));
    CHECK_FALSE(audit.event_of(all[1], after(now += 1s)));
    CHECK(audit.event_of(all[0], after(now += 1s)));
}
