// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "policy.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/sallyport.hpp>
#include <sallyport/testing/device_forge.hpp>
#include <sallyport/testing/manual_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// Our own laws: the gates themselves, on a clock that is told.
namespace lockout {

namespace sp = sallyport;

/// Two accounts, and secrets that cost nothing to verify.
struct two_people {
    [[nodiscard]] sp::answer verify(sp::attempt const& a, sp::instant) const noexcept {
        bool const right_one = a.shown.bytes.equals(sp::secret{"0"});
        if (!right_one || !knows(sp::fold_name(a.user))) return sp::denial{sp::reason::invalid_credentials};
        return sp::principal{.is = a.user};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sp::name const& n) const noexcept {
        bool const on_file = n == sp::name{"victim"} || n == sp::name{"attacker"};
        return on_file ? std::optional<std::uint64_t>{1} : std::nullopt;
    }
};

/// A heap that says how much of it the gate has taken.
class measured_storage : public sp::heap_storage<sp::no_lock> {
public:
    explicit measured_storage(std::shared_ptr<std::size_t> bytes) noexcept : bytes_{std::move(bytes)} {}
    [[nodiscard]] bool open(sp::blueprint const& plan) noexcept {
        *bytes_ = plan.words() * sizeof(sp::word);
        return heap_storage::open(plan);
    }

private:
    std::shared_ptr<std::size_t> bytes_;
};

/// What a gate finds when the device starts.
struct start {
    nanoseconds at;     ///< steady
    unsigned boot = 0;  ///< the how-many-th
    std::shared_ptr<std::size_t> bytes{};

    [[nodiscard]] auto environment() const {
        return sp::environment{}
            .with_clock(sp::testing::manual_clock{{at, sp::testing::manual_clock::some_day + at, true}})
            .with_storage(measured_storage{bytes})
            .with_house({.doors = 256, .places = 256});
    }
};

/// Any gate of ours as a law of the comparison. `disk`: the file that outlives a restart, which is one
/// without warning: what has not been written is lost.
template <class Make>
class gate_policy final : public policy {
public:
    explicit gate_policy(Make make, std::filesystem::path disk = {})
        : make_{std::move(make)}, disk_{std::move(disk)} {
        restart(0s);
    }
    ~gate_policy() override {
        flying_.clear(), gate_.reset();
        std::error_code ignored;
        if (!disk_.empty()) std::filesystem::remove_all(disk_.parent_path(), ignored);
    }

    nanoseconds arrive(knock const& k, nanoseconds now) override {
        clock().set_steady(boot + now);
        spoken const s{k};
        auto p = gate_->gate.begin(s.attempt);
        if (!p) return p.error().retry_after > 0s ? p.error().retry_after : nanoseconds{1ms};
        flying_.emplace_back(k, std::make_unique<pending>(std::move(*p)));
        return 0s;
    }
    void settle(knock const& k, nanoseconds now) override {
        clock().set_steady(boot + now);
        for (auto& [who, p] : flying_) {
            if (who.source != k.source || who.secret != k.secret) continue;
            p->verify(spoken{k}.attempt);
            (void)p->settle();  // and out again, if in
            std::swap(who, flying_.back().first), std::swap(p, flying_.back().second);
            flying_.pop_back();
            return;
        }
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        clock().set_steady(boot + now);
        return gate_->gate.delay(spoken{k}.attempt);
    }
    void change_secret(nanoseconds now) override {
        clock().set_steady(boot + now);
        gate_->gate.renewed("victim", sp::secret{std::string_view{"1"}});
    }
    void restart(nanoseconds now) override {
        namespace fs = std::filesystem;
        bool const kept = !disk_.empty() && fs::exists(disk_);
        fs::path const as_it_was = disk_.string() + ".as-it-was";
        if (kept) fs::copy_file(disk_, as_it_was, fs::copy_options::overwrite_existing);
        written_ += writes_of_this_boot();
        flying_.clear(), gate_.reset();  // whatever it still wrote:
        if (kept) fs::rename(as_it_was, disk_);
        gate_ = std::make_unique<running>(make_, start{boot + now, ++boots_, bytes_});
        if (!gate_->gate.ready()) throw std::runtime_error{std::string{gate_->gate.fault()}};
    }
    std::uint64_t writes() override { return written_ + writes_of_this_boot(); }
    std::size_t bytes() override { return *bytes_; }

private:
    static constexpr nanoseconds boot = 1h;  // where the clock begins
    using gate_type = decltype(std::declval<Make&>()(start{}));
    using pending = typename gate_type::pending;
    struct running {
        running(Make& make, start const& s) : gate{make(s)} {}
        gate_type gate;
    };
    /// A knock, in the words of an attempt.
    struct spoken {
        explicit spoken(knock const& k) : secret{std::to_string(k.secret)} {
            auto const n = static_cast<std::uint32_t>(k.source);
            std::string_view const user = k.account == whose::victim          ? "victim"
                                          : k.account == whose::attackers_own ? "attacker"
                                                                              : std::string_view{secret};
            attempt = {.user = user,
                       .shown = sp::credential::password(secret),
                       .source = sp::address::ipv4(
                           static_cast<std::uint8_t>(10 + (n >> 24)), static_cast<std::uint8_t>(n >> 16),
                           static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)),
                       .service = "opcua",
                       .channel = k.application + 1};
            if (k.place == from::paired_device) attempt.device = sp::testing::device_forge::make(panel);
            if (k.place == from::console) attempt.presence = sp::whereabouts::console;
        }
        spoken(spoken const&) = delete;
        spoken& operator=(spoken const&) = delete;
        std::string secret;
        sp::attempt attempt;
    };
    static constexpr sp::thumbprint panel{{1, 2, 3}};

    [[nodiscard]] auto& clock() { return gate_->gate.clock(); }
    [[nodiscard]] std::uint64_t writes_of_this_boot() {
        std::uint64_t n = 0;
        if (!gate_) return n;
        gate_->gate.inspect([&](auto const&, auto const&, auto const& penalties, auto const&...) {
            if constexpr (requires { penalties.memory().writes(); }) n = penalties.memory().writes();
        });
        return n;
    }

    Make make_;
    std::filesystem::path disk_;
    std::unique_ptr<running> gate_{};
    std::vector<std::pair<knock, std::unique_ptr<pending>>> flying_{};
    std::shared_ptr<std::size_t> bytes_ = std::make_shared<std::size_t>();
    std::uint64_t written_ = 0;
    unsigned boots_ = 0;
};

[[nodiscard]] inline std::unique_ptr<policy> plcnext_gate() {
    auto make = [](start const& s) { return sp::presets::plcnext(s.environment(), two_people{}); };
    return std::make_unique<gate_policy<decltype(make)>>(make);
}

inline constexpr sp::penalty::lane_options with_console{.panel = sp::penalty::console::composed};

[[nodiscard]] inline std::unique_ptr<policy> resilient_gate() {
    // A simulated day writes what a day writes: where there is one, on a disk that is none.
    std::filesystem::path const shm = "/dev/shm";
    auto const place = std::filesystem::exists(shm) ? shm : std::filesystem::temp_directory_path();
    std::string folder = (place / "sallyport-lockout-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    std::string const file = folder + "/journal";
    auto make = [file](start const& s) {
        return sp::presets::resilient(
            s.environment(), two_people{},
            sp::penalty::journal{{.path = file, .device = "a device", .boot_id = std::to_string(s.boot)}},
            {.lanes = with_console});
    };
    return std::make_unique<gate_policy<decltype(make)>>(make, file);
}
[[nodiscard]] inline std::unique_ptr<policy> forgetful_gate() {
    auto make = [](start const& s) {
        return sp::presets::resilient(s.environment(), two_people{}, sp::penalty::volatile_state{},
                                      {.lanes = with_console});
    };
    return std::make_unique<gate_policy<decltype(make)>>(make);
}

}  // namespace lockout
