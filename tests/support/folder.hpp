// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace support {

/// A folder of a test's own, gone with it.
struct folder {
    std::filesystem::path at;
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        at = name;
    }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(at, ignored);
    }
    [[nodiscard]] std::string file(std::string_view name = "accounts.toml") const {
        return (at / name).string();
    }
    [[nodiscard]] std::string with(std::string_view text, std::string_view name = "accounts.toml") const {
        std::ofstream{file(name), std::ios::binary | std::ios::trunc} << text;
        return file(name);
    }
};
inline std::string text_of(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace support
