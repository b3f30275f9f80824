#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# consumer.sh BUILD_FOLDER STEP: what was installed, used as somebody else would, outside the tree.
# `install` comes first: into a new folder, which is then moved. `remove` comes last. 77: cannot be
# tried here.
set -eu -o pipefail
build=$1 step=$2
here=$(cd "$(dirname "$0")" && pwd)
record=$build/packaging.place
[ "$step" = install ] || place=$(cat "$record")
prefix=${place:-}/moved
unset CMAKE_PREFIX_PATH PKG_CONFIG_PATH CFLAGS LDFLAGS
compiler=${CC:-cc}

fail() {
  printf '%s\n' "$@"
  exit 1
}

# starts PROGRAM: on each transport; only the installed sample server is there to be found.
starts() {
  local transport said
  for transport in unix tcp; do
    said=$(PATH="$prefix/bin:/usr/bin:/bin" "$1" $transport) || fail "$said"
    case $said in
      "ready at $transport://"*$'\nstopped by tether') printf '%s\n' "$said" ;;
      *) fail "not what was expected of it:" "$said" ;;
    esac
  done
}

# by_cmake TARGET
by_cmake() {
  local folder=$place/cmake-$1
  mkdir "$folder"
  cp -r "$here/consumer" "$folder/source"
  cmake -S "$folder/source" -B "$folder/build" -DKIND="$1" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$compiler" \
    >"$folder/log" 2>&1 && cmake --build "$folder/build" >>"$folder/log" 2>&1 || fail "$(cat "$folder/log")"
  starts "$folder/build/consumer"
}

modules() {
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name hyperprocess.pc)") pkg-config "$@"
}

# by_pkgconfig MODULE FLAG…
by_pkgconfig() {
  local folder=$place/$1 module=$1
  shift
  mkdir "$folder"
  # shellcheck disable=SC2046 # words on purpose
  "$compiler" $(modules --cflags "$module") "$here/consumer/consumer.c" -o "$folder/consumer" \
    $(modules --libs "$module") "$@"
  starts "$folder/consumer"
}

libraries() {
  dirname "$(find "$prefix" -name 'libhyperprocess.so' -o -name 'libhyperprocess.dylib')"
}

# needs PROGRAM: whether the shared library is loaded by it.
needs() {
  { readelf -d "$1" 2>/dev/null || otool -L "$1"; } | grep -qE 'libhyperprocess\.(so\.0|0\.dylib)'
}

case $step in
  install)
    place=$(mktemp -d)
    printf '%s\n' "$place" >"$record"
    cmake --install "$build" --prefix "$place/first" >"$place/log"
    mv "$place/first" "$place/moved"
    (cd "$place/moved" && find . -type f -o -type l) | sort
    ! grep -rlE "$place|$build" "$place/moved" --include='*.cmake' --include='*.pc' --include='*.h' ||
      fail "these name a folder that is not theirs"
    ;;
  remove) rm -rf "$place" "$record" ;;
  cmake_shared) by_cmake hyperprocess; needs "$place/cmake-hyperprocess/build/consumer" ;;
  cmake_static)
    by_cmake static
    ! needs "$place/cmake-static/build/consumer" || fail "the library is not in it"
    ;;
  pkgconfig_shared)
    by_pkgconfig hyperprocess "-Wl,-rpath,$(libraries)"
    needs "$place/hyperprocess/consumer"
    ;;
  pkgconfig_static)
    by_pkgconfig hyperprocess-static
    ! needs "$place/hyperprocess-static/consumer" || fail "the library is not in it"
    ;;
  pkgconfig_says)
    [ "$(modules --modversion hyperprocess)" = "$(modules --modversion hyperprocess-static)" ]
    modules --print-requires-private hyperprocess | grep -q '^libuv >= 1\.44'
    modules --print-requires-private hyperprocess | grep -q '^yaml-0\.1 >= 0\.2\.5'
    modules --validate hyperprocess hyperprocess-static
    ;;
  another_version) # is not taken
    mkdir "$place/version"
    sed 's/hyperprocess 0\.1 /hyperprocess 0.2 /' "$here/consumer/CMakeLists.txt" >"$place/version/CMakeLists.txt"
    ! said=$(cmake -S "$place/version" -B "$place/version/build" -DKIND=static -DCMAKE_PREFIX_PATH="$prefix" 2>&1) ||
      fail "0.1 was taken for 0.2"
    case $said in *'compatible with requested version "0.2"'*) ;; *) fail "$said" ;; esac
    ;;
  cplusplus)
    command -v c++ >/dev/null || exit 77
    # shellcheck disable=SC2046
    c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror $(modules --cflags hyperprocess) "$here/consumer/consumer.cpp" \
      -o "$place/cplusplus" $(modules --libs hyperprocess) "-Wl,-rpath,$(libraries)"
    "$place/cplusplus"
    ;;
  tool) # finds the sample server beside itself, and its page can be read
    said=$(PATH=/usr/bin:/bin "$prefix/bin/hyperprocess" run -- sh -c 'echo "ready at $HYPERPROCESS_ENDPOINT"')
    case $said in "ready at unix://"*) printf '%s\n' "$said" ;; *) fail "$said" ;; esac
    [ -s "$prefix/share/man/man1/hyperprocess.1" ]
    ;;
  *) fail "there is no step '$step'" ;;
esac
