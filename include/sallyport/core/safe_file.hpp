// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {

/// A descriptor that closes itself. Not for threads to share.
class open_file {
public:
    open_file() = default;
    explicit open_file(int fd) noexcept : fd_{fd} {}
    open_file(open_file&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    open_file& operator=(open_file&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~open_file() {
        if (fd_ >= 0) (void)::close(fd_);
    }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_ = -1;
};

namespace detail {
[[nodiscard]] inline load_error file_error(std::string const& path, std::string_view what, int why = errno) {
    return {.file = path,
            .message = fmt::format("{}: {}", what, std::error_code{why, std::generic_category()}.message())};
}
/// The folder of a path, and its name there.
[[nodiscard]] inline std::pair<std::string, std::string> folder_and_name(std::string const& path) {
    auto const slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}
[[nodiscard]] inline open_file open_folder(std::string const& folder) noexcept {
    return open_file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}
/// What was made, renamed or removed in a folder is on disk. EINVAL: a file system that cannot flush a folder,
/// and need not.
[[nodiscard]] inline bool flush_folder(int folder) noexcept {
    return ::fsync(folder) == 0 || errno == EINVAL;
}
[[nodiscard]] inline bool write_all(int fd, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        ssize_t const n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}
}  // namespace detail

/// The whole of a regular file, up to `most` bytes. Errors: missing, unreadable, not a regular file (a pipe
/// is not waited for), too large.
[[nodiscard]] inline loaded<std::string> read_file(std::string const& path, std::size_t most) {
    open_file const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!file) return detail::file_error(path, "cannot be opened");
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return detail::file_error(path, "cannot be looked at");
    if (!S_ISREG(about.st_mode)) return load_error{.file = path, .message = "is no regular file"};
    std::string text;
    std::array<char, 4096> some{};
    for (;;) {
        ssize_t const n = ::read(file.get(), some.data(), some.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return detail::file_error(path, "cannot be read");
        if (n == 0) return text;
        text.append(some.data(), static_cast<std::size_t>(n));
        if (text.size() > most)
            return load_error{.file = path, .message = fmt::format("is larger than {} bytes", most)};
    }
}

/// Tells one state of a file from the next: any writing, replacing or removing changes it.
struct file_stamp {
    std::uint64_t device = 0, number = 0;  ///< both 0: there is no such file
    std::int64_t bytes = 0, seconds = 0, nanoseconds = 0;

    [[nodiscard]] static file_stamp of(struct stat const& about) noexcept {
        return {about.st_dev, about.st_ino, about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec};
    }
    [[nodiscard]] static file_stamp of(std::string const& path) noexcept {
        struct stat about {};
        return ::stat(path.c_str(), &about) == 0 ? of(about) : file_stamp{};
    }
    friend bool operator==(file_stamp const&, file_stamp const&) = default;
};

/// Keeps other writers of a folder's files waiting while it lives. What is locked is the folder itself
/// (flock): it needs no file of its own that another user might own or leave behind, and goes with the
/// process, however that ends.
class folder_lock {
public:
    /// Waits for another writer, for `patience` at most.
    [[nodiscard]] static loaded<folder_lock> of(std::string const& path, std::chrono::milliseconds patience) {
        open_file folder = detail::open_folder(detail::folder_and_name(path).first);
        if (!folder) return detail::file_error(path, "its folder cannot be opened");
        auto const until = std::chrono::steady_clock::now() + patience;
        while (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EINTR) continue;
            if (errno != EWOULDBLOCK) return detail::file_error(path, "its folder cannot be locked");
            if (std::chrono::steady_clock::now() >= until)
                return load_error{.file = path,
                                  .message = "somebody else is writing in its folder; try again"};
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return folder_lock{std::move(folder)};
    }

private:
    explicit folder_lock(open_file folder) noexcept : folder_{std::move(folder)} {}
    open_file folder_;
};

/// Puts `bytes` in the place of a file, so that at every instant, power loss included, the old or the new one
/// lies there whole: written beside it (0600, never through a link), flushed, renamed, and the folder
/// flushed. Mode and owner of the old file are kept, of its mode what is in `may` too; a new one has 0600. On
/// any error the old file is untouched. A symbolic link is refused: to replace it would leave what it points
/// to as it was. One writer at a time: hold the `folder_lock`.
[[nodiscard]] inline std::optional<load_error> replace_file(std::string const& path, std::string_view bytes,
                                                            mode_t may = S_IRWXU | S_IRWXG | S_IRWXO) {
    auto const [folder_path, file_name] = detail::folder_and_name(path);
    open_file const folder = detail::open_folder(folder_path);
    if (!folder) return detail::file_error(path, "its folder cannot be opened");

    struct stat old {};
    old.st_mode = S_IRUSR | S_IWUSR;
    bool const there = ::fstatat(folder.get(), file_name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno != ENOENT) return detail::file_error(path, "cannot be looked at");
    if (there && S_ISLNK(old.st_mode))
        return load_error{.file = path, .message = "is a symbolic link; name the file that it points to"};
    if (there && !S_ISREG(old.st_mode)) return load_error{.file = path, .message = "is no regular file"};

    // One fixed name: a writer that was killed leaves at most one such file, and the next takes it away.
    std::string const fresh = fmt::format(".{}.new", file_name);
    if (::unlinkat(folder.get(), fresh.c_str(), 0) != 0 && errno != ENOENT)
        return detail::file_error(path,
                                  fmt::format("what a killed writer left as {} cannot be removed", fresh));
    open_file const file{::openat(folder.get(), fresh.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    std::string_view const untouched = there ? ", so it stays as it was" : "";
    auto const error = [&](std::string_view what) {
        int const why = errno;
        return detail::file_error(path, fmt::format("{}{}", what, untouched), why);
    };
    if (!file) return error("nothing can be written in its folder");

    std::optional<load_error> failed;
    struct stat ours {};
    if (!detail::write_all(file.get(), bytes))
        failed = error("cannot be written");
    else if (there &&
             (::fstat(file.get(), &ours) != 0 || ((ours.st_uid != old.st_uid || ours.st_gid != old.st_gid) &&
                                                  ::fchown(file.get(), old.st_uid, old.st_gid) != 0)))
        failed = error("belongs to somebody else, whom it could not be given back to");
    else if (::fchmod(file.get(), old.st_mode & may & (S_IRWXU | S_IRWXG | S_IRWXO)) != 0)
        failed = error("its mode could not be set");
    else if (::fsync(file.get()) != 0)
        failed = error("cannot be flushed");
    else if (::renameat(folder.get(), fresh.c_str(), folder.get(), file_name.c_str()) != 0)
        failed = error("cannot be replaced");
    if (failed) {
        (void)::unlinkat(folder.get(), fresh.c_str(), 0);
        return failed;
    }
    if (!detail::flush_folder(folder.get()))
        return detail::file_error(path, "is written, but the disk did not confirm it");
    return std::nullopt;
}

}  // namespace sallyport::inline v0
