// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/store_folder.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace trust::detail {

/// Every way in which a store changes the disk. Each counts as one operation, so that what strangers can
/// cause is bounded by numbers and not by hope: flash wears out.
/// Thread safety: none; one object a thread of work, under the store's lock.
class store_disk {
public:
    store_disk(std::string root, layout const& where) : root_{std::move(root)}, where_{where} {}

    [[nodiscard]] std::uint64_t operations() const noexcept { return operations_; }
    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_; }
    [[nodiscard]] std::string const& root() const noexcept { return root_; }

    [[nodiscard]] std::string_view relative(place p) const noexcept { return where_.of(p).view(); }
    [[nodiscard]] std::string path(place p, std::string_view name) const {
        return fmt::format("{}/{}/{}", root_, relative(p), name);
    }

    /// A folder of the store, made with 0700 where it is missing.
    [[nodiscard]] loaded<open_file> folder(std::string_view relative_path) {
        opened_folder there =
            open_below(root_, relative_path, [&](int at, std::string const& name, std::string const& said) {
                return make_folder(at, name, said);
            });
        if (there.error) return *there.error;
        if (!there.fd) return load_error{.file = root_, .message = "loses its folders while they are made"};
        return std::move(there.fd);
    }
    [[nodiscard]] loaded<open_file> folder(place p) { return folder(relative(p)); }

    /// A new file, 0600, whole and flushed; of a name that nothing else has.
    [[nodiscard]] std::optional<load_error> create(int folder, std::string const& name,
                                                   std::string_view bytes, std::string const& said_path) {
        if (::unlinkat(folder, name.c_str(), 0) == 0)  // what a killed writer left
            ++operations_;
        else if (errno != ENOENT)
            return failed(said_path, "cannot be written; nothing was changed");
        ++operations_;
        open_file const file{::openat(
            folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
        if (!file) return failed(said_path, "cannot be written; nothing was changed");
        bool good = ::fchmod(file.get(), S_IRUSR | S_IWUSR) == 0;
        leave_to_owner_of(folder, file.get());
        operations_ += 2, bytes_ += bytes.size();
        good = good && sallyport::detail::write_all(file.get(), bytes) && ::fsync(file.get()) == 0;
        if (good) return std::nullopt;
        auto const no = failed(said_path, "cannot be written; nothing was changed");
        remove_quietly(folder, name);
        return no;
    }
    /// Within one folder, or from one to another of the same file system: at every instant it is in one of
    /// both.
    [[nodiscard]] int rename(int folder, std::string const& as_it_is, int to,
                             std::string const& as_it_will_be) {
        ++operations_;
        return ::renameat(folder, as_it_is.c_str(), to, as_it_will_be.c_str()) == 0 ? 0 : errno;
    }
    [[nodiscard]] int remove(int folder, std::string const& name) {
        ++operations_;
        return ::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
    }
    void remove_quietly(int folder, std::string const& name) {
        if (::unlinkat(folder, name.c_str(), 0) == 0) ++operations_;
    }
    [[nodiscard]] std::optional<load_error> sync(int folder, std::string_view said_path) {
        ++operations_;
        if (sallyport::detail::flush_folder(folder)) return std::nullopt;
        return failed(said_path, "is written, but the disk did not confirm it");
    }
    /// Appends to a file of the store's own notes, made where it is missing. Nothing is written into what is
    /// no regular file, nor into one that has another name, too; and no pipe is waited for.
    [[nodiscard]] bool append(int folder, std::string const& name, std::string_view bytes) {
        operations_ += 3, bytes_ += bytes.size();
        open_file const file{
            ::openat(folder, name.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                     S_IRUSR | S_IWUSR)};
        struct stat about {};
        if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_nlink != 1)
            return false;
        leave_to_owner_of(folder, file.get());
        return sallyport::detail::write_all(file.get(), bytes) && ::fsync(file.get()) == 0;
    }
    [[nodiscard]] static load_error failed(std::string_view path, std::string_view what, int why = errno) {
        std::string_view const remedy = why == ENOSPC || why == EDQUOT ? "; make room on the disk"
                                        : why == EROFS ? "; the disk is mounted for reading only"
                                        : why == EACCES || why == EPERM
                                            ? "; let this service's user write there"
                                            : "";
        return {.file = in_one_line(path), .message = fmt::format("{}: {}{}", what, words_of(why), remedy)};
    }

private:
    /// What root makes in somebody's folder is left to him: an administrator's `sudo` would else put a
    /// certificate there, or a revocation, that the service may not read. Where that cannot be (a file system
    /// without owners) it stays as it is. What has a second name is not ours to give.
    static void leave_to_owner_of(int folder, int made) noexcept {
        struct stat there {
        }, ours{};
        if (::geteuid() != 0 || ::fstat(folder, &there) != 0 || ::fstat(made, &ours) != 0) return;
        if (there.st_uid != 0 && ours.st_uid == 0 && (S_ISDIR(ours.st_mode) || ours.st_nlink == 1))
            (void)(::fchown(made, there.st_uid, there.st_gid) == 0);
    }
    /// By the descriptors alone: what a path leads to may be another folder by now, and not ours to give.
    [[nodiscard]] opened_folder make_folder(int at, std::string const& name, std::string const& said) {
        ++operations_;
        bool const ours = ::mkdirat(at, name.c_str(), S_IRWXU) == 0;
        if (!ours && errno != EEXIST) return {{}, failed(said, "the folder cannot be made")};
        opened_folder made = open_in(at, name, said);
        if (!made.fd || !ours) return made;
        leave_to_owner_of(at, made.fd.get());
        if (auto no = sync(at, said)) return {{}, std::move(no)};
        return made;
    }

    std::string root_;
    layout where_;
    std::uint64_t operations_ = 0, bytes_ = 0;
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
