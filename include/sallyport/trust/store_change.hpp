// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/store_disk.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust::detail {

/// One step of a change: a file appears, goes over from one folder to another, or goes.
struct store_step {
    enum class kind : char { put = 'p', move = 'm', drop = 'd' };
    kind what = kind::put;
    place from = place::trusted, to = place::trusted;
    std::string name{};        ///< in `from`; of a put: its unfinished name in `to`
    std::string name_there{};  ///< in `to`
    thumbprint content{};      ///< of the file's bytes: a step undoes nobody else's later work
    std::string bytes{};       ///< of a put
};

/// A change of several files that happens whole or not at all, whatever is killed or unplugged when.
///
/// New files are written beside their place under unfinished names. A change of one step is then one rename
/// or one unlink. One of several is first written down, as a list of its steps, in a note; when that note
/// bears its name the change is decided. Whoever next takes the store's lock and finds a note does what of it
/// is not done yet, and then takes it away. So nothing is ever deleted before its place elsewhere is sure,
/// and no half of a change lasts. Needs the store's lock. Thread safety: none.
class store_change {
public:
    static constexpr std::string_view note = "change", unfinished_note = "change.new";
    static constexpr std::size_t largest_note = std::size_t{16} << 20,
                                 largest_file = 2 * crl::largest;  ///< PEM takes more than DER

    explicit store_change(store_disk& disk) : disk_{disk} {}

    /// What was decided and not finished is done; what was not decided is taken away. Nothing: all is well.
    [[nodiscard]] std::optional<load_error> recover() {
        if (auto no = finish_noted()) return no;
        for (place const p : places_read) remove_unfinished(p);
        if (opened_folder const notes = open_below(disk_.root(), notes_folder); notes.fd)
            disk_.remove_quietly(notes.fd.get(), std::string{unfinished_note});
        return std::nullopt;
    }
    /// Is a change noted that is not finished?
    [[nodiscard]] static bool pending(std::string const& root) { return has(root, note); }
    /// Did somebody die before his change was decided?
    [[nodiscard]] static bool left_a_note(std::string const& root) { return has(root, unfinished_note); }

    [[nodiscard]] std::optional<load_error> run(std::vector<store_step> steps) {
        if (steps.empty()) return std::nullopt;
        for (auto const& s : steps)
            if (s.what != store_step::kind::put && !holds(s.from, s.name, s.content))
                return changed_meanwhile(s);
        if (auto no = split_moves(steps)) return no;
        if (auto no = write_new_files(steps)) return no;
        if (steps.size() == 1) {
            auto no = carry_out(steps.front());
            if (!no && !done(steps.front())) no = overtaken(steps.front());
            if (no && steps.front().what == store_step::kind::put) discard(steps, 1);
            return no;
        }
        if (auto no = write_note(steps)) {
            if (!pending(disk_.root())) discard(steps, steps.size());  // else it is decided, and needs them
            return no;
        }
        if (auto no = finish(steps)) return no;
        for (auto const& s : steps)
            if (!done(s)) return overtaken(s);
        return std::nullopt;
    }

private:
    [[nodiscard]] static bool has(std::string const& root, std::string_view what) {
        struct stat about {};
        return ::lstat(fmt::format("{}/{}/{}", root, notes_folder, what).c_str(), &about) == 0;
    }
    [[nodiscard]] load_error changed_meanwhile(store_step const& s) const {
        return {.file = in_one_line(disk_.path(s.from, s.name)),
                .message = "was changed meanwhile, or cannot be read; nothing was changed"};
    }
    /// Has a step come to what was meant, once it was carried out?
    [[nodiscard]] bool done(store_step const& s) const {
        return s.what == store_step::kind::drop ? !holds(s.from, s.name, s.content)
                                                : holds(s.to, s.name_there, s.content);
    }
    [[nodiscard]] load_error overtaken(store_step const& s) const {
        bool const drop = s.what == store_step::kind::drop;
        return {.file = in_one_line(drop ? disk_.path(s.from, s.name) : disk_.path(s.to, s.name_there)),
                .message = "was changed by somebody else meanwhile; look at the lists, and try again"};
    }
    [[nodiscard]] std::optional<load_error> write_new_files(std::vector<store_step>& steps) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            store_step& s = steps[i];
            if (s.what != store_step::kind::put) continue;
            s.name = fmt::format("{}{}.new", unfinished, i);
            auto const folder = disk_.folder(s.to);
            auto no = !folder ? folder.error()
                              : disk_.create(folder->get(), s.name, s.bytes, disk_.path(s.to, s.name_there));
            if (no) {
                discard(steps, i);
                return no;
            }
        }
        return std::nullopt;
    }
    void discard(std::vector<store_step> const& steps, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            if (steps[i].what == store_step::kind::put)
                if (auto const folder = disk_.folder(steps[i].to))
                    disk_.remove_quietly(folder->get(), steps[i].name);
    }
    /// No rename leads from one file system to another, and a link that is moved may lead elsewhere: there
    /// the file is put and dropped, and both are noted.
    [[nodiscard]] std::optional<load_error> split_moves(std::vector<store_step>& steps) {
        for (std::size_t i = 0, count = steps.size(); i < count; ++i) {
            if (steps[i].what != store_step::kind::move) continue;
            auto const from = disk_.folder(steps[i].from), to = disk_.folder(steps[i].to);
            if (!from) return from.error();
            if (!to) return to.error();
            struct stat here {
            }, there{}, file{};
            if (::fstat(from->get(), &here) != 0 || ::fstat(to->get(), &there) != 0 ||
                ::fstatat(from->get(), steps[i].name.c_str(), &file, AT_SYMLINK_NOFOLLOW) != 0)
                return store_disk::failed(disk_.path(steps[i].from, steps[i].name), "cannot be looked at");
            if (here.st_dev == there.st_dev && !S_ISLNK(file.st_mode)) continue;
            auto bytes_there = read_file(disk_.path(steps[i].from, steps[i].name), largest_file);
            if (!bytes_there) return bytes_there.error();
            // A link may lead elsewhere by now: what was not meant is not copied, and shown to nobody.
            if (sha256(as_bytes(*bytes_there)) != steps[i].content) return changed_meanwhile(steps[i]);
            steps.push_back({store_step::kind::drop,
                             steps[i].from,
                             steps[i].from,
                             steps[i].name,
                             {},
                             steps[i].content,
                             {}});
            steps[i].what = store_step::kind::put;
            steps[i].bytes = std::move(*bytes_there);
        }
        return std::nullopt;
    }

    /// Done already is well done. Each step names what it found, so it does nothing to what came there since.
    [[nodiscard]] std::optional<load_error> carry_out(store_step const& s) {
        auto const to = disk_.folder(s.to);
        if (!to) return to.error();
        auto const said = disk_.path(s.to, s.what == store_step::kind::drop ? s.name : s.name_there);
        place const source = s.what == store_step::kind::put ? s.to : s.from;
        if (!holds(source, s.name, s.content)) return std::nullopt;
        if (s.what == store_step::kind::drop) {
            if (int const why = disk_.remove(to->get(), s.name); why != 0)
                return store_disk::failed(said, "cannot be removed", why);
            return disk_.sync(to->get(), said);
        }
        auto const from = disk_.folder(source);
        if (!from) return from.error();
        if (int const why = disk_.rename(from->get(), s.name, to->get(), s.name_there); why != 0)
            return store_disk::failed(said, "cannot be put in its place", why);
        if (auto no = disk_.sync(to->get(), said)) return no;
        return s.what == store_step::kind::move ? disk_.sync(from->get(), said) : std::nullopt;
    }
    [[nodiscard]] bool holds(place p, std::string const& name, thumbprint const& content) const {
        auto const all = read_file(disk_.path(p, name), largest_file);
        return all && sha256(as_bytes(*all)) == content;
    }

    [[nodiscard]] std::optional<load_error> finish(std::vector<store_step> const& steps) {
        // First what appears, then what goes; and nothing goes as long as something that was to appear is
        // missing.
        bool all_there = true;
        for (auto const k : {store_step::kind::put, store_step::kind::move, store_step::kind::drop})
            for (auto const& s : steps) {
                if (s.what != k || (k == store_step::kind::drop && !all_there)) continue;
                if (auto no = carry_out(s)) {
                    no->message += "; the change is decided and will be completed";
                    return no;
                }
                all_there =
                    all_there && (k == store_step::kind::drop || holds(s.to, s.name_there, s.content));
            }
        auto const notes = disk_.folder(notes_folder);
        if (!notes) return notes.error();
        std::string const path = note_path();
        if (int const why = disk_.remove(notes->get(), std::string{note}); why != 0)
            return store_disk::failed(path, "cannot be removed", why);
        return disk_.sync(notes->get(), path);
    }
    [[nodiscard]] std::string note_path() const {
        return fmt::format("{}/{}/{}", disk_.root(), notes_folder, note);
    }

    [[nodiscard]] std::optional<load_error> write_note(std::vector<store_step> const& steps) {
        std::string text = "sallyport change 1\n";
        for (auto const& s : steps)
            text += fmt::format("{} {} {} {} {}- {}\n", static_cast<char>(s.what), static_cast<int>(s.from),
                                static_cast<int>(s.to), hex(as_bytes(s.name)), hex(as_bytes(s.name_there)),
                                hex(s.content.bytes));
        text += fmt::format("end {}\n", hex(sha256(as_bytes(text)).bytes));
        if (text.size() > largest_note)
            return load_error{.file = disk_.root(),
                              .message = "the change has too many parts; make several of it"};
        auto const notes = disk_.folder(notes_folder);
        if (!notes) return notes.error();
        std::string const fresh{unfinished_note};
        if (auto no = disk_.create(notes->get(), fresh, text, note_path())) return no;
        if (int const why = disk_.rename(notes->get(), fresh, notes->get(), std::string{note}); why != 0) {
            disk_.remove_quietly(notes->get(), fresh);
            return store_disk::failed(note_path(), "cannot be put in its place; nothing was changed", why);
        }
        auto no = disk_.sync(notes->get(), note_path());
        if (no && disk_.remove(notes->get(), std::string{note}) != 0)
            no->message += "; the change may be completed later";
        return no;
    }
    [[nodiscard]] std::optional<load_error> finish_noted() {
        if (!pending(disk_.root())) return std::nullopt;
        auto const text = read_file(note_path(), largest_note);
        if (!text) return load_error{.file = note_path(), .message = text.error().message};
        auto const steps = read_note(*text);
        if (steps) return finish(*steps);
        return load_error{.file = note_path(),
                          .message = "is no note of a change; look at the lists, then remove it by hand"};
    }
    /// Not a byte of a note is believed before its end has confirmed it.
    [[nodiscard]] static std::optional<std::vector<store_step>> read_note(std::string_view text) {
        auto const end = text.rfind("end ");
        if (end == std::string_view::npos || !text.starts_with("sallyport change 1\n") ||
            text.substr(end) != fmt::format("end {}\n", hex(sha256(as_bytes(text.substr(0, end))).bytes)))
            return std::nullopt;
        std::vector<store_step> steps;
        text = text.substr(0, end);
        text.remove_prefix(text.find('\n') + 1);
        for (; !text.empty(); text.remove_prefix(text.find('\n') + 1)) {
            auto s = read_step(text.substr(0, text.find('\n')));
            if (!s) return std::nullopt;
            steps.push_back(std::move(*s));
        }
        return steps;
    }
    [[nodiscard]] static std::optional<store_step> read_step(std::string_view line) {
        std::array<std::string_view, 6> words{};
        for (auto& w : words) {
            w = line.substr(0, line.find(' '));
            line.remove_prefix(std::min(line.size(), w.size() + 1));
        }
        auto const kind = words[0];
        auto const from = place_of(words[1]), to = place_of(words[2]);
        if (!line.empty() || (kind != "p" && kind != "m" && kind != "d") || !from || !to) return std::nullopt;
        if (!words[4].ends_with('-')) return std::nullopt;
        words[4].remove_suffix(1);
        auto name = unhex(words[3]), there = unhex(words[4]), content = unhex(words[5]);
        if (!name || !there || !content || content->size() != 32 || !is_name(*name)) return std::nullopt;
        if (kind != "d" && !is_name(*there)) return std::nullopt;
        store_step s{
            static_cast<store_step::kind>(kind[0]), *from, *to, std::move(*name), std::move(*there), {}, {}};
        std::copy(content->begin(), content->end(), s.content.bytes.begin());
        return s;
    }
    [[nodiscard]] static bool is_name(std::string_view name) noexcept {
        return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
               name.find('\0') == std::string_view::npos;
    }
    [[nodiscard]] static std::optional<place> place_of(std::string_view digit) noexcept {
        if (digit.size() != 1 || digit[0] < '0' || digit[0] > '4') return std::nullopt;
        return static_cast<place>(digit[0] - '0');
    }
    [[nodiscard]] static std::optional<std::string> unhex(std::string_view digits) {
        if (digits.size() % 2 != 0) return std::nullopt;
        std::string out;
        for (std::size_t i = 0; i < digits.size(); i += 2) {
            auto const value = [](char c) {
                return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 55 : -1;
            };
            int const high = value(digits[i]), low = value(digits[i + 1]);
            if (high < 0 || low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high * 16 + low));
        }
        return out;
    }
    /// Under the lock nobody is writing: what is unfinished was left by one who was killed.
    void remove_unfinished(place p) {
        opened_folder const folder = open_below(disk_.root(), disk_.relative(p));
        if (!folder.fd) return;
        int const fd = ::fcntl(folder.fd.get(), F_DUPFD_CLOEXEC, 0);
        std::unique_ptr<DIR, let_go<::closedir>> const all{fd < 0 ? nullptr : ::fdopendir(fd)};
        if (!all) {
            if (fd >= 0) (void)::close(fd);
            return;
        }
        std::vector<std::string> left;
        while (dirent const* const e =
                   ::readdir(all.get()))  // NOLINT(concurrency-mt-unsafe): a stream of our own
            if (std::string_view{e->d_name}.starts_with(unfinished)) left.emplace_back(e->d_name);
        for (auto const& one : left) disk_.remove_quietly(folder.fd.get(), one);
    }

    store_disk& disk_;
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
