// SPDX-License-Identifier: BSL-1.0
#pragma once
// Part of authenticator.hpp: from the first door to the session.
// Outside the class on purpose: members defined inside are inline and slip past `extern template`.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <variant>

namespace sallyport::inline v0 {

template <class E, class V, class... G>
authenticator<E, V, G...>::authenticator(E env, V voice, G... guards)
    : env_{std::move(env)}, voice_{std::move(voice)}, guards_{std::move(guards)...} {
    fault_ = env_.house.fault();
    if (fault_.empty()) fault_ = guards_.fault();
    if constexpr (finds_faults<V>)
        if (fault_.empty()) fault_ = voice_.fault();
    if constexpr (finds_faults<std::remove_cvref_t<decltype(env_.audit)>>)
        if (fault_.empty()) fault_ = env_.audit.fault();
    if (fault_.empty()) {
        blueprint plan;
        lay_out(plan);
        if (!env_.storage.open(plan)) {
            fault_ = "the storage cannot be opened: too small, or out of memory, or without a random key";
            if constexpr (tells_its_fault<storage_type>) fault_ = env_.storage.fault();
        } else if (!env_.storage.lock()) {
            fault_ = "the storage cannot be locked, to put back what was kept";
        } else {
            // Under the lock: a guard puts back what it kept over a restart, into words that others may
            // share.
            milestone stands{};
            if constexpr (shared)
                stands = {&env_.storage, [](void* s) noexcept { static_cast<storage_type*>(s)->commit(); }};
            blueprint hand_out{env_.storage.words(), env_.storage.key(), env_.clock.now(), stands};
            lay_out(hand_out);
            env_.storage.unlock();
            fault_ = guards_.fault();  // of what was kept, and cannot be used
            care_.begin(hand_out.caretakers());
            if (!here_.make_room(env_.house.places)) fault_ = "out of memory";
            if (guards_.maximum(env_.house.places) > env_.house.places)
                fault_ = "house_options: fewer places than sessions that a guard would let in";
        }
    }
    ready_ = fault_.empty();
    if (!ready_)
        tell(audit::event{.id = audit::event_id::gate_unavailable,
                          .why = {reason::storage_unavailable, {}},
                          .detail = fault_,
                          .at = env_.clock.now()});
}

template <class E, class V, class... G>
authenticator<E, V, G...>::~authenticator() {
    if (handles_ != 0 && mark_.ours()) {
        (void)std::fputs("sallyport: a session or a pending login outlives its gate\n", stderr);
        std::abort();  // it would write into freed memory
    }
    instant const now = env_.clock.now();
    if (hold const in{*this}; in) guards_.tell(upkeep{now, true});
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::lay_out(blueprint& b) noexcept {
    env_.house.describe(b);
    if constexpr (numbers_roles<V>) b.agree_on("role table", voice_.role_print());
    door_.attach(b, "door/1", env_.house.doors);
    inside_.attach(b, "inside/1", env_.house.places);
    guards_.attach(b);
}

// ---- visits -------------------------------------------------------------------------------------------

template <class E, class V, class... G>
visit authenticator<E, V, G...>::visit_of(attempt const& a) const noexcept {
    visit v{.source = a.source,
            .device = a.device,
            .service = service_name{a.service},
            .channel = a.channel,
            .shown = a.shown.kind,
            .presence = a.presence};
    // A certificate or a token brings its own name; a password needs one.
    bool const nameless = a.user.empty() && a.shown.kind != proof_kind::password;
    constexpr std::size_t longest_certificate = 65536;  // a chain with room to spare
    std::size_t const longest = guessable(a.shown.kind) ? longest_password : longest_certificate;
    bool well_formed = (nameless || well_formed_name(a.user)) && a.shown.bytes.size() <= longest;
    if (well_formed && !nameless) {
        if constexpr (folds_names<V>) {
            auto const key = voice_.account_key(a.user);
            well_formed = key && !key->empty();
            if (well_formed) v.account = *key;
        } else {
            v.account = fold_name(a.user);
        }
    }
    if (well_formed && a.pairing.speaks_of(v.account)) v.pairing = a.pairing.id();
    if (!well_formed) {
        v.malformed = true;
        v.account = made_up_name(siphash(env_.storage.key(), a.user));
    }
    return v;
}

template <class E, class V, class... G>
visit authenticator<E, V, G...>::marked_visit_of(attempt const& a) const noexcept {
    visit v = visit_of(a);
    sip_key const key = env_.storage.key();
    if constexpr (knows_names<V>) {
        if (!v.malformed) {
            auto const epoch = voice_.knows(v.account);
            v.known = epoch.has_value();
            if (epoch) v.epoch = *epoch;
        }
    }
    v.account_hash = siphash_of(key, v.account);
    look_at_secret(v, a);
    if (v.lasting_print != 0)
        v.fingerprint = siphash_of(sip_key{key.b, ~key.a}, std::array{v.lasting_print, v.epoch});
    return v;
}

/// What guards are shown of a secret and of a pairing code, where any of them asks for it. Neither under the
/// key of the tables, so that a print tells nothing of a bucket, nor under that of the other. The secret goes
/// into the one, and with the epoch through it into the other.
template <class E, class V, class... G>
void authenticator<E, V, G...>::look_at_secret([[maybe_unused]] visit& v,
                                               [[maybe_unused]] attempt const& a) const noexcept {
    [[maybe_unused]] bool const can_be_judged = !v.malformed && guessable(v.shown);
    if constexpr (guard_row<G...>::any_wants_fingerprint)
        if (can_be_judged) {
            sip_key const key = env_.storage.key();
            siphasher lasting{{~key.b, key.a ^ 0x6c617374696e6721}};
            lasting.feed(v.account_hash);
            v.lasting_print = lasting.finish(a.shown.bytes.reveal());
        }
    if constexpr (guard_row<G...>::any_takes_codes)
        if (can_be_judged && !a.code.empty()) {
            auto const plain = pairing_code::read(a.code.reveal());
            v.code = plain ? code_hash(*plain) : 1;  // what cannot be a code is a wrong one
        }
}

template <class E, class V, class... G>
visit authenticator<E, V, G...>::account_of(std::string_view user) const noexcept {
    attempt const a{.user = user, .shown = credential::password({})};
    return user.empty() ? visit{.shown = proof_kind::password} : marked_visit_of(a);
}

// ---- arrival ------------------------------------------------------------------------------------------

/// Is there a door for this visitor? Shared fairly: whoever holds as many as are left gets no more, so that
/// one source leaves half to the others and two a third. Some are kept for proven devices and the console;
/// there a device, or the bearer of a cookie, leaves as many to the others.
template <class E, class V, class... G>
bool authenticator<E, V, G...>::has_door(visit const& who) const noexcept {
    bool const proven = who.device.known() || who.pairing.known();
    bool const preferred = proven || who.presence == whereabouts::console;
    std::size_t const taken = door_.size(), left = env_.house.doors - taken;
    if (left <= (preferred ? 0 : env_.house.kept_doors)) return false;
    if (taken < left || !(preferred ? proven : who.source.known())) return true;
    std::size_t same = 0;
    for (place const p : door_) {
        visit const other = door_.read(p);
        bool const his = !preferred           ? other.source == who.source
                         : who.device.known() ? other.device == who.device
                                              : other.pairing == who.pairing;
        same += his ? 1 : 0;
    }
    return same < left;
}

/// Reserves with every guard, and writes down at the door what each of them charged. None where a guard
/// could not keep it: nothing stays reserved then.
template <class E, class V, class... G>
place authenticator<E, V, G...>::reserve(visit& who, instant now) noexcept {
    // One nanosecond more: what settles at the very end of its time is still in time.
    nanoseconds const deadline = saturating_add(now.steady, env_.house.overdue + nanoseconds{1});
    guards_.tell(arrival{who, now, &who.charged, door_.size()});
    place at{};
    if (guards_.kept()) at = door_.enter(who, now.steady, deadline, self());
    if (!at) {
        guards_.tell(withdrawn{who, now});
        who.charged = {};  // he may come again
    }
    return at;
}

template <class E, class V, class... G>
auto authenticator<E, V, G...>::arrive(attempt const& a, visit& who, bool patient) -> result<pending> {
    instant const now = env_.clock.now();
    std::uint64_t const accounts_seen = reevaluations_.load();
    denial no{reason::storage_unavailable, {}};
    std::string_view detail;
    outbox mail;
    place at{};
    if (hold const in{*this}; in) {
        sweep(now, mail);
        verdict v = guards_.ask(arrival{who, now, nullptr, door_.size()});
        if constexpr (shared) {
            // Kept out by attempts in flight, or by a full door: they may be a dead process's.
            bool const crowded = v ? !has_door(who) : v.error().why == reason::try_again_later;
            if (crowded && reclaim(now, mail)) v = guards_.ask(arrival{who, now, nullptr, door_.size()});
        }
        if (v && !has_door(who)) {
            no = {reason::try_again_later, {}}, detail = "no door is free";
        } else if (v) {
            at = reserve(who, now);
            if (at) ++handles_;
        } else {
            no = v.error();
            guards_.tell(rebuff{who, no, now});
            if (no.why == reason::penalty_delay_active) no.retry_after = guards_.delay(who, now);
            if (no.why == reason::try_again_later) detail = "attempts in flight could use up what is free";
        }
    }
    tell(mail);
    if (at) return pending{*this, at, who, audit::as_typed(a.user), accounts_seen};
    if (patient && no.why == reason::try_again_later) return no;  // it is tried again, and told at the end
    if constexpr (audited) {
        auto e = event_of(audit::event_id::login_refused, who, audit::as_typed(a.user), no, now);
        e.detail = detail;
        tell(e);
    }
    return no;
}

template <class E, class V, class... G>
auto authenticator<E, V, G...>::begin(attempt const& a) -> result<pending> {
    visit who = marked_visit_of(a);
    return arrive(a, who, false);
}

template <class E, class V, class... G>
auto authenticator<E, V, G...>::arrive_patiently(attempt const& a) -> result<pending> {
    visit who = marked_visit_of(a);
    nanoseconds const until = saturating_add(env_.clock.now().steady, env_.house.patience);
    for (nanoseconds left = env_.house.patience; left > nanoseconds::zero();
         left = until - env_.clock.now().steady) {
        auto const ticket = env_.waiter.ticket();
        if (auto p = arrive(a, who, true); p || p.error().why != reason::try_again_later) return p;
        if (!env_.waiter.wait(ticket, left)) break;
    }
    return arrive(a, who, false);
}

template <class E, class V, class... G>
result<session::session> authenticator<E, V, G...>::login(attempt const& a) {
    auto p = arrive_patiently(a);
    if (!p) return p.error();
    p->verify(a);  // throws? `p` is dropped, and that is a failure
    return p->settle();
}

template <class E, class V, class... G>
result<principal> authenticator<E, V, G...>::confirm(attempt const& a) {
    auto p = arrive_patiently(a);
    if (!p) return p.error();
    p->verify(a);
    return p->confirm();
}

// ---- verification -------------------------------------------------------------------------------------

template <class E, class V, class... G>
void authenticator<E, V, G...>::verify(pending& p, attempt const& a) {
    p.said_ = answer{denial{}};           // whatever was said before; and should the verifier throw
    if (!has_arrived(a, p.who_)) return;  // another attempt than the one that arrived
    p.asked_ = true;
    p.asked_at_ = reevaluations_.load();
    instant const now = env_.clock.now();
    if (p.who_.malformed) {
        // The same work as for any other, with neither the name nor the secret; what the verifier says of it
        // is not heard.
        answer const dummy = voice_.verify(
            attempt{.shown = credential::password({}), .source = a.source, .service = a.service}, now);
        if (std::holds_alternative<unavailable>(dummy)) return verified(p, dummy);
        return verified(p, denial{reason::malformed_attempt, {}});
    }
    verified(p, voice_.verify(a, now));
}

/// The attempt that has arrived? Its secret was looked at then only where a guard asks for it; any other
/// composition judges it here for the first time.
template <class E, class V, class... G>
bool authenticator<E, V, G...>::has_arrived(attempt const& a, visit const& who) const noexcept {
    visit again = visit_of(a);
    if (!again.same_as(who)) return false;
    again.account_hash = who.account_hash;
    look_at_secret(again, a);
    return again.lasting_print == who.lasting_print && again.code == who.code;
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::verified(pending& p, answer said) noexcept {
    p.said_ = said;
    if (p.who_.malformed && p.proven() != nullptr) p.said_ = answer{denial{reason::malformed_attempt, {}}};
    p.asked_ = true;
}

/// The accounts changed between the verifier's word and now: what it said then is asked about again.
template <class E, class V, class... G>
void authenticator<E, V, G...>::freshen([[maybe_unused]] pending& p, [[maybe_unused]] instant now) noexcept {
    if constexpr (knows_changes<V>) {
        std::uint64_t const count = reevaluations_.load();
        if (auto const* const as = p.proven(); as != nullptr && p.asked_at_ != count) {
            p.said_ = voice_.current(principal{*as}, now);
            p.asked_at_ = count;
        }
    }
}

// ---- settlement ---------------------------------------------------------------------------------------

template <class E, class V, class... G>
auto authenticator<E, V, G...>::conclude(pending const& p, instant now, bool admit_too, outbox& mail) noexcept
    -> outcome {
    hold const in{*this};
    if (!in) return {.no = {reason::storage_unavailable, {}}};
    outcome const out = decide(p, now, admit_too, mail);
    if (!out.stale) hear_remarks(now, mail);
    return out;
}

/// Under the lock.
template <class E, class V, class... G>
auto authenticator<E, V, G...>::decide(pending const& p, instant now, bool admit_too, outbox& mail) noexcept
    -> outcome {
    auto const* const as = p.proven();
    if (knows_changes<V> && as != nullptr && p.asked_at_ != reevaluations_.load()) return {.stale = true};

    sweep(now, mail);
    visit const& who = p.who_;
    if (standing const s = door_.look(p.at_, now.steady); s != standing::open) {
        denial const no{reason::overdue, {}};
        // Or else a sweep has settled it, as a failure, and told of it.
        bool const ours = s == standing::timed_out && door_.at(p.at_.line);
        if (ours) {
            door_.mark(p.at_, standing::timed_out);
            guards_.tell(failure{who, no, now});
        }
        return {.no = {no.why, guards_.delay(who, now)}, .told = !ours};
    }
    door_.mark(p.at_, standing::closed);
    if (auto const* const said = std::get_if<denial>(&p.said_)) {
        denial no = *said;
        if (no.why == reason::none) no.why = reason::undecided;
        guards_.tell(failure{who, no, now});
        no.retry_after = guards_.delay(who, now);
        return {.no = no};
    }
    if (as == nullptr) {
        guards_.tell(withdrawn{who, now});
        return {.no = {reason::try_again_later, {}}};
    }
    guards_.tell(proof{who, *as, now});
    commit();  // the proof stands, whatever becomes of the admission
    return admit_too ? admit(who, *as, now, mail) : outcome{.no = {reason::none, {}}};
}

template <class E, class V, class... G>
auto authenticator<E, V, G...>::admit(visit const& who, principal const& as, instant now,
                                      outbox& mail) noexcept -> outcome {
    admission const stage{who, as, inside_, now};
    verdict v = guards_.ask(stage);
    if constexpr (shared)
        if (!v && reclaim(now, mail)) v = guards_.ask(stage);
    if (!v) return {.no = v.error()};
    if (v->instead_of != 0)
        guards_.make_room(stage, [&](std::uint64_t number) {
            if (place const p = find(number)) end(p, standing::evicted, now, mail);
            commit();  // his line may be the newcomer's
        });
    nanoseconds const idle = env_.house.idle_for(as, who.service);
    nanoseconds const last = env_.house.lifetime == nanoseconds::zero()
                                 ? nanoseconds::max()
                                 : saturating_add(now.steady, env_.house.lifetime);
    guest const g{who, as, {}, now.steady.count(), now.wall.count(), idle.count(), last.count()};
    place const seat = inside_.enter(g, now.steady, g.deadline(now.steady), self());
    if (!seat) return {.no = {reason::session_limit_reached, {}}};
    guards_.tell(stage);
    here_.remember(seat, g.who.service, g.who.channel);
    return {.no = {reason::none, {}}, .seat = seat};
}

template <class E, class V, class... G>
result<session::session> authenticator<E, V, G...>::settle(pending& p) {
    instant const now = env_.clock.now();
    outbox mail;
    outcome out;
    do {
        freshen(p, now);
        out = conclude(p, now, true, mail);
    } while (out.stale);
    p.gate_ = nullptr;
    if (out.no.why != reason::none) --handles_;  // else the pending login's handle becomes the session's
    tell(mail);
    env_.waiter.notify();
    if constexpr (audited) {
        bool const in = out.no.why == reason::none;
        auto e = event_of(in ? audit::event_id::login_admitted : audit::event_id::login_refused, p.who_,
                          p.typed_, out.no, now);
        e.session = out.seat.number;
        if (in) e.user = p.proven()->is;
        if (p.untested()) e.detail = "the secret was not tested: the verifier is busy or out of reach";
        if (!out.told) tell(e);
    }
    if (out.no.why != reason::none) return out.no;
    return session::session{*this, out.seat, *p.proven()};
}

template <class E, class V, class... G>
result<principal> authenticator<E, V, G...>::confirm(pending& p) {
    instant const now = env_.clock.now();
    outbox mail;
    outcome out;
    do {
        freshen(p, now);
        out = conclude(p, now, false, mail);
    } while (out.stale);
    p.gate_ = nullptr;
    --handles_;
    tell(mail);
    env_.waiter.notify();
    if constexpr (audited) {
        auto const id =
            out.no.why == reason::none ? audit::event_id::identity_confirmed : audit::event_id::login_refused;
        auto e = event_of(id, p.who_, p.typed_, out.no, now);
        if (p.untested()) e.detail = "the secret was not tested: the verifier is busy or out of reach";
        if (!out.told) tell(e);
    }
    if (out.no.why != reason::none) return out.no;
    return *p.proven();
}

/// Nobody settled it: a failure, unless it was withdrawn. A right secret that is dropped earns nothing.
template <class E, class V, class... G>
void authenticator<E, V, G...>::drop(pending& p) noexcept {
    if (!p.untested()) p.said_ = answer{denial{}};
    instant const now = env_.clock.now();
    outbox mail;
    outcome const out = conclude(p, now, false, mail);
    p.gate_ = nullptr;
    --handles_;
    tell(mail);
    env_.waiter.notify();
    if constexpr (audited)
        if (!out.told) tell(event_of(audit::event_id::login_refused, p.who_, p.typed_, out.no, now));
}

template <class E, class V, class... G>
void authenticator<E, V, G...>::renewed(std::string_view user, secret old_secret) noexcept {
    visit const who = marked_visit_of(attempt{.user = user, .shown = {proof_kind::password, old_secret}});
    instant const now = env_.clock.now();
    if (who.malformed || old_secret.size() == 0) return;
    if (hold const in{*this}; in) guards_.tell(renewal{who, now});
}

template <class E, class V, class... G>
bool authenticator<E, V, G...>::paired(attempt const& a) noexcept {
    visit const who = marked_visit_of(a);
    instant const now = env_.clock.now();
    hold const in{*this};
    return in && !who.malformed && guards_.paired(who, now);
}

template <class E, class V, class... G>
nanoseconds authenticator<E, V, G...>::delay(attempt const& a) noexcept {
    visit const who = marked_visit_of(a);
    instant const now = env_.clock.now();
    hold const in{*this};
    return in ? guards_.delay(who, now) : nanoseconds::zero();
}

}  // namespace sallyport::inline v0
