// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/identity/argon2id.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace accounts {

enum class command { help, init, add, passwd, roles, disable, enable, remove, list, check };

/// What the command line says. A password is never part of it: others see the arguments of a process.
struct arguments {
    command what = command::help;
    std::string file{}, name{};
    std::vector<std::string> roles{};
    std::optional<sallyport::nanoseconds> not_before{}, not_after{};
    std::optional<std::size_t> remember{};
    bool must_change = false, essential = false, disabled = false;
    sallyport::identity::argon2id_options hashing{};
};

/// Reads the words behind the program's name; `fault` says what is wrong with them, and is empty where
/// nothing is.
[[nodiscard]] arguments read_arguments(std::span<char const* const> words, std::string& fault);

extern char const* const usage;

}  // namespace accounts
