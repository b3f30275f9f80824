/* SPDX-License-Identifier: MIT */
/* Verdicts on real files. */
#include "core/alloc.h"
#include "platform/inspect.h"
#include "tests/support/test.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct look {
  enum hp_verdict verdict;
  char *note;
};

static struct look look_at(const char *path) {
  struct look look = {HP_VERDICT_OK, NULL};
  look.verdict = hp__inspect_posix(path, NULL, &look.note);
  return look;
}

#define CHECK_LOOK(path, expected, part)                                                           \
  do {                                                                                             \
    struct look look = look_at(path);                                                              \
    CHECK_INT(look.verdict, expected);                                                             \
    if (*(part))                                                                                   \
      CHECK_HAS(look.note, part);                                                                  \
    hp__free(look.note);                                                                           \
  } while (0)

static const char *write_file(const char *name, const void *data, size_t size, mode_t mode) {
  const char *path = hp_test_file(name, "");
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0 || chmod(path, mode) != 0)
    abort();
  return path;
}

static const char *write_script(const char *name, const char *text) {
  return write_file(name, text, strlen(text), 0755);
}

/* The first bytes of this very program: whole headers. */
static unsigned char program[1 << 16];
static size_t program_size;

static void read_program(void) {
  FILE *file = fopen("/proc/self/exe", "rb");
  program_size = file ? fread(program, 1, sizeof program, file) : 0;
  if (file)
    fclose(file);
}

HP_TEST(programs_and_scripts_are_found) {
  if (hp_test_is_emulated())
    SKIP("the host's own /bin/sh is for another machine than we are");
  CHECK_LOOK("/proc/self/exe", HP_VERDICT_OK, "");
  CHECK_LOOK("/bin/sh", HP_VERDICT_OK, "");
  CHECK_LOOK(write_script("s1", "#!/bin/sh\n"), HP_VERDICT_OK, "");
  CHECK_LOOK(write_script("s2", "#! /bin/sh -e"), HP_VERDICT_OK, "");
}

HP_TEST(what_was_fit_is_read_again_when_it_has_changed) {
  struct hp_fit_file fit = {0};
  char *note = NULL;
  const char *path = write_script("s", "#!/bin/sh\n");
  CHECK_INT(hp__inspect_posix(path, &fit, &note), HP_VERDICT_OK);
  CHECK(fit.changed != 0);
  CHECK(truncate(path, 0) == 0);
  CHECK_INT(hp__inspect_posix(path, &fit, &note), HP_VERDICT_NOT_EXECUTABLE);
  hp__free(note);

  struct stat info; /* it is the identity that counts: with that of the empty file it is believed */
  CHECK(stat(path, &info) == 0);
  struct hp_fit_file forged = hp__identify_file(&info);
  CHECK_INT(hp__inspect_posix(path, &forged, &note), HP_VERDICT_OK);
  CHECK_TEXT(note, NULL);
}

HP_TEST(a_mode_that_was_taken_away_is_seen) {
  struct hp_fit_file fit = {0};
  char *note = NULL;
  const char *path = write_script("s", "#!/bin/sh\n");
  CHECK_INT(hp__inspect_posix(path, &fit, &note), HP_VERDICT_OK);
  CHECK(chmod(path, 0600) == 0);
  CHECK_INT(hp__inspect_posix(path, &fit, &note), HP_VERDICT_NOT_EXECUTABLE);
  hp__free(note);
}

HP_TEST(what_is_not_there_is_missing) {
  char path[600];
  CHECK_LOOK("/no/such/file", HP_VERDICT_MISSING, "");
  CHECK_LOOK("/etc/passwd/file", HP_VERDICT_MISSING, "");
  snprintf(path, sizeof path, "%s/link", hp_test_directory());
  CHECK_INT(symlink("/no/such/target", path), 0);
  CHECK_LOOK(path, HP_VERDICT_MISSING, "a link to /no/such/target");
}

HP_TEST(what_is_no_program_is_told) {
  CHECK_LOOK("/", HP_VERDICT_DIRECTORY, "");
  CHECK_LOOK("/dev/null", HP_VERDICT_NOT_EXECUTABLE, "regular");
  CHECK_LOOK(write_file("plain", "#!/bin/sh\n", 10, 0644), HP_VERDICT_NOT_EXECUTABLE, "");
  CHECK_LOOK(write_script("empty", ""), HP_VERDICT_NOT_EXECUTABLE, "empty");
  CHECK_LOOK(write_script("text", "hello"), HP_VERDICT_NOT_EXECUTABLE, "neither");
  CHECK_LOOK(write_script("e1", "\177ELF"), HP_VERDICT_NOT_EXECUTABLE, "damaged");
  CHECK_LOOK(write_script("w", "MZ\x90"), HP_VERDICT_ARCHITECTURE, "Windows");
  CHECK_LOOK(write_file("m", "\xCF\xFA\xED\xFE....", 8, 0755), HP_VERDICT_ARCHITECTURE, "macOS");
}

HP_TEST(a_missing_interpreter_is_named) {
  CHECK_LOOK(write_script("a", "#!/no/python3 -u\n"), HP_VERDICT_LOADER, "/no/python3");
  CHECK_LOOK(write_script("b", "#!/bin/sh\r\n"), HP_VERDICT_LOADER, "/bin/sh followed by a carr");
  CHECK_LOOK(write_script("c", "#!\n"), HP_VERDICT_NOT_EXECUTABLE, "no interpreter");
  CHECK_LOOK(write_script("d", "#!"), HP_VERDICT_NOT_EXECUTABLE, "no interpreter");
  CHECK_LOOK(write_script("e", "#!\r\n"), HP_VERDICT_LOADER, "carriage");
}

static const char *write_patched(const char *name, size_t at, const void *bytes, size_t size) {
  unsigned char copy[sizeof program];
  memcpy(copy, program, program_size);
  memcpy(copy + at, bytes, size);
  return write_file(name, copy, program_size, 0755);
}

HP_TEST(another_architecture_is_named) {
  const uint16_t foreign = EM_S390, strange = 0x7777;
  read_program();
  REQUIRE(program_size > sizeof(Elf64_Ehdr));
  size_t machine = offsetof(Elf64_Ehdr, e_machine);
  CHECK_LOOK(write_patched("same", machine, program + machine, 2), HP_VERDICT_OK, "");
  CHECK_LOOK(write_patched("s390", machine, &foreign, 2), HP_VERDICT_ARCHITECTURE, "s390");
  CHECK_LOOK(write_patched("odd", machine, &strange, 2), HP_VERDICT_ARCHITECTURE, "unknown");
}

HP_TEST(another_byte_order_is_another_architecture) {
  read_program();
  unsigned char order = program[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
  CHECK_LOOK(write_patched("order", EI_DATA, &order, 1), HP_VERDICT_ARCHITECTURE, "");
}

HP_TEST(an_elf_file_that_is_no_program_is_told) {
  const uint16_t relocatable = ET_REL, none = 0;
  read_program();
  CHECK_LOOK(write_patched("o", offsetof(Elf64_Ehdr, e_type), &relocatable, 2),
             HP_VERDICT_NOT_EXECUTABLE, "no program");
  CHECK_LOOK(write_file("cut", program, 40, 0755), HP_VERDICT_NOT_EXECUTABLE, "damaged");
  CHECK_LOOK(write_file("cut2", program, sizeof(Elf64_Ehdr), 0755), HP_VERDICT_NOT_EXECUTABLE,
             "damaged");
  if (sizeof(void *) == 8)
    CHECK_LOOK(write_patched("n", offsetof(Elf64_Ehdr, e_phnum), &none, 2),
               HP_VERDICT_NOT_EXECUTABLE, "damaged");
}

HP_TEST(a_missing_loader_is_named) {
  Elf64_Ehdr header;
  Elf64_Phdr segment;
  read_program();
  memcpy(&header, program, sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64)
    SKIP("written for 64 bit");
  for (size_t i = 0; i < header.e_phnum; i++) {
    memcpy(&segment, program + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_INTERP) {
      CHECK_LOOK(write_patched("loader", segment.p_offset, "/no-", 4), HP_VERDICT_LOADER,
                 "needs /no-");
      return;
    }
  }
  SKIP("this program is statically linked");
}

/* Any byte of the headers may be damaged: a verdict, never a crash or a wrong read. */
HP_TEST(damaged_headers_are_survived) {
  uint32_t state = 5;
  read_program();
  for (int round = 0; round < 3000; round++) {
    unsigned char copy[1024];
    size_t size = program_size < sizeof copy ? program_size : sizeof copy;
    memcpy(copy, program, size);
    for (int i = 0; i < 4; i++) {
      state = state * 1664525u + 1013904223u;
      copy[(state >> 8) % 512] = (unsigned char)(state >> 24);
    }
    struct look look = look_at(write_file("damaged", copy, size, 0755));
    hp__free(look.note);
  }
}

HP_TEST(what_another_user_may_not_reach_is_denied) {
  char folder[600], path[700];
  if (geteuid() != 0)
    SKIP("needs root");
  snprintf(folder, sizeof folder, "%s/closed", hp_test_directory());
  snprintf(path, sizeof path, "%s/program", folder);
  CHECK_INT(mkdir(folder, 0700), 0);
  CHECK_INT(chmod(hp_test_directory(), 0711), 0);
  write_script("closed/program", "#!/bin/sh\n");
  const char *mine = write_file("mine", "#!/bin/sh\n", 10, 0700);
  CHECK_INT(seteuid(65534), 0);
  CHECK_LOOK(path, HP_VERDICT_DENIED, "");
  CHECK_LOOK(mine, HP_VERDICT_NOT_EXECUTABLE, "for this user");
  CHECK_INT(seteuid(0), 0);
}

HP_TEST(what_can_be_executed_and_not_read_is_left_to_exec) {
  if (geteuid() != 0)
    SKIP("needs root");
  CHECK_INT(chmod(hp_test_directory(), 0711), 0);
  const char *path = write_file("secret", "hello", 5, 0711);
  CHECK_INT(seteuid(65534), 0);
  CHECK_LOOK(path, HP_VERDICT_OK, "");
  CHECK_INT(seteuid(0), 0);
}

enum { NO_MOUNT = 100 };

/* In a process of its own, for the mount namespace goes with it; its status is the verdict. */
static int look_in_noexec_mount(const char *folder) {
  char path[700];
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("none", folder, "tmpfs", MS_NOEXEC, NULL) != 0)
    return NO_MOUNT;
  snprintf(path, sizeof path, "%s/program", folder);
  int descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
  if (descriptor < 0 || write(descriptor, "#!/bin/sh\n", 10) != 10 || close(descriptor) != 0)
    return NO_MOUNT;
  struct look look = look_at(path);
  hp__free(look.note);
  return (int)look.verdict;
}

HP_TEST(a_noexec_mount_is_told) {
  int status;
  const char *folder = hp_test_directory();
  pid_t pid = fork();
  if (pid == 0)
    _exit(look_in_noexec_mount(folder));
  REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
  if (WEXITSTATUS(status) == NO_MOUNT)
    SKIP("cannot mount in a namespace of our own (needs root)");
  CHECK_INT(WEXITSTATUS(status), HP_VERDICT_NOEXEC);
}
