"""What a mail about a ticket says to one of its recipients alone: asked of plugins, sealed in the recipient's row."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.mail.header_lines import one_line
from rtpy.mail.styled.frame import button
from rtpy.mail.styled.words import with_facts, words_as_html
from rtpy.models import OutgoingRecipient, Ticket, Transaction, User
from rtpy.sealing import seal, unseal
from rtpy.work import Work

log = logging.getLogger("rtpy.mail")

PURPOSE = "words for one recipient"
HIDDEN = "[only the addressee reads this]"
MOST, LONGEST = 20, 500
"""Lines and links of one mail; signs of each."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient of a mail who is no staff; `user_id` is None for an address of nobody known, `lang` may be empty."""

    address: str
    user_id: int | None
    lang: str


@dataclass(frozen=True, slots=True)
class PersonalWords:
    """Plain lines, and links between them: pairs of a label and a whole address."""

    pieces: tuple[str | tuple[str, str], ...] = ()

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The links alone."""
        return tuple(each for each in self.pieces if not isinstance(each, str))

    def __add__(self, more: "PersonalWords") -> "PersonalWords":
        """Both, what is in both once."""
        return PersonalWords(tuple(dict.fromkeys((*self.pieces, *more.pieces))))


def ask_for_words(
    work: Work, ticket: Ticket, transaction: Transaction, addresses: Sequence[str]
) -> dict[str, PersonalWords]:
    """What all plugins say to each address alone (hook `rtpy_personal_words`); one query, none without plugins.

    What raises is logged, and the mail goes out without.
    """
    ask = work.app.hooks.rtpy_personal_words
    if not addresses or not ask.get_hookimpls():
        return {}
    people = _addressees(work, addresses)
    try:
        with work.db.begin_nested():
            told: list[Mapping[str, PersonalWords]] = list(
                reversed(ask(work=work, ticket=ticket, transaction=transaction, people=people))
            )
    except Exception:
        log.exception("a plugin failed to say its words to the recipients of ticket %s", ticket.id)
        return {}
    found: dict[str, PersonalWords] = {}
    for address in addresses:
        words = _joined(said[address] for said in told if said and address in said)
        if words.pieces:
            found[address] = words
    return found


def seal_words(config: Config, words: PersonalWords) -> str:
    """As they may lie in the row of a recipient."""
    return seal(config, PURPOSE, json.dumps(words.pieces))


def open_own_words(config: Config, sealed: str) -> PersonalWords | None:
    """The words of a row; None when it has none, or they were sealed on another site."""
    if not sealed:
        return None
    try:
        pieces = json.loads(unseal(config, PURPOSE, sealed))
    except (Refused, ValueError):
        return None
    return PersonalWords(tuple(each if isinstance(each, str) else (each[0], each[1]) for each in pieces))


def text_with(body: str, words: PersonalWords) -> str:
    """The text of a mail with words below it, above its signature."""
    lines = (each if isinstance(each, str) else f"{each[0].rstrip(':')}: {each[1]}" for each in words.pieces)
    return with_facts(body, [*lines])


def html_with(html: str, words: PersonalWords) -> str:
    """The HTML of a mail with words below it, its links as buttons."""
    pieces = (
        words_as_html(each) if isinstance(each, str) else button(each[1], each[0].rstrip(":"))
        for each in words.pieces
    )
    return "\n".join([html, *pieces])


def shown_text(body: str, recipients: Iterable[OutgoingRecipient]) -> str:
    """The text as others than the addressees may read it."""
    return with_facts(body, [HIDDEN]) if any(one.own_words for one in recipients) else body


def _addressees(work: Work, addresses: Sequence[str]) -> list[Addressee]:
    folded = func.lower(User.email_address)
    rows = work.db.execute(
        select(folded.label("address"), User.id, User.lang).where(
            folded.in_({one.lower() for one in addresses})
        )
    )
    known = {row.address: row for row in rows}
    return [
        Addressee(one, row.id if (row := known.get(one.lower())) else None, row.lang if row else "")
        for one in addresses
    ]


def _joined(said: Iterable[PersonalWords]) -> PersonalWords:
    words = PersonalWords()
    for each in said:
        words += each
    return PersonalWords(tuple(_plain(each) for each in words.pieces[:MOST]))


def _plain(piece: str | tuple[str, str]) -> str | tuple[str, str]:
    if isinstance(piece, str):
        return one_line(piece, LONGEST)
    return one_line(piece[0], LONGEST), one_line(piece[1], LONGEST)
