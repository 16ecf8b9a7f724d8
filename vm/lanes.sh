#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds for and runs the lanes named, guests side by side, each within its budget
# of time, and adds up. Results: build/results/LANE.
# usage: lanes.sh [-p "program..."] pure|suspend|6.1|6.12|debug|debug-2|kcsan|gcov|daemons...
# With -p the guests run only these selftests ("kunit" is one in debug). The
# lane "daemons" is a 6.12 guest that has FRR and BIRD, kcsan has four processors,
# suspend is one selftest in a 6.12 guest that is put to sleep, debug-2 a second
# guest with the debug kernel: it has the programs that go by librtm, or where
# programs are named, runs them for 32 bits.
# RTM_TEST_SECONDS is added to the budget of each, for each of two programs and of
# two widths.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
cd "$top" || exit
. "$here/common.sh"

programs=()
while getopts p: o; do
	case $o in
	p)	read -ra programs <<<"$OPTARG" ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || die "no lane"

# Seconds a lane may take, from the boot on: twice what it does take and more, for
# a machine may have been lent to others by half.
declare -A budget=([pure]=600 [suspend]=200 [6.1]=3300 [6.12]=3300 [debug]=4000
	[debug-2]=4000 [kcsan]=3000 [gcov]=3000 [daemons]=1800)

# fail lane LINES: what there is to say of it after its first line is indented.
fail()
{
	printf '%s\n' "fail $1 ${2//$'\n'/$'\n'    }" | tee -a "build/results/$1/results"
}

# make_for lane argument...: one at a time, for some lanes are of the same kernel
make_for()
{
	local lane=$1 log=build/results/$1/build.log

	shift
	flock build/make.lock make -j"$(nproc)" "$@" >>"$log" 2>&1 && return
	tail -n 30 "$log"
	fail "$lane" "make $*: see $log"
	return 1
}

# How a guest ended that did not end well, and what its kernel complained of first, for
# the log may be gone when somebody asks; or else its last words.
fate()
{
	local log=build/results/$1/kernel.log complaint

	echo "the guest: status $2"
	complaint=$("$here/klog.sh" "$log" | head -n 1)
	if [ -n "$complaint" ]; then
		grep -m 1 -A 24 -F -- "$complaint" "$log"
	else
		tail -n 3 "$log"
	fi | tr -d '\r'
}

# account lane suite status tap: one line a test, to the results
account()
{
	local lines

	lines=$(selftests/tap.sh "$@") ||
		lines="fail $1 $2: its results cannot be read"
	grep '^fail' <<<"$lines"
	echo "$lines" >>"build/results/$1/results"
}

pure()
{
	local d tap

	for d in libuser tools selftests/pure; do
		tap=build/results/pure/${d##*/}.tap
		timeout -k 10 "${budget[pure]}" make -s -C "$d" check 2>&1 |
			tee "$tap" | grep --line-buffered '^not ok'
		account pure "$d" "${PIPESTATUS[0]}" "$tap"
	done
}

suspend()
{
	local vars KDIR KREL status tap=build/results/suspend/suspend.tap

	vars=$("$here/kernel.sh" 6.12) || { fail suspend "no kernel"; return; }
	eval "$vars"
	make_for suspend modules KDIR="$KDIR" || return
	make_for suspend lib && make_for suspend -C selftests PROGS=suspend \
		LDFLAGS=-static OUTPUT="$top/build/selftests-static" || return
	"$here/run.sh" -k 6.12 -m 512 -t "${budget[suspend]}" \
		-o build/results/suspend -r -- \
		"$top/build/modules/$KREL/rtm.ko" \
		"$top/build/selftests-static/suspend" >"$tap"
	status=$?
	account suspend suspend $status "$tap"
	[ $status -le 1 ] || fail suspend "$(fate suspend $status)"
}

guest()
{
	local lane=$1 kernel=$1 mem=1024 cpus=2 daemons='' vars KDIR KREL status
	local programs=("${programs[@]}")

	if [ "$lane" = daemons ]; then
		kernel=6.12 mem=4096 programs=(daemons_test.sh)
		daemons=$("$here/daemons.sh") ||
			{ fail "$lane" "no daemons"; return; }
	fi
	case $lane in
	debug-2)	kernel=debug ;;
	kcsan)		cpus=4 ;;
	esac
	vars=$("$here/kernel.sh" "$kernel") ||
		{ fail "$lane" "no kernel"; return; }
	eval "$vars"
	make_for "$lane" modules KDIR="$KDIR" || return
	"$here/run.sh" -k "$kernel" -m $mem -c $cpus \
		-t $((budget[$lane] + 4 * ${RTM_TEST_SECONDS:-0})) \
		-o "build/results/$lane" -- env RTM_CACHE="$RTM_CACHE" \
		RTM_DAEMONS="$daemons" \
		${RTM_TEST_SCALE:+RTM_TEST_SCALE="$RTM_TEST_SCALE"} \
		${RTM_TEST_SECONDS:+RTM_TEST_SECONDS="$RTM_TEST_SECONDS"} \
		selftests/run.sh "$lane" \
		"$top/build/modules/$KREL/rtm.ko" "${programs[@]}"
	status=$?
	# 1: tests failed, and are on record one by one
	[ $status -le 1 ] || fail "$lane" "$(fate "$lane" $status)"
	grep -q "^end $lane" "build/results/$lane/results" ||
		fail "$lane" "the run did not come to its end"
}

# A program that does not build is a failure, and no reason to miss the rest.
programs_of()
{
	local names='' p

	for p in "${programs[@]}"; do
		[[ $p == kunit || $p == *.sh ]] || names+=" $p"
	done
	make_for "$1" lib
	make_for "$1" -C tools test
	make_for "$1" -C libuser CC="gcc -m32" OUTPUT=../build/lib32
	if [ ${#programs[@]} -eq 0 ] || [ -n "$names" ]; then
		make_for "$1" -k -C selftests PROGS="$names"
		make_for "$1" -k -C selftests M32=1 PROGS="$names"
	fi
}

for lane; do
	rm -rf "build/results/$lane"
	mkdir -p "build/results/$lane"
	: >"build/results/$lane/results"
done
built='' jobs=()
# Each lane is a process group, with all that it starts: where we are told to end,
# guests do not go on and keep others from their turn.
set -m
stop()
{
	local group

	trap '' INT TERM HUP
	for group in $(jobs -p); do
		kill -TERM -- "-$group"
	done 2>/dev/null
	wait
	exit 143
}
trap stop INT TERM HUP
for lane; do
	case $lane in
	pure|suspend)
		"$lane" &
		jobs+=($!)
		wait $!
		continue ;;
	esac
	if [ -z "$built" ]; then
		programs_of "$lane"
		built=y
	fi
	guest "$lane" > >(sed -u "s/^/$lane  /") 2>&1 &
	jobs+=($!)
done
wait "${jobs[@]}"
"$here/summary.sh" "$@"
