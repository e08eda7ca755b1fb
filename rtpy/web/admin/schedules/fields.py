"""The form of a schedule."""

from collections.abc import Mapping

from pyramid.request import Request
from sqlalchemy import select as query

from rtpy.http.resources import SystemResource
from rtpy.models import Organization, Template
from rtpy.schedules.running import ALWAYS, CHANGED, HOURS
from rtpy.search.selection import REMINDER, TICKET
from rtpy.web.admin.by_clock import queue_options, select, time_fields, weekday_fields
from rtpy.web.admin.editing import Section
from rtpy.web.admin.scrips.hints import hint_of, kind_hints
from rtpy.web.forms import Field, Hint

FIRST_CONDITIONS = ("Overdue", "BeforeDue", "UntouchedInHours", "PriorityExceeds")


def sections(resource: SystemResource, request: Request, given: Mapping[str, str]) -> list[Section]:
    """All fields with what was typed."""

    def field(name: str, label: str, kind: str = "text", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, **more)  # type: ignore[arg-type]

    def box(name: str, label: str) -> Field:
        return Field(name, label, kind="checkbox", checked=given.get(name) == "1")

    def choose(
        name: str, label: str, options: list[tuple[str, str]], usual: str = "", hint: str = ""
    ) -> Field:
        required = not options or options[0][0] != ""
        return select(name, label, options, given.get(name, "") or usual, hint=hint, required=required)

    db, conditions, actions = request.db, _conditions(request), _actions(request)
    organizations = [
        (name, name) for name in db.scalars(query(Organization.name).order_by(Organization.name))
    ]
    templates = dict.fromkeys(db.scalars(query(Template.name).order_by(Template.name)))
    return [
        Section(
            "Name",
            (field("name", "Name", required=True, autocomplete="off"), box("disabled", "Switched off")),
        ),
        Section(
            "Which tickets",
            (
                choose("type", "Find", [(TICKET, "tickets"), (REMINDER, "reminders")], TICKET),
                field(
                    "statuses", "Statuses", hint="With commas between them; empty: all that are not closed."
                ),
                choose("queue", "Queue", [("", "any"), *queue_options(resource)]),
                field(
                    "owner", "Owner", hint="A login name or address; Nobody for nobody.", autocomplete="off"
                ),
                choose("organization", "Organisation", [("", "any"), *organizations]),
                box("overdue", "Only what is overdue"),
                field("untouched_hours", "Untouched for hours", "number"),
                field("due_within_hours", "Due within hours", "number"),
                field("words", "Words of the subject", autocomplete="off"),
                field(
                    "query",
                    "Query",
                    "textarea",
                    hint="TicketSQL, as the search page writes it; closed tickets only when it names Status.",
                    rows=3,
                ),
            ),
            "A ticket must fit all of it; what is empty does not matter.",
        ),
        Section(
            "When this holds",
            (
                choose(
                    "condition",
                    "Condition",
                    [("", "always"), *((each.value, each.label) for each in conditions)],
                ),
                _argument("condition_argument", "condition", given, conditions),
                choose(
                    "transaction",
                    "About",
                    [
                        ("", "the ticket as it is"),
                        ("last", "its last transaction"),
                        ("first", "its first transaction"),
                        ("all", "each of its transactions"),
                    ],
                ),
            ),
        ),
        Section(
            "Do this",
            (
                choose("action", "Action", [(each.value, each.label) for each in actions], "SetPriority"),
                _argument("action_argument", "action", {"action": "SetPriority", **given}, actions),
                choose("template", "Template", [("", "none"), *((name, name) for name in templates)]),
            ),
        ),
        Section(
            "How often",
            (
                choose(
                    "how",
                    "It runs",
                    [("minutes", "every so many minutes"), ("days", "at a time of day")],
                    "minutes",
                ),
                field("every_minutes", "Minutes", "number", hint="Empty: 15."),
                *time_fields(request, given),
                *weekday_fields(given),
            ),
            "Days and time count when it runs at a time of day; no day ticked: every day.",
        ),
        Section(
            "The same ticket again",
            (
                choose(
                    "repeat",
                    "It has its turn again",
                    [
                        (CHANGED, "after somebody has changed it"),
                        (HOURS, "after some hours"),
                        (ALWAYS, "each time"),
                    ],
                    CHANGED,
                    "So that a notice is not mailed every minute. Escalation wants each time.",
                ),
                field("repeat_hours", "Hours", "number", hint="Empty: 24."),
            ),
        ),
    ]


def _conditions(request: Request) -> tuple[Hint, ...]:
    kinds = request.app.named("rtpy_conditions")
    first = [name for name in FIRST_CONDITIONS if name in kinds]
    return kind_hints(kinds, [*first, *sorted(set(kinds) - set(first))])


def _actions(request: Request) -> tuple[Hint, ...]:
    kinds = request.app.named("rtpy_actions")
    return kind_hints(kinds, sorted(kinds))


def _argument(name: str, follows: str, given: Mapping[str, str], hints: tuple[Hint, ...]) -> Field:
    return Field(
        name,
        "Its argument",
        given.get(name, ""),
        hint=hint_of(hints, given.get(follows, ""), "Only for what takes one."),
        follows=follows,
        hints=hints,
        hints_title=f"What each {follows} takes",
    )
