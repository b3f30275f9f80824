/* SPDX-License-Identifier: MIT */
#include "platform/linux.h"

#include "platform/platform.h"

const struct hp_platform_ops hp__platform_linux = {
    .version = HP_PLATFORM_VERSION,
    .name = "linux",
    .local = "unix",
    .child_size = sizeof(struct hp_linux_child),
    .locate = hp__locate_linux,
    .find_user = hp__find_user_linux,
    .is_privileged = hp__is_privileged_linux,
    .spawn = hp__spawn_linux,
    .watch = hp__watch_linux,
    .signal = hp__signal_linux,
    .reap = hp__reap_linux,
    .close = hp__close_linux,
    .contains = hp__contains_linux,
    .stream_peer = hp__stream_peer_linux,
    .port_owner = hp__port_owner_linux,
    .place = hp__place_linux,
    .directory_new = hp__directory_new_linux,
    .directory_open = hp__directory_open_linux,
    .directory_path = hp__directory_path_linux,
    .directory_use = hp__directory_use_linux,
    .directory_write = hp__directory_write_linux,
    .directory_clear = hp__directory_clear_linux,
    .directory_free = hp__directory_free_linux,
    .sweep = hp__sweep_linux,
    .alarm_new = hp__alarm_new_linux,
    .alarm_set = hp__alarm_set_linux,
    .alarm_free = hp__alarm_free_linux,
    .watch_new = hp__watch_new_linux,
    .watch_free = hp__watch_free_linux,
    .notify_new = hp__notify_new_linux,
    .notify_free = hp__notify_free_linux,
    .explain_exit = hp__explain_exit_linux,
};
