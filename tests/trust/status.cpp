// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/trust/status.hpp>

#include <string>

namespace {
using namespace sallyport::trust;
}  // namespace

TEST_CASE("exactly what OPC 10000-4 marks so may be suppressed", "[trust][status]") {
    constexpr status may[] = {
        status::certificate_policy_check_failed, status::certificate_time_invalid,
        status::certificate_issuer_time_invalid, status::certificate_host_name_invalid,
        status::certificate_use_not_allowed,     status::certificate_issuer_use_not_allowed,
        status::certificate_revocation_unknown,  status::certificate_issuer_revocation_unknown};
    for (auto const& r : status_rules) {
        CAPTURE(r.name);
        bool const listed = std::find(std::begin(may), std::end(may), r.code) != std::end(may);
        suppressions s;
        CHECK(s.add(r.code) == listed);
        CHECK(s.has(r.code) == listed);
        CHECK(s.any() == listed);
    }
}

TEST_CASE("TrustListValidationOptions name five statuses, and never the ApplicationUri", "[trust][status]") {
    CHECK(overlooked_by(1) == suppressions{}.with(status::certificate_time_invalid));
    CHECK(overlooked_by(2) == suppressions{}.with(status::certificate_host_name_invalid));
    CHECK(overlooked_by(4) == suppressions{}.with(status::certificate_revocation_unknown));
    CHECK(overlooked_by(8) == suppressions{}.with(status::certificate_issuer_time_invalid));
    CHECK(overlooked_by(16) == suppressions{}.with(status::certificate_issuer_revocation_unknown));
    CHECK_FALSE(overlooked_by(32 + 64 + 0xFFFFFF80).any());
    CHECK_FALSE(overlooked_by(0xFFFFFFFF).has(status::certificate_uri_invalid));
}

TEST_CASE("a status is found by its name, with the underscore or without", "[trust][status]") {
    for (auto const& r : status_rules) CHECK(status_called(r.name) == r.code);
    CHECK(status_called("Bad_CertificateTimeInvalid") == status::certificate_time_invalid);
    CHECK_FALSE(status_called("BadCertificateTime"));
    CHECK_FALSE(status_called(""));
    CHECK_FALSE(status_called("Bad_"));
}

TEST_CASE("a stranger is told nothing of the lists, a trusted application the truth, a user one thing",
          "[trust][status]") {
    struct {
        status is, application;
    } const rows[] = {
        {status::good, status::good},
        {status::certificate_invalid, status::security_checks_failed},
        {status::certificate_chain_incomplete, status::security_checks_failed},
        {status::certificate_policy_check_failed, status::security_checks_failed},
        {status::certificate_untrusted, status::security_checks_failed},
        {status::certificate_time_invalid, status::certificate_time_invalid},
        {status::certificate_issuer_time_invalid, status::certificate_issuer_time_invalid},
        {status::certificate_host_name_invalid, status::certificate_host_name_invalid},
        {status::certificate_uri_invalid, status::certificate_uri_invalid},
        {status::certificate_use_not_allowed, status::certificate_use_not_allowed},
        {status::certificate_issuer_use_not_allowed, status::certificate_issuer_use_not_allowed},
        {status::certificate_revocation_unknown, status::certificate_revocation_unknown},
        {status::certificate_issuer_revocation_unknown, status::security_checks_failed},
        {status::certificate_revoked, status::security_checks_failed},
        {status::certificate_issuer_revoked, status::security_checks_failed},
    };
    for (auto const& row : rows) {
        CAPTURE(to_string(row.is));
        CHECK(wire_status(row.is, peer::client_application) == row.application);
        CHECK(wire_status(row.is, peer::server_application) == row.application);
        CHECK(wire_status(row.is, peer::user) ==
              (row.is == status::good ? status::good : status::identity_token_rejected));
    }
}
