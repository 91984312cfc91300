// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

/// The bytes of a chain: as they stand, or what is in its PEM blocks where the name ends in .pem. Nothing
/// where the file cannot be opened, and `why` says so; a file that holds nonsense is read like any other.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_chain_file(std::string const& path,
                                                                       std::string& why);

/// The DER in these PEM blocks of the given kinds ("CERTIFICATE", "X509 CRL"), one after the other.
[[nodiscard]] std::vector<std::uint8_t> der_of_pem(std::string_view pem, std::string_view kind);

}  // namespace trust_tool
