// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "connector/private_broker.hpp"
#include "narrator.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace story {

/// A connector and a broker that have never met: two failures, an administrator's yes on either side, and a
/// reading that arrives.
class first_contact {
public:
    /// `programs`: the folder they lie in; `folder`: one of this run.
    first_contact(std::string programs, std::string const& folder, narrator& n)
        : programs_{std::move(programs)}, folder_{folder + "/first-contact"}, tell_{n} {
        std::filesystem::create_directories(broker_folder());
    }

    void walk() {
        a_broker_is_set_up();
        connector::private_broker broker{CONNECTOR_MOSQUITTO, programs_ + "/sallyport-broker.so",
                                         broker_folder()};
        tell_.tell(fmt::format("Debian's mosquitto serves at port {}, and asks each client for a certificate",
                               broker.port()),
                   true);
        connector::child at_work{
            {programs_ + "/sallyport-connector", "--store", connector_store(), "--broker",
             fmt::format("localhost:{}", broker.port()), "--name", "Press 4", "--organization", "Plant",
             "--application-uri", "urn:plant.example:line-4:press", "--every", "1"},
            folder_ + "/audit.log"};
        we_do_not_know_the_broker(at_work);
        the_broker_does_not_know_us(at_work);
        the_third_contact(at_work, broker);
        trust_is_taken_back(at_work);
        at_work.tell("quit");
        tell_.tell("the connector ends as it was asked to", at_work.wait() == 0);
    }

private:
    [[nodiscard]] std::string broker_folder() const { return folder_ + "/broker"; }
    [[nodiscard]] std::string broker_store() const { return broker_folder() + "/store"; }
    [[nodiscard]] std::string connector_store() const { return folder_ + "/connector"; }

    /// Runs sallyport-trust; true: it has done what it was asked to.
    [[nodiscard]] bool trust(std::vector<std::string> words) const {
        words.insert(words.begin(), programs_ + "/sallyport-trust");
        connector::child tool{std::move(words), folder_ + "/sallyport-trust.log"};
        (void)tool.hear_all();
        return tool.wait() == 0;
    }
    /// What it says until these words come, line by line; nothing: they did not come.
    [[nodiscard]] std::optional<std::string> hear(connector::child& who, std::string_view words) const {
        auto said = who.hear(words, std::chrono::seconds{20});
        for (std::string_view rest = said ? *said : std::string_view{}; !rest.empty();) {
            auto const end = std::min(rest.find('\n'), rest.size() - 1);
            tell_.remark(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        return said;
    }
    /// The digits behind "sallyport-trust approve …" in what was said.
    [[nodiscard]] static std::string digits_in(std::string const& said) {
        auto const at = said.find("sallyport-trust approve ");
        if (at == std::string::npos) return {};
        std::string line = said.substr(at, said.find('\n', at) - at);
        if (auto const note = line.find("   ("); note != std::string::npos) line.resize(note);
        return line.substr(line.rfind(' ') + 1);
    }
    [[nodiscard]] static bool says(std::optional<std::string> const& said, std::string_view words) {
        return said && said->find(words) != std::string::npos;
    }

    void a_broker_is_set_up() {
        tell_.chapter("First contact: a broker, and a connector that it has never met");
        bool const made =
            trust({"init", broker_store()}) &&
            trust({"create-own", broker_store(), "--application-uri", "urn:plant.example:line-4:broker",
                   "--common-name", "Line 4 broker", "--organization", "Plant", "--host", "localhost"});
        tell_.tell("sallyport-trust makes the broker's store, and a certificate of its own", made);
    }
    void we_do_not_know_the_broker(connector::child& at_work) {
        tell_.chapter("The first contact: the connector does not know the broker");
        auto const said = hear(at_work, "next contact");
        tell_.tell(
            "it hangs up, and says why and what to do",
            says(said, "Please verify that the connector trusts the certificate provided by the broker.") &&
                says(said, "BadSecurityChecksFailed") && says(said, "rejected/certs/Line 4 broker ["));
        digits_ = said ? digits_in(*said) : "";
        tell_.tell("its administrator compares the thumbprint, and runs that command",
                   trust({"approve", connector_store(), digits_, "--yes"}));
        at_work.tell("retry now");
    }
    void the_broker_does_not_know_us(connector::child& at_work) {
        tell_.chapter("The second contact: the broker does not know the connector");
        auto const said = hear(at_work, "next contact");
        tell_.tell("now the broker hangs up, and the connector says what is to be done there",
                   says(said,
                        "Please verify that the broker trusts the certificate which is provided by the "
                        "connector.") &&
                       says(said, "BadSecureChannelClosed"));
        tell_.tell("the broker's administrator finds that thumbprint among the rejected, and approves it",
                   trust({"approve", broker_store(), said ? digits_in(*said) : "", "--yes"}));
        std::this_thread::sleep_for(std::chrono::milliseconds{1200});  // the broker looks once a second
        at_work.tell("retry now");
    }
    void the_third_contact(connector::child& at_work, connector::private_broker const& broker) {
        tell_.chapter("The third contact");
        auto const said = hear(at_work, "Reading 2 is with the broker.");
        tell_.tell("both sides trust each other, and readings arrive",
                   says(said, "both sides trust each other"));
        tell_.tell("the broker knows the connector by its certificate: user 'Press 4'",
                   broker.log().find("u'Press 4'") != std::string::npos);
    }
    void trust_is_taken_back(connector::child& at_work) {
        tell_.chapter("Trust is taken back");
        tell_.tell("the administrator removes the broker's certificate again",
                   trust({"remove", connector_store(), digits_, "--yes"}));
        auto const said = hear(at_work, "next contact");
        tell_.tell("the open connection is closed within a second", says(said, "Connection closed"));
    }

    std::string programs_, folder_, digits_;
    narrator& tell_;
};

}  // namespace story
