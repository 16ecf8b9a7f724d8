# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Sourced in a guest: the daemons that vm/daemons.sh has unpacked to
# $RTM_DAEMONS. Each instance has a directory, where its sockets and logs are.
# They work in another network namespace when $in_netns is (ip netns exec NAME).

in_netns=()
declare -A pid
daemons_lib=$RTM_DAEMONS/usr/lib/x86_64-linux-gnu

daemons_init()
{
	getent group frrvty >/dev/null || {
		echo 'frr:x:901:' && echo 'frrvty:x:902:frr'
	} >>/etc/group
	getent passwd frr >/dev/null ||
		echo 'frr:x:901:901::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
	mkdir -p /etc/frr
	echo 'username root nopassword' >/etc/frr/vtysh.conf
}

# start NAME COMMAND...: in ${pid[NAME]}
start()
{
	"${@:2}" &
	pid[$1]=$!
}

# stop SIGNAL NAME...: those that have ended already, too
stop()
{
	local signal=$1 name

	shift
	for name; do
		kill "-$signal" "${pid[$name]}" || :
		wait "${pid[$name]}" 2>/dev/null || :
		unset "pid[$name]"
	done
}

# of_daemons program argument...: instead of this shell
of_daemons()
{
	LD_LIBRARY_PATH=$daemons_lib:$daemons_lib/frr exec \
		"${in_netns[@]}" "$RTM_DAEMONS/$1" "${@:2}"
}

# frr DIRECTORY DAEMON argument...: instead of this shell
frr()
{
	local dir=$1 daemon=$2

	shift 2
	: >>"$dir/frr.conf"
	chown -R frr:frr "$dir"
	of_daemons "usr/lib/frr/$daemon" -u frr -g frr -z "$dir/zserv.api" \
		-i "$dir/$daemon.pid" --vty_socket "$dir" -A 127.0.0.1 \
		-f "$dir/frr.conf" --moduledir "$daemons_lib/frr/modules" \
		"$@" >>"$dir/$daemon.log" 2>&1
}

# until_zebra DIRECTORY: others can speak to it
until_zebra()
{
	local end=$((SECONDS + 200))

	until [ -S "$1/zserv.api" ] || [ $SECONDS -ge $end ]; do
		sleep 0.1
	done
}

# frr_says DIRECTORY DAEMON COMMAND...
frr_says()
{
	local dir=$1 daemon=$2 args=() c

	shift 2
	for c; do
		args+=(-c "$c")
	done
	(of_daemons usr/bin/vtysh --vty_socket "$dir" -d "$daemon" "${args[@]}" \
		2>/dev/null)
}

# bird DIRECTORY: with bird.conf there, instead of this shell
bird()
{
	of_daemons usr/sbin/bird -f -c "$1/bird.conf" -s "$1/bird.ctl" \
		>>"$1/bird.log" 2>&1
}

# bird_says DIRECTORY word...
bird_says()
{
	(of_daemons usr/sbin/birdc -s "$1/bird.ctl" "${@:2}" 2>/dev/null)
}

# join NET ADDRESS NET ADDRESS [NAME]: two namespaces by a link, its ends named so
# or by the other one's namespace
join()
{
	local there=${5:-$3} here=${5:-$1}

	ip link add "$there" netns "$1" type veth peer name "$here" netns "$3"
	ip -n "$1" address add "$2" dev "$there"
	ip -n "$3" address add "$4" dev "$here"
	ip -n "$1" link set "$there" up
	ip -n "$3" link set "$here" up
}

# ping_from NAMESPACE argument...: ping(8), instead of this shell. -U: or else it has
# the kernel note when packets come, and change its code for that (see vm/README.md).
ping_from()
{
	exec ip netns exec "$1" ping -n -U "${@:2}"
}

# lost FILE FLYING: how many of its packets ping(8) had no answer to; up to FLYING were
# not answered yet when it was told to end.
lost()
{
	awk -v flying="$2" '
		/ bytes from / && match($0, /icmp_seq=[0-9]+/) {
			seq = substr($0, RSTART + 9, RLENGTH - 9) + 0
			answers += !(seq in answered)
			answered[seq]
			last = seq > last ? seq : last
		}
		/ packets transmitted, / { sent = $1 }
		END {
			if (!sent)
				print "all"
			else if (sent - last > flying)
				print sent - answers
			else
				print last - answers
		}' "$1"
}
