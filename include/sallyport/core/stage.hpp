// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/denial.hpp>
#include <sallyport/core/house.hpp>
#include <sallyport/core/instant.hpp>

#include <cstddef>
#include <limits>

namespace sallyport::inline v0 {

// A login's way through the house. `check` is asked at arrival and admission; `note` is told of any.
//
//   arrival ──▶ (verifier) ──▶ failure | withdrawn | proof ──▶ admission ──▶ departure
//      └─▶ rebuff
//
// Beside the way: renewal (an account has a new secret), upkeep (time goes by).

/// Somebody is at the door; the secret has not been looked at. Noted, it reserves; a guard may write down in
/// the slip what it charged, and finds it in `who.charged` when the attempt is settled.
struct arrival {
    visit const& who;
    instant now;
    slip* charged = nullptr;  ///< null where it is only asked
    /// How many attempts are at the door, this one not counted: no count of attempts in flight can be higher.
    /// In a shared segment a count is trusted no further than that, and so it heals when the door is empty.
    std::size_t at_door = std::numeric_limits<std::size_t>::max();
};
/// Refused at arrival: nothing was reserved, nothing verified.
struct rebuff {
    visit const& who;
    denial why;
    instant now;
};
/// Wrong, dropped or overdue: the reservation counts.
struct failure {
    visit const& who;
    denial why;
    instant now;
};
/// Never tested: the reservation is released.
struct withdrawn {
    visit const& who;
    instant now;
};
/// The secret was right: the reservation is released, whatever follows.
struct proof {
    visit const& who;
    principal const& as;
    instant now;
};
/// After the proof: is there a place, is the role held? Noted, it takes the place.
struct admission {
    visit const& who;
    principal const& as;
    house const& inside;
    instant now;
};
/// An account has a new secret; `who.fingerprint` and `who.lasting_print` are those of the one before.
struct renewal {
    visit const& who;
    instant now;
};
/// Time for overdue work, a bounded share of it.
struct upkeep {
    instant now;
    bool last = false;  ///< the gate closes in good order: nothing comes after
};
/// A session is over.
struct departure {
    visit const& who;
    principal const& as;
    standing why;
    instant now;
};

}  // namespace sallyport::inline v0
