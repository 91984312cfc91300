// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "pieces.hpp"

namespace wbm {

/// The two fields of a password that somebody chooses.
[[nodiscard]] inline markup new_password_fields(std::string_view label, std::string_view label_again) {
    return field(
               {.label = label,
                .name = "fresh",
                .hint = "At least 12 characters. A few words that nobody would guess are better than signs.",
                .type = "password",
                .autocomplete = "new-password"}) +
           field({.label = label_again, .name = "again", .type = "password", .autocomplete = "new-password"});
}

/// Who he is once more, by a secret, at that gate: without a session, and with all its penalties.
template <class Gate>
[[nodiscard]] sallyport::result<sallyport::principal> confirm(Gate& gate, std::string_view user,
                                                              std::string_view secret,
                                                              sallyport::address const& source,
                                                              sallyport::proven_pairing const& pairing = {}) {
    sallyport::attempt const a{.user = user,
                               .shown = sallyport::credential::password(secret),
                               .source = source,
                               .service = service,
                               .pairing = pairing};
    auto pending = gate.begin(a);
    if (!pending) return pending.error();
    pending->verify(a);
    return pending->confirm();
}

}  // namespace wbm
