// SPDX-License-Identifier: BSL-1.0
// The server over TLS: what is too much, too slow or ambiguous; and hashing, which blocks nobody.
#include "http/server.hpp"

#include "house.hpp"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace wbm_test;
using namespace std::chrono_literals;

namespace {

wbm::tls_identity const& identity() {
    static auto const me = wbm::self_signed("127.0.0.1");
    REQUIRE(me);
    return *me;
}

/// An HTTPS client with a connection of its own.
struct client : httplib::SSLClient {
    explicit client(int port) : httplib::SSLClient{"127.0.0.1", port} {
        enable_server_certificate_verification(false);
        set_read_timeout(10);
    }
};

/// A server on a free port, with its own clockwork.
class running {
public:
    explicit running(wbm::server::answer pages, wbm::server_options o = {})
        : server_{identity(), with_any_port(o), std::move(pages)} {
        auto const bound = server_.bind();
        REQUIRE(bound);
        port_ = *bound;
        serving_ = std::jthread{[this] { server_.run(); }};
        clockwork_ = std::jthread{[this](std::stop_token const& stop) {
            for (; !stop.stop_requested(); std::this_thread::sleep_for(20ms)) server_.tick();
        }};
    }
    running(running const&) = delete;
    running& operator=(running const&) = delete;
    ~running() {
        while (!answers()) std::this_thread::sleep_for(1ms);  // it may still be on its way into `run`
        server_.stop();
    }
    [[nodiscard]] client here() const { return client{port_}; }
    [[nodiscard]] int port() const noexcept { return port_; }

private:
    static wbm::server_options with_any_port(wbm::server_options o) {
        o.port = 0;
        return o;
    }
    [[nodiscard]] bool answers() const { return static_cast<bool>(here().Get("/")); }
    wbm::server server_;
    int port_ = 0;
    std::jthread serving_, clockwork_;
};

wbm::reply echo(wbm::request const& r) {
    return {.body = std::string{r.method} + ' ' + std::string{r.path} + " a=" + std::string{r.posted["a"]} +
                    " q=" + std::string{r.query["q"]}};
}

/// A TLS connection that sends what it is told, and reads what comes.
class raw {
public:
    explicit raw(int port)
        : socket_{::socket(AF_INET, SOCK_STREAM, 0)}, context_{SSL_CTX_new(TLS_client_method())},
          ssl_{SSL_new(context_)} {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        timeval const patience{10, 0};
        (void)setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        open_ = ::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) == 0;
        SSL_set_fd(ssl_, socket_);
    }
    raw(raw const&) = delete;
    raw& operator=(raw const&) = delete;
    ~raw() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
        ::close(socket_);
    }
    bool handshake() { return open_ && SSL_connect(ssl_) == 1; }
    bool send(std::string_view bytes) {
        return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) ==
               static_cast<int>(bytes.size());
    }
    /// Everything until the other side ends it.
    std::string read_all() {
        std::string all;
        char some[4096];
        for (int n = 0; (n = SSL_read(ssl_, some, sizeof some)) > 0;)
            all.append(some, static_cast<std::size_t>(n));
        return all;
    }
    /// Until the other side ends it, in plain bytes: true where it did.
    bool ended() {
        char some[256];
        return ::recv(socket_, some, sizeof some, 0) == 0;
    }

private:
    int socket_;
    SSL_CTX* context_;
    SSL* ssl_;
    bool open_ = false;
};

std::string ask_raw(int port, std::string_view bytes) {
    raw r{port};
    REQUIRE(r.handshake());
    REQUIRE(r.send(bytes));
    return r.read_all();
}

}  // namespace

TEST_CASE("a page comes back, with the headers that keep a browser safe", "[wbm][server]") {
    running const at{echo};
    client c{at.port()};
    auto const r = c.Get("/x?q=a%20b");
    REQUIRE(r);
    CHECK(r->body == "GET /x a= q=a b");
    CHECK(r->get_header_value("Content-Security-Policy").find("default-src 'none'") == 0);
    CHECK(r->get_header_value("X-Content-Type-Options") == "nosniff");
    CHECK(r->get_header_value("X-Frame-Options") == "DENY");
    CHECK(r->get_header_value("Cache-Control") == "no-store");
    CHECK(c.Post("/y", httplib::Params{{"a", "1&2"}})->body == "POST /y a=1&2 q=");
    CHECK(c.Head("/x")->status == 200);
}

TEST_CASE("other methods, other bodies, long addresses: refused, each with its status", "[wbm][server]") {
    running const at{echo, {.longest_target = 100}};
    client c{at.port()};
    CHECK(c.Put("/x", "a", "text/plain")->status == 405);
    CHECK(at.here().Delete("/x")->status == 405);
    CHECK(at.here().Post("/x", "{}", "application/json")->status == 415);
    CHECK(at.here().Post("/x", "a=%zz", "application/x-www-form-urlencoded")->status == 400);
    CHECK(at.here().Get(fmt::format("/{:x>99}", ""))->status == 200);
    CHECK(at.here().Get(fmt::format("/{:x>100}", ""))->status == 414);
    CHECK(at.here().Get("/x?q=%zz")->status == 400);
    // A part of a page is a whole one here, however often it is asked for.
    auto const part = at.here().Get("/x", {{"Range", "bytes=0-0,0-0,0-0"}});
    CHECK(part->status == 200);
    CHECK(part->body == "GET /x a= q=");
    // And none is compressed: what was typed stands beside what is secret.
    CHECK_FALSE(at.here()
                    .Get(fmt::format("/{:x>80}", ""), {{"Accept-Encoding", "gzip, br"}})
                    ->has_header("Content-Encoding"));
}

TEST_CASE("a form may have so many bytes and no more; the answer arrives all the same", "[wbm][server]") {
    running const at{echo, {.forms = {.bytes = 1000}}};
    std::string const type = "application/x-www-form-urlencoded";
    CHECK(at.here().Post("/x", fmt::format("a={:x>998}", ""), type)->status == 200);
    CHECK(at.here().Post("/x", fmt::format("a={:x>999}", ""), type)->status == 413);
    CHECK(at.here().Post("/x", fmt::format("a={:x>20000}", ""), type)->status == 413);
    auto const chunks = ask_raw(
        at.port(), fmt::format("POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {}\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n5dc\r\na={:x>1498}\r\n0\r\n\r\n",
                               type, ""));
    CHECK(chunks.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a request that could be read in two ways is read in none, and ends its connection",
          "[wbm][server]") {
    std::atomic<int> asked = 0;
    running const at{[&](wbm::request const& r) {
        asked += r.path == "/hidden" ? 1 : 0;
        return echo(r);
    }};
    std::string const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::string_view const head :
         {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 34\r\n\r\n",
          "GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 34\r\n\r\n",
          "GET /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "POST /x HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n"}) {
        CAPTURE(head);
        auto const said = ask_raw(at.port(), fmt::format("{}{}", head, hidden));
        CHECK(said.starts_with("HTTP/1.1 4"));
        CHECK(said.find("Connection: close") != std::string::npos);
        CHECK(said.find("/hidden") == std::string::npos);
    }
    CHECK(asked == 0);
}

TEST_CASE("a line without an end, headers without an end: cut off", "[wbm][server]") {
    running const at{echo, {.connections = {.bytes = 16 * 1024, .time = 60s}}};
    auto const began = std::chrono::steady_clock::now();
    for (std::string const& start :
         {std::string{"GET /"}, std::string{"GET / HTTP/1.1\r\nX: "}, std::string{"GET / HTTP/1.1\r\n"}}) {
        raw r{at.port()};
        REQUIRE(r.handshake());
        bool open = r.send(start);
        for (int i = 0; i < 200 && open; ++i)
            open =
                r.send(start.ends_with('\n') ? fmt::format("{:c>1000}: d\r\n", "") : std::string(1000, 'x'));
        CHECK(r.read_all().empty());
    }
    CHECK(std::chrono::steady_clock::now() - began < 30s);  // by their bytes, not by the time
}

TEST_CASE("whoever is slow loses his connection, and not the others theirs", "[wbm][server]") {
    running const at{echo, {.threads = 6, .connections = {.per_source = 100, .time = 400ms}}};
    std::vector<std::unique_ptr<raw>> slow;
    for (int i = 0; i < 6; ++i) {  // every thread is held
        slow.push_back(std::make_unique<raw>(at.port()));
        if (i % 2 == 0) continue;  // not even a handshake
        REQUIRE(slow.back()->handshake());
        REQUIRE(slow.back()->send("GET / HT"));
    }
    auto const began = std::chrono::steady_clock::now();
    auto drip = std::async(std::launch::async, [&] {
        for (int i = 0; i < 20; ++i, std::this_thread::sleep_for(50ms)) (void)slow[1]->send("T");
    });
    REQUIRE(at.here().Get("/x"));
    CHECK(std::chrono::steady_clock::now() - began < 3s);
    drip.wait();
    CHECK(slow[3]->read_all().empty());
    CHECK(slow[0]->ended());
}

TEST_CASE("one source has its share of connections and no more", "[wbm][server]") {
    running const at{echo, {.threads = 8, .connections = {.per_source = 3}}};
    {
        std::vector<std::unique_ptr<raw>> held;
        for (int i = 0; i < 3; ++i) {
            held.push_back(std::make_unique<raw>(at.port()));
            REQUIRE(held.back()->handshake());
        }
        CHECK_FALSE(raw{at.port()}.handshake());
    }
    for (int i = 0; i < 100 && !at.here().Get("/"); ++i) std::this_thread::sleep_for(20ms);
    CHECK(at.here().Get("/"));
}

TEST_CASE("an answer that fails is a plain 500, and tells nothing of why", "[wbm][server]") {
    running const at{[](wbm::request const& r) -> wbm::reply {
        if (r.path == "/x") throw std::runtime_error{"a secret of the house"};
        return {};
    }};
    auto const r = at.here().Get("/x");
    REQUIRE(r);
    CHECK(r->status == 500);
    CHECK(r->body.find("secret") == std::string::npos);
    for (auto const& [name, value] : r->headers) CHECK(value.find("secret") == std::string::npos);
}

TEST_CASE("the certificate of our own making is for this address, and each start has another",
          "[wbm][server]") {
    auto const a = wbm::self_signed("127.0.0.1"), b = wbm::self_signed("device.example");
    REQUIRE(a);
    REQUIRE(b);
    CHECK(a->fingerprint().size() == 32 * 3 - 1);
    CHECK(a->fingerprint() != b->fingerprint());
    CHECK(X509_check_ip_asc(a->certificate.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(a->certificate.get(), "127.0.0.2", 0) == 0);
    CHECK(X509_check_host(b->certificate.get(), "device.example", 0, 0, nullptr) == 1);
    CHECK(X509_verify(a->certificate.get(), a->key.get()) == 1);
    CHECK_FALSE(wbm::from_files("/nowhere", "/nowhere"));
}

TEST_CASE(
    "while every permit to hash is taken, the other pages answer; logins wait their turn or are told to come "
    "again",
    "[wbm][server][hashing]") {
    house at{{"olga", {"Admin"}}};
    auto const& hashing = at.device->who().hashing();
    wbm::server_options o;
    o.threads = hashing->count() + sallyport::identity::permits::queue_length + 4;
    o.connections.per_source = 100;
    running const server{[&](wbm::request const& r) { return at.site->answer(r); }, o};

    std::vector<sallyport::identity::permits::permit> held;
    while (hashing->free() > 0) held.push_back(hashing->acquire({}, sallyport::identity::asker::proven));

    // More logins than can wait, each under a name of its own.
    constexpr int line = sallyport::identity::permits::queue_length, people = line + 12;
    std::atomic<int> wrong = 0, later = 0;
    std::vector<std::jthread> logins;
    for (int i = 0; i < people; ++i)
        logins.emplace_back([&, i] {
            client c{server.port()};
            auto const r =
                c.Post("/login", httplib::Params{{"user", fmt::format("guest{}", i)}, {"password", "x"}});
            if (r && r->status == 401) ++wrong;
            if (r && r->status == 503 && r->get_header_value("Retry-After") == "1") ++later;
        });
    for (int i = 0; i < 5000 && hashing->queued() < line; ++i) std::this_thread::sleep_for(1ms);
    REQUIRE(hashing->queued() == line);

    // Nothing is hashed, eight threads wait for it: and pages come.
    for (int i = 0; i < 20; ++i) {
        client c{server.port()};
        auto const r = c.Get("/login");
        REQUIRE(r);
        CHECK(r->status == 200);
    }
    // Whoever finds no place in the line is told so, at once.
    for (int i = 0; i < 5000 && later < people - line; ++i) std::this_thread::sleep_for(1ms);
    CHECK(later >= people - line);
    CHECK(wrong == 0);
    held.clear();

    logins.clear();
    CHECK(wrong + later == people);
    // Whoever was told to come again was charged nothing.
    CHECK(names_charged(at).size() == static_cast<std::size_t>(wrong));
    CHECK(
        client{server.port()}.Post("/login", httplib::Params{{"user", "late"}, {"password", "x"}})->status ==
        401);
}
