// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "channel.hpp"
#include "contact.hpp"
#include "options.hpp"
#include "poll.hpp"
#include "words.hpp"

#include <sallyport/core/load_error.hpp>
#include <sallyport/environment/boot_clock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace connector {

/// The connector itself: keeps a contact with its broker, publishes readings, and says what keeps it from
/// doing so. Whoever owns it calls `go_on` for ever.
/// Thread safety: none of its own; one thread.
class publisher {
public:
    struct ears {
        std::function<void(std::string_view)> people{};  ///< whole lines
        channel::hearer audit{};
    };

    /// Opens the store, and makes what is missing: folders, our certificate. Errors: one of these cannot be.
    [[nodiscard]] static sallyport::loaded<std::unique_ptr<publisher>> make(options o, ears e);
    publisher(publisher const&) = delete;
    publisher& operator=(publisher const&) = delete;
    ~publisher();

    /// Does what is due, then waits for something to happen: at most so long, and no longer than until
    /// `command` (a descriptor; -1: none) can be read.
    void go_on(std::chrono::milliseconds at_most, int command = -1);
    /// An administrator has done something about it.
    void retry_now();

    [[nodiscard]] bool connected() const noexcept { return contact_ && contact_->stands(); }
    [[nodiscard]] std::uint64_t published() const noexcept { return published_; }
    /// As many readings as were asked for are with the broker.
    [[nodiscard]] bool done() const noexcept { return options_.readings && published_ >= *options_.readings; }
    [[nodiscard]] poll const& when() const noexcept { return poll_; }
    [[nodiscard]] std::uint64_t contacts() const noexcept { return contacts_; }

private:
    publisher(options o, ears e, trust::directory store, trust::own ours);

    [[nodiscard]] ourselves us() const;
    void introduce();
    void look_around(sallyport::instant now);
    void begin(sallyport::instant now);
    void work(sallyport::instant now);
    void publish(sallyport::instant now);
    void tell(trouble what, sallyport::instant now);
    void say(std::string const& words) const {
        if (ears_.people) ears_.people(words);
    }
    [[nodiscard]] sallyport::nanoseconds next_due() const noexcept;

    options options_;
    ears ears_;
    sallyport::boot_clock clock_{};
    trust::directory store_;
    trust::own ours_;
    channel channel_;
    poll poll_;
    std::unique_ptr<contact> contact_{};
    trust::own_pair_ptr shown_{};  ///< the pair that was introduced
    std::uint64_t generation_ = 0, contacts_ = 0, published_ = 0, handed_over_ = 0, told_ = 0;
    sallyport::nanoseconds began_{}, next_look_{}, next_reading_{};
    bool greeted_ = false;
    std::optional<trouble> last_{};
};

}  // namespace connector
