// SPDX-License-Identifier: BSL-1.0
#pragma once
// Part of authenticator.hpp: what several processes that share one storage owe each other.

#include <cstddef>

namespace sallyport::inline v0 {

template <class E, class V, class... G>
word authenticator<E, V, G...>::self() const noexcept {
    if constexpr (shared) return env_.storage.self();
    return 0;
}

/// Under the lock. What was stored until here stands, should this process die before it unlocks.
template <class E, class V, class... G>
void authenticator<E, V, G...>::commit() noexcept {
    if constexpr (shared) env_.storage.commit();
}

/// Under the lock. What dead processes have left: their reservations are failures, for nobody will say
/// whether the secret was right; their sessions end, as do those whose line no longer fits its seal. A
/// bounded share; true where there was something.
template <class E, class V, class... G>
bool authenticator<E, V, G...>::reclaim([[maybe_unused]] instant now,
                                        [[maybe_unused]] outbox& mail) noexcept {
    if constexpr (shared) {
        std::size_t const at_door = door_.size(), within = inside_.size();
        door_.recount(), inside_.recount();
        bool found = door_.size() != at_door || inside_.size() != within;
        // Most lines belong to a few processes: who was asked about last is not asked about again.
        word living = self(), gone = 0;
        auto const lives = [&](word owner) {
            if (owner == living || owner == gone) return owner == living;
            bool const is = env_.storage.alive(owner);
            (is ? living : gone) = owner;
            return is;
        };
        std::size_t left = swept_at_once;
        for (place const p : door_) {
            if (left == 0) break;
            if (lives(door_.owner(p))) continue;
            --left, found = true;
            fail(p, standing::lost, now, mail);
            commit();
        }
        left = swept_at_once;
        for (place const p : inside_) {
            if (left == 0) break;
            // A seal that does not fit: `look` then says of a line that stands there as open that it is over.
            bool const torn = inside_.look(p, now.steady) == standing::ended;
            if (!torn && lives(inside_.owner(p))) continue;
            --left, found = true;
            end(p, standing::lost, now, mail);
            commit();
        }
        return found;
    }
    return false;
}

/// A share at a time, so that nobody waits for the lock any longer than for a login.
template <class E, class V, class... G>
void authenticator<E, V, G...>::look_after_segment([[maybe_unused]] instant now) noexcept {
    if constexpr (shared) {
        // What was written by somebody who did not hold the lock shows now.
        bool more = true;
        // Each round takes at least one line out of the books.
        for (std::size_t rounds = env_.house.doors + env_.house.places; more && rounds > 0; --rounds) {
            outbox mail;
            more = false;
            if (hold const in{*this}; in) {
                more = reclaim(now, mail);
                if (!more) care_.look(now.steady);
            }
            tell(mail);
            if (more) env_.waiter.notify();
        }
    }
}

}  // namespace sallyport::inline v0
