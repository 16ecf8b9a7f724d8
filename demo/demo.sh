#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job: several protocols bring real prefixes into one table, one
# watcher follows. Every figure that is printed as "ok" was checked.
# usage, as root: demo.sh [path/to/rtm.ko]
# Without a module it takes the one that is loaded, and leaves it.
set -euo pipefail

module=${1:+$(realpath "$1")}
if [ -z "$module" ] && [ ! -w /dev/rtm ]; then
	echo "the module is not loaded (make load), or this is not root" >&2
	exit 1
fi
cd "$(dirname "$0")/.."
rtmctl=build/tools/rtmctl
tmp=$(mktemp -d)

# Protocol ids, as in rtm.h.
netmgmt=3 rip=8 ospf=13 bgp=14 static=10006

. demo/say.sh

# start NAME ARGUMENTS...: a protocol, in ${pid[NAME]}, as soon as its routes
# are in the table.
declare -A pid
start()
{
	local name=$1 out word count seconds

	shift
	exec {out}< <(exec build/demo/protocol "$@")
	pid[$name]=$!
	read -r word count seconds <&"$out"
	[ "$word" = brought ]
	brought=$count
	routes=$((routes + count))
	say "  $name brought $count routes in $seconds s"
}

stat()
{
	$rtmctl stats | awk -v name="$1" '$1 == name { print $2 }'
}

priority()
{
	$rtmctl prio show | awk -v name="$1" '$1 == name { print $2 }'
}

# A figure that counts from when the module was loaded.
declare -A before
since()
{
	echo $(($(stat "$1") - before[$1]))
}

# routes_of NAME: as the list of clients has it; nothing: it is no client.
routes_of()
{
	$rtmctl client show | awk -v name="$1" '$2 == name { print $7 }'
}

# Who has the best route to a prefix, or to an address.
owner()
{
	$rtmctl -j route get "$1" | sed -n 's/.*"protocol":"\([^"]*\)".*/\1/p'
}

# matched ADDRESS: the prefix that a packet would be sent by.
matched()
{
	$rtmctl -j route get "$1" | sed -n 's/.*"dst":"\([^"]*\)".*/\1/p'
}

# told WHAT ADDED CHANGED DELETED: what the watcher must have heard since.
last=(0 0 0)
told()
{
	local what=$1 count

	shift
	echo count >&"${watch[1]}"
	read -r -a count <&"${watch[0]}"
	check "$what: messages added, changed, deleted" "$*" \
		"$((count[0] - last[0])) $((count[1] - last[1])) $((count[2] - last[2]))"
	check "messages that disagree with the watcher's copy" 0 "${count[4]}"
	last=("${count[@]}")
}

# The watcher's copy, made of messages alone, against the table.
compare()
{
	local found

	echo compare >&"${watch[1]}"
	read -r found <&"${watch[0]}"
	check "watcher's copy and table" "equal $1" "$found"
}

# wait_for SECONDS COMMAND...
wait_for()
{
	local end=$(($(now) + $1 * 100)) next=$(($(now) + 200))

	shift
	until "$@"; do
		[ "$(now)" -lt $end ] || return 1
		if [ "$(now)" -ge $next ]; then
			say "  $(stat routes) routes are there"
			next=$(($(now) + 200))
		fi
		sleep 0.2
	done
}

watching()
{
	[ "$(stat clients)" = 1 ]
}

gone()
{
	local left

	left=$(routes_of "$1") && [ -z "$left" ]
}

aged()
{
	[ "$(routes_of rip)" = 0 ]
}

say "preparing the prefixes"
xz -dc data/ipv4-prefixes.txt.xz >"$tmp/all"
# Above every 500th a /8, a /16 and a /20, unless the data has them.
awk -F '[./ ]' '
	NR % 500 == 0 && $5 > 20 {
		print $1 ".0.0.0/8"
		print $1 "." $2 ".0.0/16"
		print $1 "." $2 "." $3 - $3 % 16 ".0/20"
	}' "$tmp/all" | sort -u >"$tmp/candidates"
awk 'NR == FNR { cover[$1]; next }
	$1 in cover { delete cover[$1] }
	END { print "0.0.0.0/0 0"; for (c in cover) print c, 0 }' \
	"$tmp/candidates" "$tmp/all" >"$tmp/covers"
# What RIP knows: every 20th, and 4096 networks that nobody else has.
awk 'NR % 20 == 0
	END { for (i = 0; i < 4096; i++)
		print "100." 64 + int(i / 256) "." i % 256 ".0/24", 0 }' \
	"$tmp/all" >"$tmp/rip"
n=$(wc -l <"$tmp/all")
# A prefix that two systems announce is one destination.
dests=$(cut -d ' ' -f 1 "$tmp/all" | LC_ALL=C sort -u | wc -l)
covers=$(wc -l <"$tmp/covers")
# Prefixes number 1, 4 and 20: BGP's alone, OSPF's too, everybody's.
one=$(awk 'NR == 1 { print $1 }' "$tmp/all")
four=$(awk 'NR == 4 { print $1 }' "$tmp/all")
twenty=$(awk 'NR == 20 { print $1 }' "$tmp/all")
say "$n prefixes of $dests destinations, $covers covering routes"
check "prefixes" 564580 "$n"

[ -z "$module" ] || insmod "$module"
for name in expired sequence; do
	before[$name]=$(stat $name)
done
rip_had=$(priority rip)
# Where the module stays, so does what it was told.
leave()
{
	kill "${pid[@]}" 2>/dev/null || :
	[ ! -w /dev/rtm ] || $rtmctl prio set rip "$rip_had"
	rm -rf "$tmp"
}
trap leave EXIT
coproc watch { exec build/demo/watch; }
# shellcheck disable=SC2154
watcher=$watch_PID
routes=0
wait_for 120 watching

say "BGP brings them all"
start bgp -p $bgp -i 2 -m 100 "$tmp/all"
check "routes that BGP brought" "$n" "$brought"
told "BGP" "$dests" 0 0
check "routes" "$n" "$(stat routes)"
check "destinations" "$dests" "$(stat destinations)"
bytes=$(stat bytes)
check "best route to $twenty" bgp "$(owner "$twenty")"

say "static routes cover them, and there is a default"
start static -p $static -i 1 "$tmp/covers"
told "static" "$covers" 0 0
check "longest match of 240.0.0.1" default "$(matched 240.0.0.1)"
check "longest match of ${one%/*}" "$one" "$(matched "${one%/*}")"

say "OSPF knows every 4th, with a worse priority"
start ospf -p $ospf -i 3 -m 10 -n 4 "$tmp/all"
check "routes that OSPF brought" $((n / 4)) "$brought"
told "OSPF" 0 0 0
check "best route to $four" bgp "$(owner "$four")"

say "network management has every 10th, with a better priority"
start netmgmt -p $netmgmt -i 4 -n 10 "$tmp/all"
told "network management" 0 $((n / 10)) 0
check "best route to $twenty" netmgmt "$(owner "$twenty")"

say "RIP refreshes routes that live for 24 s: every 20th, and 4096 of its own"
start rip -p $rip -i 5 -m 3 -t 24 "$tmp/rip"
told "RIP" 4096 0 0

say "RIP is given priority 5"
$rtmctl prio set rip 5
told "priority" 0 $((n / 20)) 0
check "best route to $twenty" rip "$(owner "$twenty")"
for left in 25 20 15 10 5; do
	say "  $(stat routes) routes are there, in $left s still"
	sleep 5
done
told "25 s of refreshing" 0 0 0
check "routes that aged out" 0 "$(since expired)"

say "RIP falls silent"
kill -USR1 "${pid[rip]}"
wait_for 120 aged
check "routes that aged out" "$brought" "$(since expired)"
told "ageing" 0 $((n / 20)) 4096
check "best route to $twenty" netmgmt "$(owner "$twenty")"
check "destinations" $((dests + covers)) "$(stat destinations)"
compare $((dests + covers))

say "BGP is killed with SIGKILL"
started=$(now)
kill -KILL "${pid[bgp]}"
wait_for 120 gone bgp
took=$(($(now) - started))
say "  its routes went in $((took / 100)).$((took % 100 / 10)) s"
# OSPF's that network management has not: every 4th but not every 20th.
moved=$((n / 4 - n / 20))
stay=$((n / 4 + n / 10 - n / 20))
told "SIGKILL" 0 $moved $((dests - stay))
check "routes of BGP" "" "$($rtmctl route show protocol bgp | head -n 1)"
check "best route to $four" ospf "$(owner "$four")"
check "best route to $twenty" netmgmt "$(owner "$twenty")"
by=$(matched "${one%/*}")
say "  ${one%/*} goes by $by now"
check "covering routes $by" 1 "$(grep -c "^${by/default/0.0.0.0\/0} " "$tmp/covers")"
compare $((stay + covers))

say "the others end, the worst first"
for p in rip ospf netmgmt static; do
	status=0
	kill -TERM "${pid[$p]}"
	wait "${pid[$p]}" || status=$?
	check "exit status of $p" 0 $status
done
pid=()
told "the end" 0 0 $((stay + covers))
compare 0
check "routes" 0 "$(stat routes)"
$rtmctl prio set rip "$rip_had"
check "priority of RIP" 120 "$(priority rip)"
changes=$((last[0] + last[1] + last[2]))
check "changes the table counted" "$changes" "$(since sequence)"
merged=${last[3]}

in=${watch[1]}
exec {in}>&-
wait "$watcher"
if [ -n "$module" ]; then
	rmmod rtm
	check "module after rmmod" "" "$(awk '$1 == "rtm"' /proc/modules)"
	say "the module is unloaded"
fi

t=$(($(now) - begin))
echo
echo "routes brought          $routes"
echo "changes told            $changes ($merged merged)"
echo "seconds                 $((t / 100))"
echo "bytes a route           $((bytes / n)), of $n routes of BGP"
echo "checks that failed      $failed"
[ $failed -eq 0 ]
