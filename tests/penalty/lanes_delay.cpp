// SPDX-License-Identifier: BSL-1.0
// Who has just failed is told what anybody would be told who asked in his place: the lanes that he has
// settled are remembered for that, and must not be where they are no longer the ones that he would meet.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace at_work;

/// Tables so small that cells are shared, fold and change hands all the time.
constexpr lane_options crowded{.strangers = {2, 1h},
                               .account_and_source = {1, 4h},
                               .source = {2, 10min},
                               .trusted = {2, 1h},
                               .paired = {2, 30min},
                               .device = {2, 20min},
                               .at_console = {2, 1h},
                               .repeat = {4, 1s},
                               .elsewhere = {3, 1min},
                               .panel = sallyport::penalty::console::composed,
                               .known = 3,
                               .unknown = 16,
                               .visitors = 6,
                               .sources = 4,
                               .devices = 3,
                               .pairs = 6,
                               .pairs_per_account = 2};

class crowd {
public:
    explicit crowd(unsigned seed) : chance_{seed} {}

    /// Something happens; the delays of those who fail are compared. How many were.
    std::size_t happen() {
        switch (up_to(12)) {
            case 0: desk_.now += std::chrono::seconds{up_to(4000)}; return 0;
            case 1: (void)desk_->clear_penalty(somebody(), at(desk_.now)); return 0;
            case 2: (void)desk_->revoke_pair(somebody(), some_device(), at(desk_.now)); return 0;
            case 3: (void)desk_->issue_code(somebody(), 7, at(desk_.now)); return 0;
            case 4: (void)desk_->carry_pairs_over(some_device(), some_device(), at(desk_.now)); return 0;
            case 5: {
                auto const how = sallyport::pairing_kind::appointed;
                (void)desk_->pair(somebody(), some_device(), how, at(desk_.now));
                return 0;
            }
            default: break;
        }
        visit who = somebody();
        if (desk_.begin(who).why == reason::none) inside_.push_back(who);
        if (inside_.empty() || up_to(2) == 0) return 0;
        std::size_t const n = up_to(inside_.size());
        visit const out = inside_[n];
        inside_.erase(inside_.begin() + static_cast<std::ptrdiff_t>(n));
        if (auto const how = up_to(8); how < 2) {
            how == 0 ? desk_.right(out) : desk_.withdraw(out);
            return 0;
        }
        desk_.wrong(out);
        if (up_to(8) == 0) (void)desk_->clear_penalty(out, at(desk_.now));
        if (up_to(8) == 0) desk_.now += 1s;
        nanoseconds const told = desk_.delay(out);
        visit anew = out;
        anew.charged = {};
        CHECK(told == desk_.delay(anew));
        return 1;
    }

private:
    template <class Number>
    Number up_to(Number n) {
        return static_cast<Number>(chance_() % static_cast<unsigned>(n));
    }
    thumbprint some_device() { return device(static_cast<std::uint8_t>(1 + up_to(5))); }
    visit somebody() {
        word const secret = up_to(3) == 0 ? 1 + up_to(word{6}) : 0;
        visit v = knock(std::string{"user "}.append(1, static_cast<char>('a' + up_to(20))),
                        up_to(8) == 0 ? address{} : host(up_to(3U) << 8 | up_to(5U)), secret);
        v.known = up_to(2) != 0;
        if (up_to(2) == 0) v.device = sallyport::testing::device_forge::make(some_device());
        if (up_to(3) == 0) v.pairing = some_device();
        if (up_to(10) == 0) v.presence = sallyport::whereabouts::console;
        if (up_to(12) == 0) v.code = 6 + up_to(word{2});
        if (up_to(15) == 0) v.shown = sallyport::proof_kind::certificate, v.fingerprint = 0;
        return v;
    }

    std::mt19937 chance_;
    lanes_at_work<> desk_{crowded};
    std::vector<visit> inside_;
};

TEST_CASE("who has failed is told what anybody would be told in his place", "[penalty][lanes]") {
    std::size_t compared = 0;
    for (unsigned seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        crowd c{seed};
        for (int i = 0; i < 2000; ++i) compared += c.happen();
    }
    CHECK(compared > 10'000);
}

}  // namespace
