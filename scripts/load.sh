#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Loads the module, or says why this machine cannot; without one, only looks.
# usage: load.sh [rtm.ko]
set -uo pipefail

no()
{
	echo "cannot load modules here: $*" >&2
	exit 1
}

[ -e /proc/modules ] || no "the kernel $(uname -r) is built without modules"
[ "$(cat /proc/sys/kernel/modules_disabled)" = 0 ] ||
	no "it is switched off until the next boot (kernel.modules_disabled)"
caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status)
(((0x$caps >> 16) & 1)) || no "CAP_SYS_MODULE is missing; try as root"
[ $# -gt 0 ] || exit 0

release=$(modinfo -F vermagic "$1" | cut -d ' ' -f 1)
[ "$release" = "$(uname -r)" ] ||
	no "$1 is built for $release, and this is $(uname -r)"
# rtm uses nothing but the kernel proper, so that insmod is enough.
if ! why=$(insmod "$1" 2>&1); then
	case $why in
	*"File exists"*)	why="rtm is loaded already" ;;
	*"Key was rejected"* | *"Required key"*)
		why="the kernel wants signed modules (secure boot)" ;;
	*"not permitted"*)
		why="the kernel is locked down: $(cat \
			/sys/kernel/security/lockdown 2>/dev/null)" ;;
	*)	why="$why; $(dmesg 2>/dev/null | grep 'rtm:' | tail -n 1)" ;;
	esac
	no "$why"
fi
echo "rtm is loaded"
