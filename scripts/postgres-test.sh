#!/bin/sh
# A throw-away PostgreSQL server for the tests, owned by an unprivileged user,
# reached by a socket in its own temporary folder.
#
#   scripts/postgres-test.sh run COMMAND...   start, run COMMAND with TEST_POSTGRES set, stop
#   scripts/postgres-test.sh start            start, print the address
#   scripts/postgres-test.sh stop ADDRESS     stop the server at that address
#
# FSYNC=on makes commits durable against a power cut; the default is off, which
# loses nothing when a client or the server process is killed.
set -eu

say() { echo "postgres-test: $*" >&2; }

# bin prints the folder of initdb and pg_ctl: PG_BIN, the newest of Debian's,
# Homebrew's or what is on PATH.
bin() {
	if [ -n "${PG_BIN:-}" ]; then echo "$PG_BIN"; return; fi
	for d in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null | sort -rV); do
		if [ -x "$d/initdb" ]; then echo "$d"; return; fi
	done
	if command -v initdb >/dev/null 2>&1; then dirname "$(command -v initdb)"; return; fi
	say "no PostgreSQL programs found (initdb, pg_ctl)."
	say "Debian, Ubuntu: apt-get install postgresql    macOS: brew install postgresql@17    or set PG_BIN"
	exit 3
}

# as_owner runs a command as the user who may own a server: never root.
as_owner() {
	if [ "$(id -u)" != 0 ]; then "$@"; return; fi
	if command -v runuser >/dev/null 2>&1; then runuser -u "$owner" -- "$@"; else su "$owner" -s /bin/sh -c '"$0" "$@"' -- "$@"; fi
}

pick_owner() {
	owner=$(id -un)
	if [ "$(id -u)" = 0 ]; then
		owner=${PG_OWNER:-postgres}
		if ! id "$owner" >/dev/null 2>&1; then owner=nobody; fi
	fi
}

start() {
	pick_owner
	bin=$(bin)
	# /tmp, not TMPDIR: the path of a socket may have 103 bytes only.
	dir=$(mktemp -d /tmp/quanxiang-pg.XXXXXX)
	if [ "$(id -u)" = 0 ]; then chown "$owner" "$dir"; fi
	cd "$dir"
	as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
		as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --lc-ctype=en_US.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || {
		cat "$dir/initdb.log" >&2
		say "initdb did not work"
		exit 1
	}
	# No TCP port at all: nothing to collide with, nothing to attack.
	cat >>"$dir/data/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 400
fsync = ${FSYNC:-off}
full_page_writes = ${FSYNC:-off}
shared_buffers = 128MB
max_wal_size = 512MB
autovacuum = ${FSYNC:-off}
log_min_messages = fatal
EOF
	as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -s start >&2 || {
		cat "$dir/server.log" >&2
		say "the server did not start"
		exit 1
	}
	address="postgres://postgres@/postgres?host=$dir"
}

stop() {
	pick_owner
	bin=$(bin)
	dir=${1##*host=}
	case $dir in
	/tmp/quanxiang-pg.*) ;;
	*)
		say "$1 is not an address this script gave"
		exit 2
		;;
	esac
	cd /
	as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >&2 || say "the server at $dir had already stopped"
	rm -rf "$dir"
}

case ${1:-} in
run)
	shift
	here=$(pwd)
	start
	trap 'stop "$address"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	cd "$here"
	TEST_POSTGRES=$address "$@"
	;;
start)
	start
	echo "$address"
	;;
stop)
	stop "${2:?the address that start printed}"
	;;
*)
	sed -n '2,10s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
