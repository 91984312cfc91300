// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/visit.hpp>

#include <concepts>

namespace sallyport::inline v0 {
namespace penalty {

/// Whom a penalty is kept against: `of(visit)`, where it `applies` to that visitor; it has nothing to say of
/// any other, and `of` is not asked then.
/// Models:    by_account, by_source, by_account_and_source.
template <class K>
concept penalty_key = requires(visit const& v, typename K::type const& key, penalty_entry& line) {
    requires wordy<typename K::type>;
    { K::applies(v) }
    noexcept->std::same_as<bool>;
    { K::of(v) }
    noexcept->std::same_as<typename K::type>;
    { K::keeps_known_apart } -> std::convertible_to<bool>;
    { K::hashed_as_account } -> std::convertible_to<bool>;
    { K::describe(key, line) }
    noexcept;
};

/// An account has a key for each of several places: is this one of them? For administrators, who forgive the
/// account.
/// Models:    by_account_and_source.
template <class K>
concept many_per_account = requires(typename K::type const& key, name const& account) {
    { K::is_of(key, account) }
    noexcept->std::same_as<bool>;
};

/// The account, whoever tries it from wherever. Pays only what can be guessed.
struct by_account {
    using type = name;
    static constexpr bool keeps_known_apart = true;
    static constexpr bool hashed_as_account = true;  // the visit brings the hash along
    [[nodiscard]] static bool applies(visit const& v) noexcept { return guessable(v.shown); }
    [[nodiscard]] static type of(visit const& v) noexcept { return v.account; }
    static void describe(type const& k, penalty_entry& line) noexcept { line.account = k; }
};

/// The peer's address, whichever account he tries and whatever he shows. Skipped where the host knows no
/// address.
struct by_source {
    using type = address;
    static constexpr bool keeps_known_apart = false;
    static constexpr bool hashed_as_account = false;
    [[nodiscard]] static bool applies(visit const& v) noexcept { return v.source.known(); }
    [[nodiscard]] static type of(visit const& v) noexcept { return v.source; }
    static void describe(type const& k, penalty_entry& line) noexcept { line.source = k; }
};

/// The account as tried from one address: nobody elsewhere can lock its owner out, but guesses grow with
/// sources.
struct by_account_and_source {
    struct type {
        name account{};
        address source{};
        friend constexpr bool operator==(type const&, type const&) = default;
    };
    static constexpr bool keeps_known_apart = true;
    static constexpr bool hashed_as_account = false;
    [[nodiscard]] static bool applies(visit const& v) noexcept {
        return by_account::applies(v) && by_source::applies(v);
    }
    [[nodiscard]] static type of(visit const& v) noexcept { return {v.account, v.source}; }
    [[nodiscard]] static bool is_of(type const& k, name const& account) noexcept {
        return k.account == account;
    }
    static void describe(type const& k, penalty_entry& line) noexcept {
        line.account = k.account;
        line.source = k.source;
    }
};
static_assert(penalty_key<by_account> && penalty_key<by_source> && penalty_key<by_account_and_source>);
static_assert(many_per_account<by_account_and_source> && !many_per_account<by_account>);

}  // namespace penalty
}  // namespace sallyport::inline v0
