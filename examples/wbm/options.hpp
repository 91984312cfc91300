// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "device.hpp"
#include "http/server.hpp"
#include "pages/page.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wbm {

struct options {
    device_options device{};
    server_options server{};
    std::optional<int> machines{};  ///< the port of the door for programs; none: there is no such door
    site_words words{};
    std::string certificate{}, key{};  ///< PEM files; empty: one is made at each start
};

extern std::string_view const usage;

/// Reads the command line. nullopt: it cannot be read, and `fault` says why.
[[nodiscard]] std::optional<options> read_options(std::vector<std::string_view> const& words,
                                                  std::string& fault);

}  // namespace wbm
