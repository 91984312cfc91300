// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/safe_file.hpp>
#include <sallyport/core/siphash.hpp>
#include <sallyport/environment/random_source.hpp>
#include <sallyport/environment/shared_memory_file.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace detail {

/// The keys of a segment, in a file of their own: in the segment itself lies no secret. With them whoever
/// reads it could look for a token or a password behind its hash, and whoever writes it could seal what he
/// wrote.
struct segment_keys {
    word magic = 0;
    sip_key key{};
    std::array<word, 2> instance{};  // of the segment that they belong to

    static constexpr word right_magic = 0x73706f72746b6579;

    /// Proves in the segment that these are its keys, and tells nothing of them.
    [[nodiscard]] word check() const noexcept { return siphash_of(key, instance); }

    /// Fresh ones, in a new file of mode 0600, or 0640 with a group. What a maker who died has left there is
    /// taken away; what somebody else has put there cannot be. Empty: done; else why not.
    [[nodiscard]] static std::string_view make(int folder, char const* name, shared_memory_options const& o,
                                               segment_keys& keys) noexcept {
        keys = {.magic = right_magic};
        if (!fill_random(&keys.key, sizeof keys.key) || !fill_random(&keys.instance, sizeof keys.instance))
            return "there is no chance to draw a key from";
        if (::unlinkat(folder, name, 0) != 0 && errno != ENOENT)
            return "a file stands in the place of its keys that cannot be taken away";
        open_file const file{
            ::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
        if (!file) return "the file of its keys cannot be made";
        if (!write_all(file.get(), {reinterpret_cast<char const*>(&keys), sizeof keys}) ||
            ::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0 ||
            !share_with_group(file.get(), o, S_IRUSR | S_IWUSR | S_IRGRP)) {
            (void)::unlinkat(folder, name, 0);
            return "the file of its keys cannot be written, or not given to the group";
        }
        return {};
    }
    /// Those that are there.
    [[nodiscard]] static std::string_view read(int folder, char const* name, shared_memory_options const& o,
                                               segment_keys& keys) noexcept {
        open_file const file{
            ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
        if (!file)
            return errno == ELOOP    ? "the file of its keys is a symbolic link"
                   : errno == ENOENT ? "the file of its keys is missing"
                                     : "the file of its keys cannot be opened";
        if (!file_fault(file.get(), o, S_IRGRP).empty())
            return "the file of its keys is not as it should be: owner, group, mode (0600 or 0640), one name";
        struct stat about {};
        if (::fstat(file.get(), &about) != 0 || about.st_size != static_cast<off_t>(sizeof keys) ||
            ::read(file.get(), &keys, sizeof keys) != static_cast<ssize_t>(sizeof keys) ||
            keys.magic != right_magic)
            return "the file of its keys holds something else";
        return {};
    }
};
static_assert(sizeof(segment_keys) == 5 * sizeof(word));

}  // namespace detail
}  // namespace sallyport::inline v0
