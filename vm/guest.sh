#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Process 1 of the guest: runs the command, ends what it left behind, and says
# last how it went.
share=/run/rtm-results
# shellcheck source=/dev/null
. "$share/guest/env"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LANG=C.UTF-8
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
ip link set lo up
hostname rtm-guest
# The first memory cgroup, and the last one that goes, have the kernel change its code,
# of which QEMU may make it die: see vm/README.md. This one is there first, and stays.
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/rtm-stays

port=$(grep -lx rtm.output /sys/class/virtio-ports/*/name)
port=/dev/$(basename "${port%/name}")
echo "rtm: command starts" >/dev/kmsg
# shellcheck disable=SC2016
setsid bash -c 'cd "$1" && . "$2"' command "$TREE" "$share/guest/command" \
	</dev/null >"$port" 2>&1
status=$?

kill -KILL -1 2>/dev/null
while wait -n 2>/dev/null; do :; done
echo "rtm: command ended, status $status" >/dev/kmsg
tainted=$(cat /proc/sys/kernel/tainted)
sync
echo "status=$status tainted=$tainted" >"$share/guest/token.part"
mv "$share/guest/token.part" "$share/guest/token"
sync
busybox poweroff -f
