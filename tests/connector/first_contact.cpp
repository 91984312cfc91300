// SPDX-License-Identifier: BSL-1.0
// The connector and Debian's mosquitto, each with a store of its own, from strangers to partners and back.
#include "private_broker.hpp"
#include "publisher.hpp"

#include <sallyport/audit/event.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using connector::options;
using connector::private_broker;
using connector::publisher;
using namespace std::chrono_literals;
namespace trust = sallyport::trust;
using sallyport::audit::event_id;

namespace {

trust::own_request called(std::string const& name, trust::own_use use, trust::own_key key) {
    return {.common_name = name,
            .organization = "Plant",
            .application_uri =
                use == trust::own_use::client ? "urn:plant.example:pump-7" : "urn:plant.example:broker",
            .dns_names = {"localhost"},
            .addresses = {"127.0.0.1"},
            .key = key,
            .use = use};
}

/// A store beside its owner's running program: what an administrator does to it with sallyport-trust.
struct administrator {
    trust::directory store;
    explicit administrator(std::string const& folder) : store{opened(folder)} {}

    static trust::directory opened(std::string const& folder) {
        auto made = trust::directory::open(folder);
        REQUIRE(made);
        return std::move(*made);
    }
    [[nodiscard]] std::vector<trust::rejection> waiting() {
        REQUIRE_FALSE(store.refresh());
        return store.rejected();
    }
    /// Approves the one certificate that waits.
    void approves() {
        auto const all = waiting();
        REQUIRE(all.size() == 1);
        REQUIRE(all[0].certificate);
        auto const no = store.approve(all[0].certificate->print());
        INFO((no ? no->to_string() : ""));
        REQUIRE_FALSE(no);
    }
    void removes(std::string_view common_name) {
        for (auto const& e : store.entries(trust::place::trusted))
            if (e.certificate && e.certificate->common_name() == common_name)
                REQUIRE_FALSE(store.remove(e.certificate->print()));
    }
};

/// Whoever listens at a port and is no broker: it takes a connection, does something, and hangs up.
class impostor {
public:
    explicit impostor(std::function<void(int)> does) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* const name = reinterpret_cast<sockaddr*>(&at);
        REQUIRE(::bind(door_.get(), name, size) == 0);
        REQUIRE(::listen(door_.get(), 5) == 0);
        REQUIRE(::getsockname(door_.get(), name, &size) == 0);
        port_ = ntohs(at.sin_port);
        stands_there_ = std::thread{[this, does = std::move(does)] {
            for (;;) {
                sallyport::open_file const guest{::accept(door_.get(), nullptr, nullptr)};
                if (!guest) return;
                does(guest.get());
            }
        }};
    }
    impostor(impostor const&) = delete;
    impostor& operator=(impostor const&) = delete;
    ~impostor() {
        (void)::shutdown(door_.get(), SHUT_RDWR);
        stands_there_.join();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    sallyport::open_file door_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::uint16_t port_ = 0;
    std::thread stands_there_;
};

struct plant {
    support::folder folder;
    std::unique_ptr<private_broker> broker;
    std::unique_ptr<publisher> at_work;
    std::string said;
    std::vector<sallyport::audit::event> audited;

    explicit plant(trust::own_key key = trust::own_key::nist_p256,
                   std::string const& plugin = CONNECTOR_PLUGIN) {
        std::filesystem::create_directories(folder.at / "broker");
        REQUIRE_FALSE(trust::directory::create(folder.file("broker/store")));
        auto broker_owns = trust::own::open(folder.file("broker/store"));
        REQUIRE(broker_owns);
        auto const made =
            broker_owns->create(called("Broker", trust::own_use::server, key), sallyport::boot_clock{}.now());
        INFO((made ? "" : made.error().to_string()));
        REQUIRE(made);
        broker = std::make_unique<private_broker>(CONNECTOR_MOSQUITTO, plugin, folder.file("broker"));
    }
    [[nodiscard]] std::string ours() const { return folder.file("connector"); }

    [[nodiscard]] options usual(std::string host = "localhost", std::uint16_t port = 0) const {
        options o;
        o.store = ours();
        o.broker = {.host = std::move(host), .port = port == 0 ? broker->port() : port};
        o.topic = "readings/pump";
        o.certificate = called("Pump 7", trust::own_use::client, trust::own_key::nist_p256);
        o.every = 200ms;
        o.polling = {.first = 100ms, .longest = 400ms, .closest = 50ms, .good_after = 1min};
        return o;
    }
    /// One that is asked: it would wait half an hour and more.
    [[nodiscard]] options patient() const {
        options o = usual();
        o.polling = {.first = 1h, .longest = 1h, .closest = 1ms, .good_after = 1min};
        return o;
    }
    void start() { start(usual()); }
    void start(options o) {
        auto p = publisher::make(std::move(o), {.people = [this](std::string_view w) { said += w; },
                                                .audit = [this](auto const& e) { audited.push_back(e); }});
        INFO((p ? "" : p.error().to_string()));
        REQUIRE(p);
        at_work = std::move(*p);
    }
    /// Lets the connector work until something is so; false: it did not come to be.
    [[nodiscard]] bool until(std::function<bool()> const& so, std::chrono::seconds patience = 30s) {
        for (auto const end = std::chrono::steady_clock::now() + patience; !so();) {
            if (std::chrono::steady_clock::now() > end) return false;
            at_work->go_on(20ms);
        }
        return true;
    }
    [[nodiscard]] bool says(std::string_view words) {
        bool const came = until([&] { return said.find(words) != std::string::npos; });
        INFO(said << "---- the broker\n" << broker->log());
        CHECK(came);
        said.clear();
        return came;
    }
    [[nodiscard]] bool broker_said(std::string_view words) {
        return until([&] { return broker->log().find(words) != std::string::npos; });
    }
    /// An administrator's yes, and that nobody waits until it is noticed.
    void approve_here() {
        administrator{ours()}.approves();
        at_work->retry_now();
    }
    void approve_there() {
        administrator{broker->store()}.approves();
        broker->reload();
    }
    /// Both sides know each other.
    void introduce() {
        REQUIRE(says("Please verify that the connector trusts"));
        approve_here();
        REQUIRE(says("Please verify that the broker trusts"));
        approve_there();
        REQUIRE(says("both sides trust each other"));
    }
    [[nodiscard]] std::size_t audits_of(event_id id) const {
        return static_cast<std::size_t>(
            std::count_if(audited.begin(), audited.end(), [&](auto const& e) { return e.id == id; }));
    }
};

}  // namespace

TEST_CASE("two strangers: two failures, two approvals, and it publishes", "[connector][broker]") {
    for (auto const key : {trust::own_key::nist_p256, trust::own_key::rsa_2048}) {
        plant p{key};
        options o = p.usual();
        o.certificate.key = key;
        p.start(std::move(o));
        auto const us = trust::own::open(p.ours());
        REQUIRE(us);

        // The first contact: we do not know the broker. Its certificate waits on our side.
        REQUIRE(p.until([&] { return p.said.find("next contact") != std::string::npos; }));
        administrator here{p.ours()}, there{p.broker->store()};
        auto const waiting = here.waiting();
        REQUIRE(waiting.size() == 1);
        CHECK(waiting[0].certificate->common_name() == "Broker");
        CHECK(waiting[0].reason == trust::status::certificate_untrusted);
        std::string const print = trust::hex(waiting[0].certificate->print().bytes);
        for (std::string_view const words :
             {std::string_view{
                  "Connection failed: BadSecurityChecksFailed (0x80130000).\nPlease verify that the "
                  "connector trusts the certificate provided by the broker.\n"},
              std::string_view{"BadCertificateUntrusted"}, std::string_view{print},
              std::string_view{"Compare the SHA-256 thumbprint"}})
            CHECK(p.said.find(words) != std::string::npos);
        CHECK(p.said.find("sallyport-trust approve " + p.ours() + " " + print.substr(0, 16)) !=
              std::string::npos);
        CHECK(there.waiting().empty());  // the broker has not seen ours: we hung up first
        CHECK(p.audits_of(event_id::certificate_refused) >= 1);
        p.said.clear();
        p.approve_here();

        // The second: it does not know us. Our certificate waits on its side.
        CHECK(p.says(
            "Please verify that the broker trusts the certificate which is provided by the connector."));
        REQUIRE(there.waiting().size() == 1);
        CHECK(there.waiting()[0].certificate->print() == us->current()->leaf()->print());
        CHECK(here.waiting().empty());
        p.approve_there();

        // The third publishes.
        CHECK(p.says("both sides trust each other"));
        CHECK(p.says("Reading 3 is with the broker."));
        CHECK(p.at_work->published() >= 3);
        CHECK(p.broker->log().find("u'Pump 7'") !=
              std::string::npos);  // it knows us by our certificate's name
    }
}

TEST_CASE("what the broker's refusal says names our certificate, its file, and the command",
          "[connector][broker]") {
    plant p;
    p.start();
    REQUIRE(p.says("Please verify that the connector trusts"));
    p.approve_here();
    REQUIRE(p.until([&] { return p.said.find("(STORE is the broker's)") != std::string::npos; }));
    auto const us = trust::own::open(p.ours());
    REQUIRE(us);
    auto const& leaf = *us->current()->leaf();
    CHECK(p.said.find("Connection failed: BadSecureChannelClosed (0x80860000).") != std::string::npos);
    CHECK(p.said.find(trust::hex(leaf.print().bytes)) != std::string::npos);
    CHECK(p.said.find(p.ours() + "/own/certs/" + trust::file_name_of(leaf)) != std::string::npos);
    CHECK(p.said.find("sallyport-trust approve STORE " + trust::hex(leaf.print().bytes).substr(0, 16)) !=
          std::string::npos);
}

TEST_CASE("retry now tries now", "[connector][broker]") {
    plant p;
    p.start(p.patient());
    REQUIRE(p.says("Please verify that the connector trusts"));
    CHECK(p.at_work->contacts() == 1);
    for (int i = 0; i < 5; ++i) p.at_work->go_on(20ms);
    CHECK(p.at_work->contacts() == 1);  // it is not due for half an hour
    p.at_work->retry_now();
    CHECK(p.says("As before"));
    CHECK(p.at_work->contacts() == 2);

    p.approve_here();
    CHECK(p.says("Please verify that the broker trusts"));
    p.approve_there();
    REQUIRE(p.broker_said("changed the trust lists"));
    p.at_work->retry_now();
    CHECK(p.says("both sides trust each other"));
    p.at_work->retry_now();
    CHECK(p.says("There is nothing to retry"));
}

TEST_CASE("an approval is noticed, and tried at once", "[connector][broker]") {
    plant p;
    p.start(p.patient());
    REQUIRE(p.says("Please verify that the connector trusts"));
    administrator{p.ours()}.approves();
    CHECK(p.says("Please verify that the broker trusts"));
    CHECK(p.audits_of(event_id::trust_list_changed) >= 1);
}

TEST_CASE("what is trusted no more closes the connection, on either side", "[connector][broker]") {
    plant p;
    p.start();
    p.introduce();
    REQUIRE(p.says("Reading 1 is with the broker."));
    SECTION("the broker's certificate leaves our list") {
        administrator{p.ours()}.removes("Broker");  // noticed within a second
        REQUIRE(p.says("Connection closed: BadSecurityChecksFailed"));
        CHECK_FALSE(p.at_work->connected());
        CHECK(p.says("Please verify that the connector trusts"));
        CHECK(administrator{p.ours()}.waiting().size() == 1);  // it waits again
    }
    SECTION("ours leaves the broker's") {
        administrator{p.broker->store()}.removes("Pump 7");
        p.broker->reload();
        CHECK(p.says("Connection lost: BadConnectionClosed"));
        CHECK(p.broker_said("its connection is closed"));
        CHECK(p.says("Please verify that the broker trusts"));
        p.approve_there();
        CHECK(p.says("both sides trust each other"));
    }
}

TEST_CASE("a broker that comes back is found again", "[connector][broker]") {
    plant p;
    p.start();
    p.introduce();
    p.broker->stop();
    CHECK(p.says("Connection lost: BadConnectionClosed"));
    CHECK(p.says("BadConnectionRejected"));
    p.broker->start_again();
    CHECK(p.says("both sides trust each other"));
}

TEST_CASE("a broker as it comes refuses strangers, too, and we say the same", "[connector][broker]") {
    plant p{trust::own_key::nist_p256, ""};
    p.start();
    REQUIRE(p.says("Please verify that the connector trusts"));
    p.approve_here();
    REQUIRE(p.until([&] { return p.said.find("(STORE is the broker's)") != std::string::npos; }));
    CHECK(p.said.find("Please verify that the broker trusts") != std::string::npos);
    CHECK(p.broker->log().find("certificate verify failed") != std::string::npos);
    CHECK(administrator{p.broker->store()}.waiting().empty());  // that one keeps nothing
}

TEST_CASE("a broker that is trusted, and reached by a name that it does not have", "[connector][broker]") {
    plant p;
    auto const broker = trust::own::open(p.broker->store());
    REQUIRE(broker);
    p.start(p.usual("127.0.0.2", p.broker->port()));  // its certificate says 127.0.0.1
    CHECK(p.says("BadConnectionRejected"));           // nobody there; and if there were:
    connector::seen as_seen;
    trust::current_lists lists;
    lists.put(std::make_shared<trust::trust_list const>(trust::trust_list::content{
        .trusted = {broker->current()->leaf()}, .issuers = {}, .trusted_crls = {}, .issuer_crls = {}}));
    as_seen.found = trust::validator{lists}.validate(
        {.chain = broker->current()->chain(), .shown_by = trust::peer::pkix, .host = "127.0.0.2"},
        sallyport::boot_clock{}.now());
    administrator const here{p.ours()};
    auto const t = connector::explain({.how = connector::ending::channel_failed, .because = "", .answer = 0},
                                      as_seen, here.store, {.url = "mqtts://127.0.0.2", .store = p.ours()});
    CHECK(t.happened.find("BadCertificateHostNameInvalid") != std::string::npos);
    CHECK(t.to_do.starts_with("Connect by a name that the certificate holds"));
    CHECK(t.command.empty());  // nothing to approve: it is trusted
}

TEST_CASE("who is no broker costs little, and is told apart", "[connector][broker]") {
    struct {
        std::string_view what;
        std::function<void(int)> does;
        std::string_view told;
    } const each[] = {
        {"hangs up", [](int) {}, "BadConnectionRejected"},
        {"speaks another language",
         [](int fd) {
             std::array<char, 2048> some{};
             (void)!::read(fd, some.data(), some.size());
             (void)!::write(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
         },
         "BadConnectionRejected"},
        {"breaks the connection",
         [](int fd) {
             std::array<char, 2048> some{};
             (void)!::read(fd, some.data(), some.size());
             linger const at_once{1, 0};
             (void)::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
         },
         "BadConnectionRejected"},
        {"says nothing", [](int) { std::this_thread::sleep_for(300ms); }, "BadTimeout"},
    };
    plant p;
    for (auto const& e : each) {
        impostor const there{e.does};
        options o = p.usual("127.0.0.1", there.port());
        o.patience = 200ms;
        p.start(std::move(o));
        INFO(e.what);
        CHECK(p.says(e.told));
        auto const before = p.at_work->contacts();
        auto const end = std::chrono::steady_clock::now() + 200ms;
        while (std::chrono::steady_clock::now() < end) p.at_work->go_on(20ms);
        CHECK(p.at_work->contacts() - before <= 10);  // 50 ms apart, whatever happens
        p.at_work.reset();
    }
}

TEST_CASE("a new certificate of ours is shown without a restart", "[connector][broker]") {
    plant p;
    p.start();
    p.introduce();
    auto elsewhere = trust::own::open(p.ours());  // another program renews it
    REQUIRE(elsewhere);
    auto const request = called("Pump 7", trust::own_use::client, trust::own_key::nist_p256);
    REQUIRE(elsewhere->stage_self_signed(request, sallyport::boot_clock{}.now()));
    auto const fresh = elsewhere->switch_to_next();
    REQUIRE(fresh);
    CHECK(p.says(trust::hex((*fresh)->leaf()->print().bytes)));
    CHECK(p.at_work->connected());  // what stands stays
    p.broker->stop();
    p.broker->start_again();
    CHECK(p.says("Please verify that the broker trusts"));  // to the broker it is another's
    p.approve_there();
    CHECK(p.says("both sides trust each other"));
}

TEST_CASE("a store that cannot be is said at once", "[connector]") {
    support::folder const f;
    options o;
    o.store = f.with("", "file") + "/store";
    o.certificate = called("Pump 7", trust::own_use::client, trust::own_key::nist_p256);
    auto const made = publisher::make(std::move(o), {});
    REQUIRE_FALSE(made);
    CHECK(made.error().to_string().find("Not a directory") != std::string::npos);
}
