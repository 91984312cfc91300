// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace embed {

/// One thread that works off a bounded queue; what is done lies ready to be fetched by whoever gave it.
/// Thread safety: all of it. Neither `work` nor `ring` may throw.
template <class Job>
class worker {
public:
    /// `work(job)` is called on the thread, and then `ring()`, to wake whoever fetches.
    worker(std::size_t room, std::function<void(Job&)> work, std::function<void()> ring)
        : room_{room}, work_{std::move(work)}, ring_{std::move(ring)}, thread_{[this] { run(); }} {}
    worker(worker const&) = delete;
    worker& operator=(worker const&) = delete;
    ~worker() { (void)stop(); }

    /// False, and the job untouched, where there is no room.
    [[nodiscard]] bool give(Job&& job) {
        std::lock_guard const hold{mutex_};
        if (stopping_ || waiting_.size() >= room_) return false;
        waiting_.push_back(std::move(job));
        there_is_work_.notify_one();
        return true;
    }
    /// What has been done since the last call.
    [[nodiscard]] std::vector<Job> done() {
        std::lock_guard const hold{mutex_};
        return std::exchange(done_, {});
    }
    /// Begins no more, and ends what it has begun. Gives back what it has not.
    std::deque<Job> stop() {
        std::deque<Job> left;
        {
            std::lock_guard const hold{mutex_};
            stopping_ = true;
            left.swap(waiting_);
            there_is_work_.notify_one();
        }
        if (thread_.joinable()) thread_.join();
        return left;
    }

private:
    void run() {
        std::unique_lock hold{mutex_};
        for (;;) {
            there_is_work_.wait(hold, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            Job job = std::move(waiting_.front());
            waiting_.pop_front();
            hold.unlock();
            work_(job);
            hold.lock();
            done_.push_back(std::move(job));
            ring_();
        }
    }

    std::size_t const room_;
    std::function<void(Job&)> const work_;
    std::function<void()> const ring_;
    std::mutex mutex_;
    std::condition_variable there_is_work_;
    std::deque<Job> waiting_;
    std::vector<Job> done_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses all the others
};

}  // namespace embed
