// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/trust/store_file.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <dirent.h>

namespace sallyport::inline v0 {
namespace trust::detail {

/// The folder of the store's own notes: changes that are under way, and what is known of what was rejected.
inline constexpr std::string_view notes_folder = ".sallyport";
/// How the names of files begin that are not finished. Hidden, so that nobody reads them.
inline constexpr std::string_view unfinished = ".sallyport-";

/// The true path, links resolved; empty where there is none, and `errno` says why.
[[nodiscard]] inline std::string real_path(std::string const& path) {
    std::unique_ptr<char, let_go<std::free>> const found{::realpath(path.c_str(), nullptr)};
    return found ? std::string{found.get()} : std::string{};
}
[[nodiscard]] inline bool is_below(std::string_view path, std::string_view root) noexcept {
    if (root == "/") return path.starts_with('/');
    return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
}

/// A folder of a store, opened without leaving the store.
struct opened_folder {
    open_file fd{};
    std::optional<load_error> error{};  ///< neither: there is no such folder
};
/// A folder in another one, that is no link.
[[nodiscard]] inline opened_folder open_in(int folder, std::string const& name, std::string const& path) {
    open_file fd{::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (fd) return {std::move(fd), {}};
    int const why = errno;
    if (why == ENOENT) return {};
    auto const no = [&](std::string what) {
        return opened_folder{{}, load_error{.file = path, .message = std::move(what)}};
    };
    struct stat about {};
    bool const looked = ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
    if (looked && S_ISLNK(about.st_mode)) return no("is a link and is not followed; put a folder there");
    if (why == ENOTDIR) return no("is a file where a folder is expected; move it away");
    if (why == EACCES) return no("cannot be opened: Permission denied; let this service's user into it");
    return no(fmt::format("cannot be opened: {}", words_of(why)));
}
/// Goes from the root of a store to one of its folders, part by part: each is looked up once, in the folder
/// that is open already, and none may be a link. So nobody who may write in the store leads us out of it
/// between two look-ups. What is missing is asked of `missing(folder, name, path)`, an `opened_folder`.
template <class F>
[[nodiscard]] opened_folder open_below(std::string const& root, std::string_view relative, F&& missing) {
    open_file at{::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};  // a link may lead to the store
    if (!at && errno == ENOENT) return {};
    if (!at)
        return {{},
                load_error{.file = root, .message = fmt::format("cannot be opened: {}", words_of(errno))}};
    for (std::size_t begin = 0; begin < relative.size();) {
        std::size_t const end = std::min(relative.find('/', begin), relative.size());
        std::string const name{relative.substr(begin, end - begin)};
        std::string const path = fmt::format("{}/{}", root, relative.substr(0, end));
        opened_folder next = open_in(at.get(), name, path);
        if (!next.fd && !next.error) next = missing(at.get(), name, path);
        if (!next.fd) return next;
        at = std::move(next.fd);
        begin = end + 1;
    }
    return {std::move(at), {}};
}
[[nodiscard]] inline opened_folder open_below(std::string const& root, std::string_view relative) {
    return open_below(root, relative,
                      [](int, std::string const&, std::string const&) { return opened_folder{}; });
}

/// What stood in one folder of a store, and how to bring that up to date a few files at a time.
///
/// What cannot be read is not what has gone: a folder that is missing or closed to us keeps the files that it
/// had, and so does a file that counted and is closed now, or a folder. Whoever takes a certificate away says
/// so by removing its file; a disk that stumbles, or a process that is out of descriptors, says nothing.
/// Thread safety: none.
class store_folder {
public:
    store_folder(std::string root, place what, layout const& where, std::size_t most)
        : root_{std::move(root)}, relative_{where.of(what).view()}, what_{what}, most_{most},
          reader_{of_crl(), where.reads_pem} {}

    [[nodiscard]] place what() const noexcept { return what_; }
    [[nodiscard]] std::string path() const { return fmt::format("{}/{}", root_, relative_); }
    [[nodiscard]] std::vector<stored_file> const& files() const noexcept { return files_; }
    [[nodiscard]] bool of_crl() const noexcept {
        return what_ == place::trusted_crl || what_ == place::issuer_crl;
    }

    /// Why what it holds is not what lies there; nothing: it is, as of the last look that ended.
    [[nodiscard]] std::optional<load_error> const& fault() const noexcept { return fault_; }
    /// Did the last look meet files that somebody had not finished?
    [[nodiscard]] bool met_unfinished() const noexcept { return met_unfinished_; }

    /// Begins anew. What was found so far in a look that did not end is forgotten.
    void begin() {
        stop();
        met_unfinished_ = false;
        opened_folder folder = open_below(root_, relative_);
        if (folder.error) return fail(std::move(*folder.error));
        begun_ = {};
        if (!folder.fd) {
            // Rejected ones are a record, and wiped by whoever likes; a list is emptied file by file.
            if (what_ != place::rejected && std::any_of(files_.begin(), files_.end(), counts))
                fail({.file = path(),
                      .message = "is missing, with all that was in it; what it held stays in force. Put the "
                                 "folder back, empty if nothing is to count any more"});
            return;
        }
        struct stat about {};
        if (::fstat(folder.fd.get(), &about) == 0) begun_ = stamp::of(about);
        int const fd = ::fcntl(folder.fd.get(), F_DUPFD_CLOEXEC, 0);
        stream_.reset(fd < 0 ? nullptr : ::fdopendir(fd));
        if (!stream_) {
            int const why = errno;
            if (fd >= 0) (void)::close(fd);
            fail({.file = path(), .message = fmt::format("cannot be read: {}", words_of(why))});
        }
    }
    /// Looks at more files until `units` are spent: one for each file, more for each that is read. True: at
    /// the end.
    [[nodiscard]] bool go_on(std::size_t& units) {
        while (stream_ && units > 0) {
            errno = 0;
            dirent const* const e =
                ::readdir(stream_.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
            if (e == nullptr) {
                if (int const why = errno; why != 0)
                    fail({.file = path(), .message = fmt::format("cannot be read: {}", words_of(why))});
                stream_.reset();
                break;
            }
            --units;
            if (e->d_name[0] == '.') {  // hidden: nobody's certificate; our own unfinished files
                met_unfinished_ = met_unfinished_ || std::string_view{e->d_name}.starts_with(unfinished);
                continue;
            }
            look_at(e->d_name, e->d_type, units);
        }
        if (stream_) return false;
        if (!broken_ && !differs_ && next_to_ < files_.size()) differ();
        return true;
    }
    /// Was the folder itself changed since `begin`? Then what was found may be half of a move.
    [[nodiscard]] bool as_begun() const noexcept {
        if (broken_) return true;
        struct stat about {};
        stamp now{};
        if (::stat(path().c_str(), &about) == 0) now = stamp::of(about);
        return now == begun_;
    }
    /// Takes what was found. True: something is other than before.
    [[nodiscard]] bool take() {
        bool const changed = !broken_ && differs_ && (changed_ || next_.size() != files_.size());
        if (!broken_ && differs_) files_.swap(next_);
        fault_ = std::move(trouble_);
        stop();
        return changed;
    }
    void stop() noexcept {
        trouble_.reset();
        broken_ = false;
        stream_.reset();
        next_.clear();
        by_name_.clear();
        count_ = next_to_ = 0;
        differs_ = changed_ = false;
    }

private:
    /// As long as nothing differs nothing is copied: the next name is most often the one that came next
    /// before.
    void look_at(char const* name, unsigned char type, std::size_t& units) {
        if (++count_ > most_) {
            if (count_ == most_ + 1)
                add_new(skipped(name, "is one file too many; it and what follows is not read"));
            return;
        }
        stored_file const* const known = find(name);
        std::string resolved;
        if (known != nullptr || type != DT_REG) {
            struct stat about {};
            if (::fstatat(fd(), name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
                if (errno == ENOENT) return;  // gone meanwhile
                return closed(known, name, fmt::format("cannot be looked at: {}", words_of(errno)));
            }
            if (S_ISDIR(about.st_mode)) {
                if (known != nullptr && counts(*known))
                    return closed(known, name, "is a folder where a file was; move it away");
                --count_;
                return;
            }
            if (S_ISLNK(about.st_mode)) {
                resolved = resolve(name);
                if (resolved.empty())
                    return take_over_or(known, skipped(name,
                                                       "is a link out of the store, or to "
                                                       "nothing; it is not followed"));
                if (::stat(resolved.c_str(), &about) != 0) return;
            }
            if (!S_ISREG(about.st_mode)) return take_over_or(known, skipped(name, "is no regular file"));
            if (known != nullptr && known->settled && known->seen == stamp::of(about)) return keep(*known);
        }
        stored_file fresh;
        if (known != nullptr) fresh = *known;
        fresh.name = name;
        switch (reader_.read(fd(), resolved, fresh)) {
            case file_reader::outcome::gone: return;
            case file_reader::outcome::refused: return closed(known, name, fresh.reason);
            case file_reader::outcome::read: break;
        }
        std::size_t const cost = 16 + static_cast<std::size_t>(fresh.seen.bytes) / 4096;
        units -= std::min(units, cost);
        if (known != nullptr && known->content == fresh.content && known->reason == fresh.reason) {
            if (known->seen == fresh.seen && known->settled == fresh.settled) return keep(*known);
            differ();
            next_.push_back(std::move(fresh));
            return;
        }
        add_new(std::move(fresh));
    }
    [[nodiscard]] static bool counts(stored_file const& f) noexcept { return f.print() != nullptr; }
    /// The folder cannot be looked through: it stays as it was.
    void fail(load_error why) {
        stream_.reset();
        trouble_ = std::move(why);
        broken_ = true;
    }
    /// It is there and cannot be read: what counted stays, and that is a fault; what never counted is
    /// skipped.
    void closed(stored_file const* known, char const* name, std::string why) {
        if (known == nullptr || !counts(*known)) return take_over_or(known, skipped(name, std::move(why)));
        if (!trouble_)
            trouble_ = load_error{.file = in_one_line(fmt::format("{}/{}", path(), name)),
                                  .message = std::move(why) + "; what it held stays in force"};
        keep(*known);
    }
    [[nodiscard]] static stored_file skipped(char const* name, std::string reason) {
        stored_file f;
        f.name = name;
        f.reason = std::move(reason);
        return f;
    }
    void take_over_or(stored_file const* known, stored_file f) {
        if (known != nullptr && known->reason == f.reason) return keep(*known);
        add_new(std::move(f));
    }
    void add_new(stored_file f) {
        differ();
        changed_ = true;
        next_.push_back(std::move(f));
    }
    void keep(stored_file const& known) {
        auto const at = static_cast<std::size_t>(&known - files_.data());
        if (!differs_ && at == next_to_) {
            ++next_to_;
            return;
        }
        differ();
        next_.push_back(known);
        next_to_ = at + 1;
    }
    void differ() {
        if (differs_) return;
        differs_ = true;
        next_.reserve(files_.size() + 1);
        next_.assign(files_.begin(), files_.begin() + static_cast<std::ptrdiff_t>(next_to_));
    }
    [[nodiscard]] stored_file const* find(std::string_view name) {
        if (next_to_ < files_.size() && files_[next_to_].name == name) return &files_[next_to_];
        if (by_name_.empty() && !files_.empty()) {
            by_name_.reserve(files_.size());
            for (std::size_t i = 0; i < files_.size(); ++i) by_name_.emplace(files_[i].name, i);
        }
        auto const at = by_name_.find(name);
        return at == by_name_.end() ? nullptr : &files_[at->second];
    }
    [[nodiscard]] std::string resolve(char const* name) const {
        std::string const real = real_path(path() + "/" + name);
        return !real.empty() && is_below(real, real_path(root_)) ? real : std::string{};
    }
    [[nodiscard]] int fd() const noexcept { return ::dirfd(stream_.get()); }

    std::string root_, relative_;
    place what_;
    std::size_t most_;
    file_reader reader_;
    std::vector<stored_file> files_, next_;
    std::unordered_map<std::string_view, std::size_t> by_name_;
    std::unique_ptr<DIR, let_go<::closedir>> stream_;
    stamp begun_{};
    std::size_t count_ = 0, next_to_ = 0;  ///< `next_to_`: whose turn it would be, had nothing changed
    bool differs_ = false, changed_ = false, broken_ = false, met_unfinished_ = false;
    std::optional<load_error> trouble_, fault_;  ///< of this look; of the last that ended
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
