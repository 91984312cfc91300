// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "pieces.hpp"

#include <sallyport/core/pair_entry.hpp>
#include <sallyport/core/trusted_device.hpp>

#include <cstddef>
#include <string>

namespace wbm {

/// Enough of it for people to tell two devices apart: "3F9A 07C1".
[[nodiscard]] std::string short_name(sallyport::thumbprint const& t);

/// What is paired, and how it came to be.
[[nodiscard]] markup which_device(sallyport::pair_entry const& p, markup const& note = {});
/// Revokes all that whoever asks is paired with, but this browser; how many.
std::size_t revoke_others(call const& c);
/// When it was paired, and when it was used last.
[[nodiscard]] markup since(sallyport::pair_entry const& p);

}  // namespace wbm
