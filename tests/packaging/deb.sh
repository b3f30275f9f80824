#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# deb.sh BUILD_FOLDER: what CPack makes of a build folder is two Debian packages that say what they
# need, hold what they should, and run from where they are unpacked. tests/bare_root.sh installs them
# for real. 77: cannot be tried here.
set -eu -o pipefail
build=$(cd "$1" && pwd)
if ! command -v dpkg-shlibdeps >/dev/null; then
  echo "needs dpkg-shlibdeps (dpkg-dev)"
  exit 77
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
  printf '%s\n' "$@"
  exit 1
}

(cd "$place" && cpack --config "$build/CPackConfig.cmake" -G DEB -B "$place/made" >"$place/log" 2>&1) || fail "$(cat "$place/log")"
runtime=$(echo "$place"/made/hyperprocess_*.deb)
development=$(echo "$place"/made/libhyperprocess-dev_*.deb)
version=$(dpkg-deb -f "$runtime" Version)

for need in 'libc6 (>=' 'libuv1 (>= 1.4' 'libyaml-0-2'; do
  case $(dpkg-deb -f "$runtime" Depends) in *"$need"*) ;; *) fail "hyperprocess does not depend on $need" ;; esac
done
case $(dpkg-deb -f "$development" Depends) in
  "hyperprocess (= $version), libuv1-dev (>= "*"libyaml-dev (>= "*) ;;
  *) fail "libhyperprocess-dev depends on: $(dpkg-deb -f "$development" Depends)" ;;
esac

for package in "$runtime" "$development"; do
  dpkg-deb -x "$package" "$place/root"
  outside=$(dpkg-deb --fsys-tarfile "$package" | tar -t | grep -v '^\./usr/' | grep -v '^\./$' | grep -v '^\./usr$' || true)
  [ -z "$outside" ] || fail "outside of /usr: $outside"
done
for file in bin/hyperprocess bin/hyperprocess-echod share/man/man1/hyperprocess.1 share/doc/hyperprocess/copyright \
  share/doc/libhyperprocess-dev/copyright include/hyperprocess/hyperprocess.h; do
  [ -s "$place/root/usr/$file" ] || fail "/usr/$file is missing"
done
! grep -rlF "$build" "$place/root" --include='*.cmake' --include='*.pc' --include='*.h' --include='*.md' ||
  fail "these name the build folder"

said=$(PATH=/usr/bin:/bin "$place/root/usr/bin/hyperprocess" run -- sh -c 'echo "ready at $HYPERPROCESS_ENDPOINT"')
case $said in "ready at unix://"*) printf '%s\n' "$said" ;; *) fail "$said" ;; esac

# Of its mistakes two are matters of form that CPack does not care for: CHANGELOG.md is in a form of its
# own, and man reads a page that is not compressed.
if command -v lintian >/dev/null; then
  said=$(lintian --allow-root --fail-on error --suppress-tags no-changelog,uncompressed-manual-page "$runtime" "$development" 2>&1) || fail "$said"
fi
