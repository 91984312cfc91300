// SPDX-License-Identifier: BSL-1.0
// What it costs a gate that its state is shared: the same login over shared memory and over the heap; and
// two processes on one segment beside two processes at one bare robust mutex that is held as long and left
// alone as long.
#include "support/lock_watch.hpp"
#include "support/logins.hpp"

#include <sallyport/environment/shared_memory_storage.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace figures;
using std::chrono::steady_clock;

/// A segment of this run's own.
class segment {
public:
    segment() : path_{"/dev/shm/sallyport-bench-" + std::to_string(getpid())} { remove(); }
    segment(segment const&) = delete;
    segment& operator=(segment const&) = delete;
    ~segment() { remove(); }
    [[nodiscard]] sp::shared_memory_storage storage() const {
        return sp::shared_memory_storage{{.path = path_, .patience = std::chrono::seconds{10}}};
    }

private:
    void remove() const { (void)unlink(path_.c_str()), (void)unlink((path_ + ".keys").c_str()); }
    std::string path_;
};

// ---- alone ----------------------------------------------------------------------------------------------

template <class Storage>
void alone(benchmark::State& state, Storage storage) {
    auto gate = sp::presets::plcnext(sp::environment{}.with_storage(std::move(storage)), trivial{});
    auto const names = long_names('k', batch);
    time_right(state, gate, [&](std::size_t i) { return knock(names[i], right_secret); });
}
void heap(benchmark::State& state) { alone(state, sp::heap_storage<>{}); }
void shared(benchmark::State& state) {
    segment const here;
    alone(state, here.storage());
}

// ---- two processes --------------------------------------------------------------------------------------

constexpr int logins = 20'000;

struct between_processes {
    pthread_mutex_t mutex;
    std::atomic<int> ready, go;
};
between_processes& shared_page() {
    static auto* const page = [] {
        void* const at = mmap(nullptr, sizeof(between_processes), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) std::abort();
        auto* const p = new (at) between_processes{};
        pthread_mutexattr_t a;
        pthread_mutexattr_init(&a);
        pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&p->mutex, &a);
        return p;
    }();
    return *page;
}

/// Two processes do `make()` each, and then what it gave, `logins` times and at the same time. Seconds, as
/// the slower of the two took.
template <class Make>
double two_at_once(Make make) {
    auto& page = shared_page();
    page.ready = 0, page.go = 0;
    std::array<pid_t, 2> children{};
    for (std::size_t me = 0; me < 2; ++me) {
        children[me] = fork();
        if (children[me] != 0) continue;
        auto work = make(me);
        ++page.ready;
        while (page.go == 0) continue;
        for (int i = 0; i < logins; ++i) work();
        _exit(0);
    }
    while (page.ready < 2) usleep(100);
    auto const began = steady_clock::now();
    page.go = 1;
    for (pid_t const c : children) {
        int status = 1;
        if (waitpid(c, &status, 0) != c || status != 0) std::abort();
    }
    return nanoseconds_since(began) * 1e-9;
}

/// While another process goes in and out, as threads are measured: what travels between two cores is looked up
/// under the lock, so it is held longer than by one who is alone.
lengths measure() {
    segment const here;
    auto& page = shared_page();
    page.ready = 0, page.go = 0;
    pid_t const other = fork();
    if (other == 0) {
        auto gate = sp::presets::plcnext(sp::environment{}.with_storage(here.storage()), trivial{});
        auto const name = long_name('k', 1);
        for (++page.ready; page.go == 0;)
            if (!come_and_go(gate, name)) _exit(1);
        _exit(0);
    }
    while (page.ready < 1) usleep(100);
    using storage = watched<sp::shared_memory_storage>;
    auto gate = sp::presets::plcnext(sp::environment{}.with_storage(storage{here.storage()}), trivial{});
    lengths const of_ours = watched_logins{gate, long_name('k', 0), logins}.medians();
    page.go = 1;
    int status = 1;
    if (waitpid(other, &status, 0) != other || status != 0) std::abort();
    return of_ours;
}

void two_processes(benchmark::State& state) {
    for (auto _ : state) {
        segment const here;
        state.SetIterationTime(two_at_once([&](std::size_t me) {
            using gate_type =
                decltype(sp::presets::plcnext(sp::environment{}.with_storage(here.storage()), trivial{}));
            std::unique_ptr<gate_type> gate{
                new auto(sp::presets::plcnext(sp::environment{}.with_storage(here.storage()), trivial{}))};
            return [gate = std::move(gate), name = long_name('k', me)] {
                if (!come_and_go(*gate, name)) _exit(1);
            };
        }));
    }
    state.SetItemsProcessed(state.iterations() * 2 * logins);
}
void bare_robust_mutex(benchmark::State& state) {
    lengths const of_ours = measure();
    double const turn = labour::per_turn();
    labour const held{of_ours.held / rounds, turn}, outside{of_ours.outside / rounds, turn};
    state.counters["held_ns"] = of_ours.held, state.counters["outside_ns"] = of_ours.outside;
    for (auto _ : state)
        state.SetIterationTime(two_at_once([&](std::size_t) {
            return [&held, &outside, x = labour::seed]() mutable {
                for (int i = 0; i < rounds; ++i) {
                    outside(x);
                    if (pthread_mutex_lock(&shared_page().mutex) != 0) _exit(1);
                    held(x);
                    pthread_mutex_unlock(&shared_page().mutex);
                }
            };
        }));
    state.SetItemsProcessed(state.iterations() * 2 * logins);
}

BENCHMARK(heap)->UseManualTime();
BENCHMARK(shared)->UseManualTime();
BENCHMARK(two_processes)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(bare_robust_mutex)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
