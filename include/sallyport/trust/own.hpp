// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/own_folders.hpp>
#include <sallyport/trust/own_making.hpp>
#include <sallyport/trust/own_pair.hpp>
#include <sallyport/trust/own_request.hpp>

#include <algorithm>
#include <chrono>
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
namespace trust {

struct own_options {
    /// Only certificates with this kind of key: where one of RSA and one of a curve lie in the same folders,
    /// each has an `own` of its own. None: whichever came last.
    std::optional<key_kind> kind{};
    std::size_t files = 64;                    ///< that are looked at in each of the two folders
    std::chrono::milliseconds patience{2000};  ///< for another writer
};

/// Which key a signing request is for.
enum class request_key : std::uint8_t {
    fresh,    ///< a new one, kept until its certificate comes
    current,  ///< the one in force: only the certificate is renewed
};

/// The application's own certificate and private key, in the folders `own` and `own_private` of its store:
/// made, renewed, requested from a CA, and changed while the application runs.
///
/// What is in force is decided by content: the certificate in the folder whose key is here too, by the latest
/// beginning of validity. A certificate that is to come is staged beside it (its name ends in `.next`) and
/// comes into force by one rename, so that a plug pulled at any instant leaves a certificate with its own
/// key. CA certificates in the folder are shown with the leaf that they issued. Private keys are PKCS #8
/// (PEM), 0600, folders 0700; a key that others may read is not used. No key is ever written to a log, nor
/// encrypted: a device starts alone.
///
/// Thread safety: any. Pairs are handed out as shared snapshots; who holds one keeps it over a change.
/// Several processes may write: they wait for each other. A fork: each process goes on with what it has read.
class own {
public:
    /// Reads what is there; nothing is no error. Errors: the layout is none, a folder cannot be read.
    [[nodiscard]] static loaded<own> open(std::string root, layout const& where = layout::annex_f,
                                          own_options options = {}) {
        if (auto const fault = where.fault(); !fault.empty())
            return load_error{.file = std::move(root), .message = std::string{fault}};
        own made{detail::own_folders{std::move(root), where, options.kind, options.files}, options.patience};
        if (auto why = made.refresh()) return std::move(*why);
        return made;
    }

    /// The pair in force; null: there is none.
    [[nodiscard]] own_pair_ptr current() const {
        std::lock_guard const hold{state_->mutex};
        return state_->current;
    }
    /// The pair that is staged; null: none.
    [[nodiscard]] own_pair_ptr next() const {
        std::lock_guard const hold{state_->mutex};
        return state_->next;
    }
    /// What was found at the last look and is not used, with reasons.
    [[nodiscard]] std::vector<load_error> problems() const {
        std::lock_guard const hold{state_->mutex};
        return state_->problems;
    }

    /// Looks at the folders again: another process, or an administrator, may have changed them. On an error
    /// what was read before stays in force.
    [[nodiscard]] std::optional<load_error> refresh() {
        auto all = state_->folders.read();
        if (!all) return all.error();
        publish(*all);
        return std::nullopt;
    }

    /// Makes the first certificate, self-signed, in force at once. Errors: one is in force already; the
    /// request is at fault; the device's clock is not set; it cannot be written.
    [[nodiscard]] loaded<own_pair_ptr> create(own_request const& of, instant now) {
        auto const hold = lock();
        if (!hold) return hold.error();
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (all->current)
            return load_error{.file = state_->folders.certificate_path(all->current->certificate_file),
                              .message = "is in force already; stage the next one, and switch to it"};
        if (auto why = stage(of, now, *all)) return std::move(*why);
        return switch_holding();
    }
    /// Makes the next certificate, self-signed, and stages it in the place of one that was staged before.
    [[nodiscard]] loaded<own_pair_ptr> stage_self_signed(own_request const& of, instant now) {
        auto const hold = lock();
        if (!hold) return hold.error();
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (auto why = stage(of, now, *all)) return std::move(*why);
        return read_staged();
    }

    /// A certificate signing request (PKCS #10, DER) for a CA; the key waits here for its certificate. A
    /// request takes the place of an earlier one, whose key goes.
    [[nodiscard]] loaded<std::vector<std::uint8_t>> request(own_request of,
                                                            request_key which = request_key::fresh) {
        if (auto why = of.fault(); !why.empty()) return load_error{.message = std::move(why)};
        auto const hold = lock();
        if (!hold) return hold.error();
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (which == request_key::current) {
            if (!all->current) return no_pair();
            certificate const& leaf = *all->current->pair->leaf();
            auto const kind = own_key_of(leaf.key(), leaf.key_bits());
            if (!kind)
                return load_error{.message = "the key in force is of a kind that no request is made for"};
            of.key = *kind;
            return detail::make_signing_request(of, all->current->pair->key());
        }
        detail::owned_key const key = detail::make_key(of.key);
        if (!key) return detail::openssl_failed("a key");
        auto made = detail::make_signing_request(of, key.get());
        auto const id = detail::key_identifier(key.get());
        if (!made || !id) return made ? detail::openssl_failed("a name for the key") : made.error();
        std::string const name =
            fmt::format("{}{}].pem", detail::own_folders::requested, hex(detail::view(id.get())));
        if (auto why = detail::write_key(state_->folders.key_path(name), key.get())) return std::move(*why);
        for (auto const& k : all->keys)
            if (k.file.starts_with(detail::own_folders::requested) && !belongs_to_a_pair(k, *all))
                if (auto why = detail::own_folders::remove(state_->folders.key_path(k.file)))
                    return std::move(*why);
        return made;
    }

    /// Stages the certificate that a CA has issued for a key that is here. `issued`: DER, the leaf first and
    /// its CAs after it, or PEM. Errors: no key here belongs to it; it has ended, is a CA's, names no
    /// ApplicationUri or more than one, or another than the certificate in force; a certificate behind it did
    /// not issue the one before.
    [[nodiscard]] loaded<own_pair_ptr> accept(bytes issued, instant now) {
        std::string why;
        auto const chain = detail::chain_in(issued, why);
        if (chain.empty())
            return load_error{.message =
                                  issued.empty() ? "no certificate was given" : "what was given " + why};
        auto const hold = lock();
        if (!hold) return hold.error();
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (auto const fault = fault_of(chain, *all, now); !fault.empty())
            return load_error{.message = std::string{fault}};
        if (auto failed = drop_staged(*all)) return std::move(*failed);
        for (std::size_t i = 1; i < chain.size(); ++i)
            if (auto failed = write_certificate(*chain[i], {})) return std::move(*failed);
        if (auto failed = write_certificate(*chain[0], detail::own_folders::staged))
            return std::move(*failed);
        return read_staged();
    }

    /// The staged pair comes into force, and the one before it goes. An error after it is in force says so;
    /// `current()` tells.
    [[nodiscard]] loaded<own_pair_ptr> switch_to_next() {
        auto const hold = lock();
        if (!hold) return hold.error();
        return switch_holding();
    }
    /// The staged pair goes; what is in force stays.
    [[nodiscard]] std::optional<load_error> drop_next() {
        auto const hold = lock();
        if (!hold) return hold.error();
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (auto why = drop_staged(*all)) return why;
        return refresh();
    }

private:
    using reading = detail::own_folders::reading;
    using kept = detail::own_folders::kept;
    struct state {
        detail::own_folders folders;
        std::chrono::milliseconds patience;
        std::mutex mutex{};  ///< of what follows
        own_pair_ptr current{}, next{};
        std::vector<load_error> problems{};
    };

    own(detail::own_folders folders, std::chrono::milliseconds patience)
        : state_{new state{std::move(folders), patience}} {}

    [[nodiscard]] loaded<folder_lock> lock() {
        if (auto why = state_->folders.make()) return std::move(*why);
        auto hold = folder_lock::of(state_->folders.certificate_path("certificate"), state_->patience);
        if (hold) state_->folders.tidy();
        return hold;
    }
    void publish(reading& all) {
        own_pair_ptr current = all.current ? all.current->pair : nullptr,
                     next = all.next ? all.next->pair : nullptr;
        std::lock_guard const hold{state_->mutex};
        // The same certificate stays the same object: hosts notice a change by the pointer.
        if (!same(state_->current, current)) state_->current.swap(current);
        if (!same(state_->next, next)) state_->next.swap(next);
        state_->problems.swap(all.problems);
    }
    [[nodiscard]] static bool same(own_pair_ptr const& a, own_pair_ptr const& b) noexcept {
        return a && b &&
               std::equal(a->chain().begin(), a->chain().end(), b->chain().begin(), b->chain().end());
    }
    [[nodiscard]] load_error no_pair() const {
        return {.file = state_->folders.certificate_path(),
                .message = "holds no certificate whose key is here"};
    }
    [[nodiscard]] static std::optional<own_key> own_key_of(key_kind kind, int bits) noexcept {
        if (kind == key_kind::nist_p256) return own_key::nist_p256;
        if (kind == key_kind::nist_p384) return own_key::nist_p384;
        if (kind == key_kind::rsa && bits >= 2048 && bits <= 4096) return own_key::rsa_2048;
        return std::nullopt;
    }
    [[nodiscard]] static bool belongs_to_a_pair(detail::own_folders::key_file const& k,
                                                reading const& all) noexcept {
        return (all.current && all.current->key_file == k.file) || (all.next && all.next->key_file == k.file);
    }

    [[nodiscard]] std::optional<load_error> write_certificate(certificate const& c,
                                                              std::string_view suffix) const {
        return replace_file(state_->folders.certificate_path(file_name_of(c).append(suffix)),
                            as_text(c.der()));
    }
    [[nodiscard]] static std::string key_name_of(certificate const& c) {
        std::string name = file_name_of(c);
        return name.replace(name.size() - 4, 4, ".pem");
    }

    /// The certificate first, its key second: until the key is there the staged one counts for nothing, and
    /// is cleared away by the next. The other way round a key would be left that nobody knows.
    [[nodiscard]] std::optional<load_error> stage(own_request const& of, instant now, reading const& all) {
        if (auto why = of.fault(); !why.empty()) return load_error{.message = std::move(why)};
        if (!now.wall_trusted)
            return load_error{
                .message = "the device's clock is not set: a certificate made now would have wrong dates"};
        detail::owned_key const key = detail::make_key(of.key);
        if (!key) return detail::openssl_failed("a key");
        auto const made = detail::make_self_signed(of, key.get(), now.wall);
        if (!made) return made.error();
        if (auto why = drop_staged(all)) return why;
        if (auto why = write_certificate(**made, detail::own_folders::staged)) return why;
        return detail::write_key(state_->folders.key_path(key_name_of(**made)), key.get());
    }
    [[nodiscard]] loaded<own_pair_ptr> read_staged() {
        if (auto why = refresh()) return std::move(*why);
        own_pair_ptr made = next();
        if (made) return made;
        return load_error{
            .file = state_->folders.certificate_path(),
            .message = "what was staged cannot be read back; see what else lies in this folder"};
    }

    [[nodiscard]] std::optional<load_error> drop_staged(reading const& all) const {
        for (auto const& half : all.halves)
            if (auto why = detail::own_folders::remove(state_->folders.certificate_path(half))) return why;
        if (!all.next) return std::nullopt;
        bool const shared = all.current && all.current->key_file == all.next->key_file;
        bool const waits = all.next->key_file.starts_with(detail::own_folders::requested);
        if (!shared && !waits)
            if (auto why = detail::own_folders::remove(state_->folders.key_path(all.next->key_file)))
                return why;
        return detail::own_folders::remove(state_->folders.certificate_path(all.next->certificate_file));
    }

    [[nodiscard]] loaded<own_pair_ptr> switch_holding() {
        auto all = state_->folders.read();
        if (!all) return all.error();
        if (!all->next)
            return load_error{.file = state_->folders.certificate_path(),
                              .message = "holds no staged certificate"};
        kept const next = *all->next;
        auto const& folders = state_->folders;
        std::string name = next.certificate_file;
        name.resize(name.size() - detail::own_folders::staged.size());
        // The one instant at which the new pair is in force: its key lies here already.
        if (auto why = detail::own_folders::rename(folders.certificate_path(next.certificate_file),
                                                   folders.certificate_path(name)))
            return std::move(*why);
        {
            std::lock_guard const hold{state_->mutex};
            state_->current = next.pair;
            state_->next = nullptr;
        }
        if (auto why = clear_away(all->current, next)) {
            why->message.append("; the new certificate is in force all the same");
            return std::move(*why);
        }
        if (auto why = refresh()) return std::move(*why);
        return next.pair;
    }
    /// What was in force goes, its key first; the key of a request gets the name of its certificate.
    [[nodiscard]] std::optional<load_error> clear_away(std::optional<kept> const& old,
                                                       kept const& fresh) const {
        auto const& folders = state_->folders;
        bool const same_file =
            old && old->certificate_file + std::string{detail::own_folders::staged} == fresh.certificate_file;
        if (old && !same_file) {
            if (old->key_file != fresh.key_file)
                if (auto why = detail::own_folders::remove(folders.key_path(old->key_file))) return why;
            if (auto why = detail::own_folders::remove(folders.certificate_path(old->certificate_file)))
                return why;
        }
        if (!fresh.key_file.starts_with(detail::own_folders::requested)) return std::nullopt;
        return detail::own_folders::rename(folders.key_path(fresh.key_file),
                                           folders.key_path(key_name_of(*fresh.pair->leaf())));
    }

    /// Why this chain is not for us; empty: it is.
    [[nodiscard]] static std::string_view fault_of(std::vector<certificate_ptr> const& chain,
                                                   reading const& all, instant now) {
        certificate const& leaf = *chain.front();
        bool const ours = std::any_of(all.keys.begin(), all.keys.end(), [&](auto const& k) {
            return detail::belong_together(leaf, k.key.get());
        });
        if (!ours)
            return "no key here belongs to this certificate; make a signing request, and have that one "
                   "signed";
        if (leaf.flaws() != 0)
            return "the certificate breaks the form of certificates; see what the CA made of the request";
        if (now.wall_trusted && leaf.valid_until() < now.wall) return "the certificate has ended already";
        if (leaf.constraints().ca) return "the certificate is a CA's; an application's is expected";
        if (leaf.uris().size() != 1 || !detail::is_uri(leaf.uris().front()))
            return "the certificate must hold exactly one ApplicationUri (subjectAltName); let the CA take "
                   "it from the request";
        if (all.current && !all.current->pair->leaf()->uris().empty() &&
            all.current->pair->leaf()->uris() != leaf.uris())
            return "the certificate holds another ApplicationUri than the one in force";
        if (all.current && all.current->pair->leaf()->print() == leaf.print())
            return "this certificate is in force already";
        for (std::size_t i = 1; i < chain.size(); ++i)
            if (!chain[i - 1]->issued_in_name_by(*chain[i]) ||
                X509_verify(chain[i - 1]->x509(), chain[i]->public_key()) != 1) {
                ERR_clear_error();
                return "a certificate of the chain did not issue the one before it; expected the leaf first, "
                       "then its CAs";
            }
        return {};
    }

    std::unique_ptr<state> state_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
