"""Values as typed made into values as stored: the one place that knows every type's form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from rtpy.content.part import Part
from rtpy.content.sanitize import clean_html
from rtpy.customfields.addresses import stored_address, stored_range
from rtpy.customfields.brought import BroughtKind
from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.matching import BadPattern, TooLong, comment_of, compile_pattern
from rtpy.errors import Problem

SHORT = 255
"""Characters of a value that the index holds; longer ones lie in `large`."""
LONGEST = 1_000_000
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

Canonicalizer = Callable[[str], str]
"""Rewrites one value before it is checked, such as to upper case."""

CANONICALIZERS: dict[str, Canonicalizer] = {"Uppercase": str.upper, "Lowercase": str.lower}
"""Those of the core; plugins bring more by `rtpy_canonicalizers`."""

Given = str | Part
"""A value as somebody gave it: text, or an uploaded file."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read: by which clock dates are meant, and the canonicalizers that there are."""

    zone: tzinfo = UTC
    canonicalizers: Mapping[str, Canonicalizer] = field(default_factory=lambda: CANONICALIZERS)


class Unfit(ValueError):
    """A value that the field does not take; the text is a whole sentence for who gave it."""


def read_values(
    definition: FieldDefinition,
    given: Sequence[Given],
    reading: Reading,
    *,
    base: Sequence[str] | None = None,
) -> tuple[list[FieldValue], list[Problem]]:
    """What is to be stored, each value once, and all that is wrong with what was given.

    Empty texts are no values (RT). Of files the bytes are not stored yet: `sha256` is empty, and the files stand in
    the same order as the values. `base` are the values of the field that this one is based on, None when unknown.
    """
    found: dict[tuple[str, str, str | None], FieldValue] = {}
    problems: list[Problem] = []
    for each in given:
        try:
            value = read_value(definition, each, reading)
        except Unfit as unfit:
            problems.append(Problem(definition.input_name, str(unfit)))
            continue
        if value is None:
            continue
        if not definition.facts.is_file:
            found.setdefault(value.key, value)
        else:
            found[(value.content, str(len(found)), None)] = value
    values = list(found.values())
    if not problems:
        problems = [Problem(definition.input_name, sentence) for sentence in check_values(definition, values)]
    if not problems and base is not None:
        problems = _check_base(definition, values, base)
    return values, problems


def read_value(definition: FieldDefinition, given: Given, reading: Reading) -> FieldValue | None:
    """One value in its stored form, None for an empty one. Raises Unfit."""
    if definition.facts.is_file:
        return _file(definition, given)
    if isinstance(given, Part):
        raise Unfit(f"{definition.name} takes text, not a file.")
    text = given.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip("\n") if definition.facts.is_long else " ".join(text.split())
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise Unfit(f"{definition.name} takes at most {LONGEST:,} characters.")
    rewrite = reading.canonicalizers.get(definition.canonicalizer)
    if rewrite is not None and definition.facts.is_canonicalized:
        text = rewrite(text)
    if definition.brought is not None:
        return FieldValue(_as_brought(definition, definition.brought, text))
    read = _READERS.get(definition.type)
    return read(definition, text, reading) if read else stored_text(text)


def check_values(definition: FieldDefinition, values: Sequence[FieldValue]) -> list[str]:
    """Sentences about what is wrong with these values as a whole: too many, or not as the pattern says.

    The pattern is tried on nothing too, when there is no value: that is how a field is mandatory (RT).
    """
    if definition.max_values and len(values) > definition.max_values:
        many = "one value" if definition.is_single else f"at most {definition.max_values} values"
        return [f"{definition.name} takes {many}, not {len(values)}."]
    if not definition.pattern:
        return []
    if not values:
        return [f"{definition.name} is needed: {_hint(definition)}."] if is_mandatory(definition) else []
    return [
        f"{definition.name}: “{text[:80]}” does not fit. What is asked for: {_hint(definition)}."
        for text in (value.large or value.content for value in values)
        if not _fits(definition, text)
    ]


def is_mandatory(definition: FieldDefinition) -> bool:
    """Must there be a value? True when the pattern does not fit an empty text."""
    return bool(definition.pattern) and not _fits(definition, "")


def stored_text(text: str) -> FieldValue:
    """A text as stored: a long one in `large` alone."""
    return FieldValue(text) if len(text) <= SHORT else FieldValue("", text)


def _fits(definition: FieldDefinition, text: str) -> bool:
    try:
        return compile_pattern(definition.pattern).fits(text)
    except BadPattern:
        return True  # an import brought it: nobody is locked out by it, the page of the field says so
    except TooLong:
        return False


def _hint(definition: FieldDefinition) -> str:
    hint = definition.validation_hint or comment_of(definition.pattern)
    if hint.casefold() == "mandatory":
        return "give it a value"
    return (hint or f"a value that fits the pattern “{definition.pattern}”").rstrip(".")


def _check_base(
    definition: FieldDefinition, values: Sequence[FieldValue], base: Sequence[str]
) -> list[Problem]:
    if definition.based_on_id is None or definition.type != FieldType.SELECT:
        return []
    known = {text.casefold() for text in base}
    wrong = []
    for value in values:
        choice = definition.choice(value.content)
        if choice is not None and choice.category and choice.category.casefold() not in known:
            wrong.append(
                f"{definition.name}: “{choice.name}” goes with {choice.category} only. Choose another value."
            )
    return [Problem(definition.input_name, sentence) for sentence in wrong]


def _file(definition: FieldDefinition, given: Given) -> FieldValue | None:
    if not isinstance(given, Part):
        if given.strip():
            raise Unfit(f"{definition.name} takes an uploaded file, not text.")
        return None
    if definition.type == FieldType.IMAGE and given.content_type not in PICTURES:
        raise Unfit(f"{definition.name} takes a picture: PNG, JPEG, GIF or WebP.")
    name = (given.filename or "file")[:SHORT]
    return FieldValue(name, content_type=given.content_type[:SHORT], size=len(given.data))


def _as_brought(definition: FieldDefinition, kind: BroughtKind, text: str) -> str:
    try:
        kept = kind.read(text)
    except ValueError as wrong:
        raise Unfit(f"{definition.name}: {wrong}") from None
    if not kept or len(kept) > SHORT:
        raise Unfit(f"{definition.name}: “{text[:40]}” cannot be kept: it takes 1 to {SHORT} characters.")
    return kept


def _choice(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    choice = definition.choice(text)
    if choice is None:
        offered = ", ".join(each.name for each in definition.choices[:8]) or "nothing yet"
        more = ", …" if len(definition.choices) > 8 else ""
        raise Unfit(f"{definition.name} does not offer “{text[:80]}”. It offers {offered}{more}.")
    return FieldValue(choice.name)


def _listed(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    choice = definition.choice(text)
    return stored_text(choice.name if choice else text)


def _html(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue | None:
    clean = clean_html(text, images=lambda _: None)
    return stored_text(clean) if clean.strip() else None


def _day(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    try:
        return FieldValue(date.fromisoformat(text[:10]).isoformat())
    except ValueError:
        raise Unfit(f"{definition.name}: “{text[:40]}” is not a day. Write it as 2026-03-31.") from None


def _moment(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    try:
        at = datetime.fromisoformat(text)
        aware = at if at.tzinfo else at.replace(tzinfo=reading.zone)
        return FieldValue(aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    except (ValueError, OverflowError):
        sentence = f"{definition.name}: “{text[:40]}” is not a moment. Write it as 2026-03-31 17:00."
        raise Unfit(sentence) from None


def _address(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    try:
        return FieldValue(stored_address(text))
    except ValueError:
        sentence = (
            f"{definition.name}: “{text[:60]}” is not an IP address, such as 192.0.2.10 or 2001:db8::10."
        )
        raise Unfit(sentence) from None


def _range(definition: FieldDefinition, text: str, reading: Reading) -> FieldValue:
    try:
        return FieldValue(*stored_range(text))
    except ValueError:
        raise Unfit(
            f"{definition.name}: “{text[:60]}” is not a range of addresses. Write 192.0.2.0/24 or "
            "192.0.2.10-192.0.2.20."
        ) from None


_READERS: dict[str, Callable[[FieldDefinition, str, Reading], FieldValue | None]] = {
    FieldType.SELECT: _choice,
    FieldType.COMBOBOX: _listed,
    FieldType.AUTOCOMPLETE: _listed,
    FieldType.HTML: _html,
    FieldType.DATE: _day,
    FieldType.DATETIME: _moment,
    FieldType.IP_ADDRESS: _address,
    FieldType.IP_ADDRESS_RANGE: _range,
}
