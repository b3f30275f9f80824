# SPDX-License-Identifier: MIT
"""Failures as exceptions, with all that is known of each."""
import ctypes
import json

from ._library import library, text


class HyperprocessError(Exception):
    """str() is its one line; `code` is the name of the C header, "HP_ETIMEDOUT"."""

    def __init__(self, message, known=None):
        super().__init__(message)
        known = known or {}
        self.message = message
        self.code = known.get("code", "HP_ENOMEM")
        self.phase = known.get("phase")
        self.os_code = known.get("os_code", 0)
        self.cause = known.get("cause")
        self.hint = known.get("hint")
        self.details = {name: known[name] for name in ("command", "output", "places", "owner") if name in known}

    def __str__(self):
        lines = [self.message]
        if self.cause:
            lines.append(f"cause: {self.cause}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        lines += [f"{name}:\n{value}" for name, value in self.details.items()]
        return "\n".join(lines)


def take_error(pointer):
    """The exception for an error of the library's, which is freed."""
    if not pointer.value:
        return HyperprocessError("out of memory")
    message = text(library.hp_error_message(pointer))
    written = library.hp_error_to_json(pointer)
    known = json.loads(ctypes.string_at(written).decode("utf-8", "replace")) if written else None
    library.hp_free(written)
    library.hp_error_free(pointer)
    return HyperprocessError(message, known)


def call(function, *arguments):
    """Calls with a place for an error behind the arguments, and raises what it finds there."""
    error = ctypes.c_void_p()
    result = function(*arguments, ctypes.byref(error))
    if result < 0:
        raise take_error(error)
    return result
