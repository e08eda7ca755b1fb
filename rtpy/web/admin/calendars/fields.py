"""The fields of a calendar's form."""

from collections.abc import Mapping

from rtpy.calendars.public_holidays import countries, regions
from rtpy.changes.calendars.terms import DAYS
from rtpy.models import CalendarVersion
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option


def sections(given: Mapping[str, str], before: CalendarVersion | None, *, is_used: bool) -> list[Section]:
    """All of them; `before` is the present version of a calendar that is there, `is_used`: something counts in it."""

    def text(name: str, label: str, hint: str = "", kind: str = "text", *, required: bool = False) -> Field:
        return Field(name, label, given.get(name, ""), kind, hint, required=required, autocomplete="off")

    def area(name: str, label: str, hint: str, rows: int) -> Field:
        return Field(name, label, given.get(name, ""), "textarea", hint, rows=rows)

    def box(name: str, label: str, hint: str) -> Field:
        return Field(name, label, "1", "checkbox", hint, checked=given.get(name) == "1")

    found = [
        Section(
            "Calendar",
            (
                text("name", "Name", required=True),
                area("description", "Description", "For whom it is agreed, and where that is written.", 2),
                text("zone", "Time zone", "Whose clocks are meant, such as Europe/Berlin.", required=True),
                box("disabled", "Disabled", "Not offered any more; who has it keeps it."),
            ),
        ),
        Section(
            "Hours of the week",
            tuple(text(f"day_{at}", name) for at, name in enumerate(DAYS)),
            "Write 08:00-12:00, 13:00-17:30; closed or nothing: no hour is agreed. Nights end at 24:00 and go on at "
            "00:00 the next day; 00:00-24:00 is the whole day.",
        ),
        Section(
            "Days that differ",
            (
                area(
                    "exceptions",
                    "Single dates",
                    "A line each: 2026-12-24 08:00-12:00; a date alone is closed. Hours on a Saturday or a holiday "
                    "open it.",
                    5,
                ),
                area("yearly", "Every year", "A line each: 12-24 08:00-12:00, or 12-31 alone.", 3),
            ),
            "These go before everything else: single dates, then days of every year, then the file, then public "
            "holidays, then the week.",
        ),
        Section(
            "Public holidays",
            _country(given),
            "They are closed, and come by themselves every year. Choose a country and press the second button below: "
            "where its regions differ you can choose one then.",
        ),
        Section(
            "A file of days off",
            _file(given, before),
            "An iCalendar file (.ics), as most calendars export or publish it. What its events cover is closed: "
            "all-day events the whole day, others their hours.",
        ),
    ]
    if before is not None and is_used:
        found.append(
            Section(
                "From when",
                (
                    text("valid_from", "First day", "Empty: from tomorrow on.", "date"),
                    box(
                        "from_beginning",
                        "Put a mistake right from the beginning",
                        "The hours count as if they had always been these: what is open is counted and priced anew, "
                        "for past days too. The versions stay in the list.",
                    ),
                ),
                "What was counted until then stays. Versions that were planned for later days are replaced.",
            )
        )
    return found


def _country(given: Mapping[str, str]) -> tuple[Field, ...]:
    chosen = given.get("country", "").upper()
    options = {"": "None", **countries()}
    fields = [_select("country", "Country", options, chosen)]
    known = regions(chosen)
    if known:
        labels = {code: name if name == code else f"{name} ({code})" for code, name in known.items()}
        region = given.get("region", "")
        fields.append(_select("region", "Region", {"": "What holds everywhere", **labels}, region))
    elif given.get("region"):
        fields.append(
            Field("region", "Region", given["region"], hint="This country has none: leave it empty.")
        )
    return tuple(fields)


def _file(given: Mapping[str, str], before: CalendarVersion | None) -> tuple[Field, ...]:
    address = given.get("feed_address", "")
    fields = [
        Field("feed_address", "Address", address, "url", "Fetched every day.", autocomplete="off"),
        Field("feed_file", "Or a file", kind="file", hint="Read now and kept; it is not fetched again."),
    ]
    if before is not None and before.feed_days and not before.feed_address:
        said = f"{before.feed_name or 'The present file'} closes {len(before.feed_days)} days."
        ticked = given.get("feed_drop") == "1"
        fields.append(Field("feed_drop", "Leave the present file out", "1", "checkbox", said, checked=ticked))
    return tuple(fields)


def _select(name: str, label: str, options: Mapping[str, str], chosen: str) -> Field:
    made = tuple(Option(value, shown, value == chosen) for value, shown in options.items())
    return Field(name, label, chosen, "select", required=True, options=made)
