// SPDX-License-Identifier: BSL-1.0
#include "certificate_file.hpp"

#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/openssl.hpp>

#include <filesystem>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace trust_tool {

std::vector<std::uint8_t> der_of_pem(std::string_view pem, std::string_view kind) {
    std::vector<std::uint8_t> out;
    sallyport::trust::detail::owned_bio const in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!in) return out;
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    while (PEM_read_bio(in.get(), &name, &header, &data, &size) == 1) {
        std::string_view const is = name;
        if (is == kind || (kind == "CERTIFICATE" && is == "X509 CERTIFICATE"))
            out.insert(out.end(), data, data + size);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return out;
}

std::optional<std::vector<std::uint8_t>> read_chain_file(std::string const& path, std::string& why) {
    constexpr std::uintmax_t most = std::uintmax_t{8} << 20;
    std::error_code unknown;
    // A chain of such a size is none, and what is no chain gets its verdict, too.
    if (std::filesystem::is_regular_file(path, unknown) && std::filesystem::file_size(path, unknown) > most)
        return std::vector<std::uint8_t>{0};
    auto const text = sallyport::read_file(path, most);
    if (!text) return why = text.error().to_string(), std::nullopt;
    if (path.ends_with(".pem")) return der_of_pem(*text, "CERTIFICATE");
    return std::vector<std::uint8_t>(text->begin(), text->end());
}

}  // namespace trust_tool
