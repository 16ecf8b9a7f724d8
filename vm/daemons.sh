#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Unpacks FRR and BIRD into the cache; they are not installed, since that would
# start them. Prints where.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
root=$RTM_CACHE/daemons
packages=(frr bird2 libyang2 libssh-gcrypt-4)

"$here/deps.sh" daemons >&2
exec {lock}>"$RTM_CACHE/daemons.lock"
flock "$lock"
if [ ! -e "$root/done" ]; then
	rm -rf "$root"
	apt_update
	apt_unpack "$root" "${packages[@]}"
	touch "$root/done"
fi
echo "$root"
