#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fails, and prints the lines, when a kernel log holds a complaint. A failed
# allocation, or a slab cache that is not made for want of one, is none where fault
# injection said just before that it forces one: that line and the head of its call
# trace are excused, and nothing else. So is one dump of the killer of a memory
# cgroup, where a test said that it comes, and that kmemleak found something, where
# one said that it will look through it; and a data race of which no line is of the
# module, but for what was interrupted: the kernel has some of its own.
# usage: klog.sh [-t tainted] file	(- is standard input)
# tainted: what the kernel says it is. Out-of-tree, unsigned and (from KUnit)
# in-kernel test are expected.
set -euo pipefail

tainted=0
while getopts t: o; do
	case $o in
	t)	tainted=$OPTARG ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] || { echo "usage: klog.sh [-t tainted] file" >&2; exit 2; }

status=0
# shellcheck disable=SC2016
awk '
	BEGIN {
		failure = "^([^ ]+: (page allocation failure|vmalloc error): |" \
			"__kmem_cache_create_args[(].*[)] failed with error -(12|22)$)"
	}
	{ sub(/\r$/, ""); text = $0; sub(/^(\[ *[0-9.]+\] ?)+/, "", text) }
	/FAULT_INJECTION: forcing a failure/ { forced = NR + 6 }
	NR <= forced && text ~ failure { forced = 0; trace = NR + 12; next }
	text == "rtm: expecting an OOM kill in a memory cgroup" {
		expected = NR + 5
	}
	NR <= expected && text ~ /^[^ ]+ invoked oom-killer: / {
		expected = 0
		trace = NR + 12
		kill = NR + 200
	}
	NR <= kill && text ~ /^Memory cgroup out of memory: Killed process / {
		kill = 0
		next
	}
	text == "rtm: expecting leaks of sysfs_slab_add" { leaks = NR + 4 }
	NR <= leaks && text ~ /^kmemleak: [0-9]+ new suspected memory leaks / {
		next
	}
	text ~ /^BUG: KCSAN: data-race in / {
		if (race)
			print race
		bad = bad || race
		race = $0
		ours = whole = 0
		next
	}
	text ~ /^ *asm_sysvec_/ { interrupted = 1 }
	text ~ /^ *$/ { interrupted = 0 }
	race && !interrupted && /\[rtm\]/ { ours = 1 }
	race && text ~ /^Reported by Kernel Concurrency Sanitizer/ { whole = 1 }
	whole && race && text ~ /^=+$/ {
		if (ours)
			print race
		bad = bad || ours
		race = ""
		next
	}
	NR <= trace && text ~ /^Call Trace:$/ { trace = 0; next }
	text ~ /^BUG / ||
	/WARNING:|BUG:|kernel BUG at|cut here|Call Trace|Oops|Kernel panic/ ||
	/unable to handle|general protection|invalid opcode|double fault/ ||
	/KASAN: |KCSAN: |UBSAN: |KFENCE: |usercopy: Kernel memory/ ||
	/possible .* detected|suspicious RCU|inconsistent lock state/ ||
	/bad unlock balance|bad contention|held lock freed|locks? still held/ ||
	/locks? held when returning|lock was not taken|Invalid wait context/ ||
	/lock order detected|register non-static key|DEBUG_LOCKS_WARN_ON/ ||
	/locking correctness validator|Disabling lock debugging/ ||
	/rcu: INFO|detected (expedited )?stalls?|kthread starved/ ||
	/blocked for more than|soft lockup|hard LOCKUP|workqueue lockup/ ||
	/unreferenced object|suspected memory leaks|kmemleak: .*disabled/ ||
	/ODEBUG|refcount_t|scheduling while atomic|sleeping function called/ ||
	/Slab 0x|INFO: Object|Objects remaining|still has objects/ ||
	/corruption|[Rr]edzone|Poison overwritten|Freepointer|Bad page/ ||
	/page allocation failure|vmalloc error|[Oo]ut of memory:/ ||
	/unregister_netdevice: waiting|segfault at|traps: .* trap/ ||
	(/taints kernel|tainting kernel/ &&
	 !/: loading out-of-tree module taints kernel/ &&
	 !/: module verification failed: .* tainting kernel/) {
		print
		bad = 1
	}
	END {
		if (race)
			print race
		exit bad || race
	}
' "$1" || status=1

if ! [[ $tainted =~ ^[0-9]+$ ]] ||
	[ $((tainted & ~(4096 | 8192 | 262144))) -ne 0 ]; then
	echo "the kernel is tainted: $tainted"
	status=1
fi
exit $status
