// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <atomic>
#include <cstdlib>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

using namespace house_of_tests;
using sallyport::open_file;

namespace {

constexpr auto well = "all is well";

/// Runs `f` as somebody who is not root, so that permissions mean something; what it returns is the test's.
template <class F>
bool as_nobody(house const& h, F f) {
    if (::geteuid() != 0) return f();
    for (auto const& e : fs::recursive_directory_iterator{h.at.at})
        if (::lchown(e.path().c_str(), 65534, 65534) != 0) return false;
    if (::chown(h.root().c_str(), 65534, 65534) != 0) return false;
    if (::setegid(65534) != 0 || ::seteuid(65534) != 0) return false;
    bool const good = f();
    if (::seteuid(0) != 0 || ::setegid(0) != 0) std::abort();
    return good;
}

/// A store with a root CA and a pump of it that are trusted, and the root's revocation list.
struct plant : house {
    pki::issued plant_root = ca(), p = pki::application("Pump 7", pki::p256("pumps")).by(plant_root),
                alone = pump("Alone");
    plant() {
        drop(place::trusted, "root", plant_root.der());
        drop(place::trusted, "alone", alone.der());
        drop(place::trusted_crl, "list", pki::revocations(plant_root).made().der());
    }
    trust::status says(directory& d, nanoseconds since) {
        (void)d.tick(after(since));
        return trust::validator{d.lists()}.validate({.chain = p.bytes()}, after(since)).first();
    }
};

}  // namespace

TEST_CASE("what breaks under a running store is told once, what it held stays in force, and mends",
          "[trust][directory][faults]") {
    plant h;
    auto d = h.open();
    auto const generation = d.lists().generation();
    auto const aside = h.at.at / "aside";
    std::string expected;
    SECTION("a folder is missing") {
        fs::rename(h.in(place::trusted), aside);
        expected =
            "trusted/certs: is missing, with all that was in it; what it held stays in force. Put the "
            "folder back, empty if nothing is to count any more";
    }
    SECTION("both of a list are missing") {
        fs::rename(h.at.at / "trusted", aside);
        expected =
            "trusted/crl: is missing, with all that was in it; what it held stays in force. Put the "
            "folder back, empty if nothing is to count any more";
    }
    SECTION("a folder is a file now") {
        fs::rename(h.in(place::trusted), aside);
        std::ofstream{h.in(place::trusted)} << "x";
        expected = "trusted/certs: is a file where a folder is expected; move it away";
    }
    SECTION("the folder above is a file now") {
        fs::rename(h.at.at / "trusted", aside);
        std::ofstream{h.at.at / "trusted"} << "x";
        expected = "trusted: is a file where a folder is expected; move it away";
    }
    SECTION("a folder leads out of the store") {
        fs::rename(h.in(place::trusted), aside);
        fs::create_directory_symlink("/", h.in(place::trusted));
        expected = "trusted/certs: is a link and is not followed; put a folder there";
    }
    SECTION("a folder leads nowhere") {
        fs::rename(h.in(place::trusted), aside);
        fs::create_directory_symlink("nowhere", h.in(place::trusted));
        expected = "trusted/certs: is a link and is not followed; put a folder there";
    }
    SECTION("a folder is a link within the store") {
        fs::rename(h.in(place::trusted), aside);
        fs::create_directory_symlink("../issuer/certs", h.in(place::trusted));
        expected = "trusted/certs: is a link and is not followed; put a folder there";
    }
    SECTION("a file is a folder now") {
        fs::rename(h.in(place::trusted) / "alone", aside);
        fs::create_directory(h.in(place::trusted) / "alone");
        expected =
            "trusted/certs/alone: is a folder where a file was; move it away; what it held stays in force";
    }
    for (int i = 0; i < 3; ++i) CHECK_FALSE(d.tick(after(i * 1s)));
    CHECK(said(d.fault()) == h.root() + "/" + expected);
    CHECK(h.told(store_event::kind::fault) == 1);  // not every second
    CHECK(h.last(store_event::kind::fault).text == h.root() + "/" + expected);
    CHECK(said(d.refresh()) == h.root() + "/" + expected);
    CHECK(d.lists().generation() == generation);
    CHECK(trusts(d, h.plant_root));
    CHECK(trusts(d, h.alone));
    CHECK(h.says(d, 10s) == trust::status::good);
    // Changes of a store that cannot be read are refused, and do nothing by halves.
    CHECK(said(d.add(*pump("New").read(), list::trusted)) == h.root() + "/" + expected);

    if (fs::is_directory(aside / "certs") || fs::is_directory(aside / "crl")) {
        fs::remove_all(h.at.at / "trusted");
        fs::rename(aside, h.at.at / "trusted");
    } else if (fs::is_directory(aside)) {
        fs::remove(h.in(place::trusted));
        fs::rename(aside, h.in(place::trusted));
    } else {
        fs::remove(h.in(place::trusted) / "alone");
        fs::rename(aside, h.in(place::trusted) / "alone");
    }
    CHECK(said(d.refresh()) == well);
    CHECK_FALSE(d.fault());
    CHECK(h.told(store_event::kind::mended) == 1);
    CHECK(trusts(d, h.alone));
    CHECK(said(d.add(*pump("New").read(), list::trusted)) == well);
}

TEST_CASE("a revocation counts also where another folder of the store is broken",
          "[trust][directory][faults]") {
    plant h;
    auto d = h.open();
    REQUIRE(h.says(d, 0s) == trust::status::good);
    place const broken = GENERATE(place::trusted, place::issuers, place::rejected);
    fs::remove_all(h.in(broken));
    std::ofstream{h.in(broken)} << "no folder";
    h.drop(place::trusted_crl, "new", pki::revocations(h.plant_root).number(2).revoke(h.p).made().der());
    CHECK(h.says(d, 1s) == trust::status::certificate_revoked);
    CHECK(d.fault());
    CHECK(h.told(store_event::kind::fault) == 1);
    // The rejected ones are a record: that it is broken keeps nobody from changing the lists.
    CHECK((said(d.add(*pump("New").read(), list::issuers)) == well) == (broken == place::rejected));
}

TEST_CASE("permission refused is said, and how to mend it; what was read before stays in force",
          "[trust][directory][faults]") {
    plant h;
    CHECK(as_nobody(h, [&] {
        auto d = h.open();
        bool good = trusts(d, h.alone);
        auto const closed = [&](fs::path const& what, mode_t mode, std::string const& expected) {
            auto const was = mode_of(what);
            (void)::chmod(what.c_str(), mode);
            let_time_pass();
            CAPTURE(said(d.fault()), expected);
            CHECK(d.refresh());
            CHECK(said(d.fault()).find(expected) != std::string::npos);
            CHECK(trusts(d, h.alone));
            CHECK(h.says(d, 100s) == trust::status::good);
            (void)::chmod(what.c_str(), was);
            CHECK(said(d.refresh()) == well);
            CHECK(trusts(d, h.alone));
        };
        closed(h.in(place::trusted), 0,
               "trusted/certs: cannot be opened: Permission denied; let this service's user into it");
        closed(h.in(place::trusted), 0600,  // its names can be read, and nothing else
               ": cannot be looked at: Permission denied; what it held stays in force");
        closed(h.in(place::trusted) / "alone", 0,
               "trusted/certs/alone: cannot be opened: Permission denied; what it held stays in force");
        closed(h.in(place::trusted_crl) / "list", 0,
               "trusted/crl/list: cannot be opened: Permission denied; what it held stays in force");
        good = good && h.told(store_event::kind::fault) == 4 && h.told(store_event::kind::mended) == 4;
        // What never counted does not begin to by being closed.
        (void)::chmod(h.drop(place::trusted, "secret", pump("Secret").der()).c_str(), 0);
        CHECK(said(d.refresh()) == well);
        CHECK(d.skipped().size() == 1);
        CHECK(d.skipped()[0].reason == "cannot be opened: Permission denied");
        // Where nothing may be written it is said, and nothing is half done.
        (void)::chmod(h.in(place::trusted).c_str(), 0500);
        CHECK(said(d.add(*pump("New").read(), list::trusted))
                  .ends_with("cannot be written; nothing was changed: Permission denied; let this service's "
                             "user write there"));
        CHECK(said(d.remove(h.alone.read()->print())).find("Permission denied") != std::string::npos);
        CHECK(trusts(d, h.alone));
        (void)::chmod(h.in(place::trusted).c_str(), 0700);
        CHECK(said(d.add(*pump("New").read(), list::trusted)) == well);
        return good;
    }));
}

TEST_CASE("what root puts into the store of a service can be read by it", "[trust][directory][faults]") {
    if (::geteuid() != 0) {
        WARN("not tried: it takes root");
        return;
    }
    plant h;
    auto const fresh = pump("New");
    REQUIRE(as_nobody(h, [] { return true; }));  // whose the store is from here on
    {
        auto d = h.open();  // an administrator, with sudo
        CHECK(said(d.add(*fresh.read(), list::trusted)) == well);
        CHECK(said(d.add_crl(pki::revocations(h.plant_root).number(2).revoke(h.p).made().bytes())) == well);
        CHECK(said(d.approve_in_place_of(h.alone.read()->print(), fresh.read()->print(), after(0s))) == well);
    }
    for (auto const& e : fs::recursive_directory_iterator{h.at.at}) {
        struct stat about {};
        REQUIRE(::lstat(e.path().c_str(), &about) == 0);
        CAPTURE(e.path());
        CHECK(about.st_uid == 65534);
    }
    CHECK(as_nobody(h, [&] {
        auto d = h.open();
        return trusts(d, fresh) && d.skipped().empty() && d.replacements().size() == 1 &&
               h.says(d, 1s) == trust::status::certificate_revoked &&
               said(d.remove(fresh.read()->print())) == well;
    }));
    // In his own store, and where he has laid a second name for a file, root keeps what is his.
    plant own;
    CHECK(said(own.open().add(*fresh.read(), list::trusted)) == well);
    CHECK(as_nobody(h, [] { return true; }));
    auto const note = h.at.at / ".sallyport" / "rejected", precious = own.at.at / "precious";
    std::ofstream{precious} << "root's";
    REQUIRE(::link(precious.c_str(), note.c_str()) == 0);
    auto d = h.open();
    (void)d.reject(pump("Stranger").bytes(), "x", {}, trust::status::certificate_untrusted, after(1s));
    (void)d.tick(after(10min));
    struct stat about {};
    REQUIRE(::lstat(precious.c_str(), &about) == 0);
    CHECK(about.st_uid == 0);
}

TEST_CASE("a store that cannot be read at first is no store", "[trust][directory][faults]") {
    plant h;
    CHECK(as_nobody(h, [&] {
        (void)::chmod(h.in(place::trusted_crl).c_str(), 0);
        auto const d = directory::open(h.root());
        bool const refused = !d && d.error().message.find("Permission denied") != std::string::npos;
        (void)::chmod(h.in(place::trusted_crl).c_str(), 0700);
        (void)::chmod(h.in(place::rejected).c_str(), 0);
        auto const open = directory::open(h.root());  // what is rejected decides nothing
        bool const said_so = open && open->fault();
        (void)::chmod(h.in(place::rejected).c_str(), 0700);
        return refused && said_so;
    }));
}

TEST_CASE("the whole store is away, and comes back", "[trust][directory][faults]") {
    plant h;
    auto d = h.open();
    auto const elsewhere = h.root() + ".aside";
    fs::rename(h.at.at, elsewhere);
    CHECK(h.says(d, 1s) == trust::status::good);
    CHECK(said(d.fault()) ==
          h.root() + ": cannot be opened: No such file or directory; the lists stay as they were");
    CHECK(said(d.add(*pump().read(), list::trusted)).find("cannot be opened") != std::string::npos);
    CHECK(d.reject(pump("Stranger").bytes(), "x", {}, trust::status::certificate_untrusted, after(2s)));
    CHECK_FALSE(fs::exists(h.at.at));
    fs::rename(elsewhere, h.at.at);
    CHECK(h.says(d, 3s) == trust::status::good);
    CHECK_FALSE(d.fault());
    CHECK(h.told(store_event::kind::fault) == 1);
    CHECK(h.told(store_event::kind::mended) == 1);
    (void)d.tick(after(10min));
    CHECK(h.names(place::rejected).size() == 1);  // what was rejected meanwhile is written now
}

TEST_CASE("a process that is out of descriptors loses no list", "[trust][directory][faults]") {
    plant h;
    auto d = h.open();
    rlimit was{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &was) == 0);
    h.drop(place::trusted, "alone", h.alone.der());  // written anew: it will be opened
    rlimit none = was;
    auto const probe = ::dup(0);
    none.rlim_cur = static_cast<rlim_t>(probe);
    ::close(probe);
    std::vector<rlim_t> rooms;
    for (rlim_t more = 0; more < 14; ++more) rooms.push_back(none.rlim_cur + more);
    for (rlim_t const room : rooms) {
        none.rlim_cur = room;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        auto const no = d.refresh();
        (void)::setrlimit(RLIMIT_NOFILE, &was);
        CAPTURE(room, said(no));
        CHECK(trusts(d, h.alone));
        CHECK(trusts(d, h.plant_root));
        CHECK(h.says(d, 0s) == trust::status::good);
    }
    CHECK(said(d.refresh()) == well);
}

TEST_CASE("whoever lays a link where a folder of his store was leads nobody out of it",
          "[trust][directory][faults]") {
    house h;
    support::folder outside;
    fs::permissions(outside.at, fs::perms{0755});
    SECTION("in place of the folder above") {
        fs::remove_all(h.at.at / "trusted");
        fs::create_directory_symlink(outside.at, h.at.at / "trusted");
    }
    SECTION("in place of the folder itself") {
        fs::remove(h.in(place::trusted));
        fs::create_directory_symlink(outside.at / "certs", h.in(place::trusted));
    }
    // As root, whom a link in somebody else's store would else make work anywhere.
    if (::geteuid() == 0)
        for (auto const& e : fs::recursive_directory_iterator{h.at.at})
            REQUIRE(::lchown(e.path().c_str(), 65534, 65534) == 0);
    trust::detail::store_disk disk{h.root(), h.where};
    CHECK_FALSE(disk.folder(place::trusted));
    (void)disk.folder(place::trusted_crl);
    CHECK(directory::create(h.root()));
    CHECK_FALSE(directory::open(h.root()));
    CHECK(fs::is_empty(outside.at));
    CHECK(mode_of(outside.at) == 0755U);
    struct stat about {};
    REQUIRE(::stat(outside.at.c_str(), &about) == 0);
    CHECK(about.st_uid == ::geteuid());
}

TEST_CASE("what is no plain file where the notes are written holds nobody up, and gets nothing",
          "[trust][directory][faults]") {
    house h;
    auto const notes = h.at.at / ".sallyport", outside = h.at.at / "precious";
    REQUIRE(fs::create_directory(notes));
    open_file reader;
    SECTION("a pipe that nobody reads") { REQUIRE(::mkfifo((notes / "rejected").c_str(), 0600) == 0); }
    SECTION("a pipe that somebody reads") {
        REQUIRE(::mkfifo((notes / "rejected").c_str(), 0600) == 0);
        reader = open_file{::open((notes / "rejected").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
        REQUIRE(reader);
    }
    SECTION("a second name of another file") {
        std::ofstream{outside} << "x";
        REQUIRE(::link(outside.c_str(), (notes / "rejected").c_str()) == 0);
    }
    auto d = h.open();
    auto const p = pump("Stranger");
    CHECK(d.reject(p.bytes(), "x", {}, trust::status::certificate_untrusted, after(0s)));
    (void)d.tick(after(10min));
    REQUIRE(d.rejected().size() == 1);  // it waits in memory
    CHECK(h.names(place::rejected).size() <= 1);
    char octet = 0;
    if (reader) CHECK(::read(reader.get(), &octet, 1) <= 0);
    if (fs::exists(outside)) CHECK(fs::file_size(outside) == 1);
    fs::remove(notes / "rejected");
    (void)d.tick(after(3h));
    CHECK(fs::is_regular_file(notes / "rejected"));
}

TEST_CASE("the words of a fault are one line, whatever a file is called", "[trust][directory][faults]") {
    plant h;
    auto const bad =
        h.in(place::trusted) / "x\nNov 21 host: accepted\x1b[2J\\\xff\xe2\x80\xae Pumpe \xc3\xa4.der";
    std::string const expected =
        "/trusted/certs/x\\x0aNov 21 host: accepted\\x1b[2J\\x5c\\xff\\u{202e} Pumpe \xc3\xa4.der: ";
    fs::rename(h.in(place::trusted) / "alone", bad);
    auto d = h.open();
    fs::remove(bad);
    SECTION("that cannot be read") {
        fs::create_directory(bad);
        CHECK(said(d.refresh()).starts_with(h.root() + expected));
        CHECK(h.last(store_event::kind::fault).text.starts_with(h.root() + expected));
    }
    SECTION("that cannot be changed") {
        trust::detail::store_disk disk{h.root(), h.where};
        trust::detail::store_change change{disk};
        trust::detail::store_step step{};
        step.what = trust::detail::store_step::kind::drop;
        step.from = step.to = place::trusted;
        step.name = bad.filename().string();
        CHECK(said(change.run({step})).starts_with(h.root() + expected));
        CHECK(said(trust::detail::store_disk::failed(bad.string(), "is away", ENOENT))
                  .starts_with(h.root() + expected));
    }
}

TEST_CASE("what lies among the rejected keeps no revocation waiting", "[trust][directory][faults]") {
    plant h;
    auto const q = pki::application("Pump 8", pki::p256("pumps")).by(h.plant_root);
    auto d = h.open({.files_a_call = 64});
    for (int i = 0; i < 400; ++i) h.drop(place::rejected, std::to_string(i), "x");
    auto const revokes = [&](unsigned number, auto... whom) {
        auto list_ = pki::revocations(h.plant_root).number(number);
        (list_.revoke(whom), ...);
        h.drop(place::trusted_crl, "list " + std::to_string(number), list_.made().der());
    };
    auto const revoked = [&](pki::issued const& c, nanoseconds t) {
        return trust::validator{d.lists()}.validate({.chain = c.bytes()}, after(t)).first() ==
               trust::status::certificate_revoked;
    };
    nanoseconds t = 1s;
    revokes(2, h.p);
    for (int calls = 0; calls < 3 && !revoked(h.p, t); ++calls, t += 1s) CHECK(d.tick(after(t)));
    CHECK(revoked(h.p, t));
    CHECK(d.skipped().empty());  // of the rejected nothing has been read to its end
    // Nor does one that comes while they are still being read.
    for (int calls = 0; calls < 5; ++calls, t += 1s) CHECK(d.tick(after(t)));
    revokes(3, h.p, q);
    for (int calls = 0; calls < 4 && !revoked(q, t); ++calls, t += 1s) CHECK(d.tick(after(t)));
    CHECK(revoked(q, t));
    CHECK(d.skipped().empty());
    // A fault of the lists is told meanwhile, and that it is mended.
    fs::rename(h.in(place::issuers), h.at.at / "aside");
    std::ofstream{h.in(place::issuers)} << "x";
    for (int calls = 0; calls < 4 && !d.fault(); ++calls, t += 1s) CHECK(d.tick(after(t)));
    CHECK(d.fault());
    fs::remove(h.in(place::issuers));
    fs::rename(h.at.at / "aside", h.in(place::issuers));
    for (int calls = 0; calls < 4 && d.fault(); ++calls, t += 1s) CHECK(d.tick(after(t)));
    CHECK_FALSE(d.fault());
    // And they come to their end.
    int calls = 0;
    while (d.tick(after(t)) && calls < 1000) ++calls, t += 1s;
    CHECK(calls < 1000);
    CHECK(d.skipped().size() == 400);
}

TEST_CASE("a link that leads elsewhere while it is moved shows nobody what it leads to",
          "[trust][directory][faults]") {
    house h;
    auto const p = pump(), other = pump("Other");
    h.drop(place::own, "meant", p.der());
    h.drop(place::own, "other", other.der());
    auto const link = h.in(place::rejected) / "link", next = h.in(place::rejected) / "next";
    std::atomic<bool> stop{false};
    std::thread swaps{[&] {
        for (bool meant = false; !stop; meant = !meant) {
            (void)::symlink(meant ? "../../own/certs/meant" : "../../own/certs/other", next.c_str());
            (void)::rename(next.c_str(), link.c_str());
        }
    }};
    bool shown = false;
    trust::detail::store_disk disk{h.root(), h.where};
    for (int i = 0; i < 5000 && !shown; ++i) {
        trust::detail::store_change change{disk};
        trust::detail::store_step step{};
        step.what = trust::detail::store_step::kind::move;
        step.from = place::rejected, step.to = place::trusted;
        step.name = "link", step.name_there = "it";
        step.content = trust::sha256(p.bytes());
        (void)change.run({step});
        for (auto const& e : fs::directory_iterator{h.in(place::trusted)}) {
            shown = shown || support::text_of(e.path().string()) == other.der();
            fs::remove(e.path());
        }
        fs::remove(h.at.at / ".sallyport" / "change");
    }
    stop = true;
    swaps.join();
    CHECK_FALSE(shown);
}
