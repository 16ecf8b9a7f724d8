#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Unpacks Debian's present kernel of a series, and its headers, into the cache.
# Nothing is installed: the headers would draw in a bootable image. Prints lines
# for eval: KREL (release), VMLINUZ, MODULES (its modules), KDIR (its build tree).
# usage: kernel.sh 6.1|6.12
set -euo pipefail
. "$(dirname "$0")/common.sh"

series=${1-}
case $series in
6.1)	meta=linux-image-amd64 ;;
6.12)	meta=linux-image-6.12-amd64 ;;
*)	die "usage: kernel.sh 6.1|6.12" ;;
esac
kernels=$RTM_CACHE/kernels
mkdir -p "$kernels"

# depends PACKAGE PATTERN: the first package it depends on that matches
depends()
{
	apt-cache depends "$1" 2>/dev/null |
		sed -n "s/^[ |]*Depends: \($2\)\$/\1/p" | head -n 1
}

# The meta package names the image of the day; sets krel and version.
resolve()
{
	local image

	image=$(depends "$meta" 'linux-image-[0-9].*')
	[ -n "$image" ] || return 1
	krel=${image#linux-image-}
	version=$(apt-cache policy "$image" |
		sed -n 's/^ *Candidate: \(.*\)/\1/p')
	case $krel in
	"$series".*)	;;
	*)		die "$meta is $krel, not $series" ;;
	esac
}

present()
{
	[ -n "${krel-}" ] && [ -e "$kernels/${krel}_$version/.complete" ]
}

fetch()
(
	headers=linux-headers-$krel
	common=$(depends "$headers" 'linux-headers-.*-common')
	kbuild=$(depends "$headers" 'linux-kbuild-.*')
	tmp=$(mktemp -d "$kernels/.fetch.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	dir=$kernels/${krel}_$version
	cd "$tmp" || exit
	note "fetching the kernel $krel $version"
	# As root, apt wants to read the directory as a user of its own.
	apt_get -o APT::Sandbox::User=root download \
		"linux-image-$krel=$version" "$headers=$version" \
		"$common=$version" "$kbuild=$version" || exit
	for deb in ./*.deb; do
		dpkg -x "$deb" root || exit
	done
	depmod -b root "$krel" || exit
	echo "include $dir/usr/src/$common/Makefile" \
		>"root/usr/src/$headers/Makefile"
	touch root/.complete
	rm -rf "$dir"
	mv -T root "$dir"
)

# When the archive has moved on or cannot be reached: the newest kernel here.
fall_back()
{
	local d

	while read -r d; do
		krel=${d%%_*} version=${d#*_}
		if present; then
			note "using $krel $version, the newest in the cache"
			return
		fi
	done < <(cd "$kernels" && printf '%s\n' "$series".*_* | sort -rV)
	die "no kernel $series to be had"
}

exec 9>"$kernels/.lock"
flock 9
resolve || :
present || { apt_update && resolve && { present || fetch; }; } || fall_back

dir=$kernels/${krel}_$version
printf '%s=%q\n' KREL "$krel" VMLINUZ "$dir/boot/vmlinuz-$krel" \
	MODULES "$dir/lib/modules/$krel" KDIR "$dir/usr/src/linux-headers-$krel"
