#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs test programs, two minutes each at the most, and makes one TAP stream of
# theirs. A program that gives fewer results than it planned, or ends badly
# after good ones, adds a failure. Each fuzzer follows, with its corpus and then
# for five seconds. Whole outputs stay in the build directory.
# usage: check.sh build-dir program... -- fuzzer... -- argument...
set -u

out=$1
shift
programs=()
while [ "$1" != -- ]; do
	programs+=("$1")
	shift
done
shift
fuzzers=()
while [ "$1" != -- ]; do
	fuzzers+=("$1")
	shift
done
shift

export ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS=halt_on_error=1
nr=0
failed=0

result()
{
	nr=$((nr + 1))
	[ "$1" = ok ] || failed=$((failed + 1))
	echo "$1 $nr - $2"
}

echo "TAP version 13"
for program in "${programs[@]}"; do
	log=$out/$program.log
	run=()
	[[ $program != *_s390x ]] || run=(qemu-s390x -L /usr/s390x-linux-gnu)
	timeout -k 5 120 "${run[@]}" "$out/$program" "$@" >"$log" 2>&1
	status=$?
	planned=$(sed -n 's/^1\.\.//p' "$log")
	results=0
	bad=0
	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			results=$((results + 1))
			[ "${line%% *}" = ok ] || bad=$((bad + 1))
			result "${line%% [0-9]*}" "$program: ${line#* - }"
			;;
		"#"*)
			echo "$line"
			;;
		esac
	done <"$log"
	if [ "$results" != "$planned" ]; then
		tail -n 30 "$log" | sed 's/^/# /'
		result "not ok" \
			"$program: $results of ${planned:-?} results, status $status"
	elif [ $((status != 0)) != $((bad != 0)) ]; then
		result "not ok" "$program: status $status"
	fi
done

# fuzz what name argument...
fuzz()
{
	local said

	if said=$(timeout -k 5 120 ./fuzz.sh "$1" "$out" "${@:2}" 2>&1); then
		result ok "fuzz_$2: $1"
	else
		result "not ok" "fuzz_$2: $1"
	fi
	echo "# ${said//$'\n'/$'\n# '}"
}

for name in "${fuzzers[@]}"; do
	fuzz replay "$name"
	fuzz run "$name" 5
done
echo "1..$nr"
[ "$failed" = 0 ]
