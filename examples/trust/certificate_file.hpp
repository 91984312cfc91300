// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

/// The bytes of a chain: as they stand, or what is in its PEM blocks where the name ends in .pem. Nothing
/// where the file cannot be opened, and `why` says so; what can be opened (a pipe, too; `-` is the standard
/// input) is read, whatever it holds.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_chain_file(std::string const& path,
                                                                       std::string& why);

/// The DER in the PEM blocks of this kind ("CERTIFICATE", "X509 CRL"), one after the other, whatever text is
/// around them. A block that is broken leaves an octet that is no DER, so that nobody takes the blocks before
/// it for all.
[[nodiscard]] std::vector<std::uint8_t> der_of_pem(std::string_view pem, std::string_view kind);

/// What a file holds.
struct file_content {
    std::vector<sallyport::trust::certificate_ptr> certificates{};
    std::vector<sallyport::trust::crl_ptr> lists{};
    std::vector<std::uint8_t> list{};  ///< the one list, as DER
    std::string fault{};               ///< why both are empty
};
/// Certificates, or a revocation list, in DER or PEM: for a person who gives it, content decides. Nothing
/// where the file cannot be opened.
[[nodiscard]] std::optional<file_content> read_file_of_either(std::string const& path, std::string& why);

}  // namespace trust_tool
