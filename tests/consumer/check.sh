#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Can a stranger's project take us in? check.sh <way> <source folder> <build folder> <folder to work in> <compiler>
set -euo pipefail
way=$1 source=$2 build=$3 work=$4 compiler=$5
host=$source/tests/consumer
rm -rf "$work"
mkdir -p "$work"

configure() { cmake -S "$host" -B "$work/build" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS=-O0 "$@"; }
# The way must not work, and what is said must match. refused <regex> <command…>
refused() {
    local regex=$1 said
    shift
    if said=$("$@" 2>&1); then echo "should have been refused: $*"; return 1; fi
    grep -q "$regex" <<< "$(tr -s ' \n' ' ' <<< "$said")" || { echo "$said"; return 1; }
}
run() { cmake --build "$work/build" && "$work/build/host"; }
if [ "$way" != subdirectory ]; then
    cmake --install "$build" --prefix "$work/before" > /dev/null
    mv "$work/before" "$work/prefix"  # an installed tree may be moved
fi

case $way in
    installed)  # every component, found through the package
        configure -DHOW=installed -DCMAKE_PREFIX_PATH="$work/prefix"
        run
        # another minor version is another interface before 1.0, and a component that is none is named
        refused 'requested version "0.999"' configure -DWANTED=0.999
        refused 'has no component "portcullis"' configure -DWANTED= -DPARTS=portcullis
        ;;
    bare)  # asks for no component, on a machine that has nothing for any of them
        configure -DHOW=installed -DCMAKE_PREFIX_PATH="$work/prefix" -DPARTS= \
            -DCMAKE_DISABLE_FIND_PACKAGE_Sodium=ON -DCMAKE_DISABLE_FIND_PACKAGE_tomlplusplus=ON
        run
        refused Sodium configure -DPARTS=sodium
        ;;
    subdirectory)
        configure -DHOW=subdirectory -DSALLYPORT_SOURCE="$source"
        run
        # a guest brings no options of its own house
        refused '' grep -E '^SALLYPORT_(TESTS|CHECKS|FUZZ|EXAMPLES|BENCHMARKS)' "$work/build/CMakeCache.txt"
        ;;
    pkg_config)
        export PKG_CONFIG_PATH=$work/prefix/share/pkgconfig
        version=$(sed -n 's/.* version = "\(.*\)";/\1/p' "$source/include/sallyport/core/version.hpp")
        [ "$(pkg-config --modversion sallyport)" = "$version" ]
        read -ra flags <<< "$(pkg-config --cflags --libs sallyport)"
        "$compiler" -std=c++20 "$host/host.cpp" "${flags[@]}" -o "$work/host"
        "$work/host"
        pkg-config --exists --print-errors sallyport-sodium sallyport-toml
        ;;
esac
