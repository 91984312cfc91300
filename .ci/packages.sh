# SPDX-License-Identifier: BSL-1.0
# Sourced by tests/run.sh and examples/run.sh: `need <packages>` installs what is missing on Debian, and does nothing, quickly, where
# nothing is.

need() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] && return

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo > /dev/null || { echo "missing, and nobody here may install them: ${missing[*]}" >&2; return 1; }
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

# Node comes from Debian or from elsewhere; what counts is that it runs.
need_node() {
    command -v node > /dev/null && command -v npm > /dev/null || need nodejs npm
}

what_programs_need=(g++ cmake ninja-build pkg-config ca-certificates
    libfmt-dev libsodium-dev libtomlplusplus-dev nlohmann-json3-dev libcpp-httplib-dev libssl-dev libpam0g-dev
    mosquitto mosquitto-dev libmosquitto-dev)
what_tests_need=(clang libclang-rt-14-dev clang-format clang-tidy doxygen catch2
    g++-arm-linux-gnueabihf qemu-user libbenchmark-dev)

# Ninja for new trees; a tree that exists stays with what made it.
export CMAKE_GENERATOR=Ninja
