// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/core/name_rules.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/core/safe_file.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace identity {

/// Role names and their bits. Models: role::role_table.
template <class R>
concept role_names = std::copy_constructible<R> && requires(R const& r, std::string_view n, unsigned bit) {
    { r.find(n) } -> std::same_as<std::optional<unsigned>>;
    { r.name(bit) } -> std::convertible_to<std::string_view>;
};

/// One `[[account]]` of an accounts file, as it is written there:
///
///     [[account]]
///     name = "amira"                      # 1 to 64 bytes; found however its ASCII letters are cased
///     roles = ["Engineer", "Viewer"]      # names of the gate's role table; optional: none
///     password = "$argon2id$v=19$m=19456,t=2,p=1$…$…"
///     disabled = false                    # optional, like all that follow
///     essential = false                   # its sessions are never evicted to make room
///     must_change_password = false        # admitted with no role until it has
///     not_before = 2026-01-01T00:00:00Z   # both ends count as valid
///     not_after = 2026-12-31T23:59:59+01:00
///     previous = ["$argon2id$…"]          # passwords that may not come back
struct account_record {
    std::string name{};
    std::vector<std::string> roles{};
    std::string password{};
    std::vector<std::string> previous{};
    std::optional<nanoseconds> not_before{}, not_after{};  ///< since 1970-01-01 UTC
    bool disabled = false;
    bool essential = false;
    bool must_change_password = false;

    friend bool operator==(account_record const&, account_record const&) = default;
};

/// How much of a file is looked at: whoever can write it cannot make a host eat its memory.
struct account_limits {
    std::size_t accounts = 256;  ///< PLCnext manages a few dozen; look-ups take time for each
    std::size_t previous = 24;   ///< former passwords of one account
    std::size_t file_bytes = std::size_t{1} << 20;  ///< 256 accounts take some 50 KiB
};

/// The roles of a record as bits. Those that the table does not know are left out, and so grant nothing.
template <role_names Roles>
[[nodiscard]] role_set roles_of(account_record const& a, Roles const& table) {
    role_set s;
    for (std::string const& r : a.roles)
        if (auto const bit = table.find(r)) s = s.with(*bit);
    return s;
}

/// The last whole second that 64 bits of nanoseconds hold (the year 2262); the first one is as far before
/// 1970.
inline constexpr std::chrono::seconds last_second =
    std::chrono::duration_cast<std::chrono::seconds>(nanoseconds::max()) - std::chrono::seconds{1};

/// A date-time with its offset, as nanoseconds since 1970; the first or last second where it is beyond them.
[[nodiscard]] inline nanoseconds since_epoch(toml::date_time const& t) {
    using namespace std::chrono;
    year_month_day const day{year{t.date.year}, month{t.date.month}, std::chrono::day{t.date.day}};
    minutes const offset{t.offset ? t.offset->minutes : 0};
    seconds const s = sys_days{day}.time_since_epoch() + hours{t.time.hour} + minutes{t.time.minute} +
                      seconds{t.time.second} - offset;
    if (s > last_second) return last_second;
    if (s < -last_second) return -last_second;
    return s + nanoseconds{t.time.nanosecond};
}

/// The text of a file of accounts.
[[nodiscard]] inline loaded<std::string> read_accounts_text(std::string const& path,
                                                            account_limits limits = {}) {
    auto text = read_file(path, limits.file_bytes);
    if (text) return text;
    load_error why = text.error();
    why.message += "; expected a file of accounts";
    return why;
}

namespace detail {
/// Reads one file's text into records; stops at the first fault and knows where it stands.
template <password_hasher Hasher, role_names Roles>
class account_reader {
public:
    account_reader(std::string_view file, Hasher const& hasher, Roles const& roles, account_limits limits)
        : file_{file}, hasher_{hasher}, roles_{roles}, limits_{limits} {}

    loaded<std::vector<account_record>> read(std::string_view text) {
        try {
            toml::table const all = toml::parse(text, std::string_view{file_});
            if (everything(all)) return std::move(records_);
        } catch (toml::parse_error const& e) {
            (void)wrong(e.source(), fmt::format("this is not TOML: {}", e.description()));
        }
        return std::move(error_);
    }

private:
    using place = toml::source_region;

    [[nodiscard]] bool wrong(place const& at, std::string message) {
        error_ = {file_, at.begin.line, at.begin.column, std::move(message)};
        return false;
    }

    static constexpr std::string_view form =
        "expected accounts as tables of their own, each under [[account]]";

    [[nodiscard]] bool everything(toml::table const& all) {
        for (auto const& [key, value] : all) {
            if (key.str() != "account")
                return wrong(key.source(), fmt::format("unknown key \"{}\"; {}", key.str(), form));
            toml::array const* const list = value.as_array();
            if (list == nullptr || list->empty()) return wrong(key.source(), std::string{form});
            if (list->size() > limits_.accounts)
                return wrong(list->get(limits_.accounts)->source(),
                             fmt::format("too many accounts; expected at most {}", limits_.accounts));
            records_.reserve(list->size());
            for (toml::node const& n : *list) {
                toml::table const* const t = n.as_table();
                if (t == nullptr || t->is_inline()) return wrong(n.source(), std::string{form});
                if (!account(*t)) return false;
            }
        }
        return true;
    }

    [[nodiscard]] bool account(toml::table const& t) {
        account_record& a = records_.emplace_back();
        bool named = false, has_password = false;
        for (auto const& [key, value] : t) {
            std::string_view const k = key.str();
            bool fine = false;
            if (k == "name")
                fine = named = name(value, a);
            else if (k == "password")
                fine = has_password = hash(k, value, a.password);
            else if (k == "roles")
                fine = each_text(k, value, [&](auto const& node, auto const& s) { return role(node, s, a); });
            else if (k == "previous")
                fine = former(k, value, a);
            else if (k == "disabled")
                fine = flag(k, value, a.disabled);
            else if (k == "essential")
                fine = flag(k, value, a.essential);
            else if (k == "must_change_password")
                fine = flag(k, value, a.must_change_password);
            else if (k == "not_before")
                fine = date(k, value, a.not_before);
            else if (k == "not_after")
                fine = date(k, value, a.not_after);
            else
                fine = wrong(
                    key.source(),
                    fmt::format("unknown key \"{}\"; expected name, roles, password, disabled, essential, "
                                "must_change_password, not_before, not_after or previous",
                                k));
            if (!fine) return false;
        }
        if (!named) return wrong(t.source(), "this account has no name; expected name = \"…\"");
        if (!has_password)
            return wrong(t.source(), "this account has no password; expected password = \"$argon2id$…\"");
        if (a.not_before && a.not_after && *a.not_after < *a.not_before)
            return wrong(t.get("not_after")->source(),
                         "never valid; expected not_after to be no earlier than not_before");
        return true;
    }

    [[nodiscard]] bool name(toml::node const& n, account_record& a) {
        auto const* const s = n.as_string();
        if (s == nullptr || !well_formed_name(s->get()) || trimmed(s->get()) != s->get())
            return wrong(n.source(),
                         "expected a name of 1 to 64 bytes of UTF-8 without control characters, and without "
                         "blanks before or behind");
        auto const key = fold_name(s->get());
        auto const same =
            std::find_if(seen_.begin(), seen_.end(), [&](auto const& other) { return other.first == key; });
        if (same != seen_.end())
            return wrong(n.source(),
                         fmt::format("the name \"{}\" stands in line {} already; expected each account once, "
                                     "however it is cased",
                                     s->get(), same->second));
        seen_.emplace_back(key, n.source().begin.line);
        a.name = s->get();
        return true;
    }
    /// The text itself is never part of the message: by mistake it may be a password.
    [[nodiscard]] bool hash(std::string_view key, toml::node const& n, std::string& to) {
        auto const* const s = n.as_string();
        if (s == nullptr)
            return wrong(n.source(),
                         fmt::format("{} is no text; expected a hash such as \"$argon2id$…\"", key));
        std::string const fault = hasher_.fault_of(s->get());
        if (!fault.empty()) return wrong(n.source(), fmt::format("{} is no usable hash: {}", key, fault));
        to = s->get();
        return true;
    }
    [[nodiscard]] bool former(std::string_view key, toml::node const& list, account_record& a) {
        if (auto const* const all = list.as_array(); all != nullptr && all->size() > limits_.previous)
            return wrong(list.source(),
                         fmt::format("too many former passwords; expected at most {}", limits_.previous));
        return each_text(key, list, [&](toml::node const& n, std::string const&) {
            return hash(key, n, a.previous.emplace_back());
        });
    }
    [[nodiscard]] bool role(toml::node const& n, std::string const& s, account_record& a) {
        if (!roles_.find(s)) {
            std::string known;
            for (unsigned bit = 0; bit < 128; ++bit)
                if (std::string_view const r = roles_.name(bit); !r.empty())
                    known.append(known.empty() ? "" : ", ").append(r);
            return wrong(n.source(), fmt::format("unknown role \"{}\"; expected one of {}", s, known));
        }
        if (std::find(a.roles.begin(), a.roles.end(), s) != a.roles.end())
            return wrong(n.source(), fmt::format("the role \"{}\" is named twice", s));
        a.roles.push_back(s);
        return true;
    }
    template <class F>
    [[nodiscard]] bool each_text(std::string_view key, toml::node const& list, F f) {
        auto const* const all = list.as_array();
        if (all == nullptr)
            return wrong(list.source(), fmt::format("{} is no list; expected {} = [\"…\", \"…\"]", key, key));
        for (toml::node const& n : *all) {
            auto const* const s = n.as_string();
            if (s == nullptr) return wrong(n.source(), fmt::format("expected texts in {}", key));
            if (!f(n, s->get())) return false;
        }
        return true;
    }
    [[nodiscard]] bool flag(std::string_view key, toml::node const& n, bool& to) {
        auto const* const b = n.as_boolean();
        if (b == nullptr) return wrong(n.source(), fmt::format("expected {} = true or {} = false", key, key));
        to = b->get();
        return true;
    }
    [[nodiscard]] bool date(std::string_view key, toml::node const& n, std::optional<nanoseconds>& to) {
        auto const* const d = n.as_date_time();
        if (d == nullptr || !d->get().offset)
            return wrong(
                n.source(),
                fmt::format("expected {} as a date and time with its offset from UTC, without quotes, "
                            "such as 2026-01-31T08:00:00Z or 2026-01-31T08:00:00+01:00",
                            key));
        to = since_epoch(d->get());
        return true;
    }

    std::string file_;
    Hasher const& hasher_;
    Roles const& roles_;
    account_limits limits_;
    std::vector<account_record> records_{};
    std::vector<std::pair<sallyport::name, std::uint32_t>> seen_{};
    load_error error_{};
};
}  // namespace detail

/// Reads the text of an accounts file. `file` is its name for errors, which say line, column and what is
/// expected there. Strict: unknown keys, names that are one account once folded, hashes that are malformed or
/// out of bounds and roles that the table does not know are errors, and one error spoils the file: half of
/// the accounts would be none of the administrator's making. An empty text is a file with no account. toml++
/// as a shared library reports whatever is malformed; as headers alone with assertions on, up to 3.4, it
/// aborts at a few texts such as `[=` (its pull request 301).
template <password_hasher Hasher, role_names Roles>
loaded<std::vector<account_record>> read_accounts(std::string_view text, std::string_view file,
                                                  Hasher const& hasher, Roles const& roles,
                                                  account_limits limits = {}) {
    return detail::account_reader<Hasher, Roles>{file, hasher, roles, limits}.read(text);
}

/// The same of a file. Errors also where it is missing, unreadable, not a regular file or too large.
template <password_hasher Hasher, role_names Roles>
loaded<std::vector<account_record>> load_accounts(std::string const& path, Hasher const& hasher,
                                                  Roles const& roles, account_limits limits = {}) {
    auto const text = read_accounts_text(path, limits);
    if (!text) return text.error();
    return read_accounts(*text, path, hasher, roles, limits);
}

}  // namespace identity
}  // namespace sallyport::inline v0
