// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "gate.hpp"
#include "readable_secret.hpp"

#include <sallyport/penalty/backoff.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace wbm {

/// The verifier of a device that knows nobody yet: right is what its console shows. Five wrong ones, and the
/// console shows another; the gate in front of it makes strangers wait as for any password.
/// Copies share one secret. Thread safety: everything.
class console_secret {
public:
    static constexpr int tries = 5;
    using show = std::function<void(std::string_view)>;

    explicit console_secret(show on_console) : state_{std::make_shared<state>(std::move(on_console))} {}

    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        std::string typed = as_meant(a.shown.bytes.reveal());
        std::lock_guard const hold{state_->mutex};
        bool const right = sallyport::secret{as_meant(state_->secret)}.equals(sallyport::secret{typed});
        sallyport::wipe(typed.data(), typed.size());
        if (right) return sallyport::principal{.is = a.user};
        if (--state_->left == 0) state_->renew();
        return sallyport::denial{sallyport::reason::invalid_credentials, {}};
    }

private:
    struct state {
        explicit state(show s) : on_console{std::move(s)} { renew(); }
        state(state const&) = delete;
        state& operator=(state const&) = delete;
        ~state() { sallyport::wipe(secret.data(), secret.size()); }

        void renew() {
            secret = readable_secret();
            left = tries;
            on_console(secret);
        }
        std::mutex mutex{};
        std::string secret{};
        int left = tries;
        show on_console;
    };
    std::shared_ptr<state> state_;
};
static_assert(sallyport::verifier<console_secret>);

/// Its gate. Whoever comes too early is refused and changes nothing: nobody but the penalty list stands
/// between the owner and a device that everybody may still try.
[[nodiscard]] inline auto compose_first_start(console_secret::show on_console, records& told) {
    return sallyport::authenticator{
        sallyport::environment{}.with_audit(telling(told)), console_secret{std::move(on_console)},
        sallyport::penalty::backoff<>{{.on_early_attempt = sallyport::penalty::early_attempt::freeze}}};
}
using first_start_gate = decltype(compose_first_start({}, std::declval<records&>()));

/// The name under which the attempts of a first start stand in the log.
inline constexpr std::string_view first_start_user = "(first start)";

}  // namespace wbm
