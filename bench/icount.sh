#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Counts the instructions of single calls in a stock 6.12 kernel and compares
# them with those on record: more than 5 % above is a failure, and so is more
# than a goal's floor. So is a hold of the mutex beyond the goal's, where a hundred
# thousand routes come and go. A lane: results are in build/results/icount.
# usage: icount.sh [-r]		-r: records what was counted
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/results/icount
expected=bench/icount.expected

record=''
while getopts r o; do
	case $o in
	r)	record=y ;;
	*)	exit 2 ;;
	esac
done

vm/deps.sh build guest bench
rm -rf "$out"
mkdir -p "$out"
vars=$(vm/kernel.sh 6.12)
eval "$vars"
make -s -C bench
make -s modules KDIR="$KDIR" >"$out/build.log" 2>&1 ||
	{ cat "$out/build.log"; exit 1; }
xz -dc data/ipv4-prefixes.txt.xz | awk 'NR % 10 == 0' >"$out/prefixes"

# shellcheck disable=SC2016
vm/run.sh -k 6.12 -i -t 300 -o "$out" -- bash -ec 'insmod "$1"
	ip link add bench0 type dummy
	build/bench/bin/icount /run/rtm-results/prefixes
	rmmod rtm' \
	icount "build/modules/$KREL/rtm.ko" >"$out/counts" ||
	echo "fail icount the guest: status $?" >>"$out/results"

# A nanosecond is an instruction there: so are holds of the mutex.
held=build/bench/held
make -s modules KDIR="$KDIR" RTM_BENCH=1 MODDIR=$held >>"$out/build.log" 2>&1 ||
	{ cat "$out/build.log"; exit 1; }
# shellcheck disable=SC2016
vm/run.sh -k 6.12 -i -t 300 -o "$out/held" -- bash -ec 'insmod "$1/rtm.ko"
	insmod "$1/rtm_bench.ko"
	ip link add bench0 type dummy
	build/bench/bin/scale 0 100000
	rmmod rtm_bench rtm' scale $held >"$out/holds" ||
	echo "fail icount the guest of holds: status $?" >>"$out/results"

compiler=$(gcc --version | head -n 1)
if [ -n "$record" ]; then
	{
		echo "# SPDX-License-Identifier: LGPL-2.1-or-later"
		echo "# Made by bench/icount.sh -r; instructions above a null ioctl."
		echo "kernel $KREL"
		echo "compiler $compiler"
		grep -v '^null' "$out/counts"
	} >"$expected"
fi

# One line a call, by those on record
calls()
{
	awk -v kernel="$KREL" -v compiler="$compiler" '
		/^#/ { next }
		FNR == NR {
			what = $1
			sub(/^[^ ]+ /, "")
			was[what] = $0
			next
		}
		{ now[$1] = $2 }
		BEGIN {
			# The floors of the goals, whatever is on record
			most["add"] = 3000
			most["get"] = 900
			most["match"] = 700
		}
		END {
			if (was["kernel"] != kernel)
				other = ", there with " was["kernel"]
			if (was["compiler"] != compiler)
				other = other ", there by " was["compiler"]
			n = split("add add-told delete get match", kinds)
			for (i = 1; i <= n; i++) {
				what = kinds[i]
				ok = now[what] != "" && was[what] != "" &&
				     now[what] <= 1.05 * was[what] &&
				     (!(what in most) || now[what] <= most[what])
				printf "%s icount %s: %s instructions, %s on record%s\n",
				       ok ? "pass" : "fail", what, now[what],
				       was[what], other
			}
		}' "$expected" "$out/counts"
}

holds()
{
	awk -F , '$1 == "hold" {
			printf "%s icount %s: the longest took %d instructions\n",
			       ($4 > 0 && $4 <= 5e6) ? "pass" : "fail", $1, $4
			seen = 1
		}
		END {
			if (!seen)
				print "fail icount hold: no figure"
		}' "$out/holds"
}

{
	calls
	holds
	echo "end icount"
} >>"$out/results"
grep -E '^(pass|fail)' "$out/results"
vm/summary.sh icount
