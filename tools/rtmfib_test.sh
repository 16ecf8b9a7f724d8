#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rtmfib in a network namespace of its own, against ip(8), which knows nothing of
# it. The module is loaded. TAP.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/assert.sh"

top=$(dirname "$(realpath "$0")")/..
rtmctl=$top/build/tools/rtmctl
rtmfib=$top/build/tools/fib/rtmfib
tmp=$(mktemp -d)
net=rtmfib
agent='' agent_options=() agent_env=() loaders=()
meddling=(LD_PRELOAD="${rtmfib%/*}/meddle.so" MEDDLE="$tmp/meddle")
cd "$tmp" || exit

# shellcheck disable=SC2154,SC2317
trap 'kill "${loaders[@]}" ${agent:+"$agent"} 2>/dev/null
	wait
	ip netns del $net
	ip netns del $net-held
	rm -rf "$tmp"' EXIT

in_net()
{
	ip netns exec $net "$@"
}

ctl()
{
	in_net "$rtmctl" "$@" </dev/null 2>&1 | sed -E 's/  +/ /g; s/^ //'
}

# The agent's routes in the kernel, sorted, as in "10.0.0.0/8 via 192.0.2.1 dev a".
kernel()
{
	{
		ip -n $net -4 route show proto 82 table all | sed 's/^default/0.0.0.0\/0/'
		ip -n $net -6 route show proto 82 table all
	} | sed -E 's/ (proto 82|scope link|metric 64|pref medium)//g
		s/ +$//' | LC_ALL=C sort
}

# figure NAME [FAMILY]
figure()
{
	ctl -f "${2:-ip}" fib status | awk -v name="$1" '$1 == name { print $2 }'
}

# Ticks that the agent has run for.
ticks()
{
	awk '{ print $14 + $15 }' /proc/$agent/stat
}

nobody=(setpriv --reuid nobody --clear-groups)
cat >connect.pl <<'END'
use Socket;
$| = 1;
sub agent {
	socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die;
	connect($s, pack_sockaddr_un("\0rtmfib")) or die;
	return $s;
}
sub ask {
	my $s = agent();
	syswrite $s, "status\n";
	print while <$s>;
}
eval shift;
END

# How old the figures are that who asks by COMMAND a hundred times is told.
counted()
{
	in_net "$@" perl - 'ask() for 1 .. 100' <connect.pl |
		sed -n 's/.*"counted_age_ms": *\([0-9]*\),.*/\1/p' | sort -nu
}

start()
{
	ip netns exec $net env NOTIFY_SOCKET="$tmp/systemd" "${agent_env[@]}" \
		"$rtmfib" "${agent_options[@]}" 2>>errors &
	agent=$!
	for _ in {1..100}; do
		[ "$(figure audits)" ] && [ "$(figure audits)" -gt 0 ] && return
		sleep 0.1
	done
	echo "# the agent does not answer: $(cat errors)"
}

# stop SIGNAL
stop()
{
	kill "-$1" $agent
	wait $agent 2>/dev/null
	stopped=$?
	agent=''
}

# load ARGUMENTS...: routes from standard input, as rtmctl load takes them.
load()
{
	local out

	cat >routes.$#
	exec {out}< <(exec ip netns exec $net "$rtmctl" load "$@" routes.$# 2>&1)
	loader=$!
	loaders+=("$loader")
	read -r -t 60 loaded <&"$out"
}

unload()
{
	kill -TERM "$1"
	wait "$1" 2>/dev/null
}

# mark ADDRESS: until the listener has told of a route to there, which nobody minds
mark()
{
	for _ in {1..200}; do
		ip -n $net route replace "$1" dev lo table 77
		ip -n $net route del "$1" dev lo table 77
		! grep -q "^Deleted $1 " told || break
		sleep 0.1
	done
}

# What all who ask for it are told of routes, from now on, in the file "told".
listen()
{
	: >told
	ip -n $net monitor route >>told &
	listener=$!
	loaders+=("$listener")
	mark 198.18.0.1
}

heard()
{
	mark 198.18.0.2
	kill $listener
	wait $listener 2>/dev/null
	grep -v '198\.18\.0\.' told
}

socat -u UNIX-RECV:systemd OPEN:ready,creat,append &
systemd=$!
loaders+=("$systemd")
ip netns add $net
ip -n $net link set lo up
for i in 0 1 2; do
	ip -n $net link add d$i type dummy
	ip -n $net address add 192.0.$((2 + i)).1/24 dev d$i
	ip -n $net -6 address add 2001:db8:$i::1/64 dev d$i nodad
	ip -n $net link set d$i up
done

# Another agent, elsewhere, is held in an audit that somebody waits for while all
# else goes on: for longer than it waits for who says nothing.
cat >hold <<END
#!/bin/bash
rm armed-to-hold 2>/dev/null || exit 0
touch held
while [ -e held ]; do sleep 0.2; done
END
chmod +x hold
ip netns add $net-held
ip netns exec $net-held env "${meddling[@]}" MEDDLE="$tmp/hold" MEDDLE_AT="link *" \
	"$rtmfib" --interval 3600 2>>errors &
holder=$!
seq 9000 | awk '{ print "10." int($1 / 256) "." $1 % 256 ".0/24",
	"198.51.100.1", 1 }' >unresolved
ip netns exec $net-held "$rtmctl" load unresolved >loaded-held &
loaders+=("$!")
until_is "much is to be read elsewhere" 1 eval "wc -l <loaded-held"
until_is "an agent there audits" 2 eval \
	"ip netns exec $net-held $rtmctl fib audit 2>/dev/null | grep -c ^audits"
touch armed-to-hold
ip netns exec $net-held "$rtmctl" fib audit >audit-held &
asker=$!
loaders+=("$holder" "$asker")
until_is "and is held in another audit" held find . -name held -printf %f
patience=$((SECONDS + 61))

start
is "connected networks are known" "192.0.2.0/24 192.0.3.0/24 192.0.4.0/24" \
	"$(ctl route show protocol local | awk '{ print $2 }' | xargs)"
is "connected networks of IPv6" "2001:db8::/64 2001:db8:1::/64 2001:db8:2::/64" \
	"$(ctl -6 route show protocol local | awk '{ print $2 }' | xargs)"
is "nothing goes back" "" "$(kernel)"
until_is "systemd is told when the first audit has ended" "READY=1" cat ready

load --protocol bgp --dev d0 <<END
default 192.0.2.9 1
10.0.0.0/8 192.0.2.9 1
10.1.0.0/16 192.0.2.10 1
10.2.0.0/16 0.0.0.0 1
END
bgp=$loader
until_is "routes are in the kernel" "\
0.0.0.0/0 via 192.0.2.9 dev d0
10.0.0.0/8 via 192.0.2.9 dev d0
10.1.0.0/16 via 192.0.2.10 dev d0
10.2.0.0/16 dev d0" kernel
is "as many are wanted as acknowledged" "4 4" \
	"$(figure wanted) $(figure acknowledged)"
ctl fib audit >/dev/null
is "an audit proves them" "4 0" "$(figure proven) $(figure divergent)"
is "there is no difference" "" "$(ctl fib diff)"

load -6 --protocol bgp --dev d0 <<END
default fe80::9 1
2001:db8:8000::/33 2001:db8::9 1
END
bgp6=$loader
until_is "IPv6 routes are in the kernel" "\
2001:db8:8000::/33 via 2001:db8::9 dev d0
default via fe80::9 dev d0" eval "kernel | grep -v '^[01][0.]'"

# Another next hop is put in the place of the first.
listen
load --protocol netmgmt --dev d1 <<END
10.0.0.0/8 192.0.3.7 1
END
is "a protocol of the agent's own is refused" 1 \
	"$(grep -c 'has a client already' <<<"$loaded")"
load --protocol static --dev d1 <<END
10.0.0.0/8 192.0.3.7 1
10.3.0.0/16 192.0.3.7 1
END
static=$loader
until_is "a better route takes its place" "10.0.0.0/8 via 192.0.3.7 dev d1" \
	eval "kernel | grep ^10.0"
until_is "beside a new one" "10.3.0.0/16 via 192.0.3.7 dev d1" \
	eval "kernel | grep ^10.3"
unload $static
until_is "and goes again" "10.0.0.0/8 via 192.0.2.9 dev d0" \
	eval "kernel | grep ^10.[03]"
is "nothing was deleted that was replaced" 1 "$(heard | grep -c ^Deleted)"

# Others meddle.
ip -n $net route del 10.1.0.0/16
until_is "what others delete comes back" "10.1.0.0/16 via 192.0.2.10 dev d0" \
	eval "kernel | grep ^10.1"
ip -n $net route replace 10.1.0.0/16 via 192.0.3.99 metric 64
until_is "what others replace comes back" "10.1.0.0/16 via 192.0.2.10 dev d0" \
	eval "kernel | grep ^10.1"
is "and theirs is gone" 1 "$(ip -n $net route show 10.1.0.0/16 | wc -l)"
ip -n $net route replace 10.1.0.0/16 proto 82 metric 64 \
	nexthop via 192.0.2.10 dev d0 nexthop via inet6 fe80::1 dev d0
until_is "though they but add a hop" "10.1.0.0/16 via 192.0.2.10 dev d0" \
	eval "kernel | grep ^10.1"
ip -n $net route add 10.99.0.0/16 via 192.0.3.99 proto 82 metric 64
until_is "what is not the agent's goes" 0 \
	eval "ip -n $net route show 10.99.0.0/16 | wc -l"
ip -n $net route add blackhole 10.99.0.0/16 proto 82 metric 64
ctl fib audit >/dev/null
until_is "of whatever type it is" 0 \
	eval "ip -n $net route show 10.99.0.0/16 | wc -l"
ip -n $net route add 10.98.0.0/16 via 192.0.3.99 metric 64
ctl fib audit >/dev/null
is "but for what has another protocol" 1 \
	"$(ip -n $net route show 10.98.0.0/16 | wc -l)"
ip -n $net route del 10.98.0.0/16

ip -n $net route prepend 10.1.0.0/16 via 192.0.3.98 metric 64
until_is "what others put in front makes way" "10.1.0.0/16 via 192.0.2.10 dev d0" \
	eval "ip -n $net route show 10.1.0.0/16 | sed 's/ proto.*//'"
ip -n $net -6 route prepend 2001:db8:8000::/33 via 2001:db8:1::98 metric 64
until_is "and of IPv6" "2001:db8:8000::/33 via 2001:db8::9 dev d0" \
	eval "ip -n $net -6 route show 2001:db8:8000::/33 | sed 's/ proto.*//'"
ctl fib audit >/dev/null
is "all is proven" "4 2" "$(figure proven) $(figure proven ipv6)"

# A route that people configure is RTM's, and stays theirs.
ip -n $net route add 10.0.0.0/8 via 192.0.4.5
until_is "a configured route wins" \
	"10.0.0.0/8 via 192.0.4.5 dev d2 netmgmt" \
	eval "ctl route get 10.0.0.0/8 | sed 's/ prio.*//; s/^[*] //'"
until_is "and the agent's makes way" "" eval "kernel | grep ^10.0"
ip -n $net route replace 10.0.0.0/8 via 192.0.4.6
until_is "its next hop follows" "10.0.0.0/8 via 192.0.4.6 dev d2 netmgmt" \
	eval "ctl route get 10.0.0.0/8 | sed 's/ prio.*//; s/^[*] //'"
ip -n $net route del 10.0.0.0/8
until_is "until it goes" "10.0.0.0/8 via 192.0.2.9 dev d0" \
	eval "kernel | grep ^10.0"

# Hops are learned that are an interface and an address, while they live.
netmgmt()
{
	ctl "$@" route show protocol netmgmt |
		sed -E 's/^\* //; s/ netmgmt.*//'
}

ip -n $net route add 10.20.0.0/16 nexthop via inet6 fe80::1 dev d0 \
	nexthop via 192.0.4.5 dev d2
ip -n $net -6 route add 2001:db8:20::/48 encap seg6 mode encap \
	segs 2001:db8::9 dev d0
ip -n $net -6 route add 2001:db8:21::/48 \
	nexthop encap seg6 mode encap segs 2001:db8::9 via 2001:db8::5 \
	nexthop via 2001:db8:2::5
ip -n $net -6 route add default from 2001:db8:1::/48 via fe80::9 dev d0
ip -n $net route add 10.21.0.0/16 nexthop via 192.0.3.5 nexthop via 192.0.4.5
ip -n $net -6 route add 2001:db8:22::/48 via 2001:db8:2::5
ctl fib audit >/dev/null
is "a gateway of the other family is not learned" "\
10.20.0.0/16 via 192.0.4.5 dev d2
10.21.0.0/16 via 192.0.3.5 dev d1
10.21.0.0/16 via 192.0.4.5 dev d2" "$(netmgmt)"
is "nor what is encapsulated, nor what is for some sources" "\
2001:db8:21::/48 via 2001:db8:2::5 dev d2
2001:db8:22::/48 via 2001:db8:2::5 dev d2" "$(netmgmt -6)"
ip -n $net link set d1 down
alive="10.20.0.0/16 via 192.0.4.5 dev d2
10.21.0.0/16 via 192.0.4.5 dev d2"
until_is "an interface takes its hop along" "$alive" netmgmt
ctl fib audit >/dev/null
is "which stays away" "$alive" "$(netmgmt)"
ip -n $net link set d1 up
ip -n $net -6 address add 2001:db8:1::1/64 dev d1 nodad
until_is "until it comes back" "\
10.20.0.0/16 via 192.0.4.5 dev d2
10.21.0.0/16 via 192.0.3.5 dev d1
10.21.0.0/16 via 192.0.4.5 dev d2" netmgmt
for i in 0 1; do
	ip -n $net route del 10.2$i.0.0/16
	ip -n $net -6 route del 2001:db8:2$i::/48
done
ip -n $net -6 route del 2001:db8:22::/48
ip -n $net -6 route del default from 2001:db8:1::/48

# An interface that goes takes routes along, without a word of IPv4.
before=$(kernel)
listen
ip -n $net link set d0 down
until_is "an interface goes, and all by it" "" kernel
is "they are known to be down" "4 0 4" \
	"$(figure down) $(figure wanted) $(ctl -f ip fib diff | grep -c ' down ')"
ip -n $net link set d0 up
ip -n $net -6 address add 2001:db8::1/64 dev d0 nodad
until_is "it comes back, and they with it" "$before" kernel
heard >/dev/null

# Next hops that others lead to.
load --protocol ospf --dev d1 <<END
203.0.113.0/24 192.0.3.9 1
END
ospf=$loader
load --protocol 77 <<END
10.7.0.0/16 203.0.113.5 1
10.8.0.0/16 192.0.4.8 1
10.9.0.0/16 198.51.100.1 1
END
seventy=$loader
until_is "a next hop is resolved" "10.7.0.0/16 via 192.0.3.9 dev d1" \
	eval "kernel | grep ^10.7"
until_is "so is a neighbour" "10.8.0.0/16 via 192.0.4.8 dev d2" \
	eval "kernel | grep ^10.8"
is "not by a default route" "10.9.0.0/16 unresolved wanted nothing found nothing" \
	"$(ctl fib diff)"
load --protocol rip --dev d2 <<END
203.0.113.0/25 192.0.4.9 1
END
rip=$loader
until_is "it follows what is longer" "10.7.0.0/16 via 192.0.4.9 dev d2" \
	eval "kernel | grep ^10.7"
unload $rip
until_is "and what is left" "10.7.0.0/16 via 192.0.3.9 dev d1" \
	eval "kernel | grep ^10.7"
unload $ospf
until_is "and goes where nothing is" "" eval "kernel | grep ^10.7"
unload $seventy

# Routes that their protocol marks as not valid.
load --protocol rip --dev d1 --invalid <<END
10.11.0.0/16 192.0.3.9 1
10.0.0.0/8 192.0.3.9 1
END
rip=$loader
in_net "$rtmctl" prio set rip 1
until_is "a best route that is not valid is not installed" \
	"10.0.0.0/8 invalid wanted nothing found nothing
10.11.0.0/16 invalid wanted nothing found nothing" ctl fib diff
is "nor is what is worse" "" "$(kernel | grep -E '^10\.(0|11)\.')"
unload $rip
in_net "$rtmctl" prio set rip 120
until_is "until it goes" "10.0.0.0/8 via 192.0.2.9 dev d0" \
	eval "kernel | grep -E '^10\.(0|11)\.'"

# Restarts.
before=$(kernel)
listen
stop KILL
is "a killed agent leaves the routes" "$before" "$(kernel)"
start
sleep 1
is "the next one finds them" "$before" "$(kernel)"
is "and touches nothing" "" "$(heard)"
is "all are acknowledged" "4 4 0" \
	"$(figure wanted) $(figure acknowledged) $(figure divergent)"
ctl fib audit >/dev/null
is "and proven" "4 2" "$(figure proven) $(figure proven ipv6)"
stop TERM
is "an agent that ends leaves the routes" "$before 0" "$(kernel) $stopped"
unload $bgp
ip -n $net route del 2001:db8:8000::/33
ip -n $net route add 10.77.0.0/16 via 192.0.3.1 proto 82 metric 64
agent_options=(--receive-buffer 1 --interval 2)
start
until_is "the next one makes up for what went on" "\
2001:db8:8000::/33 via 2001:db8::9 dev d0
default via fe80::9 dev d0" kernel
in_net "$rtmfib" 2>second
is "a second agent does not start" "1 another" "$? $(cut -d ' ' -f 1 second)"

# Every socket has the smallest buffer, and much happens.
seq 0 19999 | awk '{ print "10." int($1 / 256) % 256 "." $1 % 256 ".0/24",
	"192.0.3." 2 + $1 % 250, 1 }' >many
load --protocol bgp --dev d1 <many
bgp=$loader
want=$(awk '{ print $1, "via", $2, "dev d1" }' many | LC_ALL=C sort | md5sum)
until_is "twenty thousand, through narrow sockets" "$want" \
	eval "kernel | grep ^10 | md5sum"
seq 0 2 19998 | awk '{ print "route del 10." int($1 / 256) "." $1 % 256 ".0/24" }' \
	>half
ip -n $net -batch half
for i in 1 2 3 4 5; do
	ip -n $net link set d1 down
	ip -n $net link set d1 up
done
ip -n $net -batch half 2>/dev/null
sleep 2
until_is "half are deleted, their interface flaps, and they are back" "$want" \
	eval "kernel | grep ^10 | md5sum"
ctl fib audit >/dev/null
is "audits prove it" "20000 0" "$(figure proven) $(figure divergent)"
unload $bgp
until_is "they leave with their protocol" "" eval "kernel | grep ^10"
unload $bgp6
until_is "and IPv6's" "" kernel
stop TERM

# A route that an audit finds goes before the audit comes to its messages, of which
# so many wait that this one and the one that it came are told to nobody.
cat >meddle <<END
#!/bin/bash
case \$1 in
before)
	rm armed 2>/dev/null || exit 0
	"$rtmctl" load --protocol bgp --dev d0 brief >brief.out &
	echo \$! >brief.pid
	until [ -s brief.out ]; do sleep 0.05; done ;;
after)
	[ -e brief.pid ] || exit 0
	kill "\$(cat brief.pid)"
	rm brief.pid
	while "$rtmctl" route show protocol bgp | grep -q ^10; do
		sleep 0.05
	done
	touch meddled ;;
esac
END
chmod +x meddle
seq 1 9 | sed 's/.*/10.6.&.0\/24 192.0.2.9 1/' >brief
agent_options=(--interval 3600)
agent_env=("${meddling[@]}")
start
agent_env=()
window=$(ctl limit show | awk '$1 == "window" { print $2 }')
in_net "$rtmctl" limit set window 1
audits=$(figure audits)
touch armed
ip -n $net link add d3 up type dummy
until_is "an audit is meddled with" meddled find . -name meddled -printf %f
until_is "and ends" $((audits + 1)) figure audits
until_is "what came and went while it read is gone" "" eval "kernel | grep ^10.6"
is "without another audit" $((audits + 1)) "$(figure audits)"
in_net "$rtmctl" limit set window "$window"

# A route that another takes the place of goes, whoever's the other one is.
change()
{
	ip -n $net route replace "${@:2}"
	until_is "${1:-nothing} takes the place of the one before" "$1" eval \
		"ctl route show network 10.24.0.0/16 | sed 's/^\* //; s/ prio.*//'"
}

change "10.24.0.0/16 via 192.0.4.5 dev d2 netmgmt" 10.24.0.0/16 via 192.0.4.5
change "" blackhole 10.24.0.0/16
change "10.24.0.0/16 via 192.0.4.6 dev d2 netmgmt" 10.24.0.0/16 via 192.0.4.6
change "10.24.0.0/16 dev d2 local" 10.24.0.0/16 dev d2 proto kernel
change "" 10.24.0.0/16 via 192.0.4.5 proto 99
ip -n $net route del 10.24.0.0/16
stop TERM

# Routes of IPv6 that an audit has read are deleted, and one is added, while it reads
# on: then the kernel passes over as many others.
table_200()
{
	seq "$2" "$3" | sed "s/.*/route $1 2001:db8:200:&::\/64 dev d0 table 200/"
}

cat >meddle <<END
#!/bin/bash
rm armed 2>/dev/null || exit 0
ip -6 -batch passing && touch passed
END
table_200 add 1000 1999 | ip -n $net -6 -batch -
{
	table_200 del 1000 1099
	table_200 add 2000 2000
} >passing
agent_options=(--learn "200,any,bgp" --interval 3600)
agent_env=("${meddling[@]}" MEDDLE_AT="dump 200")
start
agent_env=()
bgp="ctl -6 route show protocol bgp | wc -l"
is "a table is learned" 1000 "$(eval "$bgp")"
ip netns exec $net "$rtmctl" -6 monitor >changes &
watcher=$!
loaders+=("$watcher")
until_is "somebody watches" 1 eval "ctl client show | grep -c 'ipv6 watcher .*rtmctl'"
touch armed
ctl fib audit >/dev/null
is "a table changes while it is read" passed "$(find . -name passed -printf %f)"
until_is "what is in the kernel is in RTM" \
	"$(ip -n $net -6 route show table 200 | wc -l)" eval "$bgp"
until_is "and only what is not there any more was taken back" 100 \
	grep -c '^deleted' changes
unload $watcher
ip -n $net -6 route flush table 200
until_is "until all are gone" "" kernel
stop TERM

# Those who ask.
agent_options=(--interval 3600)
start
kill -STOP $agent
in_net "${nobody[@]}" socat -u - ABSTRACT-CONNECT:rtmfib <<<status
kill -CONT $agent
is "who asks and is gone is no reason not to answer others" 1 \
	"$(figure audits | wc -l)"
stop TERM
is "nor to die of" 0 $stopped

descriptors()
{
	find /proc/$agent/fd -type l | wc -l
}

# Ticks that the agent takes for an interface that no route uses, which comes up and
# goes down six thousand times, of all of which it is told at once.
flapping()
{
	local audits before last=''

	audits=$(figure audits)
	before=$(ticks)
	kill -STOP $agent
	ip -n $net -batch flaps
	kill -CONT $agent
	until [ "$(figure audits)" -gt "$audits" ]; do
		sleep 0.1
	done
	until [ "$(ticks)" = "$last" ]; do
		last=$(ticks)
		sleep 1
	done
	echo $((last - before))
}

# Ticks that it takes to read everything.
reading()
{
	local before

	before=$(ticks)
	ctl fib audit >/dev/null
	echo $(($(ticks) - before))
}

ip -n $net link add flapping type dummy
in_net sysctl -qw net.ipv6.conf.flapping.disable_ipv6=1
seq 6000 | sed 's/.*/link set flapping up\nlink set flapping down/' >flaps
agent_options=(--interval 3600 --receive-buffer 100000000)
start
agent_options=(--interval 3600)
few=$(flapping)
load --protocol bgp < <(seq 100000 | awk '{ print "10." int($1 / 65536) "." \
	int($1 / 256) % 256 "." $1 % 256 "/32", "198.51.100.1", 1 }')
bgp=$loader
until_is "there is much to count" 100000 figure unresolved
is "for root it is counted each time" 0 "$(counted env)"
is "not for anybody who asks" old \
	"$(counted "${nobody[@]}" | tail -n 1 | sed 's/^[1-9].*/old/')"
reading=$(reading)
# At best of three, for others may take the machine meanwhile. If each had the routes
# looked at, it would be fifteen readings.
for _ in 1 2 3; do
	many=$(flapping)
	[ "$many" -ge $((few + 5 * reading)) ] || break
done
is "an interface that no route uses has nobody look at the routes" "few 0" \
	"$([ "$many" -lt $((few + 5 * reading)) ] && echo few || echo "$many") \
$(figure overruns)"
ip -n $net link del flapping
unload $bgp
until_is "it leaves" 0 figure unresolved
# Whom it has answered last it hangs up on a moment later.
until_is "and rests" S cut -d ' ' -f 3 "/proc/$agent/stat"
alone=$(descriptors)
in_net "${nobody[@]}" "$rtmctl" fib status >/dev/null
is "nobody is told figures" 0 $?
said=$(in_net "${nobody[@]}" "$rtmctl" fib diff 2>&1)
is "but not what differs" "2 rtmctl: rtmfib: permission denied" "$? $said"

# crowd PERL: a process of nobody's, where "agent" is another connection
crowd()
{
	ip netns exec $net "${nobody[@]}" perl - "$1" <connect.pl &
	crowd=$!
	loaders+=("$crowd")
}

# What the agent does in two seconds, of the two hundred ticks that there are.
busy()
{
	local before took

	before=$(ticks)
	sleep 2
	took=$(($(ticks) - before))
	[ $took -ge 50 ] && echo "$took ticks" || echo little
}

exec {root}> >(exec ip netns exec $net socat - ABSTRACT-CONNECT:rtmfib >told-root)
until_is "root connects" $((alone + 1)) descriptors
crowd 'push @all, agent() for 1 .. 100; print "all"; sleep' >all
until_is "and nobody, a hundred times" all cat all
in_net "${nobody[@]}" "$rtmctl" fib status >/dev/null
is "who is answered once more" 0 $?
is "for some others are hung up on" yes \
	"$([ "$(descriptors)" -gt $((alone + 32)) ] || echo yes)"
prlimit --pid $agent --nofile=$((alone + 16))
in_net "${nobody[@]}" "$rtmctl" fib status >/dev/null
is "as where there are not as many descriptors" 0 $?
echo status >&"$root"
until_is "but not root" 2 grep -c audits told-root
exec {root}>&-
kill "$crowd"
until_is "they leave nothing behind" "$alone" descriptors
prlimit --pid $agent --nofile=1
in_net "$rtmctl" fib status >told-late &
late=$!
# At best of three, for what the machine stands still may be counted, too.
for _ in 1 2 3; do
	work=$(busy)
	[ "$work" != little ] || break
done
is "where there is no descriptor there is little to do" little "$work"
prlimit --pid $agent --nofile=1024
wait $late
is "until there is one" "0 2" "$? $(grep -c audits told-late)"
stop TERM

ip netns exec $net "${nobody[@]}" socat ABSTRACT-LISTEN:rtmfib,fork PIPE &
taker=$!
loaders+=("$taker")
until_is "nobody takes the agent's name" 1 \
	eval "in_net ss -Hxl | grep -c '@rtmfib '"
ip netns exec $net "$rtmfib" 2>taken &
agent=$!
load --protocol bgp --dev d0 <<<"10.67.0.0/16 192.0.2.9 1"
until_is "and yet there is one" "10.67.0.0/16 via 192.0.2.9 dev d0" kernel
is "that says what it lacks" \
	"another user has the control socket's name: rtmctl cannot ask" \
	"$(cat taken)"
is "nobody is not taken for it" "rtmctl: user 65534 pretends to be rtmfib" \
	"$(ctl fib status)"
unload $loader
until_is "its routes go as they came" "" kernel
unload "$taker"
stop TERM

# The kernel prefers what has a lower metric, whatever RTM does.
agent_options=(--interval 3600)
start
load --protocol static --dev d1 <<END
10.30.0.0/16 192.0.3.7 1
10.31.0.0/16 192.0.3.7 1
END
static=$loader
load -6 --protocol static --dev d0 <<<"2001:db8:30::/48 2001:db8::7 1"
static6=$loader
until_is "routes are there" "\
10.30.0.0/16 via 192.0.3.7 dev d1
10.31.0.0/16 via 192.0.3.7 dev d1
2001:db8:30::/48 via 2001:db8::7 dev d0" kernel
ctl fib audit >/dev/null
is "and proven" "2 1" "$(figure proven) $(figure proven ipv6)"
ip -n $net route add 10.30.0.0/16 via 192.0.4.5
ip -n $net route add 10.31.0.0/16 via 192.0.4.5 metric 65
ip -n $net route add 10.31.0.0/16 tos 4 via 192.0.4.5
ip -n $net -6 route add 2001:db8:30::/48 via 2001:db8:2::5 metric 10
shadowed="\
10.30.0.0/16 shadowed wanted via 192.0.3.7 dev d1 found via 192.0.3.7 dev d1
2001:db8:30::/48 shadowed wanted via 2001:db8::7 dev d0 found via 2001:db8::7 dev d0"
until_is "one that the kernel does not forward by is told of" "$shadowed" \
	eval "ctl fib diff | LC_ALL=C sort"
is "as it is" "10.30.0.1 via 192.0.4.5" \
	"$(ip -n $net route get 10.30.0.1 | awk '{ print $1, $2, $3; exit }')"
stop KILL
start
is "a new agent finds it" "$shadowed" "$(ctl fib diff | LC_ALL=C sort)"
ctl fib audit >/dev/null
counts()
{
	local name

	for name in wanted acknowledged proven divergent; do
		figure $name "$@"
	done | xargs
}

is "it is not proven" "2 2 1 1" "$(counts)"
is "nor is IPv6's" "1 1 0 1" "$(counts ipv6)"
is "and nothing is repaired" "0 0" \
	"$(figure installed) $(figure installed ipv6)"
ip -n $net route replace blackhole 10.30.0.0/16
ip -n $net -6 route del 2001:db8:30::/48 metric 10
ctl fib audit >/dev/null
is "one that leads nowhere is preferred, too" "2 2 1 1" "$(counts)"
is "one that is gone is not" "1 1 1 0" "$(counts ipv6)"
ip -n $net route del blackhole 10.30.0.0/16
ip -n $net route del 10.31.0.0/16 metric 65
ip -n $net route del 10.31.0.0/16 tos 4
ctl fib audit >/dev/null
is "until it goes" "2 2 2 0 " "$(counts) $(ctl fib diff)"
unload $static
unload $static6
until_is "all leave" "" kernel

# Kilobytes that the agent had at the most.
memory()
{
	awk '$1 == "VmHWM:" { print $2 }' /proc/$agent/status
}

# Of those that are preferred to nothing it remembers none.
seq 30000 | awk '{ print "route add blackhole 10." int($1 / 65536) "." \
	int($1 / 256) % 256 "." $1 % 256 "/32" }' >others
before=$(memory)
ip -n $net -batch others
ctl fib audit >/dev/null
took=$(($(memory) - before))
is "what others have there takes no memory" little \
	"$([ $took -lt 3000 ] && echo little || echo $took)"
ip -n $net route flush type blackhole
stop TERM

# Addresses come and go more often than the kernel's table can be read.
cat >meddle <<END
#!/bin/bash
[ -e armed ] || exit 0
ip address add 10.255.0.1/32 dev lo
ip address del 10.255.0.1/32 dev lo
echo >>meddled
END
rm -f meddled
touch armed
load --protocol bgp --dev d0 <<<"10.63.0.0/16 192.0.2.9 1"
agent_env=("${meddling[@]}" MEDDLE_AT="dump 254")
start
agent_env=()
until_is "an agent that is never left in peace installs routes all the same" \
	"10.63.0.0/16 via 192.0.2.9 dev d0" kernel
is "though not at once" yes "$([ "$(wc -l <meddled)" -ge 6 ] && echo yes)"
rm armed
ctl fib audit >/dev/null
is "and proves them" "1 0" "$(figure proven) $(figure divergent)"
unload $loader
until_is "until they leave" "" kernel
stop TERM

# The list of interfaces lacks one that is there, as it may where others come and go
# while it is read.
index=$(ip -n $net -o link show d2 | cut -d : -f 1)
cat >meddle <<END
#!/bin/bash
[ -e armed ] || exit 0
[ "\$(cat armed)" != once ] || rm armed
echo >>meddled
exit 1
END
rm -f meddled
agent_options=(--interval 3600)
agent_env=("${meddling[@]}" MEDDLE_AT="link $index")
start
load --protocol bgp --dev d2 <<<"10.65.0.0/16 192.0.4.9 1"
until_is "a route is there" "10.65.0.0/16 via 192.0.4.9 dev d2" kernel
ip netns exec $net "$rtmctl" monitor >changes &
watcher=$!
loaders+=("$watcher")
until_is "somebody watches" 1 eval "ctl client show | grep -c 'ip watcher .*rtmctl'"
for armed in once always; do
	listen
	echo $armed >armed
	ctl fib audit >/dev/null
	is "an interface that is passed over $armed takes no route along" "" \
		"$(heard)"
done
is "neither in RTM" 0 "$(grep -c '^deleted' changes)"
unload $watcher
is "though it was" yes "$([ "$(wc -l <meddled)" -gt 3 ] && echo yes)"
stop TERM
start
agent_env=()
is "an agent starts that never sees it" yes "$([ "$(figure audits)" ] && echo yes)"
rm armed
until_is "until it does" "10.65.0.0/16 via 192.0.4.9 dev d2" kernel
unload $loader
until_is "the route leaves" "" kernel
stop TERM

# Several next hops in one route, and a table of its own.
agent_options=(--multipath --table 100)
start
until_is "a table of its own has connected networks too" "\
192.0.2.0/24 dev d0
192.0.3.0/24 dev d1
192.0.4.0/24 dev d2
2001:db8:2::/64 dev d2
2001:db8::/64 dev d0" eval "kernel | sed 's/ table 100//'"
load --protocol bgp --dev d0 <<END
10.5.0.0/16 192.0.2.9 1
10.5.0.0/16 192.0.2.10 1
10.5.0.0/16 192.0.2.11 2
END
bgp=$loader
multipath="ip -n $net route show 10.5.0.0/16 table 100 | sed 's/ *\$//'"
two="10.5.0.0/16 proto 82 metric 64
	nexthop via 192.0.2.9 dev d0 weight 1
	nexthop via 192.0.2.10 dev d0 weight 1"
until_is "equally good routes are one" "$two" \
	eval "$multipath"
listen
stop KILL
start
sleep 1
is "which a new agent finds" "" "$(heard)"
ip -n $net route del 10.5.0.0/16 table 100
until_is "and repairs" "$two" \
	eval "$multipath"
unload $bgp
until_is "until they go" "" eval "$multipath"

# Of routes that are equally good one is RTM's best, wherever it stands in order.
load --protocol 78 --dev d0 <<<"10.5.0.0/16 192.0.2.9 1"
best=$loader
one="10.5.0.0/16 via 192.0.2.9 dev d0 proto 82 metric 64"
until_is "the best route is there" "$one" eval "$multipath"
load --protocol 77 --dev d0 --invalid <<<"10.5.0.0/16 192.0.2.10 1"
seventy=$loader
is "RTM keeps it beside an equal that is not valid" "* 78" \
	"$(ctl route get 10.5.0.0/16 | awk '{ print $1, $7 }')"
ctl fib audit >/dev/null
is "so does the kernel" "$one" "$(eval "$multipath")"
unload $seventy
unload $best
load --protocol rip --dev d0 < <(seq 2 65 | sed 's/.*/10.5.0.0\/16 192.0.2.& 1/')
rip=$loader
until_is "as many are one as there is room for" 64 \
	eval "$multipath | grep -c nexthop"
load --protocol bgp --dev d0 <<<"10.5.0.0/16 192.0.2.99 1"
bgp=$loader
until_is "a better one takes their place" "${one/.9 /.99 }" eval "$multipath"

# Reading all of a destination fails: that does not mean that it has no route.
cat >meddle <<END
#!/bin/bash
[ ! -e armed ] || exit 12
END
stop TERM
agent_env=("${meddling[@]}" MEDDLE_AT="before 1")
start
agent_env=()
touch armed
ctl fib audit >/dev/null
until_is "an agent that cannot read RTM ends" "RtmGetNextRoute: error 8" \
	cat errors
is "and leaves the routes" "${one/.9 /.99 }" "$(eval "$multipath")"
stop TERM 2>/dev/null
rm armed errors
start
unload $bgp
unload $rip
until_is "until they go, too" "" eval "$multipath"
stop TERM

# Of IPv6 there is no route of several next hops that is not by gateways alone.
agent_options=(--multipath --table 100)
for i in 0 2; do
	ip -n $net -6 address add 2001:db8:5::$i/64 dev d$i nodad
done
start
load -6 --protocol bgp --dev d0 <<END
2001:db8:50::/48 2001:db8::9 1
2001:db8:50::/48 2001:db8::a 1
2001:db8:51::/48 :: 1
2001:db8:51::/48 2001:db8::9 1
2001:db8:51::/48 2001:db8::a 1
END
bgp6=$loader
until_is "all are in the kernel" "2001:db8:50::/48 2001:db8:51::/48\
 2001:db8:5::/64" \
	eval "kernel | awk '/^2001:db8:5.*::/ { print \$1 }' | xargs"
ctl -6 fib audit >/dev/null
is "as they should be" "0 0 " \
	"$(figure divergent ipv6) $(figure refused ipv6) $(ctl -6 fib diff)"
is "gateways are one route" "\
2001:db8:50::/48 proto 82 metric 64 pref medium
	nexthop via 2001:db8::9 dev d0 weight 1
	nexthop via 2001:db8::a dev d0 weight 1" "$(ip -n $net -6 route show \
	2001:db8:50::/48 table 100 | sed 's/ *$//')"
unload $bgp6
until_is "until they go" 0 eval "kernel | grep -c 2001:db8:5.::"
for i in 0 2; do
	ip -n $net -6 address del 2001:db8:5::$i/64 dev d$i
done
stop TERM

# A default route in a table of the agent's own, and what main has for itself.
agent_options=(--table 100 --interval 3600)
in_net sysctl -qw net.ipv4.nexthop_compat_mode=0
ip -n $net address add 192.0.4.77/32 dev d2
ip -n $net nexthop add id 7 via 192.0.4.5 dev d2
ip -n $net route add blackhole 10.80.0.0/16
ip -n $net route add 10.81.0.0/16 via 192.0.4.5 src 192.0.4.77 mtu 1300
ip -n $net route add 10.82.0.0/16 nhid 7
ip -n $net route add 10.83.0.0/16 via 192.0.4.5
ip -n $net route add default via 192.0.4.99
start
load --protocol static --dev d0 <<END
default 192.0.2.9 1
10.83.1.0/24 192.0.2.9 1
END
static=$loader
load -6 --protocol static --dev d0 <<<"default 2001:db8::9 1"
static6=$loader
until_is "RTM has a default route in a table of its own" 1 \
	eval "ip -n $net -6 route show table 100 | grep -c default"
for family in -4 -6; do
	ip -n $net $family rule add pref 1000 lookup 100
done

# leads ADDRESS [oif DEV]
leads()
{
	ip -n $net -o route get "$@" 2>&1 |
		grep -oE '(via|dev|table|src|mtu) [^ ]+|answers: .*' | xargs
}

here="via 192.0.2.9 dev d0 table 100 src 192.0.2.1"
is "it takes what a blackhole was for" "$here" "$(leads 10.80.0.1)"
is "and what a next-hop object leads to" "$here" "$(leads 10.82.0.1)"
is "and neighbours by their link-local addresses" \
	"via 2001:db8::9 dev d0 table 100" \
	"$(leads fe80::9 oif d0 | sed 's/ src.*//')"
is "a learned route has a source and an MTU no more" \
	"via 192.0.4.5 dev d2 table 100 src 192.0.4.1" "$(leads 10.81.0.1)"
is "what is longer wins" "$here" "$(leads 10.83.1.1)"
ip -n $net -6 rule add pref 999 to fe80::/10 lookup main
is "with a rule neighbours are reached" "dev d0" \
	"$(leads fe80::9 oif d0 | grep -o '^dev d0')"
ip -n $net -6 rule del pref 999
for family in -4 -6; do
	ip -n $net $family rule add pref 999 lookup main suppress_prefixlength 0
done
is "main first, a blackhole is one" "answers: Invalid argument" \
	"$(leads 10.80.0.1)"
is "a next-hop object leads on" "via 192.0.4.5 dev d2 src 192.0.4.1" \
	"$(leads 10.82.0.1)"
is "source and MTU are there" "via 192.0.4.5 dev d2 src 192.0.4.77 mtu 1300" \
	"$(leads 10.81.0.1)"
is "neighbours are reached" "dev d0" "$(leads fe80::9 oif d0 | grep -o '^dev d0')"
is "what is longer does not win" "via 192.0.4.5 dev d2 src 192.0.4.1" \
	"$(leads 10.83.1.1)"
is "the rest goes by RTM's default route" "$here" "$(leads 10.84.0.1)"
for family in -4 -6; do
	ip -n $net $family rule del pref 999
	ip -n $net $family rule del pref 1000
done
ip -n $net route del default
for i in 0 1 2 3; do
	ip -n $net route del 10.8$i.0.0/16
done
ip -n $net nexthop del id 7
ip -n $net address del 192.0.4.77/32 dev d2
in_net sysctl -qw net.ipv4.nexthop_compat_mode=1
unload $static
unload $static6
stop TERM

# What was asked of the agent that is held.
while [ $SECONDS -lt $patience ]; do
	sleep 1
done
rm held
wait $asker
is "who waits for an audit is told of it" "0 2" \
	"$? $(grep -c ^audits audit-held)"
kill $holder
wait $holder
is "the agent said nothing" "" "$(cat errors)"
is "none of its routes is left in RTM" "" "$(ctl route show)"
echo "1..$n"
exit $failed
