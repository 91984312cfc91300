// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>
#include <sallyport/core/secret.hpp>

#include <functional>
#include <string>

namespace accounts {

/// A password as somebody typed it, wiped when it goes; or why there is none.
struct typed_password {
    sallyport::secret_text<sallyport::longest_password> text{};
    std::string problem{};

    [[nodiscard]] explicit operator bool() const noexcept { return problem.empty(); }
};

/// What is wrong with a password; empty: nothing.
using judge = std::function<std::string(sallyport::secret)>;

/// Asks at the terminal, without echo and twice, up to three times over; where standard input is no terminal,
/// takes its one line. A signal in between gives the terminal back its echo before it does its work.
[[nodiscard]] typed_password ask_for_password(std::string const& name, judge const& judged);

}  // namespace accounts
