"""Many tickets in one call: made, changed, written on; each for itself, so that one that fails stops no other."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.errors import RtpyError
from rtpy.rest.files import NO_UPLOADS
from rtpy.rest.refusals import PERMISSION_DENIED, refusal
from rtpy.rest2.call import JSON
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Created, Resource
from rtpy.rest2.route import Route
from rtpy.rest2.tickets.messages import say_on_ticket
from rtpy.rest2.tickets.new import make_ticket
from rtpy.rest2.tickets.record import find_visible, is_there, load_ticket
from rtpy.rest2.tickets.steps import messages_of
from rtpy.rest2.tickets.update import update_ticket
from rtpy.rest2.values import Ref, stub

# Elements and ids are what JSON says: Any below.
MISSING = "Resource does not exist"
MOST = 1000
"""Tickets in one call: while it lasts, nobody else writes (SQLite)."""
Element = Mapping[str, Any]


class Bulk(Resource):
    """`/tickets/bulk`: PUT changes, POST makes."""

    methods: ClassVar[tuple[str, ...]] = ("PUT", "POST")
    document = list
    accepts: ClassVar[tuple[str, ...]] = (JSON,)

    def is_forbidden(self) -> bool:
        """Each ticket, or its queue, says who may."""
        return False

    def put(self) -> list[list[Any]]:
        """Change each: its id as it was sent, then a sentence for each thing that was tried."""
        return [self._change(each) for each in self.elements()]

    def post(self) -> Created:
        """Make each: a reference to it, or why not."""
        return Created("tickets/bulk", [self._make(each) for each in self.elements()])

    def elements(self) -> list[Element]:
        """The elements of the body. Raises Problem 400 when one is no object."""
        found = self.call.document(list)
        if len(found) > MOST:
            raise Problem(400, f"At most {MOST} tickets in one call")
        if not all(isinstance(each, Mapping) for each in found):
            raise Problem(400, "Each element of the array must be a HASH")
        return list(found)

    def tried(self, do: Callable[[], list[Any]]) -> list[Any]:
        """What `do` says; when it is refused, everything that it did is undone and the reason is said."""
        try:
            with self.work.db.begin_nested():
                return do()
        except Problem as problem:
            return [problem.message]
        except RtpyError as error:
            return [refusal(error)]

    def _make(self, element: Element) -> Any:
        def make() -> list[Any]:
            return [stub(self.call, Ref("ticket", make_ticket(self.work, element).id))]

        found = self.tried(make)[0]
        return {"message": found} if isinstance(found, str) else found

    def _change(self, element: Element) -> list[Any]:
        given = element.get("id")
        number = number_of(given)
        if number is None or not is_there(self.work.db, number):
            return [given, MISSING]
        row = find_visible(self.call, number)
        if row is None:
            return [given, PERMISSION_DENIED]

        def change() -> list[Any]:
            ticket = load_ticket(self.work.db, row.id)
            if ticket is None:
                raise Problem(404, MISSING)
            return list(messages_of(update_ticket(self.work, ticket, _without_id(element), uploads={})))

        return [given, *self.tried(change)]


class BulkSaying(Bulk):
    """`/tickets/bulk/comment` and `/tickets/bulk/correspond`; PUT is a plain update, as in RT."""

    deed: ClassVar[type[Comment] | type[Correspond]]
    path: ClassVar[str]

    def post(self) -> Created:
        """Record each: its id as it was sent, then the sentences."""
        return Created(self.path, [self._say(each) for each in self.elements()])

    def _say(self, element: Element) -> list[Any]:
        given = element.get("id")
        number = number_of(given)
        if number is None or not is_there(self.work.db, number):
            return [given, MISSING]

        def say() -> list[Any]:
            said = say_on_ticket(self.work, number, _without_id(element), self.deed, NO_UPLOADS)
            return list(said.messages)

        return [given, *self.tried(say)]


class BulkComment(BulkSaying):
    """`/tickets/bulk/comment`."""

    deed = Comment
    path = "tickets/bulk/comment"


class BulkReply(BulkSaying):
    """`/tickets/bulk/correspond`."""

    deed = Correspond
    path = "tickets/bulk/correspond"


def number_of(given: Any) -> int | None:
    """The number of a ticket as it was sent, a number or its digits."""
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _without_id(element: Element) -> Element:
    return {name: value for name, value in element.items() if name != "id"}


ROUTES = (
    Route("tickets/bulk", Bulk, "Make or change many tickets"),
    Route("tickets/bulk/comment", BulkComment, "Comment on many tickets", is_strict=True),
    Route("tickets/bulk/correspond", BulkReply, "Reply on many tickets", is_strict=True),
)
