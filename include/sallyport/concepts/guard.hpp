// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/result.hpp>
#include <sallyport/core/stage.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {

template <class G, class Stage>
concept checks = requires(G const& g, Stage const& s) {
    { g.check(s) }
    noexcept->std::same_as<verdict>;
};
template <class G, class Stage>
concept notes = requires(G& g, Stage const& s) {
    { g.note(s) }
    noexcept->std::same_as<void>;
};

// Is a hook of that name there at all, however badly typed? Then it is held to its type, never skipped.
template <class G, class Stage>
concept offers_check = requires(G& g, Stage& s) {
    g.check(s);
}
|| requires(G& g, Stage&& s) { g.check(std::move(s)); };
template <class G, class Stage>
concept offers_note = requires(G& g, Stage& s) {
    g.note(s);
}
|| requires(G& g, Stage&& s) { g.note(std::move(s)); };

template <class G, class... Stage>
concept never_asked_at = (!offers_check<G, Stage> && ...);
template <class G, class... Stage>
concept answers_well_at = ((checks<G, Stage> || !offers_check<G, Stage>)&&...);
template <class G, class... Stage>
concept notes_well_at = ((notes<G, Stage> || !offers_note<G, Stage>)&&...);

template <class G>
concept has_well_typed_checks = answers_well_at<G, arrival, admission> &&
    never_asked_at<G, rebuff, failure, withdrawn, proof, departure, renewal, upkeep>;
template <class G>
concept has_well_typed_notes =
    notes_well_at<G, arrival, rebuff, failure, withdrawn, proof, admission, departure, renewal, upkeep>;
template <class G>
concept settles_what_it_reserves =
    !notes<G, arrival> || (notes<G, failure> && notes<G, withdrawn> && notes<G, proof>);
template <class G>
concept clears_up_behind = !notes<G, admission> || notes<G, departure>;

/// `void attach(blueprint&) noexcept`: claims the words in which its state lies.
template <class G>
concept keeps_state = requires(G& g, blueprint& b) {
    { g.attach(b) }
    noexcept->std::same_as<void>;
};
template <class G>
concept attaches_well = keeps_state<G> || !requires {
    &G::attach;
};

/// `nanoseconds delay(visit const&, instant) const noexcept`: what a fresh secret of that visitor must wait
/// now, attempts in flight not counted.
template <class G>
concept names_delays = requires(G const& g, visit const& v, instant now) {
    { g.delay(v, now) }
    noexcept->std::same_as<nanoseconds>;
};
template <class G>
concept names_delays_well = names_delays<G> || !requires {
    &G::delay;
};

/// `std::string_view fault() const noexcept`: options that contradict each other, in words; empty where all
/// is well.
template <class G>
concept finds_faults = requires(G const& g) {
    { g.fault() }
    noexcept->std::same_as<std::string_view>;
};
/// `bool kept() const noexcept`: could it keep what it noted last? An arrival that could not be kept is
/// refused with `storage_unavailable`: nobody is verified whose failure would be forgotten.
template <class G>
concept may_fail_to_keep = requires(G const& g) {
    { g.kept() }
    noexcept->std::same_as<bool>;
};
template <class G>
concept finds_faults_well = finds_faults<G> || !requires {
    &G::fault;
};

/// A policy that may only refuse. Its vocabulary has no "admit", so no combination of guards can let anyone
/// in. `check` is const and looks; `note` is noexcept and records what was decided. Both run under the lock
/// and call nobody.
///
/// | expression           | when                       | returns                                      |
/// | -------------------- | -------------------------- | -------------------------------------------- |
/// | `g.check(arrival)`   | before anything is tested  | `verdict`; may name a delay                  |
/// | `g.check(admission)` | after the proof            | `verdict`; may name a session that is to end |
/// | `g.note(stage)`      | all agreed, or it happened | –                                            |
/// | `g.attach(plan)`     | twice, when a gate is made | –; claims its words                          |
/// | `g.delay(who, now)`  | to answer a refusal        | `nanoseconds`                                |
/// | `g.kept()`           | after an arrival is noted  | `bool`: is it safe from a restart?           |
/// | `g.fault()`          | when a gate is made        | `string_view`: why these options cannot be   |
///
/// Exemplar:  struct open_door { verdict check(arrival const&) const noexcept { return permit; } };
/// Models:    penalty::backoff, session::session_limit, role::role_check.
// Version 14 of the formatter takes some of these && for references.
// clang-format off
template <class G>
concept guard = std::move_constructible<G> && (checks<G, arrival> || checks<G, admission>) &&
                has_well_typed_checks<G> && has_well_typed_notes<G> && settles_what_it_reserves<G> &&
                clears_up_behind<G> && attaches_well<G> && names_delays_well<G> && finds_faults_well<G>;
// clang-format on

/// A failed static_assert names the one guard at fault and says why; a constrained pack would say `false`.
template <class Guard>
consteval bool assert_guard() {
    static_assert(has_well_typed_checks<Guard>,
                  "this guard's check(stage) must be const and noexcept, return sallyport::verdict, and be "
                  "asked at arrival or "
                  "admission only");
    static_assert(has_well_typed_notes<Guard>,
                  "this guard's note(stage) must take its stage by const&, return void and be noexcept");
    static_assert(settles_what_it_reserves<Guard>,
                  "this guard notes arrival, so it reserves: it must also note failure, withdrawn and proof");
    static_assert(clears_up_behind<Guard>, "this guard notes admission, so it must also note departure");
    static_assert(attaches_well<Guard>,
                  "this guard's attach must be: void attach(sallyport::blueprint&) noexcept");
    static_assert(names_delays_well<Guard>,
                  "this guard's delay must be: nanoseconds delay(sallyport::visit const&, "
                  "sallyport::instant) const noexcept");
    static_assert(finds_faults_well<Guard>,
                  "this guard's fault must be: std::string_view fault() const noexcept");
    static_assert(guard<Guard>, "this is no guard: see sallyport/concepts/guard.hpp for an exemplar");
    return guard<Guard>;
}

}  // namespace sallyport::inline v0
