#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads one program's TAP strictly and prints one line a test: pass, fail or
# skip, the lane, the suite, the test. What is missing, doubled, out of order, at odds
# with the exit status or skipped without being expected to, is a failure.
# usage: tap.sh lane suite exit-status file
set -euo pipefail

# shellcheck disable=SC2016
awk -v lane="$1" -v suite="$2" -v status="$3" '
	function say(what, text) { print what, lane, suite ": " text }
	function expected(name,   i) {
		for (i in skips)
			if (suite ": " name ~ "^(" skips[i] ")$")
				return 1
		return 0
	}
	FILENAME ~ /expected-skips$/ {
		if ($0 !~ /^#/ && lane ~ "^(" $1 ")$") {
			sub(/^[^ \t]+[ \t]+/, "")
			skips[FNR] = $0
		}
		next
	}
	{ sub(/\r$/, "") }
	/^1\.\.[0-9]+/ {
		plans++
		plan = substr($1, 4)
		if (plan == 0) {
			none = 1
			say(expected("all") ? "skip" : "fail", "all " $0)
		}
		next
	}
	/^(not )?ok( |$)/ {
		bad = sub(/^not /, "")
		sub(/^ok */, "")
		n++
		if (match($0, /^[0-9]+/)) {
			if (substr($0, 1, RLENGTH) != n)
				wrong = 1
			sub(/^[0-9]+ *(- *)?/, "")
		}
		directive = ""
		if (match($0, /# *(SKIP|TODO|XFAIL|XPASS)/)) {
			directive = substr($0, RSTART)
			$0 = substr($0, 1, RSTART - 1)
			sub(/ *$/, "")
		}
		if (bad) {
			failed++
			say("fail", $0 " " directive)
		} else if (directive ~ /SKIP/ && expected($0)) {
			skipped++
			say("skip", $0 " " directive)
		} else if (directive) {
			say("fail", $0 " unexpected: " directive)
		} else {
			say("pass", $0)
		}
	}
	/^Bail out!/ { say("fail", $0) }
	END {
		if (plans != 1)
			say("fail", plans + 0 " plans")
		else if (plan + 0 != n + 0)
			say("fail", n + 0 " results of " plan)
		if (wrong)
			say("fail", "numbers out of order")
		if (status == 124 || status == 137)
			say("fail", "time is up")
		else if (status == 4 && !none && (n != skipped || !n))
			say("fail", "exit status 4, and not all skipped")
		else if (status != 0 && status != 4 && !failed)
			say("fail", "exit status " status)
		else if (status == 0 && failed)
			say("fail", "exit status 0 in spite of failures")
	}
' "$(dirname "$0")/expected-skips" "$4"
