// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace sallyport::inline v0 {
namespace penalty {

using std::chrono::seconds;

/// How long after the n-th failure in a row. Never less for more failures; never negative; 0: no delay. A
/// literal type, so that a bound can be computed by the compiler.
/// Exemplar:  struct flat { constexpr nanoseconds operator()(std::uint32_t n) const noexcept { return n < 3 ?
/// 0s : 10s; } };
/// Models:    plcnext_law, linear_law, exponential_law, fibonacci_law, threshold_law.
template <class L>
concept law = std::is_copy_constructible_v<L> && std::is_copy_assignable_v<L> &&
    requires(L const& l, std::uint32_t failures) {
    { l(failures) }
    noexcept->std::same_as<nanoseconds>;
    { l.fault() }
    noexcept->std::same_as<std::string_view>;
};

namespace detail {
/// first + n · step, saturating before it multiplies.
constexpr nanoseconds climb(nanoseconds first, nanoseconds step, std::uint32_t n,
                            nanoseconds ceiling) noexcept {
    if (first >= ceiling || (step.count() > 0 && n > (ceiling - first) / step)) return ceiling;
    return first + n * step;
}
constexpr std::string_view fault(nanoseconds first, nanoseconds step, nanoseconds ceiling) noexcept {
    if (first.count() <= 0 || step.count() < 0) return "penalty law: a delay must be positive";
    return first > ceiling ? "penalty law: the first delay is above the ceiling" : std::string_view{};
}
}  // namespace detail

/// Two failures are free; the third costs 10 s, each further one 30 s more, at most an hour.
/// Source: PLCnext User Manager, penalty list.
struct plcnext_law {
    std::uint32_t free_failures = 2;
    nanoseconds first = seconds{10}, step = seconds{30}, ceiling = seconds{3600};

    constexpr nanoseconds operator()(std::uint32_t failures) const noexcept {
        return failures <= free_failures ? nanoseconds::zero()
                                         : detail::climb(first, step, failures - free_failures - 1, ceiling);
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return detail::fault(first, step, ceiling);
    }
};

/// Each failure beyond the free ones costs one step more. Source: Keycloak's linear strategy, without its
/// windows.
struct linear_law {
    std::uint32_t free_failures = 2;
    nanoseconds step = seconds{60}, ceiling = seconds{900};

    constexpr nanoseconds operator()(std::uint32_t failures) const noexcept {
        return failures <= free_failures ? nanoseconds::zero()
                                         : detail::climb(step, step, failures - free_failures - 1, ceiling);
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return detail::fault(step, step, ceiling);
    }
};

/// Doubles with each failure beyond the free ones: 30 s, 60 s, 120 s, … at most an hour.
/// Source: NIST SP 800-63B §5.2.2 ("30 seconds up to an hour").
struct exponential_law {
    std::uint32_t free_failures = 2;
    nanoseconds first = seconds{30}, ceiling = seconds{3600};

    constexpr nanoseconds operator()(std::uint32_t failures) const noexcept {
        if (failures <= free_failures) return nanoseconds::zero();
        nanoseconds d = first;
        for (std::uint32_t n = free_failures + 1; n < failures && d < ceiling; ++n)
            d = d > ceiling / 2 ? ceiling : d * 2;
        return std::min(d, ceiling);
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return detail::fault(first, {}, ceiling);
    }
};

/// Grows as 1, 1, 2, 3, 5, … units: gentler than doubling at first, as hopeless for guessing in the end.
struct fibonacci_law {
    std::uint32_t free_failures = 2;
    nanoseconds unit = seconds{10}, ceiling = seconds{3600};

    constexpr nanoseconds operator()(std::uint32_t failures) const noexcept {
        if (failures <= free_failures) return nanoseconds::zero();
        nanoseconds a = unit, b = unit;
        for (std::uint32_t n = free_failures + 1; n < failures && a < ceiling; ++n) {
            nanoseconds const sum = saturating_add(a, b);
            a = b, b = sum;
        }
        return std::min(a, ceiling);
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return detail::fault(unit, {}, ceiling);
    }
};

/// Nothing, and from a number of failures on always the same. Source: HashiCorp Vault and Devise (5 → 900 s).
struct threshold_law {
    std::uint32_t failures = 5;
    nanoseconds lock = seconds{900};

    constexpr nanoseconds operator()(std::uint32_t n) const noexcept {
        return n < failures ? nanoseconds::zero() : lock;
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return failures == 0 ? "penalty::threshold_law: would lock without a failure"
                             : detail::fault(lock, {}, lock);
    }
};

static_assert(law<plcnext_law> && law<linear_law> && law<exponential_law> && law<fibonacci_law> &&
              law<threshold_law>);
static_assert(plcnext_law{}(2) == seconds{0} && plcnext_law{}(3) == seconds{10} &&
              plcnext_law{}(4) == seconds{40});
static_assert(plcnext_law{}(122) == seconds{3580} && plcnext_law{}(123) == seconds{3600});
static_assert(plcnext_law{}(std::numeric_limits<std::uint32_t>::max()) == seconds{3600});

}  // namespace penalty
}  // namespace sallyport::inline v0
