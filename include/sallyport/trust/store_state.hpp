// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/directory_options.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/rejected_writing.hpp>
#include <sallyport/trust/replacement.hpp>
#include <sallyport/trust/store_folder.hpp>
#include <sallyport/trust/store_plan.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

namespace detail {

/// Every certificate of a blob: DER, one after the other; ends at the first that is none.
[[nodiscard]] inline std::vector<certificate_ptr> certificates_in(bytes blob, std::size_t most = 16) {
    std::vector<certificate_ptr> all;
    while (!blob.empty() && all.size() < most) {
        auto const f = frame_of(blob);
        auto c = f ? certificate::parse(blob.subspan(0, f->end)) : nullptr;
        if (!c) break;
        all.push_back(std::move(c));
        blob = blob.subspan(f->end);
    }
    return all;
}

/// What a `directory` holds: see there. `work` guards the folders; readers of the lists never take it.
class store_state {
public:
    store_state(std::string at, layout const& laid_out, directory_options o)
        : root{std::move(at)}, where{laid_out}, disk{root, where}, rejected{root, where, o.rejected},
          options_{std::move(o)}, replaced_{root} {
        options_.interval = std::min(options_.interval, directory_options::longest_interval);
        for (place const p : places_read) folders_.emplace_back(root, p, where, options_.most_files);
    }

    std::string const root;
    layout const where;
    current_lists lists;
    store_disk disk;  ///< of administrators' changes
    rejected_list rejected;

    [[nodiscard]] bool writes() const noexcept { return options_.writes; }
    [[nodiscard]] std::optional<load_error> open() {
        struct stat about {};
        if (::stat(root.c_str(), &about) != 0)
            return load_error{.file = root,
                              .message = fmt::format("cannot be opened: {}{}", words_of(errno),
                                                     errno == ENOENT ? "; make the store first" : "")};
        if (!S_ISDIR(about.st_mode))
            return load_error{.file = root, .message = "is no folder; name the root folder of the store"};
        if (options_.writes && store_change::pending(root)) recover_if_free(options_.patience);
        auto no = refresh();
        if (lists.generation() == 0) return no;  // without the lists there is no store
        if (options_.writes && met_unfinished()) recover_if_free(std::chrono::milliseconds{0});
        rejected.read_notes();
        tell();
        return std::nullopt;
    }
    [[nodiscard]] std::optional<load_error> refresh() {
        std::optional<load_error> no;
        {
            std::lock_guard const hold{work_};
            no = look_at_all();
        }
        tell();
        return no;
    }
    bool tick(instant const& now) {
        bool more = false;
        if (now.steady.count() >= due_.load(std::memory_order_relaxed)) {
            if (std::unique_lock const hold{work_, std::try_to_lock}; hold) {
                std::size_t units = options_.files_a_call;
                if (!running_ && now.steady >= lists_again_) lists_due_ = true;
                bool const lists_under_way = running_ || !at_rejected_ || lists_due_;
                more = !go_on(units);
                if (lists_under_way && !running_ && !lists_due_)
                    lists_again_ = saturating_add(now.steady, options_.interval);
                if (!more) due_ = saturating_add(now.steady, options_.interval).count();
            }
        }
        if (rejected.due(now)) write_rejected(now);
        if (replaced_.due(now)) retire(now);
        if (news_.load(std::memory_order_relaxed)) tell();
        return more;
    }
    [[nodiscard]] nanoseconds next_tick() const noexcept {
        return nanoseconds{due_.load(std::memory_order_relaxed)};
    }
    [[nodiscard]] std::optional<load_error> fault_now() const {
        std::lock_guard const hold{work_};
        return fault_;
    }

    [[nodiscard]] std::vector<store_entry> entries(place p) const {
        std::lock_guard const hold{work_};
        std::vector<store_entry> all;
        for (auto const& folder : folders_)
            if (folder.what() == p)
                for (auto const& f : folder.files())
                    if (f.reason.empty()) all.push_back({p, f.name, f.certificate, f.revocations});
        return all;
    }
    [[nodiscard]] std::vector<skipped_file> skipped() const {
        std::lock_guard const hold{work_};
        std::vector<skipped_file> all;
        for (auto const& folder : folders_)
            for (auto const& f : folder.files())
                if (!f.reason.empty()) all.push_back({folder.what(), folder.path() + "/" + f.name, f.reason});
        return all;
    }
    [[nodiscard]] std::optional<store_entry> find(thumbprint const& print) const {
        std::lock_guard const hold{work_};
        for (place const p :
             {place::trusted, place::issuers, place::rejected, place::trusted_crl, place::issuer_crl})
            for (auto const& folder : folders_)
                if (folder.what() == p)
                    for (auto const& f : folder.files())
                        if (f.print() != nullptr && *f.print() == print)
                            return store_entry{p, f.name, f.certificate, f.revocations};
        return std::nullopt;
    }

    [[nodiscard]] std::vector<replacement> replacements() const {
        std::lock_guard const hold{work_};
        return replaced_.all();
    }
    /// Makes other notes of who takes over from whom.
    template <class F>
    [[nodiscard]] std::optional<load_error> noting(F&& alter) {
        auto const lock = folder_lock::of(root + "/.", options_.patience);
        if (!lock) return load_error{.file = root, .message = lock.error().message};
        std::lock_guard const hold{work_};
        if (auto no = replaced_.change(disk, alter, options_.writes)) return no;
        if (!counts_again()) return std::nullopt;
        cause_ = store_event::kind::changed;
        publish();
        cause_ = store_event::kind::noticed;
        say({store_event::kind::changed, "what was replaced counts again", {}, lists.generation()});
        return std::nullopt;
    }

    /// One change: under the store's lock, on what lies there now, and in force before this returns.
    template <class F>
    [[nodiscard]] std::optional<load_error> changing(F&& plan) {
        if (!options_.writes)
            return load_error{.file = root, .message = "is open for reading only; nothing was changed"};
        auto no = [&]() -> std::optional<load_error> {
            auto const lock = folder_lock::of(root + "/.", options_.patience);
            if (!lock) return load_error{.file = root, .message = lock.error().message};
            std::lock_guard const hold{work_};
            if (store_change::pending(root))
                if (auto why = recover()) return why;
            if (auto why = look_at_all(); why && lists_closed_) return why;
            store_plan steps{disk, files(), *lists.get().lists};
            if (auto why = plan(steps)) return why;
            if (steps.steps.empty()) return std::nullopt;
            auto const text = told(steps.steps);
            if (auto why = store_change{disk}.run(std::move(steps.steps))) {
                (void)look_at_all(store_event::kind::changed);
                return why;
            }
            auto why = look_at_all(store_event::kind::changed);
            say({store_event::kind::changed, text, {}, lists.generation()});
            return lists_closed_ ? why : std::nullopt;
        }();
        tell();
        return no;
    }

    bool refused(bytes chain, std::string_view peer, address const& from, status why,
                 instant const& now) noexcept {
        try {
            auto const frame = frame_of(chain);
            auto leaf = frame ? certificate::parse(chain.subspan(0, frame->end)) : nullptr;
            if (!leaf || lists.get().lists->where(leaf->print()).any()) return false;
            bool const fresh = rejected.note(leaf, chain.subspan(frame->end), peer, from, why, now.wall);
            if (fresh) {
                {
                    std::lock_guard const hold{told_};
                    if (waiting_.size() < 100)
                        waiting_.push_back(
                            {store_event::kind::rejected, std::string{to_string(why)}, std::move(leaf), 0});
                }
                if (rejected.due(now)) write_rejected(now);
                tell();
            }
            return fresh;
        } catch (...) {  // out of memory: the validation has its answer, and only the record is missing
            return false;
        }
    }
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> rejected_cost() {
        std::lock_guard const hold{writing_};
        return {rejected.operations(), rejected.bytes_written()};
    }

private:
    [[nodiscard]] std::array<std::vector<stored_file> const*, places_read.size()> files() const {
        std::array<std::vector<stored_file> const*, places_read.size()> all{};
        for (auto const& folder : folders_) all[static_cast<std::size_t>(folder.what())] = &folder.files();
        return all;
    }
    [[nodiscard]] static std::string told(std::vector<store_step> const& steps) {
        std::string all;
        for (auto const& s : steps) {
            if (all.size() > 2000) return all + "; and more";
            if (!all.empty()) all += "; ";
            switch (s.what) {
                case store_step::kind::put:
                    all += fmt::format("{}: {} added", to_string(s.to), s.name_there);
                    break;
                case store_step::kind::move:
                    all +=
                        fmt::format("{}: {} came from {}", to_string(s.to), s.name_there, to_string(s.from));
                    break;
                case store_step::kind::drop:
                    all += fmt::format("{}: {} removed", to_string(s.from), safe_stem(s.name));
                    break;
            }
        }
        return all;
    }

    void say(store_event e) {
        events_.push_back(std::move(e));
        news_ = true;
    }
    [[nodiscard]] bool met_unfinished() const {
        if (store_change::left_a_note(root)) return true;
        std::lock_guard const hold{work_};
        return std::any_of(folders_.begin(), folders_.end(),
                           [](store_folder const& f) { return f.met_unfinished(); });
    }
    /// Where another process is at work, or we may not write, what lies there is read as it is.
    void recover_if_free(std::chrono::milliseconds patience) {
        auto const lock = folder_lock::of(root + "/.", patience);
        std::lock_guard const hold{work_};
        if (lock) (void)recover();
    }
    /// Needs the store's lock, and `work_`.
    std::optional<load_error> recover() {
        auto no = store_change{disk}.recover();
        if (no && no != not_recovered_)
            say({store_event::kind::fault, no->to_string(), {}, lists.generation()});
        if (!no)
            say({store_event::kind::recovered, "a change that was left unfinished", {}, lists.generation()});
        not_recovered_ = no;
        return no;
    }

    [[nodiscard]] std::optional<load_error> look_at_all(store_event::kind why = store_event::kind::noticed) {
        stop();
        cause_ = why;
        std::size_t units = SIZE_MAX;
        while (!go_on(units)) units = SIZE_MAX;
        cause_ = store_event::kind::noticed;
        return fault_;
    }
    /// Goes on with a look at the folders, or begins one. True: it has come to its end. The four folders of
    /// the lists come first, and count when they have been read: what others have put among the rejected,
    /// which decides nothing, keeps no revocation waiting. While that is still read the lists are looked at
    /// anew where `lists_due_` says so.
    bool go_on(std::size_t& units) {
        if (!running_ && (!at_rejected_ || (lists_due_ && rejected_had_turn_))) {
            // The first look reads what there is, half of a change or not: nothing is never better.
            if (cause_ == store_event::kind::noticed && lists.generation() != 0 && in_the_midst_of_a_change())
                return true;
            running_ = true, again_ = 0;
            rejected_had_turn_ = false;
            if (auto no = begin_lists()) return end(std::move(no));
        }
        while (running_) {
            for (; at_ < lists_read; ++at_)
                if (!folders_[at_].go_on(units)) return false;
            if (again_++ < 3 && !std::all_of(folders_.begin(), folders_.begin() + lists_read,
                                             [](store_folder const& f) { return f.as_begun(); })) {
                if (auto no = begin_lists()) return end(std::move(no));
                continue;
            }
            running_ = false, lists_due_ = false;
            take_lists();
        }
        store_folder& last = folders_.back();
        if (!at_rejected_) {
            at_rejected_ = true, rejected_again_ = 0;
            last.begin();
        }
        rejected_had_turn_ = rejected_had_turn_ || units >= options_.files_a_call / 2;
        while (last.go_on(units)) {
            if (rejected_again_++ >= 3 || last.as_begun()) return end(std::nullopt);
            last.begin();
        }
        return false;
    }
    /// An error: the store itself is not there.
    [[nodiscard]] std::optional<load_error> begin_lists() {
        struct stat about {};
        if (::stat(root.c_str(), &about) != 0)
            return load_error{
                .file = root,
                .message = fmt::format("cannot be opened: {}; the lists stay as they were", words_of(errno))};
        at_ = 0;
        for (std::size_t i = 0; i < lists_read; ++i) folders_[i].begin();
        return std::nullopt;
    }
    /// A change is noted: by a writer who is at work, and then what lies there is half of it, or by one who
    /// is dead.
    [[nodiscard]] bool in_the_midst_of_a_change() {
        if (!options_.writes || !store_change::pending(root)) return false;
        auto const lock = folder_lock::of(root + "/.", std::chrono::milliseconds{0});
        if (!lock) return true;
        (void)recover();  // what cannot be completed is read as it lies there
        return false;
    }
    /// A folder that could not be read keeps what it held, and the others count: a revocation is heard also
    /// where something else is broken.
    void take_lists() {
        bool changed = false;
        lists_closed_ = false;
        for (std::size_t i = 0; i < lists_read; ++i) {
            changed = folders_[i].take() || changed;
            lists_closed_ = lists_closed_ || folders_[i].fault().has_value();
        }
        replaced_.look();
        // At first there is nothing that could stay as it was.
        if (lists.generation() == 0 ? !lists_closed_ : changed || counts_again()) publish();
        tell_fault();
    }
    /// `no`: nothing could be looked at.
    bool end(std::optional<load_error> no) {
        if (no) {
            lists_closed_ = true;
            stop();
            tell_fault(std::move(no));
        } else {
            at_rejected_ = false;
            (void)folders_.back().take();
            tell_fault();
            rejected.files(folders_.back().files());
        }
        return true;
    }
    /// `no`, or else what a folder had at its last look.
    void tell_fault(std::optional<load_error> no = std::nullopt) {
        for (auto const& folder : folders_)
            if (!no && folder.fault()) no = folder.fault();
        if (no == fault_) return;
        say({no ? store_event::kind::fault : store_event::kind::mended,
             no ? no->to_string() : root,
             {},
             lists.generation()});
        fault_ = std::move(no);
    }
    void stop() noexcept {
        running_ = at_rejected_ = false;
        for (auto& folder : folders_) folder.stop();
    }
    /// Was something left out of the lists, because another had taken over, that is to be left out no more?
    [[nodiscard]] bool counts_again() const {
        return std::any_of(left_out_.begin(), left_out_.end(),
                           [&](thumbprint const& one) { return !replaced_.retired(one); });
    }
    void publish(std::string_view why = "files were changed") {
        trust_list::content c;
        left_out_.clear();
        for (auto const& folder : folders_)
            for (auto const& f : folder.files()) {
                if (!f.reason.empty()) continue;
                if (f.certificate && replaced_.retired(f.certificate->print())) {
                    if (folder.what() != place::rejected) left_out_.push_back(f.certificate->print());
                    continue;
                }
                switch (folder.what()) {
                    case place::trusted: c.trusted.push_back(f.certificate); break;
                    case place::issuers: c.issuers.push_back(f.certificate); break;
                    case place::trusted_crl: c.trusted_crls.push_back(f.revocations); break;
                    case place::issuer_crl: c.issuer_crls.push_back(f.revocations); break;
                    default: break;
                }
            }
        bool const first = lists.generation() == 0;
        auto const before = lists.get();
        lists.put(std::make_shared<trust_list const>(std::move(c), before.lists.get()));
        if (!first && cause_ == store_event::kind::noticed)
            say({store_event::kind::noticed, std::string{why}, {}, lists.generation()});
        rejected.listed(*lists.get().lists);
    }

    /// What another certificate has taken over from counts no more from its end on. Its file follows as soon
    /// as the disk lets it.
    void retire(instant const& now) {
        std::vector<thumbprint> ended;
        if (std::unique_lock const hold{work_, std::try_to_lock}; hold) {
            if (replaced_.judge(now.wall, *lists.get().lists)) publish("another certificate has taken over");
            if (!options_.writes || now.steady < retire_again_) return;
            retire_again_ = saturating_add(now.steady, std::chrono::minutes{1});
            ended = replaced_.retired();
        }
        for (auto const& print : ended)
            if (!changing([&](store_plan& p) { return (void)p.reject(print), store_plan::answer{}; }))
                (void)noting([&](auto& all) { replacement_list::drop(all, print); });
    }

    /// What strangers showed goes to disk where nobody else is writing; nobody is waited for.
    void write_rejected(instant const& now) {
        if (!options_.writes) return;
        std::unique_lock const hold{writing_, std::try_to_lock};
        if (!hold) return;
        auto const lock = folder_lock::of(root + "/.", std::chrono::milliseconds{0});
        if (lock) (void)rejected.write(now);
    }
    /// Tells what happened, with no lock held.
    void tell() {
        std::vector<store_event> all;
        if (std::unique_lock const hold{work_, std::try_to_lock}; hold) {
            all.swap(events_);
            news_ = false;
        }
        {
            std::lock_guard const hold{told_};
            for (auto& e : waiting_) all.push_back(std::move(e));
            waiting_.clear();
        }
        if (options_.hear)
            for (auto const& e : all) options_.hear(e);
    }

    directory_options options_;
    mutable std::mutex work_;  ///< of the folders, and what follows
    std::vector<store_folder> folders_;
    std::optional<load_error> fault_, not_recovered_;
    bool lists_closed_ = false;  ///< it is a fault of the lists, and not of the rejected ones alone
    std::vector<store_event> events_;
    std::atomic<bool> news_{false};  ///< somebody is to be told
    store_event::kind cause_ = store_event::kind::noticed;
    replacement_list replaced_;
    std::vector<thumbprint> left_out_;  ///< of the lists in force, as what it holds had ended
    nanoseconds retire_again_ = nanoseconds::min();
    static constexpr std::size_t lists_read = places_read.size() - 1;
    static_assert(places_read.back() == place::rejected);
    std::size_t at_ = 0;  ///< of the lists
    int again_ = 0, rejected_again_ = 0;
    bool running_ = false, at_rejected_ = false;  ///< a look at the lists; at the rejected
    bool lists_due_ = false, rejected_had_turn_ = false;
    nanoseconds lists_again_ = nanoseconds::min();

    std::mutex told_;
    std::vector<store_event> waiting_;
    std::mutex writing_;  ///< one writer of the rejected list at a time
    std::atomic<std::int64_t> due_{INT64_MIN};
};

}  // namespace detail
}  // namespace trust
}  // namespace sallyport::inline v0
