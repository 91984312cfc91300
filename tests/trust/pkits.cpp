// SPDX-License-Identifier: BSL-1.0
// NIST's Public Key Interoperability Test Suite, every case of it: paths, names, policies and revocation
// lists as RFC 5280 has them, deltas and indirect ones included. What differs is listed, with its reason.
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/trust/validator.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace sallyport;
using namespace sallyport::trust;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr std::string_view folder = SALLYPORT_TEST_VECTORS "/pkits/";

/// The day for which the manifest tells what is valid.
constexpr instant that_day{{}, std::chrono::sys_days{2011y / 4 / 15}.time_since_epoch(), true};

json parsed(std::string_view name) { return json::parse(support::text_of(std::string{folder}.append(name))); }

json const& all_cases() {
    static json const all = parsed("manifest.json")["tests"];
    return all;
}

/// Each file is read once; many cases share it.
template <class T>
std::shared_ptr<T const> read(std::string const& name) {
    static std::map<std::string, std::shared_ptr<T const>> known;
    auto& at = known[name];
    if (at) return at;
    std::string const octets = support::text_of(std::string{folder}.append(name));
    std::string why;
    at = T::parse(as_bytes(octets), &why);
    if (!at) throw std::runtime_error{name + " " + why};
    return at;
}
certificate_ptr certificate_of(std::string const& name) { return read<certificate>("certs/" + name); }
std::vector<certificate_ptr> certificates_of(json const& names) {
    std::vector<certificate_ptr> all;
    for (std::string const name : names) all.push_back(certificate_of(name));
    return all;
}
std::vector<crl_ptr> lists_of(json const& names) {
    std::vector<crl_ptr> all;
    for (std::string const name : names) all.push_back(read<crl>("crls/" + name));
    return all;
}

/// The names stand for the arc that NIST has set aside for the suite.
policy_inputs inputs_of(json const& stated) {
    constexpr std::string_view prefix = "NIST-test-policy-";
    policy_inputs in;
    for (std::string const name : stated.value("initial_policy_set", json::array()))
        in.acceptable.push_back("2.16.840.1.101.3.2.1.48." + name.substr(prefix.size()));
    in.require_explicit = stated.value("initial_explicit_policy", false);
    in.inhibit_mapping = stated.value("initial_policy_mapping_inhibit", false);
    in.inhibit_any = stated.value("initial_inhibit_any_policy", false);
    return in;
}

std::vector<std::uint8_t> blob_of(std::vector<certificate_ptr> const& chain) {
    std::vector<std::uint8_t> blob;
    for (auto const& c : chain) blob.insert(blob.end(), c->der().begin(), c->der().end());
    return blob;
}

judgement judged(trust_list::content held, std::vector<certificate_ptr> const& shown,
                 policy_inputs const& in) {
    current_lists lists;
    lists.put(std::make_shared<trust_list const>(std::move(held)));
    auto const blob = blob_of(shown);
    return validator{lists}.validate({.chain = blob, .shown_by = peer::pkix, .policies = &in}, that_day);
}

/// The CAs' certificates in the issuer list, the leaf alone presented.
judgement stored(json const& test) {
    auto const crls = lists_of(test["crls"]);
    return judged({.trusted = {certificate_of(test["trust_anchor"])},
                   .issuers = certificates_of(test["intermediates"]),
                   .trusted_crls = crls,
                   .issuer_crls = crls},
                  {certificate_of(test["leaf"])}, inputs_of(test["policy_inputs"]));
}
/// The CAs' certificates presented behind the leaf, in another order than that of the path.
judgement presented_in(json const& test, bool reversed) {
    auto shown = certificates_of(test["intermediates"]);
    if (reversed)
        std::reverse(shown.begin(), shown.end());
    else
        std::rotate(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(shown.size() / 2),
                    shown.end());
    shown.insert(shown.begin(), certificate_of(test["leaf"]));
    auto const crls = lists_of(test["crls"]);
    return judged(
        {.trusted = {certificate_of(test["trust_anchor"])}, .trusted_crls = crls, .issuer_crls = crls}, shown,
        inputs_of(test["policy_inputs"]));
}

}  // namespace

TEST_CASE("every case of NIST's suite ends as it says, but for those that are listed", "[trust][pkits]") {
    json const& tests = all_cases();
    json const exceptions = parsed("exceptions.json");
    REQUIRE(tests.size() == 247);
    std::size_t agreed = 0, excepted = 0;
    for (json const& test : tests) {
        std::string const id = test["id"], name = test["name"];
        auto const said = stored(test);
        CAPTURE(id, name, to_string(said.first()), said.because());
        bool const valid = test["expected_valid"];
        bool const listed = exceptions.contains(id);
        if (listed) {
            CHECK(to_string(said.first()) == std::string{exceptions[id]["status"]});
            CHECK_FALSE(std::string{exceptions[id]["why"]}.empty());
            CHECK(said.accepted() !=
                  valid);  // one that agrees is no exception: it is to be taken off the list
            CHECK(valid);  // and none may be an acceptance of what is not valid
            ++excepted;
        } else {
            CHECK(said.accepted() == valid);
        }
        if (said.accepted() == valid) ++agreed;
    }
    CHECK(agreed >= 245);
    CHECK(excepted == exceptions.size());  // every exception is one of a case
}

TEST_CASE("whether issuers are stored or presented, in whatever order, changes nothing", "[trust][pkits]") {
    for (json const& test : all_cases()) {
        std::string const id = test["id"], name = test["name"];
        auto const wanted = stored(test).first();
        for (bool const reversed : {true, false}) {
            auto const said = presented_in(test, reversed);
            CAPTURE(id, name, reversed, said.because());
            CHECK(to_string(said.first()) == to_string(wanted));
        }
    }
}

TEST_CASE("none of NIST's anchors is trusted because it was presented", "[trust][pkits]") {
    for (json const& test : all_cases()) {
        std::string const id = test["id"];
        CAPTURE(id);
        auto shown = certificates_of(test["intermediates"]);
        shown.insert(shown.begin(), certificate_of(test["leaf"]));
        shown.push_back(certificate_of(test["trust_anchor"]));
        auto const crls = lists_of(test["crls"]);
        CHECK_FALSE(
            judged({.trusted_crls = crls, .issuer_crls = crls}, shown, inputs_of(test["policy_inputs"]))
                .accepted());
        // Nor because it is an issuer that somebody knows.
        CHECK_FALSE(judged({.issuers = shown, .trusted_crls = crls, .issuer_crls = crls}, shown,
                           inputs_of(test["policy_inputs"]))
                        .accepted());
    }
}
