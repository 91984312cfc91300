// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/rejected_index.hpp>
#include <sallyport/trust/store_disk.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// How much of what strangers show is kept for the administrator, and how often the disk hears of it.
struct rejected_options {
    std::size_t most = 100;                ///< certificates
    std::size_t longest_chain = 32'768;    ///< bytes of what came with one; a longer chain is not kept
    std::uint64_t operations_a_day = 500;  ///< on the disk: each write, flush, rename and unlink is one
    std::uint64_t bytes_a_day = 1'048'576;
    nanoseconds between_counts = std::chrono::hours{1};  ///< how often counters go to disk, at most
};

/// A certificate that was refused, and waits for an administrator. A record; it denies nothing.
struct rejection {
    certificate_ptr certificate{};
    std::string file{};                     ///< its name in the folder; empty: not on disk yet
    nanoseconds first_seen{}, last_seen{};  ///< wall clock
    std::uint64_t count = 0;                ///< how often
    std::string peer{};                     ///< who showed it last, in the host's words; harmless to print
    address source{};                       ///< where from, that time
    status reason =
        status::good;  ///< why it was refused last; good: nobody knows (another program put it there)
};

namespace detail {

/// The rejected list in memory, and how it gets to disk within its budget. What does not fit today's budget
/// is seen in memory, and written when it fits.
/// Thread safety: any. `write` is for one thread at a time, under the store's lock.
class rejected_list {
public:
    static constexpr std::string_view index = "rejected", unfinished_index = "rejected.new";

    rejected_list(std::string root, layout const& where, rejected_options o)
        : options_{o}, disk_{std::move(root), where} {}

    /// A certificate was refused. `rest`: the DER of what came with it. True: the disk should hear of it.
    bool note(certificate_ptr leaf, bytes rest, std::string_view peer, address const& source, status reason,
              nanoseconds wall) {
        std::lock_guard const hold{mutex_};
        auto const [at, fresh] = entries_.try_emplace(leaf->print());
        entry& e = at->second;
        if (fresh) {
            e.certificate = std::move(leaf);
            e.on_disk.first = wall, e.on_disk.first_source = source;
            e.ours = true;
            if (rest.size() <= options_.longest_chain) e.chain.assign(rest.begin(), rest.end());
        }
        e.last = wall, e.moved = ++moves_;
        e.peer = rejected_index::plain(peer), e.source = source, e.reason = reason;
        ++e.unwritten;
        idle_ = false;
        thumbprint const print = at->first;
        // Two at most: where another program has put more there, it is not wiped for one newcomer.
        for (int i = 0; i < 2 && entries_.size() > options_.most; ++i) evict(source);
        return fresh && entries_.contains(print);  // who knocks may be who loses
    }
    /// What stands in a list waits no longer. Its file, where it has one, is for whoever put it into both.
    void listed(trust_list const& lists) {
        std::lock_guard const hold{mutex_};
        std::erase_if(entries_, [&](auto const& one) {
            return one.second.file.empty() && lists.where(one.first).any();
        });
    }
    /// The list, newest first.
    [[nodiscard]] std::vector<rejection> all() const {
        std::vector<std::pair<std::uint64_t, rejection>> sorted;
        {
            std::lock_guard const hold{mutex_};
            for (auto const& [print, e] : entries_) sorted.emplace_back(e.moved, told(e));
        }
        std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) {
            return std::pair{a.second.last_seen, a.first} > std::pair{b.second.last_seen, b.first};
        });
        std::vector<rejection> out;
        out.reserve(sorted.size());
        for (auto& one : sorted) out.push_back(std::move(one.second));
        return out;
    }
    [[nodiscard]] std::optional<rejection> find(thumbprint const& print) const {
        std::lock_guard const hold{mutex_};
        auto const at = entries_.find(print);
        return at == entries_.end() ? std::nullopt : std::optional{told(at->second)};
    }
    /// What was shown with it: the CAs, as they came; nothing where nobody knows.
    [[nodiscard]] std::vector<std::uint8_t> shown_with(thumbprint const& print) const {
        {
            std::lock_guard const hold{mutex_};
            auto const at = entries_.find(print);
            if (at != entries_.end() && !at->second.chain.empty()) return at->second.chain;
        }
        auto const text = read_file(chain_path(print), options_.longest_chain);
        if (!text) return {};
        return {text->begin(), text->end()};
    }

    /// What lies in the folder now (one look at a time). What was there and went was approved, removed or
    /// moved by somebody; what this object has just written may be missing once, from a look that had begun
    /// before.
    void files(std::vector<stored_file> const& there) {
        bool fresh_ones = false;
        {
            std::lock_guard const hold{mutex_};
            ++looks_;
            for (auto& [print, e] : entries_) e.missed += e.file.empty() ? 0U : 1U;
            for (auto const& f : there) fresh_ones = take(f) || fresh_ones;
            for (auto at = entries_.begin(); at != entries_.end();) {
                if (at->second.missed > 1) {
                    let_chain_go(at->first);
                    at = entries_.erase(at);
                } else {
                    ++at;
                }
            }
        }
        auto const now = file_stamp::of(index_path());
        if (fresh_ones || now != index_seen_) read_notes();
        index_seen_ = now;
    }
    /// It is in a list now, or removed: it waits no longer.
    void forget(thumbprint const& print) {
        std::lock_guard const hold{mutex_};
        if (entries_.erase(print) > 0) let_chain_go(print);
    }

    /// Is there something to write at this instant? Costs a load where there is nothing.
    [[nodiscard]] bool due(instant const& now) const {
        if (idle_.load(std::memory_order_relaxed)) return false;
        std::lock_guard const hold{mutex_};
        if (later_ && now.steady < *later_) return false;
        if (!going_.empty() || counts_due(now)) return true;
        bool counts = false;
        for (auto const& [print, e] : entries_) {
            if (e.file.empty()) return true;
            counts = counts || e.unwritten > 0;
        }
        idle_ = !counts;
        return false;
    }
    /// Writes what today's budget allows. Needs the store's lock. True: files have come or gone.
    bool write(instant const& now);

    [[nodiscard]] std::uint64_t operations() const { return disk_.operations(); }
    [[nodiscard]] std::uint64_t bytes_written() const { return disk_.bytes_written(); }
    /// Reads the notes on disk: what other processes know, or this one knew before it was started anew.
    void read_notes() {
        merge(rejected_index::read(index_text(), 0));
        look_for_strays();
    }

private:
    /// One certificate's writing costs at most so many operations: its folders, its chain, itself, a line,
    /// the one that goes for it.
    static constexpr std::uint64_t dearest = 30, kept_for_counts = 72;

    struct entry {
        certificate_ptr certificate{};
        std::string file{};
        std::vector<std::uint8_t> chain{};  ///< until it is on disk
        rejected_note on_disk{};
        bool noted = false;  ///< the notes on disk know it
        bool ours = false;   ///< it was shown here before anybody had noted it
        std::uint64_t unwritten = 0, moved = 0;
        nanoseconds last{};
        std::string peer{};
        address source{};
        status reason = status::good;
        unsigned missed =
            0;  ///< looks in a row that did not find its file; one that was found once has missed one
    };
    void let_chain_go(thumbprint const& print) {
        if (chains_to_go_.size() < rejected_index::most) chains_to_go_.push_back(print);
    }
    /// What does not fit today's budget, or was refused by the disk, is tried again after a while.
    void try_later(instant const& now) {
        std::lock_guard const hold{mutex_};
        later_ = saturating_add(now.steady, std::chrono::minutes{1});
    }
    /// A file of the folder. True: nobody knew of it.
    bool take(stored_file const& f) {
        if (!f.certificate || going_.contains(f.certificate->print())) return false;
        if (entries_.size() >= rejected_index::most) return false;
        auto const [at, fresh] = entries_.try_emplace(f.certificate->print());
        entry& e = at->second;
        if (fresh) {
            e.certificate = f.certificate;
            e.on_disk.first = e.last = nanoseconds{f.seen.written};
            e.on_disk.count = 1;
        }
        if (e.file.empty()) e.ours = false;  // by somebody else's hand
        e.file = f.name, e.missed = 1;
        return fresh;
    }
    [[nodiscard]] static rejection told(entry const& e) {
        return {e.certificate, e.file,   e.on_disk.first, e.last, e.on_disk.count + e.unwritten,
                e.peer,        e.source, e.reason};
    }
    [[nodiscard]] static rejected_note note_of(entry const& e, std::uint64_t count = 0) {
        return {e.on_disk.first, e.last, count, e.reason, e.source, e.peer, e.on_disk.first_source};
    }
    [[nodiscard]] address first_source_of(thumbprint const& print) const {
        std::lock_guard const hold{mutex_};
        auto const at = entries_.find(print);
        return at == entries_.end() ? address{} : at->second.on_disk.first_source;
    }
    /// The source with most entries loses the one that was not shown for longest; of two sources with as many
    /// the one that is just knocking. So whoever floods the list pushes out himself. A certificate is no
    /// secret: it stays to the account of who showed it first, whoever shows it after.
    void evict(address const& knocking) {
        std::map<std::array<std::uint8_t, 16>, std::size_t> counts;
        for (auto const& [print, e] : entries_) ++counts[e.on_disk.first_source.bytes];
        auto most = std::max_element(counts.begin(), counts.end(),
                                     [](auto const& a, auto const& b) { return a.second < b.second; });
        if (auto const own = counts.find(knocking.bytes); own != counts.end() && own->second == most->second)
            most = own;
        auto victim = entries_.end();
        for (auto at = entries_.begin(); at != entries_.end(); ++at)
            if (at->second.on_disk.first_source.bytes == most->first &&
                (victim == entries_.end() || std::pair{at->second.last, at->second.moved} <
                                                 std::pair{victim->second.last, victim->second.moved}))
                victim = at;
        if (victim == entries_.end()) return;
        if (!victim->second.file.empty())
            going_.emplace(victim->first, gone{victim->second.file, victim->second.on_disk.first_source});
        entries_.erase(victim);
    }
    [[nodiscard]] bool counts_due(instant const& now) const {
        bool const waited = !counted_at_ || now.steady - *counted_at_ >= options_.between_counts;
        return waited && std::any_of(entries_.begin(), entries_.end(), [](auto const& e) {
                   return e.second.unwritten > 0 && !e.second.file.empty();
               });
    }
    struct gone {
        std::string file{};
        address source{};
    };
    struct by_bytes {
        bool operator()(thumbprint const& a, thumbprint const& b) const noexcept { return a.bytes < b.bytes; }
    };
    [[nodiscard]] static std::int64_t day_of(nanoseconds wall) noexcept {
        return std::chrono::floor<std::chrono::days>(wall).count();
    }
    [[nodiscard]] std::string chain_name(thumbprint const& print) const {
        return hex(print.bytes) + ".chain";
    }
    [[nodiscard]] std::string chain_path(thumbprint const& print) const {
        return fmt::format("{}/{}/{}", disk_.root(), notes_folder, chain_name(print));
    }
    [[nodiscard]] std::string index_path() const {
        return fmt::format("{}/{}/{}", disk_.root(), notes_folder, index);
    }
    [[nodiscard]] std::string index_text() const {
        auto text = read_file(index_path(), rejected_index::largest);
        return text ? std::move(*text) : std::string{};
    }
    void merge(rejected_index const& all) {
        std::lock_guard const hold{mutex_};
        for (auto& [print, e] : entries_) {
            auto const at = all.notes.find(print);
            if (at == all.notes.end()) continue;
            rejected_note const& n = at->second;
            address const first = e.ours ? e.on_disk.first_source : n.first_source;
            e.on_disk = n, e.on_disk.first_source = first;
            e.noted = true;
            if (e.unwritten > 0 && n.last < e.last) continue;
            e.last = n.last, e.peer = n.peer, e.source = n.source, e.reason = n.reason;
        }
    }
    void begin_day(instant const& now);
    void read_index();
    [[nodiscard]] bool affords(std::uint64_t operations, std::uint64_t size,
                               std::uint64_t kept) const noexcept {
        return spent_operations() + operations + kept <= options_.operations_a_day &&
               spent_bytes() + size <= options_.bytes_a_day;
    }
    /// By every process on this calendar day and, where the clock was set back, the next ones; and by this
    /// one in 24 hours of a clock that nobody sets back.
    [[nodiscard]] std::uint64_t spent_operations() const noexcept {
        return std::max(noted_operations_ + disk_.operations() - told_operations_,
                        disk_.operations() - window_operations_);
    }
    [[nodiscard]] std::uint64_t spent_bytes() const noexcept {
        return std::max(noted_bytes_ + disk_.bytes_written() - told_bytes_,
                        disk_.bytes_written() - window_bytes_);
    }
    void look_for_strays();
    void remove_strays(int notes);
    [[nodiscard]] std::vector<thumbprint> waiting() const;
    bool remove_gone(int folder, int notes);
    [[nodiscard]] bool write_one(thumbprint const& print, int folder, int notes);
    void write_counts(instant const& now, int notes);
    void compact(int notes);
    [[nodiscard]] bool append(int notes, std::string line);

    mutable std::mutex mutex_;  ///< of what follows, down to `moves_`
    std::map<thumbprint, entry, by_bytes> entries_;
    std::map<thumbprint, gone, by_bytes> going_;  ///< evicted, their files not removed yet
    std::vector<thumbprint> chains_to_go_;
    /// Chains on disk of certificates that nobody here knows, and at which look they were met: their owners
    /// were approved or removed by another process, or are too new to have been seen.
    std::map<thumbprint, std::uint64_t, by_bytes> strays_;
    std::uint64_t looks_ = 0;
    std::optional<nanoseconds> counted_at_, later_;  ///< steady
    mutable std::atomic<bool> idle_{false};          ///< nothing is to be written
    std::uint64_t moves_ = 0;

    file_stamp index_seen_{};  ///< of the one who looks at the folders
    rejected_options options_;
    store_disk disk_;  ///< this and what follows: of the one who writes
    std::uint64_t index_bytes_ = 0, noted_operations_ = 0,
                  noted_bytes_ = 0;                       ///< as the index has it, of today
    std::uint64_t told_operations_ = 0, told_bytes_ = 0;  ///< the disk's counters when they were last noted
    std::uint64_t window_operations_ = 0, window_bytes_ = 0;  ///< and when the window began
    std::optional<nanoseconds> window_began_;                 ///< steady
    std::int64_t day_ = 0;
    using spending = rejected_index::spending;
    std::map<std::int64_t, spending> to_come_;  ///< of what the index has of today, what days to come have
    std::uint64_t counting_ = 0;                ///< operations in the window that counters have taken
    /// In the window, of who has spent at all: it cannot outgrow the budget.
    std::map<std::array<std::uint8_t, 16>, spending> by_source_;
    [[nodiscard]] spending spent_by(address const& source) const {
        auto const at = by_source_.find(source.bytes);
        return at == by_source_.end() ? spending{} : at->second;
    }
    file_stamp index_read_{};      ///< as it was when it was last read or written
    std::int64_t index_day_ = -1;  ///< and for which day its spendings were taken
};

}  // namespace detail
}  // namespace trust
}  // namespace sallyport::inline v0
