"""The form of a recurring ticket."""

from calendar import month_name
from collections.abc import Mapping

from pyramid.request import Request

from rtpy.content.recurring import NTH, WEEKDAYS
from rtpy.http.resources import SystemResource
from rtpy.web.admin.by_clock import queue_options, select, time_fields, weekday_fields
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field

EVERY = (("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years"))


def sections(resource: SystemResource, request: Request, given: Mapping[str, str]) -> list[Section]:
    """All fields with what was typed."""

    def field(name: str, label: str, kind: str = "text", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, **more)  # type: ignore[arg-type]

    queues = queue_options(resource)
    return [
        Section(
            "The ticket",
            (
                field("name", "Name", hint="For this list; without one, the subject.", autocomplete="off"),
                select("queue", "Queue", queues, given.get("queue", "")),
                field("subject", "Subject", required=True, autocomplete="off"),
                field("body", "Text", "textarea", rows=5),
                field(
                    "checklist",
                    "Checklist",
                    "textarea",
                    rows=5,
                    hint="One step a line. It stands below the text.",
                ),
                field(
                    "requestors",
                    "Requestors",
                    hint="Addresses between commas. They get the usual automatic answer; empty for your own work.",
                    autocomplete="off",
                ),
                field("owner", "Owner", hint="A login name or address; empty: nobody.", autocomplete="off"),
                field("priority", "Priority", "number", hint="Empty: as the queue says."),
                field(
                    "due_hours",
                    "Due after hours",
                    "number",
                    hint="Counted from its time; empty: as the queue says.",
                ),
                field("fields", "Custom fields", "textarea", rows=3, hint="One a line: Name: value."),
                field(
                    "run_as",
                    "Made by",
                    hint="A login name or address; empty: the system.",
                    autocomplete="off",
                ),
                Field("disabled", "Switched off", kind="checkbox", checked=given.get("disabled") == "1"),
            ),
        ),
        Section(
            "When",
            (
                Field("interval", "Every", given.get("interval", "") or "1", "number", required=True),
                select("every", "Period", EVERY, given.get("every", "") or "week"),
                *time_fields(request, given),
            ),
        ),
        Section("On these days", weekday_fields(given), "For weeks. None: the weekday of the start."),
        Section(
            "In the month",
            (
                select(
                    "by",
                    "By",
                    (("day", "the number of the day"), ("weekday", "a weekday, such as the last Friday")),
                    given.get("by", "") or "day",
                ),
                field(
                    "day",
                    "Day",
                    "number",
                    hint="1 to 31; a shorter month takes its last day. Empty: the start's.",
                ),
                select(
                    "nth",
                    "Which one",
                    [(str(key), word) for key, word in NTH.items()],
                    given.get("nth", "") or "1",
                ),
                select(
                    "weekday",
                    "Weekday",
                    [(str(n), day) for n, day in enumerate(WEEKDAYS)],
                    given.get("weekday", ""),
                ),
                select(
                    "month",
                    "Month",
                    [("", "that of the start"), *((str(n), month_name[n]) for n in range(1, 13))],
                    given.get("month", ""),
                    hint="For years.",
                    required=False,
                ),
            ),
            "For months and years.",
        ),
        Section(
            "From when, until when",
            (
                field("start", "First day", "date", hint="Empty: today."),
                select(
                    "end",
                    "End",
                    (("never", "never"), ("until", "after a day"), ("count", "after so many times")),
                    given.get("end", "") or "never",
                ),
                field("until", "Last day", "date"),
                field("count", "Times", "number"),
            ),
        ),
    ]
