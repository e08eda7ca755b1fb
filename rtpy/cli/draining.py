"""The web server's loop and its end: nothing new is taken in, and what is in hand is answered whole.

waitress itself gives running requests five seconds, drops those that wait for a thread, and sends nothing more of
answers that did not fit into the socket.
"""

import logging
import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

log = logging.getLogger("rtpy.serve")

PATIENCE = 25.0
"""Seconds in which requests in hand must come to their end; the promise is 30 for the whole process."""
LOOK = 0.1
"""Seconds between two looks at whether all have."""


def run_until(server: Any, stop: threading.Event, *, patience: float = PATIENCE) -> None:
    """Serve until `stop` is set, then finish what is in hand, for `patience` seconds at most.

    `server` is what waitress's `create_server` gave (Any: it is one of two kinds).
    """
    sockets: dict[int, Any] = server.map if hasattr(server, "map") else server._map
    while not stop.is_set():
        _turn(server, sockets, 1.0)
    listeners = [each for each in sockets.values() if isinstance(each, BaseWSGIServer)]
    _turn(server, sockets, 0.0)  # who has connected already is let in
    for each in listeners:
        wasyncore.dispatcher.close(each)  # its own `close` would take the trigger from the threads
    _turn(server, sockets, LOOK)  # and what they have sent is read
    deadline = time.monotonic() + patience
    while (busy := _end_idle(sockets)) and time.monotonic() < deadline:
        _turn(server, sockets, LOOK)
    if busy:
        log.warning("%s requests were not finished after %.0f s and are cut off", busy, patience)
    server.task_dispatcher.shutdown(timeout=0.5)
    wasyncore.close_all(sockets)


def _turn(server: Any, sockets: dict[int, Any], seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=server.adj.asyncore_use_poll, map=sockets, count=1)


def _end_idle(sockets: dict[int, Any]) -> int:
    """Close connections on which nothing is under way; how many are left."""
    channels = [each for each in list(sockets.values()) if isinstance(each, HTTPChannel)]
    for each in channels:
        with each.requests_lock:
            is_busy = each.requests or each.request is not None or each.total_outbufs_len
            if not is_busy:
                each.will_close = True  # at its next turn, which comes at once
    return len(channels)
