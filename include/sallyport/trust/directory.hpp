// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/rejected_list.hpp>
#include <sallyport/trust/rejected_writing.hpp>
#include <sallyport/trust/replacement.hpp>
#include <sallyport/trust/store_change.hpp>
#include <sallyport/trust/store_state.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// A trust store on disk, where administrators curate it: with their tools, with ours, or by moving files.
///
///     auto store = trust::directory::open("/etc/plant/pki", trust::layout::annex_f);
///     if (!store) return complain(store.error().to_string());
///     trust::validator judge{store->lists()};
///     ...
///     store->tick(now);                                          // often: it looks once a second, and not longer
///     store->reject(blob, "opc.tcp://192.0.2.7", from, j.status, now);  // an administrator finds it there
///     store->approve(print);                                     // and says yes
///
/// What counts is what lies in the folders: content decides, never a name. A file that does not parse, is too
/// large, is no regular file or leads out of the store counts for nothing and is reported (`skipped`). A
/// folder that is missing when the store is opened is an empty list. What can be read no more later on (a
/// folder or a file that is closed to us, a folder that is missing) is a fault (`fault`, and told): it counts
/// as it last was, and all that can be read goes on to count as it is. A change happens whole or not at all,
/// also where a process is killed or a plug is pulled meanwhile; two processes may change one store. Each
/// certificate is in one list: to put it into another is to move it.
///
/// Thread safety: any thread may call anything. Whoever validates reads `lists()` alone and never waits for
/// the disk. After a fork the child opens the store anew. Exceptions: std::bad_alloc alone; `reject` none.
class directory {
public:
    /// Opens a store and reads all of it. Errors: no such folder, one that cannot be read. Nothing is written
    /// but what a killed change left undone (see `directory_options::writes`).
    [[nodiscard]] static loaded<directory> open(std::string root, layout const& where = layout::annex_f,
                                                directory_options o = {}) {
        if (std::string_view const no = where.fault(); !no.empty())
            return load_error{.file = std::move(root), .message = fmt::format("has a layout where {}", no)};
        directory made{std::make_unique<detail::store_state>(std::move(root), where, std::move(o))};
        if (auto no = made.state_->open()) return *no;
        return made;
    }
    /// Makes the folders of a store that are missing, 0700. Nothing: all are there.
    [[nodiscard]] static std::optional<load_error> create(std::string const& root,
                                                          layout const& where = layout::annex_f) {
        if (std::string_view const no = where.fault(); !no.empty())
            return load_error{.file = root, .message = fmt::format("has a layout where {}", no)};
        if (::mkdir(root.c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return detail::store_disk::failed(root, "the folder cannot be made");
        detail::store_disk disk{root, where};
        for (std::size_t i = 0; i < places; ++i)
            if (auto made = disk.folder(static_cast<place>(i)); !made) return made.error();
        return std::nullopt;
    }

    /// The lists in force. Lives as long as the directory, also when that is moved.
    [[nodiscard]] current_lists const& lists() const noexcept { return state_->lists; }
    [[nodiscard]] std::string const& root() const noexcept { return state_->root; }
    [[nodiscard]] layout const& where() const noexcept { return state_->where; }
    /// False: it was opened for reading only.
    [[nodiscard]] bool writes() const noexcept { return state_->writes(); }
    [[nodiscard]] std::string path(place p) const { return state_->disk.path(p, ""); }

    /// Looks at everything, now. Nothing: it counts from here on. Else what could not be read counts as it
    /// last was.
    [[nodiscard]] std::optional<load_error> refresh() { return state_->refresh(); }
    /// Looks whether anybody has changed the store, once an interval; at most `files_a_call` files a call.
    /// True: there is more to look at; call again soon. Cheap when nothing is due: call it before each
    /// validation, and from the host's loop. Also writes what was rejected, and counts.
    bool tick(instant const& now) { return state_->tick(now); }
    /// When `tick` should be called next, on the steady clock.
    [[nodiscard]] nanoseconds next_tick() const noexcept { return state_->next_tick(); }
    /// Why the lists are not up to date; nothing: they are.
    [[nodiscard]] std::optional<load_error> fault() const { return state_->fault_now(); }

    /// The files of one place that count. Waits for a change that is under way.
    [[nodiscard]] std::vector<store_entry> entries(place p) const { return state_->entries(p); }
    /// The files that count for nothing, and why.
    [[nodiscard]] std::vector<skipped_file> skipped() const { return state_->skipped(); }
    /// Where a certificate or a revocation list lies; nothing: nowhere.
    [[nodiscard]] std::optional<store_entry> find(thumbprint const& print) const {
        return state_->find(print);
    }

    /// Puts a certificate into a list; wherever else it was it is no more. A CA takes its revocation lists
    /// along.
    [[nodiscard]] std::optional<load_error> add(certificate const& c, list to) {
        if (auto no = replaced_no_more(c.print())) return no;
        return state_->changing([&](detail::store_plan& p) { return p.add(c, to); });
    }
    /// Takes a revocation list into the folder beside the CA that signed it. Refused: one that no listed CA
    /// signed, one with a critical extension that nobody understands, one that is older than what is there
    /// (by cRLNumber; where there is none, by thisUpdate). What it replaces goes; while it is from the
    /// future, or a delta of a list that is not there, the one before it stays and speaks.
    [[nodiscard]] std::optional<load_error> add_crl(bytes der) {
        return state_->changing([&](detail::store_plan& p) { return p.add_crl(der); });
    }
    /// Removes a certificate from wherever it is, or a revocation list. A CA's revocation lists go with it.
    [[nodiscard]] std::optional<load_error> remove(thumbprint const& print) {
        bool const waits = state_->rejected.find(print).has_value();
        auto no = state_->changing([&](detail::store_plan& p) {
            auto none = p.remove(print);
            return waits ? std::nullopt : none;  // that of one that waits may not be on disk yet
        });
        if (!no) state_->rejected.forget(print);
        return no;
    }
    /// Says yes to a rejected certificate. Its CAs are not approved with it: see `shown_with`.
    [[nodiscard]] std::optional<load_error> approve(thumbprint const& print, list to = list::trusted) {
        auto const one = state_->rejected.find(print);
        if (!one || !one->certificate)
            return load_error{.file = root(),
                              .message = "has no such rejected certificate; list what is rejected"};
        auto no = replaced_no_more(print);
        if (!no)
            no = state_->changing([&](detail::store_plan& p) { return p.approve(*one->certificate, to); });
        if (!no) state_->rejected.forget(print);
        return no;
    }
    /// Approves `fresh`, which is to take over from `old`: both are trusted until the old one expires, for
    /// `longest_replacement` at most; then the old one counts no more, and `tick` puts it among the rejected.
    /// That is noted in the store: restarts and other processes keep to it. To add or approve the old one
    /// anew takes it back. Errors: the old one is not trusted; the device's clock is not set; as `approve`.
    [[nodiscard]] std::optional<load_error> approve_in_place_of(thumbprint const& old,
                                                                thumbprint const& fresh, instant const& now) {
        auto const no = [&](std::string why) {
            return load_error{.file = root(), .message = std::move(why)};
        };
        if (!now.wall_trusted)
            return no("the device's clock is not set: nobody knows when the old certificate has to go");
        auto const in_force = lists().get();
        auto const* const was = in_force.lists->find(old);
        if (was == nullptr || !was->in.has(list::trusted) || old == fresh)
            return no("the certificate that is to be replaced is not in the trusted list");
        replacement const r{
            old, fresh,
            std::min(was->certificate->valid_until(), saturating_add(now.wall, longest_replacement))};
        // Noted first: a note whose new certificate is not trusted takes nothing away.
        if (auto failed = state_->noting([&](auto& all) {
                for (auto const& one : {old, fresh}) detail::replacement_list::drop(all, one);
                all.push_back(r);
            }))
            return failed;
        if (in_force.lists->where(fresh).has(list::trusted)) return std::nullopt;
        auto failed = approve(fresh);
        if (failed) (void)replaced_no_more(old);
        return failed;
    }
    /// Who takes over from whom, and when.
    [[nodiscard]] std::vector<replacement> replacements() const { return state_->replacements(); }
    /// Takes a certificate out of its list and puts it among the rejected; revocation lists of a CA are
    /// removed.
    [[nodiscard]] std::optional<load_error> reject(thumbprint const& print) {
        return state_->changing([&](detail::store_plan& p) { return p.reject(print); });
    }
    /// Makes the lists named by `mask` (TrustListMasks: 1 trusted, 2 their CRLs, 4 issuers, 8 their CRLs)
    /// exactly these, all at once. A certificate in both is put among the trusted alone; a revocation list
    /// lies beside its CA. Revocation lists that are not named follow a CA that moves, and go with one that
    /// goes. Refused: a revocation list that is older than one which is there.
    [[nodiscard]] std::optional<load_error> replace(std::uint32_t mask, store_content const& content) {
        return state_->changing([&](detail::store_plan& p) { return p.replace(mask, content); });
    }

    /// A certificate was refused: keeps its leaf, and what came with it, for the administrator. `chain`: the
    /// blob as it was shown; `peer`: who showed it, in words; `from`: where from, for fairness among
    /// strangers. Not kept: what is no certificate, and what stands in a list already. Part 12 recommends it
    /// for what is valid but untrusted. True: it is a new one. Writes at once where nobody else is writing
    /// and today's budget allows; else `tick` does.
    bool reject(bytes chain, std::string_view peer, address const& from, status why,
                instant const& now) noexcept {
        return state_->refused(chain, peer, from, why, now);
    }
    /// What waits for an administrator, newest first.
    [[nodiscard]] std::vector<rejection> rejected() const { return state_->rejected.all(); }
    /// The certificates that came with a rejected one: the CAs that it needs, which may be added as issuers.
    [[nodiscard]] std::vector<certificate_ptr> shown_with(thumbprint const& print) const {
        return detail::certificates_in(state_->rejected.shown_with(print));
    }
    /// How often, and with how many bytes, what strangers showed has changed the disk.
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> rejected_cost() const {
        return state_->rejected_cost();
    }

private:
    explicit directory(std::unique_ptr<detail::store_state> state) noexcept : state_{std::move(state)} {}
    [[nodiscard]] std::optional<load_error> replaced_no_more(thumbprint const& print) {
        if (state_->replacements().empty()) return std::nullopt;
        return state_->noting(
            [&](auto& all) { std::erase_if(all, [&](replacement const& r) { return r.old == print; }); });
    }
    std::unique_ptr<detail::store_state> state_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
