// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace replay {

/// The disk of the device that is simulated: a folder that is gone with the program, and the one file in it
/// that outlives a restart of the device.
class temporary_folder {
public:
    temporary_folder() {
        // In memory where that can be: nobody's power is cut here, and a journal waits for its disk.
        std::error_code none;
        auto const in = std::filesystem::temp_directory_path(none);
        for (auto const& folder : {std::filesystem::path{"/dev/shm"}, none ? "/tmp" : in}) {
            std::string made = folder / "sallyport-replay-XXXXXX";
            if (!path_.empty() || ::mkdtemp(made.data()) == nullptr) continue;
            path_ = made;
        }
    }
    temporary_folder(temporary_folder const&) = delete;
    temporary_folder& operator=(temporary_folder const&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    /// False where none could be made.
    [[nodiscard]] explicit operator bool() const noexcept { return !path_.empty(); }
    [[nodiscard]] std::string file() const { return path_ + "/lanes.journal"; }

    /// What lies on the disk at this instant …
    [[nodiscard]] std::string read() const {
        std::ifstream in{file(), std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    }
    /// … and lies there still after the power was cut, whatever a clean end would have written.
    void put_back(std::string const& bytes) const {
        std::ofstream{file(), std::ios::binary | std::ios::trunc} << bytes;
    }

private:
    std::string path_;
};

}  // namespace replay
