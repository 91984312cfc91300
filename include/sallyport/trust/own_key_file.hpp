// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/secret.hpp>
#include <sallyport/trust/openssl.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace trust {

namespace detail {
/// Octets that are wiped when they go. They never grow: what grows leaves copies of itself behind.
class wiped_octets {
public:
    explicit wiped_octets(std::size_t size) : bytes_{std::make_unique<char[]>(size)}, size_{size} {}
    wiped_octets(wiped_octets&&) noexcept = default;
    wiped_octets& operator=(wiped_octets&&) = delete;
    ~wiped_octets() {
        if (bytes_) wipe(bytes_.get(), size_);
    }
    [[nodiscard]] char* data() noexcept { return bytes_.get(); }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

/// A private key takes 3.3 KiB as PEM where it is RSA 4096.
inline constexpr std::size_t largest_key_file = 16'384;

/// A key that others may read is nobody's secret: it is refused, as ssh does.
enum class others : std::uint8_t { may_read, may_not_read };

/// The octets of a file of our own. A link is not followed, a pipe not waited for.
[[nodiscard]] inline loaded<wiped_octets> read_own_octets(std::string const& path, std::size_t most,
                                                          others who) {
    open_file const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)};
    if (!file) {
        if (errno == ELOOP)
            return load_error{.file = path, .message = "is a symbolic link; put the file itself here"};
        return sallyport::detail::file_error(path, "cannot be opened");
    }
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return sallyport::detail::file_error(path, "cannot be looked at");
    if (!S_ISREG(about.st_mode)) return load_error{.file = path, .message = "is no regular file"};
    if (who == others::may_not_read && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return load_error{
            .file = path,
            .message = fmt::format("others may read or change this key (mode {:04o}), so it is not used; "
                                   "expected 0600: chmod 600, or make a new key",
                                   about.st_mode & 07777U)};
    if (about.st_size <= 0 || static_cast<std::size_t>(about.st_size) > most)
        return load_error{.file = path, .message = fmt::format("expected 1 to {} bytes", most)};

    wiped_octets octets{static_cast<std::size_t>(about.st_size)};
    std::size_t got = 0;
    while (got < octets.view().size()) {
        ssize_t const n = ::read(file.get(), octets.data() + got, octets.view().size() - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return sallyport::detail::file_error(path, "cannot be read");
        if (n == 0) return load_error{.file = path, .message = "became shorter while it was read"};
        got += static_cast<std::size_t>(n);
    }
    return octets;
}

/// The private key in these octets: PEM or DER, PKCS #8 or the older forms. Null: there is none, or one
/// behind a password (nobody is asked for it: a device starts alone).
[[nodiscard]] inline owned_key parse_key(std::string_view octets) {
    owned_key key;
    if (octets.find("-----BEGIN ") != std::string_view::npos) {
        owned_bio const in{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
        auto const nobody = [](char*, int, int, void*) { return -1; };
        if (in) key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nobody, nullptr));
    } else {
        auto const* at = reinterpret_cast<unsigned char const*>(octets.data());
        auto const* const end = at + octets.size();
        key.reset(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(octets.size())));
        if (at != end) key.reset();
    }
    ERR_clear_error();
    return key;
}

[[nodiscard]] inline loaded<owned_key> read_key(std::string const& path) {
    auto const octets = read_own_octets(path, largest_key_file, others::may_not_read);
    if (!octets) return octets.error();
    owned_key key = parse_key(octets->view());
    if (key) return key;
    bool const locked = octets->view().find("ENCRYPTED") != std::string_view::npos;
    return load_error{.file = path,
                      .message = locked ? "lies behind a password; expected a key without one"
                                        : "is no private key; expected PKCS #8 in PEM or DER"};
}

/// Puts the key there as PKCS #8 in PEM, 0600, at once or not at all; never over another file, whose mode it
/// would take over.
[[nodiscard]] inline std::optional<load_error> write_key(std::string const& path, EVP_PKEY* key) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) == 0)
        return load_error{.file = path, .message = "is there already; a key is written over no other file"};
    owned_bio const out{BIO_new(BIO_s_secmem())};  // wiped as it grows, and when it goes
    char* data = nullptr;
    long size = 0;
    if (out && PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1)
        size = BIO_get_mem_data(out.get(), &data);
    ERR_clear_error();
    if (size <= 0) return load_error{.file = path, .message = "OpenSSL could not write the key"};
    return replace_file(path, {data, static_cast<std::size_t>(size)});
}
}  // namespace detail

}  // namespace trust
}  // namespace sallyport::inline v0
