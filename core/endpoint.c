/* SPDX-License-Identifier: MIT */
#include "core/endpoint.h"

#include <stdio.h>
#include <string.h>

/* Character classes of our own: those of <ctype.h> follow the host program's locale. */
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(char c, const char *set) {
  return c != '\0' && strchr(set, c);
}

static int hex_value(char c) {
  static const char digits[] = "0123456789abcdef";
  char lower = c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : c;
  const char *found = lower ? strchr(digits, lower) : NULL;
  return found ? (int)(found - digits) : -1;
}

static bool is_unreserved(char c) {
  return is_alnum(c) || is_one_of(c, "-._~");
}

/* ---- Hosts ---- */

/* The end of a number 0..255 without leading zeros, NULL if there is none. */
static const char *skip_octet(const char *text) {
  int value = 0;
  const char *end = text;
  while (is_digit(*end) && end - text < 3)
    value = value * 10 + (*end++ - '0');
  bool ok = end > text && value <= 255 && (*text != '0' || end - text == 1);
  return ok ? end : NULL;
}

static bool is_ipv4(const char *text) {
  for (int i = 0; i < 4; i++) {
    text = skip_octet(text);
    if (!text || (i < 3 && *text++ != '.'))
      return false;
  }
  return *text == '\0';
}

static bool is_zone(const char *text) {
  size_t length = 0;
  while (is_unreserved(text[length]))
    length++;
  return length > 0 && text[length] == '\0';
}

/* The end of one group of up to four hex digits, or of an IPv4 address that stands for the last
 * two; NULL if there is none. */
static const char *skip_group(const char *text, int *groups) {
  const char *end = text;
  while (hex_value(*end) >= 0 && end - text < 4)
    end++;
  bool tail = *end == '.';
  *groups += tail ? 2 : 1;
  if (tail)
    return is_ipv4(text) ? text + strlen(text) : NULL;
  return end > text ? end : NULL;
}

/* Eight groups, of which one "::" stands for one or more. */
static bool is_ipv6(const char *text) {
  int groups = 0;
  bool gap = false, separated = true;
  while (*text && *text != '%') {
    if (text[0] == ':' && text[1] == ':') {
      if (gap)
        return false;
      gap = separated = true;
      text += 2;
      continue;
    }
    if (!separated && *text++ != ':')
      return false;
    text = skip_group(text, &groups);
    if (!text)
      return false;
    separated = false;
  }
  return (gap ? groups <= 7 : groups == 8) && (*text == '\0' || is_zone(text + 1));
}

static bool is_name(const char *text) {
  if (strlen(text) > 253)
    return false;
  for (;;) {
    size_t length = 0;
    while (is_alnum(text[length]) || is_one_of(text[length], "-_"))
      length++;
    if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-')
      return false;
    text += length;
    if (*text == '\0')
      return true;
    if (*text++ != '.')
      return false;
    if (*text == '\0') /* "host." is the absolute form of the name */
      return true;
  }
}

/* Resolvers read "127.1" or "0x7f.1" as addresses: a last label that is a number makes it one. */
static bool ends_in_number(const char *text) {
  const char *dot = strrchr(text, '.');
  return is_digit(dot ? dot[1] : text[0]) && !text[strspn(text, "0123456789.xXabcdefABCDEF")];
}

bool hp__host_is_valid(const char *host) {
  if (strlen(host) >= HP_HOST_SIZE)
    return false;
  if (strchr(host, ':'))
    return is_ipv6(host);
  return is_ipv4(host) || (!ends_in_number(host) && is_name(host));
}

/* ---- Parsing ---- */

struct input {
  const char *text; /* the whole of it, for messages */
  hp_error *error;
};

/* Copies for a message, of which control characters would break the line. */
static const char *quote(char out[96], const char *text, size_t length) {
  size_t size = 0;
  for (; size < length && size < 92; size++)
    out[size] = (unsigned char)text[size] < 0x20 || text[size] == 0x7f ? '?' : text[size];
  strcpy(out + size, size < length ? "..." : "");
  return out;
}

static int refuse(const struct input *input, const char *part, size_t length, const char *why) {
  char whole[96], quoted[96];
  return hp_error_set(input->error, HP_ECONFIG, HP_PHASE_CONFIG, "endpoint \"%s\": \"%s\" %s",
                      quote(whole, input->text, strlen(input->text)), quote(quoted, part, length),
                      why);
}

/* Decodes `length` bytes into `out`; `plain` are the bytes that may stand for themselves besides
 * the unreserved ones. */
static int decode(const struct input *input, char *out, size_t size, const char *text,
                  size_t length, const char *plain) {
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c == '%') {
      size_t left = length - i;
      int high = left > 2 ? hex_value(text[i + 1]) : -1,
          low = left > 2 ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0)
        return refuse(input, text + i, left < 3 ? left : 3, "is no percent-encoded byte");
      c = (char)(unsigned char)(high * 16 + low);
      i += 2;
    } else if (!is_unreserved(c) && !is_one_of(c, plain)) {
      return refuse(input, text + i, 1, "must be percent-encoded");
    }
    if (used + 1 >= size)
      return refuse(input, text, length, "is too long");
    out[used++] = c;
  }
  out[used] = '\0';
  return 0;
}

/* RFC 3986: what may stand in a path as it is. */
static const char path_bytes[] = "/!$&'()*+,;=:@";

static int parse_unix(struct hp_endpoint *endpoint, const struct input *input, const char *rest) {
  if (rest[0] != '/' || rest[1] == '\0')
    return refuse(input, rest, strlen(rest), "is no absolute path");
  return decode(input, endpoint->path, sizeof endpoint->path, rest, strlen(rest), path_bytes);
}

static int parse_pipe(struct hp_endpoint *endpoint, const struct input *input, const char *rest) {
  static const char prefix[] = "./pipe/";
  const char *name = rest + sizeof prefix - 1;
  if (strncmp(rest, prefix, sizeof prefix - 1) != 0 || *name == '\0')
    return refuse(input, rest, strlen(rest), "is not of the form \"./pipe/<name>\"");
  strcpy(endpoint->host, ".");
  int code = decode(input, endpoint->path, sizeof endpoint->path, name, strlen(name), path_bytes);
  if (code == 0 && strchr(endpoint->path, '\\'))
    return refuse(input, name, strlen(name), "holds a backslash, which a pipe's name cannot");
  return code;
}

static int parse_port(struct hp_endpoint *endpoint, const struct input *input, const char *text) {
  unsigned value = 0;
  size_t length = 0;
  while (is_digit(text[length]) && length < 5)
    value = value * 10 + (unsigned)(text[length++] - '0');
  if (length == 0 || text[length] || value > UINT16_MAX || (text[0] == '0' && length > 1))
    return refuse(input, text, strlen(text), "is no port, a number from 0 to 65535");
  endpoint->port = (uint16_t)value;
  return 0;
}

static int parse_tcp(struct hp_endpoint *endpoint, const struct input *input, const char *rest) {
  bool brackets = rest[0] == '[';
  const char *host = brackets ? rest + 1 : rest;
  const char *end = host + strcspn(host, brackets ? "]" : ":");
  const char *colon = brackets && *end ? end + 1 : end;
  if (brackets && *end != ']')
    return refuse(input, rest, strlen(rest), "has no closing bracket");
  if (*colon != ':')
    return refuse(input, colon, strlen(colon), "stands where \":<port>\" is due");
  size_t length = (size_t)(end - host);
  int code =
      decode(input, endpoint->host, sizeof endpoint->host, host, length, brackets ? ":" : "");
  if (code == 0 &&
      (!hp__host_is_valid(endpoint->host) || brackets != !!strchr(endpoint->host, ':')))
    code = refuse(input, host, length, "is neither a host name nor an address (IPv6 in brackets)");
  return code == 0 ? parse_port(endpoint, input, colon + 1) : code;
}

static const struct scheme {
  const char *prefix;
  enum hp_endpoint_kind kind;
  int (*parse)(struct hp_endpoint *endpoint, const struct input *input, const char *rest);
} schemes[] = {
    {"unix://", HP_ENDPOINT_UNIX, parse_unix},
    {"tcp://", HP_ENDPOINT_TCP, parse_tcp},
    {"npipe://", HP_ENDPOINT_PIPE, parse_pipe},
};

int hp_endpoint_parse(struct hp_endpoint *endpoint, const char *text, hp_error *error) {
  struct input input = {text, error};
  memset(endpoint, 0, sizeof *endpoint);
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    size_t length = strlen(schemes[i].prefix);
    if (strncmp(text, schemes[i].prefix, length) != 0)
      continue;
    int code = schemes[i].parse(endpoint, &input, text + length);
    if (code == 0)
      endpoint->kind = schemes[i].kind;
    else
      memset(endpoint, 0, sizeof *endpoint);
    return code;
  }
  return refuse(&input, text, strcspn(text, ":/"), "is no scheme: unix, tcp or npipe is");
}

/* ---- Printing ---- */

static char *encode(char *out, const char *text, const char *plain) {
  for (; *text; text++) {
    if (is_unreserved(*text) || is_one_of(*text, plain))
      *out++ = *text;
    else
      out += sprintf(out, "%%%02X", (unsigned char)*text);
  }
  return out;
}

void hp__path_encode(const char *path, char text[HP_ENDPOINT_TEXT_SIZE]) {
  *encode(text, path, "/") = '\0';
}

/* The size of `text` is enough by the sizes of the parts: three bytes for each of a path's. */
size_t hp_endpoint_print(const struct hp_endpoint *endpoint, char text[HP_ENDPOINT_TEXT_SIZE]) {
  char *out = text;
  bool brackets = strchr(endpoint->host, ':') != NULL;
  switch (endpoint->kind) {
  case HP_ENDPOINT_NONE:
    break;
  case HP_ENDPOINT_UNIX:
    out = encode(text + sprintf(text, "unix://"), endpoint->path, "/");
    break;
  case HP_ENDPOINT_PIPE:
    out = encode(text + sprintf(text, "npipe://./pipe/"), endpoint->path, "/");
    break;
  case HP_ENDPOINT_TCP:
    out = encode(text + sprintf(text, "tcp://%s", brackets ? "[" : ""), endpoint->host, ":");
    out += sprintf(out, "%s:%u", brackets ? "]" : "", (unsigned)endpoint->port);
    break;
  }
  *out = '\0';
  return (size_t)(out - text);
}

/* Host names do not tell upper from lower case; nor do addresses. */
static bool is_same_host(const char *a, const char *b) {
  for (; *a && *b; a++, b++) {
    char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
    char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
    if (x != y)
      return false;
  }
  return *a == *b;
}

bool hp_endpoint_equal(const struct hp_endpoint *a, const struct hp_endpoint *b) {
  return a->kind == b->kind && a->port == b->port && is_same_host(a->host, b->host) &&
         strcmp(a->path, b->path) == 0;
}
