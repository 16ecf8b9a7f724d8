#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: one router, with FRR, which writes the main table, and with rtmfpm,
# RTM and rtmfib, which write table 100. A BIRD beside it feeds FRR by BGP.
# usage: forward-guest.sh rtm.ko rounds percent
set -euo pipefail
ko=$1 rounds=$2 percent=$3
cd "$(dirname "$0")/.."
. vm/daemons-guest.sh
rtmctl=$PWD/build/tools/rtmctl
fib=$PWD/build/tools/fib
out=/run/rtm-results
tmp=$(mktemp -d)
chmod 755 "$tmp"

trap 'kill -KILL "${pid[@]}" 2>/dev/null || :
	tail -n 5 "$tmp"/*.log "$tmp"/*/*.log >&2' ERR

# Milliseconds.
now()
{
	echo $(($(date +%s%N) / 1000000))
}

# cpu NAME...: milliseconds of both kinds that they have used
cpu()
{
	local name fields sum=0

	for name; do
		read -ra fields <"/proc/${pid[$name]}/stat"
		sum=$((sum + fields[13] + fields[14]))
	done
	echo $((sum * 1000 / $(getconf CLK_TCK)))
}

# prefixes main|100: in that table of the router
prefixes()
{
	ip netns exec router cat /proc/net/fib_triestat | awk -v table="$1" '
		/^[A-Z].*:$/ { here = tolower($0) ~ table ":" }
		here && $1 == "Prefixes:" { print $2; exit }'
}

# until_has TABLE COUNT
until_has()
{
	until [ "$(prefixes "$1")" = "$2" ]; do
		sleep 0.2
	done
}

start_zebra()
{
	rm -f "$tmp/router/zserv.api"
	start zebra frr "$tmp/router" zebra -M dplane_fpm_nl "$@"
	until_zebra "$tmp/router"
}

start_agent()
{
	start agent ip netns exec router "$fib/rtmfib" --table 100 "$@"
}

insmod "$ko"
daemons_init
for net in left router host; do
	ip netns add $net
	ip -n $net link set lo up
	mkdir "$tmp/$net"
done
join left 10.255.1.2/24 router 10.255.1.1/24
join host 10.255.0.2/24 router 10.255.0.1/24
join left 10.255.2.2/24 router 10.255.2.1/24 out
ip netns exec router sysctl -q net.ipv4.ip_forward=1
ip -n host route add default via 10.255.0.1
ip -n left route add 10.255.0.0/24 via 10.255.2.1
# The tables are apart from the local one then.
ip -n router rule add pref 1000 to 10.8.0.0/16 lookup 100
cat >"$tmp/router/frr.conf" <<END
fpm address 127.0.0.1 port 2620
router bgp 65001
 bgp router-id 10.255.1.1
 no bgp ebgp-requires-policy
 neighbor 10.255.1.2 remote-as 65002
 neighbor 10.255.1.2 timers connect 1
END

# speak PREFIXES: the left one's BIRD tells of these
speak()
{
	{
		echo "router id 10.255.1.2;"
		echo "protocol device { }"
		echo "protocol bgp { local 10.255.1.2 as 65002;"
		echo "  neighbor 10.255.1.1 as 65001; connect delay time 1;"
		echo "  error wait time 1, 2;"
		echo "  ipv4 { import none; export filter {"
		echo "    bgp_next_hop = 10.255.2.2; accept; }; }; }"
		echo "protocol static { ipv4;"
		sed 's/.*/route & blackhole;/' "$1"
		echo "}"
	} >"$tmp/left/bird.conf"
}

start_left()
{
	in_netns=(ip netns exec left)
	start left bird "$tmp/left"
	in_netns=(ip netns exec router)
}

start_left_and_bgpd()
{
	start bgpd frr "$tmp/router" bgpd
	start_left
}

# What both tables have before.
before=$(prefixes main)

#
# How fast
#
xz -dc data/ipv4-prefixes.txt.xz | awk -v percent="$percent" '
	NR % 100 < percent && !seen[$1]++ { print $1 }' >"$tmp/view"
n=$(wc -l <"$tmp/view")
awk '{ print $1, "10.255.2.2 1" }' "$tmp/view" >"$tmp/feed"
speak "$tmp/view"
in_netns=(ip netns exec router)
echo "what,size,round,ours,peer,unit" >$out/results.csv
for round in $(seq 0 "$rounds"); do
	# From the speaker to both: through zebra's FPM comes what zebra has.
	start_agent --interval 60
	start fpm ip netns exec router "$fib/rtmfpm"
	start_zebra
	until_has 100 "$before"
	began=$(now)
	start_left_and_bgpd
	until_has main $((n + before))
	zebra_ms=$(($(now) - began))
	until_has 100 $((n + before))
	ours_ms=$(($(now) - began))
	echo "forward_feed,$n,$round,$ours_ms,$zebra_ms,ms"
	echo "forward_feed_cpu,$n,$round,$(cpu fpm agent),$(cpu zebra),ms"
	stop TERM left bgpd zebra fpm
	until_has 100 "$before"
	stop TERM agent
	until_has main "$before"

	# zebra alone, fed by BGP; RTM alone, fed by a client.
	start_zebra
	start_left_and_bgpd
	until [ "$(prefixes main)" -gt $((before + 1000)) ]; do
		sleep 0.1
	done
	began=$(now)
	first=$(prefixes main)
	until_has main $((n + before))
	zebra_ms=$(($(now) - began))
	zebra_us=$((zebra_ms * 1000 / (n + before - first)))
	zebra_cpu=$(cpu zebra)
	stop TERM left bgpd zebra
	until_has main "$before"
	start_agent --interval 60
	until_has 100 "$before"
	began=$(now)
	start client ip netns exec router "$rtmctl" load "$tmp/feed" \
		--protocol bgp --dev out >/dev/null
	until_has 100 $((n + before))
	ours_ms=$(($(now) - began))
	echo "forward_route,$n,$round,$((ours_ms * 1000 / n)),$zebra_us,us"
	echo "forward_cpu,$n,$round,$(cpu client agent),$zebra_cpu,ms"
	stop TERM client
	until_has 100 "$before"
	stop TERM agent
done >>$out/results.csv
cat $out/results.csv

#
# How well: both at once, on the same feed
#
seq 0 19999 | awk '{ printf "10.%d.%d.%d/28\n", 8 + int($1 / 4096),
	int($1 / 16) % 256, $1 % 16 * 16 }' >"$tmp/some"
awk 'NR > 1000' "$tmp/some" >"$tmp/fewer"
speak "$tmp/some"
ip -n left route add local 10.8.0.0/13 dev lo
start_agent --interval 10
start fpm ip netns exec router "$fib/rtmfpm"
start_zebra
start_left_and_bgpd

# expect PREFIXES: these are right from now on
expect()
{
	sed 's/$/ via 10.255.2.2 dev out/' "$1" | LC_ALL=C sort >"$tmp/expected"
}

# wrong TABLE: prefixes that are missing, go elsewhere, or are not wanted
wrong()
{
	ip -n router route show table "$1" root 10.8.0.0/13 |
		sed 's/ nhid [0-9]*//' | cut -d ' ' -f 1-5 | LC_ALL=C sort |
		comm -3 - "$tmp/expected" | awk '{ $1 = $1; print $1 }' |
		sort -u | wc -l
}

# healed TABLE SINCE: what is to be said of that
healed()
{
	local left

	while :; do
		left=$(wrong "$1")
		if [ "$left" -eq 0 ]; then
			echo "right after $(($(now) - $2)) ms"
			return
		fi
		[ $(($(now) - $2)) -lt 90000 ] || break
		sleep 0.2
	done
	echo "$left wrong for good"
}

say()
{
	printf '%-52s %-34s %s\n' "$@" | tee -a $out/torture.txt
}

# In all that follows the links and the feed are the same for both.
say "20,000 routes" "zebra" "rtmfib"
expect "$tmp/some"
began=$(now)
for table in main 100; do
	[[ $(healed $table "$began") = right* ]]
done

# meddle WHAT COMMAND: with the table of each in turn; then both from new. What is
# left in the main table comes to RTM, so that is the second.
meddle()
{
	local began ours zebra

	"$2" 100
	began=$(now)
	ours=$(healed 100 "$began")
	"$2" main
	began=$(now)
	zebra=$(healed main "$began")
	[ -e "/proc/${pid[zebra]}/exe" ] || zebra+=", has ended"
	say "$1" "$zebra" "$ours"
	afresh
}

# both WHAT SINCE: of what happens to both at once
both()
{
	local ours

	healed main "$2" >"$tmp/zebra" &
	ours=$(healed 100 "$2")
	wait $!
	say "$1" "$(cat "$tmp/zebra")" "$ours"
}

# With options of zebra and of rtmfib.
afresh()
{
	stop TERM bgpd zebra agent fpm
	# Routes of zebra's next-hop objects go with these.
	ip -n router nexthop flush >/dev/null || :
	ip -n router route flush table main root 10.8.0.0/13 || :
	ip -n router route flush table 100 || :
	start_agent --interval 10 ${2:+"$2" "$3"}
	start fpm ip netns exec router "$fib/rtmfpm"
	start_zebra ${1:+-s "$1"}
	start bgpd frr "$tmp/router" bgpd
	began=$(now)
	for table in main 100; do
		healed $table "$began" >/dev/null
	done
}

metric()
{
	[ "$1" = main ] && echo 20 || echo 64
}

others_delete()
{
	awk -v t="$1" 'NR % 2 { print "route del", $1, "table", t }' "$tmp/some" |
		ip -n router -force -batch - 2>/dev/null || :
}

others_replace()
{
	awk -v t="$1" -v m="$(metric "$1")" 'NR % 2 {
		print "route replace", $1, "via 10.255.1.2 table", t, "metric", m
	}' "$tmp/some" | ip -n router -force -batch - 2>/dev/null || :
}

meddle "others delete half of them" others_delete
meddle "others replace half of them" others_replace

for _ in {1..5}; do
	ip -n router link set out down
	ip -n router link set out up
done
both "their interface flaps five times (*)" "$(now)"
afresh 1 --receive-buffer 1
meddle "others delete half, smallest receive buffers" others_delete

# Pings go to what main and what table 100 leads to.
start ours ip netns exec host ping -n -i 0.05 -W 1 10.8.255.1 >"$tmp/ours"
start zebras ip netns exec host ping -n -i 0.05 -W 1 10.9.0.1 >"$tmp/zebras"
sleep 1
# Without zebra its watchdog restarts bgpd, too.
expect "$tmp/fewer"
speak "$tmp/fewer"
stop KILL zebra agent bgpd
bird_says "$tmp/left" configure >/dev/null
sleep 3
start_zebra
start bgpd frr "$tmp/router" bgpd
start_agent --interval 10
both "killed while 1,000 routes go, and started again" "$(now)"
sleep 1
stop INT ours zebras
say "pings lost meanwhile" "$(lost "$tmp/zebras")" "$(lost "$tmp/ours")"
say "(*) BGP takes them back meanwhile, and RTM has what zebra passes on"
stop TERM left bgpd zebra agent fpm
rmmod rtm
