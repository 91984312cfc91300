// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <string_view>

namespace sallyport::inline v0 {

/// Options that can say what is wrong with them: `constexpr std::string_view fault() const noexcept`, empty
/// where all is well.
template <class O>
concept options_with_fault = requires(O const& o) {
    { o.fault() }
    noexcept->std::same_as<std::string_view>;
};

namespace detail {
/// Never defined as constexpr: to reach it is the compile error.
inline void these_options_contradict_each_other() {}
}  // namespace detail

/// The same options, held to their rules by the compiler:
/// penalty::backoff<>{valid(penalty::backoff_options<>{.known = 512})}. Options that only a running program
/// knows are held to the same rules when the gate is made: see `authenticator::fault()`.
template <options_with_fault Options>
[[nodiscard]] consteval Options valid(Options options) {
    if (!options.fault().empty()) detail::these_options_contradict_each_other();
    return options;
}

}  // namespace sallyport::inline v0
