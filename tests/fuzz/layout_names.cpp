// SPDX-License-Identifier: BSL-1.0
//
// Whatever a stranger calls himself: the name of his file is one harmless part
// of a path, within what every file system takes, says the same when it is made again of itself, and is another's
// only where he is another.
#include "support/pki.hpp"

#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/layout.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::trust;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void must_be_harmless(std::string_view name) {
    must(!name.empty() && name != "." && name != "..");
    must(name.front() != '.' && name.front() != '-' && name.front() != ' ' && name.back() != ' ');
    for (std::string_view rest = name; !rest.empty();) {
        code_point const c = first_code_point(rest);
        must(c.well_formed && harmless(c.value) && c.value != '/' && c.value != '\\');
        rest.remove_prefix(c.bytes);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const called{reinterpret_cast<char const*>(data), size};
    std::string const stem = safe_stem(called);
    must_be_harmless(stem);
    must(stem.size() <= longest_stem);
    must(stem.find_first_of("[]'`$;&|<>*?\"") == std::string::npos);
    must(safe_stem(stem) == stem);

    static auto const key = pki::ed25519("the stranger");
    auto const made = pki::application("x", key).subject(pki::named(called)).self_signed();
    if (auto const c = certificate::parse(made.bytes())) {
        std::string const name = file_name_of(*c);
        must_be_harmless(name);
        must(name.size() < 143 && name.ends_with(" [" + hex(c->thumb()) + "].der"));
        for (unsigned n : {1U, 2U, 1000U}) {
            std::string const other = other_file_name(name, c->print(), n);
            must_be_harmless(other);
            must(other != name && other.size() < 143 && other.ends_with(".der"));
        }
        must_be_harmless(file_name_of_crl(c->subject_name(), made.bytes()));
    }

    // A folder's name in a layout that somebody has written: it is below the root, or it is a fault.
    layout laid_out = layout::annex_f;
    laid_out.trusted = called;
    if (laid_out.fault().empty()) {
        std::string_view const folder = laid_out.trusted.view();
        must(!folder.empty() && folder.front() != '/' && folder.back() != '/' && folder.size() < 96);
        must(("/" + std::string{folder} + "/").find("/../") == std::string::npos);
    }
    return 0;
}
