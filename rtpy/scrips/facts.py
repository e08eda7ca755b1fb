"""Facts: the plain values that rules and expressions of scrips may ask for, each made only when it is asked for.

They are texts, numbers, flags and lists of texts; never a row of the database, a function or a secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum

from sqlalchemy import select

from rtpy.changes.roles import roles_of
from rtpy.mail.occasion import Occasion
from rtpy.models import Organization, User
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR

LONGEST = 100_000
"""Characters of a text that are looked at."""


class Kind(StrEnum):
    """What sort of value a fact is."""

    TEXT = "text"
    NUMBER = "number"
    LIST = "list"
    FLAG = "flag"


Value = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind, what it is in words, and how it is read. A number may be None: there is none."""

    kind: Kind
    help: str
    make: Callable[[Occasion], Value]


def fact_of(occasion: Occasion, name: str) -> Value:
    """The value of one fact; made once for all scrips of a transaction. `name` is one of FACTS."""
    return occasion.once(f"fact:{name}", lambda: FACTS[name].make(occasion))


def facts_of(occasion: Occasion) -> dict[str, Value]:
    """All of them, for pages that show what there is."""
    return {name: fact_of(occasion, name) for name in FACTS}


def people_in_role(occasion: Occasion, role: str) -> list[str]:
    """Lower-case addresses (or names) of those who play a role, a custom one by its name too."""
    custom = roles_of(occasion.work.app, occasion.work.db).named(role)
    role = custom.role if custom else {"requestor": REQUESTOR, "admincc": ADMIN_CC}.get(role.lower(), role)
    return [(person.address or person.name).lower() for person in occasion.people.playing(role)]


def nearest(name: str, known: Mapping[str, object] | None = None) -> str:
    """A hint for a name that is not known, such as “ Did you mean ticket.subject?”; empty when nothing is near."""
    names = list(known if known is not None else FACTS)
    folded = {each.lower(): each for each in names}
    found = get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    return f" Did you mean {folded[found[0]]}?" if found else ""


def _hours_since(occasion: Occasion, at: datetime | None) -> float | None:
    return None if at is None else round((occasion.work.now - at).total_seconds() / 3600, 3)


def _hours_until(occasion: Occasion, at: datetime | None) -> float | None:
    hours = _hours_since(occasion, at)
    return None if hours is None else -hours


def _owner_name(occasion: Occasion) -> str:
    owner = occasion.people.owner
    if owner is None:
        return "Nobody"
    return occasion.work.db.scalar(select(User.name).where(User.id == owner.id)) or ""


def _organization(occasion: Occasion) -> str:
    number = occasion.ticket.organization_id
    if number is None:
        return ""
    return occasion.work.db.scalar(select(Organization.name).where(Organization.id == number)) or ""


def _stage(occasion: Occasion) -> str:
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    status = occasion.ticket.status
    return lifecycle.category(status).value if lifecycle.is_valid(status) else ""


def _files(occasion: Occasion) -> list[str]:
    message = occasion.message
    return [part.filename for part in message.parts if part.role == "file"] if message else []


def _roles(occasion: Occasion) -> list[str]:
    return sorted(occasion.people.roles_of(occasion.people.actor.id))


_T, _N, _L, _F = Kind.TEXT, Kind.NUMBER, Kind.LIST, Kind.FLAG

FACTS: dict[str, Fact] = {
    "ticket.id": Fact(_N, "number of the ticket", lambda o: o.ticket.id),
    "ticket.subject": Fact(_T, "its subject", lambda o: o.ticket.subject),
    "ticket.status": Fact(_T, "its status now", lambda o: o.ticket.status),
    "ticket.stage": Fact(_T, "initial, active or inactive", _stage),
    "ticket.queue": Fact(_T, "name of its queue", lambda o: o.queue.name),
    "ticket.type": Fact(_T, "ticket, reminder or approval", lambda o: o.ticket.type),
    "ticket.priority": Fact(_N, "its priority now", lambda o: o.ticket.priority),
    "ticket.initial_priority": Fact(_N, "the priority it began with", lambda o: o.ticket.initial_priority),
    "ticket.final_priority": Fact(_N, "the priority it rises to", lambda o: o.ticket.final_priority),
    "ticket.owner": Fact(_T, "login name of the owner, or Nobody", _owner_name),
    "ticket.organization": Fact(_T, "name of the client organisation, or empty", _organization),
    "ticket.requestors": Fact(_L, "addresses of the requestors", lambda o: people_in_role(o, REQUESTOR)),
    "ticket.cc": Fact(_L, "addresses of its Ccs and the queue's", lambda o: people_in_role(o, CC)),
    "ticket.admin_cc": Fact(
        _L, "addresses of its AdminCcs and the queue's", lambda o: people_in_role(o, ADMIN_CC)
    ),
    "ticket.owner_address": Fact(_L, "address of the owner", lambda o: people_in_role(o, OWNER)),
    "ticket.time_worked": Fact(_N, "minutes worked", lambda o: o.ticket.time_worked),
    "ticket.time_left": Fact(_N, "minutes left", lambda o: o.ticket.time_left),
    "ticket.time_estimated": Fact(_N, "minutes estimated", lambda o: o.ticket.time_estimated),
    "ticket.age_hours": Fact(_N, "hours since it was made", lambda o: _hours_since(o, o.ticket.created)),
    "ticket.due_in_hours": Fact(
        _N,
        "hours until it is due, negative when overdue; nothing without a date",
        lambda o: _hours_until(o, o.ticket.due),
    ),
    "ticket.starts_in_hours": Fact(_N, "hours until it starts", lambda o: _hours_until(o, o.ticket.starts)),
    "ticket.told_hours_ago": Fact(
        _N, "hours since the customer was told last", lambda o: _hours_since(o, o.ticket.told)
    ),
    "transaction.type": Fact(_T, "Create, Correspond, Comment, Status, Set …", lambda o: o.transaction.type),
    "transaction.field": Fact(_T, "what was set", lambda o: o.transaction.field),
    "transaction.old_value": Fact(_T, "from what", lambda o: o.transaction.old_value),
    "transaction.new_value": Fact(_T, "to what", lambda o: o.transaction.new_value),
    "transaction.minutes": Fact(_N, "minutes worked with it", lambda o: o.transaction.time_taken),
    "transaction.face": Fact(_T, "web, mail, rest2, rest1, cli or system", lambda o: o.transaction.face),
    "transaction.hour": Fact(_N, "hour of the day in UTC, 0 to 23", lambda o: o.transaction.created.hour),
    "transaction.weekday": Fact(
        _N, "day of the week in UTC, 1 is Monday", lambda o: o.transaction.created.isoweekday()
    ),
    "message.subject": Fact(
        _T, "subject of the mail that came in", lambda o: o.message.subject if o.message else ""
    ),
    "message.text": Fact(_T, "what was said, as plain text", lambda o: o.said[:LONGEST]),
    "message.files": Fact(_L, "names of the files that came along", _files),
    "message.auto_generated": Fact(
        _F, "a machine wrote it", lambda o: bool(o.message and o.message.auto_generated)
    ),
    "actor.name": Fact(_T, "name of who did it", lambda o: o.people.actor.name),
    "actor.address": Fact(_T, "address of who did it", lambda o: o.people.actor.address.lower()),
    "actor.is_staff": Fact(_F, "somebody of the staff did it", lambda o: o.people.actor.is_staff),
    "actor.is_system": Fact(_F, "the system did it", lambda o: o.people.by_system),
    "actor.roles": Fact(_L, "roles of who did it on this ticket", _roles),
}
"""Every fact by its name; fields of your own and other roles are asked for with field("…") and role("…")."""
