// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/trusted_device.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace wbm {

/// All of it, for a form: 64 hexadecimal digits. Neither a certificate's thumbprint nor a cookie's id is a
/// secret: nobody but a device with the key can sign either.
[[nodiscard]] inline std::string digits_of(sallyport::thumbprint const& t) {
    std::string out;
    for (auto const byte : t.bytes) out += fmt::format("{:02x}", byte);
    return out;
}
/// Back from a form, in either case; nullopt: that is none.
[[nodiscard]] inline std::optional<sallyport::thumbprint> print_of(std::string_view digits) noexcept {
    sallyport::thumbprint print;
    if (digits.size() != 2 * print.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < print.bytes.size(); ++i) {
        char const* const at = digits.data() + 2 * i;
        auto const [end, error] = std::from_chars(at, at + 2, print.bytes[i], 16);
        if (error != std::errc{} || end != at + 2) return std::nullopt;
    }
    return print;
}

}  // namespace wbm
