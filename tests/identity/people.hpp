// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/core/attempt.hpp>
#include <sallyport/identity/accounts.hpp>
#include <sallyport/role/role_table.hpp>

#include "support/folder.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

namespace people {

using namespace std::chrono_literals;
namespace identity = sallyport::identity;

inline sallyport::address const elsewhere = sallyport::address::ipv4(192, 0, 2, 7);

using support::folder;
using support::text_of;

/// Stores `plain$<cost>$<password>` and writes down each hash that it is asked for: no work, all counted.
class counting_hasher {
public:
    struct tally {
        std::atomic<int> hashes = 0;          ///< computed in all
        std::atomic<unsigned> last_cost = 0;  ///< of the last one
        std::atomic<bool> no_memory = false, throws = false;
        std::atomic<std::size_t> last_size = 0;  ///< bytes that it was given
        std::function<void()> meanwhile{};       ///< what happens elsewhere while it hashes
    };
    explicit counting_hasher(unsigned cost = 2)
        : cost_{cost}, dummy_{fmt::format("plain${}$\x01nobody", cost)} {}

    [[nodiscard]] std::optional<std::string> hash(sallyport::secret p) const {
        if (!computed(cost_, p.size())) return std::nullopt;
        return fmt::format("plain${}${}", cost_, p.reveal());
    }
    [[nodiscard]] sallyport::match verify(sallyport::secret p, std::string_view stored) const {
        if (!computed(cost_of(stored), p.size())) return sallyport::match::untested;
        return p.equals(sallyport::secret{stored.substr(8)}) ? sallyport::match::right
                                                             : sallyport::match::wrong;
    }
    [[nodiscard]] std::string fault_of(std::string_view stored) const {
        if (!stored.starts_with("plain$") || stored.size() < 8 || stored[7] != '$')
            return "expected plain$n$…";
        return cost_of(stored) > 5 ? "its cost is out of bounds: expected 0 to 5" : "";
    }
    [[nodiscard]] bool needs_rehash(std::string_view stored) const { return cost_of(stored) != cost_; }
    [[nodiscard]] std::string_view dummy() const noexcept { return dummy_; }
    [[nodiscard]] std::size_t memory() const noexcept { return 1024; }
    [[nodiscard]] std::string_view fault() const noexcept {
        return cost_ > 5 ? "counting_hasher: too dear" : "";
    }

    std::shared_ptr<tally> done = std::make_shared<tally>();

private:
    [[nodiscard]] static unsigned cost_of(std::string_view stored) {
        return static_cast<unsigned>(stored[6] - '0');
    }
    [[nodiscard]] bool computed(unsigned cost, std::size_t size) const {
        if (done->throws) throw std::bad_alloc{};
        if (done->no_memory) return false;
        ++done->hashes, done->last_cost = cost, done->last_size = size;
        if (auto const f = std::exchange(done->meanwhile, nullptr)) f();
        return true;
    }
    unsigned cost_;
    std::string dummy_;
};
static_assert(sallyport::password_hasher<counting_hasher>);

/// Two permits on a small machine that never asks the real one.
inline identity::accounts_options small_house() {
    return {.hashing = {.patience = 0s, .on = {.cores = 2, .available_memory = 1 << 20}}};
}

inline sallyport::attempt by(std::string_view user, std::string_view password,
                             sallyport::address const& from = elsewhere) {
    return {
        .user = user, .shown = sallyport::credential::password(password), .source = from, .service = "wbm"};
}
inline sallyport::instant at(std::chrono::sys_seconds when, bool trusted = true) {
    return {.steady = 1h, .wall = when.time_since_epoch(), .wall_trusted = trusted};
}
inline constexpr std::chrono::sys_seconds some_day = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1};

inline bool admitted(sallyport::answer const& a) { return std::holds_alternative<sallyport::principal>(a); }
inline bool admitted_as(sallyport::answer const& a, sallyport::principal const& who) {
    return admitted(a) && std::get<sallyport::principal>(a) == who;
}
inline bool withheld(sallyport::answer const& a) { return std::holds_alternative<sallyport::unavailable>(a); }
inline sallyport::reason why(sallyport::answer const& a) {
    auto const* const no = std::get_if<sallyport::denial>(&a);
    return no != nullptr ? no->why : sallyport::reason::none;
}

}  // namespace people
