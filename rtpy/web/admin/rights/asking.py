"""What the addresses of the rights pages ask for: a place that the reader may look at, and holders to show."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request

from rtpy.changes.grants import NEEDED, may_see_grants
from rtpy.http.security import Missing
from rtpy.rights.holders import Holder, Place, kinds_present, read_holder, things_of
from rtpy.rights.names import SYSTEM, Right
from rtpy.web.staff.forms import number_in

LABELS = {
    SYSTEM: "Whole system",
    "queue": "Queues",
    "group": "Groups",
    "custom_field": "Custom fields",
    "class": "Article classes",
    "catalog": "Catalogs",
}
MOST_SHOWN = 30
"""Holders that an address may add to those who hold something."""


def kinds_for(request: Request) -> tuple[str, ...]:
    """The kinds of places of which the reader may look at some. Raises HTTPForbidden when there is none."""
    rights = request.work.rights
    shows = rights.of(Right.SHOW_ACL)
    found = []
    for kind in kinds_present():
        grants = rights.of(NEEDED[kind])
        if kind == SYSTEM:
            may = grants.everywhere or shows.everywhere
        elif kind == "queue":
            may = grants.everywhere or shows.everywhere or bool(grants.queues or shows.queues)
        else:
            may = grants.everywhere or shows.everywhere or bool(grants.ids(kind) or shows.ids(kind))
        if may:
            found.append(kind)
    if not found:
        raise HTTPForbidden(result=Missing("You need the right ShowACL or ModifyACL for this."))
    return tuple(found)


def things_for(request: Request, kind: str) -> list[tuple[int, str]]:
    """The things of a kind whose grants the reader may look at. One query."""
    work = request.work
    return [each for each in things_of(work.db, kind) if may_see_grants(work, Place(kind, each[0]))]


def read_place(request: Request, given: Mapping[str, str]) -> Place | None:
    """The place of `kind` and `id`, if the reader may look at it; None when no thing is chosen.

    Raises HTTPForbidden for a place that does not exist or is not the reader's to look at.
    """
    kinds = kinds_for(request)
    kind = given.get("kind", "")
    kind = kind if kind in kinds else kinds[0]
    if kind == SYSTEM:
        return Place()
    number = number_in(given.get("id", ""))
    if number is None:
        return None
    place = Place(kind, number)
    if number not in {each for each, _ in things_for(request, kind)}:
        raise HTTPForbidden(result=Missing("You need the right ShowACL or ModifyACL there."))
    return place


def read_holders(keys: list[str]) -> list[Holder]:
    """The holders that fields name, without those that make no sense."""
    found = (read_holder(key.replace("\x00", "")) for key in keys[:MOST_SHOWN])
    return list(dict.fromkeys(each for each in found if each is not None))
