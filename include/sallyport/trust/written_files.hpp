// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/own_folders.hpp>
#include <sallyport/trust/rejected_list.hpp>
#include <sallyport/trust/replacement.hpp>
#include <sallyport/trust/store_change.hpp>
#include <sallyport/trust/store_disk.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// A file, or a kind of files, that this library writes. What stands in `<…>` differs from one to the next.
struct written_file {
    std::string path{};
    std::string_view what{};  ///< what it is, and when it is written. Static text
    bool lasts = true;        ///< false: it is there only while something is being written
};

/// Each file that the library writes in a store of this layout, and there is no other: for backups, for those
/// who write rules of access (AppArmor, SELinux), and for the careful. All are 0600, in folders of 0700.
[[nodiscard]] inline std::vector<written_file> files_written(std::string_view root, layout const& where) {
    std::vector<written_file> all;
    auto const add = [&](std::string_view folder, std::string_view name, std::string_view what,
                         bool lasts = true) {
        all.push_back({fmt::format("{}/{}/{}", root, folder, name), what, lasts});
    };
    constexpr std::string_view certificate = "<CommonName> [<SHA-1>].der", list = "<Issuer> [<SHA-1>].crl";
    std::string const unfinished = fmt::format("{}<number>.new", detail::unfinished);
    auto const of = [&](place p) { return where.of(p).view(); };

    add(of(place::trusted), certificate, "a trusted certificate: approved or added");
    add(of(place::trusted_crl), list, "the revocation list of a trusted CA");
    add(of(place::issuers), certificate, "a CA that is needed for chains alone");
    add(of(place::issuer_crl), list, "the revocation list of such a CA");
    add(of(place::rejected), certificate, "a certificate that was refused, and waits for an administrator");
    if (where.reads_pem)
        for (place const p : {place::trusted, place::issuers, place::rejected})
            add(of(p), "<CommonName> [<SHA-1>].pem", "as above, where its file held PEM before it was moved");
    add(of(place::own), certificate, "the application's own certificate, and CAs shown with it");
    add(of(place::own), fmt::format("{}{}", certificate, detail::own_folders::staged),
        "the application's next certificate, not in force yet");
    add(of(place::own_private), "<CommonName> [<SHA-1>].pem", "the private key; PKCS #8");
    add(of(place::own_private), fmt::format("{}<key identifier>].pem", detail::own_folders::requested),
        "the private key whose certificate a CA was asked for");
    add(detail::notes_folder, detail::rejected_list::index,
        "when, how often, from where and why certificates were refused");
    add(detail::notes_folder, "<SHA-256>.chain", "what a refused certificate came with");
    add(detail::notes_folder, detail::replacement_list::file,
        "which trusted certificates others take over from, and when they end");
    add(detail::notes_folder, detail::replacement_list::file,
        "which trusted certificate another one replaces, and until when");
    add(detail::notes_folder, detail::store_change::note, "a change of several files that is under way",
        false);

    for (place const p : places_read) add(of(p), unfinished, "a file that is being written", false);
    for (place const p : {place::own, place::own_private})
        add(of(p), ".<name>.new", "a file that is being written", false);
    add(detail::notes_folder, detail::store_change::unfinished_note, "a note that is being written", false);
    add(detail::notes_folder, detail::rejected_list::unfinished_index, "a note that is being written", false);
    add(detail::notes_folder, detail::replacement_list::unfinished_file, "a note that is being written",
        false);
    add(detail::notes_folder, detail::replacement_list::unfinished_file, "a note that is being written",
        false);
    return all;
}

}  // namespace trust
}  // namespace sallyport::inline v0
