# SPDX-License-Identifier: MIT
import sys

from hyperprocess import HyperprocessError, Process

try:
    with Process(sys.argv[1] if len(sys.argv) > 1 else "redis", transport="tcp") as server:
        print("ready at", server.endpoint)
except HyperprocessError as error:  # after the `with` the server is gone
    sys.exit(f"{error.code}: {error.message}\n{error.cause}\n{error.hint}")
