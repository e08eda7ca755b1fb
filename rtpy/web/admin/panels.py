"""Pages of the administration that show tables with deeds and small forms, all drawn by admin/panels.pt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.web.admin.editing import Button, at_the_top, beside
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; with `button` it can be acted on, then `key` is posted as `item`."""

    cells: tuple[Html | str, ...]
    key: str = ""
    button: Button | None = None
    about: str = ""
    """What the button is about, for screen readers."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: a table, or a form with buttons below, or both."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    help: str = ""
    empty: str = ""
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    post_url: str = ""
    """Where its form goes; empty: where the others of the page go."""

    @property
    def has_deeds(self) -> bool:
        """Does a line have a button?"""
        return any(row.button for row in self.rows)


def panel_values(
    request: Request,
    *,
    title: str,
    post_url: str,
    panels: Sequence[Panel],
    problems: Mapping[str, str] | None = None,
    intro: str = "",
    crumbs: Iterable[Link] = (),
    tabs: Sequence[Link] = (),
    links: Sequence[Link] = (),
) -> dict[str, object]:
    """The values of admin/panels.pt; each problem stands beside its field and in the list at the top.

    `links` lead to other pages about it, beside the title.
    """
    wrong = dict(problems or {})
    shown = tuple(replace(panel, fields=beside(panel.fields, wrong)) for panel in panels)
    return {
        "crumbs": admin_crumbs(request, *crumbs),
        "title": title,
        "intro": intro,
        "tables": shown,
        "problems": at_the_top(request, [each for panel in shown for each in panel.fields], wrong),
        "post_url": post_url,
        "tabs": tuple(tabs),
        "links": tuple(links),
    }
