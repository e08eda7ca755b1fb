"""The few things that a topic asks beside the text: custom fields of its queue, and questions of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from rtpy.changes.customfields.checking import GivenFields
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.parsing import is_mandatory
from rtpy.errors import Problem
from rtpy.fields.definitions import fields_for
from rtpy.work import Work
from rtpy_portal.asking.questions import Question
from rtpy_portal.asking.topics import KnownTopic
from rtpy_portal.words import Say

Typed = Mapping[str, Sequence[str]]
"""What a form holds: all texts of each field."""
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field of the form. `kind` is line, text, day, moment, select, choices (several) or suggest (a line with a
    list); `after` and `being` name the field and the value on which a condition hangs, `only_if` says it in words."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    after: str = ""
    being: str = ""
    only_if: str = ""

    @property
    def value(self) -> str:
        """Of a field that takes one."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered: lines for the text of the request, and values of custom fields."""

    lines: tuple[str, ...] = ()
    fields: GivenFields = GivenFields()  # noqa: RUF009 (frozen)


def asked_fields(work: Work, topic: KnownTopic | None, typed: Typed, say: Say) -> list[AskedField]:
    """The fields of a topic with what was typed. No query as a rule."""
    if topic is None:
        return []
    own = [_of_question(topic, number, typed, say) for number in range(len(topic.questions))]
    return [*own, *(_of_definition(each, needed, typed) for each, needed in definitions_of(work, topic))]


def definitions_of(work: Work, topic: KnownTopic) -> Iterator[tuple[FieldDefinition, bool]]:
    """The custom fields that a topic asks, and whether an answer is asked for; those that are gone are left out."""
    known = {each.id: each for each in fields_for(work.app, work.db, "ticket", topic.queue_id)}
    for number, required in topic.fields:
        if number in known:
            yield known[number], required or is_mandatory(known[number])


def read_answers(
    work: Work, topic: KnownTopic | None, typed: Typed, say: Say, zone: tzinfo
) -> tuple[Answers, list[Problem]]:
    """What was answered, and what is missing. What its condition rules out is not asked for, and not taken."""
    if topic is None:
        return Answers(), []
    problems: list[Problem] = []
    lines = []
    held = [_answer(each, number, typed) for number, each in enumerate(topic.questions)]
    for number, each in enumerate(topic.questions):
        if not _holds(topic.questions, held, number):
            continue
        if held[number]:
            lines.append(f"{each.label}{'' if each.label.endswith(('?', ':')) else ':'} {held[number]}")
        elif each.required:
            problems.append(_missing(f"q{number}", each.label, bool(each.choices), say))
    values = {}
    for definition, required in definitions_of(work, topic):
        given = _given(definition, typed)
        if given:
            values[definition.id] = given
        elif required:
            problems.append(_missing(definition.input_name, definition.name, _is_choice(definition), say))
    return Answers(tuple(lines), GivenFields(values, zone)), problems


def _of_question(topic: KnownTopic, number: int, typed: Typed, say: Say) -> AskedField:
    each, name = topic.questions[number], f"q{number}"
    only_if = after = being = ""
    if each.after is not None and each.being is not None:
        other = topic.questions[each.after]
        after, being = f"q{each.after}", str(each.being)
        only_if = say(
            "Only if “${question}” is “${answer}”", question=other.label, answer=other.choices[each.being]
        )
    choices = tuple((str(place), choice) for place, choice in enumerate(each.choices))
    values = tuple(typed.get(name, ()))[:1]
    kind = "select" if choices else "line"
    return AskedField(name, each.label, kind, choices, values, each.required, "", after, being, only_if)


def _of_definition(definition: FieldDefinition, required: bool, typed: Typed) -> AskedField:
    name = definition.input_name
    values = tuple(typed[name]) if name in typed else tuple(definition.defaults_in(0))
    kind = {"Text": "text", "Wikitext": "text", "HTML": "text", "Date": "day", "DateTime": "moment"}.get(
        definition.type, "line"
    )
    choices = tuple(
        (each.name, f"{each.name} – {each.description}" if each.description else each.name)
        for each in definition.choices
    )
    if _is_choice(definition):
        kind = "select" if definition.is_single else "choices"
    elif choices and definition.is_single:
        kind = "suggest"
    elif not definition.is_single:
        kind, values = "text", ("\n".join(values),) if values else ()
    return AskedField(name, definition.name, kind, choices, values, required, definition.entry_hint)


def _answer(question: Question, number: int, typed: Typed) -> str:
    given = next(iter(typed.get(f"q{number}", ())), "").strip()
    if not question.choices:
        return " ".join(given.split())[:LONGEST]
    place = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1
    return question.choices[place] if 0 <= place < len(question.choices) else ""


def _holds(questions: Sequence[Question], held: Sequence[str], number: int) -> bool:
    each = questions[number]
    if each.after is None or each.being is None:
        return True
    other = questions[each.after]
    return held[each.after] == other.choices[each.being] and _holds(questions, held, each.after)


def _given(definition: FieldDefinition, typed: Typed) -> tuple[str, ...]:
    texts = [each[:LONGEST] for each in typed.get(definition.input_name, ())]
    if not definition.is_single and not _is_choice(definition):
        texts = [line for each in texts for line in each.splitlines()]
    return tuple(each for each in texts if each.strip())


def _is_choice(definition: FieldDefinition) -> bool:
    return definition.facts.has_choices and definition.type == "Select"


def _missing(name: str, label: str, is_choice: bool, say: Say) -> Problem:
    if is_choice:
        return Problem(name, say("Please choose an answer: ${question}", question=label))
    return Problem(name, say("Please write an answer: ${question}", question=label))
