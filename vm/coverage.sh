#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the selftests in the kernel that counts lines, and reports how many of each
# file of kmod/ ran: build/coverage/report, and there the files with the counts,
# "#####" where a line never ran.
# usage: coverage.sh [program...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$(dirname "$here")"
. "$here/common.sh"

status=0
"$here/lanes.sh" -p "$*" gcov || status=1
vars=$("$here/kernel.sh" gcov)
eval "$vars"
objects=$PWD/build/modules/$KREL/kmod
counts=$PWD/build/results/gcov/coverage
rm -rf build/coverage
mkdir build/coverage
cd build/coverage
shopt -s nullglob
for gcda in "$counts"/*.gcda; do
	cp "$objects/$(basename "$gcda" .gcda).gcno" "$counts"
	gcov -r -s "$(cd ../.. && pwd)" "$gcda"
done | awk -F "['%:]" '
	/^File/ { file = $2; sub(/.*kmod\//, "", file) }
	/^Lines executed/ {
		split($0, part, / of /)
		lines[file] = part[2]
		share[file] = $2
	}
	END {
		for (file in lines) {
			if (file !~ /^[a-z_]+\.[ch]$/)
				continue
			ran = lines[file] * share[file] / 100
			printf "%-16s %4d of %4d lines  %6.2f %%\n", file,
				ran + 0.5, lines[file], share[file]
			all += lines[file]
			all_ran += ran
		}
		printf "%-16s %4d of %4d lines  %6.2f %%\n", "zz all",
			all_ran + 0.5, all, 100 * all_ran / all
	}' | sort | sed 's/^zz all/all   /' >report
cat report
grep -q '^all .* [1-9]' report || die "nothing was counted"
exit $status
