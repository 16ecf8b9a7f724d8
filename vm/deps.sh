#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the Debian packages that a group of targets needs.
# usage: deps.sh [group...]	(default: all)
set -euo pipefail
. "$(dirname "$0")/common.sh"

declare -A group=(
	[build]="gcc gcc-multilib libc6-dev make pkg-config libjson-c-dev
		libevent-dev libmnl-dev libsystemd-dev uthash-dev"
	[style]="sparse cppcheck shellcheck codespell mandoc clang git perl
		python3 systemd linux-source-6.12 xz-utils
		binutils-aarch64-linux-gnu"
	[pure]="clang g++ mingw-w64-common qemu-user xz-utils
		binutils-s390x-linux-gnu libc6-dev-s390x-cross
		libgcc-12-dev-s390x-cross binutils-mips-linux-gnu
		libc6-dev-mips-cross libgcc-12-dev-mips-cross"
	[modules]="gcc make kmod libelf1"
	[guest]="qemu-system-x86 seabios busybox-static cpio gzip kmod xz-utils
		iproute2 procps socat util-linux"
	[selftests]="linux-source-6.12 rsync xz-utils"
	[kernel]="bc bison flex libelf-dev libssl-dev pahole perl kmod
		linux-source-6.12 xz-utils"
	[daemons]="libcap2 libgcrypt20 libgssapi-krb5-2 libjson-c5 libpam0g
		libpcre2-8-0 libreadline8 iputils-ping"
	[bench]="gcc libc6-dev make pkg-config libmnl-dev gnuplot-nox iproute2
		kmod procps busybox-static xz-utils"
)

[ $# -gt 0 ] || set -- "${!group[@]}"
packages=()
for g; do
	[ -n "${group[$g]-}" ] || die "no group $g"
	read -ra p -d '' <<<"${group[$g]}" || :
	packages+=("${p[@]}")
done
need "${packages[@]}"
