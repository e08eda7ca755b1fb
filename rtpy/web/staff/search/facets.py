"""Narrowing a search down: how many of the tickets found are of each status, queue, owner …, each a link."""

from dataclasses import dataclass

from pyramid.request import Request

from rtpy.search.charting.facets import read_facets
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.printer import show
from rtpy.search.saved import CHART
from rtpy.search.searched import Target
from rtpy.web.shown import Link
from rtpy.web.staff.search.asked import Asked, address

ASKED = "narrow"
"""The parameter that asks for the counts: they cost more than the list itself."""


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A heading with its groups; `more_url` leads to all of them as a chart, None when all are here."""

    title: str
    parts: tuple[tuple[str, int, str], ...]
    """Label, number, address."""
    more_url: str | None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The link that opens or closes the counts, and the counts when they were asked for."""

    toggle: Link
    facets: tuple[ShownFacet, ...] = ()
    note: str = ""


def narrowing(request: Request, asked: Asked, total: int) -> Narrowing | None:
    """None where there is nothing to narrow: other things than tickets, or fewer than two of them."""
    if asked.kind is not Target.TICKETS or total < 2:
        return None
    if request.GET.get(ASKED) != "1":
        return Narrowing(Link("Narrow down", address(request, asked, Page=None, **{ASKED: 1})))
    toggle = Link("Hide the counts", address(request, asked, Page=None), current=True)
    try:
        found = read_facets(request.work, asked.search)
    except CannotSearch as wrong:
        return Narrowing(toggle, note=f"{wrong} So nothing was counted.")
    facets = tuple(
        ShownFacet(
            facet.title,
            tuple((part.label, part.count, _url(request, asked, show(part.node))) for part in facet.parts),
            address(request, asked, show=CHART, GroupBy=facet.field, Page=None) if facet.left_out else None,
        )
        for facet in found
    )
    return Narrowing(
        toggle, facets, "" if facets else "All of them are alike in what could narrow them down."
    )


def _url(request: Request, asked: Asked, query: str) -> str:
    return address(request, asked, Query=query, Precedence=None, saved=None, q=None, Page=None, **{ASKED: 1})
