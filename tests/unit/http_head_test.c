/* SPDX-License-Identifier: MIT */
#include "core/http_head.h"

#include "tests/support/test.h"

#include <string.h>

static struct hp_http_head head;

static int read_head(const char *text) {
  return hp__http_head(text, strlen(text), &head);
}

HP_TEST(status_and_where_the_body_begins) {
  static const char text[] = "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\nrest";
  CHECK_INT(read_head(text), HP_HTTP_DONE);
  CHECK_INT(head.status, 204);
  CHECK_TEXT(text + head.size, "rest");
  CHECK_INT(head.length, -1);
  CHECK(!head.chunked);
}

HP_TEST(every_beginning_wants_more) {
  static const char text[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                             "Content-Length: 12\r\nX:y\r\n folded\r\n\r\n";
  for (size_t length = 0; length < sizeof text - 1; length++)
    CHECK_INT(hp__http_head(text, length, &head), HP_HTTP_MORE);
  CHECK_INT(read_head(text), HP_HTTP_DONE);
  CHECK_INT(head.status, 200);
  CHECK_INT(head.length, 12);
  CHECK_INT(head.size, sizeof text - 1);
}

HP_TEST(forms_that_servers_have) {
  CHECK_INT(read_head("HTTP/1.0 200\n\n"), HP_HTTP_DONE); /* no reason, bare line ends */
  CHECK_INT(read_head("HTTP/1.1 503 \r\ncontent-LENGTH:\t7 \r\n\r\n"), HP_HTTP_DONE);
  CHECK_INT(head.status, 503);
  CHECK_INT(head.length, 7);
  CHECK_INT(read_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n\r\n"),
            HP_HTTP_DONE);
  CHECK(head.chunked);
  CHECK_INT(head.length, -1);
}

HP_TEST(what_is_no_answer) {
  static const char *const texts[] = {
      "SSH-2.0-OpenSSH\r\n",
      "+OK\r\n",
      "H2",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 low\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CHECK_INT(read_head(texts[i]), HP_HTTP_MALFORMED);
}

static int join(const char *text, char *body, size_t *joined) {
  memcpy(body, text, strlen(text) + 1);
  int result = hp__http_join(body, strlen(text), joined);
  if (result != HP_HTTP_MALFORMED)
    body[*joined] = '\0';
  return result;
}

HP_TEST(chunks_are_joined) {
  static const char text[] = "4\r\nall \r\nA;name=value\r\nis well, a\r\n6 \r\nnd so \r\n0\r\n\r\n";
  char body[128];
  size_t joined;
  CHECK_INT(join(text, body, &joined), HP_HTTP_DONE);
  CHECK_TEXT(body, "all is well, and so ");
  for (size_t length = 0; length + 4 < sizeof text - 1; length++) {
    memcpy(body, text, length);
    CHECK_INT(hp__http_join(body, length, &joined), HP_HTTP_MORE);
    CHECK(joined <= length);
  }
}

HP_TEST(chunks_that_are_none) {
  char body[128];
  size_t joined;
  CHECK_INT(join("\r\n", body, &joined), HP_HTTP_MALFORMED);
  CHECK_INT(join("xyz\r\n", body, &joined), HP_HTTP_MALFORMED);
  CHECK_INT(join("4g\r\nabcd\r\n", body, &joined), HP_HTTP_MALFORMED);
  CHECK_INT(join("2\r\nabcd\r\n0\r\n\r\n", body, &joined), HP_HTTP_MALFORMED);
  CHECK_INT(join("ffffffffffffffffffff\r\nabc", body, &joined), HP_HTTP_MALFORMED);
}
