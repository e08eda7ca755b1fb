"""Saving rules for new mail: read from what somebody gave, checked, put into their order, noted in the log."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.recurrences import queue_named
from rtpy.changes.ticket.create import one_line
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields
from rtpy.lifecycle.lifecycle import TICKET
from rtpy.mail.sorting.patterns import lines_of
from rtpy.mail.sorting.rule import CONDITIONS, KINDS, Rule, value_of
from rtpy.models import MailRule, Organization, Queue
from rtpy.rights.names import Right
from rtpy.work import Work

KIND = "mail rule"
MOST_LINES = 200
LONGEST_LINE = 300
_WANTED = tuple(name for name in CONDITIONS if name != "kind")


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What a rule is to be, read and right. `position` counts from 1."""

    rule: Rule
    wanted: dict[str, str]
    position: int | None
    disabled: bool


def read_rule(work: Work, values: Mapping[str, str]) -> RuleValues:
    """Fields: name, position; the conditions from_queue, from_organization, and those of `CONDITIONS` (a pattern a
    line); what it sets: queue, organization, priority, status, fields (lines `Name: value`), junk, silent; goes_on,
    disabled. Raises Invalid with every problem.
    """
    problems: list[Problem] = []
    name = one_line(values.get("name", ""))
    if not name:
        problems.append(Problem("name", "Give it a name: it stands on the tickets that it sorts."))

    def queue(field: str) -> int | None:
        given = values.get(field, "").strip()
        found = queue_named(work, given) if given else None
        if given and found is None:
            problems.append(Problem(field, "Choose a queue of the list."))
        return found.id if found else None

    def organization(field: str) -> int | None:
        given = values.get(field, "").strip()
        found = work.db.scalar(select(Organization.id).where(Organization.name == given)) if given else None
        if given and found is None:
            problems.append(Problem(field, "Choose an organisation of the list."))
        return found

    def number(field: str, least: int, most: int) -> int | None:
        given = values.get(field, "").strip()
        if not given:
            return None
        if given.removeprefix("-").isdecimal() and len(given) < 8 and least <= int(given) <= most:
            return int(given)
        problems.append(Problem(field, f"Write a whole number from {least} to {most}."))
        return None

    wanted = _read_wanted(values, problems)
    fields = _read_fields(work, values.get("fields", ""), problems)
    from_queue, from_organization = queue("from_queue"), organization("from_organization")
    into, client = queue("queue"), organization("organization")
    priority, position = number("priority", -1000, 1000), number("position", 1, 10_000)
    status = _read_status(work, into, values.get("status", "").strip().lower(), problems)
    junk, silent = values.get("junk") == "1", values.get("silent") == "1"
    if junk and not wanted and from_organization is None:
        sentence = "Say which mails are junk: as it stands, no mail would become a ticket."
        problems.append(Problem("junk", sentence))
    if not (junk or silent or into or client or priority is not None or status or fields):
        problems.append(Problem("queue", "Say what it does: at least one of these."))
    if problems:
        raise Invalid(*problems)
    rule = Rule(
        id=0,
        name=name,
        goes_on=values.get("goes_on") == "1",
        from_queue_id=from_queue,
        from_organization_id=from_organization,
        wanted={key: lines_of(text) for key, text in wanted.items()},
        queue_id=into,
        organization_id=client,
        priority=priority,
        status=status,
        fields={key: tuple(each) for key, each in fields.items()},
        junk=junk,
        silent=silent,
    )
    return RuleValues(rule, wanted, position, values.get("disabled") == "1")


def save_rule(work: Work, row: MailRule | None, values: Mapping[str, str]) -> MailRule:
    """Make a rule, the last one unless its place is given, or change this one. Needs SuperUser; raises Invalid."""
    need_system(work, Right.SUPER_USER)
    given = read_rule(work, values)
    rule = given.rule
    same = work.db.scalar(select(MailRule.id).where(func.lower(MailRule.name) == rule.name.lower()))
    if same is not None and (row is None or same != row.id):
        raise Invalid(Problem("name", "Another rule has this name."))
    before = None if row is None else plain_rule(work, row)
    if row is None:
        row = MailRule(created=work.now, position=1_000_000)
        work.db.add(row)
    row.name, row.disabled, row.goes_on = rule.name, given.disabled, rule.goes_on
    row.from_queue_id, row.from_organization_id = rule.from_queue_id, rule.from_organization_id
    row.wanted = given.wanted
    row.queue_id, row.organization_id = rule.queue_id, rule.organization_id
    row.priority, row.status, row.junk, row.silent = rule.priority, rule.status, rule.junk, rule.silent
    row.fields = {name: list(values) for name, values in rule.fields.items()}
    work.db.flush()  # the log names it by its id
    _put_in_order(work, row, given.position)
    note_configuration(work, KIND, row.id, row.name, before, plain_rule(work, row))
    return row


def delete_rule(work: Work, row: MailRule) -> None:
    """Take a rule away; tickets stay as it made them. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    note_configuration(work, KIND, row.id, row.name, plain_rule(work, row), None)
    work.db.delete(row)
    work.db.flush()


def plain_rule(work: Work, row: MailRule) -> dict[str, str]:
    """All that makes it up, as `save_rule` reads it: for forms, the log and files."""

    def named(model: type[Queue] | type[Organization], number: int | None) -> str:
        return work.db.scalar(select(model.name).where(model.id == number)) or ""

    rule = value_of(row)
    return {
        "name": row.name,
        "position": str(row.position),
        "from_queue": named(Queue, row.from_queue_id),
        "from_organization": named(Organization, row.from_organization_id),
        **{name: row.wanted.get(name, "") for name in CONDITIONS},
        "queue": named(Queue, row.queue_id),
        "organization": named(Organization, row.organization_id),
        "priority": "" if row.priority is None else str(row.priority),
        "status": row.status,
        "fields": "\n".join(f"{name}: {one}" for name, values in rule.fields.items() for one in values),
        "junk": "1" if row.junk else "",
        "silent": "1" if row.silent else "",
        "goes_on": "1" if row.goes_on else "",
        "disabled": "1" if row.disabled else "",
    }


def _put_in_order(work: Work, row: MailRule, position: int | None) -> None:
    """Count all rules through, with this one at its place."""
    others = list(
        work.db.scalars(
            select(MailRule).where(MailRule.id != row.id).order_by(MailRule.position, MailRule.id)
        )
    )
    place = row.position if position is None else position
    others.insert(max(place - 1, 0), row)
    for number, each in enumerate(others, 1):
        if each.position != number:
            each.position = number
    work.db.flush()


def _read_wanted(values: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    wanted = {}
    for name in _WANTED:
        lines = [" ".join(line.split()) for line in values.get(name, "").replace("\x00", "").splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            sentence = f"At most {MOST_LINES} lines of {LONGEST_LINE} characters each."
            problems.append(Problem(name, sentence))
        if name == "header" and any(line.startswith(":") for line in lines):
            problems.append(Problem(name, "Write the name of the header first: X-Spam-Flag: yes."))
        if lines:
            wanted[name] = "\n".join(lines)
    kind = values.get("kind", "").strip()
    if kind and kind not in KINDS:
        problems.append(Problem("kind", "Choose one of the list."))
    elif kind:
        wanted["kind"] = kind
    return wanted


def _read_fields(work: Work, text: str, problems: list[Problem]) -> dict[str, list[str]]:
    known = {
        each.name.lower() for each in all_fields(work.app, work.db).values() if each.lookup == Lookup.TICKET
    }
    found: dict[str, list[str]] = {}
    for line in filter(None, (line.strip() for line in text.replace("\x00", "").splitlines())):
        name, _, value = (piece.strip() for piece in line.partition(":"))
        if not name or not value:
            problems.append(Problem("fields", f"“{line[:60]}” is no field: write Name: value, one a line."))
        elif name.lower() not in known:
            problems.append(Problem("fields", f"No custom field of tickets is named “{name[:80]}”."))
        else:
            found.setdefault(name, []).append(value)
    return found


def _read_status(work: Work, queue_id: int | None, status: str, problems: list[Problem]) -> str:
    if not status:
        return ""
    queue = work.db.get(Queue, queue_id) if queue_id is not None else None
    lifecycles = [life for life in work.app.lifecycles if life.type == TICKET and not life.is_disabled]
    if queue is not None:
        lifecycles = [work.app.lifecycles.get(queue.lifecycle)]
    if status == "deleted" or not any(life.is_valid(status) for life in lifecycles):
        where = f"queue {queue.name}" if queue is not None else "any queue"
        problems.append(Problem("status", f"Tickets of {where} have no status “{status[:40]}”."))
    return status
