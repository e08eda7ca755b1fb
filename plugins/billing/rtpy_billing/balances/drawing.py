"""The balances of several lines while work is priced: the port `pricing.values.Draw` over ledgers."""

from collections.abc import Mapping, Sequence
from datetime import date

from rtpy_billing.ledgers.draw import Drawing, Drawn
from rtpy_billing.ledgers.values import Demand as LedgerDemand
from rtpy_billing.ledgers.values import Ledger
from rtpy_billing.pricing.values import Demand, Line, Share
from rtpy_billing.pricing.words import Fate

Key = tuple[int, int]
"""Where a use comes from: an entry's id and the number of its segment."""


class Balances:
    """Draws from the ledger of whichever line is asked; a line without a ledger covers nothing."""

    def __init__(self, ledgers: Mapping[int, Ledger]) -> None:
        self._drawings = {line_id: Drawing(ledger) for line_id, ledger in ledgers.items()}

    def __call__(self, line: Line, demand: Demand, /) -> Sequence[Share]:
        """What becomes of the demand; see `pricing.values.Draw`."""
        drawing = self._drawings.get(line.id)
        if drawing is None:
            return (Share(Fate.OVERFLOW, demand.quantity),)
        wanted = LedgerDemand(
            (demand.entry_id, demand.segment), demand.on, demand.quantity, demand.weight, demand.order
        )
        return tuple(
            Share(Fate(piece.fate.value), piece.quantity, piece.drawn, piece.lot, piece.late)
            for piece in drawing.take(wanted)
        )

    def finish(self, as_of: date) -> dict[int, Drawn]:
        """What came of each ledger, up to and with `as_of`, by the line's id."""
        return {line_id: drawing.finish(as_of) for line_id, drawing in self._drawings.items()}
