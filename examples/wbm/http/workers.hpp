// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wbm {

/// A fixed number of threads, and a short line in front of them. Whoever brings more waits himself: the one
/// who accepts connections then accepts no more, and what comes next waits in the kernel's own bounded queue.
/// Thread safety: everything. Ends when its jobs have ended.
class workers {
public:
    workers(std::size_t threads, std::size_t line) : line_{line} {
        threads_.reserve(threads);
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    }
    workers(workers const&) = delete;
    workers& operator=(workers const&) = delete;
    ~workers() { finish(); }

    void add(std::function<void()> job) {
        std::unique_lock lock{mutex_};
        room_.wait(lock, [&] { return jobs_.size() < line_ || over_; });
        jobs_.push_back(std::move(job));
        lock.unlock();
        work_.notify_one();
    }
    /// Waits for what was added to be done.
    void finish() {
        {
            std::lock_guard const hold{mutex_};
            over_ = true;
        }
        work_.notify_all();
        room_.notify_all();
        for (std::thread& t : threads_)
            if (t.joinable()) t.join();
    }

private:
    void work() {
        for (;;) {
            std::unique_lock lock{mutex_};
            work_.wait(lock, [&] { return !jobs_.empty() || over_; });
            if (jobs_.empty()) return;
            auto const job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            room_.notify_one();
            try {
                job();
            } catch (...) {  // out of memory in the HTTP library, say: one connection less, not one process
                continue;
            }
        }
    }

    std::size_t line_;
    std::mutex mutex_;
    std::condition_variable work_, room_;
    std::deque<std::function<void()>> jobs_;
    std::vector<std::thread> threads_;
    bool over_ = false;
};

}  // namespace wbm
