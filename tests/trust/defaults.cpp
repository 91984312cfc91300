// SPDX-License-Identifier: BSL-1.0
// Every default of this room's options, against tests/snapshot/defaults.txt; the other rooms' are in
// tests/presets/defaults.cpp and tests/identity/defaults.cpp.
#include "support/defaults.hpp"
#include "support/catch.hpp"

#include <sallyport/trust/directory_options.hpp>
#include <sallyport/trust/doctor.hpp>
#include <sallyport/trust/own.hpp>
#include <sallyport/trust/tls.hpp>
#include <sallyport/trust/trust_list_operations.hpp>
#include <sallyport/trust/trusted_application.hpp>
#include <sallyport/trust/validator.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace {

using namespace sallyport;
using namespace sallyport::trust;
using defaults::room;

std::string_view shown(peer p) {
    switch (p) {
        case peer::client_application: return "client_application";
        case peer::server_application: return "server_application";
        case peer::user: return "user";
        case peer::pkix: return "pkix";
    }
    return "?";
}
void check_budget(std::string const& within, budget const& most) {
    auto const& [presented, octets, depth, paths, signatures, effort, longest_rsa_key, comparisons] = most;
    room{within}
        .has("presented", presented)
        .has("octets", octets, "bytes")
        .has("depth", depth)
        .has("paths", paths)
        .has("signatures", signatures)
        .has("effort", effort)
        .has("longest_rsa_key", static_cast<unsigned>(longest_rsa_key), "bits")
        .has("comparisons", comparisons)
        .check();
}
void check_validation(std::string const& within, validator_options const& o) {
    auto const& [overlook, crl_grace, last_known_time, without_revocation, most] = o;
    room{within}
        .says("overlook", overlook.any() ? "something" : "nothing")
        .has("crl_grace", crl_grace)
        .says("last_known_time", last_known_time ? "some" : "none")
        .says("without_revocation", without_revocation.empty() ? "none" : "some")
        .check();
    check_budget(within + ".most", most);
}

TEST_CASE("the defaults of judging are those of the snapshot", "[trust][snapshot]") {
    check_validation("trust_validator_options", {});
    {
        auto const& [shown_by, host, hosts, clients, application_uri, policy] = tls_options{};
        room{"trust_tls_options"}
            .says("shown_by", shown(shown_by))
            .says("host", host.empty() ? "none" : "some")
            .says("hosts", hosts == host_check::required ? "required" : "skipped")
            .says("clients", clients == client_certificate::required ? "required" : "optional")
            .says("application_uri", application_uri ? "one" : "any")
            .says("policy", policy == nullptr ? "none" : "one")
            .check();
    }
    auto const& [service] = trusted_application_options{};
    room{"trust_trusted_application_options"}.says("service", service.empty() ? "every" : "one").check();
}

TEST_CASE("the defaults of the store are those of the snapshot", "[trust][snapshot]") {
    auto const& [interval, files_a_call, most_files, patience, writes, rejected, hear] = directory_options{};
    room{"trust_directory_options"}
        .has("interval", interval)
        .has("files_a_call", files_a_call)
        .has("most_files", most_files)
        .has("patience", nanoseconds{patience})
        .has("writes", writes)
        .says("hear", hear ? "somebody" : "nobody")
        .check();
    auto const& [most, longest_chain, operations_a_day, bytes_a_day, between_counts] = rejected;
    room{"trust_directory_options.rejected"}
        .has("most", most)
        .has("longest_chain", longest_chain, "bytes")
        .has("operations_a_day", operations_a_day)
        .has("bytes_a_day", bytes_a_day, "bytes")
        .has("between_counts", between_counts)
        .check();
    {
        auto const& [largest, activity_timeout, open_at_once, open_by_session] =
            trust_list_operations_options{};
        room{"trust_list_operations_options"}
            .has("largest", largest, "bytes")
            .has("activity_timeout", activity_timeout)
            .has("open_at_once", open_at_once)
            .has("open_by_session", open_by_session)
            .check();
    }
    {
        auto const& [soon, crl_soon, application_uri, expects_own, shown_by, validation] = doctor_options{};
        room{"trust_doctor_options"}
            .has("soon", soon)
            .has("crl_soon", crl_soon)
            .says("application_uri", application_uri.empty() ? "none" : "one")
            .has("expects_own", expects_own)
            .says("shown_by", shown(shown_by))
            .check();
        check_validation("trust_doctor_options.validation", validation);
    }
}

TEST_CASE("the defaults of a certificate of our own are those of the snapshot", "[trust][snapshot]") {
    auto const& [kind, files, patience] = own_options{};
    room{"trust_own_options"}
        .says("kind", kind ? "one" : "any")
        .has("files", files)
        .has("patience", nanoseconds{patience})
        .check();
    own_request const asked;
    room{"trust_own_request"}
        .says("key", asked.key == own_key::rsa_2048 ? "rsa_2048" : "another")
        .says("use", asked.use == own_use::client_and_server ? "client_and_server" : "another")
        .says("constraints", asked.constraints == own_constraints::end_entity ? "end_entity" : "another")
        .has("days", asked.days)
        .has("backdated", nanoseconds{asked.backdated})
        .check();
}

}  // namespace
