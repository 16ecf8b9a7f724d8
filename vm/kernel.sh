#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Unpacks Debian's present kernel of a series, and its headers, into the cache.
# Nothing is installed: the headers would draw in a bootable image. Prints lines
# for eval: KREL (release), VMLINUZ, MODULES (its modules), KDIR (its build tree).
# Of the kernel for arm64, which is to build against, there are headers alone.
# usage: kernel.sh 6.1|6.12 [amd64|arm64]
#	 kernel.sh debug|kcsan|gcov	what debug-kernel.sh prints
set -euo pipefail
. "$(dirname "$0")/common.sh"

series=${1-} arch=${2-amd64}
case $series in
6.1)	meta=linux-image-$arch ;;
6.12)	meta=linux-image-6.12-$arch ;;
debug|kcsan|gcov)
	exec "$(dirname "$0")/debug-kernel.sh" "$series" ;;
*)	die "usage: kernel.sh 6.1|6.12 [amd64|arm64]" ;;
esac
kernels=$RTM_CACHE/kernels
mkdir -p "$kernels"

# The lists of another architecture's packages are kept apart: the machine is
# not to know that it could have those.
apt=()
if [ "$arch" != amd64 ]; then
	lists=$RTM_CACHE/apt-$arch
	mkdir -p "$lists/lists/partial" "$lists/archives/partial"
	: >"$lists/status"
	apt=(-o APT::Architecture="$arch" -o APT::Architectures::="$arch"
		-o Dir::State="$lists" -o Dir::State::status="$lists/status"
		-o Dir::Cache="$lists" -o APT::Sandbox::User=root)
fi

update()
{
	apt_update || return
	[ "$arch" = amd64 ] || apt_get "${apt[@]}" update
}

# depends PACKAGE PATTERN: the first package it depends on that matches
depends()
{
	apt-cache "${apt[@]}" depends "$1" 2>/dev/null |
		sed -n "s/^[ |]*Depends: \($2\)\$/\1/p" | head -n 1
}

# The meta package names the image of the day; sets krel and version.
resolve()
{
	local image

	image=$(depends "$meta" 'linux-image-[0-9].*')
	[ -n "$image" ] || return 1
	krel=${image#linux-image-}
	version=$(apt-cache "${apt[@]}" policy "$image" |
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
	packages=("$headers" "$common")
	[ "$arch" != amd64 ] || packages+=("linux-image-$krel")
	tmp=$(mktemp -d "$kernels/.fetch.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	dir=$kernels/${krel}_$version
	cd "$tmp" || exit
	note "fetching the kernel $krel $version"
	apt_unpack root "${apt[@]}" "${packages[@]/%/=$version}" || exit
	# Programs, to run here. Images are signed, and so come some hours after
	# them: until then the archive has only those of the next version.
	[ -z "$(apt-cache "${apt[@]}" show "$kbuild=$version" 2>/dev/null)" ] ||
		kbuild="$kbuild=$version"
	apt_unpack root "$kbuild" || exit
	[ "$arch" != amd64 ] || depmod -b root "$krel" || exit
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
	done < <(cd "$kernels" && printf '%s\n' "$series".*-"$arch"_* |
		sort -rV)
	die "no kernel $series for $arch to be had"
}

exec 9>"$kernels/.lock"
flock 9
resolve || :
present || { update && resolve && { present || fetch; }; } || fall_back

dir=$kernels/${krel}_$version
printf '%s=%q\n' KREL "$krel" KDIR "$dir/usr/src/linux-headers-$krel"
[ "$arch" != amd64 ] || printf '%s=%q\n' VMLINUZ "$dir/boot/vmlinuz-$krel" \
	MODULES "$dir/lib/modules/$krel"
