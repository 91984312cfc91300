// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "directory.hpp"
#include "temporary_folder.hpp"
#include "trace.hpp"

#include <sallyport/sallyport.hpp>
#include <sallyport/testing/device_forge.hpp>
#include <sallyport/testing/manual_clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace replay {

/// What a line came to.
struct outcome {
    std::int64_t line = 0;
    std::int64_t at_ms = 0;
    std::string_view verdict = "done";
    sallyport::reason why = sallyport::reason::none;
    std::int64_t retry_after_ms = 0;
    bool verified = false;
    std::size_t sessions = 0;
};

/// The simulated clock, shared by the devices that follow each other through restarts.
struct trace_clock {
    sallyport::testing::manual_clock const* clock;
    [[nodiscard]] sallyport::instant now() const noexcept { return clock->now(); }
};

/// The directory, shared likewise.
struct shared_directory {
    directory const* accounts;
    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant now) const {
        return accounts->verify(a, now);
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sallyport::name const& n) const noexcept {
        return accounts->knows(n);
    }
};

/// A device under a trace: a gate on a simulated clock. `make_gate(clock, directory)` gives the gate anew
/// after each restart; `tell(outcome)` hears of each line, in the order of the lines.
template <class MakeGate>
class simulation {
    using gate_type = decltype(std::declval<MakeGate const&>()(trace_clock{}, shared_directory{}));

public:
    /// `disk`: where the gate keeps what outlives a restart; null: nothing does.
    simulation(directory accounts, MakeGate make_gate, std::function<void(outcome const&)> tell,
               temporary_folder const* disk = nullptr)
        : accounts_{std::move(accounts)},
          make_gate_{std::move(make_gate)}, tell_{std::move(tell)}, disk_{disk} {
        boot();
    }
    simulation(simulation const&) = delete;
    simulation& operator=(simulation const&) = delete;

    /// The next line; its `at_ms` is not earlier than any before it.
    void play(entry e) {
        settle_until(e.at_ms);
        set_clock(e.at_ms);
        if (e.at_ms >= next_tick_ms_) {
            (void)gate_->tick();  // a host does it when it is due; an hour is often enough here
            next_tick_ms_ = e.at_ms + 3'600'000;
        }
        std::int64_t const line = first_ + static_cast<std::int64_t>(lines_.size());
        lines_.push_back({outcome{.line = line, .at_ms = e.at_ms}, false});
        std::visit([&](auto& what) { act(line, e.at_ms, what); }, e.what);
        flush();
    }
    /// The end of the trace: whoever is still being verified settles in his time.
    void finish() {
        settle_until(std::numeric_limits<std::int64_t>::max());
        flush();
    }

private:
    struct in_flight {
        login what;
        std::optional<typename gate_type::pending> pending;
    };
    struct told_line {
        outcome said;
        bool settled;
    };

    void boot() {
        // A gate stays where it is made: its sessions point back at it.
        gate_ = std::unique_ptr<gate_type>{
            new gate_type(make_gate_(trace_clock{&clock_}, shared_directory{&accounts_}))};
    }
    void set_clock(std::int64_t at_ms) {
        clock_.set_steady(std::chrono::hours{1} + std::chrono::milliseconds{at_ms});
    }

    [[nodiscard]] bool power_lost(restart const& how) const { return how.power_loss && disk_ != nullptr; }

    // ---- what a line does ----

    void act(std::int64_t line, std::int64_t at_ms, login& what) {
        std::int64_t const until = what.takes_ms > latest_ms - at_ms ? latest_ms : at_ms + what.takes_ms;
        auto const at = flying_.emplace(std::pair{until, line}, in_flight{std::move(what), {}}).first;
        sallyport::attempt const a = attempt_of(at->second.what);
        // Its pairing is proven, whatever the trace has shown of it. A pair that there is already is not made
        // again: that would be a write for each line.
        if (at->second.what.paired && !gate_->paired(a))
            (void)gate_->administer("trace").pair(a.user, a.device.print());
        auto p = gate_->begin(a);
        if (!p) {
            flying_.erase(at);
            return refused(line, p.error(), false);
        }
        at->second.pending.emplace(std::move(*p));
        if (until == at_ms) settle(at);
    }
    void act(std::int64_t line, std::int64_t, close const& what) {
        sessions_.erase(what.opened_by);  // letting go of a session ends it
        done(line);
    }
    void act(std::int64_t line, std::int64_t, restart const& how) {
        std::string const disk = power_lost(how) ? disk_->read() : std::string{};
        sessions_.clear();
        for (auto& [when, f] : flying_) {
            f.pending.reset();  // what it had reserved counts: nobody knows how far it had come
            refused(when.second, {sallyport::reason::try_again_later, {}}, false);
        }
        flying_.clear();
        gate_.reset();
        if (power_lost(how)) disk_->put_back(disk);
        boot();
        done(line);
    }
    void act(std::int64_t line, std::int64_t, change const& what) {
        if (!accounts_.change(what.user, what.new_secret)) return done(line);
        gate_->renewed(what.user, sallyport::secret{what.old_secret});
        done(line);
    }

    // ---- what becomes of an attempt ----

    void settle_until(std::int64_t at_ms) {
        while (!flying_.empty() && flying_.begin()->first.first <= at_ms) {
            set_clock(flying_.begin()->first.first);
            settle(flying_.begin());
        }
    }
    template <class Iterator>
    void settle(Iterator at) {
        std::int64_t const line = at->first.second;
        auto f = flying_.extract(at);
        if (f.mapped().what.unavailable) {
            f.mapped().pending->verified(sallyport::unavailable{});
        } else {
            f.mapped().pending->verify(attempt_of(f.mapped().what));
        }
        auto s = f.mapped().pending->settle();
        if (!s) {
            sallyport::reason const why = s.error().why;
            return refused(
                line, s.error(),
                why != sallyport::reason::try_again_later && why != sallyport::reason::malformed_attempt);
        }
        sessions_.emplace(line, std::move(*s));
        tell(line, {.verdict = "admitted", .verified = true});
    }
    void refused(std::int64_t line, sallyport::denial no, bool verified) {
        bool const waits = no.why == sallyport::reason::penalty_delay_active ||
                           no.why == sallyport::reason::invalid_credentials;
        tell(line, {.verdict = "refused",
                    .why = no.why,
                    .retry_after_ms = waits ? no.retry_after_ms() : 0,
                    .verified = verified});
    }
    void done(std::int64_t line) { tell(line, {}); }
    void tell(std::int64_t line, outcome said) {
        told_line& mine = lines_[static_cast<std::size_t>(line - first_)];
        said.line = line;
        said.at_ms = mine.said.at_ms;
        said.sessions = gate_->open_sessions();
        mine = {said, true};
    }
    /// Lines are told in their order: one that is still being verified holds back those behind it.
    void flush() {
        for (; !lines_.empty() && lines_.front().settled; lines_.pop_front(), ++first_)
            tell_(lines_.front().said);
    }

    // ---- what the gate sees ----

    static sallyport::attempt attempt_of(login const& l) {
        return {.user = l.user,
                .shown = sallyport::credential::password(l.secret),
                .source = sallyport::address::from(l.source),
                .service = l.service,
                .device = device_of(l.device),
                .presence = l.console ? sallyport::whereabouts::console : sallyport::whereabouts::remote};
    }
    /// A device of the trace is a name; the gate knows devices by thumbprints.
    static sallyport::trusted_device device_of(std::string_view device) {
        if (device.empty()) return {};
        sallyport::thumbprint t;
        for (std::size_t i = 0; i < t.bytes.size(); ++i) {
            sallyport::word const h = sallyport::siphash({i / 8, 0}, device);
            t.bytes[i] = static_cast<std::uint8_t>(h >> i % 8 * 8);
        }
        return sallyport::testing::device_forge::make(t);
    }

    sallyport::testing::manual_clock clock_{sallyport::instant{std::chrono::hours{1}, {}, false}};
    directory accounts_;
    MakeGate make_gate_;
    std::function<void(outcome const&)> tell_;
    temporary_folder const* disk_;
    std::unique_ptr<gate_type> gate_;
    std::unordered_map<std::int64_t, sallyport::session::session> sessions_;  // by the line that opened them
    std::map<std::pair<std::int64_t, std::int64_t>, in_flight>
        flying_;                   // by when they settle, and their lines
    std::deque<told_line> lines_;  // not yet told
    std::int64_t next_tick_ms_ = 0;
    std::int64_t first_ = 1;  // the line at the front of them
};

}  // namespace replay
