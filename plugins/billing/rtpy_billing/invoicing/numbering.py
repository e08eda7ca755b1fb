"""Numbers of documents: taken in the transaction that issues, so none is lost or given twice."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_billing.models import Invoice, Seller, Series
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.series import KINDS, USUAL, latest_series, written


@dataclass(frozen=True, slots=True)
class Taken:
    """A number that was taken: it is lost only with the whole transaction, and then nobody has it."""

    series: Series
    sequence: int
    number: str


def take_number(work: Work, seller: Seller, kind: str, day: date) -> Taken:
    """The next number of a seller's documents of that kind in the year of `day`.

    The series is locked until the transaction ends, so one document at a time is issued by each. Raises Invalid when
    the number is in use already, which only a pattern that was changed can bring about.
    """
    lock_name(work.db, f"billing series {seller.id} {kind}")
    series = _series(work, seller, kind, day.year)
    sequence = series.next_number
    series.next_number += 1
    number = written(series.pattern, day.year, sequence)
    taken = work.db.scalar(
        select(Invoice.id).where(
            Invoice.seller_id == seller.id, Invoice.kind == kind, Invoice.number == number
        )
    )
    if taken is not None:
        raise Invalid(
            Problem(
                "number", f"The number {number} is in use already: change the pattern or the next number."
            )
        )
    work.db.flush()
    return Taken(series, sequence, number)


def _series(work: Work, seller: Seller, kind: str, year: int) -> Series:
    latest = latest_series(work.db, seller.id, kind)
    wanted = 0 if latest is not None and latest.year == 0 else year
    found = work.db.scalar(
        select(Series)
        .where(Series.seller_id == seller.id, Series.kind == kind, Series.year == wanted)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        pattern = latest.pattern if latest is not None else USUAL[kind]
        found = Series(seller_id=seller.id, kind=kind, year=wanted, pattern=pattern, next_number=1)
        work.db.add(found)
    return found


def advance_series(work: Work, series: Series, next_number: int) -> tuple[str, ...]:
    """After a restore: go on at `next_number`, because those before it were issued meanwhile. Needs AdminBilling.

    Answers with the numbers of the gap, for the books. Raises Invalid if the series is further already.
    """
    need_system(work, ADMIN_BILLING)
    locked = work.db.scalars(
        select(Series)
        .where(Series.id == series.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    first = locked.next_number
    if next_number <= first:
        raise Invalid(Problem("next", f"The series is at {first} already; it only ever goes on."))
    locked.next_number = next_number
    note_configuration(
        work,
        "series",
        locked.id,
        KINDS[locked.kind],
        {"next_number": first},
        {"next_number": next_number},
    )
    year = locked.year or work.now.year
    return tuple(written(locked.pattern, year, number) for number in range(first, next_number))


def gaps_of(work: Work, series: Series) -> tuple[str, ...]:
    """Numbers of a series that no document has: after a restore, or a move from another program. One query."""
    rows = work.db.scalars(select(Invoice.sequence).where(Invoice.series_id == series.id))
    used = {sequence for sequence in rows if sequence is not None}
    if not used:
        return ()
    year = series.year or work.now.year
    return tuple(
        written(series.pattern, year, number)
        for number in range(min(used), series.next_number)
        if number not in used
    )
