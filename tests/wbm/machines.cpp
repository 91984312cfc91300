// SPDX-License-Identifier: BSL-1.0
// The door for programs over TLS: the trust lists decide at the handshake, and at every request after it.
#include "machines.hpp"
#include "http/server.hpp"

#include "house.hpp"
#include "support/pki.hpp"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

using namespace wbm_test;
using namespace std::chrono_literals;
using sallyport::audit::event_id;

namespace {

pki::issued const& reader() {
    static auto const made = pki::application("Reader").uri("urn:plant:reader").self_signed();
    return made;
}

/// A program with a certificate; `keeps`: one connection for all that it asks.
struct program : httplib::SSLClient {
    program(int port, pki::issued const& me, bool keeps = false)
        : httplib::SSLClient{"127.0.0.1", port, me.read()->x509(), me.key.get()} {
        enable_server_certificate_verification(false);
        set_keep_alive(keeps);
        set_read_timeout(10);
    }
};

/// The door of a device, open on a free port.
class door {
public:
    explicit door(house& at)
        : behind_{*at.device}, server_{identity(), guarded(),
                                       [this](auto const& asked) { return behind_.answer(asked); }} {
        auto const bound = server_.bind();
        REQUIRE(bound);
        port_ = *bound;
        serving_ = std::jthread{[this] {
            server_.run();
            over_ = true;
        }};
    }
    door(door const&) = delete;
    door& operator=(door const&) = delete;
    ~door() {
        for (; !over_; std::this_thread::sleep_for(1ms)) server_.stop();
    }
    [[nodiscard]] int port() const noexcept { return port_; }

private:
    static wbm::tls_identity const& identity() {
        static auto const me = wbm::self_signed("127.0.0.1");
        REQUIRE(me);
        return *me;
    }
    wbm::server_options guarded() {
        wbm::server_options o;
        o.port = 0;
        o.guard = [this](SSL_CTX& context) { return behind_.guard(context); };
        return o;
    }
    wbm::machines behind_;
    wbm::server server_;
    int port_ = 0;
    std::atomic<bool> over_ = false;
    std::jthread serving_;
};

}  // namespace

TEST_CASE("who is not trusted does not get through the handshake, and waits for an administrator",
          "[wbm][trust][machines]") {
    house at{{"olga", {"Admin"}}};
    door const open{at};
    CHECK_FALSE(program(open.port(), reader()).Get("/metrics"));
    auto const waiting = at.device->trust().store().rejected();
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].certificate->print() == reader().read()->print());
    CHECK(waiting[0].source == sallyport::address::ipv4(127, 0, 0, 1));
    CHECK(at.last(event_id::certificate_refused).service.view() == "machines");

    httplib::SSLClient nobody{"127.0.0.1", open.port()};
    nobody.enable_server_certificate_verification(false);
    CHECK_FALSE(nobody.Get("/metrics"));
}

TEST_CASE("who is trusted reads the counters, and nothing else", "[wbm][trust][machines]") {
    house at{{"olga", {"Admin"}}};
    REQUIRE(at.device->trust().knock(reader().bytes(), {}, "machines").first() ==
            sallyport::trust::status::certificate_untrusted);
    REQUIRE(at.device->trust().approve({.is = "olga"}, reader().read()->print(), {}));
    door const open{at};
    program asks{open.port(), reader(), true};
    auto const metrics = asks.Get("/metrics");
    REQUIRE(metrics);
    CHECK(metrics->status == 200);
    CHECK(metrics->body.find("sallyport_logins_total") != std::string::npos);
    CHECK(asks.Get("/")->body == "Connected.\n");
    CHECK(asks.Get("/users")->status == 404);
    CHECK(asks.Post("/metrics", "a=b", "application/x-www-form-urlencoded")->status == 405);

    // Trust that is withdrawn ends what an open connection still asks for.
    REQUIRE(at.device->trust().reject({.is = "olga"}, reader().read()->print()));
    auto const after = asks.Get("/metrics");
    CHECK((!after || after->status == 403));
    CHECK_FALSE(program(open.port(), reader()).Get("/metrics"));
}
