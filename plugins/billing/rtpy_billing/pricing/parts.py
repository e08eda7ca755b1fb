"""Taking a segment apart: each part becomes a priced line, and what is left gets smaller, so that sums stay exact."""

from dataclasses import dataclass, field

from rtpy_billing.money import Rounding, product
from rtpy_billing.pricing.line import PricedLine, Step
from rtpy_billing.pricing.segment import Segment
from rtpy_billing.pricing.values import Line, Share
from rtpy_billing.pricing.words import Outcome


@dataclass(slots=True)
class Left:
    """What of a segment nobody has paid for yet, and the lines that have been made of the rest.

    `lump`: the value is an amount in itself, as of a fee or of what a retainer left over. `steps` are told with the
    last part.
    """

    segment: Segment
    currency: str
    rounding: Rounding
    worked: int
    billed: int
    value: int
    lump: bool
    parts: list[PricedLine] = field(default_factory=list)
    steps: tuple[Step, ...] = ()

    def take(
        self,
        line: Line | None,
        outcome: Outcome,
        *,
        worked: int,
        billed: int,
        value: int,
        steps: tuple[Step, ...] = (),
        paid: tuple[Share, ...] = (),
        rate: int | None = None,
        amount: int = 0,
        lump: bool = False,
    ) -> None:
        """Make a line of a part."""
        segment = self.segment
        self.worked, self.billed, self.value = self.worked - worked, self.billed - billed, self.value - value
        self.parts.append(
            PricedLine(
                entry_id=segment.entry.id,
                segment=segment.number,
                part=len(self.parts) + 1,
                started_at=segment.started_at,
                ended_at=segment.ended_at,
                worked_on=segment.worked_on,
                customer_on=segment.customer_on,
                in_hours=segment.in_hours,
                exception=segment.exception,
                worked_seconds=worked,
                billed_seconds=billed,
                role_id=segment.role_id,
                work_type_id=segment.work_type_id,
                line_id=line.id if line else None,
                rung=segment.rung,
                rate_id=segment.rate_id,
                rate=segment.rate,
                charged_rate=rate,
                fee_id=segment.fee_id,
                currency=self.currency,
                value=value,
                outcome=outcome,
                amount=amount,
                lump=lump,
                taken=sum(share.taken for share in paid),
                sources=tuple((share.source or "", share.taken) for share in paid),
                steps=(*segment.steps, *steps),
            )
        )

    def take_all(
        self,
        line: Line | None,
        outcome: Outcome,
        steps: tuple[Step, ...] = (),
        paid: tuple[Share, ...] = (),
        rate: int | None = None,
    ) -> None:
        """Make a line of all that is left, with an outcome that charges nothing."""
        self.take(
            line,
            outcome,
            worked=self.worked,
            billed=self.billed,
            value=self.value,
            steps=(*self.steps, *steps),
            paid=paid,
            rate=rate,
        )

    def take_time(
        self, line: Line, billed: int, steps: tuple[Step, ...], paid: tuple[Share, ...] = ()
    ) -> None:
        """Make a covered line of so many billed seconds; what is left is worth what its own seconds are."""
        rate = self.segment.rate
        kept = product(self.billed - billed, rate, 3600, self.rounding) if rate is not None else 0
        worked = portion(self.worked, billed, self.billed)
        self.take(
            line,
            Outcome.COVERED,
            worked=worked,
            billed=billed,
            value=self.value - kept,
            steps=steps,
            paid=paid,
        )

    def take_value(
        self, line: Line, value: int, steps: tuple[Step, ...], paid: tuple[Share, ...] = ()
    ) -> None:
        """Make a covered line of a part of the value; what is left is an amount in itself."""
        worked, billed = portion(self.worked, value, self.value), portion(self.billed, value, self.value)
        self.lump = True
        self.take(line, Outcome.COVERED, worked=worked, billed=billed, value=value, steps=steps, paid=paid)


def portion(seconds: int, part: int, whole: int) -> int:
    """A part of so many seconds, in whole minutes where the seconds are such."""
    step = 60 if seconds % 60 == 0 else 1
    return seconds // step * part // whole * step
