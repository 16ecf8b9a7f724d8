#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What ping(8) had no answer to is counted, but for what was still on its way.
cd "$(dirname "$0")" || exit
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sed -n '/^lost()$/,/^}$/p' ../daemons-guest.sh >"$tmp/function"
# shellcheck source=/dev/null
. "$tmp/function"
n=0 failed=0

# expect name LOST TRANSMITTED seq...: with two that may be on their way
expect()
{
	local name=$1 wanted=$2 sent=$3

	shift 3
	{
		echo "PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data."
		printf '[1.5] 64 bytes from 10.2.0.2: icmp_seq=%d ttl=61 time=2 ms\n' "$@"
		echo "From 10.1.0.1 icmp_seq=1 Destination Host Unreachable"
		[ -z "$sent" ] ||
			echo "$sent packets transmitted, $# received, 0% packet loss, time 1ms"
	} >"$tmp/pings"
	n=$((n + 1))
	[ "$(lost "$tmp/pings" 2)" = "$wanted" ] || { failed=1; printf 'not '; }
	echo "ok $n - $name"
}

expect "none" 0 3 1 2 3
expect "none, in another order and twice" 0 3 1 3 2 2
expect "none, two on their way" 0 5 1 2 3
expect "one amid" 1 4 1 2 4
expect "the first" 1 4 2 3 4
expect "three at the end" 3 6 1 2 3
expect "one amid, and three at the end" 4 7 1 2 4
expect "ping did not say how many there were" all '' 1 2 3
echo "1..$n"
exit $failed
