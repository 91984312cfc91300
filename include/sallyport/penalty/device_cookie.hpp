// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/core/proven_pairing.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/secret.hpp>
#include <sallyport/core/text.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace penalty {

/// Signs what a browser keeps of an account that has logged in there, and knows it again. The value names
/// neither the account nor anything secret; it holds for one account, one id and one epoch of the account,
/// and whoever has not the key makes none (HMAC-SHA-512-256). The id must be one of the account's pairs at
/// the gate as well, so that a pair that was revoked is none.
/// Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies; RFC 6265bis §4.1.3.2 (`__Host-`).
/// Thread safety: immutable. Fork: no matter.
class device_cookie {
public:
    /// The key of this device: 32 bytes in a file of their own (0600), made where there is none. Errors: it
    /// cannot be read or made, is not 32 bytes, belongs to somebody else, or others may read it.
    [[nodiscard]] static loaded<device_cookie> from_file(std::string const& path) {
        if (sodium_init() < 0) return load_error{.file = path, .message = "libsodium cannot be used"};
        if (auto const e = make_where_there_is_none(path)) return *e;
        open_file const file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
        if (!file) return sallyport::detail::file_error(path, "cannot be opened");
        struct stat about {};
        if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
            return load_error{.file = path, .message = "is no regular file"};
        if (about.st_uid != ::geteuid() && about.st_uid != 0)
            return load_error{.file = path, .message = "belongs to somebody else"};
        if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            return load_error{.file = path, .message = "may be read by others; its mode must be 0600"};
        device_cookie c;
        if (about.st_size != key_bytes ||
            ::read(file.get(), c.key_.data(), c.key_.size()) != static_cast<ssize_t>(c.key_.size()))
            return load_error{.file = path, .message = "is no key of 32 bytes"};
        return c;
    }
    device_cookie(device_cookie const&) = default;
    device_cookie& operator=(device_cookie const&) = default;
    ~device_cookie() { wipe(key_.data(), key_.size()); }

    /// What the cookie is called for that account: several operators at one panel have one each. Set it
    /// `Secure; HttpOnly; SameSite=Strict; Path=/`, as its prefix asks.
    [[nodiscard]] std::string name_of(name const& account) const {
        auto const tag = sign(account, 0, {}, "name");
        return "__Host-sallyport-device-" + hex(tag.data(), 8);
    }
    /// A new id for a bearer who has just logged in.
    [[nodiscard]] static thumbprint fresh_id() noexcept {
        thumbprint id;
        ::randombytes_buf(id.bytes.data(), id.bytes.size());
        return id;
    }
    /// Its value. `epoch`: a new one makes all of the account's older cookies worthless; the credential's,
    /// where a change of password is to do that, else always the same.
    [[nodiscard]] std::string value_of(name const& account, std::uint64_t epoch, thumbprint const& id) const {
        auto const tag = sign(account, epoch, id, "pair");
        return hex(id.bytes.data(), id.bytes.size()) + hex(tag.data(), tag.size());
    }
    /// What a browser has sent. No pairing where it is not ours, not this account's, or of another epoch.
    [[nodiscard]] proven_pairing check(std::string_view value, name const& account,
                                       std::uint64_t epoch) const noexcept {
        std::array<std::uint8_t, sizeof(thumbprint) + tag_bytes> bytes{};
        if (value.size() != 2 * bytes.size()) return {};
        std::size_t read = 0;
        if (::sodium_hex2bin(bytes.data(), bytes.size(), value.data(), value.size(), nullptr, &read,
                             nullptr) != 0 ||
            read != bytes.size())
            return {};
        thumbprint id;
        std::copy_n(bytes.begin(), id.bytes.size(), id.bytes.begin());
        auto const ours = sign(account, epoch, id, "pair");
        if (::sodium_memcmp(ours.data(), bytes.data() + id.bytes.size(), ours.size()) != 0) return {};
        return proven_pairing{account, id};
    }

private:
    static constexpr std::size_t key_bytes = crypto_auth_KEYBYTES, tag_bytes = crypto_auth_BYTES;
    static_assert(key_bytes == 32 && tag_bytes == 32);
    device_cookie() = default;

    /// Written beside it and then given its name: at no instant does a part of a key stand there, and of
    /// several who start at once one gives the key and all others read that.
    static std::optional<load_error> make_where_there_is_none(std::string const& path) {
        struct stat about {};
        if (::lstat(path.c_str(), &about) == 0) return std::nullopt;
        auto const [folder_path, file_name] = sallyport::detail::folder_and_name(path);
        std::string fresh = folder_path + "/." + file_name + ".XXXXXX";
        open_file const made{::mkostemp(fresh.data(), O_CLOEXEC)};  // 0600
        if (!made) return sallyport::detail::file_error(path, "cannot be made");
        std::array<char, key_bytes> key{};
        ::randombytes_buf(key.data(), key.size());
        bool const kept =
            sallyport::detail::write_all(made.get(), {key.data(), key.size()}) && ::fsync(made.get()) == 0;
        wipe(key.data(), key.size());
        bool const named = kept && (::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
        int const why = errno;
        (void)::unlink(fresh.c_str());
        if (!named) return sallyport::detail::file_error(path, "cannot be written", why);
        open_file const folder = sallyport::detail::open_folder(folder_path);
        if (!folder || !sallyport::detail::flush_folder(folder.get()))
            return sallyport::detail::file_error(path, "is made, but the disk did not confirm it");
        return std::nullopt;
    }
    [[nodiscard]] std::array<std::uint8_t, tag_bytes> sign(name const& account, std::uint64_t epoch,
                                                           thumbprint const& id,
                                                           std::string_view what) const noexcept {
        // Every part has a fixed width, so no two messages are one.
        std::array<std::uint8_t, 8 + sizeof(name) + 8 + sizeof(thumbprint)> message{};
        std::copy_n(what.begin(), std::min<std::size_t>(what.size(), 8), message.begin());
        auto at = message.begin() + 8;
        at = std::copy(account.bytes.begin(), account.bytes.end(), at);
        for (unsigned n = 0; n < 8; ++n) *at++ = static_cast<std::uint8_t>(epoch >> 8 * n);
        std::copy(id.bytes.begin(), id.bytes.end(), at);
        std::array<std::uint8_t, tag_bytes> tag{};
        (void)::crypto_auth(tag.data(), message.data(), message.size(), key_.data());
        return tag;
    }
    static std::string hex(std::uint8_t const* bytes, std::size_t n) {
        std::string s(2 * n + 1, '\0');
        ::sodium_bin2hex(s.data(), s.size(), bytes, n);
        s.pop_back();
        return s;
    }

    std::array<std::uint8_t, key_bytes> key_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
