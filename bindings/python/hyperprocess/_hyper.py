# SPDX-License-Identifier: MIT
"""Tableau's HyperProcess, with the official API's words, on this library."""
from __future__ import annotations

import enum
import importlib.util
import os
import sys
from typing import Any, Dict, Mapping, Optional, Type, Union

from ._process import Path, Process


class Telemetry(enum.Enum):
    """Whether hyperd may tell its vendor how it is used: who starts it must choose."""

    DO_NOT_SEND_USAGE_DATA_TO_TABLEAU = "off"
    SEND_USAGE_DATA_TO_TABLEAU = "on"


class Endpoint(str):
    """The connection string, "tab.domain://…"; with what the official API's Connection asks of one.

    user_agent  what the program calls itself to hyperd at each connection: clients send it
    """

    _user_agent: str

    def __new__(cls, connection_descriptor: str, user_agent: str = "") -> Endpoint:
        made = super().__new__(cls, connection_descriptor)
        made._user_agent = user_agent
        return made

    def __init__(self, connection_descriptor: str, user_agent: str = "") -> None:
        str.__init__(self)  # not the official Endpoint's, which sets what ours answers itself

    def __str__(self) -> str:
        return self.connection_descriptor

    def __repr__(self) -> str:
        return f"Endpoint({self.connection_descriptor!r}, {self.user_agent!r})"

    @property
    def connection_descriptor(self) -> str:
        return str.__str__(self)

    @property
    def user_agent(self) -> str:
        return self._user_agent


def _endpoint_class() -> Type[Endpoint]:
    """Where the official API is in use, an Endpoint that is one of its own: its Connection asks for that."""
    official = getattr(sys.modules.get("tableauhyperapi"), "Endpoint", None)
    return type("Endpoint", (Endpoint, official), {}) if official else Endpoint


def _folder_of_official_api() -> Optional[str]:
    """Where an installed tableauhyperapi keeps its hyperd."""
    try:
        spec = importlib.util.find_spec("tableauhyperapi")  # does not import it
    except (ImportError, ValueError):
        return None
    for place in (spec and spec.submodule_search_locations) or ():
        folder = os.path.join(place, "bin", "hyper")
        if os.path.isdir(folder):
            return folder
    return None


def _choice(telemetry: Any) -> str:
    """Ours, the official API's own constant, or "on" and "off"."""
    name = telemetry.name if isinstance(telemetry, enum.Enum) else ""
    if name in Telemetry.__members__:
        return str(Telemetry[name].value)
    if telemetry in ("on", "off"):
        return str(telemetry)
    raise TypeError("telemetry must be chosen: Telemetry.SEND_USAGE_DATA_TO_TABLEAU or "
                    "Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU")


class HyperProcess(Process):
    """hyperd, stopped at the end of a `with`.

    telemetry   there is no default
    user_agent  what the program calls itself; goes with `endpoint`
    hyper_path  folder that holds hyperd; None: where HYPERPROCESS_BINARY_HYPERD says, that of an
                installed tableauhyperapi, or where it is found
    parameters  settings of the process, {"log_dir": …}

    Further options are those of Process.
    """

    def __init__(self, telemetry: Union[Telemetry, str], user_agent: str = "", hyper_path: Optional[Path] = None,
                 parameters: Optional[Mapping[str, Any]] = None, **options: Any) -> None:
        settings: Dict[str, Any] = {**(parameters or {}), "telemetry": _choice(telemetry)}
        if hyper_path is None and "binary" not in options and not os.environ.get("HYPERPROCESS_BINARY_HYPERD"):
            hyper_path = _folder_of_official_api()
        if hyper_path is not None:
            settings["hyper_path"] = hyper_path
        self._user_agent = user_agent
        super().__init__("hyperd", settings=settings, **options)

    @property
    def endpoint(self) -> Endpoint:
        return _endpoint_class()(self.descriptor, self._user_agent)

    def shutdown(self, timeout_ms: int = -1) -> None:
        """As that of Process; closes the handle as well, whether it raises or not."""
        if not self.is_open:
            return
        try:
            super().shutdown(timeout_ms)
        finally:
            self.close()
