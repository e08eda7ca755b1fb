"""Drawing from a balance: demands in, what covers them and what every lot lost out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rtpy_billing.ledgers.events import Timeline
from rtpy_billing.ledgers.lots import OpenLot, first_in
from rtpy_billing.ledgers.values import FULL_WEIGHT, AtZero, Demand, Fate, Kind, Ledger, Movement, Piece


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a ledger: pieces by demand, all movements in order of their day, and what is left by lot."""

    pieces: dict[object, tuple[Piece, ...]]
    movements: tuple[Movement, ...]
    remaining: tuple[OpenLot, ...]
    deficit: int

    @property
    def balance(self) -> int:
        """What is left; below zero by the deficit."""
        return sum(lot.remaining for lot in self.remaining) - self.deficit


def draw(ledger: Ledger, demands: Iterable[Demand], as_of: date) -> Drawn:
    """Draw `demands` by worked date, whatever their order, and let lots begin and end up to and with `as_of`."""
    drawing = Drawing(ledger)
    pieces = {demand.key: drawing.take(demand) for demand in sorted(demands, key=place)}
    return drawing.finish(as_of, pieces)


def place(demand: Demand) -> tuple[date, tuple[int, ...], str]:
    """Where a demand stands in the row: who sorts by it draws as `draw` does."""
    return demand.worked_on, demand.order, str(demand.key)


class Drawing:
    """A ledger that is being drawn from, one demand after the other.

    For who draws from several ledgers at once, as pricing does when work falls from one line of an agreement to the
    next: take demands in the order of `place`; a demand from before the one taken last raises ValueError.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rules = ledger.rules
        self._timeline = Timeline(ledger)
        self._allowed = {one.key: one.quantity for one in ledger.allowances}
        self._reached = date.min

    def take(self, demand: Demand) -> tuple[Piece, ...]:
        """What becomes of `demand`: covered pieces first, in the order of the lots; the sum is its quantity."""
        if demand.worked_on < self._reached:
            raise ValueError(f"demands are drawn by worked date: {demand.worked_on} after {self._reached}")
        self._reached = demand.worked_on
        opened = self._ledger.open_from
        late = opened is not None and demand.worked_on < opened
        pieces: list[Piece] = []
        rest = demand.quantity
        if late:
            rest = self._cover(demand, rest, demand.worked_on, pieces, late=False)
        else:
            self._timeline.advance(demand.worked_on)
        day = opened if late and opened is not None else demand.worked_on
        rest = self._cover(demand, rest, day, pieces, late=late)
        if rest:
            pieces.extend(self._at_zero(demand, rest, day, late=late))
        return tuple(pieces)

    def finish(self, as_of: date, pieces: dict[object, tuple[Piece, ...]] | None = None) -> Drawn:
        """Let every lot begin and end that does so up to `as_of`, and say what came of it all."""
        self._timeline.advance(as_of)
        self._timeline.owe_what_has_no_lot()
        lots = tuple(sorted(self._timeline.lots.values(), key=lambda one: (one.lot.usable_from, one.lot.key)))
        return Drawn(pieces or {}, self._timeline.all_movements(), lots, self._timeline.deficit)

    def _cover(self, demand: Demand, rest: int, day: date, pieces: list[Piece], *, late: bool) -> int:
        """Take what the lots of `day` have; returns what they do not."""
        usable = [one for one in self._timeline.lots.values() if one.remaining > 0 and one.lot.pays_for(day)]
        for one in sorted(usable, key=first_in(self._rules.order)):
            if not rest:
                break
            if self._rules.only_when_paid and not one.lot.paid:
                continue
            quantity = min(rest, unweighted(one.remaining, demand.weight))
            if quantity:
                drawn = weighted(quantity, demand.weight)
                self._timeline.move(Movement(Kind.USE, day, -drawn, one.lot.key, demand.key))
                pieces.append(Piece(Fate.COVERED, quantity, drawn, one.lot.key, late))
                rest -= quantity
        return rest

    def _at_zero(self, demand: Demand, rest: int, day: date, *, late: bool) -> list[Piece]:
        """What becomes of the part that no lot pays for."""
        pieces: list[Piece] = []
        match self._rules.at_zero:
            case AtZero.NEGATIVE:
                under = self._below_zero(rest, demand.weight)
                if under:
                    drawn = weighted(under, demand.weight)
                    self._timeline.move(Movement(Kind.USE, day, -drawn, None, demand.key))
                    pieces.append(Piece(Fate.COVERED, under, drawn, None, late))
                last, rest = Fate.OVERFLOW, rest - under
            case AtZero.CONSENT:
                agreed = self._agreed(rest, demand.weight, demand.worked_on)
                if agreed:
                    pieces.append(Piece(Fate.AGREED, agreed, late=late))
                last, rest = Fate.HELD, rest - agreed
            case AtZero.BLOCK:
                last = Fate.BLOCKED
            case AtZero.OVERFLOW:
                last = Fate.OVERFLOW
        if rest:
            pieces.append(Piece(last, rest, late=late))
        return pieces

    def _below_zero(self, rest: int, weight: int) -> int:
        limit = self._rules.deficit_limit
        return (
            rest if limit is None else min(rest, unweighted(max(limit - self._timeline.deficit, 0), weight))
        )

    def _agreed(self, rest: int, weight: int, day: date) -> int:
        taken = 0
        for one in self._ledger.allowances:
            if one.usable_from <= day and (one.expires_on is None or day < one.expires_on):
                quantity = min(rest - taken, unweighted(self._allowed[one.key], weight))
                self._allowed[one.key] -= weighted(quantity, weight)
                taken += quantity
        return taken


def weighted(quantity: int, weight: int) -> int:
    """What `quantity` takes from a balance: rounded up, so that no piece is ever free."""
    return -(-quantity * weight // FULL_WEIGHT)


def unweighted(balance: int, weight: int) -> int:
    """The most that `balance` can pay for: `weighted` of it is never more than `balance`."""
    return balance * FULL_WEIGHT // weight
