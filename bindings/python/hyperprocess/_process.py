# SPDX-License-Identifier: MIT
"""One server from start to end."""
import atexit
import collections
import ctypes
import os
import threading
import weakref

from ._errors import call
from ._library import EVENT_CALLBACK, encode, library, text

Event = collections.namedtuple("Event", "kind state text")
Event.__doc__ = 'What happened: kind "state" or "info", the state, and a line for a person or None.'

Exit = collections.namedtuple("Exit", "kind value")
Exit.__doc__ = 'How a process ended: kind "none", "unknown", "code" or "signal", and which.'

_EXIT_KINDS = ("none", "unknown", "code", "signal")
_EVENT_KINDS = ("state", "info")
_SETTLED = {"ready", "stopped", "failed"}
_ENDED = {"stopped", "failed"}


class _Context:
    """The library's thread: one for all servers of this Python process, made by the first."""

    def __init__(self):
        self._lock = threading.Lock()
        self._pointer, self._owner = None, None

    def pointer(self):
        with self._lock:
            if self._owner != os.getpid():  # a fork has no thread of ours: what it knows is stale
                made = ctypes.c_void_p()
                call(library.hp_context_new, ctypes.byref(made))
                self._pointer, self._owner = made, os.getpid()
            return self._pointer

    def free(self):
        with self._lock:
            if self._owner == os.getpid():
                library.hp_context_free(self._pointer)
            self._pointer, self._owner = None, None


_context = _Context()
_open = weakref.WeakSet()


def _leave():
    """No handle outlives its context, and no server this Python process."""
    for process in list(_open):
        process.close()
    _context.free()


atexit.register(_leave)


class _Options:
    """The C options, for as long as a start takes."""

    def __init__(self):
        self._pointer = ctypes.c_void_p()

    def __enter__(self):
        call(library.hp_options_new, ctypes.byref(self._pointer))
        return self

    def __exit__(self, *_):
        library.hp_options_free(self._pointer)

    def text(self, name, value):
        if value is not None:
            call(getattr(library, "hp_options_" + name), self._pointer, encode(value))

    def pair(self, function, name, value):
        call(function, self._pointer, encode(name), None if value is None else encode(value))

    def milliseconds(self, seconds):
        if seconds is not None:
            call(library.hp_options_set_start_timeout, self._pointer, round(seconds * 1000))

    @property
    def pointer(self):
        return self._pointer


def _spell(value):
    """A setting's value as text: True is "on", what the definitions' switches take."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, (str, os.PathLike)) else str(value)


class Process:
    """Starts a server and returns when it is ready; `with` stops it.

    server        name of a definition, "redis"; None: what the profile says
    settings      of the server, by name
    start_timeout seconds
    environment   of the server; a value of None removes one
    on_event      called with an Event, on the library's thread; must not block
    """

    def __init__(self, server=None, *, profile=None, file=None, transport=None, settings=None, data_dir=None,
                 binary=None, working_dir=None, start_timeout=None, arguments=(), environment=None, on_event=None):
        self._pointer, self._owner = ctypes.c_void_p(), os.getpid()
        self._settled, self._ended = threading.Event(), threading.Event()
        self._on_event = on_event
        self._callback = EVENT_CALLBACK(self._take_event)  # the library calls it as long as we live
        with _Options() as options:
            for name, value in (("set_server", server), ("set_profile", profile), ("set_file", file),
                                ("set_transport", transport), ("set_data_dir", data_dir), ("set_binary", binary),
                                ("set_working_dir", working_dir)):
                options.text(name, value)
            for name, value in (settings or {}).items():
                options.pair(library.hp_options_set, name, _spell(value))
            for name, value in (environment or {}).items():
                options.pair(library.hp_options_set_environment, name, value)
            for argument in arguments:
                options.text("add_argument", argument)
            options.milliseconds(start_timeout)
            self._start(options.pointer)

    def _start(self, options):
        call(library.hp_process_start_async, _context.pointer(), options, self._callback, None,
             ctypes.byref(self._pointer))
        _open.add(self)
        try:
            self._settled.wait()  # unlike a call of the library's, interrupted by Ctrl-C
            call(library.hp_process_wait_ready, self._pointer, -1)
        except BaseException:
            self.close()
            raise

    def _take_event(self, _, event, __):
        state = text(library.hp_state_name(library.hp_event_state(event)))
        if self._on_event:
            kind = _EVENT_KINDS[library.hp_event_kind(event)]
            self._on_event(Event(kind, state, text(library.hp_event_text(event))))
        if state in _SETTLED:
            self._settled.set()
        if state in _ENDED:
            self._ended.set()

    def _ask(self, function):
        if not self._pointer:
            raise ValueError("this process was closed")
        return function(self._pointer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_pointer", None):
            self.close()

    @property
    def endpoint(self):
        """Where it is reached: "unix:///run/…/s", "tcp://127.0.0.1:40123"."""
        return text(self._ask(library.hp_process_endpoint))

    @property
    def descriptor(self):
        """The endpoint in the words of the server's own clients."""
        return text(self._ask(library.hp_process_descriptor))

    @property
    def transport(self):
        return text(self._ask(library.hp_process_transport))

    @property
    def path(self):
        """Of the socket, or the name of the pipe; None over TCP."""
        return text(self._ask(library.hp_process_path))

    @property
    def host(self):
        return text(self._ask(library.hp_process_host))

    @property
    def port(self):
        return self._ask(library.hp_process_port)

    @property
    def data_dir(self):
        return text(self._ask(library.hp_process_data_dir))

    @property
    def pid(self):
        return self._ask(library.hp_process_pid)

    @property
    def state(self):
        return text(library.hp_state_name(self._ask(library.hp_process_state)))

    @property
    def containment(self):
        return text(library.hp_containment_name(self._ask(library.hp_process_containment)))

    @property
    def is_alive(self):
        """Whether a process of the server runs at this moment."""
        return bool(self._pointer) and self._ask(library.hp_process_is_alive)

    @property
    def is_verified(self):
        return self._ask(library.hp_process_is_verified)

    @property
    def is_open(self):
        """Whether the handle is open; is_alive asks for the server."""
        return bool(self._pointer)

    @property
    def exit_status(self):
        status = self._ask(library.hp_process_exit_status)
        return Exit(_EXIT_KINDS[status.kind], status.value)

    @property
    def stop_rung(self):
        """The rung of the stop ladder that ended it: "tether", "signal TERM"; None where none did."""
        return text(self._ask(library.hp_process_stop_rung))

    def wait(self, timeout=None):
        """Until it has ended; False when `timeout` seconds passed first, an error when it ended by itself."""
        self._ask(library.hp_process_state)
        if not self._ended.wait(timeout):
            return False
        call(library.hp_process_wait, self._pointer, -1)
        return True

    def shutdown(self, timeout_ms=-1):
        """Stops it: negative waits as long as it takes, 0 kills, positive waits that long, kills, and raises."""
        self._ask(lambda process: library.hp_process_shutdown_async(process, timeout_ms))
        self._ended.wait()
        call(library.hp_process_shutdown, self._pointer, timeout_ms)

    def close(self):
        """Stops it within the budget of its definition. Never raises, may be called again."""
        pointer, self._pointer = self._pointer, ctypes.c_void_p()
        _open.discard(self)
        if pointer and self._owner == os.getpid():  # after a fork it is the parent's
            library.hp_process_close(pointer)
