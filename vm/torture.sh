#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tries to break what there is, for about as many minutes as is said: everybody at
# once and programs at random, in the kernel that watches for data races beside the
# one that watches memory and locks; then failing allocations, kills and floods, more
# of them up to an hour; then the pure parts.
# usage: torture.sh [minutes]	(default 60)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$(dirname "$here")" || exit
. "$here/common.sh"

minutes=${1:-60}
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || die "\"$minutes\" are no minutes"
status=0

# keep lane...: what it left, from the next run of it, as LANE-together
keep()
{
	local lane

	for lane; do
		rm -rf "build/results/$lane-together"
		mv "build/results/$lane" "build/results/$lane-together"
	done
}

# Two programs, each for 64 and for 32 bits: half of the time in all.
RTM_TEST_SECONDS=$((minutes * 60 / 2 / 4)) \
	"$here/lanes.sh" -p "torture fuzz" kcsan debug debug-2 || status=1
keep debug debug-2
# With an hour, a thousand kills and a million routes; each allocation where that
# is quick, and a part of all that in the kernel that sees most.
part=$((minutes < 60 ? minutes : 60))
RTM_TEST_SCALE=$((5 + 45 * part / 60)) \
	"$here/lanes.sh" -p "faults death flood" debug debug-2 || status=1
RTM_TEST_SCALE=$((100 + 900 * part / 60)) \
	"$here/lanes.sh" -p "death flood" 6.12 || status=1
RTM_TEST_SCALE=100 "$here/lanes.sh" -p "faults" gcov || status=1
make -C selftests/pure fuzz FUZZ_SECONDS=$((minutes * 60 / 10 / 4)) || status=1
exit $status
