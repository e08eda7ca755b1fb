"""One value of a custom field compared with what a term asks for, by the type of the field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_

from rtpy.customfields.addresses import stored_range
from rtpy.customfields.brought import BroughtKind
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import FieldType
from rtpy.search.compiling.read_texts import as_moment, as_number
from rtpy.search.compiling.text import compare, compare_text
from rtpy.search.fields.field import Asking, CannotSearch
from rtpy.search.language.dates import Moment, read_date
from rtpy.search.language.tree import Operator, Term

MOST_LISTED = 200
"""Values of IN where each is a comparison of its own."""
SHORT = 255
LONGEST_DAY = timedelta(hours=25)
"""The one on which clocks are put back."""

_PARTS = (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH)
"""What asks for a part of a text."""

Compare = Callable[[Asking, Term, Any, Operator, str], ColumnElement[bool]]
"""From the term, the table of values, the operator without its negation, and one value."""


def compare_value(
    asking: Asking, term: Term, held: Any, definition: FieldDefinition, part: str = ""
) -> ColumnElement[bool]:
    """A clause over one row of `held` (CustomFieldContent or an alias): does this value fit the term, not negated?

    `part` is `content` or `large_content` to compare that column alone as text (RT's `.Content`). Days are days in
    the asker's zone. Raises CannotSearch for what is no date or address.
    """
    operator = term.operator.positive
    if part:
        column = getattr(held, part)
        return compare_text(column, operator, _texts(term) if operator is Operator.IN else str(term.value))
    kind = definition.type
    if definition.brought is not None and operator not in _PARTS:
        term = _as_kept(definition.brought, term)
    if operator is Operator.IN:
        return _one_of(asking, term, held, kind)
    return _BY_TYPE.get(kind, _text)(asking, term, held, operator, str(term.value))


def _as_kept(kind: BroughtKind, term: Term) -> Term:
    """The term with values as the plugin keeps them; what it cannot read is compared as it was written."""

    def kept(text: str) -> str:
        try:
            return kind.read(text) if text.strip() else text
        except ValueError:
            return text

    texts = tuple(kept(text) for text in _texts(term))
    return replace(term, value=texts if isinstance(term.value, tuple) else texts[0])


def whole_text(held: Any) -> ColumnElement[str]:
    """The text of a value, wherever it lies."""
    return case((held.content == "", held.large_content), else_=held.content)


def operand_value(held: Any, definition: FieldDefinition) -> tuple[ColumnElement[Any], str]:
    """A value as one side of a comparison of two fields, and what it can be compared with."""
    if definition.type == FieldType.DATETIME:
        return as_moment(held.content), "date"
    return whole_text(held), "text"


def _one_of(asking: Asking, term: Term, held: Any, kind: str) -> ColumnElement[bool]:
    texts = _texts(term)
    if kind not in _BY_TYPE:
        short = [text for text in texts if len(text) <= SHORT]
        long = [text for text in texts if len(text) > SHORT]
        clauses = [compare_text(held.content, Operator.IN, short)] if short else []
        return or_(*clauses, *([compare_text(held.large_content, Operator.IN, long)] if long else []))
    if len(texts) > MOST_LISTED:
        raise CannotSearch(
            f"{term.name.head} takes at most {MOST_LISTED} values in a list here.", term.column
        )
    return or_(*(_BY_TYPE[kind](asking, term, held, Operator.EQUALS, text) for text in texts))


def _texts(term: Term) -> list[str]:
    return [str(each) for each in term.value] if isinstance(term.value, tuple) else [str(term.value)]


def _text(asking: Asking, term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    if operator is Operator.EQUALS:
        return compare_text(held.content if len(text) <= SHORT else held.large_content, operator, text)
    if operator in (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH):
        long = and_(held.content == "", compare_text(held.large_content, operator, text))
        return or_(compare_text(held.content, operator, text), long) if text else false()
    number = _number(text)
    if number is not None:
        return compare(as_number(held.content), operator, number)
    return compare(func.lower(whole_text(held)), operator, text.lower())


def _number(text: str) -> float | None:
    plain = text.strip().removeprefix("-")
    whole, _, rest = plain.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))):
        return None
    return float(text) if len(text) <= SHORT else None


def _day(asking: Asking, term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    if operator in (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH):
        return compare_text(held.content, operator, text)
    moment = _moment(asking, term, text)
    if operator is Operator.EQUALS:
        first, beyond = moment.span
        last = _local_day(asking, beyond - timedelta(seconds=1))
        return and_(held.content >= _local_day(asking, first), held.content <= last)
    return compare(held.content, operator, _local_day(asking, moment.start))


def _local_day(asking: Asking, at: datetime) -> str:
    return at.astimezone(asking.zone).date().isoformat()


def _instant(asking: Asking, term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    if operator in (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH):
        return compare_text(held.content, operator, text)
    moment = _moment(asking, term, text)
    first, beyond = moment.span
    is_whole = moment.end is not None or beyond - first > LONGEST_DAY
    if operator is Operator.EQUALS and is_whole:
        return and_(held.content >= _stored(first), held.content < _stored(beyond))
    return compare(held.content, operator, _stored(moment.start))


def _moment(asking: Asking, term: Term, text: str) -> Moment:
    try:
        return read_date(text, now=asking.work.now, zone=asking.zone)
    except ValueError as error:
        raise CannotSearch(str(error), term.column) from None


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _address(asking: Asking, term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    if operator in (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH):
        return _like_address(term, held, operator, text)
    first, last = _range_of(term, text)
    edge = last if operator in (Operator.AT_MOST, Operator.GREATER) else first
    if operator is Operator.EQUALS and first != last:
        return and_(_same_kind(held, first), held.content.between(first, last))
    return and_(_same_kind(held, first), compare(held.content, operator, edge))


def _overlap(asking: Asking, term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    if operator in (Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH):
        return _like_address(term, held, operator, text)
    first, last = _range_of(term, text)
    end = case((held.large_content == "", held.content), else_=held.large_content)
    fits = {
        Operator.EQUALS: and_(held.content <= last, end >= first),
        Operator.LESS: end < first,
        Operator.AT_MOST: end <= last,
        Operator.GREATER: held.content > last,
        Operator.AT_LEAST: held.content >= first,
    }
    return and_(_same_kind(held, first), fits[operator])


def _like_address(term: Term, held: Any, operator: Operator, text: str) -> ColumnElement[bool]:
    """A part of an address: `10.0.` are whole numbers between points, as they are stored."""
    wanted = text.strip()
    if ":" not in wanted and any(sign == "." for sign in wanted):
        numbers = wanted.split(".")
        if not all(each == "" or (each.isascii() and each.isdigit() and len(each) <= 3) for each in numbers):
            raise CannotSearch(f"“{text[:60]}” is no part of an IP address.", term.column)
        wanted = ".".join(each.zfill(3) if each else "" for each in numbers)
    return compare_text(held.content, operator, wanted)


def _range_of(term: Term, text: str) -> tuple[str, str]:
    try:
        return stored_range(text)
    except ValueError:
        raise CannotSearch(
            f"“{text[:60]}” is neither an IP address nor a range of them: write 192.0.2.10, 192.0.2.0/24 or "
            "192.0.2.10-192.0.2.20.",
            term.column,
        ) from None


def _same_kind(held: Any, stored: str) -> ColumnElement[bool]:
    """Of IPv4 or of IPv6, like this one: their stored forms have lengths of their own."""
    return func.length(held.content) == len(stored)


_BY_TYPE: dict[str, Compare] = {
    FieldType.DATE: _day,
    FieldType.DATETIME: _instant,
    FieldType.IP_ADDRESS: _address,
    FieldType.IP_ADDRESS_RANGE: _overlap,
}
