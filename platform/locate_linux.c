/* SPDX-License-Identifier: MIT */
#include "platform/linux.h"

#include "core/alloc.h"
#include "platform/inspect.h"
#include "platform/locate.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum hp_verdict inspect(void *data, const char *path, char **note) {
  (void)data;
  return hp__inspect_linux(path, note);
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

/* Cuts the file's name off; NULL unless the path is absolute. */
static const char *folder_of(char *path) {
  char *slash = path[0] == '/' ? strrchr(path, '/') : NULL;
  if (!slash)
    return NULL;
  slash[slash == path] = '\0';
  return path;
}

/* The name that the loader knows is relative for a main program, or where the search path was:
 * then the executable's place, which the kernel knows, has to do. */
static const char *library_folder(char path[PATH_MAX]) {
  Dl_info info;
  bool known = dladdr(&hp__locate_rules_linux, &info) != 0 && info.dli_fname;
  return known && info.dli_fname[0] == '/' && realpath(info.dli_fname, path) ? folder_of(path)
                                                                             : NULL;
}

static const char *executable_folder(char path[PATH_MAX]) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length <= 0)
    return NULL;
  path[length] = '\0';
  return folder_of(path);
}

int hp__locate_linux(const struct hp_locate_request *request, struct hp_candidates *found,
                     hp_error *error) {
  char library[PATH_MAX], executable[PATH_MAX], current[PATH_MAX];
  struct hp_locate_view view = {
      .inspect = inspect,
      .list = list,
      .environment = environment,
      .current = getcwd(current, sizeof current) ? current : "/",
      .library = library_folder(library),
      .executable = executable_folder(executable),
  };
  return hp__locate(&hp__locate_rules_linux, &view, request, found, error);
}
