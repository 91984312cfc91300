// SPDX-License-Identifier: BSL-1.0
// What it costs to judge a certificate: one that was accepted before, beside the hash of its octets; one that is seen
// for the first time, beside parsing it and the signatures that must be checked; a stranger's, the ten-thousandth in a
// row beside the first.
#include "support/certificates.hpp"

#include <array>

#include <openssl/x509_vfy.h>

namespace {

using namespace figures;
using trust::peer, trust::validator, trust::question;

constexpr std::size_t batch = 32;

/// What OpenSSL allocates goes by operator new, to be counted with what we allocate.
[[maybe_unused]] int const counted = CRYPTO_set_mem_functions(
    [](std::size_t n, char const*, int) -> void* { return operator new(n, std::nothrow); },
    [](void* p, std::size_t n, char const*, int) -> void* {
        void* const fresh = std::realloc(p, n);  // NOLINT(*-no-malloc): as operator new does
        if (fresh != p) operator delete(operator new(1));
        return fresh;
    },
    [](void* p, char const*, int) { operator delete(p); });

question of_server(trust::bytes chain) {
    return {.chain = chain,
            .shown_by = peer::server_application,
            .policy = trust::policy_called("Basic256Sha256"),
            .application_uri = uri,
            .host = host};
}

trust::trust_list_ptr trusting(std::vector<pki::issued> const& all, std::size_t n) {
    trust::trust_list::content c;
    for (std::size_t i = 0; i < n; ++i) c.trusted.push_back(all[i]);
    return std::make_shared<trust::trust_list const>(std::move(c));
}

// ---- known: accepted before, and the lists are as they were ----

/// How often `f()` allocates. OpenSSL does so once for each hash, whoever asks for it.
template <class F>
std::size_t allocations_of(F f) {
    f();
    std::size_t const before = allocations::count();
    f();
    return allocations::count() - before;
}

/// `different` peers by turns, of `listed` that are trusted.
void known(benchmark::State& state, std::size_t listed, std::size_t different) {
    auto const& all = self_signed(listed);
    trust::current_lists lists;
    lists.put(trusting(all, listed));
    validator const judge{lists};
    std::vector<question> asked;
    for (std::size_t i = 0; i < different; ++i)
        asked.push_back(of_server(all[i * (listed / different)].bytes()));
    std::size_t refused = 0, allocated = 0;
    for (auto const& q : asked) refused += judge.validate(q, today).accepted() ? 0 : 1;
    std::size_t const by_hash = allocations_of([&] { (void)trust::sha256(asked.front().chain); });
    std::size_t next = 0;
    time_batches(
        state, batch,
        [&](std::size_t) {
            if (!judge.validate(asked[next], today).accepted()) ++refused;
            if (++next == asked.size()) next = 0;
        },
        [&] { allocated -= allocations::count(); },
        [&] { allocated += allocations::count() - batch * by_hash; });
    state.counters["allocations"] = static_cast<double>(allocated);
    if (refused != 0) state.SkipWithError("somebody was refused");
}
/// What nobody can do without: a hash of the octets, and to compare the names with those that were asked for.
void floor_of_known(benchmark::State& state, std::size_t different) {
    auto const& all = self_signed(different);
    trust::detail::owned<EVP_MD, EVP_MD_free> const hash{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    trust::detail::owned_digest_context const context{EVP_MD_CTX_new()};
    std::array<std::uint8_t, 32> out{};
    std::size_t next = 0, wrong = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t) {
            auto const& c = all[next];
            auto const octets = c.bytes();
            EVP_DigestInit_ex2(context.get(), hash.get(), nullptr);
            EVP_DigestUpdate(context.get(), octets.data(), octets.size());
            EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
            benchmark::DoNotOptimize(out);
            trust::certificate const& read = *c.read();
            if (read.dns_names().front() != host || read.uris().front() != uri) ++wrong;
            if (++next == different) next = 0;
        },
        nothing, nothing);
    if (wrong != 0) state.SkipWithError("not the names that were asked for");
}

// ---- first sight: to put the lists anew forgets what was accepted ----

template <class Ask>
void time_first_sights(benchmark::State& state, trust::trust_list_ptr const& held, Ask ask) {
    trust::current_lists lists;
    validator const judge{lists};
    std::size_t refused = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) {
            lists.put(held);
            if (!judge.validate(ask(i), today).accepted()) ++refused;
        },
        nothing, nothing);
    if (refused != 0) state.SkipWithError("somebody was refused");
}

void first_sight_self_signed(benchmark::State& state) {
    auto const& all = self_signed(batch);
    time_first_sights(state, trusting(all, batch), [&](std::size_t i) { return of_server(all[i].bytes()); });
}
void floor_of_self_signed(benchmark::State& state) {
    auto const& all = self_signed(batch);
    std::size_t bad = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) {
            auto const c = read_by_openssl(all[i].bytes());
            if (X509_verify(c.get(), X509_get0_pubkey(c.get())) != 1) ++bad;
        },
        nothing, nothing);
    if (bad != 0) state.SkipWithError("a signature is bad");
}

void first_sight_chain(benchmark::State& state, std::size_t revoked, bool ca_is_listed) {
    auto const& p = plant::with(revoked);
    time_first_sights(state, p.lists(ca_is_listed),
                      [&](std::size_t) { return of_server(trust::as_bytes(p.shown)); });
}
/// The two that were presented, read; three signatures; and one of a revocation list, where its CA is a stranger.
void floor_of_chain(benchmark::State& state, std::size_t revoked, bool and_list) {
    auto const& p = plant::with(revoked);
    auto const root = read_by_openssl(p.root.bytes());
    X509_CRL* const list = p.line_list.read()->x509();
    std::size_t bad = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t) {
            auto const pump = read_by_openssl(p.pump.bytes()), line = read_by_openssl(p.line.bytes());
            EVP_PKEY* const key = X509_get0_pubkey(line.get());
            EVP_PKEY* const root_key = X509_get0_pubkey(root.get());
            if (X509_verify(pump.get(), key) != 1 || X509_verify(line.get(), root_key) != 1 ||
                X509_verify(root.get(), root_key) != 1 || (and_list && X509_CRL_verify(list, key) != 1))
                ++bad;
        },
        nothing, nothing);
    if (bad != 0) state.SkipWithError("a signature is bad");
}
/// The same question to OpenSSL: parsed, a path found, its dates, signatures and revocation lists looked at.
void chain_by_openssl(benchmark::State& state, std::size_t revoked) {
    auto const& p = plant::with(revoked);
    trust::detail::owned<X509_STORE, X509_STORE_free> const store{X509_STORE_new()};
    X509_STORE_add_cert(store.get(), p.root.read()->x509());
    for (auto const* l : {&p.root_list, &p.line_list}) X509_STORE_add_crl(store.get(), l->read()->x509());
    X509_VERIFY_PARAM* const how = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_VERIFY_PARAM_set_time(how, static_cast<std::time_t>(pki::today.time_since_epoch().count()));
    std::size_t refused = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t) {
            auto const pump = read_by_openssl(p.pump.bytes());
            auto line = read_by_openssl(p.line.bytes());
            trust::detail::owned<STACK_OF(X509), [](STACK_OF(X509) * s) { sk_X509_free(s); }> const shown{
                sk_X509_new_null()};
            sk_X509_push(shown.get(), line.get());
            trust::detail::owned<X509_STORE_CTX, X509_STORE_CTX_free> const of{X509_STORE_CTX_new()};
            X509_STORE_CTX_init(of.get(), store.get(), pump.get(), shown.get());
            if (X509_verify_cert(of.get()) != 1) ++refused;
        },
        nothing, nothing);
    if (refused != 0) state.SkipWithError("OpenSSL refused");
}

void look_up(benchmark::State& state) {
    auto const& p = plant::with(100'000);
    trust::crl const& list = *p.line_list.read();
    std::vector<pki::issued> asked;
    for (std::size_t i = 0; i < batch; ++i)
        asked.push_back(application(i).serial(static_cast<long long>(5'000'000 + 3125 * i)).by(p.line));
    for (auto const& c : asked) (void)c.read();
    std::size_t free = 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) { free += list.look_up(*asked[i].read()) == trust::crl::listed::revoked ? 0 : 1; },
        nothing, nothing);
    if (free != 0) state.SkipWithError("one that is revoked was not found");
}

// ---- strangers ----

constexpr std::size_t many = 10'000;

/// Nobody of them is trusted. `after` that many others.
void strangers(benchmark::State& state, std::size_t after) {
    auto const& all = self_signed(many);
    auto const friends = plant::with(1).lists(true);
    trust::current_lists lists;
    lists.put(friends);
    validator const judge{lists};
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < after; ++i)
        accepted += judge.validate(of_server(all[i].bytes()), today).accepted() ? 1 : 0;
    auto const nothing = [] {};
    time_batches(
        state, batch,
        [&](std::size_t i) {
            if (judge.validate(of_server(all[after + i].bytes()), today).first() !=
                trust::status::certificate_untrusted)
                ++accepted;
        },
        nothing, nothing);
    if (accepted != 0) state.SkipWithError("a stranger was accepted");
}

/// A crowd of CAs, all of the name that the leaf gives as its issuer, with keys that are long to verify with: RSA
/// of 8192 bits, with the longest exponent that anybody may have.
void costliest_chain(benchmark::State& state) {
    auto const key = pki::hollow_rsa(8192, std::string(1, '\0') + std::string(8, '\xF1'));
    auto const root = pki::authority("Root").self_signed();
    std::vector<pki::issued> shown;
    for (int i = 0; i < 64; ++i) shown.push_back(pki::authority("CA", key).serial(i + 1).by(root));
    shown.insert(shown.begin(), application(1).by(shown.front()));
    std::string blob;
    for (auto const& c : shown) blob += c.der();
    trust::current_lists lists;
    lists.put(std::make_shared<trust::trust_list const>(trust::trust_list::content{.trusted = {root}}));
    validator const judge{lists};
    std::size_t accepted = 0;
    auto const nothing = [] {};
    time_batches(
        state, 1,
        [&](std::size_t) {
            accepted += judge.validate(of_server(trust::as_bytes(blob)), today).accepted() ? 1 : 0;
        },
        nothing, nothing);
    if (accepted != 0) state.SkipWithError("nobody's chain was accepted");
}
/// As many signatures as one validation may verify, of the kind that applications have.
void hundred_signatures(benchmark::State& state) {
    auto const leaf = pki::application("Pump", pki::p256("pump")).self_signed();
    auto const c = read_by_openssl(leaf.bytes());
    std::size_t bad = 0;
    auto const nothing = [] {};
    time_batches(
        state, 1,
        [&](std::size_t) {
            for (int i = 0; i < 100; ++i) bad += X509_verify(c.get(), X509_get0_pubkey(c.get())) == 1 ? 0 : 1;
        },
        nothing, nothing);
    if (bad != 0) state.SkipWithError("a signature is bad");
}

BENCHMARK(costliest_chain)->UseManualTime();
BENCHMARK(hundred_signatures)->UseManualTime();
BENCHMARK_CAPTURE(known, one, 1, 1)->UseManualTime();
BENCHMARK_CAPTURE(known, of_100, 100, batch)->UseManualTime();
BENCHMARK_CAPTURE(known, of_10000, many, batch)->UseManualTime();
BENCHMARK_CAPTURE(known, each_of_10000, many, many)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_known, one, 1)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_known, some, batch)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_known, each_of_10000, many)->UseManualTime();
BENCHMARK(first_sight_self_signed)->UseManualTime();
BENCHMARK(floor_of_self_signed)->UseManualTime();
BENCHMARK_CAPTURE(first_sight_chain, listed, 100'000, true)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_chain, listed, 100'000, false)->UseManualTime();
BENCHMARK_CAPTURE(first_sight_chain, presented, 100'000, false)->UseManualTime();
BENCHMARK_CAPTURE(floor_of_chain, presented, 100'000, true)->UseManualTime();
BENCHMARK_CAPTURE(first_sight_chain, short_lists, 1, false)->UseManualTime();
BENCHMARK_CAPTURE(chain_by_openssl, long_lists, 100'000)->UseManualTime();
BENCHMARK_CAPTURE(chain_by_openssl, short_lists, 1)->UseManualTime();
BENCHMARK(look_up)->UseManualTime();
BENCHMARK_CAPTURE(strangers, first, 0)->UseManualTime();
BENCHMARK_CAPTURE(strangers, last, many - batch)->UseManualTime();

}  // namespace
