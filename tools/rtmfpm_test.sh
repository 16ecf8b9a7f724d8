#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rtmfpm in a network namespace of its own, which is sent what zebra sends, and
# what it does not. The module is loaded. TAP.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/assert.sh"
trap '' PIPE

top=$(dirname "$(realpath "$0")")/..
rtmctl=$top/build/tools/rtmctl
rtmfpm=$top/build/tools/fib/rtmfpm
tmp=$(mktemp -d)
chmod 755 "$tmp"
net=rtmfpm far=rtmfpm-far
started=()
cd "$tmp" || exit

# shellcheck disable=SC2154
trap 'kill "${started[@]}" 2>/dev/null
	wait
	ip netns del $net
	ip netns del $far
	rm -rf "$tmp"' EXIT

ctl()
{
	ip netns exec $net "$rtmctl" "$@" </dev/null 2>&1 |
		sed -E 's/  +/ /g; s/^ //'
}

# Routes as "prefix protocol next-hop".
brief()
{
	sed -E 's/^\* //; s/^([^ ]*) via ([^ ]*) dev ([^ ]*) ([^ ]*).*/\1 \4 \2/'
}

table()
{
	ctl route show | brief
}

# Numbers as the wire has them, in hexadecimal digits.
host32()
{
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
		$(($1 >> 16 & 255)) $(($1 >> 24))
}

# address A: of IPv6, HEAD::TAIL
address()
{
	if [[ $1 = *:* ]]; then
		printf '%04x%024x%04x' "0x${1%::*}" 0 "0x${1#*::}"
	else
		# shellcheck disable=SC2086
		printf '%02x%02x%02x%02x' ${1//./ }
	fi
}

# family A: AF_INET or AF_INET6
family()
{
	[[ $1 != *:* ]] && echo 02 || echo 0a
}

# attribute TYPE VALUE
attribute()
{
	printf '%02x00%02x00%s' $((4 + ${#2} / 2)) "$1" "$2"
}

# message TYPE REST: netlink's header before the rest
message()
{
	printf '%s%02x000000%s%s%s' "$(host32 $((16 + ${#2} / 2)))" "$1" \
		"$(host32 1)" "$(host32 0)" "$2"
}

new_route=24 del_route=25 new_nexthop=104 del_nexthop=105
bgp=186 ospf=188

# route TYPE PROTOCOL PREFIX VIA: RTA_DST, RTA_PRIORITY, then RTA_GATEWAY and
# RTA_OIF, or RTA_NH_ID where VIA is a number
route()
{
	local via

	if [[ $4 = *.* ]]; then
		via=08000500$(address "$4")08000400$(host32 "$index")
	else
		via=08001e00$(host32 "$4")
	fi
	message "$1" "$(family "$3")$(printf %02x "${3#*/}")0000fe$(
		)$(printf %02x "$2")0001$(host32 0)$(
		)$(attribute 1 "$(address "${3%/*}")")08000600$(host32 20)$via"
}

# nexthop TYPE ID VIA
nexthop()
{
	message "$1" "$(family "$3")00$(printf %02x $bgp)00$(host32 0)$(
		)08000100$(host32 "$2")$(attribute 6 "$(address "$3")")$(
		)08000500$(host32 "$index")"
}

# group ID MEMBER...: RTM_NEWNEXTHOP
group()
{
	local members

	members=$(for id in "${@:2}"; do printf '%s%08x' "$(host32 "$id")" 0; done)
	message $new_nexthop "0000$(printf %02x $bgp)00$(host32 0)$(
		)08000100$(host32 "$1")$(attribute 2 "$members")"
}

# frame MESSAGE...
frame()
{
	local all

	all=$(printf %s "$@")
	printf '0101%04x%s' $((4 + ${#all} / 2)) "$all"
}

# to_printf HEX...: as printf writes them
to_printf()
{
	printf %s "$@" | sed 's/../\\x&/g'
}

# send HEX...: to whom "connect" has connected
send()
{
	# shellcheck disable=SC2059
	printf "$(to_printf "$@")" >&"$to_fpm"
}

# flood FROM TO FRAMES: for each of these numbers, where FRAMES have $mark
mark=305419896
flood()
{
	perl -e 'my ($mark, $from, $to, $frames) = @ARGV;
		sub digits { unpack("H8", pack("V", shift)) }
		$mark = digits($mark);
		for my $number ($from .. $to) {
			my $digits = digits($number);
			print pack("H*", $frames =~ s/$mark/$digits/gr);
		}' $mark "$@" >&"$to_fpm"
}

# Kilobytes of memory that rtmfpm has.
rss()
{
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$fpm/status"
}

# until_accepted N: connections, with those that the other end has closed
until_accepted()
{
	local accepted

	for _ in {1..100}; do
		accepted=$(ip netns exec $net ss -Htnp state connected \
			sport = 2620 | grep -c rtmfpm)
		[ "$accepted" != "$1" ] || break
		sleep 0.05
	done
}

# Until rtmfpm has nothing to do: it has looked who it is that it accepted.
until_idle()
{
	for _ in {1..100}; do
		[ "$(awk '{ print $3 }' "/proc/$fpm/stat")" != S ] || break
		sleep 0.05
	done
}

# A process in the namespace that passes on what it is given.
connect()
{
	until_accepted 0
	exec {to_fpm}> >(exec ip netns exec $net socat -u - TCP:127.0.0.1:2620 2>/dev/null)
	zebra=$!
	started+=("$zebra")
	until_accepted 1
	until_idle
}

disconnect()
{
	exec {to_fpm}>&-
	wait "$zebra" 2>/dev/null
	until_accepted 0
}

start()
{
	ip netns exec $net "$rtmfpm" "$@" 2>>said &
	fpm=$!
	started+=("$fpm")
	for _ in {1..300}; do
		[ -z "$(ip netns exec $net ss -Hlt 'sport = 2620')" ] || break
		sleep 0.1
	done
}

bring_routes()
{
	send "$(frame "$(route $new_route $bgp 10.1.0.0/16 192.0.2.2)")" \
		"$(frame "$(route $new_route $ospf 10.2.0.0/16 192.0.2.3)" \
			"$(route $new_route $bgp 10.3.0.0/16 192.0.2.3)")"
	until_is "routes come to their protocols" "\
10.1.0.0/16 bgp 192.0.2.2
10.2.0.0/16 ospf 192.0.2.3
10.3.0.0/16 bgp 192.0.2.3" table
}

# later_is WHAT WANTED COMMAND...: as until_is, for what takes ten seconds
later_is()
{
	for _ in {1..100}; do
		[ "$("${@:3}")" != "$2" ] || break
		sleep 0.5
	done
	is "$1" "$2" "$("${@:3}")"
}

# What changes from now on; $counted counts it.
counted="cut -d ' ' -f 1 told | uniq -c | xargs"
watch()
{
	ip netns exec $net "$rtmctl" monitor >told &
	monitor=$!
	started+=("$monitor")
	for _ in {1..100}; do
		[ "$(ctl client show | grep -c watcher)" = 0 ] || break
		sleep 0.1
	done
}

ip netns add $net
ip -n $net link set lo up
ip -n $net link add d0 type dummy
ip -n $net address add 192.0.2.1/24 dev d0
ip -n $net link set d0 up
index=$(ip -n $net -o link show d0 | cut -d : -f 1)

# zebra deletes and adds what it changes, in frames that may come apart. No
# machine is too slow for the time that deletions wait.
start --settle 60000 --user daemon
connect
bring_routes
watch
for via in 4 5 6 7 8 9; do
	delete=$(to_printf "$(frame "$(
		route $del_route $bgp 10.3.0.0/16 192.0.2.$((via - 1)))")")
	add=$(to_printf "$(frame "$(
		route $new_route $bgp 10.3.0.0/16 192.0.2.$via)")")
	# shellcheck disable=SC2059
	printf "$delete" >&"$to_fpm"
	sleep 0.1
	# shellcheck disable=SC2059
	printf "$add" >&"$to_fpm"
	until_is "a changed route" "10.3.0.0/16 bgp 192.0.2.$via" \
		eval "table | grep ^10.3"
done
until_is "is told of as that" "6 changed" eval "$counted"
kill $monitor
wait $monitor
disconnect
kill $fpm
wait $fpm

start --quiet 1 --keep 120 --user daemon
connect
bring_routes
watch
send "$(frame "$(route $del_route $bgp 10.3.0.0/16 192.0.2.3)")"
until_is "a deleted route" "" eval "table | grep ^10.3"
until_is "is told of, too" "1 deleted" eval "$counted"
kill $monitor
wait $monitor
send "$(frame "$(route $new_route $bgp 10.4.0.0/16 7)")" \
	"$(frame "$(nexthop $new_nexthop 7 192.0.2.7)")"
until_is "a next hop may come after its route" "10.4.0.0/16 bgp 192.0.2.7" \
	eval "table | grep ^10.4"
send "$(frame "$(nexthop $new_nexthop 7 192.0.2.8)")"
until_is "which follows it" "10.4.0.0/16 bgp 192.0.2.8" \
	eval "table | grep ^10.4"
send "$(frame "$(nexthop $del_nexthop 7 192.0.2.8)")"
until_is "and goes with it" "" eval "table | grep ^10.4"

# One with labels: NHA_ENCAP_TYPE, NHA_ENCAP
labelled=$(nexthop $new_nexthop 8 192.0.2.8)06000700010000000c000800
labelled+=$(attribute 1 00010100)
send "$(frame "$(host32 $((${#labelled} / 2)))${labelled:8}")" \
	"$(frame "$(nexthop $new_nexthop 7 192.0.2.7)")" \
	"$(frame "$(group 6 7 8)")" \
	"$(frame "$(route $new_route $bgp 10.4.0.0/16 6)")"
until_is "without its labels it is none" "10.4.0.0/16 bgp 192.0.2.7" \
	eval "table | grep ^10.4"
send "$(frame "$(route $del_route $bgp 10.4.0.0/16 6)")"
until_is "so the route goes with the other one" "" eval "table | grep ^10.4"

# BGP unnumbered: routes of IPv4 over neighbours of IPv6.
send "$(frame "$(nexthop $new_nexthop 9 fe80::9)")" \
	"$(frame "$(nexthop $new_nexthop 10 192.0.2.10)")" \
	"$(frame "$(group 11 9 10)")" \
	"$(frame "$(route $new_route $bgp fd08::0/16 9)")" \
	"$(frame "$(route $new_route $bgp fd09::0/16 10)")" \
	"$(frame "$(route $new_route $bgp 10.8.0.0/16 9)")" \
	"$(frame "$(route $new_route $bgp 10.9.0.0/16 11)")"
until_is "of a group the gateways of a route's family count" \
	"10.9.0.0/16 bgp 192.0.2.10" eval "table | grep ^10.9"
is "others have no place there" "" "$(table | grep ^10.8)"
until_is "nor have they with IPv6" "fd08::/16 bgp fe80::9" \
	eval "ctl -6 route show | brief"
send "$(frame "$(nexthop $new_nexthop 10 192.0.2.11)")"
until_is "groups follow their members" "10.9.0.0/16 bgp 192.0.2.11" \
	eval "table | grep ^10.9"
send "$(for prefix in 10.8.0.0/16 10.9.0.0/16 fd08::0/16 fd09::0/16; do
	frame "$(route $del_route $bgp $prefix 9)"
done)"
until_is "they go, too" "" eval "table | grep '^10[.]9'"

# zebra takes a new number for each object.
of_route=$(frame "$(nexthop $new_nexthop $mark 192.0.2.7)")$(
	)$(frame "$(route $new_route $bgp 10.4.0.0/16 $mark)")$(
	)$(frame "$(nexthop $del_nexthop $mark 192.0.2.7)")
alone=$(frame "$(nexthop $new_nexthop $mark 192.0.2.7)")$(
	)$(frame "$(nexthop $del_nexthop $mark 192.0.2.7)")
# objects FROM TO VIA: then a route
objects()
{
	flood "$1" "$2" "$of_route"
	flood "1$1" "1$2" "$alone"
	send "$(frame "$(route $new_route $bgp 10.4.0.0/16 "$3")")"
	until_is "routes after objects" "10.4.0.0/16 bgp $3" \
		eval "table | grep ^10.4"
}
objects 10000 11000 192.0.2.5
before=$(rss)
objects 20000 30000 192.0.2.6
is "objects that are gone take no memory" 1 "$(($(rss) - before < 2048))"
send "$(frame "$(route $del_route $bgp 10.4.0.0/16 192.0.2.6)")"
until_is "after which a route goes" "" eval "table | grep ^10.4"

send "$(frame "$(route $new_route $bgp 10.3.0.0/16 192.0.2.3)")" 02010008deadbeef
until_is "a frame counts, whatever comes after it" \
	"10.3.0.0/16 bgp 192.0.2.3" eval "table | grep ^10.3"
disconnect
before=$(table)
sleep 1
is "what zebra brought stays a while" "$before" "$(table)"
connect
send "$(frame "$(route $new_route $ospf 10.2.0.0/16 192.0.2.3)")"
until_is "what it does not bring again goes" "10.2.0.0/16 ospf 192.0.2.3" table
disconnect
kill $fpm
wait $fpm

# Watched by a sanitizer, as what comes below is made to be misread.
rtmfpm=${rtmfpm%/*}/asan/rtmfpm start --quiet 1 --keep 1 --user daemon
connect
send "$(frame "$(route $new_route $bgp 10.1.0.0/16 192.0.2.2)")"
until_is "another time, a route comes again" "10.1.0.0/16 bgp 192.0.2.2" table
disconnect
until_is "all goes if zebra stays away" "" table

# Frames that are none, and one that ends with its last next hop.
for bad in 02010008deadbeef 0001ffff 01010003 "01010014$(host32 15)ffffffff" \
	"0101000c$(host32 9999)00180000" "$(frame "$(message $new_route 02)")" \
	"$(frame "$(message $new_route "022000$(host32 -1)")")" \
	"$(frame "$(message $new_nexthop "0200000000000000080001")")" \
	"$(frame "$(message $new_route "02100000feba000000000000$(
		attribute 9 "08000000$(host32 "$index")")")")" \
	"01010014fffffff0$(host32 24)$(host32 0)$(host32 0)" 0107000800000000; do
	connect
	send "$bad" 2>/dev/null
	disconnect
done
for i in {1..8}; do
	connect
	{
		printf '\x01\x01\x75\x30'
		tail -c "+$((i * 4096))" "$rtmctl" 2>/dev/null | head -c 29996
	} >&"$to_fpm"
	disconnect
done
is "those that are no frames end the connection" 4 "$(grep -c 'not FPM' said)"
is "none is read beyond its end" 0 "$(grep -c AddressSanitizer said)"
connect
send "$(frame "$(route $new_route $bgp 10.5.0.0/16 192.0.2.2)")"
until_is "after much that is none, a frame" "10.5.0.0/16 bgp 192.0.2.2" table

# Whoever may not speak does not even end the connection of who may.
exec {rest}> >(exec ip netns exec $net setpriv --reuid nobody --clear-groups \
	socat -u - TCP:127.0.0.1:2620 2>/dev/null)
nobody=$!
to_zebra=$to_fpm to_fpm=$rest
send "$(frame "$(route $new_route $bgp 10.66.0.0/16 192.0.2.2)")"
until_is "who is not to speak is named" 1 grep -c 'user 65534 is not to speak' said
exec {rest}>&-
wait $nobody
to_fpm=$to_zebra
send "$(frame "$(route $new_route $bgp 10.6.0.0/16 192.0.2.2)")"
until_is "routes are not taken from anybody" "\
10.5.0.0/16 bgp 192.0.2.2
10.6.0.0/16 bgp 192.0.2.2" table
disconnect
exec {to_fpm}> >(exec ip netns exec $net setpriv --reuid daemon --clear-groups \
	socat -u - TCP:127.0.0.1:2620 2>/dev/null)
zebra=$!
send "$(frame "$(route $new_route $bgp 10.7.0.0/16 192.0.2.2)")"
until_is "but from the user that was named" "10.7.0.0/16 bgp 192.0.2.2" table

# Nor are those who may waited for until the others are through.
crowd=() from=$SECONDS
: >said
for i in 1 2 3 4; do
	ip netns exec $net setpriv --reuid nobody --clear-groups perl -MIO::Socket \
		-e 'while (1) { IO::Socket::INET->new("127.0.0.1:2620") }' &
	crowd+=("$!")
done
started+=("${crowd[@]}")
sleep 2
send "$(frame "$(route $new_route $bgp 10.8.0.0/16 192.0.2.2)")"
until_is "while others try all the time, too" "10.8.0.0/16 bgp 192.0.2.2" \
	eval "table | grep ^10.8"
times=$(grep -c 'not to speak' said)
is "which is said every ten seconds at the most" few \
	"$([ "$times" -le $(((SECONDS - from) / 10 + 1)) ] && echo few || echo "$times")"
kill $fpm
until_is "it ends when it is told to" "" eval "ps -o stat= -p $fpm | grep -v ^Z"
kill "${crowd[@]}"
wait $fpm "${crowd[@]}" 2>/dev/null
disconnect
: >said

# Where connections are not listed, nor that of this machine.
cat >blind <<END
#!/bin/sh
mount -t tmpfs none /proc && mkdir /proc/net && : >/proc/net/tcp &&
	exec "$rtmfpm" "\$@"
END
chmod +x blind
rtmfpm=./blind start --user daemon
exec {to_fpm}> >(exec ip netns exec $net socat -u - TCP:127.0.0.1:2620 2>/dev/null)
zebra=$!
send "$(frame "$(route $new_route $bgp 10.8.0.0/16 192.0.2.2)")"
until_is "who cannot be found is not to speak" 1 grep -c 'who is gone' said
is "nor is there a route" "" "$(table)"
disconnect
kill $fpm
wait $fpm

# Nor is one of IPv6 to an address of IPv4.
start --user daemon --address 192.0.2.1
exec {to_fpm}> >(exec ip netns exec $net setpriv --reuid nobody --clear-groups \
	socat -u - "TCP6:[::ffff:192.0.2.1]:2620" 2>/dev/null)
zebra=$!
send "$(frame "$(route $new_route $bgp 10.8.0.0/16 192.0.2.2)")"
until_is "who is found elsewhere is not to speak either" 2 \
	grep -c 'who is gone' said
is "nor is there a route of his" "" "$(table)"
disconnect
kill $fpm
wait $fpm

# What RTM refuses.
limit=$(ctl limit show | awk '$1 == "client-routes" { print $2 }')
start --user daemon
connect
ctl limit set client-routes 2
send "$(for i in 1 2 3; do
	frame "$(route $new_route $bgp 10.$i.0.0/16 192.0.2.2)"
done)"
until_is "what RTM refuses is said" 1 grep -c 'RTM refuses' said
is "what it takes is there" "\
10.1.0.0/16 bgp 192.0.2.2
10.2.0.0/16 bgp 192.0.2.2" "$(table)"
ctl limit set client-routes 3
send "$(frame "$(route $new_route $bgp 10.3.0.0/16 192.0.2.2)")"
until_is "the rest is tried again if zebra sends it again" \
	"10.3.0.0/16 bgp 192.0.2.2" eval "table | grep ^10.3"
send "$(for i in 4 5; do
	frame "$(route $new_route $bgp 10.$i.0.0/16 192.0.2.2)"
done)"
until_is "once for many" 2 grep -c 'RTM refuses' said
ctl limit set client-routes 5
later_is "and by itself after a while" "\
10.4.0.0/16 bgp 192.0.2.2
10.5.0.0/16 bgp 192.0.2.2" eval "table | grep '^10[.][45]'"
ctl limit set client-routes 1
send "$(frame "$(route $new_route $ospf 10.6.0.0/16 192.0.2.2)")" \
	"$(frame "$(route $new_route $ospf 10.1.0.0/16 192.0.2.2)")"
until_is "of another protocol" 3 grep -c 'RTM refuses' said
is "the old one stays" "\
10.1.0.0/16 bgp 192.0.2.2
10.6.0.0/16 ospf 192.0.2.2" "$(table | grep '^10[.][16]')"
ctl limit set client-routes "$limit"
send "$(frame "$(route $new_route $ospf 10.1.0.0/16 192.0.2.2)")"
until_is "until the new one is in" "10.1.0.0/16 ospf 192.0.2.2" \
	eval "table | grep ^10.1"
disconnect

kill -TERM $fpm
wait $fpm
is "it ends" 0 $?
is "and takes its routes along" "" "$(table)"

# A protocol that another process has.
exec {loaded}< <(exec ip netns exec $net "$rtmctl" load - --protocol bgp </dev/null)
loader=$!
started+=("$loader")
read -r -t 60 <&"$loaded"
start --user daemon
connect
send "$(frame "$(route $new_route $ospf 10.1.0.0/16 192.0.2.2)")"
until_is "a route of a protocol that nobody has" "10.1.0.0/16 ospf 192.0.2.2" \
	table
send "$(frame "$(route $new_route $bgp 10.1.0.0/16 192.0.2.2)" \
	"$(route $new_route $bgp 10.2.0.0/16 192.0.2.2)")"
until_is "of one that another process has" 4 grep -c 'RTM refuses' said
is "stays where it is" "10.1.0.0/16 ospf 192.0.2.2" "$(table)"
kill $loader
wait $loader
later_is "until that one has gone" "\
10.1.0.0/16 bgp 192.0.2.2
10.2.0.0/16 bgp 192.0.2.2" table
is "a word about it was enough" 1 "$(grep -c 'another process' said)"
disconnect
kill $fpm
wait $fpm

# Another machine, which is gone without a word.
ip netns add $far
start --keep 1 --user daemon --address 198.51.100.1
is "the address may come later" 1 \
	"$(ip netns exec $net ss -Hlt 'src 198.51.100.1:2620' | wc -l)"
status=0
said=$(ip netns exec $net "$rtmfpm" --address 198.51.100.1 2>&1) || status=$?
is "that nobody has" "1 rtmfpm: listen: Address already in use" "$status $said"
ip -n $net link add v0 type veth peer name v0 netns $far
ip -n $net address add 198.51.100.1/24 dev v0
ip -n $far address add 198.51.100.2/24 dev v0
ip -n $net link set v0 up
ip -n $far link set v0 up
exec {to_fpm}> >(exec ip netns exec $far socat -u - TCP:198.51.100.1:2620 2>/dev/null)
zebra=$!
started+=("$zebra")
send "$(frame "$(route $new_route $bgp 10.1.0.0/16 192.0.2.2)")"
until_is "a route from another machine" "10.1.0.0/16 bgp 192.0.2.2" table
ip -n $far link set v0 down
later_is "goes when that one is silent" "" table
is "which is said" 1 "$(grep -c 'zebra: Connection timed out' said)"
disconnect
kill $fpm
wait $fpm
echo "1..$n"
exit $failed
