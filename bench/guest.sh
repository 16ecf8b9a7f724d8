#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# In User-Mode Linux: loads the modules, runs the programs one by one.
# usage: guest.sh modules-dir rounds size...
set -euo pipefail
dir=$1 rounds=$2
shift 2
cd "$(dirname "$0")/.."
results=/run/rtm-results/results.csv
bin=build/bench/bin
prefixes=/tmp/ipv4 ipv6=/tmp/ipv6

xz -dc data/ipv4-prefixes.txt.xz >$prefixes
xz -dc data/ipv6-prefixes.txt.xz >$ipv6
insmod "$dir/rtm.ko"
insmod "$dir/rtm_bench.ko"
ip link add bench0 type dummy
ip address add 192.0.2.1/24 dev bench0
ip link set bench0 up

echo "what,size,round,ours,peer,unit" >$results
bench()
{
	local began=$SECONDS

	"$bin/$1" "${@:2}" >>$results
	echo "$1 $2: $((SECONDS - began)) s"
}

bench memory $prefixes 1 "$@"
bench match $prefixes "$rounds" "$@"
bench routes $prefixes "$rounds" "$@"
bench notify $prefixes "$rounds" 20000
bench memory $ipv6 1 100000 all
bench routes $ipv6 "$rounds" 100000 all
bench scale 2 1000000
# Three minutes, which a quick run has not.
[ "$rounds" -lt 7 ] || bench large 3
rmmod rtm_bench rtm
