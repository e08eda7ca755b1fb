"""The five rungs: which rate holds for a stretch of work, what the others would have said, and the surcharges."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rtpy_billing.money import Rounding, product
from rtpy_billing.pricing.line import Fact, Step, StepKind
from rtpy_billing.pricing.values import Rate, Surcharge
from rtpy_billing.pricing.words import Hours, Operation, Rung

LOWER = (Rung.TICKET, Rung.LINE, Rung.CUSTOMER, Rung.BOOK)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch stands for rates: its ticket, line and customer, in what capacity what was done, and when."""

    ticket_id: int | None
    line_id: int | None
    customer_id: int | None
    role_id: int | None
    work_type_id: int | None
    on: date

    def scope(self, rung: Rung) -> int | None:
        """The id that rows of this rung must have."""
        match rung:
            case Rung.TICKET:
                return self.ticket_id
            case Rung.LINE:
                return self.line_id
            case Rung.CUSTOMER:
                return self.customer_id
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Found:
    """The winning rung, or none; `rate` is in minor units per hour, before surcharges."""

    rung: Rung | None
    rate_id: int | None
    rate: int | None
    step: Step


class Ladder:
    """Rates and surcharges, sorted so that many stretches can ask. Built for one run, keeps what it found."""

    def __init__(self, rates: Sequence[Rate], surcharges: Sequence[Surcharge]) -> None:
        self._rates: dict[tuple[Rung, int | None, int | None, int | None], list[Rate]] = defaultdict(list)
        for rate in rates:
            self._rates[rate.rung, rate.scope_id, rate.role_id, rate.work_type_id].append(rate)
        for rows in self._rates.values():
            rows.sort(key=lambda rate: (rate.valid_from, rate.id), reverse=True)
        self._surcharges: dict[tuple[Rung, int | None], list[Surcharge]] = defaultdict(list)
        for one in sorted(surcharges, key=lambda one: (one.order, one.id)):
            self._surcharges[one.rung, one.scope_id].append(one)
        self._tickets = {rate.scope_id for rate in rates if rate.rung is Rung.TICKET}
        self._known: dict[tuple[int | None, ...], dict[date, Found]] = defaultdict(dict)

    def find(self, place: Place, own: int | None = None) -> Found:
        """The closest rate that holds on the worked date; `own` is the entry's own."""
        if own is not None:
            return self._climb(place, own)
        ticket_id = place.ticket_id if place.ticket_id in self._tickets else None
        kept = self._known[ticket_id, place.line_id, place.customer_id, place.role_id, place.work_type_id]
        if place.on not in kept:
            kept[place.on] = self._climb(place, None)
        return kept[place.on]

    def _climb(self, place: Place, own: int | None) -> Found:
        winner: tuple[Rung, int | None, int] | None = None
        ladder: list[Fact] = []
        if own is not None:
            winner = (Rung.ENTRY, None, own)
            ladder.append(
                {"rung": Rung.ENTRY.value, "rate_id": None, "rate": own, "by": "entry", "won": True}
            )
        for rung in LOWER:
            scope = place.scope(rung)
            rate, by = self._on_rung(rung, scope, place) if scope or rung is Rung.BOOK else (None, None)
            if rate is not None:
                said: dict[str, Fact] = {
                    "rung": rung.value,
                    "rate_id": rate.id,
                    "rate": rate.amount,
                    "by": by,
                }
                ladder.append({**said, "won": winner is None})
                winner = winner or (rung, rate.id, rate.amount)
        found, rate_id, amount = winner or (None, None, None)
        facts: dict[str, Fact] = {"rung": found, "rate_id": rate_id, "rate": amount, "ladder": ladder}
        return Found(found, rate_id, amount, Step(StepKind.RATE, facts))

    def _on_rung(self, rung: Rung, scope: int | None, place: Place) -> tuple[Rate | None, str | None]:
        """The rung's rate: by both before by work type, before by role, before for all; the latest that holds."""
        role, work_type = place.role_id, place.work_type_id
        keys = (
            ("both", role, work_type),
            ("work_type", None, work_type),
            ("role", role, None),
            ("all", None, None),
        )
        for by, with_role, with_type in keys:
            if (by in ("both", "role") and role is None) or (
                by in ("both", "work_type") and work_type is None
            ):
                continue
            for rate in self._rates.get((rung, scope, with_role, with_type), ()):
                if rate.valid_from <= place.on and (rate.valid_until is None or place.on < rate.valid_until):
                    return rate, by
        return None, None

    def surcharges(self, place: Place, day: date, *, in_hours: bool, exception: bool) -> list[Surcharge]:
        """All that fit on the closest rung that has any; `day` is the customer's, whose weekday counts."""
        if not self._surcharges:
            return []
        for rung in LOWER:
            fitting: list[Surcharge] = []
            for one in self._surcharges.get((rung, place.scope(rung)), ()):
                if fits(one, place, day, in_hours=in_hours, exception=exception):
                    fitting.append(one)
                    if one.last:
                        break
            if fitting:
                return fitting
        return []


def fits(one: Surcharge, place: Place, day: date, *, in_hours: bool, exception: bool) -> bool:
    """Whether the surcharge holds for such work at such a time."""
    return (
        one.valid_from <= place.on
        and (one.valid_until is None or place.on < one.valid_until)
        and one.role_id in (None, place.role_id)
        and one.work_type_id in (None, place.work_type_id)
        and (one.hours is Hours.ANY or (one.hours is Hours.IN) == in_hours)
        and (not one.weekdays or day.weekday() in one.weekdays)
        and one.exceptions in (None, exception)
    )


def raised(rate: int, operation: Operation, value: int, rounding: Rounding) -> int:
    """The rate after one surcharge, in whole minor units per hour: it is a price, and is printed."""
    match operation:
        case Operation.REPLACE:
            return value
        case Operation.ADD:
            return rate + value
        case Operation.MULTIPLY:
            return product(rate, value, 1000, rounding)
        case Operation.FEE:
            return rate


def with_surcharges(rate: int, those: Sequence[Surcharge], rounding: Rounding) -> tuple[int, list[Step]]:
    """The rate after all of them in their order, and a step for each that works on rates."""
    steps: list[Step] = []
    for one in those:
        if one.operation is Operation.FEE:
            continue
        after = raised(rate, one.operation, one.value, rounding)
        steps.append(surcharge_step(one.id, one.name, one.rung, one.operation, one.value, rate, after))
        rate = after
    return rate, steps


@lru_cache(4096)
def surcharge_step(
    surcharge_id: int, name: str, rung: Rung, operation: Operation, value: int, before: int, after: int
) -> Step:
    """What is told of one surcharge."""
    facts: dict[str, Fact] = {
        "surcharge_id": surcharge_id,
        "name": name,
        "rung": rung.value,
        "operation": operation.value,
        "value": value,
        "before": before,
        "after": after,
    }
    return Step(StepKind.SURCHARGE, facts)


def raised_again(rate: int, steps: Sequence[Step], rounding: Rounding) -> int:
    """Another rate after the surcharges that these steps tell of."""
    for step in steps:
        if step.kind is StepKind.SURCHARGE:
            rate = raised(
                rate, Operation(str(step.facts["operation"])), int(str(step.facts["value"])), rounding
            )
    return rate
