"""What happens to lots by themselves: they begin, pay back what is below zero, are carried over and expire."""

from datetime import date
from heapq import heappop, heappush

from rtpy_billing.ledgers.lots import OpenLot
from rtpy_billing.ledgers.values import Kind, Ledger, Lot, Movement, in_turn, rollover_key

_END, _BEGIN = 0, 1  # on one day, what ends goes before what begins


class Timeline:
    """The lots of a ledger as the days go by. `fixed` movements are taken off their lots before anything else."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._taken: dict[str, int] = {}
        self.lots: dict[str, OpenLot] = {}
        self.deficit = 0
        self._movements: list[Movement] = list(ledger.fixed)
        self._events: list[tuple[date, int, str, Lot]] = []
        for movement in ledger.fixed:
            if movement.lot is None:
                self.deficit -= movement.quantity
            else:
                self._taken[movement.lot] = self._taken.get(movement.lot, 0) + movement.quantity
        for lot in ledger.lots:
            heappush(self._events, (lot.usable_from, _BEGIN, lot.key, lot))
        if ledger.open_from is not None:
            self._begin_what_is_closed(ledger.open_from)

    def advance(self, day: date) -> None:
        """Let everything happen that is due on or before `day`."""
        while self._events and self._events[0][0] <= day:
            _, what, _, lot = heappop(self._events)
            if what == _BEGIN:
                self._begin(lot)
            else:
                self._end(lot)

    def move(self, movement: Movement) -> None:
        """Enter one movement and take it off its lot, or off what is below zero."""
        self._movements.append(movement)
        if movement.lot is None:
            self.deficit -= movement.quantity
            return
        one = self.lots[movement.lot]
        one.remaining += movement.quantity
        if one.remaining <= 0 and one.emptied_on is None:
            one.emptied_on = movement.worked_on

    def owe_what_has_no_lot(self) -> None:
        """Fixed movements of lots that never came (what they were carried over from is gone) are owed."""
        planned = {lot.key for lot in self._ledger.lots}
        for key in [key for key in self._taken if key not in planned]:
            self.deficit -= self._taken.pop(key)

    def all_movements(self) -> tuple[Movement, ...]:
        """What was entered, what came in and what was computed, by day and in turn."""
        return tuple(sorted(self._movements, key=in_turn))

    def _begin_what_is_closed(self, open_from: date) -> None:
        """Lots of closed periods begin before anything ends: a late demand may find what a credit note released."""
        later = [event for event in self._events if event[0] > open_from]
        earlier = sorted(event for event in self._events if event[0] <= open_from)
        self._events = []
        for event in later:
            heappush(self._events, event)
        for _, _, _, lot in earlier:
            self._begin(lot)

    def _begin(self, lot: Lot) -> None:
        self._movements.append(Movement(lot.kind, lot.usable_from, lot.quantity, lot.key, frozen=True))
        one = OpenLot(lot, lot.quantity + self._taken.pop(lot.key, 0))
        if one.remaining < 0:  # more was fixed on it than came in: it is owed
            self._movements.append(Movement(Kind.TRANSFER, lot.usable_from, -one.remaining, lot.key))
            self._movements.append(Movement(Kind.TRANSFER, lot.usable_from, one.remaining, None))
            self.deficit -= one.remaining
            one.remaining = 0
        self.lots[lot.key] = one
        if one.remaining == 0:
            one.emptied_on = lot.usable_from
        self._pay_back(one)
        if lot.expires_on is not None:
            heappush(self._events, (lot.expires_on, _END, lot.key, lot))

    def _pay_back(self, one: OpenLot) -> None:
        """A lot that comes in first pays what was drawn below zero before."""
        if self._ledger.rules.only_when_paid and not one.lot.paid:
            return
        owed = min(self.deficit, one.remaining)
        if owed > 0:
            day = one.lot.usable_from
            self.move(Movement(Kind.TRANSFER, day, owed, None))
            self.move(Movement(Kind.TRANSFER, day, -owed, one.lot.key))

    def _end(self, lot: Lot) -> None:
        one = self.lots[lot.key]
        if one.remaining <= 0 or lot.expires_on is None:
            return
        day = lot.expires_on
        carried = self._carried(one, day)
        if carried is not None:
            self.move(Movement(Kind.ROLLOVER_OUT, day, -carried.quantity, lot.key, carried.key))
        if one.remaining:
            self.move(Movement(Kind.EXPIRY, day, -one.remaining, lot.key))
        if carried is not None:
            self._begin(carried)

    def _carried(self, one: OpenLot, day: date) -> Lot | None:
        """The lot that what is left goes into, as far as it may be carried over."""
        rollover, rhythm, lot = self._ledger.rules.rollover, self._ledger.rhythm, one.lot
        if not lot.rolls or rhythm is None or rollover.periods < 1 or rollover.limit == 0:
            return None
        if rhythm.ends_on is not None and day >= rhythm.ends_on:
            return None
        key = rollover_key(lot.key, day)
        if key in self.lots or any(known.key == key for known in self._ledger.lots):
            return None
        quantity = one.remaining
        if rollover.limit is not None:
            quantity = min(quantity, max(rollover.limit - self._carried_already(day), 0))
        if not quantity:
            return None
        last = rhythm.end_after(day, rollover.periods - 1)
        last = last if rhythm.ends_on is None else min(last, rhythm.ends_on)
        return Lot(key, Kind.ROLLOVER_IN, quantity, day, last, paid=lot.paid)

    def _carried_already(self, day: date) -> int:
        return sum(
            one.remaining
            for one in self.lots.values()
            if one.lot.kind is Kind.ROLLOVER_IN and one.lot.pays_for(day)
        )
