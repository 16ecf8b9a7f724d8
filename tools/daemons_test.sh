#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rtmfib and rtmfpm between FRR, BIRD and the kernel. In a guest, as root, with
# the module loaded; $RTM_DAEMONS has the daemons. TAP.
# shellcheck disable=SC2317
set -uo pipefail

top=$(realpath "$(dirname "$(realpath "$0")")/..")
. "$top/vm/daemons-guest.sh"
. "$top/tools/assert.sh"
rtmctl=$top/build/tools/rtmctl
fib=$top/build/tools/fib
scale=${RTM_TEST_SCALE:-100}
tmp=$(mktemp -d)
chmod 755 "$tmp"
cd "$tmp" || exit

trap 'kill -KILL "${pid[@]}" 2>/dev/null
	wait
	[ $failed = 0 ] || tail -n 5 ./*.log ./*/*.log | sed "s/^/# /"
	rm -rf "$tmp"' EXIT

note()
{
	echo "# $*"
}

# in_net NAME COMMAND...
in_net()
{
	ip netns exec "$@"
}

agent()
{
	exec ip netns exec "$1" "$fib/rtmfib" "${@:2}" >>"$tmp/rtmfib.log" 2>&1
}

fpm()
{
	exec ip netns exec "$1" "$fib/rtmfpm" "${@:2}" >>"$tmp/rtmfpm.log" 2>&1
}

# figure NET NAME: of IPv4
figure()
{
	in_net "$1" "$rtmctl" -f ip fib status 2>/dev/null |
		awk -v name="$2" '$1 == name { print $2 }'
}

# What the kernel has, as "prefix next-hop interface", sorted.
kernel()
{
	ip -n "$1" -4 route show proto 82 table "$2" 2>/dev/null | awk '
		{ via = dev = "-" }
		{ for (i = 2; i < NF; i++) {
			if ($i == "via") via = $(i + 1)
			if ($i == "dev") dev = $(i + 1)
		} }
		{ print $1 ~ "/" ? $1 : $1 "/32", via, dev }' | LC_ALL=C sort
}

# What RTM has agreed on, likewise.
agreed()
{
	in_net "$1" "$rtmctl" route show best | awk '
		{ via = dev = "-" }
		{ for (i = 3; i < NF; i++) {
			if ($i == "via") via = $(i + 1)
			if ($i == "dev") dev = $(i + 1)
		} }
		{ print $2, via, dev }' | LC_ALL=C sort
}

daemons_init
for net in router host left right; do
	ip netns add $net
	ip -n $net link set lo up
done
in_net router sysctl -q net.ipv4.ip_forward=1
join host 10.255.0.2/24 router 10.255.0.1/24
join left 10.255.1.2/24 router 10.255.1.1/24
join right 10.255.2.2/24 router 10.255.2.1/24
ip -n host route add default via 10.255.0.1
for net in left right; do
	ip -n $net route add local 10.9.0.0/16 dev lo
done
ip -n left route add default via 10.255.1.1
ip -n right route add default via 10.255.2.1
# The agreed routes stand before those that zebra writes.
ip -n router rule add pref 1000 lookup 100

shared=1000
prefixes()
{
	seq 0 $((shared - 1)) | awk '{ printf "10.9.%d.%d/28\n",
		$1 / 16, $1 % 16 * 16 }'
}
# The left router tells of them by BGP, and so does BIRD here of the right one.
mkdir zebra bird left
{
	echo "fpm address 127.0.0.1 port 2620"
	echo "router bgp 65001"
	echo " bgp router-id 10.255.0.1"
	echo " no bgp ebgp-requires-policy"
	echo " neighbor 10.255.1.2 remote-as 65002"
	echo " neighbor 10.255.1.2 timers connect 1"
} >zebra/frr.conf
{
	echo "router id 10.255.1.2;"
	echo "protocol device { }"
	echo "protocol bgp { local 10.255.1.2 as 65002;"
	echo "  neighbor 10.255.1.1 as 65001; connect delay time 1;"
	# After an error it stays away for a minute otherwise, or for five.
	echo "  error wait time 1, 2;"
	echo "  ipv4 { import none; export all; }; }"
	echo "protocol static { ipv4;"
	prefixes | sed 's/.*/route & blackhole;/'
	echo "}"
} >left/bird.conf
{
	echo "router id 10.255.0.1;"
	echo "protocol device { scan time 3600; }"
	echo "protocol kernel { kernel table 200; scan time 3600;"
	echo "  ipv4 { import none; export all; }; }"
	echo "protocol static { ipv4;"
	prefixes | sed 's/.*/route & via 10.255.2.2;/'
	echo "}"
} >bird/bird.conf

start_zebra()
{
	start zebra frr "$tmp/zebra" zebra -M dplane_fpm_nl
}

start_bgpd()
{
	start bgpd frr "$tmp/zebra" bgpd
}

start_bird()
{
	start bird bird "$tmp/bird"
}

start_agent()
{
	start agent agent router --table 100 --learn 200,12,ospf --interval 5
}

# A guest, or its machine, may stop zebra for seconds between a deletion and what
# follows.
start_fpm()
{
	start fpm fpm router --quiet 2 --keep 30 --settle 60000
}

in_netns=(ip netns exec left)
start left bird "$tmp/left"
in_netns=(ip netns exec router)
start_agent
start_fpm
start_zebra
until_zebra "$tmp/zebra"
start_bgpd
start_bird
count()
{
	in_net router "$rtmctl" route show protocol "$1" | wc -l
}
until_is "FRR's routes have come by FPM" $shared count bgp
until_is "BIRD's routes have come by the kernel's table" $shared count ospf
connected="10.255.0.0/24 - host
10.255.1.0/24 - left
10.255.2.0/24 - right"
# by DEV NEXT-HOP: what the kernel should have, all shared routes that way
by()
{
	{
		echo "$connected"
		prefixes | sed "s/\$/ $2 $1/"
	} | LC_ALL=C sort
}
by_left=$(by left 10.255.1.2) by_right=$(by right 10.255.2.2)
until_is "the kernel goes by FRR, which has the better priority" "$by_left" \
	kernel router 100
is "so does RTM" "$by_left" "$(agreed router)"
is "as zebra's own JSON has it" $shared "$(frr_says zebra zebra \
	'show ip route bgp json' | grep -c '"ip":"10.255.1.2"')"
is "and BIRD" $shared "$(bird_says bird show route count |
	sed -n 's/^Total: .* \([0-9]*\) networks.*/\1/p;
		s/^\([0-9]*\) of .*/\1/p' | head -n 1)"

# Priorities changed live: ten times all thousand move over, under a ping.
ping_from host -i 0.05 -W 2 10.9.1.1 >pings 2>&1 &
pinger=$!
sleep 1
for i in {1..5}; do
	in_net router "$rtmctl" prio set ospf 10
	until_is "swap $i: all go by BIRD" "$by_right" kernel router 100
	in_net router "$rtmctl" prio set ospf 110
	until_is "swap $i: all go by FRR" "$by_left" kernel router 100
done
sleep 1
kill -INT $pinger
wait $pinger
is "no ping was lost on ten swaps" 0 "$(lost pings 20)"
note "$(grep loss pings)"

# Next hops change: zebra deletes and adds, which are changes to others.
start monitor ip netns exec router "$rtmctl" monitor >told
until_is "somebody watches" 1 \
	eval "in_net router $rtmctl client show | grep -c 'watcher .*rtmctl'"
frr_says zebra bgpd "configure terminal" \
	"route-map far permit 10" "set ip next-hop 10.255.1.3" \
	"router bgp 65001" "address-family ipv4 unicast" \
	"neighbor 10.255.1.2 route-map far in"
frr_says zebra bgpd "clear bgp 10.255.1.2 soft in"
until_is "another next hop reaches the kernel" "$(by left 10.255.1.3)" \
	kernel router 100
frr_says zebra bgpd "configure terminal" \
	"router bgp 65001" "address-family ipv4 unicast" \
	"no neighbor 10.255.1.2 route-map far in"
frr_says zebra bgpd "clear bgp 10.255.1.2 soft in"
until_is "and the old one again" "$by_left" kernel router 100
heard()
{
	wc -l <told
}
until_is "which is told" $((2 * shared)) heard
sleep 1
stop TERM monitor
is "as changes, not as deletions and additions" "$((2 * shared)) changed" \
	"$(awk '{ print $1 }' told | sort | uniq -c | sed 's/^ *//')"

# Each is killed in turn, and comes back.
rounds=$((scale / 5 + 1))
for ((i = 0; i < rounds; i++)); do
	for victim in agent fpm bird zebra bgpd; do
		stop KILL $victim
		start_$victim
		sleep 0.$((RANDOM % 10))
	done
done
until_is "after $rounds rounds of SIGKILL none is missing, none is left" \
	"$by_left" kernel router 100
until_is "nor in RTM: FRR's" $shared count bgp
until_is "nor BIRD's" $shared count ospf
# What is right already may go and come once more: who was killed last has still
# to say what it knows.
audited()
{
	in_net router "$rtmctl" fib audit >/dev/null
	echo "$(figure router proven) $(figure router divergent)"
}
until_is "which an audit proves" "$((shared + 3)) 0" audited
stop KILL zebra bgpd
until_is "zebra stays away, and its routes go after a while" 0 count bgp
until_is "the kernel goes by BIRD" "$by_right" kernel router 100
stop TERM bird
until_is "BIRD takes its routes along" "$connected" kernel router 100
stop TERM agent fpm left
for net in router host left right; do
	ip netns del $net
done

# Many namespaces, a table and an agent each.
nets=64
for ((i = 0; i < nets; i++)); do
	ip netns add n$i
	ip -n "n$i" link add d0 type dummy
	ip -n "n$i" address add 192.0.2.1/24 dev d0
	ip -n "n$i" link set d0 up
	start agent$i agent n$i
	seq 0 99 | awk -v i=$i '{ print "10." i "." $1 ".0/24 192.0.2." $1 + 2, 1 }' \
		>feed$i
	start feed$i ip netns exec n$i "$rtmctl" load feed$i --protocol bgp \
		--dev d0 >/dev/null 2>&1
done
all_have()
{
	local i have=0

	for ((i = 0; i < nets; i++)); do
		[ "$(ip -n "n$i" route show proto 82 | grep -c "^10\.$i\.")" != \
			"$1" ] || have=$((have + 1))
	done
	echo "$have"
}
until_is "$nets namespaces have a hundred routes each" $nets all_have 100
for ((i = 0; i < nets; i++)); do
	stop KILL feed$i
done
until_is "which end with their protocols" $nets all_have 0
for ((i = 0; i < nets; i++)); do
	stop KILL agent$i
	ip netns del n$i
done

# Every socket has the smallest buffer, and changes come by the ten thousand.
ip netns add narrow
ip -n narrow link set lo up
for i in 0 1; do
	ip -n narrow link add d$i type dummy
	ip -n narrow address add 192.0.$((2 + i)).1/24 dev d$i
	ip -n narrow link set d$i up
done
routes=$((2500 * scale))
seq 0 $((routes - 1)) | awk '{ printf "%d.%d.%d.0/24 192.0.2.%d 1\n",
	11 + int($1 / 65536), int($1 / 256) % 256, $1 % 256, 2 + $1 % 250 }' >feed
awk '{ print $1, $2, "d0" }' feed | LC_ALL=C sort >wanted
awk 'NR % 2 { print "route del", $1 }' feed >others-delete
awk 'NR % 2 == 0 { print "route replace", $1, "via 192.0.3.7 metric 64" }' feed \
	>others-replace
start agent agent narrow --receive-buffer 1 --interval 5
start feed ip netns exec narrow "$rtmctl" load feed --protocol bgp --dev d0 \
	>/dev/null
is_wanted()
{
	kernel narrow main | cmp -s - wanted && echo yes
}
until_is "$routes routes, through narrow sockets" yes is_wanted
ip -n narrow -force -batch others-delete 2>/dev/null &
others=$!
ip -n narrow -force -batch others-replace 2>/dev/null
wait $others
for i in 1 2 3; do
	ip -n narrow link set d0 down
	ip -n narrow link set d0 up
done
ip -n narrow -force -batch others-delete 2>/dev/null
began=$SECONDS
until_is "half deleted, half replaced, flaps, half deleted: all are back" yes \
	is_wanted
in_net narrow "$rtmctl" fib audit >status
is "and proven" "$routes 0" "$(figure narrow proven) $(figure narrow divergent)"
note "repaired after $((SECONDS - began)) s;" \
	"$(in_net narrow "$rtmctl" fib status | xargs)"
stop KILL feed
stop TERM agent
ip netns del narrow

# A full view: BIRD, its table, RTM, the kernel.
ip netns add full
ip -n full link add d0 type dummy
ip -n full address add 192.0.2.1/24 dev d0
ip -n full link set d0 up
mkdir full
xz -dc "$top/data/ipv4-prefixes.txt.xz" | awk -v scale="$scale" '
	NR % 100 < scale && !seen[$1]++ {
		print "route", $1, "via 192.0.2." 2 + NR % 250 ";" }' >view
want=$(wc -l <view)
{
	echo "router id 192.0.2.1;"
	echo "protocol device { scan time 3600; }"
	echo "protocol kernel { kernel table 200; scan time 3600;"
	echo "  ipv4 { import none; export all; }; }"
	echo "protocol static { ipv4;"
	cat view
	echo "}"
} >full/bird.conf
in_netns=(ip netns exec full)
start agent agent full --learn 200,12,bgp --interval 30
began=$(date +%s%N)
start bird bird "$tmp/full"
exported()
{
	ip -n full -4 route show table 200 2>/dev/null | wc -l
	sleep 2
}
until_is "BIRD has exported a full view of $want routes" "$want" exported
exported_after=$((($(date +%s%N) - began) / 1000000))
until_is "and all of it is acknowledged" "$want" figure full acknowledged
note "full view of $want: in BIRD's table after $exported_after ms, through" \
	"RTM in the kernel after $((($(date +%s%N) - began) / 1000000)) ms"
in_net full "$rtmctl" fib audit >status
is "an audit proves it" "$want 0" "$(figure full proven) $(figure full divergent)"
note "audit took $(awk '$1 == "last_audit_took_ms" { print $2; exit }' status) ms"
awk '{ sub(";", ""); print $2, $4, "d0" }' view | LC_ALL=C sort >wanted
kernel full main >found
is "the kernel's table is what BIRD has" "" \
	"$(diff wanted found | head -n 5)"
agreed full | grep -v '^192.0.2.0/24 ' >found
is "and what RTM has agreed on" "" "$(diff wanted found | head -n 5)"
stop KILL agent
ip -n full monitor route >told &
monitor=$!
start agent agent full --learn 200,12,bgp --interval 30
until_is "a new agent has it all" "$want" figure full acknowledged
sleep 1
kill $monitor
is "and touched nothing" 0 "$(wc -l <told)"
stop KILL bird
stop TERM agent
ip netns del full
is "rtmfib said nothing" "" "$(cat rtmfib.log)"
echo "1..$n"
exit $failed
