#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# in_folder.sh COMMAND…: runs it where the library's private directories are its own; none may be left.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
XDG_RUNTIME_DIR=$folder "$@" || exit
left=$(cd "$folder" && echo hp-*)
[ "$left" = 'hp-*' ] || { echo "left: $left"; exit 1; }
