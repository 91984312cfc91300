// SPDX-License-Identifier: BSL-1.0
#pragma once
// Part of authenticator.hpp: the house, its overdue work, and what is told of it.

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace sallyport::inline v0 {

// ---- overdue work -------------------------------------------------------------------------------------

/// Settles what is overdue, a bounded share of either book a call: a flood of attempts that nobody settles
/// does not keep sessions that are over in the places of others.
template <class E, class V, class... G>
void authenticator<E, V, G...>::sweep(instant now, outbox& mail) noexcept {
    std::size_t left = swept_at_once;
    if (now.steady >= door_.next_deadline()) {
        for (place const p : door_) {
            if (left == 0) break;
            if (door_.look(p, now.steady) == standing::open) continue;
            --left;
            fail(p, standing::timed_out, now, mail);
            commit();
        }
        door_.review();
    }
    left = swept_at_once;
    if (now.steady >= inside_.next_deadline()) {
        for (place const p : inside_) {
            if (left == 0) break;
            if (in_force(inside_.look(p, now.steady))) continue;
            --left;
            end(p, standing::timed_out, now, mail);
            commit();
        }
        inside_.review();
    }
}

/// Nobody will settle it any more.
template <class E, class V, class... G>
void authenticator<E, V, G...>::fail(place p, standing why, instant now,
                                     [[maybe_unused]] outbox& mail) noexcept {
    denial no{reason::overdue, {}};
    visit const who = door_.read(p);
    door_.mark(p, why);
    guards_.tell(failure{who, no, now});
    no.retry_after = guards_.delay(who, now);
    if constexpr (audited) mail.put(event_of(audit::event_id::login_refused, who, who.account, no, now));
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::end(place p, standing why, instant now, [[maybe_unused]] outbox& mail,
                                    [[maybe_unused]] name const& by) noexcept {
    guest const g = inside_.read(p);
    inside_.mark(p, why);
    guards_.tell(departure{g.who, g.as, why, now});
    if constexpr (audited) {
        auto const id = why == standing::terminated ? audit::event_id::session_terminated
                                                    : audit::event_id::session_closed;
        auto e = event_of(id, p, g, now);
        e.ending = why;
        e.actor = by;
        if (why == standing::revoked) e.why.why = reason::account_changed;
        mail.put(e);
    }
}

template <class E, class V, class... G>
std::optional<session::departed> authenticator<E, V, G...>::tick() {
    instant const now = env_.clock.now();
    look_after_segment(now);
    outbox mail;
    std::optional<session::departed> gone;
    if (hold const in{*this}; in) {
        sweep(now, mail);
        guards_.tell(upkeep{now});
        for (let_in::note& n : here_) {
            if (!n.at || gone) continue;
            if (standing const s = inside_.look(n.at, now.steady); !in_force(s)) {
                gone = n.told;
                gone->why = s;
                n = {};
            }
        }
    }
    tell(mail);
    desk_.tick(env_.audit, now);
    return gone;
}

template <class E, class V, class... G>
nanoseconds authenticator<E, V, G...>::next_tick() {
    nanoseconds next = nanoseconds::max();
    instant const now = env_.clock.now();
    if (hold const in{*this}; in) {
        next = std::min(door_.next_deadline(), inside_.next_deadline());
        if constexpr ((keeps_time<G> || ...)) next = std::min(next, guards_.next_upkeep());
        for (let_in::note const& n : here_)
            if (n.at && !in_force(inside_.look(n.at, now.steady))) next = std::min(next, now.steady);
    }
    return std::min(next, desk_.next_tick(env_.audit, now));
}

// ---- a session asks its gate --------------------------------------------------------------------------

template <class E, class V, class... G>
standing authenticator<E, V, G...>::look(place p) noexcept {
    if (!mark_.ours()) return standing::ended;
    nanoseconds const now = env_.clock.now().steady;
    standing const s = inside_.look(p, now);
    if (s != standing::ended || !inside_.half_written(p)) return s;
    hold const in{*this};  // whoever writes it is done by then, or what he left has been put right
    return in ? inside_.look(p, now) : s;
}

template <class E, class V, class... G>
role_set authenticator<E, V, G...>::roles(place p) noexcept {
    if (!mark_.ours()) return {};
    constexpr std::size_t at = (offsetof(guest, as) + offsetof(principal, roles)) / sizeof(word);
    nanoseconds const now = env_.clock.now().steady;
    std::array<word, words_of<role_set>> bits{};
    if (inside_.glimpse(p, at, now, bits)) return role_set{bits};
    standing const s = inside_.look(p, now);
    if (s != standing::open && (s != standing::ended || !inside_.half_written(p))) return {};
    hold const in{*this};
    return in && inside_.glimpse(p, at, now, bits) ? role_set{bits} : role_set{};
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::touch(place p) noexcept {
    nanoseconds const now = env_.clock.now().steady;
    hold const in{*this};
    guest g{};
    if (!in || inside_.look(p, now, g) != standing::open) return false;
    inside_.extend(p, now, g.deadline(now), standing::open, g);
    return true;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::change_lock(place p, standing from, standing to,
                                            audit::event_id what) noexcept {
    instant const now = env_.clock.now();
    guest g{};
    {
        hold const in{*this};
        if (!in || inside_.look(p, now.steady, g) != from) return false;
        inside_.mark(p, to, g);
        if (to == standing::open) inside_.extend(p, now.steady, g.deadline(now.steady), to, g);
    }
    if constexpr (audited) tell(event_of(what, p, g, now));
    return true;
}

/// The attempt by which this session began, with the password entered once more. Views `g`.
template <class E, class V, class... G>
attempt authenticator<E, V, G...>::once_more(guest const& g, secret password) noexcept {
    attempt a{.user = g.as.is.view(),
              .shown = {proof_kind::password, password},
              .source = g.who.source,
              .service = g.who.service.view(),
              .channel = g.who.channel,
              .device = g.who.device,
              .presence = g.who.presence};
    if (g.who.pairing.known()) a.pairing = proven_pairing{g.who.account, g.who.pairing};
    return a;
}

/// Is there an open session of that number? And who has it?
template <class E, class V, class... G>
bool authenticator<E, V, G...>::is_open(std::uint64_t number, guest& whose) noexcept {
    nanoseconds const now = env_.clock.now().steady;
    hold const in{*this};
    place const p = in ? find(number) : place{};
    return p && inside_.look(p, now, whose) == standing::open;
}

template <class E, class V, class... G>
word authenticator<E, V, G...>::code_hash(
    std::array<char, pairing_code::characters> const& plain) const noexcept {
    sip_key const k = env_.storage.key();
    word const h = siphash(sip_key{k.b ^ 0x636f64652d636f64, ~k.a}, {plain.data(), plain.size()});
    return h > 1 ? h : 2;  // 0 is none, 1 is none that there can be
}

template <class E, class V, class... G>
result<pairing_code> authenticator<E, V, G...>::issue_pairing_code(std::uint64_t number, secret password) {
    guest g{};
    if (!is_open(number, g) || !guessable(g.who.shown)) return denial{};
    auto const who = confirm(once_more(g, password));
    if (!who) return who.error();
    instant const now = env_.clock.now();
    pairing_code code;
    bool given = false;
    std::array<word, 2> bits{};
    if (hold const in{*this}; in && chance_.draw(bits)) {
        code = pairing_code::from(bits);
        guards_.each([&](auto& one) {
            if constexpr (takes_codes<std::remove_cvref_t<decltype(one)>>)
                given = one.issue_code(g.who, code_hash(*pairing_code::read(code.view())), now) || given;
        });
    }
    if (!given) return denial{reason::storage_unavailable, {}};
    if constexpr (audited) {
        auto e = event_of(audit::event_id::pairing_code_issued, g.who, g.as.is, {reason::none, {}}, now);
        e.session = number;
        tell(e);
    }
    return code;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::pair_bearer(std::uint64_t number, thumbprint const& id) noexcept {
    guest g{};
    if (!is_open(number, g) || !guessable(g.who.shown) || !id.known()) return false;
    instant const now = env_.clock.now();
    bool paired = false;
    if (hold const in{*this}; in) {
        guards_.each([&](auto& one) {
            if constexpr (keeps_pairs<std::remove_cvref_t<decltype(one)>>)
                paired = one.pair(g.who, id, pairing_kind::cookie, now) || paired;
        });
        guest his{};
        place const p = paired ? find(number) : place{};
        if (p && inside_.look(p, now.steady, his) == standing::open) {
            his.who.pairing = id;
            inside_.amend(p, his);
        }
    }
    if constexpr (audited)
        if (paired) {
            auto e = event_of(audit::event_id::device_paired, g.who, g.as.is, {reason::none, {}}, now);
            e.device = id, e.session = number, e.detail = to_string(pairing_kind::cookie);
            tell(e);
        }
    return paired;
}

template <class E, class V, class... G>
result<principal> authenticator<E, V, G...>::unlock_at(place p, secret password) {
    guest g{};
    {
        instant const now = env_.clock.now();
        hold const in{*this};
        if (!in) return denial{reason::storage_unavailable, {}};
        if (inside_.look(p, now.steady, g) != standing::locked) return denial{};
    }
    auto who = confirm(once_more(g, password));
    if (!who) return who;
    if (who->is != g.as.is ||
        !change_lock(p, standing::locked, standing::open, audit::event_id::session_unlocked))
        return denial{};
    return who;
}

template <class E, class V, class... G>
session::session_token authenticator<E, V, G...>::issue(place p) noexcept {
    nanoseconds const now = env_.clock.now().steady;
    hold const in{*this};
    guest g{};
    if (!in || inside_.look(p, now, g) != standing::open) return {};
    if ((g.token[0] | g.token[1]) != 0) return {};  // handed out before
    session::session_token t{};
    if (!chance_.draw(t.bits)) return {};
    g.token = hash(t);
    inside_.amend(p, g);
    return t;
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::leave(place p) noexcept {
    instant const now = env_.clock.now();
    outbox mail;
    if (hold const in{*this}; in) {
        here_.forget(p);
        // Overdue and not yet swept counts as what it is.
        if (standing const s = inside_.look(p, now.steady); in_force(s)) {
            end(p, standing::closed, now, mail);
        } else if (inside_.at(p.line) && s == standing::timed_out) {
            end(p, s, now, mail);
        }
    }
    --handles_;
    tell(mail);
}

// ---- by token and by number ---------------------------------------------------------------------------

/// Two keyed hashes make 128 bits; the order of the key's halves keeps them apart from the tables' hashes.
template <class E, class V, class... G>
std::array<word, 2> authenticator<E, V, G...>::hash(session::session_token const& t) const noexcept {
    sip_key const k = env_.storage.key();
    return {siphash_of(sip_key{~k.a, k.b}, t.bits), siphash_of(sip_key{~k.b, k.a}, t.bits)};
}

template <class E, class V, class... G>
result<session::session_info> authenticator<E, V, G...>::present(session::session_token const& t) noexcept {
    std::array<word, 2> const h = hash(t);
    nanoseconds const now = env_.clock.now().steady;
    result<session::session_info> whose;
    hold const in{*this};
    if (!in) return denial{reason::storage_unavailable, {}};
    for (place const p : inside_) {
        auto const its = inside_.template read<2>(p, offsetof(guest, token) / sizeof(word));
        if (((its[0] ^ h[0]) | (its[1] ^ h[1])) != 0) continue;
        guest g{};
        standing const s = inside_.look(p, now, g);
        if (!in_force(s) || ((g.token[0] ^ h[0]) | (g.token[1] ^ h[1])) != 0) continue;
        if (s == standing::open) inside_.extend(p, now, g.deadline(now), s, g);
        whose = info(p, s, g);
    }
    return whose;
}

template <class E, class V, class... G>
session::session_info authenticator<E, V, G...>::info(place p, standing is, guest const& g) const noexcept {
    return {p.number,
            g.as,
            g.who.source,
            g.who.service,
            g.who.channel,
            is,
            nanoseconds{g.since},
            nanoseconds{g.since_wall},
            inside_.last_seen(p),
            inside_.deadline(p)};
}

template <class E, class V, class... G>
place authenticator<E, V, G...>::find(std::uint64_t number) const noexcept {
    for (place const p : inside_)
        if (p.number == number) return p;
    return {};
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::lock(std::uint64_t number) noexcept {
    place p{};
    if (hold const in{*this}; in) p = find(number);
    return p && lock(p);
}

template <class E, class V, class... G>
result<principal> authenticator<E, V, G...>::unlock(std::uint64_t number, secret password) {
    place p{};
    if (hold const in{*this}; in) p = find(number);
    return p ? unlock_at(p, password) : result<principal>{};
}

/// Ends whomever `which(place, guest)` names, a hold of the lock for each bounded share.
template <class E, class V, class... G>
template <class Which>
std::size_t authenticator<E, V, G...>::end_each(Which which, standing why, name const& by) noexcept {
    std::size_t ended = 0;
    for (bool more = true; more;) {
        more = false;
        outbox mail;
        instant const now = env_.clock.now();
        if (hold const in{*this}; in) {
            std::size_t share = 0;
            for (place const p : inside_) {
                if (!in_force(inside_.look(p, now.steady)) || !which(p, inside_.read(p))) continue;
                more = share == swept_at_once;
                if (more) break;
                ++share, ++ended;
                end(p, why, now, mail, by);
                commit();
            }
        }
        tell(mail);
    }
    return ended;
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::end_session(std::uint64_t number, standing why, name const& by) noexcept {
    return end_each([&](place p, guest const&) { return p.number == number; }, why, by) != 0;
}

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::end_sessions_of(std::string_view user, standing why, name const& by,
                                                       std::uint64_t but) noexcept {
    if (user.empty() || user.size() > sizeof(name)) return 0;  // nobody is called that, not even if it is cut
    name const account = account_of(user).account;
    auto const his = [&](place p, guest const& g) {
        return p.number != but && (g.who.account == account || g.as.is == name{user});
    };
    return end_each(his, why, by);
}

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::close_channel(std::string_view service,
                                                     std::uint64_t channel) noexcept {
    service_name const at{service};
    if (channel == 0) return 0;  // those of no channel
    return end_each([&](place, guest const& g) { return g.who.service == at && g.who.channel == channel; },
                    standing::channel_closed, {});
}

template <class E, class V, class... G>
std::size_t authenticator<E, V, G...>::reevaluate([[maybe_unused]] std::uint64_t but) {
    std::size_t ended = 0;
    if constexpr (knows_changes<V>) {
        ++reevaluations_;  // first: whoever settles from now on asks again
        for (std::uint32_t line = 0; line < inside_.lines(); ++line) {
            instant const now = env_.clock.now();
            place at{};
            guest g{};
            if (hold const in{*this}; in)
                if ((at = inside_.at(line)) && !in_force(inside_.look(at, now.steady, g))) at = {};
            if (!at) continue;
            answer const is = voice_.current(g.as, now);  // without the lock
            outbox mail;
            standing is_now = standing::ended;
            if (hold const in{*this}; in && in_force(is_now = inside_.look(at, now.steady, g))) {
                if (auto const* const as = std::get_if<principal>(&is); as == nullptr) {
                    if (std::holds_alternative<denial>(is)) end(at, standing::revoked, now, mail), ++ended;
                } else if (g.as.marked(principal::must_change_password) &&
                           !as->marked(principal::must_change_password) && at.number != but) {
                    // Somebody has chosen a password of his own. Whoever else came in by the one before,
                    // which others know, was promised nothing but that page.
                    end(at, standing::revoked, now, mail), ++ended;
                } else if (!(*as == g.as)) {
                    g = inside_.read(at);
                    g.as = *as;
                    g.idle = env_.house.idle_for(*as, g.who.service).count();  // a role may have exempted him
                    inside_.amend(at, g);
                    nanoseconds const seen = inside_.last_seen(at);
                    inside_.extend(at, seen, g.deadline(seen), is_now, g);
                    if constexpr (audited) mail.put(event_of(audit::event_id::session_changed, at, g, now));
                }
            }
            tell(mail);
        }
    }
    return ended;
}

}  // namespace sallyport::inline v0
