// SPDX-License-Identifier: BSL-1.0
// What it costs to read a store: a folder of ten thousand certificates, a revocation list of a hundred thousand entries,
// each beside reading the same files and parsing them; and to see that one file among ten thousand is another.
#include "support/certificates.hpp"
#include "support/folder.hpp"

#include <sallyport/trust/directory.hpp>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace figures;

constexpr std::size_t many = 10'000;

void write(std::string const& path, std::string const& octets) {
    std::ofstream{path, std::ios::binary} << octets;
}

/// A store on disk, as an administrator has filled it a while ago: no file has changed within the step of its clock.
struct filled {
    template <class Fill>
    explicit filled(Fill fill) {
        (void)trust::directory::create(path());
        fill(path());
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
    }
    support::folder root;

    [[nodiscard]] std::string path() const { return root.at.string(); }

    [[nodiscard]] static filled const& with_certificates() {
        static filled const one{[](std::string const& at) {
            for (std::size_t i = 0; i < many; ++i) write(file(at, i), self_signed(many)[i].der());
        }};
        return one;
    }
    [[nodiscard]] static filled const& with_list() {
        static filled const one{[](std::string const& at) {
            write(at + "/trusted/certs/line.der", plant::with(100'000).line.der());
            write(at + "/trusted/crl/line.crl", plant::with(100'000).line_list.der());
        }};
        return one;
    }
    [[nodiscard]] static std::string file(std::string const& at, std::size_t i) {
        return at + "/trusted/certs/Pump " + std::to_string(i) + ".der";
    }
};

/// Times `f()` alone, once a round.
template <class F, class Before>
void time_each(benchmark::State& state, F f, Before before) {
    time_batches(
        state, 1, [&](std::size_t) { f(); }, before, [] {});
}
[[nodiscard]] sp::loaded<trust::directory> opened(filled const& store) {
    return trust::directory::open(store.path(), trust::layout::annex_f, {.writes = false});
}

/// Calls `f(octets)` for each file of a folder.
template <class F>
void read_files(std::string const& folder, F f) {
    trust::detail::owned<DIR, closedir> const all{opendir(folder.c_str())};
    std::vector<std::uint8_t> octets;
    while (dirent const* const e = readdir(all.get())) {
        if (e->d_name[0] == '.') continue;
        int const fd = openat(dirfd(all.get()), e->d_name, O_RDONLY | O_CLOEXEC);
        struct stat about {};
        (void)fstat(fd, &about);
        octets.resize(static_cast<std::size_t>(about.st_size));
        ssize_t const n = read(fd, octets.data(), octets.size());
        close(fd);
        f(trust::bytes{octets.data(), static_cast<std::size_t>(n)});
    }
}

void folder_of_certificates(benchmark::State& state) {
    auto const& on_disk = filled::with_certificates();
    std::size_t wrong = 0;
    std::optional<trust::directory> read;
    time_each(
        state,
        [&] {
            auto made = opened(on_disk);
            if (made && made->lists().get().lists->members().size() == many)
                read = std::move(*made);
            else
                ++wrong;
        },
        [&] { read.reset(); });
    if (wrong != 0) state.SkipWithError("the store was not read");
}
void floor_of_certificates(benchmark::State& state) {
    auto const& on_disk = filled::with_certificates();
    std::vector<trust::detail::owned_x509> read;
    std::size_t wrong = 0;
    time_each(
        state,
        [&] {
            read.reserve(many);
            read_files(on_disk.path() + "/trusted/certs",
                       [&](trust::bytes octets) { read.push_back(read_by_openssl(octets)); });
            wrong += read.size() == many ? 0 : 1;
        },
        [&] { read.clear(); });
    if (wrong != 0) state.SkipWithError("the folder was not read");
}

void long_list(benchmark::State& state) {
    auto const& on_disk = filled::with_list();
    std::size_t wrong = 0;
    std::optional<trust::directory> read;
    time_each(
        state,
        [&] {
            auto made = opened(on_disk);
            auto const lists = made ? made->lists().get().lists : nullptr;
            if (lists && lists->crls().size() == 1 && lists->crls().front().signers.size() == 1)
                read = std::move(*made);
            else
                ++wrong;
        },
        [&] { read.reset(); });
    if (wrong != 0) state.SkipWithError("the list was not read");
}
void floor_of_long_list(benchmark::State& state) {
    auto const& on_disk = filled::with_list();
    trust::detail::owned_x509 ca;
    trust::detail::owned_crl list;
    std::size_t wrong = 0;
    time_each(
        state,
        [&] {
            read_files(on_disk.path() + "/trusted/certs",
                       [&](trust::bytes octets) { ca = read_by_openssl(octets); });
            read_files(on_disk.path() + "/trusted/crl", [&](trust::bytes octets) {
                auto const* at = octets.data();
                list.reset(d2i_X509_CRL(nullptr, &at, static_cast<long>(octets.size())));
            });
            wrong += X509_CRL_verify(list.get(), X509_get0_pubkey(ca.get())) == 1 ? 0 : 1;
        },
        [&] { list.reset(); });
    if (wrong != 0) state.SkipWithError("the list was not read");
}

/// One file is another each time; nobody says which.
void one_changed(benchmark::State& state) {
    filled const on_disk{[](std::string const& at) {
        for (std::size_t i = 0; i < many; ++i) write(filled::file(at, i), self_signed(many)[i].der());
    }};
    auto store = opened(on_disk);
    auto const another = application(many).self_signed();
    std::size_t round = 0, wrong = 0;
    auto const in_force = [&](pki::issued const& c) {
        return store->lists().get().lists->where(c.read()->print()).any();
    };
    pki::issued const& first = self_signed(many)[many / 2];
    time_each(
        state, [&] { wrong += store->refresh() ? 1U : 0U; },
        [&] {
            bool const odd = ++round % 2 != 0;
            if (round > 1) wrong += in_force(odd ? first : another) ? 0U : 1U;
            write(filled::file(on_disk.path(), many / 2), (odd ? another : first).der());
        });
    if (wrong != 0) state.SkipWithError("the change was not seen");
}

BENCHMARK(folder_of_certificates)->UseManualTime()->Iterations(1);
BENCHMARK(floor_of_certificates)->UseManualTime()->Iterations(1);
BENCHMARK(long_list)->UseManualTime()->Iterations(2);
BENCHMARK(floor_of_long_list)->UseManualTime()->Iterations(2);
BENCHMARK(one_changed)->UseManualTime()->Iterations(6);

}  // namespace
