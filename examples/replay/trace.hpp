// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace replay {

/// Somebody tries to log in.
struct login {
    std::string user;
    std::string secret;
    std::string source;
    std::string service;
    std::string device;
    bool paired = false;  ///< the device's pairing with this user is proven; else it is just trusted
    bool console = false;
    bool unavailable = false;  ///< the directory is down for this one
    std::int64_t takes_ms = 0;
};
/// Somebody leaves: the session that an earlier line opened.
struct close {
    std::int64_t opened_by = 0;
};
/// The device restarts.
struct restart {
    bool power_loss = false;
};
/// An administrator gives an account a new password.
struct change {
    std::string user;
    std::string old_secret;
    std::string new_secret;
};

/// One line of a trace.
struct entry {
    std::int64_t at_ms = 0;
    std::variant<login, close, restart, change> what;
};

/// The latest instant of a trace, in milliseconds: its nanoseconds still fit 64 bits with an hour to spare.
inline constexpr std::int64_t latest_ms = 9'000'000'000'000;

/// Reads a line; where it cannot be read, `fault` says why. A text that is no UTF-8 keeps its bytes, and half
/// of an escaped pair of surrogates the three that UTF-8 would write for it: the gate judges names.
[[nodiscard]] std::optional<entry> read_line(std::string_view line, std::string& fault);

}  // namespace replay
