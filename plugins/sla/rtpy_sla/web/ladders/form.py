"""The form of a ladder: what was typed becomes plain values, and plain values become fields."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rtpy.duration import read_minutes
from rtpy.web.forms import Field, Option
from rtpy_sla.escalation.ladders import new_key
from rtpy_sla.ladder.labels import DEEDS, TARGETS, span_label
from rtpy_sla.ladder.step import DEEDS_LIMIT, STEPS_LIMIT

PERCENT, BEFORE, AFTER = "percent", "before", "after"
UNITS = {PERCENT: "% of the time", BEFORE: "before it is due", AFTER: "after it was due"}
CONDITIONS = {
    "unowned": "Nobody owns the ticket",
    "first_status": "The status was never changed",
    "unanswered": "The customer's last message is not answered",
}
BLANK_DEEDS = 2
Wrong = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One step as the form shows it; `number` counts from 1."""

    number: int
    key_name: str
    key: str
    title: str
    when: tuple[Field, ...]
    who: tuple[Field, ...]
    deeds: tuple[tuple[Field, Field], ...]
    error: str


def typed_steps(given: Mapping[str, str], all_of: Callable[[str], Sequence[str]]) -> list[dict[str, Any]]:
    """The steps of a posted form as plain values; what cannot be read stays as it was typed, to be refused.

    `all_of` gives all texts of a field.
    """
    places = sorted(
        int(found[1]) for name in given if (found := re.fullmatch(r"steps\.(\d{1,3})\.key", name))
    )
    return [_typed_step(given, f"steps.{place}", all_of) for place in places[: STEPS_LIMIT + 1]]


def typed_quiet(given: Mapping[str, str]) -> dict[str, Any]:
    """The quiet hours of a posted form as plain values; empty when none were typed."""
    start, end = given.get("quiet.from", "").strip(), given.get("quiet.to", "").strip()
    if not (start or end):
        return {}
    return {"from": start, "to": end, "from_priority": given.get("quiet.from_priority", "").strip() or None}


def blank_step() -> dict[str, Any]:
    """What *Add a step* adds."""
    return {"key": new_key(), "percent": 75, "do": [{"kind": "notify_owner"}]}


def rows_of(steps: Sequence[Mapping[str, Any]], wrong: Wrong) -> tuple[Row, ...]:
    """The steps as rows of the form, with what is wrong beside each field."""
    return tuple(_row(place, step, wrong) for place, step in enumerate(steps))


def basics(name: str, description: str, *, disabled: bool, wrong: Wrong) -> tuple[Field, ...]:
    """What the ladder is called."""
    return (
        Field("name", "Name", name, required=True, error=wrong.get("name", "")),
        Field("description", "Description", description, "textarea", rows=2),
        Field("disabled", "Switched off: no clock takes its steps", "1", "checkbox", checked=disabled),
    )


def quiet_fields(quiet: Mapping[str, Any], wrong: Wrong) -> tuple[Field, ...]:
    """The hours in which mails wait."""

    def field(name: str, label: str, placeholder: str) -> Field:
        value = quiet.get(name)
        return Field(
            f"quiet.{name}",
            label,
            "" if value is None else str(value),
            placeholder=placeholder,
            error=wrong.get(f"quiet.{name}", ""),
        )

    return (
        field("from", "From", "22:00"),
        field("to", "To", "07:00"),
        field("from_priority", "Not from priority", "80"),
    )


def _typed_step(given: Mapping[str, str], at: str, all_of: Callable[[str], Sequence[str]]) -> dict[str, Any]:
    step: dict[str, Any] = {"key": given.get(f"{at}.key", "")[:40] or new_key()}
    unit = given.get(f"{at}.unit", PERCENT)
    step.update(_typed_when(given.get(f"{at}.when", "").strip(), unit if unit in UNITS else PERCENT))
    targets = [each for each in all_of(f"{at}.targets") if each]
    if targets:
        step["targets"] = targets
    asked: dict[str, Any] = {name: True for name in CONDITIONS if given.get(f"{at}.{name}") == "1"}
    priority = given.get(f"{at}.priority", "").strip()
    if priority:
        asked["priority"] = priority
    if asked:
        step["if"] = asked
    step["do"] = [
        {"kind": kind, "value": given.get(f"{at}.do.{place}.value", "").strip()}
        for place in range(DEEDS_LIMIT + BLANK_DEEDS)
        if (kind := given.get(f"{at}.do.{place}.kind", ""))
    ]
    return step


def _typed_when(text: str, unit: str) -> dict[str, Any]:
    if unit == PERCENT:
        return {"percent": text.removesuffix("%").strip()}
    try:
        minutes = read_minutes(text)
    except ValueError:
        return {"seconds": text, "unit": unit}
    return {"seconds": -60 * minutes if unit == BEFORE else 60 * minutes, "unit": unit}


def _row(place: int, step: Mapping[str, Any], wrong: Wrong) -> Row:
    at = f"steps.{place}"
    number, unit = _shown_when(step)
    chosen = set(step.get("targets") or ())
    asked = step.get("if") or {}
    when = (
        Field(
            f"{at}.when",
            "When",
            number,
            required=True,
            placeholder="75, 30m or 2h",
            error=wrong.get(f"{at}.when", ""),
        ),
        Field(
            f"{at}.unit",
            "Counted as",
            unit,
            "select",
            required=True,
            options=tuple(Option(value, text, value == unit) for value, text in UNITS.items()),
        ),
        Field(
            f"{at}.targets",
            "Only for these targets",
            "",
            "select",
            multiple=True,
            options=tuple(Option(each.value, text, each.value in chosen) for each, text in TARGETS.items()),
            error=wrong.get(f"{at}.targets", ""),
        ),
    )
    who = (
        *(
            Field(f"{at}.{name}", text, "1", "checkbox", checked=bool(asked.get(name)))
            for name, text in CONDITIONS.items()
        ),
        Field(
            f"{at}.priority",
            "Priority at least",
            str(asked.get("priority", "")),
            error=wrong.get(f"{at}.priority", ""),
        ),
    )
    does = list(step.get("do") or ())
    blank = min(BLANK_DEEDS, max(DEEDS_LIMIT - len(does), 0))
    deeds = tuple(
        _deed(f"{at}.do.{each}", does[each] if each < len(does) else {}, wrong)
        for each in range(len(does) + blank)
    )
    error = wrong.get(at, "") or wrong.get(f"{at}.do", "") or wrong.get(f"{at}.key", "")
    return Row(place + 1, f"{at}.key", str(step.get("key", "")), _title(step), when, who, deeds, error)


def _deed(at: str, deed: Mapping[str, Any], wrong: Wrong) -> tuple[Field, Field]:
    kind = str(deed.get("kind", ""))
    options = (Option("", "–", not kind), *(Option(each, text, each == kind) for each, text in DEEDS.items()))
    return (
        Field(f"{at}.kind", "Action", kind, "select", options=options),
        Field(f"{at}.value", "With", str(deed.get("value", "")), error=wrong.get(at, "")),
    )


def _shown_when(step: Mapping[str, Any]) -> tuple[str, str]:
    if step.get("seconds") is None:
        return str(step.get("percent", "")), PERCENT
    seconds = step["seconds"]
    if not isinstance(seconds, int):
        return str(seconds), str(step.get("unit", AFTER))
    unit = BEFORE if seconds < 0 else str(step.get("unit", AFTER))
    return span_label(abs(seconds)).replace(" h", "h").replace(" min", "m").replace(" ", ""), unit


def _title(step: Mapping[str, Any]) -> str:
    number, unit = _shown_when(step)
    return f"at {number} %" if unit == PERCENT else f"{number} {UNITS[unit]}"
