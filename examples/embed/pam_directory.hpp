// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/sallyport.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <security/pam_appl.h>

namespace embed {

namespace sp = sallyport;

struct pam_options {
    std::string service = "sallyport";  ///< the file in /etc/pam.d
    std::string folder{};               ///< another folder than /etc/pam.d; for tests
    std::string nobody =
        "sallyport-none";  ///< no account of this name exists: asked where nothing is to be proven
    std::vector<std::pair<std::string, sp::role_set>> groups{};  ///< what the members of a Unix group may
};

/// PAM as the directory of a gate: the verifier that asks pam_authenticate and pam_acct_mgmt.
///
/// A stack may ask one question, without echo: it gets the password. More questions, or one with echo, and
/// the attempt has failed. PAM is asked for the folded name, the one under which penalties are kept: so
/// spellings of a name are no further guesses, and only accounts in lower case are found. A directory that
/// cannot be asked, before a secret was tested, is `unavailable`. pam_fail_delay is switched off: the gate
/// has delays of its own, and a worker that sleeps helps a stranger. No PAM session is opened: a gate's
/// session is none of the system's. Slow, and blocking: on a worker. Thread safety: as the stack's modules,
/// each call has a handle of its own; one worker asks for no more than a module can always give.
///
/// Whom it knows, the system's name service says (`passwd` in nsswitch.conf): so owners keep places of their
/// own while strangers' names fill the gate's tables. Accounts that are in PAM alone count as newcomers,
/// and behind another verifier in an `identity::any_of` they are that one's.
class pam_directory {
public:
    explicit pam_directory(pam_options o) : options_{std::move(o)} {}

    [[nodiscard]] sp::answer verify(sp::attempt const& a, sp::instant) const {
        if (a.shown.kind != sp::proof_kind::password) return wrong;
        // The gate asks for the work alone, where a name cannot be one.
        if (a.user.empty()) return ask(options_.nobody, options_.nobody, a);
        std::string_view const password = a.shown.bytes.reveal();
        // PAM's strings end at the first zero: what stands behind it would not be looked at.
        if (password.empty() || password.find('\0') != std::string_view::npos) return wrong;
        return ask(std::string{sp::fold_name(a.user).view()}, password, a);
    }
    /// In constant time only as far as the name service is: `files` reads up to the account's line, caches
    /// and networks take the time they take. The gate asks in `begin`, before it takes its lock: a name
    /// service that may wait needs a cache on the device (nscd, sssd). The epoch is always the same one, since
    /// only root may see when a password was changed; so nothing may be hung on it. A name service that does
    /// not answer knows nobody.
    [[nodiscard]] std::optional<std::uint64_t> knows(sp::name const& account) const noexcept {
        std::array<char, sizeof(sp::name) + 1> user{};  // and a zero behind it
        if (account.empty()) return std::nullopt;
        account.view().copy(user.data(), sizeof(sp::name));
        std::array<char, 16384> room;  // no allocation: this may not fail
        passwd entry{};
        passwd* found = nullptr;
        int const failed = getpwnam_r(user.data(), &entry, room.data(), room.size(), &found);
        // ERANGE: there is an entry, and it is longer than that.
        return failed == ERANGE || found != nullptr ? std::optional<std::uint64_t>{1} : std::nullopt;
    }

private:
    static constexpr sp::denial wrong{sp::reason::invalid_credentials, {}};

    /// What a stack says while it makes up its mind.
    struct conversation {
        std::string_view password;
        bool asked = false;

        /// PAM frees what it gets, also the password; its modules overwrite that first.
        static int speak(int count, pam_message const** messages, pam_response** answers,
                         void* self) noexcept {
            auto& me = *static_cast<conversation*>(self);
            if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
            auto* const said = static_cast<pam_response*>(
                std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
            if (said == nullptr) return PAM_BUF_ERR;
            int result = PAM_SUCCESS;
            for (int i = 0; i < count && result == PAM_SUCCESS; ++i) result = me.reply(*messages[i], said[i]);
            if (result != PAM_SUCCESS) {
                for (int i = 0; i < count; ++i)
                    if (said[i].resp != nullptr)
                        sp::wipe(said[i].resp, std::strlen(said[i].resp)), std::free(said[i].resp);
                std::free(said);
                return result;
            }
            *answers = said;
            return PAM_SUCCESS;
        }
        int reply(pam_message const& heard, pam_response& said) noexcept {
            if (heard.msg_style == PAM_TEXT_INFO || heard.msg_style == PAM_ERROR_MSG)
                return PAM_SUCCESS;  // for nobody's eyes
            if (heard.msg_style != PAM_PROMPT_ECHO_OFF || std::exchange(asked, true)) return PAM_CONV_ERR;
            said.resp = strndup(password.data(), password.size());
            return said.resp == nullptr ? PAM_BUF_ERR : PAM_SUCCESS;
        }
    };
    /// One transaction, from pam_start to pam_end.
    struct transaction {
        pam_handle_t* handle = nullptr;
        int last = PAM_SUCCESS;

        transaction(pam_options const& o, std::string const& user, pam_conv const& talk) noexcept
            : last{pam_start_confdir(o.service.c_str(), user.c_str(), &talk,
                                     o.folder.empty() ? nullptr : o.folder.c_str(), &handle)} {}
        transaction(transaction const&) = delete;
        transaction& operator=(transaction const&) = delete;
        ~transaction() {
            if (handle != nullptr) pam_end(handle, last);
        }
        int set(int item, std::string const& value) noexcept {
            return pam_set_item(handle, item, value.c_str());
        }
        [[nodiscard]] std::string_view user() const noexcept {
            void const* name = nullptr;
            bool const there = pam_get_item(handle, PAM_USER, &name) == PAM_SUCCESS && name != nullptr;
            return there ? static_cast<char const*>(name) : "";
        }
    };
    static void no_delay(int, unsigned, void*) noexcept {}

    [[nodiscard]] sp::answer ask(std::string const& user, std::string_view password,
                                 sp::attempt const& a) const {
        conversation talk{password};
        pam_conv const how{&conversation::speak, &talk};
        transaction pam{options_, user, how};
        if (pam.last != PAM_SUCCESS) return sp::unavailable{};
        std::string const source = a.source.to_string();
        if (!source.empty()) pam.last = pam.set(PAM_RHOST, source);
        if (pam.last == PAM_SUCCESS)
            pam.last = pam_set_item(pam.handle, PAM_FAIL_DELAY, reinterpret_cast<void const*>(&no_delay));
        if (pam.last != PAM_SUCCESS) return sp::unavailable{};

        pam.last = pam_authenticate(pam.handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
        if (pam.last != PAM_SUCCESS) return not_authenticated(pam.last, talk.asked);
        pam.last = pam_acct_mgmt(pam.handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
        if (pam.last != PAM_SUCCESS && pam.last != PAM_NEW_AUTHTOK_REQD) return not_admitted(pam.last);
        if (pam.user() != user)
            return wrong;  // a stack that renames: penalties would be kept against another name

        sp::principal who{.is = sp::name{user}, .roles = roles_of(user)};
        if (pam.last == PAM_NEW_AUTHTOK_REQD) who.marks = sp::principal::must_change_password, who.roles = {};
        return who;
    }
    [[nodiscard]] static sp::answer not_authenticated(int why, bool heard_the_password) noexcept {
        switch (why) {
            case PAM_AUTHINFO_UNAVAIL: return sp::unavailable{};
            case PAM_USER_UNKNOWN: return sp::denial{sp::reason::unknown_account, {}};
            case PAM_ACCT_EXPIRED: return sp::denial{sp::reason::account_expired, {}};
            // The machine is out of something, or the stack cannot be read. But once the password was heard
            // it may have been tested: pam_exec calls it a system error when its command says no, and a guess
            // must not come for free.
            case PAM_BUF_ERR:
            case PAM_SYSTEM_ERR:
            case PAM_SERVICE_ERR:
            case PAM_OPEN_ERR:
            case PAM_SYMBOL_ERR:
            case PAM_MODULE_UNKNOWN:
            case PAM_ABORT: return heard_the_password ? sp::answer{wrong} : sp::answer{sp::unavailable{}};
            default: return wrong;
        }
    }
    /// The secret was right, and yet.
    [[nodiscard]] static sp::answer not_admitted(int why) noexcept {
        switch (why) {
            case PAM_USER_UNKNOWN: return sp::denial{sp::reason::unknown_account, {}};
            case PAM_ACCT_EXPIRED: return sp::denial{sp::reason::account_expired, {}};
            case PAM_PERM_DENIED: return sp::denial{sp::reason::account_disabled, {}};
            case PAM_AUTHINFO_UNAVAIL: return sp::unavailable{};
            default: return wrong;
        }
    }
    [[nodiscard]] sp::role_set roles_of(std::string const& user) const {
        sp::role_set held;
        std::vector<char> text(16384);
        passwd entry{};
        passwd* found = nullptr;
        if (options_.groups.empty() ||
            getpwnam_r(user.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr)
            return held;
        int count = 64;
        std::vector<gid_t> ids(64);
        if (getgrouplist(user.c_str(), entry.pw_gid, ids.data(), &count) < 0) {
            ids.resize(static_cast<std::size_t>(count));
            if (getgrouplist(user.c_str(), entry.pw_gid, ids.data(), &count) < 0) return held;
        }
        ids.resize(static_cast<std::size_t>(count));
        for (auto const& [name, roles] : options_.groups) {
            group line{};
            group* known = nullptr;
            if (getgrnam_r(name.c_str(), &line, text.data(), text.size(), &known) != 0 || known == nullptr)
                continue;
            for (gid_t const id : ids)
                if (id == line.gr_gid) held = held | roles;
        }
        return held;
    }

    pam_options options_;
};
static_assert(sp::verifier<pam_directory> && sp::knows_names<pam_directory>);

}  // namespace embed
