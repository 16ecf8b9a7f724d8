#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Draws what a row costs against the size of the table, ours beside the peer's:
# an SVG for operations, one for memory.
# usage: plot.sh results.csv directory
set -euo pipefail
csv=$1 out=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Medians over the rounds, a file a row: size, ours, peer.
awk -F , -v dir="$tmp" '
	function median(text,   v, n, i, j, x) {
		n = split(text, v, " ")
		for (i = 2; i <= n; i++) {
			x = v[i] + 0
			for (j = i - 1; j && v[j] + 0 > x; j--)
				v[j + 1] = v[j]
			v[j + 1] = x
		}
		return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
	}
	/^#/ || FNR == 1 || $3 == 0 { next }
	{
		if (!(($1, $2) in ours))
			order[++nr] = $1 SUBSEP $2
		ours[$1, $2] = ours[$1, $2] " " $4
		peer[$1, $2] = peer[$1, $2] " " $5
	}
	END {
		for (i = 1; i <= nr; i++) {
			split(order[i], k, SUBSEP)
			print k[2], median(ours[order[i]]), \
				median(peer[order[i]]) >(dir "/" k[1])
		}
	}' "$csv"

# plot FILE TITLE UNIT ROW...
plot()
{
	local file=$1 title=$2 unit=$3 row curves='' color=0
	shift 3

	for row; do
		[ -s "$tmp/$row" ] || continue
		color=$((color + 1))
		curves+="${curves:+, }'$tmp/$row' using 1:2 with linespoints"
		curves+=" linecolor $color title '${row//_/ }'"
		curves+=", '' using 1:3 with linespoints linecolor $color"
		curves+=" dashtype 2 title '${row//_/ }: peer'"
	done
	[ -n "$curves" ] || { echo "nothing to plot in $csv" >&2; return 1; }
	gnuplot <<-END
		set terminal svg size 900,560 background 'white'
		set output '$out/$file.svg'
		set title '$title'
		set logscale xy
		set xlabel 'routes in the table'
		set ylabel '$unit'
		set key outside right
		set grid
		plot $curves
	END
}

plot operations "Operations beside the Linux FIB" "nanoseconds each" \
	add_sorted add_random delete_sorted delete_random enumerate \
	match_uniform match_in_table
plot memory "Memory beside the Linux FIB" "slab bytes a destination" \
	memory_dest memory_route_each
