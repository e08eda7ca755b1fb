"""Saving schedules: read from what somebody gave, checked, and noted in the log of configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.people import find_person
from rtpy.changes.recurrences import queue_named
from rtpy.changes.ticket.create import one_line
from rtpy.content.recurring import Every, Rule, plain_rule, rule_of
from rtpy.content.recurring_read import read_time, read_weekdays, read_zone
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Organization, Queue, Schedule, Template, User
from rtpy.rights.names import Right
from rtpy.schedules.doing import PICKS, Deed
from rtpy.schedules.running import CHANGED, HOURS, REPEATS, next_run
from rtpy.search.selection import (
    REMINDER,
    TICKET,
    Selection,
    plain_selection,
    query_problem,
    selection_of,
)
from rtpy.work import Work

KIND = "schedule"
MOST_HOURS = 24 * 3650
ANY_STATUS = "any"
"""Stands for each but “deleted” where statuses are written."""


@dataclass(frozen=True, slots=True)
class ScheduleValues:
    """What a schedule is to be, read and right. `every_minutes` 0: by `rule`."""

    name: str
    selection: Selection
    deed: Deed
    every_minutes: int
    rule: Rule | None
    repeat: str
    repeat_hours: int
    disabled: bool


def read_schedule(work: Work, values: Mapping[str, str]) -> ScheduleValues:
    """Fields: name; of the search type, statuses, queue, owner, organization, overdue, untouched_hours,
    due_within_hours, words, query (TicketSQL); condition, condition_argument, action, action_argument, template,
    transaction; how
    (`minutes` with every_minutes, or `days` with weekdays, at, zone); repeat, repeat_hours; disabled. Raises Invalid.
    """
    problems: list[Problem] = []
    name = one_line(values.get("name", ""))
    if not name:
        problems.append(Problem("name", "Give it a name: it stands in the history of the tickets."))
    selection = read_selection(work, values, problems)
    deed = _read_deed(work, name, values, problems)
    every, rule = 0, None
    if values.get("how", "minutes") == "minutes":
        every = _number(values, "every_minutes", 1, 1440, 15, problems)
    else:
        weekdays = read_weekdays(values, problems)
        rule = Rule(
            Every.WEEK if weekdays else Every.DAY,
            work.now.date(),
            at=read_time(values, problems),
            zone=read_zone(values, problems),
            weekdays=weekdays,
        )
    repeat = values.get("repeat") or CHANGED
    if repeat not in REPEATS:
        problems.append(Problem("repeat", "Choose when the same ticket has its turn again."))
    hours = _number(values, "repeat_hours", 1, MOST_HOURS, 24, problems) if repeat == HOURS else 0
    if problems:
        raise Invalid(*problems)
    return ScheduleValues(name, selection, deed, every, rule, repeat, hours, values.get("disabled") == "1")


def save_schedule(work: Work, row: Schedule | None, values: Mapping[str, str]) -> Schedule:
    """Make a schedule, or change this one; its next run is reckoned from now. Needs SuperUser.

    Raises Invalid with every problem, or Refused.
    """
    need_system(work, Right.SUPER_USER)
    given = read_schedule(work, values)
    twin = work.db.scalar(select(Schedule.id).where(func.lower(Schedule.name) == given.name.lower()))
    if twin is not None and (row is None or twin != row.id):
        raise Invalid(Problem("name", "There is a schedule of this name: choose another one."))
    before = None if row is None else plain_schedule(work, row)
    if row is None:
        row = Schedule(created=work.now, lease_owner="")
        work.db.add(row)
    deed = given.deed
    row.name, row.search = given.name, plain_selection(given.selection)
    row.condition, row.condition_argument = deed.condition, deed.condition_argument
    row.action, row.action_argument = deed.action, deed.action_argument
    row.template_name, row.transaction = deed.template_name, deed.transaction
    row.every_minutes, row.rule = given.every_minutes, plain_rule(given.rule) if given.rule else {}
    row.repeat, row.repeat_hours, row.disabled = given.repeat, given.repeat_hours, given.disabled
    row.next_at = next_run(row, work.now)
    work.db.flush()  # the log names it by its id
    note_configuration(work, KIND, row.id, row.name, before, plain_schedule(work, row))
    return row


def run_soon(work: Work, row: Schedule) -> None:
    """Let the worker run it at once. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    if row.disabled:
        raise Invalid(Problem("disabled", "It is switched off: switch it on first."))
    row.next_at = work.now


def schedule_named(work: Work, number: int) -> Schedule:
    """The schedule with that number. Raises NotFound."""
    row = work.db.get(Schedule, number)
    if row is None:
        raise NotFound("There is no such schedule.")
    return row


def plain_schedule(work: Work, row: Schedule) -> dict[str, str]:
    """All that makes it up, as `save_schedule` reads it: for forms, the log and files."""
    search, db = selection_of(row.search), work.db
    queue = db.get(Queue, search.queue_id) if search.queue_id else None
    owner = db.get(User, search.owner_id) if search.owner_id else None
    organization = db.get(Organization, search.organization_id) if search.organization_id else None
    values = {
        "name": row.name,
        "type": search.type,
        "statuses": ", ".join(search.statuses),
        "queue": queue.name if queue else "",
        "owner": owner.name if owner else "",
        "organization": organization.name if organization else "",
        "overdue": "1" if search.overdue else "",
        "untouched_hours": str(search.untouched_hours or ""),
        "due_within_hours": str(search.due_within_hours or ""),
        "words": search.words,
        "query": search.query,
        "condition": row.condition,
        "condition_argument": row.condition_argument,
        "action": row.action,
        "action_argument": row.action_argument,
        "template": row.template_name,
        "transaction": row.transaction,
        "how": "minutes" if row.every_minutes else "days",
        "repeat": row.repeat,
        "repeat_hours": str(row.repeat_hours or ""),
        "disabled": "1" if row.disabled else "",
    }
    if row.every_minutes:
        values["every_minutes"] = str(row.every_minutes)
    elif row.rule:
        rule = rule_of(row.rule)
        values |= {"at": rule.at.strftime("%H:%M"), "zone": rule.zone}
        values["weekdays"] = ",".join(map(str, rule.weekdays))
    return values


def read_selection(work: Work, values: Mapping[str, str], problems: list[Problem]) -> Selection:
    """The fields of the search; what is wrong goes into `problems`."""
    statuses = tuple(dict.fromkeys(values.get("statuses", "").lower().replace(",", " ").split()))
    known = {status.lower() for lifecycle in work.app.lifecycles for status in lifecycle.statuses}
    if statuses == (ANY_STATUS,):
        statuses = tuple(sorted(known - {"deleted"}))
    for status in statuses:
        if status not in known:
            problems.append(Problem("statuses", f"There is no status “{status[:40]}”."))
    queue = values.get("queue", "").strip()
    found_queue = queue_named(work, queue)
    if queue and found_queue is None:
        problems.append(Problem("queue", f"There is no queue “{queue[:80]}”."))
    owner = values.get("owner", "").strip()
    found_owner = find_person(work.db, owner) if owner else None
    if owner and found_owner is None:
        problems.append(Problem("owner", f"There is nobody named “{owner[:80]}”."))
    organization = values.get("organization", "").strip()
    found_organization = (
        work.db.scalar(select(Organization.id).where(func.lower(Organization.name) == organization.lower()))
        if organization
        else None
    )
    if organization and found_organization is None:
        problems.append(Problem("organization", f"There is no organisation “{organization[:80]}”."))
    query = values.get("query", "").strip()
    if wrong := query_problem(work, query):
        problems.append(Problem("query", wrong))
    return Selection(
        statuses=statuses,
        queue_id=found_queue.id if found_queue else None,
        owner_id=found_owner.id if found_owner else None,
        organization_id=found_organization,
        overdue=values.get("overdue") == "1",
        untouched_hours=_number(values, "untouched_hours", 0, MOST_HOURS, 0, problems),
        due_within_hours=_number(values, "due_within_hours", 0, MOST_HOURS, 0, problems),
        words=one_line(values.get("words", "")),
        type=REMINDER if values.get("type") == REMINDER else TICKET,
        query=query,
    )


def _read_deed(work: Work, name: str, values: Mapping[str, str], problems: list[Problem]) -> Deed:
    deed = Deed(
        name,
        values.get("action", "").strip(),
        values.get("action_argument", "").strip(),
        values.get("condition", "").strip(),
        values.get("condition_argument", "").strip(),
        values.get("template", "").strip(),
        values.get("transaction", "").strip(),
    )
    check_deed(work, deed, problems)
    if deed.transaction and deed.transaction not in PICKS:
        problems.append(Problem("transaction", "Choose the first, the last, or all."))
    return deed


def check_deed(work: Work, deed: Deed, problems: list[Problem]) -> None:
    """Note what is wrong with the kinds, their arguments and the template."""
    action, condition = (
        work.app.named("rtpy_actions").get(deed.action),
        work.app.named("rtpy_conditions").get(deed.condition),
    )
    if action is None:
        asked = f"There is no action “{deed.action[:60]}”. " if deed.action else ""
        problems.append(Problem("action", f"{asked}Choose what is to be done."))
    if deed.condition and condition is None:
        problems.append(Problem("condition", f"There is no condition “{deed.condition[:40]}”."))
    for kind, argument, field in (
        (action, deed.action_argument, "action_argument"),
        (condition, deed.condition_argument, "condition_argument"),
    ):
        if kind is not None:
            try:
                kind.check(argument)
            except Invalid as invalid:
                problems += [Problem(field, problem.message) for problem in invalid.problems]
    if action is not None and action.mails and not deed.template_name:
        problems.append(Problem("template", "This action sends mail: choose the template for it."))
    if deed.template_name and not work.db.scalar(
        select(Template.id).where(Template.name == deed.template_name).limit(1)
    ):
        problems.append(Problem("template", f"There is no template “{deed.template_name[:80]}”."))


def _number(
    values: Mapping[str, str], name: str, least: int, most: int, usual: int, problems: list[Problem]
) -> int:
    given = values.get(name, "").strip()
    if not given:
        return usual
    if given.isascii() and given.isdigit() and len(given) < 9 and least <= int(given) <= most:
        return int(given)
    problems.append(Problem(name, f"Write a whole number from {least} to {most}."))
    return usual
