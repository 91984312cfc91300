// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arguments.hpp"

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/directory.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

/// The program's exit codes.
enum exit_code : int {
    done = 0,    ///< or accepted, or nothing at fault
    failed = 1,  ///< not done, refused, something at fault
    misused = 2  ///< the command line is wrong, or a file or store cannot be opened
};

/// Complains on standard error; the exit code.
int fails(std::string_view why);
int cannot(std::string_view why);

/// This machine's clocks. An administrator's dates are judged by them whatever they say.
[[nodiscard]] sallyport::instant now();

enum class access { read, write };

/// Opens the store of the command line. Nothing: it cannot be opened, and that was said.
[[nodiscard]] std::optional<trust::directory> open_store(arguments const& a, access how);

/// Says on standard error what makes a store look emptier than it is: another layout, files that count for
/// nothing.
void mention_what_is_not_read(arguments const& a, trust::directory const& store);

/// Something of a store that has a thumbprint.
struct found {
    trust::certificate_ptr certificate{};
    trust::crl_ptr revocations{};
    trust::place where = trust::place::trusted;
    std::string path{};                         ///< of its file; empty: it has none yet
    std::optional<trust::rejection> refused{};  ///< where it waits among the rejected

    [[nodiscard]] sallyport::thumbprint const& print() const noexcept {
        return certificate ? certificate->print() : revocations->print();
    }
};

/// Everything of a store, its own certificates too: each certificate and each list once, in the list that
/// counts.
[[nodiscard]] std::vector<found> everything(trust::directory const& store);

/// The digits of a thumbprint, in capital letters, without the colons and blanks that others write between
/// them; empty: that is none.
[[nodiscard]] std::string digits_of(std::string_view thumbprint);

/// What a thumbprint's first digits say, at least so many. Nothing: nothing, or more than one thing, and
/// `why` says which.
[[nodiscard]] std::optional<found> look_up(std::vector<found> const& all, std::string_view thumbprint,
                                           std::size_t least, std::string& why);

/// Asks on the terminal. False: no, or nobody is there to ask, and that was said.
[[nodiscard]] bool confirmed(arguments const& a, std::string_view question);

}  // namespace trust_tool
