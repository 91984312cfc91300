// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace house_of_tests;

namespace {

/// PEM of this DER, under this label.
std::string pem(std::string_view der, char const* label = "CERTIFICATE") {
    trust::detail::owned_bio const out{BIO_new(BIO_s_mem())};
    PEM_write_bio(out.get(), label, "", trust::as_bytes(der).data(), static_cast<long>(der.size()));
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}
std::string reason_of(directory const& d, std::string_view file) {
    for (auto const& s : d.skipped())
        if (s.file.ends_with("/" + std::string{file})) return s.reason;
    return "not skipped";
}

}  // namespace

TEST_CASE("what lies in the folders is in force once the store is opened", "[trust][directory]") {
    auto const laid_out = GENERATE(layout::annex_f, layout::plural_issuers);
    house h{laid_out};
    auto const root = ca(), line = pki::authority("Line", pki::p256("Line")).by(root), p = pump();
    h.drop(place::trusted, "x", p.der());  // content decides, never the name
    h.drop(place::issuers, "root.der", root.der());
    h.drop(place::issuers, "README.txt.crl", line.der());
    h.drop(place::issuer_crl, "whatever.der", pki::revocations(root).made().der());
    h.drop(place::rejected, "no.der", pump("Stranger").der());
    auto const d = h.open();
    CHECK(trusts(d, p));
    CHECK_FALSE(lists(d, p, list::issuers));
    CHECK(lists(d, root, list::issuers));
    CHECK(lists(d, line, list::issuers));
    CHECK(d.lists().get().lists->crls().size() == 1);
    CHECK(d.lists().get().lists->crls()[0].in.has(list::issuers));
    CHECK(d.lists().get().lists->members().size() == 3);
    CHECK(d.skipped().empty());
    CHECK_FALSE(d.fault());
    REQUIRE(d.find(root.read()->print()));
    CHECK(d.find(root.read()->print())->file == "root.der");
    CHECK(d.find(root.read()->print())->where == place::issuers);
    CHECK(d.rejected().size() == 1);
    CHECK(h.heard.empty());
}

TEST_CASE("missing folders are empty lists, a missing store is none", "[trust][directory]") {
    support::folder at;
    auto const d = directory::open(at.at.string());
    REQUIRE(d);
    CHECK(d->lists().get().lists->members().empty());
    CHECK(d->lists().generation() == 1);
    CHECK(fs::is_empty(at.at));  // to look changes nothing

    auto const none = directory::open(at.file("nowhere"));
    REQUIRE_FALSE(none);
    CHECK(none.error().message == "cannot be opened: No such file or directory; make the store first");
    auto const file = directory::open(at.with("x", "a file"));
    REQUIRE_FALSE(file);
    CHECK(file.error().message == "is no folder; name the root folder of the store");
}

TEST_CASE("PEM is read where the layout has it and the file ends in .pem, DER everywhere",
          "[trust][directory]") {
    auto const p = pump("P"), q = pump("Q"), r = pump("R");
    auto const root = ca();
    std::string const crl = pki::revocations(root).made().der();
    auto const fill = [&](house& h) {
        h.drop(place::trusted, "p.pem", pem(p.der()));
        h.drop(place::trusted, "q.der", pem(q.der()));
        h.drop(place::trusted, "r", r.der());
        h.drop(place::issuer_crl, "c.PEM", pem(crl, "X509 CRL"));
        h.drop(place::trusted, "two.pem", pem(q.der()) + pem(r.der()));
        h.drop(place::trusted, "none.pem", "-----BEGIN NOTHING-----\n");
        h.drop(place::trusted, "der.pem", q.der());
    };
    SECTION("plural issuers") {
        house h{layout::plural_issuers};
        fill(h);
        auto const d = h.open();
        CHECK(trusts(d, p));
        CHECK_FALSE(trusts(d, q));
        CHECK(trusts(d, r));
        CHECK(d.lists().get().lists->crls().size() == 1);
        CHECK(reason_of(d, "q.der") == "is no DER certificate");
        CHECK(reason_of(d, "two.pem") == "holds several certificates; put each into a file of its own");
        CHECK(reason_of(d, "none.pem") == "holds no PEM certificate");
        CHECK(reason_of(d, "der.pem") == "holds no PEM certificate");
    }
    SECTION("Annex F") {
        house h;
        fill(h);
        auto const d = h.open();
        CHECK_FALSE(trusts(d, p));
        CHECK(trusts(d, r));
        CHECK(trusts(d, q));  // der.pem: the name means nothing
        CHECK(d.lists().get().lists->crls().empty());
        CHECK(reason_of(d, "p.pem") == "is no DER certificate");
    }
}

TEST_CASE("what is no certificate counts for nothing and is reported, and the rest counts",
          "[trust][directory]") {
    house h;
    auto const p = pump();
    auto const root = ca();
    h.drop(place::trusted, "good.der", p.der());
    h.drop(place::trusted, "empty.der", "");
    h.drop(place::trusted, "text.der", "hello");
    h.drop(place::trusted, "torn.der", p.der().substr(0, p.der().size() - 1));
    h.drop(place::trusted, "more.der", p.der() + "x");
    h.drop(place::trusted, "large.der", std::string(trust::certificate::largest + 1, '0'));
    h.drop(place::trusted, "list.der", pki::revocations(root).made().der());
    h.drop(place::trusted_crl, "certificate.crl", root.der());
    h.drop(place::trusted, ".hidden.der", pump("Hidden").der());
    h.drop(place::trusted, ".sallyport-0.new", pump("Unfinished").der());
    fs::create_directory(h.in(place::trusted) / "old");
    std::ofstream{h.in(place::trusted) / "old" / "x.der", std::ios::binary} << pump("Old").der();
    auto const d = h.open({.writes = false});
    CHECK(trusts(d, p));
    CHECK(d.lists().get().lists->members().size() == 1);
    CHECK(reason_of(d, "empty.der") == "is no DER certificate");
    CHECK(reason_of(d, "text.der") == "is no DER certificate");
    CHECK(reason_of(d, "torn.der") == "is no DER certificate");
    CHECK(reason_of(d, "more.der") == "has stray octets after the certificate");
    CHECK(reason_of(d, "large.der") == "is larger than 65536 bytes");
    CHECK(reason_of(d, "list.der") == "is a revocation list among certificates");
    CHECK(reason_of(d, "certificate.crl") == "is a certificate among revocation lists");
    CHECK(d.skipped().size() == 7);
    CHECK(d.skipped()[0].file.starts_with(h.root()));
}

TEST_CASE("links out of the store, pipes, sockets and devices are not followed", "[trust][directory]") {
    house h;
    support::folder outside;
    auto const p = pump("Inside"), q = pump("Outside");
    std::ofstream{outside.file("q.der"), std::ios::binary} << q.der();
    h.drop(place::own, "p.der", p.der());
    fs::create_symlink(outside.file("q.der"), h.in(place::trusted) / "out.der");
    fs::create_symlink("../../own/certs/p.der", h.in(place::trusted) / "in.der");
    fs::create_symlink("nowhere", h.in(place::trusted) / "dangling.der");
    fs::create_symlink("loop.der", h.in(place::trusted) / "loop.der");
    fs::create_symlink("/dev/zero", h.in(place::trusted) / "zero.der");
    REQUIRE(::mkfifo((h.in(place::trusted) / "pipe.der").c_str(), 0600) == 0);
    int const s = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    auto const path = (h.in(place::trusted) / "s").string();
    REQUIRE(path.size() < sizeof name.sun_path);
    std::copy(path.begin(), path.end(), name.sun_path);
    REQUIRE(::bind(s, reinterpret_cast<sockaddr const*>(&name), sizeof name) == 0);

    auto const began = std::chrono::steady_clock::now();
    auto const d = h.open();
    CHECK(std::chrono::steady_clock::now() - began < 5s);  // nobody waited for the pipe's other end
    CHECK(trusts(d, p));
    CHECK_FALSE(trusts(d, q));
    for (char const* const no : {"out.der", "dangling.der", "loop.der", "zero.der"})
        CHECK(reason_of(d, no) == "is a link out of the store, or to nothing; it is not followed");
    CHECK(reason_of(d, "pipe.der") == "is no regular file");
    CHECK(reason_of(d, "s") == "is no regular file");
    ::close(s);
}

TEST_CASE("a folder that is a link is not followed", "[trust][directory]") {
    house h;
    support::folder outside;
    std::ofstream{outside.file("q.der"), std::ios::binary} << pump().der();
    fs::remove_all(h.in(place::trusted));
    fs::create_symlink(outside.at, h.in(place::trusted));
    auto const d = directory::open(h.root());
    REQUIRE_FALSE(d);
    CHECK(
        d.error().to_string().ends_with("trusted/certs: is a link and is not followed; put a folder there"));
    // The store itself may be reached by a link.
    fs::remove(h.in(place::trusted));
    fs::create_directory_symlink(h.root(), outside.at / "store");
    CHECK(directory::open((outside.at / "store").string()));
}

TEST_CASE("in one folder no more files count than it may have", "[trust][directory]") {
    house h;
    for (int i = 0; i < 5; ++i) h.drop(place::trusted, std::to_string(i), pump(std::to_string(i)).der());
    auto d = h.open({.most_files = 4});
    CHECK(d.lists().get().lists->members().size() == 4);
    REQUIRE(d.skipped().size() == 1);
    CHECK(d.skipped()[0].reason == "is one file too many; it and what follows is not read");
}

TEST_CASE("a refresh sees what came, what went and what was written anew", "[trust][directory]") {
    house h;
    auto const a = pump("A"), b = pump("B"), c = pump("C");
    h.drop(place::trusted, "one", a.der());
    auto d = h.open();
    auto const first = d.lists().generation();
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK(d.lists().generation() == first);  // nothing changed, and what was remembered stays remembered

    h.drop(place::trusted, "two", b.der());
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK(trusts(d, a));
    CHECK(trusts(d, b));
    CHECK(d.lists().generation() == first + 1);
    CHECK(h.told(store_event::kind::noticed) == 1);

    fs::rename(h.in(place::trusted) / "one", h.in(place::rejected) / "one");
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK_FALSE(trusts(d, a));
    CHECK(d.rejected().size() == 1);

    h.drop(place::trusted, "two", c.der());
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK_FALSE(trusts(d, b));
    CHECK(trusts(d, c));

    fs::remove(h.in(place::trusted) / "two");
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK(d.lists().get().lists->members().empty());
    CHECK(d.lists().generation() == first + 4);
}

TEST_CASE("of one size, one time and one name: what was written within a clock's tick is seen",
          "[trust][directory]") {
    house h;
    auto const key = pki::ed25519("same size");  // signatures of one length
    auto const one = pki::application("A", key).serial(1).self_signed(),
               other = pki::application("B", key).serial(2).self_signed();
    REQUIRE(one.der().size() == other.der().size());
    auto d = h.open();
    for (int i = 0; i < 20; ++i) {
        auto const& now = i % 2 == 0 ? one : other;
        h.drop(place::trusted, "x", now.der());
        REQUIRE(said(d.refresh()) == "all is well");
        CHECK(trusts(d, now));
    }
}

TEST_CASE("a file whose times were set back is read again: inode and ctime tell", "[trust][directory]") {
    house h;
    auto const key = pki::ed25519("same size");
    auto const one = pki::application("A", key).serial(1).self_signed(),
               other = pki::application("B", key).serial(2).self_signed();
    auto const path = h.drop(place::trusted, "x", one.der());
    auto const written = fs::last_write_time(path);
    auto d = h.open();
    let_time_pass();
    REQUIRE(said(d.refresh()) == "all is well");
    let_time_pass();
    SECTION("written in place") { h.drop(place::trusted, "x", other.der()); }
    SECTION("another file under its name") {
        h.drop(place::rejected, "y", other.der());
        fs::rename(h.in(place::rejected) / "y", path);
    }
    fs::last_write_time(path, written);
    REQUIRE(said(d.refresh()) == "all is well");
    CHECK(trusts(d, other));
    CHECK_FALSE(trusts(d, one));
}

TEST_CASE("a tick looks once an interval, and never less than once a second", "[trust][directory]") {
    house h;
    auto d = h.open({.interval = 1h});  // is cut
    CHECK_FALSE(d.tick(after(0s)));
    CHECK(d.next_tick() == after(1s).steady);
    auto const p = pump();
    h.drop(place::trusted, "p", p.der());
    CHECK_FALSE(d.tick(after(999ms)));
    CHECK_FALSE(trusts(d, p));
    CHECK_FALSE(d.tick(after(1s)));
    CHECK(trusts(d, p));
    CHECK(h.told(store_event::kind::noticed) == 1);
    // A clock that stands at the end of time does not wrap into silence.
    CHECK_FALSE(d.tick({nanoseconds::max(), {}, false}));
    CHECK(d.next_tick() == nanoseconds::max());
}

TEST_CASE("a tick looks at so many files and no more, and what it found counts at the end",
          "[trust][directory]") {
    house h;
    auto const last = pump("Last");
    auto d = h.open({.files_a_call = 64});
    (void)d.tick(after(0s));
    for (int i = 0; i < 40; ++i)
        h.drop(place::trusted, std::to_string(i), pump("P" + std::to_string(i)).der());
    h.drop(place::trusted, "last", last.der());
    int calls = 1;
    while (d.tick(after(1s))) {
        ++calls;
        CHECK(d.lists().get().lists->members().empty());  // not a part of it before the whole
        REQUIRE(calls < 100);
    }
    CHECK(trusts(d, last));
    CHECK(d.lists().get().lists->members().size() == 41);
    CHECK(calls >= 41 * 16 / 64);  // one that is read counts for 16

    let_time_pass();
    REQUIRE(said(d.refresh()) == "all is well");
    calls = 1;
    while (d.tick(after(5s))) ++calls;
    CHECK(calls <= 2);  // nothing has changed: a look at each name
}

TEST_CASE("half of a move is not believed", "[trust][directory]") {
    house h;
    auto const p = pump();
    h.drop(place::issuers, "p", p.der());
    for (int i = 0; i < 30; ++i)
        h.drop(place::trusted, std::to_string(i), pump("P" + std::to_string(i)).der());
    auto d = h.open({.files_a_call = 3});
    REQUIRE(d.tick(after(0s)));  // looks at some, and then …
    int calls = 0;
    bool moved = false;
    while (d.tick(after(0s))) {
        if (++calls == 12) {
            fs::rename(h.in(place::issuers) / "p", h.in(place::trusted) / "p");
            moved = true;
        }
        auto const in = d.lists().get().lists->where(p.read()->print());
        CHECK(in.any());
        REQUIRE(calls < 2000);
    }
    REQUIRE(moved);
    CHECK(trusts(d, p));
}

TEST_CASE("a revocation that is dropped into its folder refuses within a second, also who was known",
          "[trust][directory]") {
    house h;
    auto const root = ca();
    auto const p = pki::application("Pump 7", pki::p256("pumps")).by(root);
    h.drop(place::trusted, "root", root.der());
    h.drop(place::trusted_crl, "1", pki::revocations(root).made().der());
    auto d = h.open();
    trust::validator const judge{d.lists()};
    auto const says = [&](nanoseconds since) {
        (void)d.tick(after(since));
        return judge.validate({.chain = p.bytes()}, after(since)).first();
    };
    for (int i = 0; i < 5; ++i) REQUIRE(says(0s) == trust::status::good);  // warm
    h.drop(place::trusted_crl, "2", pki::revocations(root).number(2).revoke(p).made().der());
    CHECK(says(999ms) == trust::status::good);
    CHECK(says(1s) == trust::status::certificate_revoked);
    CHECK(says(2s) == trust::status::certificate_revoked);
    // Taken away again, both lists: nobody knows any more.
    fs::remove(h.in(place::trusted_crl) / "1");
    fs::remove(h.in(place::trusted_crl) / "2");
    CHECK(says(3s) == trust::status::certificate_revocation_unknown);
    fs::remove(h.in(place::trusted) / "root");
    CHECK(says(4s) == trust::status::certificate_chain_incomplete);
}

TEST_CASE("the lists stay where they are when the directory moves", "[trust][directory]") {
    house h;
    h.drop(place::trusted, "p", pump().der());
    auto d = h.open();
    auto const* const lists = &d.lists();
    directory elsewhere = std::move(d);
    CHECK(&elsewhere.lists() == lists);
    CHECK(lists->get().lists->members().size() == 1);
}

TEST_CASE("opened for reading only nothing is ever changed", "[trust][directory]") {
    house h;
    h.drop(place::trusted, "p", pump().der());
    h.drop(place::trusted, ".sallyport-0.new", "left by somebody who was killed");
    auto const before = h.names(place::trusted);
    auto d = h.open({.writes = false});
    CHECK(said(d.add(*pump("Q").read(), list::trusted))
              .ends_with("open for reading only; nothing was changed"));
    CHECK(d.reject(pump("R").bytes(), "R", {}, trust::status::certificate_untrusted, after(0s)));
    (void)d.tick(after(1h));
    CHECK(d.rejected().size() == 1);  // in memory
    CHECK(h.names(place::trusted) == before);
    CHECK(fs::exists(h.in(place::trusted) / ".sallyport-0.new"));
    CHECK_FALSE(fs::exists(h.at.at / ".sallyport"));
    CHECK(d.rejected_cost() == std::pair<std::uint64_t, std::uint64_t>{0, 0});
}
