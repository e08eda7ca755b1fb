"""The fields of a topic's form."""

from collections.abc import Mapping, Sequence

from babel import Locale
from pyramid.request import Request
from sqlalchemy import select

from rtpy.customfields.kinds import Lookup
from rtpy.fields.definitions import all_fields
from rtpy.models import Queue
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option
from rtpy_portal.asking.saving import ADMIN_CC, ICONS, MOST_FIELDS, OWNER
from rtpy_portal.words import ENGLISH, languages

QUESTIONS = (
    "One a line, with choices after “=”: Which device? * = Laptop | Phone | Printer. A star asks for an answer; "
    "without choices it is a line of text. Below a question a line can say when it is asked: only if Which device? is "
    "Printer."
)


def sections_of(request: Request, given: Mapping[str, str]) -> Sequence[Section]:
    """All sections. One query."""
    return (
        _tile(given),
        _way(request, given),
        _asked(request, given),
        _audience(given),
        *(_translation(given, lang) for lang in languages() if lang != ENGLISH),
    )


def _tile(given: Mapping[str, str]) -> Section:
    return Section(
        "The tile",
        (
            _text(given, "name", "Name", "What customers read on the first page.", required=True),
            _text(given, "hint", "Hint", "A sentence below the name: what belongs here."),
            _select(given, "icon", "Picture", list(ICONS.items())),
            Field("disabled", "Switched off", "1", "checkbox", checked=given.get("disabled") == "1"),
        ),
    )


def _way(request: Request, given: Mapping[str, str]) -> Section:
    chosen = given.get("queue", "")
    rows = request.db.execute(select(Queue.id, Queue.name, Queue.disabled).order_by(Queue.name)).all()
    queues = [(str(row.id), row.name) for row in rows if not row.disabled or str(row.id) == chosen]
    return Section(
        "Where it goes",
        (
            _select(
                given,
                "queue",
                "Queue",
                queues,
                "Customers may ask here even where they may not write otherwise.",
            ),
            _text(
                given,
                "person",
                "Straight to a person",
                "A login name or a mail address. Customers never read it.",
            ),
            _select(
                given,
                "person_role",
                "The person becomes",
                [(OWNER, "the owner of the ticket"), (ADMIN_CC, "AdminCc: hears of it, and it has no owner")],
            ),
            _text(given, "priority", "Priority", "A whole number; empty: the queue’s own."),
            Field(
                "promise",
                "What happens next",
                given.get("promise", ""),
                "textarea",
                "Stands on the page after asking, such as: Somebody of the support desk reads it within two hours, "
                "Monday to Friday from 8 to 17, German time.",
                rows=3,
            ),
        ),
    )


def _asked(request: Request, given: Mapping[str, str]) -> Section:
    known = all_fields(request.app, request.db).values()
    fields = sorted(
        (each.name, str(each.id))
        for each in known
        if each.lookup == Lookup.TICKET and not each.disabled and not each.facts.is_file
    )
    offered = [("", "–"), *((number, name) for name, number in fields)]
    used = max((place for place in range(1, MOST_FIELDS + 1) if given.get(f"field{place}")), default=0)
    shown = min(max(used + 1, 2), MOST_FIELDS) if fields else 0
    pairs = []
    for place in range(1, shown + 1):
        name = f"field{place}"
        pairs.append(_select(given, name, f"Field {place}", offered))
        pairs.append(
            Field(
                f"{name}.required",
                "An answer is needed",
                "1",
                "checkbox",
                checked=given.get(f"{name}.required") == "1",
            )
        )
    return Section(
        "What is asked beside the text",
        (
            Field("questions", "Questions", given.get("questions", ""), "textarea", QUESTIONS, rows=6),
            *pairs,
            Field(
                "asks_site",
                "Ask at which site",
                "1",
                "checkbox",
                hint="Of people whose organisation has several.",
                checked=given.get("asks_site") == "1",
            ),
        ),
        "A message is all that is needed. Ask only what you would have to ask back. Customers see and fill in the "
        "fields that you choose here, whatever they may do with them otherwise."
        + (" Save to get room for another field." if shown and shown < MOST_FIELDS else ""),
    )


def _audience(given: Mapping[str, str]) -> Section:
    return Section(
        "For whom",
        (
            _select(
                given,
                "audience",
                "Shown to",
                [
                    ("", "Everybody"),
                    ("organizations", "People of these organisations, when they are logged in"),
                ],
            ),
            Field(
                "organizations",
                "Organisations",
                given.get("organizations", ""),
                "textarea",
                "Their names, one a line.",
                rows=3,
            ),
        ),
    )


def _translation(given: Mapping[str, str], lang: str) -> Section:
    name = Locale.parse(lang.replace("-", "_")).get_display_name("en") or lang
    return Section(
        f"In {name}",
        (
            _text(given, f"name.{lang}", "Name"),
            _text(given, f"hint.{lang}", "Hint"),
            Field(
                f"promise.{lang}", "What happens next", given.get(f"promise.{lang}", ""), "textarea", rows=3
            ),
            Field(
                f"questions.{lang}",
                "Questions",
                given.get(f"questions.{lang}", ""),
                "textarea",
                "The same questions with as many choices, in the same order; stars and conditions are not repeated.",
                rows=4,
            ),
        ),
        "What is left empty is shown as above.",
    )


def _text(
    given: Mapping[str, str], name: str, label: str, hint: str = "", *, required: bool = False
) -> Field:
    return Field(name, label, given.get(name, ""), hint=hint, required=required)


def _select(
    given: Mapping[str, str], name: str, label: str, options: Sequence[tuple[str, str]], hint: str = ""
) -> Field:
    chosen = given.get(name, "")
    shown = tuple(Option(value, said, value == chosen) for value, said in options)
    return Field(name, label, chosen, "select", hint, options=shown, required=True)
