#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Unpacks Debian's compiler for arm64 into the cache; it cannot be installed
# beside gcc-multilib, which the tests for 32 bits need. Prints what to put into
# PATH, for CROSS_COMPILE=aarch64-linux-gnu-.
# usage: cross-gcc.sh
set -euo pipefail
. "$(dirname "$0")/common.sh"
root=$RTM_CACHE/cross-gcc
packages=(cpp-12-aarch64-linux-gnu gcc-12-aarch64-linux-gnu)

need binutils-aarch64-linux-gnu
exec 9>"$RTM_CACHE/cross-gcc.lock"
flock 9
if [ ! -d "$root" ]; then
	note "fetching ${packages[*]}"
	tmp=$(mktemp -d "$RTM_CACHE/.cross-gcc.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	apt_update
	apt_unpack "$tmp/root" "${packages[@]}"
	ln -s aarch64-linux-gnu-gcc-12 "$tmp/root/usr/bin/aarch64-linux-gnu-gcc"
	# Where it looks for the assembler before it takes the machine's.
	ln -s /usr/aarch64-linux-gnu "$tmp/root/usr"
	mv -T "$tmp/root" "$root"
fi
echo "$root/usr/bin"
