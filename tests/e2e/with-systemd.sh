#!/bin/sh
# with-systemd.sh COMMAND [ARG…] - run a command under a real systemd of its own.
#
# The machine's own tree, seen through an overlay whose upper layer is memory,
# becomes the root of a new set of namespaces with systemd as its first process.
# What the command writes vanishes with it; nothing outside is touched but one
# group of the version-2 control-group hierarchy, which is removed again.
#
# Leaves with the command's code; 77 with a reason where the machine can't do
# it; 97 when systemd did not come up.
#
# Three things are easy to get wrong. systemd must see version 2 only: shown a
# version-1 hierarchy it makes groups in those of whoever called us. The root
# must be a shared mount or services get no credentials. And the stock
# tmpfiles.d/tmp.conf would empty /tmp, where the caller's files may lie.
set -u

say_skip() { echo "SKIP: with-systemd: $*"; exit 77; }

# ---- third stage: first process of the namespaces; becomes systemd ----
if [ "${1-}" = --inside ]; then
	work=$2
	shift 2
	root=$work/root
	set -e
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 tmpfs "$work"
	mkdir "$work/up" "$work/wk" "$root"
	mount -t overlay -o "lowerdir=/,upperdir=$work/up,workdir=$work/wk" \
		overlay "$root"
	# folders that are mounts of their own are not in the overlay
	for d in "$@"; do
		[ -e "$root$d" ] && [ "$(stat -c %d:%i "$d")" = \
			"$(stat -c %d:%i "$root$d")" ] && continue
		mkdir -p "$root$d"
		mount --bind "$d" "$root$d"
	done
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
	mount -t tmpfs -o mode=755 tmpfs "$root/run"
	mount -t tmpfs -o mode=755 tmpfs "$root/dev"
	mkdir "$root/dev/pts" "$root/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	ln -s /proc/self/fd "$root/dev/fd"
	mount -t tmpfs tmpfs "$root/dev/shm"
	for n in null zero full random urandom tty; do
		: >"$root/dev/$n"
		mount --bind "/dev/$n" "$root/dev/$n"
	done
	units=$root/etc/systemd/system
	mkdir -p "$units" "$root/etc/tmpfiles.d"
	rm -f "$root/etc/tmpfiles.d/tmp.conf"
	ln -s /dev/null "$root/etc/tmpfiles.d/tmp.conf"
	for u in systemd-udevd.service systemd-udev-trigger.service \
		systemd-timesyncd.service systemd-modules-load.service \
		systemd-sysctl.service systemd-logind.service getty.target \
		systemd-journal-flush.service systemd-resolved.service \
		systemd-networkd.service dev-hugepages.mount \
		sys-fs-fuse-connections.mount tmp.mount; do
		rm -f "$units/$u"
		ln -s /dev/null "$units/$u"
	done
	cat >"$units/gort-test.target" <<-'UNIT'
	[Unit]
	Requires=basic.target
	Wants=dbus.socket
	After=basic.target dbus.socket
	AllowIsolate=yes
	UNIT
	rm -f "$root/etc/machine-id"
	echo 00000000000040008000000000000001 >"$root/etc/machine-id"
	cd "$root"
	mkdir -p .old
	pivot_root . .old
	umount -l /.old
	mount --make-rshared /
	exec env -i container=gort PATH="$PATH" /lib/systemd/systemd \
		--system --unit=gort-test.target --log-target=null
fi

# ---- second stage: own mounts, own group ----
if [ "${1-}" = --middle ]; then
	work=$2 expose=$3
	shift 3
	mount --make-rprivate /
	mkdir -p "$work/cg"
	mount -t cgroup2 cgroup2 "$work/cg" || say_skip "no cgroup2"
	home=$work/cg$(sed -n 's/^0:://p' /proc/self/cgroup)
	group=$work/cg/gort-test-$$
	mkdir "$group" 2>/dev/null || say_skip "may not make a cgroup"
	echo $$ >"$group/cgroup.procs" 2>/dev/null || {
		rmdir "$group"
		say_skip "may not enter a cgroup of its own"
	}
	mkdir -p "$work/in"
	# shellcheck disable=SC2086
	unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup \
		sh "$0" --inside "$work/in" $expose >"$work/boot.log" 2>&1 &
	shell=$!
	pid='' n=0 up=no
	while [ $n -lt 200 ]; do
		n=$((n + 1))
		kill -0 $shell 2>/dev/null || break
		pid=$(cat "/proc/$shell/task/$shell/children" 2>/dev/null |
			tr -d ' ')
		case ${pid:+$(nsenter -t "$pid" -a -- systemctl \
			is-system-running 2>/dev/null)} in
		running|degraded) up=yes; break ;;
		esac
		sleep 0.05
	done
	code=97
	if [ $up = yes ]; then
		nsenter -t "$pid" -a -- "$@"
		code=$?
	else
		echo "with-systemd: systemd did not come up:"
		tail -5 "$work/boot.log"
	fi
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	wait $shell 2>/dev/null
	echo $$ >"$home/cgroup.procs" 2>/dev/null ||
		echo $$ >"$work/cg/cgroup.procs" 2>/dev/null
	n=0
	while [ -d "$group" ] && [ $n -lt 100 ]; do
		find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
		n=$((n + 1))
		[ ! -d "$group" ] || sleep 0.02
	done
	exit $code
fi

# ---- first stage: can it be done here? ----
[ $# -gt 0 ] || { echo "usage: with-systemd.sh COMMAND [ARG...]"; exit 2; }
[ "$(id -u)" = 0 ] || say_skip "needs root"
[ -x /lib/systemd/systemd ] || say_skip "systemd is not installed"
for c in unshare nsenter pivot_root systemctl; do
	command -v $c >/dev/null || say_skip "$c is not installed"
done
grep -qw cgroup2 /proc/filesystems || say_skip "this kernel has no cgroup2"
grep -qw overlay /proc/filesystems || say_skip "this kernel has no overlay"
unshare --pid --mount --uts --ipc --net --cgroup --fork true 2>/dev/null ||
	say_skip "namespaces are not allowed here"
work=$(mktemp -d /tmp/gort-systemd.XXXXXX) || exit 99
unshare --mount sh "$0" --middle "$work" "${WITH_SYSTEMD_EXPOSE-}" "$@"
code=$?
rmdir "$work/in" "$work/cg" 2>/dev/null
rm -f "$work/boot.log"
rmdir "$work" 2>/dev/null
exit $code
