// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/directory.hpp>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <random>

#include <sched.h>
#include <signal.h>

using namespace house_of_tests;

namespace {

constexpr auto well = "all is well";

/// Two CAs and six applications that are moved about for ever, and revocation lists of the CAs.
struct things {
    std::vector<pki::issued> cas{ca("Root"), ca("Line")}, pumps;
    std::vector<std::string> crls;
    things() {
        for (int i = 0; i < 6; ++i) pumps.push_back(pump("Pump " + std::to_string(i)));
        for (auto const& c : cas) crls.push_back(pki::revocations(c).made().der());
        for (auto const& c : cas) (void)c.read();
        for (auto const& c : pumps) (void)c.read();
    }
    [[nodiscard]] std::vector<pki::issued> all() const {
        auto both = pumps;
        both.insert(both.end(), cas.begin(), cas.end());
        return both;
    }
    void fill(house const& h) const {
        for (auto const& c : pumps) h.drop(place::trusted, c.read()->common_name(), c.der());
        for (auto const& c : cas) h.drop(place::issuers, c.read()->common_name(), c.der());
        for (auto const& l : crls) h.drop(place::issuer_crl, std::to_string(l.size()) + l.back(), l);
    }
    /// One change; any of them, all of which keep every certificate somewhere. An error says what went wrong.
    std::optional<sallyport::load_error> change(directory& d, std::mt19937& dice) const {
        auto const& p = pumps[dice() % pumps.size()];
        auto const& c = cas[dice() % cas.size()];
        auto const octets = [](std::string const& s) {
            return std::vector<std::uint8_t>{s.begin(), s.end()};
        };
        switch (dice() % 7) {
            case 0: return d.add(*p.read(), list::trusted);
            case 1: return d.add(*p.read(), list::issuers);
            case 2:
                return d.find(p.read()->print())->where == place::rejected ? std::nullopt
                                                                           : d.reject(p.read()->print());
            case 3: return d.add(*c.read(), list::trusted);  // moves the CA and its list: several steps
            case 4: return d.add(*c.read(), list::issuers);
            case 5: {
                auto const fresh = crls[dice() % crls.size()];  // of a CA that is in one list or the other
                return d.add_crl(trust::as_bytes(fresh));
            }
            default: {
                trust::store_content content;  // everything that is trusted, and one more
                for (auto const& e : d.entries(place::trusted))
                    content.trusted.push_back(octets(std::string{trust::as_text(e.certificate->der())}));
                content.trusted.push_back(octets(p.der()));
                return d.replace(1, content);
            }
        }
    }
};

/// Every certificate is in exactly one list, none is lost, no revocation list has gone, and nothing is
/// unfinished. Asked of a store that has just been opened.
std::string complaint(house const& h, things const& t) {
    auto const d = directory::open(h.root(), h.where);
    if (!d) return "cannot be opened: " + d.error().to_string();
    if (d->fault()) return "has a fault: " + d->fault()->to_string();
    if (!d->skipped().empty()) return "skips " + d->skipped()[0].file + ": " + d->skipped()[0].reason;
    for (auto const& c : t.all()) {
        std::size_t files = 0;
        for (place const p : {place::trusted, place::issuers, place::rejected})
            for (auto const& e : d->entries(p))
                files += e.certificate->print() == c.read()->print() ? 1U : 0U;
        if (files != 1) return c.read()->common_name() + " is in " + std::to_string(files) + " lists";
    }
    for (auto const& ca : t.cas) {
        bool const in_trusted = d->find(ca.read()->print())->where == place::trusted;
        std::size_t beside = 0, elsewhere = 0;
        for (place const p : {place::trusted_crl, place::issuer_crl})
            for (auto const& e : d->entries(p))
                if (e.revocations->signed_by(*ca.read()))
                    ++((p == place::trusted_crl) == in_trusted ? beside : elsewhere);
        if (beside != 1 || elsewhere != 0) return ca.read()->common_name() + " has lost its revocation list";
    }
    if (auto const left = h.unfinished(); !left.empty()) return "has left " + left.front();
    return well;
}

/// A child changes the store in a loop and is killed in the midst of it, `times`; every time the store is
/// looked at. How often it was killed in the midst of a change that left something to be done is told.
void kill_at_random(int times, std::chrono::seconds at_most, unsigned seed) {
    auto const began = std::chrono::steady_clock::now();
    house h;
    things const t;
    t.fill(h);
    REQUIRE(complaint(h, t) == well);
    std::mt19937 dice{seed};
    int unfinished = 0, died_otherwise = 0;
    for (int i = 0; i < times && (i < 50 || std::chrono::steady_clock::now() - began < at_most); ++i) {
        int ready[2];
        REQUIRE(::pipe(ready) == 0);
        auto const childs = static_cast<unsigned>(dice());
        pid_t const child = ::fork();
        if (child == 0) {
            std::mt19937 own{childs};
            auto d = directory::open(h.root(), h.where);
            if (!d || ::write(ready[1], "x", 1) != 1) ::_exit(3);
            for (;;)
                if (t.change(*d, own)) ::_exit(4);
        }
        char x = 0;
        REQUIRE(::read(ready[0], &x, 1) == 1);
        ::usleep(static_cast<useconds_t>(dice() % 3000));
        ::kill(child, SIGKILL);
        int how = 0;
        REQUIRE(::waitpid(child, &how, 0) == child);
        died_otherwise += WIFSIGNALED(how) ? 0 : 1;
        ::close(ready[0]), ::close(ready[1]);
        unfinished += h.unfinished().empty() ? 0 : 1;
        INFO("killed for the " << i + 1 << "th time, seed " << seed);
        REQUIRE(complaint(h, t) == well);
    }
    CHECK(died_otherwise == 0);
    CHECK(unfinished > 0);  // else it was never killed in the midst of one
    if (times > 1000)
        WARN(times << " times killed, " << unfinished << " of them in the midst of a change that had begun");
}

/// A file system of its own under a folder, gone with this. Needs root, and a kernel that lets it.
class small_disk {
public:
    explicit small_disk(fs::path at, char const* size) : at_{std::move(at)} {
        // Nobody else sees it, and it goes with the process whatever happens.
        static bool const apart =
            ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        there_ = apart && ::mount("none", at_.c_str(), "tmpfs", 0, size) == 0;
    }
    small_disk(small_disk const&) = delete;
    small_disk& operator=(small_disk const&) = delete;
    ~small_disk() {
        if (there_) (void)::umount2(at_.c_str(), MNT_DETACH);
    }
    explicit operator bool() const noexcept { return there_; }
    [[nodiscard]] bool read_only(bool is) const {
        unsigned long const how = MS_REMOUNT;
        return ::mount("none", at_.c_str(), "tmpfs", is ? how | MS_RDONLY : how, nullptr) == 0;
    }

private:
    fs::path at_;
    bool there_ = false;
};
constexpr auto not_possible =
    "no file system can be mounted here (that takes root): a full and a read-only disk were not tried";

/// All that fits.
void fill_up(fs::path const& file) {
    std::ofstream out{file, std::ios::binary};
    std::string const page(4096, 'x');
    while (out.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {}
}

}  // namespace

TEST_CASE("killed at any moment of a change, every certificate is in exactly one list",
          "[trust][directory][killed]") {
    kill_at_random(300, 4s, 7);
}

TEST_CASE("killed two thousand times, every certificate is in exactly one list", "[.long][killed]") {
    kill_at_random(2000, 1h, std::random_device{}());
}

TEST_CASE("a change that was decided is finished by whoever opens the store next, one that was not is undone",
          "[trust][directory][killed]") {
    house h;
    auto const root = ca();
    std::string const crl = pki::revocations(root).made().der();
    h.drop(place::issuers, "root", root.der());
    h.drop(place::issuer_crl, "list", crl);
    auto const hex = [](std::string_view s) { return trust::hex(trust::as_bytes(s)); };
    auto const content = [](std::string const& s) {
        return trust::hex(trust::sha256(trust::as_bytes(s)).bytes);
    };
    // What a killed process leaves that was moving the root and its list to the trusted ones.
    std::string note = "sallyport change 1\n";
    note += "m 2 0 " + hex("root") + " " + hex("moved") + "- " + content(root.der()) + "\n";
    note += "m 3 1 " + hex("list") + " " + hex("list") + "- " + content(crl) + "\n";
    note += "end " + content(note) + "\n";
    fs::create_directory(h.at.at / ".sallyport");
    auto const path = h.at.at / ".sallyport" / "change";

    SECTION("decided") {
        std::ofstream{path} << note;
        auto const d = h.open();
        CHECK(trusts(d, root));
        CHECK(h.names(place::trusted) == std::vector<std::string>{"moved"});
        CHECK(h.names(place::trusted_crl) == std::vector<std::string>{"list"});
        CHECK(h.names(place::issuers).empty());
        CHECK(h.told(store_event::kind::recovered) == 1);
    }
    SECTION("decided, and half of it done") {
        std::ofstream{path} << note;
        fs::rename(h.in(place::issuers) / "root", h.in(place::trusted) / "moved");
        auto const d = h.open();
        CHECK(trusts(d, root));
        CHECK(h.names(place::trusted_crl) == std::vector<std::string>{"list"});
    }
    SECTION("decided, and an administrator has put something else there since") {
        std::ofstream{path} << note;
        auto const other = pump("Other");
        h.drop(place::issuers, "root", other.der());
        auto const d = h.open();
        CHECK(lists(d, other, list::issuers));  // nobody's later work is undone
        CHECK_FALSE(fs::exists(path));
    }
    SECTION("a running store finishes it, too") {
        auto d = h.open();
        std::ofstream{path} << note;
        (void)d.tick(after(1s));
        CHECK(trusts(d, root));
        CHECK(h.told(store_event::kind::recovered) == 1);
    }
    SECTION("as long as its writer is at work it is left to him, and the lists stay") {
        auto d = h.open();
        auto const before = d.lists().generation();
        std::ofstream{path} << note;
        auto const lock = sallyport::folder_lock::of(h.root() + "/.", 0ms);
        REQUIRE(lock);
        fs::rename(h.in(place::issuers) / "root", h.in(place::trusted) / "moved");
        (void)d.tick(after(1s));
        CHECK(d.lists().generation() == before);
        CHECK(fs::exists(path));
        auto const late =
            directory::open(h.root(), h.where, {.patience = 20ms});  // reads it as it lies there
        REQUIRE(late);
        CHECK(trusts(*late, root));
    }
    SECTION("a note that was torn, or that somebody has made up, moves nothing") {
        std::ofstream{path} << note.substr(0, note.size() - 3);
        auto d = h.open();
        CHECK(lists(d, root, list::issuers));
        CHECK(said(d.add(*pump().read(), list::trusted))
                  .ends_with("is no note of a change; look at the lists, then remove it by hand"));
        for (int i = 1; i < 5; ++i) (void)d.tick(after(i * 1s));
        CHECK(h.told(store_event::kind::fault) == 1);  // not every second
        fs::remove(path);
        CHECK(said(d.add(*pump().read(), list::trusted)) == well);
    }
    SECTION("a note of names that leave the store moves nothing") {
        std::string evil = "sallyport change 1\nm 2 0 " + hex("root") + " " + hex("../../moved") + "- " +
                           content(root.der()) + "\n";
        evil += "end " + content(evil) + "\n";
        std::ofstream{path} << evil;
        auto const d = h.open();
        CHECK(lists(d, root, list::issuers));
        CHECK(fs::exists(path));
    }
    SECTION("not decided") {
        h.drop(place::trusted, ".sallyport-1.new", "half a certi");
        std::ofstream{h.at.at / ".sallyport" / "change.new"} << note.substr(0, 30);
        auto const d = h.open();
        CHECK(lists(d, root, list::issuers));
        CHECK(h.unfinished().empty());
        CHECK(h.told(store_event::kind::recovered) == 1);
    }
}

TEST_CASE("on a full disk a change is refused whole, and once there is room it succeeds",
          "[trust][directory][killed]") {
    support::folder under;
    small_disk const disk{under.at, "size=256k"};
    if (!disk) {
        WARN(not_possible);
        return;
    }
    things const t;
    auto const root = (under.at / "pki").string();
    REQUIRE_FALSE(directory::create(root));
    auto d = directory::open(root);
    REQUIRE(d);
    for (auto const& c : t.pumps) REQUIRE(said(d->add(*c.read(), list::trusted)) == well);
    for (auto const& c : t.cas) REQUIRE(said(d->add(*c.read(), list::issuers)) == well);
    for (auto const& l : t.crls) REQUIRE(said(d->add_crl(trust::as_bytes(l))) == well);

    std::mt19937 dice{11};
    int refused = 0;
    for (unsigned round = 0; round < 60; ++round) {
        fill_up(under.at / "filler");
        // From no room at all to almost enough.
        if (auto const size = fs::file_size(under.at / "filler"); size > 4096U * (round % 4))
            fs::resize_file(under.at / "filler", size - 4096U * (round % 4));
        auto const fresh = pump("Fresh " + std::to_string(round));
        for (auto const& no : {d->add(*fresh.read(), list::trusted), t.change(*d, dice)})
            if (no) {
                ++refused;
                CHECK(said(no).find("No space left on device; make room on the disk") != std::string::npos);
            }
        bool const stranger = d->reject(pump("S" + std::to_string(round)).bytes(), "S", {},
                                        trust::status::certificate_untrusted, after(round * 2min));
        CHECK(stranger);  // at least in memory
        auto const again = directory::open(root);
        REQUIRE(again);
        for (auto const& c : t.all()) REQUIRE(again->find(c.read()->print()));
        fs::remove(under.at / "filler");
        if (d->find(fresh.read()->print())) CHECK(said(d->remove(fresh.read()->print())) == well);
        for (auto const& r : d->rejected())
            if (r.certificate->common_name().starts_with("S")) (void)d->remove(r.certificate->print());
        for (auto const& c : t.all())
            if (!d->find(c.read()->print()))
                FAIL("lost " << c.read()->common_name());
            else if (d->find(c.read()->print())->where == place::rejected)
                REQUIRE(said(d->add(*c.read(), list::trusted)) == well);
    }
    CHECK(refused > 10);
    CHECK(refused < 110);
    (void)d->refresh();
    CHECK(d->entries(place::trusted).size() + d->entries(place::issuers).size() == t.all().size());
}

TEST_CASE("on a disk that is mounted for reading only the store opens, and every change is refused",
          "[trust][directory][killed]") {
    support::folder under;
    small_disk const disk{under.at, "size=1m"};
    if (!disk) {
        WARN(not_possible);
        return;
    }
    auto const root = (under.at / "pki").string();
    REQUIRE_FALSE(directory::create(root));
    auto const p = pump(), stranger = pump("Stranger");
    std::ofstream{under.at / "pki/trusted/certs/p", std::ios::binary} << p.der();
    std::ofstream{under.at / "pki/trusted/certs/.sallyport-0.new"} << "left by one who was killed";
    REQUIRE(disk.read_only(true));
    auto d = directory::open(root);
    REQUIRE(d);
    CHECK(trusts(*d, p));
    for (auto const& no : {d->add(*stranger.read(), list::trusted), d->remove(p.read()->print()),
                           d->reject(p.read()->print()), d->add(*p.read(), list::issuers)}) {
        CAPTURE(said(no));
        CHECK(said(no).find("Read-only file system; the disk is mounted for reading only") !=
              std::string::npos);
    }
    CHECK(trusts(*d, p));
    CHECK(d->reject(stranger.bytes(), "x", {}, trust::status::certificate_untrusted, after(0s)));
    CHECK(d->rejected().size() == 1);
    CHECK_FALSE(d->fault());
    REQUIRE(disk.read_only(false));
    (void)d->tick(after(2min));
    CHECK(d->rejected()[0].file == trust::file_name_of(*stranger.read()));
    CHECK(said(d->approve(stranger.read()->print())) == well);
    CHECK(trusts(*d, stranger));
}
