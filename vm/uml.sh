#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Boots User-Mode Linux on the host's own root (read-only) and runs a command
# there as root, in this tree: one CPU, no network, in-kernel code at native
# speed, slow system calls.
# usage: uml.sh [-m MiB] [-t seconds] [-o results-dir] [-a kernel-arguments]
#		-- command...
# Output, results and exit status: as run.sh has them.
EXIT_SETUP=120		# it could not be prepared
EXIT_PANIC=121		# the kernel died
EXIT_SILENT=122		# it ended without telling how it went
EXIT_KLOG=123		# the kernel complained, or is tainted
EXIT_TIMEOUT=124	# time was up
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
trap 'exit $EXIT_SETUP' ERR

mem=2048 seconds=600 results='' args=''
while getopts m:t:o:a: o; do
	case $o in
	m)	mem=$OPTARG ;;
	t)	seconds=$OPTARG ;;
	o)	results=$OPTARG ;;
	a)	args=$OPTARG ;;
	*)	exit $EXIT_SETUP ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { note "no command"; exit $EXIT_SETUP; }

tree=$(dirname "$here")
results=${results:-$tree/build/vm/uml}
mkdir -p "$results"
results=$(cd "$results" && pwd)
rm -rf "$results/guest" "$results/kernel.log"
mkdir "$results/guest"

vars=$("$here/uml-kernel.sh")
eval "$vars"

# A page of a process is a mapping of its own in the worst case.
maps=$(cat /proc/sys/vm/max_map_count)
[ "$maps" -ge 262144 ] ||
	note "vm.max_map_count is $maps: processes above $((maps / 256)) MiB may die"

printf '%s=%q\n' TREE "$tree" >"$results/guest/env"
printf '%q ' "$@" >"$results/guest/command"
: >"$results/guest/output"

trap - ERR
set +e
# In the background, so that its output can be followed; by -s it dies at once.
# shellcheck disable=SC2086
timeout -s KILL "$seconds" "$UML" mem="${mem}M" root=/dev/root \
	rootfstype=hostfs rootflags=/ ro init="$here/uml-init" \
	rtm_share="$results" con=null con0=null,fd:2 stderr=1 ssl=null \
	loglevel=7 panic=-1 slab_nomerge $args \
	</dev/null >"$results/kernel.log" 2>&1 &
uml=$!
trap 'kill "$uml" 2>/dev/null' EXIT
tail -q -s 0.2 -n +1 -f --pid="$uml" "$results/guest/output"
wait "$uml"
status=$?
trap - EXIT

if grep -qE 'Kernel panic|Oops' "$results/kernel.log"; then
	note "the kernel died, see $results/kernel.log"
	"$here/klog.sh" "$results/kernel.log" >&2
	exit $EXIT_PANIC
elif [ "$status" -eq 137 ]; then
	note "not done after $seconds seconds"
	"$here/klog.sh" "$results/kernel.log" >&2
	exit $EXIT_TIMEOUT
fi
status='' tainted=''
[ ! -e "$results/guest/token" ] || eval "$(cat "$results/guest/token")"
if [ -z "$status" ]; then
	note "it ended without a word, see $results/kernel.log"
	tail -n 5 "$results/kernel.log" >&2
	exit $EXIT_SILENT
fi
if ! "$here/klog.sh" -t "$tainted" "$results/kernel.log" >&2; then
	note "the kernel complained (the command's status was $status)"
	exit $EXIT_KLOG
fi
exit "$status"
