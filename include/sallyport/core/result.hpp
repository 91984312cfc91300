// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/denial.hpp>

#include <cstdint>
#include <utility>

namespace sallyport::inline v0 {

namespace detail {
/// A result but for its value: is there one, and if not, why?
class judged {
public:
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return no_.why == reason::none; }
    /// Why there is no value; `reason::none` where there is one.
    [[nodiscard]] constexpr denial error() const noexcept { return no_; }

protected:
    constexpr judged() = default;
    constexpr explicit judged(denial no) noexcept : no_{no} {}

private:
    denial no_{};
};
/// A denial that names no reason is one that nobody explained: it must not be read as "nothing was refused".
[[nodiscard]] constexpr denial explained(denial no) noexcept {
    return no.why == reason::none ? denial{reason::undecided, no.retry_after} : no;
}
}  // namespace detail

/// A T, or the denial that explains its absence. Made by default it is a denial: silence refuses. Where there
/// is a denial the T is there as well, as it is made by default: empty, and out of reach.
/// Thread safety: as a plain value.
template <class T>
class [[nodiscard]] result : public detail::judged {
public:
    constexpr result() = default;
    constexpr result(denial no) noexcept  // NOLINT(google-explicit-constructor)
        : judged{detail::explained(no)} {}
    constexpr result(T value)  // NOLINT(google-explicit-constructor)
        : judged{denial{reason::none, {}}}, value_{std::move(value)} {}

    /// The value. To ask for it where there is a denial is a fault in the program.
    [[nodiscard]] constexpr T& operator*() noexcept { return value_; }
    [[nodiscard]] constexpr T const& operator*() const noexcept { return value_; }
    [[nodiscard]] constexpr T* operator->() noexcept { return &value_; }
    [[nodiscard]] constexpr T const* operator->() const noexcept { return &value_; }

private:
    T value_{};
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
