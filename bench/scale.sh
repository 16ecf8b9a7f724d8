#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ten million routes in a stock 6.12 kernel with 8 GiB: loaded, walked, elected
# anew, aged out, left. The kernel must not complain; the times are those of
# an emulated machine where there is no other, and so worth nothing.
# usage: scale.sh [routes]
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/bench/scale

vm/deps.sh build guest bench
rm -rf "$out"
mkdir -p "$out"
vars=$(vm/kernel.sh 6.12)
eval "$vars"
make -s -C bench
make -s modules KDIR="$KDIR" >"$out/build.log" 2>&1 ||
	{ cat "$out/build.log"; exit 1; }

# shellcheck disable=SC2016
vm/run.sh -k 6.12 -m 8192 -t 3000 -o "$out" -- bash -ec 'insmod "$1"
	ip link add bench0 type dummy
	build/bench/bin/scale 0 "$2"
	grep -E "^rtm" /proc/slabinfo
	rmmod rtm' scale "build/modules/$KREL/rtm.ko" "${1:-10000000}"
