// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/layout.hpp>

using namespace house_of_tests;

static_assert(layout::annex_f.of(place::issuers).view() == "issuer/certs", "Part 12 Annex F.1");
static_assert(layout::annex_f.of(place::rejected).view() == "rejected/certs");
static_assert(!layout::annex_f.reads_pem && layout::plural_issuers.reads_pem);
static_assert(layout::plural_issuers.of(place::issuer_crl).view() == "issuers/crl");
static_assert(layout::plural_issuers.of(place::rejected).view() == "rejected");
static_assert(layout::annex_f != layout::plural_issuers);

namespace {

layout with(std::string_view trusted) {
    layout l = layout::annex_f;
    l.trusted = trusted;
    return l;
}
/// The name that a certificate of this CN gets; written as a UTF8String.
std::string name_for(std::string_view common_name) { return trust::safe_stem(common_name); }

}  // namespace

TEST_CASE("a layout keeps every folder below the root, and each to itself", "[trust][layout]") {
    CHECK(layout::annex_f.fault().empty());
    CHECK(with("mine/good ones").fault().empty());
    for (char const* const no : {"", "/etc", "../x", "a/../b", ".", "a/.", "a//b", "a/", ".hidden", "a/.b"})
        CHECK_FALSE(with(no).fault().empty());
    CHECK(with("issuer/certs").fault() == "two folders have the same name");
    CHECK(with(std::string(96, 'x')).fault() == "the name of a folder has more than 95 bytes");
    CHECK(with(std::string(95, 'x')).fault().empty());

    support::folder at;
    auto const no = directory::open(at.at.string(), with("../x"));
    REQUIRE_FALSE(no);
    CHECK(no.error().message.find("not below the store's root") != std::string::npos);
    CHECK(directory::create(at.at.string(), with("../x")));
    CHECK(fs::is_empty(at.at));
}

TEST_CASE("a store is made with folders that are its owner's alone", "[trust][layout]") {
    auto const& [laid_out, some] =
        GENERATE(std::pair{layout::annex_f, "issuer/crl"}, std::pair{layout::plural_issuers, "issuers/crl"});
    ::umask(022);
    support::folder at;
    auto const root = at.at / "pki";
    REQUIRE_FALSE(directory::create(root.string(), laid_out));
    CHECK(mode_of(root) == 0700U);
    CHECK(fs::is_directory(root / some));
    for (auto const& e : fs::recursive_directory_iterator{root}) {
        CAPTURE(e.path().string());
        CHECK(e.is_directory());
        CHECK(mode_of(e.path()) == 0700U);
    }
    CHECK_FALSE(directory::create(root.string(), laid_out));  // again changes nothing
}

TEST_CASE("a certificate's file is called CommonName [THUMBPRINT].der", "[trust][layout]") {
    auto const c = pump("Pump 7");
    auto const thumb = trust::hex(c.read()->thumb());
    CHECK(thumb.size() == 40);
    CHECK(trust::file_name_of(*c.read()) == "Pump 7 [" + thumb + "].der");
    auto const root = ca("Plant Root");
    std::string const crl = pki::revocations(root).made().der();
    auto const name =
        trust::file_name_of_crl(trust::crl::parse(trust::as_bytes(crl))->issuer_name(), trust::as_bytes(crl));
    CHECK(name == "Plant Root [" + trust::hex(trust::sha1(trust::as_bytes(crl))) + "].crl");
}

TEST_CASE("a name that a stranger chose is one harmless part of a path", "[trust][layout]") {
    struct {
        std::string_view called, written;
    } const all[] = {
        {"Pump 7", "Pump 7"},
        {"Pümpe Nr. 7 — Hälle", "Pümpe Nr. 7 — Hälle"},
        {"泵", "泵"},
        {"", "unnamed"},
        {"   ", "unnamed"},
        {"trailing  ", "trailing"},
        // leaves no folder
        {"../../etc/passwd", "+.+..+etc+passwd"},
        {"/etc/passwd", "+etc+passwd"},
        {"..\\..\\boot.ini", "+.+..+boot.ini"},
        {".", "+"},
        {"..", "+."},
        // hides nothing, is no option, no comment
        {".bashrc", "+bashrc"},
        {"-rf", "+rf"},
        {" lead", "+lead"},
        {"#core", "+core"},
        // means nothing to a shell, or to another system's disk
        {"$(reboot)`id`", "+(reboot)+id+"},
        {"a;b&c|d>e<f*g?h", "a+b+c+d+e+f+g+h"},
        {"\"quoted\" 'so'", "+quoted+ +so+"},
        {"C:evil%20!~", "C+evil+20++"},
        {"Pump 7 [0000000000000000000000000000000000000000].der",
         "Pump 7 +0000000000000000000000000000000000000000+.der"},
        // drives no terminal
        {"\x1b[2J\x07", "++2J+"},
        {"a\nb\rc\td\x7f", "a+b+c+d+"},
        {std::string_view{"a\0b", 3}, "a+b"},
        {"\xc2\x9b"
         "2J",
         "+2J"},  // CSI as one control character
        // turns no direction, hides no letter (CVE-2021-42574)
        {"exe\xe2\x80\xae"
         "red.",
         "exe+red."},
        {"a\xe2\x80\x8b"
         "b",
         "a+b"},
        {"\xef\xbb\xbfx", "+x"},
        // is no half of a character
        {"\xff\xfe", "++"},
        {"\xc3", "+"},
        {"\xe2\x82", "++"},
    };
    for (auto const& one : all) {
        CAPTURE(one.called, one.written);
        CHECK(name_for(one.called) == one.written);
    }
}

TEST_CASE("a name is cut between characters, and short enough for every file system", "[trust][layout]") {
    CHECK(name_for(std::string(64, 'x')) == std::string(64, 'x'));
    CHECK(name_for(std::string(65, 'x')) == std::string(64, 'x'));
    CHECK(name_for(std::string(63, 'x') + "ü") == std::string(63, 'x'));
    CHECK(name_for(std::string(62, 'x') + "üy") == std::string(62, 'x') + "ü");
    CHECK(name_for(std::string(100'000, '/')) == std::string(64, '+'));
    std::string const whole = name_for(std::string(65, 'x')) + " [" + std::string(40, 'A') + "].der";
    CHECK(trust::other_file_name(whole, {}, 9999).size() < 143);
    CHECK(trust::other_file_name("a [B].der", {}, 1) == "a [B] [0000000000000000].der");
    CHECK(trust::other_file_name("a [B].der", {}, 2) == "a [B] [0000000000000000]+2.der");
}

TEST_CASE("every byte, and every pair of them, gives a name that is one", "[trust][layout]") {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            std::string const called{static_cast<char>(a), static_cast<char>(b), 'x'};
            std::string const name = name_for(called);
            bool fine = !name.empty() && name.size() <= trust::longest_stem && name != "." && name != ".." &&
                        name.find('/') == std::string::npos && name.front() != '.' && name.front() != '-';
            for (std::string_view rest = name; fine && !rest.empty();) {
                auto const c = sallyport::first_code_point(rest);
                fine = c.well_formed && sallyport::harmless(c.value);
                rest.remove_prefix(c.bytes);
            }
            if (!fine) FAIL_CHECK("bytes " << a << " and " << b << " give " << name);
        }
}

TEST_CASE("two strangers of one name, and one who names himself like another's file, overwrite nobody",
          "[trust][layout]") {
    house h;
    auto d = h.open();
    auto const one = pump("Pump 7"), other = pki::application("Pump 7", pki::p256("others")).self_signed();
    auto const thief = pump(trust::file_name_of(*one.read()));
    for (auto const& c : {one, other, thief}) REQUIRE(said(d.add(*c.read(), list::trusted)) == "all is well");
    CHECK(h.names(place::trusted).size() == 3);
    CHECK(count(d, place::trusted) == 3);
    CHECK(support::text_of((h.in(place::trusted) / trust::file_name_of(*one.read())).string()) == one.der());
}

TEST_CASE("where a file of the name lies already, and is something else, it stays", "[trust][layout]") {
    house h;
    auto const c = pump();
    auto const name = trust::file_name_of(*c.read());  // whoever collides SHA-1 gets the same name
    h.drop(place::trusted, name, "notes of an administrator");
    fs::create_directory(h.in(place::rejected) / name);
    auto d = h.open();
    REQUIRE(said(d.add(*c.read(), list::trusted)) == "all is well");
    CHECK(trusts(d, c));
    CHECK(support::text_of((h.in(place::trusted) / name).string()) == "notes of an administrator");
    CHECK(h.names(place::trusted).size() == 2);
    REQUIRE(said(d.reject(c.read()->print())) == "all is well");
    CHECK(fs::is_directory(h.in(place::rejected) / name));
    CHECK(count(d, place::rejected) == 1);
}
