// SPDX-License-Identifier: BSL-1.0
// Whoever may write to a segment turns bytes of it while two gates share it: nobody is let in who has not
// earned it, nobody comes back whose session is over, no right grows, nothing crashes or hangs; and when the
// vandal has gone, every place is free again and whoever knows his password is let in.
#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/environment/shared_memory_storage.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/session/session_limit.hpp>
#include <sallyport/testing/manual_clock.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;

void demand(bool holds) {
    if (!holds) std::abort();
}

constexpr std::array<std::string_view, 4> people{"amira", "bo", "chen", "dana"};
constexpr role_set role_of(std::size_t person) { return role_set{}.with(static_cast<unsigned>(person)); }

struct directory {
    [[nodiscard]] answer verify(attempt const& a, instant) const noexcept {
        for (std::size_t i = 0; i < people.size(); ++i)
            if (a.user == people[i] && a.shown.bytes.equals(secret{"right"}))
                return principal{.is = a.user, .roles = role_of(i)};
        return denial{reason::invalid_credentials, {}};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(name const& n) const noexcept {
        return n.bytes[0] != 'x' ? std::optional<std::uint64_t>{1} : std::nullopt;
    }
};

/// A segment, mapped once more by somebody who has no business there.
class vandal {
public:
    explicit vandal(std::string const& file) {
        int const f = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        struct stat about {};
        demand(f >= 0 && ::fstat(f, &about) == 0);
        size_ = static_cast<std::size_t>(about.st_size);
        map_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
        demand(map_ != MAP_FAILED);
        (void)::close(f);
    }
    vandal(vandal const&) = delete;
    vandal& operator=(vandal const&) = delete;
    ~vandal() { (void)::munmap(map_, size_); }
    void turn(std::size_t at, unsigned char bits) noexcept {
        auto* const byte = static_cast<unsigned char volatile*>(map_) + at % size_;
        *byte = static_cast<unsigned char>(*byte ^ bits);
    }

private:
    void* map_ = nullptr;
    std::size_t size_ = 0;
};

auto make_gate(std::string const& segment) {
    return authenticator{environment{}
                             .with_clock(testing::manual_clock{})
                             .with_storage(shared_memory_storage{{.path = segment, .patience = 2ms}})
                             .with_house({.doors = 8, .kept_doors = 1, .places = 8, .patience = 0ns}),
                         directory{}, penalty::backoff<>{{.known = 8, .unknown = 8}},
                         session::session_limit{{.total = 6, .per_user = 5}}};
}
using gate_type = decltype(make_gate({}));

attempt knock(std::string_view user, bool right) {
    return {.user = user,
            .shown = credential::password(right ? "right" : "wrong"),
            .source = address::ipv4(192, 0, 2, 7),
            .service = "opcua",
            .channel = 7};
}

/// The bytes that say what is done.
class script {
public:
    script(std::uint8_t const* at, std::size_t size) : at_{at}, end_{at + size} {}
    [[nodiscard]] bool over() const { return at_ == end_; }
    std::uint8_t next() { return over() ? std::uint8_t{0} : *at_++; }
    std::size_t number() { return std::size_t{next()} << 16 | std::size_t{next()} << 8 | next(); }

private:
    std::uint8_t const* at_;
    std::uint8_t const* end_;
};

struct holder {
    std::size_t person;
    session::session at;
};
struct card {
    std::size_t person;
    std::uint64_t number;
    session::session_token token;
    bool over;
};

void run(script s, std::string const& segment) {
    std::array<std::unique_ptr<gate_type>, 2> gates{};
    for (auto& g : gates) {
        g.reset(new auto(make_gate(segment)));
        demand(g->ready());
    }
    vandal hand{segment};
    std::deque<holder> held;
    std::vector<card> cards;
    std::deque<std::pair<std::size_t, result<gate_type::pending>>> doing;
    auto const look = [&](holder const& h) {
        for (std::size_t r = 0; r < people.size(); ++r) demand(!h.at.may(role_of(r)) || r == h.person);
        (void)h.at.state();
    };
    for (int steps = 0; !s.over() && steps < 400; ++steps) {
        std::uint8_t const what = s.next();
        auto& gate = *gates[what >> 7];
        std::size_t const person = what >> 4 & 3;
        bool const right = (what >> 6 & 1) != 0;
        switch (what & 15) {
            case 0:
            case 1: {  // somebody logs in
                auto in = gate.login(knock(people[person], right));
                demand(!in || right);
                if (in && held.size() < 16) {
                    demand(in->who().is == name{people[person]});
                    held.push_back({person, std::move(*in)});
                }
                break;
            }
            case 2:  // arrives, and takes his time
                if (doing.size() < 8) doing.emplace_back(person, gate.begin(knock(people[person], right)));
                break;
            case 3:
                if (!doing.empty()) {
                    auto [who, p] = std::move(doing.front());
                    doing.pop_front();
                    if (!p) break;
                    p->verify(knock(people[who], right));
                    auto in = p->settle();
                    demand(!in || right);
                    if (in && held.size() < 16) held.push_back({who, std::move(*in)});
                }
                break;
            case 4:
                if (!held.empty()) held.pop_front();
                break;
            case 5:  // from now on held by its token
                if (!held.empty()) {
                    holder h = std::move(held.front());
                    held.pop_front();
                    if (auto const t = h.at.token()) cards.push_back({h.person, h.at.detach(), *t, false});
                }
                break;
            case 6:
                for (card& c : cards)
                    if (c.number % 4 == person) c.over = gate.close(c.number) || c.over;
                break;
            case 7: {  // of one device: there is one time
                std::chrono::seconds const by{s.next()};
                for (auto& g : gates) g->clock().advance(by);
                break;
            }
            case 8: (void)gate.tick(); break;
            case 9:
                for (auto const& line : gate.administer("root").penalties()) (void)line.failures;
                for (auto const& line : gate.administer("root").sessions()) (void)line.number;
                break;
            case 10:
                if (!held.empty()) (void)held.front().at.touch();
                if (!held.empty()) (void)held.back().at.lock();
                break;
            case 11: {  // strangers fill the tables
                std::array<char, 2> user{'x', static_cast<char>('a' + person)};
                demand(!gate.login(knock({user.data(), 2}, right)));
                break;
            }
            default:
                hand.turn(s.number(), static_cast<unsigned char>(1U << (what >> 4 & 7)) | s.next());
                break;
        }
        for (holder const& h : held) look(h);
        for (card const& c : cards)
            if (auto const back = gate.present(c.token))
                demand(!c.over && back->as.is == name{people[c.person]} &&
                       back->as.roles == role_of(c.person));
    }
    // The vandal goes; time goes by, and each gate ticks.
    doing.clear();
    held.clear();
    for (int minute = 0; minute < 90; ++minute)
        for (auto& g : gates) {
            g->clock().advance(1min);
            for (int left = 64; g->tick() && left > 0; --left) continue;
        }
    for (auto& g : gates) {
        g->inspect([](auto const& door, auto const& inside, auto const&...) {
            demand(door.size() == 0 && inside.size() == 0);
        });
        for (std::string_view const user : people) {
            auto const in = g->login(knock(user, true));
            demand(static_cast<bool>(in) && in->state() == standing::open);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static std::string const folder = [] {
        std::string made = "/dev/shm/sallyport-fuzz-XXXXXX";
        demand(::mkdtemp(made.data()) != nullptr);
        return made;
    }();
    std::string const segment = folder + "/gate";
    run(script{data, size}, segment);
    (void)::unlink(segment.c_str());
    (void)::unlink((segment + ".keys").c_str());
    return 0;
}
