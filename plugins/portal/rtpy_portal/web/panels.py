"""Pieces that rooms of the portal bring to each other's pages: a room knows none of the others."""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from rtpy.web.html import Html
from rtpy.web.templating import draw_piece

log = logging.getLogger("rtpy.portal")

PLACES: Mapping[str, str] = {
    "start.top": "On the first page, above what can be asked; the subject is None.",
    "start.below": "On the first page, below it; the subject is None.",
    "ask.top": "Above the form of a new request; the subject is the topic or None.",
    "request.top": "Under the head of a request; the subject is a RequestResource.",
    "request.below": "Below the conversation; the subject is a RequestResource.",
    "message.below": "Below each message of ours on a request's page; the subject is a RequestResource. The values are "
    "read once for all messages; the template gets them with `message`, the number of its transaction.",
    "request.aside": "Beside the conversation, after its facts; the subject is a RequestResource.",
    "organization.below": "On the page of an organisation, below its people; the subject is its id.",
}


@dataclass(frozen=True, slots=True)
class PortalPanel:
    """A piece at a place of PLACES: `values` gets the request and the subject, None when there is nothing to show.

    The template lies in the folder `templates` and begins with `portal/`. A bounded number of queries; writes nothing.
    """

    place: str
    template: str
    values: Callable[[Any, Any], Mapping[str, Any] | None]


def show_panels(request: Request, place: str, subject: Any = None) -> Sequence[Html]:
    """The pieces of a place, drawn; one that fails is logged and left out: customers read of no plugin."""
    found: list[Html] = []
    left = deque(each for each in request.registry["portal.panels"] if each.place == place)
    while left:
        panel = left.popleft()
        try:
            # One savepoint for all; behind one that failed a new one begins.
            with request.db.begin_nested():
                found += _draw(request, panel, subject)
                while left:
                    panel = left.popleft()
                    found += _draw(request, panel, subject)
        except Exception:
            log.exception("the piece %s at %s failed", panel.template, place)
    return found


def show_below_message(request: Request, resource: Any, message: int) -> Sequence[Html]:
    """The pieces of the place `message.below` below one message. Their values are read once for all of them."""
    if "portal_below" not in request.__dict__:
        read = []
        for panel in (each for each in request.registry["portal.panels"] if each.place == "message.below"):
            try:
                with request.db.begin_nested():
                    values = panel.values(request, resource)
            except Exception:
                log.exception("the piece %s below messages failed", panel.template)
            else:
                read += [] if values is None else [(panel, values)]
        request.__dict__["portal_below"] = read
    return [
        draw_piece(request, panel.template, {"say": request.portal_say, **values, "message": message})
        for panel, values in request.__dict__["portal_below"]
    ]


def _draw(request: Request, panel: PortalPanel, subject: Any) -> Sequence[Html]:
    values = panel.values(request, subject)
    if values is None:
        return ()
    return (draw_piece(request, panel.template, {"say": request.portal_say, **values}),)
