#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Boots a kernel in QEMU on the host's own root (read-only, changes go to RAM)
# and runs a command there as root, in this tree.
# usage: run.sh [-k 6.1|6.12|debug|kcsan|gcov] [-c cpus] [-m MiB] [-t seconds]
#		[-o results-dir] [-a kernel-arguments] [-i] -- command...
#	 run.sh -r [...] -- rtm.ko program
# With -i there is one CPU, and its clocks count instructions, one a nanosecond.
# With -r there is a RAM disk and nothing else, so that a suspend takes nothing
# away; the program, linked statically, runs there with the module loaded.
# The command's output comes to stdout as it is made; what it writes to
# /run/rtm-results stays in results-dir, beside the kernel's log (kernel.log).
# Exit status: the command's own, or
EXIT_SETUP=120		# the guest could not be prepared
EXIT_PANIC=121		# the kernel died
EXIT_SILENT=122		# the guest ended without telling how it went
EXIT_KLOG=123		# the kernel complained, or is tainted
EXIT_TIMEOUT=124	# time was up
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
trap 'exit $EXIT_SETUP' ERR

kernel=6.12 cpus=2 mem=1024 seconds=600 results='' args='' icount='' ram=''
while getopts k:c:m:t:o:a:ir o; do
	case $o in
	k)	kernel=$OPTARG ;;
	c)	cpus=$OPTARG ;;
	m)	mem=$OPTARG ;;
	t)	seconds=$OPTARG ;;
	o)	results=$OPTARG ;;
	a)	args=$OPTARG ;;
	i)	icount=y ;;
	r)	ram=y ;;
	*)	exit $EXIT_SETUP ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { note "no command"; exit $EXIT_SETUP; }

tree=$(dirname "$here")
results=${results:-$tree/build/vm/$kernel}
mkdir -p "$results"
results=$(cd "$results" && pwd)
rm -rf "$results/guest" "$results/kernel.log" "$results"/boot.?.log
mkdir "$results/guest"

# To free is so slow in the debug kernel that what waited for a grace period would keep
# both processors in softirqs for seconds, with nobody else served.
[ "$kernel" != debug ] || args="rcutree.use_softirq=0 slub_debug=FZP,rtm*;P,kmalloc-* $args"
vars=$("$here/kernel.sh" "$kernel")
eval "$vars"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# busybox and the init script, and with them ...
initramfs()
{
	local root=$tmp/initramfs

	mkdir -p "$root/bin"
	cp /bin/busybox "$root/bin/"
	if [ -n "$ram" ]; then
		cp "$here/ram-init" "$root/init"
		cp "$1" "$root/rtm.ko"
		cp "$2" "$root/program"
	else
		cp "$here/init" "$root/init"
		drivers "$root"
	fi
	(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) \
		>"$tmp/initramfs.gz"
}

# ... those drivers that are modules, in order.
drivers()
{
	local root=$1 line ko

	mkdir "$root/modules"
	: >"$root/modules/order"
	for m in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
		modprobe -d "${MODULES%/lib/modules/*}" -S "$KREL" \
			--show-depends "$m"
	done >"$tmp/modules"
	while read -r line ko; do
		[ "$line" = insmod ] || continue
		line=$(basename "$ko" .xz)
		[ ! -e "$root/modules/$line" ] || continue
		case $ko in
		*.xz)	xz -dc "$ko" >"$root/modules/$line" ;;
		*)	cp "$ko" "$root/modules/$line" ;;
		esac
		echo "$line" >>"$root/modules/order"
	done <"$tmp/modules"
}

# /dev/kvm may exist and yet be of no use: believe it only after a boot.
accelerator()
{
	local answer lock

	answer=$RTM_CACHE/accel-$(cat /proc/sys/kernel/random/boot_id)
	# The first guests of a machine begin together: one of them asks.
	exec {lock}>"$RTM_CACHE/accel.lock"
	flock "$lock"
	if [ ! -s "$answer" ]; then
		rm -f "$RTM_CACHE"/accel-*
		if [ -w /dev/kvm ] && timeout 20 qemu-system-x86_64 \
			-accel kvm -nodefaults -display none -no-reboot \
			-m 512 -kernel "$VMLINUZ" -serial "file:$tmp/kvm.log" \
			-append "console=ttyS0 panic=-1" >/dev/null 2>&1 &&
			grep -q 'Unable to mount root' "$tmp/kvm.log"; then
			echo kvm
		else
			echo tcg,thread=multi
		fi >"$answer"
	fi
	cat "$answer"
}

initramfs "$@"
printf '%s=%q\n' TREE "$tree" KREL "$KREL" MODULES "$MODULES" \
	>"$results/guest/env"
printf '%q ' "$@" >"$results/guest/command"
cp "$here/guest.sh" "$results/guest/main"
cpu=max,la57=off
if [ -n "$icount" ]; then
	cpus=1 accel=tcg,thread=single counter=(-icount shift=0)
else
	accel=$(accelerator) counter=()
fi
# QEMU's translator copies, and counts as an instruction each, a byte at a time
# where the kernel believes that the processor has fast strings.
[ "$accel" = kvm ] || cpu+=,erms=off,fsrm=off

if [ -n "$ram" ]; then
	devices=(-serial chardev:output)
else
	share=security_model=none,multidevs=remap
	devices=(-device virtio-serial-pci
		-device "virtserialport,chardev=output,name=rtm.output"
		-device virtio-rng-pci
		-fsdev "local,id=host,path=/,readonly=on,$share"
		-device "virtio-9p-pci,fsdev=host,mount_tag=host"
		-fsdev "local,id=results,path=$results,$share"
		-device "virtio-9p-pci,fsdev=results,mount_tag=results")
fi

trap - ERR
set +e
# As many guests at a time as there are cores: more only time each other out.
slot()
{
	local i

	while :; do
		for ((i = 0; i < $(nproc); i++)); do
			exec {slot}>"$RTM_CACHE/guest.$i.lock"
			flock -n "$slot" && return
			exec {slot}>&-
		done
		sleep 1
	done
}
# In the order in which they came.
exec {queue}>"$RTM_CACHE/guest.queue.lock"
flock "$queue"
slot
exec {queue}>&-

# QEMU before 8.1 translates code without the page's lock, so that it may go on running
# a breakpoint which the kernel put there for a moment, to change an instruction, and has
# taken away: a kernel with two processors dies of that now and then, mostly in its boot,
# where most is changed. Nothing of ours has run then: such a guest boots again.
stale_breakpoint()
{
	local complaints

	! grep -q 'rtm: command starts' "$1" || return
	complaints=$("$here/klog.sh" "$1")
	[[ ${complaints%%$'\n'*} == *'Oops: int3:'* ]] || return
	grep -m 1 'Code: ' "$1" | grep -qv ' cc <'
}

# no_timer_check: an emulated machine's timer may be late at that moment, and a kernel
# that finds it so panics. log_buf_len: a log whose first lines were overwritten may
# begin amid a trace, which then is one that nobody expected.
boot()
{
	timeout --foreground -k 10 "$seconds" qemu-system-x86_64 \
		-accel "$accel" "${counter[@]}" -machine q35 -cpu "$cpu" \
		-smp "$cpus" -m "$mem" \
		-nodefaults -no-user-config -display none -no-reboot -nic none \
		-kernel "$VMLINUZ" -initrd "$tmp/initramfs.gz" \
		-append "console=ttyS0 loglevel=7 panic=-1 oops=panic nokaslr \
mitigations=off slab_nomerge no_timer_check log_buf_len=8M $args" \
		-serial "file:$results/kernel.log" \
		-chardev file,id=output,path=/dev/stdout "${devices[@]}" \
		</dev/null | cat
	return "${PIPESTATUS[0]}"
}

for again in 1 2 ''; do
	boot
	qemu=$?
	if [ -z "$again" ] || ! stale_breakpoint "$results/kernel.log"; then
		break
	fi
	note "QEMU ran a breakpoint that was gone, in the boot: once more"
	cp "$results/kernel.log" "$results/boot.$again.log"
done

if grep -qE 'Kernel panic|Oops' "$results/kernel.log"; then
	note "the kernel died, see $results/kernel.log"
	"$here/klog.sh" "$results/kernel.log" >&2
	exit $EXIT_PANIC
elif [ "$qemu" -eq 124 ] || [ "$qemu" -eq 137 ]; then
	note "not done after $seconds seconds"
	"$here/klog.sh" "$results/kernel.log" >&2
	exit $EXIT_TIMEOUT
fi
status='' tainted=''
if [ -n "$ram" ]; then
	sed -n 's/.* rtm: \(status=[0-9]* tainted=[0-9]*\)\r*$/\1/p' \
		"$results/kernel.log" >"$results/guest/token"
fi
if [ "$qemu" -eq 0 ] && [ -e "$results/guest/token" ]; then
	eval "$(cat "$results/guest/token")"
fi
if [ -z "$status" ]; then
	note "the guest ended without a word, see $results/kernel.log"
	tail -n 5 "$results/kernel.log" >&2
	exit $EXIT_SILENT
fi
if ! "$here/klog.sh" -t "$tainted" "$results/kernel.log" >&2; then
	note "the kernel complained (the command's status was $status)"
	exit $EXIT_KLOG
fi
exit "$status"
