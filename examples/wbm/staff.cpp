// SPDX-License-Identifier: BSL-1.0
#include "staff.hpp"

#include "readable_secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wbm {

namespace identity = sallyport::identity;
using sallyport::audit::event_id;

namespace {

constexpr auto const& roles = sallyport::role::plcnext_roles;
constexpr sallyport::role_set administrator = roles.set({"Admin"});
constexpr sallyport::role_set watches_over_others =
    roles.set({"Admin", "SecurityEngineer", "SecurityAuditor", "CertificateManager", "UserManager"});
constexpr std::size_t remembered_passwords = 3;

sallyport::role_set bits(std::vector<std::string> const& names) {
    return identity::roles_of(identity::account_record{.roles = names}, roles);
}
/// The message alone: the path of the file is no business of whoever sits at the browser.
outcome failed(sallyport::load_error const& why) {
    return {.problem = "Nothing was changed: the accounts file " + why.message};
}

bool has_administrator(std::vector<identity::account_record> const& all) {
    return std::any_of(all.begin(), all.end(),
                       [](auto const& a) { return !a.disabled && bits(a.roles).meets(administrator); });
}

}  // namespace

std::string_view objection(actor const& by, std::string_view name, sallyport::role_set has,
                           sallyport::role_set gets) {
    if (sallyport::fold_name(name) == sallyport::fold_name(by.is.view()))
        return "Nobody changes his own account here.";
    if (!by.roles.meets(administrator) && (has | gets).meets(watches_over_others))
        return "Accounts that watch over others are changed by administrators alone.";
    return {};
}

staff::staff(people who, login_gate& gate, identity::argon2id hasher)
    : people_{std::move(who)}, gate_{gate}, hasher_{std::move(hasher)} {}

sallyport::loaded<staff::file> staff::open() const { return file::open(people_.path(), hasher_, roles); }

std::optional<identity::account_record> staff::find(std::string_view name) const {
    auto const text = sallyport::read_file(people_.path(), identity::account_limits{}.file_bytes);
    if (!text) return std::nullopt;
    auto const all = identity::read_accounts(*text, people_.path(), hasher_, roles);
    if (!all || !sallyport::well_formed_name(name)) return std::nullopt;
    auto const is = [&](auto const& a) { return sallyport::fold_name(a.name) == sallyport::fold_name(name); };
    auto const found = std::find_if(all->begin(), all->end(), is);
    return found == all->end() ? std::nullopt : std::optional{*found};
}

/// What stands in the file becomes what is in force, for open sessions too. `but`: see `reevaluate`.
bool staff::take_in(std::uint64_t but) {
    if (auto const why = people_.reload()) {
        gate_.record({.id = event_id::accounts_rejected, .detail = std::string_view{why->to_string()}});
        return false;
    }
    gate_.reevaluate(but);
    return true;
}

outcome staff::change(actor const& by, std::string_view name, event_id what, std::string_view detail,
                      std::function<finding(file&)> const& make) {
    std::lock_guard const one_at_a_time{changing_};
    auto accounts = open();
    if (!accounts) return failed(accounts.error());
    bool const governed = has_administrator(accounts->records());
    if (auto const why = make(*accounts)) return {.problem = why->message};
    if (governed && !has_administrator(accounts->records()))
        return {.problem = "One administrator must stay."};
    if (auto const why = accounts->save()) {
        gate_.record(
            {.id = event_id::accounts_unsaved, .actor = by.is, .detail = std::string_view{why->message}});
        return failed(*why);
    }
    (void)take_in(by.session);
    gate_.record({.id = what,
                  .user = name,
                  .source = by.source,
                  .service = service,
                  .actor = by.is,
                  .detail = detail});
    return {};
}

outcome staff::change_other(actor const& by, std::string_view name, std::string_view detail,
                            std::function<void(account_record&)> const& make) {
    return change(by, name, event_id::account_changed, detail, [&](file& f) -> finding {
        auto const* const there = f.find(name);
        if (there == nullptr) return sallyport::load_error{.message = "There is no such account."};
        account_record fresh = *there;
        make(fresh);
        if (auto const no = objection(by, name, bits(there->roles), bits(fresh.roles)); !no.empty())
            return sallyport::load_error{.message = std::string{no}};
        return f.change(name, [&](account_record& a) { a = fresh; });
    });
}

outcome staff::add(actor const& by, std::string_view name, std::vector<std::string> wanted) {
    if (!sallyport::well_formed_name(name) || sallyport::trimmed(name) != name)
        return {.problem = "A name has 1 to 64 bytes, and no blanks before or behind."};
    if (auto const no = objection(by, name, {}, bits(wanted)); !no.empty())
        return {.problem = std::string{no}};
    std::string password = readable_secret();
    auto hash = people_.hash(sallyport::secret{password}, by.source);
    if (!hash) return {.problem = "The device is busy. Try again in a moment."};
    account_record const fresh{.name = std::string{name},
                               .roles = std::move(wanted),
                               .password = *hash,
                               .must_change_password = true};
    auto out = change(by, name, event_id::account_changed, "added", [&](file& f) -> finding {
        if (f.find(name) != nullptr)
            return sallyport::load_error{.message = "There is an account of that name already."};
        return f.add(fresh);
    });
    if (out) out.password = std::move(password);
    return out;
}

outcome staff::set_roles(actor const& by, std::string_view name, std::vector<std::string> wanted) {
    std::string const detail =
        fmt::format("roles: {}", wanted.empty() ? "none" : fmt::format("{}", fmt::join(wanted, ", ")));
    return change_other(by, name, detail, [&](account_record& a) { a.roles = wanted; });
}

outcome staff::set_disabled(actor const& by, std::string_view name, bool disabled) {
    return change_other(by, name, disabled ? "disabled" : "enabled",
                        [&](account_record& a) { a.disabled = disabled; });
}

outcome staff::reset(actor const& by, std::string_view name) {
    std::string password = readable_secret();
    auto hash = people_.hash(sallyport::secret{password}, by.source);
    if (!hash) return {.problem = "The device is busy. Try again in a moment."};
    auto out = change(by, name, event_id::password_changed, "reset", [&](file& f) -> finding {
        auto const* const there = f.find(name);
        if (there == nullptr) return sallyport::load_error{.message = "There is no such account."};
        if (auto const no = objection(by, name, bits(there->roles), {}); !no.empty())
            return sallyport::load_error{.message = std::string{no}};
        return f.set_password(name, *hash, {.must_change = true, .remember = remembered_passwords});
    });
    if (!out) return out;
    gate_.administer(by.is.view()).close_all(name);
    out.password = std::move(password);
    return out;
}

outcome staff::remove(actor const& by, std::string_view name) {
    auto out = change(by, name, event_id::account_changed, "removed", [&](file& f) -> finding {
        auto const* const there = f.find(name);
        if (there == nullptr) return sallyport::load_error{.message = "There is no such account."};
        if (auto const no = objection(by, name, bits(there->roles), {}); !no.empty())
            return sallyport::load_error{.message = std::string{no}};
        return f.remove(name);
    });
    // Whoever is called that one day is somebody else, and brings devices of his own.
    if (out) gate_.administer(by.is.view()).revoke_pairs(name);
    return out;
}

std::string staff::findings_in(sallyport::secret fresh, std::string_view name,
                               std::vector<std::string> const& had, sallyport::address const& source) const {
    auto found = policy_.check(fresh, name);
    if (found.empty() && !had.empty()) {
        auto const permit = people_.hashing()->acquire(source);  // each former password costs a hash
        if (!permit) return "The device is busy. Try again in a moment.";
        found = policy_.check(fresh, name, had, hasher_);
    }
    std::string why;
    for (auto const one : found) why.append(why.empty() ? "" : " ").append(explain(one));
    return why;
}

outcome staff::set_own_password(actor const& by, sallyport::secret fresh) {
    auto const me = find(by.is.view());
    if (!me) return {.problem = "There is no such account."};
    std::vector<std::string> had{me->password};
    had.insert(had.end(), me->previous.begin(), me->previous.end());
    if (auto why = findings_in(fresh, by.is.view(), had, by.source); !why.empty())
        return {.problem = std::move(why)};
    auto hash = people_.hash(fresh, by.source);
    if (!hash) return {.problem = "The device is busy. Try again in a moment."};
    return change(by, by.is.view(), event_id::password_changed, {}, [&](file& f) {
        return f.set_password(by.is.view(), *hash, {.must_change = false, .remember = remembered_passwords});
    });
}

outcome staff::first_administrator(actor const& by, std::string_view name, sallyport::secret password) {
    auto hash = people_.hash(password, by.source);
    if (!hash) return {.problem = "The device is busy. Try again in a moment."};
    return change(by, name, event_id::account_changed, "added as the first administrator",
                  [&](file& f) -> finding {
                      if (!f.records().empty())
                          return sallyport::load_error{.message = "This device has accounts already."};
                      return f.add({.name = std::string{name}, .roles = {"Admin"}, .password = *hash});
                  });
}

void staff::tick() {
    auto const fresh = people_.take_rehashed();
    if (fresh.empty() && !people_.stale()) return;
    std::lock_guard const one_at_a_time{changing_};
    if (!fresh.empty())
        if (auto accounts = open()) {
            for (auto const& one : fresh) (void)accounts->replace_password(one.who.view(), one.was, one.now);
            if (auto const why = accounts->save())
                gate_.record({.id = event_id::accounts_unsaved, .detail = std::string_view{why->message}});
        }
    if (people_.stale() && take_in()) gate_.record({.id = event_id::accounts_loaded});
}

}  // namespace wbm
