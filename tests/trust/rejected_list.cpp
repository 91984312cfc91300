// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/rejected_list.hpp>

#include <thread>

using namespace house_of_tests;
using trust::status;

namespace {

constexpr auto well = "all is well";
address const line = address::ipv4(10, 0, 0, 1), attacker = address::ipv4(192, 0, 2, 66);

bool shows(directory& d, pki::issued const& c, address from, nanoseconds since,
           std::string_view peer = "opc.tcp://10.0.0.1", status why = status::certificate_untrusted) {
    return d.reject(c.bytes(), peer, from, why, after(since));
}
bool waits(directory const& d, pki::issued const& c) {
    auto const all = d.rejected();
    return std::any_of(all.begin(), all.end(),
                       [&](auto const& r) { return r.certificate->print() == c.read()->print(); });
}
trust::rejection of(directory const& d, pki::issued const& c) {
    for (auto const& r : d.rejected())
        if (r.certificate->print() == c.read()->print()) return r;
    return {};
}
std::vector<pki::issued> pumps(std::string const& called, int n) {
    std::vector<pki::issued> all;
    for (int i = 0; i < n; ++i) all.push_back(pump(called + " " + std::to_string(i)));
    return all;
}
/// As many files and bytes as lie in the notes and among the rejected.
std::pair<std::size_t, std::uintmax_t> weight(house const& h) {
    std::size_t files = 0;
    std::uintmax_t bytes = 0;
    for (auto const& folder : {h.in(place::rejected), h.at.at / ".sallyport"})
        if (fs::exists(folder))
            for (auto const& e : fs::directory_iterator{folder}) ++files, bytes += e.file_size();
    return {files, bytes};
}

}  // namespace

TEST_CASE("who is refused waits for an administrator: who, from where, when, how often and why",
          "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const p = pump(), q = pump("Pump 8");
    CHECK(shows(d, p, line, 0s));
    CHECK(h.told(store_event::kind::rejected) == 1);
    CHECK(h.last(store_event::kind::rejected).text == "BadCertificateUntrusted");
    CHECK(h.last(store_event::kind::rejected).certificate->print() == p.read()->print());
    CHECK(h.names(place::rejected) == std::vector{trust::file_name_of(*p.read())});
    CHECK(mode_of(h.in(place::rejected) / h.names(place::rejected)[0]) == 0600U);
    CHECK(mode_of(h.at.at / ".sallyport") == 0700U);

    CHECK(shows(d, q, line, 1s));
    REQUIRE(d.rejected().size() == 2);
    CHECK(d.rejected()[0].certificate->common_name() == "Pump 8");  // newest first
    CHECK_FALSE(shows(d, p, attacker, 2s, "opc.tcp://elsewhere", status::certificate_time_invalid));
    CHECK(d.rejected()[0].certificate->common_name() == "Pump 7");  // seen again it moves up
    auto const r = of(d, p);
    CHECK(r.first_seen == after(0s).wall);
    CHECK(r.last_seen == after(2s).wall);
    CHECK(r.count == 2);
    CHECK(r.peer == "opc.tcp://elsewhere");
    CHECK(r.source == attacker);
    CHECK(r.reason == status::certificate_time_invalid);
    CHECK(r.file == trust::file_name_of(*p.read()));
    CHECK(h.told(store_event::kind::rejected) == 2);
}

TEST_CASE("what is no certificate does not wait, nor does what stands in a list", "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const p = pump(), root = ca();
    REQUIRE(said(d.add(*p.read(), list::trusted)) == well);
    REQUIRE(said(d.add(*root.read(), list::issuers)) == well);
    CHECK_FALSE(shows(d, p, line, 0s, "expired", status::certificate_time_invalid));
    CHECK_FALSE(shows(d, root, line, 0s));
    CHECK_FALSE(d.reject({}, "x", line, status::certificate_invalid, after(0s)));
    CHECK_FALSE(d.reject(trust::as_bytes("hello"), "x", line, status::certificate_invalid, after(0s)));
    CHECK_FALSE(d.reject(p.bytes().first(100), "x", line, status::certificate_invalid, after(0s)));
    CHECK(d.rejected().empty());
    CHECK(h.names(place::rejected).empty());
    CHECK(d.rejected_cost().first == 0);
}

TEST_CASE("the CAs that came with it are kept beside it", "[trust][rejected]") {
    house h;
    auto const root = ca(), mid = pki::authority("Line", pki::p256("Line")).by(root);
    auto const p = pki::application("Pump 7", pki::p256("pumps")).by(mid);
    {
        auto d = h.open();
        CHECK(d.reject(trust::as_bytes(pki::chain({p, mid, root})), "x", line, status::certificate_untrusted,
                       after(0s)));
    }
    auto d = h.open();
    auto const with = d.shown_with(p.read()->print());
    REQUIRE(with.size() == 2);
    CHECK(with[0]->print() == mid.read()->print());
    CHECK(with[1]->print() == root.read()->print());
    CHECK(said(d.approve(p.read()->print())) == well);
    CHECK(trusts(d, p));
    CHECK(d.lists().get().lists->members().size() == 1);  // its CAs are not approved with it
    CHECK(d.shown_with(ca("Nobody").read()->print()).empty());

    auto const much = pump("Much");
    std::string const shown = much.der() + std::string(40'000, 'x');  // more than is kept
    CHECK(d.reject(trust::as_bytes(shown), "x", line, status::certificate_untrusted, after(1s)));
    CHECK(waits(d, much));
    CHECK(d.shown_with(much.read()->print()).empty());
}

TEST_CASE("the CAs that came with a certificate go with it, whichever process has approved it",
          "[trust][rejected]") {
    house h;
    auto const root = ca();
    auto const chains = [&] {
        std::size_t n = 0;
        for (auto const& e : fs::directory_iterator{h.at.at / ".sallyport"})
            n += e.path().extension() == ".chain" ? 1U : 0U;
        return n;
    };
    auto const knocks = [&](directory& d, std::string const& name, nanoseconds since) {
        auto const p = pki::application(name, pki::p256("pumps")).by(root);
        CHECK(d.reject(trust::as_bytes(pki::chain({p, root})), "x", line, status::certificate_untrusted,
                       after(since)));
        return p;
    };
    for (int i = 0; i < 3; ++i) {  // each process ends before it could know
        auto const p = [&] {
            auto d = h.open();
            return knocks(d, "Pump " + std::to_string(i), i * 1s);
        }();
        auto tool = h.open();
        CHECK(said(tool.approve(p.read()->print())) == well);
    }
    // What lies there of another name is nobody's chain, and stays.
    std::ofstream{h.at.at / ".sallyport" / "mine.chain"} << "x";
    auto d = h.open();
    REQUIRE(said(d.refresh()) == well);
    REQUIRE(said(d.refresh()) == well);
    (void)knocks(d, "Late", 10s);
    CHECK(chains() == 2);
    CHECK(d.rejected().size() == 1);

    // What another process has written a moment ago keeps its own.
    {
        auto other = h.open();
        auto const q = knocks(other, "Other", 11s);
        (void)knocks(d, "Later", 12s);
        REQUIRE(said(d.refresh()) == well);
        REQUIRE(said(d.refresh()) == well);
        REQUIRE(said(d.refresh()) == well);
        (void)knocks(d, "Last", 13s);
        CHECK(d.shown_with(q.read()->print()).size() == 1);
        CHECK(waits(d, q));
    }
    CHECK(chains() == 5);
}

TEST_CASE("what a stranger calls himself is harmless where it is shown, and ends no line of the notes",
          "[trust][rejected]") {
    house h;
    auto const p = pump();
    {
        auto d = h.open();
        CHECK(shows(d, p, line, 0s, "evil\nspent 0 0 0\x1b[2J\xe2\x80\xae" + std::string(500, 'x')));
    }
    auto const d = h.open();
    REQUIRE(d.rejected().size() == 1);
    auto const r = d.rejected()[0];
    CHECK(r.peer == "evil+spent 0 0 0+[2J+" + std::string(43, 'x'));
    CHECK(r.peer.size() == 64);
    CHECK(r.count == 1);
}

TEST_CASE("a restart forgets nothing", "[trust][rejected]") {
    house h;
    auto const p = pump();
    {
        auto d = h.open();
        for (int i = 0; i < 10; ++i) (void)shows(d, p, attacker, i * 1s);
        (void)d.tick(after(2h));  // counters are written
    }
    auto const d = h.open();
    auto const r = of(d, p);
    CHECK(r.count == 10);
    CHECK(r.first_seen == after(0s).wall);
    CHECK(r.last_seen == after(9s).wall);
    CHECK(r.source == attacker);
    CHECK(r.peer == "opc.tcp://10.0.0.1");
    CHECK(r.reason == status::certificate_untrusted);
}

TEST_CASE("notes that are lost, torn or made up cost what they said, and no certificate",
          "[trust][rejected]") {
    house h;
    auto const p = pump();
    {
        auto d = h.open();
        (void)shows(d, p, line, 0s);
    }
    auto const notes = h.at.at / ".sallyport" / "rejected";
    std::string const was = support::text_of(notes.string());
    auto const print = trust::hex(p.read()->print().bytes);
    for (std::string const& now :
         {std::string{}, was.substr(0, was.size() / 2), was + std::string("\0\xff nonsense\n", 12),
          print + " 0 0 18446744073709551615 801A0000 " + std::string(32, '0') + " x\n" + was,
          print + " -5 9223372036854775807 1 00000001 " + std::string(32, 'F') + " \n",
          std::string(2 << 20, 'x'),
          "spent 99999999999999999999 1 1\nspent 1 -1 5\nspent\nspent 1\n" + was}) {
        std::ofstream{notes, std::ios::binary | std::ios::trunc} << now;
        auto d = h.open();
        REQUIRE(d.rejected().size() == 1);
        CHECK(d.rejected()[0].count >= 1);
        (void)shows(d, p, line, 1s);
        (void)d.tick(after(2h));
        CHECK(waits(d, p));
    }
}

TEST_CASE("what another program has put there waits, too, and what somebody takes away waits no longer",
          "[trust][rejected]") {
    house h;
    auto const p = pump(), q = pump("Q");
    h.drop(place::rejected, "put there by hand", p.der());
    auto d = h.open();
    CHECK(waits(d, p));
    CHECK(of(d, p).reason == status::good);  // nobody knows
    CHECK(of(d, p).count == 1);
    (void)shows(d, q, line, 0s);
    REQUIRE(said(d.refresh()) == well);
    fs::remove(h.in(place::rejected) / "put there by hand");
    fs::remove(h.in(place::rejected) / trust::file_name_of(*q.read()));
    for (int i = 1; i < 4; ++i) (void)d.tick(after(i * 1s));
    CHECK(d.rejected().empty());
    CHECK(shows(d, p, line, 10s));  // and if it is shown again it is new
}

TEST_CASE("what waits in memory alone and gets into a list by another way waits no longer",
          "[trust][rejected]") {
    house h;
    auto d = h.open({.rejected = {.operations_a_day = 0}});  // nothing is written
    auto const p = pump(), q = pump("Q");
    CHECK(shows(d, p, line, 0s));
    CHECK(shows(d, q, line, 0s));
    CHECK(h.names(place::rejected).empty());
    h.drop(place::trusted, "p", p.der());
    REQUIRE(said(d.refresh()) == well);
    CHECK_FALSE(waits(d, p));
    CHECK(trusts(d, p));
    CHECK(said(d.approve(q.read()->print())) == well);  // from memory
    CHECK(trusts(d, q));
    CHECK(d.rejected().empty());
    auto const r = pump("R");
    CHECK(shows(d, r, line, 1s));
    CHECK(said(d.remove(r.read()->print())) == well);
    CHECK_FALSE(waits(d, r));
}

TEST_CASE("the list is full at a hundred, and whoever floods it pushes out himself", "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const mine = pumps("Mine", 5);
    for (auto const& c : mine) CHECK(shows(d, c, line, 0s));
    auto const flood = pumps("Flood", 300);
    for (std::size_t i = 0; i < flood.size(); ++i) {
        CHECK(shows(d, flood[i], attacker, 1s + static_cast<long>(i) * 1ms));
        REQUIRE(d.rejected().size() <= 100);
    }
    CHECK(d.rejected().size() == 100);
    for (auto const& c : mine) CHECK(waits(d, c));
    for (std::size_t i = 0; i < flood.size(); ++i)
        CHECK(waits(d, flood[i]) == (i >= 205));  // his oldest went
    // A newcomer from elsewhere finds a place at any time.
    auto const late = pump("Late");
    CHECK(shows(d, late, address::ipv4(10, 0, 0, 9), 2s));
    CHECK(waits(d, late));
    CHECK(d.rejected().size() == 100);
    for (auto const& c : mine) CHECK(waits(d, c));
}

TEST_CASE("whoever shows another's certificate does not push it out with his own", "[trust][rejected]") {
    house h;
    auto const theirs = pump("Historian");
    auto const flood = pumps("Flood", 210);
    bool restarted = false, noted_late = false, together = false;
    SECTION("in one go") {}
    SECTION("after a restart") { restarted = true; }
    SECTION("before it is on disk, and after a restart") { restarted = noted_late = true; }
    SECTION("and when the notes were put together") { restarted = together = true; }
    {
        auto d = h.open({.rejected = {.operations_a_day = noted_late ? 0U : 500U}});
        CHECK(shows(d, theirs, line, 0s));
        CHECK_FALSE(shows(d, theirs, attacker, 1s));
        CHECK(of(d, theirs).source == attacker);  // as it was shown last
        if (restarted && !noted_late) (void)d.tick(after(2h));
        if (together) {
            std::ofstream{h.at.at / ".sallyport" / "rejected", std::ios::app | std::ios::binary}
                << std::string(70'000, '\n');
            CHECK(shows(d, pump("Another"), line, 7201s));
            (void)d.tick(after(2h + 2s));
            CHECK(fs::file_size(h.at.at / ".sallyport" / "rejected") < 10'000);
        }
        for (std::size_t i = 0; i < flood.size() && !restarted; ++i)
            (void)shows(d, flood[i], attacker, 2s + static_cast<long>(i) * 1ms);
        CHECK(waits(d, theirs));
    }
    if (!restarted) return;
    auto d = h.open();
    if (noted_late) {
        CHECK(shows(d, theirs, line, 3h));
        (void)shows(d, theirs, attacker, 3h + 1s);
    }
    CHECK(of(d, theirs).source == attacker);
    for (std::size_t i = 0; i < flood.size(); ++i)
        (void)shows(d, flood[i], attacker, 3h + 2s + static_cast<long>(i) * 1ms);
    CHECK(waits(d, theirs));
    CHECK(d.rejected().size() == 100);
}

TEST_CASE("where as many strangers as there are places have come, the one that is just knocking loses",
          "[trust][rejected]") {
    house h;
    auto d = h.open({.rejected = {.most = 4}});
    auto const all = pumps("P", 6);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(shows(d, all[i], address::ipv4(10, 0, 0, static_cast<std::uint8_t>(i)), 0s));
    CHECK_FALSE(shows(d, all[4], address::ipv4(10, 0, 1, 1), 1s));
    CHECK_FALSE(waits(d, all[4]));
    CHECK(shows(d, all[5], address::ipv4(10, 0, 0, 2), 2s));  // the third loses his own older one
    CHECK_FALSE(waits(d, all[2]));
    CHECK(waits(d, all[5]));
    CHECK(h.told(store_event::kind::rejected) == 5);
}

TEST_CASE("a list that another program has overfilled is not wiped for a newcomer", "[trust][rejected]") {
    house h;
    auto const theirs = pumps("Theirs", 130);
    for (auto const& c : theirs) h.drop(place::rejected, c.read()->common_name(), c.der());
    auto d = h.open();
    CHECK(d.rejected().size() == 130);
    auto const p = pump();
    CHECK(shows(d, p, line, 0s));
    CHECK(waits(d, p));
    CHECK(d.rejected().size() == 129);
    (void)d.tick(after(1s));
    (void)d.tick(after(2min));
    CHECK(h.names(place::rejected).size() >= 128);
}

TEST_CASE("a day of floods costs at most 500 operations and 1 MiB, and nobody's evidence",
          "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const mine = pump("Mine"), later = pump("Later");
    (void)shows(d, mine, line, 0s);
    auto const key = pki::p256("pumps");
    for (int i = 0; i < 1000; ++i) {  // a stranger each 80 s, with much in his bag, and from two places
        auto const c = pki::application("Flood " + std::to_string(i), key).self_signed();
        auto const from = i % 2 == 0 ? attacker : address::ipv4(192, 0, 2, 67);
        (void)d.reject(trust::as_bytes(c.der() + pki::chain({c, c, c, c, c, c, c, c, c, c})), "flood", from,
                       status::certificate_untrusted, after(i * 80s));
        (void)shows(d, mine, line, i * 80s);
        (void)d.tick(after(i * 80s));
    }
    auto const [operations, bytes] = d.rejected_cost();
    CHECK(operations <= 500);
    CHECK(operations > 100);
    CHECK(bytes <= 1'048'576);
    CHECK(d.rejected().size() == 100);
    CHECK(waits(d, mine));
    CHECK(of(d, mine).count == 1001);
    // Whoever comes late in that day still finds room on the disk.
    CHECK(shows(d, later, address::ipv4(10, 0, 0, 9), 81'000s));
    (void)d.tick(after(81'100s));
    CHECK_FALSE(of(d, later).file.empty());
    auto const [files, weighs] = weight(h);
    CHECK(files <= 2 * 100 + 3);
    CHECK(weighs <= 1'200'000);
    // The next day there is a budget again.
    auto const tomorrow = pump("Tomorrow");
    (void)shows(d, tomorrow, attacker, 90'000s);
    (void)d.tick(after(90'100s));
    CHECK_FALSE(of(d, tomorrow).file.empty());
    CHECK(d.rejected_cost().first > operations);
}

TEST_CASE("large certificates take no more than half of the day's bytes from one place",
          "[trust][rejected]") {
    house h;
    auto d = h.open();
    for (int i = 0; i < 40; ++i) {
        auto const c = pki::application("Large " + std::to_string(i), pki::p256("pumps"))
                           .also(pki::id::strange, false, pki::der::octet_string(std::string(60'000, 'x')))
                           .self_signed();
        CHECK(shows(d, c, attacker, i * 100s));
        (void)d.tick(after(i * 100s));
    }
    CHECK(d.rejected_cost().second <= 524'288);
    auto const p = pump();
    CHECK(shows(d, p, line, 5000s));
    (void)d.tick(after(5100s));
    CHECK_FALSE(of(d, p).file.empty());
}

TEST_CASE("a restart, and a clock that is set back, give no new budget", "[trust][rejected]") {
    house h;
    std::uint64_t all = 0;
    for (int run = 0; run < 6; ++run) {
        auto d = h.open();
        for (int i = 0; i < 30; ++i) {
            (void)shows(d, pump("R" + std::to_string(100 * run + i)),
                        address::ipv4(10, 0, static_cast<std::uint8_t>(run), static_cast<std::uint8_t>(i)),
                        run * 600s + i * 1s);
            (void)d.tick(after(run * 600s + i * 1s));
        }
        all += d.rejected_cost().first;
    }
    CHECK(all <= 500);

    house other;
    auto d = other.open();
    for (int i = 0; i < 400;
         ++i) {  // every time another day of the wall clock, and a second on the steady one
        auto now = after(i * 61s);
        now.wall = pki::today.time_since_epoch() + (i % 7) * 24h;
        (void)d.reject(pump("C" + std::to_string(i)).bytes(), "x",
                       address::ipv4(10, 1, static_cast<std::uint8_t>(i / 200), static_cast<std::uint8_t>(i)),
                       status::certificate_untrusted, now);
        (void)d.tick(now);
    }
    CHECK(d.rejected_cost().first <= 500);
    CHECK(d.rejected_cost().second <= 1'048'576);
}

TEST_CASE("a restart with a clock that was set back gives no new budget, and no clock takes it for ever",
          "[trust][rejected]") {
    house h;
    unsigned shown = 0;
    auto const index = h.at.at / ".sallyport" / "rejected";
    /// A process that lives for an hour, by a clock that is so many days ahead: what it costs.
    auto const spends = [&](int days) {
        auto d = h.open();
        for (unsigned i = 0; i < 60; ++i, ++shown) {
            auto now = after(i * 70s);
            now.wall += days * 24h;
            (void)d.reject(pump("C" + std::to_string(shown)).bytes(), "x",
                           address::ipv4(10, 2, static_cast<std::uint8_t>(shown / 200),
                                         static_cast<std::uint8_t>(shown % 200)),
                           status::certificate_untrusted, now);
            (void)d.tick(now);
        }
        return d.rejected_cost().first;
    };
    auto const first = spends(0);
    CHECK(first > 200);
    SECTION("day by day, for a week") {
        std::uint64_t all = first;
        for (int back = 1; back <= 7; ++back) all += spends(-back);
        CHECK(all <= 500);
        CHECK(spends(1) > 200);  // tomorrow there is one again
    }
    SECTION("also when the notes are put together, and once more") {
        std::uint64_t all = first;
        for (int back = 1; back < 4; ++back) {
            std::ofstream{index, std::ios::app | std::ios::binary} << std::string(70'000, '\n');
            all += spends(-back);
        }
        CHECK(all <= 500);
        CHECK(all + spends(0) <= 500);
    }
    SECTION("by much more than a week, as a clock is that was once in another century") {
        CHECK(spends(-7) <= 500 - first);
        CHECK(spends(-36'500) > 200);
        CHECK(spends(-36'500) < 300);
    }
}

TEST_CASE("counters go to disk hourly at most", "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const p = pump();
    (void)shows(d, p, line, 0s);
    auto before = d.rejected_cost().first;
    int writings = 0;
    for (int i = 1; i < 24 * 60; ++i) {  // every minute of a day
        (void)shows(d, p, line, i * 60s);
        (void)d.tick(after(i * 60s));
        if (auto const now = d.rejected_cost().first; now != before) ++writings, before = now;
    }
    CHECK(writings <= 24);
    CHECK(writings >= 20);
    CHECK(of(d, p).count == 24 * 60);
}

TEST_CASE("where nothing is new a tick and a rejection leave the disk alone", "[trust][rejected]") {
    house h;
    auto d = h.open();
    auto const p = pump();
    (void)shows(d, p, line, 0s);
    (void)d.tick(after(1s));
    auto const cost = d.rejected_cost();
    for (int i = 0; i < 1000; ++i) {
        (void)shows(d, p, line, 2s);
        (void)d.tick(after(2s));
    }
    CHECK(d.rejected_cost().first <= cost.first + 3);  // the first counters; the next in an hour
}

TEST_CASE("two processes that reject write one list, and both know it", "[trust][rejected]") {
    house h;
    auto one = h.open(), two = h.open();
    auto const p = pump(), q = pump("Q");
    CHECK(shows(one, p, line, 0s));
    CHECK(shows(two, q, attacker, 1s));
    CHECK(shows(two, p, line, 2s));  // new to that one, and not written twice
    CHECK(said(one.refresh()) == well);
    CHECK(said(two.refresh()) == well);
    (void)one.tick(after(2h));
    (void)two.tick(after(2h));
    CHECK(said(one.refresh()) == well);
    CHECK(said(two.refresh()) == well);
    CHECK(h.names(place::rejected).size() == 2);
    for (auto const* const d : {&one, &two}) {
        CHECK(d->rejected().size() == 2);
        CHECK(of(*d, p).count == 2);
        CHECK(of(*d, q).source == attacker);
    }
    CHECK(said(two.approve(p.read()->print())) == well);
    CHECK(said(one.refresh()) == well);
    CHECK(said(one.refresh()) == well);
    CHECK(trusts(one, p));
    CHECK_FALSE(waits(one, p));
}

TEST_CASE("many threads reject, look and change at once", "[trust][rejected][threads]") {
    house h;
    directory_options o;
    auto d = directory::open(h.root(), h.where, o);
    REQUIRE(d);
    auto const known = pumps("Known", 8), strangers = pumps("Stranger", 64);
    for (auto const& c : known) (void)c.read();
    for (auto const& c : strangers) (void)c.read();
    std::vector<std::thread> all;
    for (int t = 0; t < 3; ++t)
        all.emplace_back([&, t] {
            for (std::size_t i = 0; i < 60; ++i) {
                (void)d->reject(strangers[(i * 7 + static_cast<std::size_t>(t)) % 64].bytes(), "x",
                                address::ipv4(10, 0, 0, static_cast<std::uint8_t>(t)),
                                status::certificate_untrusted, after(static_cast<long>(i) * 1s));
                (void)d->tick(after(static_cast<long>(i) * 1s));
                (void)d->rejected();
            }
        });
    all.emplace_back([&] {
        for (std::size_t i = 0; i < 24; ++i) {
            auto const& c = *known[i % 8].read();
            (void)d->add(c, i % 2 == 0 ? list::trusted : list::issuers);
            (void)d->skipped();
        }
    });
    for (auto& t : all) t.join();
    CHECK(said(d->refresh()) == well);
    CHECK(d->lists().get().lists->members().size() == 8);
    CHECK(h.unfinished().empty());
}
