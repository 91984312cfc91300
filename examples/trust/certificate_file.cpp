// SPDX-License-Identifier: BSL-1.0
#include "certificate_file.hpp"

#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/store_file.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trust_tool {

namespace {

namespace trust = sallyport::trust;

/// No chain is as large, no revocation list larger.
constexpr std::size_t largest_chain = std::size_t{8} << 20, largest_list = trust::crl::largest;

/// Up to `most` bytes of it, and one more where there are more. Who fills a pipe is waited for, and five seconds
/// until he comes.
std::optional<std::string> bytes_of(std::string const& path, std::size_t most, std::string& why) {
    auto const no = [&](int error) {
        why = fmt::format("{}: cannot be opened: {}", path, trust::detail::words_of(error));
        return std::nullopt;
    };
    bool const standard_input = path == "-";
    constexpr int flags =
        O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;  // else a pipe opens for its writer alone
    sallyport::open_file const file{standard_input ? ::dup(STDIN_FILENO) : ::open(path.c_str(), flags)};
    if (!file) return no(errno);
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return no(errno);
    if (S_ISDIR(about.st_mode)) return no(EISDIR);
    bool nobody_yet = !standard_input && S_ISFIFO(about.st_mode);
    std::string all;
    std::array<char, 65536> some{};
    for (int waited = 0; all.size() <= most;) {
        ssize_t const n = ::read(file.get(), some.data(), some.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN && ::fcntl(file.get(), F_SETFL, 0) == 0) {  // he is there, and thinks
            nobody_yet = false;
            continue;
        }
        if (n < 0) return no(errno);
        if (n == 0 && nobody_yet) {
            pollfd one{file.get(), POLLIN, 0};
            nobody_yet = ::poll(&one, 1, 100) <= 0;
            if (!nobody_yet || ++waited < 50) continue;
            why = fmt::format("{}: cannot be opened: it is a pipe, and nobody writes into it", path);
            return std::nullopt;
        }
        if (n == 0) break;
        nobody_yet = false;
        all.append(some.data(), static_cast<std::size_t>(n));
    }
    return all;
}

/// What these octets hold, read as certificates one after the other, or else as one list.
file_content content_of(std::vector<std::uint8_t> const& certificates, std::vector<std::uint8_t> list) {
    file_content all;
    for (trust::bytes rest = certificates; !rest.empty();) {
        auto const frame = trust::frame_of(rest);
        auto c = frame ? trust::certificate::parse(rest.first(frame->end)) : nullptr;
        if (!c) break;
        all.certificates.push_back(std::move(c));
        rest = rest.subspan(frame->end);
        if (rest.empty()) return all;
    }
    if (auto l = trust::crl::parse(list)) {
        all.lists.push_back(std::move(l));
        all.list = std::move(list);
        return all;
    }
    all.fault = all.certificates.empty()
                    ? "holds no certificate and no revocation list, neither as DER nor as PEM"
                    : "begins with a certificate, and what follows is none";
    all.certificates.clear();
    return all;
}

}  // namespace

std::vector<std::uint8_t> der_of_pem(std::string_view pem, std::string_view kind) {
    std::vector<std::uint8_t> out;
    trust::detail::owned_bio const in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!in) return out;
    ERR_clear_error();
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    while (PEM_read_bio(in.get(), &name, &header, &data, &size) == 1) {
        std::string_view const is = name;
        if (is == kind || (kind == PEM_STRING_X509 && is == PEM_STRING_X509_OLD))
            out.insert(out.end(), data, data + size);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, static_cast<std::size_t>(size));  // a key may stand beside it
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) out.push_back(0);
    ERR_clear_error();
    return out;
}

std::optional<std::vector<std::uint8_t>> read_chain_file(std::string const& path, std::string& why) {
    auto const text = bytes_of(path, largest_chain, why);
    if (!text) return std::nullopt;
    if (text->size() > largest_chain) return std::vector<std::uint8_t>{0};  // no chain, and so its verdict
    if (trust::detail::called_pem(path)) return der_of_pem(*text, PEM_STRING_X509);
    return std::vector<std::uint8_t>(text->begin(), text->end());
}

std::optional<file_content> read_file_of_either(std::string const& path, std::string& why) {
    auto const text = bytes_of(path, largest_list, why);
    if (!text) return std::nullopt;
    file_content none;
    if (text->size() > largest_list) return none.fault = "is larger than any revocation list", none;
    if (text->empty()) return none.fault = "is empty", none;
    // What begins as DER is DER: in a name of it, or behind it, the words of PEM may stand around something
    // else than what other programs show of this file.
    std::vector<std::uint8_t> const octets(text->begin(), text->end());
    auto const frame = trust::frame_of(octets);
    bool const begins_as_der =
        frame && trust::certificate::parse(trust::bytes{octets}.first(frame->end)) != nullptr;
    auto all = content_of(octets, octets);
    if (begins_as_der || !all.lists.empty() || text->find("-----BEGIN ") == std::string::npos) return all;
    return content_of(der_of_pem(*text, PEM_STRING_X509), der_of_pem(*text, PEM_STRING_X509_CRL));
}

}  // namespace trust_tool
