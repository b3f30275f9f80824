#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# In a bare Debian 12, as root: our Debian packages (`cmake --workflow --preset package` makes them
# before) are installed, do the main job and are purged; then the README's two lines in a fresh clone,
# which proves that they name every package they need. Packages come from where this machine gets its own; nothing of the machine but
# its apt configuration and certificates goes in. Takes some minutes; 77 where it cannot be tried.
#
#   bare_root.sh [DIRECTORY]     makes the root in DIRECTORY, which must be new, and leaves it there
set -eu -o pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
  echo "needs root and debootstrap"
  exit 77
fi
keep=${1:-}
root=${keep:-$(mktemp -d)}
mkdir -p "$root"
chmod 755 "$root" # other users live in it, too

finish() {
  local mounted
  for mounted in dev/pts dev proc; do
    mountpoint -q "$root/$mounted" && umount "$root/$mounted"
  done
  [ -n "$keep" ] || rm -rf --one-file-system "$root"
}
trap finish EXIT

# The first repository of this machine that carries the distribution itself.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
  awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
if [ -z "$mirror" ]; then
  echo "this machine gets no packages of Debian 12"
  exit 77
fi

echo "== a bare root"
debootstrap --variant=minbase bookworm "$root" "${mirror%/}" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log"; exit 1; }
rm -f "$root.log"

echo "== where packages come from"
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d
for part in sources.list sources.list.d apt.conf.d auth.conf.d keyrings trusted.gpg.d; do
  [ ! -e "/etc/apt/$part" ] || cp -aL "/etc/apt/$part" "$root/etc/apt/"
done
cp -aL --remove-destination /usr/share/keyrings/. "$root/usr/share/keyrings/"
cp -L --remove-destination /etc/resolv.conf /etc/hosts "$root/etc/"
# Copied as a whole: a link in the root that is absolute would lead back to this machine's files.
rm -rf "$root/etc/ssl"
mkdir "$root/etc/ssl"
cp -aL /etc/ssl/certs "$root/etc/ssl/"
passed=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR HP_TEST_FULL; do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
  case $name in
    SSL_CERT_FILE) [ -z "${!name:-}" ] || install -D -m 644 "${!name}" "$root${!name}" ;;
  esac
done

# A server that we start must find itself in /proc; locks and terminals must work.
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t devpts devpts "$root/dev/pts" 2>/dev/null || mount --bind /dev/pts "$root/dev/pts"

outside() {
  chroot "$root" env -i "${passed[@]}" DEBIAN_FRONTEND=noninteractive sh -c "cd / && $1" </dev/null
}
# What is there: packages, and the files that a package could leave.
inventory() {
  outside 'dpkg-query -W -f "\${Package} \${Status}\n"; find /etc /usr /opt /srv /var/lib /var/log -xdev \
    ! -path "/var/lib/apt/*" ! -path "/var/lib/dpkg/*" ! -path "/var/log/*" ! -path "*/ld.so.cache" ! -path "/var/cache/*"' | sort
}

echo "== our Debian packages"
ls "$source"/build/package/hyperprocess_*.deb "$source"/build/package/libhyperprocess-dev_*.deb >/dev/null
mkdir "$root/packages"
cp "$source"/build/package/*.deb "$root/packages/"
outside 'apt-get update -qq'
inventory >"$root/packages/before"
outside 'apt-get install -y -qq --no-install-recommends /packages/hyperprocess_*.deb' >"$root/packages/log" 2>&1 ||
  { cat "$root/packages/log"; exit 1; }
last=$(outside 'hyperprocess run -- sh -c "echo ready at \$HYPERPROCESS_ENDPOINT"' | tail -n 1)
echo "$last"
case $last in "ready at unix://"*) ;; *) echo "not what the package promises"; exit 1 ;; esac
outside 'apt-get install -y -qq --no-install-recommends gcc libc6-dev pkg-config /packages/libhyperprocess-dev_*.deb' \
  >"$root/packages/log" 2>&1 || { cat "$root/packages/log"; exit 1; }
cp "$source/tests/packaging/consumer/consumer.c" "$root/packages/"
last=$(outside 'cc /packages/consumer.c -o /packages/consumer $(pkg-config --cflags --libs hyperprocess) && /packages/consumer' | tail -n 1)
echo "a program that was built with it: $last"
[ "$last" = "stopped by tether" ]
outside 'apt-get purge -y -qq hyperprocess libhyperprocess-dev gcc libc6-dev pkg-config && apt-get autoremove --purge -y -qq' \
  >"$root/packages/log" 2>&1 || { cat "$root/packages/log"; exit 1; }
inventory >"$root/packages/after"
diff "$root/packages/before" "$root/packages/after" && echo "purged: nothing is left"
rm -rf "$root/packages"

echo "== a fresh clone"
git -c safe.directory="$source" clone -q "$source" "$root/clone" 2>/dev/null ||
  git -c safe.directory="$source/.git" clone -q "$source" "$root/clone"
if [ "${HP_BARE_ROOT_UNCOMMITTED:-}" = 1 ]; then # while working: what is not committed yet, too
  (cd "$source" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) |
    tar -x -C "$root/clone"
fi

block() {
  awk -v number="$1" '/^```/ { fence++; next } fence == 2 * number - 1' "$root/clone/README.md"
}
inside() {
  chroot "$root" env -i "${passed[@]}" sh -c "cd /clone && $1" </dev/null
}

echo "== the README's first line"
began=$SECONDS
last=$(inside "$(block 1)" | tail -n 1)
echo "$last ($((SECONDS - began)) s)"
case $last in "ready at "*://*) ;; *) echo "not what the first line promises"; exit 1 ;; esac

echo "== the README's second line"
began=$SECONDS
inside "$(block 2)"
echo "passed ($((SECONDS - began)) s)"
