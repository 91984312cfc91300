// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/own_request.hpp>
#include <sallyport/trust/security_policy.hpp>
#include <sallyport/trust/status.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

namespace trust = sallyport::trust;

enum class command {
    help,
    init,
    list,
    show,
    approve,
    reject,
    remove,
    add,
    add_crl,
    expiring,
    create_own,
    doctor,
    verify
};

/// What the command line says.
struct arguments {
    command what = command::help;
    std::string folder{};                 ///< the store
    std::vector<std::string> operands{};  ///< behind it
    trust::layout layout = trust::layout::annex_f;
    std::optional<bool> json{};  ///< as --format says
    bool yes = false, as_ca = false, with_issuers = false, paths = false, next = false, switch_now = false;

    // verify
    std::optional<trust::peer> peer{};
    trust::security_policy const* policy = nullptr;
    std::optional<std::string> application_uri{}, host{};
    std::optional<sallyport::nanoseconds> at{};
    trust::suppressions overlook{};
    std::vector<trust::status> never_overlooked{};  ///< asked for, and not to be had

    // the store
    std::optional<trust::list> to{};
    std::string replaces{};
    std::optional<sallyport::nanoseconds> within{};

    // create-own
    std::string common_name{}, organization{};
    trust::own_key key = trust::own_key::rsa_2048;
    std::vector<std::string> hosts{};
    std::optional<unsigned> days{};
};

/// Reads the words behind the program's name; `fault` says what is wrong with them, and is empty where
/// nothing is.
[[nodiscard]] arguments read_arguments(std::span<char const* const> words, std::string& fault);

/// "2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31T08:00:00.5+01:00": nanoseconds since 1970 UTC. A date
/// alone is its midnight, a time without an offset is UTC.
[[nodiscard]] std::optional<sallyport::nanoseconds> iso_8601(std::string_view text) noexcept;

/// The host of an endpoint's URL ("opc.tcp://plc-7:4840/x", "opc.tcp://[fe80::1]:4840"); nothing where it is
/// no URL.
[[nodiscard]] std::optional<std::string> host_of(std::string_view url);

/// All that there is, for a person to read.
[[nodiscard]] std::string usage();
/// How one command is called.
[[nodiscard]] std::string_view synopsis_of(command what) noexcept;

}  // namespace trust_tool
