// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace sallyport::inline v0 {

/// Why a file, or what it describes, cannot be used: where, and what is expected there. Never holds a secret
/// or a hash.
struct load_error {
    std::string file{};
    std::uint32_t line = 0;    ///< from 1; 0: no line in particular
    std::uint32_t column = 0;  ///< from 1, in characters
    std::string message{};

    /// `accounts.toml:12:9: unknown role "Admn"; expected …`, as compilers write it, so that editors jump
    /// there.
    [[nodiscard]] std::string to_string() const {
        if (file.empty()) return message;
        return line > 0 ? fmt::format("{}:{}:{}: {}", file, line, column, message)
                        : fmt::format("{}: {}", file, message);
    }
    friend bool operator==(load_error const&, load_error const&) = default;
};

/// A T, or the error that explains its absence.
/// Thread safety: as a plain value.
template <class T>
class [[nodiscard]] loaded {
public:
    loaded(T value)
        : state_{std::in_place_index<1>, std::move(value)} {}  // NOLINT(google-explicit-constructor)
    loaded(load_error why)
        : state_{std::in_place_index<0>, std::move(why)} {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] explicit operator bool() const noexcept { return state_.index() == 1; }

    /// The value. To ask for it where there is an error is a fault in the program.
    [[nodiscard]] T& operator*() noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] T const& operator*() const noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] T* operator->() noexcept { return std::get_if<1>(&state_); }
    [[nodiscard]] T const* operator->() const noexcept { return std::get_if<1>(&state_); }

    /// The error. To ask for it where there is a value is a fault in the program.
    [[nodiscard]] load_error const& error() const noexcept { return *std::get_if<0>(&state_); }

private:
    std::variant<load_error, T> state_;
};

}  // namespace sallyport::inline v0
