#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What can be checked of librtm without a kernel module. Prints TAP.
# usage: run.sh dir-with-the-built-library
# Many functions are called by name, through try.
# shellcheck disable=SC2317
set -uo pipefail
lib=$(realpath "$1")
cd "$(dirname "$0")/.." || exit
work=$lib/check
mingw=/usr/share/mingw-w64/include
# Machines with the other byte order, of 64 and 32 bits, which qemu-user runs.
# By clang: their gcc cannot be installed beside gcc-multilib.
foreign=(--target=s390x-linux-gnu --target=mips-linux-gnu)
number=0
failed=0
rm -rf "$work"
mkdir -p "$work"

# result status promise
result()
{
	local not=''

	number=$((number + 1))
	[ "$1" -eq 0 ] || { not='not '; failed=1; }
	echo "${not}ok $number - $2"
}

# try promise command...: what it says is said when it fails.
try()
{
	local promise=$1 status

	shift
	"$@" >"$work/log" 2>&1
	status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$work/log"
	result $status "$promise"
}

# The table that a source becomes: run with the compiler's name and flags.
table()
{
	"$@" -O2 -S -o "$work/table.s" || return
	grep -o '@@ .*' "$work/table.s" | sort
}

same_tables()
{
	[ "$(wc -l <"$work/$1")" -gt "$2" ] && diff "$work/$1" "$work/$3"
}

## The header beside that of Windows

windows()
{
	clang --target=x86_64-w64-mingw32 -isystem "$mingw" -DWINDOWS "$@"
}

windows_table()
{
	table windows check/header_table.c >"$work/windows"
}

our_table()
{
	table "$@" -DRTM_NETWORK_BYTE_ORDER -I. check/header_table.c \
		>"$work/ours" && same_tables windows 200 ours
}

all_names()
{
	sed -n 's/^#define \([A-Za-z_]*\).*/\1/p' "$mingw/rtm.h" |
		grep -v '^__' | sort -u >"$work/names"
	sed -n 's/^#define \([A-Za-z_]*\).*/\1/p' rtm.h | sort -u >"$work/have"
	[ "$(wc -l <"$work/names")" -gt 20 ] || return
	[ -z "$(comm -23 "$work/names" "$work/have" | tee /dev/stderr)" ]
}

calls_of_windows()
{
	windows -Werror -fsyntax-only check/header_calls.c
}

try "the table of Windows' header can be made" windows_table
for cc in gcc "gcc -m32" clang "clang -m32" \
	"${foreign[@]/#/clang }"; do
	# shellcheck disable=SC2086
	try "sizes, offsets, values, macros are those of Windows ($cc)" \
		our_table $cc
done
try "every macro of Windows' rtm.h is in ours" all_names
try "the functions have their types on Windows" calls_of_windows
try "the functions have the same types here" \
	gcc -Wall -Wextra -Werror -fsyntax-only -I. check/header_calls.c

## The headers, compiled as anybody might

# compiles text compiler...
compiles()
{
	local text=$1

	shift
	printf '%b' "$text" | "$@" -Wall -Wextra -Werror -fsyntax-only \
		-I. -I../uapi -
}

own='#include <stdint.h>\ntypedef uint32_t DWORD, ULONG;\ntypedef int BOOL;
typedef void *PVOID, *HANDLE;\ntypedef const void *LPCVOID;
typedef unsigned char BYTE;\ntypedef unsigned short USHORT;
typedef uint64_t ULONGLONG;\n#define INFINITE 0xffffffff\n#define TRUE 1
#define _FILETIME_\ntypedef struct { DWORD dwLowDateTime, dwHighDateTime; } FILETIME;
#define RTM_NO_WIN32_TYPES\n#include <rtm.h>\n'
netlink='#include <linux/rtnetlink.h>\n'
uapi='#include <linux/rtm.h>\n'
api='#include <rtm.h>\n'
for cc in "gcc -xc -std=c99 -Wpedantic" "gcc -xc -m32" "clang -xc -std=c11" \
	"g++ -xc++ -std=c++98 -Wpedantic -Wno-long-long" \
	"g++ -xc++ -std=c++20" "clang++ -xc++"; do
	# shellcheck disable=SC2086
	{
	try "rtm.h alone ($cc)" compiles "$api" $cc
	try "rtm.h with types from elsewhere ($cc)" compiles "$own" $cc
	}
done
for cc in "gcc -xc" "gcc -xc -m32" "clang -xc" "g++ -xc++" "clang++ -xc++"; do
	# shellcheck disable=SC2086
	{
	try "the ABI before rtnetlink ($cc)" compiles "$uapi$netlink$api" $cc
	try "the ABI after rtnetlink ($cc)" compiles "$api$netlink$uapi" $cc
	}
done

## The layout of the ABI

abi_source()
{
	awk -f check/uapi_table.awk ../uapi/linux/rtm.h >"$work/abi.c" &&
		table gcc -I../uapi "$work/abi.c" >"$work/abi"
}

abi_table()
{
	table "$@" -I../uapi "$work/abi.c" >"$work/abi_of" &&
		same_tables abi 150 abi_of
}

try "the layout of the ABI can be shown" abi_source
for cc in "gcc -m32" clang "clang -m32" "g++ -xc++" \
	"${foreign[@]/#/clang }"; do
	# shellcheck disable=SC2086
	try "the layout of the ABI is the same ($cc)" abi_table $cc
done

## The library

symbols()
{
	sed -n 's/^\t\([A-Za-z0-9]*\);$/\1/p' librtm.map | sort >"$work/map"
	sed '/#define RTM_API/d' rtm.h | tr '\n' ' ' | grep -o 'RTM_API [^(]*(' |
		grep -o '[A-Za-z0-9]*($' | tr -d '(' | sort >"$work/declared"
	nm -D --defined-only "$lib/librtm.so" |
		sed -n 's/.* T \(.*\)@@LIBRTM_1\.0$/\1/p' | sort >"$work/shared"
	nm -g --defined-only "$lib/librtm.a" | sed -n 's/^.* [A-Z] //p' |
		sort >"$work/static"
	[ "$(nm -D --defined-only "$lib/librtm.so" | grep -vc ' A ')" -eq \
		"$(wc -l <"$work/shared")" ] &&
		[ "$(wc -l <"$work/map")" -gt 40 ] &&
		diff "$work/map" "$work/declared" &&
		diff "$work/map" "$work/shared" &&
		diff "$work/map" "$work/static"
}

soname()
{
	readelf -d "$lib/librtm.so" | grep -q 'SONAME.*\[librtm\.so\.1\]' &&
		! readelf -d "$lib/librtm.so" | grep NEEDED |
			grep -v '\[libc\.so\|\[ld-linux'
}

installs()
{
	local root=$work/root flags

	(umask 077; make -s install OUTPUT="$lib" DESTDIR="$root" PREFIX=/usr \
		LIBDIR=/usr/lib/x) || return
	! find "$root" ! -perm -444 | grep . || return
	flags=$(PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 \
		PKG_CONFIG_PATH=$root/usr/lib/x/pkgconfig \
		pkg-config --cflags --libs librtm) || return
	# shellcheck disable=SC2086
	printf '#include <rtm.h>
		int main(void) { return GetLastError() != NO_ERROR; }' |
		gcc -xc -o "$work/installed" - $flags &&
		LD_LIBRARY_PATH=$root/usr/lib/x "$work/installed"
}

uninstalls()
{
	make -s uninstall DESTDIR="$work/root" PREFIX=/usr LIBDIR=/usr/lib/x &&
		! find "$work/root" ! -type d | grep .
}

# builds_for flags: as anybody would build it, and a program with it runs.
builds_for()
{
	local machine=${1#--target=}
	local to=$work/$machine

	make -s CC="clang $1" CROSS_COMPILE="$machine-" OUTPUT="$to" || return
	printf '#include <rtm.h>
		int main(void) { return GetLastError() != NO_ERROR; }' |
		clang "$1" -xc -I. -o "$to/program" - -L"$to" -lrtm -pthread &&
		"qemu-${machine%%-*}" -L "/usr/$machine" \
			-E LD_LIBRARY_PATH="$to" "$to/program"
}

# Each is the first that its process has.
handles_differ()
{
	printf '#include <stdio.h>
		#include <rtm.h>
		int main(void)
		{
			printf("%%p", CreateEvent(NULL, TRUE, TRUE, NULL));
			return GetLastError() != NO_ERROR;
		}' | gcc -xc -I. -o "$work/first" - -L"$lib" -l:librtm.a -pthread &&
		"$work/first" >"$work/first_a" &&
		"$work/first" >"$work/first_b" &&
		! cmp -s "$work/first_a" "$work/first_b"
}

# What is read, with the library.
is_program()
{
	gcc -Wall -Wextra -Werror -I. -o "$work/example" -xc - \
		-xnone "$lib/librtm.a" -pthread
}

for flags in "${foreign[@]}"; do
	try "it builds, and a program with it runs ($flags)" builds_for "$flags"
done
# shellcheck disable=SC2016
try "the example of README.md is a program" is_program \
	< <(sed -n '/^```c$/,/^```$/{/^```/!p}' ../README.md)
try "the example of librtm(3) is a program" is_program \
	< <(sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./!{s/\\e/\\/g;p}}' \
		../Documentation/man/librtm.3)
try "it exports what is declared, and no more" symbols
try "it has its soname and needs libc alone" soname
try "it installs, and pkg-config finds it" installs
try "its first handle is another in each process" handles_differ
try "nothing is left when it is gone" uninstalls

## What it does

# Not every kernel runs 32-bit programs.
can_run()
{
	echo 'int main(void) { return 0; }' |
		gcc "$1" -xc -o "$work/can_run" - && "$work/can_run" 2>/dev/null
}

# program name flags...: its results count among ours.
program()
{
	local name=$1 flags=$2 machine=${2#--target=} cc=gcc line status run=()

	case $flags in
	-m32)		can_run -m32 || run=(qemu-i386) ;;
	--target=*)	cc=clang
			run=("qemu-${machine%%-*}" -L "/usr/$machine") ;;
	esac
	shift
	"$cc" -std=gnu11 -g -O1 -Wall -Wextra -Werror -pthread -I../uapi "$@" \
		-Wl,--wrap=open,--wrap=ioctl,--wrap=clock_gettime,--wrap=getrandom \
		-o "$work/$name" \
		"check/$name.c" check/fake_device.c ./*.c >"$work/log" 2>&1 ||
		{ sed 's/^/# /' "$work/log"; result 1 "$name $flags builds"; return; }
	timeout -k 5 120 "${run[@]}" "$work/$name" >"$work/log" 2>&1
	status=$?
	while read -r line; do
		case $line in
		'ok '*)		result 0 "${line#* - } ($name $flags)" ;;
		'not ok '*)	result 1 "${line#* - } ($name $flags)" ;;
		TAP* | 1..*)	;;
		*)		echo "# ${line#\# }" ;;
		esac
	done <"$work/log"
	[ $status -eq 0 ] || echo "# $name $flags: status $status"
	[ "$(grep -c '^ok ' "$work/log")" = "$(sed -n 's/^1\.\.//p' "$work/log")" ]
	result $((status + $?)) "$name $flags ends well"
}

for flags in -m64 -m32 -fsanitize=address,undefined -fsanitize=thread \
	"${foreign[@]}"; do
	program unit "$flags" -fno-sanitize-recover=all
	program events "$flags" -fno-sanitize-recover=all
	program memory "$flags" -fno-sanitize-recover=all \
		-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
done

echo "1..$number"
exit $failed
