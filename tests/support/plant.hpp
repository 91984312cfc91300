// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/core/contained.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/role/role_table.hpp>
#include <sallyport/session/session_limit.hpp>
#include <sallyport/testing/device_forge.hpp>
#include <sallyport/testing/manual_clock.hpp>
#include <sallyport/testing/recorder.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// A small plant, for tests through a gate: who works there, how they knock, and a gate with a clock that
/// stands still.
namespace plant {

struct person {
    sallyport::name is{};
    std::string secret;
    sallyport::role_set roles{};
    std::uint64_t marks = 0;
    bool disabled = false;
};
inline sallyport::role_set role(std::string_view n) { return sallyport::role::plcnext_roles.set({n}); }

/// Its directory. Copies share one book, so that a test can change what a gate asks.
class directory {
public:
    directory() {
        put({.is = "amira", .secret = "open sesame", .roles = role("Engineer")});
        put({.is = "bo", .secret = "valve-7", .roles = role("Viewer")});
        put({.is = "root", .secret = "crown jewels", .roles = role("Admin")});
        put({.is = "gone", .secret = "used to work", .roles = role("Viewer"), .disabled = true});
    }

    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        ++book_->asked;
        if (a.user.empty() && a.shown.bytes.empty()) ++book_->dummies;
        if (book_->on_verify) book_->on_verify(a);
        if (book_->down) return sallyport::unavailable{};
        std::lock_guard const hold{book_->mutex};
        person const* const p = find(sallyport::fold_name(a.user));
        bool const right = p != nullptr && a.shown.bytes.equals(sallyport::secret{p->secret});
        if (!right) ++book_->wrong;
        if (p == nullptr) return sallyport::denial{sallyport::reason::unknown_account, {}};
        if (!right) return sallyport::denial{sallyport::reason::invalid_credentials, {}};
        if (p->disabled) return sallyport::denial{sallyport::reason::account_disabled, {}};
        return principal_of(*p);
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sallyport::name const& account) const noexcept {
        std::lock_guard const hold{book_->mutex};
        return find(account) != nullptr ? std::optional<std::uint64_t>{0} : std::nullopt;
    }
    [[nodiscard]] sallyport::answer current(sallyport::principal const& was,
                                            sallyport::instant) const noexcept {
        if (book_->on_current) book_->on_current();
        if (book_->down) return sallyport::unavailable{};
        std::lock_guard const hold{book_->mutex};
        person const* const p = find(was.is);
        if (p == nullptr) return sallyport::denial{sallyport::reason::unknown_account, {}};
        if (p->disabled) return sallyport::denial{sallyport::reason::account_disabled, {}};
        return principal_of(*p);
    }

    /// Hires, or changes.
    void put(person p) const {
        std::lock_guard const hold{book_->mutex};
        std::erase_if(book_->people, [&](person const& q) { return q.is == p.is; });
        book_->people.push_back(std::move(p));
    }
    void remove(sallyport::name const& n) const {
        std::lock_guard const hold{book_->mutex};
        std::erase_if(book_->people, [&](person const& p) { return p.is == n; });
    }
    void disable(sallyport::name const& n) const {
        std::lock_guard const hold{book_->mutex};
        for (person& p : book_->people) p.disabled = p.disabled || p.is == n;
    }
    void down(bool is) const { book_->down = is; }
    /// Happens in each `verify` and `current`, before anything is looked at; set while nobody asks.
    void on_verify(std::function<void(sallyport::attempt const&)> f) const {
        book_->on_verify = std::move(f);
    }
    void on_current(std::function<void()> f) const { book_->on_current = std::move(f); }

    /// How often it was asked, was asked for its dummy, found a secret wrong.
    [[nodiscard]] std::size_t asked() const { return book_->asked; }
    [[nodiscard]] std::size_t dummies() const { return book_->dummies; }
    [[nodiscard]] std::size_t wrong() const { return book_->wrong; }

private:
    struct book {
        std::mutex mutex;
        std::vector<person> people;
        std::function<void(sallyport::attempt const&)> on_verify;
        std::function<void()> on_current;
        std::atomic<std::size_t> asked{0}, dummies{0}, wrong{0};
        std::atomic<bool> down{false};
    };
    [[nodiscard]] person const* find(sallyport::name const& n) const noexcept {
        auto const p = std::find_if(book_->people.begin(), book_->people.end(),
                                    [&](person const& q) { return q.is == n; });
        return p == book_->people.end() ? nullptr : &*p;
    }
    static sallyport::principal principal_of(person const& p) { return {p.is, p.roles, p.marks}; }

    std::shared_ptr<book> book_ = std::make_shared<book>();
};
static_assert(sallyport::verifier<directory>);

/// How somebody comes.
struct way {
    sallyport::address source = sallyport::address::ipv4(192, 0, 2, 7);
    std::string_view service = "opcua";
    std::uint64_t channel = 0;
    sallyport::trusted_device device{};
    sallyport::whereabouts presence = sallyport::whereabouts::remote;
};
inline sallyport::attempt by(std::string_view user, std::string_view password, way const& w = {}) {
    return {.user = user,
            .shown = sallyport::credential::password(password),
            .source = w.source,
            .service = w.service,
            .channel = w.channel,
            .device = w.device,
            .presence = w.presence};
}
/// The n-th of many hosts out there.
inline way host(std::uint32_t n) {
    return {.source = sallyport::address::ipv4(
                static_cast<std::uint8_t>(1 + (n >> 24)), static_cast<std::uint8_t>(n >> 16),
                static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n))};
}

/// A gate, its log and its directory; time stands until `clock().advance`.
template <class... Guards>
struct site {
    using environment = sallyport::environment<sallyport::testing::manual_clock, sallyport::heap_storage<>,
                                               sallyport::testing::recorder, sallyport::condition_waiter>;
    using gate_type = sallyport::authenticator<environment, directory, Guards...>;

    explicit site(sallyport::house_options house, Guards... guards)
        : gate{sallyport::environment{}
                   .with_clock(sallyport::testing::manual_clock{})
                   .with_audit(log)
                   .with_house(house),
               people, std::move(guards)...} {}

    auto& clock() { return gate.clock(); }
    void advance(sallyport::nanoseconds t) { clock().advance(t); }
    [[nodiscard]] sallyport::nanoseconds now() { return clock().now().steady; }
    auto login(std::string_view user, std::string_view password, way const& w = {}) {
        return gate.login(by(user, password, w));
    }
    auto begin(std::string_view user, std::string_view password, way const& w = {}) {
        return gate.begin(by(user, password, w));
    }
    /// Why it was refused.
    sallyport::denial refused(std::string_view user, std::string_view password, way const& w = {}) {
        return login(user, password, w).error();
    }
    /// The same without waiting for anybody.
    sallyport::denial refused_at_once(std::string_view user, std::string_view password, way const& w = {}) {
        return begin(user, password, w).error();
    }
    /// As often as that, with a wrong password; nothing is asked of the answers.
    void fail_times(int n, std::string_view user, way const& w = {}) {
        for (; n > 0; --n) (void)login(user, "wrong", w);
    }
    [[nodiscard]] sallyport::nanoseconds wait(std::string_view user, way const& w = {}) {
        return gate.delay(by(user, "", w));
    }
    /// What is left at the door, and on the penalty lists: attempts in flight.
    [[nodiscard]] std::size_t at_the_door() {
        std::size_t n = 0;
        gate.inspect([&](auto const& door, auto const&...) { n = door.size(); });
        return n;
    }
    [[nodiscard]] std::size_t reserved() {
        std::size_t n = 0;
        for (auto const& line : gate.administer("test").penalties()) n += line.in_flight;
        return n;
    }
    /// The last event of that kind; a default where there was none.
    [[nodiscard]] sallyport::audit::event last(sallyport::audit::event_id id) const {
        sallyport::audit::event found{.id = id};
        for (auto const& e : log.events())
            if (e.id == id) found = e;
        return found;
    }

    sallyport::testing::recorder log;
    directory people;
    gate_type gate;
};
template <class... Guards>
site(sallyport::house_options, Guards...) -> site<Guards...>;

/// The rules of PLCnext, and a house as it comes.
inline auto plcnext(sallyport::house_options house = {},
                    sallyport::session::session_limit_options sessions = {}) {
    return site<sallyport::penalty::backoff<>, sallyport::session::session_limit>{
        house, sallyport::penalty::backoff<>{}, sallyport::session::session_limit{sessions}};
}

/// n threads that do the same, all at once; f is told which it is.
template <class F>
void all_at_once(int n, F f) {
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < n; ++i)
        threads.emplace_back([&, i] {
            ++ready;
            while (ready < n) std::this_thread::yield();
            f(i);
        });
    for (std::thread& t : threads) t.join();
}

}  // namespace plant
