"""A stretch of work on its way to a price: what is filled in by one stage after the other, and what froze."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rtpy_billing.pricing.line import COVERING, PricedLine, Step
from rtpy_billing.pricing.values import Entry, Line
from rtpy_billing.pricing.words import ChargeMode, Outcome, Rung

MODES = {
    Outcome.NO_CHARGE: ChargeMode.NO_CHARGE,
    Outcome.HIDDEN: ChargeMode.HIDDEN,
    Outcome.UNDECIDED: ChargeMode.UNDECIDED,
}


@dataclass(slots=True, kw_only=True)
class Segment:
    """A part of an entry. `lines` are the agreement lines that cover it, the first of them is its own.

    `returned` are billed seconds that a correction takes back while nothing of it is invoiced; on the correction itself
    the same, below nought. `began` is in seconds since 1970; nought for work without clock times, which so comes first
    on its day.
    """

    entry: Entry
    number: int
    worked_on: date
    customer_on: date
    day: date
    in_hours: bool
    exception: bool
    started_at: datetime | None
    ended_at: datetime | None
    worked: int
    billed: int = 0
    role_id: int | None = None
    work_type_id: int | None = None
    lines: tuple[Line, ...] = ()
    mode: ChargeMode = ChargeMode.BILLABLE
    rung: Rung | None = None
    rate_id: int | None = None
    rate: int | None = None
    fee_id: int | None = None
    value: int = 0
    is_fixed: bool = False
    returned: int = 0
    write_off_reason: str = ""
    began: int = field(init=False)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = int(self.started_at.timestamp()) if self.started_at else 0

    @property
    def line_id(self) -> int | None:
        """The agreement line it belongs to."""
        return self.lines[0].id if self.lines else None


def by_segment(lines: tuple[PricedLine, ...]) -> list[list[PricedLine]]:
    """An entry's stored lines, the parts of each segment together, in order."""
    found: dict[int, list[PricedLine]] = {}
    for line in sorted(lines, key=lambda line: (line.segment, line.part)):
        found.setdefault(line.segment, []).append(line)
    return list(found.values())


def frozen(entry: Entry) -> list[Segment]:
    """The segments of an entry whose value stands, as its lines say; `lines` is still to be found anew."""
    return [thawed(entry, parts) for parts in by_segment(entry.lines)]


def thawed(entry: Entry, parts: list[PricedLine]) -> Segment:
    """One segment put together again from its parts."""
    one = parts[0]
    return Segment(
        entry=entry,
        number=one.segment,
        worked_on=one.worked_on,
        customer_on=one.customer_on,
        day=one.customer_on,
        in_hours=one.in_hours,
        exception=one.exception,
        started_at=one.started_at,
        ended_at=one.ended_at,
        worked=sum(part.worked_seconds for part in parts),
        billed=sum(part.billed_seconds for part in parts),
        role_id=one.role_id,
        work_type_id=one.work_type_id,
        mode=MODES.get(one.outcome, ChargeMode.BILLABLE),
        rung=one.rung,
        rate_id=one.rate_id,
        rate=one.rate,
        fee_id=one.fee_id,
        value=sum(part.value for part in parts),
        is_fixed=True,
        steps=[step for step in one.steps if step.kind not in COVERING],
    )
