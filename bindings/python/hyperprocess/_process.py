# SPDX-License-Identifier: MIT
"""One server from start to end."""
from __future__ import annotations

import ctypes
import os
import socket
import threading
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, TypeVar, Union

from ._context import Event, callback, context, register
from ._errors import call
from ._library import library, take_text, text
from ._options import Options

Path = Union[str, "os.PathLike[str]"]
Self = TypeVar("Self", bound="Process")

_EXIT_KINDS = ("none", "unknown", "code", "signal")
_ENDED = ("stopped", "failed")


class Exit(NamedTuple):
    """How a process ended: kind "none", "unknown", "code" or "signal", and which."""

    kind: str
    value: int


class Process:
    """Starts a server and returns when it is ready; `with` stops it.

    server         name of a definition, "redis"; None: what the profile says
    program        any program and its arguments instead of a definition
    transport      "local", "tcp:6380", or several that are tried in turn
    settings       of the server, by name; experimental: those that are, too
    start_timeout  seconds
    environment    of the server; a value of None removes one
    log_dir        of files with its output; log_size_limit: bytes of each; log_max_count: how many
    event_log      file to which what happens is appended, as JSON lines
    on_event       called with an Event, on the library's thread; must not block

    ready, stop, wrap, terminal are those of hp_options_set_ready() and the others in the C header.
    Where the start fails a HyperprocessError is raised and nothing is left. All may be called from
    any thread, those that do not wait from on_event too.
    """

    def __init__(self, server: Optional[str] = None, *, profile: Optional[str] = None, file: Optional[Path] = None,
                 program: Optional[Sequence[Path]] = None, transport: Union[str, Sequence[str], None] = None,
                 settings: Optional[Mapping[str, Any]] = None, experimental: Optional[bool] = None,
                 data_dir: Optional[Path] = None, binary: Optional[Path] = None, working_dir: Optional[Path] = None,
                 log_dir: Optional[Path] = None, log_size_limit: Optional[int] = None,
                 log_max_count: Optional[int] = None, start_timeout: Optional[float] = None,
                 arguments: Sequence[Path] = (), environment: Optional[Mapping[str, Optional[str]]] = None,
                 ready: Optional[str] = None, stop: Optional[str] = None, wrap: Optional[str] = None,
                 terminal: bool = False, server_version: Optional[str] = None,
                 event_log: Optional[Path] = None,
                 on_event: Optional[Callable[[Event], object]] = None) -> None:
        wanted = {name: value for name, value in locals().items() if name != "self"}
        self._pointer, self._owner = ctypes.c_void_p(), os.getpid()
        self._lock = threading.RLock()  # no handle is closed while it is asked
        self._settled, self._ended = threading.Event(), threading.Event()
        self._on_event = on_event
        with Options(wanted) as options:
            call(library.hp_process_start_async, context.pointer(), options.pointer, callback, register(self),
                 ctypes.byref(self._pointer))
        try:
            self._settled.wait()  # unlike a call of the library's, interrupted by Ctrl-C
            self._ask(lambda process: call(library.hp_process_wait_ready, process, -1))
        except BaseException:
            self.close()
            raise

    def _take_event(self, event: Event) -> None:
        try:
            if self._on_event:
                self._on_event(event)
        finally:  # whatever it raised, which Python reports: others wait
            if event.state == "ready" or event.state in _ENDED:
                self._settled.set()
            if event.state in _ENDED:
                self._ended.set()

    def _ask(self, function: Callable[[Any], Any]) -> Any:
        with self._lock:
            if not self._pointer:
                raise RuntimeError("this process was closed")
            return function(self._pointer)

    def _ask_text(self, function: Callable[[Any], Optional[bytes]]) -> Optional[str]:
        with self._lock:  # the string lives as long as the handle
            return text(self._ask(function))

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_pointer", None):
            self.close()

    @property
    def endpoint(self) -> str:
        """Where it is reached: "unix:///run/…/s", "tcp://127.0.0.1:40123"."""
        return self._ask_text(library.hp_process_endpoint) or ""

    @property
    def descriptor(self) -> str:
        """The endpoint in the words of the server's own clients, with the password where there is one."""
        return self._ask_text(library.hp_process_descriptor) or ""

    @property
    def transport(self) -> str:
        return self._ask_text(library.hp_process_transport) or ""

    @property
    def path(self) -> Optional[str]:
        """Of the socket, or the name of the pipe; None over TCP."""
        return self._ask_text(library.hp_process_path)

    @property
    def host(self) -> Optional[str]:
        return self._ask_text(library.hp_process_host)

    @property
    def port(self) -> int:
        """0 where it is not reached over TCP."""
        return self._ask(library.hp_process_port)

    @property
    def fallbacks(self) -> List[str]:
        """The transports that were tried before the one that serves, each with its reason."""
        def read(process: Any) -> List[str]:
            count = library.hp_process_fallback_count(process)
            return [text(library.hp_process_fallback(process, index)) or "" for index in range(count)]
        return self._ask(read)

    @property
    def data_dir(self) -> Optional[str]:
        return self._ask_text(library.hp_process_data_dir)

    @property
    def log_path(self) -> Optional[str]:
        """The file that the server's output is written to at this moment; None without `log_dir`."""
        return self._ask(lambda process: take_text(library.hp_process_log_path(process)))

    @property
    def pid(self) -> int:
        """0 while there is none."""
        return self._ask(library.hp_process_pid)

    @property
    def main_pid(self) -> int:
        """The process that the server has named as its main one; 0 where it has named none."""
        return self._ask(library.hp_process_main_pid)

    @property
    def state(self) -> str:
        return self._ask(lambda process: text(library.hp_state_name(library.hp_process_state(process))))

    @property
    def containment(self) -> str:
        """How sure it is that nothing of it survives us: "tree+crash", "tree", "direct", "none"."""
        return self._ask(lambda process: text(library.hp_containment_name(library.hp_process_containment(process))))

    @property
    def is_open(self) -> bool:
        """Whether the handle is open; is_alive asks for the server."""
        return bool(self._pointer)

    @property
    def is_alive(self) -> bool:
        """Whether a process of the server runs at this moment; not after close()."""
        with self._lock:
            return self.is_open and self._ask(library.hp_process_is_alive)

    @property
    def is_verified(self) -> bool:
        """Whether the answer was proven to come from the server's own processes."""
        return self._ask(library.hp_process_is_verified)

    @property
    def exit_status(self) -> Exit:
        status = self._ask(library.hp_process_exit_status)
        return Exit(_EXIT_KINDS[status.kind], status.value)

    @property
    def stop_rung(self) -> Optional[str]:
        """The rung of the stop ladder that ended it: "tether", "signal TERM"; None where none did."""
        return self._ask_text(library.hp_process_stop_rung)

    @property
    def stop_time(self) -> Optional[float]:
        """Seconds from the first rung to the exit; None where it was not stopped by us."""
        time = self._ask(library.hp_process_stop_time)
        return None if time < 0 else time / 1000

    def connect(self, timeout: Optional[float] = None) -> socket.socket:
        """A connected socket, whose other end is the server's own process as far as the system can tell.

        timeout: seconds, of the connecting only."""
        if self.transport == "pipe":
            raise ValueError(f"a pipe is no socket: open {self.path}")
        handle = ctypes.c_ssize_t()
        limit = -1 if timeout is None else round(timeout * 1000)
        self._ask(lambda process: call(library.hp_process_connect, process, limit, ctypes.byref(handle)))
        return socket.socket(fileno=handle.value)

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Until it has ended; False when `timeout` seconds passed first, an error when it ended by itself."""
        self._ask(library.hp_process_state)
        if not self._ended.wait(timeout):
            return False
        self._ask(lambda process: call(library.hp_process_wait, process, -1))
        return True

    def shutdown(self, timeout_ms: int = -1) -> None:
        """Stops it: negative waits as long as it takes, 0 kills, positive waits that long, kills, and raises."""
        self._ask(lambda process: library.hp_process_shutdown_async(process, timeout_ms))
        self._ended.wait()
        self._ask(lambda process: call(library.hp_process_shutdown, process, timeout_ms))

    def _begin_close(self) -> None:
        with self._lock:
            if self._pointer and self._owner == os.getpid():
                library.hp_process_stop_async(self._pointer)

    def close(self) -> None:
        """Stops it within the budget of its definition. Never raises, may be called again."""
        if self._owner != os.getpid():  # after a fork it is the parent's, and a lock is perhaps held for ever
            self._pointer = ctypes.c_void_p()
            return
        with self._lock:
            pointer, self._pointer = self._pointer, ctypes.c_void_p()
        if pointer:
            library.hp_process_close(pointer)
            self._settled.set()  # who waits need not hear of it by an event
            self._ended.set()
