#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# symbols.sh NM LIBRARY LIST VERSION: what the shared library exports is what the list holds, a name
# and the version that it came with in each line. A name that goes breaks those who were built with
# it: until 1.0 that is a new minor version and a new SOVERSION is due with 1.0.
set -eu -o pipefail
nm=$1 library=$2 list=$3 version=$4
exported=$("$nm" -D --defined-only "$library" | awk '{ print $NF }' | LC_ALL=C sort)
listed=$(awk '!/^#/ && NF { print $1 }' "$list")
status=0

complain() {
  printf '%s\n' "$1" | sed '/^$/d' | while read -r name; do
    printf "${2//%s/$name}\n"
  done
  [ -z "$1" ] || status=1
}

[ -n "$exported" ] || { echo "$library exports nothing"; exit 1; }
complain "$(printf '%s\n' "$exported" | grep -v '^hp_[a-z]' || true)" "'%s' is exported, and is not ours to export"
complain "$(printf '%s\n' "$exported" | grep '^hp__' || true)" "'%s' is exported, and is private"
complain "$(LC_ALL=C comm -13 <(printf '%s\n' "$exported") <(printf '%s\n' "$listed" | LC_ALL=C sort))" \
  "'%s' is gone from the library: programs that use it no longer run"
complain "$(LC_ALL=C comm -23 <(printf '%s\n' "$exported") <(printf '%s\n' "$listed" | LC_ALL=C sort))" \
  "'%s' is new: add the line '%s $version' to ${list##*/core/} in core/, in its place"
LC_ALL=C sort -c <(printf '%s\n' "$listed") || { echo "${list##*/} is not sorted"; status=1; }
unknown=$(awk '!/^#/ && NF && ($2 !~ /^[0-9]+\.[0-9]+\.[0-9]+$/ || NF != 2)' "$list")
[ -z "$unknown" ] || { echo "without a version: $unknown"; status=1; }
newest=$( (awk '!/^#/ && NF { print $2 }' "$list"; echo "$version") | sort -V | tail -n 1)
[ "$newest" = "$version" ] || { echo "a version of the list, $newest, is yet to come: this is $version"; status=1; }
exit $status
