// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/penalty/guess_bound.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// For options that only a running program knows, e.g. from a file: nullopt where they keep to the cap, else
/// an error that says it with every term. May throw std::bad_alloc.
[[nodiscard]] inline std::optional<load_error> over_cap(std::uint64_t at_most, guess_terms const& bound) {
    if (bound.total() <= at_most) return std::nullopt;
    return load_error{
        .message = fmt::format("these penalties are over the cap of {}: {}", at_most, bound.to_string())};
}

/// The same for a gate: among its guards, it keeps the gate shut where the composition is over its cap, and
/// `authenticator::fault()` says why, with every term. While all is well it is asked and has no objection.
///     authenticator gate{env, people, lanes{o}, guess_cap{100, worst_case_guesses(24h, 0, 0, o)}};
/// Thread safety: constant.
class guess_cap {
public:
    guess_cap(std::uint64_t at_most, guess_terms const& bound) : kept_{bound.total() <= at_most} {
        if (kept_) return;
        // Cut short rather than written past: twelve numbers of twenty digits and their words fit.
        auto const begun =
            fmt::format_to_n(text_.data(), text_.size(), "these penalties are over the cap of {}: ", at_most);
        length_ = std::min(begun.size, text_.size());
        auto const rest = fmt::format_to_n(text_.data() + length_, text_.size() - length_, "{}", bound);
        length_ = std::min(length_ + rest.size, text_.size());
    }

    [[nodiscard]] verdict check(arrival const&) const noexcept {
        return kept_ ? verdict{permit} : verdict{denial{reason::storage_unavailable, {}}};
    }
    [[nodiscard]] std::string_view fault() const noexcept { return {text_.data(), length_}; }

private:
    std::array<char, 512> text_{};
    std::size_t length_ = 0;
    bool kept_;
};
static_assert(guard<guess_cap>);

}  // namespace penalty
}  // namespace sallyport::inline v0
