#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds User-Mode Linux (linux-source-6.12, tinyconfig, uml.config) into the
# cache, once for each source, configuration and compiler. Prints lines for
# eval: KREL (release), UML (the program), KDIR (build tree, for ARCH=um).
# usage: uml-kernel.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

"$here/deps.sh" kernel
need gcc libc6-dev make
version=$(installed_version linux-source-6.12)
key=$({ cat "$here/uml.config"; gcc --version; } | sha256sum | cut -c 1-12)
dir=$RTM_CACHE/uml/${version}_$key

# What it takes to run it and to build a module for it.
keep()
{
	local out=$1 d

	cp .config Makefile Module.symvers linux "$out"
	cp -a include scripts "$out"
	for d in arch/um arch/x86; do
		mkdir -p "$out/$d"
		cp -a "$d"/Makefile* "$d/include" "$out/$d"
	done
	cp -a arch/x86/um "$out/arch/x86"
	find "$out" \( -name '*.o' -o -name '*.a' -o -name '*.cmd' \) -delete
}

build()
(
	tmp=$(mktemp -d "$RTM_CACHE/uml/.build.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	chmod 755 "$tmp"
	note "building User-Mode Linux $version, several minutes"
	mkdir "$tmp/src" "$tmp/out"
	tar -xf /usr/src/linux-source-6.12.tar.xz -C "$tmp/src" \
		--strip-components=1
	cd "$tmp/src"
	kernel_config um "$here/uml.config"
	nice make -s ARCH=um -j"$(nproc)" linux modules >"$dir.log" 2>&1 ||
		{ tail -n 20 "$dir.log" >&2; die "see $dir.log"; }
	keep "$tmp/out"
	mv -T "$tmp/out" "$dir"
)

mkdir -p "$RTM_CACHE/uml"
exec 9>"$RTM_CACHE/uml/.lock"
flock 9
[ -d "$dir" ] || build

printf '%s=%q\n' KREL "$(cat "$dir/include/config/kernel.release")" \
	UML "$dir/linux" KDIR "$dir"
