// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "workers.hpp"

#include <sallyport/core/secret.hpp>

#include <httplib.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace wbm {
namespace {

/// The HTTP library's idea of a thread pool.
class pool final : public httplib::TaskQueue {
public:
    pool(std::size_t threads, std::size_t line) : workers_{threads, line} {}
    void enqueue(std::function<void()> job) override { workers_.add(std::move(job)); }
    void shutdown() override { workers_.finish(); }

private:
    workers workers_;
};

/// What every answer carries. No Strict-Transport-Security: with a certificate that no authority vouches for,
/// it would take from a person the choice to go on.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> safe_headers{{
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
     "frame-ancestors 'none'; base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy",
     "same-origin"},  // "no-referrer" would make browsers send "Origin: null" with our own forms
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
}};

bool set_up_tls(SSL_CTX& context, tls_identity const& me, connections& watch) {
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    SSL_CTX_set_options(&context,
                        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    // Forward secrecy and authenticated encryption only, also under TLS 1.2 (RFC 9325 §4.2).
    if (SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return false;
    watch.watch(context);
    return SSL_CTX_use_certificate(&context, me.certificate.get()) == 1 &&
           SSL_CTX_use_PrivateKey(&context, me.key.get()) == 1;
}

/// Can its framing be read in more than one way? Then a proxy in front of us may have read it in the other
/// (request smuggling).
bool ambiguous(httplib::Request const& r) {
    std::size_t const lengths = r.get_header_value_count("Content-Length"),
                      codings = r.get_header_value_count("Transfer-Encoding");
    bool const has_body = codings != 0 || (lengths != 0 && r.get_header_value("Content-Length") != "0");
    return lengths + codings > 1 || r.get_header_value_count("Host") > 1 || (has_body && r.method != "POST");
}

/// What the other end has shown and proven, leaf first, as one blob.
std::vector<std::uint8_t> shown_by(SSL const* connection) {
    std::vector<std::uint8_t> blob;
    auto const append = [&](X509* x) {
        int const size = x == nullptr ? 0 : i2d_X509(x, nullptr);
        if (size <= 0) return;
        blob.resize(blob.size() + static_cast<std::size_t>(size));
        unsigned char* at = blob.data() + blob.size() - size;
        (void)i2d_X509(x, &at);
    };
    append(SSL_get0_peer_certificate(connection));
    STACK_OF(X509)* const rest = SSL_get_peer_cert_chain(connection);  // at a server without the leaf
    for (int i = 0; i < sk_X509_num(rest); ++i) append(sk_X509_value(rest, i));
    return blob;
}

/// The body of a POST, bounded, and wiped when it goes: passwords come this way.
struct body {
    explicit body(std::size_t most) { bytes.reserve(most); }
    body(body const&) = delete;
    body& operator=(body const&) = delete;
    ~body() { sallyport::wipe(bytes.data(), bytes.size()); }
    std::vector<char> bytes;
};

}  // namespace

class server::transport {
public:
    transport(tls_identity const& me, server_options options, answer pages)
        : options_{std::move(options)}, pages_{std::move(pages)},
          connections_{options_.connections}, http_{[&](SSL_CTX& context) {
              return set_up_tls(context, me, connections_) && (!options_.guard || options_.guard(context));
          }} {
        http_.new_task_queue = [this] {
            return new pool{options_.threads, options_.waiting};
        };  // NOLINT(*-owning-memory): it takes it
        http_.set_socket_options(
            [](socket_t s) {  // not SO_REUSEPORT: a second server at the same port is a mistake, not a share
                int const yes = 1;
                (void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            });
        http_.set_tcp_nodelay(true);
        http_.set_read_timeout(5);
        http_.set_write_timeout(5);
        http_.set_keep_alive_timeout(5);
        http_.set_keep_alive_max_count(100);
        http_.set_payload_max_length(options_.forms.bytes);
        http_.set_pre_routing_handler(
            [this](auto const& asked, auto& said) { return before_routing(asked, said); });
        http_.Post(".*", [this](auto const& asked, auto& said, auto const& content) {
            take_post(asked, said, content);
        });
        http_.set_exception_handler(
            [](auto const&, auto& said, auto) { refuse(said, 500, "Something went wrong here."); });
        http_.set_error_handler(httplib::Server::HandlerWithResponse{[](auto const&, auto& said) {
            if (said.body.empty()) refuse(said, said.status, "This cannot be answered.");
            return handled::Handled;
        }});
        http_.set_post_routing_handler([](auto const&, auto& said) {
            for (auto const& [name, value] : safe_headers)
                said.set_header(std::string{name}, std::string{value});
            if (!said.has_header("Cache-Control")) said.set_header("Cache-Control", "no-store");
        });
        http_.set_logger([this](auto const& asked, auto const& said) {
            if (said.get_header_value("Connection") == "close")
                connections_.end(asked.ssl);
            else
                connections_.answered(asked.ssl);
        });
    }

    [[nodiscard]] std::optional<int> bind() {
        if (!http_.is_valid()) return std::nullopt;
        if (options_.port != 0)
            return http_.bind_to_port(options_.address, options_.port) ? std::optional{options_.port}
                                                                       : std::nullopt;
        int const port = http_.bind_to_any_port(options_.address);
        return port > 0 ? std::optional{port} : std::nullopt;
    }
    void run() { (void)http_.listen_after_bind(); }
    void stop() { http_.stop(); }
    void tick() { connections_.tick(); }

private:
    using handled = httplib::Server::HandlerResponse;

    static void refuse(httplib::Response& said, int status, std::string const& why) {
        said.status = status;
        said.set_content(why + "\n", "text/plain; charset=utf-8");
    }
    /// The connection is of no use after this: what still comes in would be read as the next request.
    static void refuse_and_close(httplib::Response& said, int status, std::string const& why) {
        refuse(said, status, why);
        said.set_header("Connection", "close");
    }

    handled before_routing(httplib::Request const& asked, httplib::Response& said) {
        // Nobody needs a part of a page, and a header of a few bytes could ask for megabytes of parts
        // (CVE-2011-3192). Nor is a page compressed that shows what was typed beside what is secret (BREACH,
        // CVE-2013-3587). The request is the server's own object, and not const there.
        auto& own = const_cast<httplib::Request&>(asked);  // NOLINT(*-const-cast)
        own.ranges.clear();
        own.headers.erase("Accept-Encoding");
        if (asked.method != "GET" && asked.method != "HEAD" && asked.method != "POST") {
            refuse_and_close(said, 405, "Pages are read by GET and changed by POST.");
            said.set_header("Allow", "GET, HEAD, POST");
        } else if (connections_.ended(asked.ssl) || ambiguous(asked)) {
            refuse_and_close(said, 400, "This request cannot be read in one way only.");
        } else if (asked.target.size() > options_.longest_target) {
            refuse_and_close(said, 414, "This address is too long.");
        } else if (asked.method == "POST" && !asked.has_header("Content-Length") &&
                   !asked.has_header("Transfer-Encoding")) {
            refuse_and_close(said, 411, "Forms come with their length.");
        } else if (asked.has_header("Content-Encoding")) {
            refuse_and_close(said, 415, "Forms come as they are, not compressed.");
        } else if (asked.method == "POST") {
            return handled::Unhandled;  // with its body, in take_post
        } else {
            answer_it(asked, said, form{});
        }
        return handled::Handled;
    }

    void take_post(httplib::Request const& asked, httplib::Response& said,
                   httplib::ContentReader const& content) {
        std::size_t const most = options_.forms.bytes;
        body b{most};
        bool too_large = false;
        // What is too much is read and dropped, so that the answer arrives; what is far too much cuts the
        // connection.
        bool const complete = content([&](char const* part, std::size_t size) {
            too_large = too_large || size > most - b.bytes.size();
            if (!too_large) b.bytes.insert(b.bytes.end(), part, part + size);
            return true;
        });
        if (too_large || said.status == 413) return refuse_and_close(said, 413, "This form is too large.");
        if (!complete) return refuse_and_close(said, 400, "This form is incomplete.");
        std::string const type = asked.get_header_value("Content-Type");
        if (type.substr(0, type.find(';')) != "application/x-www-form-urlencoded")
            return refuse(said, 415, "Forms come as application/x-www-form-urlencoded.");
        auto posted = form::parse({b.bytes.data(), b.bytes.size()}, options_.forms);
        if (!posted) return refuse(said, 400, "This form cannot be read.");
        answer_it(asked, said, std::move(*posted));
    }

    void answer_it(httplib::Request const& asked, httplib::Response& said, form posted) {
        std::string const cookies = asked.get_header_value("Cookie"), host = asked.get_header_value("Host"),
                          origin = asked.get_header_value("Origin"),
                          site = asked.get_header_value("Sec-Fetch-Site");
        std::size_t const question = std::min(asked.target.find('?'), asked.target.size());
        auto query =
            form::parse(std::string_view{asked.target}.substr(std::min(question + 1, asked.target.size())),
                        options_.forms);
        if (!query) return refuse(said, 400, "This address cannot be read.");
        std::vector<std::uint8_t> const shown =
            options_.guard ? shown_by(asked.ssl) : std::vector<std::uint8_t>{};
        reply const answered = pages_({.method = asked.method == "POST" ? "POST" : "GET",
                                       .path = asked.path,
                                       .query = std::move(*query),
                                       .posted = std::move(posted),
                                       .cookies = cookies,
                                       .host = host,
                                       .origin = origin,
                                       .fetch_site = site,
                                       .source = sallyport::address::from(asked.remote_addr),
                                       .shown = shown});
        said.status = answered.status;
        for (auto const& [name, value] : answered.headers) said.set_header(name, value);
        if (!answered.body.empty()) said.set_content(answered.body, answered.type);
    }

    server_options options_;
    answer pages_;
    connections connections_;
    httplib::SSLServer http_;
};

server::server(tls_identity const& me, server_options const& options, answer pages)
    : transport_{std::make_unique<transport>(me, options, std::move(pages))} {}
server::~server() = default;
std::optional<int> server::bind() { return transport_->bind(); }
void server::run() { transport_->run(); }
void server::stop() { transport_->stop(); }
void server::tick() { transport_->tick(); }

}  // namespace wbm
