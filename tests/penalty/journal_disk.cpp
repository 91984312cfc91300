// SPDX-License-Identifier: BSL-1.0
// A disk that does not confirm what it was given. Compiled alone: `fsync` is one of its own.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/journal.hpp>

#include <cerrno>
#include <cstdint>
#include <string>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
bool folder_fails = false, file_fails = false;
}  // namespace

extern "C" int fsync(int fd) {
    struct stat about {};
    bool const known = (folder_fails || file_fails) && ::fstat(fd, &about) == 0;
    if (known && (S_ISDIR(about.st_mode) ? folder_fails : file_fails)) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace {

using namespace at_work;
using sallyport::penalty::journal;
using sallyport::penalty::journal_file;

TEST_CASE("journal: one flush of the disk that fails costs one attempt, and shuts no gate",
          "[penalty][journal]") {
    for (bool* const fails : {&folder_fails, &file_fails}) {
        support::folder const disk;
        lanes_at_work<journal> d{
            {}, journal{{.path = disk.file("lanes.journal"), .device = "device", .boot_id = "boot"}}, 1h};
        REQUIRE(d->fault().empty());
        *fails = true;
        visit v = knock("amira");
        denial const no = d.begin(v);
        *fails = false;
        CHECK(no.why == reason::storage_unavailable);
        d.withdraw(v);
        for (int day = 0; day < 3; ++day, d.now += 24h) CHECK(d.log_in(knock("amira")));
        lanes_at_work<journal> next{
            {}, journal{{.path = disk.file("lanes.journal"), .device = "device", .boot_id = "next"}}, 1h};
        CHECK(next->fault().empty());
    }
}

TEST_CASE("journal: a file says whether it was replaced, though the disk did not confirm it",
          "[penalty][journal]") {
    support::folder const disk;
    journal_file file{disk.file("lanes.journal")};
    REQUIRE(file.reach());
    auto const fill = [](auto put) { put(sallyport::word{1}); };
    bool replaced = false;
    REQUIRE(file.write(fill, replaced));
    CHECK(replaced);
    for (bool* const fails : {&folder_fails, &file_fails}) {
        auto const before = file.print();
        *fails = true;
        bool const written = file.write(fill, replaced);
        *fails = false;
        CHECK_FALSE(written);
        CHECK(replaced == (fails == &folder_fails));
        CHECK((file.print() != before) == replaced);
    }
}

}  // namespace
