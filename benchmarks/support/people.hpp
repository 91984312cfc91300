// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/measure.hpp"

#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/argon2id.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <stdlib.h>

namespace figures {

/// An accounts file in a folder of its own, gone with it.
class people {
public:
    people() {
        std::string folder = (std::filesystem::temp_directory_path() / "sallyport-XXXXXX").string();
        if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        folder_ = folder;
        sp::identity::argon2id const hasher;
        std::string const hash = hasher.hash(sp::secret{right_secret}).value();
        std::ofstream file{path()};
        file << fmt::format("[[account]]\nname = \"amira\"\npassword = \"{}\"\n", hash);
        file << fmt::format("[[account]]\nname = \"boris\"\npassword = \"{}\"\ndisabled = true\n", hash);
        file.close();
        std::filesystem::permissions(
            path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    people(people const&) = delete;
    people& operator=(people const&) = delete;
    ~people() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::filesystem::path path() const { return folder_ / "accounts.toml"; }

private:
    std::filesystem::path folder_;
};

}  // namespace figures
