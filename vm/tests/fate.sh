#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Of a guest that died the summary says what its kernel complained of first, where
# there is no such complaint its last words, and each line of that but the first is
# indented.
cd "$(dirname "$0")" || exit
here=$(cd .. && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sed -n '/^fail()$/,/^}$/p; /^fate()$/,/^}$/p' ../lanes.sh >"$tmp/functions"
# shellcheck source=/dev/null
. "$tmp/functions"
mkdir -p "$tmp/vm" "$tmp/build/results/6.12"
cp "$here/summary.sh" "$tmp/vm"
cd "$tmp" || exit
n=0 failed=0

# expect name said line...: what the summary says but for its count
expect()
{
	local name=$1 said=$2

	shift 2
	printf '[    1.5] %s\r\n' "$@" >build/results/6.12/kernel.log
	: >build/results/6.12/results
	fail 6.12 "$(fate 6.12 121)" >/dev/null
	n=$((n + 1))
	[ "$(vm/summary.sh 6.12 | sed '$d')" = "$said" ] ||
		{ failed=1; printf 'not '; }
	echo "ok $n - $name"
}

expect "an oops" "fail 6.12 the guest: status 121
    [    1.5] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
    [    1.5] Code: e9 <96> 02
    [    1.5] Kernel panic - not syncing: Fatal exception in interrupt" \
	"rtm: command starts" "Oops: int3: 0000 [#1] PREEMPT SMP NOPTI" \
	"Code: e9 <96> 02" "Kernel panic - not syncing: Fatal exception in interrupt"
expect "a log that ends" "fail 6.12 the guest: status 121
    [    1.5] rtm: abi starts
    [    1.5] rtm: age starts
    [    1.5] rtm: walk starts" \
	"rtm: command starts" "rtm: abi starts" "rtm: age starts" "rtm: walk starts"
echo "1..$n"
exit $failed
