// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/validator.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// The channels that were opened on an accepted certificate, so that a change of the lists reaches them, too:
/// what has been revoked, removed or run out since must close. The host closes the channels that `reevaluate`
/// returns, ends their sessions by `gate.close_channel(number)`, and audits each with its judgement.
/// Thread safety: none of its own; it belongs to the thread that owns the channels.
class open_channels {
public:
    struct closing {
        std::uint64_t channel = 0;
        judgement why;
    };

    explicit open_channels(std::size_t most = 1024) noexcept : most_{most} {}

    /// False: it was not accepted, or there are as many as are allowed: the channel is not to be opened. What
    /// was asked is copied, but for `asked.policy`, which stays where it is.
    [[nodiscard]] bool add(std::uint64_t channel, question const& asked, judgement const& said) {
        if (!said.accepted() || open_.size() >= most_) return false;
        remove(channel);
        open_.push_back({channel,
                         {asked.chain.begin(), asked.chain.end()},
                         asked.shown_by,
                         asked.policy,
                         copy(asked.application_uri),
                         copy(asked.host),
                         asked.policies == nullptr ? std::nullopt : std::optional{*asked.policies}});
        return true;
    }
    void remove(std::uint64_t channel) {
        std::erase_if(open_, [&](entry const& e) { return e.channel == channel; });
    }
    [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }

    /// Judges every channel's certificate anew; those that would be refused now are returned and forgotten.
    /// What has not changed is remembered by the validator: a look-up each.
    [[nodiscard]] std::vector<closing> reevaluate(validator const& by, instant at) {
        std::vector<closing> out;
        std::erase_if(open_, [&](entry const& e) {
            auto said = by.validate(e.asked(), at);
            if (said.accepted()) return false;
            out.push_back({e.channel, std::move(said)});
            return true;
        });
        return out;
    }

private:
    struct entry {
        std::uint64_t channel;
        std::vector<std::uint8_t> chain;
        peer shown_by;
        security_policy const* policy;
        std::optional<std::string> application_uri, host;
        std::optional<policy_inputs> policies;

        [[nodiscard]] question asked() const noexcept {
            return {.chain = chain,
                    .shown_by = shown_by,
                    .policy = policy,
                    .application_uri = application_uri,
                    .host = host,
                    .policies = policies ? &*policies : nullptr};
        }
    };
    [[nodiscard]] static std::optional<std::string> copy(std::optional<std::string_view> s) {
        return s ? std::optional<std::string>{*s} : std::nullopt;
    }

    std::size_t most_;
    std::vector<entry> open_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
