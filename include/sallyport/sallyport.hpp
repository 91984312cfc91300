// SPDX-License-Identifier: BSL-1.0
#pragma once

// The front door: every room that needs nothing beyond the standard library and fmt.
// A room that brings a dependency is a target of its own and is included by name:
//   sallyport/identity/argon2id.hpp (libsodium), sallyport/identity/accounts.hpp (libsodium and toml++),
//   sallyport/trust/*.hpp (OpenSSL). sallyport/presets/resilient.hpp is included by name, too: what it is made of
//   takes the compiler longer than all that is here.

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/core/version.hpp>
#include <sallyport/environment/environment.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/role/role_check.hpp>
#include <sallyport/role/role_table.hpp>
#include <sallyport/session/session_limit.hpp>
