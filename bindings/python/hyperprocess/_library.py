# SPDX-License-Identifier: MIT
"""The shared library and its functions' types: all that this package knows of C."""
from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_double, c_int, c_int64, c_size_t, c_ssize_t,
                    c_uint16, c_uint64, c_void_p)
from typing import Iterator, Optional, Union

_NAMES = {
    "win32": ("hyperprocess.dll", "libhyperprocess.dll"),
    "darwin": ("libhyperprocess.0.dylib", "libhyperprocess.dylib"),
}


def _places() -> Iterator[str]:
    """Where the library may lie, the strongest word first."""
    named = os.environ.get("HYPERPROCESS_LIBRARY")
    if named:
        yield named
        return
    names = _NAMES.get(sys.platform, ("libhyperprocess.so.0", "libhyperprocess.so"))
    here = os.path.dirname(os.path.abspath(__file__))
    for name in names:
        beside = os.path.join(here, name)
        if os.path.exists(beside):
            yield beside
    yield from names
    found = ctypes.util.find_library("hyperprocess")
    if found:
        yield found


def _load() -> ctypes.CDLL:
    reasons = []
    for place in _places():
        try:
            return ctypes.CDLL(place)
        except OSError as reason:
            reasons.append(f"  {place}: {reason}")
    raise ImportError(
        "the shared library of hyperprocess was not found; set HYPERPROCESS_LIBRARY to it, "
        "or put it beside this package. Tried:\n" + "\n".join(reasons)
    )


class ExitStatus(Structure):
    _fields_ = [("kind", c_int), ("value", c_int)]


EVENT_CALLBACK = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p)

_ERROR = POINTER(c_void_p)
_OUT = POINTER(c_void_p)
_TEXT_OPTION = (c_int, c_void_p, c_char_p, _ERROR)
_PROTOTYPES = {
    "hp_version": (c_char_p,),
    "hp_code_name": (c_char_p, c_int),
    "hp_free": (None, c_void_p),
    "hp_error_code": (c_int, c_void_p),
    "hp_error_to_json": (c_void_p, c_void_p),
    "hp_error_message": (c_char_p, c_void_p),
    "hp_error_free": (None, c_void_p),
    "hp_options_new": (c_int, _OUT, _ERROR),
    "hp_options_free": (None, c_void_p),
    "hp_options_set_server": _TEXT_OPTION,
    "hp_options_set_file": _TEXT_OPTION,
    "hp_options_set_profile": _TEXT_OPTION,
    "hp_options_set_transport": _TEXT_OPTION,
    "hp_options_set_data_dir": _TEXT_OPTION,
    "hp_options_set_binary": _TEXT_OPTION,
    "hp_options_set_server_version": _TEXT_OPTION,
    "hp_options_set_working_dir": _TEXT_OPTION,
    "hp_options_set_start_timeout": (c_int, c_void_p, c_int64, _ERROR),
    "hp_options_add_argument": _TEXT_OPTION,
    "hp_options_set_log_dir": _TEXT_OPTION,
    "hp_options_set_event_log": _TEXT_OPTION,
    "hp_options_set_log_size_limit": (c_int, c_void_p, c_uint64, _ERROR),
    "hp_options_set_log_max_count": (c_int, c_void_p, c_uint64, _ERROR),
    "hp_options_set_experimental": (c_int, c_void_p, c_bool, _ERROR),
    "hp_options_set_program": (c_int, c_void_p, POINTER(c_char_p), _ERROR),
    "hp_options_set_ready": _TEXT_OPTION,
    "hp_options_set_stop": _TEXT_OPTION,
    "hp_options_set_wrap": _TEXT_OPTION,
    "hp_options_set_terminal": (None, c_void_p, c_bool),
    "hp_options_set": (c_int, c_void_p, c_char_p, c_char_p, _ERROR),
    "hp_options_set_environment": (c_int, c_void_p, c_char_p, c_char_p, _ERROR),
    "hp_context_new": (c_int, _OUT, _ERROR),
    "hp_context_free": (c_int, c_void_p),
    "hp_process_start_async": (c_int, c_void_p, c_void_p, EVENT_CALLBACK, c_void_p, _OUT, _ERROR),
    "hp_process_wait_ready": (c_int, c_void_p, c_int64, _ERROR),
    "hp_process_wait": (c_int, c_void_p, c_int64, _ERROR),
    "hp_process_shutdown_async": (None, c_void_p, c_int64),
    "hp_process_shutdown": (c_int, c_void_p, c_int64, _ERROR),
    "hp_process_stop_async": (None, c_void_p),
    "hp_process_close": (None, c_void_p),
    "hp_process_connect": (c_int, c_void_p, c_int64, POINTER(c_ssize_t), _ERROR),
    "hp_process_fallback_count": (c_size_t, c_void_p),
    "hp_process_fallback": (c_char_p, c_void_p, c_size_t),
    "hp_process_log_path": (c_void_p, c_void_p),
    "hp_process_main_pid": (c_int64, c_void_p),
    "hp_process_endpoint": (c_char_p, c_void_p),
    "hp_process_descriptor": (c_char_p, c_void_p),
    "hp_process_transport": (c_char_p, c_void_p),
    "hp_process_path": (c_char_p, c_void_p),
    "hp_process_host": (c_char_p, c_void_p),
    "hp_process_port": (c_uint16, c_void_p),
    "hp_process_data_dir": (c_char_p, c_void_p),
    "hp_process_pid": (c_int64, c_void_p),
    "hp_process_state": (c_int, c_void_p),
    "hp_process_is_alive": (c_bool, c_void_p),
    "hp_process_is_verified": (c_bool, c_void_p),
    "hp_process_containment": (c_int, c_void_p),
    "hp_process_exit_status": (ExitStatus, c_void_p),
    "hp_process_stop_rung": (c_char_p, c_void_p),
    "hp_process_stop_time": (c_double, c_void_p),
    "hp_state_name": (c_char_p, c_int),
    "hp_containment_name": (c_char_p, c_int),
    "hp_event_kind": (c_int, c_void_p),
    "hp_event_state": (c_int, c_void_p),
    "hp_event_text": (c_char_p, c_void_p),
    "hp_event_error": (c_void_p, c_void_p),
    "hp_event_remaining": (c_int64, c_void_p),
}

library = _load()
for _name, (_result, *_arguments) in _PROTOTYPES.items():
    _function = getattr(library, _name)
    _function.restype = _result
    _function.argtypes = _arguments


def text(value: Optional[bytes]) -> Optional[str]:
    """A string of the library's, or None."""
    return None if value is None else value.decode("utf-8", "surrogateescape")


def take_text(pointer: Optional[int]) -> Optional[str]:
    """A string that the library has left to us to free, or None."""
    if not pointer:
        return None
    try:
        return text(ctypes.string_at(pointer))
    finally:
        library.hp_free(pointer)


def encode(value: Union[str, bytes, "os.PathLike[str]"]) -> bytes:
    """What the library is given for a string or a path; it would take a NUL for the end."""
    path = os.fspath(value)
    encoded = path if isinstance(path, bytes) else path.encode("utf-8", "surrogateescape")
    if b"\0" in encoded:
        raise ValueError(f"a NUL in {path!r}")
    return encoded


def version() -> str:
    """Version of the library that was loaded."""
    return text(library.hp_version()) or ""
