// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "directory.hpp"

#include <sallyport/session/session_limit.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace replay {

inline constexpr std::string_view usage =
    "usage: sallyport-replay --gate plcnext|resilient [--account USER:SECRET[:ROLE,ROLE...]]...\n"
    "                        [--max-sessions N]\n"
    "Reads a trace of logins, a JSON object a line, from standard input; writes a verdict for each line.\n";

enum class policy : std::uint8_t { none, plcnext, resilient };

struct arguments {
    policy gate = policy::none;
    std::uint32_t max_sessions = sallyport::session::session_limit_options{}.total;
    directory accounts;
};

/// Reads the command line; where it cannot be read, `fault` says why. It repeats no secret.
[[nodiscard]] std::optional<arguments> read_arguments(std::vector<std::string_view> const& words,
                                                      std::string& fault);

}  // namespace replay
