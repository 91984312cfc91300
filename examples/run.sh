#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# From a bare Debian 12 to a controller's login path at work: installs what is missing, builds the hosts in examples/, and walks
# the story. `--serve` keeps the pages up and prints their address and accounts.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

need "${what_programs_need[@]}" curl
mkdir -p build
{
    cmake --preset default -DSALLYPORT_TESTS=OFF && cmake --build --preset default -j "$(nproc)"
} > build/examples.log 2>&1 || { tail -n 60 build/examples.log; exit 1; }
[ "$#" -eq 0 ] || exec build/bin/sallyport-story "$@"
build/bin/sallyport-story
build/bin/sallyport-two-doors
