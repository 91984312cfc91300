// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/any_of.hpp>

#include <sallyport/identity/anonymous.hpp>

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

    CHECK(who(all.verify(by("Amira", "valve-7"), at(some_day))).marks == 16);
    CHECK((*local.asked == 1 && *central.asked == 0));
    CHECK(who(all.verify(by("bo", "valve-7"), at(some_day))).marks == 32);
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
    CHECK(who(all.verify(by("bo", "from afar"), at(some_day))).marks == 64);
    CHECK(why(all.verify(by("amira", "from afar"), at(some_day))) ==
          reason::invalid_credentials);  // amira is ours
    CHECK(who(all.verify(by("amira", "valve-7"), at(some_day))).marks == 16);
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
