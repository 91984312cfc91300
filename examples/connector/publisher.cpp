// SPDX-License-Identifier: BSL-1.0
#include "publisher.hpp"

#include <sallyport/environment/random_source.hpp>
#include <sallyport/host/store_audit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <poll.h>

namespace connector {

namespace {

using namespace std::chrono_literals;
using sallyport::nanoseconds;

constexpr nanoseconds between_looks = 1s;  ///< at what an administrator may have changed
constexpr std::uint64_t most_unconfirmed = 16;

std::uint64_t chance() {
    std::uint64_t n = 0;
    (void)sallyport::fill_random(&n, sizeof n);  // without chance all wait the shortest time of their span
    return n;
}

/// This machine's load, as a topic's readings are usually written.
std::string reading(nanoseconds wall) {
    std::array<double, 1> load{};
    if (::getloadavg(load.data(), 1) != 1) load[0] = 0;
    return fmt::format(R"({{"time":{},"load":{:.2f}}})",
                       std::chrono::duration_cast<std::chrono::milliseconds>(wall).count(), load[0]);
}

}  // namespace

sallyport::loaded<std::unique_ptr<publisher>> publisher::make(options o, ears e) {
    if (auto why = trust::directory::create(o.store, o.layout)) return std::move(*why);
    trust::directory_options d;
    d.hear = [audit = e.audit](trust::store_event const& what) {
        auto const event = sallyport::host::event_of(what, sallyport::boot_clock{}.now(), "mqtt");
        if (event && audit) audit(*event);
    };
    auto store = trust::directory::open(o.store, o.layout, std::move(d));
    if (!store) return store.error();
    auto ours = trust::own::open(o.store, o.layout);
    if (!ours) return ours.error();
    if (!ours->current())
        if (auto made = ours->create(o.certificate, sallyport::boot_clock{}.now()); !made)
            return made.error();
    if (!e.audit) e.audit = [](sallyport::audit::event const&) {};
    return std::unique_ptr<publisher>{
        new publisher{std::move(o), std::move(e), std::move(*store), std::move(*ours)}};
}

publisher::publisher(options o, ears e, trust::directory store, trust::own ours)
    : options_{std::move(o)}, ears_{std::move(e)}, store_{std::move(store)}, ours_{std::move(ours)},
      channel_{store_, ours_, options_.broker.url(), options_.broker.host, ears_.audit},
      poll_{options_.polling} {
    generation_ = store_.lists().generation();
    introduce();
}

publisher::~publisher() {
    if (connected()) contact_->close();
}

ourselves publisher::us() const {
    ourselves o{.url = options_.broker.url(),
                .store = store_.root(),
                .pair = ours_.current(),
                .certificate_file = {}};
    if (o.pair) o.certificate_file = store_.path(trust::place::own) + trust::file_name_of(*o.pair->leaf());
    return o;
}

void publisher::introduce() {
    shown_ = ours_.current();
    if (!shown_) return say("This connector has no certificate of its own any more.\n");
    say("This connector's own certificate:\n" + lines_of(*shown_->leaf()) +
        line("file", us().certificate_file) + line("trust store", store_.root()));
}

/// What an administrator may have changed meanwhile: the lists, our own pair.
void publisher::look_around(sallyport::instant now) {
    (void)store_.tick(now);
    if (now.steady < next_look_) return;
    next_look_ = now.steady + between_looks;
    (void)ours_.refresh();
    bool const other_pair = ours_.current() != shown_;
    if (other_pair) introduce();

    bool const other_lists = store_.lists().generation() != generation_;
    generation_ = store_.lists().generation();
    if (connected()) {
        if (auto const why = channel_.no_longer_trusted(now)) {
            contact_->close();
            tell(withdrawn(*why, us()), now);
        }
    } else if (other_lists || other_pair) {
        poll_.hurry(now.steady);  // what was refused may be accepted now
    }
}

void publisher::begin(sallyport::instant now) {
    poll_.begins(now.steady);
    channel_.begins();
    began_ = now.steady;
    handed_over_ = told_ = 0;
    greeted_ = false;
    ++contacts_;
    std::string const who = shown_ ? shown_->leaf()->common_name() : std::string{};
    contact_ = std::make_unique<contact>(options_.broker, who.empty() ? "sallyport-connector" : who,
                                         channel_.context());
}

void publisher::work(sallyport::instant now) {
    if (auto end = contact_->go_on()) return tell(explain(*end, channel_.shown(), store_, us()), now);
    if (!contact_->stands()) {
        if (now.steady - began_ > options_.patience)
            tell(explain({.how = ending::no_answer, .because = {}, .answer = 0}, channel_.shown(), store_,
                         us()),
                 now);
        return;
    }
    if (!greeted_) {
        if (!channel_.stands()) return tell(explain({}, channel_.shown(), store_, us()), now);
        greeted_ = true;
        poll_.connected(now.steady);
        last_.reset();
        next_reading_ = now.steady;
        say(fmt::format("Connected to {}: both sides trust each other.\n", options_.broker.url()));
    }
    for (; told_ < contact_->confirmed(); ++told_) {
        ++published_;
        say(fmt::format("Reading {} is with the broker.\n", published_));
    }
    if (now.steady >= next_reading_ && !done()) publish(now);
}

void publisher::publish(sallyport::instant now) {
    next_reading_ = now.steady + options_.every;
    if (handed_over_ - contact_->confirmed() >= most_unconfirmed)
        return;  // it is behind; this reading is not sent
    if (contact_->publish(options_.topic, reading(now.wall))) ++handed_over_;
}

void publisher::tell(trouble what, sallyport::instant now) {
    contact_.reset();
    channel_.ends();
    poll_.failed(now.steady, chance());
    auto const seconds =
        std::chrono::duration<double>{std::max(poll_.next() - now.steady, nanoseconds::zero())};
    std::string const next = fmt::format("in {:.1f} s; \"retry now\" tries at once", seconds.count());
    if (last_ && last_->same_as(what))
        say(fmt::format("{} As before. Next contact {}.\n", what.headline, next));
    else
        say(what.text() + line("next contact", next));
    last_ = std::move(what);
}

void publisher::retry_now() {
    if (connected()) return say("There is nothing to retry: the connection stands.\n");
    auto const now = clock_.now();
    (void)store_.refresh();  // the administrator has just been there
    (void)ours_.refresh();
    generation_ = store_.lists().generation();
    poll_.hurry(now.steady);
}

sallyport::nanoseconds publisher::next_due() const noexcept {
    nanoseconds next = std::min(next_look_, store_.next_tick());
    if (!contact_) return std::min(next, poll_.next());
    return connected() && !done() ? std::min(next, next_reading_) : next;
}

void publisher::go_on(std::chrono::milliseconds at_most, int command) {
    auto const now = clock_.now();
    look_around(now);
    if (!contact_ && poll_.due(now.steady)) begin(now);
    if (contact_) work(now);

    auto const left = std::chrono::ceil<std::chrono::milliseconds>(
        std::clamp<nanoseconds>(next_due() - clock_.now().steady, 0ns, at_most));
    std::array<pollfd, 2> wait_for{pollfd{command, POLLIN, 0}, pollfd{-1, POLLIN, 0}};
    if (contact_) {
        wait_for[1].fd = contact_->socket();
        if (contact_->wants_to_write()) wait_for[1].events |= POLLOUT;
    }
    (void)::poll(wait_for.data(), wait_for.size(), static_cast<int>(left.count()));
}

}  // namespace connector
