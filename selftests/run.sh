#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the selftests in a guest (see vm/run.sh): loads the module, runs every
# program for 64 and 32 bits, looks at the kernel's log after each, unloads, looks
# for what was left behind. One line a test is added to the file "results", and
# after one that failed what it found, indented.
# usage: selftests/run.sh lane rtm.ko [program...]
set -uo pipefail
lane=$1 ko=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
out=/run/rtm-results
results=$out/results
debugfs=/sys/kernel/debug
# A machine may have been lent to others.
seconds=1500 scale=100
case $lane in
debug*|kcsan)
	scale=10 ;;
6.1)
	# The full size is for the newer kernel.
	scale=30 ;;
daemons)
	# The full view of all routes, which takes its time, is for people.
	seconds=1750 scale=10 ;;
esac
# For each of those that go on for as long.
seconds=$((seconds + ${RTM_TEST_SECONDS:-0}))
export RTM_KO=$ko RTM_TEST_SCALE=${RTM_TEST_SCALE-$scale}
export RTM_FUZZ_CORPUS=$here/fuzz.corpus

# because LINES: why the last one failed, if known: also for where all is added up
because()
{
	[ -n "$1" ] || return 0
	printf '%s\n' "    ${1//$'\n'/$'\n'    }"
	head -n 3 <<<"$1" | sed 's/^/    /' >>"$results"
}

# check what command...: one test of the runner's own
check()
{
	local what=$1 why

	shift
	if why=$("$@" 2>&1); then
		echo "pass $lane $what" >>"$results"
	else
		echo "fail $lane $what" | tee -a "$results"
		because "$why"
	fi
}

mark()
{
	echo "rtm: $1" >/dev/kmsg
}

# The log since that mark, or all of it where the mark was overwritten.
log_is_clean()
{
	dmesg | tac | awk -v mark="rtm: $1" '
		index($0, mark) { before = 1 }
		!before' | tac | "$top/vm/klog.sh" -
}

untainted()
{
	local tainted

	tainted=$(cat /proc/sys/kernel/tainted)
	[ "$tainted" -eq 0 ] || { echo "tainted: $tainted"; return 1; }
}

caches_seen()
{
	compgen -G '/sys/kernel/slab/rtm*' && grep '^rtm' /proc/slabinfo
}

# Destroyed caches go from sysfs a moment after.
caches_gone()
{
	for _ in {1..600}; do
		compgen -G '/sys/kernel/slab/rtm*' >/dev/null || break
		sleep 0.1
	done
	! compgen -G '/sys/kernel/slab/rtm*' && ! grep '^rtm' /proc/slabinfo
}

# kmemleak takes no command once it has switched itself off.
leaks_are_watched()
{
	echo scan >$debugfs/kmemleak && echo clear >$debugfs/kmemleak
}

# An object counts as lost when two scans, some seconds apart, do not find it.
nothing_leaked()
{
	local leaks

	echo scan >$debugfs/kmemleak || return
	sleep 6
	echo scan >$debugfs/kmemleak || return
	leaks=$(cat $debugfs/kmemleak) || return
	[ -z "$leaks" ] || { echo "$leaks"; return 1; }
}

# account suite status tap: counts a program's results into the file and says so
account()
{
	local suite=$1 status=$2 tap=$3 lines

	lines=$("$here/tap.sh" "$lane" "$suite" "$status" "$tap") ||
		lines="fail $lane $suite: its results cannot be read"
	echo "$lines" >>"$results"
	printf '%-22s %3d passed, %d failed, %d skipped (%d s)\n' "$suite" \
		"$(grep -c ^pass <<<"$lines")" "$(grep -c ^fail <<<"$lines")" \
		"$(grep -c ^skip <<<"$lines")" $((SECONDS - started))
	if grep -q ^fail <<<"$lines"; then
		grep ^fail <<<"$lines" | sed 's/^/    /'
		because "$(grep -E \
			'^# ([<>]|.*(Expected|\.c:[0-9]+|timed out|terminated))' \
			"$tap" | head -n 20)"
	fi
}

# The programs work in a directory of their own, as root.
programs()
{
	local bits=$1 dir=$2 p suite tap
	shift 2

	for p; do
		suite=$(basename "$p" .sh)$bits
		tap=$out/$suite.tap
		[[ $p == *.sh ]] || p=$dir/$p
		if [ ! -x "$p" ]; then
			check "$suite is built" false
			continue
		fi
		mark "$suite starts"
		started=$SECONDS
		# What a long run found is worth to be looked at.
		[ -z "${RTM_TEST_SECONDS-}" ] ||
			export RTM_FUZZ_KEEP=${tap%.tap}.corpus
		(cd /tmp && timeout -k 10 "$seconds" "$p") >"$tap" 2>&1
		account "$suite" $? "$tap"
		check "$suite leaves the log clean" log_is_clean "$suite starts"
	done
}

# As those do it who know kselftest and not this script.
kselftest()
{
	local said

	said=$(make -s -C "$here" run_tests PROGS=smoke 2>&1 | cat)
	grep -qx '# overriding timeout to 1500' <<<"$said" &&
		grep -qx '# # Totals: pass:1 fail:0 .*' <<<"$said" &&
		grep -q '^ok 1 selftests: .* smoke$' <<<"$said" && return
	echo "$said"
	return 1
}

# KUnit's results stand in debugfs, one file a suite.
kunit()
{
	local ktap=$out/kunit.tap suites=0 f

	mark "kunit starts"
	started=$SECONDS
	check "insmod rtm_kunit" insmod "$1"
	for f in "$debugfs"/kunit/rtm*/results; do
		[ -e "$f" ] || continue
		suites=$((suites + 1))
		sed -nE 's/^    (KTAP|# Subtest|1\.\.|ok|not ok)/\1/p' "$f" >"$ktap"
		account "kunit-$(basename "$(dirname "$f")")" \
			"$(grep -c -m 1 '^not ok' "$ktap")" "$ktap"
	done
	check "KUnit ran" test $suites -gt 0
	check "rmmod rtm_kunit" rmmod rtm_kunit
	check "kunit leaves the log clean" log_is_clean "kunit starts"
}

check "the kernel is untainted before" untainted
if [[ $lane == debug* ]]; then
	check "kmemleak is at work" leaks_are_watched
fi
# One line for each forced failure, by which klog.sh excuses what follows.
for f in $debugfs/{failslab,fail_page_alloc,fail_usercopy}; do
	[ -d "$f" ] || continue
	echo 1 >"$f/verbose"
	echo 0 >"$f/verbose_ratelimit_interval_ms"
done

mark "insmod"
check "insmod" insmod "$ko"
check "insmod leaves the log clean" log_is_clean insmod
check "its slab caches are seen" caches_seen
named=$#
if [ $# -eq 0 ]; then
	cd "$here" || exit
	all=(*.c)
	set -- "${all[@]%.c}" rtmctl_test.sh
	# Kernels that watch the module have no tables of routes to speak of.
	case $lane in
	debug)	set -- "$@" kunit ;;
	debug-2|kcsan|gcov) ;;
	# What rtmfpm does is the same on any kernel.
	6.1)	set -- "$@" rtmfib_test.sh ;;
	*)	set -- "$@" rtmfib_test.sh rtmfpm_test.sh ;;
	esac
fi
names=() scripts=() direct=() library=()
for p; do
	case $p in
	kunit)	continue ;;
	*.sh)	scripts+=("$top/tools/$p"); continue ;;
	# It goes by librtm, but has failures injected.
	api_error)	direct+=("$p") ;;
	api_*)	library+=("$p") ;;
	*)	direct+=("$p") ;;
	esac
	names+=("$p")
done
# For 32 bits the lines of the module that run are the same: kernels that watch
# these run what has the ABI for its subject, and all only if it is named.
wide=("${names[@]}" "${scripts[@]}") narrow=("${names[@]}")
case $lane:$named in
gcov:*)		narrow=() ;;
debug:0)	wide=("${direct[@]}") narrow=(abi smoke) ;;
debug:*)	narrow=() ;;
debug-2:0)	wide=("${library[@]}" "${scripts[@]}") narrow=() ;;
debug-2:*)	wide=() ;;
esac
programs "" "$top/build/selftests" "${wide[@]}"
programs -32 "$top/build/selftests32" "${narrow[@]}"
case $lane:$named in
6.*:0)	check "kselftest's runner runs them" kselftest ;;
esac
check "rmmod" rmmod rtm
check "no slab cache is left" caches_gone
check "insmod again" insmod "$ko"
check "rmmod again" rmmod rtm
if [[ " $* " == *" kunit "* ]]; then
	kunit "${ko%/*}/rtm_kunit.ko"
fi
if [[ $lane == debug* ]]; then
	check "nothing has leaked" nothing_leaked
fi
# What was counted outlives the module.
coverage()
{
	local file n=0

	mkdir "$out/coverage"
	while read -r file; do
		cat "$file" >"$out/coverage/${file##*/}" || return
		n=$((n + 1))
	done < <(find $debugfs/gcov -name '*.gcda')
	[ $n -gt 0 ] || { echo "no counts"; return 1; }
}
[ "$lane" != gcov ] || check "coverage is counted" coverage
check "the log is clean at the end" log_is_clean insmod
echo "end $lane" >>"$results"
! grep -q '^fail' "$results"
