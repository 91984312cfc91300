// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

/// The files in assets/, compiled in. Each is served under a name that changes with what is in it.
namespace wbm::assets {

struct asset {
    std::string_view path, type, bytes;
};
extern asset const style, script, icon;

}  // namespace wbm::assets
