"""Whose lease is it: names workers so that another one on the same machine can tell that one has died.

Where it can not be told (another machine, another container) a lease runs out by itself.
"""

import contextlib
import os
import secrets
import socket
import threading

_TOKENS: dict[int, str] = {}  # by process, so that a forked child does not speak for its parent


def lease_owner() -> str:
    """The name of this thread of this process: machine, process, token, thread."""
    process = os.getpid()
    token = _TOKENS.setdefault(process, secrets.token_hex(4))
    return f"{_machine()}|{process}|{token}|{threading.get_ident()}"


def is_dead(owner: str) -> bool:
    """Is it sure that the worker of this name has ended?"""
    marks = owner.split("|")
    if len(marks) != 4 or marks[0] != _machine() or not marks[1].isdecimal():
        return False
    process, token = int(marks[1]), marks[2]
    if process == os.getpid():
        return token != _TOKENS.get(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


def _machine() -> str:
    """This machine since it was started, and its space of process numbers: containers may share a host's name."""
    marks = [socket.gethostname()[:100]]
    with contextlib.suppress(OSError):
        marks += [os.readlink("/proc/self/ns/pid"), _boot()]
    return "/".join(marks)


def _boot() -> str:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()[:8]
