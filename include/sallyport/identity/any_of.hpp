// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/verifier.hpp>
#include <sallyport/core/name_rules.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace sallyport::inline v0 {
namespace identity {

/// `takes(kind)`: which kinds of credential a verifier judges. Without it: passwords alone.
template <class V>
concept takes_kinds = requires(V const& v, proof_kind k) {
    { v.takes(k) } -> std::same_as<bool>;
    requires noexcept(v.takes(k));
};
template <class V>
concept takes_kinds_well = takes_kinds<V> || !requires {
    &V::takes;
};

/// Several verifiers as one: each attempt goes to exactly one of them, and no secret is ever tried against
/// two (else a password that is wrong here would be tested, and seen, there). It goes to the first that takes
/// its kind and knows the account. Names that nobody knows go to one verifier always, for its dummy: the one
/// that cannot say whom it knows (an LDAP directory, PAM), of which there may be one for passwords, else the
/// first that takes the kind. Where passwords are judged at different cost, the time tells which of them was
/// asked.
/// Thread safety: that of the verifiers.
template <verifier... V>
class any_of {
    static_assert(sizeof...(V) > 0, "identity::any_of: nobody to ask");
    static_assert((takes_kinds_well<V> && ...),
                  "identity::any_of: takes must be: bool takes(sallyport::proof_kind) const noexcept");

public:
    explicit any_of(V... them) : them_{std::move(them)...} {}

    /// More than one that takes passwords and cannot say whom it knows: only the first would ever be asked.
    [[nodiscard]] std::string_view fault() const noexcept {
        std::size_t silent = 0;
        each([&](std::size_t, auto const& v) {
            if constexpr (!knows_names<std::remove_cvref_t<decltype(v)>>)
                silent += takes_of(v, proof_kind::password) ? 1 : 0;
        });
        return silent > 1 ? "identity::any_of: two verifiers take passwords and do not say whom they know"
                          : std::string_view{};
    }

    [[nodiscard]] answer verify(attempt const& a, instant now) const {
        std::size_t const chosen = route(a.shown.kind, a.user);
        answer said = denial{reason::invalid_credentials, {}};  // a kind that nobody takes
        each([&](std::size_t i, auto const& v) {
            if (i == chosen) said = v.verify(a, now);
        });
        return said;
    }

    [[nodiscard]] bool takes(proof_kind k) const noexcept {
        bool any = false;
        each([&](std::size_t, auto const& v) { any = takes_of(v, k) || any; });
        return any;
    }
    /// The spelling of the verifier that would be asked for a password.
    [[nodiscard]] std::optional<name> account_key(std::string_view user) const noexcept {
        std::size_t const chosen = route(proof_kind::password, user);
        std::optional<name> key = chosen == nobody ? default_key(user) : std::nullopt;
        each([&](std::size_t i, auto const& v) {
            if (i == chosen) key = key_of(v, user);
        });
        return key;
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(name const& account) const noexcept {
        std::optional<std::uint64_t> epoch;
        each([&](std::size_t, auto const& v) {
            auto const e = epoch_of(v, account);
            if (!epoch) epoch = e;
        });
        return epoch;
    }
    /// Asked is the verifier that the account comes from: the first that knows it; for nobody in particular,
    /// the one that takes no credential. Where none does, one that cannot say whom it knows; if it has no
    /// `current`, the session stays as it is.
    [[nodiscard]] answer current(principal const& was, instant now) const noexcept {
        bool const nobody_in_particular = was.marked(principal::anonymous);
        std::size_t const chosen =
            nobody_in_particular ? first_that_takes(proof_kind::none) : owner_of(was.is);
        answer said = denial{reason::account_changed, {}};
        each([&](std::size_t i, auto const& v) {
            if (i != chosen) return;
            if constexpr (knows_changes<std::remove_cvref_t<decltype(v)>>)
                said = v.current(was, now);
            else
                said = was;
        });
        return said;
    }

    /// All those role tables, in their order.
    [[nodiscard]] std::uint64_t role_print() const noexcept {
        std::uint64_t all = 0;
        each([&](std::size_t, auto const& v) {
            if constexpr (numbers_roles<std::remove_cvref_t<decltype(v)>>)
                all = (all ^ v.role_print()) * 0x100000001b3;  // FNV-1a
        });
        return all;
    }
    /// The n-th of them.
    template <std::size_t N>
    [[nodiscard]] auto const& get() const noexcept {
        return std::get<N>(them_);
    }

private:
    static constexpr std::size_t nobody = sizeof...(V);

    template <class F>
    void each(F f) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (f(I, std::get<I>(them_)), ...); }
        (std::index_sequence_for<V...>{});
    }
    [[nodiscard]] static std::optional<name> default_key(std::string_view user) noexcept {
        return well_formed_name(user) ? std::optional{fold_name(user)} : std::nullopt;
    }
    template <class One>
    [[nodiscard]] static bool takes_of(One const& v, proof_kind k) noexcept {
        if constexpr (takes_kinds<One>)
            return v.takes(k);
        else
            return k == proof_kind::password;
    }
    template <class One>
    [[nodiscard]] static std::optional<name> key_of(One const& v, std::string_view user) noexcept {
        if constexpr (folds_names<One>)
            return v.account_key(user);
        else
            return default_key(user);
    }
    template <class One>
    [[nodiscard]] static std::optional<std::uint64_t> epoch_of(One const& v, name const& account) noexcept {
        if constexpr (knows_names<One>)
            return v.knows(account);
        else
            return std::nullopt;
    }

    /// All are asked, whoever knows: the time does not depend on it.
    [[nodiscard]] std::size_t route(proof_kind kind, std::string_view user) const noexcept {
        std::size_t knowing = nobody, silent = nobody, first = nobody;
        each([&](std::size_t i, auto const& v) {
            if (!takes_of(v, kind)) return;
            if (first == nobody) first = i;
            if (silent == nobody && !knows_names<std::remove_cvref_t<decltype(v)>>) silent = i;
            auto const key = key_of(v, user);
            bool const known = epoch_of(v, key.value_or(name{})).has_value() && key.has_value();
            if (knowing == nobody && known) knowing = i;
        });
        return knowing != nobody ? knowing : silent != nobody ? silent : first;
    }
    [[nodiscard]] std::size_t first_that_takes(proof_kind kind) const noexcept {
        std::size_t first = nobody;
        each([&](std::size_t i, auto const& v) {
            if (first == nobody && takes_of(v, kind)) first = i;
        });
        return first;
    }
    [[nodiscard]] std::size_t owner_of(name const& account) const noexcept {
        std::size_t knowing = nobody, silent = nobody;
        each([&](std::size_t i, auto const& v) {
            using one = std::remove_cvref_t<decltype(v)>;
            auto const key = key_of(v, account.view());
            if (knowing == nobody && key && epoch_of(v, *key)) knowing = i;
            if (silent == nobody && !knows_names<one> && !only_nobody(v)) silent = i;
        });
        return knowing != nobody ? knowing : silent;
    }
    template <class One>
    [[nodiscard]] static bool only_nobody(One const& v) noexcept {
        return !takes_of(v, proof_kind::password) && !takes_of(v, proof_kind::certificate) &&
               !takes_of(v, proof_kind::token);
    }

    std::tuple<V...> them_;
};

}  // namespace identity
}  // namespace sallyport::inline v0
