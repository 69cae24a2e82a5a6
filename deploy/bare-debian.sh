#!/bin/sh
# The proof of the README's two commands: a Debian 12 with nothing but Python, made anew in a folder, runs them.
#
#   deploy/bare-debian.sh [--user] [--test] [--keep]
#
# --user  as an ordinary user with sudo instead of root
# --test  also ./run test
# --keep  leave the folder behind
#
# Needs root, debootstrap and this machine's own apt mirror. Certificates and apt settings that an administrator
# has put on this machine (a company's proxy) are copied in; nothing else is. All processes live in a process
# namespace of their own and end with this script.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
who=root with_test='' keep=''
for option in "$@"; do
    case $option in
        --user) who=mapmaker ;;
        --test) with_test=yes ;;
        --keep) keep=yes ;;
        *) sed -n '2,12p' "$0" >&2 && exit 2 ;;
    esac
done
[ "$(id -u)" = 0 ] || { echo 'root is needed to make a Debian in a folder' >&2 && exit 1; }
command -v debootstrap >/dev/null || { echo 'apt-get install -y debootstrap' >&2 && exit 1; }

base=$(mktemp -d /var/tmp/opsmap-bare.XXXXXX)
chmod 755 "$base"
root=$base/debian
port=${PORT:-8990}
init='' # the process that holds the namespaces while ./run is up; they end with it

clean_up() {
    [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
    [ -n "$keep" ] || rm -rf --one-file-system "$base"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

say() { printf '\n== %s\n' "$*"; }

find_mirror() { # the first Debian mirror apt is set up with here
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) bookworm .*/\2/p' |
        grep '/debian/*$' | head -n 1
}

make_debian() {
    say 'a new Debian 12: minimal, and Python'
    debootstrap --variant=minbase --include=python3 bookworm "$root" "$(find_mirror)" >"$base/debootstrap.log"
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    copy_sources
    git clone -q --no-local "$checkout" "$root/srv/opsmap"
    rm -rf "$root/srv/opsmap/.git" # there is no git in there either
}

copy_sources() { # Debian's own only: the rest of this machine's sources are no part of a bare Debian
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [ ! -s "$list" ] || cp "$list" "$root/etc/apt/${list#/etc/apt/}"
    done
}

make_user() {
    [ "$who" != root ] || return 0
    inside root 'apt-get -q update && apt-get -q install -y --no-install-recommends sudo' >>"$base/user.log" 2>&1
    inside root "useradd -m -s /bin/sh $who && echo '$who ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$who &&
        chown -R $who /srv/opsmap"
}

inside() { # inside USER COMMAND: run it in the new Debian, in process and mount namespaces of its own
    # shellcheck disable=SC2016 # the inner shell expands these
    ${replace_shell:-} unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" && mount -t devpts devpts "$1/dev/pts" &&
            env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$3" PORT="$5" LANG=C.UTF-8 \
                chroot --userspec="$2:" "$1" sh -c "$4"
        exit $?' sh "$root" "$1" "$(home_of "$1")" "$2" "$port"
}

home_of() { if [ "$1" = root ]; then echo /root; else echo "/home/$1"; fi; }

start() { # start NAME: ./run in the background until /readyz answers 200; prints how long it took
    started=$(date +%s)
    replace_shell='exec' inside "$who" 'cd /srv/opsmap && exec ./run' >"$base/$1.log" 2>&1 &
    init=$!
    until curl -fs -o /dev/null "http://127.0.0.1:$port/readyz"; do
        if ! kill -0 "$init" 2>/dev/null || [ $(($(date +%s) - started)) -gt 900 ]; then
            cat "$base/$1.log"
            exit 1
        fi
        sleep 0.5
    done
    say "$1: ready after $(($(date +%s) - started)) s"
    cat "$base/$1.log"
}

find_inner() { # the process that became ./run: the first below $init whose root is the new Debian
    found=$init
    until [ "$(readlink "/proc/$found/root")" = "$root" ]; do
        read -r found _ <"/proc/$found/task/$found/children" || [ -n "$found" ]
    done
    echo "$found"
}

stop() { # Ctrl-C for the process in the namespace: every process must be gone within seconds
    started=$(date +%s)
    kill -INT "$(find_inner)"
    wait "$init" || true
    init=''
    say "stopped after $(($(date +%s) - started)) s"
}

make_debian
make_user
start 'first start'
curl -fsS "http://127.0.0.1:$port/" | head -c 300
[ -z "$(ls -A "$root/etc/postgresql" 2>/dev/null)" ] || { echo 'a system cluster was created' >&2 && exit 1; }
stop
start 'second start'
stop
if [ -n "$with_test" ]; then
    say './run test'
    inside "$who" 'cd /srv/opsmap && exec ./run test'
fi
say 'a bare Debian 12 runs it'
