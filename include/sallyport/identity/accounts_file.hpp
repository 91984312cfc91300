// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/identity/account_record.hpp>
#include <sallyport/identity/account_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace sallyport::inline v0 {
namespace identity {

struct accounts_file_options {
    account_limits limits{};
    std::chrono::milliseconds patience = std::chrono::seconds{5};  ///< for another writer to finish
};

/// What becomes of a password that is replaced.
struct password_change {
    bool must_change =
        false;  ///< must its owner change it at once? An administrator's choice for somebody else
    std::size_t remember = 0;  ///< how many former ones are kept, so that they do not come back; 0: none are
};

/// Changes accounts in their file, and leaves the rest of it as its writer left it: comments, order, blanks.
/// An object holds the folder's lock from `open` on, so that two writers never undo each other's work: open,
/// change, save, let go. Each change is read back before it counts; `save` is all or nothing, also when it is
/// killed or the disk is full. Hashes are nobody else's: what `save` writes has no bits for others, and none
/// for the group to write; that a group (a service's) may read it is somebody's choice, and stays. A running
/// verifier takes the changes in at its next `reload`.
/// Thread safety: none; one object belongs to one thread.
template <password_hasher Hasher, role_names Roles>
class accounts_file {
public:
    using finding = std::optional<load_error>;  ///< nullopt: done

    /// Locks, and reads. Errors: as `load_accounts`; a symbolic link; another writer who does not end.
    [[nodiscard]] static loaded<accounts_file> open(std::string path, Hasher hasher, Roles roles,
                                                    accounts_file_options o = {}) {
        auto lock = folder_lock::of(path, o.patience);
        if (!lock) return lock.error();
        if (is_link(path))
            return load_error{.file = path, .message = "is a symbolic link; name the file that it points to"};
        auto text = read_accounts_text(path, o.limits);
        if (!text) return text.error();
        auto records = read_accounts(*text, path, hasher, roles, o.limits);
        if (!records) return records.error();
        return accounts_file{std::move(path),  std::move(hasher),   std::move(roles), o,
                             std::move(*lock), std::move(*records), std::move(*text)};
    }
    /// Makes a file without accounts, mode 0600, where there is none.
    [[nodiscard]] static finding create(std::string const& path, accounts_file_options o = {}) {
        auto const lock = folder_lock::of(path, o.patience);
        if (!lock) return lock.error();
        if (file_stamp::of(path) != file_stamp{} || is_link(path))
            return load_error{.file = path, .message = "is there already; it stays as it is"};
        return replace_file(path, account_text::heading);
    }

    [[nodiscard]] std::vector<account_record> const& records() const noexcept { return records_; }
    /// The record of a name, however its ASCII letters are cased; null: there is none.
    [[nodiscard]] account_record const* find(std::string_view user) const noexcept {
        auto const i = index_of(user);
        return i ? &records_[*i] : nullptr;
    }

    [[nodiscard]] finding add(account_record const& a) {
        if (!well_formed_name(a.name) || trimmed(a.name) != a.name)  // the file is not to blame
            return load_error{.message =
                                  "expected a name of 1 to 64 bytes of UTF-8 without control characters, and "
                                  "without blanks before or behind"};
        if (account_record const* const there = find(a.name))
            return load_error{.file = path_,
                              .message = fmt::format("has an account \"{}\" already", there->name)};
        auto wanted = records_;
        wanted.push_back(a);
        return become(account_text::with(text_, a), std::move(wanted));
    }
    [[nodiscard]] finding remove(std::string_view user) {
        auto const i = index_of(user);
        if (!i) return unknown(user);
        auto wanted = records_;
        wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(*i));
        return become(account_text::without(text_, *i), std::move(wanted));
    }
    [[nodiscard]] finding set_password(std::string_view user, std::string hash, password_change how = {}) {
        return change(user, [&](account_record& a) {
            if (how.remember > 0 && !a.password.empty()) a.previous.insert(a.previous.begin(), a.password);
            if (a.previous.size() > how.remember) a.previous.resize(how.remember);
            a.password = std::move(hash);
            a.must_change_password = how.must_change;
        });
    }
    /// The same password under another hash, if `was` still is its hash: what `accounts::take_rehashed`
    /// offers. False, and nothing changes, where it is another by now.
    [[nodiscard]] bool replace_password(std::string_view user, std::string_view was, std::string now) {
        account_record const* const a = find(user);
        if (a == nullptr || a->password != was) return false;
        return !change(user, [&](account_record& r) { r.password = std::move(now); });
    }
    [[nodiscard]] finding set_roles(std::string_view user, std::vector<std::string> roles) {
        return change(user, [&](account_record& a) { a.roles = std::move(roles); });
    }
    [[nodiscard]] finding set_disabled(std::string_view user, bool disabled) {
        return change(user, [&](account_record& a) { a.disabled = disabled; });
    }
    /// Any change of one record, its name excepted.
    template <class F>
    [[nodiscard]] finding change(std::string_view user, F f) {
        auto const i = index_of(user);
        if (!i) return unknown(user);
        auto wanted = records_;
        f(wanted[*i]);
        wanted[*i].name = records_[*i].name;
        auto text =
            account_text::changed(text_, *i, records_[*i], wanted[*i]);  // before `wanted` is moved from
        return become(std::move(text), std::move(wanted));
    }

    /// Writes what was changed; nothing where nothing was. On an error the file is as it was, and so are the
    /// changes here.
    [[nodiscard]] finding save() {
        if (text_ == as_read_) return std::nullopt;
        auto const there = read_accounts_text(path_, options_.limits);
        if (!there) return there.error();
        if (*there != as_read_)
            return load_error{
                .file = path_,
                .message = "was changed meanwhile by somebody who did not lock it; nothing is written"};
        struct stat about {};
        bool const looked = ::stat(path_.c_str(), &about) == 0;
        auto failed = replace_file(path_, text_, may_have);
        if (failed) return failed;
        as_read_ = text_;
        taken_ = looked ? about.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO) & ~may_have : 0;
        return std::nullopt;
    }
    /// Bits of the file's mode that the last writing took away; 0: none. Whoever had them may know the hashes.
    [[nodiscard]] mode_t taken_away() const noexcept { return taken_; }

private:
    static constexpr mode_t may_have = S_IRWXU | S_IRGRP | S_IXGRP;

    accounts_file(std::string path, Hasher hasher, Roles roles, accounts_file_options o, folder_lock lock,
                  std::vector<account_record> records, std::string text)
        : path_{std::move(path)}, hasher_{std::move(hasher)}, roles_{std::move(roles)}, options_{o},
          lock_{std::move(lock)}, records_{std::move(records)}, as_read_{text}, text_{std::move(text)} {}

    [[nodiscard]] static bool is_link(std::string const& path) noexcept {
        struct stat about {};
        return ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
    }
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view user) const noexcept {
        auto const key = fold_name(user);
        auto const at = std::find_if(records_.begin(), records_.end(),
                                     [&](auto const& a) { return fold_name(a.name) == key; });
        if (at == records_.end() || !well_formed_name(user)) return std::nullopt;
        return static_cast<std::size_t>(at - records_.begin());
    }
    [[nodiscard]] load_error unknown(std::string_view user) const {
        return {.file = path_,
                .message = fmt::format("has no account \"{}\"", well_formed_name(user) ? user : "…")};
    }
    /// The new text counts if it reads as what was wanted.
    [[nodiscard]] finding become(std::optional<std::string> text, std::vector<account_record> wanted) {
        if (!text)
            return load_error{.file = path_, .message = "is not laid out as expected; nothing was changed"};
        if (text->size() > options_.limits.file_bytes)
            return load_error{.file = path_, .message = "would grow too large; nothing was changed"};
        auto const read = read_accounts(*text, path_, hasher_, roles_, options_.limits);
        if (!read) return load_error{.file = path_, .message = read.error().message};
        if (*read != wanted)
            return load_error{.file = path_, .message = "is not laid out as expected; nothing was changed"};
        text_ = std::move(*text);
        records_ = std::move(wanted);
        return std::nullopt;
    }

    std::string path_;
    Hasher hasher_;
    Roles roles_;
    accounts_file_options options_;
    folder_lock lock_;
    std::vector<account_record> records_;
    std::string as_read_, text_;
    mode_t taken_ = 0;
};

/// `accounts_file::open`, with its types deduced.
template <password_hasher Hasher, role_names Roles>
[[nodiscard]] loaded<accounts_file<Hasher, Roles>> edit_accounts(std::string path, Hasher hasher, Roles roles,
                                                                 accounts_file_options o = {}) {
    return accounts_file<Hasher, Roles>::open(std::move(path), std::move(hasher), std::move(roles), o);
}

}  // namespace identity
}  // namespace sallyport::inline v0
