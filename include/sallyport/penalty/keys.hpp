// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/visit.hpp>

#include <concepts>
#include <optional>

namespace sallyport::inline v0 {
namespace penalty {

/// Whom a penalty is kept against. `of(visit)` is nullopt where it has nothing to say of that visitor.
/// Models:    by_account, by_source, by_account_and_source.
template <class K>
concept penalty_key = requires(visit const& v, typename K::type const& key, penalty_entry& line) {
    requires wordy<typename K::type>;
    { K::of(v) }
    noexcept->std::same_as<std::optional<typename K::type>>;
    { K::keeps_known_apart } -> std::convertible_to<bool>;
    { K::hashed_as_account } -> std::convertible_to<bool>;
    { K::describe(key, line) }
    noexcept;
};

/// The account, whoever tries it from wherever. Pays only what can be guessed.
struct by_account {
    using type = name;
    static constexpr bool keeps_known_apart = true;
    static constexpr bool hashed_as_account = true;  // the visit brings the hash along
    [[nodiscard]] static std::optional<type> of(visit const& v) noexcept {
        return guessable(v.shown) ? std::optional{v.account} : std::nullopt;
    }
    static void describe(type const& k, penalty_entry& line) noexcept { line.account = k; }
};

/// The peer's address, whichever account he tries and whatever he shows. Skipped where the host knows no
/// address.
struct by_source {
    using type = address;
    static constexpr bool keeps_known_apart = false;
    static constexpr bool hashed_as_account = false;
    [[nodiscard]] static std::optional<type> of(visit const& v) noexcept {
        return v.source.known() ? std::optional{v.source} : std::nullopt;
    }
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
    [[nodiscard]] static std::optional<type> of(visit const& v) noexcept {
        return guessable(v.shown) && v.source.known() ? std::optional{type{v.account, v.source}}
                                                      : std::nullopt;
    }
    static void describe(type const& k, penalty_entry& line) noexcept {
        line.account = k.account;
        line.source = k.source;
    }
};
static_assert(penalty_key<by_account> && penalty_key<by_source> && penalty_key<by_account_and_source>);

}  // namespace penalty
}  // namespace sallyport::inline v0
