// SPDX-License-Identifier: BSL-1.0
#pragma once
// Part of authenticator.hpp: what administrators do, and what is told.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <type_traits>

namespace sallyport::inline v0 {

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::open_sessions() noexcept {
    nanoseconds const now = env_.clock.now().steady;
    hold const in{*this};
    return in ? inside_.size(now) : 0;
}

template <class E, class V, class... G>
std::vector<session::session_info> authenticator<E, V, G...>::sessions() {
    std::vector<session::session_info> list;
    list.reserve(env_.house.places);
    nanoseconds const now = env_.clock.now().steady;
    if (hold const in{*this}; in)
        for (place const p : inside_) {
            guest g{};
            if (standing const is = inside_.look(p, now, g); in_force(is)) list.push_back(info(p, is, g));
        }
    return list;
}

template <class E, class V, class... G>
std::vector<penalty_entry> authenticator<E, V, G...>::penalties() {
    std::vector<penalty_entry> list;
    nanoseconds const now = env_.clock.now().steady;
    hold const in{*this};
    if (in) guards_.list_penalties(now, list);
    return list;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::clear_penalty(std::string_view user, address const& source,
                                              name const& by) noexcept {
    visit who = account_of(user);
    who.source = source;
    if (is_made_up(user)) {  // as the list shows it
        who.account = name{user};
        who.account_hash = siphash_of(env_.storage.key(), who.account);
    }
    instant const now = env_.clock.now();
    bool cleared = false;
    // Each time a share of what is to be forgotten; a guard that always finds more is not asked for ever.
    int left = 10'000;
    for (bool more = true; more && left > 0; cleared = cleared || more, --left) {
        more = false;
        if (hold const in{*this}; in)
            guards_.each([&](auto& g) {
                if constexpr (clears_penalties<std::remove_cvref_t<decltype(g)>>)
                    for (bool const known : {true, false}) {  // it may have been added or removed since
                        who.known = known;
                        more = g.clear_penalty(who, now) || more;
                    }
            });
    }
    env_.waiter.notify();
    record_act(audit::event_id::penalty_cleared, by, audit::as_typed(user), cleared ? 1 : 0, source);
    return cleared;
}

template <class E, class V, class... G>
std::vector<pair_entry> authenticator<E, V, G...>::pairs(std::string_view user) {
    std::vector<pair_entry> list;
    visit const who = account_of(user);
    nanoseconds const now = env_.clock.now().steady;
    if (hold const in{*this}; in) guards_.list_pairs(who, now, list);
    return list;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::pair(std::string_view user, thumbprint const& device, pairing_kind how,
                                     name const& by) noexcept {
    visit const who = account_of(user);
    instant const now = env_.clock.now();
    bool paired = false;
    if (who.malformed || user.empty() || !device.known()) return false;
    if (hold const in{*this}; in)
        guards_.each([&](auto& g) {
            if constexpr (keeps_pairs<std::remove_cvref_t<decltype(g)>>)
                paired = g.pair(who, device, how, now) || paired;
        });
    if constexpr (audited)
        if (paired)
            tell(audit::event{.id = audit::event_id::device_paired,
                              .user = name{user},
                              .device = device,
                              .actor = by,
                              .detail = to_string(how),
                              .at = now});
    return paired;
}

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::revoke_pairs(std::string_view user, thumbprint const& device,
                                                    name const& by) noexcept {
    visit who = account_of(user);
    std::size_t gone = 0;
    instant const now = env_.clock.now();
    if (user.empty()) return gone;
    if (hold const in{*this}; in)
        guards_.each([&](auto& g) {
            if constexpr (keeps_pairs<std::remove_cvref_t<decltype(g)>>)
                for (bool const known : {true, false}) {  // the account may have been added or removed since
                    who.known = known;
                    gone += g.revoke_pair(who, device, now);
                }
        });
    record_act(audit::event_id::pair_revoked, by, audit::as_typed(user), gone);
    return gone;
}

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::carry_pairs_over(thumbprint const& from, thumbprint const& to,
                                                        name const& by) noexcept {
    std::size_t carried = 0;
    instant const now = env_.clock.now();
    for (std::size_t share = 1; share != 0; carried += share) {
        share = 0;
        if (hold const in{*this}; in)
            guards_.each([&](auto& g) {
                if constexpr (keeps_pairs<std::remove_cvref_t<decltype(g)>>)
                    share += g.carry_pairs_over(from, to, now);
            });
    }
    if constexpr (audited)
        tell(audit::event{.id = audit::event_id::device_paired,
                          .device = to,
                          .value = carried,
                          .actor = by,
                          .detail = "carried over from another certificate",
                          .at = now});
    return carried;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::set_session_maximum(std::uint32_t total, name const& by) noexcept {
    bool set = false;
    if (total > env_.house.places) return false;
    if (hold const in{*this}; in)
        guards_.each([&](auto& g) {
            if constexpr (has_maximum<std::remove_cvref_t<decltype(g)>>) g.set_maximum(total), set = true;
        });
    if (set) record_act(audit::event_id::session_maximum_set, by, {}, total);
    return set;
}

template <class E, class V, class... G>
std::uint32_t authenticator<E, V, G...>::session_maximum() noexcept {
    hold const in{*this};
    return in ? guards_.maximum(env_.house.places) : env_.house.places;
}

// ---- telling ------------------------------------------------------------------------------------------

template <class E, class V, class... G>
void authenticator<E, V, G...>::record(audit::event e) noexcept {
    if (e.at.steady == nanoseconds::zero() && e.at.wall == nanoseconds::zero()) e.at = env_.clock.now();
    tell(e);
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::record_act(audit::event_id id, name const& by, name const& user,
                                           std::uint64_t value, address const& source) noexcept {
    if constexpr (audited)
        tell(audit::event{
            .id = id, .user = user, .source = source, .value = value, .actor = by, .at = env_.clock.now()});
}

template <class E, class V, class... G>
audit::event authenticator<E, V, G...>::event_of(audit::event_id id, visit const& who, name const& user,
                                                 denial why, instant now) const noexcept {
    return {.id = id,
            .why = why,
            .user = user,
            .source = who.source,
            .service = who.service,
            .device = who.device.known() ? who.device.print() : who.pairing,
            .shown = who.shown,
            .presence = who.presence,
            .at = now};
}

/// "every 5 s, for 3 h 20 min": plain words, for whoever looks for the machine.
template <class E, class V, class... G>
audit::event authenticator<E, V, G...>::event_of(remark const& r, instant now) const noexcept {
    auto const id = r.what == remark_kind::code_burned           ? audit::event_id::pairing_code_burned
                    : r.what == remark_kind::old_secret          ? audit::event_id::old_secret_in_use
                    : r.what == remark_kind::stale_administrator ? audit::event_id::stale_administrator
                                                                 : audit::event_id::stale_client;
    auto e = event_of(id, r.who, r.who.account, denial{reason::none, {}}, now);
    e.value = r.times;
    if (r.times > 1) {
        e.within = r.for_so_long;
        std::array<char, sizeof e.detail> words{};
        auto const whole = [](nanoseconds t, nanoseconds unit) { return static_cast<long long>(t / unit); };
        constexpr nanoseconds s = std::chrono::seconds{1}, min = std::chrono::minutes{1}, h = 60 * min;
        nanoseconds const every = r.every, so_long = r.for_so_long;
        (void)std::snprintf(words.data(), words.size(), "every %lld.%lld s, for %lld h %lld min",
                            whole(every, s), whole(every % s, s / 10), whole(so_long, h),
                            whole(so_long % h, min));
        e.detail = std::string_view{words.data()};
    }
    return e;
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::hear_remarks([[maybe_unused]] instant now,
                                             [[maybe_unused]] outbox& mail) noexcept {
    guards_.remarks([&]([[maybe_unused]] remark const& r) {
        if constexpr (audited) mail.put(event_of(r, now));
    });
}

template <class E, class V, class... G>
audit::event authenticator<E, V, G...>::event_of(audit::event_id id, place p, guest const& g,
                                                 instant now) const noexcept {
    auto e = event_of(id, g.who, g.as.is, denial{reason::none, {}}, now);
    e.session = p.number;
    return e;
}

}  // namespace sallyport::inline v0
