// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/name_rules.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/role/role_table.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace replay {

/// The accounts of the command line. Names and secrets are compared to the octet and in constant time,
/// without a hash: the question here is what the gate does, a million times.
class directory {
public:
    /// False where the name is taken.
    bool add(std::string_view user, std::string_view secret, sallyport::role_set roles) {
        for (account const& a : accounts_)
            if (a.user == user) return false;
        accounts_.push_back({std::string{user}, std::string{secret}, roles, sallyport::fold_name(user)});
        return true;
    }
    /// False where there is no such name, and nothing has changed.
    bool change(std::string_view user, std::string_view secret) {
        bool changed = false;
        for (account& a : accounts_)
            if (a.user == user) a.secret = secret, ++a.epoch, changed = true;
        return changed;
    }

    [[nodiscard]] std::size_t size() const noexcept { return accounts_.size(); }

    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        account const* right = nullptr;
        for (account const& one : accounts_) {  // every account is looked at, whoever asks
            bool const user = sallyport::secret{a.user}.equals(sallyport::secret{one.user});
            bool const secret = a.shown.bytes.equals(sallyport::secret{one.secret});
            right = user && secret ? &one : right;
        }
        if (right == nullptr) return sallyport::denial{sallyport::reason::invalid_credentials, {}};
        return sallyport::principal{sallyport::name{right->user}, right->roles, 0};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sallyport::name const& account_key) const noexcept {
        std::optional<std::uint64_t> epoch;
        for (account const& one : accounts_)
            if (one.key == account_key) epoch = one.epoch;
        return epoch;
    }

private:
    struct account {
        std::string user, secret;
        sallyport::role_set roles;
        sallyport::name key;
        std::uint64_t epoch = 0;
    };
    std::vector<account> accounts_;
};

}  // namespace replay
