// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/lockable.hpp>

#include <mutex>

// Names and default arguments only: what a host's own header includes. Each default stands here and nowhere
// else.
namespace sallyport::inline v0 {

struct attempt;
struct denial;
struct instant;
struct principal;
struct role_set;
class secret;
struct visit;
template <class T>
class result;

class boot_clock;
class condition_waiter;
struct no_audit;
struct no_lock;

template <lockable Mutex = std::mutex>
class heap_storage;

template <class Clock = boot_clock, class Storage = heap_storage<>, class Audit = no_audit,
          class Waiter = condition_waiter>
struct environment;

template <class Environment, class Verifier, class... Guards>
class authenticator;
template <class Gate>
class pending_login;
template <class Gate>
class administration;

namespace session {
class session;
class session_limit;
}  // namespace session

namespace role {
class role_check;
class role_table;
}  // namespace role

namespace audit {
struct event;
}  // namespace audit

}  // namespace sallyport::inline v0
