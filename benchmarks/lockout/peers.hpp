// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "policy.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <unordered_map>

// The laws of others, as their documentation and their public sources have them. Each looks first and counts
// afterwards, as they do.
namespace lockout {

/// A peer with a record for each key.
template <class Record>
class keyed_policy : public policy {
public:
    void restart(nanoseconds) override { records_.clear(); }

protected:
    [[nodiscard]] Record& of(std::uint64_t key) { return records_[key]; }
    static std::uint64_t account(knock const& k) noexcept { return static_cast<std::uint64_t>(k.account); }

private:
    std::unordered_map<std::uint64_t, Record> records_;
};

/// None at all: open62541, node-opcua, asyncua.
class nothing final : public policy {
public:
    nanoseconds arrive(knock const&, nanoseconds) override { return 0s; }
    void settle(knock const&, nanoseconds) override {}
    nanoseconds wait(knock const&, nanoseconds) override { return 0s; }
    void restart(nanoseconds) override {}
};

struct count_and_last {
    std::uint32_t failures = 0;
    nanoseconds last = -24h, open_at = 0s;
};

/// T failures within W lock for D; refused attempts do not count. pam_faillock, HashiCorp Vault, Active
/// Directory. Best for who waits: max(T/D, (T − 1)/W).
struct threshold_numbers {
    std::uint32_t failures;
    nanoseconds window, lock;
    bool old_secrets_count = true;
    bool whole_seconds = false;  ///< times are kept in seconds, and the lock must be over, not just up
    bool survives = false;       ///< a restart
};
class threshold final : public keyed_policy<count_and_last> {
public:
    explicit threshold(threshold_numbers n) noexcept : numbers_{n} {}

    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = of(account(k));
        now = kept(now);
        if (k.secret == right) {
            r = {};
        } else if (r.open_at <= now && (k.secret != outdated || numbers_.old_secrets_count)) {
            if (r.open_at != 0s || now - r.last >= numbers_.window) r = {};
            ++r.failures, r.last = now, ++writes_;
            if (r.failures >= numbers_.failures) r.open_at = now + numbers_.lock + late();
        }
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(of(account(k)).open_at - now, 0s);
    }
    void restart(nanoseconds now) override {
        if (!numbers_.survives) keyed_policy::restart(now);
    }
    std::uint64_t writes() override { return numbers_.survives ? writes_ : 0; }

private:
    [[nodiscard]] nanoseconds kept(nanoseconds t) const {
        return numbers_.whole_seconds ? std::chrono::floor<std::chrono::seconds>(t) : t;
    }
    [[nodiscard]] nanoseconds late() const { return numbers_.whole_seconds ? 1s : 0s; }
    threshold_numbers numbers_;
    std::uint64_t writes_ = 0;
};

/// Keycloak's defaults: the n-th failure shuts for 60 s · ⌊n/30⌋, at most 900 s; a second one within a second
/// for 60 s; twelve hours without a failure forget.
class keycloak final : public keyed_policy<count_and_last> {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = of(account(k));
        if (k.secret == right) {
            r = {};
            return;
        }
        if (now - r.last > 12h) r.failures = 0;
        bool const quick = now - r.last < 1s;
        ++r.failures, r.last = now;
        nanoseconds shut = std::min<nanoseconds>(r.failures / 30 * 60s, 900s);
        if (quick) shut = std::max<nanoseconds>(shut, 60s);
        r.open_at = now + shut;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(of(account(k)).open_at - now, 0s);
    }
    nanoseconds patience(knock const& k, nanoseconds now) override {
        auto const& r = of(account(k));
        return std::max<nanoseconds>(std::max(r.open_at, r.last + 1s) - now, 0s);
    }
};

/// Devise's lockable: twenty failures lock for an hour; more are counted and verified, and let nobody in.
class devise final : public keyed_policy<count_and_last> {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override {
        nanoseconds const left = wait(k, now);
        if (left > 0s && k.secret != right) ++of(account(k)).failures, ++writes_;
        return left;
    }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = of(account(k));
        ++writes_;
        if (k.secret == right || (r.open_at != 0s && r.open_at <= now)) r = {};
        if (k.secret == right) return;
        if (++r.failures == 20) r.open_at = now + 1h;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(of(account(k)).open_at - now, 0s);
    }
    void restart(nanoseconds) override {}
    std::uint64_t writes() override { return writes_; }

private:
    std::uint64_t writes_ = 0;
};

/// Dovecot: a source's reply is delayed by 2, 4, 8, 15 s; the last ten identical secrets do not count.
class dovecot final : public policy {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = records_[k.source];
        if (k.secret == right || std::find(r.last.begin(), r.last.end(), k.secret) != r.last.end()) return;
        r.last.push_front(k.secret);
        if (r.last.size() > 10) r.last.pop_back();
        r.delay = r.delay == 0s ? 2s : std::min<nanoseconds>(r.delay * 2, 15s);
        r.open_at = now + r.delay;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(records_[k.source].open_at - now, 0s);
    }
    void restart(nanoseconds) override { records_.clear(); }

private:
    struct record {
        std::deque<std::uint64_t> last{};
        nanoseconds delay = 0s, open_at = 0s;
    };
    std::unordered_map<std::uint64_t, record> records_;
};

struct penalty {
    nanoseconds until = 0s;
    bool active = false;
};
/// OpenSSH's PerSourcePenalties: a failed authentication adds 5 s; above 15 s the source is refused until all
/// of it has drained; at most 600 s.
class openssh final : public keyed_policy<penalty> {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        if (k.secret == right) return;
        auto& p = drained(k, now);
        p.until = std::min<nanoseconds>(std::max(p.until, now) + 5s, now + 600s);
        if (p.until - now > 15s) p.active = true;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        auto const& p = drained(k, now);
        return p.active ? p.until - now : 0s;
    }
    nanoseconds patience(knock const& k, nanoseconds now) override {
        auto const& p = drained(k, now);
        return std::max<nanoseconds>(p.active ? p.until - now : p.until + 5s - 15s - now, 0s);
    }

private:
    penalty& drained(knock const& k, nanoseconds now) {
        auto& p = of(k.source);
        if (p.until <= now) p.active = false;
        return p;
    }
};

/// UA-.NETStandard: five failures of an application shut it out for 300 s; 60 s of silence, or any success,
/// forget. Without a client certificate the application is what it calls itself.
class ua_net_standard final : public keyed_policy<count_and_last> {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = of(key(k));
        bool const over = r.open_at != 0s && r.open_at <= now;
        if (k.secret == right || over || now - r.last >= 60s) r = {};
        if (k.secret == right) return;
        r.last = now;
        if (++r.failures == 5) r.open_at = now + 300s;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(of(key(k)).open_at - now, 0s);
    }
    /// One short of the threshold, and then a minute's silence.
    nanoseconds patience(knock const& k, nanoseconds now) override {
        auto const& r = of(key(k));
        if (r.open_at > now) return r.open_at - now;
        return r.failures < 4 ? 0s : std::max<nanoseconds>(r.last + 60s - now, 0s);
    }

private:
    static std::uint64_t key(knock const& k) noexcept { return k.source << 32 | k.application; }
};

/// S2OPC: three failures on a channel shut that channel for 60 s.
class s2opc final : public keyed_policy<count_and_last> {
public:
    nanoseconds arrive(knock const& k, nanoseconds now) override { return wait(k, now); }
    void settle(knock const& k, nanoseconds now) override {
        auto& r = of(k.source << 32 | k.application);
        if (k.secret == right || (r.open_at != 0s && r.open_at <= now)) r = {};
        if (k.secret == right) return;
        if (++r.failures == 3) r.open_at = now + 60s;
    }
    nanoseconds wait(knock const& k, nanoseconds now) override {
        return std::max<nanoseconds>(of(k.source << 32 | k.application).open_at - now, 0s);
    }
};

}  // namespace lockout
