// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/denial.hpp>
#include <sallyport/core/siphash.hpp>
#include <sallyport/core/text.hpp>

#include <array>
#include <cstdint>
#include <variant>

namespace sallyport::inline v0 {

/// A set of roles: 128 bits over a `role::role_table` that is fixed when the gate is made.
struct role_set {
    std::array<word, 2> bits{};

    [[nodiscard]] constexpr role_set with(unsigned role) const noexcept {
        role_set r = *this;
        if (role < 128) r.bits[role / 64] |= word{1} << role % 64;
        return r;
    }
    [[nodiscard]] constexpr bool has(unsigned role) const noexcept {
        return role < 128 && (bits[role / 64] >> role % 64 & 1) != 0;
    }
    /// At least one in common?
    [[nodiscard]] constexpr bool meets(role_set o) const noexcept {
        return ((bits[0] & o.bits[0]) | (bits[1] & o.bits[1])) != 0;
    }
    /// All of the other's?
    [[nodiscard]] constexpr bool covers(role_set o) const noexcept {
        return ((o.bits[0] & ~bits[0]) | (o.bits[1] & ~bits[1])) == 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return (bits[0] | bits[1]) == 0; }
    [[nodiscard]] friend constexpr role_set operator|(role_set a, role_set b) noexcept {
        return {{a.bits[0] | b.bits[0], a.bits[1] | b.bits[1]}};
    }
    friend constexpr bool operator==(role_set const&, role_set const&) = default;
};

/// Who was proven, and what he may do. Fixed width and without padding: it lies in the book of sessions as it
/// is.
struct principal {
    name is{};         ///< the directory's spelling of the account
    role_set roles{};  ///< empty while `must_change_password` is set
    enum : std::uint64_t {
        must_change_password = 1,  ///< admitted with no role, to change the password and nothing else
        essential = 2,             ///< never evicted to make room
        anonymous = 4,             ///< nobody in particular: nothing was proven
    };
    /// The marks from this bit on are no verifier's: there `identity::any_of` notes for itself which of its
    /// verifiers spoke.
    static constexpr unsigned note_at = 32;
    std::uint64_t marks = 0;

    [[nodiscard]] constexpr bool marked(std::uint64_t mark) const noexcept { return (marks & mark) != 0; }
    friend constexpr bool operator==(principal const&, principal const&) = default;
};

/// The secret was never tested: the directory is down, or there was no permit to hash. Never a penalty.
struct unavailable {};

/// What a verifier says. Made by default: a denial.
using answer = std::variant<denial, unavailable, principal>;

}  // namespace sallyport::inline v0
