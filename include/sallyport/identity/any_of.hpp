// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/concepts/verifier.hpp>
#include <sallyport/core/name_rules.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

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

template <verifier... V>
class any_of;
namespace detail {
/// How many ways there are to say who spoke, nobody included.
template <class V>
inline constexpr std::uint64_t voices = 1;
template <verifier... V>
inline constexpr std::uint64_t voices<any_of<V...>> = (sizeof...(V) + 1) * std::max({voices<V>...});
}  // namespace detail

/// Several verifiers as one: each attempt goes to exactly one of them, and no secret is ever tried against
/// two (else a password that is wrong here would be tested, and seen, there). It goes to the first that takes
/// its kind and knows the account. Names that nobody knows go to one verifier always, for its dummy: the one
/// that cannot say whom it knows (an LDAP directory, PAM), of which there may be one for passwords, else the
/// first that takes the kind. Where passwords are judged at different cost, the time tells which of them was
/// asked.
/// Whom one of them let in carries a note of which it was, above the principal's marks, and only that one is
/// asked about him later: two may know the same name, and give it different roles. So processes that share a
/// segment compose the same verifiers in the same order.
/// Thread safety: that of the verifiers.
template <verifier... V>
class any_of {
    static_assert(sizeof...(V) > 0, "identity::any_of: nobody to ask");
    static_assert((takes_kinds_well<V> && ...),
                  "identity::any_of: takes must be: bool takes(sallyport::proof_kind) const noexcept");
    static_assert(detail::voices<any_of> >> (64 - principal::note_at) == 0,
                  "identity::any_of: nested too deep, a principal has no room to note who spoke");

public:
    explicit any_of(V... them) : them_{std::move(them)...} {}

    /// The first fault of theirs; or more than one that takes passwords and cannot say whom it knows: only the
    /// first would ever be asked.
    [[nodiscard]] std::string_view fault() const noexcept {
        std::string_view theirs;
        each([&](std::size_t, auto const& v) {
            if constexpr (finds_faults<std::remove_cvref_t<decltype(v)>>)
                if (theirs.empty()) theirs = v.fault();
        });
        if (!theirs.empty()) return theirs;
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
        return chosen == nobody ? said : noted(said, chosen + 1);
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
    /// Asked is the verifier that let him in; if it has no `current`, the session stays as it is. Whom the
    /// host proved by itself carries no note (`pending_login::verified`): asked is then the first that knows
    /// the account, or takes no credential if he is nobody in particular; where none does, one that cannot
    /// say whom it knows. If more than one may have meant him, he gains no role by that.
    [[nodiscard]] answer current(principal const& was, instant now) const noexcept {
        std::uint64_t const note = was.marks >> principal::note_at;
        std::uint64_t const digit = note % base;
        principal const his = with_note(was, note / base);
        origin const from = digit != 0 ? origin{static_cast<std::size_t>(digit - 1)} : origin_of(his);
        answer said = denial{reason::account_changed, {}};
        each([&](std::size_t i, auto const& v) {
            if (i != from.chosen) return;
            if constexpr (knows_changes<std::remove_cvref_t<decltype(v)>>)
                said = v.current(his, now);
            else
                said = his;
        });
        if (auto* const is = std::get_if<principal>(&said); is != nullptr && from.candidates > 1)
            for (std::size_t i = 0; i < is->roles.bits.size(); ++i) is->roles.bits[i] &= was.roles.bits[i];
        return noted(said, digit);
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
    static constexpr std::uint64_t base = sizeof...(V) + 1;

    /// Whom a principal comes from, and how many it may come from.
    struct origin {
        std::size_t chosen = nobody, candidates = 1;
    };
    [[nodiscard]] static principal with_note(principal p, std::uint64_t note) noexcept {
        constexpr std::uint64_t below = (std::uint64_t{1} << principal::note_at) - 1;
        p.marks = (p.marks & below) | note << principal::note_at;
        return p;
    }
    /// Who spoke is one digit more behind the note of an any_of inside. 0: nobody knows. A note that has no
    /// room (an any_of in verifiers of the host's, again and again) is left out, and then nobody knows.
    [[nodiscard]] static answer noted(answer const& said, std::uint64_t digit) noexcept {
        auto const* const who = std::get_if<principal>(&said);
        if (who == nullptr) return said;
        std::uint64_t const note = (who->marks >> principal::note_at) * base + digit;
        return with_note(*who, note >> (64 - principal::note_at) == 0 ? note : 0);
    }

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
    /// Of a principal without a note.
    [[nodiscard]] origin origin_of(principal const& who) const noexcept {
        bool const nobody_in_particular = who.marked(principal::anonymous);
        std::size_t knowing = nobody, silent = nobody, candidates = 0;
        each([&](std::size_t i, auto const& v) {
            auto const key = key_of(v, who.is.view());
            bool const known = nobody_in_particular ? takes_of(v, proof_kind::none)
                                                    : key.has_value() && epoch_of(v, *key).has_value();
            bool const may_know =
                !nobody_in_particular && !knows_names<std::remove_cvref_t<decltype(v)>> && !only_nobody(v);
            if (known && knowing == nobody) knowing = i;
            if (may_know && silent == nobody) silent = i;
            candidates += known || may_know ? 1 : 0;
        });
        return {knowing != nobody ? knowing : silent, candidates};
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
