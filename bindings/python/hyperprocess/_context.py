# SPDX-License-Identifier: MIT
"""The library's thread, and who is told of what happens on it."""
from __future__ import annotations

import atexit
import ctypes
import itertools
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from ._errors import HyperprocessError, call, read_error
from ._library import EVENT_CALLBACK, library, text

if TYPE_CHECKING:
    from ._process import Process

_KINDS = ("state", "info")


class Event(NamedTuple):
    """What happened. remaining: seconds until the deadline that runs, None where there is none."""

    kind: str  # "state": it changed; "info": news within it
    state: str
    text: Optional[str]
    error: Optional[HyperprocessError]
    remaining: Optional[float]


class _Context:
    """One for all servers of this Python process, made by the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pointer: Any = None
        self._owner = 0

    def pointer(self) -> Any:
        with self._lock:
            if self._owner != os.getpid():  # a fork has no thread of ours: what it knows is stale
                made = ctypes.c_void_p()
                call(library.hp_context_new, ctypes.byref(made))
                self._pointer, self._owner = made, os.getpid()
            return self._pointer

    def free(self) -> None:
        with self._lock:
            if self._owner == os.getpid():
                library.hp_context_free(self._pointer)
            self._pointer, self._owner = None, 0


context = _Context()
_numbers = itertools.count(1)
_processes: "weakref.WeakValueDictionary[int, Process]" = weakref.WeakValueDictionary()


def register(process: Process) -> int:
    """The number by which events find it; C holds no reference, so that one that is dropped is closed."""
    number = next(_numbers)
    _processes[number] = process
    return number


def _read(event: int) -> Event:
    error, remaining = library.hp_event_error(event), library.hp_event_remaining(event)
    return Event(_KINDS[library.hp_event_kind(event)], text(library.hp_state_name(library.hp_event_state(event))) or "",
                 text(library.hp_event_text(event)), read_error(error) if error else None,
                 None if remaining < 0 else remaining / 1000)


def _tell(_: Any, event: int, number: int) -> None:
    process = _processes.get(number)
    if process is not None:
        process._take_event(_read(event))


callback = EVENT_CALLBACK(_tell)  # one for all, as long as Python lives: the last event may come late


def _leave() -> None:
    """No handle outlives its context, and no server this Python process."""
    left = list(_processes.values())
    for process in left:
        process._begin_close()
    for process in left:
        process.close()
    context.free()


atexit.register(_leave)
