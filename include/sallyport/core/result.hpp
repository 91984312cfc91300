// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/denial.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace sallyport::inline v0 {

/// A T, or the denial that explains its absence. Made by default it is a denial: silence refuses.
/// Thread safety: as a plain value.
template <class T>
class [[nodiscard]] result {
public:
    constexpr result() = default;
    /// A denial that names no reason is one that nobody explained: it must not be read as "nothing was
    /// refused".
    constexpr result(denial no) noexcept  // NOLINT(google-explicit-constructor)
        : no_{no.why == reason::none ? denial{reason::undecided, no.retry_after} : no} {}
    constexpr result(T value)  // NOLINT(google-explicit-constructor)
        : value_{std::move(value)}, no_{reason::none, {}} {}

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_.has_value(); }

    /// The value. To ask for it where there is a denial is a fault in the program.
    [[nodiscard]] constexpr T& operator*() noexcept { return *value_; }
    [[nodiscard]] constexpr T const& operator*() const noexcept { return *value_; }
    [[nodiscard]] constexpr T* operator->() noexcept { return &*value_; }
    [[nodiscard]] constexpr T const* operator->() const noexcept { return &*value_; }

    /// Why there is no value; `reason::none` where there is one.
    [[nodiscard]] constexpr denial error() const noexcept { return no_; }

private:
    std::optional<T> value_{};
    denial no_{};
};

/// A guard's consent. It may name a session that must end to make room.
struct permitted {
    std::uint64_t instead_of = 0;  ///< the number of a session to end first; 0: none
};
inline constexpr permitted permit{};

/// What a guard says: permit, or a denial.
using verdict = result<permitted>;
static_assert(!verdict{}, "nobody decided, so nobody gets in");

}  // namespace sallyport::inline v0
