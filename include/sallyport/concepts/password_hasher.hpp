// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/secret.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {

/// What came of holding a password against a stored hash. Made by default: wrong.
enum class match : std::uint8_t {
    wrong,
    right,
    untested,  ///< nothing was computed (no memory): never a penalty
};

/// Turns passwords into strings that may be stored, and tells whether a password belongs to one. Slow on
/// purpose, and called from many threads at once: const means it. A stored string is judged by `fault_of`
/// when it is read, long before it is hashed; `verify` of one at fault costs what `dummy()` costs and is
/// `wrong`.
///
/// | expression              | returns            | meaning                                                |
/// | ----------------------- | ------------------ | ------------------------------------------------------ |
/// | `h.hash(password)`      | `optional<string>` | a string to store, freshly salted; nullopt: no memory  |
/// | `h.verify(password, s)` | `match`            | in constant time once the hash is there                |
/// | `h.fault_of(s)`         | `string`           | why `s` cannot be used, what is expected; empty: fine  |
/// | `h.needs_rehash(s)`     | `bool`             | was it made under another cost than the present one?   |
/// | `h.dummy()`             | `string_view`      | of the present cost and nobody's, for unknown names    |
/// | `h.memory()`            | `size_t`           | bytes that one hash of the present cost takes          |
/// | `h.fault()`             | `string_view`      | why its options cannot be; empty: they can             |
///
/// Exemplar:  struct legacy_crypt {
///                std::optional<std::string> hash(secret) const;
///                match verify(secret, std::string_view stored) const;
///                std::string fault_of(std::string_view stored) const;
///                bool needs_rehash(std::string_view stored) const;
///                std::string_view dummy() const noexcept;
///                std::size_t memory() const noexcept;
///                std::string_view fault() const noexcept;
///            };
/// Models:    identity::argon2id.
template <class H>
concept password_hasher = std::copy_constructible<H> &&
    requires(H const& h, secret password, std::string_view stored) {
    { h.hash(password) } -> std::same_as<std::optional<std::string>>;
    { h.verify(password, stored) } -> std::same_as<match>;
    { h.fault_of(stored) } -> std::same_as<std::string>;
    { h.needs_rehash(stored) } -> std::same_as<bool>;
    { h.dummy() } -> std::same_as<std::string_view>;
    { h.memory() } -> std::same_as<std::size_t>;
    { h.fault() } -> std::same_as<std::string_view>;
    requires noexcept(h.dummy());
    requires noexcept(h.memory());
    requires noexcept(h.fault());
};

}  // namespace sallyport::inline v0
