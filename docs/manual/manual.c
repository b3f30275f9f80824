/* SPDX-License-Identifier: MIT */
#include "docs/manual/manual.h"

#include <string.h>
#include <uv.h>

const char *write_file(const char *directory, const char *text) {
  static char path[1024];
  snprintf(path, sizeof path, "%s/example.yaml", directory);
  FILE *file = fopen(path, "wb");
  if (!file)
    return NULL;
  bool written = fputs(text, file) >= 0;
  return fclose(file) == 0 && written ? path : NULL;
}

static void remove_tree(const char *path) {
  uv_fs_t request;
  uv_dirent_t entry;
  if (uv_fs_scandir(NULL, &request, path, 0, NULL) >= 0)
    while (uv_fs_scandir_next(&request, &entry) == 0) {
      char below[1200];
      snprintf(below, sizeof below, "%s/%s", path, entry.name);
      remove_tree(below);
    }
  uv_fs_req_cleanup(&request);
  if (uv_fs_rmdir(NULL, &request, path, NULL) < 0)
    uv_fs_unlink(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
}

typedef bool (*writer)(FILE *page, const char *directory, bool complete);

static bool write_page(writer write, bool complete) {
  char temporary[900], pattern[1024];
  size_t size = sizeof temporary;
  uv_fs_t request;
  if (uv_os_tmpdir(temporary, &size) != 0)
    return false;
  snprintf(pattern, sizeof pattern, "%s/hp-manual-XXXXXX", temporary);
  if (uv_fs_mkdtemp(NULL, &request, pattern, NULL) != 0)
    return false;
  snprintf(pattern, sizeof pattern, "%s", request.path);
  uv_fs_req_cleanup(&request);
  bool done = write(stdout, pattern, complete);
  remove_tree(pattern);
  return fflush(stdout) == 0 && done;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    writer write;
  } pages[] = {{"keys", write_keys}, {"errors", write_errors}};
  bool complete = argc == 3 && strcmp(argv[2], "complete") == 0;
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
    if ((argc == 2 || complete) && strcmp(argv[1], pages[i].name) == 0)
      return write_page(pages[i].write, complete) ? 0 : 1;
  fprintf(stderr, "usage: hp-manual keys|errors [complete]\n");
  return 2;
}
