# SPDX-License-Identifier: MIT
"""Failures as exceptions, with all that is known of each."""
from __future__ import annotations

import ctypes
import json
from typing import Any, Callable, Dict, Optional

from ._library import library, take_text, text

_FIELDS = ("code", "phase", "os_code", "message", "cause", "hint")


class HyperprocessError(Exception):
    """What failed, why, and what to do about it; str() is all of it.

    message  one line
    code     the name in the C header, "HP_ETIMEDOUT"
    phase    where it went wrong: "config", "spawn", "ready", …
    os_code  errno, exit code or signal number, as the cause says; 0 where there is none
    details  "command", "output", "places", "log", "owner", those that are known
    """

    message: str
    code: str
    phase: Optional[str]
    os_code: int
    cause: Optional[str]
    hint: Optional[str]
    details: Dict[str, str]

    def __init__(self, message: str, known: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(message, known)
        known = known or {}
        self.message = message
        self.code = known.get("code", "HP_ENOMEM")
        self.phase = known.get("phase")
        self.os_code = known.get("os_code", 0)
        self.cause = known.get("cause")
        self.hint = known.get("hint")
        self.details = {name: value for name, value in known.items() if name not in _FIELDS}

    def __str__(self) -> str:
        lines = [self.message]
        if self.cause:
            lines.append(f"cause: {self.cause}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        lines += [f"{name}:\n{value}" for name, value in self.details.items()]
        return "\n".join(lines)


def read_error(pointer: Any) -> HyperprocessError:
    """The exception for an error that stays the library's."""
    written = take_text(library.hp_error_to_json(pointer))
    return HyperprocessError(text(library.hp_error_message(pointer)) or "", json.loads(written) if written else None)


def call(function: Callable[..., int], *arguments: Any) -> int:
    """Calls with a place for an error behind the arguments, and raises what it finds there."""
    error = ctypes.c_void_p()
    result = function(*arguments, ctypes.byref(error))
    if result >= 0:
        return result
    if not error.value:
        raise HyperprocessError("out of memory")
    try:
        raise read_error(error)
    finally:
        library.hp_error_free(error)
