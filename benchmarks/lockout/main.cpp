// SPDX-License-Identifier: BSL-1.0
// sallyport-bench-lockout [--json FILE] [--svg FILE]: the laws of others and ours in one simulator, over a
// day. Ours are the gates themselves. It exits with 1 where ours break a promise, or where the model of
// pam_faillock and pam_faillock differ.
#include "faillock.hpp"
#include "figures.hpp"
#include "ours.hpp"
#include "peers.hpp"
#include "plot.hpp"

#include <sallyport/penalty/guess_bound.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <malloc.h>

namespace {

using namespace lockout;

template <class Law, class... Numbers>
auto peer(Numbers... numbers) {
    return [=]() -> std::unique_ptr<policy> { return std::make_unique<Law>(numbers...); };
}
constexpr threshold_numbers faillock{3, 900s, 600s, true, true};
constexpr threshold_numbers vault{5, 900s, 900s};
constexpr threshold_numbers active_directory{10, 600s, 600s, false, false, true};

std::vector<entry> laws() {
    return {
        {"sallyport, resilient", "account, device", "fixed", false, true, resilient_gate},
        {"sallyport, resilient, volatile", "account, device", "fixed", false, true, forgetful_gate},
        {"sallyport, PLCnext's law", "account", "fixed", false, true, plcnext_gate},
        {"Keycloak", "account", "accounts", false, false, peer<keycloak>()},
        {"pam_faillock", "account", "accounts", false, false, peer<threshold>(faillock)},
        {"HashiCorp Vault", "account", "names", false, false, peer<threshold>(vault)},
        {"Devise", "account", "accounts", false, false, peer<devise>()},
        {"Active Directory, 10 in 10 min", "account", "accounts", false, false,
         peer<threshold>(active_directory)},
        {"Dovecot", "source", "sources", true, false, peer<dovecot>()},
        {"OpenSSH", "source", "sources, to 65,536", true, false, peer<openssh>()},
        {"UA-.NETStandard", "application", "applications", true, false, peer<ua_net_standard>()},
        {"S2OPC", "channel", "channels", true, false, peer<s2opc>()},
        {"none", "–", "nothing", true, false, peer<nothing>()},
    };
}

// ---- Tables -----------------------------------------------------------------------------------------

void row(std::vector<std::string> const& cells) {
    for (std::string const& c : cells) fmt::print("| {} ", c);
    fmt::print("|\n");
}
template <class Cells>
void table(std::string_view title, std::vector<std::string> head, std::vector<figures> const& all,
           Cells cells) {
    fmt::print("\n{}\n\n", title);
    row(head);
    for (std::size_t i = 0; i < head.size(); ++i) fmt::print("|---{}", i == 0 ? "" : ":");
    fmt::print("|\n");
    for (figures const& f : all) {
        std::vector<std::string> line{std::string{f.what.name}};
        cells(f, [&](auto const& value) {
            if constexpr (std::is_convertible_v<decltype(value), std::uint64_t>)
                line.push_back(grouped(value));
            else
                line.emplace_back(value);
        });
        row(line);
    }
}

void print(std::vector<figures> const& all) {
    table(
        "Wrong secrets verified against one account in a day, by attackers who wait; minutes a day in which "
        "the "
        "right one is refused",
        {"policy", "1 source", "10", "1,000", "100,000", "a client with an old password every 5 s: elsewhere",
         "1,000 sources, one failure every 5 s: at a known device"},
        all, [](figures const& f, auto put) {
            for (std::uint64_t const n : f.waiting) {
                bool const overflows = f.at_least && n == f.waiting.back();
                put(overflows ? "> " + grouped(n) : grouped(n));
            }
            put(f.stale_1), put(f.locked_out_known);
        });
    table("Wrong secrets verified in a day, in other manners",
          {"policy", "every 5 s", "64 at once", "his own logins between", "another face for each guess",
           "1,000 sources, a restart every hour"},
          all, [](figures const& f, auto put) {
              put(f.paced), put(f.parallel), put(f.own_account), put(f.rotating), put(f.restarting);
          });
    table("Minutes a day in which the right secret is refused",
          {"policy", "30 old clients: at a known device", "elsewhere",
           "elsewhere, after a change that supplied the old one", "locked out on purpose: at a known device",
           "at a new one, by 1 source", "at a new one, by 1,000", "the last administrator, at the console",
           "of 1,440 logins at a known device, refused"},
          all, [](figures const& f, auto put) {
              put(f.stale_30_known), put(f.stale_30_elsewhere), put(f.stale_30_after_change),
                  put(f.locked_out_known);
              put(f.locked_out_new_by_1), put(f.locked_out_new_by_1000), put(f.last_administrator),
                  put(f.logins_refused);
          });
    table("What it takes",
          {"policy", "kept by", "memory", "writes to permanent memory in a day of attack",
           "and of logins every minute"},
          all, [](figures const& f, auto put) {
              put(f.what.keyed);
              put(f.bytes != 0 ? fmt::format("{:.1f} MiB, fixed", static_cast<double>(f.bytes) / 1048576)
                               : fmt::format("grows with {}", f.what.memory));
              put(f.writes), put(f.writes_in_use);
          });
}

// ---- What is promised -------------------------------------------------------------------------------

class promises {
public:
    void keep(bool kept, std::string_view what) {
        fmt::print("{} {}\n", kept ? "kept:  " : "BROKEN:", what);
        broken_ = broken_ || !kept;
    }
    [[nodiscard]] bool broken() const noexcept { return broken_; }

private:
    bool broken_ = false;
};

void check(promises& p, figures const& f) {
    using sp::penalty::worst_case_guesses;
    constexpr std::uint64_t cap = worst_case_guesses(24h, 0, 0, sp::penalty::lane_options{}).strangers;
    bool within = true;
    for (std::uint64_t const n : f.waiting) within = within && n <= cap;
    for (std::uint64_t const n : {f.paced, f.parallel, f.own_account, f.rotating, f.restarting})
        within = within && n <= cap;
    p.keep(within, fmt::format("{}: at most {} guesses a day, in every manner", f.what.name, cap));
    p.keep(
        f.locked_out_known + f.stale_1 + f.stale_30_known + f.stale_30_after_change + f.last_administrator ==
            0,
        fmt::format("{}: no minute of lock-out at a known device or the console, none by old clients",
                    f.what.name));
    p.keep(f.logins_refused == 0, fmt::format("{}: 1,440 of 1,440 logins at a known device", f.what.name));
}

/// A million names, and a million sources: does anything grow?
std::size_t grown_by_a_million(entry const& e) {
    auto const p = e.make();
    auto const spray = [&](std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t n = from; n < to; ++n)
            knock_once(*p, {.source = attackers + n, .secret = first_wrong + n, .account = whose::nobodys},
                       std::chrono::milliseconds{n});
    };
    spray(0, 1'000);
    auto const before = mallinfo2();
    spray(1'000, 1'000'000);
    auto const after = mallinfo2();
    return after.uordblks + after.hblkhd > before.uordblks + before.hblkhd
               ? after.uordblks + after.hblkhd - before.uordblks - before.hblkhd
               : 0;
}

void owner_in_between(promises& p) {
    using sp::penalty::worst_case_guesses, sp::penalty::backoff_options;
    fmt::print("\nPLCnext's law, with an owner who logs in between, at even distances\n\n");
    row({"logins of the owner", "guesses", "the bound"});
    fmt::print("|---:|---:|---:|\n");
    bool within = true;
    for (std::uint64_t const n : {0U, 1U, 2U, 4U, 10U, 24U}) {
        auto const gate = plcnext_gate();
        std::uint64_t const got = guesses_around_the_owner(*gate, n),
                            bound = worst_case_guesses(24h, 0, n, backoff_options<>{});
        row({grouped(n), grouped(got), grouped(bound)});
        within = within && got <= bound;
    }
    fmt::print("\n");
    p.keep(within, "PLCnext's law: no more than the bound with any number of logins");
}

// ---- pam_faillock -----------------------------------------------------------------------------------

struct compared {
    int points = 0, different = 0;
};
compared compare_with_the_real_one() {
    threshold model{faillock};
    real_faillock real;
    compared c;
    std::uint64_t seed = 88'172'645'463'325'252;
    auto const dice = [&](std::uint64_t sides) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        return seed % sides;
    };
    nanoseconds now = 0s;
    auto const point = [&](knock const& k) {
        bool const by_model = model.arrive(k, now) == 0s, by_real = real.arrive(k, now) == 0s;
        ++c.points, c.different += by_model != by_real ? 1 : 0;
        return by_real;
    };
    auto const settle = [&](knock const& k) { model.settle(k, now), real.settle(k, now); };
    for (std::uint64_t i = 0; i < 200; ++i) {
        switch (dice(6)) {
            case 0: now += std::chrono::seconds{dice(1000)}; break;
            case 1: now += model.wait({}, now); break;
            case 2: now += std::max<nanoseconds>(model.wait({}, now) - 1s, 0s); break;
            case 3: now += std::chrono::milliseconds{dice(1500)}; break;
            default: now += std::chrono::seconds{dice(8)}; break;
        }
        knock const k{.secret = dice(12) == 0 ? right : first_wrong + i};
        if (point(k)) settle(k);
    }
    // Sixteen at once, all looked at before the first is counted.
    now += 2h;
    std::vector<knock> flying;
    for (std::uint64_t i = 0; i < 16; ++i)
        if (point({.secret = first_wrong + i})) flying.push_back({.secret = first_wrong + i});
    for (knock const& k : flying) settle(k);
    point({});
    now += 600s, point({});
    now += 1s, point({});
    return c;
}

void faillock_itself(promises& p) {
    if (auto const why = real_faillock::missing()) {
        fmt::print("not run: pam_faillock beside its model ({})\n", *why);
        return;
    }
    auto const c = compare_with_the_real_one();
    p.keep(c.different == 0, fmt::format("pam_faillock answers as its model does, at {} of {} points",
                                         c.points - c.different, c.points));
}

// ---- Files --------------------------------------------------------------------------------------------

nlohmann::ordered_json json(std::vector<figures> const& all) {
    auto list = nlohmann::ordered_json::array();
    for (figures const& f : all) {
        nlohmann::ordered_json guesses;
        for (std::size_t i = 0; i < sources.size(); ++i) guesses[std::to_string(sources[i])] = f.waiting[i];
        list.push_back({{"policy", f.what.name},
                        {"ours", f.what.ours},
                        {"kept_by", f.what.keyed},
                        {"guesses_a_day",
                         {{"waiting_by_sources", guesses},
                          {"last_of_these_is_a_lower_bound", f.at_least},
                          {"every_5_s", f.paced},
                          {"parallel_64", f.parallel},
                          {"own_logins_between", f.own_account},
                          {"rotating", f.rotating},
                          {"restart_every_hour_1000_sources", f.restarting}}},
                        {"minutes_a_day_refused",
                         {{"stale_client_elsewhere", f.stale_1},
                          {"stale_clients_30_known_device", f.stale_30_known},
                          {"stale_clients_30_elsewhere", f.stale_30_elsewhere},
                          {"stale_clients_30_after_change_elsewhere", f.stale_30_after_change},
                          {"locked_out_known_device", f.locked_out_known},
                          {"locked_out_new_device_by_1_source", f.locked_out_new_by_1},
                          {"locked_out_new_device_by_1000_sources", f.locked_out_new_by_1000},
                          {"last_administrator_at_the_console", f.last_administrator}}},
                        {"logins_refused_of_1440_known_device", f.logins_refused},
                        {"bytes", f.bytes},
                        {"writes_a_day_attacked", f.writes},
                        {"writes_a_day_attacked_and_used", f.writes_in_use}});
    }
    return {{"hours", 24}, {"policies", list}};
}

int run(std::vector<std::string> const& words) {
    std::string json_file, svg_file;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
        (words[i] == "--json" ? json_file : svg_file) = words[i + 1];
    for (std::size_t i = 0; i < words.size(); i += 2)
        if (i + 1 == words.size() || (words[i] != "--json" && words[i] != "--svg")) {
            fmt::print(stderr, "usage: sallyport-bench-lockout [--json FILE] [--svg FILE]\n");
            return 2;
        }
    std::vector<figures> all;
    for (entry const& e : laws()) {
        all.push_back(measure(e));
        all.back().at_least = e.name == "OpenSSH";  // permissive: drops whom it would forgive soonest
    }
    print(all);
    promises p;
    owner_in_between(p);
    for (figures const& f : all)
        if (f.what.name == "sallyport, resilient") check(p, f);
    for (entry const& e : laws())
        if (e.ours) {
            std::size_t const grown = grown_by_a_million(e);
            p.keep(grown == 0,
                   fmt::format("{}: a million names from a million sources take {} bytes", e.name, grown));
        }
    faillock_itself(p);

    if (!json_file.empty()) std::ofstream{json_file} << json(all).dump(2) << '\n';
    if (!svg_file.empty()) {
        auto shown = all;
        std::erase_if(shown,
                      [](figures const& f) { return f.what.name == "sallyport, resilient, volatile"; });
        std::ofstream{svg_file} << svg(shown);
    }
    return p.broken() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (std::exception const& e) {
        fmt::print(stderr, "sallyport-bench-lockout: {}\n", e.what());
        return 2;
    }
}
