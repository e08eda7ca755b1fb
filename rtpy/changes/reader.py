"""Values that somebody gave, by name, read one by one; what is wrong is kept until the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import TypeVar

from rtpy.changes.addresses import read_addresses
from rtpy.changes.allowed import knows_queue
from rtpy.changes.own_addresses import is_ours, own_addresses
from rtpy.changes.people import find_by_name, find_person, person_for_address
from rtpy.changes.recording import SUBJECT_LENGTH
from rtpy.duration import read_minutes
from rtpy.errors import Invalid, Problem
from rtpy.models import Organization, OrganizationSite, Queue, User
from rtpy.work import Work

MOST_MINUTES = 24 * 60
MOST_PEOPLE = 50

Row = TypeVar("Row", Queue, Organization, OrganizationSite)


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody as typed: a mail address with a name, or only a login name."""

    address: str
    name: str = ""


class Reader:
    """Values by name, read one by one; problems are kept until `done`."""

    def __init__(self, work: Work, values: Mapping[str, str], zone: tzinfo = UTC) -> None:
        """`zone`: in which the person who typed the dates lives."""
        self.work = work
        self.zone = zone
        self.problems: list[Problem] = []
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """The text without NULs and with plain line ends; empty when there is none."""
        return self._values.get(name, "").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")

    def word(self, name: str) -> str:
        """One line, without blanks around it."""
        return " ".join(self.text(name).split())

    def subject(self, name: str = "subject") -> str:
        """One line that a ticket can keep whole: what is longer is a problem, not cut."""
        given = self.word(name)
        if len(given) > SUBJECT_LENGTH:
            self.problem(
                name,
                f"A subject has at most {SUBJECT_LENGTH} characters, this one has {len(given)}: "
                "say the rest in the text.",
            )
        return given

    def number(self, name: str, what: str, least: int, most: int) -> int | None:
        """A whole number between `least` and `most`; None when the field is empty or wrong."""
        given = self.word(name)
        if not given:
            return None
        digits = given.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 12 and least <= int(given) <= most:
            return int(given)
        self.problem(name, f"{what} must be a whole number from {least} to {most}, not “{given[:40]}”.")
        return None

    def minutes(self, name: str = "minutes") -> int:
        """Minutes worked, as people write a duration; 0 when the field is empty."""
        given = self.word(name)
        if not given:
            return 0
        try:
            minutes = read_minutes(given)
        except ValueError as wrong:
            self.problem(name, str(wrong))
            return 0
        if 0 <= minutes <= MOST_MINUTES:
            return minutes
        self.problem(name, f"Minutes worked must be from 0 to {MOST_MINUTES} (a day), not “{given[:40]}”.")
        return 0

    def moment(self, name: str) -> datetime | None:
        """A day (its end) or a day with a time, in the person's zone; None when the field is empty or wrong."""
        given = self.word(name)
        if not given:
            return None
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            self.problem(name, f"“{given[:40]}” is not a date: write it as 2026-03-31 or 2026-03-31T17:00.")
            return None
        if len(given) == len("2026-03-31"):
            at = datetime.combine(at.date(), time(23, 59))
        return (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)

    def queue(self, name: str = "queue") -> Queue | None:
        """The queue with that id, if the person may know of it."""
        return self.row(name, Queue, "queue")

    def user(self, name: str) -> User | None:
        """`me`, `nobody`, an id, a login name or an address of somebody who exists."""
        given = self.word(name)
        if not given:
            return None
        db = self.work.db
        if given == "me":
            return db.get(User, self.work.actor.user_id)
        if given == "nobody":
            return db.get(User, self.work.app.nobody_id(db))
        user = db.get(User, int(given)) if _is_id(given) else find_person(db, given)
        if user is None:
            self.problem(name, f"There is nobody named “{given[:80]}”.")
        return user

    def people(self, name: str, *, ours: bool = True) -> tuple[Address, ...]:
        """Addresses and login names between commas; a word without @ must be a name that exists.

        Our own addresses are refused unless `ours`.
        """
        given = self.word(name).replace(";", ",")
        found: dict[str, Address] = {}
        for real_name, address in read_addresses(given):
            if "@" in address.strip("@"):
                found.setdefault(address.lower(), Address(address, real_name))
            elif address and find_by_name(self.work.db, address) is not None:
                found.setdefault(address.lower(), Address(address))
            else:
                wrong = address or given
                self.problem(name, f"“{wrong[:80]}” is neither a mail address nor the name of somebody here.")
        if given and not found and not self.problems:
            self.problem(name, f"“{given[:80]}” is not a mail address: write name@example.com.")
        own = frozenset() if ours else own_addresses(self.work.app, self.work.db)
        for each in found.values():
            if is_ours(each.address, own):
                self.problem(
                    name, f"{each.address} is our own address: mail to it would come back as a reply."
                )
        if len(found) > MOST_PEOPLE:
            self.problem(name, f"These are more than {MOST_PEOPLE} people at once.")
        return tuple(found.values())

    def make(self, addresses: Sequence[Address]) -> tuple[User, ...]:
        """The people for what `people` read, made where they did not exist; after `done` only."""
        return tuple(person_for_address(self.work, each.address, each.name) for each in addresses)

    def problem(self, name: str, sentence: str) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(name, sentence))

    def done(self) -> None:
        """Raises Invalid with every problem found."""
        if self.problems:
            raise Invalid(*self.problems)

    def row(self, name: str, model: type[Row], what: str) -> Row | None:
        """The queue, organisation or site with that id; None when the field is empty or wrong."""
        given = self.word(name)
        if not given:
            return None
        row = self.work.db.get(model, int(given)) if _is_id(given) else None
        if row is None or (isinstance(row, Queue) and not knows_queue(self.work, row)):
            self.problem(name, f"There is no {what} “{given[:40]}”.")
            return None
        return row


def address_of(work: Work, given: Address) -> str:
    """The mail address of who was typed by address or by login name."""
    if "@" in given.address:
        return given.address
    user = find_by_name(work.db, given.address)
    return (user.email_address if user else None) or given.address


def _is_id(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 19
