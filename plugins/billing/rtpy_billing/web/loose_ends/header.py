"""The number of loose ends in the bar at the top."""

import time
from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy_billing.loose_ends.board import count_loose_ends

LOOK_AGAIN = 5.0
"""Seconds for which a number is shown without asking the database again."""
MOST_READERS = 1000


def show_number(request: Request, _: object) -> Mapping[str, Any] | None:
    """The reader's number, with its words; one query now and then."""
    shelf: dict[int, tuple[float, int]] = request.app.caches.setdefault("billing.loose_ends", {})
    reader, now = request.login.user_id, time.monotonic()
    at, number = shelf.get(reader, (0.0, 0))
    if now - at > LOOK_AGAIN:
        number = count_loose_ends(request.work)
        if len(shelf) >= MOST_READERS:
            shelf.clear()
        shelf[reader] = (now, number)
    return {"number": number, "url": request.route_path("billing.loose_ends.board")}


def forget_number(request: Request) -> None:
    """Count anew at the next page."""
    request.app.caches.get("billing.loose_ends", {}).clear()
