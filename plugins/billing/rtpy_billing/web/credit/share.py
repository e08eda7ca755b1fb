"""Saying who else has credit for an entry."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.capture.allowed import find_entry
from rtpy_billing.capture.listing import shown_entry
from rtpy_billing.capture.sharing import MOST, WHOLE, Credit, credits_of, may_share, share_credit
from rtpy_billing.models import WorkEntry
from rtpy_billing.typed import Typed
from rtpy_billing.web.entries.form import problems_above, wrong_in
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.people import staff_choices

EMPTY = 2
"""So many empty lines stand under those that are filled."""


@view_config(
    route_name="billing.credit.share",
    request_method="GET",
    renderer="billing/credit/share.pt",
    permission=STAFF,
)
def show_shares(resource: SystemResource, request: Request) -> dict[str, object]:
    """Who has credit now."""
    entry = _entry(request)
    return _page(request, entry, _given_of(request, entry), {})


@view_config(
    route_name="billing.credit.share",
    request_method="POST",
    renderer="billing/credit/share.pt",
    permission=STAFF,
)
def save_shares(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """In place of what was said before; empty lines count for nothing."""
    entry, given = _entry(request), texts_of(request)
    try:
        places, credits = _read(given)
        try:
            share_credit(request.work, entry, credits)
        except Invalid as invalid:
            raise Invalid(*(_at_its_line(each, places) for each in invalid.problems)) from invalid
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, entry, given, wrong_in(invalid))
    request.flash("The credit is shared.")
    return HTTPSeeOther(request.route_path("billing.entries.modify", id=entry.id))


def _entry(request: Request) -> WorkEntry:
    entry = find_entry(request.work, int(request.matchdict["id"]))
    if not may_share(request.work, entry):
        raise Refused("Only who worked, and who approves time, says who has credit for it.")
    return entry


def _read(given: Mapping[str, str]) -> tuple[list[int], list[Credit]]:
    """The filled lines: where they stand in the form, and what they say."""
    typed, places, credits = Typed(given), [], []
    for line in range(MOST):
        person, percent = typed.raw(f"person.{line}"), typed.raw(f"share.{line}").removesuffix("%").strip()
        if not person:
            if percent:
                typed.wrong(f"person.{line}", "Say who that is for.")
            continue
        share = _basis_points(percent)
        if not (person.isascii() and person.isdigit() and len(person) < 19):
            typed.wrong(f"person.{line}", "Choose somebody of the list.")
        elif share is None:
            typed.wrong(f"share.{line}", "Write a number between 1 and 100; empty is an assist.")
        else:
            places.append(line)
            credits.append(Credit(int(person), share))
    typed.check()
    return places, credits


def _basis_points(percent: str) -> int | None:
    if not percent:
        return 0
    if not (percent.isascii() and percent.isdigit() and len(percent) <= 3 and 1 <= int(percent) <= 100):
        return None
    return int(percent) * WHOLE // 100


def _at_its_line(problem: Problem, places: list[int]) -> Problem:
    name, dot, number = problem.field.partition(".")
    return replace(problem, field=f"{name}.{places[int(number)]}") if dot else problem


def _given_of(request: Request, entry: WorkEntry) -> dict[str, str]:
    given = {}
    for line, each in enumerate(credits_of(request.work, entry)):
        given[f"person.{line}"] = str(each.user_id)
        given[f"share.{line}"] = str(each.share * 100 // WHOLE) if each.share else ""
    return given


def _page(
    request: Request, entry: WorkEntry, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    made, path = Fields(given), request.route_path
    people = [each for each in staff_choices(request.db) if each[0] != entry.worked_by_id]
    filled = max((line + 1 for line in range(MOST) if given.get(f"person.{line}")), default=0)
    lines: list[tuple[Field, Field]] = []
    for line in range(min(MOST, filled + EMPTY)):
        who = made.one_of(f"person.{line}", f"Person {line + 1}", people, "nobody")
        part = made.text(f"share.{line}", "Per cent", "Empty: an assist.")
        lines.append(
            (
                replace(who, error=wrong.get(who.name, "")),
                replace(part, error=wrong.get(part.name, "")),
            )
        )
    fields = tuple(field for pair in lines for field in pair)
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Time", path("billing.entries.list")),
            Link("Work entry", path("billing.entries.modify", id=entry.id)),
        ),
        "lines": lines,
        "problems": problems_above(fields, wrong),
        "entry": shown_entry(request.work, entry),
        "post_url": path("billing.credit.share", id=entry.id),
        "back_url": path("billing.entries.modify", id=entry.id),
    }
