// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/authenticator/administration.hpp>
#include <sallyport/authenticator/desk.hpp>
#include <sallyport/authenticator/guard_row.hpp>
#include <sallyport/authenticator/let_in.hpp>
#include <sallyport/authenticator/pending_login.hpp>
#include <sallyport/authenticator/segment_care.hpp>
#include <sallyport/concepts/verifier.hpp>
#include <sallyport/core/name_rules.hpp>
#include <sallyport/core/pairing_code.hpp>
#include <sallyport/environment/environment.hpp>
#include <sallyport/session/session.hpp>
#include <sallyport/session/session_info.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {

/// The gate: one verifier, any number of guards, an environment. One of these serves every service of a
/// device.
///
///     sallyport::authenticator gate{sallyport::environment{}, people, sallyport::penalty::backoff<>{}};
///     if (auto who = gate.login(attempt)) open_panel(*who); else show(who.error().outward());
///
/// A gate whose storage cannot be opened, or whose options contradict each other, is made, refuses everything
/// with `storage_unavailable`, and says why in `fault()`. `begin`, `settle` and every guard allocate nothing.
///
/// Thread safety: everything, from any thread; verifier and sink may call back. Fork: a child's copy refuses,
/// and its handles let go of nothing. Not async-signal-safe. Sessions and pending logins end before their
/// gate: the destructor ends the program where one does not.
template <class Environment, class Verifier, class... Guards>
class authenticator final : session::keeper {
    static_assert(assert_verifier<Verifier>());
    static_assert((assert_guard<Guards>() && ...));

public:
    using pending = pending_login<authenticator>;

    authenticator(Environment env, Verifier voice, Guards... guards);
    authenticator(authenticator&&) = delete;  // sessions point back here
    ~authenticator();

    [[nodiscard]] bool ready() const noexcept { return ready_; }
    /// Why the gate refuses everything; empty where it is ready.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

    /// Begin, verify and settle in one. Waits up to `house_options::patience` while only attempts in flight
    /// stand against it. Whatever the verifier throws comes through; the attempt is a failure then.
    result<session::session> login(attempt const& a);
    /// The same without a session: who was proven. For re-authentication and for the old password on a
    /// change.
    result<principal> confirm(attempt const& a);
    /// The first door: forms, penalties, reservation. Never waits, verifies nothing. What it gives is to be
    /// verified and settled.
    result<pending> begin(attempt const& a);

    /// A token comes back: whose is it? A session that is open counts as used; one that is locked is shown as
    /// locked.
    result<session::session_info> present(session::session_token const& t) noexcept;
    /// Unlocks by number, for hosts that hold sessions by their tokens. See `session::unlock`.
    result<principal> unlock(std::uint64_t number, secret password);
    bool lock(std::uint64_t number) noexcept;
    /// Ends the session of that number; false where there is none.
    bool close(std::uint64_t number) noexcept { return end_session(number, standing::closed, {}); }
    /// Ends all sessions of an account, save one; how many they were. For the user's own "log me out
    /// everywhere".
    std::size_t close_all(std::string_view user, std::uint64_t but = 0) noexcept {
        return end_sessions_of(user, standing::closed, {}, but);
    }
    /// Ends the sessions that came in by a channel that is no more; how many they were.
    std::size_t close_channel(std::string_view service, std::uint64_t channel) noexcept;

    /// After accounts, roles or passwords changed: sessions of accounts that are gone or disabled end,
    /// changed roles apply at once. How many ended. Asks the verifier's `current`, without the lock; without
    /// such a member it changes nothing. Once a password that had to be changed is changed, the sessions that
    /// the one before has opened end, too, `but` the one of that number, in which it was changed.
    std::size_t reevaluate(std::uint64_t but = 0);

    /// Does bounded overdue work, and tells of one session that ended without its handle's doing:
    ///     while (auto gone = gate.tick()) close_channel(gone->channel);
    /// Of those who had one line of the house after another since the last call, the last two are told of.
    /// Nothing depends on it for safety.
    std::optional<session::departed> tick();
    /// When `tick` is next needed, in steady time; `nanoseconds::max()`: not before something happens.
    [[nodiscard]] nanoseconds next_tick();

    /// An account has a new password; `old_secret` is the one before, where the change supplied it. Guards
    /// that know it then tell a machine that nobody told from a guesser. To be called after the change.
    void renewed(std::string_view user, secret old_secret = {}) noexcept;

    /// The owner's way to bring in a new device while strangers are being refused: an open session, its
    /// password entered once more, gives out a code. It is good for ten minutes and five tries, for one
    /// device, and is entered with the password (`attempt::code`). One is out at a time.
    result<pairing_code> issue_pairing_code(std::uint64_t number, secret password);
    /// Pairs the bearer of a cookie with the account of an open session that a password has opened. Give him
    /// the cookie then (see `penalty::device_cookie`). The session counts as his from now on: what is asked
    /// of it once more pays the pair's lane. False where there is no such session, or no room.
    bool pair_bearer(std::uint64_t number, thumbprint const& id) noexcept;
    /// Does this attempt come from a device, or from the bearer of a cookie, that is paired with the account
    /// now? Looks and changes nothing. For hosts that give out cookies: such a bearer needs no other, and one
    /// whose pair was revoked needs a new id.
    [[nodiscard]] bool paired(attempt const& a) noexcept;

    [[nodiscard]] administration<authenticator> administer(std::string_view by) noexcept {
        return {*this, by};
    }
    /// Events that the sink threw at, and ticks; also told to the sink itself as `audit_lost`.
    [[nodiscard]] std::uint64_t audit_losses() const noexcept { return desk_.lost(); }
    /// For an event of the host's own, in the same log.
    void record(audit::event e) noexcept;

    [[nodiscard]] auto& clock() noexcept { return env_.clock; }
    [[nodiscard]] auto& audit() noexcept { return env_.audit; }
    [[nodiscard]] Verifier const& verifier() const noexcept { return voice_; }
    /// How many are inside.
    [[nodiscard]] std::size_t open_sessions() noexcept;
    /// For tests: f(door, inside, guard…) under the lock. f calls nobody.
    template <class F>
    void inspect(F f) {
        if (hold const in{*this}; in)
            guards_.each_at_once([&](auto const&... g) { f(door_, inside_, g...); });
    }
    /// What a fresh secret of that user, from there, meets now: 0, or the delay. Looks and changes nothing.
    [[nodiscard]] nanoseconds delay(attempt const& a) noexcept;

private:
    friend pending;
    friend administration<authenticator>;

    class hold {
    public:
        explicit hold(authenticator& g) noexcept
            : gate_{g}, in_{g.ready_ && g.mark_.ours() && g.env_.storage.lock()} {
            if constexpr (shared)
                if (in_ && !g.env_.storage.undisturbed()) g.door_.recount(), g.inside_.recount();
        }
        hold(hold const&) = delete;
        hold& operator=(hold const&) = delete;
        ~hold() {
            if (in_) gate_.env_.storage.unlock();
        }
        explicit operator bool() const noexcept { return in_; }

    private:
        authenticator& gate_;
        bool in_;
    };
    struct outcome {
        denial no{};
        place seat{};
        bool told = false;   // by the sweep, already
        bool stale = false;  // the accounts changed since the verifier spoke: nothing has been settled
    };

    // The sweep's share of each call, of either book, and one session for each guard to send away.
    static constexpr std::size_t swept_at_once = 4;
    using storage_type = decltype(Environment::storage);
    static constexpr bool shared = shared_storage<storage_type>;
    static constexpr std::size_t remarks_at_once = 4;
    using outbox =
        sallyport::outbox<(shared ? 4 : 2) * swept_at_once + sizeof...(Guards) + 1 + remarks_at_once>;
    static constexpr bool audited = !std::same_as<decltype(Environment::audit), no_audit>;

    void lay_out(blueprint& b) noexcept;
    // -- visits
    [[nodiscard]] visit visit_of(attempt const& a) const noexcept;
    [[nodiscard]] visit marked_visit_of(attempt const& a) const noexcept;
    [[nodiscard]] visit account_of(std::string_view user) const noexcept;
    void look_at_secret(visit& v, attempt const& a) const noexcept;
    // -- a login
    result<pending> arrive(attempt const& a, visit& who, bool patient);
    result<pending> arrive_patiently(attempt const& a);
    [[nodiscard]] bool has_door(visit const& who) const noexcept;
    [[nodiscard]] place reserve(visit& who, instant now) noexcept;
    [[nodiscard]] bool has_arrived(attempt const& a, visit const& who) const noexcept;
    void verify(pending& p, attempt const& a);
    void verified(pending& p, answer said) noexcept;
    void drop(pending& p) noexcept;
    result<session::session> settle(pending& p);
    result<principal> confirm(pending& p);
    [[nodiscard]] outcome conclude(pending const& p, instant now, bool admit, outbox& mail) noexcept;
    [[nodiscard]] outcome decide(pending const& p, instant now, bool admit, outbox& mail) noexcept;
    [[nodiscard]] outcome admit(visit const& who, principal const& as, instant now, outbox& mail) noexcept;
    void freshen(pending& p, instant now) noexcept;
    // -- the house
    void sweep(instant now, outbox& mail) noexcept;
    void end(place p, standing why, instant now, outbox& mail, name const& by = {}) noexcept;
    void fail(place p, standing why, instant now, outbox& mail) noexcept;
    // -- processes
    [[nodiscard]] word self() const noexcept;
    void commit() noexcept;
    bool reclaim(instant now, outbox& mail) noexcept;
    void look_after_segment(instant now) noexcept;
    template <class Which>
    std::size_t end_each(Which which, standing why, name const& by) noexcept;
    bool end_session(std::uint64_t number, standing why, name const& by) noexcept;
    std::size_t end_sessions_of(std::string_view user, standing why, name const& by,
                                std::uint64_t but = 0) noexcept;
    [[nodiscard]] place find(std::uint64_t number) const noexcept;
    /// `is`, `g`: what it is, and whose, as `look` has just found it.
    [[nodiscard]] session::session_info info(place p, standing is, guest const& g) const noexcept;
    [[nodiscard]] std::array<word, 2> hash(session::session_token const& t) const noexcept;
    bool change_lock(place p, standing from, standing to, audit::event_id what) noexcept;
    result<principal> unlock_at(place p, secret password);
    [[nodiscard]] static attempt once_more(guest const& g, secret password) noexcept;
    [[nodiscard]] bool is_open(std::uint64_t number, guest& whose) noexcept;
    [[nodiscard]] word code_hash(std::array<char, pairing_code::characters> const& plain) const noexcept;
    // -- administration
    [[nodiscard]] std::vector<session::session_info> sessions();
    [[nodiscard]] std::vector<penalty_entry> penalties();
    bool clear_penalty(std::string_view user, address const& source, name const& by) noexcept;
    [[nodiscard]] std::vector<pair_entry> pairs(std::string_view user);
    bool pair(std::string_view user, thumbprint const& device, pairing_kind how, name const& by) noexcept;
    std::size_t revoke_pairs(std::string_view user, thumbprint const& device, name const& by) noexcept;
    std::size_t carry_pairs_over(thumbprint const& from, thumbprint const& to, name const& by) noexcept;
    bool set_session_maximum(std::uint32_t total, name const& by) noexcept;
    [[nodiscard]] std::uint32_t session_maximum() noexcept;
    void record_act(audit::event_id id, name const& by, name const& user, std::uint64_t value,
                    address const& source = {}) noexcept;
    // -- telling
    [[nodiscard]] audit::event event_of(audit::event_id id, visit const& who, name const& user, denial why,
                                        instant now) const noexcept;
    [[nodiscard]] audit::event event_of(audit::event_id id, place p, guest const& g,
                                        instant now) const noexcept;
    [[nodiscard]] audit::event event_of(remark const& r, instant now) const noexcept;
    void hear_remarks(instant now, outbox& mail) noexcept;
    void tell([[maybe_unused]] audit::event const& e) noexcept {
        if constexpr (audited) desk_.hand_over(env_.audit, e);
    }
    void tell([[maybe_unused]] outbox& mail) noexcept {
        if constexpr (audited) mail.empty([&](audit::event const& e) { tell(e); });
    }
    // -- session::keeper
    [[nodiscard]] standing look(place p) noexcept override;
    [[nodiscard]] role_set roles(place p) noexcept override;
    bool touch(place p) noexcept override;
    bool lock(place p) noexcept override {
        return change_lock(p, standing::open, standing::locked, audit::event_id::session_locked);
    }
    result<principal> unlock(place p, secret password) override { return unlock_at(p, password); }
    session::session_token issue(place p) noexcept override;
    void leave(place p) noexcept override;
    void let_go() noexcept override { --handles_; }

    Environment env_;
    [[no_unique_address]] Verifier voice_;
    [[no_unique_address]] guard_row<Guards...> guards_;
    book<visit> door_{};
    house inside_{};
    fork_mark mark_{};
    [[no_unique_address]] std::conditional_t<shared, segment_care, no_segment> care_{};
    random_source chance_{};
    audit_desk<decltype(Environment::audit)> desk_{};
    let_in here_{};
    std::atomic<std::uint64_t> reevaluations_{0};
    std::atomic<std::size_t> handles_{0};
    std::string_view fault_{};
    bool ready_ = false;
};

}  // namespace sallyport::inline v0

#include <sallyport/authenticator/administration.ipp>
#include <sallyport/authenticator/login.ipp>
#include <sallyport/authenticator/processes.ipp>
#include <sallyport/authenticator/sessions.ipp>
