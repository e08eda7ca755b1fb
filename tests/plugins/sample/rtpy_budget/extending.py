"""Giving a single ticket more minutes: a change, its sentence in histories, and the command by mail."""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.content.link_keys import link_key
from rtpy.duration import read_minutes
from rtpy.errors import Refused
from rtpy.history.public_facts import PublicFact
from rtpy.mail.commands.brought import MailCommand
from rtpy.mail.personal import PersonalWords
from rtpy.models import Transaction

EXTENDED = "budget.extended"


@dataclass(frozen=True, slots=True)
class ExtendBudget:
    """So many minutes more; needs SeeBudgets."""

    minutes: int

    def check(self, work, ticket):
        """Raises Refused."""
        need(work, ticket, "SeeBudgets")

    def apply(self, work, ticket):
        """There is no row: what is recorded is the extension."""
        yield Record(Transaction(type=EXTENDED, new_value=str(self.minutes)))


def extended_by(db, ticket):
    """All minutes that a ticket was given."""
    given = select(Transaction.new_value).where(
        Transaction.object_type == "ticket", Transaction.object_id == ticket.id, Transaction.type == EXTENDED
    )
    return sum(map(int, db.scalars(given)))


def say_extended(happened, show_date):
    """To be read after a name."""
    return f"extended the budget by {happened.new_value} minutes"


def tell_customer(work, lang):
    """In the mail of the reply that brings it, though it is applied later."""
    given = [change.minutes for change in work.under_way if isinstance(change, ExtendBudget)]
    label = "Mehr Zeit" if lang.startswith("de") else "More time"
    return [PublicFact(label, f"{minutes}\nminutes") for minutes in given]


def write_keys(work, ticket, people):
    """For each customer a link to what is left, with a key that is good for them alone."""
    return {
        each.address: PersonalWords(
            (f"{each.lang or 'en'}: only you read this.", ("Your budget:", key_url(work.app, ticket, each)))
        )
        for each in people
        if each.user_id
    }


def key_url(app, ticket, person):
    """The address with the key."""
    secret = sha256(f"{app.config.secret_key()} {ticket.id} {person.user_id}".encode()).digest()
    return app.config.url(f"/budget/key/{link_key(secret)}")


def read_command(work, ticket, value, zone):
    """`Budget: 30`."""
    try:
        return [ExtendBudget(read_minutes(value))]
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong


TEXTS = {EXTENDED: say_extended}
COMMANDS = {"budget": MailCommand(read_command)}
