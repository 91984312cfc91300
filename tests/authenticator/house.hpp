// SPDX-License-Identifier: BSL-1.0
#pragma once

// A gate with a handful of people, a clock that is set by hand and a log that can be read.
#include "support/catch.hpp"
#include "support/words.hpp"

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/environment/environment.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/role/role_check.hpp>
#include <sallyport/session/session_limit.hpp>
#include <sallyport/testing/device_forge.hpp>
#include <sallyport/testing/manual_clock.hpp>
#include <sallyport/testing/recorder.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace gatehouse {

using namespace std::chrono_literals;
using sallyport::address;
using sallyport::answer;
using sallyport::attempt;
using sallyport::credential;
using sallyport::denial;
using sallyport::house_options;
using sallyport::instant;
using sallyport::nanoseconds;
using sallyport::principal;
using sallyport::reason;
using sallyport::role_set;
using sallyport::secret;
using sallyport::standing;
using sallyport::audit::event_id;

inline constexpr role_set admins = role_set{}.with(0), operators = role_set{}.with(1);
inline constexpr address here = address::ipv4(192, 0, 2, 7), there = address::ipv4(198, 51, 100, 9);

[[nodiscard]] constexpr address host(unsigned n) noexcept {
    return address::ipv4(10, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                         static_cast<std::uint8_t>(n));
}

/// What a test's directory holds, and what it was asked. Thread safety: everything.
class directory {
public:
    struct account {
        std::string password;
        role_set roles{};
        std::uint64_t marks = 0;
        bool disabled = false;
    };
    directory() {
        at("amira") = {"valve-7", admins};
        at("bo") = {"pump-3", operators};
        at("gone") = {"left-1", operators, 0, true};
    }
    /// To be set before the gate is used, or between two uses.
    account& at(std::string const& user) { return accounts_[user]; }
    void disable(std::string const& user, bool disabled = true) {
        std::lock_guard const hold{mutex_};
        accounts_[user].disabled = disabled;
    }
    void give(std::string const& user, role_set roles) {
        std::lock_guard const hold{mutex_};
        accounts_[user].roles = roles;
    }
    void mark(std::string const& user, std::uint64_t marks) {
        std::lock_guard const hold{mutex_};
        accounts_[user].marks = marks;
    }
    void remove(std::string_view user) {
        std::lock_guard const hold{mutex_};
        if (auto const a = accounts_.find(user); a != accounts_.end()) accounts_.erase(a);
    }
    [[nodiscard]] std::optional<principal> find(std::string_view user) const {
        std::lock_guard const hold{mutex_};
        auto const a = accounts_.find(user);
        if (a == accounts_.end() || a->second.disabled) return std::nullopt;
        return principal{user, a->second.roles, a->second.marks};
    }
    [[nodiscard]] bool has(std::string_view user) const {
        std::lock_guard const hold{mutex_};
        return accounts_.find(user) != accounts_.end();
    }
    [[nodiscard]] answer judge(attempt const& a) {
        ++asked;
        if (a.user.empty() && a.shown.bytes.empty()) ++dummies;
        if (down) return sallyport::unavailable{};
        if (while_verifying) while_verifying(a);
        std::lock_guard const hold{mutex_};
        auto const his = accounts_.find(sallyport::fold_name(a.user).view());
        if (his == accounts_.end()) return denial{reason::unknown_account, {}};
        if (!a.shown.bytes.equals(secret{his->second.password}))
            return denial{reason::invalid_credentials, {}};
        if (his->second.disabled) return denial{reason::account_disabled, {}};
        return principal{std::string_view{his->first}, his->second.roles, his->second.marks};
    }

    std::atomic<int> asked{0};    ///< how often a secret was, or seemed to be, verified
    std::atomic<int> dummies{0};  ///< of these, with neither a name nor a secret
    std::atomic<bool> down{false};
    std::function<void(attempt const&)> while_verifying;

private:
    mutable std::mutex mutex_;
    std::map<std::string, account, std::less<>> accounts_;
};

/// The voice that says yes; copies share one directory.
struct people {
    std::shared_ptr<directory> book = std::make_shared<directory>();

    [[nodiscard]] answer verify(attempt const& a, instant) const { return book->judge(a); }
    [[nodiscard]] std::optional<std::uint64_t> knows(sallyport::name const& account) const noexcept {
        return book->has(account.view()) ? std::optional<std::uint64_t>{1} : std::nullopt;
    }
    [[nodiscard]] answer current(principal const& was, instant) const noexcept {
        if (book->down) return sallyport::unavailable{};
        auto const is = book->find(was.is.view());
        if (!is) return denial{reason::account_disabled, {}};
        return *is;
    }
};
static_assert(sallyport::verifier<people> && sallyport::knows_changes<people>);

/// A voice made of any function of an attempt.
template <class F>
struct voice {
    F says;
    [[nodiscard]] answer verify(attempt const& a, instant now) const { return says(a, now); }
};
template <class F>
voice(F) -> voice<F>;

/// A gate over these people, with what a test wants to see of it.
template <class... Guards>
struct site {
    using environment = sallyport::environment<sallyport::testing::manual_clock, sallyport::heap_storage<>,
                                               sallyport::testing::recorder, sallyport::condition_waiter>;
    explicit site(house_options o, Guards... g)
        : gate{sallyport::environment{}
                   .with_clock(sallyport::testing::manual_clock{})
                   .with_audit(log)
                   .with_house(o),
               people{folk}, std::move(g)...} {}

    void wait(nanoseconds t) { gate.clock().advance(t); }
    [[nodiscard]] std::size_t at_the_door() {
        std::size_t n = 0;
        gate.inspect([&](auto const& door, auto const&...) { n = door.size(); });
        return n;
    }
    /// The last event in the log.
    [[nodiscard]] sallyport::audit::event last() const {
        auto const events = log.events();
        return events.empty() ? sallyport::audit::event{} : events.back();
    }

    sallyport::testing::recorder log;
    people folk;
    sallyport::authenticator<environment, people, Guards...> gate;
};
template <class... Guards>
site(house_options, Guards...) -> site<Guards...>;

/// The published rules: penalties by name, and a number of sessions.
inline auto published(house_options o = {}, sallyport::session::session_limit_options sessions = {}) {
    return site{o, sallyport::penalty::backoff<>{}, sallyport::session::session_limit{sessions}};
}

[[nodiscard]] inline attempt knock(std::string_view user, std::string_view password, address from = here,
                                   std::string_view service = "opcua", std::uint64_t channel = 0) noexcept {
    return {.user = user,
            .shown = credential::password(password),
            .source = from,
            .service = service,
            .channel = channel};
}
/// Wrong, so many times; the last answer.
template <class Gate>
denial fail(Gate& gate, std::string_view user, int times = 1, address from = here) {
    denial last{};
    for (int i = 0; i < times; ++i) last = gate.login(knock(user, "wrong", from)).error();
    return last;
}

/// f(n) on so many threads at once; they start together.
template <class F>
void together(unsigned threads, F f) {
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> all;
    all.reserve(threads);
    for (unsigned n = 0; n < threads; ++n)
        all.emplace_back([&, n] {
            ++ready;
            while (ready < threads) std::this_thread::yield();
            f(n);
        });
    for (auto& t : all) t.join();
}

}  // namespace gatehouse
