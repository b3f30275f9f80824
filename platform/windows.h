/* SPDX-License-Identifier: MIT */
/* What the Windows files of this room share. Windows 10 1809 and later; the wide API throughout. */
#ifndef HP_PLATFORM_WINDOWS_H
#define HP_PLATFORM_WINDOWS_H

#include <hyperprocess/plugin.h>

#include <wchar.h>
#include <windows.h>

/* ---- Text ------------------------------------------------------------------------------------ */

/* UTF-16 of UTF-8 and back, hp__free()d by the caller; NULL when out of memory. What is not valid
 * becomes U+FFFD. */
wchar_t *hp__wide(const char *text);
char *hp__narrow(const wchar_t *text);
/* An absolute path for the wide API, with backslashes, and with the prefix that lifts the limit of
 * 260 characters where it is that long. */
wchar_t *hp__wide_path(const char *path);
/* "<what> <name>: <text of the system> (<NAME or number>)", with the code that fits GetLastError().
 */
int hp__explain_windows(hp_error *error, enum hp_phase phase, DWORD os_code, const char *what,
                        const char *name);

/* ---- A process of ours ----------------------------------------------------------------------- */

struct hp_windows_child; /* platform/child_windows.h */

int hp__spawn_windows(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                      hp_error *error);
int hp__watch_windows(hp_child *child, hp_child_callback exited, hp_error *error);
int hp__signal_windows(hp_child *child, enum hp_scope scope, const char *name, hp_error *error);
void hp__reap_windows(hp_child *child);
void hp__close_windows(hp_child *child, hp_child_callback closed);
int hp__contains_windows(const hp_child *child, int64_t pid);
void hp__explain_exit_windows(const struct hp_exit *exit, const struct hp_spawn *spawn,
                              hp_error *error);
unsigned hp__stdio_hold_windows(void);
void hp__stdio_release_windows(unsigned held);

/* ---- What can be said about things ----------------------------------------------------------- */

int hp__locate_windows(const struct hp_locate_request *request, struct hp_candidates *found,
                       hp_error *error);
int hp__find_user_windows(const char *name, struct hp_user *user, hp_error *error);
bool hp__is_privileged_windows(void);
int hp__processor_windows(void);
char *hp__environment_windows(void);
void hp__stream_cut_windows(uv_stream_t *stream);
int hp__stream_take_windows(uv_stream_t *stream, hp_handle *handle);
void hp__stream_peer_windows(uv_stream_t *stream, struct hp_peer *peer);
void hp__port_owner_windows(const struct hp_endpoint *endpoint, struct hp_peer *peer);

/* ---- In the loop ----------------------------------------------------------------------------- */

int hp__alarm_new_windows(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback,
                          void *data);
void hp__alarm_set_windows(hp_alarm *alarm, uint64_t nanoseconds);
void hp__alarm_free_windows(hp_alarm *alarm);
hp_watch *hp__watch_new_windows(uv_loop_t *loop, const char *directory, hp_alarm_callback callback,
                                void *data);
void hp__watch_free_windows(hp_watch *watch);
int hp__notify_new_windows(uv_loop_t *loop, hp_notify **notify, const char *path,
                           const struct hp_user *user, hp_notify_callback callback, void *data,
                           hp_error *error);
void hp__notify_free_windows(hp_notify *notify);

/* ---- Directories ----------------------------------------------------------------------------- */

int hp__place_windows(enum hp_place place, char path[HP_PATH_SIZE]);
int hp__directory_new_windows(hp_directory **directory, const char *base,
                              const struct hp_user *user, hp_error *error);
int hp__directory_open_windows(hp_directory **directory, const char *path,
                               const struct hp_user *user, hp_error *error);
const char *hp__directory_path_windows(const hp_directory *directory);
void hp__directory_use_windows(hp_directory *directory, int64_t pid);
int hp__directory_write_windows(hp_directory *directory, const char *name, const void *data,
                                size_t size, hp_error *error);
int hp__directory_read_windows(hp_directory *directory, const char *name, void *data, size_t size,
                               size_t *length, hp_error *error);
int hp__directory_make_windows(hp_directory *directory, const char *name, hp_error *error);
int hp__directory_rename_windows(hp_directory *directory, const char *from, const char *to,
                                 hp_error *error);
int hp__directory_clear_windows(hp_directory *directory, const char *name, hp_error *error);
void hp__directory_free_windows(hp_directory *directory);
int hp__sweep_windows(const char *base);

#endif
