// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/concepts/verifier.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace {

using namespace sallyport;

struct one_man {  // the exemplar
    answer verify(attempt const& a, instant) const {
        if (a.user == "amira" && a.shown.bytes.equals(secret{"open sesame"})) return principal{"amira"};
        return denial{reason::invalid_credentials, {}};
    }
};
struct directory : one_man {
    std::optional<name> account_key(std::string_view user) const noexcept { return name{user}; }
    std::optional<std::uint64_t> knows(name const&) const noexcept { return 0; }
    answer current(principal const& was, instant) const noexcept { return was; }
};
static_assert(verifier<one_man> && !folds_names<one_man> && !knows_names<one_man> && !knows_changes<one_man>);
static_assert(verifier<directory> && folds_names<directory> && knows_names<directory> &&
              knows_changes<directory>);

struct nobody {};
struct says_bool {
    bool verify(attempt const&, instant) const { return true; }
};
struct says_principal {
    principal verify(attempt const&, instant) const { return {}; }
};
struct changes {
    answer verify(attempt const&, instant) { return {}; }
};
struct reads_the_clock {
    answer verify(attempt const&) const { return {}; }
};
struct takes_a_copy_of_its_attempt {  // harmless: an attempt is views
    answer verify(attempt, instant) const { return {}; }
};
static_assert(!verifier<nobody> && !verifier<says_bool> && !verifier<says_principal> && !verifier<changes> &&
              !verifier<reads_the_clock>);
static_assert(verifier<takes_a_copy_of_its_attempt>);

struct key_of_text : one_man {
    std::string_view account_key(std::string_view user) const noexcept { return user; }
};
struct key_may_throw : one_man {
    std::optional<name> account_key(std::string_view) const { return {}; }
};
struct knows_bool : one_man {
    bool knows(name const&) const noexcept { return true; }
};
struct knows_changes_it : one_man {
    std::optional<std::uint64_t> knows(name const&) noexcept { return {}; }
};
struct current_says_bool : one_man {
    bool current(principal const&, instant) const noexcept { return true; }
};
struct current_may_throw : one_man {
    answer current(principal const&, instant) const { return {}; }
};
static_assert(!verifier<key_of_text> && !verifier<key_may_throw> && !verifier<knows_bool> &&
              !verifier<knows_changes_it>);
static_assert(!verifier<current_says_bool> && !verifier<current_may_throw>);

struct owns_something {  // need not be copied
    std::unique_ptr<int> something;
    answer verify(attempt const&, instant) const { return {}; }
};
struct nailed_down : one_man {
    nailed_down(nailed_down&&) = delete;
};
static_assert(verifier<owns_something> && !verifier<nailed_down>);

TEST_CASE("the smallest verifier there can be knows one man", "[concepts][verifier]") {
    one_man const v{};
    auto const ask = [&](std::string_view user, std::string_view password) {
        return v.verify({.user = user, .shown = credential::password(password)}, {});
    };
    CHECK(std::holds_alternative<principal>(ask("amira", "open sesame")));
    CHECK(std::holds_alternative<denial>(ask("amira", "open")));
    CHECK(std::holds_alternative<denial>(ask("bo", "open sesame")));
}

}  // namespace
