/* SPDX-License-Identifier: MIT */
/* What every server needs of the system, whichever it is. */
#include "cli/doctor.h"
#include "core/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_DESCRIPTORS = 256, FEW_PROCESSES = 64, FEW_PORTS = 1000, SKEW_S = 2 };
static const uint64_t MEBIBYTE = 1 << 20, LITTLE_SPACE = 64 << 20;

static const struct hp_platform_ops *platform_of(const struct doctor *doctor) {
  return doctor->context->registry.platform;
}

/* ---- System, user ---- */

static void look_at_kernel(struct doctor *doctor) {
  uv_utsname_t name;
  if (uv_os_uname(&name) == 0)
    doctor_say(doctor, VERDICT_OK, "system", "%s %s on %s, hyperprocess %s, libuv %s", name.sysname,
               name.release, name.machine, hp_version(), uv_version_string());
}

static void look_at_user(struct doctor *doctor) {
  uv_passwd_t user;
  if (uv_os_get_passwd(&user) != 0) {
    doctor_say(doctor, VERDICT_WARN, "user", "this user has no entry in the table of users");
    doctor_remedy(doctor, "some servers refuse to run without one: give it one");
    return;
  }
  doctor_say(doctor, VERDICT_OK, "user", "%s%s", user.username,
             platform_of(doctor)->is_privileged() ? ", who may start servers as other users" : "");
  uv_os_free_passwd(&user);
}

static void look_at_containment(struct doctor *doctor) {
  enum hp_containment level = platform_of(doctor)->containment;
  bool enough = level >= HP_CONTAINMENT_TREE, best = level == HP_CONTAINMENT_TREE_CRASH;
  doctor_say(doctor, enough ? VERDICT_OK : VERDICT_WARN, "containment", "%s%s",
             hp_containment_name(level),
             best ? "" : "; when its host is killed a server is told to end, not made to");
  if (!enough)
    doctor_remedy(doctor, "descendants of a server may survive it: stop them yourself");
}

/* ---- Directories ---- */

static uint64_t space_in(const char *path) {
  uv_fs_t request;
  uint64_t space = UINT64_MAX;
  if (uv_fs_statfs(NULL, &request, path, NULL) == 0) {
    const uv_statfs_t *facts = request.ptr;
    space = facts->f_bavail * facts->f_bsize;
  }
  uv_fs_req_cleanup(&request);
  return space;
}

/* By making one there and removing it. */
static bool can_be_used(struct doctor *doctor, const char *name, const char *base) {
  const struct hp_user us = {.id = -1, .group = -1};
  struct hp_error error = {0};
  hp_directory *directory = NULL;
  int result = platform_of(doctor)->directory_new(&directory, base, &us, &error);
  platform_of(doctor)->directory_free(directory);
  if (result < 0)
    doctor_fail(doctor, name, &error);
  hp__error_fini(&error);
  return result == 0;
}

static void look_at_temporary(struct doctor *doctor) {
  static const char name[] = "temporary";
  char base[HP_PATH_SIZE];
  if (platform_of(doctor)->place(HP_PLACE_TEMPORARY, base) != 0) {
    doctor_say(doctor, VERDICT_FAIL, name, "there is no directory for temporary data");
    doctor_remedy(doctor, "set TMPDIR to one that you can write to");
    return;
  }
  uint64_t space = space_in(base);
  if (!can_be_used(doctor, name, base))
    return;
  if (space == UINT64_MAX)
    doctor_say(doctor, VERDICT_OK, name, "%s", base);
  else
    doctor_say(doctor, space < LITTLE_SPACE ? VERDICT_WARN : VERDICT_OK, name,
               "%s, %" PRIu64 " MiB free", base, space / MEBIBYTE);
  if (space < LITTLE_SPACE)
    doctor_remedy(doctor, "make room, or set TMPDIR to a directory on another filesystem");
}

/* Whether a socket in a private directory has an address that is short enough. */
static bool fits(struct doctor *doctor, const char *base, hp_error *error) {
  const struct hp_transport_ops *local =
      hp__registry_transport(&doctor->context->registry, "local");
  char directory[HP_PATH_SIZE + HP_DIRECTORY_NAME + 2];
  snprintf(directory, sizeof directory, "%s/hp-XXXXXXXX", base);
  struct hp_transport_spec spec = {.directory = directory, .name = "s"};
  return !local || local->check(&spec, error) == 0;
}

static void look_at_runtime(struct doctor *doctor) {
  static const enum hp_place places[] = {HP_PLACE_RUNTIME, HP_PLACE_SHORT};
  struct hp_error error = {0};
  char base[HP_PATH_SIZE];
  for (size_t i = 0; i < 2; i++) {
    hp__error_fini(&error);
    if (platform_of(doctor)->place(places[i], base) != 0 || !fits(doctor, base, &error))
      continue;
    if (can_be_used(doctor, "sockets", base))
      doctor_say(doctor, VERDICT_OK, "sockets", "%s%s", base,
                 i ? ", for a runtime directory is missing or too long" : "");
    return;
  }
  if (hp_error_code(&error) == 0)
    hp_error_set(&error, HP_ENOTFOUND, HP_PHASE_PLAN, "there is no place for private sockets");
  doctor_fail(doctor, "sockets", &error);
  hp__error_fini(&error);
}

/* ---- Limits ---- */

static void say_limit(struct doctor *doctor, const char *name, const char *what, int64_t limit,
                      int64_t few, const char *remedy) {
  if (limit < 0)
    return;
  doctor_say(doctor, limit < few ? VERDICT_WARN : VERDICT_OK, name, "%" PRId64 " %s", limit, what);
  if (limit < few)
    doctor_remedy(doctor, "%s", remedy);
}

static void no_event(void *data) {
  (void)data;
}

/* Without one, `connect` asks by its schedule alone. */
static void look_at_watches(struct doctor *doctor, uv_loop_t *loop) {
  char base[HP_PATH_SIZE];
  if (platform_of(doctor)->place(HP_PLACE_TEMPORARY, base) != 0)
    return;
  hp_watch *watch = platform_of(doctor)->watch_new(loop, base, no_event, NULL);
  doctor_say(doctor, watch ? VERDICT_OK : VERDICT_WARN, "watches", "directories can%s be watched",
             watch ? "" : "not");
  if (watch)
    platform_of(doctor)->watch_free(watch);
  else
    doctor_remedy(doctor, "on Linux raise fs.inotify.max_user_instances and max_user_watches");
}

/* Of a file like those of /proc: false where there is none, as on other systems. */
static bool read_line(const char *path, char *line, int size) {
  FILE *file = fopen(path, "r");
  bool read = file && fgets(line, size, file);
  if (file)
    fclose(file);
  if (read)
    line[strcspn(line, "\n")] = '\0';
  return read;
}

static void look_at_cgroup(struct doctor *doctor) {
  char line[512], path[700], most[64], now[64];
  if (!read_line("/proc/self/cgroup", line, sizeof line) || strncmp(line, "0::", 3) != 0)
    return;
  snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", line + 3);
  if (read_line(path, most, sizeof most) && strcmp(most, "max") != 0)
    doctor_say(doctor, VERDICT_OK, "cgroup", "memory: at most %" PRIu64 " MiB",
               (uint64_t)strtoull(most, NULL, 10) / MEBIBYTE);
  snprintf(path, sizeof path, "/sys/fs/cgroup%s/pids.max", line + 3);
  if (!read_line(path, most, sizeof most) || strcmp(most, "max") == 0)
    return;
  snprintf(path, sizeof path, "/sys/fs/cgroup%s/pids.current", line + 3);
  bool known = read_line(path, now, sizeof now);
  bool few = known && strtoll(most, NULL, 10) - strtoll(now, NULL, 10) < FEW_PROCESSES;
  doctor_say(doctor, few ? VERDICT_WARN : VERDICT_OK, "cgroup", "processes: %s of %s are in use",
             known ? now : "some", most);
  if (few)
    doctor_remedy(doctor, "raise the cgroup's pids.max, or end what is not needed");
}

/* ---- Ports ---- */

static int bind_any_port(uv_loop_t *loop) {
  struct sockaddr_in address;
  uv_tcp_t socket;
  uv_ip4_addr("127.0.0.1", 0, &address);
  int status = uv_tcp_init(loop, &socket);
  if (status != 0)
    return status;
  status = uv_tcp_bind(&socket, (const struct sockaddr *)&address, 0);
  uv_close((uv_handle_t *)&socket, NULL);
  uv_run(loop, UV_RUN_DEFAULT);
  return status;
}

static void look_at_ports(struct doctor *doctor, uv_loop_t *loop) {
  char range[64] = "", reserved[256] = "";
  unsigned first = 0, last = 0;
  int status = bind_any_port(loop);
  if (status != 0) {
    doctor_say(doctor, VERDICT_FAIL, "ports", "127.0.0.1 gives no port: %s", uv_strerror(status));
    doctor_remedy(doctor, "is the loopback interface up? (`ip link set lo up`)");
    return;
  }
  bool known = read_line("/proc/sys/net/ipv4/ip_local_port_range", range, sizeof range) &&
               sscanf(range, "%u %u", &first, &last) == 2;
  read_line("/proc/sys/net/ipv4/ip_local_reserved_ports", reserved, sizeof reserved);
  if (!known) {
    doctor_say(doctor, VERDICT_OK, "ports", "127.0.0.1 gives ports");
    return;
  }
  bool few = last - first < FEW_PORTS;
  doctor_say(doctor, few ? VERDICT_WARN : VERDICT_OK, "ports",
             "those from %u to %u are given out%s%s", first, last, reserved[0] ? ", but for " : "",
             reserved);
  if (few)
    doctor_remedy(doctor, "widen net.ipv4.ip_local_port_range");
}

/* ---- Clock ---- */

/* The age of files is compared with it: one that is apart from the filesystem's misjudges them. */
static void look_at_clock(struct doctor *doctor) {
  uv_timeval64_t now;
  uv_fs_t request;
  char base[HP_PATH_SIZE], path[HP_PATH_SIZE + 32];
  if (platform_of(doctor)->place(HP_PLACE_TEMPORARY, base) != 0 || uv_gettimeofday(&now) != 0)
    return;
  snprintf(path, sizeof path, "%s/hp-clock-XXXXXX", base);
  int status = uv_fs_mkdtemp(NULL, &request, path, NULL);
  snprintf(path, sizeof path, "%s", status == 0 ? request.path : "");
  uv_fs_req_cleanup(&request);
  if (status != 0) /* has been said */
    return;
  uv_fs_stat(NULL, &request, path, NULL);
  int64_t apart = (int64_t)request.statbuf.st_mtim.tv_sec - now.tv_sec;
  uv_fs_req_cleanup(&request);
  uv_fs_rmdir(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
  bool skewed = apart > SKEW_S || apart < -SKEW_S;
  doctor_say(doctor, skewed ? VERDICT_WARN : VERDICT_OK, "clock",
             "the system's and the filesystem's are %" PRId64 " s apart", apart);
  if (skewed)
    doctor_remedy(doctor, "synchronise the clock with the one that serves %s", base);
}

void doctor_look_at_system(struct doctor *doctor) {
  uv_loop_t loop;
  look_at_kernel(doctor);
  look_at_user(doctor);
  look_at_containment(doctor);
  look_at_runtime(doctor);
  look_at_temporary(doctor);
  say_limit(doctor, "descriptors", "may be open in one process", limits_descriptors(),
            FEW_DESCRIPTORS, "raise the limit: ulimit -n");
  say_limit(doctor, "processes", "are allowed to this user", limits_processes(), FEW_PROCESSES,
            "raise the limit: ulimit -u");
  look_at_cgroup(doctor);
  look_at_clock(doctor);
  if (uv_loop_init(&loop) != 0)
    return;
  look_at_watches(doctor, &loop);
  look_at_ports(doctor, &loop);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}
