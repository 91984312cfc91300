// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/doctor_finding.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/store_disk.hpp>
#include <sallyport/trust/store_folder.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <dirent.h>
#include <sys/stat.h>

namespace sallyport::inline v0 {
namespace trust::detail {

/// Who else may read or write what lies in a store. Its folders are 0700 and its keys 0600; whoever can write
/// into a list trusts himself.
class doctor_rights {
public:
    doctor_rights(std::string const& root, layout const& where, findings& to)
        : root_{root}, where_{where}, to_{to} {}

    void examine() {
        struct stat about {};
        if (::stat(root_.c_str(), &about) != 0) return;  // the store's own fault says so
        owner_ = about.st_uid;
        folder(root_, about, false);
        for (std::size_t i = 0; i < places; ++i) {
            auto const p = static_cast<place>(i);
            bool const keys = p == place::own_private;
            std::string_view const name = where_.of(p).view();
            for (std::size_t end = 0; end < name.size();) {  // "own", then "own/private"
                end = std::min(name.find('/', end + 1), name.size());
                std::string const part = fmt::format("{}/{}", root_, name.substr(0, end));
                if (::stat(part.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && seen_.insert(part).second)
                    folder(part, about, keys && end == name.size());
            }
            files_of(p, keys);
        }
        std::string const notes = fmt::format("{}/{}", root_, notes_folder);
        if (::lstat(notes.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) folder(notes, about, false);
    }

private:
    static constexpr mode_t others_write = S_IWGRP | S_IWOTH, others = S_IRWXG | S_IRWXO;

    void folder(std::string const& path, struct stat const& about, bool keys) {
        if ((about.st_mode & others_write) != 0)
            to_.add(
                severity::fault, path,
                fmt::format("may be changed by others than its owner (mode {:04o}): whoever can write here "
                            "can make this store trust him",
                            about.st_mode & 07777U),
                fmt::format("chmod 700 '{}', and look whether everything in it is what you put there.",
                            printable(path)));
        else if (path == root_ && (about.st_mode & (S_IRGRP | S_IROTH)) != 0)  // to open is to lock (flock)
            to_.add(
                severity::fault, path,
                fmt::format("may be opened by others than its owner (mode {:04o}): whoever opens it can hold "
                            "its lock, and then nobody can change this store, nor take trust away",
                            about.st_mode & 07777U),
                fmt::format("chmod 700 '{}'", printable(path)));
        else if ((about.st_mode & others) != 0)
            to_.add(keys ? severity::fault : severity::notice, path,
                    fmt::format("may be read by others than its owner (mode {:04o}); expected 0700",
                                about.st_mode & 07777U),
                    fmt::format("chmod 700 '{}'", printable(path)));
        belongs(path, about);
    }
    void belongs(std::string const& path, struct stat const& about) {
        if (about.st_uid == owner_) return;
        if (about.st_uid == 0) {
            if ((about.st_mode & (S_IRGRP | S_IROTH)) == 0)
                to_.add(severity::fault, path,
                        fmt::format("belongs to root, and user {}, to whom the store belongs, cannot read it",
                                    owner_),
                        fmt::format("chown {} '{}'", owner_, printable(path)));
            return;
        }
        to_.add(severity::warning, path,
                fmt::format("belongs to user {}, and the store to user {}", about.st_uid, owner_),
                fmt::format("chown {} '{}', if that user should not decide who is trusted.", owner_,
                            printable(path)));
    }
    /// One finding for each folder's files, but one for each key: a thousand alike say no more than the
    /// first.
    void files_of(place p, bool keys) {
        opened_folder const there = open_below(root_, where_.of(p).view());
        int const fd = there.fd ? ::fcntl(there.fd.get(), F_DUPFD_CLOEXEC, 0) : -1;
        if (fd < 0) return;
        std::unique_ptr<DIR, let_go<::closedir>> const stream{::fdopendir(fd)};
        std::string first;
        std::size_t count = 0;
        while (stream) {
            dirent const* const e = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): our own stream
            if (e == nullptr) break;
            struct stat about {};
            if (::fstatat(there.fd.get(), e->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
            if (!S_ISREG(about.st_mode)) continue;
            std::string const path = fmt::format("{}/{}/{}", root_, where_.of(p).view(), e->d_name);
            if (keys && (about.st_mode & others) != 0)
                to_.add(
                    severity::fault, path,
                    fmt::format("others may read this key (mode {:04o}): it is no secret, and is not used",
                                about.st_mode & 07777U),
                    "Make a new key and certificate; only if you are sure that nobody has read it, chmod "
                    "600.");
            else if ((about.st_mode & others_write) != 0 && count++ == 0)
                first = path;
            belongs(path, about);
        }
        if (count > 0)
            to_.add(severity::fault, first,
                    count == 1
                        ? std::string{"may be changed by others than its owner"}
                        : fmt::format("and {} more files beside it may be changed by others than their "
                                      "owner",
                                      count - 1),
                    "chmod 600 the files, and look whether each is what you put there.");
    }

    std::string const& root_;
    layout const& where_;
    findings& to_;
    uid_t owner_ = 0;
    std::set<std::string> seen_{};
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
