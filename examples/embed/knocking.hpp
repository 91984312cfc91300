// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/sallyport.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace embed {

namespace sp = sallyport;

/// What somebody typed; it outlives the attempt, which is but a view of it.
struct typed {
    std::string user;
    sp::secret_text<sp::longest_password> password;  // wiped when it goes

    /// "user password": up to the first blank, and the rest. False, and half empty, where the password is too long.
    [[nodiscard]] bool read(std::string_view line) {
        std::size_t const blank = line.find(' ');
        user = line.substr(0, blank);
        return password.assign(blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1));
    }
    [[nodiscard]] sp::attempt attempt() const noexcept {
        return {.user = user, .shown = {sp::proof_kind::password, password.view()}, .service = "embed"};
    }
};

/// Somebody between the two doors: what he typed, and his pending login. Moves from thread to thread.
template <class Gate>
struct knocking {
    typed what;
    typename Gate::pending door;

    /// On a worker: slow. A verifier that throws has not said yes; settled like that it is a failure.
    void verify() noexcept {
        (void)sp::contained([&] { door.verify(what.attempt()); });
    }
};

}  // namespace embed
