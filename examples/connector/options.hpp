// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "contact.hpp"
#include "poll.hpp"

#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/own_request.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace connector {

/// What the command line says.
struct options {
    bool help = false;
    std::string store{};  ///< the folder of our trust store
    sallyport::trust::layout layout = sallyport::trust::layout::annex_f;
    broker_address broker{};
    std::string topic{};                          ///< empty: readings/<name of our certificate>
    sallyport::trust::own_request certificate{};  ///< what ours is to say, if it is to be made
    sallyport::nanoseconds every = std::chrono::seconds{10};
    std::optional<std::uint64_t> readings{};  ///< so many, and it ends
    poll_options polling{};
    sallyport::nanoseconds patience = std::chrono::seconds{20};  ///< for a broker that has begun to answer
};

/// Reads the words behind the program's name; `fault` says what is wrong with them, and is empty where
/// nothing is.
[[nodiscard]] options read_options(std::span<char const* const> words, std::string& fault);

extern char const* const usage;

}  // namespace connector
