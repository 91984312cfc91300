// SPDX-License-Identifier: BSL-1.0
// Every default of this room's options, against tests/snapshot/defaults.txt;
// the other rooms' are in tests/presets/defaults.cpp.
#include "support/defaults.hpp"
#include "support/catch.hpp"

#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/accounts_file.hpp>
#include <sallyport/identity/anonymous.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/identity/password_policy.hpp>
#include <sallyport/identity/permits.hpp>

#include <string>
#include <string_view>

namespace {

using namespace sallyport::identity;
using defaults::room;

void check_cost(std::string const& within, argon2_cost const& cost) {
    auto const& [memory_kib, passes, lanes] = cost;
    room{within}.has("memory_kib", memory_kib, "KiB").has("passes", passes).has("lanes", lanes).check();
}
void check_limits(std::string const& within, account_limits const& limits) {
    auto const& [accounts, previous, file_bytes] = limits;
    room{within}
        .has("accounts", accounts)
        .has("previous", previous)
        .has("file_bytes", file_bytes, "bytes")
        .check();
}
void check_permits(std::string const& within, permits_options const& o) {
    auto const& [patience, on] = o;
    room{within}
        .has("patience", patience)
        .says("on", on.cores == 0 && on.available_memory == 0 ? "asked" : "given")
        .check();
}

TEST_CASE("the defaults of the hashing are those of the snapshot", "[identity][snapshot]") {
    auto const& [cost, accepted] = argon2id_options{};
    auto const& [least, most] = accepted;
    check_cost("identity_argon2id_options.cost", cost);
    check_cost("identity_argon2id_options.accepted.least", least);
    check_cost("identity_argon2id_options.accepted.most", most);
    check_permits("identity_permits_options", {});
    room{"identity_permits"}.has("queue_length", permits::queue_length).check();
}

TEST_CASE("the defaults of the accounts are those of the snapshot", "[identity][snapshot]") {
    auto const& [limits, hashing, on_unset_clock, on_other_cost] = accounts_options{};
    check_limits("identity_accounts_options.limits", limits);
    check_permits("identity_accounts_options.hashing", hashing);
    room{"identity_accounts"}
        .says("on_unset_clock", on_unset_clock == unset_clock::ignore_dates ? "ignore_dates" : "refuse_dated")
        .says("on_other_cost", on_other_cost == rehash::at_login ? "at_login" : "never")
        .check();
    auto const& [file_limits, patience] = accounts_file_options{};
    check_limits("identity_accounts_file_options.limits", file_limits);
    room{"identity_accounts_file"}.has("patience", sallyport::nanoseconds{patience}).check();
    auto const& [must_change, remember] = password_change{};
    room{"identity_password_change"}.has("must_change", must_change).has("remember", remember).check();
    auto const& [roles, as] = anonymous_options{};
    room{"identity_anonymous_options"}
        .says("roles", roles.empty() ? "none" : "some")
        .has("as", as.view())
        .check();
}

TEST_CASE("the defaults of the password policy are those of the snapshot", "[identity][snapshot]") {
    auto const& [shortest, longest, classes, refuse_common, also_common] = password_policy_options{};
    room{"identity_password_policy_options"}
        .has("shortest", shortest, "characters")
        .has("longest", longest, "bytes")
        .has("classes", classes)
        .has("refuse_common", refuse_common)
        .says("also_common", also_common.empty() ? "none" : "some")
        .check();
}

}  // namespace
