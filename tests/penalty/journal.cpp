// SPDX-License-Identifier: BSL-1.0
// What outlives a restart: never more budget than there was, on any file that a power loss can leave behind.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/core/siphash.hpp>
#include <sallyport/environment/house_options.hpp>
#include <sallyport/penalty/journal.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace at_work;
using sallyport::instant;
using sallyport::penalty::journal;
using sallyport::penalty::journal_options;

/// A device that is switched off and on again, over one disk.
class device_at_work {
public:
    explicit device_at_work(lane_options o = {}, std::uint32_t unknown_writes = 64)
        : options_{o}, unknown_writes_{unknown_writes} {
        boot();
    }
    [[nodiscard]] std::string file() const { return folder_.file("lanes.journal"); }
    [[nodiscard]] std::string bytes() const {
        std::ifstream in{file(), std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    }
    void put(std::string const& bytes) const {
        std::ofstream{file(), std::ios::binary | std::ios::trunc} << bytes;
    }
    /// A new boot; its clock begins anew.
    void boot(std::string const& boot_id = {}, nanoseconds clock = 1h, std::string const& device = "device") {
        desk_.reset();
        ++boots_;
        journal_options const kept{.path = file(),
                                   .device = device,
                                   .boot_id = boot_id.empty() ? "boot " + std::to_string(boots_) : boot_id,
                                   .unknown_writes_per_day = unknown_writes_};
        desk_.emplace(options_, journal{kept}, clock);
    }
    void options_are(lane_options o) { options_ = o; }
    void end_well() { (*desk_)->note(sallyport::upkeep{at(desk_->now), true}); }
    [[nodiscard]] std::uint64_t writes() { return (*desk_)->memory().writes(); }
    [[nodiscard]] std::string_view fault() { return (*desk_)->fault(); }
    lanes_at_work<journal>* operator->() { return &*desk_; }

private:
    support::folder folder_;
    lane_options options_;
    std::uint32_t unknown_writes_;
    int boots_ = 0;
    std::optional<lanes_at_work<journal>> desk_;
};

TEST_CASE("journal: a power loss loses budget and never grants it", "[penalty][journal]") {
    for (int spent = 0; spent <= 10; ++spent) {
        device_at_work d;
        REQUIRE(d.fault().empty());
        CHECK(d->guess_as_strangers("amira", spent) == spent);
        d.boot();
        int const left = d->guess_as_strangers("amira", 20);
        CHECK(left <= 10 - spent);
        CHECK(left >= (spent == 0 ? 10 : 10 - (spent + 4) / 5 * 5 - 1));
    }
}

TEST_CASE("journal: a restart in good order loses nothing", "[penalty][journal]") {
    device_at_work d;
    CHECK(d->guess_as_strangers("amira", 3) == 3);
    d.end_well();
    d.boot();
    CHECK(d->guess_as_strangers("amira", 20) == 7);
}

TEST_CASE("journal: what was in flight when the power went counts as a failure", "[penalty][journal]") {
    device_at_work d;
    REQUIRE(d->guess_as_strangers("amira", 4) == 4);
    visit fifth = knock("amira", host(100)), sixth = knock("amira", host(101));
    REQUIRE(d->begin(fifth).why == reason::none);
    REQUIRE(d->begin(sixth).why == reason::none);
    d.boot();
    CHECK(d->guess_as_strangers("amira", 20) == 0);  // a second chunk had been written before the sixth
    device_at_work e;
    visit only = knock("amira");
    REQUIRE(e->begin(only).why == reason::none);
    e.end_well();
    e.boot();
    CHECK(e->guess_as_strangers("amira", 20) == 8);  // and the minute in which it might have been settled
}

TEST_CASE("journal: an hourly restart refreshes no budget", "[penalty][journal]") {
    for (bool const well : {false, true}) {
        device_at_work d;
        int verified = 0;
        for (int hour = 0; hour < 48; ++hour) {
            verified += d->guess_as_strangers("amira", 20, static_cast<std::uint32_t>(hour * 100));
            d->now += 1h;
            if (well) d.end_well();
            d.boot();
        }
        CAPTURE(well);
        CHECK(verified <= 10 + 48);
        if (well) CHECK(verified >= 50);
    }
}

TEST_CASE("journal: right secrets and power losses lock nobody out", "[penalty][journal]") {
    auto const pass = [](device_at_work& d, nanoseconds t) {
        for (nanoseconds n{}; n < t; n += 1min, d->now += 1min)
            d->operator*().note(sallyport::upkeep{at(d->now)});
    };
    for (std::uint32_t const cap : {0U, 1U, 2U, 4U, 8U, 100U}) {
        device_at_work d{{.consecutive_cap = cap}};
        CAPTURE(cap);
        for (int day = 0; day < 60; ++day, d.boot()) {
            CAPTURE(day);
            d->now += 23h;
            REQUIRE(d->log_in(knock("amira")));
            pass(d, 30min);  // and the power goes
        }
    }
    for (bool const paired : {false, true}) {  // a machine that runs four hours a day
        device_at_work d;
        for (int day = 0; day < 20; ++day, d.boot()) {
            CAPTURE(paired, day);
            REQUIRE(d->log_in(paired ? from_device("amira", 1) : knock("amira")));
            pass(d, 4h);
        }
    }
}

TEST_CASE("journal: what is written off for right secrets is not spent, and not what others spend",
          "[penalty][journal]") {
    device_at_work d;
    CHECK(d->guess_as_strangers("bo", 3) == 3);
    REQUIRE(d->log_in(knock("amira")));
    visit flying = knock("bo", host(100));
    REQUIRE(d->begin(flying).why == reason::none);
    d->operator*().note(sallyport::upkeep{at(d->now + 1h - 1ns)});
    std::uint64_t const before = d.writes();
    d->now += 1h;
    d->operator*().note(sallyport::upkeep{at(d->now)});
    CHECK(d.writes() == before + 1);
    d.boot();
    CHECK(d->guess_as_strangers("amira", 20) == 10);
    CHECK(d->guess_as_strangers("bo", 20, 200) <= 7);
}

TEST_CASE("journal: many right secrets cost one account no more than a write an hour", "[penalty][journal]") {
    for (nanoseconds const pause :
         {nanoseconds{1min}, nanoseconds{20min}, nanoseconds{61min}, nanoseconds{5h}})
        for (std::uint32_t const cap : {0U, 8U, 100U}) {
            device_at_work d{{.consecutive_cap = cap}};
            CAPTURE(pause.count(), cap);
            nanoseconds next = d->now;
            for (int minute = 0; minute < 10 * 24 * 60; ++minute, d->now += 1min) {
                if (d->now >= next) {
                    REQUIRE(d->log_in(knock("amira")));
                    next += pause;
                }
                d->operator*().note(sallyport::upkeep{at(d->now)});
            }
            CHECK(d.writes() <= 1 + 10 * 24 + 1);  // one when it was opened, one more at the very end
        }
}

TEST_CASE("journal: a lane that is put back owes no more than a lane can", "[penalty][journal]") {
    device_at_work d;
    CHECK(d->guess_as_strangers("amira", 10) == 10);
    d->now += 1h;
    CHECK(d->guess_as_strangers("amira", 1, 100) == 1);
    CHECK(d->delay(knock("amira")) == 1h);
    d.boot();
    CHECK(d->delay(knock("amira")) >= 1h);
    CHECK(d->delay(knock("amira")) <= 1h + 5min);
    device_at_work slow{{.strangers = {10, 24h * 30}, .paired = {10, 24h}}};
    REQUIRE(slow->log_in(from_device("amira", 1)));
    for (int i = 0; i < 10; ++i) REQUIRE(slow->guess(from_device("amira", 1)));
    CHECK(slow->guess_as_strangers("amira", 10) == 10);
    slow.options_are({});  // the interval was a mistake
    slow.boot();
    CHECK(slow->delay(knock("amira")) >= 1h);
    CHECK(slow->delay(knock("amira")) <= 1h + 5min);
    CHECK(slow->delay(from_device("amira", 1)) >= 5min);
    CHECK(slow->delay(from_device("amira", 1)) <= 5min + 5min);
    slow.boot();  // nor is more on disk
    slow->now += 10h + 5min;
    slow->operator*().note(sallyport::upkeep{at(slow->now)});
    slow.boot();
    CHECK(slow->guess_as_strangers("amira", 20) == 10);
}

TEST_CASE("journal: at most seven writes a day for a lane of 34, sixty for a paired device's",
          "[penalty][journal]") {
    device_at_work d;
    std::uint64_t const before = d.writes();
    int verified = 0;
    for (int minute = 0; minute < 24 * 60; ++minute, d->now += 1min) {
        verified += d->guess_as_strangers("amira", 3, static_cast<std::uint32_t>(minute * 3));
        d->operator*().note(sallyport::upkeep{at(d->now)});
    }
    CHECK(verified >= 33);
    CHECK(d.writes() - before <= 7);
    REQUIRE(d->log_in(from_device("bo", 1)));
    std::uint64_t const paired = d.writes();
    verified = 0;
    for (int minute = 0; minute < 24 * 60; ++minute, d->now += 1min)
        for (int i = 0; i < 3; ++i) verified += d->guess(from_device("bo", 1)) ? 1 : 0;
    CHECK(verified >= 297);
    CHECK(d.writes() - paired <= 60);
    // As many as there can be, for whoever paces himself by what is on disk: each attempt just beyond what is on disk, then all that is left at once.
    device_at_work e;
    std::uint64_t const first = e.writes();
    for (int hour = 0; hour < 24; hour += 4, e->now += 4h + 1s)
        CHECK(e->guess_as_strangers("amira", hour == 20 ? 20 : 1, static_cast<std::uint32_t>(hour * 100)) >=
              1);
    e->now -= 30s;
    e->guess_as_strangers("amira", 20, 9000);
    CHECK(e.writes() - first >= 7);
    CHECK(e.writes() - first <= 9);
}

TEST_CASE("journal: it says when it has something to write", "[penalty][journal]") {
    device_at_work d;
    CHECK(d->operator*().next_upkeep() == nanoseconds::max());
    CHECK(d->guess_as_strangers("amira", 10) == 10);
    auto const sleep_until = [&](nanoseconds end) {
        int wakes = 0;
        for (nanoseconds next; (next = d->operator*().next_upkeep()) <= end; ++wakes) {
            REQUIRE(next > d->now);
            d->now = next;
            d->operator*().note(sallyport::upkeep{at(d->now)});
        }
        d->now = end;
        return wakes;
    };
    CHECK(sleep_until(d->now + 30 * 24h) <= 4);
    d.boot();  // and the power had gone
    CHECK(d->guess_as_strangers("amira", 20) == 10);

    std::string const older = d.bytes();
    REQUIRE(d->log_in(knock("bo")));
    CHECK(d->operator*().next_upkeep() == d->now + 1h);
    d.put(older);  // somebody else's hand: nothing can be written, and nobody is busy with it
    int const wakes = sleep_until(d->now + 24h);
    CHECK(wakes >= 1);
    CHECK(wakes <= 24 * 60);
}

TEST_CASE("journal: pairs outlive a restart, and so does what they owe", "[penalty][journal]") {
    device_at_work d;
    REQUIRE(d->log_in(from_device("amira", 1)));
    REQUIRE(d->log_in(from_device("amira", 2)));
    for (int i = 0; i < 10; ++i) REQUIRE(d->guess(from_device("amira", 2)));
    d->guess_as_strangers("amira", 20);
    d.boot();
    CHECK(d->log_in(from_device("amira", 1)));
    CHECK(d->delay(from_device("amira", 2)) >= 5min);
    CHECK(d->delay(knock("amira", host(77))) > 0s);
    REQUIRE(d->operator*().revoke_pair(knock("amira"), device(1), at(d->now)) == 1);
    d.boot();
    int pairs = 0;
    d->operator*().each_pair(knock("amira"), d->now, [&](sallyport::pair_entry const& e) {
        CHECK(e.device == device(2));
        ++pairs;
    });
    CHECK(pairs == 1);
}

TEST_CASE("journal: the clock on the wall is nobody's to gain by", "[penalty][journal]") {
    device_at_work d;
    CHECK(d->guess_as_strangers("amira", 10) == 10);
    d.boot({}, 5s);  // boot time begins anew, as it does
    CHECK(d->guess_as_strangers("amira", 20) == 0);
    d->now += 24h;
    CHECK(d->guess_as_strangers("amira", 20, 50) == 10);
    d.boot({}, 24h * 365 * 100);  // a device that claims to have run for a hundred years
    CHECK(d->guess_as_strangers("amira", 20, 100) == 0);
}

TEST_CASE("journal: the service alone restarts: its time has gone on", "[penalty][journal]") {
    device_at_work d;
    d.boot("this boot");
    CHECK(d->guess_as_strangers("amira", 10) == 10);
    d.boot("this boot", 1h + 3h);
    int const regained = d->guess_as_strangers("amira", 20);
    CHECK(regained <= 3);
    CHECK(regained >= 2);
}

TEST_CASE("journal: a torn file shuts the gate", "[penalty][journal]") {
    device_at_work d;
    REQUIRE(d->log_in(from_device("amira", 1)));
    d->guess_as_strangers("amira", 7);
    std::string const whole = d.bytes();
    d.boot();
    REQUIRE(d.fault().empty());
    d.put(whole);
    for (std::size_t size = 0; size < whole.size(); size += size < 64 ? 1 : 13) {
        d.put(whole.substr(0, size));
        d.boot();
        CAPTURE(size);
        CHECK_FALSE(d.fault().empty());
        CHECK(d.bytes().size() == size);  // and is left as it lies, for whoever finds out why
    }
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        d.put(flipped);
        d.boot();
        CAPTURE(at);
        CHECK_FALSE(d.fault().empty());
    }
    d.put(whole + std::string(8, '\0'));
    d.boot();
    CHECK(d.fault() == "penalty::journal: it is torn: its sum is wrong");
    d.put(whole);
    d.boot();
    CHECK(d.fault().empty());
}

TEST_CASE("journal: a file of the first version is read, and written as one of the second",
          "[penalty][journal]") {
    device_at_work d;
    REQUIRE(d->log_in(from_device("amira", 1)));
    CHECK(d->guess_as_strangers("amira", 10) == 10);
    std::string const now = d.bytes();
    std::vector<word> words(now.size() / sizeof(word) - 2);
    std::memcpy(words.data(), now.data(), words.size() * sizeof(word));
    words[1] = 1;
    words.erase(words.begin() + 9);  // the instance
    sallyport::siphasher a{{0x73616c6c79706f72, 0x742e6c616e65732e}},
        b{{0x746f726e2e6f722e, 0x666f726569676e21}};
    for (word const w : words) a.feed(w), b.feed(w);
    words.push_back(a.finish()), words.push_back(b.finish());
    d.put({reinterpret_cast<char const*>(words.data()), words.size() * sizeof(word)});
    d.boot();
    REQUIRE(d.fault().empty());
    CHECK(d->operator*().is_pair(from_device("amira", 1), at(d->now)));
    CHECK(d->guess_as_strangers("amira", 20) == 0);
    CHECK(d.bytes().size() == now.size());
}

TEST_CASE("journal: a foreign file shuts the gate", "[penalty][journal]") {
    device_at_work d;
    d.boot({}, 1h, "another device");
    CHECK(d.fault() == "penalty::journal: it was made for another device");
    d.boot();
    CHECK(d.fault().empty());
    std::filesystem::permissions(d.file(), std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    d.boot();
    CHECK(d.fault() == "penalty::journal: others may write to it");
    std::filesystem::remove(d.file());
    std::filesystem::create_symlink("/dev/null", d.file());
    d.boot();
    CHECK_FALSE(d.fault().empty());
    CHECK_FALSE(journal{journal_options{}}.fault().empty());
    CHECK_FALSE(journal{journal_options{.path = "x", .chunk = 0}}.fault().empty());
}

TEST_CASE("journal: what cannot be written is not verified", "[penalty][journal]") {
    device_at_work d;
    std::string const older = d.bytes();
    CHECK(d->guess_as_strangers("amira", 5) == 5);
    std::filesystem::rename(d.file(), d.file() + ".away");
    d.put(older);  // somebody else's hand
    visit v = knock("amira", host(100));
    CHECK(d->begin(v).why == reason::storage_unavailable);
    d->withdraw(v);
    std::filesystem::rename(d.file() + ".away", d.file());
    CHECK(d->guess_as_strangers("amira", 20, 200) == 5);
}

TEST_CASE("journal: an older file in the same place is noticed, one that is only touched is not minded",
          "[penalty][journal]") {
    device_at_work d;
    std::string const older = d.bytes();
    CHECK(d->guess_as_strangers("amira", 5) == 5);
    std::string const mine = d.bytes();
    auto const stamp = std::filesystem::last_write_time(d.file());
    d.put(older);  // the same file by its number
    std::filesystem::last_write_time(d.file(), stamp + 1s);
    visit v = knock("amira", host(100));
    CHECK(d->begin(v).why == reason::storage_unavailable);
    d->withdraw(v);
    d.put(mine);
    std::filesystem::last_write_time(d.file(), stamp + 2s);
    CHECK(d->guess_as_strangers("amira", 20, 200) == 5);
}

TEST_CASE("journal: two gates at one file do not go on in turns", "[penalty][journal]") {
    device_at_work d;
    int verified = d->guess_as_strangers("amira", 1);
    lanes_at_work<journal> other{
        {}, journal{{.path = d.file(), .device = "device", .boot_id = "boot 1"}}, 1h};
    for (std::uint32_t n = 0; n < 40; ++n) {
        verified += other.guess_as_strangers("amira", 1, 1000 + n);
        verified += d->guess_as_strangers("amira", 1, 2000 + n);
    }
    CHECK(verified <= 10);
}

TEST_CASE("journal: a revocation that could not be written is, as soon as it can be", "[penalty][journal]") {
    for (nanoseconds const pause : {nanoseconds{1min - 1ns}, nanoseconds{1min}}) {
        device_at_work d;
        REQUIRE(d->log_in(from_device("amira", 1)));
        d->now += 24h;
        std::string const in_its_way = d.file().substr(0, d.file().rfind('/') + 1) + ".lanes.journal.new";
        std::filesystem::create_directory(in_its_way);
        CHECK(d->operator*().revoke_pair(knock("amira"), device(1), at(d->now)) == 1);
        std::filesystem::remove(in_its_way);
        std::uint64_t const before = d.writes();
        d->operator*().note(sallyport::upkeep{at(d->now + pause)});
        CHECK(d.writes() == before + (pause < 1min ? 0 : 1));
        d->operator*().note(sallyport::upkeep{at(d->now + 2 * pause)});
        CHECK(d.writes() == before + 1);
        d.boot();
        CHECK_FALSE(d->operator*().is_pair(from_device("amira", 1), at(d->now)));
    }
}

TEST_CASE("journal: spraying names does not wear out the flash", "[penalty][journal]") {
    device_at_work d{{}, 10};
    std::uint64_t const before = d.writes();
    for (int n = 0; n < 500; ++n) {
        visit v = knock("nobody" + std::to_string(n), address{});
        v.known = false;
        CHECK(d->guess(v));
    }
    CHECK(d.writes() - before == 10);
    d->now += 24h;
    visit v = knock("nobody", address{});
    v.known = false;
    CHECK(d->guess(v));
    CHECK(d.writes() - before == 11);
}

TEST_CASE("journal: a cap on failures in a row is kept, and never grows smaller by a restart",
          "[penalty][journal]") {
    device_at_work d{{.consecutive_cap = 8}};
    CHECK(d->guess_as_strangers("amira", 7) == 7);
    d.boot();
    d->now += 48h;
    CHECK(d->guess_as_strangers("amira", 20) <= 1);
}

TEST_CASE("journal: failures in a row that are in flight when the books are closed are counted",
          "[penalty][journal]") {
    device_at_work d{{.consecutive_cap = 8}};
    REQUIRE(d->log_in(from_device("amira", 1)));
    int wrong = 0;
    for (int boots = 0; boots < 3; ++boots, d.boot()) {
        d->now += 48h;
        std::vector<visit> flying;
        for (std::uint32_t n = 0; n < 6; ++n)
            if (visit v = knock("amira", host(n)); d->begin(v).why == reason::none) flying.push_back(v);
        if (visit v = from_device("amira", 1); boots == 0 && d->begin(v).why == reason::none)
            flying.push_back(v);
        REQUIRE(d->log_in(from_device("maria", static_cast<std::uint8_t>(boots + 2))));  // closes them
        for (visit const& v : flying) d->wrong(v), ++wrong;
    }
    CHECK(wrong <= 8);
    device_at_work e{{.consecutive_cap = 8}};
    for (std::uint8_t n = 1; n <= 2; ++n) REQUIRE(e->log_in(from_device("amira", n)));
    for (std::uint8_t n = 0; n < 8; ++n) {
        visit v = from_device("amira", n % 2 == 0 ? 1 : 2);
        REQUIRE(e->begin(v).why == reason::none);
    }
    e.boot();
    CHECK(e->guess_as_strangers("amira", 20) == 0);
}

TEST_CASE("journal: it refuses more accounts than it could read again, and tells what was lowered",
          "[penalty][journal]") {
    support::folder const disk;
    auto const fault_with = [&](lane_options o) {
        sallyport::penalty::lanes<journal> guard{
            o, journal{{.path = disk.file("lanes.journal"), .device = "device", .boot_id = "boot"}}};
        sallyport::blueprint plan;
        guard.attach(plan);
        return std::string{guard.fault()};
    };
    CHECK(fault_with({.unknown = 1U << 19}).empty());
    CHECK(fault_with({.unknown = 1U << 20}) ==
          "penalty::journal: known, unknown and pairs are more than a file of 64 MiB holds");
    device_at_work d{{.pairs = 8}};
    REQUIRE(d->log_in(from_device("amira", 1)));
    REQUIRE(d->log_in(from_device("bo", 2)));
    d.options_are({.pairs = 1});
    d.boot();
    CHECK(d.fault() == "penalty::journal: what it holds cannot be, or known, unknown or pairs was lowered");
}

TEST_CASE("journal: it refuses a house in which attempts last longer than it writes ahead for",
          "[penalty][journal]") {
    support::folder const disk;
    for (nanoseconds const overdue : {nanoseconds{60s}, nanoseconds{60s + 1ns}, nanoseconds{12h}}) {
        CAPTURE(overdue.count());
        sallyport::penalty::lanes<journal> guard{
            {}, journal{{.path = disk.file("lanes.journal"), .device = "device", .boot_id = "boot"}}};
        sallyport::blueprint plan;
        sallyport::house_options{.overdue = overdue}.describe(plan);
        guard.attach(plan);
        CHECK(guard.fault() ==
              (overdue <= 60s ? "" : "penalty::journal: house_options::overdue is more than 60 s"));
    }
}

}  // namespace
