// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/environment/shared_memory_options.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace detail {

/// May that user have made a file that we are to trust?
[[nodiscard]] inline bool trusted_maker(shared_memory_options const& o, uid_t who) noexcept {
    return who == 0 || who == ::geteuid() ||
           (who != shared_memory_options::nobody &&
            std::find(o.makers.begin(), o.makers.end(), who) != o.makers.end());
}

/// The folder of a segment: nobody but those who may make one can put another file in its place. Empty: it is
/// such a folder; else what is wrong with it.
[[nodiscard]] inline std::string_view folder_fault(int folder, shared_memory_options const& o) noexcept {
    struct stat about {};
    if (::fstat(folder, &about) != 0) return "its folder cannot be looked at";
    if (!trusted_maker(o, about.st_uid)) return "its folder belongs to somebody else";
    bool const sticky = (about.st_mode & S_ISVTX) != 0;
    if ((about.st_mode & S_IWOTH) != 0 && !sticky)
        return "anybody may put files in the place of others in its folder";
    if ((about.st_mode & S_IWGRP) != 0 && !sticky && about.st_gid != 0 &&
        (!o.group || about.st_gid != *o.group) && about.st_gid != ::getegid())
        return "a group that is none of ours may write in its folder";
    return {};
}

/// A file that we are to share: a regular one under one name, made by somebody whom we trust, for the eyes of
/// those who share it. `group_may`: what the group may do at most, if there is one.
[[nodiscard]] inline std::string_view file_fault(int file, shared_memory_options const& o,
                                                 mode_t group_may) noexcept {
    struct stat about {};
    if (::fstat(file, &about) != 0) return "it cannot be looked at";
    if (!S_ISREG(about.st_mode)) return "it is no regular file";
    if (!trusted_maker(o, about.st_uid)) return "it was made by somebody else";
    if (about.st_nlink != 1) return "it has a second name, or none";
    if ((about.st_mode & S_IRWXO) != 0) return "others than its owner and group may open it";
    mode_t const group_can = about.st_mode & S_IRWXG;
    if (group_can != 0 && !o.group) return "its group may open it, and none was named";
    if (group_can != 0 && about.st_gid != *o.group) return "another group than the one named may open it";
    if ((group_can & ~group_may) != 0) return "its group may do more with it than it should";
    return {};
}

/// Does a restart of the device clear what lies there?
[[nodiscard]] inline bool cleared_by_restart(int file) noexcept {
    struct statfs about {};
    if (::fstatfs(file, &about) != 0) return false;
    auto const kind = static_cast<unsigned long>(about.f_type) & 0xffffffffUL;
    return kind == TMPFS_MAGIC || kind == RAMFS_MAGIC;
}

/// Opens what is there, or makes it anew, never through a link. `fresh` says which. An empty file descriptor
/// has its reason in errno.
[[nodiscard]] inline open_file open_or_make(int folder, char const* name, bool& fresh) noexcept {
    for (int tries = 0; tries < 16; ++tries) {
        fresh = false;
        // Not to be stopped by a pipe that somebody has put there.
        int const there = ::openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (there >= 0 || errno != ENOENT) return open_file{there};
        int const made =
            ::openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
        fresh = made >= 0;
        if (made >= 0) return open_file{made};
        if (errno != EEXIST) return open_file{};
    }
    return open_file{};
}

/// Gives a file that we have just made to the group, if there is one.
[[nodiscard]] inline bool share_with_group(int file, shared_memory_options const& o, mode_t mode) noexcept {
    if (!o.group) return true;
    return ::fchown(file, static_cast<uid_t>(-1), *o.group) == 0 && ::fchmod(file, mode) == 0;
}

/// Bytes of a file that a process locks to be seen alive: locks of the open file (OFD), which the kernel lets
/// go when the process dies, and only then. They lie far beyond the file's end, where nothing is.
class byte_locks {
public:
    byte_locks() = default;
    explicit byte_locks(int file) noexcept : file_{file} {}

    /// Is it ours now? Never waits.
    [[nodiscard]] bool take(std::size_t byte) const noexcept { return call(F_OFD_SETLK, byte, F_WRLCK) == 0; }
    /// The same, for as long as that at most.
    [[nodiscard]] bool take(std::size_t byte, nanoseconds patience) const noexcept {
        auto const until = std::chrono::steady_clock::now() + patience;
        while (!take(byte)) {
            if (std::chrono::steady_clock::now() >= until) return false;
            timespec const pause{0, 1'000'000};
            (void)::nanosleep(&pause, nullptr);
        }
        return true;
    }
    void let_go(std::size_t byte) const noexcept { (void)call(F_OFD_SETLK, byte, F_UNLCK); }
    /// Does somebody else hold it? In doubt yes.
    [[nodiscard]] bool taken_by_another(std::size_t byte) const noexcept {
        struct flock l = about(byte, F_WRLCK);
        return ::fcntl(file_, F_OFD_GETLK, &l) != 0 || l.l_type != F_UNLCK;
    }

private:
    static struct flock about(std::size_t byte, short kind) noexcept {
        struct flock l {};
        l.l_type = kind;
        l.l_whence = SEEK_SET;
        l.l_start = static_cast<off_t>((std::size_t{1} << 30) + byte);
        l.l_len = 1;
        return l;
    }
    [[nodiscard]] int call(int how, std::size_t byte, int kind) const noexcept {
        struct flock l = about(byte, static_cast<short>(kind));
        return ::fcntl(file_, how, &l);
    }
    int file_ = -1;
};

}  // namespace detail
}  // namespace sallyport::inline v0
