"""What a change of an agreement does to work that is not invoiced: priced anew, and shown before it is done."""

from collections.abc import Callable
from typing import TypeVar

from rtpy.errors import RtpyError
from rtpy.work import Work
from rtpy_billing.repricing.reprice import Moved, reprice

T = TypeVar("T")


class Unconfirmed(RtpyError):
    """Work would gain or lose cover; nothing was changed. `moved` says which entries, and how."""

    def __init__(self, moved: tuple[Moved, ...]) -> None:
        super().__init__("This changes what is charged for work that was done already.")
        self.moved = moved


def with_effects(work: Work, organization_id: int, change: Callable[[], T], *, confirmed: bool) -> T:
    """Make a change and price the customer's open work anew, in a savepoint.

    Raises Unconfirmed, and undoes the change, when an entry that was priced before gets another price or cover and
    that is not `confirmed`.
    """
    with work.db.begin_nested():
        result = change()
        moved = tuple(one for one in reprice(work, organization_id) if one.before is not None)
        if moved and not confirmed:
            raise Unconfirmed(moved)
    return result
