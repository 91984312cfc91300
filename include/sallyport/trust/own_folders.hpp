// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/own_key_file.hpp>
#include <sallyport/trust/own_pair.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace trust {

namespace detail {
/// The certificates in these octets, leaf first: DER one after the other, or PEM where it looks so. Empty
/// where any of it is something else; `why` says what.
[[nodiscard]] inline std::vector<certificate_ptr> chain_in(bytes octets, std::string& why) {
    constexpr std::size_t most = 16;  // a path has ten at most
    std::vector<certificate_ptr> all;
    auto const take = [&](bytes der) {
        certificate_ptr c = all.size() < most ? certificate::parse(der, &why) : nullptr;
        if (all.size() == most) why = "holds more certificates than any chain needs";
        if (c) return all.push_back(std::move(c)), true;
        return all.clear(), false;
    };
    if (as_text(octets).find("-----BEGIN ") == std::string_view::npos) {
        while (!octets.empty()) {
            auto const frame = frame_of(octets);
            std::size_t const n = frame ? frame->end : octets.size();
            if (!take(octets.first(n))) return all;
            octets = octets.subspan(n);
        }
        return all;
    }
    owned_bio const in{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
    char *name = nullptr, *header = nullptr;
    std::uint8_t* der = nullptr;
    long n = 0;
    why = "holds no certificate";
    for (bool more = true; more && in && PEM_read_bio(in.get(), &name, &header, &der, &n) == 1;) {
        if (std::string_view{name} == PEM_STRING_X509) more = take({der, static_cast<std::size_t>(n)});
        OPENSSL_free(name), OPENSSL_free(header), OPENSSL_clear_free(der, static_cast<std::size_t>(n));
    }
    ERR_clear_error();
    return all;
}

/// The folders of an application's own certificates and keys: what lies there, and which of it belongs
/// together.
class own_folders {
public:
    static constexpr std::string_view staged =
        ".next";  ///< behind the name of a certificate not in force yet
    static constexpr std::string_view requested =
        "request [";  ///< before that of a key whose certificate is asked for

    struct kept {
        own_pair_ptr pair;
        std::string certificate_file, key_file;  ///< names in their folders
        std::int64_t written = 0;                ///< of the certificate's file, ns

        /// The one that came later counts.
        [[nodiscard]] bool later_than(kept const& o) const noexcept {
            auto const &a = *pair->leaf(), &b = *o.pair->leaf();
            if (a.valid_from() != b.valid_from()) return a.valid_from() > b.valid_from();
            return written != o.written ? written > o.written : a.print() > b.print();
        }
    };
    struct key_file {
        std::string file;
        owned_key key;
    };
    struct reading {
        std::optional<kept> current{}, next{};
        std::vector<key_file> keys{};
        std::vector<std::string> halves{};  ///< staged certificates whose key never came
        std::vector<load_error> problems{};
    };

    own_folders(std::string root, layout const& where, std::optional<key_kind> kind, std::size_t files)
        : root_{std::move(root)}, where_{where}, kind_{kind}, most_{files} {}

    [[nodiscard]] std::string certificate_path(std::string_view name = {}) const {
        return path(where_.own, name);
    }
    [[nodiscard]] std::string key_path(std::string_view name = {}) const {
        return path(where_.own_private, name);
    }

    /// Everything anew. An error: a folder is there and cannot be read.
    [[nodiscard]] loaded<reading> read() const {
        reading all;
        if (auto why = read_keys(all)) return std::move(*why);
        std::vector<named> certificates;
        if (auto why = read_certificates(all, certificates)) return std::move(*why);
        for (auto const& c : certificates) pair_up(c, certificates, all);
        return all;
    }

    /// Makes what is missing, for its owner alone. An error, too: others may change where the keys are.
    [[nodiscard]] std::optional<load_error> make() const {
        for (auto const* const place : {&where_.own, &where_.own_private}) {
            std::string at = root_;
            std::string_view rest = place->view();
            for (;;) {
                if (::mkdir(at.c_str(), S_IRWXU) != 0 && errno != EEXIST)
                    return sallyport::detail::file_error(at, "this folder cannot be made");
                if (rest.empty()) break;
                auto const slash = rest.find('/');
                at.append("/").append(rest.substr(0, slash));
                rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
            }
        }
        return changeable_by_others(key_path());
    }

    /// Takes away what killed writers have left behind: a key among them would lie there for ever. While the
    /// folder is locked, so that nobody is writing.
    void tidy() const {
        for (auto const& folder : {certificate_path(), key_path()}) {
            std::unique_ptr<DIR, let_go<::closedir>> const open{::opendir(folder.c_str())};
            while (open) {
                dirent const* const entry =
                    ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
                if (entry == nullptr) break;
                std::string_view const name = entry->d_name;
                if (name.starts_with('.') && name.ends_with(".new"))
                    (void)::unlinkat(::dirfd(open.get()), entry->d_name, 0);
            }
        }
    }

    /// Takes a file away; one that is not there is no error.
    [[nodiscard]] static std::optional<load_error> remove(std::string const& file) {
        if (::unlink(file.c_str()) != 0 && errno != ENOENT)
            return sallyport::detail::file_error(file, "cannot be removed");
        flush_folder_of(file);
        return std::nullopt;
    }
    [[nodiscard]] static std::optional<load_error> rename(std::string const& from, std::string const& to) {
        if (::rename(from.c_str(), to.c_str()) != 0)
            return sallyport::detail::file_error(from, fmt::format("cannot be renamed to {}", to));
        flush_folder_of(to);
        return std::nullopt;
    }

private:
    struct named {
        std::string file;
        std::int64_t written = 0;
        std::vector<certificate_ptr> held;
    };

    [[nodiscard]] std::string path(folder_name const& folder, std::string_view name) const {
        std::string out = root_;
        out.append("/").append(folder.view());
        return name.empty() ? out : out.append("/").append(name);
    }
    static void flush_folder_of(std::string const& file) noexcept {
        open_file const folder =
            sallyport::detail::open_folder(sallyport::detail::folder_and_name(file).first);
        if (folder)
            (void)::fsync(folder.get());  // a file system that cannot keeps what it promised to others
    }

    /// The names in a folder, sorted; hidden ones are a writer's affair. A folder that is not there is empty.
    [[nodiscard]] std::optional<load_error> list(std::string const& folder, std::vector<std::string>& to,
                                                 std::vector<load_error>& problems) const {
        std::unique_ptr<DIR, let_go<::closedir>> const open{::opendir(folder.c_str())};
        if (!open) {
            if (errno == ENOENT) return std::nullopt;
            return sallyport::detail::file_error(folder, "cannot be read");
        }
        for (;;) {
            errno = 0;
            dirent const* const entry =
                ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
            if (entry == nullptr) break;
            std::string_view const name = entry->d_name;
            if (name.starts_with('.')) continue;
            if (to.size() == most_) {
                problems.push_back({.file = folder,
                                    .message = fmt::format("holds more than {} files; expected a "
                                                           "few, so the rest is not looked at",
                                                           most_)});
                break;
            }
            to.emplace_back(name);
        }
        if (errno != 0) return sallyport::detail::file_error(folder, "cannot be read");
        std::sort(to.begin(), to.end());
        return std::nullopt;
    }

    /// Whoever may change the folder may put a key of his own there, and we would show his certificate.
    [[nodiscard]] static std::optional<load_error> changeable_by_others(std::string const& folder) {
        struct stat about {};
        if (::stat(folder.c_str(), &about) != 0 || (about.st_mode & (S_IWGRP | S_IWOTH)) == 0)
            return std::nullopt;
        return load_error{.file = folder,
                          .message = fmt::format("others may change this folder (mode {:04o}), so no key in "
                                                 "it is used; expected 0700: chmod 700",
                                                 about.st_mode & 07777U)};
    }
    [[nodiscard]] std::optional<load_error> read_keys(reading& to) const {
        if (auto why = changeable_by_others(key_path())) {
            to.problems.push_back(std::move(*why));
            return std::nullopt;
        }
        std::vector<std::string> names;
        if (auto why = list(key_path(), names, to.problems)) return why;
        for (auto& name : names) {
            auto key = read_key(key_path(name));
            if (!key) {
                to.problems.push_back(key.error());
            } else if (!kind_ || kind_of(key->get()) == *kind_) {
                to.keys.push_back({std::move(name), std::move(*key)});
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<load_error> read_certificates(reading& to, std::vector<named>& all) const {
        std::vector<std::string> names;
        if (auto why = list(certificate_path(), names, to.problems)) return why;
        for (auto& name : names) {
            std::string const file = certificate_path(name);
            auto const octets = read_own_octets(file, certificate::largest, others::may_read);
            if (!octets) {
                to.problems.push_back(octets.error());
                continue;
            }
            bool const pem = octets->view().find("-----BEGIN ") != std::string_view::npos;
            std::string why = "holds PEM, which is read where the layout says so and the name ends in .pem";
            named one{std::move(name), written(file), {}};
            if (!pem || (where_.reads_pem && one.file.ends_with(".pem")))
                one.held = chain_in(as_bytes(octets->view()), why);
            if (one.held.empty())
                to.problems.push_back({.file = file, .message = why});
            else
                all.push_back(std::move(one));
        }
        return std::nullopt;
    }
    [[nodiscard]] static std::int64_t written(std::string const& file) noexcept {
        auto const s = file_stamp::of(file);
        return s.seconds * 1'000'000'000 + s.nanoseconds;
    }

    void pair_up(named const& c, std::vector<named> const& all, reading& to) const {
        certificate_ptr const& leaf = c.held.front();
        if (kind_ && leaf->key() != *kind_) return;
        bool const is_staged = c.file.ends_with(staged);
        for (auto const& k : to.keys) {
            if (EVP_PKEY_eq(leaf->public_key(), k.key.get()) != 1) continue;
            if (EVP_PKEY_up_ref(k.key.get()) != 1) continue;
            own_pair_ptr pair = own_pair::of(leaf, owned_key{k.key.get()}, issuers_of(leaf, all));
            if (!pair) {
                to.problems.push_back(
                    {.file = key_path(k.file),
                     .message = "is damaged: what it signs does not verify with its certificate"});
                continue;
            }
            return choose({std::move(pair), c.file, k.file, c.written}, is_staged ? to.next : to.current,
                          to.problems);
        }
        ERR_clear_error();
        if (!is_staged) return;  // a CA's, to be shown with ours; or one whose key is gone
        to.halves.push_back(c.file);
        to.problems.push_back({.file = certificate_path(c.file),
                               .message = "is the next certificate, and its key is not "
                                          "here; it is replaced by the next one made"});
    }
    void choose(kept fresh, std::optional<kept>& of, std::vector<load_error>& problems) const {
        if (of && !fresh.later_than(*of)) std::swap(fresh, *of);
        if (of)
            problems.push_back({.file = certificate_path(of->certificate_file),
                                .message = fmt::format("is not in use: {} came later; remove it, and {}",
                                                       fresh.certificate_file, key_path(of->key_file))});
        of = std::move(fresh);
    }
    /// Upwards to the root, from whatever lies in the folder.
    [[nodiscard]] static std::vector<certificate_ptr> issuers_of(certificate_ptr leaf,
                                                                 std::vector<named> const& all) {
        std::vector<certificate_ptr> chain;
        auto const issues = [&](certificate_ptr const& ca) {
            return leaf->issued_in_name_by(*ca) && !leaf->key_id_contradicts(*ca) &&
                   X509_verify(leaf->x509(), ca->public_key()) == 1;
        };
        while (!leaf->self_issued() &&
               chain.size() < 9) {  // ten certificates with the leaf: the validator's depth
            certificate_ptr next;
            for (auto const& file : all)
                for (auto const& ca : file.held)
                    if (!next && issues(ca)) next = ca;
            if (!next) break;
            chain.push_back(next);
            leaf = std::move(next);
        }
        ERR_clear_error();
        return chain;
    }

    std::string root_;
    layout where_;
    std::optional<key_kind> kind_;
    std::size_t most_;
};
}  // namespace detail

}  // namespace trust
}  // namespace sallyport::inline v0
