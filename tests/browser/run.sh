#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# A browser walks through the pages: run.sh <build folder>. Installs what is missing; screenshots go to
# build/screenshots.
# The last line is "N passed, N failed", and the exit code says the same.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: run.sh <build folder>}" && pwd)
. "$here/../../.ci/packages.sh"
need chromium openssl
need_node

cd "$here"
# npm writes a lock file of its own into node_modules, last of all: if it is older than ours, or missing,
# it is done anew.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error
fi
exec node walk.mjs "$build/bin/sallyport-wbm" "$here/../../build/screenshots"
