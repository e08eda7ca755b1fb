"""Series of numbers: how they look, whether they begin anew each year, and which comes next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import Seller, Series
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.plain import plain
from rtpy_billing.typed import Typed

KINDS = {"invoice": "Invoices", "credit_note": "Credit notes"}
USUAL = {"invoice": "{year}-{number:04}", "credit_note": "CN-{year}-{number:04}"}
MOST = 10**12
_PLACE = re.compile(r"\{(year|yy|number)(?::0([1-9]))?\}")
_FITS = re.compile(r"(?:[A-Za-z0-9 ./_-]|\{(?:year|yy|number(?::0[1-9])?)\})+")


def written(pattern: str, year: int, number: int) -> str:
    """The number as it stands on the document: `written("{year}-{number:04}", 2026, 7)` is `2026-0007`."""

    def fill(found: re.Match[str]) -> str:
        value = {"year": f"{year:04}", "yy": f"{year % 100:02}", "number": str(number)}[found[1]]
        return value.rjust(int(found[2]), "0") if found[2] else value

    return _PLACE.sub(fill, pattern)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How one kind of document is numbered now."""

    pattern: str
    is_yearly: bool
    next_number: int


def latest_series(db: Session, seller_id: int, kind: str) -> Series | None:
    """The row that was made last: it says how numbers go on."""
    return db.scalar(
        select(Series)
        .where(Series.seller_id == seller_id, Series.kind == kind)
        .order_by(Series.id.desc())
        .limit(1)
    )


def numbering_of(db: Session, seller_id: int, kind: str, year: int) -> Numbering:
    """How the next document of that kind and year is numbered."""
    latest = latest_series(db, seller_id, kind)
    if latest is None:
        return Numbering(USUAL[kind], True, 1)
    if latest.year in (0, year):
        return Numbering(latest.pattern, latest.year != 0, latest.next_number)
    of_year = db.scalar(
        select(Series).where(Series.seller_id == seller_id, Series.kind == kind, Series.year == year)
    )
    return Numbering(latest.pattern, True, of_year.next_number if of_year else 1)


def save_numbering(work: Work, seller: Seller, kind: str, year: int, given: Mapping[str, str]) -> Series:
    """Change the pattern, whether it begins anew each year, and the next number, which only ever grows.

    Needs AdminBilling; raises Invalid (fields `KIND.pattern`, `KIND.yearly`, `KIND.next`).
    """
    need_system(work, ADMIN_BILLING)
    typed, field = Typed(given), f"{kind}.pattern"
    pattern = typed.text(field, 60, "A pattern is needed, such as {year}-{number:04}.")
    is_yearly = typed.box(f"{kind}.yearly")
    _check_pattern(typed, field, pattern, is_yearly=is_yearly)
    wanted = typed.number(f"{kind}.next", 1, MOST)
    series = _row(work, seller, kind, year if is_yearly else 0)
    latest = latest_series(work.db, seller.id, kind)
    if (
        series is not None
        and latest is not None
        and series.id != latest.id
        and (series.year == 0) != (latest.year == 0)
    ):
        typed.wrong(f"{kind}.yearly", "Numbers were counted so before; going back would give one twice.")
    if series is not None and wanted is not None and wanted < series.next_number:
        typed.wrong(
            f"{kind}.next", f"Numbers are never given twice: {series.next_number} comes next, or a later one."
        )
    typed.check()
    before = None if series is None else plain(series)
    if series is None:
        series = Series(
            seller_id=seller.id, kind=kind, year=year if is_yearly else 0, next_number=wanted or 1
        )
        work.db.add(series)
    series.pattern, series.next_number = pattern, wanted or series.next_number
    work.db.flush()
    note_configuration(work, "series", series.id, f"{seller.name} {KINDS[kind]}", before, plain(series))
    return series


def _row(work: Work, seller: Seller, kind: str, year: int) -> Series | None:
    return work.db.scalar(
        select(Series)
        .where(Series.seller_id == seller.id, Series.kind == kind, Series.year == year)
        .with_for_update()
    )


def _check_pattern(typed: Typed, field: str, pattern: str, *, is_yearly: bool) -> None:
    if not pattern or typed.problems:
        return
    if not _FITS.fullmatch(pattern) or "{number" not in pattern:
        typed.wrong(
            field,
            "Write letters, digits, - . / and the places {number}, {number:04}, {year}, {yy}; {number} is needed.",
        )
    elif is_yearly and "{year}" not in pattern and "{yy}" not in pattern:
        typed.wrong(
            field, "Numbers that begin anew each year need {year} or {yy}, or one would be given twice."
        )
