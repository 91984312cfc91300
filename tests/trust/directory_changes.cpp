// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <chrono>
#include <map>

using namespace house_of_tests;

namespace {

constexpr auto well = "all is well";

std::vector<std::uint8_t> octets(std::string const& der) { return {der.begin(), der.end()}; }
trust::bytes bytes_of(std::string const& der) { return trust::as_bytes(der); }
sallyport::thumbprint print_of(std::string const& der) { return trust::sha256(trust::as_bytes(der)); }

/// In how many places does it lie?
std::size_t places_of(house const& h, std::string const& der) {
    std::size_t n = 0;
    for (place const p : trust::places_read)
        for (auto const& name : h.names(p)) n += support::text_of((h.in(p) / name).string()) == der ? 1U : 0U;
    return n;
}

/// What is said of an application that shows itself alone.
trust::status says(directory const& d, pki::issued const& c, pki::sys_seconds at = pki::today) {
    return trust::validator{d.lists()}
        .validate({.chain = c.bytes()}, {.wall = at.time_since_epoch(), .wall_trusted = true})
        .first();
}

}  // namespace

TEST_CASE("what is added is in force at once, in a file of its own that nobody else reads",
          "[trust][directory]") {
    ::umask(0);  // what a careless service has; the modes are ours
    house h;
    auto d = h.open();
    auto const p = pump("Pump 7");
    auto const root = ca();
    CHECK(said(d.add(*p.read(), list::trusted)) == well);
    CHECK(said(d.add(*root.read(), list::issuers)) == well);
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).made().der()))) == well);
    CHECK(trusts(d, p));
    CHECK(lists(d, root, list::issuers));
    CHECK(d.lists().get().lists->crls().size() == 1);
    CHECK(h.names(place::trusted) == std::vector{trust::file_name_of(*p.read())});
    CHECK(h.names(place::issuer_crl).size() == 1);
    for (auto const& e : fs::recursive_directory_iterator{h.at.at}) {
        CAPTURE(e.path().string());
        CHECK(mode_of(e.path()) == (e.is_directory() ? 0700U : 0600U));
    }
    CHECK(h.unfinished().empty());
    CHECK(h.told(store_event::kind::changed) == 3);
    CHECK(h.heard[0].text == "trusted: " + trust::file_name_of(*p.read()) + " added");
    CHECK(h.heard[0].generation == 2);

    CHECK(said(d.add(*p.read(), list::trusted)) == well);  // it is there already
    CHECK(h.told(store_event::kind::changed) == 3);
    ::umask(022);
}

TEST_CASE("folders that are missing are made when something is put there", "[trust][directory]") {
    support::folder at;
    auto d = directory::open(at.at.string(), layout::plural_issuers);
    REQUIRE(d);
    CHECK(said(d->add(*ca().read(), list::issuers)) == well);
    CHECK(mode_of(at.at / "issuers") == 0700U);
    CHECK(mode_of(at.at / "issuers" / "certs") == 0700U);
    CHECK(d->entries(place::issuers).size() == 1);
}

TEST_CASE("a certificate is in one list: to put it into another is to move it", "[trust][directory]") {
    house h;
    auto const c = ca();
    std::string const crl = pki::revocations(c).made().der();
    h.drop(place::trusted, "under its own name.der", c.der());
    auto d = h.open();
    REQUIRE(said(d.add_crl(bytes_of(crl))) == well);
    CHECK(h.names(place::trusted_crl).size() == 1);

    CHECK(said(d.add(*c.read(), list::issuers)) == well);
    CHECK_FALSE(trusts(d, c));
    CHECK(lists(d, c, list::issuers));
    CHECK(places_of(h, c.der()) == 1);
    CHECK(h.names(place::trusted_crl).empty());  // its revocation list came along
    CHECK(places_of(h, crl) == 1);
    CHECK(d.lists().get().lists->crls()[0].in.has(list::issuers));

    CHECK(said(d.reject(c.read()->print())) == well);
    CHECK(d.lists().get().lists->members().empty());
    CHECK(places_of(h, c.der()) == 1);
    CHECK(places_of(h, crl) == 0);
    REQUIRE(d.rejected().size() == 1);

    CHECK(said(d.approve(c.read()->print())) == well);
    CHECK(trusts(d, c));
    CHECK(places_of(h, c.der()) == 1);
    CHECK(d.rejected().empty());

    CHECK(said(d.remove(c.read()->print())) == well);
    CHECK(places_of(h, c.der()) == 0);
    CHECK(said(d.remove(c.read()->print())).ends_with("has nothing of this thumbprint"));
    CHECK(said(d.reject(c.read()->print())).ends_with("has nothing of this thumbprint"));
    CHECK(
        said(d.approve(c.read()->print())).ends_with("no such rejected certificate; list what is rejected"));
    CHECK(h.unfinished().empty());
}

TEST_CASE("one that an administrator has copied into two lists is in one after the next change of it",
          "[trust][directory]") {
    house h;
    auto const p = pump();
    h.drop(place::trusted, "a", p.der());
    h.drop(place::trusted, "b", p.der());
    h.drop(place::issuers, "c", p.der());
    h.drop(place::rejected, "d", p.der());
    auto d = h.open();
    CHECK(trusts(d, p));
    CHECK(lists(d, p, list::issuers));
    SECTION("added") {
        CHECK(said(d.add(*p.read(), list::issuers)) == well);
        CHECK(places_of(h, p.der()) == 1);
        CHECK_FALSE(trusts(d, p));
    }
    SECTION("removed") {
        CHECK(said(d.remove(p.read()->print())) == well);
        CHECK(places_of(h, p.der()) == 0);
        CHECK(d.lists().get().lists->members().empty());
    }
    SECTION("rejected") {
        CHECK(said(d.reject(p.read()->print())) == well);
        CHECK(d.lists().get().lists->members().empty());
        CHECK(places_of(h, p.der()) == 1);
    }
}

TEST_CASE("PEM stays PEM when it moves, and a link becomes the file", "[trust][directory]") {
    house h{layout::plural_issuers};
    auto const p = pump();
    trust::detail::owned_bio const out{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(out.get(), p.read()->x509());
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    std::string const pem{data, static_cast<std::size_t>(size)};
    SECTION("PEM") {
        h.drop(place::rejected, "p.pem", pem);
        auto d = h.open();
        CHECK(said(d.approve(p.read()->print())) == well);
        CHECK(trusts(d, p));
        REQUIRE(h.names(place::trusted).size() == 1);
        CHECK(h.names(place::trusted)[0].ends_with(".pem"));
    }
    SECTION("a link within the store") {
        h.drop(place::own, "p.der", p.der());
        fs::create_symlink("../own/certs/p.der", h.in(place::rejected) / "link.der");
        auto d = h.open();
        CHECK(said(d.approve(p.read()->print())) == well);
        CHECK(trusts(d, p));
        REQUIRE(h.names(place::trusted).size() == 1);
        CHECK(fs::symlink_status(h.in(place::trusted) / h.names(place::trusted)[0]).type() ==
              fs::file_type::regular);
        CHECK(h.names(place::rejected).empty());
        CHECK(fs::exists(h.in(place::own) / "p.der"));
    }
}

TEST_CASE("a revocation list lies beside its CA, and an older one never takes a newer one's place",
          "[trust][directory][crl]") {
    house h;
    auto d = h.open();
    auto const root = ca();
    std::map<long long, std::string> made;  // a curve signs otherwise each time
    auto const numbered = [&](long long n) -> std::string const& {
        auto& one = made[n];
        if (one.empty()) one = pki::revocations(root).number(n).made().der();
        return one;
    };
    CHECK(said(d.add_crl(bytes_of(numbered(5)))).find("no listed CA has signed this revocation list") !=
          std::string::npos);
    REQUIRE(said(d.add(*root.read(), list::trusted)) == well);
    CHECK(said(d.add_crl(bytes_of(numbered(5)))) == well);
    CHECK(h.names(place::trusted_crl).size() == 1);
    CHECK(said(d.add_crl(bytes_of(numbered(5)))) == well);  // the same again
    auto const no = said(d.add_crl(bytes_of(numbered(4))));
    CHECK(no.find("a newer revocation list of this CA is there already") != std::string::npos);
    CHECK(places_of(h, numbered(5)) == 1);
    CHECK(said(d.add_crl(bytes_of(numbered(6)))) == well);
    CHECK(h.names(place::trusted_crl).size() == 1);  // what it replaced is gone
    CHECK(places_of(h, numbered(6)) == 1);
    CHECK(d.lists().get().lists->crls().size() == 1);

    // A number of twenty octets is one, too, and a list without is older than one with.
    auto const huge = pki::revocations(root).number_octets("\x7F" + std::string(19, '\xFF')).made().der();
    CHECK(said(d.add_crl(bytes_of(huge))) == well);
    CHECK(said(d.add_crl(bytes_of(numbered(1'000'000)))) != well);
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).without_number().made().der()))) != well);

    // By a replacement of the whole list neither.
    trust::store_content c;
    c.trusted_crls.push_back(octets(numbered(7)));
    CHECK(said(d.replace(2, c)).find("a newer revocation list of this CA is there already") !=
          std::string::npos);
    CHECK(places_of(h, huge) == 1);
}

TEST_CASE("where lists have no numbers the later one is the newer one", "[trust][directory][crl]") {
    house h;
    auto const root = ca();
    h.drop(place::issuers, "root", root.der());
    auto d = h.open();
    auto const dated = [&](auto t) { return pki::revocations(root).without_number().from(t).made().der(); };
    CHECK(said(d.add_crl(bytes_of(dated(pki::today - 48h)))) == well);
    CHECK(said(d.add_crl(bytes_of(dated(pki::today - 72h)))) != well);
    CHECK(said(d.add_crl(bytes_of(dated(pki::today - 24h)))) == well);
    CHECK(h.names(place::issuer_crl).size() == 1);
}

TEST_CASE("a delta, and a list of another scope, stand beside the base", "[trust][directory][crl]") {
    house h;
    auto const root = ca();
    h.drop(place::issuers, "root", root.der());
    auto d = h.open();
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).number(9).made().der()))) == well);
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).number(3).delta_of(2).made().der()))) == well);
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).number(1).of({.only_users = true}).made().der()))) ==
          well);
    CHECK(h.names(place::issuer_crl).size() == 3);
}

TEST_CASE("a delta takes another's place only where it amends what that one did", "[trust][directory][crl]") {
    house h;
    auto const root = ca();
    auto const p = pki::application("Pump 7", pki::p256("pumps")).by(root);
    auto d = h.open();
    REQUIRE(said(d.add(*root.read(), list::trusted)) == well);
    auto const add = [&](pki::list_maker const& l) { return said(d.add_crl(l.made().bytes())); };
    REQUIRE(add(pki::revocations(root).number(1)) == well);
    CHECK(says(d, p) == trust::status::good);
    REQUIRE(add(pki::revocations(root).number(2).delta_of(1).revoke(p)) == well);
    CHECK(says(d, p) == trust::status::certificate_revoked);
    // Its base, which names the pump, has not come yet.
    REQUIRE(add(pki::revocations(root).number(6).delta_of(5)) == well);
    CHECK(says(d, p) == trust::status::certificate_revoked);
    REQUIRE(add(pki::revocations(root).number(7).delta_of(5)) == well);  // which replaces the sixth
    CHECK(h.names(place::trusted_crl).size() == 3);
    REQUIRE(add(pki::revocations(root).number(3).delta_of(1).revoke(p)) == well);  // late, and of use
    CHECK(h.names(place::trusted_crl).size() == 3);
    CHECK(add(pki::revocations(root).number(4).delta_of(5)) != well);
    CHECK(says(d, p) == trust::status::certificate_revoked);
    // With the base the newest delta speaks, and the next one replaces all.
    REQUIRE(add(pki::revocations(root).number(5).revoke(p)) == well);
    CHECK(says(d, p) == trust::status::certificate_revoked);
    REQUIRE(add(pki::revocations(root).number(8).delta_of(5)) == well);
    CHECK(h.names(place::trusted_crl).size() == 2);
    CHECK(says(d, p) == trust::status::certificate_revoked);
    CHECK(add(pki::revocations(root).number(3).delta_of(1)).find("a newer revocation list") !=
          std::string::npos);
}

TEST_CASE("a revocation list from the future takes nobody's place before its time",
          "[trust][directory][crl]") {
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    house h;
    auto const root = ca();
    auto const p = pki::application("Pump 7", pki::p256("pumps")).by(root);
    auto d = h.open();
    REQUIRE(said(d.add(*root.read(), list::trusted)) == well);
    auto const add = [&](pki::list_maker l, auto from) {
        return said(d.add_crl(l.from(from).until(now + 60 * 24h).made().bytes()));
    };
    REQUIRE(add(pki::revocations(root).number(1).revoke(p), now - 24h) == well);
    CHECK(says(d, p, now) == trust::status::certificate_revoked);
    REQUIRE(add(pki::revocations(root).number(4).revoke(p), now + 24h) == well);
    CHECK(says(d, p, now) == trust::status::certificate_revoked);
    CHECK(h.names(place::trusted_crl).size() == 2);
    REQUIRE(add(pki::revocations(root).number(5).revoke(p), now + 12h) == well);  // sooner than the fourth
    CHECK(h.names(place::trusted_crl).size() == 2);
    REQUIRE(add(pki::revocations(root).number(2).revoke(p), now - 1h) == well);  // in force, in its turn
    CHECK(h.names(place::trusted_crl).size() == 2);
    CHECK(add(pki::revocations(root).number(1), now - 24h) != well);
    CHECK(says(d, p, now) == trust::status::certificate_revoked);
    REQUIRE(add(pki::revocations(root).number(6).revoke(p), now) == well);
    CHECK(h.names(place::trusted_crl).size() == 1);
    CHECK(says(d, p, now) == trust::status::certificate_revoked);
}

TEST_CASE("what is forged, foreign, broken or not understood is no revocation list of ours",
          "[trust][directory][crl]") {
    house h;
    auto const root = ca(), other = pki::authority("Plant Root", pki::p256("a thief")).self_signed();
    h.drop(place::trusted, "root", root.der());
    auto d = h.open();
    CHECK(said(d.add_crl(bytes_of(pki::revocations(root).spoiled().made().der()))) != well);
    CHECK(said(d.add_crl(bytes_of(pki::revocations(other).made().der()))) != well);
    CHECK(said(d.add_crl(bytes_of(root.der()))).find("the revocation list is no") != std::string::npos);
    CHECK(said(d.add_crl(bytes_of(
                   pki::revocations(root).extension(pki::id::strange, true, pki::der::null()).made().der())))
              .find("holds what nobody here understands") != std::string::npos);
    CHECK(h.names(place::trusted_crl).empty());
    CHECK(h.unfinished().empty());
}

TEST_CASE("a CA that goes takes its revocation lists along, those of its name but not of its key stay",
          "[trust][directory][crl]") {
    house h;
    auto const root = ca(), twin = pki::authority("Plant Root", pki::p256("a twin")).self_signed();
    auto d = h.open();
    for (auto const& c : {root, twin}) REQUIRE(said(d.add(*c.read(), list::issuers)) == well);
    std::string const of_root = pki::revocations(root).made().der(),
                      of_twin = pki::revocations(twin).made().der();
    REQUIRE(said(d.add_crl(bytes_of(of_root))) == well);
    REQUIRE(said(d.add_crl(bytes_of(of_twin))) == well);
    CHECK(h.names(place::issuer_crl).size() == 2);  // one name, and yet neither replaced the other
    CHECK(said(d.remove(root.read()->print())) == well);
    CHECK(places_of(h, of_root) == 0);
    CHECK(places_of(h, of_twin) == 1);
    CHECK(said(d.remove(print_of(of_twin))) == well);  // a revocation list by its own thumbprint
    CHECK(places_of(h, of_twin) == 0);
    CHECK(lists(d, twin, list::issuers));
}

TEST_CASE("a replacement makes the named lists exactly what is given, and touches no other",
          "[trust][directory]") {
    house h;
    auto const a = pump("A"), b = pump("B"), c = pump("C");
    auto const root = ca(), line = ca("Line");
    h.drop(place::trusted, "a", a.der());
    h.drop(place::trusted, "b", b.der());
    h.drop(place::issuers, "root", root.der());
    h.drop(place::issuer_crl, "root", pki::revocations(root).made().der());
    auto d = h.open();
    auto const inode = [&](char const* name) {
        struct stat about {};
        (void)::stat((h.in(place::trusted) / name).c_str(), &about);
        return about.st_ino;
    };
    auto const b_was = inode("b");

    trust::store_content lists_now;
    lists_now.trusted = {octets(b.der()), octets(c.der()), octets(c.der())};
    REQUIRE(said(d.replace(1, lists_now)) == well);
    CHECK_FALSE(trusts(d, a));
    CHECK(trusts(d, b));
    CHECK(trusts(d, c));
    CHECK(inode("b") == b_was);  // what stays is never away
    CHECK(h.names(place::trusted).size() == 2);
    CHECK(lists(d, root, list::issuers));
    CHECK(d.lists().get().lists->crls().size() == 1);
    CHECK(h.told(store_event::kind::changed) == 1);

    lists_now.issuers = {octets(line.der())};
    lists_now.issuer_crls = {octets(pki::revocations(line).made().der())};
    REQUIRE(said(d.replace(4 | 8, lists_now)) == well);
    CHECK_FALSE(lists(d, root, list::issuers));
    CHECK(lists(d, line, list::issuers));
    CHECK(d.lists().get().lists->crls().size() == 1);
    CHECK(trusts(d, b));

    REQUIRE(said(d.replace(15, {})) == well);
    CHECK(d.lists().get().lists->members().empty());
    CHECK(d.lists().get().lists->crls().empty());
    CHECK(h.unfinished().empty());
}

TEST_CASE("one thing that is wrong leaves all of a replacement undone", "[trust][directory]") {
    house h;
    auto const a = pump("A"), b = pump("B");
    h.drop(place::trusted, "a", a.der());
    auto d = h.open();
    trust::store_content c;
    c.trusted = {octets(b.der())};
    SECTION("a certificate") { c.issuers = {octets("no certificate")}; }
    SECTION("a revocation list") { c.issuer_crls = {octets(b.der())}; }
    CHECK(said(d.replace(15, c)).ends_with("nothing was changed"));
    CHECK(trusts(d, a));
    CHECK_FALSE(trusts(d, b));
    CHECK(h.names(place::trusted) == std::vector<std::string>{"a"});
    CHECK(h.unfinished().empty());
}

TEST_CASE("the change is of what lies there now, not of what was seen before", "[trust][directory]") {
    house h;
    auto const p = pump();
    auto d = h.open();
    h.drop(place::issuers, "moved here meanwhile", p.der());
    CHECK(said(d.add(*p.read(), list::trusted)) == well);
    CHECK(places_of(h, p.der()) == 1);
    CHECK(trusts(d, p));
}

TEST_CASE("while another process writes a change waits, and says so at last", "[trust][directory]") {
    house h;
    auto d = h.open({.patience = 50ms});
    auto const p = pump();
    auto lock = sallyport::folder_lock::of(h.root() + "/.", 0ms);
    REQUIRE(lock);
    CHECK(
        said(d.add(*p.read(), list::trusted)).ends_with("somebody else is writing in its folder; try again"));
    CHECK(h.names(place::trusted).empty());
    CHECK(said(d.refresh()) == well);  // to read one need not wait
    lock = sallyport::load_error{};
    CHECK(said(d.add(*p.read(), list::trusted)) == well);
}

TEST_CASE("two processes that change one store lose nothing of each other's", "[trust][directory]") {
    house h;
    constexpr int each = 40;
    std::vector<pki::issued> all;
    for (int i = 0; i < 2 * each; ++i) all.push_back(pump("Pump " + std::to_string(i)));
    for (auto const& c : all) (void)c.read();
    std::vector<pid_t> children;
    for (int child = 0; child < 2; ++child)
        if (pid_t const pid = ::fork(); pid != 0) {
            children.push_back(pid);
        } else {
            auto d = directory::open(h.root(), h.where, {.patience = 20s});
            bool good = static_cast<bool>(d);
            for (int i = 0; good && i < each; ++i) {
                auto const& mine = *all[static_cast<std::size_t>(child * each + i)].read();
                good = !d->add(mine, list::trusted) && !d->add(mine, list::issuers) &&
                       (i % 2 == 0 || !d->reject(mine.print()));
            }
            ::_exit(good ? 0 : 1);
        }
    for (pid_t const pid : children) {
        int how = 0;
        REQUIRE(::waitpid(pid, &how, 0) == pid);
        CHECK(how == 0);
    }
    auto const d = h.open();
    CHECK(count(d, place::issuers) == each);
    CHECK(count(d, place::rejected) == each);
    CHECK(count(d, place::trusted) == 0);
    for (auto const& c : all) CHECK(places_of(h, c.der()) == 1);
    CHECK(h.unfinished().empty());
}
