// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/siphash.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace penalty {

/// A file of words that is replaced whole: at every instant, power loss included, the old or the new one lies
/// there. It is read once and written often; writing allocates nothing. What is torn, longer than it says,
/// made for another device, somebody else's, or open to others' writing is refused.
/// Thread safety: under the storage's lock.
class journal_file {
public:
    enum class state : std::uint8_t { missing, whole, refused };
    /// Also where it is whole: what was kept for more accounts or pairs than there is room for.
    static constexpr std::string_view cannot_be =
        "what it holds cannot be, or known, unknown or pairs was lowered";
    /// What is longer than so many words between head and sum is not read.
    static constexpr std::uint64_t most_words = std::uint64_t{8} << 20;

    explicit journal_file(std::string path) : path_{std::move(path)} {
        auto [folder, file] = sallyport::detail::folder_and_name(path_);
        folder_path_ = std::move(folder), name_ = std::move(file);
        fresh_ = "." + name_ + ".new";
    }
    [[nodiscard]] std::string_view path() const noexcept { return path_; }
    /// Tells the file that lies there from one that somebody else has put in its place; 0: there is none.
    [[nodiscard]] word print() const noexcept {
        struct stat about {};
        if (::fstatat(folder_.get(), name_.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return 0;
        // Its number alone comes back: a file that is put there often has that of the one before the last.
        return siphash_of({3, 4}, file_stamp::of(about)) | 1;
    }

    /// Opens its folder, for whoever need not read it since another process has; false where that cannot be.
    [[nodiscard]] bool reach() noexcept {
        folder_ = sallyport::detail::open_folder(folder_path_);
        return static_cast<bool>(folder_);
    }
    /// f(word) -> bool for each word between head and sum; `why` says what is wrong. f is called only for a
    /// file that is whole: the sum is looked at first.
    template <class F>
    [[nodiscard]] state read(std::string_view& why, F f) {
        if (!reach()) return why = "its folder cannot be opened", state::refused;
        open_file const file{
            ::openat(folder_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
        if (!file) return errno == ENOENT ? state::missing : (why = "it cannot be opened", state::refused);
        struct stat about {};
        if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
            return why = "it is no regular file", state::refused;
        if (about.st_uid != ::geteuid() && about.st_uid != 0)
            return why = "it belongs to somebody else", state::refused;
        if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) return why = "others may write to it", state::refused;
        auto const bytes = static_cast<std::uint64_t>(about.st_size);
        if (bytes % sizeof(word) != 0 || bytes < (head_words + sum_words) * sizeof(word) ||
            bytes > (most_words + head_words + sum_words) * sizeof(word))
            return why = "it is torn: its size cannot be", state::refused;
        std::size_t const words = static_cast<std::size_t>(bytes / sizeof(word)) - sum_words;
        if (!holds_sum(file.get(), words, why)) return state::refused;
        if (::lseek(file.get(), 0, SEEK_SET) != 0) return why = "it cannot be read", state::refused;
        reader from{file.get()};
        std::size_t n = 0;
        for (word w{}; n < words && from.next(w); ++n) {
            if (n == 0 && w != magic)
                return why = "it is no journal of lanes, or another machine's", state::refused;
            if (n >= head_words && !f(w)) return why = cannot_be, state::refused;
        }
        return n == words ? state::whole : (why = "it cannot be read", state::refused);
    }

    /// Replaces it by what `fill(put)` puts, word by word. False: the old one is untouched, or, where it is
    /// `replaced`, a power loss might bring it back; then nothing may be spent.
    template <class F>
    [[nodiscard]] bool write(F fill, bool& replaced) noexcept {
        replaced = false;
        if (::unlinkat(folder_.get(), fresh_.c_str(), 0) != 0 && errno != ENOENT) return false;
        open_file const file{::openat(folder_.get(), fresh_.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                      S_IRUSR | S_IWUSR)};
        if (!file) return false;
        writer to{file.get()};
        to.put(magic);
        fill([&](word w) { to.put(w); });
        bool const written = to.finish() && ::fsync(file.get()) == 0 &&
                             ::renameat(folder_.get(), fresh_.c_str(), folder_.get(), name_.c_str()) == 0;
        if (!written) {
            (void)::unlinkat(folder_.get(), fresh_.c_str(), 0);
            return false;
        }
        replaced = true;
        return sallyport::detail::flush_folder(folder_.get());
    }

private:
    static constexpr word magic = 0x316c616e72756f6a;  // "journal1", as a little-endian machine writes it
    static constexpr std::size_t head_words = 1, sum_words = 2;

    /// No secret: it finds accidents, and an older hand at the same file.
    class summer {
    public:
        void feed(std::span<word const> words) noexcept {
            siphasher a = a_, b = b_;  // in registers: a file is summed as often as it is written
            for (word const w : words) a.feed(w), b.feed(w);
            a_ = a, b_ = b;
        }
        [[nodiscard]] std::array<word, sum_words> sum() const noexcept {
            siphasher a = a_, b = b_;
            return {a.finish(), b.finish()};
        }

    private:
        siphasher a_{{0x73616c6c79706f72, 0x742e6c616e65732e}}, b_{{0x746f726e2e6f722e, 0x666f726569676e21}};
    };
    class reader {
    public:
        explicit reader(int fd) noexcept : fd_{fd} {}
        [[nodiscard]] bool next(word& w) noexcept {
            if (at_ == have_ && !fill()) return false;
            w = some_[at_++];
            return true;
        }

    private:
        bool fill() noexcept {
            std::array<char, 512 * sizeof(word)> bytes{};
            std::size_t n = 0;
            while (n < bytes.size()) {
                ssize_t const got = ::read(fd_, bytes.data() + n, bytes.size() - n);
                if (got < 0 && errno == EINTR) continue;
                if (got <= 0) break;
                n += static_cast<std::size_t>(got);
            }
            some_ = std::bit_cast<std::array<word, 512>>(bytes);
            at_ = 0, have_ = n / sizeof(word);
            return have_ != 0;
        }
        int fd_;
        std::array<word, 512> some_{};
        std::size_t at_ = 0, have_ = 0;
    };
    class writer {
    public:
        explicit writer(int fd) noexcept : fd_{fd} {}
        void put(word w) noexcept {
            some_[at_++] = w;
            if (at_ == some_.size()) flush();
        }
        /// The sum of all that was put, behind it; false where something could not be written.
        [[nodiscard]] bool finish() noexcept {
            flush();
            auto const sum = summer_.sum();
            write(sum);
            return good_;
        }

    private:
        void flush() noexcept {
            auto const words = std::span{some_}.first(at_);
            summer_.feed(words);
            write(words);
            at_ = 0;
        }
        void write(std::span<word const> words) noexcept {
            auto const bytes = std::as_bytes(words);
            good_ = good_ && sallyport::detail::write_all(
                                 fd_, {reinterpret_cast<char const*>(bytes.data()), bytes.size()});
        }
        int fd_;
        summer summer_{};
        std::array<word, 512> some_{};
        std::size_t at_ = 0;
        bool good_ = true;
    };

    [[nodiscard]] static bool holds_sum(int fd, std::size_t words, std::string_view& why) noexcept {
        reader from{fd};
        summer all;
        word w{};
        for (std::size_t n = 0; n < words; ++n) {
            if (!from.next(w)) return why = "it cannot be read", false;
            all.feed({&w, 1});
        }
        for (word const s : all.sum())
            if (!from.next(w) || w != s) return why = "it is torn: its sum is wrong", false;
        return true;
    }

    std::string path_, folder_path_, name_, fresh_;
    open_file folder_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
