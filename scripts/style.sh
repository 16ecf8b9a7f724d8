#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every checker has nothing to say. One test a checker: build/results/style.
# usage: style.sh [checker...]
set -uo pipefail
cd "$(dirname "$0")/.." || exit
out=build/results/style up=../../../
rm -rf "$out"
mkdir -p "$out"
source=$(vm/source.sh) || exit

[ -n "$(git ls-files kmod)" ] || { echo "style.sh: not in a clone"; exit 1; }

# files pattern...: what is in the repository, or about to be
files()
{
	git ls-files -co --exclude-standard -- "$@" |
		while read -r f; do [ ! -f "$f" ] || echo "$f"; done | sort -u
}

scripts()
{
	files | while read -r f; do
		read -r line <"$f"
		[[ $line != '#!/bin/'* ]] || echo "$f"
	done 2>/dev/null
	echo vm/common.sh
}

# Fails when the command does, or says anything.
quiet()
{
	local said

	said=$("$@" 2>&1) && [ -z "$said" ] && return
	echo "$said"
	return 1
}

# What checkpatch asks that is not asked here, and why.
# Anywhere: what a lock protects stands in the kernel-doc above; tables are
# built by macros; a string may hold a word that is a function's name.
any=UNCOMMENTED_DEFINITION,MACRO_ARG_REUSE,EMBEDDED_FUNCTION_NAME
# What measures exports what it needs, and nobody else does.
bench=$any,EXPORT_SYMBOL
# The ABI's header: user space has no BIT().
uapi=$any,BIT_MACRO
# User space: names and types are Windows'; the kernel's macros are not there.
user=$uapi,CAMELCASE,NEW_TYPEDEFS,PREFER_KERNEL_TYPES,SSCANF_TO_KSTRTO,ARRAY_SIZE
user+=,PREFER_FALLTHROUGH,PREFER_DEFINED_ATTRIBUTE_MACRO,COMPLEX_MACRO
# Tests: kselftest's macros look like declarations, and want what is expected
# first; a call is made with each wrong argument there is.
tests=$user,SPACING,COMPARISON_TO_NULL,CONSTANT_COMPARISON,ENOSYS,VOLATILE
tests+=,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_WITH_FLOW_CONTROL,AVOID_EXTERNS

# checkpatch_for ignored-types pattern...
checkpatch_for()
{
	local ignore=$1 f

	shift
	mapfile -t f < <(files "$@" | sed "s,^,$up,")
	# It leaves a list of names where it is run.
	(cd "$out" && quiet env GIT_DIR=/nonexistent \
		perl "$source/scripts/checkpatch.pl" --root="$source" --no-tree \
		--strict --terse --show-types --no-summary -q \
		--ignore "$ignore" -f "${f[@]}") | sed "s,$up,,"
}

checkpatch()
{
	local bad=0

	checkpatch_for "$any" 'kmod/*.[ch]' || bad=1
	checkpatch_for "$bench" 'bench/kmod/*.[ch]' || bad=1
	checkpatch_for "$uapi" 'uapi/*.h' || bad=1
	checkpatch_for "$user" 'libuser/*.[ch]' 'tools/*.[ch]' 'demo/*.[ch]' \
		':!libuser/check' || bad=1
	checkpatch_for "$tests" 'selftests/*.[ch]' 'libuser/check/*.[ch]' ||
		bad=1
	return $bad
}

# Warnings, and what sparse says, on both stock kernels, and for the other
# architecture. kbuild series architecture argument-of-make...
kbuild()
{
	local vars KDIR log=$out/kbuild-${FUNCNAME[1]}.log

	vars=$(vm/kernel.sh "$1" "$2") || return
	shift 2
	eval "$vars"
	rm -rf build/style
	make -s --no-print-directory modules KDIR="$KDIR" \
		MODDIR="build/style" W=1 C=2 "$@" >"$log" 2>&1 ||
		{ cat "$log"; return 1; }
	! grep -v 'Skipping BTF generation' "$log"
}

sparse_6.1() { kbuild 6.1 amd64; }
sparse_6.12() { kbuild 6.12 amd64; }

# As it is measured.
sparse_bench() { kbuild 6.12 amd64 RTM_BENCH=1; }

sparse_arm64()
{
	local gcc

	gcc=$(vm/cross-gcc.sh) || return
	PATH=$gcc:$PATH kbuild 6.12 arm64 ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu-
}

clang_builds()
{
	make -s -C libuser CC=clang OUTPUT=../build/style-clang/lib &&
		make -s -C tools CC=clang OUTPUT=../build/style-clang/tools \
			LIB=../build/style-clang/lib
}

cppcheck_()
{
	local c

	# The kernel's macros mean nothing to it: there, sparse and gcc look.
	mapfile -t c < <(files 'libuser/*.c' 'tools/*.c' 'demo/*.c')
	cppcheck -q -j "$(nproc)" --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches \
		--library=scripts/cppcheck.cfg \
		--error-exitcode=1 -Ilibuser -Iuapi "${c[@]}"
}

shellcheck_()
{
	local s

	mapfile -t s < <(scripts)
	shellcheck -x -P SCRIPTDIR "${s[@]}"
}

codespell_()
{
	local f

	mapfile -t f < <(files)
	codespell -L filp,fo,nd "${f[@]}"
}

kernel_doc()
{
	local f

	mapfile -t f < <(files 'kmod/*.[ch]' 'uapi/*.h' 'libuser/*.h')
	quiet perl "$source/scripts/kernel-doc" -none "${f[@]}"
}

# The first line, or the second after #!; data and its like have no comments.
spdx()
{
	local f want bad=0

	while read -r f; do
		case $f in
		kmod/* | bench/kmod/* | Kbuild)
					want='GPL-2.0' ;;
		uapi/*)			want='GPL-2.0 WITH Linux-syscall-note' ;;
		*.xz | *.png | LICENSES/* | COPYING*)
					continue ;;
		*)			want='LGPL-2.1-or-later' ;;
		esac
		head -n 2 "$f" | grep -qE \
			"SPDX-License-Identifier: $want( \*/| -->)?$" ||
			{ echo "$f: no SPDX line, or not $want"; bad=1; }
	done < <(files)
	return $bad
}

man_pages()
{
	local f

	mapfile -t f < <(files 'Documentation/man/*.[1-9]')
	quiet mandoc -T lint -W warning "${f[@]}"
}

# Installed to where what they start is there, too.
units()
{
	local to=$PWD/build/style-install

	make -s lib tools && make -s -C tools install PREFIX="$to" \
		SYSCONFDIR="$to/etc" UNITDIR="$to/units" UDEVDIR="$to/udev" \
		>/dev/null && quiet systemd-analyze verify --man=no "$to"/units/*
}

# DKMS knows the module by the version that it has.
dkms()
{
	local version

	version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' kmod/main.c)
	grep -qxF "PACKAGE_VERSION=$version" dkms.conf ||
		{ echo "dkms.conf: the module's version is $version"; return 1; }
}

# Nothing of the machine it was written on.
no_machine_paths()
{
	local f

	mapfile -t f < <(files)
	! grep -InE '(^|[^A-Za-z0-9_.}$-])/(work|home|root)/' "${f[@]}"
}

# What reads the tests' results is tested itself.
self_tests()
{
	local t said bad=0

	for t in vm/tests/*.sh; do
		said=$("$t") || bad=1
		grep -v '^ok' <<<"$said"
	done
	return $bad
}

[ $# -gt 0 ] || set -- checkpatch sparse_6.1 sparse_6.12 sparse_bench \
	sparse_arm64 clang_builds cppcheck shellcheck codespell kernel_doc spdx \
	man_pages units dkms no_machine_paths self_tests
for checker; do
	# Not the tool of that name is meant.
	! declare -F "${checker}_" >/dev/null || checker+=_
	if "$checker" >"$out/$checker.log" 2>&1; then
		echo "pass style ${checker%_}"
	else
		echo "fail style ${checker%_}"
		head -n 40 "$out/$checker.log" | sed 's/^/    /' >&2
	fi
done | tee "$out/results"
vm/summary.sh style
