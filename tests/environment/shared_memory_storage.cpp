// SPDX-License-Identifier: BSL-1.0
#include "shared_house.hpp"
#include "support/catch.hpp"

#include <sallyport/role/role_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace shared_house;
using sallyport::blueprint;
using sallyport::region;
using sallyport::shared_memory_options;
using sallyport::shared_memory_storage;
using sallyport::word;
using sallyport::detail::segment_head;

blueprint plan_of(std::size_t words, std::string_view what = "words/1") {
    blueprint plan;
    (void)plan.claim(what, words, 64);
    return plan;
}
std::string why_not(shared_memory_options o, blueprint const& plan = plan_of(100)) {
    shared_memory_storage s{std::move(o)};
    return s.open(plan) ? std::string{} : std::string{s.fault()};
}
bool speaks_of(std::string const& why, std::string_view of) { return why.find(of) != std::string::npos; }
mode_t mode_of(std::string const& file) {
    struct stat about {};
    return stat(file.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
}

TEST_CASE("who comes second finds what the first has left", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage one{{.path = here.segment()}}, other{{.path = here.segment()}};
    REQUIRE(one.open(plan_of(100)));
    REQUIRE(other.open(plan_of(100)));
    CHECK(one.key().a == other.key().a);
    CHECK(one.key().b == other.key().b);
    CHECK((one.key().a | one.key().b) != 0);
    CHECK(one.self() != other.self());

    REQUIRE(one.lock());
    for (std::size_t i = 0; i < 100; ++i) CHECK(one.words().get<word>(i) == 0);
    one.words().put(7, word{42});
    one.unlock();
    REQUIRE(other.lock());
    CHECK_FALSE(other.undisturbed());
    CHECK(other.words().get<word>(7) == 42);
    CHECK(other.alive(one.self()));
    CHECK(other.alive(other.self()));
    other.unlock();
    REQUIRE(other.lock());
    CHECK(other.undisturbed());
    other.unlock();
    CHECK(mode_of(here.segment()) == 0600);
    CHECK(mode_of(here.keys()) == 0600);
}

TEST_CASE("who leaves leaves the state, and is seen to have left", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage stays{{.path = here.segment()}};
    REQUIRE(stays.open(plan_of(100)));
    word gone = 0;
    {
        shared_memory_storage goes{{.path = here.segment()}};
        REQUIRE(goes.open(plan_of(100)));
        gone = goes.self();
        REQUIRE(goes.lock());
        goes.words().put(0, word{7});
        goes.unlock();
        CHECK(stays.alive(gone));
    }
    CHECK_FALSE(stays.alive(gone));
    CHECK_FALSE(stays.alive(gone + (word{1} << 40)));  // nobody
    CHECK_FALSE(stays.alive(0));
    REQUIRE(stays.lock());
    CHECK(stays.words().get<word>(0) == 7);
    stays.unlock();
    shared_memory_storage next{{.path = here.segment()}};
    REQUIRE(next.open(plan_of(100)));
    CHECK(next.self() != gone);
}

TEST_CASE("there are as many seats as processes that can share it", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    std::vector<std::unique_ptr<shared_memory_storage>> all;
    for (std::size_t i = 0; i < shared_memory_storage::most_processes; ++i) {
        all.push_back(std::make_unique<shared_memory_storage>(shared_memory_options{.path = here.segment()}));
        REQUIRE(all.back()->open(plan_of(100)));
    }
    CHECK(speaks_of(why_not({.path = here.segment()}), "as many processes as can share it"));
    all.erase(all.begin() + 5);
    CHECK(why_not({.path = here.segment()}).empty());
}

TEST_CASE("the heir of a dead holder puts back what that one left half done",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage s{{.path = here.segment()}};
    REQUIRE(s.open(plan_of(100)));
    REQUIRE(s.lock());
    for (std::size_t i = 0; i < 10; ++i) s.words().put(i, word{i + 1});
    s.unlock();
    int status = 0;
    pid_t const child = in_a_child([&] {
        shared_memory_storage dies{{.path = here.segment()}};
        if (!dies.open(plan_of(100)) || !dies.lock()) return false;
        dies.words().put(0, word{100});
        dies.commit();  // that stands
        for (std::size_t i = 0; i < 10; ++i) dies.words().put(i, word{1000});
        dies.words().put(3, word{2000});  // twice: the oldest is put back
        (void)raise(SIGKILL);
        return false;
    });
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto const asked = std::chrono::steady_clock::now();
    REQUIRE(s.lock());
    CHECK(std::chrono::steady_clock::now() - asked < 500ms);  // the dead are not waited for
    CHECK(s.words().get<word>(0) == 100);
    for (std::size_t i = 1; i < 10; ++i) CHECK(s.words().get<word>(i) == i + 1);
    s.unlock();
    CHECK(s.rollbacks() == 1);
}

TEST_CASE("nobody goes on where there is no way back", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage s{{.path = here.segment()}};
    REQUIRE(s.open(plan_of(100)));
    int status = 0;
    pid_t const child = in_a_child([&] {
        shared_memory_storage dies{{.path = here.segment()}};
        if (!dies.open(plan_of(100)) || !dies.lock()) return false;
        for (std::size_t i = 0; i < 65; ++i) dies.words().put(i, word{i + 1});  // the plan said 64
        (void)raise(SIGKILL);
        return false;
    });
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK_FALSE(s.lock());
    CHECK_FALSE(s.lock());
    CHECK(speaks_of(why_not({.path = here.segment()}), "beyond what can be put back"));
}

TEST_CASE("a longer transaction than planned is one all the same, if its owner lives",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage s{{.path = here.segment()}};
    REQUIRE(s.open(plan_of(100)));
    REQUIRE(s.lock());
    for (std::size_t i = 0; i < 100; ++i) s.words().put(i, word{i + 1});
    s.unlock();
    REQUIRE(s.lock());
    CHECK(s.words().get<word>(99) == 100);
    s.unlock();
}

TEST_CASE("a stopped holder is waited for as long as patience lasts", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage s{{.path = here.segment(), .patience = 100ms}};
    REQUIRE(s.open(plan_of(100)));
    signal_pipe const ready;
    pid_t const child = in_a_child([&] {
        shared_memory_storage holds{{.path = here.segment()}};
        if (!holds.open(plan_of(100)) || !holds.lock()) return false;
        holds.words().put(0, word{7});
        ready.say();
        (void)raise(SIGSTOP);
        holds.unlock();
        return true;
    });
    REQUIRE(ready.hear());
    REQUIRE(waitpid(child, nullptr, WUNTRACED) == child);  // it has stopped
    auto const asked = std::chrono::steady_clock::now();
    CHECK_FALSE(s.lock());
    auto const waited = std::chrono::steady_clock::now() - asked;
    CHECK(waited >= 100ms);
    CHECK(waited < 5s);
    CHECK(speaks_of(why_not({.path = here.segment(), .patience = 10ms}), "does not go on"));
    (void)kill(child, SIGCONT);
    CHECK(ended_well(child));
    REQUIRE(s.lock());
    CHECK(s.words().get<word>(0) == 7);  // it was no dead man's: what it did stands
    s.unlock();
}

TEST_CASE("the lock lets one in at a time, threads and processes alike",
          "[environment][shared_memory][threads][fork]") {
    place_for_segment const here;
    constexpr int each = 2000;
    auto const count = [](shared_memory_storage& s) {
        for (int i = 0; i < each; ++i)
            if (s.lock()) {
                s.words().put(0, s.words().get<word>(0) + 1);
                s.unlock();
            }
    };
    shared_memory_storage s{{.path = here.segment(), .patience = 60s}};
    REQUIRE(s.open(plan_of(100)));
    std::array<pid_t, 2> children{};
    for (pid_t& c : children)
        c = in_a_child([&] {
            shared_memory_storage own{{.path = here.segment(), .patience = 60s}};
            if (!own.open(plan_of(100))) return false;
            count(own);
            return true;
        });
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { count(s); });
    for (auto& t : threads) t.join();
    for (pid_t const c : children) CHECK(ended_well(c));
    REQUIRE(s.lock());
    CHECK(s.words().get<word>(0) == 5 * each);
    s.unlock();
}

// ---- what is refused, and how it reads ------------------------------------------------------------------

TEST_CASE("another layout is refused, and what differs is named", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_options const o{.path = here.segment(), .roles = 7};
    blueprint plan = plan_of(100);
    plan.options("backoff", 1, 2s);
    plan.agree_on("role table", 42);
    shared_memory_storage maker{o};
    REQUIRE(maker.open(plan));
    REQUIRE(why_not(o, plan).empty());

    SECTION("plan") {
        CHECK(speaks_of(why_not(o, plan_of(101)), "differ in: plan of words/1"));
        CHECK(speaks_of(why_not(o, plan_of(100, "other words/1")), "differ in: plan of other words/1"));
        CHECK(speaks_of(why_not(o, plan_of(100)), "differ in: plan (it has more guards)"));
    }
    SECTION("options, and whose") {
        blueprint other = plan_of(100);
        other.options("backoff", 1, 3s);
        CHECK(speaks_of(why_not(o, other), "differ in: options of backoff"));
    }
    SECTION("role table, as the verifier says it") {
        blueprint other = plan_of(100);
        other.options("backoff", 1, 2s);
        other.agree_on("role table", 43);
        CHECK(speaks_of(why_not(o, other), "differ in: role table"));
    }
    SECTION("role table, as the host says it") {
        CHECK(speaks_of(why_not({.path = here.segment(), .roles = 8}, plan), "differ in: role table"));
    }
    struct {
        std::string_view what;
        std::size_t at;
    } const words[] = {
        {"version (format of the segment)",
         offsetof(segment_head, agreed) + offsetof(sallyport::detail::layout, format)},
        {"endianness", offsetof(segment_head, agreed) + offsetof(sallyport::detail::layout, order)},
        {"version", offsetof(segment_head, agreed) + offsetof(sallyport::detail::layout, release)},
        {"boot id", offsetof(segment_head, agreed) + offsetof(sallyport::detail::layout, boot)},
    };
    SECTION("version, endianness and boot") {
        for (auto const& w : words) {
            CAPTURE(w.what);
            place_for_segment const fresh;
            {
                shared_memory_storage another{{.path = fresh.segment()}};
                REQUIRE(another.open(plan));
            }
            std::uint64_t const odd = 0x3131313131313131;
            REQUIRE(overwrite(fresh.segment(), w.at, &odd, sizeof odd));
            std::string const why = why_not({.path = fresh.segment()}, plan);
            CAPTURE(why);
            CHECK(speaks_of(why, "differ in: " + std::string{w.what} + " ("));
            CHECK(speaks_of(why, fresh.segment()));
        }
    }
    SECTION("a machine of the other endianness") {
        place_for_segment const fresh;
        {
            shared_memory_storage another{{.path = fresh.segment()}};
            REQUIRE(another.open(plan));
        }
        std::uint64_t const swapped = __builtin_bswap64(segment_head::made_magic);
        REQUIRE(overwrite(fresh.segment(), 0, &swapped, sizeof swapped));
        CHECK(speaks_of(why_not({.path = fresh.segment()}, plan), "differ in: endianness"));
    }
}

TEST_CASE("the role table's print tells tables apart", "[environment][shared_memory]") {
    constexpr sallyport::role::role_table one{"Admin", "Viewer"}, same{"Admin", "Viewer"},
        turned{"Viewer", "Admin"}, more{"Admin", "Viewer", "Engineer"};
    static_assert(one.print() == same.print());
    CHECK(one.print() != turned.print());
    CHECK(one.print() != more.print());
}

TEST_CASE("a segment that somebody has put there is refused", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto const refused_for = [&](std::string_view why) {
        std::string const said = why_not({.path = here.segment()});
        CAPTURE(said);
        CHECK(speaks_of(said, why));
    };
    auto const put = [&](std::string_view text, mode_t mode) {
        int const f = open(here.segment().c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
        REQUIRE(f >= 0);
        REQUIRE(fchmod(f, mode) == 0);
        REQUIRE(write(f, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        (void)close(f);
    };
    SECTION("something else of that name") {
        put(std::string(100'000, 'x'), 0600);
        refused_for("it is no segment of this library");
    }
    SECTION("something short") {
        put("hello", 0600);
        refused_for("it is no segment of this library");
    }
    SECTION("zeroes") {
        put(std::string(1'000'000, '\0'), 0600);
        refused_for("it is no segment of this library");
    }
    SECTION("open to all") {
        put("", 0666);
        refused_for("others than its owner and group may open it");
    }
    SECTION("open to a group that was not named") {
        put("", 0660);
        refused_for("its group may open it, and none was named");
    }
    SECTION("a link") {
        put("", 0600);
        REQUIRE(rename(here.segment().c_str(), here.at("other").c_str()) == 0);
        REQUIRE(symlink(here.at("other").c_str(), here.segment().c_str()) == 0);
        refused_for("it is a symbolic link");
    }
    SECTION("a link to nowhere") {
        REQUIRE(symlink(here.at("other").c_str(), here.segment().c_str()) == 0);
        refused_for("it is a symbolic link");
        CHECK(access(here.at("other").c_str(), F_OK) != 0);
    }
    SECTION("a file with two names") {
        put("", 0600);
        REQUIRE(link(here.segment().c_str(), here.at("other").c_str()) == 0);
        refused_for("it has a second name");
    }
    SECTION("a folder, a pipe") {
        REQUIRE(mkfifo(here.segment().c_str(), 0600) == 0);
        CHECK_FALSE(why_not({.path = here.segment()}).empty());
        REQUIRE(unlink(here.segment().c_str()) == 0);
        REQUIRE(mkdir(here.segment().c_str(), 0700) == 0);
        CHECK_FALSE(why_not({.path = here.segment()}).empty());
        REQUIRE(rmdir(here.segment().c_str()) == 0);
    }
    SECTION("somebody else's") {
        if (geteuid() != 0) return;  // only root can give a file away
        put("", 0600);
        REQUIRE(chown(here.segment().c_str(), 65534, 65534) == 0);
        refused_for("it was made by somebody else");
        CHECK(why_not({.path = here.segment(),
                       .makers = {65534, shared_memory_options::nobody, shared_memory_options::nobody,
                                  shared_memory_options::nobody}})
                  .empty());
    }
}

TEST_CASE("what a maker who died has left is begun anew", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    std::uint64_t const mark = segment_head::making_magic;
    std::string half(1'000'000, '\0');
    half.replace(0, sizeof mark, reinterpret_cast<char const*>(&mark), sizeof mark);
    for (std::string const& left : {std::string{}, half.substr(0, 8), half}) {
        int const f = open(here.segment().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        REQUIRE(f >= 0);
        REQUIRE(write(f, left.data(), left.size()) == static_cast<ssize_t>(left.size()));
        (void)close(f);
        CHECK(why_not({.path = here.segment()}).empty());
        CHECK(why_not({.path = here.segment()}).empty());
    }
}

TEST_CASE("it lies where a restart clears it, in a folder of ours", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    std::string disk = "/var/tmp/sallyport-test-XXXXXX";
    REQUIRE(mkdtemp(disk.data()) != nullptr);
    CHECK(speaks_of(why_not({.path = disk + "/gate"}), "a restart of the device does not clear"));
    CHECK(access((disk + "/gate").c_str(), F_OK) != 0);  // and nothing is left there
    CHECK(rmdir(disk.c_str()) == 0);
    for (std::string const path : {"", "gate", "./gate", "/dev/shm/"})
        CHECK(speaks_of(why_not({.path = path}), "absolute"));
    CHECK(speaks_of(why_not({.path = here.at("no/gate")}), "its folder cannot be opened"));
    REQUIRE(chmod(here.folder().c_str(), 0777) == 0);
    CHECK(speaks_of(why_not({.path = here.segment()}), "anybody may put files"));
    REQUIRE(chmod(here.folder().c_str(), 01777) == 0);
    CHECK(why_not({.path = here.segment()}).empty());
}

TEST_CASE("the keys are ours alone, or they are not taken", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    { REQUIRE(why_not({.path = here.segment()}).empty()); }
    auto const refused_for = [&](std::string_view why) {
        std::string const said = why_not({.path = here.segment()});
        CAPTURE(said);
        CHECK(speaks_of(said, why));
    };
    SECTION("missing") {
        REQUIRE(unlink(here.keys().c_str()) == 0);
        refused_for("the file of its keys is missing");
    }
    SECTION("readable by all") {
        REQUIRE(chmod(here.keys().c_str(), 0644) == 0);
        refused_for("the file of its keys is not as it should be");
    }
    SECTION("writable by a group") {
        REQUIRE(chmod(here.keys().c_str(), 0660) == 0);
        refused_for("the file of its keys is not as it should be");
    }
    SECTION("a link") {
        REQUIRE(rename(here.keys().c_str(), here.at("other").c_str()) == 0);
        REQUIRE(symlink(here.at("other").c_str(), here.keys().c_str()) == 0);
        refused_for("the file of its keys is a symbolic link");
    }
    SECTION("cut short") {
        REQUIRE(truncate(here.keys().c_str(), 39) == 0);
        refused_for("holds something else");
    }
    SECTION("another segment's") {
        shared_memory_storage another{{.path = here.at("other")}};
        REQUIRE(another.open(plan_of(100)));
        REQUIRE(rename(here.at("other.keys").c_str(), here.keys().c_str()) == 0);
        refused_for("belong to another segment");
    }
    SECTION("with a bit turned") {
        unsigned char c = 0;
        int const f = open(here.keys().c_str(), O_RDWR);
        REQUIRE(pread(f, &c, 1, 8) == 1);
        c ^= 1;
        REQUIRE(pwrite(f, &c, 1, 8) == 1);
        (void)close(f);
        refused_for("belong to another segment");
    }
    SECTION("somebody else's") {
        if (geteuid() != 0) return;
        REQUIRE(chown(here.keys().c_str(), 65534, 65534) == 0);
        refused_for("the file of its keys is not as it should be");
    }
}

TEST_CASE("a group shares it: it may write the segment, and read the keys",
          "[environment][shared_memory][fork]") {
    if (geteuid() != 0) return;  // only root can take on two users
    place_for_segment const here;
    constexpr gid_t plant = 4242;
    REQUIRE(chown(here.folder().c_str(), 0, plant) == 0);
    REQUIRE(chmod(here.folder().c_str(), 0770) == 0);
    shared_memory_options const o{
        .path = here.segment(),
        .group = plant,
        .makers = {4001, 4002, shared_memory_options::nobody, shared_memory_options::nobody}};
    auto const as = [&](uid_t who, auto f) {
        return true_in_a_child([&] { return setgid(plant) == 0 && setuid(who) == 0 && f(); });
    };
    CHECK(as(4001, [&] { return why_not(o).empty(); }));
    CHECK(mode_of(here.segment()) == 0660);
    CHECK(mode_of(here.keys()) == 0640);
    CHECK(as(4002, [&] { return why_not(o).empty(); }));
    CHECK(as(4002, [&] { return open(here.keys().c_str(), O_WRONLY) < 0; }));
    // Whoever is none of the makers is not believed; whoever is not of the group cannot even look.
    CHECK(as(4001, [&] {
        return speaks_of(why_not({.path = here.segment(), .group = plant}), "somebody else") ||
               why_not({.path = here.segment(), .group = plant}).empty();
    }));
    CHECK(as(4002, [&] {
        return speaks_of(why_not({.path = here.segment(), .group = plant}), "it was made by somebody else");
    }));
}

TEST_CASE("no secret lies in the segment", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    shared_memory_storage s{{.path = here.segment()}};
    REQUIRE(s.open(plan_of(100)));
    auto const key = s.key();
    std::FILE* const f = std::fopen(here.segment().c_str(), "rb");
    REQUIRE(f != nullptr);
    std::uint64_t w = 0;
    bool found = false;
    while (std::fread(&w, sizeof w, 1, f) == 1) found = found || w == key.a || w == key.b;
    (void)std::fclose(f);
    CHECK_FALSE(found);
}

}  // namespace
