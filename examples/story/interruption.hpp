// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace story {

/// SIGINT, SIGTERM and SIGHUP, taken when there is time to clear away: from here on they wait until somebody
/// asks. Programs that are started meanwhile have to `let_through`.
class interruption {
public:
    interruption() {
        (void)::sigemptyset(&waits());
        for (int const n : {SIGINT, SIGTERM, SIGCHLD}) (void)::sigaddset(&waits(), n);
        struct sigaction hangup {};
        (void)::sigaction(SIGHUP, nullptr, &hangup);
        if (hangup.sa_handler != SIG_IGN) (void)::sigaddset(&waits(), SIGHUP);  // nohup
        (void)::sigprocmask(SIG_BLOCK, &waits(), nullptr);
        (void)::prctl(PR_SET_CHILD_SUBREAPER, 1);  // children of a child that is ended are waited for, too
    }
    /// In a child: it gets them as it would anywhere.
    static void let_through() noexcept { (void)::sigprocmask(SIG_UNBLOCK, &waits(), nullptr); }

    /// Until that child ends, or one of the signals comes: which; 0: it ended, with this status. A child that
    /// has ended is 0 from then on.
    [[nodiscard]] static int or_end_of(pid_t& child, int& status) noexcept {
        for (;;) {
            if (::waitpid(child, &status, WNOHANG) == child) {
                child = 0;
                sigset_t asked = waits();  // by Ctrl-C, perhaps, which it gets too
                (void)::sigdelset(&asked, SIGCHLD);
                timespec const at_once{};
                return std::max(::sigtimedwait(&asked, nullptr, &at_once), 0);
            }
            int got = 0;
            if (::sigwait(&waits(), &got) == 0 && got != SIGCHLD) return got;
        }
    }

private:
    static sigset_t& waits() noexcept {
        static sigset_t set;
        return set;
    }
};

/// Something done in a process of its own, so that it can be ended at any word. It ends with this object.
class errand {
public:
    /// `work` says its exit code.
    template <class F>
    explicit errand(F work) {
        (void)std::fflush(nullptr);
        pid_t const parent = ::getpid();
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error{"no process can be started"};
        if (pid_ > 0) return;
        interruption::let_through();
        (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(127);
        int const code = work();
        (void)std::fflush(nullptr);
        ::_exit(code);  // what the parent holds is the parent's to clear away
    }
    errand(errand const&) = delete;
    errand& operator=(errand const&) = delete;
    /// With whatever it had started.
    ~errand() {
        if (pid_ > 0) (void)::kill(pid_, SIGTERM);
        if (pid_ > 0) (void)::waitpid(pid_, nullptr, 0);
    }

    /// Until it is done, or a signal comes: that signal, or 0.
    [[nodiscard]] int wait() noexcept { return interruption::or_end_of(pid_, status_); }
    /// Its exit code; a signal is 128 and its number.
    [[nodiscard]] int code() const noexcept {
        return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    }

private:
    pid_t pid_ = 0;
    int status_ = 0;
};

}  // namespace story
