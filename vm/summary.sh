#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Adds up the results of lanes. A lane without any has failed.
# usage: summary.sh lane...
cd "$(dirname "$0")/../build/results" || exit
failed=0
for lane; do
	if ! grep -qsE '^(pass|fail)' "$lane/results"; then
		echo "$lane has no results"
		failed=$((failed + 1))
	fi
done
files=("${@/%//results}")
# With what there is to say of it, which is indented.
grep -hsE '^(fail|    )' "${files[@]}"
count()
{
	cat "${files[@]}" 2>/dev/null | grep -c "^$1"
}
failed=$((failed + $(count fail)))
echo "$(count pass) passed, $failed failed, $(count skip) skipped"
[ $failed -eq 0 ]
