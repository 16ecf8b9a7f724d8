#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that begin together on a new machine all learn how to run: what run.sh
# asks once is whole, whoever of them asks. QEMU is a stand-in that takes its time;
# where there is no /dev/kvm there is nothing to ask it.
cd "$(dirname "$0")" || exit
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sed -n '/^accelerator()$/,/^}$/p' ../run.sh >"$tmp/function"
printf '#!/bin/sh\nsleep 1\nexit 1\n' >"$tmp/qemu-system-x86_64"
chmod +x "$tmp/qemu-system-x86_64"
# shellcheck source=/dev/null
. "$tmp/function"
export RTM_CACHE=$tmp PATH=$tmp:$PATH
# shellcheck disable=SC2034
VMLINUZ=none
for i in 1 2 3; do
	accelerator >"$tmp/said.$i" &
	sleep 0.3
done
wait
n=0 failed=0
for i in 1 2 3; do
	n=$((n + 1))
	[ "$(cat "$tmp/said.$i")" = tcg,thread=multi ] ||
		{ failed=1; printf 'not '; }
	echo "ok $n - guest $i knows"
done
echo "1..$n"
exit $failed
