# SPDX-License-Identifier: MIT
"""What one user wants of a server, as the library takes it."""
from __future__ import annotations

import ctypes
import os
from typing import Any, Mapping, Optional

from ._errors import call
from ._library import encode, library

_TEXTS = ("server", "profile", "file", "data_dir", "log_dir", "event_log", "binary", "server_version", "working_dir", "ready", "stop", "wrap")
_NUMBERS = ("log_size_limit", "log_max_count", "experimental")


def _spell(value: Any) -> Any:
    """A setting's value as text: True is "on", what the definitions' switches take."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, (str, bytes, os.PathLike)) else str(value)


class Options:
    """The C options, for as long as a start takes."""

    def __init__(self, wanted: Mapping[str, Any]) -> None:
        self.pointer = ctypes.c_void_p()
        self._wanted = wanted

    def __enter__(self) -> Options:
        call(library.hp_options_new, ctypes.byref(self.pointer))
        try:
            self._fill(self._wanted)
        except BaseException:
            library.hp_options_free(self.pointer)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        library.hp_options_free(self.pointer)

    def _set(self, function: str, value: Any) -> None:
        if value is not None:
            call(getattr(library, "hp_options_" + function), self.pointer, value)

    def _pairs(self, function: Any, pairs: Optional[Mapping[str, Any]]) -> None:
        for name, value in (pairs or {}).items():
            call(function, self.pointer, encode(name), None if value is None else encode(_spell(value)))

    def _fill(self, wanted: Mapping[str, Any]) -> None:
        for name in _TEXTS:
            value = wanted[name]
            self._set("set_" + name, None if value is None else encode(value))
        for name in _NUMBERS:
            if wanted[name] is not None and wanted[name] < 0:  # C would take it for a very large one
                raise ValueError(f"{name} is {wanted[name]}: it cannot be negative")
            self._set("set_" + name, wanted[name])
        transport, timeout, program = wanted["transport"], wanted["start_timeout"], wanted["program"]
        if transport is not None:
            self._set("set_transport", encode(transport if isinstance(transport, str) else ",".join(transport)))
        if timeout is not None:
            self._set("set_start_timeout", round(timeout * 1000))
        if program is not None:
            words = [encode(word) for word in program]
            self._set("set_program", (ctypes.c_char_p * (len(words) + 1))(*words, None))
        if wanted["terminal"]:
            library.hp_options_set_terminal(self.pointer, True)
        self._pairs(library.hp_options_set, wanted["settings"])
        self._pairs(library.hp_options_set_environment, wanted["environment"])
        for argument in wanted["arguments"]:
            self._set("add_argument", encode(argument))
