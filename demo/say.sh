# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Sourced by the demos: lines with the time since, and checks, of which those
# that fail are counted in $failed.
failed=0

# In hundredths of a second.
now()
{
	local up

	read -r up _ </proc/uptime
	echo $((10#${up/./}))
}

begin=$(now)

say()
{
	local t=$(($(now) - begin))

	printf '%5d.%d s  %s\n' $((t / 100)) $((t % 100 / 10)) "$*"
}

# check WHAT WANTED FOUND
check()
{
	if [ "$2" = "$3" ]; then
		say "    ok: $1: $3"
	else
		say "    FAILED: $1: $3, not $2"
		failed=$((failed + 1))
	fi
}
