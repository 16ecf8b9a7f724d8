#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Three routers in a row. The one in the middle has two links to the right one:
#
#                OSPF           BGP, fast
#   lhost -- left ---- middle ============= right -- rhost
#            FRR      RTM, FRR,  OSPF, slow  BIRD
#                     BIRD
#
# In the middle FRR brings OSPF's routes to RTM by FPM, BIRD those of BGP by a
# table of the kernel; rtmfib makes the kernel forward by the best of them, and
# BIRD tells the right router of what was agreed. Then the fast link breaks.
# In a guest, as root; $RTM_DAEMONS has the daemons.
# usage: routers.sh path/to/rtm.ko
set -euo pipefail

module=$(realpath "$1")
cd "$(dirname "$0")/.."
. demo/say.sh
. vm/daemons-guest.sh
rtmctl=$PWD/build/tools/rtmctl
fib=$PWD/build/tools/fib
tmp=$(mktemp -d)
chmod 755 "$tmp"

# wait_for SECONDS WHAT WANTED COMMAND...
wait_for()
{
	local what=$2 wanted=$3 found end=$(($(now) + $1 * 100))

	shift 3
	while :; do
		found=$("$@") || :
		[ "$found" != "$wanted" ] || break
		[ "$(now)" -lt $end ] || break
		sleep 0.1
	done
	check "$what" "$wanted" "$found"
}

# leaves_by ADDRESS: the interface that the middle's kernel sends by
leaves_by()
{
	ip -n middle route get "$1" | sed -n 's/.* dev \([^ ]*\) .*/\1/p'
}

# Who has the best route to a prefix, in the middle.
owner()
{
	ip netns exec middle "$rtmctl" -j route get "$1" 2>/dev/null |
		sed -n 's/.*"protocol":"\([^"]*\)".*/\1/p'
}

hops()
{
	ip netns exec lhost busybox traceroute -n -q 1 -w 20 10.2.0.2 2>&1 |
		awk '$1 + 0 { printf "%s%s", sep, $2; sep = " " }'
}

answers()
{
	if (ping_from lhost -c 1 -W 1 10.2.0.2 >/dev/null); then
		echo yes
	fi
}

# From host to host, with the time of each answer
start_ping()
{
	ping_from lhost -D -i 0.02 -W 1 10.2.0.2 >"$tmp/pings" &
	pinger=$!
	sleep 1
}

stop_ping()
{
	sleep 1
	kill -INT $pinger
	wait $pinger || :
	say "  $(grep -o '^.* packet loss' "$tmp/pings")"
}

# Milliseconds without an answer, the longest such time.
longest_gap()
{
	awk -F '[][]' '/icmp_seq/ {
			if (last && $2 - last > gap)
				gap = $2 - last
			last = $2
		}
		END { printf "%d", gap * 1000 }' "$tmp/pings"
}

# When the kernel first told of what is like $1, in milliseconds.
told()
{
	local stamp rest

	read -r stamp rest < <(grep -e "$1" "$tmp/told")
	stamp=${stamp#[}
	date -d "${stamp%]}" +%s%3N
}

insmod "$module"
trap 'kill "${pid[@]}" 2>/dev/null || :
	[ $failed = 0 ] || tail -n 5 "$tmp"/*/*.log
	rm -rf "$tmp"' EXIT
daemons_init
for net in lhost left middle right rhost; do
	ip netns add $net
	ip -n $net link set lo up
	ip netns exec $net sysctl -q net.ipv4.ip_forward=1 \
		net.ipv4.icmp_errors_use_inbound_ifaddr=1
	mkdir "$tmp/$net"
done
join lhost 10.1.0.2/24 left 10.1.0.1/24
join left 10.0.1.2/24 middle 10.0.1.1/24
join middle 10.0.2.1/24 right 10.0.2.2/24 fast
join middle 10.0.3.1/24 right 10.0.3.2/24 slow
join right 10.2.0.1/24 rhost 10.2.0.2/24
ip -n lhost route add default via 10.1.0.1
ip -n rhost route add default via 10.2.0.1
# What was agreed stands before what zebra writes.
ip -n middle rule add pref 1000 lookup 100

cat >"$tmp/left/frr.conf" <<END
interface middle
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 60
router ospf
 ospf router-id 10.0.1.2
 passive-interface lhost
 network 10.0.1.0/24 area 0
 network 10.1.0.0/24 area 0
END
cat >"$tmp/middle/frr.conf" <<END
fpm address 127.0.0.1 port 2620
interface left
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 60
interface slow
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 60
router ospf
 ospf router-id 10.0.1.1
 network 10.0.1.0/24 area 0
 network 10.0.3.0/24 area 0
END
# It gives the kernel what BGP brings, and tells BGP what was agreed.
cat >"$tmp/middle/bird.conf" <<END
router id 10.0.2.1;
ipv4 table agreed;
protocol device { }
protocol kernel { kernel table 200; scan time 3600;
	ipv4 { import none; export where source = RTS_BGP; }; }
protocol kernel { kernel table 100; learn; scan time 1;
	ipv4 { table agreed; import all; export none; }; }
protocol pipe { table agreed; peer table master4;
	import none; export where krt_source = 82; }
protocol bgp { local 10.0.2.1 as 65001; neighbor 10.0.2.2 as 65002;
	connect delay time 1; error wait time 1, 2;
	ipv4 { import all; export where source = RTS_PIPE || source = RTS_INHERIT; }; }
END
cat >"$tmp/right/bird.conf" <<END
router id 10.0.2.2;
protocol device { }
protocol direct { ipv4; interface "rhost"; }
protocol kernel { ipv4 { import none; export where source != RTS_DEVICE; }; }
protocol ospf { ipv4 { import all; export none; };
	area 0 {
		interface "slow" { type ptp; hello 1; dead 60; };
		interface "rhost" { stub; };
	}; }
protocol bgp { local 10.0.2.2 as 65002; neighbor 10.0.2.1 as 65001;
	connect delay time 1; error wait time 1, 2;
	ipv4 { preference 160; import all; export where source = RTS_DEVICE; }; }
END

say "the middle router: RTM, rtmfib, FRR, BIRD"
start rtmfib ip netns exec middle "$fib/rtmfib" --table 100 \
	--learn 200,12,bgp 2>"$tmp/middle/rtmfib.log"
start rtmfpm ip netns exec middle "$fib/rtmfpm" 2>"$tmp/middle/rtmfpm.log"
started=$(now)
for net in middle left; do
	in_netns=(ip netns exec "$net")
	start "zebra-$net" frr "$tmp/$net" zebra -M dplane_fpm_nl
	until_zebra "$tmp/$net"
	start "ospfd-$net" frr "$tmp/$net" ospfd
done
say "the left router: FRR; the right one: BIRD"
for net in middle right; do
	in_netns=(ip netns exec "$net")
	start "bird-$net" bird "$tmp/$net"
done

wait_for 400 "owner of 10.2.0.0/24 in the middle" bgp owner 10.2.0.0/24
wait_for 400 "owner of 10.1.0.0/24 in the middle" ospf owner 10.1.0.0/24
wait_for 400 "an answer from host to host" yes answers
wait_for 400 "packets for the right host leave the middle by" fast leaves_by 10.2.0.2
took=$(($(now) - started))
say "from nothing to this: $((took / 100)).$((took % 100 / 10)) s"
check "traceroute" "10.1.0.1 10.0.1.1 10.0.2.2 10.2.0.2" "$(hops)"

say "the fast link breaks, at its right end, under a ping 50 times a second"
start monitor ip -n middle -ts -o monitor link route >"$tmp/told"
start_ping
ip -n right link set fast down
wait_for 400 "owner of 10.2.0.0/24 in the middle" ospf owner 10.2.0.0/24
wait_for 400 "packets for the right host leave the middle by" slow leaves_by 10.2.0.2
wait_for 400 "an answer from host to host" yes answers
stop_ping
took=$(($(told '10.2.0.0/24 .* dev slow table 100') - $(told ': fast.*NO-CARRIER')))
say "  $took ms from the link's end to the other route in the kernel;" \
	"longest time without an answer: $(longest_gap) ms"
check "traceroute" "10.1.0.1 10.0.1.1 10.0.3.2 10.2.0.2" "$(hops)"

say "the fast link comes back"
start_ping
started=$(now)
ip -n right link set fast up
wait_for 400 "owner of 10.2.0.0/24 in the middle" bgp owner 10.2.0.0/24
wait_for 400 "packets for the right host leave the middle by" fast leaves_by 10.2.0.2
took=$(($(now) - started))
say "  BGP was back, and its route in use, after" \
	"$((took / 100)).$((took % 100 / 10)) s"
stop_ping
check "packets lost on the way back to the fast link" 0 "$(lost "$tmp/pings" 50)"
check "traceroute" "10.1.0.1 10.0.1.1 10.0.2.2 10.2.0.2" "$(hops)"

ip netns exec middle "$rtmctl" fib audit >"$tmp/status"
check "routes of the kernel that are not what was agreed" 0 \
	"$(awk '$1 == "divergent" { print $2; exit }' "$tmp/status")"
# A zebra that is to end just when its FPM connection does may wait for itself.
stop KILL zebra-middle zebra-left
stop TERM "${!pid[@]}"
for net in lhost left middle right rhost; do
	ip netns del $net
done
rmmod rtm
echo
echo "checks that failed      $failed"
[ $failed -eq 0 ]
