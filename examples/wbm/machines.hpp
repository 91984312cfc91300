// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "device.hpp"
#include "http/message.hpp"

#include <sallyport/trust/tls.hpp>

#include <functional>

namespace wbm {

/// What refusals at this door are called in the log and among the rejected.
inline constexpr std::string_view machines_service = "machines";

/// The door for programs: a monitoring system reads the counters there. No password is asked for; who may
/// come in is told by the trust lists, and each connection shows its certificate. A certificate that is
/// removed, or revoked, ends what a connection that is open still asks for.
/// Thread safety: everything. It outlives the server that it guards.
class machines {
public:
    explicit machines(device& on);

    /// Puts the trust lists in charge of that server's handshakes.
    [[nodiscard]] bool guard(SSL_CTX& context) { return judge_.guard(&context); }
    [[nodiscard]] reply answer(request const& asked);

private:
    using observer = std::function<void(trust::tls_seen const&)>;

    device& on_;
    trust::tls_judge<sallyport::boot_clock, observer> judge_;
};

}  // namespace wbm
