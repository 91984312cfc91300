// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/stage.hpp>
#include <sallyport/penalty/journal_file.hpp>
#include <sallyport/penalty/lane_house.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace penalty {

/// Where a journal lies, and whose it is.
struct journal_options {
    std::string path{};       ///< in a folder that outlives a restart and is the service's alone
    std::string device{};     ///< of which device it is; empty: what /etc/machine-id says
    std::string boot_id{};    ///< which boot this is; empty: what the kernel says
    std::uint32_t chunk = 5;  ///< charges that are written as spent before the first of them is, 1 … 100
    /// Writes a day that names which are not on file may cause: else spraying names wears out the flash. What
    /// they owe beyond is forgotten at a restart. Where the directory cannot say which names are on file,
    /// none is, and this wants to be raised.
    std::uint32_t unknown_writes_per_day = 64;
};

/// What an account's strangers, its console and its paired devices have spent, kept over a restart, and the
/// pairs themselves. It writes ahead: before a lane spends beyond what is on disk, a chunk is written as
/// spent. So any stop, power loss too, loses budget and never grants it. Time is counted while the device
/// runs, by the clock that nobody can set; what it stood still regains nothing. A file that is torn, or made
/// for another device, or that somebody else replaced meanwhile, shuts the gate; one that a program of the
/// same storage has put there and died at is taken up. At most seven writes a day for a lane of 34, sixty for
/// a paired device's; nine and 75 where somebody paces himself by what is on disk; where right secrets come
/// in, twelve more to write off what was written ahead for them, and as many for each lane that they use.
/// A cap on failures in a row of less than twenty has more written: one for each quarter of it that is used
/// up; a cap of one, two for each right secret.
/// Sources, devices, what was heard, and old secrets are volatile: nothing about a secret ever lies on the
/// disk.
/// Thread safety: under the storage's lock.
class journal {
public:
    static constexpr bool lasting = true;

    explicit journal(journal_options o) : options_{std::move(o)}, file_{options_.path} {}

    /// What is wrong: options, or a file that is refused. Empty: all is well.
    [[nodiscard]] std::string_view fault() const noexcept {
        if (options_.path.empty()) return "penalty::journal: no path";
        if (options_.chunk == 0 || options_.chunk > 100)
            return "penalty::journal: a chunk must be from 1 to 100 charges";
        return said_.view();
    }
    /// How often it has been written since it was opened.
    [[nodiscard]] std::uint64_t writes() const noexcept { return head().writes; }

    /// Puts back what was kept.
    void attach(blueprint& b, lane_house& house) noexcept {
        house_ = &house;
        head_ = b.claim("lanes.journal/2", words_of<header>);
        marks_[0] = b.claim("lanes.marks_of_unknown/1", accounts_of(false) * words_of<account_mark>);
        marks_[1] = b.claim("lanes.marks/1", accounts_of(true) * words_of<account_mark>);
        pair_marks_ = b.claim("lanes.pair_marks/1", house.options.pairs * words_of<pair_mark>);
        // Else what is in flight would settle beyond what was written ahead for it.
        if (b.overdue() > longest_overdue) complain("house_options::overdue is more than 60 s");
        std::uint64_t const accounts = accounts_of(false) + accounts_of(true);
        if (head_words + accounts * account_words + std::uint64_t{house.options.pairs} * pair_words >
            journal_file::most_words)
            complain("known, unknown and pairs are more than a file of 64 MiB holds");
        if (head_.attached() && fault().empty()) open(b);
    }
    /// May what this attempt has reserved be spent? Writes a chunk where it would be more than is on disk.
    [[nodiscard]] bool keep(toll const& t, instant now) noexcept {
        if (t.secret != secret_kind::fresh || !t.account.there()) return true;
        auto const& o = house_->options;
        bool covered = true;
        account_mark m = mark_of(t.known, t.account.ref());
        if (t.by != account_lane::none) {
            auto const which = static_cast<std::size_t>(t.by) - 1;
            covered = cover(m.tat[which], lane_of(t.account.cell, t.by), rate_of(o, t.by), now.steady);
        }
        if (o.consecutive_cap != 0) {
            std::uint64_t const most =
                t.account.cell.consecutive + in_flight_of(t.known, t.account.ref(), t.account.cell);
            if (most > m.consecutive) m.consecutive = most + row_chunk() - 1, covered = false;
        }
        pair_mark p{};
        if (t.own_pays() && t.is_pair) {
            p = mark_of(t.pair.ref());
            covered = cover(p.tat, t.pair.cell.own, o.paired, now.steady) && covered;
        }
        if (covered) return beat(now), true;
        if (!t.known && !may_write_for_unknown(now)) return true;
        account_mark const m_before = mark_of(t.known, t.account.ref());
        pair_mark const p_before = t.is_pair ? mark_of(t.pair.ref()) : pair_mark{};
        put(t.known, t.account.slot, m);
        if (t.is_pair && t.own_pays()) pair_marks_.put(pair_at(t.pair.slot), p);
        if (save(now, false)) return true;
        put(t.known, t.account.slot, m_before);  // what is not on disk is not covered
        if (t.is_pair && t.own_pays()) pair_marks_.put(pair_at(t.pair.slot), p_before);
        return false;
    }
    /// The secret was right: what was written ahead for it is written off within the hour, or within two
    /// where that happens often; at once where the failures in a row that are on disk come near the cap. Else
    /// right secrets and power losses alone would use up what is the owner's.
    void proven(bool known, cell_ref account, instant now) noexcept {
        header h = head();
        if (h.opened != stage::whole || h.exact == now.steady.count()) return;
        std::uint32_t const cap = house_->options.consecutive_cap;
        if (account.slot != 0 && cap != 0 && mark_of(known, account).consecutive > cap / 2 && save(now, true))
            return;
        if (h.proven == 0) h.proven = std::max<std::int64_t>(now.steady.count(), 1), head_.put(0, h);
    }
    /// Pairs, or what an administrator cleared: on disk now. False: only this boot knows of it yet; it is
    /// tried again each minute.
    bool changed(instant now) noexcept {
        if (save(now, true)) return true;
        header h = head();
        h.dirty = 1, h.tried = now.steady.count();
        if (h.opened == stage::whole) head_.put(0, h);
        return false;
    }
    /// Steady, when the next upkeep has something to write.
    [[nodiscard]] nanoseconds next_upkeep() const noexcept { return next_beat(head()); }
    void note(upkeep const& u) noexcept {
        if (u.last)
            (void)save(u.now, true);
        else
            beat(u.now);
    }

private:
    struct header {
        word opened = 0;                      // see `stage`
        std::int64_t uptime = 0, steady = 0;  // the one when the other was: nanoseconds of all boots together
        std::int64_t written = 0;             // steady, when it was written last
        std::int64_t latest = 0;              // steady: no mark is beyond
        word print = 0, sequence = 0, writes = 0, unknown_day = 0, unknown_writes = 0;
        std::int64_t proven = 0;  // steady, of the first right secret since the books were closed; 0: none
        std::int64_t exact = 0;   // steady, when they were
        word dirty = 0;           // they were to be, and could not
        std::int64_t tried = 0;   // steady, when that was tried last
        word instance = 0;        // drawn when it was opened; in the file as well: who has written it
    };
    // A load is longer than a transaction may be, so it is one of many. Who finds it begun under the lock
    // knows that its owner is dead, and begins anew: an account is there with all that is its, or not at all.
    struct stage {
        static constexpr word untouched = 0, whole = 1, begun = 2;
    };
    struct account_mark {
        word generation = 0;
        std::array<std::int64_t, 3> tat{};  // steady; what is on disk for strangers, trusted, console
        word consecutive = 0;
    };
    struct pair_mark {
        word generation = 0;
        std::int64_t tat = 0;
    };
    // A reservation is settled within a minute, and then it counts from that instant on.
    static constexpr nanoseconds longest_overdue = std::chrono::seconds{60},
                                 slack = longest_overdue + std::chrono::seconds{1};
    static constexpr word version = 2, without_instance = 1;  // the one before is read, and never written
    static constexpr std::size_t name_words = words_of<name>, account_words = name_words + 5,
                                 pair_words = words_of<thumbprint> + 1 + words_of<pair_history>,
                                 head_words = 9;

    static constexpr nanoseconds written_off_after = std::chrono::hours{1},
                                 written_off_every = std::chrono::hours{2},
                                 tried_every = std::chrono::minutes{1};

    // ---- what is on disk, as this boot counts time ----

    [[nodiscard]] header head() const noexcept { return head_.attached() ? head_.get<header>(0) : header{}; }
    [[nodiscard]] std::size_t accounts_of(bool known) const noexcept {
        return std::size_t{known ? house_->options.known : house_->options.unknown} +
               lane_books::shared_accounts;
    }
    static constexpr std::size_t pair_at(std::uint32_t slot) noexcept {
        return (slot - 1) * words_of<pair_mark>;
    }
    [[nodiscard]] account_mark mark_of(bool known, cell_ref r) const noexcept {
        auto const m = marks_[known].get<account_mark>((r.slot - 1) * words_of<account_mark>);
        return m.generation == r.generation ? m : account_mark{.generation = r.generation};
    }
    [[nodiscard]] pair_mark mark_of(cell_ref r) const noexcept {
        auto const m = pair_marks_.get<pair_mark>(pair_at(r.slot));
        return m.generation == r.generation ? m : pair_mark{.generation = r.generation};
    }
    void put(bool known, std::uint32_t slot, account_mark const& m) noexcept {
        marks_[known].put((slot - 1) * words_of<account_mark>, m);
    }
    [[nodiscard]] std::uint64_t in_flight_of(bool known, cell_ref account,
                                             account_cell const& a) const noexcept {
        std::uint64_t n = a.strangers.in_flight + a.trusted.in_flight + a.at_console.in_flight;
        if (a.pairs != 0)
            house_->pairs.each(house_->books, known, account,
                               [&](auto const& p, auto const&) { n += p.cell.own.in_flight; });
        return n;
    }
    /// Where the lane would stand if all that is in flight failed.
    [[nodiscard]] static nanoseconds spent_by(lane const& l, lane_rate const& r, nanoseconds now,
                                              std::uint64_t more) noexcept {
        nanoseconds at = std::max(nanoseconds{l.tat}, now);
        std::uint64_t const n = l.in_flight + more;
        auto const room = static_cast<std::uint64_t>((nanoseconds::max() - at) / r.every);
        return n > room ? nanoseconds::max() : at + static_cast<std::int64_t>(n) * r.every;
    }
    /// Is it on disk already? If not, `mark` is what must be.
    [[nodiscard]] bool cover(std::int64_t& mark, lane const& l, lane_rate const& r,
                             nanoseconds now) const noexcept {
        if (saturating_add(spent_by(l, r, now, 0), slack) <= nanoseconds{mark}) return true;
        mark = saturating_add(spent_by(l, r, now, options_.chunk - 1), slack).count();
        return false;
    }
    /// Failures in a row that are written ahead: a quarter of the cap at most, so that none is near it by
    /// that.
    [[nodiscard]] word row_chunk() const noexcept {
        return std::clamp<word>(house_->options.consecutive_cap / 4, 1, options_.chunk);
    }
    /// In time of all boots together.
    [[nodiscard]] static nanoseconds uptime(header const& h, nanoseconds steady) noexcept {
        return saturating_add(nanoseconds{h.uptime}, steady - nanoseconds{h.steady});
    }
    [[nodiscard]] bool may_write_for_unknown(instant now) noexcept {
        header h = head();
        auto const day = static_cast<word>(now.steady / std::chrono::hours{24});
        if (h.unknown_day != day) h.unknown_day = day, h.unknown_writes = 0;
        bool const may = h.unknown_writes < options_.unknown_writes_per_day;
        h.unknown_writes += may ? 1 : 0;
        head_.put(0, h);
        return may;
    }
    /// Steady, when what was written ahead for right secrets is written off.
    [[nodiscard]] static nanoseconds written_off_at(header const& h) noexcept {
        if (h.proven == 0) return nanoseconds::max();
        nanoseconds const due = saturating_add(nanoseconds{h.proven}, written_off_after);
        return h.exact == 0 ? due : std::max(due, saturating_add(nanoseconds{h.exact}, written_off_every));
    }
    /// What was written ahead for right secrets is written off. While something is owed on disk, time that
    /// goes by is written down now and then, never more often than a lane that is being used up would be.
    void beat(instant now) noexcept {
        header const h = head();
        if (now.steady < next_beat(h)) return;
        // One that fails is tried again later, whatever it was for.
        if (h.dirty != 0 || now.steady >= written_off_at(h) || !save(now, false)) (void)changed(now);
    }
    [[nodiscard]] nanoseconds next_beat(header const& h) const noexcept {
        if (h.opened != stage::whole) return nanoseconds::max();
        if (h.dirty != 0) return saturating_add(nanoseconds{h.tried}, tried_every);
        nanoseconds const next = written_off_at(h);
        if (h.latest <= h.written) return next;
        auto const pause = nanoseconds{house_->options.strangers.every} * options_.chunk;
        return std::min(next, saturating_add(nanoseconds{h.written}, pause));
    }

    // ---- the file ----

    /// `exactly`: what is spent, without a chunk for what may come.
    [[nodiscard]] bool save(instant now, bool exactly) noexcept {
        header h = head();
        if (h.opened != stage::whole || !fault().empty()) return false;
        if (file_.print() != h.print && !take_up(h)) return false;  // somebody else has put a file there
        totals const all = take_stock(now, exactly);
        std::int64_t latest = 0;
        auto const as_uptime = [&](std::int64_t tat) {
            latest = std::max(latest, tat);
            return nanoseconds{tat} <= now.steady ? word{0}
                                                  : static_cast<word>(uptime(h, nanoseconds{tat}).count());
        };
        bool replaced = false;
        auto const fill = [&](auto put_word) {
            for (word const w :
                 {version, device_print(), boot_print(), static_cast<word>(uptime(h, now.steady).count()),
                  static_cast<word>(now.steady.count()), h.sequence + 1, word{all.accounts}, word{all.pairs},
                  h.instance})
                put_word(w);
            each_on_file(now, [&](bool known, cell_ref account, account_mark const& m) {
                for (word const w : as_words(house_->books.accounts[known].key_in(account.slot))) put_word(w);
                put_word(word{known} | word{house_->pairs.count(house_->books, known, account)} << 8);
                for (std::int64_t const tat : m.tat) put_word(as_uptime(tat));
                put_word(m.consecutive);
                house_->pairs.each(house_->books, known, account,
                                   [&](auto const& p, pair_history const& history) {
                                       for (word const w : as_words(p.key.id)) put_word(w);
                                       put_word(as_uptime(mark_of(p.ref).tat));
                                       for (word const w : as_words(history)) put_word(w);
                                   });
            });
        };
        bool const written = file_.write(fill, replaced);
        // It is ours, though it may not be on disk yet: the next one replaces it.
        if (replaced) h.print = file_.print(), ++h.sequence, head_.put(0, h);
        if (!written) return false;
        ++h.writes;
        h.written = now.steady.count(), h.latest = latest;
        if (exactly) h.exact = h.written, h.proven = 0, h.dirty = 0;
        head_.put(0, h);
        return true;
    }
    /// Not the file that we know of: is it ours all the same? Whoever is killed after he has replaced it has
    /// that put back in the storage, not on the disk. What lies there covers all that the marks say: see
    /// `lower`.
    [[nodiscard]] bool take_up(header& h) noexcept {
        std::array<word, head_words> begins{};
        std::size_t n = 0;
        std::string_view why;
        auto const is = file_.read(why, [&](word w) {
            if (n < begins.size()) begins[n++] = w;
            return true;
        });
        if (is != journal_file::state::whole || n < begins.size() || begins[0] != version ||
            begins[1] != device_print() || begins[8] != h.instance || begins[5] < h.sequence)
            return false;
        h.sequence = begins[5];
        return true;
    }
    struct totals {
        std::uint64_t accounts = 0, pairs = 0;
    };
    /// How many there are to write. `exactly`: what each owes is its mark from now on.
    [[nodiscard]] totals take_stock(instant now, bool exactly) noexcept {
        if (exactly) settle_marks(now);
        totals all;
        each_on_file(now, [&](bool known, cell_ref account, account_mark const&) {
            ++all.accounts, all.pairs += house_->pairs.count(house_->books, known, account);
        });
        return all;
    }
    void settle_marks(instant now) noexcept {
        auto const& o = house_->options;
        for (bool const known : {false, true})
            house_->books.accounts[known].each_cell([&](cell_ref account, account_cell const& c) {
                account_mark m{.generation = account.generation, .consecutive = c.consecutive};
                if (o.consecutive_cap != 0) m.consecutive += in_flight_of(known, account, c);
                std::size_t n = 0;
                for (auto const by :
                     {account_lane::strangers, account_lane::trusted, account_lane::at_console})
                    m.tat[n++] = settled(lane_of(c, by), rate_of(o, by), now.steady);
                lower(known, account, m);
                put(known, account.slot, m);
                if (c.pairs != 0)
                    house_->pairs.each(house_->books, known, account, [&](auto const& p, auto const&) {
                        pair_mark const is{p.ref.generation, settled(p.cell.own, o.paired, now.steady)};
                        pair_marks_.put_afresh(
                            pair_at(p.ref.slot),
                            pair_mark{is.generation, std::min(is.tat, mark_of(p.ref).tat)});
                        pair_marks_.put(pair_at(p.ref.slot), is);
                    });
            });
    }
    /// A mark that falls is never put back: should we be killed once the file is replaced, less is on disk
    /// than stood here. One that rises is.
    void lower(bool known, cell_ref account, account_mark to) noexcept {
        account_mark const was = mark_of(known, account);
        for (std::size_t n = 0; n < to.tat.size(); ++n) to.tat[n] = std::min(to.tat[n], was.tat[n]);
        to.consecutive = std::min(to.consecutive, was.consecutive);
        marks_[known].put_afresh((account.slot - 1) * words_of<account_mark>, to);
    }
    /// f(known, account, mark) for each that owes something or is paired.
    template <class F>
    void each_on_file(instant now, F f) const noexcept {
        for (bool const known : {false, true})
            house_->books.accounts[known].each_cell([&](cell_ref account, account_cell const& c) {
                account_mark const m = mark_of(known, account);
                if (c.pairs != 0 || m.consecutive != 0 ||
                    std::any_of(m.tat.begin(), m.tat.end(),
                                [&](auto tat) { return nanoseconds{tat} > now.steady; }))
                    f(known, account, m);
            });
    }
    /// What is on disk for a lane when the books are closed: all in flight as if it had failed.
    static std::int64_t settled(lane const& l, lane_rate const& r, nanoseconds now) noexcept {
        return l.at_rest(now)
                   ? 0
                   : saturating_add(spent_by(l, r, now, 0), l.in_flight != 0 ? slack : nanoseconds{}).count();
    }

    void open(blueprint& b) noexcept {
        header h = head();
        instant const now = b.now();
        if (h.opened == stage::whole) {
            // Another process of the same storage has read it; this one writes to it all the same.
            if (!file_.reach()) complain("its folder cannot be opened");
            return;
        }
        bool const again = h.opened == stage::begun;
        h = {.opened = stage::whole, .uptime = 0, .steady = now.steady.count()};
        if (::getrandom(&h.instance, sizeof h.instance, 0) != static_cast<ssize_t>(sizeof h.instance))
            return refuse("there is no chance to draw a number from");
        head_.put(0, header{.opened = stage::begun});
        loader from{*this, b, now, h, again};
        std::string_view why;
        auto const is = file_.read(why, [&](word w) { return from.next(w); });
        if (is == journal_file::state::whole && !from.complete()) why = journal_file::cannot_be;
        if (from.foreign) why = "it was made for another device";
        if (!why.empty()) return refuse(why);
        h = from.head;
        h.print = file_.print();
        head_.put(0, h);
        if (!save(now, false)) return refuse("it cannot be written");
    }
    void refuse(std::string_view why) noexcept {
        head_.put(0, header{.opened = stage::begun});
        complain(why);
    }
    /// This process cannot go on with it; others may.
    void complain(std::string_view why) noexcept {
        constexpr std::string_view begins = "penalty::journal: ";
        text<96> all{begins};
        std::copy_n(why.begin(), std::min(why.size(), all.bytes.size() - begins.size()),
                    all.bytes.begin() + begins.size());
        said_ = all;
    }

    /// Takes the file's words one by one; what is whole and ours is put back.
    struct loader {
        journal& to;
        blueprint& plan;
        instant now;
        header head;
        bool again;  // whoever began it is dead: some of it may be there
        std::array<word, account_words + pair_words> some{};
        std::size_t have = 0, wanted = head_words;
        std::uint64_t accounts = 0, pairs = 0, pairs_of_this = 0;
        bool known = false, headed = false, foreign = false;
        cell_ref whose{};

        [[nodiscard]] bool complete() const noexcept {
            return headed && accounts == 0 && pairs == 0 && pairs_of_this == 0 && have == 0;
        }
        [[nodiscard]] bool next(word w) noexcept {
            some[have++] = w;
            if (!headed && have == 1 && w == without_instance) --wanted;
            if (have < wanted) return true;
            have = 0;
            if (!headed) return take_head();
            bool const good = pairs_of_this != 0 ? take_pair() : take_account();
            if (good && pairs_of_this == 0) plan.passed_milestone();
            return good;
        }
        [[nodiscard]] bool take_head() noexcept {
            headed = true;
            foreign = some[1] != to.device_print();
            if ((some[0] != version && some[0] != without_instance) || foreign) return false;
            head.uptime = static_cast<std::int64_t>(some[3]);
            nanoseconds const then{static_cast<std::int64_t>(some[4])};
            // The same boot: the clock went on while the service did not run.
            if (some[2] == to.boot_print() && now.steady > then && then >= nanoseconds::zero())
                head.uptime = saturating_add(nanoseconds{head.uptime}, now.steady - then).count();
            head.sequence = some[5], accounts = some[6], pairs = some[7];
            wanted = account_words;
            return head.uptime >= 0;
        }
        /// As this boot counts it.
        [[nodiscard]] std::int64_t as_steady(word uptime_then) const noexcept {
            nanoseconds const tat{static_cast<std::int64_t>(uptime_then)}, u{head.uptime};
            return tat <= u ? 0 : saturating_add(now.steady, tat - u).count();
        }
        [[nodiscard]] bool take_account() noexcept {
            std::array<word, name_words> name_of{};
            std::copy_n(some.begin(), name_words, name_of.begin());
            word const flags = some[name_words];
            pairs_of_this = flags >> 8;
            if (accounts == 0 || pairs_of_this > pairs ||
                pairs_of_this > lane_options::most_pairs_per_account)
                return false;
            --accounts, known = (flags & 1) != 0;
            auto& table = to.house_->books.accounts[known];
            auto a = table.look(std::bit_cast<name>(name_of));
            account_mark m{};
            std::size_t n = 0;
            for (auto const by : {account_lane::strangers, account_lane::trusted, account_lane::at_console}) {
                lane& l = lane_of(a.cell, by);
                l.tat = as_steady(some[name_words + 1 + n]);
                // What was written ahead of more than a lane can owe is nobody's debt.
                l.hold_to(rate_of(to.house_->options, by), now.steady, 0);
                m.tat[n++] = l.tat;
            }
            m.consecutive = some[name_words + 4];
            a.cell.consecutive = static_cast<std::uint32_t>(
                std::min<word>(m.consecutive, std::numeric_limits<std::uint32_t>::max()));
            if (a.there() && !again) return false;
            if (!to.house_->books.take(a, known, now.steady)) return false;
            if (again) to.house_->books.accounts[known].write(a);
            m.generation = a.cell.generation;
            to.put(known, a.slot, m);
            whose = a.ref();
            head.latest = std::max({head.latest, m.tat[0], m.tat[1], m.tat[2]});
            wanted = pairs_of_this != 0 ? pair_words : account_words;
            return true;
        }
        [[nodiscard]] bool take_pair() noexcept {
            std::array<word, words_of<thumbprint>> id{};
            std::array<word, words_of<pair_history>> history{};
            std::copy_n(some.begin(), id.size(), id.begin());
            std::copy_n(some.begin() + id.size() + 1, history.size(), history.begin());
            auto& h = *to.house_;
            thumbprint const device = std::bit_cast<thumbprint>(id);
            if (pairs == 0 || !h.pairs.add(h.books, known, whose, device, now)) return false;
            auto p = h.books.pairs.look(pair_key{pair_key::whose(known, whose), device});
            if (!p.there()) return false;
            p.cell.own.tat = as_steady(some[id.size()]);
            p.cell.own.hold_to(h.options.paired, now.steady, 0);
            h.books.pairs.write(p);
            h.pairs.restore(p.slot, std::bit_cast<pair_history>(history));
            to.pair_marks_.put(pair_at(p.slot), pair_mark{p.cell.generation, p.cell.own.tat});
            head.latest = std::max(head.latest, p.cell.own.tat);
            --pairs, --pairs_of_this;
            if (pairs_of_this == 0) wanted = account_words;
            return true;
        }
    };

    // ---- whose it is ----

    [[nodiscard]] word device_print() noexcept {
        return print_of(device_print_, options_.device, "/etc/machine-id");
    }
    [[nodiscard]] word boot_print() noexcept {
        return print_of(boot_print_, options_.boot_id, "/proc/sys/kernel/random/boot_id");
    }
    /// 0 where nothing tells one from another.
    [[nodiscard]] static word print_of(std::optional<word>& kept, std::string_view given,
                                       char const* else_in) noexcept {
        if (kept) return *kept;
        std::array<char, 64> read{};
        if (given.empty()) {
            open_file const file{::open(else_in, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
            ssize_t const n = file ? ::read(file.get(), read.data(), read.size()) : 0;
            given = {read.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
        }
        kept = given.empty() ? 0 : siphash({1, 2}, given);
        return *kept;
    }

    journal_options options_;
    journal_file file_;
    lane_house* house_ = nullptr;
    region head_{};
    std::array<region, 2> marks_{};
    region pair_marks_{};
    std::optional<word> device_print_{}, boot_print_{};
    text<96> said_{};  // why the file is refused
};

}  // namespace penalty
}  // namespace sallyport::inline v0
