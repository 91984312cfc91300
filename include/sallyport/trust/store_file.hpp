// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>
#include <sallyport/trust/layout.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace trust::detail {

/// Tells one state of a file, or of a folder, from the next.
struct stamp {
    std::uint64_t device = 0, number = 0;
    std::int64_t bytes = 0, written = 0, changed = 0;  ///< mtime and ctime in nanoseconds

    [[nodiscard]] static stamp of(struct stat const& s) noexcept {
        auto const ns = [](timespec const& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; };
        return {s.st_dev, s.st_ino, s.st_size, ns(s.st_mtim), ns(s.st_ctim)};
    }
    friend bool operator==(stamp const&, stamp const&) = default;

    /// Could the file change at this instant, and its stamp not? A file system's clock moves in steps: of a
    /// tick of the kernel, or, where no nanoseconds are kept, of up to two seconds. It is asked of that clock
    /// and no other.
    [[nodiscard]] bool settled(std::int64_t now) const noexcept {
        std::int64_t const step = changed % 1'000'000'000 == 0 ? 2'000'000'000 : 100'000'000;
        return changed <= now - step;
    }
    [[nodiscard]] static std::int64_t now() noexcept {
        timespec t{};
        (void)::clock_gettime(CLOCK_REALTIME, &t);
        return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
    }
};

[[nodiscard]] inline std::string words_of(int error) {
    return std::error_code{error, std::generic_category()}.message();
}

/// A path as an error or an event names it: one line, and no order to a terminal, whatever somebody has
/// called his file. What is not harmless, and the backslash, is written as the audit writes it: `\x0a`,
/// `\u{202e}`.
[[nodiscard]] inline std::string in_one_line(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        code_point const c = first_code_point(path);
        auto const value = static_cast<std::uint32_t>(c.value);
        if (c.well_formed && harmless(c.value) && c.value != '\\')
            out += path.substr(0, c.bytes);
        else
            out += c.bytes == 1 ? fmt::format("\\x{:02x}", value) : fmt::format("\\u{{{:x}}}", value);
        path.remove_prefix(c.bytes);
    }
    return out;
}

/// One file of a list, as it was when it was read.
struct stored_file {
    std::string name{};
    stamp seen{};
    bool settled = false;  ///< else it is read again, whatever its stamp
    thumbprint content{};  ///< of all its bytes
    certificate_ptr certificate{};
    crl_ptr revocations{};
    std::string reason{};  ///< why it counts for nothing; empty: it counts

    [[nodiscard]] thumbprint const* print() const noexcept {
        return certificate ? &certificate->print() : revocations ? &revocations->print() : nullptr;
    }
};

/// The one object of this kind in a PEM text, as DER; a sentence where there is not exactly one.
[[nodiscard]] inline std::string der_of_pem(std::string_view text, bool of_crl,
                                            std::vector<std::uint8_t>& der) {
    owned_bio const in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    std::size_t count = 0;
    while (in && count < 2) {
        char *label = nullptr, *header = nullptr;
        unsigned char* data = nullptr;
        long size = 0;
        if (PEM_read_bio(in.get(), &label, &header, &data, &size) != 1) break;
        std::string_view const what = label;
        bool const wanted =
            of_crl ? what == PEM_STRING_X509_CRL : what == PEM_STRING_X509 || what == PEM_STRING_X509_OLD;
        if (wanted && ++count == 1) der.assign(data, data + size);
        OPENSSL_free(label), OPENSSL_free(header);
        OPENSSL_clear_free(data, static_cast<std::size_t>(size));  // a key may stand beside it
    }
    ERR_clear_error();
    if (count == 1) return {};
    if (count == 0) return of_crl ? "holds no PEM revocation list" : "holds no PEM certificate";
    return of_crl ? "holds several revocation lists; put each into a file of its own"
                  : "holds several certificates; put each into a file of its own";
}

[[nodiscard]] inline bool called_pem(std::string_view name) noexcept {
    constexpr std::string_view pem = ".pem";
    return name.size() > pem.size() && std::equal(pem.begin(), pem.end(), name.end() - 4, [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
           });
}

/// Makes of a file's bytes what its list takes: content decides, never the name.
inline void judge(stored_file& f, bytes all, bool of_crl, bool reads_pem) {
    f.certificate.reset(), f.revocations.reset(), f.reason.clear();
    std::vector<std::uint8_t> der;
    if (reads_pem && called_pem(f.name)) {
        if (f.reason = der_of_pem(as_text(all), of_crl, der); !f.reason.empty()) return;
        all = der;
    }
    if (of_crl) {
        f.revocations = crl::parse(all, &f.reason);
        if (!f.revocations && certificate::parse(all)) f.reason = "is a certificate among revocation lists";
    } else {
        f.certificate = certificate::parse(all, &f.reason);
        if (!f.certificate && crl::parse(all)) f.reason = "is a revocation list among certificates";
    }
}

/// Reads files of one kind; keeps its buffer from one to the next.
class file_reader {
public:
    enum class outcome : std::uint8_t {
        read,     ///< whatever it is
        gone,     ///< there is no such file any more
        refused,  ///< it is there, and the system does not let us read it; the file's `reason` says why
    };

    file_reader(bool of_crl, bool reads_pem) : of_crl_{of_crl}, reads_pem_{reads_pem} {}

    /// Reads `f.name` of this folder; what was there before is kept where the bytes are the same.
    [[nodiscard]] outcome read(int folder, std::string const& resolved, stored_file& f) {
        std::int64_t const now = stamp::now();
        // A link was resolved before; nothing is followed here, and no pipe or device waited for.
        int const flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
        open_file const file{resolved.empty() ? ::openat(folder, f.name.c_str(), flags)
                                              : ::open(resolved.c_str(), flags)};
        if (!file && errno == ENOENT) return outcome::gone;
        if (!file && errno == ELOOP) return skip(f, "is a link, and a moment ago was none");
        if (!file && errno == ENXIO) return skip(f, "is no regular file");
        if (!file) return refuse(f, "cannot be opened", errno);
        struct stat about {};
        if (::fstat(file.get(), &about) != 0) return refuse(f, "cannot be looked at", errno);
        f.seen = stamp::of(about);
        f.settled = f.seen.settled(now);
        if (!S_ISREG(about.st_mode)) return skip(f, "is no regular file");
        std::size_t const most = (of_crl_ ? crl::largest : certificate::largest) *
                                 (reads_pem_ && called_pem(f.name) ? 2 : 1);  // base64, and words around it
        if (static_cast<std::uint64_t>(about.st_size) > most)
            return skip(f, fmt::format("is larger than {} bytes", most));
        buffer_.resize(static_cast<std::size_t>(about.st_size) + 1);
        std::size_t size = 0;
        while (size < buffer_.size()) {
            ssize_t const n = ::read(file.get(), buffer_.data() + size, buffer_.size() - size);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return refuse(f, "cannot be read", errno);
            if (n == 0) break;
            size += static_cast<std::size_t>(n);
            if (size == static_cast<std::size_t>(about.st_size)) break;
        }
        if (size != static_cast<std::size_t>(about.st_size)) f.settled = false;  // somebody is writing it
        bytes const all{buffer_.data(), size};
        thumbprint const content = sha256(all);
        if (content == f.content && (f.print() != nullptr || !f.reason.empty())) return outcome::read;
        f.content = content;
        judge(f, all, of_crl_, reads_pem_);
        if (buffer_.capacity() > std::size_t{1} << 20) std::vector<std::uint8_t>{}.swap(buffer_);
        return outcome::read;
    }

private:
    /// It is there, and counts for nothing.
    static outcome skip(stored_file& f, std::string reason) {
        f.certificate.reset(), f.revocations.reset();
        f.content = {};
        f.reason = std::move(reason);
        return outcome::read;
    }
    static outcome refuse(stored_file& f, std::string_view what, int why) {
        (void)skip(f, fmt::format("{}: {}", what, words_of(why)));
        return outcome::refused;
    }

    bool of_crl_, reads_pem_;
    std::vector<std::uint8_t> buffer_;
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
