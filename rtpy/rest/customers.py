"""What customers may ask through programs: no more than what they read, whatever rights they hold."""

from collections.abc import Collection, Iterator

from rtpy.search.compile import terms
from rtpy.search.compiling.values import values_of
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.tree import Name, Node
from rtpy.search.run import Order
from rtpy.search.searched import Target
from rtpy.search.text.readers import is_staff
from rtpy.work import Work

_DATES = ("created", "lastupdated", "due", "starts", "started", "resolved", "told")
_FIELDS = frozenset({"cf", "customfield", "customfieldvalue", "customfieldcontent", "custom"})
"""Their names go on behind a dot; the readings of custom fields ask SeeCustomField themselves."""
_PEOPLE = frozenset({"requestor", "requestors", "cc"})
"""Of these the mail addresses are shown."""
_ALLOWED = {
    Target.TICKETS: _FIELDS
    | _PEOPLE
    | frozenset(_DATES)
    | frozenset(
        "id effectiveid subject status queue lifecycle type creator owner organization organisation site "
        "content historycontent hasunreadmessages hasnounreadmessages".split()
    ),
    Target.TRANSACTIONS: frozenset(
        "id objectid objecttype creator created type field oldvalue newvalue data content contenttype filename "
        "subject ticketid ticketsubject ticketqueue ticketstatus ticketowner ticketrequestor ticketcreator tickettype "
        "ticketorganization ticketqueuelifecycle".split()
    )
    | frozenset(f"ticket{date}" for date in _DATES),
}
"""Fields of queries, in lower case; a closed list: a field that is new is for staff until it stands here."""


def check_query(work: Work, target: Target, node: Node | None, order: Collection[Order]) -> None:
    """Raises CannotSearch when a customer asks, or sorts, by what customers do not read: counts would tell it."""
    if is_staff(work):
        return
    allowed = _ALLOWED.get(target)
    for name in (*_names(node), *(each.name for each in order)):
        head = name.head.lower()
        keys = {"name", "id"} | ({"emailaddress"} if head.removeprefix("ticket") in _PEOPLE else set())
        hidden = allowed is not None and head not in allowed
        if hidden or (head not in _FIELDS and any(key.lower() not in keys for key in name.path)):
            asked = ".".join((name.head, *name.path))
            raise CannotSearch(f"You may not ask about {asked[:60]}.")


def _names(node: Node | None) -> Iterator[Name]:
    for term in terms(node):
        yield term.name
        yield from (each for each in values_of(term) if isinstance(each, Name))


__all__ = ["check_query", "is_staff"]
