#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: the whole job by this project; then zebra and BIRD learn the same
# routes from the kernel. Rows of results.
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
cat $results
