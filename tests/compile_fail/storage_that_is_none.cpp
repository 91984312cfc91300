// SPDX-License-Identifier: BSL-1.0
// expect: this storage lacks something; see sallyport/concepts/storage.hpp
// expect: sieve
#include "parts.hpp"

struct sieve : sallyport::heap_storage<> {
    sieve() = default;
#ifndef CONTROL
    void lock() noexcept {}  // cannot say no
#endif
};

int main() { sallyport::authenticator const gate{sallyport::environment{}.with_storage(sieve{}), one_man{}}; }
