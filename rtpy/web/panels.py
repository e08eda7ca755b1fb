"""Panels: pieces that plugins bring to pages of the core, at places that are promised."""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request

from rtpy.app import App
from rtpy.changes.change import Change
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket
from rtpy.web.html import Html
from rtpy.web.templating import draw_piece
from rtpy.work import Work

log = logging.getLogger(__name__)

PLACES: Mapping[str, str] = {
    "page.head": "In the head element of every page for staff: links to styles and scripts; the subject is None.",
    "page.header": "In the bar at the top of every page for staff; the subject is None. Keep it to a word or two.",
    "home": "At the top of the first page, under its heading; the subject is None.",
    "admin.home": "On the overview of the administration, after what needs a hand; the subject is None.",
    "ticket.display.head": "Under the head of a ticket's page; the subject is a TicketResource.",
    "ticket.display.aside": "In the column beside a ticket, after its facts; the subject is a TicketResource.",
    "ticket.reply": "In the form of a reply, beside the minutes; the subject is a TicketResource.",
    "ticket.comment": "In the form of an internal comment, beside the minutes; the subject is a TicketResource.",
    "ticket.create": "In the form of a new ticket, beside the minutes; the subject is None.",
    "organization.display": "On the page of an organisation, after its facts; the subject is an Organization.",
    "article.display": "On the page of an article, before its text; the subject is an Article.",
    "people.display": "On the page of a person, after their facts; the subject is a User.",
}
"""Where panels go, and what their `values` are given as subject."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of a page that a plugin brings (hook `rtpy_panels`).

    `place` is a name of `PLACES`. `values` gets the request and the subject of the place, and answers with the values
    of `template` (a piece of a page in the plugin's folder `templates`), or with None when there is nothing to show.
    Everything shown must be what `request.work` may see. Every page of its place asks anew: a bounded number of
    queries, none at all where it can be (`rtpy.remembered`), and nothing is written.
    """

    place: str
    template: str
    values: Callable[[Any, Any], Mapping[str, Any] | None]


def includeme(config: Configurator) -> None:
    """Raises Invalid when a plugin brings a panel for a place that there is not: the site does not start with it."""
    panels_by_place(config.registry["rtpy.app"])
    config.add_request_method(lambda request: partial(show_panels, request), "panels", reify=True)


def panels_by_place(app: App) -> Mapping[str, Sequence[Panel]]:
    """What plugins bring, in their order. Raises Invalid when one names a place that there is not."""
    if "web.panels" not in app.caches:
        places: dict[str, list[Panel]] = {}
        for panel in (panel for brought in reversed(app.hooks.rtpy_panels()) for panel in brought):
            if panel.place not in PLACES:
                sentence = f"A plugin brings a panel for {panel.place}: the places are {', '.join(PLACES)}."
                raise Invalid(Problem("plugins", sentence))
            places.setdefault(panel.place, []).append(panel)
        app.caches["web.panels"] = places
    found: Mapping[str, Sequence[Panel]] = app.caches["web.panels"]
    return found


def show_panels(request: Request, place: str, subject: Any = None) -> tuple[Html, ...]:
    """The panels of a place in the order of the plugins; one that fails says so in its place and is logged.

    Templates call it as `panels(place, subject)`. Only staff see any.
    """
    panels = panels_by_place(request.app).get(place, ())
    if not panels or request.login is None or not request.login.is_privileged:
        return ()
    shown: list[Html] = []
    left = deque(panels)
    while left:
        panel = left.popleft()
        try:
            # One savepoint for all; behind one that failed a new one begins.
            with request.db.begin_nested():
                shown += _draw(request, panel, subject)
                while left:
                    panel = left.popleft()
                    shown += _draw(request, panel, subject)
        except Exception:
            log.exception("the panel %s at %s failed", panel.template, panel.place)
            shown.append(Html('<p class="meta">A plugin failed here. The log says why.</p>'))
    return tuple(shown)


def brought_changes(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> tuple[Change, ...]:
    """What the fields of plugins in a form ask for (hook `rtpy_form_changes`). Raises Invalid."""
    found = reversed(work.app.hooks.rtpy_form_changes(work=work, ticket=ticket, deed=deed, given=given))
    return tuple(change for changes in found for change in changes)


def _draw(request: Request, panel: Panel, subject: Any) -> tuple[Html, ...]:
    plugin = panel.template.partition("/")[0]
    with request.app.hook_times.measured(plugin, f"panel {panel.place}"):
        values = panel.values(request, subject)
        return () if values is None else (draw_piece(request, panel.template, values),)
