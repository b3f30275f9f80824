/* SPDX-License-Identifier: MIT */
#include "platform/posix.h"

#include "core/alloc.h"
#include "platform/inspect.h"
#include "platform/locate.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum hp_verdict inspect(void *data, const char *path, char **note) {
  const struct hp_locate_request *request = data;
  return hp__inspect_posix(path, request->fit, note);
}

static const char *environment(void *data, const char *name) {
  (void)data;
  return getenv(name);
}

static char **list(void *data, const char *folder) {
  DIR *directory = opendir(folder);
  char **names = directory ? hp__alloc(sizeof *names) : NULL;
  size_t count = 0;
  (void)data;
  for (struct dirent *entry; names && (entry = readdir(directory));) {
    char **grown = hp__realloc(names, (count + 2) * sizeof *names);
    char *name = grown ? hp__strdup(entry->d_name) : NULL;
    names = grown ? grown : names;
    if (!name) /* out of memory: the rest of the walk meets it too */
      break;
    names[count++] = name;
    names[count] = NULL;
  }
  if (directory)
    closedir(directory);
  return names;
}

/* Keeps the folder alone; "" unless the path is absolute. */
static void cut_name(char *path) {
  char *slash = path[0] == '/' ? strrchr(path, '/') : path;
  slash[slash == path && path[0] == '/'] = '\0';
}

/* The name that the loader knows is relative for a main program, or where the search path was:
 * then the executable's place, which the kernel knows, has to do. */
static void find_library(const void *inside, char path[PATH_MAX]) {
  Dl_info info;
  bool known = dladdr(inside, &info) != 0 && info.dli_fname;
  if (!known || info.dli_fname[0] != '/' || !realpath(info.dli_fname, path))
    path[0] = '\0';
}

_Static_assert(sizeof((struct hp_own_folders){0}.library) >= PATH_MAX, "any path fits");

int hp__locate_by(const struct hp_locate_rules *rules, void (*find_executable)(char path[PATH_MAX]),
                  const struct hp_locate_request *request, struct hp_candidates *found,
                  hp_error *error) {
  char current[PATH_MAX];
  struct hp_own_folders fresh, *own = request->own ? request->own : &fresh;
  fresh.known = false; /* the rest is large, and is filled where it is needed */
  if (!own->known) {
    find_library(rules, own->library);
    find_executable(own->executable);
    cut_name(own->library);
    cut_name(own->executable);
    own->known = true;
  }
  struct hp_locate_view view = {
      .data = (void *)(uintptr_t)request,
      .inspect = inspect,
      .list = list,
      .environment = environment,
      .current = getcwd(current, sizeof current) ? current : "/",
      .library = own->library[0] ? own->library : NULL,
      .executable = own->executable[0] ? own->executable : NULL,
  };
  return hp__locate(rules, &view, request, found, error);
}
