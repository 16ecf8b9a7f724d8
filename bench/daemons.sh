#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The whole job beside FRR's zebra and BIRD, in a stock 6.12 kernel. The
# daemons' packages are unpacked into the cache, not installed.
# usage: daemons.sh [rounds]	results: build/bench/daemons
set -euo pipefail
cd "$(dirname "$0")/.."
. vm/common.sh
out=build/bench/daemons

vm/deps.sh build guest bench
root=$(vm/daemons.sh)
rm -rf "$out"
mkdir -p "$out"
vars=$(vm/kernel.sh 6.12)
eval "$vars"
make -s lib
make -s -C bench
make -s modules KDIR="$KDIR" >"$out/build.log" 2>&1 ||
	{ cat "$out/build.log"; exit 1; }
vm/run.sh -k 6.12 -m 4096 -t 2400 -a slab_nomerge -o "$out" -- \
	bench/daemons-guest.sh "$PWD/build/modules/$KREL/rtm.ko" "$root" \
	"${1:-3}" >"$out/output" || { cat "$out/output" >&2; exit 1; }
awk -f bench/table.awk bench/goals "$out/results.csv" | tee "$out/table.txt"
