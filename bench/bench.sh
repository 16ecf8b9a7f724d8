#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Measures beside the Linux FIB, in one boot of User-Mode Linux, and the whole
# job beside routing daemons (daemons.sh). In build/bench: results.csv,
# table.txt, plots.
# usage: bench.sh [-q]		-q: few sizes, and no daemons
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

rounds=7 sizes=(1000 3000 10000 30000 100000 300000 all) daemons=y
while getopts q o; do
	case $o in
	q)	rounds=5 sizes=(10000 100000 all) daemons='' ;;
	*)	exit 2 ;;
	esac
done

vm/deps.sh build bench
vars=$(vm/uml-kernel.sh)
eval "$vars"
out=build/bench
make -s -C bench
# Of another kernel they would be taken for built.
modules=$out/modules/${KDIR##*/}
make -s modules ARCH=um KDIR="$KDIR" RTM_BENCH=1 MODDIR="$modules"
rm -rf "$out/run"
vm/uml.sh -m 3072 -t 1800 -o "$out/run" -- \
	bench/guest.sh "$PWD/$modules" "$rounds" "${sizes[@]}"
cp "$out/run/results.csv" "$out/results.csv"
failed=''
if [ -n "$daemons" ]; then
	if bench/daemons.sh >/dev/null; then
		tail -n +2 "$out/daemons/results.csv" >>"$out/results.csv"
	else
		failed="bench/daemons.sh failed"
	fi
fi
{
	echo "User-Mode Linux $KREL, $(gcc --version | head -n 1)"
	[ -z "$daemons" ] || echo "The whole job: Debian's 6.12 in QEMU"
	echo "$rounds rounds after one that does not count; ratio of medians"
	awk -f bench/table.awk bench/goals "$out/results.csv"
} >"$out/table.txt"
bench/plot.sh "$out/results.csv" "$out"
cat "$out/table.txt"
[ -z "$failed" ] || { echo "$failed" >&2; exit 1; }
