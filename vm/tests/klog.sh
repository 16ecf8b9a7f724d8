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
grep -v 'rtm: expecting an OOM' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "a kill in a memory cgroup that nobody expected is caught"
grep -v 'rtm: expecting leaks' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "so is a leak that no test looks at"
sed 's/ tick_nohz_handler.*/& [rtm]/' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "so is a data race of the module's"
sed 's/ tick_nohz_idle_got_tick+.*/& [rtm]/' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "on either side"
sed '$d' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "and one of which the end is not there"
grep 'KCSAN: ' klog-good | cat - klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "or another one comes before it"
sed '/Memory cgroup out/p' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "one that was expected excuses one"
sed 's/Memory cgroup out/Out/' klog-good | ../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "but not one for want of the machine's own memory"
sed 's/Comm: death.*/&\nWARNING: CPU: 1 PID: 99/' klog-good |
	../klog.sh - >/dev/null
[ $? -eq 1 ]
result $? "nor a warning amid its trace"
# follows promise line...: caught, after a failure that was forced
forced='FAULT_INJECTION: forcing a failure.
a: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)
CPU: 0 UID: 0 PID: 99 Comm: a Tainted: G           OE      6.12.0 #1
Call Trace:'
follows()
{
	! printf '%s\n' "$forced" "${@:2}" | ../klog.sh - >/dev/null
	result $? "$1"
}

follows "a warning amid a forced failure's trace is caught" " <TASK>" \
	"WARNING: CPU: 1 PID: 98 at rtm.c:1 rtm_fn+0x1/0x2 [rtm]" " </TASK>"
follows "so is a sanitizer's report" " <TASK>" \
	"BUG: KASAN: slab-use-after-free in rtm_fn+0x1/0x2 [rtm]"
follows "a trace that does not end hides nothing" " <TASK>" \
	"$(seq 100 | sed 's/^/ rtm_fn+/')" "Oops: 0000 [#1] PREEMPT SMP KASAN"
follows "one forced failure excuses one trace" " <TASK>" "Call Trace:"
follows "and one failure" "a: page allocation failure: order:0, mode:0xcc0"
forced=${forced/a: page*CPU:/CPU:}
follows "a trace without a failed allocation is caught" " <TASK>" " </TASK>"
../klog.sh -t 12288 - </dev/null
result $? "out-of-tree and unsigned pass"
! ../klog.sh -t $((12288 | 512)) - </dev/null >/dev/null
result $? "a warning's taint is caught"
! ../klog.sh -t '' - </dev/null >/dev/null
result $? "a taint that nobody told is no good one"
! ../klog.sh /nonexistent 2>/dev/null
result $? "a log that is not there is no good log"
echo "1..$n"
exit $failed
