"""What was said, in queries over tickets: words of messages and files, names and kinds of files."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.orm import aliased

from rtpy.models import Attachment, Ticket, Transaction
from rtpy.search.compiling.text import EQUALITY, LIKES, compare_text
from rtpy.search.compiling.values import need_no_part
from rtpy.search.compiling.visible import in_readable, is_of_ticket
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term
from rtpy.search.text.matching import Where, ticket_matches

_NOTHING: Any = literal_column("''")
"""Written out: so the index of parts with a name is found."""
WORDS = (Operator.LIKE, Operator.NOT_LIKE)
PARTS = (*EQUALITY, *LIKES, Operator.IS, Operator.IS_NOT)


def message_fields() -> list[SearchField]:
    """Content, HistoryContent, ContentType and Filename."""
    return [
        _words("Content", "Words of its messages and their files.", "HistoryContent"),
        _part("Filename", Attachment.filename, "The name of a file in one of its messages."),
        _part("ContentType", Attachment.content_type, "The kind of a part of a message, such as image/png."),
    ]


def _words(name: str, help: str, *aliases: str) -> SearchField:
    def compile_term(asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        text = str(term.value)
        fits = ticket_matches(asking.work, text, Where.SAID)
        return fits.is_not(true()) if term.operator.is_negative else fits

    return SearchField(name, Kind.MESSAGE, WORDS, compile_term, help, aliases=aliases)


def _part(name: str, column: Any, help: str) -> SearchField:
    """A column of the parts of messages; one part of a message that the asker may read must fit."""

    def compile_term(asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        operator, value = term.operator, term.value
        if value == "" and operator in (Operator.EQUALS, Operator.DIFFERS):
            operator, value = (Operator.IS if operator is Operator.EQUALS else Operator.IS_NOT), None
        is_there = operator in (Operator.IS, Operator.IS_NOT)
        fits = column != _NOTHING if is_there else compare_text(column, operator.positive, value)
        found = in_readable(asking.work, lambda readable: _tickets_with(column, fits, readable))
        negative = operator is Operator.IS if is_there else operator.is_negative
        return ~found if negative else found

    return SearchField(name, Kind.TEXT, PARTS, compile_term, help)


def _tickets_with(
    column: Any, fits: ColumnElement[bool], readable: ColumnElement[bool]
) -> ColumnElement[bool]:
    origin = aliased(Ticket)
    ids = (
        select(func.coalesce(origin.merged_into_id, origin.id))
        .select_from(Attachment)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .join(origin, origin.id == Transaction.object_id)
        .where(column != _NOTHING, fits, readable, is_of_ticket())
    )
    return Ticket.id.in_(ids)
