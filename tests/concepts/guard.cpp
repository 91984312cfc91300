// SPDX-License-Identifier: BSL-1.0
// What a guard is, and each near miss. That a misuse says which policy is at fault is shown in
// tests/compile_fail.
#include "support/catch.hpp"

#include <sallyport/concepts/guard.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/role/role_check.hpp>
#include <sallyport/session/session_limit.hpp>

#include <string_view>

namespace {

using namespace sallyport;

struct open_door {  // the exemplar
    verdict check(arrival const&) const noexcept { return permit; }
};
struct closed_house {
    verdict check(admission const&) const noexcept { return denial{reason::missing_role, {}}; }
};
struct full_of_hooks {
    verdict check(arrival const&) const noexcept { return permit; }
    verdict check(admission const&) const noexcept { return permit; }
    void note(arrival const&) noexcept {}
    void note(rebuff const&) noexcept {}
    void note(failure const&) noexcept {}
    void note(withdrawn const&) noexcept {}
    void note(proof const&) noexcept {}
    void note(admission const&) noexcept {}
    void note(departure const&) noexcept {}
    void attach(blueprint&) noexcept {}
    nanoseconds delay(visit const&, instant) const noexcept { return {}; }
    std::string_view fault() const noexcept { return {}; }
};
static_assert(guard<open_door> && guard<closed_house> && guard<full_of_hooks>);
static_assert(checks<full_of_hooks, arrival> && checks<full_of_hooks, admission> &&
              notes<full_of_hooks, rebuff>);
static_assert(keeps_state<full_of_hooks> && names_delays<full_of_hooks> && finds_faults<full_of_hooks>);
static_assert(!keeps_state<open_door> && !names_delays<open_door> && !finds_faults<open_door>);
static_assert(guard<penalty::backoff<>> && guard<session::session_limit> && guard<role::role_check>);

// Nobody at all, and those who ask nothing.
struct bystander {};
struct notes_only {
    void note(rebuff const&) noexcept {}
};
static_assert(!guard<bystander> && !guard<notes_only> && !guard<int>);

// A check must be const, must not throw, and must answer with a verdict.
struct says_bool {
    bool check(arrival const&) const noexcept { return true; }
};
struct says_denial {
    denial check(arrival const&) const noexcept { return {}; }
};
struct says_nothing {
    void check(arrival const&) const noexcept {}
};
struct changes {
    verdict check(arrival const&) noexcept { return permit; }
};
struct may_throw {
    verdict check(arrival const&) const { return permit; }
};
struct one_good_one_bad {
    verdict check(arrival const&) const noexcept { return permit; }
    verdict check(admission const&) noexcept { return permit; }
};
struct wants_to_write {
    verdict check(arrival&) const noexcept { return permit; }
};
struct good_but_wants_to_write {
    verdict check(arrival const&) const noexcept { return permit; }
    verdict check(admission&) const noexcept { return permit; }
};
struct takes_it_away {
    verdict check(arrival const&) const noexcept { return permit; }
    verdict check(admission&&) const noexcept { return permit; }
};
static_assert(!guard<says_bool> && !guard<says_denial> && !guard<says_nothing> && !guard<changes> &&
              !guard<may_throw>);
static_assert(!guard<one_good_one_bad> && !guard<wants_to_write> && !guard<good_but_wants_to_write> &&
              !guard<takes_it_away>);

// It is asked at arrival and admission only: a check after the fact would never be heard.
template <class Stage>
struct asked_at {
    verdict check(arrival const&) const noexcept { return permit; }
    verdict check(Stage const&) const noexcept { return permit; }
};
static_assert(guard<asked_at<admission>>);
static_assert(!guard<asked_at<rebuff>> && !guard<asked_at<failure>> && !guard<asked_at<withdrawn>>);
static_assert(!guard<asked_at<proof>> && !guard<asked_at<departure>>);

// A note that is there is held to its type, never skipped.
struct note_may_throw : open_door {
    void note(rebuff const&) {}
};
struct note_wants_to_write : open_door {
    void note(rebuff&) noexcept {}
};
struct note_takes_it_away : open_door {
    void note(rebuff&&) noexcept {}
};
struct note_answers : open_door {
    bool note(rebuff const&) noexcept { return true; }
};
static_assert(!guard<note_may_throw> && !guard<note_wants_to_write> && !guard<note_takes_it_away> &&
              !guard<note_answers>);

// Who reserves settles, in all three ways; who takes a place gives it back.
struct reserves {
    verdict check(arrival const&) const noexcept { return permit; }
    void note(arrival const&) noexcept {}
    void note(failure const&) noexcept {}
    void note(withdrawn const&) noexcept {}
    void note(proof const&) noexcept {}
};
struct forgets_failure {
    verdict check(arrival const&) const noexcept { return permit; }
    void note(arrival const&) noexcept {}
    void note(withdrawn const&) noexcept {}
    void note(proof const&) noexcept {}
};
struct forgets_withdrawn {
    verdict check(arrival const&) const noexcept { return permit; }
    void note(arrival const&) noexcept {}
    void note(failure const&) noexcept {}
    void note(proof const&) noexcept {}
};
struct forgets_proof {
    verdict check(arrival const&) const noexcept { return permit; }
    void note(arrival const&) noexcept {}
    void note(failure const&) noexcept {}
    void note(withdrawn const&) noexcept {}
};
struct keeps_the_place {
    verdict check(admission const&) const noexcept { return permit; }
    void note(admission const&) noexcept {}
};
static_assert(guard<reserves>);
static_assert(!guard<forgets_failure> && !guard<forgets_withdrawn> && !guard<forgets_proof> &&
              !guard<keeps_the_place>);

// Optional members may be absent; one that is there is right.
struct attaches_wrongly : open_door {
    bool attach(blueprint&) noexcept { return true; }
};
struct attaches_throwing : open_door {
    void attach(blueprint&) {}
};
struct attaches_to_nothing : open_door {
    void attach() noexcept {}
};
struct delays_in_seconds : open_door {
    std::chrono::seconds delay(visit const&, instant) const noexcept { return {}; }
};
struct delay_changes : open_door {
    nanoseconds delay(visit const&, instant) noexcept { return {}; }
};
struct fault_in_numbers : open_door {
    int fault() const noexcept { return 0; }
};
static_assert(!guard<attaches_wrongly> && !guard<attaches_throwing> && !guard<attaches_to_nothing>);
static_assert(!guard<delays_in_seconds> && !guard<delay_changes> && !guard<fault_in_numbers>);

struct nailed_down : open_door {
    nailed_down(nailed_down&&) = delete;
};
static_assert(!guard<nailed_down>);

TEST_CASE("the smallest guard there can be permits, and one that is well typed may refuse",
          "[concepts][guard]") {
    visit const who{};
    principal const as{};
    house const nobody{};
    CHECK(open_door{}.check(arrival{who, {}}));
    CHECK(closed_house{}.check(admission{who, as, nobody, {}}).error().why == reason::missing_role);
}

}  // namespace
