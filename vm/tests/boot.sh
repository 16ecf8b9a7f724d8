#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest boots again where QEMU made its kernel die before anything of ours ran, and
# nowhere else: in particular not where the breakpoint is in the code, where there was a
# complaint before, or where the command had begun.
cd "$(dirname "$0")" || exit
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sed -n '/^stale_breakpoint()$/,/^}$/p' ../run.sh >"$tmp/function"
# shellcheck source=/dev/null
. "$tmp/function"
# shellcheck disable=SC2034
here=..
n=0 failed=0

# expect name verdict line...
expect()
{
	local name=$1 verdict=$2

	shift 2
	printf '[    1.5] %s\r\n' "$@" >"$tmp/log"
	n=$((n + 1))
	if stale_breakpoint "$tmp/log"; then set -- again; else set -- once; fi
	[ "$1" = "$verdict" ] || { failed=1; printf 'not '; }
	echo "ok $n - $name"
}

int3='Oops: int3: 0000 [#1] PREEMPT SMP NOPTI'
gone='Code: 83 a8 00 00 00 48 89 b3 b0 00 00 00 e9 <14> 02 00 00 48 89 de 48'
there='Code: 83 a8 00 00 00 48 89 b3 b0 00 00 00 cc <14> 02 00 00 48 89 de 48'
begun='rtm: command starts'
expect "a breakpoint that is gone" again "$int3" "$gone" 'Kernel panic - not syncing'
expect "one that is there" once "$int3" "$there" 'Kernel panic - not syncing'
expect "no code is shown" once "$int3" 'Kernel panic - not syncing'
expect "the command had begun" once "$begun" "$int3" "$gone"
expect "another complaint before" once 'WARNING: CPU: 0 PID: 1' "$int3" "$gone"
expect "a stall before" once 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:' \
	"$int3" "$gone"
expect "another oops" once 'Oops: 0000 [#1]' "$gone" "$int3"
expect "no complaint" once "$begun" 'rtm: command ended, status 0'
echo "1..$n"
exit $failed
