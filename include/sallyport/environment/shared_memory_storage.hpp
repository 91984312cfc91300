// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/storage.hpp>
#include <sallyport/core/contained.hpp>
#include <sallyport/core/safe_file.hpp>
#include <sallyport/environment/process_lock.hpp>
#include <sallyport/environment/random_source.hpp>
#include <sallyport/environment/shared_memory_file.hpp>
#include <sallyport/environment/shared_memory_keys.hpp>
#include <sallyport/environment/shared_memory_layout.hpp>
#include <sallyport/environment/shared_memory_options.hpp>
#include <sallyport/environment/waiters.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::inline v0 {

/// State in a file that several processes map: the OPC UA server and the web server of one device then keep
/// one penalty list and one count of sessions.
///
/// - Its lock is robust: whoever finds it held by a dead process inherits it, and puts back what that one left
///   half done. A holder that is stopped is waited for until `patience` is over; then the call is refused.
/// - A process is alive while it holds a byte of the file locked, which the kernel lets go when it dies. No
///   process ids. A child that was forked without exec keeps its parent's seat: its copy of the gate refuses,
///   but what its parent left at the door and inside is reclaimed when both are gone.
/// - Whoever comes second must agree with the maker in version, endianness, plan, role table, options and boot:
///   what differs is named in `fault()`, and the gate stays shut.
/// - The segment is not trusted: it holds no secret in the clear, what is read from it is checked at each use,
///   and what gives a right is sealed under a key that lies in a file of its own. Whoever may write it can keep
///   logins out, and can put an old copy of a line back whole; he can neither make up a session nor bring the
///   process down, but by cutting the file short. So give its group to nobody but the programs that share it.
/// - It is made by whoever comes first, and stays when processes go, until the device restarts.
///
/// Thread safety: as heap_storage. Movable until a gate opens it.
class shared_memory_storage {
public:
    using default_waiter = polling_waiter;

    /// Processes that can share it at once, gates of one process counted singly.
    static constexpr std::size_t most_processes = detail::segment_head::most_seats;

    explicit shared_memory_storage(shared_memory_options o) : options_{std::move(o)} {}
    shared_memory_storage(shared_memory_storage&& o) noexcept : options_{std::move(o.options_)} {}
    shared_memory_storage& operator=(shared_memory_storage&&) = delete;
    ~shared_memory_storage() {
        if (map_ != MAP_FAILED) (void)::munmap(map_, bytes_);
        // The file is closed after that, and with it our seat is free.
    }

    [[nodiscard]] bool open(blueprint const& plan) noexcept {
        std::string_view why;
        if (map_ != MAP_FAILED || file_)
            why = "it is open already";
        else if (!contained([&] { why = enter(plan); }))
            why = "out of memory";
        if (!why.empty()) complain(why);
        return why.empty();
    }
    /// Why it could not be opened, or why nobody may go on with it.
    [[nodiscard]] std::string_view fault() const noexcept { return {fault_.data(), fault_size_}; }

    [[nodiscard]] bool lock() noexcept {
        std::uint32_t const me = tag_of(self_);
        bool const here = threads_.try_acquire(process_lock::most_owners);
        if (here && lock_.try_acquire(me)) [[likely]] {
            if (sound()) return true;
            lock_.release();
            threads_.release();
            return false;
        }
        return lock_patiently(me, here);
    }
    void unlock() noexcept {
        undo_.commit();
        lock_.release();
        threads_.release();
    }
    void commit() noexcept { undo_.commit(); }
    [[nodiscard]] region words() noexcept { return words_; }
    [[nodiscard]] sip_key key() const noexcept { return keys_.key; }
    /// This process among those that share it; drawn by chance, so never there again.
    [[nodiscard]] word self() const noexcept { return self_; }
    /// One system call, none about ourselves.
    [[nodiscard]] bool alive(word owner) const noexcept {
        if (owner == self_) return true;
        std::size_t const seat = seat_of(owner);
        return who_sits(seat) == owner && seats_.taken_by_another(seat);
    }
    /// Has nobody else held the lock since we last did? Then what we know of the words is still so.
    [[nodiscard]] bool undisturbed() const noexcept { return undisturbed_; }
    /// How often an heir has put something back, since the segment was made.
    [[nodiscard]] std::uint64_t rollbacks() const noexcept { return read(head().rollbacks); }

private:
    using head_type = detail::segment_head;
    static constexpr nanoseconds longest_patience = std::chrono::hours{1};
    static constexpr std::size_t makers_byte = most_processes;  // behind the seats
    static constexpr std::size_t head_words = sizeof(head_type) / sizeof(word);
    static constexpr std::size_t at_most = std::size_t{256} << 20;

    // -- who is who: a number by chance, in its lowest four bits the seat; of that 31 bits in the lock
    static_assert(most_processes == 16);
    static constexpr std::size_t seat_of(word owner) noexcept { return owner & 15; }
    static constexpr std::uint32_t tag_of(word owner) noexcept {
        return static_cast<std::uint32_t>(owner & process_lock::most_owners);
    }
    [[nodiscard]] bool dead(std::uint32_t tag) const noexcept {
        word const sits = who_sits(seat_of(tag));
        return tag_of(sits) != tag || (sits != self_ && !seats_.taken_by_another(seat_of(tag)));
    }
    [[nodiscard]] head_type& head() const noexcept { return *static_cast<head_type*>(map_); }
    static word read(word& w) noexcept { return std::atomic_ref{w}.load(std::memory_order_relaxed); }
    static void write(word& w, word to) noexcept { std::atomic_ref{w}.store(to, std::memory_order_relaxed); }
    [[nodiscard]] word who_sits(std::size_t seat) const noexcept { return read(head().seats[seat]); }

    [[nodiscard]] bool lock_patiently(std::uint32_t me, bool here) noexcept {
        auto const until =
            std::chrono::steady_clock::now() + std::clamp(options_.patience, nanoseconds{}, longest_patience);
        // Another number each time: a thread that waits is not the one that has it.
        std::uint32_t const ticket =
            tickets_.fetch_add(1, std::memory_order_relaxed) % (process_lock::most_owners - 1) + 1;
        auto const never = [](std::uint32_t) { return false; };
        if (!here && threads_.acquire(ticket, until, never) == process_lock::outcome::refused) return false;
        auto const how = lock_.acquire(me, until, [this](std::uint32_t tag) { return dead(tag); });
        if (how != process_lock::outcome::refused) {
            if (sound() && (how == process_lock::outcome::taken || inherit())) return true;
            lock_.release();
        }
        threads_.release();
        return false;
    }
    [[nodiscard]] bool sound() noexcept {
        // Who we are was written when we sat down; should it say otherwise, somebody else has written there.
        if (word& mine = head().seats[seat_of(self_)]; read(mine) != self_) write(mine, self_);
        word& last = head().last_holder;
        undisturbed_ = read(last) == self_;
        if (!undisturbed_) write(last, self_);
        return read(head().broken) != head_type::broken_magic;
    }
    [[nodiscard]] bool inherit() noexcept {
        bool const something = undo_.pending();
        if (!undo_.roll_back()) {
            write(head().broken, head_type::broken_magic);
            return false;
        }
        if (something) write(head().rollbacks, read(head().rollbacks) + 1);
        return true;
    }

    // -- opening. Each returns what is wrong, in words; empty: all is well
    [[nodiscard]] std::string_view enter(blueprint const& plan) {
        std::size_t const log = undo_log::words_for(plan.logged());
        if (!plan.feasible() || plan.logged() > at_most / sizeof(word) ||
            plan.words() > at_most / sizeof(word) ||
            (head_words + log + plan.words()) > at_most / sizeof(word))
            return "its plan is too large";
        bytes_ = (head_words + log + plan.words()) * sizeof(word);
        auto const slash = options_.path.rfind('/');
        if (options_.path.empty() || options_.path.front() != '/' || slash + 1 == options_.path.size())
            return "its path must be absolute, and name a file";
        std::string const folder_name = slash == 0 ? "/" : options_.path.substr(0, slash),
                          file_name = options_.path.substr(slash + 1), keys_name = file_name + ".keys";
        open_file const folder = detail::open_folder(folder_name);
        if (!folder) return "its folder cannot be opened";
        if (auto const why = detail::folder_fault(folder.get(), options_); !why.empty()) return why;

        bool fresh = false;
        open_file file = detail::open_or_make(folder.get(), file_name.c_str(), fresh);
        for (int tries = 0; !file && errno == EACCES && options_.group && tries < 100; ++tries) {
            timespec const pause{0, 2'000'000};  // its maker may be about to give it to the group
            (void)::nanosleep(&pause, nullptr);
            file = detail::open_or_make(folder.get(), file_name.c_str(), fresh);
        }
        if (!file) return errno == ELOOP ? "it is a symbolic link" : "it cannot be opened";
        detail::byte_locks const bytes{file.get()};
        if (!bytes.take(makers_byte, options_.patience))
            return "another process is making it, and does not go on";
        std::string_view why =
            prepare(plan, folder.get(), file_name.c_str(), keys_name.c_str(), file.get(), fresh);
        if (why.empty()) {
            word* const all = static_cast<word*>(map_);
            undo_ = undo_log{all + head_words, plan.logged(), all + head_words + log, plan.words()};
            words_ = region{all + head_words + log, &undo_};
            lock_ = process_lock{&head().lock};
            seats_ = bytes;
            why = sit_down();
        }
        bytes.let_go(makers_byte);
        if (why.empty()) file_ = std::move(file);
        return why;
    }

    [[nodiscard]] std::string_view prepare(blueprint const& plan, int folder, char const* file_name,
                                           char const* keys_name, int file, bool fresh) {
        if (!detail::cleared_by_restart(file)) {
            if (fresh) (void)::unlinkat(folder, file_name, 0);
            return "a restart of the device does not clear what lies there: take a tmpfs, /run or /dev/shm";
        }
        struct stat here {
        }, there{};
        if (::fstat(file, &here) != 0 || ::fstatat(folder, file_name, &there, AT_SYMLINK_NOFOLLOW) != 0 ||
            here.st_ino != there.st_ino || here.st_dev != there.st_dev)
            return "another file has taken its place";
        if (auto const why = detail::file_fault(file, options_, S_IRGRP | S_IWGRP); !why.empty()) return why;

        word first = 0;
        bool const begun = here.st_size == static_cast<off_t>(sizeof first) ||
                           here.st_size > static_cast<off_t>(sizeof(head_type));
        if (here.st_size != 0 &&
            (!begun || ::pread(file, &first, sizeof first, 0) != static_cast<ssize_t>(sizeof first)))
            return "it is no segment of this library";
        auto const ours = detail::layout::of(plan, options_.roles);
        if (here.st_size == 0 || first == head_type::making_magic) return make(ours, folder, keys_name, file);
        return join(ours, folder, keys_name, file, here.st_size);
    }

    [[nodiscard]] std::string_view make(detail::layout const& ours, int folder, char const* keys_name,
                                        int file) {
        if (ours.boot.empty()) return "the boot id cannot be read";
        word const mark = head_type::making_magic;
        if (::ftruncate(file, 0) != 0 ||
            ::pwrite(file, &mark, sizeof mark, 0) != static_cast<ssize_t>(sizeof mark))
            return "it cannot be written";
        // Every page now: on a full tmpfs the first touch of one that is not there would end the process.
        if (::posix_fallocate(file, 0, static_cast<off_t>(bytes_)) != 0) return "there is no memory for it";
        if (::fchmod(file, S_IRUSR | S_IWUSR) != 0 ||
            !detail::share_with_group(file, options_, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP))
            return "it cannot be given to the group";
        if (auto const why = detail::segment_keys::make(folder, keys_name, options_, keys_); !why.empty())
            return why;
        if (!map(file)) return "it cannot be mapped";
        head().agreed = ours;
        head().instance = keys_.instance;
        head().key_check = keys_.check();
        std::atomic_ref{head().made}.store(head_type::made_magic, std::memory_order_release);
        return {};
    }

    [[nodiscard]] std::string_view join(detail::layout const& ours, int folder, char const* keys_name,
                                        int file, off_t size) {
        // A copy is compared: what lies in the segment may change at any time.
        head_type theirs;
        if (::pread(file, &theirs, sizeof theirs, 0) != static_cast<ssize_t>(sizeof theirs))
            return "it is no segment of this library";
        if (theirs.made == swapped(head_type::made_magic)) return differs("endianness");
        if (theirs.made != head_type::made_magic) return "it is no segment of this library";
        if (auto const what = ours.difference(theirs.agreed); !what.empty()) return differs(what.view());
        if (size != static_cast<off_t>(bytes_)) return differs("plan (its size)");
        if (auto const why = detail::segment_keys::read(folder, keys_name, options_, keys_); !why.empty())
            return why;
        if (keys_.instance != theirs.instance || keys_.check() != theirs.key_check)
            return "the keys beside it belong to another segment";
        if (theirs.broken == head_type::broken_magic)
            return "a process died in it beyond what can be put back: restart the device, or remove it";
        return map(file) ? std::string_view{} : "it cannot be mapped";
    }

    [[nodiscard]] std::string_view sit_down() noexcept {
        for (std::size_t seat = 0; seat < most_processes; ++seat) {
            if (!seats_.take(seat)) continue;
            for (self_ = 0; tag_of(self_) >> 4 == 0; self_ = (self_ & ~word{15}) | seat)
                if (!fill_random(&self_, sizeof self_)) return "there is no chance to draw a number from";
            // Who sat there before is known for dead from now on.
            write(head().seats[seat], self_);
            if (!lock()) return "its lock is held by a process that does not go on";
            unlock();
            return {};
        }
        return "as many processes as can share it do so already";
    }
    [[nodiscard]] bool map(int file) noexcept {
        map_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        return map_ != MAP_FAILED;
    }
    static constexpr word swapped(word w) noexcept {
        word s = 0;
        for (int i = 0; i < 8; ++i, w >>= 8) s = s << 8 | (w & 0xff);
        return s;
    }
    [[nodiscard]] std::string_view differs(std::string_view what) noexcept {
        difference_ = what;
        return "this program and the segment differ in: ";
    }
    void complain(std::string_view why) noexcept {
        fault_size_ = 0;
        for (std::string_view const part :
             {std::string_view{"shared memory: "}, why, difference_.view(), std::string_view{" ("},
              std::string_view{options_.path}, std::string_view{")"}})
            for (char const c : part)
                if (fault_size_ < fault_.size()) fault_[fault_size_++] = c;
    }

    shared_memory_options options_;
    open_file file_{};
    detail::byte_locks seats_{};
    void* map_ = MAP_FAILED;
    std::size_t bytes_ = 0;
    detail::segment_keys keys_{};
    undo_log undo_{};
    region words_{};
    // One thread of ours at a time. Not a timed mutex of the standard's: those wait by the wall clock, or in a
    // way that not every sanitizer sees.
    std::uint32_t has_it_ = 0;
    std::atomic<std::uint32_t> tickets_{0};
    process_lock threads_{&has_it_};
    process_lock lock_{};
    word self_ = 0;
    bool undisturbed_ = false;
    text<64> difference_{};
    std::array<char, 256> fault_{};
    std::size_t fault_size_ = 0;
};
static_assert(shared_storage<shared_memory_storage>);

}  // namespace sallyport::inline v0
