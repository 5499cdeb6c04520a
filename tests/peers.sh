#!/bin/sh
# peers.sh NAME - a real program that tests talk to, without installing it.
#
# Prints a directory whose `run` starts the peer: build/peers/NAME/run PROG ARG…
# Packages are fetched with apt-get download and unpacked, because installing
# redis-server or prometheus would start services on the user's machine.
# Leaves 0 with the path printed, 1 when the peer can't be had (reason on
# stderr): the caller skips by name.
set -eu

name=${1:?usage: peers.sh redis|promtool}
root=${GORT_PEERS_DIR:-$(pwd)/peers}
dir=$root/$name

case $name in
redis)
	pkgs="redis-server redis-tools libjemalloc2 liblua5.1-0 liblzf1
	libhiredis0.14 libatomic1 lua-cjson lua-bitop"
	progs="redis-server redis-cli redis-benchmark" ;;
promtool)
	pkgs=prometheus
	progs=promtool ;;
*) echo "peers.sh: no peer named $name" >&2; exit 1 ;;
esac

if [ ! -x "$dir/run" ]; then
	command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
		{ echo "$name: needs apt-get and dpkg to fetch it" >&2; exit 1; }
	tmp=$dir.new
	rm -rf "$tmp"
	mkdir -p "$tmp/deb"
	for p in $pkgs; do
		(cd "$tmp/deb" && apt-get -qq download "$p" >/dev/null 2>&1) ||
			{ echo "$name: package $p can't be fetched" >&2; exit 1; }
	done
	for d in "$tmp"/deb/*.deb; do
		dpkg -x "$d" "$tmp/root"
	done
	rm -rf "$tmp/deb"
	cat >"$tmp/run" <<-'EOF'
	#!/bin/sh
	here=$(cd "$(dirname "$0")" && pwd)/root
	LD_LIBRARY_PATH=$here/usr/lib/x86_64-linux-gnu:$here/usr/lib
	export LD_LIBRARY_PATH
	prog=$1
	shift
	exec "$here/usr/bin/$prog" "$@"
	EOF
	chmod +x "$tmp/run"
	rm -rf "$dir"
	mv "$tmp" "$dir"
fi
for p in $progs; do
	"$dir/run" "$p" --version >/dev/null 2>&1 ||
		{ echo "$name: $p does not start here" >&2; exit 1; }
done
echo "$dir"
