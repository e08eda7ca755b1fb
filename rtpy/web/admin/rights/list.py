"""The matrix of rights: who holds what on the system or on one thing, and changing it."""

from collections.abc import Sequence
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.grants import GrantChange, change_grants
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.holders import Holder, Named, Place, find_principals, name_holders, place_name, read_holder
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.rights.asking import LABELS, kinds_for, read_holders, read_place, things_for
from rtpy.web.admin.rights.matrix import HEADINGS, Matrix, read_matrix
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_named, texts_of

ROUTE = "admin.rights.list"
MOST_CHANGES = 2_000


@view_config(route_name=ROUTE, request_method="GET", renderer="admin/rights/list.pt", permission=STAFF)
def show_rights(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?kind=&id=` the place, `&category=`, `&with=p12` a holder to show, `&add=` one to find by name."""
    kinds, given = kinds_for(request), request.GET
    place = read_place(request, given)
    asked_kind = given.get("kind", "")
    kind = place.kind if place else asked_kind if asked_kind in kinds else kinds[0]
    values: dict[str, object] = {
        "crumbs": admin_crumbs(request),
        "kinds": tuple(
            Link(LABELS[each], request.route_path(ROUTE, _query={"kind": each}), each == kind)
            for each in kinds
        ),
        "kind": kind,
        "things": things_for(request, kind) if kind != "system" else [],
        "place": place,
        "place_name": "",
        "list_url": request.route_path(ROUTE),
        "explain_url": request.route_path("admin.rights.explain"),
        "matrix": None,
        "problem": "",
        "choices": (),
        "typed": "",
        "global_url": request.route_path(ROUTE, _query={"kind": "system"}) if "system" in kinds else None,
    }
    if place is None:
        return values
    more = read_holders(given.getall("with"))
    typed = given.get("add", "").strip()
    if typed:
        found = [each for each in find_principals(request.db, typed) if each.holder not in more]
        if len(found) == 1:
            more.append(found[0].holder)
        else:
            values["typed"] = typed[:100]
            values["problem"] = _which(typed, found)
            values["choices"] = tuple(
                Link(
                    f"{each.kind} {each.shown} ({each.detail or each.name})",
                    _url(request, place, [*more, each.holder]),
                )
                for each in found
            )
    matrix = _said(request, read_matrix(request.work, place, given.get("category", ""), more))
    return {
        **values,
        "place_name": place_name(request.db, place),
        "matrix": matrix,
        "more": tuple(each.key for each in more),
        "tabs": _categories(request, place, matrix, more),
    }


@view_config(route_name=ROUTE, request_method="POST", renderer="admin/rights/review.pt", permission=STAFF)
def change_rights(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Ticked boxes `g` against what was ticked before (`was`): says what would change; with `deed=save` changes it.

    `change` fields, `+p12:ShowTicket` or `-role.Cc:ShowTicket`, come from the page that said so.
    """
    given = texts_of(request)
    place = read_place(request, given) or Place()
    if given.get("deed") == "save":
        changes = [_read(text[1:], granted=text[:1] == "+") for text in texts_named(request, "change")]
    else:
        ticked, was = (dict.fromkeys(texts_named(request, name)) for name in ("g", "was"))
        changes = [_read(token, granted=True) for token in ticked if token not in was]
        changes += [_read(token, granted=False) for token in was if token not in ticked]
    wanted = [each for each in changes[:MOST_CHANGES] if each is not None]
    holders = read_holders(list(texts_named(request, "with")))
    back = _url(request, place, holders, given.get("category", ""))
    where = place_name(request.db, place)
    if not wanted:
        request.flash("Nothing was changed: no box was ticked or cleared.", "info")
        return HTTPSeeOther(back)
    problems: list[tuple[None, str]] = []
    if given.get("deed") == "save":
        try:
            made = change_grants(request.work, place, wanted)
        except Invalid as invalid:
            problems = [(None, problem.message) for problem in invalid.problems]
        except Refused as refused:
            problems = [(None, str(refused))]
        else:
            request.flash(f"{made} {'right' if made == 1 else 'rights'} changed on {where}.")
            return HTTPSeeOther(back)
        request.response.status_int = 422
    return {
        "crumbs": admin_crumbs(request, Link("Rights", request.route_path(ROUTE))),
        "place": place,
        "place_name": where,
        "changes": _sentences(name_holders(request.db, {each.holder for each in wanted}), wanted),
        "fields": tuple(f"{'+' if each.granted else '-'}{each.holder.key}:{each.right}" for each in wanted),
        "more": tuple(each.key for each in holders),
        "category": given.get("category", ""),
        "post_url": request.route_path(ROUTE),
        "back_url": back,
        "problems": problems,
    }


def _read(token: str, *, granted: bool) -> GrantChange | None:
    key, colon, right = token.partition(":")
    holder = read_holder(key)
    return GrantChange(holder, right, granted) if holder and colon and 0 < len(right) <= 32 else None


def _sentences(
    named: dict[Holder, Named], changes: Sequence[GrantChange]
) -> list[tuple[str, bool, list[str]]]:
    """By holder in words: given or taken, and the rights."""
    found: dict[tuple[str, bool], list[str]] = {}
    for change in changes:
        if change.holder in named:
            found.setdefault((named[change.holder].words, change.granted), []).append(change.right)
    return [(who, granted, rights) for (who, granted), rights in sorted(found.items())]


def _said(request: Request, matrix: Matrix) -> Matrix:
    """What rights of plugins allow, in the reader's language."""
    brought = request.app.named("rtpy_rights")
    rows = (
        replace(row, help=request.label(row.help)) if row.right in brought else row for row in matrix.rows
    )
    return replace(matrix, rows=tuple(rows))


def _categories(request: Request, place: Place, matrix: Matrix, more: Sequence[Holder]) -> tuple[Link, ...]:
    return tuple(
        Link(HEADINGS[each], _url(request, place, more, each.value), each == matrix.category)
        for each in matrix.categories
    )


def _told(named: Named) -> str:
    return f"{named.kind} {named.shown} ({named.detail or named.name})"


def _which(typed: str, found: Sequence[Named]) -> str:
    if found:
        return f"Several are called “{typed[:100]}”. Choose one:"
    return f"No person and no group is called “{typed[:100]}”. Give a login name, a mail address or a group's name."


def _url(request: Request, place: Place, more: Sequence[Holder], category: str = "") -> str:
    query: list[tuple[str, str]] = [("kind", place.kind)]
    query += [("id", str(place.id))] if place.id else []
    query += [("category", category)] if category else []
    query += [("with", each.key) for each in more]
    url: str = request.route_path(ROUTE, _query=query)
    return url
