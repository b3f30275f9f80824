# SPDX-License-Identifier: MIT
"""Tableau's HyperProcess, with the official API's words, on this library."""
import enum

from ._process import Process


class Telemetry(enum.Enum):
    """Whether hyperd may tell its vendor how it is used: who starts it must choose."""

    DO_NOT_SEND_USAGE_DATA_TO_TABLEAU = "off"
    SEND_USAGE_DATA_TO_TABLEAU = "on"


class Endpoint(str):
    """The connection string, "tab.domain://…", and as the official API's Connection takes it."""

    @property
    def connection_descriptor(self):
        return str(self)

    @property
    def user_agent(self):
        return ""


class HyperProcess(Process):
    """hyperd, stopped at the end of a `with`.

    telemetry   there is no default
    hyper_path  folder that holds hyperd; None: where it is found
    parameters  settings of the process, {"log_dir": …}
    """

    def __init__(self, telemetry, user_agent="", hyper_path=None, parameters=None, **options):
        if not isinstance(telemetry, Telemetry):
            raise TypeError("telemetry must be chosen: Telemetry.SEND_USAGE_DATA_TO_TABLEAU or "
                            "Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU")
        settings = {"telemetry": telemetry.value, **(parameters or {})}
        if hyper_path is not None:
            settings["hyper_path"] = hyper_path
        self._user_agent = user_agent
        super().__init__("hyperd", settings=settings, **options)

    @property
    def endpoint(self):
        return Endpoint(self.descriptor)
