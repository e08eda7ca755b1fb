"""What plugins tell the customer about a request: short lines below a mail, and on the pages of customers."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rtpy.models import Ticket

if TYPE_CHECKING:
    from rtpy.work import Work

log = logging.getLogger("rtpy.history")

MOST = 20
LONGEST_LABEL, LONGEST_TEXT = 80, 400


@dataclass(frozen=True, slots=True)
class PublicFact:
    """A line such as `We promised`: `a new disk by Fri 27 Nov 2026, 12:00`. The customer reads both, as plain text."""

    label: str
    text: str
    in_answers: bool = False
    """Automatic answers say it too: it repeats no word of who wrote, who may be a forger (A56)."""

    @property
    def line(self) -> str:
        """Both, as mails say it."""
        return f"{self.label}: {self.text}"


def public_facts(work: "Work", ticket: Ticket, lang: str = "") -> tuple[PublicFact, ...]:
    """What all plugins say (hook `rtpy_public_facts`) in `lang`, each line whole and of printable signs.

    No plugin keeps a mail from going out: one that raises is logged, and then nothing is said.
    """
    ask = work.app.hooks.rtpy_public_facts
    if not ask.get_hookimpls():
        return ()
    try:
        with (
            work.db.begin_nested()
        ):  # what PostgreSQL refuses to one of them must not end the mail's transaction
            told = reversed(ask(work=work, ticket=ticket, lang=lang))
        facts = [fact for facts in told for fact in facts]
    except Exception:
        log.exception("a plugin failed to say what is public of ticket %s", ticket.id)
        return ()
    plain = (
        PublicFact(_line(each.label, LONGEST_LABEL), _line(each.text, LONGEST_TEXT), each.in_answers)
        for each in facts
    )
    return tuple(each for each in plain if each.label and each.text)[:MOST]


def _line(text: str, longest: int) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:longest]
