#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The TAP reader's own test: what is wrong with a program's output is found.
cd "$(dirname "$0")" || exit
n=0 failed=0

# reads what lane exit-status tap expected...: the kinds of lines it prints
reads()
{
	local said

	said=$(printf '%b' "$4" | ../../selftests/tap.sh "$2" api_error "$3" - |
		cut -d ' ' -f 1 | paste -sd ' ')
	n=$((n + 1))
	if [ "$said" != "$5" ]; then
		failed=1
		printf 'not '
	fi
	echo "ok $n - $1${said:+ ($said)}"
}

skip='ok 1 error.each_allocation_fails_in_turn # SKIP no faults'
reads "good" 6.1 0 '1..2\nok 1 a\n# x\nok 2 - b\n' "pass pass"
reads "a failure" 6.1 1 '1..2\nok 1 a\nnot ok 2 b\n' "pass fail"
reads "nothing" 6.1 0 '' "fail"
reads "no plan" 6.1 0 'ok 1 a\n' "pass fail"
reads "two plans" 6.1 0 '1..1\n1..1\nok 1 a\n' "pass fail"
reads "short" 6.1 0 '1..2\nok 1 a\n' "pass fail"
reads "long" 6.1 0 '1..1\nok 1 a\nok 2 b\n' "pass pass fail"
reads "doubled" 6.1 0 '1..2\nok 1 a\nok 1 a\n' "pass pass fail"
reads "a failure unsaid by the status" 6.1 0 '1..1\nnot ok 1 a\n' "fail fail"
reads "a status without failure" 6.1 3 '1..1\nok 1 a\n' "pass fail"
reads "killed" 6.1 139 '1..1\nok 1 a\n' "pass fail"
reads "time-out" 6.1 124 '1..2\nok 1 a\n' "pass fail fail"
reads "a bail-out" 6.1 1 '1..1\nok 1 a\nBail out!\n' "pass fail fail"
reads "an expected skip" 6.1 4 "1..1\n$skip\n" "skip"
reads "the same in another lane" debug 4 "1..1\n$skip\n" "fail fail"
reads "another skip" 6.1 4 '1..1\nok 1 b # SKIP\n' "fail fail"
reads "everything skipped" 6.1 4 '1..0 # SKIP\n' "fail"
reads "TODO" 6.1 0 '1..1\nnot ok 1 a # TODO\n' "fail fail"
reads "XFAIL" 6.1 0 '1..1\nok 1 a # XFAIL\n' "fail"
echo "1..$n"
exit $failed
