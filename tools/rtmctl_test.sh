#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rtmctl against the module, which is loaded and has no other clients. TAP.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/assert.sh"

rtmctl=$(dirname "$(realpath "$0")")/../build/tools/rtmctl
data=$(dirname "$(realpath "$0")")/../data
tmp=$(mktemp -d)
trap 'kill "${loaders[@]}" 2>/dev/null; rm -rf "$tmp"' EXIT
loaders=()
cd "$tmp" || exit

# ends STATUS WORDS ARGUMENTS...: so it ends, and says that on stderr.
ends()
{
	local status=0 said

	said=$("$rtmctl" "${@:3}" </dev/null 2>&1 >/dev/null) || status=$?
	[[ $said == *"$2"* ]] && said=$2
	is "rtmctl ${*:3}" "$1 $2" "$status $said"
}

# ctl ARGUMENTS...: its output without what time changes, blanks squeezed.
ctl()
{
	"$rtmctl" "$@" </dev/null 2>&1 | sed -E 's/  +/ /g; s/^ //
		s/ age [0-9]+//g; s/"age":[0-9]+,?//g; s/,}/}/'
}

# load ARGUMENTS...: when it is done, $loaded is what it said.
load()
{
	local out

	exec {out}< <(exec "$rtmctl" load "$@")
	loader=$!
	loaders+=("$loader")
	read -r -t 60 loaded <&"$out"
}

# unload PID: its exit status.
unload()
{
	kill -TERM "$1"
	wait "$1"
	unloaded=$?
}

# Waits until a file has that many lines.
lines()
{
	for _ in {1..100}; do
		[ "$(wc -l <"$1")" -lt "$2" ] || break
		sleep 0.1
	done
}

cat >a <<END
# what BGP knows
default		192.0.2.1 5
10.0.0.0/8	192.0.2.1 5
10.1.0.0/16	192.0.2.2 7	# longer

192.0.2.0/24	0.0.0.0 1
END
echo 10.1.0.0/16 192.0.2.9 1 >b
cat >ipv6 <<END
default			fe80::1 5
2001:db8::/32		fe80::1 5
2001:db8::/65		2001:db8:ffff::ffff 7
2001:db8:0:0:8000::/65	:: 1
2001:db8::1/128		fe80::2 0x10
END
printf '1 00:00:00:00:00:01 3\n1a 00:00:00:00:00:02 4\n' >ipx
printf '10.0.0.0/8 192.0.2.1 5\n10.0.0.1/8 192.0.2.1 5\n' >bad
seq 0 9999 | awk '{ print "172." 16 + int($1 / 2560) "." int($1 / 10) % 256 "." \
	$1 % 10 * 16 "/28 192.0.2.1 1" }' >many

is "an empty table as text" "" "$(ctl route show)"
is "an empty table as JSON" "[]" "$(ctl -j route show)"
ends 2 "no such route" route get 10.0.0.1
is "priorities" "bgp 20 isis 115 ospf 110 rip 120" \
	"$(ctl prio show | grep -E 'bgp|isis|ospf|rip' | sort | paste -sd ' ')"

"$rtmctl" monitor >changes & loaders+=($!)
"$rtmctl" -j monitor >changes.json & loaders+=($!)
for _ in {1..100}; do
	[ "$(ctl client show | grep -c watcher)" -lt 2 ] || break
	sleep 0.1
done

# A process may call itself what it likes.
ill=$'x\e[2J\n\xff'
cp "$rtmctl" "$tmp/$ill"
"$tmp/$ill" monitor >/dev/null & loaders+=($!)
for _ in {1..100}; do
	[ "$(ctl client show | grep -c watcher)" -lt 3 ] || break
	sleep 0.1
done
is "a name that means ill, as text" 'x?[2J??' \
	"$(ctl client show | sed -n 's/.* \(x[^ ]*\) routes.*/\1/p')"
is "a name that means ill, as JSON" '"name":"x?[2J??"' \
	"$(ctl -j client show | grep -o '"name":"x[^"]*"')"
kill "${loaders[-1]}"
wait "${loaders[-1]}" 2>/dev/null

load a --protocol bgp --dev lo
bgp=$loader
is "load says how many" 4 "${loaded%% *}"
is "a table as text" "\
* default via 192.0.2.1 dev lo bgp prio 20 metric 5
* 10.0.0.0/8 via 192.0.2.1 dev lo bgp prio 20 metric 5
* 10.1.0.0/16 via 192.0.2.2 dev lo bgp prio 20 metric 7
* 192.0.2.0/24 dev lo bgp prio 20 metric 1" "$(ctl route show)"
is "a route as JSON" '[
{"dst":"10.0.0.0/8","gateway":"192.0.2.1","dev":"lo","protocol":"bgp","priority":20,"metric":5,"type":"remote","flags":1,"best":true}
]' "$(ctl -j route get 10.0.0.0/8)"
load b --protocol ospf --dev 7 --ttl 1000
ospf=$loader
is "routes of a network" "\
10.1.0.0/16 via 192.0.2.9 dev 7 ospf prio 110 metric 1 ttl 1000
* 10.1.0.0/16 via 192.0.2.2 dev lo bgp prio 20 metric 7" \
	"$(ctl route show network 10.1.0.0/16 | sed 's/ttl 9[0-9][0-9]/ttl 1000/')"
is "routes of an interface" 1 "$(ctl route show dev 7 | wc -l)"
is "routes of a protocol, as JSON" "[ {best}, {best}, {best}, {best} ]" \
	"$(ctl -j route show protocol bgp |
		sed 's/{.*"bgp".*"best":true}/{best}/' | paste -sd ' ')"
is "best routes" 4 "$(ctl route show best | wc -l)"
is "no best route of OSPF" "" "$(ctl route show best protocol ospf)"
is "longest match" \
	"* 10.1.0.0/16 via 192.0.2.2 dev lo bgp prio 20 metric 7" \
	"$(ctl route get 10.1.2.3)"
ends 2 "no such route" route get 10.1.2.0/24
echo '1 00:00:00:-1:00:01 3' >mac
ends 1 "line 1" -f ipx load mac
ends 0 "" prio set ospf 1
is "priority set" "ospf 1" "$(ctl prio show | grep ospf)"
is "best route after it" ospf "$(ctl route get 10.1.0.0 | cut -d ' ' -f 7)"
ends 0 "" prio set ospf 110
is "clients" "\
ip bgp pid $bgp rtmctl routes 4 pending 0 delivered 0
ip ospf pid $ospf rtmctl routes 1 pending 0 delivered 0" \
	"$(ctl client show | grep -v watcher)"
ends 2 "has a client already" load a --protocol bgp
ends 1 "line 2" load bad --protocol rip
is "a bad file leaves nothing" "" "$(ctl route show protocol rip)"
unload "$ospf"
is "exit status of load" 0 $unloaded
unload "$bgp"
is "routes after it" "" "$(ctl route show)"

lines changes 10
lines changes.json 10
is "lines of monitor" "4 added 2 changed 4 deleted" \
	"$(cut -d ' ' -f 1 changes | sort | uniq -c | xargs)"
is "a change as text" 1 \
	"$(sed -E 's/  +/ /g' changes | grep -cE \
		'^changed 10.1.0.0/16 .* ospf prio 1 .* was 10.1.0.0/16 .* bgp')"
is "a change as JSON" 1 \
	"$(grep -cE '^\{"event":"changed",.*"current":\{.*"ospf".*"previous":\{.*"bgp".*\}\}$' \
		changes.json)"

ip link add d0 type dummy
"$rtmctl" monitor >renamed &
monitor=$!
loaders+=("$monitor")
until_is "a watcher more" 3 eval "ctl client show | grep -c watcher"
load b --protocol ospf --dev d0
lines renamed 1
ip link set d0 name d1
unload "$loader"
lines renamed 2
is "an interface with another name" "added d0 deleted d1" \
	"$(sed -E 's/^([a-z]+) .* dev ([^ ]*) .*/\1 \2/' renamed | xargs)"
ip link del d1
kill "$monitor"
wait "$monitor" 2>/dev/null

load a --protocol bgp --invalid
is "routes marked as not valid" "4 4" "${loaded%% *} $(ctl route show | grep -c ' not valid')"
unload "$loader"

load many
is "many are loaded" 10000 "${loaded%% *}"
is "many are shown, in order" "$(cut -d ' ' -f 1 many)" \
	"$(ctl route show | cut -d ' ' -f 2)"
is "destinations" 10000 "$(ctl stats | awk '$1 == "destinations" { print $2 }')"
status=0
"$rtmctl" route show >/dev/full 2>/dev/null || status=$?
is "a full disk is noticed" 2 $status
unload "$loader"

load ipx -f ipx --protocol rip
is "IPX" "\
* 00000001 via 00:00:00:00:00:01 dev 0 rip ticks 3 hops 0
* 0000001a via 00:00:00:00:00:02 dev 0 rip ticks 4 hops 0" \
	"$(ctl -f ipx route show)"
is "IPX, one" "* 0000001a via 00:00:00:00:00:02 dev 0 rip ticks 4 hops 0" \
	"$(ctl -f ipx route get 1a)"
unload "$loader"

"$rtmctl" -6 monitor >changes6 & loaders+=($!)
for _ in {1..100}; do
	[ "$(ctl client show | grep -c "^ipv6 watcher")" -lt 1 ] || break
	sleep 0.1
done
load ipv6 -6 --protocol bgp --dev lo
is "IPv6, in order" "\
* default via fe80::1 dev lo bgp prio 20 metric 5
* 2001:db8::/32 via fe80::1 dev lo bgp prio 20 metric 5
* 2001:db8::/65 via 2001:db8:ffff::ffff dev lo bgp prio 20 metric 7
* 2001:db8::1/128 via fe80::2 dev lo bgp prio 20 metric 16
* 2001:db8:0:0:8000::/65 dev lo bgp prio 20 metric 1" "$(ctl -6 route show)"
is "IPv6, a network" \
	"* default via fe80::1 dev lo bgp prio 20 metric 5" \
	"$(ctl -f ipv6 route show network default)"
is "IPv6, longest match" \
	"* 2001:db8::/65 via 2001:db8:ffff::ffff dev lo bgp prio 20 metric 7" \
	"$(ctl -6 route get 2001:db8::2)"
is "IPv6, as JSON" '[
{"dst":"2001:db8::/32","gateway":"fe80::1","dev":"lo","protocol":"bgp","priority":20,"metric":5,"type":"remote","flags":1,"best":true}
]' "$(ctl -6 -j route get 2001:db8::/32)"
is "IPv6, on the interface" '[
{"dst":"2001:db8:0:0:8000::/65","dev":"lo","protocol":"bgp","priority":20,"metric":1,"type":"local","flags":1,"best":true}
]' "$(ctl -j -6 route get 2001:db8:0:0:ffff::)"
ends 2 "no such route" -6 route get 2001:db8::/64
is "IPv6, the client" "ipv6 bgp pid $loader rtmctl routes 5 pending 0 delivered 0" \
	"$(ctl client show | grep -v watcher)"
is "IPv6, figures" 5 "$(ctl -6 stats | awk '$1 == "destinations" { print $2 }')"
is "the other tables know nothing of it" "" \
	"$(ctl route show; ctl -f ipx route show)"
ends 0 "" -6 prio set bgp 21
is "IPv6, a priority of its own" "bgp 20 bgp 21" \
	"$({ ctl prio show; ctl -6 prio show; } | grep bgp | xargs)"
ends 0 "" -6 prio set bgp 20
unload "$loader"
lines changes6 10
is "IPv6, lines of monitor" "5 added 5 deleted" \
	"$(cut -d ' ' -f 1 changes6 | sort | uniq -c | xargs)"
echo "2001:db8::1/64 :: 1" >bad6
ends 1 "line 1" -6 load bad6

xz -dc "$data/ipv6-prefixes.txt.xz" | awk 'NR % 32 == 1 {
	print $1, "fe80::" NR % 7 + 1, 1 }' >real
load real -6 --protocol bgp
is "real prefixes are loaded" "$(wc -l <real)" "${loaded%% *}"
is "real prefixes are shown" "$(cut -d ' ' -f 1-2 real | sort)" \
	"$(ctl -6 route show | cut -d ' ' -f 2,4 | sort)"
unload "$loader"

# Somebody who answers as rtmfib does, with what is in the file of that name.
printf '{"family":"ip","wanted":1}\n' >fib-status
printf '{"family":"ip","dst":"10.0.0.0/8"' >fib-diff
: >fib-audit
socat ABSTRACT-LISTEN:rtmfib,fork SYSTEM:"read -r asked; cat fib-\$asked" &
loaders+=($!)
until_is "somebody answers as rtmfib does" 1 eval "ss -Hxl | grep -c '@rtmfib '"
ends 2 "the answer breaks off" fib status
ends 2 "the answer breaks off" fib diff
ends 2 "the answer breaks off" fib audit
{
	printf '{"family":"ip","dst":"10.0.0.0/8","cause":"failed","wanted":['
	for i in {1..40}; do
		printf '%s{"gateway":"192.0.2.%d","dev":"d0"}' \
			"$([ "$i" = 1 ] || echo ,)" "$i"
	done
	printf '],"found":[],"error":"File exists"}\n\n'
} >fib-diff
is "a line is as long as it takes" "10.0.0.0/8 failed wanted$(
	printf ' via 192.0.2.%d dev d0' {1..40}) found nothing error File exists" \
	"$(ctl fib diff)"
echo >fib-diff
ends 0 "" fib diff

nobody=(setpriv --reuid 65534 --clear-groups --bounding-set -all)
status=0
said=$("${nobody[@]}" "$rtmctl" load - 2>&1 </dev/null) || status=$?
is "nobody may not load" "2 rtmctl: load: permission denied" "$status $said"
status=0
"${nobody[@]}" "$rtmctl" stats >/dev/null || status=$?
is "nobody may look" 0 $status
limit=$(ctl limit show | awk '$1 == "client-routes" { print $2 }')
ends 0 "" limit set client-routes 3
is "limit set" 3 "$(ctl limit show | awk '$1 == "client-routes" { print $2 }')"
ends 2 "line 6: a limit is reached" load a
ends 0 "" limit set client-routes "$limit"
echo "1..$n"
exit $failed
