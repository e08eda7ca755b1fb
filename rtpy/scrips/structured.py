"""Structured rules: conditions put together in a form, lines of fact, comparison and value, nested once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rtpy.errors import Invalid, Problem
from rtpy.mail.fields import read_field
from rtpy.mail.occasion import Occasion
from rtpy.scrips.expression import like
from rtpy.scrips.facts import FACTS, Kind, Value, fact_of, nearest, people_in_role

FIELD, ROLE = "field:", "role:"
"""Before the name of a custom field or of a role, where the name of a fact could stand."""
MOST_LINES = 40

_TEXT_WORDS = (
    "is", "is not", "contains", "does not contain", "begins with", "ends with", "fits", "is one of",
    "is none of", "is empty", "is not empty",
)  # fmt: skip
COMPARISONS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: _TEXT_WORDS,
    Kind.NUMBER: ("is", "is not", "is more than", "is less than", "is at least", "is at most",
                  "is empty", "is not empty"),
    Kind.LIST: ("has", "has not", "has one that fits", "has none that fits", "is empty", "is not empty"),
    Kind.FLAG: ("is true", "is not true"),
}  # fmt: skip
WITHOUT_VALUE = frozenset({"is empty", "is not empty", "is true", "is not true"})


@dataclass(frozen=True, slots=True)
class Test:
    """One line: is the fact so?"""

    fact: str
    comparison: str
    value: str = ""

    @property
    def kind(self) -> Kind:
        """What sort of value it looks at; custom fields and roles are lists."""
        return FACTS[self.fact].kind if self.fact in FACTS else Kind.LIST


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Tests of which `all` or `any` must hold, and parts of the same kind (which have no parts themselves)."""

    join: str
    tests: tuple[Test, ...]
    parts: tuple["RuleSet", ...] = ()


def refusal(rules: RuleSet, occasion: Occasion) -> str | None:
    """None when they hold, else the first reason why not, in words."""
    reasons = [_test(each, occasion) for each in rules.tests] + [
        refusal(part, occasion) for part in rules.parts
    ]
    failed = [reason for reason in reasons if reason is not None]
    if rules.join == "all":
        return failed[0] if failed else None
    return None if len(failed) < len(reasons) else "; ".join(failed[:3])


def write_rules(rules: RuleSet) -> str:
    """The argument of the condition kind Rules."""
    return json.dumps(_plain(rules), ensure_ascii=False)


@lru_cache(maxsize=512)
def read_rules(argument: str) -> RuleSet:
    """The opposite of `write_rules`. Raises Invalid that says which line is wrong and what would help."""
    try:
        given = json.loads(argument or "{}")
    except (ValueError, RecursionError):
        raise _wrong("The rules cannot be read: they are not JSON.") from None
    rules = _read(given, nested=False)
    lines = len(rules.tests) + sum(len(part.tests) for part in rules.parts)
    if not lines:
        raise _wrong("There is no rule: choose what to look at, how to compare, and a value.")
    if lines > MOST_LINES:
        raise _wrong(f"These are more than {MOST_LINES} lines: use two scrips.")
    return rules


def names_in_rules(rules: RuleSet) -> frozenset[str]:
    """The facts, `field:NAME` and `role:NAME` that they look at."""
    found = {test.fact for test in rules.tests}
    for part in rules.parts:
        found |= names_in_rules(part)
    return frozenset(found)


def in_words(rules: RuleSet) -> str:
    """The rules as one sentence for lists."""
    words = [f"{test.fact} {test.comparison} {test.value}".strip() for test in rules.tests]
    words += [f"({in_words(part)})" for part in rules.parts]
    return (" and " if rules.join == "all" else " or ").join(words)


def _read(given: object, *, nested: bool) -> RuleSet:
    if not isinstance(given, dict) or not set(given) <= {"join", "tests", "parts"}:
        raise _wrong("The rules cannot be read: write join, tests and parts.")
    join = given.get("join", "all")
    if join not in ("all", "any"):
        raise _wrong(f"“{join}” joins nothing: choose all or any.")
    if nested and given.get("parts"):
        raise _wrong("Rules can be nested once only.")
    tests, parts = given.get("tests", []), given.get("parts", [])
    if not isinstance(tests, list) or not isinstance(parts, list):
        raise _wrong("The rules cannot be read: tests and parts are lists.")
    read = tuple(_read_test(number, each) for number, each in enumerate(tests, start=1))
    inner = tuple(_read(part, nested=True) for part in parts)
    if any(not part.tests for part in inner):
        raise _wrong("A part of the rules is empty: fill it in or leave it out.")
    return RuleSet(join, read, inner)


def _read_test(number: int, given: object) -> Test:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise _wrong(f"Line {number} cannot be read.")
    test = Test(given.get("fact", ""), given.get("comparison", ""), given.get("value", "").strip()[:1000])
    if test.fact not in FACTS and not test.fact.startswith((FIELD, ROLE)):
        raise _wrong(f"Line {number}: there is no fact “{test.fact}”.{nearest(test.fact)}")
    known = COMPARISONS[test.kind]
    if test.comparison not in known:
        raise _wrong(
            f"Line {number}: {test.fact} cannot be compared with “{test.comparison}”: choose of {', '.join(known)}."
        )
    if not test.value and test.comparison not in WITHOUT_VALUE:
        raise _wrong(
            f"Line {number}: {test.fact} {test.comparison} … what? Give a value, or choose “is empty”."
        )
    if test.kind is Kind.NUMBER and test.comparison not in WITHOUT_VALUE:
        _number(number, test)
    return test


def _number(number: int, test: Test) -> float:
    try:
        return float(test.value)
    except ValueError:
        raise _wrong(f"Line {number}: “{test.value}” is no number, and {test.fact} is one.") from None


def _wrong(sentence: str) -> Invalid:
    return Invalid(Problem("rules", sentence))


def _plain(rules: RuleSet) -> dict[str, Any]:
    return {
        "join": rules.join,
        "tests": [
            {"fact": test.fact, "comparison": test.comparison, "value": test.value} for test in rules.tests
        ],
        "parts": [_plain(part) for part in rules.parts],
    }


def _test(test: Test, occasion: Occasion) -> str | None:
    value = _value(test.fact, occasion)
    if _compare(test, value):
        return None
    shown = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"{test.fact} is “{shown[:80]}”, so it is not true that it {test.comparison} {test.value}".strip()


def _value(fact: str, occasion: Occasion) -> Value:
    if fact.startswith(ROLE):
        return people_in_role(occasion, fact.removeprefix(ROLE))
    if fact.startswith(FIELD):
        found = read_field(occasion, fact.removeprefix(FIELD))
        return found if isinstance(found, list) else [found] if found else []
    return fact_of(occasion, fact)


def _compare(test: Test, value: Value) -> bool:
    if test.comparison == "is empty":
        return value is None or value == "" or value == []
    if test.comparison == "is not empty":
        return not (value is None or value == "" or value == [])
    if test.kind is Kind.FLAG:
        return bool(value) is (test.comparison == "is true")
    if test.kind is Kind.NUMBER:
        return _compare_numbers(test, value)
    if isinstance(value, list):
        fits = test.comparison.endswith("fits")
        found = any(like(each, test.value) if fits else _same(each, test.value) for each in value)
        return found is (test.comparison in ("has", "has one that fits"))
    return _compare_texts(test, str(value or ""))


def _compare_numbers(test: Test, value: Value) -> bool:
    if not isinstance(value, int | float):
        return test.comparison == "is not"
    wanted = float(test.value)
    return {
        "is": value == wanted,
        "is not": value != wanted,
        "is more than": value > wanted,
        "is less than": value < wanted,
        "is at least": value >= wanted,
        "is at most": value <= wanted,
    }[test.comparison]


def _compare_texts(test: Test, value: str) -> bool:
    text, wanted = value.casefold(), test.value.casefold()
    listed = [each.strip() for each in wanted.split(",")]
    match test.comparison:
        case "is":
            return text == wanted
        case "is not":
            return text != wanted
        case "contains":
            return wanted in text
        case "does not contain":
            return wanted not in text
        case "begins with":
            return text.startswith(wanted)
        case "ends with":
            return text.endswith(wanted)
        case "fits":
            return like(text, wanted)
        case "is one of":
            return text in listed
        case _:
            return text not in listed


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
