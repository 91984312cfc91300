// SPDX-License-Identifier: BSL-1.0
#include "device.hpp"

#include <sallyport/identity/accounts_file.hpp>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>

template class sallyport::authenticator<
    sallyport::environment<sallyport::boot_clock, sallyport::heap_storage<>, wbm::told_to>, wbm::people,
    sallyport::penalty::lanes<sallyport::penalty::journal>, sallyport::session::session_limit>;

namespace wbm {

namespace identity = sallyport::identity;

sallyport::loaded<std::unique_ptr<device>> device::open(device_options const& o, std::ostream& log,
                                                        console_secret::show console) {
    if (::mkdir(o.folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return sallyport::load_error{
            .file = o.folder,
            .message = "cannot be made: " + std::error_code{errno, std::generic_category()}.message()};
    std::string const file = o.folder + "/accounts.toml";
    using accounts_file = identity::accounts_file<identity::argon2id, sallyport::role::role_table>;
    if (sallyport::file_stamp::of(file) == sallyport::file_stamp{})
        if (auto why = accounts_file::create(file)) return std::move(*why);

    auto who = identity::open_accounts(file, identity::argon2id{o.hashing}, sallyport::role::plcnext_roles);
    if (!who) return who.error();
    auto key = sallyport::penalty::device_cookie::from_file(o.folder + "/browsers.key");
    if (!key) return key.error();
    std::unique_ptr<device> made{
        new device{std::move(*who), *key, o, log, std::move(console)}};  // NOLINT(*-owning-memory): private
    if (!made->gate_.ready()) return sallyport::load_error{.message = std::string{made->gate_.fault()}};
    auto desk = trust_desk::open(o.trust.empty() ? o.folder + "/pki" : o.trust, made->gate_);
    if (!desk) return desk.error();
    made->trust_ = std::move(*desk);
    return made;
}

device::device(people who, sallyport::penalty::device_cookie const& key, device_options const& o,
               std::ostream& log, console_secret::show console)
    : people_{std::move(who)},
      gate_(compose(people_, told_, o.gate, o.folder + "/penalties")), browsers_{key, people_, gate_},
      staff_{people_, gate_, identity::argon2id{o.hashing}}, fresh_{people_.size() == 0},
      log_{sallyport::audit::line_log{sallyport::audit::to_stream{log}, {.component = "Sallyport.Wbm"}}} {
    if (fresh_)
        first_.reset(new first_start_gate(
            compose_first_start(std::move(console), told_)));  // NOLINT(*-owning-memory): it cannot move
    gate_.record({.id = sallyport::audit::event_id::accounts_loaded});
}

void device::tick() {
    while (gate_.tick()) {
        // Sessions of ours are held by their cookies alone: there is no connection to close when one ends.
    }
    trust_->tick();
    told_.recent.drain(log_);
    log_.tick(gate_.clock().now());
    constexpr std::chrono::seconds now_and_then{2};
    if (auto const now = std::chrono::steady_clock::now(); now >= look_at_file_) {
        look_at_file_ = now + now_and_then;
        staff_.tick();
    }
}

}  // namespace wbm
