#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The log check's own test: each line of klog-bad is caught, alone; klog-good
# and the taints of our module pass.
cd "$(dirname "$0")" || exit
n=0 failed=0

result()
{
	n=$((n + 1))
	[ "$1" -eq 0 ] || { failed=1; printf 'not '; }
	echo "ok $n - $2"
}

while IFS= read -r line; do
	[[ $line != '# '* ]] || continue
	! printf '[    3.141592] %s\r\n' "$line" | ../klog.sh - >/dev/null
	result $? "caught: ${line//#/}"
done <klog-bad
../klog.sh klog-good
result $? "a good log passes"
grep -v FAULT_INJECTION klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "a failed allocation that was not forced is caught"
../klog.sh -t 12288 - </dev/null
result $? "out-of-tree and unsigned pass"
! ../klog.sh -t $((12288 | 512)) - </dev/null >/dev/null
result $? "a warning's taint is caught"
! ../klog.sh /nonexistent 2>/dev/null
result $? "a log that is not there is no good log"
echo "1..$n"
exit $failed
