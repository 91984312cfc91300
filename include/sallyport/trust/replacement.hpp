// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/load_error.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/store_disk.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// A trusted certificate that another one takes over from. Both are trusted until then; from there on the old
/// one counts no more, and goes to the rejected.
struct replacement {
    thumbprint old{}, fresh{};
    nanoseconds
        until{};  ///< wall clock: when the old one expires, or `longest_replacement` from when it was decided
    friend bool operator==(replacement const&, replacement const&) = default;
};
/// Time enough for a peer to change over, and for two certificates of one application not to stay for ever.
inline constexpr nanoseconds longest_replacement = std::chrono::hours{24 * 30};

namespace detail {

/// The replacements that are noted in a store, and those whose time has come. They are noted on disk, so that
/// a restart, or another process, forgets none:
///
///     <SHA-256 of the old one> <SHA-256 of the new one> <until, nanoseconds since 1970>
///
/// A note counts as long as the new certificate is trusted: where the change that it belongs to was never
/// finished it takes nothing away. What has ended stays ended, wherever the clock goes after, for as long as
/// this object lives, and for good once its file has gone to the rejected. A store that may not be written
/// moves no file: there, after a restart, it has ended again as soon as the clock is set and past its end,
/// and not before.
/// Thread safety: none, but for `due`.
class replacement_list {
public:
    static constexpr std::string_view file = "replacements", unfinished_file = "replacements.new";
    static constexpr std::size_t largest = std::size_t{256} * 1024, most = 1000;

    explicit replacement_list(std::string const& root)
        : path_{fmt::format("{}/{}/{}", root, notes_folder, file)} {}

    [[nodiscard]] std::vector<replacement> const& all() const noexcept { return all_; }
    /// May something have to be judged at this instant? Costs a load.
    [[nodiscard]] bool due(instant const& now) const noexcept {
        return now.wall_trusted && now.wall.count() >= first_end_.load(std::memory_order_relaxed);
    }
    /// Counts it no more?
    [[nodiscard]] bool retired(thumbprint const& print) const noexcept {
        return std::find(retired_.begin(), retired_.end(), print) != retired_.end();
    }
    [[nodiscard]] std::vector<thumbprint> const& retired() const noexcept { return retired_; }

    /// Reads the notes where they have changed.
    void look() {
        auto const now = file_stamp::of(path_);
        if (now == seen_) return;
        seen_ = now;
        take(read());
    }
    /// Whose time has come? `in_force`: the lists without the retired. True: there are more of them now.
    [[nodiscard]] bool judge(nanoseconds wall, trust_list const& in_force) {
        bool more = false;
        for (auto const& r : all_)
            if (wall >= r.until && in_force.where(r.fresh).has(list::trusted) &&
                in_force.where(r.old).has(list::trusted) && !retired(r.old))
                retired_.push_back(r.old), more = true;
        return more;
    }
    /// Makes other notes of them. Needs the store's lock.
    template <class F>
    [[nodiscard]] std::optional<load_error> change(store_disk& disk, F&& alter, bool may_write) {
        auto fresh = read();
        auto const before = fresh;
        alter(fresh);
        if (fresh == before) return std::nullopt;
        if (!may_write)
            return load_error{.file = disk.root(),
                              .message = "is open for reading only; nothing was changed"};
        if (fresh.size() > most)
            return load_error{.file = path_,
                              .message = "holds as many replacements as it may; wait until some have ended"};
        if (auto no = write(disk, fresh)) return no;
        seen_ = file_stamp::of(path_);
        take(std::move(fresh));
        return std::nullopt;
    }
    static void drop(std::vector<replacement>& from, thumbprint const& old) {
        std::erase_if(from, [&](replacement const& r) { return r.old == old; });
    }

private:
    void take(std::vector<replacement> fresh) {
        all_ = std::move(fresh);
        std::int64_t first = INT64_MAX;
        for (auto const& r : all_) first = std::min<std::int64_t>(first, r.until.count());
        first_end_.store(first, std::memory_order_relaxed);
        std::erase_if(retired_, [&](thumbprint const& p) {
            return std::none_of(all_.begin(), all_.end(), [&](replacement const& r) { return r.old == p; });
        });
    }
    /// A line that makes no sense counts for nothing.
    [[nodiscard]] std::vector<replacement> read() const {
        std::vector<replacement> all;
        auto const text = read_file(path_, largest);
        std::string_view rest = text ? std::string_view{*text} : std::string_view{};
        while (!rest.empty() && all.size() < most) {
            auto const end = std::min(rest.find('\n'), rest.size());
            if (auto r = read_line(rest.substr(0, end))) all.push_back(*r);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return all;
    }
    [[nodiscard]] static std::optional<replacement> read_line(std::string_view line) noexcept {
        replacement r;
        std::int64_t until = 0;
        if (line.size() < 131 || line[64] != ' ' || line[129] != ' ') return std::nullopt;
        if (!read_print(line.substr(0, 64), r.old) || !read_print(line.substr(65, 64), r.fresh))
            return std::nullopt;
        auto const digits = line.substr(130);
        auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), until);
        if (fault != std::errc{} || end != digits.data() + digits.size() || r.old == r.fresh)
            return std::nullopt;
        r.until = nanoseconds{until};
        return r;
    }
    [[nodiscard]] static bool read_print(std::string_view digits, thumbprint& to) noexcept {
        for (std::size_t i = 0; i < to.bytes.size(); ++i) {
            auto const* const at = digits.data() + 2 * i;
            auto const [end, fault] = std::from_chars(at, at + 2, to.bytes[i], 16);
            if (fault != std::errc{} || end != at + 2) return false;
        }
        return true;
    }
    [[nodiscard]] std::optional<load_error> write(store_disk& disk, std::span<replacement const> all) const {
        std::string text;
        for (auto const& r : all)
            text += fmt::format("{} {} {}\n", hex(r.old.bytes), hex(r.fresh.bytes), r.until.count());
        auto const notes = disk.folder(notes_folder);
        if (!notes) return notes.error();
        std::string const fresh{unfinished_file};
        if (auto no = disk.create(notes->get(), fresh, text, path_)) return no;
        if (int const why = disk.rename(notes->get(), fresh, notes->get(), std::string{file}); why != 0) {
            disk.remove_quietly(notes->get(), fresh);
            return store_disk::failed(path_, "cannot be put in its place; nothing was changed", why);
        }
        return disk.sync(notes->get(), path_);
    }

    std::string path_;
    std::vector<replacement> all_;
    std::vector<thumbprint> retired_;
    file_stamp seen_{};
    std::atomic<std::int64_t> first_end_{INT64_MAX};
};

}  // namespace detail
}  // namespace trust
}  // namespace sallyport::inline v0
