"""The customer and the month that an address names."""

from datetime import date

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.models import Organization
from rtpy.web.staff.forms import number_in
from rtpy_sla.reports.service import last_month


def customer_of(request: Request) -> Organization:
    """By the number in the address; 404 without one."""
    number = number_in(request.matchdict["id"])
    found: Organization | None = request.db.get(Organization, number) if number is not None else None
    if found is None:
        raise HTTPNotFound("There is no such organisation.")
    return found


def month_of(request: Request) -> date:
    """The first day of the month of the address, or 404; never one that has not begun."""
    found = read_month(request.matchdict["month"])
    if found is None or found > request.work.now.date():
        raise HTTPNotFound("There is no report of that month.")
    return found


def asked_month(request: Request) -> date:
    """That of `?month=`, else the last whole one."""
    found = read_month(request.GET.get("month", ""))
    return found if found is not None and found <= request.work.now.date() else last_month(request.work)


def read_month(text: str) -> date | None:
    """The first day of `2026-03`."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if found.year >= 1990 else None
