// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/authority.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/trust_list_data.hpp>
#include <sallyport/trust/validator.hpp>

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

/// What a Method of a TrustList object answers: OPC UA status codes; the numbers are theirs.
enum class method_status : std::uint32_t {
    good = 0,
    internal_error = 0x80020000,        ///< the disk; the text says more
    resource_unavailable = 0x80040000,  ///< too many have it open
    decoding_error = 0x80070000,
    encoding_limits_exceeded = 0x80080000,  ///< larger than MaxTrustListSize
    certificate_invalid = 0x80120000,
    user_access_denied = 0x801F0000,
    not_writable = 0x803B0000,
    not_supported = 0x803D0000,
    invalid_argument = 0x80AB0000,
    invalid_state = 0x80AF0000,  ///< open where it must not be, or changed since it was opened
    security_mode_insufficient = 0x80E60000,
    transaction_pending = 0x80E80000,  ///< somebody else is writing
    certificate_chain_incomplete = 0x810D0000,
};

/// The outcome of a Method; `why` is for the log, in words.
template <class T = std::monostate>
struct method_result {
    method_status status = method_status::internal_error;
    T value{};
    std::string why{};
    [[nodiscard]] explicit operator bool() const noexcept { return status == method_status::good; }
};

/// Who calls a Method. The host says what its session is allowed; by default nothing.
struct method_caller {
    std::uint64_t session = 0;   ///< who has it open
    bool may_read = false;       ///< may read trust lists
    bool may_change = false;     ///< has the role SecurityAdmin: may read, change, and see what was rejected
    bool authenticated = false;  ///< the SecureChannel is authenticated: its mode is Sign or SignAndEncrypt
};

/// Bounds of a TrustList object.
struct trust_list_operations_options {
    std::size_t largest = std::size_t{8} << 20;  ///< MaxTrustListSize, in octets of the encoded list
    nanoseconds activity_timeout = std::chrono::seconds{60};  ///< ActivityTimeout: Part 12's default
    std::size_t open_at_once = 16;    ///< to read, by all sessions; the one writer has a place of his own
    std::size_t open_by_session = 4;  ///< to read, by one session
};

/// The Methods of an OPC UA TrustList object (Part 12 §7.8.2) and GetRejectedList (§7.10), over a store on
/// disk, for whatever server holds them. What is read is what was in force when it was opened; a change in
/// the meantime is told (Bad_InvalidState). What is written takes the place of the lists that it names, all
/// at once, at CloseAndUpdate. One writer at a time. There are no transactions over several Methods:
/// `applyChangesRequired` is always FALSE. After a change the host re-evaluates its sessions and channels
/// (`open_channels`).
/// Thread safety: any thread may call anything; a change holds others up until it is on disk.
class trust_list_operations {
public:
    static constexpr std::uint8_t read_mode = 1, write_erase_mode = 6;

    explicit trust_list_operations(directory& store, trust_list_operations_options o = {})
        : store_{store}, options_{o} {}

    /// Open (§7.8.2.2): modes 1 (read) and 6 (write, erase existing) alone. A handle, never 0.
    [[nodiscard]] method_result<std::uint32_t> open(method_caller const& who, std::uint8_t mode,
                                                    instant const& now) {
        if (mode == read_mode) return open_with_masks(who, masks::all, now);
        if (auto const no = refuses_change(who); no != method_status::good) return {no, 0, {}};
        if (mode != write_erase_mode) return {method_status::not_supported, 0, "a mode other than 1 and 6"};
        std::lock_guard const hold{mutex_};
        close_idle(now);
        if (writer() != nullptr) return {method_status::transaction_pending, 0, "somebody else is writing"};
        return add({.session = who.session, .writes = true, .used = now.steady});
    }
    /// OpenWithMasks (§7.8.2.3): to read some of the lists. Other bits than the four are an invalid argument.
    [[nodiscard]] method_result<std::uint32_t> open_with_masks(method_caller const& who, std::uint32_t lists,
                                                               instant const& now) {
        if (auto const no = refuses_read(who); no != method_status::good) return {no, 0, {}};
        if ((lists & ~masks::all) != 0)
            return {method_status::invalid_argument, 0, "masks that nobody knows"};
        auto const held = store_.lists().get();
        auto content = content_of(*held.lists, lists);
        if (content.encoded_size() > options_.largest)
            return {method_status::encoding_limits_exceeded, 0, "the lists are larger than MaxTrustListSize"};
        std::lock_guard const hold{mutex_};
        close_idle(now);
        return add({.session = who.session,
                    .used = now.steady,
                    .generation = held.generation,
                    .content = content.encode()});
    }
    /// Read (Part 20 §4.2.4): at most `most` octets from where the last one ended; none at the end.
    [[nodiscard]] method_result<std::vector<std::uint8_t>> read(method_caller const& who,
                                                                std::uint32_t handle, std::size_t most,
                                                                instant const& now) {
        if (auto const no = refuses_read(who); no != method_status::good) return {no, {}, {}};
        std::lock_guard const hold{mutex_};
        file* const f = find(who, handle, now);
        if (f == nullptr) return {method_status::invalid_argument, {}, "no such handle"};
        if (f->writes) return {method_status::invalid_state, {}, "it is open for writing"};
        if (store_.lists().generation() != f->generation)
            return {method_status::invalid_state, {}, "the lists have changed; open them anew"};
        auto const from = f->content.begin() + static_cast<std::ptrdiff_t>(f->at);
        std::size_t const n = std::min(most, f->content.size() - f->at);
        f->at += n;
        return {method_status::good, {from, from + static_cast<std::ptrdiff_t>(n)}, {}};
    }
    /// Write (Part 20 §4.2.5): appends. More than MaxTrustListSize is refused, and not kept.
    [[nodiscard]] method_result<> write(method_caller const& who, std::uint32_t handle, bytes more,
                                        instant const& now) {
        if (auto const no = refuses_change(who); no != method_status::good) return {no, {}, {}};
        std::lock_guard const hold{mutex_};
        file* const f = find(who, handle, now);
        if (f == nullptr) return {method_status::invalid_argument, {}, "no such handle"};
        if (!f->writes) return {method_status::invalid_state, {}, "it is open for reading"};
        if (more.size() > options_.largest - f->content.size())
            return {method_status::encoding_limits_exceeded, {}, "larger than MaxTrustListSize"};
        f->content.insert(f->content.end(), more.begin(), more.end());
        return {method_status::good, {}, {}};
    }
    /// Close (Part 20 §4.2.3): what was written is forgotten.
    [[nodiscard]] method_result<> close(method_caller const& who, std::uint32_t handle, instant const& now) {
        if (auto const no = refuses_read(who); no != method_status::good) return {no, {}, {}};
        std::lock_guard const hold{mutex_};
        if (find(who, handle, now) == nullptr) return {method_status::invalid_argument, {}, "no such handle"};
        std::erase_if(files_, [&](file const& f) { return f.handle == handle; });
        return {method_status::good, {}, {}};
    }
    /// The session has ended: what it had open is closed.
    void close_all_of(std::uint64_t session) {
        std::lock_guard const hold{mutex_};
        std::erase_if(files_, [&](file const& f) { return f.session == session; });
    }
    /// CloseAndUpdate (§7.8.2.5). Every certificate of the new lists must be one that OPC UA's validation
    /// finds sound (steps 1 to 3: structure, chain, signatures; dates and revocation are for when somebody
    /// shows it), every revocation list that is given one of a CA in them. Else nothing is changed.
    /// Revocation lists that are not named follow their CA, and go with it. The value is
    /// applyChangesRequired. The handle is closed in any case.
    [[nodiscard]] method_result<bool> close_and_update(method_caller const& who, std::uint32_t handle,
                                                       instant const& now) {
        if (auto const no = refuses_change(who); no != method_status::good) return {no, false, {}};
        std::lock_guard const hold{mutex_};
        file* const f = find(who, handle, now);
        if (f == nullptr) return {method_status::invalid_argument, false, "no such handle"};
        if (!f->writes) return {method_status::invalid_state, false, "it is open for reading"};
        std::vector<std::uint8_t> const written = std::move(f->content);
        std::erase_if(files_, [&](file const& one) { return one.handle == handle; });
        auto d = trust_list_data::decode(written);
        if (!d) return {method_status::decoding_error, false, "what was written is no TrustListDataType"};
        if ((d->specified_lists & ~masks::all) != 0)
            return {method_status::invalid_argument, false, "masks that nobody knows"};
        return replace(std::move(*d), now);
    }

    /// AddCertificate (§7.8.2.6): one certificate, into the trusted list. CAs and their revocation lists are
    /// for Open and Write. It must be valid, as if its owner showed it now and every fault that may be
    /// suppressed were.
    [[nodiscard]] method_result<> add_certificate(method_caller const& who, bytes der, bool is_trusted,
                                                  instant const& now) {
        if (auto const no = refuses_change(who); no != method_status::good) return {no, {}, {}};
        std::lock_guard const hold{mutex_};
        close_idle(now);
        if (writer() != nullptr) return {method_status::invalid_state, {}, "it is open for writing"};
        if (!is_trusted)
            return {method_status::certificate_invalid, {}, "issuers are managed with Open and Write"};
        std::string why;
        auto const c = certificate::parse(der, &why);
        if (!c) return {method_status::certificate_invalid, {}, "it " + why};
        if (may_issue(*c))  // also one that bears an ApplicationUri
            return {method_status::certificate_invalid, {}, "a CA is managed with Open and Write"};
        auto with = content_of(*store_.lists().get().lists, masks::all);
        with.trusted_certificates.emplace_back(der.begin(), der.end());
        if (with.encoded_size() > options_.largest)
            return {method_status::encoding_limits_exceeded, {}, "the lists would exceed MaxTrustListSize"};
        current_lists trial;
        trial.put(std::make_shared<trust_list const>(read_all(with).first));
        auto const said = validator{trial, {.overlook = every_suppressible()}}.validate({.chain = der}, now);
        if (!said.accepted())
            return {said.first() == status::certificate_chain_incomplete
                        ? method_status::certificate_chain_incomplete
                        : method_status::certificate_invalid,
                    {},
                    said.remedy()};
        return outcome(store_.add(*c, list::trusted), now);
    }
    /// RemoveCertificate (§7.8.2.7): by its thumbprint, SHA-1 in hexadecimal. A CA's revocation lists go with
    /// it; one that another listed certificate needs stays.
    [[nodiscard]] method_result<> remove_certificate(method_caller const& who, std::string_view thumbprint_,
                                                     bool is_trusted, instant const& now) {
        if (auto const no = refuses_change(who); no != method_status::good) return {no, {}, {}};
        std::lock_guard const hold{mutex_};
        close_idle(now);
        if (writer() != nullptr) return {method_status::invalid_state, {}, "it is open for writing"};
        list const from = is_trusted ? list::trusted : list::issuers;
        auto const held = store_.lists().get().lists;
        certificate_ptr found;
        for (auto const& m : held->members())
            if (m.in.has(from) && same_digits(thumbprint_, hex(m.certificate->thumb()))) {
                if (found) return {method_status::invalid_argument, {}, "two certificates have this SHA-1"};
                found = m.certificate;
            }
        if (!found) return {method_status::invalid_argument, {}, "no certificate of this list has it"};
        if (needed(*held, found, now))
            return {method_status::certificate_chain_incomplete, {}, "another certificate needs it"};
        return outcome(store_.remove(found->print()), now);
    }
    /// GetRejectedList (§7.10): DER, newest first, as many as fit into MaxTrustListSize.
    [[nodiscard]] method_result<trust_list_data::byte_strings> rejected_list(method_caller const& who) const {
        if (!who.authenticated) return {method_status::security_mode_insufficient, {}, {}};
        if (!who.may_change) return {method_status::user_access_denied, {}, {}};
        trust_list_data::byte_strings all;
        std::size_t size = 4;
        for (auto const& r : store_.rejected()) {
            if (!r.certificate) continue;
            bytes const der = r.certificate->der();
            if ((size += 4 + der.size()) > options_.largest) break;
            all.emplace_back(der.begin(), der.end());
        }
        return {method_status::good, std::move(all), {}};
    }

    /// LastUpdateTime (§7.8.2.1), wall clock: when a file came into one of the lists or went, by a Method or
    /// by anybody; zero: nobody knows.
    [[nodiscard]] nanoseconds last_update() const {
        nanoseconds last{0};
        for (place const p : {place::trusted, place::trusted_crl, place::issuers, place::issuer_crl}) {
            struct stat about {};
            if (::stat(store_.path(p).c_str(), &about) == 0)
                last = std::max(last, nanoseconds{detail::stamp::of(about).written});
        }
        std::lock_guard const hold{mutex_};
        return std::max(last, updated_);
    }
    /// OpenCount.
    [[nodiscard]] std::size_t open_count() const {
        std::lock_guard const hold{mutex_};
        return files_.size();
    }

private:
    struct file {
        std::uint32_t handle = 0;
        std::uint64_t session = 0;
        bool writes = false;
        nanoseconds used{};
        std::uint64_t generation = 0;
        std::vector<std::uint8_t> content{};
        std::size_t at = 0;
    };

    [[nodiscard]] static method_status refuses_read(method_caller const& who) noexcept {
        if (!who.authenticated) return method_status::security_mode_insufficient;
        return who.may_read || who.may_change ? method_status::good : method_status::user_access_denied;
    }
    [[nodiscard]] method_status refuses_change(method_caller const& who) const noexcept {
        if (!who.authenticated) return method_status::security_mode_insufficient;
        if (!who.may_change) return method_status::user_access_denied;
        return store_.writes() ? method_status::good : method_status::not_writable;
    }
    [[nodiscard]] method_result<std::uint32_t> add(file f) {
        // No number of readers keeps the writer out; of those there is one at a time.
        if (!f.writes) {
            auto const all =
                std::count_if(files_.begin(), files_.end(), [](file const& o) { return !o.writes; });
            auto const own = std::count_if(files_.begin(), files_.end(), [&](file const& o) {
                return !o.writes && o.session == f.session;
            });
            if (static_cast<std::size_t>(all) >= options_.open_at_once)
                return {method_status::resource_unavailable, 0, "too many have it open"};
            if (static_cast<std::size_t>(own) >= options_.open_by_session)
                return {method_status::resource_unavailable, 0, "this session has it open too often"};
        }
        do f.handle = ++last_handle_;
        while (f.handle == 0 || std::any_of(files_.begin(), files_.end(),
                                            [&](file const& o) { return o.handle == f.handle; }));
        files_.push_back(std::move(f));
        return {method_status::good, files_.back().handle, {}};
    }
    /// A handle is its session's alone.
    [[nodiscard]] file* find(method_caller const& who, std::uint32_t handle, instant const& now) {
        close_idle(now);
        for (auto& f : files_)
            if (f.handle == handle && f.session == who.session) {
                f.used = now.steady;
                return &f;
            }
        return nullptr;
    }
    [[nodiscard]] file const* writer() const noexcept {
        auto const at = std::find_if(files_.begin(), files_.end(), [](file const& f) { return f.writes; });
        return at == files_.end() ? nullptr : &*at;
    }
    void close_idle(instant const& now) {
        std::erase_if(files_, [&](file const& f) { return now.steady - f.used > options_.activity_timeout; });
    }
    [[nodiscard]] static suppressions every_suppressible() noexcept {
        suppressions all;
        for (auto const& r : status_rules) all.add(r.code);
        return all;
    }

    [[nodiscard]] static trust_list_data content_of(trust_list const& lists, std::uint32_t mask) {
        trust_list_data d{.specified_lists = mask};
        auto const octets = [](bytes b) { return std::vector<std::uint8_t>{b.begin(), b.end()}; };
        for (auto const& m : lists.members()) {
            if ((mask & masks::trusted_certificates) != 0 && m.in.has(list::trusted))
                d.trusted_certificates.push_back(octets(m.certificate->der()));
            if ((mask & masks::issuer_certificates) != 0 && m.in.has(list::issuers))
                d.issuer_certificates.push_back(octets(m.certificate->der()));
        }
        for (auto const& l : lists.crls()) {
            if ((mask & masks::trusted_crls) != 0 && l.in.has(list::trusted))
                d.trusted_crls.push_back(detail::der_of(*l.crl));
            if ((mask & masks::issuer_crls) != 0 && l.in.has(list::issuers))
                d.issuer_crls.push_back(detail::der_of(*l.crl));
        }
        return d;
    }
    /// As lists; the sentence says what cannot be read.
    [[nodiscard]] static std::pair<trust_list::content, std::string> read_all(trust_list_data const& d) {
        trust_list::content c;
        std::string why, problem;
        auto const read = [&](auto const& ders, auto& to, auto parse, std::string_view what) {
            for (auto const& der : ders) {
                if (auto one = parse(der, &why))
                    to.push_back(std::move(one));
                else if (problem.empty())
                    problem = fmt::format("{} {}", what, why);
            }
        };
        auto const certificates = [](bytes b, std::string* w) { return certificate::parse(b, w); };
        auto const revocations = [](bytes b, std::string* w) { return crl::parse(b, w); };
        read(d.trusted_certificates, c.trusted, certificates, "a certificate");
        read(d.issuer_certificates, c.issuers, certificates, "a certificate");
        read(d.trusted_crls, c.trusted_crls, revocations, "a revocation list");
        read(d.issuer_crls, c.issuer_crls, revocations, "a revocation list");
        return {std::move(c), std::move(problem)};
    }
    [[nodiscard]] method_result<bool> replace(trust_list_data d, instant const& now) {
        // The lists as they will be: those that are named, and the others as they are.
        trust_list_data next = content_of(*store_.lists().get().lists, masks::all & ~d.specified_lists);
        auto const take = [&](std::uint32_t mask, auto& from, auto& to) {
            if ((d.specified_lists & mask) != 0)
                to = from;
            else
                from.clear();
        };
        take(masks::trusted_certificates, d.trusted_certificates, next.trusted_certificates);
        take(masks::trusted_crls, d.trusted_crls, next.trusted_crls);
        take(masks::issuer_certificates, d.issuer_certificates, next.issuer_certificates);
        take(masks::issuer_crls, d.issuer_crls, next.issuer_crls);
        if (next.encoded_size() > options_.largest)
            return {method_status::encoding_limits_exceeded, false,
                    "the lists would exceed MaxTrustListSize"};
        auto [read, problem] = read_all(next);
        if (!problem.empty()) return {method_status::certificate_invalid, false, std::move(problem)};
        current_lists trial;
        trial.put(std::make_shared<trust_list const>(std::move(read)));
        auto const lists = trial.get().lists;
        validator const judge{trial, {.overlook = every_suppressible()}};
        for (auto const& m : lists->members())
            if (auto const bad = unsound(judge, *m.certificate, now); bad != status::good)
                return {bad == status::certificate_chain_incomplete
                            ? method_status::certificate_chain_incomplete
                            : method_status::certificate_invalid,
                        false, fmt::format("{}: {}", m.certificate->subject(), to_string(bad))};
        auto const given = [&](listed_crl const& l) {
            return ((d.specified_lists & masks::trusted_crls) != 0 && l.in.has(list::trusted)) ||
                   ((d.specified_lists & masks::issuer_crls) != 0 && l.in.has(list::issuers));
        };
        for (auto const& l : lists->crls())
            if (given(l) && (l.signers.empty() || !l.crl->sound()))
                return {method_status::certificate_invalid, false,
                        "a revocation list that no CA of the lists has signed, or that nobody understands: " +
                            l.crl->issuer()};
        auto done = outcome(
            store_.replace(d.specified_lists, {std::move(d.trusted_certificates), std::move(d.trusted_crls),
                                               std::move(d.issuer_certificates), std::move(d.issuer_crls)}),
            now);
        return {done.status, false, std::move(done.why)};
    }
    /// Steps 1 to 3.
    [[nodiscard]] static status unsound(validator const& judge, certificate const& c, instant const& now) {
        auto const said = judge.validate({.chain = c.der()}, now);
        for (fault const& f : said.all())
            if (f.what == status::certificate_invalid || f.what == status::certificate_chain_incomplete)
                return f.what;
        return status::good;
    }
    /// Would another certificate of the lists be without its chain?
    [[nodiscard]] static bool needed(trust_list const& held, certificate_ptr const& ca, instant const& now) {
        if (!ca->constraints().ca) return false;
        trust_list::content rest;
        std::vector<certificate_ptr> below;
        for (auto const& m : held.members()) {
            if (m.certificate == ca) continue;
            if (m.in.has(list::trusted)) rest.trusted.push_back(m.certificate);
            if (m.in.has(list::issuers)) rest.issuers.push_back(m.certificate);
            if (!m.certificate->self_issued()) below.push_back(m.certificate);
        }
        current_lists without, with;
        without.put(std::make_shared<trust_list const>(std::move(rest)));
        with.put(std::make_shared<trust_list const>(held));
        validator const before{with}, after{without};
        return std::any_of(below.begin(), below.end(), [&](certificate_ptr const& c) {
            return unsound(after, *c, now) == status::certificate_chain_incomplete &&
                   unsound(before, *c, now) != status::certificate_chain_incomplete;
        });
    }
    [[nodiscard]] static bool same_digits(std::string_view a, std::string_view b) noexcept {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            return (x >= 'a' && x <= 'f' ? static_cast<char>(x - 32) : x) == y;
        });
    }
    [[nodiscard]] method_result<> outcome(std::optional<load_error> no, instant const& now) {
        if (no) return {method_status::internal_error, {}, no->to_string()};
        updated_ = now.wall;
        return {method_status::good, {}, {}};
    }

    directory& store_;
    trust_list_operations_options options_;
    mutable std::mutex mutex_;
    std::vector<file> files_;
    std::uint32_t last_handle_ = 0;
    nanoseconds updated_{0};
};

}  // namespace trust
}  // namespace sallyport::inline v0
