#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: the whole job by this project; then zebra and BIRD learn the same
# routes from the kernel; then a BIRD is told of them by another one, and tells a
# third. Rows of results.
# usage: daemons-guest.sh rtm.ko daemons-dir rounds
set -euo pipefail
ko=$1 rounds=$3
export RTM_DAEMONS=$2
cd "$(dirname "$0")/.."
. vm/daemons-guest.sh
results=/run/rtm-results/results.csv
prefixes=/tmp/prefixes

xz -dc data/ipv4-prefixes.txt.xz >$prefixes
ip link add bench0 type dummy
ip address add 192.0.2.1/24 dev bench0
ip link set bench0 up

# The daemons, when there is but what the kernel itself made.
daemons_init
mkdir -p /run/frr /run/bird
cat >/run/bird/bird.conf <<-END
	router id 192.0.2.1;
	protocol device { }
	protocol kernel {
		learn;
		scan time 3600;
		ipv4 { import all; export none; };
	}
END

start_zebra()
{
	frr /run/frr zebra &
}

# Routes that it learned and has processed; -1 while it does not answer.
zebra_has()
{
	frr_says /run/frr zebra 'show ip route summary' |
		awk '$1 == "Totals" { ok = 1 }
			$1 == "kernel" { n = $3 }
			END { print ok ? n + 0 : -1 }'
}

start_bird()
{
	bird /run/bird &
}

bird_has()
{
	bird_says /run/bird show route count |
		awk '$1 == "Total:" { ok = 1; n = $2 }
			END { print ok ? n + 0 : -1 }'
}

rss()
{
	awk '$1 == "VmRSS:" { print 1024 * $2 }' "/proc/$1/status"
}

# daemon routes: milliseconds until it has them, and bytes
learn()
{
	local daemon=$1 want=$2 began now pid

	began=$(date +%s%N)
	"start_$daemon"
	pid=$!
	until [ "$("${daemon}_has")" -ge "$want" ]; do
		kill -0 $pid 2>/dev/null ||
			{ cat /run/{frr,bird}/*.log >&2; return 1; }
		sleep 0.5
	done
	now=$(date +%s%N)
	sleep 1
	[ -e /proc/$pid ] || { cat /run/{frr,bird}/*.log >&2; return 1; }
	echo $(((now - began) / 1000000)) "$(rss $pid)"
	kill $pid
	wait $pid || :
}

# speaker NET ADDRESS PROTOCOL...: what a BIRD there is to do
speaker()
{
	mkdir -p "/run/$1"
	{
		echo "router id $2;"
		echo "protocol device { }"
		printf '%s\n' "${@:3}"
	} >"/run/$1/bird.conf"
}

# neighbour NAME ADDRESS AS ADDRESS AS IMPORT EXPORT
neighbour()
{
	echo "protocol bgp $1 { local $2 as $3; neighbor $4 as $5;"
	echo "	connect delay time 1; connect retry time 2; error wait time 1, 2;"
	echo "	ipv4 { import $6; export $7; }; }"
}

# bird_until NET WHAT WORD...: it says so within ten minutes
bird_until()
{
	local end=$((SECONDS + 600)) found

	until found=$(bird_says "/run/$1" "${@:3}") && [[ $found =~ $2 ]]; do
		if [ $SECONDS -ge $end ]; then
			printf '%s\n' "$1 does not say $2:" "$found" >&2
			return 1
		fi
		sleep 0.1
	done
}

# told PREFIXES: milliseconds from when the first of three BIRDs has them until the
# last one has, and bytes of the one between
told()
{
	local want began now net

	want=$(wc -l <"$1")
	speaker left 10.255.1.2 \
		"$(neighbour to_middle 10.255.1.2 65002 10.255.1.1 65001 none all)" \
		"protocol static told { disabled; ipv4;" \
		"$(sed 's/.*/route & blackhole;/' "$1")" "}"
	speaker middle 10.255.1.1 \
		"$(neighbour to_left 10.255.1.1 65001 10.255.1.2 65002 all none)" \
		"$(neighbour to_right 10.255.2.1 65001 10.255.2.2 65003 none all)"
	speaker right 10.255.2.2 \
		"$(neighbour to_middle 10.255.2.2 65003 10.255.2.1 65001 all none)"
	for net in left middle right; do
		in_netns=(ip netns exec "$net")
		start "$net" bird "/run/$net"
	done
	in_netns=()
	for net in left right; do
		bird_until middle Established show protocols "to_$net" || return
	done
	began=$(date +%s%N)
	bird_says /run/left enable told >/dev/null
	bird_until right "Routes: *$want imported" show protocols all to_middle ||
		return
	now=$(date +%s%N)
	sleep 1
	echo $(((now - began) / 1000000)) "$(rss "${pid[middle]}")"
	stop TERM left middle right
}

insmod "$ko"
empty=()
for daemon in zebra bird; do
	# The first time its files are read.
	learn $daemon 0 >/dev/null
	empty+=("$(learn $daemon 0)")
done
build/bench/bin/job $prefixes $((rounds + 1)) >/run/rtm-results/ours
rmmod rtm
n=$(awk '$1 == "routes" { print $2 }' /run/rtm-results/ours)
mapfile -t ours < <(grep -v routes /run/rtm-results/ours)

echo "what,size,round,ours,peer,unit" >$results
i=0
for daemon in zebra bird; do
	for round in $(seq 0 "$rounds"); do
		# Which has ended then: two at a time is what they refuse.
		learned=$(learn $daemon "$n")
		read -r ms bytes <<<"$learned"
		read -r our_ms our_bytes <<<"${ours[$round]}"
		ms=$((ms - ${empty[$i]% *}))
		bytes=$((bytes - ${empty[$i]#* }))
		echo "job_$daemon,$n,$round,$our_ms,$ms,ms"
		echo "job_memory_$daemon,$n,$round,$((our_bytes / n)),$((bytes / n)),bytes"
	done
	i=$((i + 1))
done >>$results

ip link del bench0
for net in left middle right; do
	ip netns add $net
	ip -n $net link set lo up
done
join left 10.255.1.2/24 middle 10.255.1.1/24
join middle 10.255.2.1/24 right 10.255.2.2/24
awk '!seen[$1]++ { print $1 }' $prefixes >$prefixes.once
head -n 1 $prefixes.once >$prefixes.one
told=$(told $prefixes.one)
read -r no_ms no_bytes <<<"$told"
for round in $(seq 0 "$rounds"); do
	told=$(told $prefixes.once)
	read -r ms bytes <<<"$told"
	read -r our_ms our_bytes <<<"${ours[$round]}"
	echo "job_birds,$n,$round,$our_ms,$((ms - no_ms)),ms"
	echo "job_memory_birds,$n,$round,$((our_bytes / n)),$(((bytes - no_bytes) / n)),bytes"
done >>$results
cat $results
