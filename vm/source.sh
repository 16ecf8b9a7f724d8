#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Takes kselftest's headers, checkpatch and kernel-doc out of Debian's
# linux-source-6.12 into the cache, and prints the directory they are in.
# usage: source.sh
set -euo pipefail
. "$(dirname "$0")/common.sh"

need linux-source-6.12 xz-utils
dir=$RTM_CACHE/source/$(installed_version linux-source-6.12)
mkdir -p "${dir%/*}"
exec 9>"${dir%/*}/.lock"
flock 9
if [ ! -d "$dir" ]; then
	note "unpacking what the tests need of linux-source-6.12"
	tmp=$(mktemp -d "${dir%/*}/.unpack.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	s=linux-source-6.12
	tar -xf "/usr/src/$s.tar.xz" -C "$tmp" --strip-components=1 \
		"$s/scripts/checkpatch.pl" "$s/scripts/const_structs.checkpatch" \
		"$s/scripts/spelling.txt" "$s/scripts/kernel-doc" \
		"$s/tools/testing/selftests/lib.mk" \
		"$s/tools/testing/selftests/kselftest.h" \
		"$s/tools/testing/selftests/kselftest_harness.h" \
		"$s/tools/testing/selftests/kselftest"
	mkdir "$tmp/include"	# checkpatch looks for it
	chmod 755 "$tmp"
	mv -T "$tmp" "$dir"
fi
echo "$dir"
