// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "gate.hpp"

#include <sallyport/identity/account_record.hpp>
#include <sallyport/identity/accounts_file.hpp>
#include <sallyport/identity/password_policy.hpp>

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wbm {

/// Who acts, and from where.
struct actor {
    sallyport::name is{};
    sallyport::role_set roles{};
    sallyport::address source{};
    std::uint64_t session = 0;  ///< in which he acts
};

/// How a change ended: `problem` says in a sentence why nothing was changed; empty: it is done, and in force.
struct outcome {
    std::string problem{};
    std::string password{};  ///< a temporary one, for whom it was made; to be shown once

    [[nodiscard]] explicit operator bool() const noexcept { return problem.empty(); }
};

/// Changes accounts: in their file, in the running verifier, and in the sessions that are open. Each change
/// is all of that or nothing, and stands in the log with who made it.
/// Thread safety: everything; changes are made one after the other.
class staff {
public:
    staff(people who, login_gate& gate, sallyport::identity::argon2id hasher);

    /// An account with a temporary password, which its owner must change before anything else.
    outcome add(actor const& by, std::string_view name, std::vector<std::string> roles);
    outcome set_roles(actor const& by, std::string_view name, std::vector<std::string> roles);
    outcome set_disabled(actor const& by, std::string_view name, bool disabled);
    /// A temporary password in place of one that is lost or known; whoever is inside with it is out.
    outcome reset(actor const& by, std::string_view name);
    outcome remove(actor const& by, std::string_view name);

    /// His own, by himself; the gate has confirmed the old one.
    outcome set_own_password(actor const& by, sallyport::secret fresh);
    /// The first account of a device that has none.
    outcome first_administrator(actor const& by, std::string_view name, sallyport::secret password);

    /// The account as it stands in the file; nullopt: there is none, or no file.
    [[nodiscard]] std::optional<sallyport::identity::account_record> find(std::string_view name) const;
    [[nodiscard]] sallyport::identity::password_policy const& policy() const noexcept { return policy_; }

    /// Hashes that logins have made anew, written down; the file read anew where somebody else has changed
    /// it.
    void tick();

private:
    using file =
        sallyport::identity::accounts_file<sallyport::identity::argon2id, sallyport::role::role_table>;
    using finding = file::finding;
    using account_record = sallyport::identity::account_record;

    [[nodiscard]] sallyport::loaded<file> open() const;
    outcome change(actor const& by, std::string_view name, sallyport::audit::event_id what,
                   std::string_view detail, std::function<finding(file&)> const& make);
    outcome change_other(actor const& by, std::string_view name, std::string_view detail,
                         std::function<void(account_record&)> const& make);
    bool take_in(std::uint64_t but = 0);
    [[nodiscard]] std::string findings_in(sallyport::secret fresh, std::string_view name,
                                          std::vector<std::string> const& had,
                                          sallyport::address const& source) const;

    people people_;
    login_gate& gate_;
    sallyport::identity::argon2id hasher_;
    sallyport::identity::password_policy policy_{};
    std::mutex changing_;
};

/// May he change this account at all, and give it these roles? Those who watch over others are the
/// administrators' affair, and nobody changes his own account: so an administrator who acts is one who stays.
/// Empty: he may.
[[nodiscard]] std::string_view objection(actor const& by, std::string_view name, sallyport::role_set has,
                                         sallyport::role_set gets);

}  // namespace wbm
