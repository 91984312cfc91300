// SPDX-License-Identifier: BSL-1.0
//
// Bytes become files in the folders of a store, and its notes: it opens, every
// file counts or is reported, looking again changes nothing, and what an administrator then adds, rejects and
// removes is where he put it, however odd the rest is.
#include "support/folder.hpp"
#include "support/pki.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::trust;
namespace fs = std::filesystem;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

/// Takes the files from the input: a place, a name, and the bytes, each with its length before it.
class reader {
public:
    reader(std::uint8_t const* data, std::size_t size) : rest_{reinterpret_cast<char const*>(data), size} {}

    [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
    [[nodiscard]] unsigned octet() noexcept {
        if (rest_.empty()) return 0;
        auto const one = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return one;
    }
    [[nodiscard]] std::string_view text(std::size_t n) noexcept {
        auto const some = rest_.substr(0, n);
        rest_.remove_prefix(some.size());
        return some;
    }

private:
    std::string_view rest_;
};

/// Some certificates that count, to be named by one octet.
pki::issued const& known(unsigned which) {
    static auto const key = pki::ed25519("somebody");
    static std::array<pki::issued, 3> const all{pki::authority("Root", key).self_signed(),
                                                pki::application("Pump 7", key).self_signed(),
                                                pki::application("../../.Pump", key).self_signed()};
    return all[which % all.size()];
}

std::size_t files_in(fs::path const& folder) {
    std::size_t n = 0;
    for (auto const& e : fs::directory_iterator{folder})
        if (!e.path().filename().string().starts_with('.') &&
            e.symlink_status().type() != fs::file_type::directory)
            ++n;
    return n;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // In memory where there is such a place: every change is flushed. Cleared each time; gone with the program.
    static int const in_memory = fs::is_directory("/dev/shm") ? ::setenv("TMPDIR", "/dev/shm", 0) : 0;
    must(in_memory == 0);
    static support::folder const at;
    for (auto const& e : fs::directory_iterator{at.at}) fs::remove_all(e.path());

    reader in{data, size};
    layout const where = in.octet() % 2 == 0 ? layout::annex_f : layout::plural_issuers;
    must(!directory::create(at.at.string(), where));
    fs::create_directory(at.at / ".sallyport");
    for (int i = 0; i < 16 && !in.done(); ++i) {
        unsigned const what = in.octet();
        unsigned const length = in.octet() % 40;
        std::string name{in.text(length)};
        std::replace(name.begin(), name.end(), '/', '+');
        std::replace(name.begin(), name.end(), '\0', '0');
        if (name.empty() || name == "." || name == "..") name = "x" + std::to_string(i);
        fs::path folder = at.at / where.of(static_cast<place>(what % 7)).view();
        if (what % 8 == 7) {
            constexpr std::array<char const*, 3> notes{"change", "rejected", "replacements"};
            folder = at.at / ".sallyport";
            name = notes[what / 8 % 3];
        }
        std::error_code ignored;
        switch (what / 64) {
            case 0: {
                auto const most = in.octet() * 8U;
                std::ofstream{folder / name, std::ios::binary} << in.text(most);
                break;
            }
            case 1: std::ofstream{folder / name, std::ios::binary} << known(in.octet()).der(); break;
            case 2: fs::create_symlink(in.text(in.octet() % 32), folder / name, ignored); break;
            default: fs::create_directory(folder / name, ignored); break;
        }
    }

    auto store = directory::open(at.at.string(), where);
    if (!store) return 0;  // a link in the place of a folder, say; the reason was given
    std::size_t counted = store->skipped().size(), there = 0;
    for (place const p : places_read) {
        counted += store->entries(p).size();
        there += files_in(store->path(p));
        for (auto const& e : store->entries(p)) must(!e.certificate != !e.revocations);
    }
    must(counted == there);
    for (auto const& s : store->skipped()) must(!s.reason.empty());
    auto const generation = store->lists().generation();
    (void)store->refresh();
    must(store->lists().generation() == generation);

    instant const now{std::chrono::hours{1}, pki::today.time_since_epoch(), true};
    for (unsigned i = 0; i < 3; ++i) {
        certificate const& c = *known(i).read();
        if (store->add(c, list::trusted)) return 0;  // a note that is none, say: nothing can be changed
        must(store->lists().get().lists->where(c.print()) == lists{1});
        must(validator{store->lists()}.validate({.chain = c.der(), .shown_by = peer::pkix}, now).accepted());
        must(!store->reject(c.print()));
        must(!store->lists().get().lists->where(c.print()).any());
        auto const waiting = store->rejected();
        must(std::any_of(waiting.begin(), waiting.end(),
                         [&](rejection const& r) { return r.certificate->print() == c.print(); }));
        must(!store->remove(c.print()) && !store->find(c.print()));
    }
    return 0;
}
