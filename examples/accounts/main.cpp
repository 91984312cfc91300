// SPDX-License-Identifier: BSL-1.0
// sallyport-accounts: keeps the file of accounts that a host reads.
#include "arguments.hpp"
#include "typed_password.hpp"

#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/accounts_file.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/identity/password_policy.hpp>
#include <sallyport/role/role_table.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

namespace {

namespace identity = sallyport::identity;
using accounts::arguments;
using accounts::command;
using identity::account_record;
using file = identity::accounts_file<identity::argon2id, sallyport::role::role_table>;

constexpr auto const& roles = sallyport::role::plcnext_roles;
constexpr int done = 0, failed = 1, misused = 2;

int fails(std::string_view why) {
    fmt::print(stderr, "sallyport-accounts: {}\n", why);
    return failed;
}
std::string listed(std::vector<std::string> const& names) {
    return names.empty() ? "no role" : fmt::format("{}", fmt::join(names, ", "));
}
bool governs(account_record const& a) {
    return !a.disabled && std::find(a.roles.begin(), a.roles.end(), "Admin") != a.roles.end();
}
bool governed(file const& f) { return std::any_of(f.records().begin(), f.records().end(), governs); }

/// The name as the file spells it.
std::string spelt(file const& f, arguments const& a) {
    account_record const* const there = f.find(a.name);
    return there != nullptr ? there->name : a.name;
}

/// Opens, changes, saves, and says what was done.
template <class F>
int change(arguments const& a, F make) {
    auto f = file::open(a.file, identity::argon2id{a.hashing}, roles);
    if (!f) return fails(f.error().to_string());
    bool const before = governed(*f);
    std::string said;
    if (auto const why = make(*f, said)) return fails(why->to_string());
    if (auto const why = f->save()) return fails(why->to_string());
    fmt::print("{}\n", said);
    std::fflush(stdout);  // in this order, wherever the two go
    if (mode_t const taken = f->taken_away(); taken != 0)
        fmt::print(
            stderr,
            "sallyport-accounts: {}: others could read or change it; mode bits {:04o} are taken away\n",
            a.file, taken);
    if (before && !governed(*f))
        fmt::print(stderr,
                   "sallyport-accounts: mind that no account with the role Admin is left to log in\n");
    return done;
}

/// A new password for an account, judged and hashed. Empty: it was refused, and said so.
std::string new_hash(arguments const& a, std::vector<std::string> const& had) {
    identity::argon2id const hasher{a.hashing};
    identity::password_policy const policy;
    auto const judged = [&](sallyport::secret fresh) {
        std::string why;
        for (auto const w : policy.check(fresh, a.name, had, hasher))
            why.append(why.empty() ? "" : " ").append(explain(w));
        return why;
    };
    auto const typed = accounts::ask_for_password(a.name, judged);
    if (!typed) {
        (void)fails(fmt::format("{}: no password is set. {}", a.name, typed.problem));
        return {};
    }
    auto hash = hasher.hash(typed.text.view());
    if (!hash) (void)fails("not memory enough to hash a password");
    return hash.value_or("");
}

int init(arguments const& a) {
    if (auto const why = file::create(a.file)) return fails(why->to_string());
    fmt::print("{}: made, without accounts. The first: sallyport-accounts add {} NAME --roles Admin\n",
               a.file, a.file);
    return done;
}

int add(arguments const& a) {
    account_record fresh{.name = a.name,
                         .roles = a.roles,
                         .not_before = a.not_before,
                         .not_after = a.not_after,
                         .disabled = a.disabled,
                         .essential = a.essential,
                         .must_change_password = a.must_change};
    {  // before anybody types: would it be taken?
        identity::argon2id const hasher{a.hashing};
        auto f = file::open(a.file, hasher, roles);
        if (!f) return fails(f.error().to_string());
        fresh.password = hasher.dummy();
        if (auto const why = f->add(fresh)) return fails(why->to_string());
    }
    fresh.password = new_hash(a, {});
    if (fresh.password.empty()) return failed;
    return change(a, [&](file& f, std::string& said) {
        said = fmt::format("{}: added, with {}.", fresh.name, listed(fresh.roles));
        return f.add(fresh);
    });
}

int passwd(arguments const& a) {
    std::vector<std::string> had;
    std::size_t kept = 0;
    {
        auto const f = file::open(a.file, identity::argon2id{a.hashing}, roles);
        if (!f) return fails(f.error().to_string());
        account_record const* const there = f->find(a.name);
        if (there == nullptr) return fails(fmt::format("{}: has no account \"{}\"", a.file, a.name));
        had = there->previous;
        kept = had.size();
        had.insert(had.begin(), there->password);
    }
    std::string const hash = new_hash(a, had);
    if (hash.empty()) return failed;
    return change(a, [&](file& f, std::string& said) {
        said = fmt::format("{}: has a new password{}.", spelt(f, a),
                           a.must_change ? ", to be changed at the first login" : "");
        return f.set_password(a.name, hash,
                              {.must_change = a.must_change, .remember = a.remember.value_or(kept)});
    });
}

int set_roles(arguments const& a) {
    return change(a, [&](file& f, std::string& said) {
        said = fmt::format("{}: has {} now.", spelt(f, a), listed(a.roles));
        return f.set_roles(a.name, a.roles);
    });
}
int set_disabled(arguments const& a, bool disabled) {
    return change(a, [&](file& f, std::string& said) {
        said = fmt::format("{}: {}.", spelt(f, a), disabled ? "disabled" : "enabled");
        return f.set_disabled(a.name, disabled);
    });
}
int remove(arguments const& a) {
    return change(a, [&](file& f, std::string& said) {
        said = fmt::format("{}: removed.", spelt(f, a));
        return f.remove(a.name);
    });
}

// ---- list, check
// ------------------------------------------------------------------------------------------------------

std::string day(sallyport::nanoseconds since) {
    auto const s = std::chrono::floor<std::chrono::seconds>(since);
    return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(s.count())));
}
std::string state_of(account_record const& a, identity::argon2id const& hasher) {
    std::vector<std::string> all;
    if (a.disabled) all.emplace_back("disabled");
    if (a.must_change_password) all.emplace_back("must change its password");
    if (a.essential) all.emplace_back("essential");
    if (a.not_before) all.push_back(fmt::format("from {} UTC", day(*a.not_before)));
    if (a.not_after) all.push_back(fmt::format("until {} UTC", day(*a.not_after)));
    if (hasher.needs_rehash(a.password)) all.emplace_back("another hash cost");
    return fmt::format("{}", fmt::join(all, ", "));
}
/// Code points, which is what a terminal shows of most names.
std::size_t width(std::string_view s) {
    return static_cast<std::size_t>(std::count_if(
        s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}
std::string padded(std::string s, std::size_t to) {
    s.append(to - std::min(to, width(s)), ' ');
    return s;
}

int list(arguments const& a) {
    identity::argon2id const hasher{a.hashing};
    auto const all = identity::load_accounts(a.file, hasher, roles);
    if (!all) return fails(all.error().to_string());
    std::vector<std::array<std::string, 3>> rows{{"NAME", "ROLES", "STATE"}};
    for (account_record const& r : *all)
        rows.push_back({r.name, r.roles.empty() ? "–" : listed(r.roles), state_of(r, hasher)});
    std::array<std::size_t, 2> widest{};
    for (auto const& row : rows)
        for (std::size_t i = 0; i < widest.size(); ++i) widest[i] = std::max(widest[i], width(row[i]));
    for (auto const& [name, held, state] : rows) {
        std::string line = padded(name, widest[0] + 2) + padded(held, widest[1] + 2) + state;
        fmt::print("{}\n", line.erase(line.find_last_not_of(' ') + 1));
    }
    return done;
}

int check(arguments const& a) {
    identity::argon2id const hasher{a.hashing};
    auto const all = identity::load_accounts(a.file, hasher, roles);
    if (!all) return fails(all.error().to_string());
    int found = done;
    struct stat about {};
    if (::stat(a.file.c_str(), &about) == 0 && (about.st_mode & 07077) != 0) {
        found =
            fails(fmt::format("{}: others may read or change it (mode {:04o}); expected 0600: chmod 600 {}",
                              a.file, about.st_mode & 07777, a.file));
    }
    for (account_record const& r : *all)
        if (hasher.needs_rehash(r.password))
            found = fails(fmt::format(
                "{}: the hash of {} does not cost what a new one costs, which its time gives away; it is "
                "made anew at its next login",
                a.file, r.name));
    if (std::none_of(all->begin(), all->end(), governs))
        found = fails(fmt::format("{}: no account with the role Admin can log in", a.file));
    if (found == done)
        fmt::print("{}: {} account{}, nothing wrong.\n", a.file, all->size(), all->size() == 1 ? "" : "s");
    return found;
}

int run(arguments const& a) {
    switch (a.what) {
        case command::init: return init(a);
        case command::add: return add(a);
        case command::passwd: return passwd(a);
        case command::roles: return set_roles(a);
        case command::disable: return set_disabled(a, true);
        case command::enable: return set_disabled(a, false);
        case command::remove: return remove(a);
        case command::list: return list(a);
        case command::check: return check(a);
        case command::help: break;
    }
    fmt::print("{}", accounts::usage);
    return done;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::string fault;
        auto const a =
            accounts::read_arguments({argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0))}, fault);
        if (!fault.empty()) {
            fmt::print(stderr, "sallyport-accounts: {}\nsallyport-accounts --help says more.\n", fault);
            return misused;
        }
        return run(a);
    } catch (std::exception const& e) { return fails(e.what()); }
}
