/* SPDX-License-Identifier: MIT */
/* What macOS says and where it keeps things, as far as it is text. */
#include "core/alloc.h"
#include "platform/bulk_darwin.h"
#include "platform/places_darwin.h"
#include "platform/quarantine.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

/* In memory of its own, without a NUL behind it: a read beyond the end is seen. */
static bool read_text(const char *text, struct hp_quarantine *quarantine) {
  size_t length = strlen(text);
  char *copy = malloc(length + !length);
  if (!copy)
    return false;
  for (size_t i = 0; i < length; i++)
    copy[i] = text[i];
  bool result = hp__quarantine_read(copy, length, quarantine);
  free(copy);
  return result;
}

#define CHECK_NOTE(text, expected)                                                                 \
  do {                                                                                             \
    struct hp_quarantine noted;                                                                    \
    CHECK(read_text(text, &noted));                                                                \
    char *note = hp__quarantine_note(&noted);                                                      \
    CHECK_TEXT(note, expected);                                                                    \
    hp__free(note);                                                                                \
  } while (0)

HP_TEST(a_quarantine_is_read) {
  struct hp_quarantine quarantine;
  CHECK(read_text("0083;5f9a2b1c;Safari;E2F1C0DE-0000-4000-8000-000000000001", &quarantine));
  CHECK(!quarantine.approved);
  CHECK_INT(quarantine.time, 0x5f9a2b1c);
  CHECK_TEXT(quarantine.agent, "Safari");
  CHECK_NOTE("0083;5f9a2b1c;Safari;", "quarantined by Safari, not approved yet");
  CHECK_NOTE("00C3;5F9A2B1C;Google Chrome;X", "quarantined by Google Chrome, approved");
}

HP_TEST(a_quarantine_may_lack_its_end) {
  CHECK_NOTE("0081", "quarantined, not approved yet");
  CHECK_NOTE("0081;", "quarantined, not approved yet");
  CHECK_NOTE("0081;5f9a2b1c", "quarantined, not approved yet");
  CHECK_NOTE("0081;00000000;;", "quarantined, not approved yet");
  CHECK_NOTE("0081;;curl", "quarantined by curl, not approved yet");
}

HP_TEST(what_is_no_quarantine_is_refused) {
  static const char *const texts[] = {
      "", ";", ";5f9a2b1c;Safari;", "hello", "0x83;1;a;b", "000000083;1;a;b", " 83;1;a;b"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct hp_quarantine quarantine;
    CHECK(!read_text(texts[i], &quarantine));
    CHECK_TEXT(quarantine.agent, "");
  }
}

/* It is written by any program, and shown in one line. */
HP_TEST(an_agent_is_cut_and_cleaned) {
  struct hp_quarantine quarantine;
  char text[200] = "0083;1;";
  memset(text + strlen(text), 'a', 150);
  CHECK(read_text(text, &quarantine));
  CHECK_INT(strlen(quarantine.agent), sizeof quarantine.agent - 1);
  text[7 + sizeof quarantine.agent] = '\0'; /* by one too long */
  CHECK(read_text(text, &quarantine));
  CHECK_INT(strlen(quarantine.agent), sizeof quarantine.agent - 1);
  CHECK(read_text("0083;1;a\n\x1b[31mb", &quarantine));
  CHECK_TEXT(quarantine.agent, "a??[31mb");
}

static const struct hp_darwin_user user = {
    .home = "/Users/me", .temporary = "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/"};

#define CHECK_PLACE(user, place, expected)                                                         \
  do {                                                                                             \
    char found[HP_PATH_SIZE] = "";                                                                 \
    CHECK_INT(hp__place_of_darwin(user, place, found), 0);                                         \
    CHECK_TEXT(found, expected);                                                                   \
  } while (0)

HP_TEST(places_of_a_user) {
  char path[HP_PATH_SIZE];
  CHECK_PLACE(&user, HP_PLACE_SHORT, "/tmp");
  CHECK_PLACE(&user, HP_PLACE_TEMPORARY, "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T");
  CHECK_PLACE(&user, HP_PLACE_CONFIG, "/Users/me/Library/Application Support/hyperprocess");
  CHECK_PLACE(&user, HP_PLACE_SYSTEM_CONFIG, "/Library/Application Support/hyperprocess");
  CHECK_INT(hp__place_of_darwin(&user, HP_PLACE_RUNTIME, path), HP_ENOTFOUND);
}

HP_TEST(places_that_the_user_named) {
  const struct hp_darwin_user named = {.home = "/Users/me",
                                       .temporary = "/t",
                                       .configuration = "/Users/me/.config/",
                                       .runtime = "/run/me"};
  CHECK_PLACE(&named, HP_PLACE_RUNTIME, "/run/me");
  CHECK_PLACE(&named, HP_PLACE_TEMPORARY, "/t");
  CHECK_PLACE(&named, HP_PLACE_CONFIG, "/Users/me/.config/hyperprocess");
}

HP_TEST(places_of_nobody) {
  const struct hp_darwin_user nobody = {.home = "relative", .temporary = "", .runtime = "run"};
  char path[HP_PATH_SIZE];
  CHECK_PLACE(&nobody, HP_PLACE_TEMPORARY, "/tmp");
  CHECK_INT(hp__place_of_darwin(&nobody, HP_PLACE_CONFIG, path), HP_ENOTFOUND);
  CHECK_INT(hp__place_of_darwin(&nobody, HP_PLACE_RUNTIME, path), HP_ENOTFOUND);
}

HP_TEST(a_place_that_is_too_long_is_none) {
  char home[HP_PATH_SIZE + 10], path[HP_PATH_SIZE];
  struct hp_darwin_user deep = {.home = home};
  memset(home, '/', sizeof home);
  memset(home + 1, 'a', HP_PATH_SIZE - 12);
  home[HP_PATH_SIZE - 10] = '\0';
  CHECK_INT(hp__place_of_darwin(&deep, HP_PLACE_CONFIG, path), HP_ENOTFOUND);
  memset(home + 1, 'a', sizeof home - 2);
  home[sizeof home - 1] = '\0';
  CHECK_INT(hp__place_of_darwin(&deep, HP_PLACE_CONFIG, path), HP_ENOTFOUND);
}

/* As a Mac of either kind has them in memory: two records, the second behind padding. */
HP_TEST(names_are_taken_out_of_the_records_of_a_directory) {
  static const unsigned char bytes[] = {
      40, 0, 0,  0, 1, 0, 0, 0x80, 0, 0,    0, 0, 0, 0,   0,   0,   0,   0,   0,
      0,  0, 0,  0, 0, 8, 0, 0,    0, 6,    0, 0, 0, '.', 'l', 'o', 'c', 'k', 0,
      0,  0, 36, 0, 0, 0, 1, 0,    0, 0x80, 0, 0, 0, 0,   0,   0,   0,   0,   0,
      0,  0, 0,  0, 0, 0, 0, 8,    0, 0,    0, 2, 0, 0,   0,   's', 0,   0,   0};
  char copy[sizeof bytes + 1]; /* nothing is aligned */
  memcpy(copy + 1, bytes, sizeof bytes);
  uint32_t length = 0;
  CHECK_TEXT(hp__bulk_name(copy + 1, &length), ".lock");
  CHECK_INT(length, 40);
  CHECK_TEXT(hp__bulk_name(copy + 1 + length, &length), "s");
  CHECK_INT(length, 36);
}
