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
    sp::secret_text<sp::longest_password> password{};  // wiped when it goes

    /// From "user password": up to the first blank, and the rest. A password that is too long is read as an
    /// empty one, which proves nothing.
    explicit typed(std::string_view line) : user{line.substr(0, line.find(' '))} {
        if (user.size() < line.size()) (void)password.assign(line.substr(user.size() + 1));
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
