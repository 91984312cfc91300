// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace sallyport::inline v0 {

/// The version of this library, as Semantic Versioning 2.0.0 has it. It stands here alone: CMake and
/// pkg-config read it from this line. The inline namespace carries what must agree when two programs' parts
/// are linked; two vendored versions with different namespaces live side by side in one program.
inline constexpr std::string_view version = "0.1.0";

}  // namespace sallyport::inline v0
