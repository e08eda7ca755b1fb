"""Recurring tickets: read from what somebody gave, saved, switched off; and the ticket that each moment makes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.addresses import read_addresses
from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.people import find_person, person_for_address
from rtpy.changes.ticket.create import CreateTicket, one_line
from rtpy.content.part import plain_message
from rtpy.content.recurring import Rule, next_moment, plain_rule, rule_of
from rtpy.content.recurring_read import read_rule, rule_values
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import fields_for
from rtpy.models import Queue, Recurrence, User
from rtpy.rights.names import Right
from rtpy.work import Work

KIND = "recurrence"
MOST_STEPS = 200
MOST_HOURS = 24 * 366


@dataclass(frozen=True, slots=True)
class RecurrenceValues:
    """What a recurrence is to be, read and right."""

    name: str
    queue: Queue
    subject: str
    body: str
    checklist: str
    requestors: str
    owner: User | None
    priority: int | None
    due_hours: int | None
    fields: dict[str, object]
    run_as: User | None
    rule: Rule
    disabled: bool


def read_recurrence(work: Work, values: Mapping[str, str]) -> RecurrenceValues:
    """Fields: name, queue (id or name), subject, body, checklist, requestors, owner, priority, due_hours, fields (lines
    `Name: value`), run_as, disabled, and those of `read_rule`. Raises Invalid with every problem.
    """
    problems: list[Problem] = []

    def number(name: str, most: int) -> int | None:
        given = values.get(name, "").strip()
        if not given:
            return None
        if given.removeprefix("-").isdecimal() and len(given) < 8 and -1000 <= int(given) <= most:
            return int(given)
        problems.append(Problem(name, f"Write a whole number up to {most}."))
        return None

    def person(name: str) -> User | None:
        given = values.get(name, "").strip()
        found = find_person(work.db, given) if given else None
        if given and found is None:
            problems.append(Problem(name, f"There is nobody named “{given[:80]}”."))
        return found

    subject = one_line(values.get("subject", ""))
    if not subject:
        problems.append(Problem("subject", "Say in a few words what is to be done."))
    queue = queue_named(work, values.get("queue", ""))
    if queue is None:
        problems.append(Problem("queue", "Choose the queue that the tickets go into."))
    rule = None
    try:
        rule = read_rule(values, work.now.date())
    except Invalid as invalid:
        problems += invalid.problems
    checklist = _lines(values.get("checklist", ""))
    if checklist.count("\n") >= MOST_STEPS:
        problems.append(Problem("checklist", f"These are more than {MOST_STEPS} steps."))
    due_hours = number("due_hours", MOST_HOURS)
    if due_hours is not None and due_hours < 0:
        problems.append(Problem("due_hours", "A ticket cannot be due before it is made."))
    fields: dict[str, object] = {}
    try:
        fields = _read_fields(work, queue, values.get("fields", ""))
    except Invalid as invalid:
        problems += invalid.problems
    requestors = _read_addresses(work, values.get("requestors", ""), problems)
    owner, run_as, priority = person("owner"), person("run_as"), number("priority", 1000)
    if problems or queue is None or rule is None:
        raise Invalid(*problems)
    return RecurrenceValues(
        name=one_line(values.get("name", "")) or subject,
        queue=queue,
        subject=subject,
        body=_lines(values.get("body", ""), keep_empty=True),
        checklist=checklist,
        requestors=requestors,
        owner=owner,
        priority=priority,
        due_hours=due_hours,
        fields=fields,
        run_as=run_as,
        rule=rule,
        disabled=values.get("disabled") == "1",
    )


def save_recurrence(work: Work, row: Recurrence | None, values: Mapping[str, str]) -> Recurrence:
    """Make a recurrence, or change this one; its next moment is reckoned from now. Needs SuperUser.

    Raises Invalid with every problem, or Refused.
    """
    need_system(work, Right.SUPER_USER)
    given = read_recurrence(work, values)
    before = None if row is None else plain_recurrence(work, row)
    if row is None:
        row = Recurrence(created=work.now, fields={}, rule={})
        work.db.add(row)
    row.name, row.queue_id, row.subject = given.name, given.queue.id, given.subject
    row.body, row.checklist, row.requestors = given.body, given.checklist, given.requestors
    row.owner_id = given.owner.id if given.owner else None
    row.run_as_id = given.run_as.id if given.run_as else None
    row.priority, row.due_hours, row.fields = given.priority, given.due_hours, given.fields
    row.rule, row.disabled = plain_rule(given.rule), given.disabled
    row.next_at = next_moment(given.rule, work.now)
    work.db.flush()  # the log names it by its id
    note_configuration(work, KIND, row.id, row.name, before, plain_recurrence(work, row))
    return row


def plain_recurrence(work: Work, row: Recurrence) -> dict[str, str]:
    """All that makes it up, as `save_recurrence` reads it: for forms, the log and files."""
    queue = work.db.get(Queue, row.queue_id)
    lines = [f"{name}: {value}" for name, values in row.fields.items() for value in _texts(values)]
    return {
        "name": row.name,
        "queue": queue.name if queue else "",
        "subject": row.subject,
        "body": row.body,
        "checklist": row.checklist,
        "requestors": row.requestors,
        "owner": _user_name(work, row.owner_id),
        "priority": "" if row.priority is None else str(row.priority),
        "due_hours": "" if row.due_hours is None else str(row.due_hours),
        "fields": "\n".join(lines),
        "run_as": _user_name(work, row.run_as_id),
        "disabled": "1" if row.disabled else "",
        **rule_values(rule_of(row.rule)),
    }


def ticket_for(work: Work, row: Recurrence, moment: datetime, missed: int) -> CreateTicket:
    """The ticket that one moment makes; `missed` earlier moments are mentioned in its text. Raises Invalid."""
    queue = work.db.get_one(Queue, row.queue_id)
    steps = [f"[ ] {step}" for step in row.checklist.split("\n") if step]
    said = [row.body.strip()] if row.body.strip() else []
    if steps:
        said.append("\n".join(steps))
    if missed:
        times = "One earlier time was" if missed == 1 else f"{missed} earlier times were"
        said.append(f"{times} missed, because nothing was running then: this ticket stands for all of them.")
    return CreateTicket(
        queue=queue,
        subject=row.subject,
        message=plain_message("\n\n".join(said)) if said else None,
        requestors=tuple(
            person_for_address(work, address, name)
            for name, address in read_addresses(row.requestors)
            if address
        ),
        owner=work.db.get(User, row.owner_id) if row.owner_id else None,
        priority=row.priority,
        due=moment + timedelta(hours=row.due_hours) if row.due_hours is not None else None,
        fields=_given_fields(work, queue, row.fields),
    )


def queue_named(work: Work, given: str) -> Queue | None:
    """The enabled queue with that id or name."""
    text = given.strip()
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = work.db.get(Queue, int(text))
    else:
        found = work.db.scalar(select(Queue).where(func.lower(Queue.name) == text.lower())) if text else None
    return None if found is None or found.disabled else found


def _given_fields(work: Work, queue: Queue, fields: Mapping[str, Any]) -> GivenFields:
    if not fields:
        return NO_FIELDS
    known = {each.name.lower(): each.id for each in fields_for(work.app, work.db, Lookup.TICKET, queue.id)}
    missing = [name for name in fields if name.lower() not in known]
    if missing:
        raise Invalid(Problem("fields", f"Queue {queue.name} has no custom field “{missing[0][:80]}”."))
    return GivenFields({known[name.lower()]: tuple(values) for name, values in fields.items()})


def _read_fields(work: Work, queue: Queue | None, text: str) -> dict[str, object]:
    found: dict[str, list[str]] = {}
    for line in _lines(text).split("\n"):
        name, colon, value = (piece.strip() for piece in line.partition(":"))
        if not line:
            continue
        if not colon or not name or not value:
            raise Invalid(Problem("fields", f"“{line[:60]}” is no field: write Name: value, one a line."))
        found.setdefault(name, []).append(value)
    plain: dict[str, object] = dict(found)
    if queue is not None:
        _given_fields(work, queue, plain)
    return plain


def _read_addresses(work: Work, text: str, problems: list[Problem]) -> str:
    given = " ".join(text.replace(";", ",").split())
    found = []
    for name, address in read_addresses(given):
        person = find_person(work.db, address) if address else None
        if person is not None and "@" not in address:
            address = person.email_address or address
        if "@" not in address.strip("@"):
            problems.append(Problem("requestors", f"“{(address or given)[:80]}” is not a mail address."))
            return ""
        found.append(f"{name} <{address}>" if name and not re.search(r'[",;<>\\]', name) else address)
    return ", ".join(found)


def _lines(text: str, *, keep_empty: bool = False) -> str:
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    if keep_empty:
        return plain.strip("\n")
    return "\n".join(line.strip() for line in plain.split("\n") if line.strip())


def _user_name(work: Work, user_id: int | None) -> str:
    return (work.db.scalar(select(User.name).where(User.id == user_id)) or "") if user_id else ""


def _texts(values: object) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list) else []
