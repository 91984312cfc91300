// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/identity/phc.hpp>

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace identity {

struct argon2id_options {
    argon2_cost
        cost{};  ///< of new hashes and of the dummy; 20 to 30 ms on a PC, several times that on a controller
    argon2_bounds accepted{};  ///< of stored ones

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (cost.lanes != 1 || accepted.least.lanes != 1 || accepted.most.lanes != 1)
            return "identity::argon2id: libsodium hashes with one lane: p is 1";
        if (accepted.least.memory_kib < 8) return "identity::argon2id: Argon2 needs 8 KiB at least";
        if (accepted.least.passes < 1) return "identity::argon2id: Argon2 needs one pass at least";
        if (accepted.most.memory_kib > 2U << 20) return "identity::argon2id: more than 2 GiB for one hash";
        if (!accepted.hold(cost)) return "identity::argon2id: its own cost is outside of what it accepts";
        return {};
    }
};

/// Argon2id through libsodium (RFC 9106), new hashes with 16 octets of salt and 32 of hash. Parameters come
/// from our own bounded reading of the stored string, never from a second parser's. libsodium computes one
/// lane only, so p is 1; hashes with more are refused when they are read.
/// Thread safety: immutable; hash from as many threads as there are `permits`. Fork: no matter.
class argon2id {
public:
    explicit argon2id(argon2id_options o = {}) : options_{o} {
        phc_string nobody;
        nobody.cost = o.cost;
        nobody.salt_size = phc_string::shortest_salt;
        nobody.hash_size = phc_string::shortest_hash;
        nobody.salt_octets.fill(0x5a);
        dummy_ = nobody.to_string();
        ready_ = options_.fault().empty() && sodium_init() >= 0;
    }

    [[nodiscard]] std::optional<std::string> hash(secret password) const {
        phc_string fresh;
        fresh.cost = options_.cost;
        fresh.salt_size = phc_string::shortest_salt;
        fresh.hash_size = phc_string::shortest_hash;
        if (!ready_) return std::nullopt;
        randombytes_buf(fresh.salt_octets.data(), fresh.salt_size);
        if (!derive(password, fresh, fresh.hash_octets.data())) return std::nullopt;
        return fresh.to_string();
    }

    [[nodiscard]] match verify(secret password, std::string_view stored) const {
        if (!ready_) return match::untested;
        auto const parsed = parse_phc(stored, options_.accepted);
        if (!parsed) {  // judged when it was read, so this is a host's own slip; it must not show in time
            return verify(password, dummy_) == match::untested ? match::untested : match::wrong;
        }
        phc_string const& p = parsed.value;
        if (p.salt_size != crypto_pwhash_argon2id_SALTBYTES) return verify_salted_otherwise(password, p);
        std::array<std::uint8_t, phc_string::longest_hash> computed{};
        if (!derive(password, p, computed.data())) return match::untested;
        bool const same = sodium_memcmp(computed.data(), p.hash_octets.data(), p.hash_size) == 0;
        sodium_memzero(computed.data(), computed.size());
        return same ? match::right : match::wrong;
    }

    [[nodiscard]] std::string fault_of(std::string_view stored) const {
        auto const parsed = parse_phc(stored, options_.accepted);
        std::string why{parsed.fault};
        if (parsed || !parse_phc(stored, anything)) return why;
        auto const& [least, most] = options_.accepted;
        return fmt::format("{}: expected m {} to {} (KiB), t {} to {}, p 1", why, least.memory_kib,
                           most.memory_kib, least.passes, most.passes);
    }
    [[nodiscard]] bool needs_rehash(std::string_view stored) const {
        auto const parsed = parse_phc(stored, options_.accepted);
        return !parsed || parsed.value.cost != options_.cost ||
               parsed.value.salt_size != phc_string::shortest_salt ||
               parsed.value.hash_size != phc_string::shortest_hash;
    }
    /// Of the present cost, with a hash that no password is known to have.
    [[nodiscard]] std::string_view dummy() const noexcept { return dummy_; }
    [[nodiscard]] std::size_t memory() const noexcept { return std::size_t{options_.cost.memory_kib} * 1024; }
    [[nodiscard]] std::string_view fault() const noexcept {
        if (auto const why = options_.fault(); !why.empty()) return why;
        return ready_ ? std::string_view{} : "identity::argon2id: libsodium did not start";
    }
    [[nodiscard]] argon2id_options const& options() const noexcept { return options_; }

private:
    static constexpr argon2_bounds anything{{8, 1, 1}, {0xffffffff, 0xffffffff, 0xffffff}};

    /// False where there is not memory enough.
    [[nodiscard]] static bool derive(secret password, phc_string const& p, std::uint8_t* to) noexcept {
        std::string_view const bytes = password.reveal();
        return crypto_pwhash(to, p.hash_size, bytes.data(), bytes.size(), p.salt_octets.data(), p.cost.passes,
                             std::size_t{p.cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
    }
    /// `crypto_pwhash` takes salts of 16 octets alone. A string of our own spelling, bounded already, leaves
    /// libsodium's reader nothing to read otherwise.
    [[nodiscard]] static match verify_salted_otherwise(secret password, phc_string const& p) {
        std::string const canonical = p.to_string();
        std::string_view const bytes = password.reveal();
        errno = 0;
        if (crypto_pwhash_argon2id_str_verify(canonical.c_str(), bytes.data(), bytes.size()) == 0)
            return match::right;
        return errno == ENOMEM ? match::untested : match::wrong;
    }

    argon2id_options options_;
    std::string dummy_;
    bool ready_ = false;
};
static_assert(password_hasher<argon2id>);
static_assert(argon2id_options{}.fault().empty());

}  // namespace identity
}  // namespace sallyport::inline v0
