# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Sourced by the scripts beside it: where things are kept, how apt is called.

RTM_CACHE=${RTM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rtm}
mkdir -p "$RTM_CACHE"

note()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	note "$*"
	exit 1
}

# The package lists have a lock that apt does not wait for: one at a time. By
# sudo it is somebody else who calls, and what is root's nobody else may write.
apt_get()
{
	local log

	log=$RTM_CACHE/apt.$(id -u).log
	if ! flock "$RTM_CACHE/apt.lock" env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
		"$@" >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
}

# Changes to the machine, as against downloads.
apt_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		apt_get "$@"
	else
		sudo -n RTM_CACHE="$RTM_CACHE" bash -c \
			'. "$1" && shift && apt_get "$@"' \
			"$0" "${BASH_SOURCE[0]}" "$@"
	fi
}

apt_update()
{
	apt_root update
}

# apt_unpack DIRECTORY [apt-option...] package...: not installed, only there
apt_unpack()
(
	to=$(realpath -m "$1")
	debs=$(mktemp -d "$RTM_CACHE/.debs.XXXXXX") || exit
	trap 'rm -rf "$debs"' EXIT
	cd "$debs" || exit
	# As root, apt wants to read the directory as a user of its own.
	apt_get -o APT::Sandbox::User=root download "${@:2}" || exit
	for deb in ./*.deb; do
		dpkg -x "$deb" "$to" || exit
	done
)

installed()
{
	# shellcheck disable=SC2016
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

installed_version()
{
	# shellcheck disable=SC2016
	dpkg-query -W -f '${Version}' "$1"
}

# Installs what is missing of the packages named; no word where nothing is.
need()
{
	local p missing=()

	for p; do
		installed "$p" || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	note "installing ${missing[*]}"
	apt_update
	apt_root install -y --no-install-recommends "${missing[@]}"
}

# kernel_config arch fragment...: .config from tinyconfig and all of the
# fragments, of which the last one that names an option decides
kernel_config()
{
	local arch=$1 line name said

	make -s ARCH="$arch" tinyconfig
	cat "${@:2}" >>.config
	said=$(make -s ARCH="$arch" olddefconfig 2>&1) || die "$said"
	grep -v 'override:' <<<"$said" || :
	awk -F '[ =]' '/^(# )?CONFIG_/ {
			name = $1 == "#" ? $2 : $1
			if (!(name in last))
				order[++n] = name
			last[name] = $0
		}
		END { for (i = 1; i <= n; i++) print last[order[i]] }' \
		"${@:2}" | while read -r line; do
		name=${line#\# } name=${name%%[ =]*}
		case $line in
		\#*)	! grep "^$name=" .config ;;
		*)	grep -qxF "$line" .config ;;
		esac || die "the configuration lost $line"
	done
}
