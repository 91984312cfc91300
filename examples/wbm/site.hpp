// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "device.hpp"
#include "http/message.hpp"
#include "http/same_site.hpp"
#include "pages/page.hpp"

#include <optional>

namespace wbm {

/// From a request to the page that answers it: who asks, may he, and did one of our own pages send him?
/// Thread safety: everything.
class site {
public:
    site(device& on, site_words words) : on_{on}, words_{std::move(words)} {}

    [[nodiscard]] reply answer(request const& asked);

private:
    [[nodiscard]] reply before_login(request const& asked);
    [[nodiscard]] std::optional<visitor> who_asks(request const& asked);
    [[nodiscard]] reply for_visitor(visitor const& who, request const& asked);

    device& on_;
    site_words words_;
    form_seal seal_{};
};

}  // namespace wbm
