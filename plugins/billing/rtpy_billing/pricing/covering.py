"""Who pays: balances and fees of agreement lines in the order of work, the overflow, caps, and what nobody pays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rtpy_billing.money import product
from rtpy_billing.pricing.ladder import raised_again
from rtpy_billing.pricing.line import Fact, PricedLine, Step, StepKind
from rtpy_billing.pricing.parts import Left
from rtpy_billing.pricing.segment import Segment
from rtpy_billing.pricing.values import Demand, Inputs, Line, Share
from rtpy_billing.pricing.words import ChargeMode, Cover, Fate, Outcome

UNPAID = {
    ChargeMode.NO_CHARGE: Outcome.NO_CHARGE,
    ChargeMode.HIDDEN: Outcome.HIDDEN,
    ChargeMode.UNDECIDED: Outcome.UNDECIDED,
}
STOPPED = {Fate.HELD: Outcome.HELD, Fate.BLOCKED: Outcome.BLOCKED}
OF_BALANCES = frozenset({Cover.HOURS, Cover.MONEY, Cover.INCIDENTS})


class Covering:
    """Covers segments one after the other; they come in the order in which balances are drawn from."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._rounding = inputs.rounding
        self._incidents: dict[tuple[int, str], Fate] = {}
        self._charged: dict[tuple[int, object], int] = defaultdict(int)

    def remember(self, lines: Iterable[PricedLine], segment: Segment) -> None:
        """Take note of invoiced work: its incidents are paid for, and its charges count towards the cap."""
        for line in lines:
            if line.line_id is None:
                continue
            if line.outcome is Outcome.COVERED:
                self._incidents[line.line_id, self._incident(segment)] = Fate.COVERED
            self._charged[line.line_id, segment.entry.period] += line.amount

    def cover(self, segment: Segment) -> list[PricedLine]:
        """The priced lines of a segment that is not invoiced."""
        left = Left(
            segment,
            self._inputs.customer.currency,
            self._rounding,
            worked=segment.worked,
            billed=segment.billed,
            value=segment.value,
            lump=segment.fee_id is not None,
        )
        own = segment.lines[0] if segment.lines else None
        if segment.write_off_reason and segment.mode in (ChargeMode.BILLABLE, ChargeMode.UNDECIDED):
            reason = Step(StepKind.WRITE_OFF, {"reason": segment.write_off_reason})
            left.take_all(own, Outcome.WRITTEN_OFF, (reason,))
        elif segment.mode is not ChargeMode.BILLABLE:
            left.take_all(own, UNPAID[segment.mode])
        else:
            self._pay(left)
        return left.parts

    def _pay(self, left: Left) -> None:
        """Go through the lines that cover the segment until all of it is paid for."""
        segment = left.segment
        if segment.returned:
            self._take_back(left, segment.lines[0])
            if left.billed == 0:
                return
        first: Line | None = None
        shares: Sequence[Share] = ()
        for line in segment.lines:
            first = first or line
            if line.cover is Cover.NONE:
                break
            if line.cover is Cover.FLAT:
                left.take_all(line, Outcome.COVERED, (told(line, left.billed, left.billed),))
                return
            shares = self._draw(left, line)
            if shares and all(share.fate is Fate.COVERED for share in shares):
                return
            if any(share.fate in STOPPED or share.fate is Fate.AGREED for share in shares):
                first = line
                break
        self._uncovered(left, first, shares)

    def _take_back(self, left: Left, line: Line) -> None:
        """Time that a correction returns before it was invoiced: neither it nor the correction draws or costs."""
        step = Step(StepKind.CORRECTED, {"billed": left.segment.returned})
        if left.segment.returned == left.billed:
            left.take_all(line, Outcome.COVERED, (step,))
        else:
            left.take_time(line, left.segment.returned, (step,))

    def _draw(self, left: Left, line: Line) -> Sequence[Share]:
        """Let the line's balance cover what it can of what is left; returns what it said."""
        if line.cover is Cover.INCIDENTS:
            return [] if left.lump else self._draw_incident(left, line)
        asked = left.value if line.cover is Cover.MONEY else 0 if left.lump else left.billed
        if asked <= 0 or self._inputs.draw is None:
            return []
        weight = line.weight_in if left.segment.in_hours else line.weight_out
        shares = self._inputs.draw(line, demand(left.segment, asked, weight))
        paid = tuple(share for share in shares if share.fate is Fate.COVERED)
        covered = sum(share.quantity for share in paid)
        step = told(line, asked, covered, weight, shares)
        if covered == asked:
            left.take_all(line, Outcome.COVERED, (step,), paid)
        elif covered == 0:
            left.steps += (step,)
        elif line.cover is Cover.HOURS:
            left.take_time(line, covered, (step,), paid)
        else:
            left.take_value(line, covered, (step,), paid)
        return shares

    def _draw_incident(self, left: Left, line: Line) -> Sequence[Share]:
        """One for each incident, whatever work it takes; the first stretch of its work draws it."""
        key = (line.id, self._incident(left.segment))
        paid: tuple[Share, ...] = ()
        if key not in self._incidents:
            if self._inputs.draw is None:
                return []
            shares = self._inputs.draw(line, demand(left.segment, 1, 1000))
            self._incidents[key] = shares[0].fate
            paid = tuple(share for share in shares if share.fate is Fate.COVERED)
        fate = self._incidents[key]
        step = told(line, 1, int(fate is Fate.COVERED), shares=paid)
        if fate is Fate.COVERED:
            left.take_all(line, Outcome.COVERED, (step,), paid)
        else:
            left.steps += (step,)
        return [Share(fate, 1)]

    def _uncovered(self, left: Left, line: Line | None, shares: Sequence[Share]) -> None:
        """What no balance covered: charged at the rate or at the overflow rate, held, or blocked."""
        segment, rate = left.segment, left.segment.rate
        if line and line.cover in OF_BALANCES and line.overflow_rate is not None and segment.fee_id is None:
            rate = raised_again(line.overflow_rate, segment.steps, self._rounding)
            left.steps += (overflow_step(line.id, segment.rate, rate),)
            left.lump = False
        agreed = sum(share.quantity for share in shares if share.fate is Fate.AGREED)
        stopped = [share for share in shares if share.fate in STOPPED]
        if not stopped:
            self._charge(left, line, rate, left.worked, left.billed, left.value)
            return
        if agreed:
            whole = agreed + sum(share.quantity for share in stopped)
            worked, billed, value = (
                quantity * agreed // whole for quantity in (left.worked, left.billed, left.value)
            )
            self._charge(left, line, rate, worked, billed, value)
        left.take_all(line, STOPPED[stopped[0].fate], rate=rate)

    def _charge(
        self, left: Left, line: Line | None, rate: int | None, worked: int, billed: int, value: int
    ) -> None:
        """A part that the customer pays, up to what the line's cap leaves of the period."""
        lump = left.lump or rate is None
        amount = value if lump or rate is None else product(billed, rate, 3600, self._rounding)
        outcome, steps = Outcome.CHARGED, left.steps
        if line is not None and line.cap is not None:
            before = self._charged[line.id, left.segment.entry.period]
            if before + amount > line.cap:
                amount, lump = max(line.cap - before, 0), True
                outcome = Outcome.CHARGED if amount else Outcome.CAPPED
                steps += (Step(StepKind.CAP, {"line_id": line.id, "cap": line.cap, "charged": before}),)
            self._charged[line.id, left.segment.entry.period] += amount
        left.take(
            line,
            outcome,
            worked=worked,
            billed=billed,
            value=value,
            steps=steps,
            rate=rate,
            amount=amount,
            lump=lump,
        )

    def _incident(self, segment: Segment) -> str:
        """What counts as one incident."""
        ticket_id = segment.entry.ticket_id
        if ticket_id is None:
            return f"entry {segment.entry.id}"
        ticket = self._inputs.tickets.get(ticket_id)
        return (ticket.incident if ticket else None) or f"ticket {ticket_id}"


def told(line: Line, asked: int, covered: int, weight: int = 1000, shares: Sequence[Share] = ()) -> Step:
    """What is told of one line's cover."""
    facts: dict[str, Fact] = {
        "line_id": line.id,
        "name": line.name,
        "cover": line.cover.value,
        "asked": asked,
        "covered": covered,
        "weight": weight,
        "taken": sum(share.taken for share in shares),
        "late": any(share.late for share in shares),
        "fates": [*sorted({share.fate.value for share in shares})],
    }
    return Step(StepKind.COVER, facts)


@lru_cache(4096)
def overflow_step(line_id: int, before: int | None, after: int) -> Step:
    """What is told of an overflow rate."""
    return Step(StepKind.OVERFLOW, {"line_id": line_id, "before": before, "after": after})


def demand(segment: Segment, quantity: int, weight: int) -> Demand:
    """The segment as a balance sees it."""
    return Demand(
        entry_id=segment.entry.id,
        segment=segment.number,
        on=segment.customer_on,
        quantity=quantity,
        weight=weight,
        order=(segment.began, segment.entry.id, segment.number),
    )
