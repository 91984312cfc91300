// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/principal.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {

/// `account_key(user)`: what the directory takes for the same account (folding, realm, alias), without secret
/// and in constant time. nullopt, or an empty name: no such spelling can be an account; it is then malformed.
/// Without it names are trimmed and ASCII-folded.
template <class V>
concept folds_names = requires(V const& v, std::string_view user) {
    { v.account_key(user) }
    noexcept->std::same_as<std::optional<name>>;
};
/// `knows(account)`: the credential epoch of an account on file, else nullopt; in constant time. It is what
/// keeps owners apart from names that somebody has sprayed: without it a full table has them share one cell.
template <class V>
concept knows_names = requires(V const& v, name const& account) {
    { v.knows(account) }
    noexcept->std::same_as<std::optional<std::uint64_t>>;
};
/// `current(account, now)`: the account as it is now, for sessions that are open; a denial ends them.
template <class V>
concept knows_changes = requires(V const& v, principal const& was, instant now) {
    { v.current(was, now) }
    noexcept->std::same_as<answer>;
};

/// `role_print()`: tells the table apart whose bits its roles are; two processes that share a segment must
/// have the same. See `role::role_table::print`.
template <class V>
concept numbers_roles = requires(V const& v) {
    { v.role_print() }
    noexcept->std::same_as<std::uint64_t>;
};

template <class V>
concept folds_names_well = folds_names<V> || !requires {
    &V::account_key;
};
template <class V>
concept knows_names_well = knows_names<V> || !requires {
    &V::knows;
};
template <class V>
concept knows_changes_well = knows_changes<V> || !requires {
    &V::current;
};
template <class V>
concept numbers_roles_well = numbers_roles<V> || !requires {
    &V::role_print;
};
template <class V>
concept answers_attempts = requires(V const& v, attempt const& a, instant now) {
    { v.verify(a, now) } -> std::same_as<answer>;
};

/// The one voice that can say yes. Called without the lock and from many threads at once: const means it. It
/// must cost an unknown name what it costs a known one, in work and in words. If it throws, the attempt is a
/// failure. An attempt with an empty user and an empty password asks it for that same work and no more: its
/// answer is not heard. A verifier whose options cannot be may say so as a guard does, by `fault()`.
///
/// Exemplar:  struct one_man { answer verify(attempt const& a, instant) const { return …; } };
/// Models:    identity::accounts, identity::anonymous, identity::any_of.
template <class V>
concept verifier = std::move_constructible<V> && answers_attempts<V> && folds_names_well<V> &&
    knows_names_well<V> && knows_changes_well<V> && numbers_roles_well<V>;

/// Names the verifier at fault and says why.
template <class Verifier>
consteval bool assert_verifier() {
    static_assert(answers_attempts<Verifier>,
                  "this is no verifier: it needs answer verify(sallyport::attempt const&, "
                  "sallyport::instant) const; see "
                  "sallyport/concepts/verifier.hpp for an exemplar");
    static_assert(folds_names_well<Verifier>,
                  "this verifier's account_key must be: std::optional<sallyport::name> "
                  "account_key(std::string_view) const noexcept");
    static_assert(knows_names_well<Verifier>,
                  "this verifier's knows must be: std::optional<std::uint64_t> knows(sallyport::name const&) "
                  "const noexcept");
    static_assert(knows_changes_well<Verifier>,
                  "this verifier's current must be: sallyport::answer current(sallyport::principal const&, "
                  "sallyport::instant) const "
                  "noexcept");
    static_assert(numbers_roles_well<Verifier>,
                  "this verifier's role_print must be: std::uint64_t role_print() const noexcept");
    static_assert(verifier<Verifier>,
                  "this is no verifier: see sallyport/concepts/verifier.hpp for an exemplar");
    return verifier<Verifier>;
}

}  // namespace sallyport::inline v0
