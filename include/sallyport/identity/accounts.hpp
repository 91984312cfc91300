// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/concepts/verifier.hpp>
#include <sallyport/core/name_rules.hpp>
#include <sallyport/core/role_print.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/siphash.hpp>
#include <sallyport/identity/account_record.hpp>
#include <sallyport/identity/permits.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace identity {

/// What becomes of `not_before` and `not_after` while the device's clock is not set (`instant::wall_trusted`
/// is false)?
enum class unset_clock : std::uint8_t {
    ignore_dates,  ///< passwords work without a clock; an account out of date works until it is set
    refuse_dated,  ///< an account with either date waits for the clock; the others work
};

/// What if a password was right, and its hash has not the cost that new ones have?
enum class rehash : std::uint8_t {
    at_login,  ///< it is hashed once more, and that is offered to the host: `accounts::take_rehashed`
    never,
};

struct accounts_options {
    account_limits limits{};
    permits_options hashing{};
    unset_clock on_unset_clock = unset_clock::ignore_dates;
    rehash on_other_cost = rehash::at_login;
};

/// An account, as lists show it.
struct listed_account {
    name is{};
    role_set roles{};
    std::optional<nanoseconds> not_before{}, not_after{};
    bool disabled = false, essential = false, must_change_password = false;
    bool other_cost =
        false;  ///< its hash costs other than the dummy: its time could be told from an unknown name's
};

/// A hash of the present cost, made of a password that was right. `was` is the hash that it is to replace, if
/// that still stands.
struct rehashed {
    name who{};
    std::string was{}, now{};
};

namespace detail {
/// The accounts of one reading; immutable.
class directory {
public:
    struct entry {
        listed_account shown{};
        std::string password{};
        std::uint64_t epoch = 0;

        /// Why it is not even tested; `none`: it is.
        [[nodiscard]] reason refusal(instant now, unset_clock rule) const noexcept {
            if (shown.disabled) return reason::account_disabled;
            if (!now.wall_trusted) {
                bool const dated = shown.not_before || shown.not_after;
                return dated && rule == unset_clock::refuse_dated ? reason::account_not_yet_valid
                                                                  : reason::none;
            }
            if (shown.not_before && now.wall < *shown.not_before) return reason::account_not_yet_valid;
            if (shown.not_after && now.wall > *shown.not_after) return reason::account_expired;
            return reason::none;
        }
        [[nodiscard]] principal as() const noexcept {
            principal p{.is = shown.is, .roles = shown.roles};
            if (shown.essential) p.marks |= principal::essential;
            if (shown.must_change_password) p.marks |= principal::must_change_password, p.roles = {};
            return p;
        }
    };

    template <password_hasher Hasher, role_names Roles>
    directory(std::vector<account_record> const& records, Hasher const& hasher, Roles const& roles) {
        keys_.reserve(records.size());
        entries_.reserve(records.size());
        for (account_record const& r : records) {
            keys_.push_back(words(fold_name(r.name)));
            // No secret key: the epoch outlives a restart, so that what depends on it does too. Never 0.
            entries_.push_back({.shown = {.is = std::string_view{r.name},
                                          .roles = roles_of(r, roles),
                                          .not_before = r.not_before,
                                          .not_after = r.not_after,
                                          .disabled = r.disabled,
                                          .essential = r.essential,
                                          .must_change_password = r.must_change_password,
                                          .other_cost = hasher.needs_rehash(r.password)},
                                .password = r.password,
                                .epoch = siphash({}, r.password) | 1});
        }
    }

    /// The account of a folded name, or null. Every key is compared whole, so the time depends on their
    /// number alone.
    [[nodiscard]] entry const* find(name const& folded) const noexcept {
        auto const wanted = words(folded);
        std::size_t found = keys_.size();
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            word difference = 0;
            for (std::size_t w = 0; w < wanted.size(); ++w) difference |= keys_[i][w] ^ wanted[w];
            std::size_t const here = std::size_t{0} - static_cast<std::size_t>(difference == 0);
            found = (found & ~here) | (i & here);
        }
        return found < entries_.size() ? &entries_[found] : nullptr;
    }
    [[nodiscard]] std::vector<entry> const& entries() const noexcept { return entries_; }

private:
    using key_words = std::array<word, sizeof(name) / sizeof(word)>;
    [[nodiscard]] static key_words words(name const& n) noexcept { return std::bit_cast<key_words>(n); }

    std::vector<key_words> keys_{};
    std::vector<entry> entries_{};
};
}  // namespace detail

/// The verifier over an accounts file (see `account_record` for its form). Each attempt with a password costs
/// exactly one hash of the present cost, whatever the name: unknown, disabled, out of date and malformed ones
/// are tested against the hasher's dummy, with as many bytes of a fixed text as were typed, and their reason
/// is told whatever the secret was. An account whose hash has another cost is listed as such. An empty
/// password proves nothing. Other kinds of credential are refused, without a hash. No permit to hash, or no
/// memory: `unavailable`, never a penalty. Copies share one state: the gate holds one, and the host another
/// to reload and list.
/// Thread safety: all of it, from any thread; `verify` blocks for its permit and its hash. What it may throw
/// is bad_alloc, and then no permit is left held. Fork: a child makes its own.
template <password_hasher Hasher, role_names Roles>
class accounts {
public:
    /// Reads the file. Errors: what `load_accounts` finds, a hasher or permits whose options cannot be.
    /// `shared` are permits that this verifier has in common with others; null: its own, after `o.hashing`.
    [[nodiscard]] static loaded<accounts> open(std::string path, Hasher hasher, Roles roles,
                                               accounts_options o = {},
                                               std::shared_ptr<permits> shared = {}) {
        if (auto const why = hasher.fault(); !why.empty()) return load_error{.message = std::string{why}};
        if (!shared) {
            auto made = permits::make(hasher.memory(), o.hashing);
            if (!made) return made.error();
            shared = *made;
        }
        accounts all{std::make_shared<state>(std::move(path), std::move(hasher), std::move(roles), o,
                                             std::move(shared))};
        if (auto why = all.reload()) return std::move(*why);
        return all;
    }

    [[nodiscard]] answer verify(attempt const& a, instant now) const {
        if (a.shown.kind != proof_kind::password) return denial{reason::invalid_credentials, {}};
        auto const key = a.shown.bytes.size() <= longest_password ? account_key(a.user) : std::nullopt;
        auto const book = state_->book();
        auto const* const who = book->find(key.value_or(name{}));
        reason const why = !key                    ? reason::malformed_attempt
                           : who == nullptr        ? reason::unknown_account
                           : a.shown.bytes.empty() ? reason::invalid_credentials
                                                   : who->refusal(now, state_->options.on_unset_clock);
        bool const eligible = why == reason::none;

        auto const permit = state_->hashing->acquire(a.source, asker_of(a, key));
        if (!permit) return unavailable{};
        Hasher const& hasher = state_->hasher;
        secret const typed = eligible ? a.shown.bytes : secret{fixed_text().substr(0, a.shown.bytes.size())};
        match const said = hasher.verify(typed, eligible ? std::string_view{who->password} : hasher.dummy());
        if (said == match::untested) return unavailable{};
        if (!eligible) return denial{why, {}};
        if (said != match::right) return denial{reason::invalid_credentials, {}};

        // While it was hashed the file may have been read anew: what counts is the account as it is now.
        auto const latest = state_->book();
        auto const* const is = latest->find(*key);
        if (is == nullptr) return denial{reason::unknown_account, {}};
        if (reason const late = is->refusal(now, state_->options.on_unset_clock); late != reason::none)
            return denial{late, {}};
        if (is->password != who->password)
            return unavailable{};  // right for a hash that is gone; nothing is proven, or wrong
        if (is->shown.other_cost && state_->options.on_other_cost == rehash::at_login)
            state_->hash_anew(*is, a.shown.bytes);
        return is->as();
    }

    [[nodiscard]] static constexpr bool takes(proof_kind k) noexcept { return k == proof_kind::password; }
    [[nodiscard]] std::optional<name> account_key(std::string_view user) const noexcept {
        return well_formed_name(user) ? std::optional{fold_name(user)} : std::nullopt;
    }
    /// The epoch changes whenever the stored hash does.
    [[nodiscard]] std::optional<std::uint64_t> knows(name const& account) const noexcept {
        auto const book = state_->book();
        auto const* const who = book->find(fold_name(account.view()));
        return who != nullptr ? std::optional{who->epoch} : std::nullopt;
    }
    /// Tells the role table apart whose bits these roles are.
    [[nodiscard]] std::uint64_t role_print() const noexcept { return sallyport::role_print(state_->roles); }
    [[nodiscard]] answer current(principal const& was, instant now) const noexcept {
        auto const book = state_->book();
        auto const* const who = book->find(fold_name(was.is.view()));
        if (who == nullptr) return denial{reason::account_changed, {}};
        if (reason const why = who->refusal(now, state_->options.on_unset_clock); why != reason::none)
            return denial{why, {}};
        return who->as();
    }

    /// Reads the file anew. An error leaves in force what was; nullopt: the new accounts are in force, all at
    /// once. Afterwards let the gate reevaluate its sessions.
    [[nodiscard]] std::optional<load_error> reload() { return state_->read(); }
    /// Is the file another than the one last read, well or badly? Asks the file system, cheaply enough for
    /// every tick.
    [[nodiscard]] bool stale() const { return state_->stale(); }

    [[nodiscard]] std::vector<listed_account> list() const {
        auto const book = state_->book();
        std::vector<listed_account> all;
        all.reserve(book->entries().size());
        for (auto const& e : book->entries()) all.push_back(e.shown);
        return all;
    }
    [[nodiscard]] std::size_t size() const noexcept { return state_->book()->entries().size(); }
    [[nodiscard]] std::string const& path() const noexcept { return state_->path; }

    /// A hash for a new password, made under a permit like any other. nullopt: no permit or no memory, try
    /// again later.
    [[nodiscard]] std::optional<std::string> hash(secret fresh, address const& asked_by = {}) const {
        auto const permit = state_->hashing->acquire(asked_by);
        return permit ? state_->hasher.hash(fresh) : std::nullopt;
    }
    /// Hashes of the present cost that logins have made since the last call, at most one for each account;
    /// the host writes them (`accounts_file::replace_password`), saves and reloads. Those that it never takes
    /// are made once and no more.
    [[nodiscard]] std::vector<rehashed> take_rehashed() { return state_->take(); }
    [[nodiscard]] std::shared_ptr<permits> const& hashing() const noexcept { return state_->hashing; }

private:
    /// Whose word about himself was proven. A pairing speaks of its own account alone.
    [[nodiscard]] static asker asker_of(attempt const& a, std::optional<name> const& account) noexcept {
        bool const proven = a.device.known() || a.presence == whereabouts::console ||
                            (account && a.pairing.speaks_of(*account));
        return proven ? asker::proven : asker::stranger;
    }
    class state {
    public:
        state(std::string file, Hasher h, Roles r, accounts_options o, std::shared_ptr<permits> p)
            : path{std::move(file)}, hasher{std::move(h)}, roles{std::move(r)}, options{o}, hashing{std::move(
                                                                                                p)} {}

        [[nodiscard]] std::shared_ptr<detail::directory const> book() const noexcept {
            std::lock_guard const hold{swapping_};
            return book_;
        }
        [[nodiscard]] std::optional<load_error> read() {
            std::lock_guard const one_at_a_time{reading_};
            stamp_ = file_stamp::of(path);  // before the text: a change in between is seen as one
            auto const records = load_accounts(path, hasher, roles, options.limits);
            if (!records) return records.error();
            auto fresh = std::make_shared<detail::directory const>(*records, hasher, roles);
            std::lock_guard const hold{swapping_};
            book_.swap(fresh);
            return std::nullopt;
        }
        [[nodiscard]] bool stale() const {
            std::lock_guard const one_at_a_time{reading_};
            return file_stamp::of(path) != stamp_;
        }
        /// Never in the way of the login that it is a by-product of.
        void hash_anew(detail::directory::entry const& e, secret password) noexcept {
            try {
                if (pending(e)) return;
                auto now = hasher.hash(password);
                if (!now) return;
                std::lock_guard const hold{offering_};
                std::erase_if(rehashed_, [&](auto const& r) { return r.who == e.shown.is; });
                rehashed_.push_back({e.shown.is, e.password, std::move(*now)});
                offered_.emplace_back(e.shown.is, e.epoch);
            } catch (...) {  // no memory: the next login tries again
            }
        }
        [[nodiscard]] std::vector<rehashed> take() {
            std::lock_guard const hold{offering_};
            return std::exchange(rehashed_, {});
        }

        std::string const path;
        Hasher const hasher;
        Roles const roles;
        accounts_options const options;
        std::shared_ptr<permits> const hashing;

    private:
        /// Has this very hash been made anew already? Also drops what is remembered of accounts that have
        /// changed since.
        [[nodiscard]] bool pending(detail::directory::entry const& e) {
            auto const now = book();
            std::lock_guard const hold{offering_};
            std::erase_if(offered_, [&](auto const& o) {
                auto const* const who = now->find(fold_name(o.first.view()));
                return who == nullptr || who->epoch != o.second;
            });
            return std::find(offered_.begin(), offered_.end(), std::pair{e.shown.is, e.epoch}) !=
                   offered_.end();
        }

        mutable std::mutex reading_{}, swapping_{};
        std::mutex offering_{};
        file_stamp stamp_{};
        std::shared_ptr<detail::directory const> book_ = nullptr;
        std::vector<rehashed> rehashed_{};
        std::vector<std::pair<name, std::uint64_t>> offered_{};
    };

    explicit accounts(std::shared_ptr<state> s) noexcept : state_{std::move(s)} {}

    /// What is hashed where nothing is to be proven.
    [[nodiscard]] static std::string_view fixed_text() noexcept {
        static constexpr auto text = [] {
            std::array<char, longest_password> t{};
            t.fill('-');
            return t;
        }();
        return {text.data(), text.size()};
    }

    std::shared_ptr<state> state_;
};

/// `accounts::open`, with its types deduced.
template <password_hasher Hasher, role_names Roles>
[[nodiscard]] loaded<accounts<Hasher, Roles>> open_accounts(std::string path, Hasher hasher, Roles roles,
                                                            accounts_options o = {},
                                                            std::shared_ptr<permits> shared = {}) {
    return accounts<Hasher, Roles>::open(std::move(path), std::move(hasher), std::move(roles), o,
                                         std::move(shared));
}

}  // namespace identity
}  // namespace sallyport::inline v0
