// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/name_rules.hpp>

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace testing {

/// The key under which `bench` and `knock` hash.
inline constexpr sip_key bench_key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

/// A guard on its own little heap: no gate, no thread, no sleeping; instants are made by hand.
///     bench<penalty::backoff<>> one{penalty::backoff<>{}};
///     REQUIRE(one.check(arrival{knock("amira"), at(0s)}));
template <guard G>
class bench {
public:
    /// `now`: when it is made, for a guard that puts back what was kept over a restart.
    explicit bench(G g, instant now = {}) : guard_{std::move(g)} {
        blueprint plan;
        attach(plan);
        words_.assign(plan.words() + 1, 0);
        blueprint hand_out{region{words_.data()}, bench_key, now};
        attach(hand_out);
    }
    bench(bench const&) = delete;
    bench& operator=(bench const&) = delete;

    [[nodiscard]] G& operator*() noexcept { return guard_; }
    [[nodiscard]] G* operator->() noexcept { return &guard_; }

    template <class Stage>
    [[nodiscard]] verdict check(Stage const& s) const noexcept {
        return guard_.check(s);
    }
    template <class Stage>
    void note(Stage const& s) noexcept {
        guard_.note(s);
    }
    /// Bytes of state: what it takes, whoever comes.
    [[nodiscard]] std::size_t bytes() const noexcept { return (words_.size() - 1) * sizeof(word); }

private:
    void attach([[maybe_unused]] blueprint& b) noexcept {
        if constexpr (keeps_state<G>) guard_.attach(b);
    }
    G guard_;
    std::vector<word> words_;
};

/// Somebody at the door with a password.
[[nodiscard]] inline visit knock(std::string_view user, address source = address::ipv4(192, 0, 2, 7),
                                 std::string_view service = "opcua", bool known = true) noexcept {
    visit v{.account = fold_name(user),
            .source = source,
            .service = service_name{service},
            .shown = proof_kind::password,
            .known = known};
    v.account_hash = siphash_of(bench_key, v.account);
    return v;
}
/// An instant, by its time since boot.
[[nodiscard]] constexpr instant at(nanoseconds steady) noexcept { return {steady, steady, true}; }

}  // namespace testing
}  // namespace sallyport::inline v0
