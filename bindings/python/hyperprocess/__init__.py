# SPDX-License-Identifier: MIT
"""Start a local server, learn where it can be reached, be sure that it is gone.

    from hyperprocess import Process

    with Process("redis") as server:
        use(server.endpoint)

Tableau's HyperProcess is here with the official API's words:

    from hyperprocess import HyperProcess, Telemetry

    with HyperProcess(telemetry=Telemetry.SEND_USAGE_DATA_TO_TABLEAU) as hyper:
        print(hyper.endpoint)
"""
from ._context import Event
from ._errors import HyperprocessError
from ._hyper import Endpoint, HyperProcess, Telemetry
from ._library import version
from ._process import Exit, Process

__all__ = ["Endpoint", "Event", "Exit", "HyperProcess", "HyperprocessError", "Process", "Telemetry", "version"]
__version__ = version()
