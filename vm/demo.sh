#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds everything and runs the demo in a stock 6.12 kernel; then the one that
# has three routers, with FRR and BIRD, which are unpacked, not installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

"$here/deps.sh" build modules guest
daemons=$("$here/daemons.sh")
vars=$("$here/kernel.sh" 6.12)
eval "$vars"
make lib tools modules KDIR="$KDIR"
make -C demo
for demo in demo routers; do
	"$here/run.sh" -k 6.12 -m 2048 -t 900 -o "build/results/$demo" -- \
		env RTM_DAEMONS="$daemons" "demo/$demo.sh" \
		"$PWD/build/modules/$KREL/rtm.ko"
done
