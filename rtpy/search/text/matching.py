"""Clauses for words: tickets, transactions, articles and assets in which they occur where the reader may look."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_

from rtpy.models import Article, Asset, Attachment, Ticket, Transaction
from rtpy.work import Work

MOST_WORDS = 20


class Where(StrEnum):
    """In what of a ticket words are looked for."""

    ANYWHERE = "anywhere"
    SUBJECT = "subject"
    """Its subject and description."""
    MESSAGES = "messages"
    FILES = "files"
    """Names of files, and the text of those that can be read."""


def ticket_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """A clause over tickets: each word of `text` is in something of the ticket that the reader may see.

    Words are whole words; `word*` is a beginning, "two words" in quotes a phrase, `-word` must be nowhere. The caller
    adds the clause of ShowTicket. Text without any word finds nothing.
    """
    own = [Ticket.subject.icontains(word, autoescape=True) for word in _words(text)]
    return and_(*own) if own else Ticket.id.in_(())


def transaction_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """The same over transactions of tickets: all words in the message itself or in one of its files."""
    named = [
        exists().where(
            Attachment.transaction_id == Transaction.id,
            or_(Attachment.subject.icontains(word), Attachment.filename.icontains(word, autoescape=True)),
        )
        for word in _words(text)
    ]
    return and_(*named) if named else Transaction.id.in_(())


def article_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over articles: each word is in its name, summary or text. The caller adds the clause of rights."""
    columns = (Article.name, Article.summary, Article.content)
    found = [or_(*(each.icontains(word, autoescape=True) for each in columns)) for word in _words(text)]
    return and_(*found) if found else Article.id.in_(())


def asset_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over assets: each word is in its name or description. The caller adds the clause of rights."""
    columns = (Asset.name, Asset.description)
    found = [or_(*(each.icontains(word, autoescape=True) for each in columns)) for word in _words(text)]
    return and_(*found) if found else Asset.id.in_(())


def _words(text: str) -> list[str]:
    return text.replace("\x00", "").replace('"', " ").split()[:MOST_WORDS]
