#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rtmctl, rtmfib, rtmfpm where there is no /dev/rtm: command lines, statuses,
# reasons. TAP.
# usage: check.sh path/to/rtmctl
set -euo pipefail

rtmctl=$1
n=0 failed=0

# Where the module is loaded and rtmfib runs: behind an empty /dev, and away.
alone=()
# shellcheck disable=SC2016
[ ! -e /dev/rtm ] ||
	alone=(unshare -rmn sh -c 'mount -t tmpfs rtm /dev && ip link set lo up &&
		exec "$@"' sh)

# result WHAT WHY: it failed if there is a reason why.
result()
{
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n $1"
	else
		echo "not ok $n $1"
		echo "# $2"
		failed=1
	fi
}

# check STATUS WORDS ARGUMENTS...: it ends so, and says that on stderr.
check()
{
	local status=0 said why=

	said=$("${alone[@]}" "$rtmctl" "${@:3}" </dev/null 2>&1 >/dev/null) ||
		status=$?
	[[ $status -eq $1 && $said == *"$2"* ]] ||
		why="status $status, not $1: $said"
	result "${rtmctl##*/} ${*:3}" "$why"
}

# Sockets that come with a call. What a unit forbids only systemd enforces, where
# it is the first process: here it is read.
sockets="getifaddrs AF_NETLINK
mnl_socket_open2 AF_NETLINK
getpeername AF_INET
getpwnam AF_UNIX
if_nametoindex AF_UNIX
socket AF_UNIX"

# check_unit: that of the daemon allows the sockets of all that it calls
check_unit()
{
	local call calls family forbidden=() unit=${rtmctl##*/}.service

	calls=$(nm -D --undefined-only "$rtmctl")
	while read -r call family; do
		if grep -q "\<$call\>" <<<"$calls" &&
			! grep -q "^RestrictAddressFamilies=.*\<$family\>" \
				"etc/$unit"; then
			forbidden+=("$call")
		fi
	done <<<"$sockets"
	result "$unit allows its sockets" "${forbidden[*]/%/: forbidden}"
}

# in_root ROOT TARGET
in_root()
{
	(umask 077; make -s "$2" DESTDIR="$1" SYSCONFDIR=/conf UNITDIR=/units)
}

# check_install: others can read it, its units find what is configured, and what
# was changed there stays
check_install()
{
	local f files root why

	mapfile -t files < <(cd etc && find ./*/ -type f)
	root=$(mktemp -d)
	in_root "$root" install
	why=$(find "$root"/* ! -perm -444 -printf '%P cannot be read; ')
	grep -q "=-/conf/default/rtmfib$" "$root/units/rtmfib.service" ||
		why+="the unit looks elsewhere"
	result "others can use what is installed" "$why"
	why=
	for f in "${files[@]}"; do
		cmp -s "etc/$f" "$root/conf/$f" || why+="$f is missing; "
		echo changed >"$root/conf/$f"
	done
	in_root "$root" install
	for f in "${files[@]}"; do
		grep -qx changed "$root/conf/$f" || why+="$f is overwritten; "
	done
	rm -rf "$root"
	result "what is configured stays" "$why"
}

check_uninstall()
{
	local changed root why

	root=$(mktemp -d)
	changed=$root/conf/default/rtmfpm
	in_root "$root" install
	echo changed >"$changed"
	in_root "$root" uninstall
	why=$(find "$root" ! -type d ! -path "$changed" -printf '%P is left; ')
	[ -e "$changed" ] || why+="what was changed is gone"
	rm -rf "$root"
	result "nothing is left but what was changed" "$why"
}

none="no /dev/rtm"
check 0 "" --help
check 1 "usage:"
check 1 "usage:" rou show
check 1 "usage:" route sho
check 1 "usage:" route
check 1 "invalid option" -x stats
check 1 'no family "ip4"' -f ip4 stats
check 1 '"mtu"' route show mtu 3
check 1 '"dev"' route show dev
check 1 'no interface "nosuch"' route show dev nosuch
check 1 'no protocol "bpg"' route show protocol bpg
check 1 "is no network" route show network 10.0.0.1/8
check 1 "is no network" route show network 10.0.0.0/33
check 1 "is no network" route show network 10.0.0.0
check 1 "is no network" -f ipx route show network 123456789
check 1 "is no network" -6 route show network 2001:db8::1/32
check 1 "is no network" -6 route show network 2001:db8::/129
check 1 "is no network" -6 route show network 2001:db8::
check 1 "is no network" -6 route show network 10.0.0.0/8
check 1 "is no network" route show network 2001:db8::/32
check 1 "is no network" -6 route show network 1111:2222:3333:4444:5555:6666:7777:8888:9/1
check 1 "no address" route get 10.0.0
check 1 "no address" route get ::1
check 1 "no address" -6 route get 10.0.0.1
check 1 "no address" -f ipx route get 10.0.0.1
check 1 "takes" route get
check 1 "takes" prio set rip
check 1 "no priority" prio set rip -- -1
check 1 "no priority" prio set rip 4294967296
check 1 "no limit" limit set rotues 5
check 1 "is no limit" limit set routes 0x0x5
check 1 "is no limit" limit set routes " 5"
check 1 "is no limit" limit set routes 18446744073709551616
check 2 "$none" limit set routes 18446744073709551615
check 1 "go with load" stats --ttl 3
check 1 "go with load" stats --invalid
check 1 "no mark" -f ipx load - --invalid
check 1 "time to live" load - --ttl 0
check 1 "time to live" load - --ttl 2147484
check 1 "No such file" load /nonexistent
check 1 '"x"' stats x
check 2 "$none" stats
check 2 "$none" -j route show
check 2 "$none" route show network default dev lo protocol 4294967295 best
check 2 "$none" -f ipx route show network aB12
check 2 "$none" route get 255.255.255.255
check 2 "$none" route get 10.0.0.0/8
check 2 "$none" -f ipx route get 10
check 2 "$none" -6 route show network default
check 2 "$none" -6 route get ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255
check 2 "$none" -f ipv6 route get 2001:db8::/32
check 2 "$none" -6 route get ::ffff:255.255.255.255/128
check 2 "$none" -6 load - --protocol bgp
check 2 "$none" client show
check 2 "$none" monitor
check 2 "$none" prio show
check 2 "$none" prio set others 0x7f
check 2 "$none" limit show
check 2 "$none" load - --protocol bgp --dev lo --ttl 2147483 --invalid
check 1 "usage:" fib
check 1 '"now"' fib audit now
check 2 "no rtmfib" fib status
check 2 "no rtmfib" -j fib diff
check 2 "no rtmfib" -6 fib audit
rtmctl=${rtmctl%/*}/fib/rtmfib
check 0 "" --help
check 1 "usage:" now
check 1 "is no table" --table 0
check 1 "is no metric" --metric 0
check 1 "is no protocol" --protocol 4
check 1 "is no source" --learn 200,12
check 1 "is no table" --learn main,12,14
check 1 "is no protocol of the kernel" --learn 200,256,14
check 1 "has one already" --learn 200,12,14 --learn 201,12,14
check 1 "beside those of the main table" --learn 200,12,3
mapfile -t learn < <(printf -- '--learn=200,12,%d\n' {100..116})
check 1 "no /dev/rtm" "${learn[@]:0:16}"
check 1 "200,12,116 is no source: there are 16 already" "${learn[@]}"
check 1 "is no interval" --interval 0
check 1 "no /dev/rtm" --interval 1
check_unit
rtmctl=${rtmctl%/*}/rtmfpm
check 0 "" --help
check 1 "usage:" now
check 1 "is no address" --address ::1
check 1 "is no port" --port 65536
check 1 "is no table" --table 0
check 1 "is no time" --keep -1
check 1 "is no time" --quiet 0
check 1 "is no time" --settle 60001
check_unit
check_install
check_uninstall
echo "1..$n"
exit $failed
