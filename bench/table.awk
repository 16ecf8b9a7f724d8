# SPDX-License-Identifier: LGPL-2.1-or-later
# Medians and quartiles of results.csv, and what they are worth.
# usage: awk -f table.awk goals results.csv

# Sorts v[1..n] and gives its p-quantile.
function quantile(v, n, p,   i, j, x, at) {
	for (i = 2; i <= n; i++) {
		x = v[i]
		for (j = i - 1; j && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	at = 1 + (n - 1) * p
	i = int(at)
	return i < n ? v[i] + (at - i) * (v[i + 1] - v[i]) : v[n]
}

function column(what, size, from,   i, r) {
	split("", col)
	for (i = 0; (r = rounds[what, size, i]) != ""; i++)
		col[i + 1] = from[what, size, r]
	return i
}

function verdict(what, ratio,   i, met, short) {
	met = "missed"
	if (goal[what, 1] == "-")
		return ""
	for (i = 1; i <= 3; i++) {
		if (goal[what, i] == "-")
			break
		short = ratio - goal[what, i]
		if (sense[what] == "speed" ? (short < 0) : (short > 0))
			break
		met = name[i]
	}
	return met
}

BEGIN {
	split("floor target stretch", name)
}
FNR == NR {
	if ($0 ~ /^#/ || !NF)
		next
	order[++nr] = $1
	sense[$1] = $2
	for (i = 1; i <= 3; i++)
		goal[$1, i] = $(2 + i)
	title[$1] = $6
	for (i = 7; i <= NF; i++)
		title[$1] = title[$1] " " $i
	next
}
FNR == 1 {
	split($0, header, ",")
	FS = ","
	next
}
/^#/ { next }
{
	split($0, f, ",")
	# Round 0 only warms up.
	if (f[3] == 0)
		next
	key = f[1] SUBSEP f[2]
	if (!(key in count)) {
		sizes[f[1], ++nr_sizes[f[1]]] = f[2]
		count[key] = 0
	}
	rounds[key, count[key]++] = f[3]
	ours[key, f[3]] = f[4]
	peer[key, f[3]] = f[5]
	unit[f[1]] = f[6]
}
END {
	line = "%-48s %7s %-5s %22s %22s %7s  %-20s %s\n"
	printf line, "what", "size", "unit", "ours (quartiles)",
		"peer (quartiles)", "ratio", "floor/target/stretch", "reached"
	for (g = 1; g <= nr; g++) {
		what = order[g]
		for (s = 1; s <= nr_sizes[what]; s++) {
			size = sizes[what, s]
			n = column(what, size, ours)
			o = quantile(col, n, 0.5)
			oq = sprintf("%.1f (%.0f-%.0f)", o,
				     quantile(col, n, 0.25),
				     quantile(col, n, 0.75))
			n = column(what, size, peer)
			p = quantile(col, n, 0.5)
			pq = sprintf("%.1f (%.0f-%.0f)", p,
				     quantile(col, n, 0.25),
				     quantile(col, n, 0.75))
			if (sense[what] == "limit") {
				ratio = o
				shown = pq = "-"
			} else {
				ratio = sense[what] == "speed" ? p / o : o / p
				shown = sprintf("%.2f%s", ratio,
						sense[what] == "speed" ? "x" : "")
			}
			goals = sprintf("%s%s / %s / %s",
					sense[what] == "speed" ? ">=" : "<=",
					goal[what, 1], goal[what, 2],
					goal[what, 3])
			if (goal[what, 1] == "-")
				goals = ""
			printf line, title[what], size, unit[what], oq, pq,
				shown, goals, verdict(what, ratio)
		}
	}
}
