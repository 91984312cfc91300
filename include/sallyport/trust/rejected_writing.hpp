// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/rejected_list.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

// How the rejected list gets to disk: the members of rejected_list that write.
namespace sallyport::inline v0 {
namespace trust::detail {

/// The budget as all processes have spent it, and what they know. What this one has spent and not noted yet
/// stays spent.
inline void rejected_list::read_index() {
    auto const now = file_stamp::of(index_path());
    if (now == index_read_ && day_ == index_day_) return;
    std::string const text = index_text();
    index_read_ = now, index_day_ = day_;
    auto const all = rejected_index::read(text, day_);
    index_bytes_ = text.size();
    noted_operations_ = all.operations, noted_bytes_ = all.bytes;
    to_come_ = all.to_come;
    merge(all);
}

inline void rejected_list::begin_day(instant const& now) {
    day_ = day_of(now.wall);
    if (window_began_ && now.steady - *window_began_ < std::chrono::hours{24}) return;
    window_began_ = now.steady;
    window_operations_ = disk_.operations(), window_bytes_ = disk_.bytes_written();
    by_source_.clear();
    counting_ = 0;
}

inline bool rejected_list::write(instant const& now) {
    begin_day(now);
    read_index();
    if (!affords(dearest, 0, 0)) return try_later(now), false;

    auto const notes = disk_.folder(notes_folder), folder = disk_.folder(place::rejected);
    if (!notes || !folder) return try_later(now), false;
    bool changed = remove_gone(folder->get(), notes->get());
    remove_strays(notes->get());
    int failed = 0;
    for (auto const& print : waiting()) {
        auto const one = find(print);
        if (!one || !one->certificate) continue;
        address const from = first_source_of(print);
        spending const used = spent_by(from);
        std::uint64_t const kept = kept_for_counts - std::min(kept_for_counts, counting_);
        std::uint64_t const for_all = options_.operations_a_day - std::min(options_.operations_a_day, kept);
        std::uint64_t const size = one->certificate->der().size() + options_.longest_chain;
        // No source takes more than half of what the others have left of the day.
        auto const share = [](std::uint64_t day, std::uint64_t all, std::uint64_t own) {
            return (day - std::min(day, all - std::min(all, own))) / 2;
        };
        if (used.operations + dearest > share(for_all, spent_operations(), used.operations) ||
            used.bytes + size > share(options_.bytes_a_day, spent_bytes(), used.bytes)) {
            try_later(now);
            continue;
        }
        if (!affords(dearest, size, kept)) {
            try_later(now);
            break;
        }
        std::uint64_t const operations = disk_.operations(), bytes = disk_.bytes_written();
        bool const good = write_one(print, folder->get(), notes->get());
        spending& now_used = by_source_[from.bytes];
        now_used.operations += disk_.operations() - operations;
        now_used.bytes += disk_.bytes_written() - bytes;
        changed = changed || good;
        if (good) continue;
        try_later(now);
        if (++failed == 3) return changed;  // one that cannot be written keeps nobody else out
    }
    write_counts(now, notes->get());
    constexpr std::uint64_t enough = 65'536;
    if (index_bytes_ > enough && affords(8, enough, 0)) compact(notes->get());
    return changed;
}

/// Who waits to be written: of the sources that have used least of the day first, and there the latest.
inline std::vector<thumbprint> rejected_list::waiting() const {
    struct turn {
        std::uint64_t used;
        nanoseconds last;
        thumbprint print;
    };
    std::vector<turn> all;
    {
        std::lock_guard const hold{mutex_};
        for (auto const& [print, e] : entries_) {
            if (!e.file.empty()) continue;
            all.push_back({spent_by(e.on_disk.first_source).operations, e.last, print});
        }
    }
    std::sort(all.begin(), all.end(), [](turn const& a, turn const& b) {
        return a.used != b.used ? a.used < b.used : a.last > b.last;
    });
    std::vector<thumbprint> out;
    out.reserve(all.size());
    for (auto const& t : all) out.push_back(t.print);
    return out;
}

inline bool rejected_list::remove_gone(int folder, int notes) {
    std::map<thumbprint, gone, by_bytes> going;
    std::vector<thumbprint> chains;
    {
        std::lock_guard const hold{mutex_};
        going = going_;
        chains.swap(chains_to_go_);
    }
    for (auto const& [print, one] : going) {
        if (!affords(3, 0, 0)) return !going.empty();
        std::uint64_t const before = disk_.operations();
        if (disk_.remove(folder, one.file) != 0) continue;
        disk_.remove_quietly(notes, chain_name(print));
        by_source_[one.source.bytes].operations += disk_.operations() - before;
        std::lock_guard const hold{mutex_};
        going_.erase(print);
    }
    for (auto const& print : chains) disk_.remove_quietly(notes, chain_name(print));
    return !going.empty();
}

/// The chains in the notes that belong to nobody. Reads a folder alone, and only after the notes have
/// changed.
inline void rejected_list::look_for_strays() {
    constexpr std::string_view ending = ".chain";
    opened_folder notes = open_below(disk_.root(), notes_folder);
    int const fd = notes.fd ? ::fcntl(notes.fd.get(), F_DUPFD_CLOEXEC, 0) : -1;
    std::unique_ptr<DIR, let_go<::closedir>> const all{fd < 0 ? nullptr : ::fdopendir(fd)};
    if (!all) {
        if (fd >= 0) (void)::close(fd);
        return;
    }
    std::lock_guard const hold{mutex_};
    while (strays_.size() < rejected_index::most) {
        dirent const* const e = ::readdir(all.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
        if (e == nullptr) break;
        std::string_view const name = e->d_name;
        thumbprint print;
        if (!name.ends_with(ending) ||
            !rejected_index::unhex(name.substr(0, name.size() - ending.size()), print.bytes) ||
            name != chain_name(print))
            continue;
        if (!entries_.contains(print)) strays_.try_emplace(print, looks_);
    }
}
/// A certificate that another process has just written is in the folder, and met by the second look at the
/// latest that began since its chain was met. What nobody has met until then, nobody waits with.
inline void rejected_list::remove_strays(int notes) {
    std::vector<thumbprint> left;
    {
        std::lock_guard const hold{mutex_};
        std::erase_if(strays_, [&](auto const& one) { return entries_.contains(one.first); });
        for (auto const& [print, met] : strays_)
            if (looks_ >= met + 2) left.push_back(print);
    }
    for (auto const& print : left) {
        if (!affords(1, 0, 0)) return;
        disk_.remove_quietly(notes, chain_name(print));
        std::lock_guard const hold{mutex_};
        strays_.erase(print);
    }
}

inline bool rejected_list::write_one(thumbprint const& print, int folder, int notes) {
    certificate_ptr leaf;
    std::vector<std::uint8_t> chain;
    rejected_note n;
    std::uint64_t more = 0;
    {
        std::lock_guard const hold{mutex_};
        auto const at = entries_.find(print);
        if (at == entries_.end()) return true;
        entry const& e = at->second;
        leaf = e.certificate, chain = e.chain, more = e.unwritten;
        n = note_of(e, e.on_disk.count + more);
    }
    std::string name = file_name_of(*leaf);
    bool there = false;
    for (unsigned tries = 1; tries < 5; ++tries) {
        auto const found = read_file(disk_.path(place::rejected, name), certificate::largest);
        struct stat about {};
        if (!found && ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) break;  // free
        if (found && sha256(as_bytes(*found)) == print) there = true;
        if (there) break;
        name = other_file_name(file_name_of(*leaf), print, tries);
    }
    std::string const fresh = fmt::format("{}r.new", unfinished);
    if (!chain.empty() && disk_.create(notes, chain_name(print), as_text(chain), chain_path(print)))
        return false;
    if (!there && (disk_.create(folder, fresh, as_text(leaf->der()), disk_.path(place::rejected, name)) ||
                   disk_.rename(folder, fresh, folder, name) != 0 ||
                   disk_.sync(folder, disk_.path(place::rejected, name))))
        return false;
    if (!append(notes, rejected_index::first_lines(print, n, more))) return false;

    std::lock_guard const hold{mutex_};
    auto const at = entries_.find(print);
    if (at == entries_.end()) {  // evicted meanwhile
        going_.emplace(print, gone{name, n.first_source});
        return true;
    }
    at->second.file = name;
    at->second.chain = {};
    at->second.on_disk = n;
    at->second.noted = true;
    if (there) at->second.ours = false;  // another process has noted whose it is
    at->second.unwritten -= more;
    return true;
}

inline void rejected_list::write_counts(instant const& now, int notes) {
    std::string lines;
    std::vector<std::pair<thumbprint, std::uint64_t>> written;
    {
        std::lock_guard const hold{mutex_};
        if (!counts_due(now)) return;
        for (auto const& [print, e] : entries_) {
            if (e.unwritten == 0 || e.file.empty()) continue;
            lines += e.noted ? rejected_index::line(print, note_of(e), e.unwritten)
                             : rejected_index::first_lines(print, note_of(e), e.unwritten);
            written.emplace_back(print, e.unwritten);
        }
        counted_at_ = now.steady;
    }
    std::uint64_t const before = disk_.operations();
    if (!affords(4, lines.size() + 64, 0) || !append(notes, lines)) return;
    counting_ += disk_.operations() - before;
    std::lock_guard const hold{mutex_};
    for (auto const& [print, more] : written)
        if (auto const at = entries_.find(print); at != entries_.end()) {
            at->second.on_disk.count += more;
            at->second.noted = true;
            at->second.unwritten -= more;
        }
}

/// What was spent goes with every line, and so does the spending of the line itself.
inline bool rejected_list::append(int notes, std::string line) {
    std::uint64_t const operations = disk_.operations() + 3 - told_operations_,
                        size = disk_.bytes_written() + line.size() + 32 - told_bytes_;
    line += rejected_index::spent(day_, operations, size);
    if (!disk_.append(notes, std::string{index}, line)) return false;
    noted_operations_ += operations, noted_bytes_ += size;
    told_operations_ = disk_.operations(), told_bytes_ = disk_.bytes_written();
    index_bytes_ += line.size();
    index_read_ = file_stamp::of(index_path());  // nobody else writes meanwhile
    return true;
}

/// The lines put together, and those of certificates that wait no longer left out.
inline void rejected_list::compact(int notes) {
    std::string text;
    spending today{spent_operations() + 5, spent_bytes()};
    for (auto const& [day, then] : to_come_) {
        text += rejected_index::spent(day, then.operations, then.bytes);
        today.operations -= std::min(today.operations, then.operations);
        today.bytes -= std::min(today.bytes, then.bytes);
    }
    text += rejected_index::spent(day_, today.operations, today.bytes);
    {
        std::lock_guard const hold{mutex_};
        for (auto const& [print, e] : entries_)
            if (!e.file.empty()) text += rejected_index::first_lines(print, note_of(e), e.on_disk.count);
    }
    std::string const fresh{unfinished_index}, path = index_path();
    if (disk_.create(notes, fresh, text, path) || disk_.rename(notes, fresh, notes, std::string{index}) != 0)
        return;
    (void)disk_.sync(notes, path);
    index_read_ = {};
    told_operations_ = disk_.operations(), told_bytes_ = disk_.bytes_written();
    read_index();
}

}  // namespace trust::detail
}  // namespace sallyport::inline v0
