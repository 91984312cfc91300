// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "gate.hpp"

#include <sallyport/penalty/device_cookie.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wbm {

/// The browsers that an account has logged in from before. Each keeps a signed cookie for each account that
/// has; with it an account is paired with that browser, and no guessing elsewhere keeps its owner out there.
/// A cookie opens nothing by itself: the password is asked for all the same.
/// Thread safety: everything.
class known_browsers {
public:
    /// One browser keeps so many, for as many accounts: the whole of them has to pass in the head of each
    /// request. The one that was made first goes.
    static constexpr std::size_t at_most = 16;

    known_browsers(sallyport::penalty::device_cookie key, people who, login_gate& gate)
        : key_{std::move(key)}, who_{std::move(who)}, gate_{gate} {}

    /// What the cookies of a request prove for that user; nothing for any other. Whether the account is on
    /// file makes no difference.
    [[nodiscard]] sallyport::proven_pairing proof(std::string_view user, std::string_view cookies) const;
    /// `a` has been let in as that session: what to set, so that this browser is known from now on.
    [[nodiscard]] std::vector<std::string> welcome(std::uint64_t session, sallyport::attempt const& a,
                                                   std::string_view cookies);
    /// What makes this browser forget that user.
    [[nodiscard]] std::string forget(std::string_view user) const;

private:
    // The list of pairs says which cookies count, so that revoking one is enough; a change of password makes
    // none of them worthless by itself.
    static constexpr std::uint64_t epoch = 0;

    sallyport::penalty::device_cookie key_;
    people who_;
    login_gate& gate_;
};

}  // namespace wbm
