#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One fuzzer. Its corpus is text, an input a line, in hexadecimal: corpus/NAME,
# to which "merge" adds, and corpus/NAME-kept, if there is one, which people write.
# What is found stays in the build directory until it is merged.
# usage: fuzz.sh replay|merge build-dir name
#        fuzz.sh run build-dir name seconds
set -euo pipefail
cd "$(dirname "$0")"

what=$1 out=$2 name=$3
dir=$out/corpus/$name
log=$out/fuzz_$name-$what.log

# unpack file...: each input to a file of its own
unpack()
{
	local nr=0 line

	rm -rf "$dir/known"
	mkdir -p "$dir/known" "$dir/found"
	cat -- "$@" | sed -n '/^[0-9a-f]/s/../\\x&/gp' |
		while read -r line; do
			nr=$((nr + 1))
			printf '%b' "$line" >"$dir/known/$nr"
		done
}

# pack file...: the shortest first
pack()
{
	local f

	for f; do
		od -An -v -tx1 -- "$f" | tr -d ' \n'
		echo
	done | awk '{ print length, $0 }' | LC_ALL=C sort -k 1,1n -k 2 |
		cut -d ' ' -f 2
}

# Quarantine and stacks as short as do for objects that live for one unit; no
# entropy, which takes a third of the time.
fuzz()
{
	ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16:malloc_context_size=8 \
		"$out/fuzz_$name" -entropic=0 -timeout=20 \
		-print_final_stats=1 -artifact_prefix="$out/$name-" \
		"$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; return 1; }
}

# Fails, too, unless more than @1 units were executed, and something in them: an
# empty one, which libFuzzer begins with, is always there.
count()
{
	local units operations

	units=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	operations=$(sed -n 's/^operations: *//p' "$log")
	echo "fuzz_$name, $what: ${units:-0} units, ${operations:-0} operations"
	[ "${units:-0}" -gt "$1" ] && [ "${operations:-0}" -gt 0 ]
}

known=("corpus/$name")
[ ! -f "corpus/$name-kept" ] || [ "$what" = merge ] ||
	known+=("corpus/$name-kept")
unpack "${known[@]}"
case $what in
replay)
	fuzz -runs=0 "$dir/known"
	count "$(find "$dir/known" -type f | wc -l)"
	;;
run)
	fuzz -max_len=256 -max_total_time="$4" "$dir/found" "$dir/known"
	count 1
	;;
merge)
	# By what is reached, not how often: there would be too many.
	fuzz -max_len=256 -use_counters=0 -merge=1 "$dir/known" "$dir/found"
	{
		echo "# SPDX-License-Identifier: LGPL-2.1-or-later"
		pack "$dir/known"/*
	} >"corpus/$name"
	;;
*)
	exit 2
	;;
esac
