"""Changes that price work anew: shown before they are done, when work that was priced already moves by them."""

from collections.abc import Callable
from typing import TypeVar

from rtpy.errors import RtpyError
from rtpy.work import Work
from rtpy_billing.repricing.reprice import Moved, reprice, reprice_all

T = TypeVar("T")


class WouldMove(RtpyError):
    """Work would get another price; nothing was changed. `moved` says which entries, and how."""

    def __init__(self, moved: tuple[Moved, ...]) -> None:
        super().__init__("This changes the price of work that was done already.")
        self.moved = moved


def changing_all(work: Work, change: Callable[[], T], *, confirmed: bool) -> T:
    """Make a change that holds for everybody and price all open work anew, in a savepoint.

    Raises WouldMove, and undoes the change, when entries that had a price get another and that is not `confirmed`.
    """
    return _changing(work, change, lambda: reprice_all(work), confirmed=confirmed)


def changing_one(work: Work, organization_id: int | None, change: Callable[[], T], *, confirmed: bool) -> T:
    """The same for a change that matters for one customer only."""
    return _changing(work, change, lambda: reprice(work, organization_id), confirmed=confirmed)


def _changing(
    work: Work, change: Callable[[], T], again: Callable[[], tuple[Moved, ...]], *, confirmed: bool
) -> T:
    with work.db.begin_nested():
        result = change()
        work.db.flush()  # pricing reads it
        moved = tuple(one for one in again() if one.before is not None)
        if moved and not confirmed:
            raise WouldMove(moved)
    return result
