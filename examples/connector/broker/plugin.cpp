// SPDX-License-Identifier: BSL-1.0
// sallyport-broker.so: a plugin that lets a mosquitto broker judge its clients' certificates by a trust
// store of ours, curated with sallyport-trust, in the place of a file of CAs.
//
//   plugin            …/sallyport-broker.so
//   plugin_opt_store  /etc/mosquitto/pki
//   plugin_opt_layout annex-f                     (or issuers)
//
// A refused certificate then waits for an administrator among the rejected; what he approves, removes or
// revokes counts within a second, without a restart, and closes the connections that stand on it. The
// listener has to ask for certificates (`require_certificate true`), and its `cafile` is asked no more; name
// one that trusts nobody else (the broker's own certificate), so that nobody comes in if this plugin is
// missing.
#include <sallyport/audit/explain.hpp>
#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/host/store_audit.hpp>
#include <sallyport/host/trust_audit.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/open_channels.hpp>
#include <sallyport/trust/tls.hpp>
#include <sallyport/trust/validator.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace {

namespace trust = sallyport::trust;
using sallyport::instant;

void log(int level, std::string const& words) { mosquitto_log_printf(level, "sallyport: %s", words.c_str()); }
void audit(std::optional<sallyport::audit::event> const& e) {
    if (e) log(MOSQ_LOG_NOTICE, sallyport::audit::explain(*e));
}
[[nodiscard]] instant now() { return sallyport::boot_clock{}.now(); }

constexpr std::string_view service = "mqtt";

/// All that lives as long as the plugin. The broker has one thread.
class gatehouse {
public:
    explicit gatehouse(trust::directory store)
        : store_{std::move(store)},
          validator_{store_.lists()}, judge_{validator_, trust::tls_options{.shown_by = trust::peer::pkix},
                                             sallyport::boot_clock{},
                                             [this](trust::tls_seen const& s) { judged(s); }} {
        // A plugin is not shown its broker's TLS. OpenSSL tells of each connection that is made.
        place_ = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, this, &made, nullptr, &gone);
        if (place_ < 0) throw std::runtime_error{"OpenSSL does not tell of connections"};
    }
    gatehouse(gatehouse const&) = delete;
    gatehouse& operator=(gatehouse const&) = delete;
    ~gatehouse() { (void)CRYPTO_free_ex_index(CRYPTO_EX_INDEX_SSL, place_); }

    /// SIGHUP: whoever has changed the store need not wait.
    void reload() {
        if (auto const no = store_.refresh()) log(MOSQ_LOG_ERR, no->to_string());
        tick();
    }
    /// Several times a second: changes of the store count, and dates pass.
    void tick() {
        instant const at = now();
        (void)store_.tick(at);
        auto const generation = store_.lists().generation();
        if (generation == generation_ && at.steady < next_look_) return;
        generation_ = generation;
        next_look_ = at.steady + std::chrono::minutes{1};
        for (auto const& closing : open_.reevaluate(validator_, at)) {
            auto* const connection =
                reinterpret_cast<SSL*>(closing.channel);  // NOLINT: it is one, see `judged`
            audit(worth_telling_.event_of(closing.why, at, trust::peer_address(connection), service));
            log(MOSQ_LOG_NOTICE, "its connection is closed");
            (void)::shutdown(SSL_get_fd(connection), SHUT_RDWR);  // the broker finds it closed
        }
    }

private:
    using judge = trust::tls_judge<sallyport::boot_clock, std::function<void(trust::tls_seen const&)>>;

    [[nodiscard]] static std::uint64_t number_of(SSL* connection) noexcept {
        return reinterpret_cast<std::uint64_t>(connection);
    }
    void judged(trust::tls_seen const& s) {
        instant const at = now();
        audit(worth_telling_.event_of(s.found, at, s.from(), service));
        if (s.found.accepted()) {
            trust::question const asked{.chain = s.chain, .shown_by = trust::peer::pkix};
            if (!open_.add(number_of(s.connection), asked, s.found))
                throw std::runtime_error{"too many connections"};  // which refuses this one
            return;
        }
        store_.reject(s.chain, "an MQTT client", s.from(), s.found.first(), at);
        auto const leaf = s.found.leaf();
        if (!leaf) return;
        log(MOSQ_LOG_NOTICE, "SHA-256 of the refused certificate: " + trust::hex(leaf->print().bytes));
        if (s.found.first() != trust::status::certificate_untrusted) log(MOSQ_LOG_NOTICE, s.found.remedy());
    }
    /// The broker has made a connection: a client's, or one of its own to another broker, which is no affair
    /// of ours.
    static void made(void* parent, void*, CRYPTO_EX_DATA*, int, long, void* self) noexcept {
        auto* const connection = static_cast<SSL*>(parent);
        if (SSL_is_server(connection) != 0 && !static_cast<gatehouse*>(self)->judge_.guard(connection))
            log(MOSQ_LOG_ERR, "a connection could not be guarded; its listener's own rules hold");
    }
    static void gone(void* parent, void*, CRYPTO_EX_DATA*, int, long, void* self) noexcept {
        static_cast<gatehouse*>(self)->open_.remove(number_of(static_cast<SSL*>(parent)));
    }

    trust::directory store_;
    trust::validator validator_;
    judge judge_;
    sallyport::host::trust_audit worth_telling_{};
    trust::open_channels open_{65'536};
    std::uint64_t generation_ = 0;
    sallyport::nanoseconds next_look_{};
    int place_ = -1;
};

/// The options of the configuration, as `plugin_opt_…` wrote them.
std::string option(mosquitto_opt const* all, int count, std::string_view name, std::string fallback = {}) {
    for (int i = 0; i < count; ++i)
        if (name == all[i].key) return all[i].value;
    return fallback;
}

mosquitto_plugin_id_t* plugin = nullptr;  // one broker in a process

template <auto What>
int told(int, void*, void* house) noexcept {
    try {
        (static_cast<gatehouse*>(house)->*What)();
    } catch (std::exception const& e) { mosquitto_log_printf(MOSQ_LOG_ERR, "sallyport: %s", e.what()); }
    return MOSQ_ERR_SUCCESS;
}
constexpr auto* ticked = &told<&gatehouse::tick>;
constexpr auto* reloaded = &told<&gatehouse::reload>;

}  // namespace

extern "C" int mosquitto_plugin_version(int count, int const* supported) {
    constexpr int spoken = 5;
    for (int i = 0; i < count; ++i)
        if (supported[i] == spoken) return spoken;
    return -1;
}

extern "C" int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** ours, mosquitto_opt* options,
                                     int count) try {
    std::string const root = option(options, count, "store"),
                      layout = option(options, count, "layout", "annex-f");
    if (root.empty() || (layout != "annex-f" && layout != "issuers")) {
        log(MOSQ_LOG_ERR, "expected plugin_opt_store FOLDER, and plugin_opt_layout annex-f or issuers");
        return MOSQ_ERR_INVAL;
    }
    trust::directory_options o;
    o.hear = [](trust::store_event const& e) { audit(sallyport::host::event_of(e, now(), service)); };
    auto store = trust::directory::open(
        root, layout == "issuers" ? trust::layout::plural_issuers : trust::layout::annex_f, std::move(o));
    if (!store) {
        log(MOSQ_LOG_ERR, store.error().to_string());
        return MOSQ_ERR_UNKNOWN;
    }
    auto house = std::make_unique<gatehouse>(std::move(*store));
    int no = mosquitto_callback_register(id, MOSQ_EVT_TICK, ticked, nullptr, house.get());
    if (no == MOSQ_ERR_SUCCESS)
        no = mosquitto_callback_register(id, MOSQ_EVT_RELOAD, reloaded, nullptr, house.get());
    if (no != MOSQ_ERR_SUCCESS) return no;
    plugin = id;
    *ours = house.release();
    log(MOSQ_LOG_NOTICE, "clients' certificates are judged by the store " + root);
    return MOSQ_ERR_SUCCESS;
} catch (std::exception const& e) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "sallyport: %s", e.what());
    return MOSQ_ERR_UNKNOWN;
}

extern "C" int mosquitto_plugin_cleanup(void* ours, mosquitto_opt*, int) {
    if (plugin != nullptr) {
        (void)mosquitto_callback_unregister(plugin, MOSQ_EVT_TICK, ticked, nullptr);
        (void)mosquitto_callback_unregister(plugin, MOSQ_EVT_RELOAD, reloaded, nullptr);
    }
    delete static_cast<gatehouse*>(ours);
    return MOSQ_ERR_SUCCESS;
}
