#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the debug kernel (linux-source-6.12, tinyconfig, debug.config), or one
# of its kind (with kcsan.config or gcov.config on top), into the cache, once for
# each source, configuration and compiler. Prints lines for eval, as kernel.sh
# does.
# usage: debug-kernel.sh [debug|kcsan|gcov]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

kind=${1:-debug}
fragments=("$here/debug.config")
[ "$kind" = debug ] || fragments+=("$here/$kind.config")

"$here/deps.sh" build kernel
version=$(installed_version linux-source-6.12)
key=$({ cat "${fragments[@]}"; gcc --version; } | sha256sum | cut -c 1-12)
dir=$RTM_CACHE/debug/${version}_$key

# What it takes to boot the kernel and to build a module for it.
keep()
{
	local out=$1 f

	mkdir -p "$out/arch/x86/boot" "$out/tools/objtool"
	make -s ARCH=x86_64 INSTALL_MOD_PATH="$out/modules" modules_install
	cp .config Makefile Module.symvers System.map vmlinux "$out"
	cp arch/x86/boot/bzImage "$out/arch/x86/boot"
	cp tools/objtool/objtool "$out/tools/objtool"
	cp -a include scripts "$out"
	for f in arch/x86/Makefile* arch/x86/include; do
		cp -a "$f" "$out/arch/x86"
	done
	find "$out" \( -name '*.o' -o -name '*.a' -o -name '*.cmd' \) -delete
}

build()
(
	tmp=$(mktemp -d "$RTM_CACHE/debug/.build.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	chmod 755 "$tmp"
	note "building the $kind kernel $version, several minutes"
	mkdir "$tmp/src" "$tmp/out"
	tar -xf /usr/src/linux-source-6.12.tar.xz -C "$tmp/src" \
		--strip-components=1
	cd "$tmp/src"
	kernel_config x86_64 "${fragments[@]}"
	nice make -s ARCH=x86_64 -j"$(nproc)" bzImage modules >"$dir.log" 2>&1 ||
		{ tail -n 20 "$dir.log" >&2; die "see $dir.log"; }
	keep "$tmp/out"
	mv -T "$tmp/out" "$dir"
)

mkdir -p "$RTM_CACHE/debug"
exec 9>"$dir.lock"
flock 9
[ -d "$dir" ] || build

krel=$(cat "$dir/include/config/kernel.release")
printf '%s=%q\n' KREL "$krel" VMLINUZ "$dir/arch/x86/boot/bzImage" \
	MODULES "$dir/modules/lib/modules/$krel" KDIR "$dir"
