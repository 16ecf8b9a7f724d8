#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Routes through RTM and rtmfib into the kernel beside FRR's zebra on the same
# feed, and what becomes of them when others meddle. In a stock 6.12 kernel; the
# daemons' packages are unpacked into the cache, not installed.
# usage: forward.sh [rounds [percent of the routes]]	(3 20)
# Results: build/bench/forward.
set -euo pipefail
cd "$(dirname "$0")/.."
. vm/common.sh
out=build/bench/forward

vm/deps.sh build modules guest
daemons=$(vm/daemons.sh)
rm -rf "$out"
mkdir -p "$out"
vars=$(vm/kernel.sh 6.12)
eval "$vars"
make -s lib tools
make -s modules KDIR="$KDIR" >"$out/build.log" 2>&1 ||
	{ cat "$out/build.log"; exit 1; }
vm/run.sh -k 6.12 -m 4096 -t 2400 -o "$out" -- env RTM_DAEMONS="$daemons" \
	bench/forward-guest.sh "$PWD/build/modules/$KREL/rtm.ko" "${1:-3}" "${2:-20}" \
	>"$out/output" || { cat "$out/output" >&2; exit 1; }
awk -f bench/table.awk bench/goals "$out/results.csv" >"$out/table.txt"
cat "$out/table.txt" "$out/torture.txt"
