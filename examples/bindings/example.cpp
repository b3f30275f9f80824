/* SPDX-License-Identifier: MIT */
#include <hyperprocess/hyperprocess.hpp>

#include <iostream>

int main(int argc, char **argv) {
  try {
    hyperprocess::Options options;
    options.server(argc > 1 ? argv[1] : "redis").transport("tcp");
    hyperprocess::Process server(options);
    std::cout << "ready at " << server.endpoint() << std::endl;
  } catch (const hyperprocess::Error &error) { // after the scope the server is gone
    std::cerr << error.code_name() << ": " << error.what() << "\n"
              << error.cause() << "\n"
              << error.hint() << std::endl;
    return 1;
  }
}
