# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Sourced by the tests beside it, which count in $n and end with $failed. TAP.
n=0 failed=0

# is WHAT WANTED FOUND
is()
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n $1"
	else
		echo "not ok $n $1"
		diff <(echo "$2") <(echo "$3") | head -n 20 | sed 's/^/# /'
		failed=1
	fi
}

# until_is WHAT WANTED COMMAND...: the command says so soon; how soon is no matter, on
# a machine that may be lent to others.
until_is()
{
	local found end=$((SECONDS + 400))

	while :; do
		found=$("${@:3}")
		if [ "$found" = "$2" ] || [ $SECONDS -ge $end ]; then
			break
		fi
		sleep 0.1
	done
	is "$1" "$2" "$found"
}
