"""The settings of a custom field as a form, and back."""

from collections.abc import Mapping
from html import escape

from pyramid.request import Request

from rtpy.changes.customfields.defining import FieldSettings, canonicalizer_names
from rtpy.customfields.brought import all_types
from rtpy.customfields.kinds import LOOKUPS, RENDER_TYPES
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html

PATTERNS = (
    ("(?#Mandatory).", "must have a value"),
    (r"(?#Digits)^[\d.]*$", "digits and points, or nothing"),
    (r"(?#Year)^([12]\d{3})?$", "a year, or nothing"),
)
NUMBERS = ("max_values", "sort_order")
TICKS = ("unique_values", "disabled")


def read_settings(given: Mapping[str, str], present: FieldSettings) -> FieldSettings:
    """What a posted form says; what it does not hold stays. Raises Invalid for a number that is none."""
    values: dict[str, object] = {}
    problems = []
    for name in present.__dataclass_fields__:
        if name in TICKS:
            values[name] = given.get(name) == "1"
        elif name not in given:
            values[name] = getattr(present, name)
        elif name in NUMBERS:
            typed = given[name].strip() or ("1" if name == "max_values" else "0")
            if typed.removeprefix("-").isascii() and typed.removeprefix("-").isdigit() and len(typed) < 8:
                values[name] = int(typed)
            else:
                problems.append(Problem(name, f"“{typed[:20]}” is not a whole number."))
        elif name == "based_on_id":
            chosen = given[name]
            values[name] = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
        else:
            values[name] = given[name]
    if problems:
        raise Invalid(*problems)
    return FieldSettings(**values)  # type: ignore[arg-type]  # by the names of its own fields


def settings_form(
    request: Request, shown: FieldSettings, given: Mapping[str, str], field_id: int | None
) -> list[Section]:
    """The sections of the form; `given` is what was typed and could not be saved."""

    def typed(name: str) -> str:
        present = getattr(shown, name)
        return given.get(name, "" if present is None else str(present))

    def text(name: str, label: str, hint: str = "", **more: object) -> Field:
        return Field(name, label, typed(name), hint=hint, autocomplete="off", **more)  # type: ignore[arg-type]

    def select(name: str, label: str, options: list[tuple[str, str]], hint: str = "") -> Field:
        chosen = typed(name)
        made = tuple(Option(value, words, value == chosen) for value, words in options)
        return Field(name, label, chosen, "select", hint, options=made, required=True)

    def tick(name: str, label: str, hint: str = "") -> Field:
        on = given.get(name) == "1" if given else bool(getattr(shown, name))
        return Field(name, label, "1", "checkbox", hint, checked=on)

    ways = dict.fromkeys(way for kinds in RENDER_TYPES.values() for way in kinds)
    bases = [
        (str(each.id), f"{each.name} ({LOOKUPS[each.lookup].label.lower()})")
        for each in all_fields(request.app, request.db).values()
        if each.facts.has_choices and each.id != field_id and not each.disabled
    ]
    rewriting = [("", "none"), *((name, name) for name in canonicalizer_names(request.work))]
    patterns = "; ".join(f"{pattern} – {words}" for pattern, words in PATTERNS)
    return [
        Section(
            "What it is",
            (
                text("name", "Name", "As people read it beside the value.", required=True),
                select(
                    "type",
                    "Kind of value",
                    _types(request, shown.type),
                    "What each kind is good for stands beside this form.",
                ),
                text(
                    "max_values",
                    "How many values",
                    "1: one. Another number: up to so many. 0: any number.",
                    kind="number",
                    required=True,
                ),
                select("lookup", "Stands on", [(name, facts.label) for name, facts in LOOKUPS.items()]),
                text(
                    "description",
                    "What it is for",
                    "Shown to who points at its name.",
                    kind="textarea",
                    rows=2,
                ),
                text("grouping", "Heading", "Fields with the same heading stand together in one box."),
            ),
        ),
        Section(
            "How it is entered",
            (
                select(
                    "render_type",
                    "Shown as",
                    [("", "the usual way"), *((way, way) for way in ways)],
                    "For choices from a list only. Checkbox: of two values the first is off, the second on.",
                ),
                text("entry_hint", "Hint below the label", "Such as: on the sticker at the back."),
                select(
                    "based_on_id",
                    "Its choices depend on",
                    [("", "nothing"), *bases],
                    "Then a value's category says with which value of that field it goes.",
                ),
                text("sort_order", "Order", "Small numbers come first.", kind="number"),
            ),
        ),
        Section(
            "What it takes",
            (
                text(
                    "pattern",
                    "Pattern",
                    "A regular expression that each value must fit. Nothing is tried too: a pattern that does not fit "
                    f"an empty text makes the field mandatory. Ready-made: {patterns}.",
                ),
                text(
                    "validation_hint",
                    "What the pattern asks for, in words",
                    "Such as: two letters, then digits.",
                ),
                tick("unique_values", "No two may have the same value"),
                select("canonicalizer", "Rewrite values before they are kept", rewriting),
            ),
        ),
        Section(
            "How it is shown",
            (
                text(
                    "link_template",
                    "Value leads to",
                    "An address with __CustomField__ for the value and __id__ for the number of the ticket, such as "
                    "https://wiki.example.com/asset/__CustomField__.",
                ),
                text(
                    "include_template",
                    "More about a value",
                    "A second address, offered as “more” after the value.",
                ),
                *(
                    (tick("disabled", "Switched off: nobody sees it; what it holds is kept"),)
                    if field_id
                    else ()
                ),
            ),
        ),
    ]


def _types(request: Request, present: str) -> list[tuple[str, str]]:
    """What a field can be; a kind stays what it is while its plugin is not listed."""
    types = all_types(request.app.named("rtpy_custom_field_kinds"))
    missing = [] if present in types else [(present, f"{present}, of a plugin that is not listed")]
    return [*((name, facts.label) for name, facts in types.items()), *missing]


def kinds_explained(request: Request) -> Html:
    """Each type and what it is good for, for the side of the page."""
    types = all_types(request.app.named("rtpy_custom_field_kinds"))
    lines = "".join(
        f"<dt>{escape(facts.label)}</dt><dd>{escape(facts.help)}</dd>" for facts in types.values()
    )
    return Html(
        '<section class="card"><header class="card-head"><h2>Kinds of values</h2></header>'
        f'<dl class="card-body facts">{lines}</dl></section>'
    )
