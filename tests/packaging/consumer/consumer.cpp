/* SPDX-License-Identifier: MIT */
/* C++ reads the same headers. */
#include <hyperprocess/hyperprocess.h>
#include <hyperprocess/plugin.h>

#include <cstring>

static_assert(HP_ETIMEDOUT == -13, "a code of the list");

int main() {
  hp_options *options = nullptr;
  hp_error *error = nullptr;
  int result = hp_options_new(&options, &error);
  if (result == HP_OK)
    result = hp_options_set_server(options, "echo", &error);
  hp_options_free(options);
  return result == HP_OK && std::strcmp(hp_code_name(result), "HP_OK") == 0 ? 0 : 1;
}
