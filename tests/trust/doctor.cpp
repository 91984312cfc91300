// SPDX-License-Identifier: BSL-1.0
// The doctor: a store with one thing wrong, and what is said about it; and a store with nothing wrong.
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/doctor.hpp>
#include <sallyport/trust/written_files.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace trust = sallyport::trust;
namespace fs = std::filesystem;
using pki::application;
using pki::authority;
using pki::revocations;
using pki::today;
using trust::place;
using trust::severity;
using namespace std::chrono_literals;

constexpr sallyport::instant at(pki::sys_seconds t, bool set = true) {
    return {.steady = 1h, .wall = t.time_since_epoch(), .wall_trusted = set};
}

/// A store in a folder of its own, as an administrator would fill it.
struct clinic {
    support::folder folder;
    trust::layout where = trust::layout::annex_f;
    trust::doctor_options options{.expects_own = false};

    clinic() {
        ::chmod(folder.at.c_str(), 0700);
        REQUIRE_FALSE(trust::directory::create(folder.at.string(), where));
    }
    std::string put(place p, std::string const& name, std::string const& der) const {
        std::string const path = (folder.at / where.of(p).view() / name).string();
        std::ofstream{path, std::ios::binary} << der;
        ::chmod(path.c_str(), 0600);
        return path;
    }
    std::string trusted(pki::issued const& c) const {
        return put(place::trusted, trust::file_name_of(*c.read()), c.der());
    }
    std::string issuer(pki::issued const& c) const {
        return put(place::issuers, trust::file_name_of(*c.read()), c.der());
    }
    /// A CA in the issuer list, with its empty revocation list.
    void ca(pki::issued const& c) const {
        issuer(c);
        put(place::issuer_crl, c.read()->common_name() + ".crl", revocations(c).made().der());
    }
    [[nodiscard]] std::vector<trust::store_finding> asked(sallyport::instant when = at(today)) const {
        auto const store = trust::directory::open(folder.at.string(), where);
        REQUIRE(store);
        return trust::examine(*store, when, options);
    }
    /// What is found, one line each: "fault Pump 7 [..].der: ended on …". The file's thumbprint is left out.
    [[nodiscard]] std::vector<std::string> lines(sallyport::instant when = at(today)) const {
        std::vector<std::string> all;
        for (auto const& f : asked(when)) {
            CHECK_FALSE(f.remedy.empty());
            std::string file = fs::path{f.path}.filename().string();
            file = file.substr(0, file.find(" ["));
            all.push_back(std::string{to_string(f.how)} + " " + file + ": " + f.what);
        }
        return all;
    }
};
bool one_says(std::vector<std::string> const& lines, std::string_view begins, std::string_view holds) {
    return std::count_if(lines.begin(), lines.end(), [&](std::string const& l) {
               return l.starts_with(begins) && l.find(holds) != std::string::npos;
           }) == 1;
}
trust::own_request gate() {
    return {.common_name = "Gate",
            .organization = "Plant",
            .application_uri = "urn:plant:gate",
            .dns_names = {"gate"}};
}
using all_of_it = std::vector<std::string>;

/// Made once: keys take their time.
struct people {
    pki::issued root = authority("Root").self_signed();
    pki::issued line = authority("Line").by(root);
    pki::issued pump = application("Pump 7").by(line);
    pki::issued alone = application("Alone").uri("urn:plant:alone").self_signed();
};
people const& the() {
    static people const all;
    return all;
}

}  // namespace

TEST_CASE("a store in order: nothing is found", "[trust][doctor]") {
    clinic one;
    one.trusted(the().pump);
    one.trusted(the().alone);
    one.ca(the().root);
    one.ca(the().line);
    CHECK(one.lines() == all_of_it{});
}

TEST_CASE("an empty store trusts nobody, and says so", "[trust][doctor]") {
    clinic one;
    CHECK(one.lines() == all_of_it{"notice : is empty: nobody is trusted, and everybody is refused"});
}

TEST_CASE("the last instant of a certificate, and the month before it", "[trust][doctor]") {
    clinic one;
    auto const until = today + 90 * 24h;
    one.trusted(application("Old").valid_until(until).self_signed());

    CHECK(one.lines(at(until - 30 * 24h)) == all_of_it{});
    CHECK(one.lines(at(until - 30 * 24h + 1s)) == all_of_it{"warning Old: ends on 2026-09-13, in 29 days"});
    CHECK(one.lines(at(until)) == all_of_it{"warning Old: ends on 2026-09-13, within a day"});
    CHECK(one.lines(at(until + 1s)) == all_of_it{"fault Old: ended on 2026-09-13, and is refused"});
    CHECK(one.lines(at(pki::sys_days{2023y / 12 / 31})) ==
          all_of_it{"warning Old: is valid from 2024-01-01 on, and refused before"});
}

TEST_CASE("without a clock no date is judged, and that is said", "[trust][doctor]") {
    clinic one;
    one.trusted(application("Old").valid_until(today - 24h).self_signed());
    auto const said = one.lines(at(today, false));
    CHECK(said.size() == 1);
    CHECK(one_says(said, "warning sallyport-test-", "without a clock: no date was judged"));
}

TEST_CASE("a CA needs a revocation list beside it", "[trust][doctor]") {
    clinic one;
    one.issuer(the().root);
    one.trusted(the().alone);
    auto const none = one.lines();
    CHECK(none.size() == 1);
    CHECK(one_says(none, "fault Root: is the CA \"Root\", and no revocation list of it lies beside",
                   "BadCertificateRevocationUnknown"));

    SECTION("an empty one will do") {
        one.put(place::issuer_crl, "root.crl", revocations(the().root).made().der());
        CHECK(one.lines() == all_of_it{});
    }
    SECTION("in the other list it does not count") {
        auto const lies = one.put(place::trusted_crl, "root.crl", revocations(the().root).made().der());
        auto const said = one.asked();
        REQUIRE(said.size() == 2);
        CHECK(said[0].path == lies);
        CHECK(said[0].how == severity::fault);
        CHECK(said[0].what.find("in the other list: here it counts for nothing") != std::string::npos);
        CHECK(said[0].remedy.find("issuer/crl") != std::string::npos);
    }
    SECTION("a forged one does not count, and is told as what it is") {
        one.put(place::issuer_crl, "root.crl", revocations(the().root).spoiled().made().der());
        CHECK(one_says(one.lines(), "fault root.crl: bears the name of", "not its signature"));
    }
    SECTION("nor does one with a critical extension that nobody knows") {
        one.put(place::issuer_crl, "root.crl",
                revocations(the().root).extension(pki::id::strange, true, pki::der::integer(1)).made().der());
        CHECK(one_says(one.lines(), "fault root.crl: of CN=Root", "cannot be believed"));
    }
    SECTION("a delta alone is no list") {
        one.put(place::issuer_crl, "root.crl", revocations(the().root).number(3).delta_of(2).made().der());
        CHECK(one_says(one.lines(), "fault Root", "no revocation list of it"));
    }
    SECTION("an administrator may have switched the checks off") {
        one.options.validation.without_revocation = {the().root.read()->print()};
        CHECK(one_says(one.lines(), "notice Root", "whose revocations nobody checks"));
    }
}

TEST_CASE("a revocation list in time, soon over, over, in its grace, and replaced", "[trust][doctor]") {
    clinic one;
    one.issuer(the().root);
    one.trusted(the().alone);
    auto const until = today + 20 * 24h;
    one.put(place::issuer_crl, "root.crl", revocations(the().root).number(4).until(until).made().der());

    CHECK(one.lines(at(until - 3 * 24h)) == all_of_it{});
    CHECK(one_says(one.lines(at(until - 3 * 24h + 1s)), "warning root.crl", "by 2026-07-05, in 2 days"));
    CHECK(one_says(one.lines(at(until)), "warning root.crl", "within a day"));
    CHECK(one_says(one.lines(at(until + 1s)), "fault root.crl", "what it lists stays revoked"));
    one.options.validation.crl_grace = 7 * 24h;
    CHECK(one_says(one.lines(at(until + 7 * 24h)), "warning root.crl", "during the grace alone"));
    CHECK(one_says(one.lines(at(until + 7 * 24h + 1s)), "fault root.crl", "was to be renewed by"));
    CHECK(one_says(one.lines(at(today - 25h)), "fault root.crl", "does not count before"));

    one.put(place::issuer_crl, "newer.crl",
            revocations(the().root).number(5).until(until + 30 * 24h).made().der());
    CHECK(one_says(one.lines(at(until + 1s)), "notice root.crl", "has a newer one beside it"));
    CHECK(one.lines(at(until + 1s)).size() == 1);
}

TEST_CASE("a revocation list of a CA that nobody knows counts for nothing", "[trust][doctor]") {
    clinic one;
    one.trusted(the().alone);
    one.put(place::trusted_crl, "root.crl", revocations(the().root).made().der());
    auto const said = one.lines();
    CHECK(said.size() == 1);
    CHECK(one_says(said, "warning root.crl: is of CN=Root", "in neither list"));
}

TEST_CASE("trusted, and refused all the same: each reason is told once", "[trust][doctor]") {
    clinic one;
    SECTION("its issuer is missing") {
        one.trusted(the().pump);
        auto const said = one.asked();
        REQUIRE(said.size() == 1);
        CHECK(said[0].how == severity::fault);
        CHECK(said[0].what.find("BadCertificateChainIncomplete") != std::string::npos);
        CHECK(said[0].remedy.find("issuer list") != std::string::npos);
        CHECK(said[0].certificate->common_name() == "Pump 7");
    }
    SECTION("it was revoked") {
        one.trusted(the().pump);
        one.ca(the().root);
        one.issuer(the().line);
        one.put(place::issuer_crl, "line.crl", revocations(the().line).revoke(the().pump).made().der());
        auto const said = one.lines();
        CHECK(said.size() == 1);
        CHECK(one_says(said, "fault Pump 7", "BadCertificateRevoked"));
    }
    SECTION("its CA has no revocation list: that is the CA's trouble, told there") {
        one.trusted(the().pump);
        one.ca(the().root);
        one.issuer(the().line);
        auto const said = one.lines();
        CHECK(said.size() == 1);
        CHECK(one_says(said, "fault Line", "no revocation list"));
    }
    SECTION("its signature is bad") {
        one.trusted(application("Bent").spoiled().self_signed());
        CHECK(one_says(one.lines(), "fault Bent", "BadCertificateInvalid"));
    }
    SECTION("it breaks the form") {
        one.trusted(application("Bent").version(1).self_signed());
        CHECK(one_says(one.lines(), "fault Bent: breaks the form", ""));
    }
    SECTION("it may neither connect nor serve") {
        one.trusted(application("Signer").purposes({pki::id::code_signing}).self_signed());
        CHECK(one_says(one.lines(), "fault Signer", "BadCertificateUseNotAllowed"));
    }
    SECTION("a server's, which may not connect, is in order") {
        one.trusted(application("Server").purposes({pki::id::server_auth}).self_signed());
        CHECK(one.lines() == all_of_it{});
    }
    SECTION("a user's, in a store of users") {
        one.options.shown_by = trust::peer::user;
        one.trusted(pki::user("Amira").self_signed());
        CHECK(one.lines() == all_of_it{});
    }
}

TEST_CASE("keys and hashes that no current policy takes", "[trust][doctor]") {
    clinic one;
    one.trusted(application("Short", pki::rsa(1024, "Short")).self_signed());
    CHECK(one_says(one.lines(), "warning Short: has an RSA key of 1024 bits", "no current policy"));

    clinic two;
    two.trusted(application("Sha1").uri("urn:plant:sha1").hashed(pki::hash::sha1).self_signed());
    CHECK(one_says(two.lines(), "warning Sha1: is signed by sha1WithRSAEncryption", "no current policy"));

    clinic three;  // the own signature of a root that issues proves nothing, and is not asked about
    three.trusted(the().alone);
    three.ca(authority("Old Root").hashed(pki::hash::sha1).self_signed());
    CHECK(three.lines() == all_of_it{});
}

TEST_CASE("two trusted certificates that could be taken for each other", "[trust][doctor]") {
    auto const first = application("Pump 8").uri("urn:plant:pump-8").self_signed();
    auto const next = application("Pump 8 new").uri("urn:plant:pump-8").valid_from(today - 24h).self_signed();
    auto const same_name = application("PUMP 8").uri("urn:plant:other").self_signed();
    clinic one;
    auto const lies = one.trusted(first);
    one.trusted(next);
    auto const said = one.asked();
    REQUIRE(said.size() == 1);
    CHECK(said[0].path == lies);
    CHECK(said[0].how == severity::warning);
    CHECK(said[0].what.starts_with("has the ApplicationUri urn:plant:pump-8 in common with Pump 8 new ["));

    auto const store = trust::directory::open(one.folder.at.string());
    REQUIRE(store);
    auto const like = trust::namesakes(*store, *same_name.read());
    REQUIRE(like.size() == 1);
    CHECK(like[0].entry.certificate->print() == first.read()->print());
    CHECK(like[0].same_name);  // capital letters or not
    CHECK_FALSE(like[0].same_uri);
    CHECK(trust::namesakes(*store, *first.read()).size() == 1);
    CHECK(trust::namesakes(*store, *first.read())[0].same_uri);
    CHECK(trust::namesakes(*store, *the().alone.read()).empty());
}

TEST_CASE("one that is being replaced is no stranger's twin", "[trust][doctor]") {
    auto const first = application("Pump 8").uri("urn:plant:pump-8").self_signed();
    auto const next = application("Pump 8").uri("urn:plant:pump-8").valid_from(today - 24h).self_signed();
    clinic one;
    one.trusted(first);
    auto store = trust::directory::open(one.folder.at.string());
    REQUIRE(store);
    REQUIRE(store->reject(next.bytes(), "a client", {}, trust::status::certificate_untrusted, at(today)));
    REQUIRE_FALSE(store->approve_in_place_of(first.read()->print(), next.read()->print(), at(today)));
    CHECK(one.lines() == all_of_it{"notice Pump 8: is being replaced, and trusted until 2026-07-15 at most"});
    for (auto const& e : fs::directory_iterator{one.folder.at / ".sallyport"}) {
        auto const named = trust::files_written(one.folder.at.string(), one.where);
        CHECK(std::any_of(named.begin(), named.end(), [&](auto const& n) {
            return n.path == e.path().string() || e.path().extension() == ".chain";
        }));
    }
}

TEST_CASE("in both lists, twice in one, and in the issuer list without being a CA", "[trust][doctor]") {
    clinic one;
    one.trusted(the().alone);
    one.put(place::trusted, "again.der", the().alone.der());
    one.issuer(the().alone);
    auto const said = one.lines();
    CHECK(said.size() == 3);
    CHECK(one_says(said, "notice Alone: is in the trusted list, too", ""));
    CHECK(one_says(said, "warning Alone: is no CA: in the issuer list \"Alone\" helps nobody", ""));
    CHECK(std::count_if(said.begin(), said.end(), [](auto const& l) {
              return l.find("is there a second time, under another name") != std::string::npos;
          }) == 1);
}

TEST_CASE("an application that signed itself with cA TRUE is no CA", "[trust][doctor]") {
    auto const old_style =
        application("Old Style").ca(true, 0).usage(pki::rsa_application | pki::cert_sign).self_signed();
    CHECK_FALSE(trust::may_issue(*old_style.read()));
    CHECK(trust::may_issue(*the().root.read()));
    clinic one;
    one.trusted(old_style);
    CHECK(one.lines() == all_of_it{});
}

TEST_CASE("files that count for nothing are told, and their names drive no terminal", "[trust][doctor]") {
    clinic one;
    one.trusted(the().alone);
    one.put(place::trusted, "rea\x1b[2Jdme.txt", "hello");
    auto const said = one.asked();
    REQUIRE(said.size() == 1);
    CHECK(said[0].how == severity::warning);
    CHECK(said[0].what == "is no DER certificate, and counts for nothing");
    CHECK(said[0].path.ends_with("/trusted/certs/rea+[2Jdme.txt"));
}

TEST_CASE("who else may write here decides who is trusted", "[trust][doctor]") {
    clinic one;
    auto const lies = one.trusted(the().alone);
    auto const folder = fs::path{lies}.parent_path();
    SECTION("a folder that all may write") {
        ::chmod(folder.c_str(), 0777);
        auto const said = one.asked();
        REQUIRE(said.size() == 1);
        CHECK(said[0].how == severity::fault);
        CHECK(said[0].path == folder.string());
        CHECK(said[0].what.find("mode 0777") != std::string::npos);
        CHECK(said[0].remedy.starts_with("chmod 700 "));
    }
    SECTION("a folder that all may read") {
        ::chmod(folder.c_str(), 0755);
        CHECK(one_says(one.lines(), "notice certs: may be read by others", "expected 0700"));
    }
    SECTION("a store that others may open, and lock") {
        auto const root = one.folder.at;
        for (::mode_t const mode : {0755U, 0750U, 0704U}) {
            ::chmod(root.c_str(), mode);
            auto const said = one.asked();
            REQUIRE(said.size() == 1);
            CHECK(said[0].how == severity::fault);
            CHECK(said[0].path == root.string());
            CHECK(said[0].what.find("can hold its lock") != std::string::npos);
            CHECK(said[0].remedy.starts_with("chmod 700 "));
        }
        ::chmod(root.c_str(), 0711);  // to pass through is not to open
        auto const said = one.asked();
        REQUIRE(said.size() == 1);
        CHECK(said[0].how == severity::notice);
    }
    SECTION("a certificate that its group may write") {
        ::chmod(lies.c_str(), 0664);
        CHECK(one_says(one.lines(), "fault Alone: may be changed by others", ""));
    }
    SECTION("a certificate that all may read is no secret") {
        ::chmod(lies.c_str(), 0644);
        CHECK(one.lines() == all_of_it{});
    }
    SECTION("the folder of keys is for its owner alone") {
        auto const keys = one.folder.at / one.where.of(place::own_private).view();
        ::chmod(keys.c_str(), 0750);
        CHECK(one_says(one.lines(), "fault private: may be read by others", "mode 0750"));
    }
}

TEST_CASE("what root keeps to himself in a service's store does not count there", "[trust][doctor]") {
    if (::geteuid() != 0) {
        WARN("not tried: it takes root");
        return;
    }
    clinic one;
    auto const lies = one.trusted(the().alone);
    for (auto const& e : fs::recursive_directory_iterator{one.folder.at})
        if (e.path() != lies) REQUIRE(::chown(e.path().c_str(), 65534, 65534) == 0);
    REQUIRE(::chown(one.folder.at.c_str(), 65534, 65534) == 0);
    auto const said = one.asked();
    REQUIRE(said.size() == 1);
    CHECK(said[0].how == severity::fault);
    CHECK(said[0].path == lies);
    CHECK(said[0].what.find("belongs to root, and user 65534") != std::string::npos);
    CHECK(said[0].remedy == "chown 65534 '" + lies + "'");
    ::chmod(lies.c_str(), 0644);
    CHECK(one.asked().empty());
}

TEST_CASE("the application's own certificate", "[trust][doctor]") {
    clinic one;
    one.options.expects_own = true;
    one.options.application_uri = "urn:plant:gate";
    one.trusted(the().alone);
    SECTION("is missing") {
        CHECK(one_says(one.lines(), "warning : holds no certificate of this application", ""));
    }
    SECTION("is there") {
        auto mine = trust::own::open(one.folder.at.string());
        REQUIRE(mine);
        trust::own_request wish = gate();
        wish.days = 100;
        auto const pair = mine->create(wish, at(today));
        REQUIRE(pair);
        CHECK(one.lines() == all_of_it{});

        auto const until =
            pki::sys_seconds{std::chrono::floor<std::chrono::seconds>((*pair)->leaf()->valid_until())};
        CHECK(one_says(one.lines(at(until - 24h)), "warning Gate: ends on", "in a day"));
        CHECK(one_says(one.lines(at(until + 1s)), "fault Gate: ended on", ""));

        one.options.application_uri = "urn:plant:door";
        CHECK(one_says(one.lines(), "fault Gate: holds the ApplicationUri urn:plant:gate",
                       "announces urn:plant:door"));
        one.options.application_uri.clear();

        REQUIRE(mine->stage_self_signed(wish, at(today + 24h)));
        CHECK(
            one_says(one.lines(at(today + 24h)), "notice Gate: is the next certificate", "not in force yet"));
        REQUIRE_FALSE(mine->drop_next());

        for (auto const& e : fs::directory_iterator{one.folder.at / "own/private"})
            ::chmod(e.path().c_str(), 0640);
        auto const said = one.lines();
        CHECK(said.size() == 2);
        CHECK(one_says(said, "fault Gate: others may read this key (mode 0640)", ""));
        CHECK(one_says(said, "warning : holds no certificate of this application whose key is here", ""));
    }
}

TEST_CASE("what waits for an administrator is counted, and an heir or impostor named", "[trust][doctor]") {
    clinic one;
    one.trusted(the().alone);
    auto store = trust::directory::open(one.folder.at.string());
    REQUIRE(store);
    auto const heir = application("Alone 2").uri("urn:plant:alone").self_signed();
    auto const other = application("Valve").uri("urn:plant:valve").self_signed();
    REQUIRE(store->reject(other.bytes(), "a client", {}, trust::status::certificate_untrusted, at(today)));
    auto const one_waits = one.lines();
    CHECK(one_waits ==
          all_of_it{"notice : a certificate waits for an administrator; the newest is \"Valve\", "
                    "last seen on 2026-06-15"});
    REQUIRE(
        store->reject(heir.bytes(), "a client", {}, trust::status::certificate_untrusted, at(today + 1s)));
    auto const said = one.lines();
    CHECK(said.size() == 2);
    CHECK(one_says(said, "warning Alone 2: was refused, and has the ApplicationUri of the trusted Alone [",
                   ""));
    CHECK(one_says(said, "notice : 2 certificates wait", "the newest is \"Alone 2\""));
}

TEST_CASE("each file that the library writes is one of those that it names", "[trust][doctor]") {
    clinic one;
    auto store = trust::directory::open(one.folder.at.string());
    REQUIRE(store);
    auto mine = trust::own::open(one.folder.at.string());
    REQUIRE(mine);
    REQUIRE(mine->create(gate(), at(today)));
    REQUIRE(mine->stage_self_signed(gate(), at(today)));
    REQUIRE(mine->request(gate()));
    REQUIRE_FALSE(store->add(*the().root.read(), trust::list::issuers));
    REQUIRE_FALSE(store->add_crl(revocations(the().root).made().bytes()));
    REQUIRE_FALSE(store->add(*the().line.read(), trust::list::trusted));
    REQUIRE_FALSE(store->add_crl(revocations(the().line).made().bytes()));
    REQUIRE(store->reject(trust::as_bytes(pki::chain({the().pump, the().line})), "a client", {},
                          trust::status::certificate_untrusted, at(today)));

    auto const named = trust::files_written(one.folder.at.string(), one.where);
    auto const fits = [](std::string_view pattern, std::string_view path) {  // "<…>" stands for anything
        while (true) {
            auto const open = pattern.find('<');
            if (path.substr(0, open) != pattern.substr(0, open)) return false;
            if (open == std::string_view::npos) return path.size() == pattern.size();
            path.remove_prefix(open);
            pattern.remove_prefix(pattern.find('>', open) + 1);
            auto const next = pattern.substr(0, pattern.find('<'));
            auto const found = next.empty() ? path.size() : path.find(next);
            if (found == std::string_view::npos) return false;
            path.remove_prefix(found);
        }
    };
    std::set<std::string> used;
    std::size_t files = 0;
    for (auto const& e : fs::recursive_directory_iterator{one.folder.at}) {
        if (!e.is_regular_file()) continue;
        ++files;
        CAPTURE(e.path().string());
        auto const at_it = std::find_if(named.begin(), named.end(),
                                        [&](auto const& n) { return fits(n.path, e.path().string()); });
        REQUIRE(at_it != named.end());
        used.insert(at_it->path);
        CHECK(at_it->lasts);
        CHECK_FALSE(at_it->what.empty());
        CHECK((e.status().permissions() & fs::perms::mask) == fs::perms(0600));
    }
    CHECK(files == 12);
    CHECK(used.size() == 10);
    CHECK(trust::files_written("/pki", trust::layout::plural_issuers).size() == named.size() + 3);
}
