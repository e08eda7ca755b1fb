"""Questions of a topic: a choice where a guess would be rude, or a line of text; written and read as plain text.

    Which device? * = Laptop | Phone | Printer
    Which printer?
      only if Which device? is Printer

A star asks for an answer; without choices it is a line of text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rtpy.errors import Invalid, Problem

MOST, MOST_CHOICES, LONGEST = 12, 40, 200
_ONLY_IF = re.compile(r"only if\s+(.+?)\s+is\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `after` and `being` are the numbers of an earlier question and of its choice, from 0."""

    label: str
    choices: tuple[str, ...] = ()
    required: bool = False
    after: int | None = None
    being: int | None = None


def read_questions(text: str, field: str = "questions") -> tuple[Question, ...]:
    """The questions that a text means. Raises Invalid."""
    found: list[Question] = []
    for line in filter(None, (" ".join(each.replace("\x00", "").split()) for each in text.splitlines())):
        condition = _ONLY_IF.fullmatch(line)
        if condition is None:
            found.append(_question(line, field))
            continue
        if not found or found[-1].after is not None:
            raise _wrong(field, line, "a condition stands alone below its question")
        after, being = _condition(found[:-1], condition[1], condition[2], line, field)
        found[-1] = replace(found[-1], after=after, being=being)
    if len(found) > MOST:
        raise Invalid(Problem(field, f"Ask at most {MOST} questions: people answer few of many."))
    if len({each.label.lower() for each in found}) < len(found):
        raise Invalid(Problem(field, "Two questions are the same."))
    return tuple(found)


def write_questions(questions: Sequence[Question]) -> str:
    """The text that `read_questions` reads."""
    lines = []
    for each in questions:
        star, choices = (
            " *" if each.required else "",
            " = " + " | ".join(each.choices) if each.choices else "",
        )
        lines.append(f"{each.label}{star}{choices}")
        if each.after is not None and each.being is not None:
            other = questions[each.after]
            lines.append(f"  only if {other.label} is {other.choices[each.being]}")
    return "\n".join(lines)


def plain(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """As the database keeps them."""
    return [
        {
            "label": each.label,
            "choices": list(each.choices),
            "required": each.required,
            "after": each.after,
            "being": each.being,
        }
        for each in questions
    ]


def stored(rows: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """From the database."""
    return tuple(
        Question(row["label"], tuple(row["choices"]), row["required"], row["after"], row["being"])
        for row in rows
    )


def read_translation(
    questions: Sequence[Question], text: str, field: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Labels and choices in another language, in the same order; nothing for an empty text. Raises Invalid."""
    said = [(each.label, each.choices) for each in read_questions(text, field)]
    if not said:
        return ()
    if [len(choices) for _, choices in said] != [len(each.choices) for each in questions]:
        sentence = "Write the same questions with as many choices each, in the same order."
        raise Invalid(Problem(field, sentence))
    return tuple(said)


def write_translation(said: Sequence[Sequence[Any]]) -> str:
    """The text that `read_translation` reads."""
    return "\n".join(f"{label} = {' | '.join(choices)}" if choices else str(label) for label, choices in said)


def _question(line: str, field: str) -> Question:
    label, equals, listed = line.partition(" = ")
    label = label.strip()
    required = label.endswith("*")
    label = label.removesuffix("*").strip()
    choices = tuple(filter(None, (each.strip() for each in listed.split("|"))))
    if not label or len(label) > LONGEST or any(len(each) > LONGEST for each in choices):
        raise _wrong(field, line, f"a question and a choice have 1 to {LONGEST} characters")
    if equals and not 2 <= len(choices) <= MOST_CHOICES:
        raise _wrong(field, line, f"write 2 to {MOST_CHOICES} choices with | between them")
    return Question(label, choices, required)


def _condition(
    earlier: Sequence[Question], label: str, choice: str, line: str, field: str
) -> tuple[int, int]:
    for number, each in enumerate(earlier):
        names = [name.lower() for name in each.choices]
        if each.label.lower() == label.lower() and choice.lower() in names:
            return number, names.index(choice.lower())
    raise _wrong(field, line, "no question above it has this choice")


def _wrong(field: str, line: str, why: str) -> Invalid:
    return Invalid(Problem(field, f"“{line[:60]}”: {why}."))
