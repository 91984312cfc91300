// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/any_of.hpp>

#include <sallyport/identity/anonymous.hpp>
#include <sallyport/sallyport.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <map>
#include <memory>
#include <string>

using namespace sallyport;
using namespace sallyport::identity;
using namespace people;

namespace {

/// A directory in memory that counts how often it is asked.
struct directory {
    std::map<std::string, std::string> people{};
    std::uint64_t marks = 0;
    std::shared_ptr<int> asked = std::make_shared<int>(0);

    answer verify(attempt const& a, instant) const {
        ++*asked;
        auto const at_ = people.find(std::string{fold_name(a.user).view()});
        if (at_ == people.end() || !a.shown.bytes.equals(secret{at_->second}))
            return denial{reason::invalid_credentials, {}};
        return principal{.is = fold_name(a.user), .marks = marks};
    }
    std::optional<std::uint64_t> knows(name const& n) const noexcept {
        return people.contains(std::string{n.view()}) ? std::optional<std::uint64_t>{7 + marks}
                                                      : std::nullopt;
    }
    answer current(principal const& was, instant) const noexcept {
        return knows(was.is) ? answer{principal{.is = was.is, .marks = marks}}
                             : answer{denial{reason::account_changed, {}}};
    }
};
/// One that cannot say whom it knows, as a directory behind a network.
struct silent {
    std::shared_ptr<int> asked = std::make_shared<int>(0);
    answer verify(attempt const& a, instant) const {
        ++*asked;
        if (a.shown.bytes.equals(secret{"from afar"})) return principal{.is = fold_name(a.user), .marks = 64};
        return denial{reason::invalid_credentials, {}};
    }
};
/// One for certificates.
struct badges {
    answer verify(attempt const&, instant) const { return principal{.is = "badge"}; }
    bool takes(proof_kind k) const noexcept { return k == proof_kind::certificate; }
};
/// One whose users are written with their realm.
struct realm : directory {
    std::optional<name> account_key(std::string_view user) const noexcept {
        auto const cut = user.find('@');
        if (cut == std::string_view::npos) return name{user};
        return user.substr(cut) == "@plant" ? std::optional{name{user.substr(0, cut)}} : std::nullopt;
    }
};
/// One that gives whoever it knows a role, for one kind of credential; a host may change its mind.
struct office {
    proof_kind kind = proof_kind::password;
    role_set roles{};
    struct list {
        bool bob = true;
        role_set more{};
    };
    std::shared_ptr<list> now = std::make_shared<list>();
    std::string_view wrong{};  ///< what is wrong with it

    answer verify(attempt const& a, instant) const {
        if (!now->bob || a.user != "bob") return denial{reason::invalid_credentials, {}};
        return principal{.is = "bob", .roles = roles | now->more};
    }
    bool takes(proof_kind k) const noexcept { return k == kind; }
    std::optional<std::uint64_t> knows(name const& n) const noexcept {
        return now->bob && n == "bob" ? std::optional<std::uint64_t>{1} : std::nullopt;
    }
    answer current(principal const& was, instant) const noexcept {
        CHECK(was.marks == 0);  // a note of another's is not for its eyes
        if (!now->bob) return denial{reason::account_changed, {}};
        return principal{.is = was.is, .roles = roles | now->more};
    }
    std::string_view fault() const noexcept { return wrong; }
};
/// An any_of that its host has put into a verifier of its own.
template <class Inner>
struct wrapped {
    Inner inner;
    answer verify(attempt const& a, instant now) const { return inner.verify(a, now); }
    answer current(principal const& was, instant now) const noexcept { return inner.current(was, now); }
    bool takes(proof_kind k) const noexcept { return inner.takes(k); }
    std::optional<std::uint64_t> knows(name const& n) const noexcept { return inner.knows(n); }
};
attempt with(proof_kind kind) {
    attempt a = by("bob", "x");
    a.shown.kind = kind;
    return a;
}
constexpr role_set viewer = role_set{}.with(1), editor = role_set{}.with(2), admin = role_set{}.with(3);

struct takes_badly {
    answer verify(attempt const&, instant) const;
    int takes(proof_kind) const;
};

principal who(answer const& a) { return std::get<principal>(a); }

}  // namespace

static_assert(verifier<any_of<directory, silent, anonymous>> && folds_names<any_of<directory>> &&
              knows_names<any_of<directory>>);
static_assert(!takes_kinds_well<takes_badly> && takes_kinds_well<badges> && takes_kinds_well<directory>);

TEST_CASE("each attempt is judged by the one who knows the account", "[identity][any_of]") {
    directory const local{.people = {{"amira", "valve-7"}, {"both", "near"}}, .marks = 16};
    directory const central{.people = {{"bo", "valve-7"}, {"both", "far"}}, .marks = 32};
    any_of const all{local, central};

    CHECK(who(all.verify(by("Amira", "valve-7"), at(some_day))).marked(16));
    CHECK((*local.asked == 1 && *central.asked == 0));
    CHECK(who(all.verify(by("bo", "valve-7"), at(some_day))).marked(32));
    CHECK((*local.asked == 1 && *central.asked == 1));
}

TEST_CASE("no secret is ever tried against two", "[identity][any_of]") {
    directory const local{.people = {{"both", "near"}}}, central{.people = {{"both", "far"}}};
    any_of const all{local, central};
    CHECK(why(all.verify(by("both", "far"), at(some_day))) ==
          reason::invalid_credentials);  // right for the other
    CHECK((*local.asked == 1 && *central.asked == 0));
    CHECK(admitted(all.verify(by("both", "near"), at(some_day))));
    CHECK((*local.asked == 2 && *central.asked == 0));
}

TEST_CASE("a name that nobody knows goes to the first that takes passwords", "[identity][any_of]") {
    directory const local{.people = {{"amira", "x"}}}, central{.people = {{"bo", "x"}}};
    any_of const all{anonymous{{}}, local, central};
    for (std::string_view const user : {"nobody", "", "\xff"})
        CHECK(why(all.verify(by(user, "x"), at(some_day))) == reason::invalid_credentials);
    CHECK((*local.asked == 3 && *central.asked == 0));
}

TEST_CASE("a name that nobody knows goes to the one who cannot say, if there is one", "[identity][any_of]") {
    directory const local{.people = {{"amira", "valve-7"}}, .marks = 16};
    silent const afar;
    any_of const all{local, afar};
    CHECK(all.fault().empty());
    CHECK(who(all.verify(by("bo", "from afar"), at(some_day))).marked(64));
    CHECK(why(all.verify(by("amira", "from afar"), at(some_day))) ==
          reason::invalid_credentials);  // amira is ours
    CHECK(who(all.verify(by("amira", "valve-7"), at(some_day))).marked(16));
    CHECK((*local.asked == 2 && *afar.asked == 1));
    CHECK_FALSE(any_of{silent{}, local, silent{}}.fault().empty());  // the second would never be asked
    CHECK(any_of{silent{}, badges{}, anonymous{{}}}.fault().empty());
}

TEST_CASE("a kind of credential goes to whoever takes it, or to nobody", "[identity][any_of]") {
    directory const local{.people = {{"amira", "valve-7"}}};
    attempt certificate = by("amira", "valve-7");
    certificate.shown.kind = proof_kind::certificate;

    any_of const without{local};
    CHECK(why(without.verify(certificate, at(some_day))) == reason::invalid_credentials);
    CHECK(why(without.verify({}, at(some_day))) == reason::invalid_credentials);  // anonymous is not composed
    CHECK(*local.asked == 0);

    any_of const with{local, badges{}, anonymous{{}}};
    CHECK(who(with.verify(certificate, at(some_day))).is == name{"badge"});
    CHECK(who(with.verify({}, at(some_day))).marked(principal::anonymous));
    CHECK(*local.asked == 0);
    CHECK((with.takes(proof_kind::none) && with.takes(proof_kind::password) &&
           with.takes(proof_kind::certificate)));
    CHECK_FALSE(with.takes(proof_kind::token));
}

TEST_CASE("names are spelt as their verifier spells them", "[identity][any_of]") {
    realm const plant{{.people = {{"Bo", "x"}}}};
    directory const local{.people = {{"amira", "x"}}};
    any_of const all{local, plant};
    CHECK(all.account_key(" AMIRA") == name{"amira"});
    CHECK(all.account_key("Bo@plant") == name{"Bo"});
    CHECK(all.account_key("Nobody") == name{"nobody"});  // of the one who is asked for the dummy
    CHECK_FALSE(all.account_key("\n"));
    CHECK(all.knows(name{"amira"}) == 7U);
    CHECK(all.knows(name{"Bo"}) == 7U);
    CHECK_FALSE(all.knows(name{"nobody"}));
}

TEST_CASE("a session is asked about where its account comes from", "[identity][any_of]") {
    directory const local{.people = {{"amira", "x"}}, .marks = 16};
    any_of const all{local, anonymous{{.roles = role_set{}.with(3)}}};
    CHECK(who(all.current({.is = "amira"}, at(some_day))).marks == 16);
    CHECK(why(all.current({.is = "gone"}, at(some_day))) == reason::account_changed);
    CHECK(who(all.current({.is = "anonymous", .marks = principal::anonymous}, at(some_day))).roles.has(3));

    any_of const with_afar{local, silent{}, anonymous{{}}};
    CHECK(admitted_as(with_afar.current({.is = "bo", .marks = 64}, at(some_day)),
                      {.is = "bo", .marks = 64}));  // nobody can say otherwise
    any_of const no_anonymous{local};
    CHECK(why(no_anonymous.current({.is = "anonymous", .marks = principal::anonymous}, at(some_day))) ==
          reason::account_changed);
}

TEST_CASE("a session is asked about at whoever let him in, though another knows the name, too",
          "[identity][any_of]") {
    office const pw{.roles = admin}, cert{.kind = proof_kind::certificate, .roles = viewer};
    any_of const all{pw, cert};
    principal const by_password = who(all.verify(with(proof_kind::password), at(some_day)));
    principal const by_certificate = who(all.verify(with(proof_kind::certificate), at(some_day)));
    REQUIRE((by_password.roles == admin && by_certificate.roles == viewer));

    CHECK(admitted_as(all.current(by_password, at(some_day)), by_password));  // nothing has changed
    CHECK(admitted_as(all.current(by_certificate, at(some_day)), by_certificate));
    cert.now->more = editor;
    CHECK(who(all.current(by_certificate, at(some_day))).roles == (viewer | editor));
    CHECK(who(all.current(by_password, at(some_day))).roles == admin);
    cert.now->more = {};

    pw.now->bob = false;  // the one account ends, and the sessions of the other do not
    CHECK(why(all.current(by_password, at(some_day))) == reason::account_changed);
    CHECK(who(all.current(by_certificate, at(some_day))).roles == viewer);
    pw.now->bob = true, cert.now->bob = false;
    CHECK(who(all.current(by_password, at(some_day))).roles == admin);
    CHECK(why(all.current(by_certificate, at(some_day))) == reason::account_changed);
}

TEST_CASE("a session of one who cannot say what has changed gets no roles from another",
          "[identity][any_of]") {
    any_of const all{directory{.people = {{"badge", "x"}}, .marks = 16}, badges{}};
    principal const badge = who(all.verify(with(proof_kind::certificate), at(some_day)));
    CHECK(admitted_as(all.current(badge, at(some_day)), badge));
}

TEST_CASE("one inside another notes who spoke, too", "[identity][any_of]") {
    office const pw{.roles = admin}, cert{.kind = proof_kind::certificate, .roles = viewer},
        token{.kind = proof_kind::token, .roles = editor};
    auto const check = [&](auto const& all) {
        for (office const& one : {pw, cert, token}) {
            principal const in = who(all.verify(with(one.kind), at(some_day)));
            REQUIRE(in.roles == one.roles);
            principal const still = who(all.current(in, at(some_day)));
            CHECK(still == in);
            CHECK(who(all.current(still, at(some_day))) == in);  // and so on
            one.now->bob = false;
            CHECK(why(all.current(in, at(some_day))) == reason::account_changed);
            one.now->bob = true;
        }
    };
    check(any_of{pw, cert, token});
    check(any_of{pw, any_of<office, office>{cert, token}});
    check(any_of{any_of<office, office>{token, cert}, pw});
    check(any_of{any_of<office, any_of<office, office>>{token, any_of<office, office>{pw, cert}}, silent{}});
    check(any_of{pw, wrapped<any_of<office, office>>{any_of<office, office>{cert, token}}});
}

TEST_CASE("a note has room in a principal, or it is left out", "[identity][any_of]") {
    using two = any_of<office, office>;
    static_assert(identity::detail::voices<office> == 1 && identity::detail::voices<two> == 3 &&
                  identity::detail::voices<any_of<office, two>> == 9);
    // A verifier of the host's that brings the largest note there is: no room for one digit more.
    struct brimful : office {
        answer verify(attempt const&, instant) const {
            return principal{.is = "bob", .roles = viewer, .marks = ~std::uint64_t{0} << principal::note_at};
        }
    };
    any_of const all{brimful{{.kind = proof_kind::certificate, .roles = viewer}}, office{.roles = admin}};
    principal const in = who(all.verify(with(proof_kind::certificate), at(some_day)));
    CHECK(in.marks == 0);
    CHECK(who(all.current(in, at(some_day))).roles == viewer);
}

TEST_CASE("whom the host proved by itself gains no role where two know his name", "[identity][any_of]") {
    office const pw{.roles = admin | viewer}, cert{.kind = proof_kind::certificate, .roles = viewer};
    principal const in{.is = "bob", .roles = viewer | editor};
    principal const now = who(any_of{pw, cert}.current(in, at(some_day)));
    CHECK(now.roles == viewer);
    CHECK(who(any_of{pw, cert}.current(now, at(some_day))).roles == viewer);     // nor the next time
    CHECK(who(any_of{pw, silent{}}.current(in, at(some_day))).roles == viewer);  // who may know him
    CHECK(who(any_of{pw, anonymous{{}}}.current(in, at(some_day))).roles == (admin | viewer));  // only one
    cert.now->bob = false;
    CHECK(who(any_of{pw, cert}.current(in, at(some_day))).roles == (admin | viewer));
}

TEST_CASE("behind a gate: asking again gives a session no other verifier's roles", "[identity][any_of]") {
    office const pw{.roles = admin}, cert{.kind = proof_kind::certificate, .roles = viewer};
    authenticator gate{environment{}, any_of{pw, cert}};
    auto const by_password = gate.login(with(proof_kind::password));
    auto const by_certificate = gate.login(with(proof_kind::certificate));
    REQUIRE((by_password && by_certificate));
    CHECK(gate.reevaluate() == 0);
    CHECK((by_password->may(admin) && !by_password->may(viewer)));
    CHECK((by_certificate->may(viewer) && !by_certificate->may(admin)));
    CHECK(gate.reevaluate() == 0);
    CHECK((by_certificate->may(viewer) && !by_certificate->may(admin)));
    pw.now->bob = false;
    CHECK(gate.reevaluate() == 1);
    CHECK((by_certificate->may(viewer) && !by_password->may(admin)));
}

TEST_CASE("the first fault of its verifiers is its own", "[identity][any_of]") {
    CHECK(any_of{office{}, office{}}.fault().empty());
    CHECK(any_of{office{}, office{.wrong = "this one"}, office{.wrong = "that one"}}.fault() == "this one");
    CHECK(any_of{any_of<office>{office{.wrong = "inside"}}, office{.wrong = "outside"}}.fault() == "inside");
    CHECK(any_of{silent{}, silent{}, office{.wrong = "theirs"}}.fault() == "theirs");
    authenticator const gate{environment{}, any_of{office{}, office{.wrong = "theirs"}}};
    CHECK_FALSE(gate.ready());
}
